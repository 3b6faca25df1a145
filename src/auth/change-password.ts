/** A new password for a user: its check, and everything that follows from it. */
import type { Context } from "../handlers/context.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import { logAccountEvent } from "./account-events.ts";
import type { Account } from "./account-fields.ts";
import { mailTexts } from "./mails.ts";
import { sendLater } from "./mail-links.ts";
import { findPasswordProblem } from "./passwords/password-rules.ts";
import { findService } from "./service.ts";

/** Returns why a user may not have a password; undefined for a good one. `min` is the option `passwordMin`. */
export function findProblemFor(user: Account, password: string, min: number | undefined): ReturnType<typeof findPasswordProblem> {
  return findPasswordProblem(password, { ...(min !== undefined && { min }), personal: [user.email] });
}

/** Stores the password of the user of a request, signs out all other devices, and sends a mail about it. */
export async function changePassword(context: Context, user: Account, password: string): Promise<HandlerReply> {
  const service = findService(context);
  await service.setPassword(user, password);
  logAccountEvent(context, "password-changed", user.id);
  await service.signIn(context, user);
  const { mail, routes } = service.parts;
  if (mail !== undefined) sendLater(context, () => mail.send(user.email, mailTexts.passwordChanged(routes.forgot.url())));
  context.flash("success", "Your password is changed. All other devices are signed out.");
  return redirect(service.afterLogin);
}
