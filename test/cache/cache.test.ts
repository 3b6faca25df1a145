/** The cache: computed once, dropped by tags, kept per application. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inspect } from "node:util";
import { gable, get, html } from "gable";
import type { Cache, CacheKey, CacheStore } from "gable/cache";
import { cache, cachePart, createCache, memoryCache } from "gable/cache";
import { compileString, testCacheStore } from "gable/testing";
import type { RenderContext } from "gable/views";
import { cached, render as renderHtml } from "gable/views";
import { decodeValue, encodeValue } from "../../src/cache/cache-value.ts";
import { silentLogger } from "../silent-logger.ts";
import { testCounters } from "./counters.ts";

let nowMs = 1_000_000;
const now = (): number => nowMs;
const create = (store: CacheStore = memoryCache({ now })): Cache => createCache({ store, now });
const minute = { ttlSeconds: 60 };

testCacheStore("memory", async () => ({ store: memoryCache({ now }), pass: async (ms) => void (nowMs += ms) }));

describe("cache.remember()", () => {
  it("computes once for a thousand parallel calls", async () => {
    const own = create();
    let count = 0;
    const compute = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return ++count;
    };
    const values = await Promise.all(Array.from({ length: 1_000 }, () => own.remember("key", minute, compute)));
    assert.deepEqual([count, new Set(values)], [1, new Set([1])]);
  });

  it("computes once for several processes over one store", async () => {
    const store = memoryCache({ now });
    let count = 0;
    const compute = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return ++count;
    };
    const processes = Array.from({ length: 4 }, () => create(store));
    const values = await Promise.all(processes.flatMap((each) => Array.from({ length: 10 }, () => each.remember("key", minute, compute))));
    assert.deepEqual([count, new Set(values)], [1, new Set([1])]);
  });

  it("goes on when the process that computed has died with its lease", async () => {
    const store = memoryCache({ now });
    await store.write("l:skey", "another process", { ttlMs: 10_000, onlyNew: true });
    const value = create(store).remember("key", minute, () => 7);
    setTimeout(() => (nowMs += 10_000), 60);
    assert.equal(await value, 7);
  });

  it("renews its lease for as long as it computes", async (t) => {
    t.mock.timers.enable({ apis: ["setInterval"] });
    const store = memoryCache({ now });
    let finish = (): void => undefined;
    const started = Promise.withResolvers<void>();
    const value = create(store).remember("key", { ttlSeconds: 600 }, () => {
      started.resolve();
      return new Promise<number>((resolve) => (finish = () => resolve(7)));
    });
    await started.promise;
    for (let round = 0; round < 5; round++) {
      nowMs += 9_000;
      t.mock.timers.tick(3_000);
      await new Promise(setImmediate);
      assert.equal(await store.write("l:skey", "another process", { ttlMs: 1_000, onlyNew: true }), false);
    }
    finish();
    assert.equal(await value, 7);
    assert.equal(await store.write("l:skey", "another process", { ttlMs: 1_000, onlyNew: true }), true);
  });

  it("waits 30 seconds for another process, and then computes as well", async () => {
    const inner = memoryCache({ now });
    await inner.write("l:skey", "another process", { ttlMs: 600_000 });
    let tries = 0;
    const store: CacheStore = {
      read: (keys) => inner.read(keys),
      delete: (key, text) => inner.delete(key, text),
      increment: (key, by, ttlMs) => inner.increment(key, by, ttlMs),
      write: (key, text, options) => {
        if (key === "l:skey") tries++;
        return inner.write(key, text, options);
      },
    };
    const triedMore = async (): Promise<void> => {
      for (const before = tries; tries < before + 3;) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    let count = 0;
    const value = create(store).remember("key", minute, () => ++count);
    await triedMore();
    nowMs += 29_999;
    await triedMore();
    assert.equal(count, 0);
    nowMs += 1;
    assert.equal(await value, 1);
  });

  it("gives an error to all who wait, and keeps none", async () => {
    const own = create();
    const fail = async (): Promise<never> => Promise.reject(new Error("no"));
    const results = await Promise.allSettled([1, 2, 3].map(() => own.remember("key", minute, fail)));
    assert.deepEqual(
      results.map(({ status }) => status),
      ["rejected", "rejected", "rejected"],
    );
    assert.equal(await own.remember("key", minute, () => 7), 7);
  });

  it("shows the old value to others while one computes the new one, and not after the stale time", async () => {
    const own = create();
    const options = { ttlSeconds: 60, staleSeconds: 30 };
    await own.remember("key", options, () => "old");
    nowMs += 60_000;
    assert.equal(await own.find("key"), undefined);
    let finish = (): void => undefined;
    const first = own.remember("key", options, () => new Promise<string>((resolve) => (finish = () => resolve("new"))));
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(await own.remember("key", options, () => assert.fail("one computes already")), "old");
    finish();
    assert.equal(await first, "new");
    nowMs += 90_000;
    assert.equal(await own.remember("key", options, () => "newest"), "newest");
  });

  it("returns new objects each time", async () => {
    const own = create();
    const first = await own.remember("key", minute, () => ({ list: [1] }));
    first.list.push(2);
    assert.deepEqual(await own.remember("key", minute, () => ({ list: [0] })), { list: [1] });
  });
});

describe("cache tags", () => {
  it("drop every value that has one of them, and no other", async () => {
    const own = create();
    await own.set("a", 1, { ...minute, tags: ["posts", "authors"] });
    await own.set("b", 2, { ...minute, tags: ["tags"] });
    await own.set("c", 3, minute);
    await own.invalidate({ tags: ["authors"] });
    assert.deepEqual([await own.find("a"), await own.find("b"), await own.find("c")], [undefined, 2, 3]);
    await own.set("a", 4, { ...minute, tags: ["posts", "authors"] });
    assert.equal(await own.find("a"), 4);
  });

  it("drop a value that is being computed when they are invalidated", async () => {
    const own = create();
    await own.remember("key", { ...minute, tags: ["posts"] }, async () => {
      await own.invalidate({ tags: ["posts"] });
      return "computed from old rows";
    });
    assert.equal(await own.find("key"), undefined);
  });

  it("keep values void when the store has forgotten a counter", async () => {
    const store = memoryCache({ now });
    const own = create(store);
    await own.set("key", "old", { ...minute, tags: ["posts"] });
    await store.delete("t:posts");
    assert.equal(await own.find("key"), undefined);
  });
});

describe("cache.increment()", () => {
  testCounters(async () => memoryCache());

  it("counts in one step, for the time that its first call gives", async () => {
    const own = create();
    await Promise.all(Array.from({ length: 50 }, () => own.increment("hits", minute)));
    assert.equal(await own.increment("hits", { ...minute, by: 5 }), 55);
    nowMs += 60_000;
    assert.equal(await own.increment("hits", minute), 1);
  });
});

describe("values of a cache", () => {
  const map = new Map<unknown, unknown>([[{ a: 1 }, new Set([1n])]]);
  const values: readonly unknown[] = [
    null,
    true,
    "",
    "text \u0000 \ud83d\ude00",
    0,
    -0,
    1.5,
    Number.NaN,
    Infinity,
    -Infinity,
    2n ** 70n,
    undefined,
    new Date(0),
    new Uint8Array([0, 255, 10]),
    new Set(["a", new Date(1)]),
    map,
    [1, [undefined, null]],
    { a: undefined, b: { c: [] } },
    { $gable: "date", value: 1 },
    { "": 1 },
    JSON.parse('{"__proto__":{"a":1}}'),
    [],
  ];
  for (const value of values)
    it(`come back equal: ${typeof value} ${String(JSON.stringify(value, (_name, each: unknown) => (typeof each === "bigint" ? `${each}n` : each))).slice(0, 50)}`, () =>
      assert.deepStrictEqual(decodeValue(encodeValue(value)), value));

  it("keep an invalid date", () => {
    const date = decodeValue(encodeValue(new Date(Number.NaN)));
    assert.ok(date instanceof Date && Number.isNaN(date.getTime()));
  });

  it("give the bytes of a Buffer", () => {
    assert.deepStrictEqual(decodeValue(encodeValue([Buffer.from("abc").subarray(1)])), [new Uint8Array([98, 99])]);
  });

  it("keep a large list of bytes", () => {
    const bytes = new Uint8Array(100_000).map((_, index) => index % 256);
    assert.deepEqual(decodeValue(encodeValue(bytes)), bytes);
  });

  class Row {
    id = 1;
  }
  for (const [place, value] of [
    ["the value", () => 1],
    ["the value.a", { a: Symbol("x") }],
    ["the value[1]", [1, new Row()]],
    ["the value.row", { row: /x/ }],
    // What would come back as something else.
    // oxlint-disable-next-line no-sparse-arrays
    ["the value[1]", [1, , 3]],
    ["the value", Object.assign([1], { a: 1 })],
    ["the value", Object.assign([], { a: 1 })],
    // oxlint-disable-next-line no-sparse-arrays
    ["the value[0]", Object.assign([,], { a: 1 })],
    ["the value[0]", [{ [Symbol("a")]: 1 }]],
    ["the value", Object.assign([1], { [Symbol("a")]: 1 })],
    ["the value.a", { a: Object.defineProperty({}, "b", { value: 1 }) }],
    ["the value", Object.assign(new Date(0), { a: 1 })],
    ["the value", Object.assign(new Map(), { a: 1 })],
    ["the value", Object.assign(new Set(), { a: 1 })],
    ["the value", new (class Moment extends Date {})(0)],
    ["the value", new (class Names extends Map {})()],
    ["the value.list", { list: new (class List extends Array {})() }],
    ["the value.key", { key: new (class Key extends Uint8Array {})(1) }],
    ["the value", new (class Part extends Uint8Array {})(2)],
    ["the value", Object.assign(new Uint8Array(1), { [Symbol("a")]: 1 })],
  ] as const)
    it(`refuse ${place}: ${inspect(value)}`, () =>
      assert.throws(() => encodeValue(value), {
        code: "E_CACHE_VALUE",
        message: new RegExp(`: ${place.replaceAll(/[.[\]]/g, "\\$&")}\\.$`),
      }));

  it("are at most 64 levels deep", () => {
    const nested = (levels: number): unknown => Array.from({ length: levels }).reduce((inner) => [inner], 1 as unknown);
    encodeValue(nested(64));
    assert.throws(() => encodeValue(nested(65)), { code: "E_CACHE_VALUE" });
  });
});

describe("keys of a cache", () => {
  it("are never taken for each other", async () => {
    const own = create();
    const keys: readonly CacheKey[] = [
      "ab",
      ["ab"],
      ["a", "b"],
      ["a", 1],
      ["a", "1"],
      ["a", 1n],
      ["a", true],
      ["a", "true"],
      ["a", null],
      ["a", "null"],
      "x".repeat(300),
      "x".repeat(301),
      ["s2:ab"],
      "l2:ab",
    ];
    for (const [index, key] of keys.entries()) await own.set(key, index, minute);
    for (const [index, key] of keys.entries()) assert.equal(await own.find(key), index, JSON.stringify(String(key)).slice(0, 30));
  });

  for (const key of ["", [], [undefined], [{}], [Number.NaN], 7, null])
    it(`refuse ${JSON.stringify(key) ?? String(key)}`, () => assert.rejects(create().set(key as never, 1, minute)));
});

describe("options of a cache", () => {
  const wrong: readonly object[] = [
    {},
    { ttlSeconds: 0 },
    { ttlSeconds: 31_536_001 },
    { ttlSeconds: Infinity },
    { ttlSeconds: 1, staleSeconds: -1 },
    { ttlSeconds: 1, tags: [""] },
    { ttlSeconds: 1, tags: "a" },
    { ttlSeconds: 1, tags: ["x".repeat(101)] },
    { ttlSeconds: 1, tags: Array.from({ length: 17 }, String) },
    { ttl: 1 },
  ];
  for (const options of wrong)
    it(`refuse ${JSON.stringify(options).slice(0, 60)}`, () =>
      assert.rejects(create().set("key", 1, options as never), { code: /^E_OPTION_/ }));

  it("take a year, 16 tags and 100 characters", () =>
    create().set("key", 1, { ttlSeconds: 31_536_000, tags: Array.from({ length: 16 }, (_, index) => String(index).padEnd(100, "x")) }));

  for (const options of [{ entriesMax: 0 }, { bytesMax: 1.5 }, { size: 1 }])
    it(`of memoryCache() refuse ${JSON.stringify(options)}`, () =>
      assert.throws(() => memoryCache(options as never), { code: /^E_OPTION_/ }));
});

describe("memoryCache()", () => {
  const rows: ReadonlyArray<readonly [what: string, read: string, kept: string]> = [
    ["the oldest value that was not read", "a", "a d"],
    ["the oldest value when none was read", "", "c d"],
    ["the oldest value when all were read, and never the new one", "abc", "c d"],
    ["an older value before a newer one that was read", "c", "c d"],
  ];
  for (const [what, read, kept] of rows)
    it(`lets go of ${what}`, async () => {
      const store = memoryCache({ entriesMax: 3, now });
      for (const key of "abc") await store.write(key, key, { ttlMs: 1_000 });
      await store.read([...read]);
      await store.write("d", "d", { ttlMs: 1_000 });
      await store.write("e", "e", { ttlMs: 1_000 });
      assert.deepEqual(
        (await store.read([..."abcde"])).filter((text) => text !== undefined),
        [...`${kept} e`.replaceAll(" ", "")],
      );
    });

  it("holds as many bytes as it may, and does not keep what is larger than that alone", async () => {
    const store = memoryCache({ bytesMax: 20, now });
    assert.equal(await store.write("a", "123456789", { ttlMs: 1_000 }), true);
    assert.equal(await store.write("b", "1234567890", { ttlMs: 1_000 }), false);
    assert.deepEqual([...(await store.read(["a", "b"]))], ["123456789", undefined]);
    await store.write("c", "1", { ttlMs: 1_000 });
    assert.deepEqual([...(await store.read(["a", "c"]))], [undefined, "1"]);
  });
});

describe("an entry that the cache did not write like this", () => {
  for (const text of ["", "1", '[1,[],"1"]', "1 []", "x []\n1", "\n1 []", "[1 2]\n3"])
    it(`is unknown: ${JSON.stringify(text)}`, async () => {
      const store = memoryCache({ now });
      const values = create(store);
      await values.set("a", 1, minute);
      await store.write("v:sa", text, { ttlMs: 1_000 });
      assert.equal(await values.find("a"), undefined);
      assert.equal(await values.remember("a", minute, () => 2), 2);
      assert.equal(await values.find("a"), 2);
    });
});

describe("a cache whose store does not answer", () => {
  it("computes without it, and warns on standard error when it has no logger", async (t) => {
    const warn = t.mock.method(console, "warn", () => undefined);
    const broken: CacheStore = { ...memoryCache({ now }), read: () => Promise.reject(new Error("away")) };
    const broke = createCache({ store: broken, now });
    for (const value of [1, 2]) assert.equal(await broke.remember("a", minute, () => value), value);
    assert.equal(warn.mock.callCount(), 1);
    assert.match(String(warn.mock.calls[0]!.arguments[0]), /does not answer/);
  });
});

describe("the cache of an application", () => {
  it("is that of the request's application, and keeps pieces of views", async () => {
    let made = 0;
    const page = (): object => html`<p>${cached("side", { ttlSeconds: 60, tags: ["posts"] }, () => html`${String(++made)}`)}</p>`;
    const make = () =>
      gable({
        mode: "test",
        logger: silentLogger,
        cache: true,
        routes: [get("/", page), get("/count", async () => ({ hits: await cache.increment("hits", minute) }))],
      });
    const [first, second] = [make(), make()];
    try {
      const read = async (app: typeof first, path: string): Promise<string> => (await app.request(path)).text();
      assert.deepEqual([await read(first, "/"), await read(first, "/"), await read(second, "/")], ["<p>1</p>", "<p>1</p>", "<p>2</p>"]);
      assert.deepEqual(
        [await read(first, "/count"), await read(first, "/count"), await read(second, "/count")],
        ['{"hits":1}', '{"hits":2}', '{"hits":1}'],
      );
      await first.part(cachePart).cache.invalidate({ tags: ["posts"] });
      assert.deepEqual([await read(first, "/"), await read(second, "/")], ["<p>3</p>", "<p>2</p>"]);
      await assert.rejects(cache.find("x"), { code: "E_CACHE_MISSING", message: /2 applications/ });
    } finally {
      await first.close();
      await second.close();
    }
    await assert.rejects(cache.find("x"), { code: "E_CACHE_MISSING", message: /No application with a cache/ });
  });

  it("does not keep a piece whose tag is invalidated while it is rendered", async () => {
    let made = 0;
    const app = gable({
      mode: "test",
      logger: silentLogger,
      cache: true,
      routes: [
        get("/", () => {
          const piece = cached("side", { tags: ["posts"] }, () => {
            const text = String(++made);
            const later = async (): Promise<string> => {
              if (text === "1") await cache.invalidate({ tags: ["posts"] });
              return text;
            };
            return html`<p>${later()}</p>`;
          });
          return html`${piece}`;
        }),
      ],
    });
    try {
      const read = async (): Promise<string> => (await app.request("/")).text();
      assert.deepEqual([await read(), await read(), await read()], ["<p>1</p>", "<p>2</p>", "<p>2</p>"]);
    } finally {
      await app.close();
    }
  });

  /** How a piece is written, and a function that renders it with the store of an application. */
  const pieces: ReadonlyArray<readonly [name: string, render: (work: () => Promise<string>, context: RenderContext) => Promise<string>]> = [
    ["cached()", async (work, context) => renderHtml(html`<p>${cached("a", {}, () => html`${work()}`)}</p>`, context)],
    ["{% cache %}", async (work, context) => compileString("<p>{% cache 'a' %}{{ work() }}{% endcache %}</p>").render({ work }, context)],
  ];
  for (const [name, render] of pieces)
    for (const fails of [false, true])
      it(`renders a piece of ${name} ${fails ? "again when the first of two applications with one store fails" : "once for two applications with one store"}`, async () => {
        let made = 0;
        let [begin, finish]: [() => void, () => void] = [() => undefined, () => undefined];
        const begun = new Promise<void>((resolve) => (begin = resolve));
        const finished = new Promise<void>((resolve) => (finish = resolve));
        const work = async (): Promise<string> => {
          const number = ++made;
          begin();
          await finished;
          if (fails && number === 1) throw new Error("no");
          return String(number);
        };
        const store = memoryCache();
        const apps = [1, 2].map(() => gable({ mode: "test", logger: silentLogger, cache: { store }, routes: [] }));
        try {
          for (const app of apps) await app.start();
          const [first, second] = apps.map((app) => ({ fragments: app.part(cachePart).fragments! }));
          const one = render(work, first!).catch((error: Error) => error.message);
          await begun;
          const others = [render(work, second!), render(work, second!)];
          await new Promise((resolve) => setTimeout(resolve, 60));
          assert.equal(made, 1, "the second application waits");
          finish();
          // An error in a template file names its file.
          assert.equal(await one, fails ? (name === "cached()" ? "no" : "string.html: no") : "<p>1</p>");
          const text = fails ? "<p>2</p>" : "<p>1</p>";
          assert.deepEqual([await Promise.all(others), await render(work, first!)], [[text, text], text]);
        } finally {
          for (const app of apps) await app.close();
        }
      });

  for (const option of [false, 7, { store: {} }, { stores: 1 }])
    it(`refuses the option ${JSON.stringify(option)}`, () =>
      assert.throws(() => gable({ cache: option as never }), { code: /^E_OPTION_/ }));
});
