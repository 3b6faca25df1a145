/** Signing in, with one step or two, and signing out. */
import type { AnyContext } from "../../handlers/context.ts";
import { logAccountEvent } from "../account-events.ts";
import type { Account } from "../account-fields.ts";
import { completeSignIn, finishSignIn } from "../complete-sign-in.ts";
import { optionInvalid } from "../../errors/option-errors.ts";
import { normalizeLogin } from "../login-key.ts";
import { findNext } from "../next-page.ts";
import { checkPassword } from "../passwords/check-password.ts";
import { findService } from "../find-service.ts";
import { resetLogin, takeLogin } from "../throttle.ts";
import { findPendingSignIn, isRightCode } from "../two-factor/second-factor.ts";
import type { SentOn } from "./results.ts";
import { refuse } from "./results.ts";

/** What the login form sends: an address or a user name, by what the accounts sign in with, and a password. */
export type SignInValues = ({ readonly email: string } | { readonly username: string }) & SignInSecret;

/** What proves who signs in. */
export interface SignInSecret {
  /** Password, as it was typed. */
  readonly password: string;
  /** Whether the browser is to be remembered, where the accounts have the option `remember`. Default false. */
  readonly remember?: boolean;
}

export async function signInWithPassword(context: AnyContext, values: SignInValues): Promise<SentOn> {
  const { password, remember = false } = values;
  const { loginKey } = findService(context).parts;
  const { [loginKey]: typed } = values as { readonly email?: unknown; readonly username?: unknown }; // Forms of applications make them.
  if (typeof typed !== "string") throw optionInvalid("signIn()", loginKey, typed, "what was typed, a string");
  const user = await checkLogin(context, normalizeLogin(loginKey, typed), password);
  if (user === undefined) return refuse(null, "login", `${loginKey === "email" ? "E-mail" : "User name"} or password is wrong.`);
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
async function checkLogin(context: AnyContext, login: string, password: string): Promise<Account | undefined> {
  await takeLogin(context, login);
  const service = findService(context);
  const user = await service.findByLogin(login);
  const { isRight, isWeak } = await checkPassword(context, service.parts.hasher, { user, password });
  const mayEnter = isRight && user?.active === true && service.mayEnter(user);
  // Another request may have changed the password meanwhile.
  const isKept = mayEnter && (!isWeak || (await service.updateUnchanged(user, { password: await service.parts.hasher.hash(password) })));
  if (!isKept) {
    logAccountEvent(context, "sign-in-failed", user?.id);
    return undefined;
  }
  await resetLogin(context, login);
  return user;
}
