/** The user of a request behind a guard, and the check of the password that this user types again. */
import { GableError } from "../errors/gable-error.ts";
import type { AnyContext } from "../handlers/context.ts";
import type { Account } from "./account-fields.ts";
import { checkPassword } from "./passwords/check-password.ts";
import { findService } from "./find-service.ts";
import { resetLogin, takeLogin } from "./throttle.ts";

/** Guessing the password of an open session is slowed down as guessing at the login is. Throws `E_LOGIN_THROTTLED`. */
export async function isCurrentPassword(context: AnyContext, user: Account, password: string): Promise<boolean> {
  const service = findService(context);
  const login = service.loginOf(user);
  await takeLogin(context, login);
  const { isRight } = await checkPassword(context, service.parts.hasher, { user, password });
  if (isRight) await resetLogin(context, login);
  return isRight;
}

/** Returns the user of a request. Throws `E_LOGIN_REQUIRED` for a visitor: the route may have lost its guard. */
export async function currentUser(context: AnyContext): Promise<Account> {
  const user = await findService(context).loadUser(context);
  if (user === null) throw new GableError("E_LOGIN_REQUIRED", "Sign in first.");
  return user;
}

/** Returns the user of a request that the guard sudo has let pass. Throws `E_CONFIRMATION_REQUIRED` where the route does not have it. */
export async function confirmedUser(context: AnyContext): Promise<Account> {
  const user = await currentUser(context);
  if (findService(context).hasPassedSudo(context)) return user;
  throw new GableError("E_CONFIRMATION_REQUIRED", "This action of accounts needs a route with the guard sudo.", {
    fix: 'Add it: post("/path", { guard: sudo() }, ...).',
  });
}
