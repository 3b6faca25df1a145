/** The built-in routes of accounts. Guards, mails and redirects find them by their names. */
import type { AnyRoute } from "../handlers/group.ts";
import type { AccountActions } from "./actions/actions.ts";
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

/** What routes are made from. */
export interface RouteMakings {
  readonly options: AccountsOptions;
  readonly guards: AccountGuards<unknown>;
  readonly actions: AccountActions;
}

/** The routes of accounts. */
export interface AccountRoutes {
  readonly all: readonly AnyRoute[];
  /** Those of sign-in with a provider, and of the first password after it; none without the option `providers`. */
  readonly providers: readonly AnyRoute[];
}

/** Creates all routes. */
export function createAccountRoutes(makings: RouteMakings): AccountRoutes {
  const { options, guards } = makings;
  const providers =
    options.providers === undefined
      ? []
      : [...createProviderRoutes(options, options.providers, guards), ...createFirstPasswordRoutes(makings)];
  const all = [
    ...createLoginRoutes(makings),
    ...createConfirmRoutes(makings),
    ...(options.registration === "open" ? createRegisterRoutes(makings) : []),
    ...createResetRoutes(makings),
    ...createVerifyRoutes(makings),
    ...createChangeRoutes(makings),
    ...createSessionRoutes(makings),
    ...(options.tokens === undefined ? [] : createTokenRoutes(options.tokens, makings)),
    ...(options.twoFactor === undefined ? [] : [...createCodeRoutes(makings), ...createTwoFactorRoutes(makings)]),
    ...providers,
  ];
  return { all, providers };
}
