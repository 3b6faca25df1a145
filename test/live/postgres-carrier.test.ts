/** Channels over PostgreSQL: the contract of carriers, limits of notifications, numbering, lost connections, and processes. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { gable } from "gable";
import { Model, createDatabase, field as f, transaction } from "gable/data";
import type { CarriedMessage, LiveCarrier } from "gable/live";
import { channel, channelModel, postgresCarrier } from "gable/live";
import { testLiveCarrier } from "gable/testing";
import pg from "pg";
import { openPgListener } from "../../src/data/driver/pg-listener.ts";
import { reopenDelay } from "../../src/data/driver/reopen-delay.ts";
import { parsePayload, toNotifyChannel, toTopicKey } from "../../src/live/postgres-messages.ts";
import type { DatabasePlace } from "../data/databases.ts";
import { placePostgres, skipPostgres } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";
import { until } from "./serving.ts";
import { openWireProxy } from "./wire-proxy.ts";

const prefix = "test:";
const limits = { seconds: 60, messagesMax: 1_000 };

async function placeTable(): Promise<DatabasePlace> {
  const place = await placePostgres();
  const database = await createDatabase({ url: place.url, models: [channelModel()] });
  await database.createTables();
  await database.close();
  return place;
}

/** What a listener got: messages, and "gap" where some may be missing. */
async function listen(carrier: LiveCarrier, topic: string): Promise<Array<CarriedMessage | "gap">> {
  const got: Array<CarriedMessage | "gap"> = [];
  await carrier.subscribe(topic, { onMessage: (message) => void got.push(message), onInterrupted: () => void got.push("gap") });
  return got;
}

function textsOf(got: ReadonlyArray<CarriedMessage | "gap">): string[] {
  return got.map((item) => (item === "gap" ? item : item.text));
}

