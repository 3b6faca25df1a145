export { cache } from "./cache/current-cache.ts";
export { cachePart } from "./cache/part.ts";
export { createCache } from "./cache/cache.ts";
export { memoryCache } from "./cache/memory-store.ts";
export type { AppCache, CacheSetting, CacheSettings } from "./cache/part.ts";
export type { Cache, CacheOptions, CreateCacheOptions } from "./cache/cache.ts";
export type { CacheKey, CacheKeyPart } from "./cache/cache-key.ts";
export type { CacheStore, CacheWriteOptions } from "./cache/cache-store.ts";
export type { MemoryCacheOptions } from "./cache/memory-store.ts";
