/** A cache: values with a time, computed once however many ask, and dropped by tags. */
import { isGableError } from "../errors/gable-error.ts";
import { assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import type { Logger } from "../handlers/logger.ts";
import { assertTags, storeSecondsMax } from "../handlers/store-options.ts";
import type { CacheKey } from "./cache-key.ts";
import { toStoreKey } from "./cache-key.ts";
import type { CacheStore } from "./cache-store.ts";
import { decodeValue, encodeValue } from "./cache-value.ts";
import { Lease } from "./lease.ts";
import { areReadsWatched, publishRead } from "./read-events.ts";

/** How long a value is kept. */
export interface CacheOptions {
  /** How long the value is fresh, in seconds. */
  readonly ttlSeconds: number;
  /** How long after that others get the old value while one computes the new one, in seconds. Default 0. */
  readonly staleSeconds?: number;
  /** Names by which `invalidate()` drops it, at most 16. None by default. */
  readonly tags?: readonly string[];
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
  increment(key: CacheKey, options: { readonly ttlSeconds: number; readonly by?: number }): Promise<number>;
  /** Drops all values with one of the tags. */
  invalidate(what: { readonly tags: readonly string[] }): Promise<void>;
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

/** Tags of an entry with their counters. */
type TagVersions = ReadonlyArray<readonly [tag: string, version: string]>;

/** An entry in a store is a string: the time until which it is fresh, a space, its tags as JSON, a line break, and the value. */
const [timeEnd, tagsEnd] = [" ", "\n"];

/** What was found for a key. */
interface Found {
  readonly value: string;
  readonly isFresh: boolean;
}

/** Counters of tags live longer than any value: one that is forgotten makes its values void. */
const tagTtlMs = 366 * 86_400_000;
/** Longest wait for another process that computes; after it, this one computes as well. */
const waitMsMax = 30_000;
const pollMs = 25;
const optionNames = kindsOf<CacheOptions>({ ttlSeconds: true, staleSeconds: true, tags: true });

const standardError: Pick<Logger, "warn"> = {
  warn: (facts: object | string, message?: string) => console.warn(message ?? facts, facts),
};

/** Creates a cache over a store. */
export function createCache(options: CreateCacheOptions): Cache {
  assertKnownOptions("createCache()", options, { store: "object", now: "function", logger: "object" });
  return new StoreCache(options);
}

/** Computes a value as text; undefined for one that is not kept. */
type Compute = () => Promise<string | undefined>;
/** Keeps a value whose tags were read before. */
type Keep = (key: CacheKey, value: unknown) => Promise<void>;
/** Whether this process computes, and with which lease; or what another one has computed. */
type Turn = { readonly found: Found } | { readonly lease: Lease | undefined };

/** @internal A cache over a store, which also prepares to keep pieces of views. */
export class StoreCache implements Cache {
  readonly #store: CacheStore;
  readonly #now: () => number;
  /** Computations of this process, by key. */
  readonly #running = new Map<string, Promise<string | undefined>>();
  readonly #logger: Pick<Logger, "warn">;
  #isAway = false;

  constructor({ store, now = () => Date.now(), logger = standardError }: CreateCacheOptions) {
    this.#store = store;
    this.#now = now;
    this.#logger = logger;
  }

  async remember<Value>(key: CacheKey, options: CacheOptions, compute: () => Value | Promise<Value>): Promise<Value> {
    assertOptions("cache.remember()", options);
    const name = toStoreKey(key);
    const value = this.#findNow(name);
    if (value !== undefined) return decodeValue(value) as Value; // What compute() gave for this key before.
    const found = await publishRead(() => this.#unlessAway(() => this.#readKey(name)));
    const text = await this.#once(name, options, async () => encodeValue(await compute()), found);
    return decodeValue(text!) as Value; // What compute() gave for this key: remember() always keeps it.
  }

  /**
   * Returns the value of a key as {@link remember} does. `compute` returns undefined for a value that others must not get: then, and
   * when it throws, those who waited get undefined. The options are checked already.
   */
  async share<Value>(key: CacheKey, options: CacheOptions, compute: () => Promise<Value | undefined>): Promise<Value | undefined> {
    let isMine = false;
    try {
      const name = toStoreKey(key);
      const computeText = async (): Promise<string | undefined> => {
        isMine = true;
        const value = await compute();
        return value === undefined ? undefined : encodeValue(value);
      };
      const found = await publishRead(() => this.#unlessAway(() => this.#read(name)));
      const text = await this.#once(name, options, computeText, found);
      return text === undefined ? undefined : (decodeValue(text) as Value); // What compute() gave for this key.
    } catch (error) {
      if (isMine) throw error;
      return undefined;
    }
  }

  async find<Value = unknown>(key: CacheKey): Promise<Value | undefined> {
    const name = toStoreKey(key);
    const found = await publishRead(() => this.#unlessAway(() => this.#readKey(name)));
    return found?.isFresh === true ? (decodeValue(found.value) as Value) : undefined; // What the caller has kept for this key.
  }

  async set(key: CacheKey, value: unknown, options: CacheOptions): Promise<void> {
    assertOptions("cache.set()", options);
    const [name, text] = [toStoreKey(key), encodeValue(value)];
    await this.#write(name, text, options, await this.#readTags(options.tags ?? []));
    await this.#store.delete(`n:${name}`);
  }

  /** Reads the tags now, and returns what keeps a value with them: one that is invalidated in between is not kept. */
  async prepare(options: CacheOptions): Promise<Keep> {
    assertOptions("cache.set()", options);
    const tags = await this.#unlessAway(() => this.#readTags(options.tags ?? []));
    if (tags === undefined) return async () => undefined;
    return async (key, value) => {
      const [name, text] = [toStoreKey(key), encodeValue(value)];
      await this.#unlessAway(() => this.#write(name, text, options, tags));
    };
  }

  async delete(key: CacheKey): Promise<void> {
    const name = toStoreKey(key);
    await Promise.all(["v", "n"].map((kind) => this.#store.delete(`${kind}:${name}`)));
  }

  async increment(key: CacheKey, options: { readonly ttlSeconds: number; readonly by?: number }): Promise<number> {
    const { by = 1, ...others } = options;
    assertOptions("cache.increment()", others);
    if (!Number.isSafeInteger(by)) throw optionInvalid("cache.increment()", "by", by, "a whole number");
    const name = toStoreKey(key);
    const sum = await this.#store.increment(`n:${name}`, by, others.ttlSeconds * 1_000);
    // The number is new: an older value must not come back after it.
    if (sum === by) await this.#store.delete(`v:${name}`);
    return sum;
  }

  async invalidate(what: { readonly tags: readonly string[] }): Promise<void> {
    assertKnownOptions("cache.invalidate()", what, ["tags"]);
    const { tags } = what;
    assertTags("cache.invalidate()", tags);
    await Promise.all(tags.map((tag) => this.#store.increment(`t:${tag}`, 1, tagTtlMs)));
  }

  async #once(name: string, options: CacheOptions, compute: Compute, found: Found | undefined): Promise<string | undefined> {
    if (found?.isFresh === true) return found.value;
    const running = this.#running.get(name);
    // Whoever computes gets the new value; while the old one may be shown, nobody else waits.
    if (running !== undefined) return found === undefined ? running : found.value;
    const computing = this.#compute(name, options, compute, found).finally(() => this.#running.delete(name));
    this.#running.set(name, computing);
    return computing;
  }

  /** One process computes, the others wait for it or show the old value. Without the store, each process computes. */
  async #compute(name: string, options: CacheOptions, compute: Compute, old: Found | undefined): Promise<string | undefined> {
    const turn = await this.#unlessAway(() => this.#awaitTurn(name, old));
    if (turn === undefined) return compute();
    if ("found" in turn) return turn.found.value;
    const { lease } = turn;
    try {
      // Another process may have written between the read and the lease.
      const found = await this.#unlessAway(() => this.#read(name));
      if (found?.isFresh === true) return found.value;
      // Read before the work: what is invalidated during it does not survive.
      const tags = await this.#unlessAway(() => this.#readTags(options.tags ?? []));
      const value = await compute();
      if (tags !== undefined && value !== undefined) await this.#unlessAway(() => this.#write(name, value, options, tags));
      return value;
    } finally {
      if (lease !== undefined) await this.#unlessAway(() => lease.release());
    }
  }

  async #awaitTurn(name: string, old: Found | undefined): Promise<Turn> {
    const lease = new Lease(this.#store, `l:${name}`);
    // The clock may be set back meanwhile.
    const untilMs = performance.now() + waitMsMax;
    while (!(await lease.take())) {
      if (old !== undefined) return { found: old };
      if (performance.now() >= untilMs) return { lease: undefined };
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      const found = await this.#read(name);
      if (found?.isFresh === true) return { found };
    }
    return { lease };
  }

  /** Uses the store. Returns undefined when it does not answer, and logs the first such error of an outage. */
  async #unlessAway<Result>(use: () => Promise<Result>): Promise<Result | undefined> {
    try {
      const result = await use();
      this.#isAway = false;
      return result;
    } catch (error) {
      // The store is there; it is the caller who keeps it from writing.
      if (isGableError(error) && error.code === "E_CACHE_TRANSACTION") return undefined;
      if (!this.#isAway)
        this.#logger.warn({ error }, "The store of the cache does not answer. Values are computed without it until it does.");
      this.#isAway = true;
      return undefined;
    }
  }

  /** Returns the fresh value of a key as text, when the store has it in memory and nobody listens to reads; else undefined. */
  #findNow(name: string): string | undefined {
    const store = this.#store;
    if (store.readNow === undefined || areReadsWatched()) return undefined;
    const [number, text] = store.readNow([`n:${name}`, `v:${name}`]);
    if (number !== undefined) return encodeValue(Number(number));
    const entry = text === undefined ? undefined : readEntry(text);
    if (entry === undefined || this.#now() >= entry.freshUntilMs) return undefined;
    const { tags, value } = entry;
    if (tags.length === 0) return value;
    return isCurrent(tags, store.readNow(tags.map(([tag]) => `t:${tag}`))) ? value : undefined;
  }

  /** Finds the number of a key, or else its value. */
  async #readKey(name: string): Promise<Found | undefined> {
    const [number, text] = await this.#store.read([`n:${name}`, `v:${name}`]);
    return number === undefined ? this.#toFound(text) : { value: encodeValue(Number(number)), isFresh: true };
  }

  async #read(name: string): Promise<Found | undefined> {
    const [text] = await this.#store.read([`v:${name}`]);
    return this.#toFound(text);
  }

  async #toFound(text: string | undefined): Promise<Found | undefined> {
    const entry = text === undefined ? undefined : readEntry(text);
    if (entry === undefined) return undefined;
    const { tags, value, freshUntilMs } = entry;
    const versions = await this.#readTags(tags.map(([tag]) => tag));
    const isSame = isCurrent(
      tags,
      versions.map(([, version]) => version),
    );
    return isSame ? { value, isFresh: this.#now() < freshUntilMs } : undefined;
  }

  async #write(name: string, value: string, { ttlSeconds, staleSeconds = 0 }: CacheOptions, tags: TagVersions): Promise<void> {
    const freshUntilMs = Math.round(this.#now() + ttlSeconds * 1_000);
    await this.#store.write(`v:${name}`, `${freshUntilMs}${timeEnd}${JSON.stringify(tags)}${tagsEnd}${value}`, {
      ttlMs: (ttlSeconds + staleSeconds) * 1_000,
    });
  }

  /** The counters of tags. An unknown one starts at a random number, so that a forgotten counter never repeats an old one. */
  async #readTags(tags: readonly string[]): Promise<TagVersions> {
    if (tags.length === 0) return [];
    const texts = await this.#store.read(tags.map((tag) => `t:${tag}`));
    return Promise.all(tags.map(async (tag, index) => [tag, texts[index] ?? (await this.#startTag(tag))] as const));
  }

  async #startTag(tag: string): Promise<string> {
    const start = String(Math.floor(Math.random() * 2 ** 40));
    if (await this.#store.write(`t:${tag}`, start, { ttlMs: tagTtlMs, onlyNew: true })) return start;
    const [text] = await this.#store.read([`t:${tag}`]);
    return text ?? start;
  }
}

/** Reads what a store keeps for a value; undefined when another version of this file has written it. */
function readEntry(text: string): { tags: TagVersions; value: string; freshUntilMs: number } | undefined {
  const [tagsAt, valueAt] = [text.indexOf(timeEnd) + 1, text.indexOf(tagsEnd) + 1];
  const freshUntilMs = Number(text.slice(0, tagsAt));
  if (tagsAt === 0 || valueAt <= tagsAt || Number.isNaN(freshUntilMs)) return undefined;
  const tagsText = text.slice(tagsAt, valueAt - 1);
  // As #write() has written them.
  return { tags: tagsText === "[]" ? [] : (JSON.parse(tagsText) as TagVersions), value: text.slice(valueAt), freshUntilMs };
}

function isCurrent(tags: TagVersions, versions: ReadonlyArray<string | undefined>): boolean {
  return tags.every(([, version], index) => versions[index] === version);
}

function assertOptions(owner: string, options: CacheOptions): void {
  assertKnownOptions(owner, options, optionNames);
  const { ttlSeconds, staleSeconds = 0, tags = [] } = options;
  if (!(Number.isFinite(ttlSeconds) && ttlSeconds > 0 && ttlSeconds <= storeSecondsMax))
    throw optionInvalid(owner, "ttlSeconds", ttlSeconds, `a number of seconds above 0, at most ${storeSecondsMax} (a year)`);
  if (!(Number.isFinite(staleSeconds) && staleSeconds >= 0 && staleSeconds <= storeSecondsMax))
    throw optionInvalid(owner, "staleSeconds", staleSeconds, `a number of seconds from 0 to ${storeSecondsMax}`);
  assertTags(owner, tags);
}