describe("channels over PostgreSQL", { skip: skipPostgres }, () => {
  testLiveCarrier("PostgreSQL", async () => {
    const { url, remove } = await placeTable();
    const create = (): LiveCarrier => postgresCarrier({ url, prefix });
    return { carriers: [create(), create()], close: remove };
  });

  let place: DatabasePlace;
  /** Looks at the database from outside of the carriers. */
  let admin: pg.Client;
  let opened: LiveCarrier[] = [];
  const open = async (name = prefix, url = place.url): Promise<LiveCarrier> => {
    const carrier = postgresCarrier({ url, prefix: name });
    await carrier.open?.();
    opened.push(carrier);
    return carrier;
  };
  const countRows = async (condition = "TRUE"): Promise<number> =>
    Number((await admin.query<{ count: string }>(`SELECT count(*) FROM gable_channel WHERE ${condition}`)).rows[0]!.count);
  const findConnections = async (query = "%"): Promise<number[]> => {
    const sql = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE $1";
    return (await admin.query<{ pid: number }>(sql, [query])).rows.map(({ pid }) => pid);
  };
  const endConnections = async (query?: string): Promise<number> => {
    const ids = await findConnections(query);
    for (const id of ids) await admin.query("SELECT pg_terminate_backend($1)", [id]);
    return ids.length;
  };

  before(async () => {
    place = await placeTable();
    admin = new pg.Client({ connectionString: place.url });
    await admin.connect();
  });
  after(async () => {
    await admin.end();
    await place.remove();
  });
  beforeEach(async () => void (await admin.query("DELETE FROM gable_channel")));
  afterEach(async () => {
    for (const carrier of opened.splice(0)) await carrier.close?.();
    await until(async () => (await findConnections()).length === 0);
  });

  for (const [name, character] of [
    ["letters", "x"],
    ["two bytes each", "é"],
    ["four bytes each", "\u{1F600}"],
  ] as const)
    for (const replay of [undefined, limits])
      it(`sends up to 7,999 bytes in a notification, and one more through the table: ${name}, ${replay === undefined ? "not kept" : "kept"}`, async () => {
        const [first, second] = [await open(), await open()];
        const payloads: string[] = [];
        admin.on("notification", ({ payload = "" }) => void payloads.push(payload));
        await admin.query(`LISTEN ${toNotifyChannel(prefix)}`);
        const got = await listen(second, "/limit");
        const { lastId } = await second.replay("/limit", undefined);
        const id = replay === undefined ? "" : lastId;
        const room = 7_999 - Buffer.byteLength(`${toTopicKey(prefix, "/limit")} ${id}\n`);
        const size = Buffer.byteLength(character);
        const fill = (bytes: number): string => character.repeat(Math.floor(bytes / size)) + "-".repeat(bytes % size);
        const texts = [fill(room), fill(room + 1), "end"];
        for (const text of texts) await first.publish("/limit", text, replay);
        await until(() => got.length === 3 && payloads.length === 3);
        assert.deepEqual(textsOf(got), texts);
        assert.equal(Buffer.byteLength(payloads[0]!), 7_999);
        assert.equal(parsePayload(payloads[1]!).text, undefined);
        assert.ok(payloads[1]!.length < 200);
        assert.equal(await countRows("text <> '' AND number IS NULL"), replay === undefined ? 1 : 0);
        admin.removeAllListeners("notification");
        await admin.query("UNLISTEN *");
      });

  it("says that messages are missing when the row of a long one is missing", async () => {
    const carrier = await open();
    const got = await listen(carrier, "/gone");
    await admin.query("SELECT pg_notify($1, $2)", [toNotifyChannel(prefix), `${toTopicKey(prefix, "/gone")}  no-such-key`]);
    await carrier.publish("/gone", "next", undefined);
    await until(() => got.length === 2);
    assert.deepEqual(textsOf(got), ["gap", "next"]);
  });

  it("takes topics and prefixes of any length and characters, and keeps prefixes apart", async () => {
    const prefixes = ["", "a", `${"p".repeat(200)}1`, `${"p".repeat(200)}2`, "'; DROP TABLE gable_channel; --", "\u0000", "é\u{1F600}"];
    const topics = ["", "/a", `/${"t".repeat(5_000)}`, "\u0000", "'\"\\", "a/a", "/é"];
    const all = await Promise.all(prefixes.map((name) => open(name)));
    const got = await Promise.all(all.map((carrier) => Promise.all(topics.map((topic) => listen(carrier, topic)))));
    for (const [index, carrier] of all.entries())
      for (const [number, topic] of topics.entries())
        await carrier.publish(topic, `${index} ${number}`, number % 2 === 0 ? limits : undefined);
    await until(() => got.every((lists) => lists.every((list) => list.length > 0)));
    assert.deepEqual(
      got.map((lists) => lists.map(textsOf)),
      all.map((_, index) => topics.map((__, number) => [`${index} ${number}`])),
    );
    for (const [index, carrier] of all.entries()) {
      const kept = await carrier.replay("/a", "x-0");
      assert.deepEqual(kept.messages, []);
      assert.deepEqual(
        (await carrier.replay("", "x-0")).messages.map(({ text }) => text),
        [`${index} 0`],
      );
    }
    // "a" + "/a" and "" + "a/a" are two topics.
    assert.notEqual(toTopicKey("a", "/a"), toTopicKey("", "a/a"));
  });

  it("numbers in the order of commits: a message that waits for another is not passed over", async () => {
    const [first, second] = [await open(), await open()];
    const got = await listen(second, "/order");
    const start = (await second.replay("/order", undefined)).lastId;
    const other = new pg.Client({ connectionString: place.url });
    await other.connect();
    // Another process has its number, and has not committed.
    await other.query("BEGIN");
    await other.query(`UPDATE gable_channel SET number = number + 1 WHERE "key" = $1`, [toTopicKey(prefix, "/order")]);
    let isPublished = false;
    const published = first.publish("/order", "second", limits).then(() => (isPublished = true));
    // Another topic does not wait.
    await second.publish("/other", "x", limits);
    await until(async () => (await findConnections("INSERT INTO gable_channel AS place%")).length > 0);
    assert.deepEqual([(await second.replay("/order", start)).messages, isPublished, got], [[], false, []]);
    await other.query(
      `INSERT INTO gable_channel ("key", topic, number, text, expires_at_ms) VALUES ('k', $1, 1, 'first', (extract(epoch FROM now()) * 1000)::bigint + 60000)`,
      [toTopicKey(prefix, "/order")],
    );
    await other.query("COMMIT");
    await other.end();
    await published;
    const replayed = await second.replay("/order", start);
    assert.deepEqual([replayed.messages.map(({ text }) => text), replayed.hasGap], [["first", "second"], false]);
    await until(() => got.length === 1);
    assert.equal((got[0] as CarriedMessage).id, replayed.lastId); // A message, as the wait has shown.
  });

  it("keeps the order of one process also where nobody waits for a message", async () => {
    const [first, second] = [await open(), await open()];
    const got = await listen(second, "/row");
    const texts = Array.from({ length: 60 }, (_, index) => (index % 5 === 0 ? `${index} ${"x".repeat(9_000)}` : String(index)));
    await Promise.all(texts.map((text, index) => first.publish("/row", text, index % 2 === 0 ? limits : undefined)));
    await until(() => got.length === texts.length);
    assert.deepEqual(textsOf(got), texts);
  });

  it("numbers without holes also where the database isolates transactions more by default", async () => {
    await admin.query(
      "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = serializable', current_database()); END $$",
    );
    try {
      const carriers = [await open(), await open()];
      const start = (await carriers[0]!.replay("/isolated", undefined)).lastId;
      const texts = Array.from({ length: 20 }, (_, index) => String(index));
      await Promise.all(texts.map((text, index) => carriers[index % 2]!.publish("/isolated", text, limits)));
      const { messages, hasGap } = await carriers[1]!.replay("/isolated", start);
      assert.deepEqual([messages.map(({ text }) => text).toSorted(), hasGap], [texts.toSorted(), false]);
    } finally {
      await admin.query("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET default_transaction_isolation', current_database()); END $$");
    }
  });

  it("keeps what the limits allow, at the limit and one above", async () => {
    const carrier = await open();
    const start = (await carrier.replay("/max", undefined)).lastId;
    for (const [count, hasGap] of [
      [3, false],
      [1, true],
    ] as const) {
      for (let index = 0; index < count; index++) await carrier.publish("/max", "x", { seconds: 60, messagesMax: 3 });
      const { messages, hasGap: found } = await carrier.replay("/max", start);
      assert.deepEqual([messages.length, found, await countRows("topic IS NOT NULL")], [3, hasGap, 3]);
    }
    await carrier.publish("/max", "x", { seconds: 60, messagesMax: 1 });
    assert.equal(await countRows("topic IS NOT NULL"), 1);
  });

  it("forgets messages after their time, and reports a gap", async () => {
    const carrier = await open();
    const start = (await carrier.replay("/time", undefined)).lastId;
    await carrier.publish("/time", "a", { seconds: 30, messagesMax: 9 });
    await carrier.publish("/time", "b", { seconds: 60, messagesMax: 9 });
    const age = (seconds: number): Promise<unknown> =>
      admin.query("UPDATE gable_channel SET expires_at_ms = expires_at_ms - $1::bigint", [seconds * 1_000]);
    await age(20);
    assert.deepEqual((await carrier.replay("/time", start)).messages.length, 2);
    await age(15);
    const later = await carrier.replay("/time", start);
    assert.deepEqual([later.messages.map(({ text }) => text), later.hasGap], [["b"], true]);
    await carrier.publish("/time", "c", limits);
    assert.equal(await countRows("topic IS NOT NULL"), 2);
    // Message "c" ends before "b": what is kept has no holes.
    await admin.query("UPDATE gable_channel SET expires_at_ms = 0 WHERE text = 'c'");
    const holed = await carrier.replay("/time", start);
    assert.deepEqual([holed.messages, holed.hasGap], [[], true]);
  });

  it("deletes expired rows of all topics", async () => {
    const carrier = await open();
    await admin.query(`INSERT INTO gable_channel ("key", text, expires_at_ms) SELECT 'old' || n, '', 0 FROM generate_series(1, 250) n`);
    const long = "x".repeat(8_000);
    for (const left of [150, 50, 0]) {
      await carrier.publish("/sweep", long, undefined);
      assert.equal(await countRows("expires_at_ms = 0"), left);
    }
    await admin.query(`INSERT INTO gable_channel ("key", text, expires_at_ms) VALUES ('old', '', 0)`);
    for (let index = 1; index <= 100; index++) {
      assert.equal(await countRows("expires_at_ms = 0"), 1, `before message ${index}`);
      await carrier.publish("/sweep", "x", limits);
    }
    assert.equal(await countRows("expires_at_ms = 0"), 0);
  });

  it("begins a new epoch after a topic was forgotten, whatever it has left", async () => {
    const carrier = await open();
    await carrier.publish("/again", "old 1", limits);
    await carrier.publish("/again", "old 2", limits);
    const old = (await carrier.replay("/again", undefined)).lastId;
    await admin.query("DELETE FROM gable_channel WHERE topic IS NULL");
    await carrier.publish("/again", "new", limits);
    const { messages, hasGap, lastId } = await carrier.replay("/again", old);
    assert.deepEqual([messages.map(({ text }) => text), hasGap, lastId.endsWith("-1")], [["new"], true, true]);
  });

  it("loses nothing of a kept channel when all connections end", async () => {
    const carrier = await open();
    const app = gable({ mode: "test", logger: silentLogger, live: { carrier: postgresCarrier({ url: place.url, prefix }) } });
    const news = channel("news", { replay: limits });
    const ending = new AbortController();
    await app.start();
    try {
      const reader = news.subscribe({}, { signal: ending.signal, after: (await carrier.replay("/news", undefined)).lastId });
      const read: unknown[] = [];
      const reading = (async () => {
        for await (const message of reader) read.push(message);
      })();
      const got = await listen(carrier, "/plain");
      const sent: number[] = [];
      for (let round = 0; round < 5; round++) {
        await until(async () => (await endConnections()) > 0);
        for (let index = 0; index < 5; index++) {
          const number = sent.length;
          // A publisher that got an error sends again.
          await until(() =>
            carrier.publish("/news", String(number), limits).then(
              () => true,
              () => false,
            ),
          );
          sent.push(number);
        }
      }
      await until(() => read.includes(sent.at(-1)));
      assert.deepEqual([...new Set(read)], sent);
      await until(() => got.includes("gap"));
      ending.abort();
      await reading;
    } finally {
      ending.abort();
      await app.close();
    }
  });

  it("sends a kept message again when its connection ends before the commit", async () => {
    const carrier = await open();
    const start = (await carrier.replay("/retry", undefined)).lastId;
    const other = new pg.Client({ connectionString: place.url });
    await other.connect();
    await other.query("BEGIN");
    await other.query(`SELECT FROM gable_channel WHERE "key" = $1 FOR UPDATE`, [toTopicKey(prefix, "/retry")]);
    const published = carrier.publish("/retry", "once", limits);
    await until(async () => (await endConnections("INSERT INTO gable_channel AS place%")) > 0);
    await other.query("COMMIT");
    await other.end();
    await published;
    assert.deepEqual(
      (await carrier.replay("/retry", start)).messages.map(({ text }) => text),
      ["once"],
    );
  });

  for (const [name, statement] of [
    ["a replay", "SELECT place.text%"],
    ["the text of a long message", `SELECT "key", text%`],
  ] as const)
    it(`reads ${name} again when its connection ends meanwhile`, async () => {
      const [first, second] = [await open(), await open()];
      const got = await listen(second, "/read");
      const start = (await first.replay("/read", undefined)).lastId;
      const long = "x".repeat(8_000);
      const other = new pg.Client({ connectionString: place.url });
      await other.connect();
      if (name === "a replay") await first.publish("/read", long, limits);
      await other.query("BEGIN; LOCK TABLE gable_channel IN ACCESS EXCLUSIVE MODE");
      const key = toTopicKey(prefix, "/read");
      if (name !== "a replay") {
        await other.query(`INSERT INTO gable_channel ("key", text, expires_at_ms) VALUES ('long', $1, 9e12)`, [long]);
        // Announced before its row can be read.
        await admin.query("SELECT pg_notify($1, $2)", [toNotifyChannel(prefix), `${key}  long`]);
      }
      const replaying = name === "a replay" ? second.replay("/read", start) : undefined;
      await until(async () => (await endConnections(statement)) > 0);
      await other.query("COMMIT");
      await other.end();
      if (replaying !== undefined)
        assert.deepEqual(
          (await replaying).messages.map(({ text }) => text),
          [long],
        );
      await until(() => got.length === 1);
      assert.deepEqual(textsOf(got), [long]);
    });

  it("opens a connection again that the network has lost without a sign", async () => {
    const proxy = await openWireProxy(place.url);
    let reopened = 0;
    const options = { url: proxy.url, poolMax: 1, acquireTimeoutMs: 1_000, statementTimeoutMs: 1_000, checkMs: 20, answerMs: 100 };
    const received: string[] = [];
    const listener = await openPgListener(options, "silent", {
      onNotification: (text) => void received.push(text),
      onReopened: () => void reopened++,
    });
    try {
      proxy.passesAnswers = false;
      await new Promise((resolve) => setTimeout(resolve, 300));
      proxy.passesAnswers = true;
      await until(() => reopened === 1);
      await admin.query("SELECT pg_notify('silent', 'a')");
      await until(() => received.length === 1);
    } finally {
      await listener.close();
      await proxy.close();
    }
  });

  it("tells readers that messages are missing before it passes on what comes with the answer to LISTEN", async () => {
    const events: string[] = [];
    const options = { url: place.url, poolMax: 1, acquireTimeoutMs: 1_000, statementTimeoutMs: 1_000 };
    // The notification is in the same reply as the answer.
    const listener = await openPgListener(options, "early; NOTIFY early, 'x'", {
      onNotification: (text) => void events.push(text),
      onReopened: () => void events.push("reopened"),
    });
    try {
      await until(() => events.length === 1);
      await until(async () => (await endConnections()) > 0);
      await until(() => events.length === 3);
      assert.deepEqual(events, ["x", "reopened", "x"]);
    } finally {
      await listener.close();
    }
  });

  it("stops to connect when it is closed while the server is away", async () => {
    const proxy = await openWireProxy(place.url);
    const carrier = postgresCarrier({ url: proxy.url, prefix });
    await carrier.open?.();
    await proxy.close();
    await until(async () => (await findConnections()).length === 0);
    await assert.rejects(carrier.publish("/a", "x", undefined), { code: "E_CHANNEL_CARRIER" });
    await carrier.close?.();
    await assert.rejects(carrier.publish("/a", "x", undefined), { code: "E_CHANNEL_CARRIER", message: /not open/ });
  });

  it("waits longer after each attempt to connect", () => {
    assert.deepEqual([0, 1, 2, 5, 6, 2_000].map(reopenDelay), [50, 100, 200, 1_600, 3_000, 3_000]);
  });

  it("gives two processes the same messages in the same order", async () => {
    const carrier = await open();
    const ready = await listen(carrier, "/ready");
    const got = await listen(carrier, "/shared");
    const file = new URL("./channel-process.ts", import.meta.url).pathname;
    const register = new URL("../../scripts/source.mjs", import.meta.url).href;
    const processes = ["a", "b"].map((name) => {
      const child = spawn(process.execPath, ["--import", register, file, place.url, prefix, name, "40"], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      const output = child.stdout.reduce((text, data) => text + String(data), "");
      return { child, output };
    });
    await until(() => ready.length === 2);
    for (const { child } of processes) child.stdin.end("go");
    const printed = await Promise.all(processes.map(async ({ output }) => JSON.parse(await output) as unknown)); // What channel-process.ts prints.
    await until(() => got.length === 80);
    assert.deepEqual(printed, [got, got]);
    for (const name of ["a", "b"])
      assert.deepEqual(
        textsOf(got).filter((text) => text.startsWith(`"${name}`)),
        Array.from({ length: 40 }, (_, index) => JSON.stringify(`${name} ${index}`)),
      );
  });

  it("sends after the commit of a transaction, and nothing after a rollback", async () => {
    const Note = Model("notes", { id: f.id(), text: f.text() });
    const options = { database: place.url, models: [Note, channelModel()], live: { carrier: postgresCarrier({ url: place.url, prefix }) } };
    const app = gable({ mode: "test", logger: silentLogger, ...options });
    const notes = channel("notes", { replay: limits });
    const carrier = await open();
    const got = await listen(carrier, "/notes");
    await app.start();
    try {
      const rollback = new Error("rolled back by the test");
      const send = (text: string, error?: Error): Promise<void> =>
        transaction(async () => {
          await notes.publish({}, text);
          if (error !== undefined) throw error;
          // Sent from inside, it would have arrived.
          await carrier.publish("/notes", '"inside"', undefined);
        });
      await assert.rejects(send("no", rollback), rollback);
      await send("yes");
      await until(() => got.length === 2);
      assert.deepEqual(textsOf(got), ['"inside"', '"yes"']);
    } finally {
      await app.close();
    }
  });

  it("says at the start that notifications do not arrive", async () => {
    const proxy = await openWireProxy(place.url);
    proxy.passesNotifications = false;
    try {
      await assert.rejects(open(prefix, proxy.url), {
        code: "E_CHANNEL_CARRIER",
        message: "Notifications of PostgreSQL do not arrive at postgresCarrier().",
        fix: /session mode/,
      });
    } finally {
      await proxy.close();
    }
  });

  it("says that the table is missing when it is needed", async () => {
    const bare = await placePostgres();
    const carrier = postgresCarrier({ url: bare.url });
    try {
      await carrier.open?.();
      await carrier.publish("/a", "short", undefined);
      await assert.rejects(carrier.publish("/a", "x", limits), { code: "E_CHANNEL_TABLE", fix: /channelModel\(\)/ });
      await assert.rejects(carrier.replay("/a", undefined), { code: "E_CHANNEL_TABLE" });
    } finally {
      await carrier.close?.();
      await bare.remove();
    }
  });

  it("says at the start that the database cannot be opened", async () => {
    const url = new URL(place.url);
    url.pathname = "/gable_no_such_database";
    await assert.rejects(open(prefix, url.href), { code: "E_DATABASE_OPEN" });
    await assert.rejects(open(prefix, "postgres://127.0.0.1:1/a"), { code: "E_DATABASE_OPEN" });
  });
});

describe("postgresCarrier()", () => {
  it("refuses options that it cannot use, and shows no address", () => {
    for (const [options, code] of [
      [{ url: "http://u:secret@a.test" }, "E_OPTION_INVALID"],
      [{ url: "postgres://u:secret@[" }, "E_OPTION_INVALID"],
      [{}, "E_OPTION_INVALID"],
      [{ url: "postgres://a.test/b", prefix: 1 }, "E_OPTION_INVALID"],
      [{ url: "postgres://a.test/b", tls: "on" }, "E_OPTION_INVALID"],
      [{ url: "postgres://a.test/b", host: "a" }, "E_OPTION_UNKNOWN"],
    ] as const)
      assert.throws(
        () => postgresCarrier(options as never),
        (error: Error & { code?: string }) => error.code === code && !error.message.includes("secret"),
      );
  });
});
