/** The second step of a sign-in. Between the steps, nobody is signed in. */
import type { AnyContext } from "../../handlers/context.ts";
import { logAccountEvent } from "../account-events.ts";
import type { Account } from "../account-fields.ts";
import { isRecent } from "../recent.ts";
import { findService } from "../find-service.ts";
import { pendingKey, readKey, writeKey } from "../session-values.ts";
import { resetCodes, takeCode } from "../throttle.ts";

/** How long the first step counts. */
const pendingMsMax = 600_000;

/** A sign-in that waits for its second step. */
export interface PendingSignIn {
  readonly user: Account;
  readonly remember: boolean;
}

/** Keeps a sign-in until the code is typed. The session gets a new id, and belongs to nobody. */
export function beginSecondStep(
  { session }: AnyContext,
  { id }: Account,
  { remember, provenAt }: { readonly remember: boolean; readonly provenAt: number },
): void {
  session.rotate({ userId: null });
  writeKey(session, pendingKey, [String(id), provenAt, remember]);
}

/** Finds the sign-in that waits; undefined for none, and for one that is old, or whose account has changed. */
export async function findPendingSignIn(context: AnyContext): Promise<PendingSignIn | undefined> {
  const service = findService(context);
  const kept = await readKey(context.session, pendingKey);
  if (!Array.isArray(kept)) return undefined;
  const [id, at, remember] = kept as [string, number, boolean]; // Written by beginSecondStep().
  const user = isRecent(at, service.parts.now(), pendingMsMax) ? await service.findById(id) : undefined;
  if (user === undefined || !user.active || !service.mayEnter(user) || at < (user.sessionsValidFrom?.getTime() ?? 0)) return undefined;
  return (await service.run(() => service.twoFactors().isOn(id))) ? { user, remember } : undefined;
}

/** Checks a code of a user, and uses it up. Throws `E_LOGIN_THROTTLED` at the sixth attempt in a row. */
export async function isRightCode(context: AnyContext, { id }: Account, code: string): Promise<boolean> {
  const service = findService(context);
  await takeCode(context, String(id));
  const isRight = await service.run(() => service.twoFactors().check(String(id), code));
  if (isRight) await resetCodes(context, String(id));
  else logAccountEvent(context, "code-wrong", id);
  return isRight;
}
