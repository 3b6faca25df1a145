/** The stores that keep whole replies in tests: memory, a database and Redis. */
import { cacheModel, databaseCache, memoryCache, redisCache } from "gable/cache";
import type { CacheStore } from "gable/cache";
import { createDatabase } from "gable/data";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../../session/redis.ts";

/** A store, and what removes it. */
export interface OpenStore {
  readonly store: CacheStore;
  readonly remove: () => Promise<void>;
}

/** A kind of store. */
export interface StoreKind {
  readonly name: string;
  readonly skip: string | false;
  readonly open: () => Promise<OpenStore>;
}

/** All kinds. */
export const storeKinds: readonly StoreKind[] = [
  { name: "memory", skip: false, open: async () => ({ store: keepOpen(memoryCache()), remove: async () => undefined }) },
  { name: "SQLite", skip: false, open: openDatabase },
  { name: "Redis", skip: skipRedis, open: openRedis },
];

async function openDatabase(): Promise<OpenStore> {
  const Entry = cacheModel();
  const database = await createDatabase({ url: "sqlite::memory:", models: [Entry] });
  await database.createTables();
  return { store: keepOpen(databaseCache(database, Entry)), remove: () => database.close() };
}

async function openRedis(): Promise<OpenStore> {
  const prefix = createPrefix();
  const store = redisCache({ url: redisUrl, prefix });
  const remove = async (): Promise<void> => {
    await store.close?.();
    await removeKeys(prefix);
  };
  return { store: keepOpen(store), remove };
}

/** A store that several applications share: none of them closes it. */
function keepOpen(store: CacheStore): CacheStore {
  return {
    read: (keys) => store.read(keys),
    write: (key, value, options) => store.write(key, value, options),
    delete: (key, onlyText) => store.delete(key, onlyText),
    increment: (key, by, ttlMs) => store.increment(key, by, ttlMs),
  };
}
