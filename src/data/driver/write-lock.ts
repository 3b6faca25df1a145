/** Gives writers turns in the order of their requests: SQLite only has one writer, and its own way of waiting blocks the event loop. */
import { GableError } from "../../errors/gable-error.ts";
import { findHolder } from "./holder.ts";

interface Waiting {
  readonly take: () => void;
}

/** A lock whose wait does not block other work. */
export class WriteLock {
  readonly #timeoutMs: number;
  readonly #waiting: Waiting[] = [];
  #isHeld = false;
  /** Where the work that holds it started. */
  #opened: Error | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Whether someone holds the lock. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Number of calls that wait for the lock. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Takes the lock if it is free. Returns a function that releases it, or undefined. */
  tryAcquire(opened?: Error): (() => void) | undefined {
    return this.#isHeld ? undefined : this.#take(opened);
  }

  /** Takes the lock. Returns a function that releases it once. Throws `E_POOL_TIMEOUT`, or the reason of the signal. */
  async acquire(signal?: AbortSignal, opened?: Error): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#isHeld) await this.#wait(signal);
    return this.#take(opened);
  }

  #take(opened: Error | undefined): () => void {
    this.#isHeld = true;
    this.#opened = opened;
    return this.#once();
  }

  /** Returns a function that releases the lock once. */
  #once(): () => void {
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      this.#isHeld = false;
      // Passed on in the same step, so that no one can come in between.
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#isHeld = true;
      next.take();
    };
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      };
      const abort = (): void => {
        leave();
        reject(signal?.reason);
      };
      const waiting: Waiting = {
        take: () => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        leave();
        const place = findHolder(this.#opened);
        const begun = place === undefined ? "" : `, by work that started at ${place}`;
        reject(
          new GableError("E_POOL_TIMEOUT", `The database was busy with another write for ${this.#timeoutMs} ms${begun}.`, {
            fix: "Keep transactions short, and await only the database in them.",
          }),
        );
      }, this.#timeoutMs);
      this.#waiting.push(waiting);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}
