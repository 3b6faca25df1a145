/** New accounts, before they are stored. */
import { optionInvalid } from "../errors/option-errors.ts";
import { normalizeEmail } from "./email-address.ts";
import type { LoginKey } from "./login-key.ts";
import { normalizeUsername } from "./login-key.ts";

/** What a new account is made from: the columns of the registration form. */
export type NewAccount = ({ readonly email: string } | { readonly username: string; readonly email?: string | null }) & {
  readonly password: string;
} & Readonly<Record<string, unknown>>;

/** A new account, with its address and its user name as accounts store them. */
export type NewRow = { readonly email: string | null; readonly username?: string; readonly password: string } & Readonly<
  Record<string, unknown>
>;

/** Returns a new account with its address and its user name as accounts store them. Throws `E_OPTION_INVALID` where one is missing. */
export function toNewRow(given: NewAccount, loginKey: LoginKey): NewRow {
  const { email: address, username: name } = given as Readonly<Record<string, unknown>>; // Forms of applications make these values.
  const email = typeof address === "string" && address.trim() !== "" ? normalizeEmail(address) : null;
  if (loginKey === "email") {
    if (email === null) throw optionInvalid("a new account", "email", address, "an address");
    return { ...given, email };
  }
  if (typeof name !== "string") throw optionInvalid("a new account", "username", name, "a user name");
  return { ...given, email, username: normalizeUsername(name) };
}
