/** Conditional requests, in the order of RFC 9110 section 13.2.2. */
import type { EntityTag } from "./entity-tag.ts";
import { isStrongMatch, isWeakMatch, parseEntityTag, parseEntityTags } from "./entity-tag.ts";
import type { HeaderReader } from "./header-table.ts";
import { parseHttpDate } from "./http-date.ts";

/** What identifies the current state of a resource. */
export interface Validators {
  /** Entity tag with its quotes, such as `"a1"` or `W/"a1"`. None by default. */
  etag?: string;
  /** Time of the last change; parts of a second are dropped. None by default. */
  lastModified?: Date;
}

/** What a condition decides: go on, 304 or 412. */
export type ConditionResult = "proceed" | "not-modified" | "failed";

/** Decides a request's conditions against the current state. */
export function evaluateConditions(method: string, headers: HeaderReader, validators: Validators): ConditionResult {
  const modified = validators.lastModified === undefined ? undefined : Math.floor(validators.lastModified.getTime() / 1000) * 1000;
  if (!holdsUnchanged(headers, validators.etag, modified)) return "failed";
  const isRead = method === "GET" || method === "HEAD";
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null) {
    if (!matchesAny(ifNoneMatch, validators.etag, isWeakMatch)) return "proceed";
    return isRead ? "not-modified" : "failed";
  }
  const since = isRead ? readDate(headers, "if-modified-since") : undefined;
  return since !== undefined && modified !== undefined && modified <= since ? "not-modified" : "proceed";
}

/** If-Match by strong comparison, or without it If-Unmodified-Since. */
function holdsUnchanged(headers: HeaderReader, etag: string | undefined, modified: number | undefined): boolean {
  const ifMatch = headers.get("if-match");
  if (ifMatch !== null) return matchesAny(ifMatch, etag, isStrongMatch);
  const since = readDate(headers, "if-unmodified-since");
  return since === undefined || modified === undefined || modified <= since;
}

function matchesAny(field: string, etag: string | undefined, isMatch: (first: EntityTag, second: EntityTag) => boolean): boolean {
  const tags = parseEntityTags(field);
  if (tags === "*") return true;
  const current = etag === undefined ? undefined : parseEntityTag(etag);
  return current !== undefined && tags !== undefined && tags.some((tag) => isMatch(tag, current));
}

function readDate(headers: HeaderReader, name: string): number | undefined {
  const text = headers.get(name);
  return text === null ? undefined : parseHttpDate(text)?.getTime();
}

/** Whether If-Range lets a range apply: a strong tag that is equal, or exactly the date; true when absent. */
export function holdsIfRange(headers: HeaderReader, validators: Validators): boolean {
  const field = headers.get("if-range");
  if (field === null) return true;
  const tag = parseEntityTag(field);
  if (tag !== undefined) {
    const current = validators.etag === undefined ? undefined : parseEntityTag(validators.etag);
    return current !== undefined && isStrongMatch(tag, current);
  }
  const date = parseHttpDate(field)?.getTime();
  return (
    date !== undefined && validators.lastModified !== undefined && date === Math.floor(validators.lastModified.getTime() / 1000) * 1000
  );
}
