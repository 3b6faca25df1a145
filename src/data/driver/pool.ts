/** A pool that keeps a limited number of connections for reuse. */
import { GableError } from "../../errors/gable-error.ts";
import type { PoolFacts } from "./contract.ts";
import { findHolder } from "./holder.ts";

/** Options for a pool. */
export interface PoolOptions<Resource> {
  /** Opens a connection. */
  readonly open: () => Promise<Resource>;
  readonly close: (resource: Resource) => void;
  /** Whether a connection is still usable. */
  readonly isAlive: (resource: Resource) => boolean;
  /** Most connections. */
  readonly max: number;
  /** Longest wait for a connection, in ms. */
  readonly acquireTimeoutMs: number;
  /** Time after which an idle connection is closed, in ms. */
  readonly idleMs: number;
}

/** When a connection was acquired, and where the work that holds it started. */
interface Holder {
  readonly since: number;
  readonly opened: Error | undefined;
}

interface Waiting<Resource> {
  readonly opened: Error | undefined;
  readonly take: (resource: Resource) => void;
  readonly fail: (error: unknown) => void;
}

/** An error about a full pool names connections that are held for longer than this. */
const longMs = 10_000;

/** A pool of connections. */
export class Pool<Resource extends object> {
  readonly #options: PoolOptions<Resource>;
  readonly #idle: Array<{ readonly resource: Resource; readonly since: number }> = [];
  readonly #held = new Map<Resource, Holder>();
  readonly #waiting: Array<Waiting<Resource>> = [];
  #opening = 0;
  #isClosed = false;
  #onEmpty: (() => void) | undefined;
  #sweep: ReturnType<typeof setInterval> | undefined;

  constructor(options: PoolOptions<Resource>) {
    this.#options = options;
  }

  /** Number of connections: in use, idle, and being opened. */
  get size(): number {
    return this.#held.size + this.#idle.length + this.#opening;
  }

  /** What the connections do now. */
  get facts(): PoolFacts {
    return { size: this.size, busy: this.#held.size, max: this.#options.max, waiting: this.#waiting.length };
  }

  /** Returns an idle connection, synchronously; undefined if there is none. */
  tryAcquire(opened?: Error): Resource | undefined {
    this.#assertOpen();
    for (;;) {
      const found = this.#idle.pop();
      if (found === undefined) return undefined;
      if (this.#options.isAlive(found.resource)) return this.#hand(found.resource, opened);
      this.#options.close(found.resource);
    }
  }

  /** Acquires a connection; waits for one. Throws `E_POOL_TIMEOUT`, the reason of the signal, or the error of opening one. */
  async acquire(signal?: AbortSignal, opened?: Error): Promise<Resource> {
    signal?.throwIfAborted();
    const idle = this.tryAcquire(opened);
    if (idle !== undefined) return idle;
    return this.size < this.#options.max ? this.#open(opened) : this.#wait(signal, opened);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new GableError("E_DATABASE_CLOSED", "The database is closed.");
  }

  #hand(resource: Resource, opened: Error | undefined): Resource {
    this.#held.set(resource, { since: performance.now(), opened });
    return resource;
  }

  async #open(opened: Error | undefined): Promise<Resource> {
    this.#opening++;
    try {
      const resource = await this.#options.open();
      if (this.#isClosed) {
        this.#options.close(resource);
        this.#assertOpen();
      }
      return this.#hand(resource, opened);
    } catch (error) {
      // The place is free again. A waiting call may try it, and fails in the same way.
      const next = this.#waiting.shift();
      if (next !== undefined) queueMicrotask(() => void this.#open(next.opened).then(next.take, next.fail));
      throw error;
    } finally {
      this.#opening--;
    }
  }

  #wait(signal: AbortSignal | undefined, opened: Error | undefined): Promise<Resource> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const place = this.#waiting.indexOf(waiting);
        if (place !== -1) this.#waiting.splice(place, 1);
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
      };
      const abort = (): void => {
        leave();
        reject(signal?.reason);
      };
      const waiting: Waiting<Resource> = {
        opened,
        take: (resource) => {
          leave();
          resolve(resource);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      const timer = setTimeout(() => waiting.fail(this.#timeoutError()), this.#options.acquireTimeoutMs);
      this.#waiting.push(waiting);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  #timeoutError(): GableError {
    const now = performance.now();
    const holders = [...this.#held.values()].map(({ since, opened }) => ({ ms: Math.round(now - since), opened }));
    const longest = Math.max(0, ...holders.map(({ ms }) => ms));
    const long = holders.filter(({ ms }) => ms > longMs);
    // Three places are enough: usually all of them started in the same one.
    const sorted = holders.toSorted((one, other) => other.ms - one.ms).map(({ opened }) => findHolder(opened));
    const places = [...new Set(sorted.filter((place) => place !== undefined))].slice(0, 3);
    const begun = places.length === 0 ? "" : ` Held by work that started at ${places.join(", ")}.`;
    const report = `${long.length === 0 ? "" : ` ${long.length} of them have been held for more than ${longMs / 1000} s.`}${begun}`;
    return new GableError(
      "E_POOL_TIMEOUT",
      `All ${this.#options.max} connections were in use for ${this.#options.acquireTimeoutMs} ms; one of them has been held for ${longest} ms.${report}`,
      { fix: "Keep transactions short, await only the database in them, or raise poolMax." },
    );
  }

  /** Releases a connection. Closes a broken one, which frees its place. */
  release(resource: Resource, isUsable: boolean): void {
    if (!this.#held.delete(resource)) return;
    const next = this.#waiting.shift();
    if (!isUsable || this.#isClosed || !this.#options.isAlive(resource)) {
      this.#options.close(resource);
      if (next !== undefined) void this.#open(next.opened).then(next.take, next.fail);
    } else if (next !== undefined) next.take(this.#hand(resource, next.opened));
    else this.#idle.push({ resource, since: performance.now() });
    this.#sweep ??= this.#startSweep();
    if (this.#held.size === 0) this.#onEmpty?.();
  }

  /** Closes idle connections. The timer does not keep the process alive. */
  #startSweep(): ReturnType<typeof setInterval> {
    const sweep = setInterval(() => {
      const limit = performance.now() - this.#options.idleMs;
      // The most recently used ones are at the end.
      while (this.#idle.length > 0 && this.#idle[0]!.since < limit) this.#options.close(this.#idle.shift()!.resource);
    }, this.#options.idleMs / 2);
    sweep.unref();
    return sweep;
  }

  /** Closes all connections, after those in use are released or a time limit has passed. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#sweep);
    for (const waiting of this.#waiting.splice(0)) waiting.fail(new GableError("E_DATABASE_CLOSED", "The database is closed."));
    for (const { resource } of this.#idle.splice(0)) this.#options.close(resource);
    if (this.#held.size === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([
      new Promise<void>((resolve) => (this.#onEmpty = resolve)),
      new Promise<void>((resolve) => (timer = setTimeout(resolve, this.#options.acquireTimeoutMs))),
    ]);
    clearTimeout(timer);
    for (const resource of this.#held.keys()) this.#options.close(resource);
  }
}
