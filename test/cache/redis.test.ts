/** The cache in Redis: the contract of stores, and two applications that share what one of them computed. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createCache, redisCache } from "gable/cache";
import { testCacheStore } from "gable/testing";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../session/redis.ts";

const prefixes: string[] = [];

function newPrefix(): string {
  const prefix = createPrefix();
  prefixes.push(prefix);
  return prefix;
}

after(async () => {
  for (const prefix of prefixes) await removeKeys(prefix);
});

if (skipRedis === false)
  testCacheStore("Redis", async () => ({
    store: redisCache({ url: redisUrl, prefix: newPrefix() }),
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }));

describe("redisCache()", { skip: skipRedis }, () => {
  it("computes once for two connections, and drops by tag for both", async () => {
    const prefix = newPrefix();
    const stores = [1, 2].map(() => redisCache({ url: redisUrl, prefix }));
    const [first, second] = stores.map((store) => createCache({ store }));
    let count = 0;
    const remember = (own = first): Promise<number> => own!.remember("key", { ttlSeconds: 600, tags: ["posts"] }, async () => ++count);
    assert.deepEqual(await Promise.all([remember(first), remember(second), remember(first)]), [1, 1, 1]);
    await second!.invalidate({ tags: ["posts"] });
    assert.equal(await remember(first), 2);
    await Promise.all(stores.map((store) => store.close?.()));
  });

  it("refuses an address of something else, and does not show it", () => {
    assert.throws(
      () => redisCache({ url: "http://user:secret@localhost" }),
      (error: Error) => error.message.includes("redisCache()") && !error.message.includes("secret"),
    );
  });
});
