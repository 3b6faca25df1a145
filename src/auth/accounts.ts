/** defineAccounts(): the accounts of a site, as routes and guards. */
import type { Query } from "../data/query/query.ts";
import type { InstanceOf } from "../data/schema/model.ts";
import type { RouteEntry } from "../handlers/group.ts";
import type { AnyContext, Context } from "../handlers/context.ts";
import type { HandlerResult } from "../replies/handler-result.ts";
import type { AccountActions } from "./actions/actions.ts";
import { createActions } from "./actions/actions.ts";
import { createGuards } from "./guards.ts";
import type { LoginKey } from "./login-key.ts";
import { findLoginKey } from "./login-key.ts";
import type { AccountsOptions, UserClass } from "./options.ts";
import { assertAccountsOptions } from "./options.ts";
import type { AccountProviders } from "./providers/account-providers.ts";
import { toAccountProviders } from "./providers/account-providers.ts";
import { createCan } from "./policies/create-can.ts";
import type { FindKey } from "./policies/policy-checks.ts";
import type { PolicyModel, RecordAction } from "./policies/policy.ts";
import { createAccountRoutes } from "./routes.ts";
import type { SudoOptions } from "./sudo.ts";
import { createSudo } from "./sudo.ts";
import type { TokenGuard } from "./token-guard.ts";
import { createTokenGuards } from "./token-guard.ts";
import { fullySignedIn, secondFactor } from "./two-factor/second-factor-guard.ts";

/** A guard that says who the user of its routes is. */
export interface AccountGuard<Added = {}> {
  /** Decides whether a request may pass. */
  (context: Context): Promise<boolean | HandlerResult>;
  /** Carries the type of `context.user`; never set. */
  readonly adds?: Added;
}

/** The guards of accounts. */
export interface AccountGuards<User, Permission extends string = never, Scope extends string = never> {
  /** Lets users pass who are signed in; `context.user` is the user. */
  readonly signedIn: AccountGuard<{ readonly user: User }>;
  /**
   * Lets users pass who gave a code in this session or have no second factor. A page leads to the question and back; any other request gets
   * 403 (`E_SECOND_FACTOR_REQUIRED`).
   */
  readonly fullySignedIn: AccountGuard<{ readonly user: User }>;
  /** Lets visitors pass who are not signed in. */
  readonly signedOut: AccountGuard<{ readonly user: null }>;
  /** Lets everybody pass; `context.user` is the user or null. */
  readonly maybeSignedIn: AccountGuard<{ readonly user: User | null }>;
  /** Lets users pass who are signed in and have confirmed their address. */
  readonly verified: AccountGuard<{ readonly user: User }>;
  /**
   * Lets users pass who gave a code of their authenticator app, or a recovery code, in this session. A page leads to the question, or to
   * `/two-factor` for a user without a second factor; any other request gets 403 (`E_SECOND_FACTOR_REQUIRED`).
   */
  readonly secondFactor: AccountGuard<{ readonly user: User }>;
  /**
   * Creates a guard that lets users pass who have signed in or typed their password a short time ago. A page asks for the password
   * and leads back; any other request gets 403 (`E_CONFIRMATION_REQUIRED`). Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
   *
   * @example
   * get("/payout", { guard: sudo({ withinSeconds: 900 }) }, ({ user, view }) => view("payout.html", { user }));
   */
  readonly sudo: (options?: SudoOptions) => AccountGuard<{ readonly user: User }>;
  /** Creates guards of permissions and policies. */
  readonly can: CanGuards<User, Permission>;
  /** Lets requests pass that send an API token with this scope; `context.user` is its user, whatever the session says. */
  token(scope: Scope): TokenGuard<User>;
}

