/**
 * The cache of your application. Throws `E_CACHE_MISSING` when no application with a cache runs.
 *
 * @example
 * const top = await cache.remember("top", { ttlSeconds: 60, tags: ["posts"] }, () => Post.orderBy("-score").limit(10));
 */
export declare const cache: Cache;

/** Keeps values for an application, and the pieces of its views. */
export declare const cachePart: import("../parts/part.ts").Part<"cache", AppCache, CacheSetting>;

/** Creates a cache over a store. */
export declare function createCache(options: CreateCacheOptions): Cache;

/** Creates the model of the table `gable_cache`. Export it from your models: `export const CacheEntry = cacheModel();` */
export declare const cacheModel: () => import("../data/model.ts").ModelStatic<{
    key: import("../data.ts").Column<string, "required", true>;
    data: import("../data.ts").Column<Uint8Array<ArrayBufferLike> | null, "optional", false> & {
        readonly access: "secret";
    };
    number: import("../data.ts").Column<bigint | null, "optional", false>;
    expiresAtMs: import("../data.ts").Column<bigint, "required", false>;
}> & {
    new (): import("../data/model.ts").RowOf<"gable_cache"> & {
        key: string;
        data: Uint8Array<ArrayBufferLike> | null;
        number: bigint | null;
        expiresAtMs: bigint;
    } & {} & import("../data/model.ts").RelationProperties<{
        key: import("../data.ts").Column<string, "required", true>;
        data: import("../data.ts").Column<Uint8Array<ArrayBufferLike> | null, "optional", false> & {
            readonly access: "secret";
        };
        number: import("../data.ts").Column<bigint | null, "optional", false>;
        expiresAtMs: import("../data.ts").Column<bigint, "required", false>;
    }> & import("../data/model.ts").InstanceApi<{
        key: import("../data.ts").Column<string, "required", true>;
        data: import("../data.ts").Column<Uint8Array<ArrayBufferLike> | null, "optional", false> & {
            readonly access: "secret";
        };
        number: import("../data.ts").Column<bigint | null, "optional", false>;
        expiresAtMs: import("../data.ts").Column<bigint, "required", false>;
    }> & Readonly<{}>;
    readonly $table: "gable_cache";
};

/**
 * Creates a store in a database that has the model. All processes with this database share it.
 *
 * Their clocks must agree. The store takes no part in transactions: inside one, SQLite, which has one writer, throws
 * `E_CACHE_TRANSACTION` for each write. A value of more than 4 MiB is not kept.
 * `gable({ cache: { store: "database" } })` finds the model on its own.
 */
export declare function databaseCache(database: Database, model: CacheModel): CacheStore;

/** Creates a store in the memory of this process. Other processes do not see it. */
export declare function memoryCache(options?: MemoryCacheOptions): CacheStore;

/**
 * Creates a store in Redis, by the package `redis`. All processes with the same address and prefix share it.
 * Redis is one server with its replicas, not a cluster.
 *
 * @example
 * gable({ cache: { store: redisCache({ url: "redis://localhost:6379" }) } });
 */
export declare function redisCache(options: RedisOptions): CacheStore;

/** The cache of an application. */
export declare class AppCache {
    #private;
    /** The cache itself. */
    readonly cache: Cache;
    /** Where `cached()` and `{% cache %}` keep pieces; undefined in development, where pages show every change. */
    readonly fragments: FragmentStore | undefined;
}

/** The option of `gable()` for the cache. */
export interface CacheSetting {
    /** The cache, or `true` for one in memory. None by default. */
    cache?: true | CacheSettings;
}

/** How an application caches. */
export interface CacheSettings {
    /**
     * Where values are kept: the memory of the process, the table of `cacheModel()`, or a store such as `redisCache()`. Default "memory".
     */
    store?: "memory" | "database" | CacheStore;
}

/** A cache. Keys are strings, or lists such as `["posts", 7]`. */
export interface Cache {
    /** Returns the value of a key, and computes it when it is unknown or too old: once, however many ask at the same time. */
    remember<Value>(key: CacheKey, options: CacheOptions, compute: () => Value | Promise<Value>): Promise<Value>;
    /** Finds the value of a key, or the number that `increment()` keeps; undefined when it is unknown or no longer fresh. */
    find<Value = unknown>(key: CacheKey): Promise<Value | undefined>;
    /** Keeps a value, in place of a number of `increment()`. Throws `E_CACHE_VALUE` for one that a cache cannot keep. */
    set(key: CacheKey, value: unknown, options: CacheOptions): Promise<void>;
    /** Forgets a key: its value, and its number. */
    delete(key: CacheKey): Promise<void>;
    /** Adds to a number that starts at 0, in one step, and returns the sum. Its lifetime starts with the first call. It replaces a value that the key has. */
    increment(key: CacheKey, options: {
        readonly ttlSeconds: number;
        readonly by?: number;
    }): Promise<number>;
    /** Drops all values with one of the tags. */
    invalidate(what: {
        readonly tags: readonly string[];
    }): Promise<void>;
}

