/** Accounts without a request: for the command line, for seeds and for commands of your own. */
import { GableError } from "../errors/gable-error.ts";
import type { TypedPart } from "../parts/part.ts";
import type { Account } from "./account-fields.ts";
import type { Accounts } from "./accounts.ts";
import type { ApiToken, CreatedApiToken, NewApiToken } from "./api-tokens.ts";
import { normalizeEmail } from "./email-address.ts";
import { checkByApplication } from "./change-password.ts";
import type { LoginKey } from "./login-key.ts";
import { normalizeUsername } from "./login-key.ts";
import type { AccountsOptions } from "./options.ts";
import { accountsPart } from "./part.ts";
import { findPasswordProblem } from "./passwords/password-rules.ts";
import { toPersonalTexts } from "./passwords/personal-texts.ts";
import type { PermissionManager } from "./permissions/manage-permissions.ts";
import { createPermissionManager } from "./permissions/manage-permissions.ts";
import type { NewAccount, NewRow } from "./new-account.ts";
import { toNewRow } from "./new-account.ts";
import type { AccountService } from "./service.ts";

/** What {@link manageAccounts} asks of an application that has started. */
export interface AccountsApplication {
  /** Returns what a part made for the application. */
  part<Instance extends object>(part: TypedPart<Instance>): Instance;
  /** The application as facts. */
  describe(): { readonly options: { readonly accounts?: Accounts } };
}

/** Rights of an account. What is left out stays as it is. */
export interface AccountRights {
  /** Whether every permission is granted. */
  readonly isSuperuser?: boolean;
  /** Whether the pages of the staff open. */
  readonly isStaff?: boolean;
  /** Whether the account can be used. */
  readonly active?: boolean;
}

/** Creates and changes the accounts of one application. */
export interface AccountManager {
  /** Finds an account by its address, whatever its case. Throws `E_VALIDATION` for a string that is not an address. */
  findByEmail(email: string): Promise<Account | undefined>;
  /** Finds an account by its address. Throws `E_ACCOUNT_UNKNOWN` when there is none, and `E_VALIDATION`. */
  getByEmail(email: string): Promise<Account>;
  /** Finds an account by its user name, whatever its case. Throws `E_ACCOUNTS_SETUP` for accounts that sign in with an address. */
  findByUsername(username: string): Promise<Account | undefined>;
  /** Finds an account by its user name. Throws `E_ACCOUNT_UNKNOWN` when there is none, and `E_ACCOUNTS_SETUP`. */
  getByUsername(username: string): Promise<Account>;
  /** Finds an account by its address or its user name: a user name has no "@". Throws `E_ACCOUNT_UNKNOWN`, and `E_VALIDATION`. */
  getByName(name: string): Promise<Account>;
  /** Checks a password by the built-in rules. `personal` are strings that identify the owner, such as names. Throws `E_PASSWORD_WEAK`. */
  assertPassword(password: string, personal: readonly string[]): void;
  /**
   * Creates an account whose address counts as confirmed. The password is checked and hashed as at registration. Throws
   * `E_PASSWORD_WEAK`, `E_ACCOUNT_EXISTS`, and `E_VALIDATION` for values that the model refuses.
   */
  create(values: NewAccount & AccountRights): Promise<Account>;
  /** Sets a new password: all sessions and all links of the account end. Throws `E_PASSWORD_WEAK`. */
  setPassword(user: Account, password: string): Promise<void>;
  /** Gives and takes rights. Throws `E_ACCOUNTS_SETUP` for a right that the model has no column for. */
  grant(user: Account, rights: AccountRights): Promise<void>;
  /**
   * Turns the second factor of an account off, for a user who has lost the app and the recovery codes. Returns false when there is none.
   * Throws `E_ACCOUNTS_SETUP` for accounts without the option `twoFactor`.
   */
  turnOffTwoFactor(user: Account): Promise<boolean>;
  /** Groups, and what users and groups may do. Throws `E_ACCOUNTS_SETUP` for accounts that declare no permissions. */
  readonly permissions: PermissionManager;
  /**
   * Creates an API token. Its text is in the result, and nowhere else. Throws `E_OPTION_INVALID` for an unknown scope, and
   * `E_ACCOUNTS_SETUP` for accounts without the option `tokens`.
   */
  createToken(user: Account, values: NewApiToken): Promise<CreatedApiToken>;
  /** Lists the API tokens of an account, the newest first, with those that have expired. */
  listTokens(user: Account): Promise<readonly ApiToken[]>;
  /** @internal Makes an account the user of requests that this process sends to itself, for `gable shell`; undefined ends it. */
  actAs(user: Account | undefined): void;
  /** Revokes an API token of an account. Returns false when the account has no token with this id. */
  revokeToken(user: Account, id: number): Promise<boolean>;
}

/**
 * Returns the accounts of an application that has started, to create and change them without a request. Throws
 * `E_ACCOUNTS_SETUP` for an application without accounts.
 *
 * @example
 * await manageAccounts(app).create({ email: "ann@example.com", password, isStaff: true });
 */
export function manageAccounts(app: AccountsApplication): AccountManager {
  const { accounts } = app.describe().options;
  if (accounts === undefined)
    throw new GableError("E_ACCOUNTS_SETUP", "This application has no accounts.", {
      fix: "Pass accounts to gable(): gable({ accounts: defineAccounts({ user: User }) }).",
    });
  return new ServiceManager(app.part(accountsPart), accounts.options);
}

class ServiceManager implements AccountManager {
  readonly #service: AccountService;
  readonly #options: AccountsOptions;

  constructor(service: AccountService, options: AccountsOptions) {
    this.#service = service;
    this.#options = options;
  }

