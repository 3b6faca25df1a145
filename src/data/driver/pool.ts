/** Connections that are kept and handed out, at most so many at a time. */
import { GableError } from "../../errors/gable-error.ts";
import { findHolder } from "./holder.ts";

/** What a pool is made of. */
export interface PoolOptions<Resource> {
  /** Makes a connection. */
  readonly open: () => Promise<Resource>;
  readonly close: (resource: Resource) => void;
  /** Whether a connection can still be used. */
  readonly isAlive: (resource: Resource) => boolean;
  /** Most connections. */
  readonly max: number;
  /** Longest wait for a connection, in ms. */
  readonly acquireTimeoutMs: number;
  /** Time after which a connection that nobody uses is closed, in ms. */
  readonly idleMs: number;
}

/** When a connection was handed out, and where the work began that holds it. */
interface Holder {
  readonly since: number;
  readonly opened: Error | undefined;
}

interface Waiting<Resource> {
  readonly opened: Error | undefined;
  readonly take: (resource: Resource) => void;
  readonly fail: (error: unknown) => void;
}

/** Held longer than this, a connection is named when others wait in vain. */
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

  /** Connections in all: those in use, those that wait to be used, those that are being opened. */
  get size(): number {
    return this.#held.size + this.#idle.length + this.#opening;
  }

  /** A connection that waits to be used, at once; undefined where there is none. */
  tryAcquire(opened?: Error): Resource | undefined {
    this.#assertOpen();
    for (;;) {
      const found = this.#idle.pop();
      if (found === undefined) return undefined;
      if (this.#options.isAlive(found.resource)) return this.#hand(found.resource, opened);
      this.#options.close(found.resource);
    }
  }

  /** A connection; waits for one. Throws `E_POOL_TIMEOUT`, the reason of the signal, or why none can be opened. */
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
      // Its place is free: who waits may try, and fails the same way, at once.
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
    // The first ones tell enough: usually all of them began at one place.
    const sorted = holders.toSorted((one, other) => other.ms - one.ms).map(({ opened }) => findHolder(opened));
    const places = [...new Set(sorted.filter((place) => place !== undefined))].slice(0, 3);
    const begun = places.length === 0 ? "" : ` Held by work that began at ${places.join(", ")}.`;
    const report = `${long.length === 0 ? "" : ` ${long.length} of them are held for more than ${longMs / 1000} s.`}${begun}`;
    return new GableError(
      "E_POOL_TIMEOUT",
      `All ${this.#options.max} connections were in use for ${this.#options.acquireTimeoutMs} ms; the longest is held for ${longest} ms.${report}`,
      { fix: "Keep transactions short, wait for nothing but the database in them, or raise poolMax." },
    );
  }

  /** Takes a connection back. One that is of no use is closed, and its place is free. */
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

  /** Closes connections that nobody has used for a while. It does not keep the process alive. */
  #startSweep(): ReturnType<typeof setInterval> {
    const sweep = setInterval(() => {
      const limit = performance.now() - this.#options.idleMs;
      // The ones that were used last are at the end.
      while (this.#idle.length > 0 && this.#idle[0]!.since < limit) this.#options.close(this.#idle.shift()!.resource);
    }, this.#options.idleMs / 2);
    sweep.unref();
    return sweep;
  }

  /** Closes all connections, when those in use have been given back, or have not come for a while. */
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
