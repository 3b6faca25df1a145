/** Computations of values in this process, and which of them need each other. */
import { AsyncLocalStorage } from "node:async_hooks";
import { GableError } from "../errors/gable-error.ts";
import type { CacheKey } from "./cache-key.ts";
import type { TagVersions } from "./entry.ts";
import type { Lease } from "./lease.ts";

/** A value as text; undefined for one that others must not get. */
type ComputedText = string | undefined;

/** The computation that the running code belongs to. */
const innermost = new AsyncLocalStorage<Computation>();

/** One computation of a value, for as many as ask for it. */
export class Computation {
  /** The computation that asked for this one, and waits for it. */
  readonly outer: Computation | undefined = findComputation();
  readonly key: CacheKey;
  readonly name: string;
  /** The tags as they were before it began; undefined until then. */
  tags: TagVersions | undefined = undefined;
  lease: Lease | undefined = undefined;
  /** Whether its key was deleted or set, or one of its tags invalidated, since it began. */
  isOutdated = false;
  /** Whether others wait for it. */
  isShared = false;
  readonly #cache: object;
  /** What it waits for. */
  readonly #needed = new Set<Computation>();
  #isDone = false;
  #value: Promise<ComputedText> | undefined;

  constructor(cache: object, key: CacheKey, name: string) {
    this.#cache = cache;
    this.key = key;
    this.name = name;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** Starts it. `onDone` runs before anybody gets the value. */
  start(work: () => Promise<ComputedText>, onDone: () => void = () => undefined): Promise<ComputedText> {
    this.outer?.addNeed(this);
    this.#value = work().finally(() => {
      this.#isDone = true;
      this.outer?.removeNeed(this);
      onDone();
    });
    return this.#value;
  }

  /** Runs the function that computes the value. */
  run<Result>(compute: () => Result): Result {
    return innermost.run(this, compute);
  }

  /** Waits for the value, for another computation or for nobody in particular. */
  async join(asking: Computation | undefined): Promise<ComputedText> {
    this.isShared = true;
    asking?.addNeed(this);
    try {
      return await this.#value;
    } finally {
      asking?.removeNeed(this);
    }
  }

  /** Notes that it waits for another one. */
  addNeed(needed: Computation): void {
    this.#needed.add(needed);
  }

  /** Notes that it no longer waits. */
  removeNeed(needed: Computation): void {
    this.#needed.delete(needed);
  }

  /** Whether it waits for the other one, directly or through others. */
  needs(other: Computation): boolean {
    const seen = new Set<Computation>([this]);
    // A set visits what is added while it is read.
    for (const each of seen) {
      if (each === other) return true;
      for (const needed of each.#needed) seen.add(needed);
    }
    return false;
  }

  /** Throws when it computes a key of a cache itself, or is part of that: it would wait for itself. */
  assertOutside(cache: object, key: CacheKey, name: string): void {
    if (!this.isInside(cache, name)) return;
    const chain = this.#findChain();
    const first = chain.findIndex((each) => each.#computes(cache, name));
    const keys = [key, ...chain.slice(0, first + 1).map((each) => each.key)].toReversed();
    throw new GableError("E_CACHE_RECURSION", `A cached value needs itself: ${keys.map(toShownKey).join(" -> ")}.`);
  }

  /** Whether it computes a key of a cache, or is part of that. */
  isInside(cache: object, name: string): boolean {
    return this.#findChain().some((each) => each.#computes(cache, name));
  }

  #computes(cache: object, name: string): boolean {
    return this.#cache === cache && this.name === name && !this.#isDone;
  }

  /** Itself, and what waits for it, the innermost first. */
  #findChain(): Computation[] {
    const chain: Computation[] = [this];
    // A list visits what is added while it is read.
    for (const { outer } of chain) if (outer !== undefined) chain.push(outer);
    return chain;
  }
}

/** Returns the computation that the running code belongs to. Work that one has left behind belongs to the one that asked for it. */
export function findComputation(): Computation | undefined {
  let found = innermost.getStore();
  while (found?.isDone === true) found = found.outer;
  return found;
}

function toShownKey(key: CacheKey): string {
  return JSON.stringify(key, (_name, part: unknown) => (typeof part === "bigint" ? `${part}n` : part)).slice(0, 100);
}
