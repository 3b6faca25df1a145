/** What pages of an application need of its providers. */
import type { RouteEntry } from "../../handlers/group.ts";
import type { ProviderChoice } from "./confirmation-ways.ts";
import type { ProviderOptions } from "./provider-options.ts";
import { toFormAction } from "./provider-options.ts";

/** Sign-in with providers, for your own pages. Its lists are empty without the option `providers`. */
export interface AccountProviders {
  /** The routes that lead to providers and back; those of `accounts.routes` include them. */
  readonly routes: readonly RouteEntry[];
  /** The providers, for buttons. A button posts to the route with the name `accounts.provider`. */
  readonly choices: readonly ProviderChoice[];
  /** The allowed targets of forms on pages with such buttons, for `security: { csp: { formAction } }`. */
  readonly formAction: readonly string[];
}

/** Describes the providers of accounts. */
export function toAccountProviders(
  providers: Readonly<Record<string, ProviderOptions>> = {},
  routes: readonly RouteEntry[],
): AccountProviders {
  const choices = Object.entries(providers).map(([name, { label = name }]) => ({ name, label }));
  return { routes, choices, formAction: toFormAction(providers) };
}
