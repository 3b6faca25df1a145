/** The second factor of a user: turning it on and off, recovery codes, and giving a code. */
import type { AnyContext } from "../../handlers/context.ts";
import type { Account } from "../account-fields.ts";
import { confirmedUser, currentUser } from "../current-password.ts";
import { mailNotice } from "../mail-links.ts";
import { mailTexts } from "../mails.ts";
import { changeHeld } from "../held-account.ts";
import { findNext } from "../next-page.ts";
import { findService } from "../find-service.ts";
import { newSecretKey, readKey, writeKey } from "../session-values.ts";
import { resetCodes, takeCode } from "../throttle.ts";
import { assertCode, codeSecondsDefault } from "../two-factor/code-question.ts";
import { isRightCode } from "../two-factor/second-factor.ts";
import { toOtpauth } from "../two-factor/totp.ts";
import type { TwoFactorState } from "../two-factor/two-factor.ts";
import { endOtherSessions } from "../user-sessions.ts";
import type { AccountResult, SentOn } from "./results.ts";
import { wrongCode } from "./sign-in-actions.ts";

/** What an authenticator app needs. */
export interface NewSecret {
  /** The key, in groups of four letters. */
  readonly key: string;
  /** Link that opens an app on the same device; a QR code can contain it. */
  readonly address: string;
}

/** Actions of two-factor sign-in. All throw `E_ACCOUNTS_SETUP` without the option `twoFactor`. */
export interface TwoFactorActions {
  /** Returns the second factor of the user of a request; undefined without one. */
  find(context: AnyContext): Promise<TwoFactorState | undefined>;
  /** Returns a new secret. The session keeps it encrypted until the user confirms it, for at most an hour. */
  begin(context: AnyContext): Promise<NewSecret>;
  /**
   * Turns it on with the first code of the new secret: ends all other sessions, and mails a notice. Undefined when it is on already.
   * Needs the guard `sudo()`: otherwise it throws `E_CONFIRMATION_REQUIRED`. Throws `E_LOGIN_THROTTLED`.
   */
  turnOn(
    context: AnyContext,
    values: { readonly code: string },
  ): Promise<AccountResult<{ readonly recoveryCodes: readonly string[] }> | undefined>;
  /** Replaces the recovery codes, and returns the new ones; undefined without a second factor. Needs the guard `sudo({ withCode: true })`. */
  replaceCodes(context: AnyContext): Promise<readonly string[] | undefined>;
  /** Turns it off, and mails a notice. Returns false when it was off. Needs the same guard. */
  turnOff(context: AnyContext): Promise<boolean>;
  /**
   * Checks a code of the user for the guard `secondFactor`; the session gets a new id. Undefined without a second factor. Throws
   * `E_LOGIN_THROTTLED`.
   */
  confirm(context: AnyContext, values: { readonly code: string }): Promise<SentOn | undefined>;
}

export const twoFactorActions: TwoFactorActions = {
  find: async (context) => {
    const service = findService(context);
    const { id } = await currentUser(context);
    return service.run(() => service.twoFactors().describe(String(id)));
  },
  begin: async (context) => {
    const twoFactors = findService(context).twoFactors();
    const user = await confirmedUser(context);
    const { id } = user;
    let secret = await readNewSecret(context, String(id));
    if (secret === undefined) {
      const made = twoFactors.createSecret(String(id));
      writeKey(context.session, newSecretKey, made.sealed);
      secret = made.secret;
    }
    const key = secret.match(/.{4}/g)!.join(" "); // It has 32 letters.
    return { key, address: toOtpauth(secret, { issuer: twoFactors.parts.issuer, login: findService(context).loginOf(user) }) };
  },
  turnOn: async (context, { code }) => {
    const service = findService(context);
    const user = await confirmedUser(context);
    const userId = String(user.id);
    if (await isOn(context, userId)) return undefined;
    assertNoticePage(context);
    const secret = await readNewSecret(context, userId);
    await takeCode(context, userId);
    const recoveryCodes = secret && (await changeHeld(service, user, () => service.twoFactors().turnOn(userId, secret, code)));
    // Another request may have been faster.
    if (!recoveryCodes) return (await isOn(context, userId)) ? undefined : wrongCode();
    await resetCodes(context, userId);
    // Whoever knew the password may be signed in elsewhere.
    await endOtherSessions(context, user);
    service.noteSecondFactor(context);
    notify(context, user, "turned on");
    return { recoveryCodes };
  },
  replaceCodes: async (context) => {
    const service = findService(context);
    const user = await confirmedUser(context);
    await assertCode(context, user, codeSecondsDefault);
    return service.run(() => service.twoFactors().replaceCodes(String(user.id)));
  },
  turnOff: async (context) => {
    const service = findService(context);
    const user = await confirmedUser(context);
    await assertCode(context, user, codeSecondsDefault);
    assertNoticePage(context);
    const wasOn = await service.run(() => service.twoFactors().turnOff(String(user.id)));
    if (wasOn) notify(context, user, "turned off");
    return wasOn;
  },
  confirm: async (context, { code }) => {
    const user = await currentUser(context);
    if (!(await isOn(context, String(user.id)))) return undefined;
    if (!(await isRightCode(context, user, code))) return wrongCode();
    findService(context).noteSecondFactor(context);
    return { next: findNext(context) };
  },
};

function isOn(context: AnyContext, userId: string): Promise<boolean> {
  const service = findService(context);
  return service.run(() => service.twoFactors().isOn(userId));
}

async function readNewSecret(context: AnyContext, userId: string): Promise<string | undefined> {
  return findService(context)
    .twoFactors()
    .openNewSecret(userId, await readKey(context.session, newSecretKey));
}

/** The notice has a link to the page of a forgotten password. */
function assertNoticePage(context: AnyContext): void {
  const { parts, routes } = findService(context);
  if (parts.mail !== undefined) routes.assert("forgot");
}

function notify(context: AnyContext, user: Account, what: string): void {
  const { parts, routes } = findService(context);
  if (parts.mail !== undefined) mailNotice(context, user, mailTexts.twoFactor(what, routes.url("forgot")));
}
