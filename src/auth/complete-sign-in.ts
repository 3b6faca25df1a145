/** The end of every sign-in, by password or with another service: the session is rotated, and a second factor is asked for. */
import type { AnyContext } from "../handlers/context.ts";
import type { Account } from "./account-fields.ts";
import { rememberUser } from "./remember/remember-me.ts";
import { findService } from "./find-service.ts";
import { beginSecondStep } from "./two-factor/second-factor.ts";

/** How a sign-in goes on. */
export interface SignInCompletion {
  /** Path to go to. `safeRedirectTarget()` has checked it. */
  readonly next: string;
  /** Whether the browser is to be remembered, where the accounts have the option. Default false. */
  readonly remember?: boolean;
}

/**
 * Signs a user in after the first proof, and returns the path to redirect to. A user with a second factor is led to the page that asks for it, and
 * is not signed in before. Check first that the visitor is this user, that the account is active, and that its address lets it enter
 * (`mayEnter()`).
 */
export async function completeSignIn(context: AnyContext, user: Account, { next, remember = false }: SignInCompletion): Promise<string> {
  const service = findService(context);
  const { twoFactors } = service.parts;
  if (twoFactors !== undefined && (await service.run(() => twoFactors.isOn(String(user.id))))) {
    beginSecondStep(context, user, { remember, provenAt: service.provenAt(user) });
    return service.loginCodeUrl(next);
  }
  await finishSignIn(context, user, { remember, hasSecondFactor: false });
  return next;
}

/** Signs a user in who has given all that is asked for. */
export async function finishSignIn(
  context: AnyContext,
  user: Account,
  { remember, hasSecondFactor }: { readonly remember: boolean; readonly hasSecondFactor: boolean },
): Promise<void> {
  const service = findService(context);
  await service.signIn(context, user);
  if (hasSecondFactor) service.noteSecondFactor(context);
  if (remember) await rememberUser(context, service, user);
}
