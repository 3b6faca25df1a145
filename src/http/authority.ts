/** The authority of a request: `name` or `name:port`, checked and normalised (rows H1 to H3). */

/** A checked authority. */
export interface Authority {
  /** Name in lower case, without a trailing dot; IPv6 in brackets. */
  readonly name: string;
  /** Port as sent; undefined when absent. */
  readonly port: number | undefined;
}

/** Parses the value of Host, or the authority of an absolute target; undefined when it is malformed. */
export function parseAuthority(value: string): Authority | undefined {
  const end = value.startsWith("[") ? value.indexOf("]") + 1 : value.indexOf(":") === -1 ? value.length : value.indexOf(":");
  const rawName = value.slice(0, end);
  const rest = value.slice(end);
  const port = parsePort(rest);
  if (port === null) return undefined;
  const name = rawName.startsWith("[") ? normalizeIpv6(rawName) : normalizeName(rawName);
  return name === undefined ? undefined : { name, port };
}

/** Port after a name: undefined for "" and ":", null when malformed. */
function parsePort(text: string): number | undefined | null {
  if (text === "" || text === ":") return undefined;
  const digits = text.slice(1);
  if (!text.startsWith(":") || digits.length > 5 || !/^[0-9]+$/.test(digits)) return null;
  const port = Number(digits);
  return port > 65_535 ? null : port;
}

function normalizeName(name: string): string | undefined {
  const text = name.endsWith(".") ? name.slice(0, -1) : name;
  if (text === "" || text.length > 253 || !/^[a-z0-9._-]+$/i.test(text)) return undefined;
  return text.startsWith(".") || text.endsWith(".") || text.includes("..") ? undefined : text.toLowerCase();
}

function normalizeIpv6(name: string): string | undefined {
  const inner = name.slice(1, -1);
  if (inner.length < 2 || inner.length > 45 || !/^[0-9a-f:.]+$/i.test(inner) || !inner.includes(":")) return undefined;
  // The URL parser knows all forms of IPv6, and gives the canonical one.
  return URL.canParse(`http://[${inner}]/`) ? new URL(`http://[${inner}]/`).hostname : undefined;
}

/** The text of an authority, without the default port of its scheme. */
export function toAuthorityText(authority: Authority, scheme: "http" | "https"): string {
  const { name, port } = authority;
  return port === undefined || port === (scheme === "https" ? 443 : 80) ? name : `${name}:${port}`;
}
