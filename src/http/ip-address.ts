/** IP addresses and CIDR blocks, as numbers that can be compared. */

/** An address as 128 bits; IPv4 is mapped to `::ffff:0:0/96`. */
export type IpNumber = bigint;

const ipv4Prefix = 0xffff_0000_0000n;

/** Parses an IPv4 or IPv6 address; undefined when it is none. IPv4-mapped IPv6 equals IPv4. */
export function parseIpAddress(text: string): IpNumber | undefined {
  if (text.includes(":")) return parseIpv6(text);
  const match = /^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$/.exec(text);
  if (match === null) return undefined;
  let value = 0n;
  for (const part of match.slice(1)) {
    if (Number(part) > 255 || (part.length > 1 && part.startsWith("0"))) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return ipv4Prefix | value;
}

function parseIpv6(text: string): IpNumber | undefined {
  if (text.length > 45 || !/^[0-9a-fA-F:.]+$/.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined;
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [head = "", tail] = canonical.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: zeros }, () => "0"), ...after];
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** An address in its shortest form (RFC 5952): IPv4-mapped IPv6 as IPv4; undefined when it is none. */
export function toShortIpAddress(text: string): string | undefined {
  const value = parseIpAddress(text);
  if (value === undefined) return undefined;
  if (value >> 32n !== ipv4Prefix >> 32n) return new URL(`http://[${text}]/`).hostname.slice(1, -1);
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join(".");
}

/** A block of addresses. */
export interface CidrBlock {
  /** First bits, the others zero. */
  readonly network: IpNumber;
  /** Number of bits that count, of 128. */
  readonly bits: number;
}

/** Parses `10.0.0.0/8`, `fd00::/8` or a single address; undefined when it is malformed or has bits behind its length. */
export function parseCidr(text: string): CidrBlock | undefined {
  const slash = text.indexOf("/");
  const address = parseIpAddress(slash === -1 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const width = text.includes(":") ? 128 : 32;
  const lengthText = slash === -1 ? String(width) : text.slice(slash + 1);
  if (!/^(?:0|[1-9][0-9]{0,2})$/.test(lengthText) || Number(lengthText) > width) return undefined;
  const block = { network: address, bits: Number(lengthText) + (128 - width) };
  return maskAddress(address, block.bits) === address ? block : undefined;
}

function maskAddress(address: IpNumber, bits: number): IpNumber {
  const shift = BigInt(128 - bits);
  return (address >> shift) << shift;
}

/** Whether an address lies in a block. */
export function isInBlock(address: IpNumber, block: CidrBlock): boolean {
  return maskAddress(address, block.bits) === block.network;
}

/** IPv4 addresses are below this number: see parseIpAddress(). */
const ipv4End = 0x1_0000_0000_0000n;

/**
 * Returns what a client is counted by: its IPv4 address, or the first 64 bits of its IPv6 address, since one connection to the
 * internet usually has all 2^64 addresses of such a network. Another text stays as it is.
 */
export function toNetworkKey(ip: string): string {
  const address = parseIpAddress(ip);
  if (address === undefined || address < ipv4End) return address === undefined ? ip : String(address);
  return `${(address >> 64n).toString(16)}/64`;
}
