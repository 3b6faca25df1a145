/** The accounts of a running application: who a visitor is, signing in and out, and changes of accounts. */
import type { Database } from "../data/database.ts";
import { joinDatabase } from "../data/run/context.ts";
import { GableError } from "../errors/gable-error.ts";
import type { AnyContext } from "../handlers/context.ts";
import type { Logger } from "../handlers/logger.ts";
import { noteUserId } from "../handlers/request-user.ts";
import type { Session } from "../handlers/session.ts";
import type { Sessions } from "../session/sessions.ts";
import type { Account, AccountModel } from "./account-fields.ts";
import type { ApiTokens } from "./api-tokens.ts";
import { noTokens } from "./api-tokens.ts";
import { toDeviceName } from "./device-name.ts";
import { logAccountEvent } from "./account-events.ts";
import type { LoginKey } from "./login-key.ts";
import type { AccountMail } from "./mails.ts";
import type { PasswordHasher } from "./passwords/hasher.ts";
import { forgetBrowser, restoreUser } from "./remember/remember-me.ts";
import type { RememberTokens } from "./remember/remember-tokens.ts";
import type { Providers } from "./providers/providers.ts";
import type { PermissionSetup } from "./permissions/permissions.ts";
import { Permissions } from "./permissions/permissions.ts";
import type { NamedRoutes } from "./named-routes.ts";
import type { NewRow } from "./new-account.ts";
import {
  addressKey,
  confirmedKey,
  deviceKey,
  newSecretKey,
  pendingKey,
  readKey,
  rememberKey,
  resetKey,
  secondFactorKey,
  signedInKey,
  writeKey,
} from "./session-values.ts";
import type { AccountTokens } from "./tokens.ts";
import type { TwoFactors } from "./two-factor/two-factor.ts";
import { withNext } from "./with-next.ts";

/** What the accounts of an application are made of. */
export interface AccountServiceParts {
  readonly database: Database;
  readonly model: AccountModel;
  readonly loginKey: LoginKey;
  readonly hasher: PasswordHasher;
  readonly sessions: Sessions;
  readonly log: Logger;
  readonly routes: NamedRoutes;
  readonly afterLogin: string;
  /** Whether nobody signs in before the address is confirmed. */
  readonly verifiesBefore: boolean;
  /** Undefined for an application that sends no mail. */
  readonly mail: AccountMail | undefined;
  readonly tokens: AccountTokens | undefined;
  /** Undefined for accounts that declare no permissions. */
  readonly permissions: PermissionSetup | undefined;
  /** Undefined for accounts without the option `tokens`. */
  readonly apiTokens: ApiTokens | undefined;
  /** Undefined for accounts without the option `remember`. */
  readonly remember: RememberTokens | undefined;
  /** Undefined for accounts without the option `twoFactor`. */
  readonly twoFactors: TwoFactors | undefined;
  /** Undefined for accounts without the option `providers`. */
  readonly providers: Providers | undefined;
  readonly hasView: (name: string) => boolean;
  readonly now: () => number;
}

/** What changes with a password. */
type PasswordChange = Pick<Account, "password" | "passwordChangedAt" | "sessionsValidFrom">;

/** The accounts of one application. */
export class AccountService {
  readonly parts: AccountServiceParts;
  readonly #users = new WeakMap<AnyContext, Account | null>();
  /** When the rows of accounts were read. */
  readonly #readAt = new WeakMap<Account, number>();
  /** Requests whose user is that of an API token, not of the session. */
  readonly #byToken = new WeakSet<AnyContext>();
  /** Requests whose browser is not to be remembered any more. */
  readonly #forgotten = new WeakSet<AnyContext>();
  /** Requests that the guard sudo has let pass. */
  readonly #confirmed = new WeakSet<AnyContext>();
  /** Requests for which the time of the last confirmation was asked. */
  readonly #confirmationAsked = new WeakSet<AnyContext>();

  readonly #permissions: Permissions | undefined;
  /** The user of all requests that this process sends to itself: a shell sets it. */
  #acting: Account | undefined;

