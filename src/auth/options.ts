/** Options of defineAccounts(), checked when it is called. */
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { isSafeRedirectTarget } from "../http/redirect-target.ts";
import type { FieldRecord } from "../forms/field-values.ts";
import { findLoginKey } from "./login-key.ts";
import { permissionNameMax } from "./permissions/names.ts";
import type { ApiTokenOptions } from "./api-tokens.ts";
import { assertTokenOptions } from "./api-tokens.ts";
import type { Policy } from "./policies/policy.ts";
import type { ProviderOptions } from "./providers/provider-options.ts";
import { assertProviders } from "./providers/provider-options.ts";
import type { RememberOptions } from "./remember/remember-tokens.ts";
import { assertRememberOptions } from "./remember/remember-tokens.ts";
import type { ForeignScheme } from "./passwords/hasher.ts";
import { hashCostMax } from "./passwords/schemes.ts";
import type { TwoFactorOptions } from "./two-factor/two-factor.ts";
import { assertTwoFactorOptions } from "./two-factor/two-factor.ts";

/** What the accounts need to know of your model. */
export interface UserClass {
  /** Makes a row. */
  new (): object;
  /** Name of the table. */
  readonly $table: string;
  /** Its fields. */
  readonly $fields: object;
}

/** Options of `defineAccounts()`. */
export interface AccountsOptions<User extends UserClass = UserClass, Permission extends string = string, Scope extends string = string> {
  /** The model of your users; it has the columns of `accountFields()`. */
  readonly user: User;
  /** Whether visitors can make an account. Default "closed". */
  readonly registration?: "open" | "closed";
  /** When an address is confirmed by mail: before the first login, after it, or never. Default "before". */
  readonly verifyEmail?: "before" | "after" | "never";
  /** Further fields of the registration form, stored in the columns of the same names. None by default. */
  readonly registrationFields?: FieldRecord;
  /** Path to go to after login, when there is no `next`. Default "/". */
  readonly afterLogin?: string;
  /** Fewest characters of a password. Default 8. */
  readonly passwordMin?: number;
  /** Called with each new password that follows the rules; returns a sentence to refuse it. If it fails or takes longer than 5 s, the password is accepted. */
  readonly checkPassword?: (
    password: string,
    request: { readonly signal: AbortSignal },
  ) => string | undefined | Promise<string | undefined>;
  /** How many times as long hashing a password takes, 1 to 5; `gable doctor` proposes a value. Default 1. */
  readonly hashCost?: number;
  /** Password hashes of other systems. They are replaced at the next login. None by default. */
  readonly foreignHashes?: readonly ForeignScheme[];
  /** Names of what users may be permitted, such as "loans.lend"; needs the models of `permissionModels()`. None by default. */
  readonly permissions?: readonly Permission[];
  /** API tokens: what they can be allowed to do. No tokens by default. */
  readonly tokens?: ApiTokenOptions<Scope>;
  /** Lets users stay signed in: `{}` for 60 days without a visit; needs the model of `rememberTokenModel()`. Off by default. */
  readonly remember?: RememberOptions;
  /** Lets users add a second factor: codes of an authenticator app. Needs the models of `twoFactorModels()`. Off by default. */
  readonly twoFactor?: TwoFactorOptions;
  /** Providers of OpenID Connect to sign in with, by a name of at most 40 characters for their addresses; needs the model of `identityModel()`. None by default. */
  readonly providers?: Readonly<Record<string, ProviderOptions>>;
  /** What users may do with records, one `policy()` for each model. None by default. */
  readonly policies?: readonly Policy[];
}

const optionNames: OptionKinds<AccountsOptions> = {
  user: true,
  registration: true,
  verifyEmail: true,
  registrationFields: "object",
  afterLogin: true,
  passwordMin: true,
  checkPassword: "function",
  hashCost: true,
  foreignHashes: "list",
  permissions: true,
  tokens: true,
  remember: true,
  twoFactor: true,
  providers: "object",
  policies: "list",
};
const owner = "defineAccounts()";
const columns = ["id", "email", "password", "emailVerifiedAt", "active", "signedInAt", "passwordChangedAt", "sessionsValidFrom"];
/** Columns that no form of an application sets; nor the column `username`, where users sign in with it. */
export const reservedColumns: ReadonlySet<string> = new Set([...columns, "isStaff", "isSuperuser", "next"]);

