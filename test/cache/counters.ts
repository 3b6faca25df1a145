/** What numbers of a cache do, the same way in each store. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { CacheStore } from "gable/cache";
import { createCache } from "gable/cache";

const minute = { ttlSeconds: 60 };

/** Defines the tests of `cache.increment()` over a store. Each test creates its own. */
export function testCounters(create: () => Promise<CacheStore>): void {
  const check = (title: string, work: (own: ReturnType<typeof createCache>) => Promise<void>): void =>
    void it(title, async () => {
      const store = await create();
      try {
        await work(createCache({ store }));
      } finally {
        await store.close?.();
      }
    });

  check("finds a number that increment() keeps, and starts it again after delete()", async (own) => {
    await own.increment("hits", { ...minute, by: 2 });
    assert.deepEqual([await own.increment("hits", minute), await own.find("hits"), await own.remember("hits", minute, () => 9)], [3, 3, 3]);
    await own.delete("hits");
    assert.deepEqual([await own.find("hits"), await own.increment("hits", minute)], [undefined, 1]);
  });

  for (const sign of [1, -1])
    check(`counts to ${sign * Number.MAX_SAFE_INTEGER}, and refuses one more without a change`, async (own) => {
      const max = sign * Number.MAX_SAFE_INTEGER;
      const refused = {
        code: "E_CACHE_VALUE",
        message: "cache.increment() found a value that is not a whole number, or the sum is too large for one.",
      };
      assert.equal(await own.increment("a", { ...minute, by: max }), max);
      for (const by of [sign, max]) await assert.rejects(own.increment("a", { ...minute, by }), refused);
      assert.deepEqual([await own.find("a"), await own.increment("a", { ...minute, by: 0 })], [max, max]);
      assert.equal(await own.increment("a", { ...minute, by: -max }), 0);
      assert.equal(await own.increment("a", { ...minute, by: max - sign }), max - sign);
      await assert.rejects(own.increment("a", { ...minute, by: 2 * sign }), refused);
      assert.equal(await own.increment("a", { ...minute, by: sign }), max);
    });

  check("keeps what was written last of a value and a number", async (own) => {
    await own.increment("hits", minute);
    await own.set("hits", "text", minute);
    assert.equal(await own.find("hits"), "text");
    assert.deepEqual([await own.increment("hits", minute), await own.find("hits")], [1, 1]);
    await own.delete("hits");
    assert.equal(await own.find("hits"), undefined);
  });
}
