/** Users with a second factor give a code before they change what protects their account: a remembered browser has given none. */
import { GableError } from "../../errors/gable-error.ts";
import type { AnyContext, Context } from "../../handlers/context.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import type { Account } from "../account-fields.ts";
import { askFirst } from "../ask-first.ts";
import { isRecent } from "../recent.ts";
import { findService } from "../find-service.ts";

/** Seconds for which a code counts as recent by default. */
export const codeSecondsDefault = 900;

/** Whether a user has a second factor and gave no code in this session, or none within the time. */
export async function lacksCode(context: AnyContext, { id }: Account, withinSeconds?: number): Promise<boolean> {
  const service = findService(context);
  const { now, twoFactors } = service.parts;
  if (twoFactors === undefined) return false;
  const givenAt = await service.findSecondFactorAt(context);
  const counts = withinSeconds === undefined ? givenAt > 0 : isRecent(givenAt, now(), withinSeconds * 1000);
  return !counts && service.run(() => twoFactors.isOn(String(id)));
}

/** Refuses an action of such a user: its route may have another guard. Throws `E_SECOND_FACTOR_REQUIRED`. */
export async function assertCode(context: AnyContext, user: Account, withinSeconds?: number): Promise<void> {
  if (await lacksCode(context, user, withinSeconds)) throw codeRequired(findService(context).confirmCodeUrl());
}

/** Asks for a code in place of an answer. */
export function askForCode(context: Context): Promise<HandlerReply> {
  const service = findService(context);
  return askFirst(context, {
    urlOf: (next) => service.confirmCodeUrl(next),
    toError: codeRequired,
    describe: async () => ({ what: "Type a code", how: "Type a code of your authenticator app or a recovery code" }),
  });
}

/** The error of a user who has given no second factor. */
export function codeRequired(path: string): GableError {
  return new GableError("E_SECOND_FACTOR_REQUIRED", `Give a second factor at ${path} first.`, { details: { confirmAt: path } });
}
