/** A cache in the memory of the process: what nobody has used for a while makes room. */
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { CacheStore, CacheWriteOptions } from "./cache-store.ts";
import { addToCounter } from "./counter.ts";

/** Options of {@link memoryCache}. */
export interface MemoryCacheOptions {
  /** Most entries. Default 10,000. */
  entriesMax?: number;
  /** Most bytes of all keys and texts together, as UTF-16. Default 67,108,864 (64 MiB). */
  bytesMax?: number;
  /** The clock, in ms since 1970. Default `Date.now`. */
  now?: () => number;
}

interface Entry {
  readonly text: string;
  readonly expiresMs: number;
  /** Whether it was used since it was last at the front of the queue of those that make room. */
  isUsed: boolean;
}

const names: OptionKinds<MemoryCacheOptions> = { entriesMax: true, bytesMax: true, now: "function" };

/** Creates a store in the memory of this process. Other processes do not see it. */
export function memoryCache(options: MemoryCacheOptions = {}): CacheStore {
  assertKnownOptions("memoryCache()", options, names);
  for (const name of ["entriesMax", "bytesMax"] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isSafeInteger(value) && value > 0))
      throw optionInvalid("memoryCache()", name, value, "a whole number above 0");
  }
  return new MemoryCache(options);
}

class MemoryCache implements CacheStore {
  readonly isLocal = true;
  readonly #entries = new Map<string, Entry>();
  readonly #entriesMax: number;
  readonly #bytesMax: number;
  readonly #now: () => number;
  #bytes = 0;

  constructor({ entriesMax = 10_000, bytesMax = 67_108_864, now = () => Date.now() }: MemoryCacheOptions) {
    this.#entriesMax = entriesMax;
    this.#bytesMax = bytesMax;
    this.#now = now;
  }

  async read(keys: readonly string[]): Promise<ReadonlyArray<string | undefined>> {
    return this.readNow(keys);
  }

  readNow(keys: readonly string[]): ReadonlyArray<string | undefined> {
    return keys.map((key) => this.#use(key)?.text);
  }

  async write(key: string, text: string, { ttlMs, onlyNew = false, onlyText }: CacheWriteOptions): Promise<boolean> {
    if (onlyNew && this.#use(key) !== undefined) return false;
    if (onlyText !== undefined && this.#use(key)?.text !== onlyText) return false;
    const bytes = sizeOf(key, text);
    // One that is larger than all together may be would only drive the others out.
    const isKept = bytes <= this.#bytesMax;
    // What it would replace must not come back.
    if (isKept || onlyText === undefined) this.#remove(key);
    if (!isKept) return false;
    this.#entries.set(key, { text, expiresMs: this.#now() + ttlMs, isUsed: false });
    this.#bytes += bytes;
    this.#makeRoom(key);
    return true;
  }

  async delete(key: string, onlyText?: string): Promise<void> {
    if (onlyText === undefined || this.#entries.get(key)?.text === onlyText) this.#remove(key);
  }

  async increment(key: string, by: number, ttlMs: number): Promise<number> {
    const before = this.#use(key);
    const sum = addToCounter(before?.text ?? "0", by);
    await this.write(key, String(sum), { ttlMs: before === undefined ? ttlMs : before.expiresMs - this.#now() });
    return sum;
  }

  /** Removes the oldest entries. One that was used goes to the end of the queue first: moving it with each use would cost more than finding it. */
  #makeRoom(newKey: string): void {
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= this.#entriesMax && this.#bytes <= this.#bytesMax) return;
      if (!entry.isUsed && key !== newKey) {
        this.#remove(key);
        continue;
      }
      entry.isUsed = false;
      this.#entries.delete(key);
      this.#entries.set(key, entry);
    }
  }

  /** Finds an entry. */
  #use(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresMs <= this.#now()) {
      this.#remove(key);
      return undefined;
    }
    entry.isUsed = true;
    return entry;
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= sizeOf(key, entry.text);
  }
}

function sizeOf(key: string, text: string): number {
  return (key.length + text.length) * 2;
}