  get permissions(): PermissionManager {
    return createPermissionManager(this.#service.permissions());
  }

  async findByEmail(text: string): Promise<Account | undefined> {
    const email = normalizeEmail(text);
    await this.#assertValid({ email, password: "" });
    return this.#service.findByEmail(email);
  }

  async getByEmail(email: string): Promise<Account> {
    const user = await this.findByEmail(email);
    if (user !== undefined) return user;
    throw new GableError("E_ACCOUNT_UNKNOWN", `No account has the address "${normalizeEmail(email)}".`);
  }

  async findByUsername(username: string): Promise<Account | undefined> {
    if (this.#service.parts.loginKey === "username") return this.#service.findByUsername(normalizeUsername(username));
    throw new GableError("E_ACCOUNTS_SETUP", "The accounts of this application have no user names.", {
      fix: 'Use the address, or give the model the columns of accountFields({ login: "username" }).',
    });
  }

  async getByUsername(username: string): Promise<Account> {
    const user = await this.findByUsername(username);
    if (user !== undefined) return user;
    throw new GableError("E_ACCOUNT_UNKNOWN", `No account has the user name "${normalizeUsername(username)}".`);
  }

  getByName(name: string): Promise<Account> {
    const isUsername = this.#service.parts.loginKey === "username" && !name.includes("@");
    return isUsername ? this.getByUsername(name) : this.getByEmail(name);
  }

  assertPassword(password: string, personal: readonly string[]): void {
    const { passwordMin: min } = this.#options;
    const problem = findPasswordProblem(password, { ...(min !== undefined && { min }), personal });
    if (problem !== undefined) throw passwordWeak(problem.message, problem.code);
  }

  async #assertNewPassword(password: string, owner: object): Promise<void> {
    const { model, log } = this.#service.parts;
    this.assertPassword(password, toPersonalTexts(model, owner));
    const message = await checkByApplication(log, this.#options.checkPassword, password);
    if (message !== undefined) throw passwordWeak(message, "refused");
  }

  async create({ password, ...given }: NewAccount & AccountRights): Promise<Account> {
    // What remains has one of the two names, as the type of the parameter says.
    const values = toNewRow({ ...given, password } as NewAccount, this.#service.parts.loginKey);
    this.#assertColumns(given);
    await this.#assertValid(values);
    const taken = await this.#service.findTaken(values);
    if (taken !== undefined) throw accountExists(taken, values);
    await this.#assertNewPassword(password, values);
    // Who runs this answers for the address.
    const verified = values.email === null ? {} : { emailVerifiedAt: new Date(this.#service.parts.now()) };
    const made = await this.#service.create({ ...verified, ...values });
    if (typeof made === "string") throw accountExists(made, values);
    return made;
  }

  /** An address or a user name that the model refuses is refused before a password is asked. */
  async #assertValid({ email, username }: NewRow): Promise<void> {
    const given = { ...(email !== null && { email }), ...(username !== undefined && { username }) };
    const errors = await this.#service.run(() => this.#service.parts.model.validate(given, { isPartial: true }));
    for (const [name, text] of Object.entries(given)) {
      const [message] = errors[name] ?? [];
      if (message === undefined) continue;
      const what = name === "email" ? "an address" : "a user name";
      const fix = name === "email" ? "Correct the address." : "Use letters from a to z, digits, and . _ - after the first character.";
      throw new GableError("E_VALIDATION", `"${text}" is not ${what}: ${message}`, { fix, details: { errors } });
    }
  }

  async setPassword(user: Account, password: string): Promise<void> {
    await this.#assertNewPassword(password, user);
    await this.#service.setPassword(user, password);
  }

  async grant(user: Account, rights: AccountRights): Promise<void> {
    this.#assertColumns(rights);
    const { model } = this.#service.parts;
    const values = Object.fromEntries(rightNames.flatMap((name) => (rights[name] === undefined ? [] : [[name, rights[name]]])));
    await this.#service.run(() => model.where({ id: user.id }).update(values));
    Object.assign(user, values);
  }

  actAs(user: Account | undefined): void {
    this.#service.actAs(user);
  }

  turnOffTwoFactor(user: Account): Promise<boolean> {
    return this.#service.run(() => this.#service.twoFactors().turnOff(String(user.id)));
  }

  createToken(user: Account, values: NewApiToken): Promise<CreatedApiToken> {
    return this.#service.run(() => this.#service.apiTokens().create(String(user.id), values));
  }

  listTokens(user: Account): Promise<readonly ApiToken[]> {
    return this.#service.run(() => this.#service.apiTokens().list(String(user.id)));
  }

  revokeToken(user: Account, id: number): Promise<boolean> {
    return this.#service.run(() => this.#service.apiTokens().revoke(String(user.id), id));
  }

  /** A model of accounts may leave out columns that its application does not use. */
  #assertColumns(rights: AccountRights): void {
    const { model } = this.#service.parts;
    for (const name of rightNames)
      if (rights[name] !== undefined && !model.$meta.fields.has(name))
        throw new GableError("E_ACCOUNTS_SETUP", `The model ${model.name} has no field ${name}.`, {
          fix: "Give it the columns of accountFields().",
        });
  }
}

const rightNames = ["isSuperuser", "isStaff", "active"] as const satisfies ReadonlyArray<keyof AccountRights>;

function passwordWeak(fix: string, rule: string): GableError {
  return new GableError("E_PASSWORD_WEAK", "The password cannot be used.", { fix, details: { rule } });
}

function accountExists(taken: LoginKey, values: NewRow): GableError {
  const what = taken === "email" ? "address" : "user name";
  return new GableError("E_ACCOUNT_EXISTS", `An account with the ${what} "${values[taken]}" exists already.`);
}
