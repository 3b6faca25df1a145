/** Channels: typed messages to all readers, replays after an id, sockets and event streams. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Application, GableOptions, RouteEntry } from "gable";
import { gable, get, socket } from "gable";
import { Model, field as c, transaction } from "gable/data";
import type { LiveCarrier } from "gable/live";
import { channel, memoryCarrier } from "gable/live";
import { z } from "zod";
import { silentLogger } from "../silent-logger.ts";
import { SocketClient, serving, until } from "./serving.ts";

const plain = channel("posts/:id(int)", { message: z.object({ title: z.string() }) });
const kept = channel("kept/:id", { message: z.object({ n: z.number() }), replay: { seconds: 60, messagesMax: 5 } });

async function running(run: (signal: AbortSignal, app: Application) => Promise<void>, options: GableOptions = {}): Promise<void> {
  const app = gable({ mode: "test", logger: silentLogger, live: {}, ...options });
  await app.start();
  const controller = new AbortController();
  try {
    await run(controller.signal, app);
  } finally {
    controller.abort();
    await app.close();
  }
}

async function take<Value>(iterator: AsyncIterator<Value>, count: number): Promise<Value[]> {
  const values: Value[] = [];
  while (values.length < count) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    values.push(value);
  }
  return values;
}

describe("channel()", () => {
  it("sends messages to all readers of the same parameters", () =>
    running(async (signal) => {
      const readers = [plain.subscribe({ id: 7 }, { signal }), plain.subscribe({ id: 7 }, { signal })];
      const other = plain.subscribe({ id: 8 }, { signal });
      await plain.publish({ id: 7 }, { title: "a" });
      await plain.publish({ id: 8 }, { title: "b" });
      for (const reader of readers) assert.deepEqual(await take(reader, 1), [{ title: "a" }]);
      assert.deepEqual(await take(other, 1), [{ title: "b" }]);
    }));

  it("gives readers what its schema makes of a message", () =>
    running(async (signal) => {
      const dates = channel("dates", { message: z.object({ at: z.coerce.date() }) });
      const reader = dates.subscribe({}, { signal });
      await dates.publish({}, { at: new Date(0) });
      assert.deepEqual(await take(reader, 1), [{ at: new Date(0) }]);
    }));

  it("takes any JSON without a schema", () =>
    running(async (signal) => {
      const any = channel("any");
      const reader = any.subscribe({}, { signal });
      for (const message of [1, null, "a\nb", [true]]) await any.publish({}, message);
      assert.deepEqual(await take(reader, 4), [1, null, "a\nb", [true]]);
    }));

  it("ends when its signal aborts, and when the reader returns", () =>
    running(async () => {
      const controller = new AbortController();
      const readers = [plain.subscribe({ id: 1 }, controller), plain.subscribe({ id: 1 }, controller)];
      const waiting = readers[0]!.next();
      await readers[1]!.return?.();
      assert.equal((await readers[1]!.next()).done, true);
      controller.abort();
      assert.equal((await waiting).done, true);
      const late = plain.subscribe({ id: 1 }, controller);
      assert.equal((await late.next()).done, true);
    }));

  it("sends after the commit, and nothing after a rollback", () =>
    running(
      async (signal) => {
        const reader = plain.subscribe({ id: 1 }, { signal });
        await assert.rejects(
          transaction(async () => {
            await plain.publish({ id: 1 }, { title: "rolled back" });
            throw new Error("no");
          }),
        );
        await transaction(async () => {
          await plain.publish({ id: 1 }, { title: "committed" });
          await plain.publish({ id: 1 }, { title: "later" });
        });
        await plain.publish({ id: 1 }, { title: "last" });
        assert.deepEqual(
          (await take(reader, 3)).map(({ title }) => title),
          ["committed", "later", "last"],
        );
      },
      { models: [class Row extends Model("rows", { id: c.id() }) {}], database: "sqlite::memory:" },
    ));

  it("loses a message whose carrier is away after the commit, logs that, and keeps what was committed", async () => {
    class Row extends Model("rows", { id: c.id() }) {}
    const away = new Error("no carrier");
    const logged: unknown[] = [];
    const logger = { ...silentLogger, error: (facts: object | string) => void logged.push(facts) };
    const carrier = { ...memoryCarrier(), publish: () => Promise.reject(away) };
    await running(
      async (_signal, app) => {
        await app.database().createTables();
        await transaction(async () => {
          await Row.create({});
          await plain.publish({ id: 1 }, { title: "lost" });
        });
        assert.equal(await Row.all().count(), 1);
        // Facts of the line, as the application writes them.
        assert.deepEqual(
          logged.map((facts) => (facts as { error: Error }).error.cause),
          [away],
        );
        await assert.rejects(plain.publish({ id: 1 }, { title: "outside" }), { code: "E_CHANNEL_CARRIER", cause: away });
      },
      { models: [Row], database: "sqlite::memory:", live: { carrier }, logger },
    );
  });

  it("refuses messages that its schema, JSON or the limit of 64 KiB refuse", () =>
    running(async () => {
      const refused = (message: unknown): Promise<void> => plain.publish({ id: 1 }, message as { title: string });
      await assert.rejects(refused({ title: 1 }), {
        code: "E_CHANNEL_MESSAGE",
        message: /^The schema of channel\("posts\/:id\(int\)"\) refuses a message: title /,
      });
      await assert.rejects(refused(undefined), { code: "E_CHANNEL_MESSAGE" });
      await assert.rejects(refused(Promise.resolve()), { code: "E_CHANNEL_MESSAGE" });
      const title = "x".repeat(65_536 - '{"title":""}'.length);
      await refused({ title });
      await assert.rejects(refused({ title: `${title}x` }), {
        code: "E_CHANNEL_MESSAGE",
        message: 'A message of channel("posts/:id(int)") has 65537 bytes; at most 65536 are sent.',
      });
      await assert.rejects(plain.publish({ id: "x" as unknown as number }, { title: "" }), { code: "E_ROUTE_PARAM" });
    }));

  it("skips what a process with another schema sends", async () => {
    const carrier = memoryCarrier();
    await running(
      async (signal) => {
        const reader = plain.subscribe({ id: 1 }, { signal });
        await carrier.publish("/posts/1", '{"name":1}', undefined);
        await plain.publish({ id: 1 }, { title: "known" });
        assert.deepEqual(await take(reader, 1), [{ title: "known" }]);
      },
      { live: { carrier } },
    );
  });

  it("fails a reader for which 1 MiB waits, and frees what waited", () =>
    running(async (signal) => {
      const reader = plain.subscribe({ id: 1 }, { signal });
      for (let count = 0; count < 17; count++) await plain.publish({ id: 1 }, { title: "x".repeat(65_000) });
      await assert.rejects(take(reader, 17), { code: "E_CHANNEL_SLOW" });
    }));

  it("needs an application with the option live", async () => {
    await assert.rejects(plain.publish({ id: 1 }, { title: "" }), { code: "E_CHANNEL_MISSING" });
    const app = gable({ mode: "test", logger: silentLogger });
    await app.start();
    assert.throws(() => plain.subscribe({ id: 1 }, { signal: AbortSignal.timeout(1) }), { code: "E_CHANNEL_MISSING" });
    await app.close();
  });

  it("finds the channels of the application whose request runs", async () => {
    const routes = (): RouteEntry[] => [
      get("/publish", async () => {
        await plain.publish({ id: 1 }, { title: "a" });
        return null;
      }),
    ];
    const carriers = [memoryCarrier(), memoryCarrier()];
    const apps = carriers.map((carrier) => gable({ mode: "test", logger: silentLogger, live: { carrier }, routes: routes() }));
    const received = [0, 0];
    for (const [index, carrier] of carriers.entries())
      await carrier.subscribe("/posts/1", { onMessage: () => received[index]!++, onInterrupted: () => undefined });
    await apps[0]!.request("/publish");
    await apps[1]!.start();
    await apps[1]!.request("/publish");
    await apps[1]!.request("/publish");
    assert.deepEqual(received, [1, 2]);
    for (const app of apps) await app.close();
  });

  it("passes on that its carrier is away", async () => {
    const away: LiveCarrier = {
      ...memoryCarrier(),
      publish: async () => {
        throw new Error("gone");
      },
    };
    const app = gable({ mode: "test", logger: silentLogger, live: { carrier: away } });
    await app.start();
    await assert.rejects(plain.publish({ id: 1 }, { title: "" }), { code: "E_CHANNEL_CARRIER" });
    await app.close();
  });

  for (const [title, call, message] of [
    ["an empty pattern", () => channel(""), 'channel(): option "pattern" is ""'],
    ["an unknown option", () => channel("a", { schema: 1 } as never), 'channel("a") has no option "schema"'],
    ["a schema that is none", () => channel("a", { message: 1 as never }), 'channel("a"): option "message" is 1'],
    [
      "a replay of no seconds",
      () => channel("a", { replay: { seconds: 0, messagesMax: 1 } }),
      'channel("a") replay: option "seconds" is 0',
    ],
    [
      "a replay above a day",
      () => channel("a", { replay: { seconds: 86_401, messagesMax: 1 } }),
      'channel("a") replay: option "seconds" is 86401',
    ],
    [
      "too many kept messages",
      () => channel("a", { replay: { seconds: 1, messagesMax: 10_001 } }),
      'channel("a") replay: option "messagesMax" is 10001',
    ],
  ] as const)
    it(`refuses ${title}`, () => assert.throws(call, (error: Error) => error.message.startsWith(message) || assert.fail(error.message)));
});

describe("channel() with replay", () => {
  it("gives a reader what it missed, then what comes, each once", () =>
    running(async (signal) => {
      const first = kept.entries({ id: "a" }, { signal });
      for (const n of [1, 2, 3]) await kept.publish({ id: "a" }, { n });
      const [{ id }] = (await take(first, 3)) as unknown as [{ id: string }];
      const second = kept.entries({ id: "a" }, { signal, after: id });
      await kept.publish({ id: "a" }, { n: 4 });
      assert.deepEqual(
        (await take(second, 3)).map(({ message, hasGap }) => [message?.n, hasGap]),
        [
          [2, false],
          [3, false],
          [4, false],
        ],
      );
    }));

  it("reports a gap", () =>
    running(async (signal) => {
      const first = kept.entries({ id: "b" }, { signal });
      await kept.publish({ id: "b" }, { n: 0 });
      const [{ id }] = (await take(first, 1)) as unknown as [{ id: string }];
      for (let n = 1; n <= 6; n++) await kept.publish({ id: "b" }, { n });
      const entries = await take(kept.entries({ id: "b" }, { signal, after: id }), 6);
      assert.deepEqual(entries[0], { id: "", message: undefined, hasGap: true });
      assert.deepEqual(
        entries.slice(1).map(({ message }) => message?.n),
        [2, 3, 4, 5, 6],
      );
      assert.equal((await take(kept.entries({ id: "b" }, { signal, after: "unknown" }), 1))[0]!.hasGap, true);
    }));

  it("refuses an id in a channel that keeps nothing", () =>
    running(async (signal) => {
      assert.throws(() => plain.subscribe({ id: 1 }, { signal, after: "1" }), { code: "E_OPTION_INVALID" });
    }));

  it("loses and doubles nothing while the carrier is interrupted at random places", async () => {
    const inner = memoryCarrier();
    let listeners: Array<Parameters<LiveCarrier["subscribe"]>[1]> = [];
    let isCut = false;
    const carrier: LiveCarrier = {
      ...inner,
      subscribe: async (topic, listener) => {
        listeners.push(listener);
        return inner.subscribe(topic, { ...listener, onMessage: (message) => void (isCut || listener.onMessage(message)) });
      },
      replay: async (topic, after) => {
        await new Promise((resolve) => setImmediate(resolve));
        return inner.replay(topic, after);
      },
    };
    const many = channel("many", { replay: { seconds: 60, messagesMax: 1_000 } });
    await running(
      async (signal) => {
        const reader = many.subscribe({}, { signal });
        await until(() => listeners.length === 1, "the subscription");
        for (let n = 0; n < 500; n++) {
          await many.publish({}, n);
          if (n % 7 === 0) isCut = true;
          if (n % 7 === 3) {
            isCut = false;
            for (const listener of listeners) listener.onInterrupted();
          }
          if (n % 11 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        isCut = false;
        for (const listener of listeners) listener.onInterrupted();
        assert.deepEqual(
          await take(reader, 500),
          Array.from({ length: 500 }, (_, n) => n),
        );
      },
      { live: { carrier } },
    );
    listeners = [];
  });

  it("sends events with ids, and goes on after Last-Event-ID", async () => {
    const feed = get("/feed/:id", (context) => context.reply.events(kept.events(context.params, context)));
    await serving(
      "gable",
      [feed],
      async ({ url }) => {
        const read = async (lastId: string | undefined, publish: () => Promise<void>, end: string): Promise<string> => {
          const controller = new AbortController();
          const headers = lastId === undefined ? {} : { "last-event-id": lastId };
          const { body } = await fetch(`${url}/feed/z`, { headers, signal: controller.signal });
          const reader = body!.getReader();
          let text = "";
          let isPublished = false;
          while (!text.includes(end)) {
            text += new TextDecoder().decode((await reader.read()).value);
            if (isPublished) continue;
            isPublished = true;
            await publish();
          }
          controller.abort();
          return text;
        };
        const first = await read(undefined, async () => kept.publish({ id: "z" }, { n: 1 }), '{"n":1}\n\n');
        // A client that gets no event knows its place all the same.
        assert.match(first, /^retry: \d+\n\nid: [0-9a-z]+-0\n\nid: [0-9a-z]+-1\ndata: {"n":1}\n\n$/);
        await kept.publish({ id: "z" }, { n: 2 });
        const lastId = /id: ([0-9a-z]+-1)\n/.exec(first)![1]!;
        assert.match(
          await read(lastId, async () => kept.publish({ id: "z" }, { n: 3 }), '{"n":3}'),
          /-2\ndata: {"n":2}\n\nid: [0-9a-z]+-3\n/,
        );
        assert.match(
          await read("gone-7", async () => undefined, '{"n":3}'),
          /\n\nevent: resync\ndata: \n\nid: [0-9a-z]+-1\ndata: {"n":1}\n/,
        );
      },
      { live: { times: { spreadMs: 0 } } },
    );
  });

  it("pipes to sockets, with ids where messages are kept", async () => {
    const routes = [
      socket("/plain", { open: (connection) => void plain.pipe({ id: 5 }, connection) }),
      socket("/kept", {
        open: (connection) => void kept.pipe({ id: "p" }, connection, { after: connection.context.query.get("after") ?? undefined }),
      }),
    ];
    await serving("gable", routes, async (server) => {
      const one = await new SocketClient(server, "/plain").opened();
      const two = await new SocketClient(server, "/kept").opened();
      await two.received(1);
      await plain.publish({ id: 5 }, { title: "a" });
      await kept.publish({ id: "p" }, { n: 1 });
      assert.deepEqual(await one.received(1), ['{"title":"a"}']);
      const [place, message] = (await two.received(2)).map((text) => JSON.parse(text) as { id: string; message?: { n: number } });
      assert.deepEqual(message!.message, { n: 1 });
      const three = await new SocketClient(server, `/kept?after=${place!.id}`).opened();
      assert.deepEqual(await three.received(1), [JSON.stringify(message)]);
      const lost = await new SocketClient(server, "/kept?after=x").opened();
      assert.deepEqual((await lost.received(1))[0], '{"hasGap":true}');
      one.socket.close();
      await until(() => one.end !== undefined, "the close");
    });
  });
});
