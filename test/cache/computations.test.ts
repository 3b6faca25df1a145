/** Values that change while they are computed, and values that need each other, over every store. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Cache, CacheKey, CacheStore } from "gable/cache";
import { createCache, memoryCache } from "gable/cache";
import type { OpenStore } from "./pages/stores.ts";
import { storeKinds } from "./pages/stores.ts";

const minute = { ttlSeconds: 60 };
const tagged = { ...minute, tags: ["posts"] };

/** What others do to a key while its value is computed, and what they find afterwards. */
const changes: ReadonlyArray<readonly [name: string, change: (cache: Cache, key: string) => Promise<unknown>, found: unknown]> = [
  ["delete()", (cache, key) => cache.delete(key), undefined],
  ["set()", (cache, key) => cache.set(key, "set", minute), "set"],
  ["set() and delete()", (cache, key) => cache.set(key, "set", minute).then(() => cache.delete(key)), undefined],
  ["increment()", (cache, key) => cache.increment(key, minute), 1],
  ["increment() and delete()", (cache, key) => cache.increment(key, minute).then(() => cache.delete(key)), undefined],
  ["invalidate()", (cache) => cache.invalidate({ tags: ["posts"] }), undefined],
];

let keys = 0;

/** A computation that waits until it may go on. */
function startOld(
  cache: Cache,
  key: string,
  value: unknown = "old",
): { begun: Promise<void>; finish: () => void; result: Promise<unknown> } {
  const [begun, finished] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const result = cache.remember(key, tagged, async () => {
    begun.resolve();
    await finished.promise;
    return value;
  });
  return { begun: begun.promise, finish: finished.resolve, result };
}

for (const { name, skip, open } of storeKinds)
  describe(`computations in ${name}`, { skip }, () => {
    let opened: OpenStore;
    before(async () => {
      opened = await open();
    });
    after(() => opened.remove());

    for (const isOther of [false, true])
      for (const [call, change, found] of changes) {
        const where = isOther ? "another process" : "the process";
        it(`keep no value after ${call} of ${where}`, async () => {
          const [own, other] = [createCache({ store: opened.store }), createCache({ store: opened.store })];
          const key = `key ${++keys}`;
          const old = startOld(own, key);
          await old.begun;
          await change(isOther ? other : own, key);
          old.finish();
          assert.equal(await old.result, "old");
          for (const each of [own, other]) assert.equal(await each.find(key), found);
        });

        it(`give no value to those who ask after ${call} of ${where}`, async () => {
          const [own, other] = [createCache({ store: opened.store }), createCache({ store: opened.store })];
          const key = `key ${++keys}`;
          const old = startOld(own, key);
          await old.begun;
          const changing = isOther ? other : own;
          await change(changing, key);
          // In the process that made the change, nobody waits for the old computation.
          const early = isOther ? undefined : own.remember(key, tagged, () => "new");
          if (early !== undefined) assert.equal(await early, found ?? "new");
          const later = [own, own, other].map((each) => each.remember(key, tagged, () => "new"));
          await new Promise((resolve) => setTimeout(resolve, 5));
          old.finish();
          assert.deepEqual(await Promise.all(later), Array(3).fill(found ?? "new"));
          assert.equal(await own.find(key), found ?? "new");
        });
      }

    it("keep an old value for others, and give it back when they fail", async () => {
      let nowMs = Date.now();
      const own = createCache({ store: opened.store, now: () => nowMs });
      const key = `key ${++keys}`;
      const options = { ttlSeconds: 60, staleSeconds: 60 };
      await own.set(key, "old", options);
      nowMs += 61_000;
      const failing = own.remember(key, options, async () => {
        assert.equal(await createCache({ store: opened.store, now: () => nowMs }).remember(key, options, () => "another"), "old");
        throw new Error("no");
      });
      await assert.rejects(failing, /no/);
      assert.equal(await own.remember(key, options, () => "new"), "new");
      assert.equal(await own.find(key), "new");
    });
  });

