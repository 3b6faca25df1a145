/** What a request wants to change in its session, before it is stored. */
import type { SessionChanges, SessionRecord } from "./session-store.ts";
import { findText } from "./session-store.ts";

/** Computes the JSON text of a value from the one before. */
export type ChangeText = (text: string | undefined) => string;

type PendingChange =
  | { readonly kind: "set"; readonly text: string }
  | { readonly kind: "delete" }
  | { readonly kind: "update"; readonly changes: readonly ChangeText[] };

/** The changes of one request, by key. */
export class PendingChanges {
  readonly #byKey = new Map<string, PendingChange>();

  get isEmpty(): boolean {
    return this.#byKey.size === 0;
  }

  /** Whether the value of a key follows from the changes alone. */
  isKnown(key: string): boolean {
    const kind = this.#byKey.get(key)?.kind;
    return kind === "set" || kind === "delete";
  }

  set(key: string, text: string): void {
    this.#byKey.set(key, { kind: "set", text });
  }

  delete(key: string): void {
    this.#byKey.set(key, { kind: "delete" });
  }

  /** Adds a computed change, and returns its text as far as the stored values are known. */
  update(key: string, change: ChangeText, stored: SessionRecord["values"]): string {
    const pending = this.#byKey.get(key);
    const text = change(this.textOf(key, stored));
    if (pending === undefined) this.#byKey.set(key, { kind: "update", changes: [change] });
    else if (pending.kind === "update") this.#byKey.set(key, { kind: "update", changes: [...pending.changes, change] });
    else this.#byKey.set(key, { kind: "set", text });
    return text;
  }

  /** Returns the text of a key with the changes; undefined when there is none. */
  textOf(key: string, stored: SessionRecord["values"]): string | undefined {
    const pending = this.#byKey.get(key);
    if (pending === undefined) return findText(stored, key);
    if (pending.kind === "set") return pending.text;
    if (pending.kind === "delete") return undefined;
    return pending.changes.reduce<string | undefined>((text, change) => change(text), findText(stored, key));
  }

  /** Returns the changes for a store, computed from what is stored. */
  toChanges(stored: SessionRecord["values"]): Required<Pick<SessionChanges, "set" | "delete" | "expected">> {
    const set: Array<[string, string]> = [];
    const removed: string[] = [];
    const expected: Array<[string, string | null]> = [];
    for (const [key, pending] of this.#byKey) {
      const text = this.textOf(key, stored);
      if (text === undefined) removed.push(key);
      else set.push([key, text]);
      if (pending.kind === "update") expected.push([key, findText(stored, key) ?? null]);
    }
    return { set: Object.fromEntries(set), delete: removed, expected: Object.fromEntries(expected) };
  }

  clear(): void {
    this.#byKey.clear();
  }
}
