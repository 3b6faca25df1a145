/** Cookies, read and written (RFC 6265bis). */
import { assertKnownOptions, describeValue } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import { isToken } from "./byte-classes.ts";
import { trimBlanks } from "./media-type.ts";

/** How a cookie is sent. */
export interface CookieOptions {
  /** Path prefix that the browser sends it for. Default "/". */
  path?: string;
  /** Domain that gets the cookie, with its sub-domains. By default, only the host gets it. */
  domain?: string;
  /** Seconds until it ends, a whole number of at most 400 days. By default it ends with the browser. */
  maxAgeSeconds?: number;
  /** Time at which it expires; prefer `maxAgeSeconds`. None by default. */
  expires?: Date;
  /** Whether browsers send it only over https. Default true on https and in production. */
  secure?: boolean;
  /** Whether scripts cannot read it. Default true. */
  httpOnly?: boolean;
  /** Whether it is sent with requests from other sites. Default "lax". */
  sameSite?: "strict" | "lax" | "none";
  /** Whether each top-level site has its own (CHIPS). Default false. */
  partitioned?: boolean;
}

/** What each option must be: a word that JavaScript callers got wrong would change who can read the cookie. */
const optionRules: Readonly<Record<keyof CookieOptions, readonly [string, (value: unknown) => boolean]>> = {
  path: ['a path that starts with "/"', (value) => isString(value) && String(value).startsWith("/")],
  domain: ['a host name, such as "example.com"', (value) => isString(value) && domainPattern.test(String(value))],
  maxAgeSeconds: ["a finite number", Number.isFinite],
  // Browsers ignore other years (RFC 6265 section 5.1.1), and would keep the cookie until they end.
  expires: [
    "a Date of the years 1601 to 9999",
    (value) => value instanceof Date && value.getTime() >= minExpires && value.getTime() <= maxExpires,
  ],
  secure: ["true or false", isBoolean],
  httpOnly: ["true or false", isBoolean],
  sameSite: ['"strict", "lax" or "none"', isString],
  partitioned: ["true or false", isBoolean],
};
const optionNames = Object.keys(optionRules);

function isString(value: unknown): boolean {
  return typeof value === "string";
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}

/** Labels of letters, digits, "-" and "_"; browsers ignore a leading dot. Browsers ignore any other domain, or refuse the cookie. */
const domainPattern = /^\.?(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/i;
const minExpires = Date.UTC(1601, 0, 1);
const maxExpires = Date.UTC(10_000, 0, 1) - 1;
const pairsMax = 180;
const cookieBytesMax = 4096;
const maxAgeSecondsMax = 400 * 24 * 60 * 60;

/**
 * Parses a Cookie field into names and values. The first of equal names wins. Two cookies with the same `__Host-` or
 * `__Secure-` name make it absent, because one of them was planted. A name that is not a token and a value with a
 * character that `serializeCookie()` refuses are absent, too. Throws `E_COOKIES_TOO_MANY` above 180 pairs.
 */
export function parseCookies(field: string | null): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  if (field === null || field === "") return cookies;
  const planted = new Set<string>();
  let count = 0;
  for (let start = 0; start <= field.length;) {
    const semicolon = field.indexOf(";", start);
    const end = semicolon === -1 ? field.length : semicolon;
    const pair = field.slice(start, end);
    start = end + 1;
    if (++count > pairsMax) throw new GableError("E_COOKIES_TOO_MANY", `The request has more than ${pairsMax} cookies.`);
    const equals = pair.indexOf("=");
    if (equals === -1) continue;
    const name = trimBlanks(pair.slice(0, equals));
    // Some parsers trim more than SP and HTAB: bytes around a name could make it look like a prefixed one elsewhere.
    if (!isToken(name)) continue;
    if (cookies.has(name)) {
      if (hasPrefix(name)) planted.add(name);
      continue;
    }
    const value = decodeValue(trimBlanks(pair.slice(equals + 1)));
    if (!forbidden.test(value)) cookies.set(name, value);
  }
  for (const name of planted) cookies.delete(name);
  return cookies;
}

/** Control characters, `;`, blanks other than SP, and halves of characters: no value of a cookie may have them. */
const forbidden = /[\p{Cc};\p{Zl}\p{Zp}\p{Cs}\uFEFF]|(?! )\p{Zs}/u;

function hasPrefix(name: string): boolean {
  return /^__(?:host|secure)-/i.test(name);
}

