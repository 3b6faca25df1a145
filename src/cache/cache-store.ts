/** The interface of everything that keeps values of a cache: memory, a database, Redis. */

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
