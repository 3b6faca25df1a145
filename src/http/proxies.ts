/** Forwarding headers, believed only from listed proxies (RFC 7239 and the X-Forwarded family). */
import { assertKnownOptions, describeValue } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import { parseAuthority, toAuthorityText } from "./authority.ts";
import type { HeaderReader } from "./header-table.ts";
import type { CidrBlock } from "./ip-address.ts";
import { isInBlock, parseCidr, parseIpAddress } from "./ip-address.ts";
import { splitList } from "./fields.ts";
import { parseParameters, trimBlanks } from "./media-type.ts";

/** Which proxies are believed, and what they may say. */
export interface ProxyOptions {
  /** Trusted peers: addresses, CIDR blocks, `loopback`, `private`, `unix`. Default: nobody. */
  trust: readonly string[];
  /** Header family to read; the other is ignored. Default "x-forwarded". */
  header?: "x-forwarded" | "forwarded";
  /** Whether the forwarded host replaces Host; the list of hosts still applies. Default false. */
  host?: boolean;
  /** Whether `X-Forwarded-Prefix` is believed. Default false. */
  prefix?: boolean;
}

/** What a request says about its client, after the proxies were heard. */
export interface ForwardedFacts {
  /** Address of the client. */
  readonly ip: string;
  /** Scheme that the client used. */
  readonly scheme: "http" | "https";
  /** Authority that the client used. */
  readonly authority: string;
  /** Prefix that a proxy removed; "" when none. */
  readonly prefix: string;
  /** Whether the peer of the connection is a trusted proxy. */
  readonly isTrusted: boolean;
}

/** What the connection itself says. */
export interface ConnectionFacts {
  /** Address of the peer; "unix" for a Unix socket. */
  readonly address: string;
  /** Scheme of the connection. */
  readonly scheme: "http" | "https";
  /** Authority that the request names. */
  readonly authority: string;
  /** Header fields of the request. */
  readonly headers: HeaderReader;
}

const hopsMax = 20;
const namedBlocks: Readonly<Record<string, readonly string[]>> = {
  loopback: ["127.0.0.0/8", "::1"],
  private: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"],
};

/** Makes the function that reads the facts of a request. Throws `E_PROXY_LIST` for an entry that cannot be used. */
export function createForwardedReader(options: ProxyOptions): (facts: ConnectionFacts) => ForwardedFacts {
  assertKnownOptions("createForwardedReader()", options, {
    trust: "strings",
    header: ["x-forwarded", "forwarded"],
    host: "boolean",
    prefix: "boolean",
  });
  const blocks: CidrBlock[] = [];
  const isUnixTrusted = options.trust.includes("unix");
  for (const entry of options.trust) {
    if (entry !== "unix") for (const text of namedBlocks[entry] ?? [entry]) blocks.push(parseEntry(text));
  }
  const isTrusted = (address: string): boolean => {
    if (address === "unix") return isUnixTrusted;
    const parsed = parseIpAddress(address);
    return parsed !== undefined && blocks.some((block) => isInBlock(parsed, block));
  };
  return (facts) => {
    const own = { ip: facts.address, scheme: facts.scheme, authority: facts.authority, prefix: "", isTrusted: false };
    if (!isTrusted(facts.address)) return own;
    const hops = options.header === "forwarded" ? readForwarded(facts.headers) : readXForwarded(facts.headers);
    const believed = walkHops(hops, facts.address, isTrusted);
    const scheme = believed.scheme ?? facts.scheme;
    return {
      ip: believed.ip,
      scheme,
      authority: options.host === true && believed.host !== undefined ? readHost(believed.host, scheme) : facts.authority,
      prefix: options.prefix === true ? readPrefix(facts.headers) : "",
      isTrusted: true,
    };
  };
}

function parseEntry(text: string): CidrBlock {
  const block = parseCidr(text);
  if (block === undefined)
    throw new GableError("E_PROXY_LIST", `proxies.trust has the entry ${describeValue(text)}, which is neither an address nor a block.`);
  return block;
}

