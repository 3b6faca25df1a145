/** Which blocks of addresses are so large that they are nearly everybody. */
import { BlockList } from "node:net";

/** Length of the largest blocks of addresses that anyone owns, such as 10.0.0.0/8 and fc00::/7. */
const blockMin = 7;
/** Most first bytes of public addresses that a site's own proxies can have: blocks of this number of owners. */
const firstBytesMax = 8;
/** First bytes of addresses that belong to nobody in particular: private networks, loopback, multicast. */
const notPublic = new Set([0, 10, 127, 169, 172, 192, ...Array.from({ length: 32 }, (_, index) => 224 + index)]);

/** Returns the ranges that together trust nearly everybody, in quotes; undefined for others. Names such as `private` are never meant. */
export function findOpenRanges(ranges: readonly string[]): string | undefined {
  const single = ranges.find((range) => Number(range.split("/")[1] ?? blockMin) < blockMin);
  if (single !== undefined) return `"${single}"`;
  const list = new BlockList();
  const blocks = ranges.filter((range) => range.includes("/"));
  for (const range of blocks) {
    const [address, length] = range.split("/");
    list.addSubnet(address!, Number(length), address!.includes(":") ? "ipv6" : "ipv4");
  }
  // An address of IPv4 can also be written in IPv6, and trusted there.
  const isTrusted = (address: string): boolean => list.check(address, "ipv4") || list.check(`::ffff:${address}`, "ipv6");
  const trusted = Array.from({ length: 256 }, (_, first) => first).filter(
    (first) => !notPublic.has(first) && isTrusted(`${first}.77.88.99`),
  );
  if (trusted.length <= firstBytesMax) return undefined;
  const shown = blocks.slice(0, 3).map((range) => `"${range}"`);
  return `${shown.join(", ")}${blocks.length > shown.length ? ` and ${blocks.length - shown.length} more` : ""}`;
}
