/** What the log says about accounts, for those who watch it: who came in, and who tried. */
import type { AnyContext } from "../handlers/context.ts";

const sentences = {
  "signed-in": "A user signed in.",
  "sign-in-failed": "A sign-in failed.",
  "code-wrong": "A code of a second factor was wrong.",
  "password-changed": "A password was changed.",
} as const;

/** Writes an event to the log. Addresses that visitors type are left out: people type passwords into the wrong field. */
export function logAccountEvent(context: AnyContext, event: keyof typeof sentences, userId: unknown): void {
  const { ip } = context;
  context.log.info({ event, ip, ...(userId === undefined ? {} : { userId: String(userId) }) }, sentences[event]);
}
