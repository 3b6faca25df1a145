/** Signing in, with one step or two, and signing out. */
import type { AnyContext } from "../../handlers/context.ts";
import { logAccountEvent } from "../account-events.ts";
import type { Account } from "../account-fields.ts";
import { completeSignIn, finishSignIn } from "../complete-sign-in.ts";
import { normalizeEmail } from "../email-address.ts";
import { findNext } from "../next-page.ts";
import { findService } from "../service.ts";
import { resetLogin, takeLogin } from "../throttle.ts";
import { findPendingSignIn, isRightCode } from "../two-factor/second-factor.ts";
import type { SentOn } from "./results.ts";
import { refuse } from "./results.ts";

/** What the login form sends. */
export interface SignInValues {
  /** Address, as it was typed. */
  readonly email: string;
  /** Password, as it was typed. */
  readonly password: string;
  /** Whether the browser is to be remembered, where the accounts have the option `remember`. Default false. */
  readonly remember?: boolean;
}

export async function signInWithPassword(context: AnyContext, { email, password, remember = false }: SignInValues): Promise<SentOn> {
  const user = await checkLogin(context, normalizeEmail(email), password);
  if (user === undefined) return refuse(null, "login", "E-mail or password is wrong.");
  return { next: await completeSignIn(context, user, { next: findNext(context), remember }) };
}

export async function hasPendingSignIn(context: AnyContext): Promise<boolean> {
  return (await findPendingSignIn(context)) !== undefined;
}

export async function signInWithCode(context: AnyContext, { code }: { readonly code: string }): Promise<SentOn | undefined> {
  const pending = await findPendingSignIn(context);
  if (pending === undefined) return undefined;
  if (!(await isRightCode(context, pending.user, code))) return wrongCode();
  await finishSignIn(context, pending.user, { remember: pending.remember, hasSecondFactor: true });
  return { next: findNext(context) };
}

/** Refuses a code that is not right. */
export function wrongCode(): ReturnType<typeof refuse> {
  return refuse("code", "wrong", "This code is wrong, was used already, or is too old. Wait for the next one.");
}

/** Returns the account that may sign in. Without one, it does the same work, so that the time reveals nothing. */
async function checkLogin(context: AnyContext, email: string, password: string): Promise<Account | undefined> {
  await takeLogin(context, email);
  const service = findService(context);
  const user = await service.findByEmail(email);
  const { isRight, isWeak } = await service.parts.hasher.verify(password, user?.password);
  if (user === undefined || !isRight || !user.active || !service.mayEnter(user)) {
    logAccountEvent(context, "sign-in-failed", user?.id);
    return undefined;
  }
  await resetLogin(context, email);
  if (isWeak) await service.update(user, { password: await service.parts.hasher.hash(password) });
  return user;
}
