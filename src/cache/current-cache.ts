/** `cache`: the cache of the application whose request runs, else that of the only running application. */
import { Ambient } from "../parts/ambient.ts";
import type { Cache } from "./cache.ts";

/** The caches of applications that run. */
export const caches: Ambient<Cache> = new Ambient({ what: "a cache", code: "E_CACHE_MISSING", call: "app.part(cachePart).cache" });

/**
 * The cache of your application. Throws `E_CACHE_MISSING` when no application with a cache runs.
 *
 * @example
 * const top = await cache.remember("top", { ttlSeconds: 60, tags: ["posts"] }, () => Post.orderBy("-score").limit(10));
 */
export const cache: Cache = {
  remember: async (key, options, compute) => caches.get().remember(key, options, compute),
  find: async (key) => caches.get().find(key),
  set: async (key, value, options) => caches.get().set(key, value, options),
  delete: async (key) => caches.get().delete(key),
  increment: async (key, options) => caches.get().increment(key, options),
  invalidate: async (what) => caches.get().invalidate(what),
};
