/** Sessions in the memory of the process: for tests, and for one process that may forget them. */
import type { ListedSession, SessionChanges, SessionDirectory, SessionOutcome, SessionRecord, SessionStore } from "./session-store.ts";
import { applyChanges } from "./session-store.ts";

/** Creates a store in memory. A restart ends all sessions. */
export function memorySessions(): SessionStore & SessionDirectory {
  return new MemorySessions();
}

class MemorySessions implements SessionStore, SessionDirectory {
  readonly isLocal = true;
  readonly #records = new Map<string, SessionRecord>();

  async create(key: string, record: SessionRecord): Promise<void> {
    this.#records.set(key, record);
  }

  async read(key: string, now: number): Promise<SessionRecord | undefined> {
    const record = this.#find(key, now);
    if (record === undefined) this.#records.delete(key);
    return record;
  }

  async patch(key: string, changes: SessionChanges, now: number): Promise<SessionOutcome> {
    const record = this.#find(key, now);
    if (record === undefined) return "missing";
    const changed = applyChanges(record, changes);
    if (changed === undefined) return "changed";
    if (changes.moveTo !== undefined) this.#records.delete(key);
    this.#records.set(changes.moveTo ?? key, changed);
    return "saved";
  }

  async delete(key: string): Promise<void> {
    this.#records.delete(key);
  }

  async deleteExpired(now: number, rowsMax: number): Promise<number> {
    return this.#deleteWhere((record) => record.expiresAt <= now, rowsMax);
  }

  async deleteUnused(before: number): Promise<number> {
    return this.#deleteWhere((record) => record.seenAt < before, Number.POSITIVE_INFINITY);
  }

  async listForUser(userId: string, now: number): Promise<readonly ListedSession[]> {
    return [...this.#records]
      .filter(([, record]) => record.userId === userId && record.expiresAt > now)
      .map(([key, record]) => ({ key, ...record }))
      .sort((first, second) => second.seenAt - first.seenAt);
  }

  async deleteForUser(userId: string, { except }: { readonly except?: string | undefined } = {}): Promise<number> {
    return this.#deleteWhere((record, key) => record.userId === userId && key !== except, Number.POSITIVE_INFINITY);
  }

  #find(key: string, now: number): SessionRecord | undefined {
    const record = this.#records.get(key);
    return record !== undefined && record.expiresAt > now ? record : undefined;
  }

  #deleteWhere(isWanted: (record: SessionRecord, key: string) => boolean, rowsMax: number): number {
    let count = 0;
    for (const [key, record] of this.#records) {
      if (count >= rowsMax) break;
      if (isWanted(record, key)) count += Number(this.#records.delete(key));
    }
    return count;
  }
}
