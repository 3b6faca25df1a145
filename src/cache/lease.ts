/** A lease of a key: while one process holds it, no other one computes the value. */
import { randomUUID } from "node:crypto";
import type { CacheStore } from "./cache-store.ts";

/** When the process that computes dies, another one goes on after this time. */
const leaseMs = 10_000;
/** Two renewals may fail before the lease ends. */
const renewMs = 3_000;
/** How many leases a look for a crossing reads. */
const readsMax = 100;

/** The lease of one computation. It is renewed until it is released. It says which other leases the computation waits for. */
export class Lease {
  readonly key: string;
  readonly #store: CacheStore;
  readonly #owner = randomUUID();
  readonly #waits = new Set<string>();
  /** What the store has; several after a write without an answer. */
  #texts: ReadonlySet<string> = new Set([this.#toText()]);
  #timer: NodeJS.Timeout | undefined;
  #isReleased = false;
  /** The last write: the next one waits for it. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(store: CacheStore, name: string) {
    this.#store = store;
    this.key = `l:${name}`;
  }

  /** Takes the lease, unless another computation has it. Returns whether this one has it now. */
  async take(): Promise<boolean> {
    if (!(await this.#store.write(this.key, this.#toText(), { ttlMs: leaseMs, onlyNew: true }))) return false;
    this.#timer = setInterval(() => void this.#inTurn(() => this.#write()).catch(() => undefined), renewMs);
    this.#timer.unref();
    return true;
  }

  /** Says in the store that the computation waits for another lease. */
  async waitFor(key: string): Promise<void> {
    if (this.#waits.has(key)) return;
    this.#waits.add(key);
    await this.#inTurn(() => this.#write());
  }

  /** Says that it no longer waits. Never rejects: a wait that nobody has ended costs at most one computation more. */
  async endWait(key: string): Promise<void> {
    if (this.#waits.delete(key)) await this.#inTurn(() => this.#write()).catch(() => undefined);
  }

  /** Lets others compute. */
  release(): Promise<void> {
    clearInterval(this.#timer);
    this.#isReleased = true;
    return this.#inTurn(async () => {
      for (const text of this.#texts) await this.#store.delete(this.key, text);
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#writing.then(work);
    this.#writing = done.catch(() => undefined);
    return done;
  }

  /** Renews the lease. When all tries fail, it ends, and another process may compute as well. */
  async #write(): Promise<void> {
    if (this.#isReleased) return;
    const [before, text] = [this.#texts, this.#toText()];
    this.#texts = new Set([...before, text]);
    for (const onlyText of before)
      if (await this.#store.write(this.key, text, { ttlMs: leaseMs, onlyText })) return void (this.#texts = new Set([text]));
    clearInterval(this.#timer);
  }

  #toText(): string {
    return JSON.stringify([this.#owner, ...this.#waits]);
  }
}

/**
 * Whether the holder of a lease waits for one of the own leases, directly or through others: then waiting for it would last until one of
 * them gives up. Those who wait say so before they ask: of two that cross, at least one sees it.
 */
export async function isCrossing(store: CacheStore, key: string, own: readonly Lease[]): Promise<boolean> {
  await Promise.all(own.map((lease) => lease.waitFor(key)));
  const ownKeys = new Set(own.map((lease) => lease.key));
  const seen = new Set([key]);
  // A set visits what is added while it is read.
  for (const each of seen) {
    const [text] = await store.read([each]);
    // As a lease has written it. An earlier release wrote only its owner.
    const [, ...waits] = text?.startsWith("[") === true ? (JSON.parse(text) as string[]) : [];
    if (waits.some((wait) => ownKeys.has(wait))) return true;
    for (const wait of waits) if (seen.size < readsMax) seen.add(wait);
  }
  return false;
}