  constructor(parts: AccountServiceParts) {
    this.parts = parts;
    this.#permissions = parts.permissions && new Permissions(parts.permissions, (work) => this.run(work));
  }

  /** Returns what users may do. Throws `E_ACCOUNTS_SETUP` for accounts that declare no permissions. */
  permissions(): Permissions {
    if (this.#permissions !== undefined) return this.#permissions;
    throw new GableError("E_ACCOUNTS_SETUP", "The accounts of this application declare no permissions.", {
      fix: 'Declare them: defineAccounts({ permissions: ["loans.lend"] }).',
    });
  }

  /** The pages that guards, mails and redirects lead to. */
  get routes(): NamedRoutes {
    return this.parts.routes;
  }

  get afterLogin(): string {
    return this.parts.afterLogin;
  }

  /** Returns the address of the login page, with the way back. */
  loginUrl(next: string): string {
    return withNext(this.routes.url("login"), next);
  }

  /** Returns the address of the page that asks for the password again, with the way back if there is one. */
  confirmUrl(next?: string): string {
    return withNext(this.routes.url("confirm"), next);
  }

  /** Returns the address of the second step of a sign-in, with the way back. */
  loginCodeUrl(next: string): string {
    return withNext(this.routes.url("loginCode"), next);
  }

  /** Returns the address of the page that asks a user for a code, with the way back if there is one. */
  confirmCodeUrl(next?: string): string {
    return withNext(this.routes.url("confirmCode"), next);
  }

  /** Returns the user of `context.user`: directly after a guard, otherwise as a promise. */
  readUser(context: AnyContext): Account | null | Promise<Account | null> {
    const loaded = this.#users.get(context);
    return loaded === undefined ? this.loadUser(context) : loaded;
  }

  /** Returns the user of a request where a guard or a handler has loaded it; undefined before. */
  findLoadedUser(context: AnyContext): Account | null | undefined {
    return this.#users.get(context);
  }

  /** Finds the user of a request; null for nobody, and for an account that is inactive or whose sessions were ended. */
  async loadUser(context: AnyContext): Promise<Account | null> {
    const loaded = this.#users.get(context);
    if (loaded !== undefined) return loaded;
    const user = this.#findActing(context) ?? (await this.#findUser(context.session)) ?? (await restoreUser(context, this));
    // A token or a login may have decided meanwhile.
    const decided = this.#users.get(context);
    if (decided !== undefined) return decided;
    this.#keepUser(context, user);
    return user;
  }

  /** Makes an account the user of every request of this process to itself, whatever its session says; undefined ends it. */
  actAs(user: Account | undefined): void {
    this.#acting = user;
  }

  /** Requests over a connection have an address: whoever sends them is not the one who acts in this process. */
  #findActing(context: AnyContext): Account | undefined {
    return this.#acting !== undefined && context.ip === "" ? this.#acting : undefined;
  }

