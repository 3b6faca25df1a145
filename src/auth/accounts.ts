/** defineAccounts(): the accounts of a site, as routes and guards. */
import type { RouteEntry } from "../handlers/group.ts";
import type { Context } from "../handlers/context.ts";
import type { HandlerResult } from "../replies/handler-result.ts";
import { createGuards } from "./guards.ts";
import type { AccountsOptions, UserClass } from "./options.ts";
import { assertAccountsOptions } from "./options.ts";
import { createAccountRoutes } from "./routes.ts";
import type { SudoOptions } from "./sudo.ts";
import { createSudo } from "./sudo.ts";

/** A guard that says who the user of its routes is. */
export interface AccountGuard<Added = {}> {
  /** Decides whether a request may pass. */
  (context: Context): Promise<boolean | HandlerResult>;
  /** Carries the type of `context.user`; never set. */
  readonly adds?: Added;
}

/** The guards of accounts. */
export interface AccountGuards<User> {
  /** Lets users pass who are signed in; `context.user` is the user. */
  readonly signedIn: AccountGuard<{ readonly user: User }>;
  /** Lets visitors pass who are not signed in. */
  readonly signedOut: AccountGuard<{ readonly user: null }>;
  /** Lets everybody pass; `context.user` is the user or null. */
  readonly maybeSignedIn: AccountGuard<{ readonly user: User | null }>;
  /** Lets users pass who are signed in and have confirmed their address. */
  readonly verified: AccountGuard<{ readonly user: User }>;
  /**
   * Creates a guard that lets users pass who have signed in or typed their password a short time ago. A page asks for the password
   * and leads back; any other request gets 403 (`E_CONFIRMATION_REQUIRED`). Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
   *
   * @example
   * get("/payout", { guard: sudo({ withinSeconds: 900 }) }, ({ user, view }) => view("payout.html", { user }));
   */
  readonly sudo: (options?: SudoOptions) => AccountGuard<{ readonly user: User }>;
}

/** The accounts of a site. */
export interface Accounts<User = object> {
  /** The options, as they were given. */
  readonly options: AccountsOptions;
  /** Login, logout, registration and everything around passwords and addresses; place them in a group. */
  readonly routes: readonly RouteEntry[];
  /** Guards for your own routes. */
  readonly guards: AccountGuards<User>;
}

/** The type of a user of some accounts. */
export type UserOf<Some> = Some extends Accounts<infer User> ? User : never;

/**
 * Defines the accounts of one application. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
 *
 * @example
 * export const accounts = defineAccounts({ user: User, registration: "open", verifyEmail: "after" });
 */
export function defineAccounts<User extends UserClass>(options: AccountsOptions<User>): Accounts<InstanceType<User>> {
  assertAccountsOptions(options);
  // The guards load rows of the model.
  const guards = { ...createGuards(), sudo: createSudo } as AccountGuards<InstanceType<User>>;
  return Object.freeze({ options, guards, routes: createAccountRoutes(options, guards) });
}
