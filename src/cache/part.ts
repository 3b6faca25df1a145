/** The cache as a part of an application: its option, its store, and the pieces of views that it keeps. */
import type { AppDatabases } from "../data/application/app-databases.ts";
import { databasesPart } from "../data/part.ts";
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { Logger } from "../handlers/logger.ts";
import type { Ambient } from "../parts/ambient.ts";
import { everyHour } from "../parts/hourly.ts";
import { definePart } from "../parts/part.ts";
import type { Fragment, FragmentOptions, FragmentStore } from "../views/rendering/fragment-store.ts";
import type { Cache, CacheOptions, StoreCache } from "./cache.ts";
import type { CacheStore } from "./cache-store.ts";
import type { PageCache } from "./page-cache.ts";

/** How an application caches. */
export interface CacheSettings {
  /**
   * Where values are kept: the memory of the process, the table of `cacheModel()`, or a store such as `redisCache()`. Default "memory".
   */
  store?: "memory" | "database" | CacheStore;
}

/** The option of `gable()` for the cache. */
export interface CacheSetting {
  /** The cache, or `true` for one in memory. None by default. */
  cache?: true | CacheSettings;
}

const optionNames: Readonly<Record<keyof CacheSettings, true>> = { store: true };
const storeNames: readonly unknown[] = [undefined, "memory", "database"];
const batchRowsMax = 1_000;
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
      const { store } = cache;
      const isStore = typeof store === "object" && store !== null && typeof store.read === "function";
      if (!isStore && !storeNames.includes(store))
        throw optionInvalid("gable() cache", "store", store, '"memory", "database", or a store such as memoryCache()');
    },
  },
  start: async (host, { cache = true }: CacheSetting) => {
    // Loaded only where there is a cache.
    const [{ StoreCache }, { PageCache }, { memoryCache }, { caches }] = await Promise.all([
      import("./cache.ts"),
      import("./page-cache.ts"),
      import("./memory-store.ts"),
      import("./current-cache.ts"),
    ]);
    const { mode, logger } = host;
    const wanted = cache === true ? undefined : cache.store;
    const store = typeof wanted === "object" ? wanted : wanted === "database" ? await findStore(host.find(databasesPart)) : memoryCache();
    const own = new StoreCache({ store, logger });
    // In development, pages show every change.
    const isKept = mode !== "development";
    return new AppCache(own, isKept ? new CacheFragments(own) : undefined, {
      store,
      caches,
      logger,
      pages: isKept ? new PageCache(own) : undefined,
    });
  },
});

async function findStore(databases: AppDatabases | undefined): Promise<CacheStore> {
  const found = databases?.findModel("gable_cache");
  if (found === undefined)
    throw new GableError("E_CACHE_STORE", "The cache is to be in the database, and no model has the table gable_cache.", {
      fix: 'Export one from your models: export const CacheEntry = cacheModel(); import it from "gable/cache".',
    });
  const { databaseCache } = await import("./database-cache.ts");
  // The table is that of cacheModel().
  return databaseCache(found.database, found.model as Parameters<typeof databaseCache>[1]);
}

/** The caches of all applications, as far as one of them needs them. */
type Caches = Pick<Ambient<Cache>, "enter" | "add">;

/** What the cache of an application works with. */
interface CacheParts {
  readonly store: CacheStore;
  readonly caches: Caches;
  readonly logger: Logger;
  readonly pages: PageCache | undefined;
}

/** The cache of an application. */
export class AppCache {
  /** The cache itself. */
  readonly cache: Cache;
  /** Where `cached()` and `{% cache %}` keep pieces; undefined in development, where pages show every change. */
  readonly fragments: FragmentStore | undefined;
  readonly #parts: CacheParts;
  readonly #stopClearing: (() => void) | undefined;
  readonly #remove: () => void;

  /** @internal Use {@link cachePart}. */
  constructor(cache: Cache, fragments: FragmentStore | undefined, parts: CacheParts) {
    this.cache = cache;
    this.fragments = fragments;
    this.#parts = parts;
    this.#remove = parts.caches.add(cache);
    if (parts.store.deleteExpired !== undefined)
      this.#stopClearing = everyHour(
        () => this.#deleteExpired(),
        (error) => parts.logger.error({ error }, "Expired values of the cache could not be deleted."),
      );
  }

  /** @internal Where whole replies of routes are; undefined in development. */
  get pages(): PageCache | undefined {
    return this.#parts.pages;
  }

  /** @internal Each request and each task uses the cache of its application. */
  enter<Result>(work: () => Result): Result {
    return this.#parts.caches.enter(this.cache, work);
  }

  /** @internal Closes the store. */
  async stop(): Promise<void> {
    this.#stopClearing?.();
    this.#remove();
    await this.#parts.store.close?.();
  }

  async #deleteExpired(): Promise<void> {
    while (((await this.#parts.store.deleteExpired?.(batchRowsMax)) ?? 0) > 0);
  }
}

function toCacheOptions({ ttlSeconds = fragmentSeconds, tags = [] }: FragmentOptions): CacheOptions {
  return { ttlSeconds, tags };
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

  share(key: string, options: FragmentOptions, make: () => Promise<Fragment>): Promise<Fragment> {
    return this.#cache.remember(["view", key], toCacheOptions(options), make);
  }

  async set(key: string, fragment: Fragment, options: FragmentOptions): Promise<void> {
    const keep = await this.#cache.prepare(toCacheOptions(options));
    await keep(["view", key], fragment);
  }
}
