/** The actions of accounts: what the pages do, without the pages. The built-in routes and copies of them call nothing else. */
import type { AnyContext } from "../../handlers/context.ts";
import { findNext } from "../next-page.ts";
import type { AccountsOptions } from "../options.ts";
import type { ConfirmationWays } from "../providers/confirmation-ways.ts";
import { findConfirmationWays } from "../providers/confirmation-ways.ts";
import { currentUser } from "../current-password.ts";
import type { NewAccount } from "../new-account.ts";
import { findService } from "../find-service.ts";
import { changeOwnEmail, changeOwnPassword, confirmPassword, findFirstPassword, setFirstPassword } from "./change-actions.ts";
import { findReset, findVerification, mailReset, openReset, resetPassword, verifyAddress } from "./link-actions.ts";
import { registerAccount } from "./register-action.ts";
import type { AccountResult, SentOn } from "./results.ts";
import type { SessionActions } from "./session-actions.ts";
import { sessionActions } from "./session-actions.ts";
import type { SignInValues } from "./sign-in-actions.ts";
import { hasPendingSignIn, signInWithCode, signInWithPassword } from "./sign-in-actions.ts";
import type { TokenActions } from "./token-actions.ts";
import { tokenActions } from "./token-actions.ts";
import type { TwoFactorActions } from "./two-factor-actions.ts";
import { twoFactorActions } from "./two-factor-actions.ts";

/**
 * What the pages of accounts do. Each action takes the values of a valid form.
 *
 * An action does everything that makes it safe: it throttles, takes equally long for unknown accounts, hashes, gives the session a new id, sends
 * mails after the reply, and writes to the log.
 *
 * A refusal has a `problem` for the form. Actions of a user throw `E_LOGIN_REQUIRED` for a visitor; those that need the guard `sudo()`
 * throw `E_CONFIRMATION_REQUIRED` without it. `changePassword()` and `changeEmail()` need the guard `fullySignedIn`. Actions that mail throw 404 in an application without `mail`.
 *
 * @example
 * const done = await accounts.actions.signIn(context, form.data);
 * if (done.problem === undefined) return redirect(done.next);
 */
export interface AccountActions {
  /**
   * Signs in with address or user name, and password. `next` is the page that asks for a second factor, or that of the query `next`.
   * All failures have the same problem. Throws `E_LOGIN_THROTTLED` after too many attempts.
   */
  signIn(context: AnyContext, values: SignInValues): Promise<SentOn>;
  /** Whether a sign-in of this browser waits for a code. It waits for at most 10 minutes. */
  hasPendingSignIn(context: AnyContext): Promise<boolean>;
  /** Finishes a sign-in that waits, with a code. Undefined when none waits. Throws `E_LOGIN_THROTTLED`. */
  signInWithCode(context: AnyContext, values: { readonly code: string }): Promise<SentOn | undefined>;
  /** Ends the session, and forgets the browser. */
  signOut(context: AnyContext): void;
  /** Returns the path that the query `next` asks for if it is on this site, else the option `afterLogin`. */
  findNext(context: AnyContext): string;
  /**
   * Makes an account from the columns of `values`. With `verifyEmail: "before"` the answer is the same for a known address, whose owner
   * gets a mail; a user name that is taken is refused. Throws `E_RATE_LIMITED`, and `E_OPTION_INVALID` for a column such as `isStaff`.
   */
  register(context: AnyContext, values: NewAccount): Promise<AccountResult<{ readonly next: string | undefined }>>;
  /** Returns what a link confirms, without using it up, because mail scanners open links. Undefined when the link is not valid. */
  findVerification(context: AnyContext, token: string): Promise<{ readonly email: string } | undefined>;
  /** Confirms an address by its link, once. Undefined when the link is not valid. */
  verify(context: AnyContext, token: string): Promise<{ readonly next: string } | undefined>;
  /** Sends a link to set a new password, after the reply, if the account exists. Throws `E_RATE_LIMITED`. */
  mailReset(context: AnyContext, values: { readonly email: string }): Promise<void>;
  /** Moves the secret of a reset link from the URL into the session. Then redirect to a URL without it. */
  openReset(context: AnyContext, token: string): void;
  /** Returns what the opened link is for; undefined when the link is not valid. */
  findReset(context: AnyContext): Promise<{ readonly email: string } | undefined>;
  /** Sets a new password with the opened link, once, and ends all sessions. `next` is the login. Undefined when the link is not valid. */
  resetPassword(context: AnyContext, values: { readonly password: string }): Promise<SentOn | undefined>;
  /** Changes the password of the user: ends all other sessions, and mails a notice. Throws `E_LOGIN_THROTTLED`. */
  changePassword(context: AnyContext, values: { readonly current: string; readonly password: string }): Promise<SentOn>;
  /** Returns the page where the user sets a first password, after a sign-in with a provider; undefined for a user who has one. */
  findFirstPassword(context: AnyContext): Promise<string | undefined>;
  /** Sets the first password of a user. Undefined for a user who has one. Needs the guard `sudo()`. */
  setFirstPassword(context: AnyContext, values: { readonly password: string }): Promise<SentOn | undefined>;
  /** Sends a link to the new address, which takes effect when the link is opened, and a notice to the old one. Throws `E_LOGIN_THROTTLED` and `E_RATE_LIMITED`. */
  changeEmail(context: AnyContext, values: { readonly current: string; readonly email: string }): Promise<AccountResult>;
  /** Confirms with the password that this is the user, for the guard `sudo()`. Throws `E_LOGIN_THROTTLED`. */
  confirm(context: AnyContext, values: { readonly current: string }): Promise<SentOn>;
  /** Finds what the user can confirm with: a password, and the linked providers. */
  findConfirmation(context: AnyContext): Promise<ConfirmationWays>;
  /** Lists and ends sessions. */
  readonly sessions: SessionActions;
  /** API tokens. */
  readonly tokens: TokenActions;
  /** Two-factor sign-in. */
  readonly twoFactor: TwoFactorActions;
}

/** Creates the actions of accounts with these options. They find the application by the request. */
export function createActions(options: AccountsOptions): AccountActions {
  return Object.freeze<AccountActions>({
    signIn: signInWithPassword,
    hasPendingSignIn,
    signInWithCode,
    signOut: (context) => findService(context).signOut(context),
    findNext,
    register: (context, values) => registerAccount(context, values, options),
    findVerification,
    verify: verifyAddress,
    mailReset,
    openReset,
    findReset,
    resetPassword: (context, values) => resetPassword(context, values, options),
    changePassword: (context, values) => changeOwnPassword(context, values, options),
    findFirstPassword,
    setFirstPassword: (context, values) => setFirstPassword(context, values, options),
    changeEmail: changeOwnEmail,
    confirm: confirmPassword,
    findConfirmation: async (context) => findConfirmationWays(context, await currentUser(context)),
    sessions: sessionActions,
    tokens: tokenActions,
    twoFactor: twoFactorActions,
  });
}
