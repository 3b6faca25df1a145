/** Users with a second factor give a code before they change what protects their account: a remembered browser has given none. */
import { GableError } from "../../errors/gable-error.ts";
import type { AnyContext, Context } from "../../handlers/context.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { redirect } from "../../replies/replies.ts";
import type { Account } from "../account-fields.ts";
import { isPage } from "../guards.ts";
import { findFormPath } from "../next-page.ts";
import { showPage } from "../pages/show-page.ts";
import { findService } from "../service.ts";

/** Seconds for which a code counts as recent by default. */
export const codeSecondsDefault = 900;
/** Clocks of machines differ. A code that lies further ahead was given when the clock was wrong. */
const skewMsMax = 5 * 60_000;

/** Whether a user has a second factor and gave no code in this session, or none within the time. */
export async function lacksCode(context: AnyContext, { id }: Account, withinSeconds?: number): Promise<boolean> {
  const service = findService(context);
  const { now, twoFactors } = service.parts;
  if (twoFactors === undefined) return false;
  const givenAt = await service.findSecondFactorAt(context);
  const ageMs = now() - givenAt;
  const isRecent = withinSeconds === undefined || (ageMs >= -skewMsMax && ageMs <= withinSeconds * 1000);
  return !(givenAt > 0 && isRecent) && service.run(() => twoFactors.isOn(String(id)));
}

/** Refuses an action of such a user: its route may have another guard. Throws `E_SECOND_FACTOR_REQUIRED`. */
export async function assertCode(context: AnyContext, user: Account, withinSeconds?: number): Promise<void> {
  if (await lacksCode(context, user, withinSeconds)) throw codeRequired(findService(context).confirmCodeUrl());
}

/** A page leads to the question and back. What was sent to be changed is not sent again: it gets 403 with the link. */
export function askForCode(context: Context): HandlerReply {
  const { method, url } = context;
  const service = findService(context);
  if (!isPage(context)) throw codeRequired(service.confirmCodeUrl());
  if (method === "GET" || method === "HEAD") return redirect(service.confirmCodeUrl(url.pathname + url.search));
  return showPage(context, {
    name: "confirm-required",
    title: "Type a code first",
    text: "Nothing was changed. Type a code of your authenticator app or a recovery code, and send the form again.",
    links: { "Type a code": service.confirmCodeUrl(findFormPath(context)) },
    status: 403,
  });
}

/** The error of a user who has given no second factor. */
export function codeRequired(path: string): GableError {
  return new GableError("E_SECOND_FACTOR_REQUIRED", `Give a second factor at ${path} first.`, { details: { confirmAt: path } });
}
