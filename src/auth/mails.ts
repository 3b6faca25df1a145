/** The mails of accounts. Their links carry the configured origin, never the host of a request. */
import type { AppMail } from "../mail/part.ts";

/** A mail of accounts. */
export interface AccountMailText {
  readonly subject: string;
  /** Sentences before the link. */
  readonly text: string;
  /** Path of the link. None by default. */
  readonly path?: string;
}

/** Sends the mails of accounts. */
export class AccountMail {
  readonly #mailer: Pick<AppMail, "sendOrEnqueue">;
  readonly #origin: string;

  constructor(mailer: Pick<AppMail, "sendOrEnqueue">, origin: string) {
    this.#mailer = mailer;
    this.#origin = origin;
  }

  /** Sends a mail: by a task, where the application has tasks. */
  async send(to: string, { subject, text, path }: AccountMailText): Promise<void> {
    const link = path === undefined ? "" : `\n\n${new URL(path, this.#origin).href}`;
    await this.#mailer.sendOrEnqueue({ to, subject, text: `${text}${link}\n` });
  }
}

/** Who signs in with a user name may have forgotten that instead. */
const withName = (username: string | undefined): string => (username === undefined ? "" : ` Your user name is ${username}.`);

const cleared =
  " Your address was not confirmed before, so two-factor sign-in, API tokens and linked providers of the account were removed. Set up again what you need.";

/** The texts of all mails. */
export const mailTexts = {
  verify: (path: string): AccountMailText => ({
    subject: "Confirm your e-mail address",
    text: "Open this link within 24 hours to confirm your address. If you have not made an account, ignore this mail.",
    path,
  }),
  known: (path: string, username?: string): AccountMailText => ({
    subject: "You have an account already",
    text: `Somebody tried to make an account with your address, which has one already.${withName(username)} If you have forgotten your password, open this link:`,
    path,
  }),
  reset: (path: string, username?: string): AccountMailText => ({
    subject: "Set a new password",
    text: `Open this link within one hour to set a new password.${withName(username)} If you have not asked for it, ignore this mail: your password stays as it is.`,
    path,
  }),
  passwordChanged: (path: string, isCleared = false): AccountMailText => ({
    subject: "Your password was changed",
    text: `Your password was changed, and all devices were signed out.${isCleared ? cleared : ""} If that was not you, set a new password now:`,
    path,
  }),
  providerLinked: (label: string, path: string | undefined): AccountMailText => ({
    subject: "A provider was linked to your account",
    text: `${label} was linked to your account, so that you can sign in with it. If that was not you, unlink it and set a new password.`,
    ...(path !== undefined && { path }),
  }),
  twoFactor: (what: string, path: string): AccountMailText => ({
    subject: `Two-factor sign-in was ${what}`,
    text: `Two-factor sign-in of your account was ${what}. If that was not you, set a new password now:`,
    path,
  }),
  newEmail: (path: string): AccountMailText => ({
    subject: "Confirm your new e-mail address",
    text: "Open this link within 24 hours to use this address for your account.",
    path,
  }),
  emailChanging: (): AccountMailText => ({
    subject: "Your e-mail address is about to change",
    text: "Somebody who knows your password asked to change the address of your account. If that was not you, set a new password now.",
  }),
} as const;