/** Checks the options. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function assertAccountsOptions(options: AccountsOptions): void {
  if (typeof options !== "object" || options === null) throw optionInvalid(owner, "options", options, "an object");
  assertKnownOptions(owner, options, optionNames);
  const { user, registrationFields = {}, afterLogin = "/", passwordMin = 8, hashCost = 1, foreignHashes = [], permissions = [] } = options;
  assertUser(user);
  assertTokenOptions(options.tokens);
  assertRememberOptions(options.remember);
  assertTwoFactorOptions(options.twoFactor);
  assertProviders(options.providers);
  assertOneOf("registration", options.registration, ["open", "closed"]);
  assertOneOf("verifyEmail", options.verifyEmail, ["before", "after", "never"]);
  for (const name of Object.keys(registrationFields)) assertExtraField(name, user);
  if (!isSafeRedirectTarget(afterLogin)) throw optionInvalid(owner, "afterLogin", afterLogin, "a path that starts with /");
  if (!Number.isSafeInteger(passwordMin) || passwordMin < 8 || passwordMin > 128)
    throw optionInvalid(owner, "passwordMin", passwordMin, "a whole number from 8 to 128");
  if (!Number.isSafeInteger(hashCost) || hashCost < 1 || hashCost > hashCostMax)
    throw optionInvalid(owner, "hashCost", hashCost, `a whole number from 1 to ${hashCostMax}`);
  for (const scheme of foreignHashes)
    if (typeof scheme?.prefix !== "string" || scheme.prefix === "" || typeof scheme.verify !== "function")
      throw optionInvalid(owner, "foreignHashes", scheme, "a list of { prefix, verify }");
  assertPermissionNames(permissions);
  assertPolicies(options.policies ?? []);
}

function assertUser(user: unknown): void {
  const fields =
    typeof user === "function" && "$fields" in user && typeof user.$fields === "object" ? (user.$fields ?? undefined) : undefined;
  const missing = columns.filter((name) => !Object.hasOwn(fields ?? {}, name));
  if (fields === undefined) throw optionInvalid(owner, "user", user, "a model");
  if (missing.length > 0)
    throw optionInvalid(owner, "user", user, `a model with the columns of accountFields(); it lacks ${missing.join(", ")}`);
  // Without the column username that accountFields() has made, nobody could sign in to an account without an address.
  const { email } = fields as { readonly email: { readonly options?: { readonly null?: boolean } } }; // It is among the columns.
  if (email.options?.null === true && findLoginKey(fields) === "email")
    throw optionInvalid(
      owner,
      "user",
      user,
      'a model whose column email is not null, or with the column username of accountFields({ login: "username" })',
    );
}

/** Databases may ignore case: names are in lower case. */
function assertPermissionNames(names: unknown): void {
  if (!Array.isArray(names)) throw optionInvalid(owner, "permissions", names, "a list of names");
  for (const [index, name] of names.entries()) {
    if (typeof name !== "string" || name.length > permissionNameMax || !/^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/.test(name))
      throw optionInvalid(owner, "permissions", name, `a list of names of at most ${permissionNameMax} characters, such as "loans.lend"`);
    if (names.indexOf(name) !== index) throw optionInvalid(owner, "permissions", name, "a list that has each name once");
  }
}

function assertPolicies(policies: unknown): void {
  if (!Array.isArray(policies)) throw optionInvalid(owner, "policies", policies, "a list of policies");
  const models = new Set<unknown>();
  // isArray() makes it a list of anything.
  for (const each of policies as readonly unknown[]) {
    if (typeof each !== "object" || each === null || !("model" in each) || !("rules" in each))
      throw optionInvalid(owner, "policies", each, "a list of what policy() returns");
    if (models.has(each.model)) throw optionInvalid(owner, "policies", each.model, "a list that has each model once");
    models.add(each.model);
  }
}

/** A form must not set what makes somebody an administrator. */
function assertExtraField(name: string, user: UserClass): void {
  if (reservedColumns.has(name) || name === findLoginKey(user.$fields) || !Object.hasOwn(user.$fields, name))
    throw optionInvalid(owner, "registrationFields", name, "fields that your model adds to accountFields()");
}

function assertOneOf(name: string, value: unknown, known: readonly string[]): void {
  if (value === undefined || (typeof value === "string" && known.includes(value))) return;
  throw optionInvalid(owner, name, value, known.map((each) => `"${each}"`).join(" or "));
}
