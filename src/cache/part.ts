/** The cache as a part of an application: its option, its store, and the pieces of views that it keeps. */
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { Ambient } from "../parts/ambient.ts";
import { definePart } from "../parts/part.ts";
import type { Fragment, FragmentOptions, FragmentStore } from "../views/rendering/fragment-store.ts";
import type { Cache, StoreCache } from "./cache.ts";
import type { CacheStore } from "./cache-store.ts";

/** How an application caches. */
export interface CacheSettings {
  /** Where values are kept. Default: the memory of the process. */
  store?: CacheStore;
}

/** The option of `gable()` for the cache. */
export interface CacheSetting {
  /** The cache, or `true` for one in memory. None by default. */
  cache?: true | CacheSettings;
}

const optionNames: Readonly<Record<keyof CacheSettings, true>> = { store: true };
/** Cached fragments of views without their own lifetime. */
const fragmentSeconds = 86_400 * 30;

/** Keeps values for an application, and the pieces of its views. */
export const cachePart = definePart({
  name: "cache",
  option: {
    names: { cache: true },
    check: ({ cache = true }: CacheSetting) => {
      if (cache === true) return;
      if (typeof cache !== "object" || cache === null) throw optionInvalid("gable()", "cache", cache, "true or an object");
      assertKnownOptions("gable() cache", cache, Object.keys(optionNames));
      if (cache.store !== undefined && typeof cache.store.read !== "function")
        throw optionInvalid("gable() cache", "store", cache.store, "a store such as memoryCache()");
    },
  },
  start: async ({ mode, logger }, { cache = true }: CacheSetting) => {
    // Loaded only where there is a cache.
    const [{ StoreCache }, { memoryCache }, { caches }] = await Promise.all([
      import("./cache.ts"),
      import("./memory-store.ts"),
      import("./current-cache.ts"),
    ]);
    const store = (cache === true ? undefined : cache.store) ?? memoryCache();
    const own = new StoreCache({ store, logger });
    return new AppCache(own, mode === "development" ? undefined : new CacheFragments(own), store, caches);
  },
});

/** The caches of all applications, as far as one of them needs them. */
type Caches = Pick<Ambient<Cache>, "enter" | "add">;

/** The cache of an application. */
export class AppCache {
  /** The cache itself. */
  readonly cache: Cache;
  /** Where `cached()` and `{% cache %}` keep pieces; undefined in development, where pages show every change. */
  readonly fragments: FragmentStore | undefined;
  readonly #store: CacheStore;
  readonly #caches: Caches;
  readonly #remove: () => void;

  /** @internal Use {@link cachePart}. */
  constructor(cache: Cache, fragments: FragmentStore | undefined, store: CacheStore, caches: Caches) {
    this.cache = cache;
    this.fragments = fragments;
    this.#store = store;
    this.#caches = caches;
    this.#remove = caches.add(cache);
  }

  /** @internal Each request and each task uses the cache of its application. */
  enter<Result>(work: () => Result): Result {
    return this.#caches.enter(this.cache, work);
  }

  /** @internal Closes the store. */
  async stop(): Promise<void> {
    this.#remove();
    await this.#store.close?.();
  }
}

/** Pieces of views in a cache. */
class CacheFragments implements FragmentStore {
  readonly #cache: StoreCache;

  constructor(cache: StoreCache) {
    this.#cache = cache;
  }

  get(key: string): Promise<Fragment | undefined> {
    return this.#cache.find<Fragment>(["view", key]);
  }

  async prepare(key: string, { ttlSeconds = fragmentSeconds, tags = [] }: FragmentOptions): Promise<(fragment: Fragment) => Promise<void>> {
    const keep = await this.#cache.prepare({ ttlSeconds, tags });
    return (fragment) => keep(["view", key], fragment);
  }

  async set(key: string, fragment: Fragment, options: FragmentOptions): Promise<void> {
    const keep = await this.prepare(key, options);
    await keep(fragment);
  }
}
