/** What the session of a user keeps for accounts, besides the id of the user. */
import type { AnyContext } from "../handlers/context.ts";
import type { Session } from "../handlers/session.ts";

/** When the user signed in, in ms since 1970. */
export const signedInKey = "gable.signedInAt";
/** Name of the device that signed in, for the list of sessions. */
export const deviceKey = "gable.device";
/** Address of the client that signed in, for that list. */
export const addressKey = "gable.address";
/** When the user last typed the password after that, in ms since 1970. */
export const confirmedKey = "gable.confirmedAt";
/** Which token of a remembered browser the session belongs to. */
export const rememberKey = "gable.remember";
/** A sign-in that waits for its second step: the user, when the first one was done, and whether the browser is to be remembered. */
export const pendingKey = "gable.pendingSignIn";
/** When the user gave a second factor, in ms since 1970. */
export const secondFactorKey = "gable.secondFactorAt";
/** An encrypted secret that the user has not confirmed yet. */
export const newSecretKey = "gable.newSecret";
/** The secret of a reset link. */
export const resetKey = "gable.resetToken";

/** 32 bytes as base64url. */
const secretForm = /^[\w-]{43}$/;

/**
 * Keeps the secret of a reset link for the page that asks for the password, in place of an earlier one. The session gets a new id, as it may
 * do more from now on. What cannot be a secret is not kept: an address can be longer than a session in a cookie.
 */
export function keepResetToken({ session }: AnyContext, secret: string): void {
  if (!secretForm.test(secret)) return session.delete(resetKey as never); // A key of the framework, not of the application.
  session.rotate();
  writeKey(session, resetKey, secret);
}

/** Returns the secret that was kept; "" without one. */
export async function readResetToken({ session }: AnyContext): Promise<string> {
  const secret = await readKey(session, resetKey);
  return typeof secret === "string" ? secret : "";
}

/** Returns what a session keeps under a key of accounts. */
export function readKey(session: Session, key: string): Promise<unknown> {
  return session.find(key as never); // A key of the framework, not of the application.
}

/** Keeps a value in a session under a key of accounts. */
export function writeKey(session: Session, key: string, value: unknown): void {
  session.set(key as never, value as never); // As above.
}
