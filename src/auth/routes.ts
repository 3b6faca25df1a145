/** The routes of accounts, by name: addresses in mails and redirects are made from them. */
import type { AnyRoute } from "../handlers/group.ts";
import type { Route } from "../routing/route.ts";
import { createChangeRoutes } from "./change-routes.ts";
import type { AccountGuards } from "./accounts.ts";
import { createConfirmRoutes } from "./confirm-routes.ts";
import { createLoginRoutes } from "./login-routes.ts";
import type { AccountsOptions } from "./options.ts";
import { createRegisterRoutes } from "./register-routes.ts";
import { createResetRoutes } from "./reset-routes.ts";
import { createSessionRoutes } from "./session-routes.ts";
import { createTokenRoutes } from "./token-routes.ts";
import { createVerifyRoutes } from "./verify-routes.ts";

/** The routes that others lead to. */
export interface AccountRoutes {
  readonly login: Route;
  readonly confirm: Route;
  readonly register: Route | undefined;
  readonly forgot: Route;
  readonly openReset: Route<{ readonly token: string }>;
  readonly reset: Route;
  readonly verify: Route<{ readonly token: string }>;
}

/** Creates all routes. The first one carries the others by name, for the part. */
export function createAccountRoutes(options: AccountsOptions, guards: AccountGuards<unknown>): AccountRouteList {
  const login = createLoginRoutes(options, guards);
  const confirm = createConfirmRoutes(guards);
  const register = options.registration === "open" ? createRegisterRoutes(options, guards) : undefined;
  const reset = createResetRoutes(options);
  const verify = createVerifyRoutes();
  const change = createChangeRoutes(options, guards);
  const sessions = createSessionRoutes(guards);
  const tokens = options.tokens === undefined ? undefined : createTokenRoutes(options.tokens, guards);
  const named: AccountRoutes = { ...login.named, ...confirm.named, register: register?.named.register, ...reset.named, ...verify.named };
  return Object.assign(
    [login, confirm, register, reset, verify, change, sessions, tokens].flatMap((made) => made?.routes ?? []),
    { named },
  );
}

/** A list of routes that also knows them by name. */
export type AccountRouteList = readonly AnyRoute[] & { readonly named: AccountRoutes };
