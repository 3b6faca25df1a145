/** Media types: parsed once, strictly (RFC 9110 section 8.3.1). */
import { describeValue } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import { isToken } from "./byte-classes.ts";

/** A parsed media type. */
export interface MediaType {
  /** Type and subtype in lower case, such as `text/html`. */
  readonly type: string;
  /** Parameters by lower-case name; values as given. */
  readonly params: ReadonlyMap<string, string>;
}

/**
 * Parses a media type. Throws `E_MEDIA_TYPE_MALFORMED` for anything off the grammar, a doubled parameter included.
 *
 * @example
 * parseMediaType('text/html; charset="UTF-8"'); // => { type: "text/html", params: Map { "charset" => "UTF-8" } }
 */
export function parseMediaType(text: string): MediaType {
  const parsed = findMediaType(text);
  if (parsed === undefined) throw new GableError("E_MEDIA_TYPE_MALFORMED", `${describeValue(text)} is not a media type.`);
  return parsed;
}

/** As {@link parseMediaType}, with undefined for a malformed one. */
export function findMediaType(text: string): MediaType | undefined {
  const semicolon = text.indexOf(";");
  const essence = trimBlanks(semicolon === -1 ? text : text.slice(0, semicolon)).toLowerCase();
  const slash = essence.indexOf("/");
  if (slash === -1 || !isToken(essence.slice(0, slash)) || !isToken(essence.slice(slash + 1))) return undefined;
  const params = semicolon === -1 ? new Map<string, string>() : parseParameters(text, semicolon);
  return params === undefined ? undefined : { type: essence, params };
}

/**
 * Parses `; name=value` pairs from a position on. Returns undefined off the grammar and for a repeated name.
 * Empty parameters, as in `text/html; ; charset=utf-8;`, are part of the grammar (RFC 9110 section 5.6.6).
 * Shared by media types, Content-Disposition and Forwarded.
 *
 * `escapes: "quotes"` is for multipart forms: browsers send a backslash as it is, other clients write `\\"` for a quote.
 */
export function parseParameters(text: string, from: number, escapes: "all" | "quotes" = "all"): Map<string, string> | undefined {
  const params = new Map<string, string>();
  let index = from;
  while (index < text.length) {
    if (text[index] !== ";") return undefined;
    index = skipBlanks(text, index + 1);
    if (index === text.length || text[index] === ";") continue;
    const equals = text.indexOf("=", index);
    const name = text.slice(index, equals).toLowerCase();
    if (equals === -1 || !isToken(name) || params.has(name)) return undefined;
    const value = text[equals + 1] === '"' ? readQuoted(text, equals + 1, escapes) : readToken(text, equals + 1);
    if (value === undefined) return undefined;
    params.set(name, value.text);
    index = skipBlanks(text, value.end);
  }
  return params;
}

interface ReadText {
  readonly text: string;
  readonly end: number;
}

function readToken(text: string, from: number): ReadText | undefined {
  let end = from;
  while (end < text.length && text[end] !== ";" && text[end] !== " " && text[end] !== "\t") end++;
  const token = text.slice(from, end);
  return isToken(token) ? { text: token, end } : undefined;
}

function readQuoted(text: string, from: number, escapes: "all" | "quotes"): ReadText | undefined {
  let value = "";
  let index = from + 1;
  while (index < text.length) {
    const character = text[index]!;
    if (character === '"') return { text: value, end: index + 1 };
    if (character === "\\" && (escapes === "all" || /^"[^;]/.test(text.slice(index + 1, index + 3)))) index++;
    const code = text.charCodeAt(index);
    if (index >= text.length || (code < 0x20 && code !== 0x09) || code === 0x7f) return undefined;
    value += text[index];
    index++;
  }
  return undefined;
}

function skipBlanks(text: string, from: number): number {
  let index = from;
  while (text[index] === " " || text[index] === "\t") index++;
  return index;
}

/** Removes SP and HTAB at both ends, and nothing else. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Whether a media type is `application/json` or ends in `+json`. */
export function isJsonType(type: string): boolean {
  return type === "application/json" || (type.startsWith("application/") && type.endsWith("+json"));
}

/** Whether a media type's charset is absent or UTF-8. */
export function isUtf8(mediaType: MediaType): boolean {
  const charset = mediaType.params.get("charset");
  return charset === undefined || isUtf8Name(charset);
}

/** Whether the name of a charset means UTF-8, or its subset US-ASCII. */
export function isUtf8Name(charset: string): boolean {
  return /^(?:utf-?8|us-ascii)$/i.test(charset);
}
