/** A lease of a key: while one process holds it, no other one computes the value. */
import { randomUUID } from "node:crypto";
import type { CacheStore } from "./cache-store.ts";

/** When the process that computes dies, another one goes on after this time. */
const leaseMs = 10_000;
/** Two renewals may fail before the lease ends. */
const renewMs = 3_000;

/** The lease of one computation. It is renewed until it is released. */
export class Lease {
  readonly #store: CacheStore;
  readonly #key: string;
  readonly #owner = randomUUID();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: CacheStore, key: string) {
    this.#store = store;
    this.#key = key;
  }

  /** Takes the lease, unless another computation has it. Returns whether this one has it now. */
  async take(): Promise<boolean> {
    if (!(await this.#store.write(this.#key, this.#owner, { ttlMs: leaseMs, onlyNew: true }))) return false;
    this.#timer = setInterval(() => void this.#renew(), renewMs);
    this.#timer.unref();
    return true;
  }

  /** Lets others compute. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#store.delete(this.#key, this.#owner);
  }

  async #renew(): Promise<void> {
    try {
      const isMine = await this.#store.write(this.#key, this.#owner, { ttlMs: leaseMs, onlyText: this.#owner });
      if (!isMine) clearInterval(this.#timer);
    } catch {
      // The next renewal tries again. When all fail, the lease ends, and another process may compute as well.
    }
  }
}
