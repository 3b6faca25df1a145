/**
 * The check of cross-site requests: no token in forms, the browser says where a request comes from
 * (Fetch Metadata, and Origin of the Fetch standard).
 */
import type { HeaderReader } from "../http/header-table.ts";

/** Row of the decision that refused a request. */
export type CrossSiteRefusal = "header" | "fetch-site" | "origin" | "missing";

/** What the decision needs to know. */
export interface CrossSiteFacts {
  readonly headers: HeaderReader;
  /** Own origin: scheme, host and port. */
  readonly origin: string;
  /** Origins that may send unsafe requests. */
  readonly trustedOrigins: ReadonlySet<string>;
  /** Whether every origin may send requests without credentials: CORS for `*`. Default false. */
  readonly isOpen?: boolean;
}

const sites = new Set(["same-origin", "same-site", "cross-site", "none"]);

/** Decides on a request with an unsafe method; undefined lets it pass. The first row that fits decides. */
export function findCrossSiteRefusal({
  headers,
  origin: own,
  trustedOrigins,
  isOpen = false,
}: CrossSiteFacts): CrossSiteRefusal | undefined {
  const siteLines = headers.all("sec-fetch-site");
  const originLines = headers.all("origin");
  const [site] = siteLines;
  const [origin] = originLines;
  if (siteLines.length > 1 || originLines.length > 1 || (site !== undefined && !sites.has(site))) return "header";
  if (origin !== undefined && trustedOrigins.has(origin)) return undefined;
  if (isOpen && !hasAmbientCredential(headers)) return undefined;
  if (site === "same-origin" || site === "none") return undefined;
  if (site !== undefined) return "fetch-site";
  if (origin !== undefined) return origin === own ? undefined : "origin";
  return hasAmbientCredential(headers) ? "missing" : undefined;
}

/** A credential that a browser adds by itself: a cookie, or an Authorization from its login dialog. */
function hasAmbientCredential(headers: HeaderReader): boolean {
  return headers.has("cookie") || /^(?:basic|digest|negotiate)\b/i.test(headers.get("authorization") ?? "");
}

/** Whether a method never changes anything (RFC 9110 section 9.2.1). */
export function isSafeMethod(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "OPTIONS";
}
