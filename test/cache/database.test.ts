/** The cache in a database: the contract of stores, processes, limits, transactions and outages. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { gable } from "gable";
import { cacheModel, cachePart, createCache, databaseCache } from "gable/cache";
import type { Database } from "gable/data";
import { createDatabase, transaction } from "gable/data";
import { testCacheStore } from "gable/testing";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";
import { testCounters } from "./counters.ts";

const longMs = 60_000;
const textBytesMax = 4_194_304;
const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const run = promisify(execFile);

for (const { name, skip, place } of databaseKinds)
  describe(`databaseCache() on ${name}`, { skip }, () => {
    const Entry = cacheModel();
    let placed: Awaited<ReturnType<typeof place>>;
    let database: Database;
    before(async () => {
      placed = await place();
      database = await createDatabase({ url: placed.url, models: [Entry] });
      await database.createTables();
    });
    after(async () => {
      await database.close();
      await placed.remove();
    });
    const open = () => databaseCache(database, Entry);

    testCacheStore(name, async () => {
      await database.run(() => Entry.all().delete());
      return { store: open(), pass };
    });
    testCounters(async () => {
      await database.run(() => Entry.all().delete());
      return open();
    });

    it("keeps every text exactly, numbers next to others", async () => {
      const store = open();
      const texts = [
        "",
        "0",
        "-0",
        "00",
        "-5",
        " 1",
        "1e3",
        "9007199254740991",
        "9007199254740992",
        "a",
        "A",
        "a ",
        "\ufeffx",
        "é",
        "\u0000",
      ];
      for (const text of texts) {
        await store.write(`k${text}`, text, { ttlMs: longMs });
        assert.equal(await store.write(`k${text}`, text, { ttlMs: longMs, onlyText: text }), true);
        assert.equal(await store.write(`k${text}`, "no", { ttlMs: longMs, onlyText: `${text} ` }), false);
      }
      assert.deepEqual([...(await store.read(texts.map((text) => `k${text}`)))], texts);
      assert.deepEqual([...(await store.read(["ka", "ka"]))], ["a", "a"]);
      await store.write("kn", "41", { ttlMs: longMs });
      assert.equal(await store.increment("kn", 1, longMs), 42);
      assert.deepEqual([...(await store.read(["kn"]))], ["42"]);
      await assert.rejects(store.increment("ka", 1, longMs), { code: "E_CACHE_VALUE" });
      assert.deepEqual([...(await store.read(["ka"]))], ["a"]);
      await store.write("kn", String(Number.MAX_SAFE_INTEGER - 1), { ttlMs: longMs });
      assert.equal(await store.increment("kn", 1, longMs), Number.MAX_SAFE_INTEGER);
      await assert.rejects(store.increment("kn", 1, longMs));
    });

    it("keeps 4 MiB, and drops what a longer string would replace", async () => {
      const store = open();
      const most = "é".repeat(textBytesMax / 2);
      assert.equal(await store.write("large", most, { ttlMs: longMs }), true);
      assert.equal((await store.read(["large"]))[0] === most, true);
      assert.equal(await store.write("large", `${most}a`, { ttlMs: longMs, onlyNew: true }), false);
      assert.equal((await store.read(["large"]))[0] === most, true);
      assert.equal(await store.write("large", `${most}a`, { ttlMs: longMs }), false);
      assert.deepEqual([...(await store.read(["large"]))], [undefined]);
    });

    it("keeps values of every kind under keys at the limit and above, and drops them by tag", async () => {
      const cache = createCache({ store: open() });
      const value = {
        date: new Date(5),
        big: 2n ** 70n,
        map: new Map([[1, new Set(["a"])]]),
        bytes: Uint8Array.of(0, 255),
        no: undefined,
        nan: Number.NaN,
      };
      const keys = ["x".repeat(249), "x".repeat(250), "X".repeat(249), ["a", 1, null, true], "\u0000"];
      for (const [index, key] of keys.entries()) await cache.set(key, { ...value, index }, { ttlSeconds: 60, tags: [`t${index % 2}`] });
      for (const [index, key] of keys.entries()) assert.deepEqual(await cache.find(key), { ...value, index });
      await cache.invalidate({ tags: ["t0"] });
      assert.deepEqual(await Promise.all(keys.map(async (key) => (await cache.find(key)) !== undefined)), [
        false,
        true,
        false,
        true,
        false,
      ]);
    });

    it("deletes expired rows, and no others", async () => {
      await database.run(() => Entry.all().delete());
      const store = open();
      for (const key of ["a", "b", "c"]) await store.write(key, "1", { ttlMs: 1 });
      await store.write("d", "1", { ttlMs: longMs });
      await pass(20);
      assert.deepEqual([await store.deleteExpired?.(2), await store.deleteExpired?.(2), await store.deleteExpired?.(2)], [2, 1, 0]);
      assert.equal(await database.run(() => Entry.where().count()), 1);
    });

    it("computes once for two processes", async () => {
      const file = new URL("./cache-process.ts", import.meta.url).pathname;
      const register = new URL("../../scripts/source.mjs", import.meta.url).href;
      const outputs = await Promise.all([1, 2].map(() => run(process.execPath, ["--import", register, file, placed.url])));
      const results = outputs.map(({ stdout }) => JSON.parse(stdout) as { value: number; isMine: boolean }); // What cache-process.ts prints.
      assert.equal(results.filter(({ isMine }) => isMine).length, 1);
      assert.equal(results[0]!.value, results[1]!.value);
    });

    it("takes no part in transactions", async () => {
      const store = open();
      const cache = createCache({ store });
      await cache.set("before", 1, { ttlSeconds: 60 });
      let computed = 0;
      const rollback = new Error("rolled back by the test");
      await assert.rejects(
        transaction(
          async () => {
            assert.equal(await cache.find("before"), 1);
            if (name === "SQLite") await assert.rejects(cache.set("inside", 1, { ttlSeconds: 60 }), { code: "E_CACHE_TRANSACTION" });
            else await cache.set("inside", 1, { ttlSeconds: 60 });
            assert.equal(await cache.remember("made", { ttlSeconds: 60 }, () => ++computed), 1);
            throw rollback;
          },
          { database },
        ),
        rollback,
      );
      const isKept = name !== "SQLite";
      assert.equal(await cache.find("inside"), isKept ? 1 : undefined);
      assert.equal(await cache.remember("made", { ttlSeconds: 60 }, () => ++computed), isKept ? 1 : 2);
    });

    it("computes without a closed database, and warns once", async () => {
      const Own = cacheModel();
      const gone = await createDatabase({ url: placed.url, models: [Own] });
      let [warnings, count] = [0, 0];
      const cache = createCache({ store: databaseCache(gone, Own), logger: { warn: () => void warnings++ } });
      const remember = (): Promise<number> => cache.remember("gone", { ttlSeconds: 60 }, () => ++count);
      assert.deepEqual([await remember(), await remember(), warnings], [1, 1, 0]);
      await gone.close();
      assert.deepEqual([await remember(), await remember(), await cache.find("gone"), warnings], [2, 3, undefined, 1]);
      await assert.rejects(cache.invalidate({ tags: ["a"] }));
    });
  });

describe('gable({ cache: { store: "database" } })', () => {
  it("finds the model, and refuses to start without it", async () => {
    const options = { mode: "test", logger: silentLogger, database: "sqlite::memory:", cache: { store: "database" } } as const;
    await assert.rejects(gable({ ...options, models: [] }).start(), { code: "E_CACHE_STORE", fix: /cacheModel\(\)/ });
    const Entry = cacheModel();
    const app = gable({ ...options, models: [Entry] });
    await app.start();
    await app.database().createTables();
    await app.part(cachePart).cache.set("a", 1, { ttlSeconds: 60 });
    assert.equal(await app.database().run(() => Entry.where().count()), 1);
    await app.close();
  });

  it("rejects what is not a store", () => {
    for (const store of ["redis", {}, null])
      assert.throws(() => gable({ cache: { store: store as "memory" } }), { code: "E_OPTION_INVALID" }); // Wrong on purpose.
  });
});
