/** Pages whose address holds a secret, or that follow on one. */
import type { AnyContext } from "../handlers/context.ts";

/**
 * Tells browsers to send the URL of the reply to nobody, not even to this site: its logs and its other pages must not contain the secret. Caches do
 * not store the reply, even if a copied page shows it.
 */
export function hideAddress(context: AnyContext): void {
  context.reply.headers.set("referrer-policy", "no-referrer");
  context.markPersonal();
}
