/** The cookies of a test client, kept and sent as a browser does (RFC 6265bis section 5). */

interface StoredCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  readonly isHostOnly: boolean;
  readonly isSecure: boolean;
  /** Time at which it ends, in milliseconds; Infinity for a cookie of the session. */
  readonly expiresAt: number;
}

/** A jar of cookies. */
export class CookieJar {
  /** By name, domain and path: each combination is a separate cookie. */
  readonly #cookies = new Map<string, StoredCookie>();

  /** Keeps what the Set-Cookie lines of a reply say. A line that a browser would ignore is ignored. */
  keep(lines: readonly string[], url: URL): void {
    for (const line of lines) {
      const cookie = parseSetCookie(line, url);
      if (cookie === undefined) continue;
      const key = JSON.stringify([cookie.name, cookie.domain, cookie.path]);
      this.#cookies.delete(key);
      if (cookie.expiresAt > Date.now()) this.#cookies.set(key, cookie);
    }
  }

  /** Returns the Cookie field of a request; undefined when no cookie goes with it. Longer paths come first. */
  toField(url: URL): string | undefined {
    this.#forgetEnded();
    const sent = [...this.#cookies.values()]
      .filter((cookie) => isSentTo(cookie, url))
      .sort((first, second) => second.path.length - first.path.length);
    return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  /** Cookies that have not ended, by name. Of equal names the newest counts. */
  toMap(): ReadonlyMap<string, string> {
    this.#forgetEnded();
    return new Map([...this.#cookies.values()].map(({ name, value }) => [name, value]));
  }

  /** A cookie that has ended stays away, also when the clock is put back. */
  #forgetEnded(): void {
    for (const [key, { expiresAt }] of this.#cookies) if (expiresAt <= Date.now()) this.#cookies.delete(key);
  }
}

function isSentTo({ domain, path, isHostOnly, isSecure }: StoredCookie, url: URL): boolean {
  const isOnHost = isHostOnly ? url.hostname === domain : isWithin(url.hostname, domain);
  return isOnHost && isOnPath(url.pathname, path) && (!isSecure || isTrustworthy(url));
}

function parseSetCookie(line: string, url: URL): StoredCookie | undefined {
  const [pair = "", ...attributes] = line.split(";");
  const equals = pair.indexOf("=");
  const name = pair.slice(0, Math.max(equals, 0)).trim();
  if (equals === -1 || name === "") return undefined;
  const named = new Map<string, string>();
  // The last of equal attributes counts.
  for (const attribute of attributes) {
    const [key = "", ...rest] = attribute.split("=");
    named.set(key.trim().toLowerCase(), rest.join("=").trim());
  }
  const domain = (named.get("domain") ?? "").replace(/^\./, "").toLowerCase();
  const isHostOnly = domain === "";
  const path = named.get("path") ?? "";
  const cookie: StoredCookie = {
    name,
    value: pair.slice(equals + 1).trim(),
    domain: isHostOnly ? url.hostname : domain,
    path: path.startsWith("/") ? path : toDefaultPath(url.pathname),
    isHostOnly,
    isSecure: named.has("secure"),
    expiresAt: toExpiry(named),
  };
  return isAccepted(cookie, named, url) ? cookie : undefined;
}

/** Max-Age counts before Expires; a date that cannot be read is as if it were absent. */
function toExpiry(named: ReadonlyMap<string, string>): number {
  const maxAge = named.get("max-age");
  if (maxAge !== undefined && /^-?[0-9]+$/.test(maxAge)) return Number(maxAge) <= 0 ? -Infinity : Date.now() + Number(maxAge) * 1000;
  const expires = Date.parse(named.get("expires") ?? "");
  return Number.isNaN(expires) ? Infinity : expires;
}

function isAccepted(cookie: StoredCookie, named: ReadonlyMap<string, string>, url: URL): boolean {
  if (!isWithin(url.hostname, cookie.domain)) return false;
  if (cookie.isSecure && !isTrustworthy(url)) return false;
  if (!cookie.isSecure && (named.get("samesite")?.toLowerCase() === "none" || named.has("partitioned"))) return false;
  if (/^__secure-/i.test(cookie.name)) return cookie.isSecure;
  if (/^__host-/i.test(cookie.name)) return cookie.isSecure && cookie.isHostOnly && named.get("path") === "/";
  return true;
}

/** Browsers treat loopback like https. */
function isTrustworthy(url: URL): boolean {
  return url.protocol === "https:" || url.hostname === "localhost" || url.hostname === "[::1]" || url.hostname.startsWith("127.");
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}

function isOnPath(path: string, of: string): boolean {
  return path === of || (path.startsWith(of) && (of.endsWith("/") || path[of.length] === "/"));
}

function toDefaultPath(path: string): string {
  const last = path.lastIndexOf("/");
  return last <= 0 ? "/" : path.slice(0, last);
}
