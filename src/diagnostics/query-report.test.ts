import assert from "node:assert/strict";
import { channel } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { gable, get } from "gable";
import type { Logger } from "gable";
import type { StatementEvent } from "gable/data";
import { belongsTo, createDatabase, field as f, Model, outside, transaction } from "gable/data";

const statements = channel("gable.data.query");
const send = (sql: string, durationMs = 1, rowCount = 1): void =>
  statements.publish({ sql, durationMs, database: "default", rowCount, explain: async () => `how ${sql}` });

/** An application that keeps what it warns of. */
function createApp(
  mode: "development" | "test",
  handler: () => unknown,
): { ask: (path?: string) => Promise<Response>; warnings: string[]; facts: object[] } {
  const warnings: string[] = [];
  const facts: object[] = [];
  const ignore = (): void => undefined;
  const logger: Logger = {
    debug: ignore,
    info: ignore,
    error: ignore,
    warn: (told, message) => {
      warnings.push(message ?? "");
      facts.push(told as object); // This log takes objects alone.
    },
    child: () => logger,
  };
  const app = gable({ mode, logger, routes: [get("/list", handler as () => string)] });
  // The report of a request may query the database first.
  const ask = async (path = "/list?page=2"): Promise<Response> => {
    const reply = await app.request(path);
    await setImmediate();
    return reply;
  };
  return { ask, warnings, facts };
}

describe("the report of queries", () => {
  it("reports a query that a request repeats five times, but not one that it sends four times", async () => {
    let times = 4;
    const { ask, warnings } = createApp("development", async () => {
      for (let count = 0; count < times; count++) send("SELECT a");
      await Promise.resolve();
      return "done";
    });
    assert.equal(await (await ask()).text(), "done");
    assert.deepEqual(warnings, []);
    times = 5;
    await ask();
    assert.deepEqual(warnings, ["GET /list sends 5 queries that differ in their values alone."]);
  });

  it("reports a statement of 50 ms, but not one of 49", async () => {
    const { ask, warnings, facts } = createApp("development", () => {
      send("UPDATE a", 49.9);
      send("SELECT b", 50);
      send("SELECT b", 7);
      send("COMMIT", 60);
      return "done";
    });
    await ask();
    assert.deepEqual(warnings, ["GET /list sends a statement of 50 ms.", "GET /list sends a statement of 60 ms."]);
    // With how the database runs it, where it runs anything.
    assert.deepEqual(facts, [
      { sql: "SELECT b", durationMs: 50, plan: "how SELECT b" },
      { sql: "COMMIT", durationMs: 60 },
    ]);
  });

  it("reports a query of 10,000 rows, but not one of 9,999, or an update", async () => {
    const { ask, warnings } = createApp("development", () => {
      send("SELECT a", 1, 9_999);
      send("SELECT b", 1, 10_000);
      send("UPDATE c", 1, 20_000);
      return "done";
    });
    await ask();
    assert.deepEqual(warnings, ["GET /list reads 10000 rows by one query."]);
  });

  it("reports a fetch inside a transaction, but not one outside, or one that leaves it", async () => {
    class Thing extends Model("fetched_things", { id: f.id() }) {}
    const server = createServer((_request, reply) => reply.end("done")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const call = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}/`)).text();
    const warnings: string[] = [];
    const ignore = (): void => undefined;
    const logger: Logger = {
      debug: ignore,
      info: ignore,
      error: ignore,
      warn: (_facts, message) => void warnings.push(message ?? ""),
      child: () => logger,
    };
    const routes = [
      get("/outside", call),
      get("/inside", () => transaction(async () => (await Thing.count(), call()))),
      get("/left", () => transaction(async () => (await Thing.count(), outside(call)))),
      get("/behind", async () => {
        await transaction(() => Thing.count());
        return call();
      }),
    ];
    const app = gable({ mode: "development", logger, models: [Thing], database: "sqlite::memory:", routes });
    try {
      await app.start();
      for (const path of ["/outside", "/left", "/behind"]) assert.equal(await (await app.request(path)).text(), "done");
      assert.deepEqual(warnings, []);
      assert.equal(await (await app.request("/inside")).text(), "done");
      await setImmediate();
      assert.deepEqual(warnings, [
        `GET /inside waits for GET http://127.0.0.1:${port} inside a transaction, which holds its locks meanwhile.`,
      ]);
    } finally {
      await app.close();
      server.closeAllConnections();
      server.close();
    }
  });

  it("has the plan of a slow statement from the database itself", async () => {
    class Slow extends Model("slow_things", { id: f.id(), name: f.text({ max: 20 }) }) {}
    const events: StatementEvent[] = [];
    const database = await createDatabase({ url: "sqlite::memory:", models: [Slow], onStatement: (event) => events.push(event) });
    try {
      await database.createTables();
      await Slow.where({ name: "x" }).count();
      assert.match(await events.at(-1)!.explain(), /SCAN slow_things/);
      assert.equal("parameters" in events.at(-1)!, false);
      const count = events.length;
      await assert.rejects(events[0]!.explain());
      assert.equal(events.length, count);
    } finally {
      await database.close();
    }
  });

  it("says nothing of changes in a loop, of other requests, and outside of development", async () => {
    const changes = createApp("development", () => {
      for (let count = 0; count < 9; count++) send("INSERT INTO a");
      return "done";
    });
    const queries = createApp("development", async () => {
      for (let count = 0; count < 3; count++) send("SELECT a");
      return "done";
    });
    await Promise.all([changes.ask(), queries.ask(), queries.ask(), queries.ask()]);
    assert.deepEqual([changes.warnings, queries.warnings], [[], []]);
    const quiet = createApp("test", () => {
      for (let count = 0; count < 9; count++) send("SELECT a");
      return "done";
    });
    await quiet.ask();
    assert.deepEqual(quiet.warnings, []);
  });

  it("finds a loop that loads rows one by one, and not one that touches a relation", async () => {
    class Owner extends Model("owners", { id: f.id() }) {}
    class Pet extends Model("pets", { id: f.id(), owner: () => belongsTo(Owner) }) {}
    const database = await createDatabase({ url: "sqlite::memory:", models: [Owner, Pet] });
    try {
      await database.createTables();
      for (let count = 0; count < 6; count++) await Pet.create({ owner: await Owner.create({}) });
      const slow = createApp("development", async () => {
        for (const pet of await Pet.where()) await Owner.get(pet.ownerId);
        return "done";
      });
      await slow.ask();
      assert.deepEqual(slow.warnings, ["GET /list sends 6 queries that differ in their values alone."]);
      const fast = createApp("development", async () => {
        for (const pet of await Pet.where()) await pet.owner;
        return "done";
      });
      await fast.ask();
      assert.deepEqual(fast.warnings, []);
    } finally {
      await database.close();
    }
  });
});