interface Hop {
  readonly ip: string | undefined;
  readonly scheme: "http" | "https" | undefined;
  readonly host: string | undefined;
}

/** Walks from the right while the hop is trusted: the first other one is the client. */
function walkHops(hops: readonly Hop[], peer: string, isTrusted: (address: string) => boolean): Hop & { ip: string } {
  let client: Hop & { ip: string } = { ip: peer, scheme: undefined, host: undefined };
  for (let index = hops.length - 1; index >= 0; index--) {
    const hop = hops[index]!;
    client = { ip: hop.ip ?? client.ip, scheme: hop.scheme ?? client.scheme, host: hop.host ?? client.host };
    if (hop.ip === undefined || !isTrusted(hop.ip)) break;
  }
  return client;
}

function malformed(name: string): GableError {
  return new GableError("E_PROXY_HEADER_MALFORMED", `The trusted proxy sent a malformed ${name}.`);
}

function readXForwarded(headers: HeaderReader): readonly Hop[] {
  const addresses = readItems(headers, "x-forwarded-for").map((text) => readAddress(text, "X-Forwarded-For"));
  const scheme = readSingle(headers, "x-forwarded-proto");
  const host = readSingle(headers, "x-forwarded-host");
  const facts = { scheme: scheme === undefined ? undefined : readScheme(scheme), host };
  if (addresses.length === 0) return facts.scheme === undefined && host === undefined ? [] : [{ ip: undefined, ...facts }];
  // The nearest proxy states scheme and host of its client; earlier entries could be the client's own words.
  return addresses.map((ip, index) => (index === addresses.length - 1 ? { ip, ...facts } : { ip, scheme: undefined, host: undefined }));
}

function readForwarded(headers: HeaderReader): readonly Hop[] {
  return readItems(headers, "forwarded").map((item) => {
    const params = parseParameters(`;${item}`, 0);
    if (params === undefined) throw malformed("Forwarded");
    const node = params.get("for");
    const scheme = params.get("proto");
    return {
      ip: node === undefined || /^(?:unknown|_[\w.-]+)$/i.test(node) ? undefined : readAddress(node, "Forwarded"),
      scheme: scheme === undefined ? undefined : readScheme(scheme),
      host: params.get("host"),
    };
  });
}

function readItems(headers: HeaderReader, name: string): string[] {
  const field = headers.get(name);
  if (field === null) return [];
  const items = splitList(field);
  if (items.length > hopsMax || items.length === 0) throw malformed(name);
  return items;
}

/** A field that several lines or items may repeat, but not contradict. */
function readSingle(headers: HeaderReader, name: string): string | undefined {
  const [first, ...rest] = readItems(headers, name);
  if (rest.some((item) => item.toLowerCase() !== first?.toLowerCase())) throw malformed(name);
  return first;
}

function readAddress(text: string, name: string): string {
  const bare = /^\[([^\]]+)\](?::[0-9]{1,5})?$/.exec(text)?.[1] ?? /^([0-9.]+):[0-9]{1,5}$/.exec(text)?.[1] ?? trimBlanks(text);
  if (parseIpAddress(bare) === undefined) throw malformed(name);
  return bare;
}

function readScheme(text: string): "http" | "https" {
  const scheme = text.toLowerCase();
  if (scheme !== "http" && scheme !== "https") throw malformed("scheme");
  return scheme;
}

function readHost(text: string, scheme: "http" | "https"): string {
  const authority = parseAuthority(text);
  if (authority === undefined) throw malformed("host");
  return toAuthorityText(authority, scheme);
}

function readPrefix(headers: HeaderReader): string {
  const prefix = readSingle(headers, "x-forwarded-prefix");
  if (prefix === undefined || prefix === "/") return "";
  if (!/^(?:\/[\w.~-]+)+$/.test(prefix) || /\/\.{1,2}(?:\/|$)/.test(prefix)) throw malformed("X-Forwarded-Prefix");
  return prefix;
}
