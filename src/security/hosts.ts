/** The list of hosts that an application answers for. */
import { optionInvalid } from "../errors/option-errors.ts";

/** Decides whether an authority (`name` or `name:port`) is answered. */
export type HostCheck = (authority: string) => boolean;

const seenMax = 256;

/** Names that mean this machine: answered in development, and in production without a list. */
export function isLoopbackName(name: string): boolean {
  return name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127(?:\.[0-9]{1,3}){3}$/.test(name);
}

/**
 * Makes the check of a list: exact names, and `.example.com` for a domain with its sub-domains.
 * Without a list, only names of loopback. An entry with a port is only for that port. The host of `ownOrigin` is always allowed.
 */
export function createHostCheck(hosts: readonly string[] | undefined, isLoopbackAllowed: boolean, ownOrigin?: string): HostCheck {
  const exact = new Set(ownOrigin === undefined ? [] : [new URL(ownOrigin).host]);
  const suffixes: string[] = [];
  for (const host of hosts ?? []) {
    const text = String(host).toLowerCase();
    if (!/^\.?[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?(?::[0-9]{1,5})?$|^\[[0-9a-f:.]+\](?::[0-9]{1,5})?$/.test(text)) {
      throw optionInvalid("gable()", "hosts", host, 'a host name such as "example.com" or ".example.com"');
    }
    if (text.startsWith(".")) suffixes.push(text);
    else exact.add(text);
  }
  const decide = (authority: string): boolean => {
    const name = authority.replace(/:[0-9]+$/, "");
    if (exact.has(authority) || exact.has(name)) return true;
    if (suffixes.some((suffix) => name.endsWith(suffix) || name === suffix.slice(1))) return true;
    return isLoopbackAllowed && isLoopbackName(name);
  };
  const seen = new Map<string, boolean>();
  return (authority) => {
    const known = seen.get(authority);
    if (known !== undefined) return known;
    const isAllowed = decide(authority);
    if (seen.size < seenMax) seen.set(authority, isAllowed);
    return isAllowed;
  };
}
