/** What accounts sign in with: their e-mail address, or a user name. */
import { lowerAscii, normalizeEmail } from "./email-address.ts";

/** What users sign in with. */
export type LoginKey = "email" | "username";

export const usernameLengthMax = 64;

/**
 * What is stored: ASCII in lower case, so that no database takes two names for one, and no name looks like another. Without "@", none is an
 * e-mail address. The column of `accountFields({ login: "username" })` is known by this value.
 */
export const usernamePattern = /^[a-z0-9][a-z0-9._-]*$/;

/** What may be typed. */
export const typedUsername = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Returns what the accounts with these columns sign in with. */
export function findLoginKey(fields: object): LoginKey {
  return findPattern(fields) === usernamePattern ? "username" : "email";
}

function findPattern(fields: object): unknown {
  // The columns are those of any model.
  const { username } = fields as { readonly username?: { readonly options?: { readonly pattern?: unknown } } };
  return username?.options?.pattern;
}

/** Returns a user name as accounts store it. */
export function normalizeUsername(text: string): string {
  return lowerAscii(text.trim());
}

/** Returns what somebody typed to sign in as accounts store it. */
export function normalizeLogin(key: LoginKey, text: string): string {
  return key === "email" ? normalizeEmail(text) : normalizeUsername(text);
}
