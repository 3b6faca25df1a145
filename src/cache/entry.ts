/** What a cache writes to its store for a value: a string with its times, its tags and the value. */
import { randomUUID } from "node:crypto";

/** Tags of an entry with their counters. */
export type TagVersions = ReadonlyArray<readonly [tag: string, version: string]>;

/** A value with what decides whether it may be shown. */
export interface Entry {
  readonly tags: TagVersions;
  readonly value: string;
  /** Until when it is fresh, in ms since 1970. */
  readonly freshUntilMs: number;
  /** How long after that others get it while one computes. */
  readonly staleMs: number;
}

/** An entry is the time until which it is fresh, `+` and its stale time if it has one, a space, its tags as JSON, a line break, and the value. */
const [staleStart, timeEnd, tagsEnd] = ["+", " ", "\n"];
/** A computation writes its mark under the key: a random name, a line break, and the old entry. Whoever deletes or sets the key removes it. */
const markStart = "~";

/** Returns the text of an entry. */
export function writeEntry({ tags, value, freshUntilMs, staleMs }: Entry): string {
  const times = staleMs === 0 ? `${freshUntilMs}` : `${freshUntilMs}${staleStart}${staleMs}`;
  return `${times}${timeEnd}${JSON.stringify(tags)}${tagsEnd}${value}`;
}

/** Reads what a store keeps for a value; undefined when another version of this file has written it, and for a mark. */
export function readEntry(text: string): Entry | undefined {
  const [tagsAt, valueAt] = [text.indexOf(timeEnd) + 1, text.indexOf(tagsEnd) + 1];
  if (tagsAt === 0 || valueAt <= tagsAt) return undefined;
  const times = text.slice(0, tagsAt - 1);
  let [freshUntilMs, staleMs] = [Number(times), 0];
  if (Number.isNaN(freshUntilMs)) [freshUntilMs, staleMs] = times.split(staleStart, 2).map(Number) as [number, number]; // NaN where one is missing.
  if (Number.isNaN(freshUntilMs) || !(staleMs >= 0)) return undefined;
  const tagsText = text.slice(tagsAt, valueAt - 1);
  // As writeEntry() has written them.
  return { tags: tagsText === "[]" ? [] : (JSON.parse(tagsText) as TagVersions), value: text.slice(valueAt), freshUntilMs, staleMs };
}

/** Returns a new mark of a computation, with the entry that others get meanwhile. */
export function createMark(entry: string = ""): string {
  return `${markStart}${randomUUID()}\n${entry}`;
}

/** Returns the entry in a string, which may have a mark. */
export function withoutMark(text: string): string {
  return text.startsWith(markStart) ? text.slice(text.indexOf("\n") + 1) : text;
}

/** Whether the counters of the tags are still those of the entry. */
export function isCurrent(tags: TagVersions, versions: ReadonlyArray<string | undefined>): boolean {
  return tags.every(([, version], index) => versions[index] === version);
}
