/** A cache: values with a time, computed once however many ask, and dropped by tags. */
import { isGableError } from "../errors/gable-error.ts";
import { assertFunction, assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import type { Logger } from "../handlers/logger.ts";
import { assertTags, storeSecondsMax } from "../handlers/store-options.ts";
import type { CacheKey } from "./cache-key.ts";
import { toStoreKey, toTagKey } from "./cache-key.ts";
import type { CacheStore } from "./cache-store.ts";
import { decodeValue, encodeValue } from "./cache-value.ts";
import { Computation, findComputation } from "./computation.ts";
import { numberRefused } from "./counter.ts";
import type { TagVersions } from "./entry.ts";
import { createMark, isCurrent, readEntry, withoutMark, writeEntry } from "./entry.ts";
import { isCrossing, Lease } from "./lease.ts";
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

/** What was found for a key. */
interface Found {
  readonly value: string;
  readonly isFresh: boolean;
}

/** What was found for a key, with the entry. */
interface FoundEntry extends Found {
  readonly entry: string;
  /** Until when others get it while one computes. */
  readonly staleUntilMs: number;
}

/** Counters of tags live longer than any value: one that is forgotten makes its values void. */
const tagTtlMs = 366 * 86_400_000;
/** Longest wait for another process that computes; after it, this one computes as well. */
const waitMsMax = 30_000;
const pollMs = 25;
/** How long a computation is remembered in the store: a value that took longer is not kept. */
const markMs = 86_400_000;
/** How often others may write a key before a computation gives up keeping its value. */
const marksMax = 5;
const optionNames = kindsOf<CacheOptions>({ ttlSeconds: true, staleSeconds: true, tags: true });

const standardError: Pick<Logger, "warn"> = {
  warn: (facts: object | string, message?: string) => console.warn(message ?? facts, facts),
};

/** Creates a cache over a store. */
export function createCache(options: CreateCacheOptions): Cache {
  assertKnownOptions("createCache()", options, { store: "object", now: "function", logger: "object" });
  return new StoreCache(options);
}

/** A value that somebody asks for. */
interface Wanted {
  readonly key: CacheKey;
  readonly name: string;
  readonly options: CacheOptions;
  /** Computes it as text; undefined for one that is not kept. */
  readonly compute: () => Promise<string | undefined>;
}

/** What a computation found in the store before its work. */
interface Begun {
  /** The text that the key has while nobody deletes or sets it; undefined when the store does not keep it. */
  readonly mark: string | undefined;
  /** What others get meanwhile. */
  readonly old: FoundEntry | undefined;
  readonly tags: TagVersions;
}

/** Keeps a value whose tags were read before. */
type Keep = (key: CacheKey, value: unknown) => Promise<void>;
/** Whether this process computes, and with which lease; or what another one has computed. */
type Turn = { readonly found: Found } | { readonly lease: Lease | undefined };

/** @internal A cache over a store, which also prepares to keep pieces of views. */
export class StoreCache implements Cache {
  readonly #store: CacheStore;
  readonly #now: () => number;
  /** Computations of this process, by key. */
  readonly #running = new Map<string, Computation>();
  /** Computations with a lease. */
  readonly #holders = new Set<Computation>();
  readonly #logger: Pick<Logger, "warn">;
  #isAway = false;

  constructor({ store, now = () => Date.now(), logger = standardError }: CreateCacheOptions) {
    this.#store = store;
    this.#now = now;
    this.#logger = logger;
  }

  async remember<Value>(key: CacheKey, options: CacheOptions, compute: () => Value | Promise<Value>): Promise<Value> {
    assertOptions("cache.remember()", options);
    assertFunction("cache.remember()", compute);
    const name = toStoreKey(key);
    const value = this.#findNow(name);
    if (value !== undefined) return decodeValue(value) as Value; // What compute() gave for this key before.
    const found = await publishRead(() => this.#unlessAway(() => this.#readKey(name)));
    const text = await this.#once({ key, name, options, compute: async () => encodeValue(await compute()) }, found);
    return decodeValue(text!) as Value; // What compute() gave for this key: remember() always keeps it.
  }

  /**
   * Returns the value of a key as {@link remember} does. `compute` returns undefined for a value that others must not get: then, and
   * when it throws, those who waited get undefined. A value that needs itself is computed again. The options are checked already.
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
      const isInside = found?.isFresh !== true && findComputation()?.isInside(this, name) === true;
      const text = isInside ? await computeText() : await this.#once({ key, name, options, compute: computeText }, found);
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
    await this.#write(name, text, options, { tags: await this.#readTags(options.tags ?? []) });
    await this.#store.delete(`n:${name}`);
    await this.#drop(this.#running.get(name));
  }

  /** Reads the tags now, and returns what keeps a value with them: one that is invalidated in between is not kept. */
  async prepare(options: CacheOptions): Promise<Keep> {
    assertOptions("cache.set()", options);
    const tags = await this.#unlessAway(() => this.#readTags(options.tags ?? []));
    if (tags === undefined) return async () => undefined;
    return async (key, value) => {
      const [name, text] = [toStoreKey(key), encodeValue(value)];
      await this.#unlessAway(() => this.#write(name, text, options, { tags }));
    };
  }

  async delete(key: CacheKey): Promise<void> {
    const name = toStoreKey(key);
    // Without its lease, a computation keeps nobody from computing the value again.
    await Promise.all(["v", "n", "l"].map((kind) => this.#store.delete(`${kind}:${name}`)));
    await this.#drop(this.#running.get(name));
  }

  async increment(key: CacheKey, options: { readonly ttlSeconds: number; readonly by?: number }): Promise<number> {
    assertKnownOptions("cache.increment()", options, ["ttlSeconds", "by"]);
    const { by = 1, ...others } = options;
    assertOptions("cache.increment()", others);
    if (!Number.isSafeInteger(by)) throw optionInvalid("cache.increment()", "by", by, "a whole number");
    const name = toStoreKey(key);
    const sum = await this.#store.increment(`n:${name}`, by, others.ttlSeconds * 1_000);
    if (!Number.isSafeInteger(sum)) throw numberRefused();
    // The number is new: an older value must not come back after it.
    if (sum === by) {
      await this.#store.delete(`v:${name}`);
      await this.#drop(this.#running.get(name));
    }
    return sum;
  }

  async invalidate(what: { readonly tags: readonly string[] }): Promise<void> {
    assertKnownOptions("cache.invalidate()", what, ["tags"]);
    const { tags } = what;
    assertTags("cache.invalidate()", tags);
    const versions = new Map(
      await Promise.all(tags.map(async (tag) => [tag, String(await this.#store.increment(toTagKey(tag), 1, tagTtlMs))] as const)),
    );
    const isOld = ({ tags: known = [] }: Computation): boolean =>
      known.some(([tag, version]) => versions.has(tag) && versions.get(tag) !== version);
    await Promise.all([...this.#running.values()].filter(isOld).map((computation) => this.#drop(computation)));
  }

  /** Keeps those who ask from now on from getting the value of a computation that began before. */
  async #drop(computation: Computation | undefined): Promise<void> {
    if (computation === undefined) return;
    computation.isOutdated = true;
    this.#forget(computation);
    const { lease } = computation;
    if (lease !== undefined) await this.#unlessAway(() => lease.release());
  }

  #forget(computation: Computation): void {
    if (this.#running.get(computation.name) === computation) this.#running.delete(computation.name);
  }

  async #once(wanted: Wanted, first: Found | undefined): Promise<string | undefined> {
    const { key, name } = wanted;
    const asking = findComputation();
    let found = first;
    for (let round = 1; ; round++) {
      if (found?.isFresh === true) return found.value;
      asking?.assertOutside(this, key, name);
      const running = this.#running.get(name);
      if (running === undefined) return this.#start(wanted);
      // Whoever computes gets the new value; while the old one may be shown, nobody else waits.
      if (found !== undefined) return found.value;
      // Each would wait for the other.
      if (asking !== undefined && running.needs(asking)) return this.#computeAlone(wanted);
      const value = await running.join(asking);
      // It may have begun before something changed. One that is joined after that has not.
      if (!running.isOutdated || round === 2) return value;
      found = await this.#unlessAway(() => this.#read(name));
    }
  }

  #start(wanted: Wanted): Promise<string | undefined> {
    const computation = new Computation(this, wanted.key, wanted.name);
    this.#running.set(wanted.name, computation);
    return computation.start(
      () => this.#compute(computation, wanted),
      () => this.#forget(computation),
    );
  }

  #computeAlone({ key, name, compute }: Wanted): Promise<string | undefined> {
    const computation = new Computation(this, key, name);
    return computation.start(() => computation.run(compute));
  }

  /** One process computes, the others wait for it or show the old value. Without the store, each process computes. */
  async #compute(computation: Computation, wanted: Wanted): Promise<string | undefined> {
    const { compute } = wanted;
    const turn = await this.#unlessAway(() => this.#awaitTurn(computation));
    if (turn === undefined) return computation.run(compute);
    if ("found" in turn) return turn.found.value;
    const { lease } = turn;
    computation.lease = lease;
    if (lease !== undefined) this.#holders.add(computation);
    try {
      const begun = await this.#unlessAway(() => this.#begin(computation, wanted));
      if (begun === undefined) return await computation.run(compute);
      if ("found" in begun) return begun.found.value;
      return await this.#computeAndKeep(computation, wanted, begun);
    } finally {
      this.#holders.delete(computation);
      if (lease !== undefined) await this.#unlessAway(() => lease.release());
    }
  }

  /**
   * Notes in the store that a value is being computed. Returns a value that another process has written since the last read. The tags
   * are read before the work: what is invalidated during it does not survive.
   */
  async #begin(computation: Computation, { name, options }: Wanted): Promise<Begun | { readonly found: Found }> {
    for (let tries = 0; ; tries++) {
      // What changes before this read is in the value.
      computation.isOutdated = false;
      const [text] = await this.#store.read([`v:${name}`]);
      const old = await this.#toFound(text);
      if (old?.isFresh === true) return { found: old };
      const mark = createMark(old?.entry);
      const condition = text === undefined ? { onlyNew: true } : { onlyText: text };
      const isMarked = tries < marksMax && (await this.#store.write(`v:${name}`, mark, { ttlMs: markMs, ...condition }));
      if (!isMarked && tries < marksMax) continue;
      computation.tags = await this.#readTags(options.tags ?? []);
      return { mark: isMarked ? mark : undefined, old, tags: computation.tags };
    }
  }

  async #computeAndKeep(computation: Computation, wanted: Wanted, begun: Begun): Promise<string | undefined> {
    let isKept: boolean | undefined = false;
    try {
      const value = await computation.run(wanted.compute);
      if (value !== undefined && !computation.isOutdated)
        isKept = await this.#unlessAway(() => this.#keep(computation, wanted, { ...begun, value }));
      return value;
    } finally {
      if (isKept !== true) await this.#unlessAway(() => this.#restore(wanted.name, begun));
    }
  }

  /** Keeps a value, unless its key was deleted or set meanwhile: then the key no longer has the mark. Returns whether it is kept. */
  async #keep(computation: Computation, { name, options }: Wanted, begun: Begun & { readonly value: string }): Promise<boolean> {
    const { mark, tags, value } = begun;
    if (mark === undefined) return false;
    if (!(await this.#write(name, value, options, { tags, onlyText: mark }))) {
      const [text] = await this.#store.read([`v:${name}`]);
      // With the mark, the value is too large for its store.
      if (text !== mark) computation.isOutdated = true;
      return false;
    }
    if (!computation.isShared || tags.length === 0) return true;
    const versions = await this.#readTags(tags.map(([tag]) => tag));
    const isSame = isCurrent(
      tags,
      versions.map(([, version]) => version),
    );
    if (!isSame) computation.isOutdated = true;
    return true;
  }

  /** Removes the mark of a computation whose value is not kept. */
  async #restore(name: string, { mark, old }: Begun): Promise<void> {
    if (mark === undefined) return;
    const ttlMs = old === undefined ? 0 : old.staleUntilMs - this.#now();
    if (old !== undefined && ttlMs > 0) await this.#store.write(`v:${name}`, old.entry, { ttlMs, onlyText: mark });
    else await this.#store.delete(`v:${name}`, mark);
  }

  /** Waits for the lease. Returns undefined when its holder waits for this process, so that each would wait for the other. */
  async #awaitTurn(computation: Computation): Promise<Turn | undefined> {
    const { name } = computation;
    const lease = new Lease(this.#store, name);
    // The clock may be set back meanwhile.
    const untilMs = performance.now() + waitMsMax;
    const blocked = new Set<Lease>();
    try {
      while (!(await lease.take())) {
        const found = await this.#read(name);
        if (found !== undefined) return { found };
        if (performance.now() >= untilMs) return { lease: undefined };
        // What needs this computation may change while it waits.
        for (const each of this.#leasesNeeding(computation)) blocked.add(each);
        if (blocked.size > 0 && (await isCrossing(this.#store, lease.key, [...blocked]))) return undefined;
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
      return { lease };
    } finally {
      for (const each of blocked) void each.endWait(lease.key);
    }
  }

  /** Leases of the computations that wait for another one. */
  #leasesNeeding(computation: Computation): Lease[] {
    return [...this.#holders].flatMap((each) => (each.needs(computation) ? (each.lease ?? []) : []));
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
    return isCurrent(tags, store.readNow(tags.map(([tag]) => toTagKey(tag)))) ? value : undefined;
  }

  /** Finds the number of a key, or else its value. */
  async #readKey(name: string): Promise<Found | undefined> {
    const [number, text] = await this.#store.read([`n:${name}`, `v:${name}`]);
    return number === undefined ? this.#toFound(text) : { value: encodeValue(Number(number)), isFresh: true };
  }

  async #read(name: string): Promise<FoundEntry | undefined> {
    const [text] = await this.#store.read([`v:${name}`]);
    return this.#toFound(text);
  }

  async #toFound(text: string | undefined): Promise<FoundEntry | undefined> {
    const entryText = text === undefined ? undefined : withoutMark(text);
    const entry = entryText === undefined ? undefined : readEntry(entryText);
    if (entryText === undefined || entry === undefined) return undefined;
    const { tags, value, freshUntilMs, staleMs } = entry;
    const [now, staleUntilMs] = [this.#now(), freshUntilMs + staleMs];
    // The store forgets an entry in its time, except under a mark.
    if (entryText !== text && now >= staleUntilMs) return undefined;
    const versions = await this.#readTags(tags.map(([tag]) => tag));
    const isSame = isCurrent(
      tags,
      versions.map(([, version]) => version),
    );
    return isSame ? { value, isFresh: now < freshUntilMs, entry: entryText, staleUntilMs } : undefined;
  }

  /** Writes a value. With `onlyText`, only while its key has that text. */
  #write(
    name: string,
    value: string,
    { ttlSeconds, staleSeconds = 0 }: CacheOptions,
    { tags, onlyText }: { readonly tags: TagVersions; readonly onlyText?: string },
  ): Promise<boolean> {
    const staleMs = staleSeconds * 1_000;
    const entry = writeEntry({ tags, value, freshUntilMs: Math.round(this.#now() + ttlSeconds * 1_000), staleMs });
    return this.#store.write(`v:${name}`, entry, {
      ttlMs: ttlSeconds * 1_000 + staleMs,
      ...(onlyText !== undefined && { onlyText }),
    });
  }

  /** The counters of tags. An unknown one starts at a random number, so that a forgotten counter never repeats an old one. */
  async #readTags(tags: readonly string[]): Promise<TagVersions> {
    if (tags.length === 0) return [];
    const texts = await this.#store.read(tags.map(toTagKey));
    return Promise.all(tags.map(async (tag, index) => [tag, texts[index] ?? (await this.#startTag(tag))] as const));
  }

  async #startTag(tag: string): Promise<string> {
    const start = String(Math.floor(Math.random() * 2 ** 40));
    if (await this.#store.write(toTagKey(tag), start, { ttlMs: tagTtlMs, onlyNew: true })) return start;
    const [text] = await this.#store.read([toTagKey(tag)]);
    return text ?? start;
  }
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
