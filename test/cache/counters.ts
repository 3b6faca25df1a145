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

  check("keeps what was written last of a value and a number", async (own) => {
    await own.increment("hits", minute);
    await own.set("hits", "text", minute);
    assert.equal(await own.find("hits"), "text");
    assert.deepEqual([await own.increment("hits", minute), await own.find("hits")], [1, 1]);
    await own.delete("hits");
    assert.equal(await own.find("hits"), undefined);
  });
}
