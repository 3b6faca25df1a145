/** The columns of an account, and the shape that the rest of this folder relies on. */
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { Model } from "../data/model.ts";
import { field as f } from "../data/schema/field.ts";
import type { LoginKey } from "./login-key.ts";
import { usernameLengthMax, usernamePattern } from "./login-key.ts";

/** Options of `accountFields()`. */
export interface AccountFieldsOptions {
  /** What users sign in with. "username" adds the column `username`, and makes `email` optional. Default "email". */
  readonly login?: LoginKey;
}

const shared = () => ({
  password: f.text({ max: 512, secret: true }),
  emailVerifiedAt: f.datetime({ null: true }),
  active: f.boolean({ default: true }),
  isStaff: f.boolean({ default: false }),
  isSuperuser: f.boolean({ default: false }),
  signedInAt: f.datetime({ null: true }),
  passwordChangedAt: f.datetime({ null: true }),
  sessionsValidFrom: f.datetime({ null: true }),
});

// The types of records of fields are what the fields make them: writing them out would repeat them.
const byEmail = () => ({ id: f.id(), email: f.email({ unique: true }), ...shared() });

const byUsername = () => ({
  id: f.id(),
  username: f.text({ max: usernameLengthMax, unique: true, pattern: usernamePattern, label: "User name" }),
  email: f.email({ unique: true, null: true }),
  ...shared(),
});

/**
 * Creates the columns of accounts, for your model. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
 *
 * @example
 * export class User extends Model("users", { ...accountFields(), name: f.text({ max: 100 }) }) {}
 */
export function accountFields(options?: { readonly login?: "email" }): ReturnType<typeof byEmail>;
/**
 * Creates the columns of accounts that sign in with a user name; their address is optional. Throws `E_OPTION_UNKNOWN` and
 * `E_OPTION_INVALID`.
 *
 * @example
 * export class User extends Model("users", { ...accountFields({ login: "username" }) }) {}
 */
export function accountFields(options: { readonly login: "username" }): ReturnType<typeof byUsername>;
export function accountFields(options: AccountFieldsOptions = {}): ReturnType<typeof byEmail> | ReturnType<typeof byUsername> {
  const owner = "accountFields()";
  assertKnownOptions(owner, options, { login: true });
  const { login = "email" } = options;
  if (login !== "email" && login !== "username") throw optionInvalid(owner, "login", login, '"email" or "username"');
  return login === "email" ? byEmail() : byUsername();
}

const createModel = () => Model("users", { ...byEmail(), email: f.email({ unique: true, null: true }) });

/** A model that has the columns of an account. */
export type AccountModel = ReturnType<typeof createModel>;

/** A row of it. `email` is null only for accounts that sign in with a user name. */
export type Account = InstanceType<AccountModel> & { readonly username?: string };
