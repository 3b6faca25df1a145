/** The user of a request behind the guard signedIn, and the check of the password that this user types again. */
import type { Context } from "../handlers/context.ts";
import type { Account } from "./account-fields.ts";
import { findService } from "./service.ts";
import { resetLogin, takeLogin } from "./throttle.ts";

/** Guessing the password of an open session is slowed down as guessing at the login is. Throws `E_LOGIN_THROTTLED`. */
export async function isCurrentPassword(context: Context, user: Account, password: string): Promise<boolean> {
  await takeLogin(context, user.email);
  const { isRight } = await findService(context).parts.hasher.verify(password, user.password);
  if (isRight) await resetLogin(context.rateLimits, user.email);
  return isRight;
}

/** Returns the user of a request that the guard signedIn has let pass. */
export async function currentUser(context: Context): Promise<Account> {
  // The guard has found one.
  return (await findService(context).loadUser(context))!;
}
