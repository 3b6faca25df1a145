/** The cache in Redis: the contract of stores, and two applications that share what one of them computed. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
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

function canStartRedis(): boolean {
  return spawnSync("redis-server", ["--version"]).status === 0;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // It listens on a port.
  server.close();
  await once(server, "close");
  return port;
}

async function startRedis(port: number): Promise<ChildProcess> {
  const server = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  for await (const chunk of server.stdout) if (String(chunk).includes("Ready to accept connections")) break;
  return server;
}

async function stopRedis(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, "exit");
  server.kill("SIGKILL");
  await ended;
}
