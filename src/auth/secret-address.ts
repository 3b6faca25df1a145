/** Pages whose address holds a secret, or that follow on one. */
import type { AnyContext } from "../handlers/context.ts";

/**
 * Tells browsers to send the address of the reply to nobody, this site included: its logs and its other pages need no secret. Caches do
 * not store the reply, also where a copied page shows it.
 */
export function hideAddress(context: AnyContext): void {
  context.reply.headers.set("referrer-policy", "no-referrer");
  context.markPersonal();
}
