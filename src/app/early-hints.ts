/** `reply.earlyHints()` of a request: who gets a reply 103. */
import type { EarlyHintsOptions } from "../replies/early-hints.ts";
import { readEarlyHints } from "../replies/early-hints.ts";
import type { RequestContext } from "./request-context.ts";

/**
 * Adds links to the reply, and sends them ahead to a browser that opens a page. Other clients have no use for them, and some take the
 * first status for the last one (RFC 8297 section 3).
 */
export function addEarlyHints({ reply, raw, services }: RequestContext, hints: EarlyHintsOptions): void {
  const links = readEarlyHints(hints);
  for (const link of links) reply.headers.append("link", link);
  const isNavigation = raw.method === "GET" && raw.headers.get("sec-fetch-mode") === "navigate";
  if (services.sendsEarlyHints && isNavigation && raw.httpVersion !== "1.0" && links.length > 0) raw.sendEarlyHints?.(links);
}