  /** From now on `context.user` is the user, also where it was read as a promise before. */
  #keepUser(context: AnyContext, user: Account | null): void {
    this.#users.set(context, user);
    if (user !== null) noteUserId(context, String(user.id));
    Object.defineProperty(context, "user", { value: user, configurable: true, enumerable: true });
  }

  /**
   * Sets the user of a request that an API token belongs to, whatever its session says. Throws `E_CONFIRMATION_REQUIRED` when the guard
   * sudo has let the user of the session pass: that may be somebody else.
   */
  setUser(context: AnyContext, user: Account): void {
    if (this.#confirmationAsked.has(context))
      throw new GableError("E_CONFIRMATION_REQUIRED", "A request with an API token confirms no password.", {
        fix: "Do not give one route the guards sudo and token.",
      });
    this.#byToken.add(context);
    this.#keepUser(context, user);
  }

  async #findUser(session: Session): Promise<Account | null> {
    const id = await session.findUserId();
    const user = id === null ? undefined : await this.findById(id);
    if (user === undefined || !user.active) return null;
    const signedInAt = await readKey(session, signedInKey);
    const validFrom = user.sessionsValidFrom?.getTime() ?? 0;
    return typeof signedInAt === "number" && signedInAt >= validFrom ? user : null;
  }

  /** Finds an account by its id. */
  findById(id: string): Promise<Account | undefined> {
    if (!/^\d{1,15}$/.test(id)) return Promise.resolve(undefined);
    return this.#find({ id: Number(id) });
  }

  async #find(condition: Partial<Pick<Account, "id" | "email">>): Promise<Account | undefined> {
    const at = this.parts.now();
    const user = await this.run(() => this.parts.model.where(condition).on("primary").first());
    if (user !== undefined) this.#readAt.set(user, at);
    return user;
  }

  /**
   * When a proof that was checked with this account began to count, in ms since 1970: when the account was read, because its password may
   * have changed since.
   */
  provenAt(user: Account): number {
    return Math.max(this.#readAt.get(user) ?? this.parts.now(), user.sessionsValidFrom?.getTime() ?? 0);
  }

  /** Finds an account by its normalized address. The database may ignore case and accents: the address is compared again. */
  async findByEmail(email: string): Promise<Account | undefined> {
    const user = await this.#find({ email });
    return user?.email === email ? user : undefined;
  }

  /** Finds an account by its normalized user name. */
  async findByUsername(username: string): Promise<Account | undefined> {
    // Only models with this column come here. Their type is that of models with an address.
    const condition = { username } as Partial<Pick<Account, "email">>;
    const user = await this.#find(condition);
    return user?.username === username ? user : undefined;
  }

  /** Finds an account by what it signs in with, normalized. */
  findByLogin(login: string): Promise<Account | undefined> {
    return this.parts.loginKey === "email" ? this.findByEmail(login) : this.findByUsername(login);
  }

  /** Returns what an account signs in with. */
  loginOf({ email, username }: Account): string {
    return (this.parts.loginKey === "email" ? email : username)!; // This column is never null.
  }

  /** Signs a user in: gives the session a new id, makes the old id useless, and forgets the browser. */
  async signIn(context: AnyContext, user: Account): Promise<void> {
    await this.update(user, { signedInAt: new Date(this.parts.now()) });
    this.forget(context);
    this.#beginSession(context, user);
    this.#keepUser(context, user);
    logAccountEvent(context, "signed-in", user.id);
  }

  /** Begins the session of a user whom the cookie of a remembered browser names: nobody has typed a password. */
  beginRemembered(context: AnyContext, user: Account, id: number): void {
    this.#beginSession(context, user);
    writeKey(context.session, confirmedKey, 0);
    writeKey(context.session, rememberKey, id);
  }

  #beginSession(context: AnyContext, user: Account): void {
    const { session } = context;
    session.rotate({ userId: String(user.id) });
    // Keys of the framework, not of the application.
    for (const key of [resetKey, confirmedKey, rememberKey, pendingKey, secondFactorKey, newSecretKey]) session.delete(key as never);
    writeKey(session, signedInKey, this.provenAt(user));
    this.#noteDevice(context);
  }

  /** Ends the session of a request, and forgets its browser. */
  signOut(context: AnyContext): void {
    this.forget(context);
    context.session.end();
  }

  /** Forgets the browser of a request: its cookie signs nobody in again. */
  forget(context: AnyContext): void {
    this.#forgotten.add(context);
    forgetBrowser(context, this);
  }

  /** Whether this request forgets its browser. */
  isForgotten(context: AnyContext): boolean {
    return this.#forgotten.has(context);
  }

  /** Sessions that nobody can list, such as those in cookies, do not carry it. */
  #noteDevice({ session, headers, ip }: AnyContext): void {
    if (!this.parts.sessions.hasDirectory) return;
    writeKey(session, deviceKey, toDeviceName(headers.get("user-agent")));
    writeKey(session, addressKey, ip);
  }

  /**
   * Voids all sessions of a user except that of the request, by their time: for sessions that cannot be listed. It does not count as
   * a confirmation of the password.
   */
  async voidOtherSessions(context: AnyContext, user: Account): Promise<void> {
    const confirmedAt = await this.findConfirmedAt(context);
    // One later than now, as in setPassword().
    const validFrom = this.parts.now() + 1;
    await this.update(user, { sessionsValidFrom: new Date(validFrom) });
    context.session.rotate();
    writeKey(context.session, signedInKey, validFrom);
    writeKey(context.session, confirmedKey, confirmedAt);
  }

  /** Notes that the user of a session has just typed the password. The session gets a new id, as it may do more from now on. */
  confirm({ session }: AnyContext): void {
    session.rotate();
    writeKey(session, confirmedKey, this.parts.now());
  }

  /**
   * Returns when the user of a session has last typed the password or signed in, in ms since 1970; 0 for never, and for the user
   * of an API token, to whom the session may not belong.
   */
  async findConfirmedAt(context: AnyContext): Promise<number> {
    this.#confirmationAsked.add(context);
    if (this.#byToken.has(context)) return 0;
    const { session } = context;
    const confirmedAt = (await readKey(session, confirmedKey)) ?? (await readKey(session, signedInKey));
    return typeof confirmedAt === "number" ? confirmedAt : 0;
  }

  /** Notes that the guard sudo lets a request pass. */
  notePassedSudo(context: AnyContext): true {
    this.#confirmed.add(context);
    return true;
  }

  /** Whether the guard sudo has let a request pass. */
  hasPassedSudo(context: AnyContext): boolean {
    return this.#confirmed.has(context);
  }

  /** Notes that the user of a session has just given a second factor. The session gets a new id, as it may do more from now on. */
  noteSecondFactor({ session }: AnyContext): void {
    session.rotate();
    session.delete(newSecretKey as never); // A key of the framework, not of the application.
    writeKey(session, secondFactorKey, this.parts.now());
  }

  /** Returns when a second factor was given in the session of a request, as in findConfirmedAt(). */
  async findSecondFactorAt(context: AnyContext): Promise<number> {
    this.#confirmationAsked.add(context);
    const givenAt = this.#byToken.has(context) ? undefined : await readKey(context.session, secondFactorKey);
    return typeof givenAt === "number" ? givenAt : 0;
  }

  /** Whether an account may sign in as far as its address matters. Registration asks for one: only staff makes accounts without. */
  mayEnter({ email, emailVerifiedAt }: Account): boolean {
    return !this.parts.verifiesBefore || email === null || emailVerifiedAt !== null;
  }

  /** Creates an account; returns the column whose value another one has. Takes as long in both cases. */
  async create({ password, ...values }: NewRow): Promise<Account | LoginKey> {
    const hash = await this.parts.hasher.hash(password);
    const taken = await this.findTaken(values);
    if (taken !== undefined) return taken;
    try {
      return await this.run(() => this.parts.model.create({ ...values, password: hash }));
    } catch (error) {
      // Another request was faster. Other columns may be unique as well: then it is the application's error.
      const takenMeanwhile = await this.findTaken(values);
      if (takenMeanwhile !== undefined) return takenMeanwhile;
      throw error;
    }
  }

  /** Returns the column whose value another account has. A user name comes first: the answer to it is public. */
  async findTaken({ email, username }: Pick<NewRow, "email" | "username">): Promise<LoginKey | undefined> {
    if (username !== undefined && (await this.findByUsername(username)) !== undefined) return "username";
    return email !== null && (await this.findByEmail(email)) !== undefined ? "email" : undefined;
  }

  /** Sets a new password: all sessions and all links of the account end, and no browser is remembered. */
  async setPassword(user: Account, password: string): Promise<void> {
    await this.update(user, await this.#toNewPassword(password));
    await this.#endAll(user);
  }

  /** Sets a new password like {@link setPassword}, if the old one is the one that was read. Returns whether it is. */
  async replacePassword(user: Account, password: string): Promise<boolean> {
    const isOld = await this.updateUnchanged(user, await this.#toNewPassword(password));
    if (isOld) await this.#endAll(user);
    return isOld;
  }

  async #toNewPassword(password: string): Promise<PasswordChange> {
    const hash = await this.parts.hasher.hash(password);
    return { password: hash, passwordChangedAt: new Date(this.parts.now()), sessionsValidFrom: this.#validFrom() };
  }

  /** Changes columns of an account whose password is the one that was read. Returns whether it is: another request may have changed it. */
  async updateUnchanged(user: Account, values: Partial<PasswordChange>): Promise<boolean> {
    const count = await this.run(() => this.parts.model.where({ id: user.id, password: user.password }).update(values));
    if (count > 0) Object.assign(user, values);
    return count > 0;
  }

  async #endAll(user: Account): Promise<void> {
    await this.endLinks(user);
    await this.#endSessions(user);
  }

  /** Ends all sessions of an account, with any store, and forgets its browsers. */
  async endAllSessions(user: Account): Promise<void> {
    await this.update(user, { sessionsValidFrom: this.#validFrom() });
    await this.#endSessions(user);
  }

  /** One later than now: a session that began in this millisecond ends as well. */
  #validFrom(): Date {
    return new Date(this.parts.now() + 1);
  }

  /** Sets a confirmed address. Returns false when another account has it. */
  async setEmail(user: Account, email: string): Promise<boolean> {
    if ((await this.findByEmail(email)) !== undefined) return false;
    try {
      await this.update(user, { email, emailVerifiedAt: new Date(this.parts.now()) });
    } catch (error) {
      // Another account was faster.
      if ((await this.findByEmail(email)) === undefined) throw error;
      return false;
    }
    await this.endLinks(user);
    await this.forgetBrowsers(user);
    return true;
  }

  /** Changes columns of an account, in the row and in the object. */
  async update(
    user: Account,
    values: Partial<Pick<Account, "email" | "password" | "emailVerifiedAt" | "signedInAt" | "passwordChangedAt" | "sessionsValidFrom">>,
  ): Promise<void> {
    await this.run(() => this.parts.model.where({ id: user.id }).update(values));
    Object.assign(user, values);
  }

  /** Voids the links that were mailed to a user. */
  async endLinks({ id }: Account): Promise<void> {
    const { tokens } = this.parts;
    if (tokens !== undefined) await this.run(() => tokens.voidAll(String(id)));
  }

  /** Forgets the browsers of a user, except one. That one counts as remembered at the time `validFrom`, where it is given. */
  async forgetBrowsers({ id }: Account, except?: number, validFrom?: number): Promise<void> {
    const { remember } = this.parts;
    if (remember !== undefined) await this.run(() => remember.voidAll(String(id), except, validFrom));
  }

  async #endSessions(user: Account): Promise<void> {
    const { id } = user;
    await this.forgetBrowsers(user);
    try {
      await this.parts.sessions.directory.deleteForUser(String(id));
    } catch (error) {
      // Sessions in cookies cannot be listed; sessionsValidFrom voids them.
      if (!(error instanceof GableError && error.code === "E_SESSION_STORE")) throw error;
      this.parts.sessions.announceEnd({ userId: String(id) });
    }
  }

  /** Runs work in the database of the users: in the transaction of the handler, if there is one. */
  run<Result>(work: () => Promise<Result>): Promise<Result> {
    return joinDatabase(this.parts.database.$core, work);
  }

  /** Returns the API tokens. Throws `E_ACCOUNTS_SETUP` for accounts without the option `tokens`. */
  apiTokens(): ApiTokens {
    const { apiTokens } = this.parts;
    if (apiTokens === undefined) throw noTokens();
    return apiTokens;
  }

  /** Returns the second factors. Throws `E_ACCOUNTS_SETUP` for accounts without the option `twoFactor`. */
  twoFactors(): TwoFactors {
    return this.parts.twoFactors ?? noTwoFactor();
  }

  /** Returns the tokens and the mail. Throws 404 where the application sends no mail: its routes do not exist then. */
  links(): { readonly tokens: AccountTokens; readonly mail: AccountMail } {
    const { tokens, mail } = this.parts;
    if (tokens === undefined || mail === undefined) throw new GableError("E_NOT_FOUND", "This site sends no mail.");
    return { tokens, mail };
  }
}

function noTwoFactor(): never {
  throw new GableError("E_ACCOUNTS_SETUP", "The accounts of this application have no two-factor sign-in.", {
    fix: 'Turn it on: defineAccounts({ twoFactor: { issuer: "Your site" } }).',
  });
}
