/** Cookies, read and written (RFC 6265bis). */
import { describeValue } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import { isToken } from "./byte-classes.ts";
import { trimBlanks } from "./media-type.ts";

/** How a cookie is sent. */
export interface CookieOptions {
  /** Path prefix that the browser sends it for. Default "/". */
  path?: string;
  /** Domain, with its sub-domains. By default the host alone. */
  domain?: string;
  /** Seconds until it ends, a whole number of at most 400 days. By default it ends with the browser. */
  maxAgeSeconds?: number;
  /** Moment at which it ends; `maxAgeSeconds` is the better choice. None by default. */
  expires?: Date;
  /** Whether it is sent over https alone. Default true on https and in production. */
  secure?: boolean;
  /** Whether scripts cannot read it. Default true. */
  httpOnly?: boolean;
  /** Whether it is sent with requests from other sites. Default "lax". */
  sameSite?: "strict" | "lax" | "none";
  /** Whether each top-level site has its own (CHIPS). Default false. */
  partitioned?: boolean;
}

const pairsMax = 180;
const cookieBytesMax = 4096;
const maxAgeSecondsMax = 400 * 24 * 60 * 60;

/**
 * Parses a Cookie field into names and values. The first of equal names wins; two of a `__Host-` or `__Secure-`
 * name make it absent, because one of them was planted. Throws `E_COOKIES_TOO_MANY` above 180 pairs.
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
    if (name === "") continue;
    if (!cookies.has(name)) cookies.set(name, decodeValue(trimBlanks(pair.slice(equals + 1))));
    else if (hasPrefix(name)) planted.add(name);
  }
  for (const name of planted) cookies.delete(name);
  return cookies;
}

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
 * Writes the value of a Set-Cookie field, with `Path=/; HttpOnly; SameSite=Lax` by default.
 * Throws `E_COOKIE_INVALID` for what a browser would refuse or misread.
 *
 * @example
 * serializeCookie("theme", "dark mode"); // => "theme=dark%20mode; Path=/; HttpOnly; SameSite=Lax"
 */
export function serializeCookie(name: string, value: string, options: CookieOptions = {}): string {
  const refuse = (rule: string): never => {
    throw new GableError("E_COOKIE_INVALID", `The cookie ${describeValue(name)} ${rule}.`);
  };
  if (!isToken(name)) refuse("has a name that is not a token");
  const path = options.path ?? "/";
  const sameSite = options.sameSite ?? "lax";
  assertPart(path, "path", refuse);
  assertPart(options.domain ?? "", "domain", refuse);
  assertFlags(name, path, options, refuse);
  let cookie = `${name}=${encodeValue(value)}; Path=${path}`;
  if (options.domain !== undefined) cookie += `; Domain=${options.domain}`;
  if (options.maxAgeSeconds !== undefined) cookie += `; Max-Age=${checkAge(options.maxAgeSeconds, refuse)}`;
  if (options.expires !== undefined) cookie += `; Expires=${options.expires.toUTCString()}`;
  if (options.secure === true) cookie += "; Secure";
  if (options.httpOnly !== false) cookie += "; HttpOnly";
  cookie += `; SameSite=${sameSite[0]!.toUpperCase()}${sameSite.slice(1)}`;
  if (options.partitioned === true) cookie += "; Partitioned";
  if (cookie.length > cookieBytesMax) refuse(`is ${cookie.length} bytes long, more than the ${cookieBytesMax} that browsers keep`);
  return cookie;
}

type Refuse = (rule: string) => never;

function assertPart(text: string, part: string, refuse: Refuse): void {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === 0x3b) refuse(`has a forbidden character in its ${part}`);
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

/** Encodes what may not stand in a cookie value, and `%`, so that reading gives the same text. */
function encodeValue(value: string): string {
  return value.toWellFormed().replace(/[^!#$&'()*+\-./0-9:<=>?@A-Z[\]^_`a-z{|}~]/gu, encodeURIComponent);
}
