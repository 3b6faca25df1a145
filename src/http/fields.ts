/** Readers and writers of single header fields. */
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions } from "../errors/option-errors.ts";
import { isToken } from "./byte-classes.ts";
import type { HeaderTable } from "./header-table.ts";
import { trimBlanks } from "./media-type.ts";

/** Directives of Cache-Control by lower-case name; true for one without a value (RFC 9111 section 5.2). */
export function parseCacheControl(field: string): ReadonlyMap<string, string | true> {
  const directives = new Map<string, string | true>();
  for (const item of splitList(field)) {
    const equals = item.indexOf("=");
    const name = (equals === -1 ? item : item.slice(0, equals)).toLowerCase();
    if (!isToken(name) || directives.has(name)) continue;
    directives.set(name, equals === -1 ? true : item.slice(equals + 1).replace(/^"(.*)"$/, "$1"));
  }
  return directives;
}

/** What a reply says about caching. */
export interface CacheControlOptions {
  /** Whether shared caches may keep it. Default false: private. */
  public?: boolean;
  /** Seconds for which it is fresh. Default: it must be asked for again each time. */
  maxAgeSeconds?: number;
  /** Seconds for which shared caches may take it as fresh. None by default. */
  sharedMaxAgeSeconds?: number;
  /** Seconds after which it may still be shown while it is renewed. None by default. */
  staleWhileRevalidateSeconds?: number;
  /** Whether it never changes. Default false. */
  immutable?: boolean;
  /** Whether proxies may change its form. Default true. */
  transform?: boolean;
}

/** Kinds of the options. */
export const cacheControlKinds: OptionKinds<CacheControlOptions> = {
  public: "boolean",
  maxAgeSeconds: "whole",
  sharedMaxAgeSeconds: "whole",
  staleWhileRevalidateSeconds: "whole",
  immutable: "boolean",
  transform: "boolean",
};

/** Writes Cache-Control; without options `private, no-cache`. */
export function toCacheControl(options: CacheControlOptions = {}): string {
  assertKnownOptions("toCacheControl()", options, cacheControlKinds);
  return writeCacheControl(options);
}

/** Writes Cache-Control from options that were checked. */
export function writeCacheControl(options: CacheControlOptions): string {
  const parts = [options.public === true ? "public" : "private"];
  if (options.maxAgeSeconds === undefined) parts.push("no-cache");
  else parts.push(`max-age=${options.maxAgeSeconds}`);
  if (options.sharedMaxAgeSeconds !== undefined) parts.push(`s-maxage=${options.sharedMaxAgeSeconds}`);
  if (options.staleWhileRevalidateSeconds !== undefined) parts.push(`stale-while-revalidate=${options.staleWhileRevalidateSeconds}`);
  if (options.immutable === true) parts.push("immutable");
  if (options.transform === false) parts.push("no-transform");
  return parts.join(", ");
}

/** Adds names to Vary without doubling; "*" swallows the others. */
export function addVary(headers: HeaderTable, ...names: readonly string[]): void {
  const present = splitList(headers.get("vary") ?? "");
  if (present.includes("*")) return;
  const missing = names.filter((name) => !present.some((other) => other.toLowerCase() === name.toLowerCase()));
  if (missing.includes("*")) headers.set("vary", "*");
  else if (missing.length > 0) headers.set("vary", [...present, ...missing].join(", "));
}

/** How a body is meant to be used. */
export type DispositionType = "inline" | "attachment";

/**
 * Writes Content-Disposition: an ASCII `filename` for old clients, and `filename*` where the name has more
 * (RFC 6266, RFC 8187). Path separators and control characters are replaced, so the name is never a path.
 *
 * @example
 * toContentDisposition("attachment", "Bücher.csv"); // => attachment; filename="B_cher.csv"; filename*=UTF-8''B%C3%BCcher.csv
 */
export function toContentDisposition(type: DispositionType, name?: string): string {
  if (name === undefined) return type;
  // eslint-disable-next-line no-control-regex -- control characters are what is replaced
  const safe = name
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029/\\]/g, "_")
    .slice(0, 255);
  const ascii = safe.replace(/[^ !#$&'()+,\-.0-9;=@A-Z[\]^_`a-z{}~]/g, "_");
  if (ascii === safe) return `${type}; filename="${ascii}"`;
  const encoded = encodeURIComponent(safe.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${type}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** One link of a Link field (RFC 8288). */
export interface LinkValue {
  /** Target. */
  url: string;
  /** Relation, such as `next` or `preload`. */
  rel: string;
  /** Further parameters, such as `as` or `type`. None by default. */
  params?: Readonly<Record<string, string>>;
}

/** Writes a Link field. */
export function toLink(links: readonly LinkValue[]): string {
  return links
    .map(({ url, rel, params = {} }) => {
      const rest = Object.entries({ rel, ...params }).map(([name, value]) => `; ${name}="${value.replace(/["\\]/g, "\\$&")}"`);
      return `<${encodeURI(url).replaceAll("%25", "%")}>${rest.join("")}`;
    })
    .join(", ");
}

/** Reads Retry-After: seconds to wait from `now`; undefined when it is malformed. */
export function parseRetryAfter(field: string, now: Date = new Date()): number | undefined {
  if (/^[0-9]{1,10}$/.test(field)) return Number(field);
  const date = Date.parse(field);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now.getTime()) / 1000));
}

/** Splits a list field at commas outside quotes; empty items are left out. */
export function splitList(field: string): string[] {
  const items: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let index = 0; index <= field.length; index++) {
    const character = field[index];
    if (isQuoted && character === "\\") index++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (index === field.length || (character === "," && !isQuoted)) {
      const item = trimBlanks(field.slice(start, index));
      if (item !== "") items.push(item);
      start = index + 1;
    }
  }
  return items;
}
