/** The open-redirect rule: where a redirect may lead. */
import { describeValue } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";

const targetBytesMax = 8192;
/** An origin that no program owns: what resolves to it stays at the own origin, whatever that is. */
const probeOrigin = "http://origin.invalid";

/** Whether a target is a path at the own origin: exactly one leading "/", and it resolves there. */
export function isSafeRedirectTarget(target: string): boolean {
  if (typeof target !== "string" || !target.startsWith("/") || target.startsWith("//") || target.length > targetBytesMax) return false;
  for (let index = 0; index < target.length; index++) {
    const code = target.charCodeAt(index);
    if (code <= 0x20 || code === 0x5c || (code >= 0x7f && code <= 0x9f)) return false;
  }
  if (!URL.canParse(target, probeOrigin)) return false;
  const resolved = new URL(target, probeOrigin);
  return resolved.origin === probeOrigin && !resolved.pathname.startsWith("//");
}

/**
 * A target that came from outside, such as a `next` parameter: itself when it is safe, else the fallback.
 *
 * @example
 * safeRedirectTarget("//evil.example", "/"); // => "/"
 */
export function safeRedirectTarget(target: string | null | undefined, fallback: string): string {
  return typeof target === "string" && isSafeRedirectTarget(target) ? target : fallback;
}

/** Checks a target and gives the value for Location. Throws `E_REDIRECT_UNSAFE`. */
export function toRedirectLocation(target: string, hosts: readonly string[] = []): string {
  if (isSafeRedirectTarget(target)) return encodeTarget(target);
  const isListed = hosts.length > 0 && /^https?:\/\//i.test(target) && isCleanUrl(target) && hosts.includes(new URL(target).host);
  if (isListed) return new URL(target).href;
  throw new GableError("E_REDIRECT_UNSAFE", `The redirect target ${describeValue(target)} is not a path at the own origin.`);
}

function isCleanUrl(target: string): boolean {
  if (target.length > targetBytesMax || target.includes("\\") || !URL.canParse(target)) return false;
  const url = new URL(target);
  return url.username === "" && url.password === "" && [...target].every((character) => character > " " && character !== "\u007f");
}

/** Encodes characters that a header cannot contain, and keeps existing escapes. */
function encodeTarget(target: string): string {
  const url = new URL(target, probeOrigin);
  return url.pathname + url.search + url.hash;
}