/** How long a value is kept. */
export interface CacheOptions {
    /** How long the value is fresh, in seconds. */
    readonly ttlSeconds: number;
    /** How long after that others get the old value while one computes the new one, in seconds. Default 0. */
    readonly staleSeconds?: number;
    /** Names by which `invalidate()` drops it, at most 16. None by default. */
    readonly tags?: readonly string[];
}

/** What a cache is made with. */
export interface CreateCacheOptions {
    /** Where values are kept. */
    readonly store: CacheStore;
    /** The clock, in ms since 1970. Default `Date.now`. */
    readonly now?: () => number;
    /** Gets one warning each time the store stops answering. By default it goes to standard error. */
    readonly logger?: Pick<Logger, "warn">;
}

/** A key: `"top-posts"`, or `["posts", team.id, 2]`. */
export type CacheKey = string | readonly CacheKeyPart[];

/** A part of a key. */
export type CacheKeyPart = string | number | bigint | boolean | null;

/**
 * Keeps texts for a time. Run `testCacheStore()` of `gable/testing` over your own. A store may forget any text at any
 * time, but it never returns one after its time, or one that was replaced or deleted.
 */
export interface CacheStore {
    /** Whether other processes do not see what it keeps. Default false. */
    readonly isLocal?: boolean;
    /** Returns the texts of some keys, in their order; undefined for each that is unknown or too old. */
    read(keys: readonly string[]): Promise<ReadonlyArray<string | undefined>>;
    /** Returns what `read()` returns, without a promise. Only for a store in memory: finding a value then costs half. */
    readNow?(keys: readonly string[]): ReadonlyArray<string | undefined>;
    /**
     * Stores a string for some milliseconds. With `onlyNew`, only when the key is unknown; with `onlyText`, only while it
     * has that text. Returns whether it is kept now.
     */
    write(key: string, text: string, options: CacheWriteOptions): Promise<boolean>;
    /** Forgets a key. With `onlyText`, only while it has this text. */
    delete(key: string, onlyText?: string): Promise<void>;
    /**
     * Adds to the whole number of a key, which starts at 0, in one step. Returns the sum; its time starts when the key is new. Throws
     * `E_CACHE_VALUE`, and changes nothing, when the sum is not a safe integer or the key has another text.
     */
    increment(key: string, by: number, ttlMs: number): Promise<number>;
    /**
     * Deletes expired rows, at most some of them, and returns how many. `gable()` calls it once an hour, until it returns 0. Only for a
     * store that does not do so on its own.
     */
    deleteExpired?(rowsMax: number): Promise<number>;
    /** Closes what the store has opened. */
    close?(): Promise<void>;
}

/** Options for storing a string. */
export interface CacheWriteOptions {
    /** How long, in milliseconds. */
    readonly ttlMs: number;
    /** Whether the key must be unknown. Default false. */
    readonly onlyNew?: boolean;
    /** Text that the key must have. By default it may have any, or be unknown. */
    readonly onlyText?: string;
}

/** Options of {@link memoryCache}. */
export interface MemoryCacheOptions {
    /** Most entries. Default 10,000. */
    entriesMax?: number;
    /** Most bytes of all keys and texts together, as UTF-16. Default 67,108,864 (64 MiB). */
    bytesMax?: number;
    /** The clock, in ms since 1970. Default `Date.now`. */
    now?: () => number;
}

/** A client of Redis, as far as the stores use it. The clients of the package `redis` are such clients. */
export interface RedisClient {
    /** Runs a script as one step. */
    eval(script: string, options: {
        keys: string[];
        arguments: string[];
    }): Promise<unknown>;
}

/** Where stores find Redis. */
export interface RedisOptions {
    /** Address, such as `redis://localhost:6379`. Needed without `client`. */
    readonly url?: string;
    /** Your own connected client, which you close. None by default. */
    readonly client?: RedisClient;
    /** What the names of all keys start with. Default "gable:". */
    readonly prefix?: string;
}
