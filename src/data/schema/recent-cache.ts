/** A cache of recently used values. Two generations make a hit cheap: nothing moves while it is young. */

/** Keeps at most this many values, and drops those that were not used for the longest time. */
export class RecentCache<Value> {
  readonly #max: number;
  readonly #onDrop: ((value: Value) => void) | undefined;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  constructor(max: number, onDrop?: (value: Value) => void) {
    this.#max = max;
    this.#onDrop = onDrop;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#old.delete(key);
    this.#add(key, old);
    return old;
  }

  set(key: string, value: Value): void {
    this.#old.delete(key);
    this.#add(key, value);
  }

  #add(key: string, value: Value): void {
    if (this.#young.size >= this.#max / 2) {
      if (this.#onDrop !== undefined) for (const dropped of this.#old.values()) this.#onDrop(dropped);
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