describe("a value that is too large for its store", () => {
  it("is computed once for all who wait, and leaves nothing", async () => {
    const own = createCache({ store: memoryCache({ bytesMax: 2_000 }) });
    let count = 0;
    const compute = async (): Promise<string> => (await new Promise((resolve) => setTimeout(resolve, 5)), `${++count}`.padEnd(2_000));
    await Promise.all([1, 2, 3].map(() => own.remember("large", minute, compute)));
    assert.deepEqual([count, await own.find("large")], [1, undefined]);
  });
});

describe("values that need each other", () => {
  /** Each key needs the next one. */
  const cycles: ReadonlyArray<readonly [keys: readonly CacheKey[], shown: string]> = [
    [["a"], '"a" -> "a"'],
    [["a", ["b", 1n]], '"a" -> ["b","1n"] -> "a"'],
    [["a", "b", "c"], '"a" -> "b" -> "c" -> "a"'],
  ];
  for (const [cycle, shown] of cycles)
    it(`are refused: ${shown}`, async () => {
      const own = createCache({ store: memoryCache() });
      const read = (index: number): Promise<unknown> => own.remember(cycle[index % cycle.length]!, minute, () => read(index + 1));
      await assert.rejects(read(0), { code: "E_CACHE_RECURSION", message: `A cached value needs itself: ${shown}.` });
      // Nothing is left that others would wait for.
      for (const key of cycle) assert.equal(await own.remember(key, minute, () => 7), 7);
    });

  it("are refused although others wait for them", async () => {
    const own = createCache({ store: memoryCache() });
    const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    const readA = (): Promise<unknown> => own.remember("a", minute, () => later().then(readB));
    const readB = (): Promise<unknown> => own.remember("b", minute, () => later().then(readA));
    const results = await Promise.allSettled([readA(), readB(), readA(), readB()]);
    for (const result of results)
      assert.equal(result.status === "rejected" && (result.reason as { code: string }).code, "E_CACHE_RECURSION");
  });

  it("do not wait for each other when two requests cross", async () => {
    const own = createCache({ store: memoryCache() });
    const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));
    const read = (first: string, second: string): Promise<unknown> =>
      own.remember(first, minute, () => later().then(() => own.remember(second, minute, () => later().then(() => `${first} ${second}`))));
    const results = await Promise.all([read("a", "b"), read("b", "c"), read("c", "a"), read("b", "a")]);
    assert.equal(
      results.every((result) => typeof result === "string"),
      true,
    );
  });

  it("may be read by work that a computation has left behind", async () => {
    const own = createCache({ store: memoryCache() });
    const left = Promise.withResolvers<unknown>();
    await own.remember("a", minute, () => {
      setTimeout(() => left.resolve(own.remember("a", minute, () => 2)), 20);
      return 1;
    });
    await own.delete("a");
    assert.equal(await left.promise, 2);
  });
});

describe("a computation that another process takes over", () => {
  it("does not keep its value", async () => {
    const store = memoryCache();
    const [own, other] = [createCache({ store }), createCache({ store })];
    const old = startOld(own, "key");
    await old.begun;
    // The process was stopped for so long that its lease has ended.
    await store.delete("l:skey");
    assert.equal(await other.remember("key", tagged, () => "new"), "new");
    old.finish();
    await old.result;
    assert.equal(await other.find("key"), "new");
  });

  it("keeps what others write between its read and its mark", async () => {
    const inner = memoryCache();
    const writer = createCache({ store: inner });
    let isSet = false;
    const store: CacheStore = {
      read: (keysRead) => inner.read(keysRead),
      delete: (key, text) => inner.delete(key, text),
      increment: (key, by, ttlMs) => inner.increment(key, by, ttlMs),
      write: async (key, text, options) => {
        if (key === "v:skey" && !isSet) await writer.set("key", "set", minute).then(() => (isSet = true));
        return inner.write(key, text, options);
      },
    };
    assert.equal(await createCache({ store }).remember("key", minute, () => "computed"), "set");
  });
});
