/** Options of routes for storing whole replies in the cache of the application. */
import { optionInvalid } from "../errors/option-errors.ts";
import { isToken } from "../http/byte-classes.ts";

/** Options for storing whole replies to GET and HEAD. */
export interface StoreOptions {
  /**
   * Seconds for which the application's cache stores whole replies and serves them to everybody. A reply that depends on its visitor is
   * never stored. None by default: nothing is stored.
   */
  storeSeconds?: number;
  /** Names by which `cache.invalidate()` drops the stored replies, at most 16. None by default. */
  tags?: readonly string[];
  /**
   * Header fields of the request that the reply may depend on, at most 8. One reply is stored for each combination of their values. None
   * by default: a reply that depends on another field is not stored.
   */
  vary?: readonly string[];
}

/** Longest time for which a cache stores something, in seconds: a year. */
export const storeSecondsMax: number = 365 * 86_400;
const tagsMax = 16;
const varyMax = 8;
/** These fields name the visitor: one reply would be stored for each visitor. */
const personalFields: ReadonlySet<string> = new Set(["authorization", "cookie", "proxy-authorization"]);

/** Checks the options. Throws `E_OPTION_INVALID`. */
export function assertStoreOptions(owner: string, { storeSeconds, tags, vary }: StoreOptions): void {
  const where = `${owner} cache`;
  if (storeSeconds !== undefined && !(Number.isFinite(storeSeconds) && storeSeconds > 0 && storeSeconds <= storeSecondsMax))
    throw optionInvalid(where, "storeSeconds", storeSeconds, `a number of seconds above 0, at most ${storeSecondsMax} (a year)`);
  if (tags !== undefined) assertTags(where, tags);
  if (vary !== undefined && !(isList(vary, varyMax) && vary.every(isSharedField)))
    throw optionInvalid(where, "vary", vary, `a list of at most ${varyMax} names of header fields, without Cookie and Authorization`);
}

/** Checks the tags of something that a cache stores. Throws `E_OPTION_INVALID`. */
export function assertTags(owner: string, tags: unknown): void {
  if (isList(tags, tagsMax) && tags.every((tag) => tag !== "" && tag.length <= 100)) return;
  throw optionInvalid(owner, "tags", tags, `a list of at most ${tagsMax} strings of 1 to 100 characters`);
}

function isList(value: unknown, lengthMax: number): value is readonly string[] {
  return Array.isArray(value) && value.length <= lengthMax && value.every((each) => typeof each === "string");
}

function isSharedField(name: string): boolean {
  return isToken(name) && name !== "*" && !personalFields.has(name.toLowerCase());
}

/** Checks the options of one route, whose method and input are known. Throws `E_OPTION_INVALID`. */
export function assertStoringRoute(
  owner: string,
  method: string,
  { cache = {}, form, json }: { readonly cache?: StoreOptions; readonly form?: unknown; readonly json?: unknown },
): void {
  const { storeSeconds } = cache;
  if (storeSeconds === undefined) return;
  if (method !== "GET" && method !== "HEAD")
    throw optionInvalid(`${owner} cache`, "storeSeconds", storeSeconds, "used with GET and HEAD only");
  if (form !== undefined || json !== undefined)
    throw optionInvalid(`${owner} cache`, "storeSeconds", storeSeconds, "used with query: a route with form or json is not stored");
}
