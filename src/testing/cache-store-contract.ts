/** The contract of stores of a cache: what each of them does the same way, whoever wrote it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CacheStore } from "gable/cache";

/** A store under test. Two stores of one test share what they keep, as two processes do; most have one and the same. */
export interface CacheStoreUnderTest {
  /** The store; each test closes it. */
  readonly store: CacheStore;
  /** Lets time pass for the store: by its clock, or by waiting. */
  readonly pass: (ms: number) => Promise<void>;
}

const longMs = 60_000;

/** Reads keys in each way that the store has. */
async function readKeys(store: CacheStore, keys: readonly string[]): Promise<ReadonlyArray<string | undefined>> {
  const texts = [...(await store.read(keys))];
  if (store.readNow !== undefined) assert.deepEqual([...store.readNow(keys)], texts);
  return texts;
}

const contracts: ReadonlyArray<readonly [title: string, check: (tested: CacheStoreUnderTest) => Promise<void>]> = [
  [
    "returns texts in the order of their keys, and undefined for unknown ones",
    async ({ store }) => {
      await store.write("a", "1", { ttlMs: longMs });
      await store.write("b", "two \u0000 \u{1f600}", { ttlMs: longMs });
      assert.deepEqual(await readKeys(store, ["b", "none", "a"]), ["two \u0000 \u{1f600}", undefined, "1"]);
      assert.deepEqual(await readKeys(store, []), []);
    },
  ],
  [
    "replaces and deletes",
    async ({ store }) => {
      await store.write("a", "1", { ttlMs: longMs });
      assert.equal(await store.write("a", "2", { ttlMs: longMs }), true);
      assert.deepEqual(await readKeys(store, ["a"]), ["2"]);
      await store.delete("a", "1");
      assert.deepEqual(await readKeys(store, ["a"]), ["2"]);
      await store.delete("a", "2");
      assert.deepEqual(await readKeys(store, ["a"]), [undefined]);
      await store.delete("none");
    },
  ],
  [
    "writes with onlyText only while the key has that text, and starts its time again",
    async ({ store, pass }) => {
      assert.equal(await store.write("a", "1", { ttlMs: longMs, onlyText: "1" }), false);
      await store.write("a", "1", { ttlMs: 400 });
      assert.equal(await store.write("a", "3", { ttlMs: longMs, onlyText: "2" }), false);
      assert.equal(await store.write("a", "1", { ttlMs: longMs, onlyText: "1" }), true);
      await pass(450);
      assert.deepEqual(await readKeys(store, ["a"]), ["1"]);
    },
  ],
  [
    "never returns a string after it expires",
    async ({ store, pass }) => {
      await store.write("a", "1", { ttlMs: 200 });
      await store.write("b", "1", { ttlMs: longMs });
      await pass(250);
      assert.deepEqual(await readKeys(store, ["a", "b"]), [undefined, "1"]);
      assert.equal(await store.write("a", "2", { ttlMs: longMs, onlyNew: true }), true);
    },
  ],
  [
    "lets one of a hundred parallel writers with onlyNew win",
    async ({ store }) => {
      const results = await Promise.all(
        Array.from({ length: 100 }, (_, index) => store.write("a", String(index), { ttlMs: longMs, onlyNew: true })),
      );
      assert.equal(results.filter(Boolean).length, 1);
      assert.deepEqual(await readKeys(store, ["a"]), [String(results.indexOf(true))]);
    },
  ],
  [
    "loses none of a hundred parallel increments, and starts their time with the first",
    async ({ store, pass }) => {
      // Longer than a slow machine needs for all of them.
      await Promise.all(Array.from({ length: 100 }, () => store.increment("a", 1, 5_000)));
      assert.equal(await store.increment("a", -50, longMs), 50);
      await pass(5_050);
      assert.equal(await store.increment("a", 1, longMs), 1);
    },
  ],
  [
    "adds up to the largest safe integer, and changes nothing beyond it or for another string",
    async ({ store }) => {
      const max = Number.MAX_SAFE_INTEGER;
      assert.equal(await store.increment("a", max, longMs), max);
      await assert.rejects(store.increment("a", 1, longMs), { code: "E_CACHE_VALUE" });
      await store.write("b", "one", { ttlMs: longMs });
      await assert.rejects(store.increment("b", 1, longMs), { code: "E_CACHE_VALUE" });
      assert.deepEqual(await readKeys(store, ["a", "b"]), [String(max), "one"]);
    },
  ],
];

/** Defines the tests of a store in the current file. Each test creates its own with `create`. */
export function testCacheStore(name: string, create: () => Promise<CacheStoreUnderTest>): void {
  describe(`cache store contract: ${name}`, () => {
    for (const [title, check] of contracts)
      it(title, async () => {
        const tested = await create();
        try {
          await check(tested);
        } finally {
          await tested.store.close?.();
        }
      });
  });
}