function decodeValue(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/**
 * Writes the value of a Set-Cookie field, with `Path=/; HttpOnly; SameSite=Lax` by default. Nothing is repaired: throws
 * `E_COOKIE_NAME`, `E_COOKIE_VALUE`, `E_COOKIE_TOO_LONG` above 4,096 bytes, `E_OPTION_UNKNOWN`, and `E_COOKIE_INVALID`
 * for options that a browser refuses.
 *
 * @example
 * serializeCookie("theme", "dark mode"); // => "theme=dark%20mode; Path=/; HttpOnly; SameSite=Lax"
 */
export function serializeCookie(name: string, value: string, options: CookieOptions = {}): string {
  if (!isToken(name)) throw new GableError("E_COOKIE_NAME", `The cookie name ${describeValue(name)} is not a token.`);
  assertCookieValue(name, value);
  const refuse = (rule: string): never => {
    throw new GableError("E_COOKIE_INVALID", `The cookie "${name}" ${rule}.`);
  };
  assertOptions(name, options, refuse);
  const path = options.path ?? "/";
  const sameSite = options.sameSite ?? "lax";
  assertPath(path, refuse);
  assertFlags(name, path, options, refuse);
  let cookie = `${name}=${encodeValue(name, value)}; Path=${path}`;
  if (options.domain !== undefined) cookie += `; Domain=${options.domain}`;
  if (options.maxAgeSeconds !== undefined) cookie += `; Max-Age=${checkAge(options.maxAgeSeconds, refuse)}`;
  if (options.expires !== undefined) cookie += `; Expires=${options.expires.toUTCString()}`;
  if (options.secure === true) cookie += "; Secure";
  if (options.httpOnly !== false) cookie += "; HttpOnly";
  cookie += `; SameSite=${sameSiteTexts[sameSite] ?? refuse(`has the sameSite ${describeValue(sameSite)}; use "strict", "lax" or "none"`)}`;
  if (options.partitioned === true) cookie += "; Partitioned";
  if (cookie.length > cookieBytesMax)
    throw new GableError("E_COOKIE_TOO_LONG", `The cookie "${name}" has ${cookie.length} bytes; browsers keep at most ${cookieBytesMax}.`);
  return cookie;
}

/** Checks that a value is a string: JavaScript callers pass numbers and undefined. Throws `E_COOKIE_VALUE`. */
export function assertCookieValue(name: string, value: unknown): void {
  if (typeof value !== "string")
    throw new GableError("E_COOKIE_VALUE", `The value of the cookie "${name}" is ${describeValue(value)}; it must be a string.`, {
      fix: "Pass a string, such as String(value) or JSON.stringify(value).",
    });
}

const sameSiteTexts: Readonly<Record<string, string>> = Object.assign(Object.create(null), { strict: "Strict", lax: "Lax", none: "None" });

type Refuse = (rule: string) => never;

function assertOptions(name: string, options: CookieOptions, refuse: Refuse): void {
  assertKnownOptions(`The cookie "${name}"`, options, optionNames);
  for (const [option, value] of Object.entries(options)) {
    // assertKnownOptions() has refused every other name.
    const [rule, holds] = optionRules[option as keyof CookieOptions];
    if (value !== undefined && !holds(value)) refuse(`has the option ${option}: ${describeValue(value)}; give ${rule}`);
  }
}

function assertPath(path: string, refuse: Refuse): void {
  for (let index = 0; index < path.length; index++) {
    const code = path.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === 0x3b) refuse("has a forbidden character in its path");
  }
}

function assertFlags(name: string, path: string, options: CookieOptions, refuse: Refuse): void {
  if (options.secure !== true) {
    if (options.sameSite === "none") refuse("is SameSite=None without secure");
    if (options.partitioned === true) refuse("is partitioned without secure");
    if (hasPrefix(name)) refuse("has a prefix that needs secure");
  }
  if (/^__host-/i.test(name) && (options.domain !== undefined || path !== "/"))
    refuse("has the prefix __Host- with a domain or another path than /");
}

function checkAge(seconds: number, refuse: Refuse): number {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > maxAgeSecondsMax)
    refuse(`has a maxAgeSeconds of ${seconds}; give a whole number of at most 400 days`);
  return seconds;
}

/** Encodes characters that a cookie value cannot contain, and `%`, so that reading returns the same string. */
function encodeValue(name: string, value: string): string {
  const found = forbidden.exec(value)?.[0];
  if (found !== undefined)
    throw new GableError("E_COOKIE_VALUE", `The value of the cookie "${name}" has the forbidden character ${describeCharacter(found)}.`);
  return value.replace(/[^!#$&'()*+\-./0-9:<=>?@A-Z[\]^_`a-z{|}~]/gu, encodeURIComponent);
}

function describeCharacter(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
