/** The cache in Redis: the contract of stores, and two applications that share what one of them computed. */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createCache, redisCache } from "gable/cache";
import { bullmqQueue } from "gable/tasks";
import { testCacheStore } from "gable/testing";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../session/redis.ts";
import { testCounters } from "./counters.ts";
import { canStartRedis, findFreePort, startRedis, stopRedis } from "../session/redis-server.ts";

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
  testCounters(async () => redisCache({ url: redisUrl, prefix: newPrefix() }));

  it("closes although Redis does not answer", { skip: canStartRedis() ? false : "no redis-server here" }, async () => {
    const port = await findFreePort();
    const server = await startRedis(port);
    const [store, queue] = [redisCache({ url: `redis://127.0.0.1:${port}` }), bullmqQueue({ url: `redis://127.0.0.1:${port}` })];
    try {
      await store.write("a", "1", { ttlMs: 60_000 });
      await queue.open!();
      await queue.stats!(Date.now());
      server.kill("SIGSTOP");
      const unanswered = [store.read(["a"]), queue.stats!(Date.now())].map((work) =>
        assert.rejects(async () => work, { code: "E_REDIS_COMMAND" }),
      );
      await Promise.all([store.close!(), queue.close!()]);
      await Promise.all(unanswered);
    } finally {
      await stopRedis(server);
    }
  });

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

describe("a cache whose Redis goes away", { skip: skipRedis === false && canStartRedis() ? false : "no redis-server here" }, () => {
  it("computes without it, warns once for each outage, and uses it again afterwards", async () => {
    const port = await findFreePort();
    let server = await startRedis(port);
    const store = redisCache({ url: `redis://127.0.0.1:${port}` });
    let warnings = 0;
    const cache = createCache({ store, logger: { warn: () => void warnings++ } });
    let count = 0;
    const remember = (): Promise<number> => cache.remember("key", { ttlSeconds: 600, tags: ["posts"] }, () => ++count);
    try {
      assert.deepEqual([await remember(), await remember(), warnings], [1, 1, 0]);
      for (const outage of [1, 2]) {
        await stopRedis(server);
        const before = count;
        assert.deepEqual([await remember(), await remember(), await cache.find("key")], [before + 1, before + 2, undefined]);
        assert.equal(warnings, outage);
        await assert.rejects(cache.invalidate({ tags: ["posts"] }), { code: /^E_REDIS_/ });
        server = await startRedis(port);
        // The client connects again by itself.
        while ((await remember()) !== (await remember())) await new Promise((resolve) => setTimeout(resolve, 20));
        assert.equal(warnings, outage);
      }
    } finally {
      await stopRedis(server);
      await store.close?.();
    }
  });
});