/** Creates guards of permissions and policies. */
export interface CanGuards<User, Permission extends string = never> {
  /**
   * Lets users pass who have a permission; `context.user` is the user. Superusers have all. Throws `E_PERMISSION_UNKNOWN`
   * for one that `defineAccounts({ permissions })` does not declare.
   */
  (permission: Permission): AccountGuard<{ readonly user: User }>;
  /** Lets pass whom the policy of a model lets add a record. Throws `E_POLICY_MISSING`. */
  (action: "add", model: PolicyModel): AccountGuard<{ readonly user: User | null }>;
  /**
   * Loads a record, and lets pass whom its policy allows the action; `context.record` is the record. Who may not see it gets 404,
   * others 403 with the reason. Throws `E_POLICY_MISSING` and `E_OPTION_INVALID`.
   *
   * @example
   * get("/posts/:id(int)/edit", { guard: can("change", Post, ({ params }) => ({ id: params.id })) }, ({ record }) => record.title);
   */
  <Class extends PolicyModel>(
    action: RecordAction,
    model: Class,
    find: FindKey<Class>,
  ): AccountGuard<{ readonly user: User | null; readonly record: InstanceOf<Class> }>;
}

/** Asks for permissions and policies in handlers. */
export interface CanQuestion<Permission extends string = never> {
  /**
   * Says whether the user of a request has a permission: never for a visitor, always for a superuser. A request reads its
   * permissions once, at the first question. Throws `E_PERMISSION_UNKNOWN`.
   */
  (context: AnyContext, permission: Permission): Promise<boolean>;
  /** Says whether the policy lets the user of a request add a record of a model. Throws `E_POLICY_MISSING`. */
  (context: AnyContext, action: "add", model: PolicyModel): Promise<boolean>;
  /** Says whether the policy of its model allows the user of a request something with a record. Throws `E_POLICY_MISSING`. */
  (context: AnyContext, action: RecordAction, record: object): Promise<boolean>;
}

/** The accounts of a site. */
export interface Accounts<User = object, Permission extends string = never, Scope extends string = never> {
  /** The options, as they were given. */
  readonly options: AccountsOptions;
  /** What users sign in with, by the columns of the model. */
  readonly login: LoginKey;
  /** Login, logout, registration and everything around passwords and addresses; place them in a group. */
  readonly routes: readonly RouteEntry[];
  /** Sign-in with providers, for a site that writes all other pages itself. */
  readonly providers: AccountProviders;
  /** What these routes do, for your own pages: `npx gable make accounts --routes` writes such pages. */
  readonly actions: AccountActions;
  /** Guards for your own routes. */
  readonly guards: AccountGuards<User, Permission, Scope>;
  /** Asks for permissions and policies in handlers. */
  readonly can: CanQuestion<Permission>;
  /**
   * Returns a query of the records that the user of a request may see, by the rule `scope` of the policy. A guard must have loaded
   * the user. Throws `E_USER_UNLOADED` and `E_POLICY_MISSING`.
   */
  readonly scope: <Class extends PolicyModel>(context: AnyContext, model: Class) => Query<Class, InstanceOf<Class>>;
}

/** The type of a user of some accounts. */
export type UserOf<Some> = Some extends Accounts<infer User, never, never> ? User : never;

/**
 * Defines the accounts of one application. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
 *
 * @example
 * export const accounts = defineAccounts({ user: User, registration: "open", verifyEmail: "after" });
 */
export function defineAccounts<User extends UserClass, const Permission extends string = never, const Scope extends string = never>(
  options: AccountsOptions<User, Permission, Scope>,
): Accounts<InstanceType<User>, Permission, Scope> {
  assertAccountsOptions(options);
  const { can, guard, scope } = createCan(options);
  const token = createTokenGuards(options.tokens);
  const made = { ...createGuards(), secondFactor, fullySignedIn, sudo: createSudo, can: guard, token };
  // The guards load rows of the model, and the names are those of the options.
  const guards = made as AccountGuards<unknown, string, string> as AccountGuards<InstanceType<User>, Permission, Scope>;
  const actions = createActions(options);
  const { all: routes, providers: providerRoutes } = createAccountRoutes({ options, guards, actions });
  return Object.freeze({
    options,
    login: findLoginKey(options.user.$fields),
    guards,
    can,
    scope,
    actions,
    routes,
    providers: toAccountProviders(options.providers, providerRoutes),
  });
}
