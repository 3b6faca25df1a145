/** Channels: typed messages to all readers, replays after an id, sockets and event streams. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { Application, GableOptions, RouteEntry, StandardSchema } from "gable";
import { gable, get, socket } from "gable";
import { Model, createDatabase, field as c, transaction } from "gable/data";
import type { LiveCarrier } from "gable/live";
import { channel, channelModel, memoryCarrier, postgresCarrier, redisCarrier } from "gable/live";
import { z } from "zod";
import { HeaderTable } from "../../src/http/header-table.ts";
import { placePostgres, skipPostgres } from "../data/databases.ts";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../session/redis.ts";
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

const noHeaders = new HeaderTable();

/** Lists in lists. */
function nest(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

function createCycle(): object {
  const value: Record<string, unknown> = {};
  value["self"] = { value };
  return value;
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

  // What JSON writes for each of them, or undefined where it would change or lose something.
  const json: ReadonlyArray<readonly [title: string, message: unknown, text: string | undefined]> = [
    ["text with half of a surrogate pair", "\ud800", '"\\ud800"'],
    ["text with NUL and a byte order mark", "\ufeff\0", '"\ufeff\\u0000"'],
    ["-0, which equals 0", -0, "0"],
    ["a property that is undefined", { a: undefined, b: 1 }, '{"b":1}'],
    ["an object without a prototype", Object.assign(Object.create(null) as object, { a: 1 }), '{"a":1}'],
    ["a key __proto__", JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
    ["a date", { at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    [
      "toJSON() of a class",
      new (class Row {
        readonly secret = 1;
        toJSON(): object {
          return { id: 1 };
        }
      })(),
      '{"id":1}',
    ],
    ["64 levels", nest(64), JSON.stringify(nest(64))],
    ["65 levels", nest(65), undefined],
    ["NaN", Number.NaN, undefined],
    ["Infinity in an object", { a: Number.POSITIVE_INFINITY }, undefined],
    ["a bigint", 1n, undefined],
    ["undefined", undefined, undefined],
    ["undefined in a list", [undefined], undefined],
    // oxlint-disable-next-line no-sparse-arrays -- the hole is the test
    ["a hole in a list", [1, , 2], undefined],
    ["a function", { a: () => 1 }, undefined],
    ["a symbol", [Symbol("a")], undefined],
    ["a key that is a symbol", { [Symbol("a")]: 1 }, undefined],
    ["a Map", { a: new Map([[1, 2]]) }, undefined],
    ["an empty Map", new Map(), undefined],
    ["a Set", new Set([1]), undefined],
    ["bytes", { a: new Uint8Array([1]) }, undefined],
    ["a regular expression", /a/, undefined],
    [
      "an object of a class",
      new (class Point {
        x = 1;
      })(),
      undefined,
    ],
    ["a boxed number", [Object(1)], undefined],
    ["an invalid date", new Date(Number.NaN), undefined],
    ["toJSON() that returns NaN", { toJSON: () => Number.NaN }, undefined],
    ["toJSON() that returns undefined in a list", [{ toJSON: () => undefined }], undefined],
    ["toJSON() that throws", { toJSON: () => assert.fail("no") }, undefined],
    ["a promise", Promise.resolve(1), undefined],
    ["a cycle", createCycle(), undefined],
  ];
  for (const [title, message, text] of json)
    it(`${text === undefined ? "refuses" : "sends"} ${title}`, async () => {
      const sent: string[] = [];
      const carrier = memoryCarrier();
      const any = channel("any");
      await running(
        async () => {
          await carrier.subscribe("/any", { onMessage: (carried) => void sent.push(carried.text), onInterrupted: () => undefined });
          const publishing = any.publish({}, message);
          if (text === undefined)
            await assert.rejects(publishing, { code: "E_CHANNEL_MESSAGE", message: /^A message of channel\("any"\) is not JSON: ./ });
          else await publishing;
        },
        { live: { carrier } },
      );
      assert.deepEqual(sent, text === undefined ? [] : [text]);
    });

  it("says what JSON would change", () =>
    running(async () => {
      await assert.rejects(channel("any").publish({}, { list: [1, Number.NaN] }), {
        message: 'A message of channel("any") is not JSON: message.list[1] is NaN, which JSON cannot hold.',
      });
    }));

  for (const [title, params] of [
    ["half of a surrogate pair", { id: "\ud800" }],
    ["half of a pair after text", { id: "a\udc00" }],
    ["no text", { id: "" }],
    ["a slash", { id: "a/b" }],
    ["a number", { id: 7 as unknown as string }],
    ["an object without a prototype", { id: Object.create(null) as string }],
    ["nothing", {} as { id: string }],
  ] as const)
    it(`refuses ${title} as a parameter, however the channel is used`, () =>
      running(async (signal) => {
        const error = { code: "E_ROUTE_PARAM" };
        await assert.rejects(kept.publish(params, { n: 1 }), error);
        assert.throws(() => kept.subscribe(params, { signal }), error);
        assert.throws(() => kept.entries(params, { signal }), error);
        assert.throws(() => kept.events(params, { signal, headers: noHeaders }), error);
        // Its caller is a handler: the error closes the socket with 1011.
        assert.throws(() => kept.pipe(params, { signal, send: () => undefined }), error);
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

/** What each way to read gives of one message. */
const readers = {
  strips: [z.object({ n: z.number() }), { n: 1, secret: "SECRET" }, { n: 1 }],
  transforms: [z.string().transform((text) => text.length), "abc", 3],
  "makes dates": [z.object({ at: z.coerce.date() }), { at: 0 }, { at: new Date(0) }],
  "fills in": [z.object({ n: z.number().default(5) }), {}, { n: 5 }],
  "is async": [z.string().transform(async (text) => `${text}!`), "a", "a!"],
} as const satisfies Record<string, readonly [StandardSchema, unknown, unknown]>;

const carriersOf: Record<
  string,
  readonly [skip: string | false, create: () => Promise<{ carrier: LiveCarrier; remove: () => Promise<unknown> }>]
> = {
  memory: [false, async () => ({ carrier: memoryCarrier(), remove: async () => undefined })],
  Redis: [
    skipRedis,
    async () => {
      const prefix = createPrefix();
      return { carrier: redisCarrier({ url: redisUrl, prefix }), remove: () => removeKeys(prefix) };
    },
  ],
  PostgreSQL: [
    skipPostgres,
    async () => {
      const { url, remove } = await placePostgres();
      const database = await createDatabase({ url, models: [channelModel()] });
      await database.createTables();
      await database.close();
      return { carrier: postgresCarrier({ url }), remove };
    },
  ],
};

for (const [carrierName, [skip, create]] of Object.entries(carriersOf))
  describe(`a schema of messages over ${carrierName}`, { skip }, () => {
    for (const [title, [schema, message, expected]] of Object.entries(readers))
      for (const replay of [undefined, { seconds: 60, messagesMax: 5 }])
        it(`that ${title} decides what all readers get, ${replay === undefined ? "without" : "with"} replay`, async () => {
          const { carrier, remove } = await create();
          const shaped = channel("shaped", { message: schema as StandardSchema, ...(replay !== undefined && { replay }) });
          try {
            await running(
              async (signal) => {
                const values = [shaped.subscribe({}, { signal }), shaped.subscribe({}, { signal })];
                const entries = shaped.entries({}, { signal });
                const events = [0, 1].map(() => shaped.events({}, { signal, headers: noHeaders }));
                const sent: string[] = [];
                void shaped.pipe({}, { signal, send: (data) => void sent.push(String(data)) });
                // Until all of them listen.
                await wait(carrierName === "memory" ? 0 : 200);
                for (let count = 0; count < 2; count++) await shaped.publish({}, message);
                for (const reader of values) assert.deepEqual(await take(reader, 2), [expected, expected]);
                assert.deepEqual(
                  (await take(entries, 2)).map((entry) => entry.message),
                  [expected, expected],
                );
                const json = JSON.stringify(expected);
                for (const reader of events) {
                  // With replay, the place comes first.
                  const data = (await take(reader, replay === undefined ? 2 : 3)).map((event) => event.data);
                  assert.deepEqual(data.slice(-2), [json, json]);
                }
                await until(() => sent.length >= (replay === undefined ? 2 : 3), "what the socket gets");
                assert.deepEqual(
                  sent
                    .slice(-2)
                    .map((text) =>
                      JSON.stringify(replay === undefined ? JSON.parse(text) : (JSON.parse(text) as { message: unknown }).message),
                    ),
                  [json, json],
                );
                assert.doesNotMatch(sent.join(""), /SECRET/);
              },
              { live: { carrier } },
            );
          } finally {
            await remove();
          }
        });
  });

describe("events() and pipe()", () => {
  it("skip what the schema refuses or makes no JSON of, and keep the place", async () => {
    const carrier = memoryCarrier();
    const odd = channel("odd", {
      message: z.number().transform((n) => (n === 2 ? new Map([[1, 2]]) : n)),
      replay: { seconds: 60, messagesMax: 5 },
    });
    await running(
      async (signal) => {
        const events = odd.events({}, { signal, headers: noHeaders });
        const sent: string[] = [];
        void odd.pipe({}, { signal, send: (data) => void sent.push(String(data)) });
        await carrier.publish("/odd", '"other code"', { seconds: 60, messagesMax: 5 });
        for (const n of [2, 3]) await odd.publish({}, n);
        assert.deepEqual(
          (await take(events, 4)).map(({ id, data }) => [id?.split("-")[1], data]),
          [
            ["0", undefined],
            ["1", undefined],
            ["2", undefined],
            ["3", "3"],
          ],
        );
        await until(() => sent.length === 4, "what the socket gets");
        assert.deepEqual(
          sent.map((text) => text.replace(/"id":"\w+-/, '"id":"')),
          ['{"id":"0"}', '{"id":"1"}', '{"id":"2"}', '{"id":"3","message":3}'],
        );
      },
      { live: { carrier } },
    );
  });
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
