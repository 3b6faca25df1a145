/** The routes of accounts, by name: addresses in mails and redirects are made from them. */
import type { AnyRoute } from "../handlers/group.ts";
import type { Route } from "../routing/route.ts";
import { createChangeRoutes } from "./change-routes.ts";
import type { AccountGuards } from "./accounts.ts";
import { createConfirmRoutes } from "./confirm-routes.ts";
import { createLoginRoutes } from "./login-routes.ts";
import type { AccountsOptions } from "./options.ts";
import { createFirstPasswordRoutes } from "./providers/first-password-routes.ts";
import { createProviderRoutes } from "./providers/provider-routes.ts";
import { createRegisterRoutes } from "./register-routes.ts";
import { createResetRoutes } from "./reset-routes.ts";
import { createSessionRoutes } from "./session-routes.ts";
import { createTokenRoutes } from "./token-routes.ts";
import { createCodeRoutes } from "./two-factor/code-routes.ts";
import { createTwoFactorRoutes } from "./two-factor/two-factor-routes.ts";
import { createVerifyRoutes } from "./verify-routes.ts";

/** The routes that others lead to. */
export interface AccountRoutes {
  readonly login: Route;
  readonly confirm: Route;
  readonly register: Route | undefined;
  readonly forgot: Route;
  readonly openReset: Route<{ readonly token: string }>;
  readonly reset: Route;
  readonly provider: Route<{ readonly provider: string }> | undefined;
  readonly providerCallback: Route<{ readonly provider: string }> | undefined;
  readonly providerConfirm: Route<{ readonly provider: string }> | undefined;
  readonly providerPage: Route | undefined;
  /** Undefined for accounts without the option `providers`, as those above. */
  readonly firstPassword: Route | undefined;
  readonly password: Route;
  readonly verify: Route<{ readonly token: string }>;
  /** Undefined for accounts without the option `twoFactor`, as the next two. */
  readonly twoFactor: Route | undefined;
  readonly loginCode: Route | undefined;
  readonly confirmCode: Route | undefined;
}

/** Creates all routes. The first one carries the others by name, for the part. */
export function createAccountRoutes(options: AccountsOptions, guards: AccountGuards<unknown>): AccountRouteList {
  const login = createLoginRoutes(options, guards);
  const confirm = createConfirmRoutes(options, guards);
  const register = options.registration === "open" ? createRegisterRoutes(options, guards) : undefined;
  const reset = createResetRoutes(options);
  const verify = createVerifyRoutes();
  const change = createChangeRoutes(options, guards);
  const sessions = createSessionRoutes(guards);
  const tokens = options.tokens === undefined ? undefined : createTokenRoutes(options.tokens, guards);
  const codes = options.twoFactor === undefined ? undefined : createCodeRoutes(guards);
  const twoFactor = options.twoFactor === undefined ? undefined : createTwoFactorRoutes(guards);
  const providers = options.providers === undefined ? undefined : createProviderRoutes(options, options.providers, guards);
  const firstPassword = providers === undefined ? undefined : createFirstPasswordRoutes(options, guards);
  const named: AccountRoutes = {
    ...login.named,
    ...confirm.named,
    register: register?.named.register,
    provider: providers?.named.provider,
    providerConfirm: providers?.named.providerConfirm,
    providerPage: providers?.named.providerPage,
    providerCallback: providers?.named.providerCallback,
    firstPassword: firstPassword?.named.firstPassword,
    ...change.named,
    ...reset.named,
    ...verify.named,
    twoFactor: twoFactor?.named.twoFactor,
    loginCode: codes?.named.loginCode,
    confirmCode: codes?.named.confirmCode,
  };
  return Object.assign(
    [login, confirm, register, reset, verify, change, sessions, tokens, codes, twoFactor, providers, firstPassword].flatMap(
      (made) => made?.routes ?? [],
    ),
    { named },
  );
}

/** A list of routes that also knows them by name. */
export type AccountRouteList = readonly AnyRoute[] & { readonly named: AccountRoutes };
