/** One timer per server for all deadlines of its connections, on the monotonic clock. */

/** Something with a deadline. */
export interface Expirable {
  /** Clock time at which it ends, in milliseconds; Infinity when nothing is awaited. */
  deadline: number;
  /** Called at the first tick at or after the deadline. */
  onDeadline(now: number): void;
}

/** A wheel that ticks while it holds anything; its timer never keeps the process alive. */
export class DeadlineWheel<Item extends Expirable> {
  readonly #items = new Set<Item>();
  readonly #tickMs: number;
  readonly #onTick: () => void;
  readonly #onEmpty: Array<() => void> = [];
  #timer: NodeJS.Timeout | null = null;
  /** The clock as of the last tick: at most one tick behind, and cheap to read. */
  now = performance.now();

  constructor(tickMs: number, onTick: () => void) {
    this.#tickMs = tickMs;
    this.#onTick = onTick;
  }

  /** Milliseconds between two ticks. */
  get tickMs(): number {
    return this.#tickMs;
  }

  /** Number of items. */
  get size(): number {
    return this.#items.size;
  }

  /** All items. */
  get items(): Iterable<Item> {
    return this.#items;
  }

  /** Resolves as soon as there are no items. */
  whenEmpty(): Promise<void> {
    if (this.#items.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onEmpty.push(resolve));
  }

  /** Adds an item; the first one starts the timer. */
  add(item: Item): void {
    this.#items.add(item);
    if (this.#timer !== null) return;
    this.now = performance.now();
    this.#onTick();
    this.#timer = setInterval(() => this.#tick(), this.#tickMs);
    this.#timer.unref();
  }

  /** Removes an item; the last one stops the timer. */
  delete(item: Item): void {
    this.#items.delete(item);
    if (this.#items.size > 0) return;
    for (const resolve of this.#onEmpty.splice(0)) resolve();
    if (this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  /** A deadline from now that is never early, and late by at most one tick. */
  after(durationMs: number): number {
    return this.now + durationMs + this.#tickMs;
  }

  #tick(): void {
    this.now = performance.now();
    this.#onTick();
    for (const item of this.#items) if (this.now >= item.deadline) item.onDeadline(this.now);
  }
}
