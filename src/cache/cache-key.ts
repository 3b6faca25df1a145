/** Keys of a cache: strings, or lists whose parts are kept apart. */
import { createHash } from "node:crypto";
import { optionInvalid } from "../errors/option-errors.ts";

/** A key: `"top-posts"`, or `["posts", team.id, 2]`. */
export type CacheKey = string | readonly CacheKeyPart[];
/** A part of a key. */
export type CacheKeyPart = string | number | bigint | boolean | null;

/** Kinds of the parts of a list. */
const kinds: ReadonlySet<string> = new Set(["string", "number", "bigint", "boolean", "null"]);
/** Longest key that a store gets as it is, in bytes; a longer one is hashed. */
const keyBytesMax = 250;

/** Returns the key for stores. No two keys have the same one: a list never equals a string, and `["a", "b"]` never `["ab"]`. */
export function toStoreKey(key: CacheKey): string {
  const text = toWellFormed(typeof key === "string" ? `s${key}` : `l${toListText(key)}`);
  if (key.length === 0) throw optionInvalid("cache", "key", key, "a string or a list that is not empty");
  // A character has at most three bytes for each of its units.
  if (text.length * 3 <= keyBytesMax || Buffer.byteLength(text) <= keyBytesMax) return text;
  return `h${createHash("sha256").update(text).digest("base64url")}`;
}

/** Returns the key of the counter of a tag. */
export function toTagKey(tag: string): string {
  return toWellFormed(`t:${tag}`);
}

/** UTF-8, which hashes and Redis use, has one form for all lone surrogates: a string with one becomes JSON, which escapes them. */
function toWellFormed(text: string): string {
  return text.isWellFormed() ? text : `j${JSON.stringify(text)}`;
}

function toListText(key: readonly CacheKeyPart[]): string {
  if (!Array.isArray(key)) throw optionInvalid("cache", "key", key, "a string, or a list of strings, numbers, booleans and null");
  let text = "";
  for (const part of key) text += toPartText(part);
  return text;
}

function toPartText(part: CacheKeyPart): string {
  const kind = part === null ? "null" : typeof part;
  if (!kinds.has(kind) || Number.isNaN(part)) throw optionInvalid("cache", "key", part, "made of strings, numbers, booleans and null");
  const text = String(part);
  // The length ends the part, so that one string cannot look like two.
  return `${kind[0]}${text.length}:${text}`;
}
