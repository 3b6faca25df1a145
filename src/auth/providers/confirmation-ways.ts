/** What a user can confirm with: a password, or a sign-in at a linked provider. */
import type { AnyContext } from "../../handlers/context.ts";
import type { Account } from "../account-fields.ts";
import { findService } from "../find-service.ts";
import { hasNoPassword } from "./providers.ts";

/** What the page of the guard sudo can ask a user for. */
export interface ConfirmationWays {
  /** Whether the user knows a password. False for an account that a provider created, until its user sets a password. */
  readonly hasPassword: boolean;
  /** The linked providers. */
  readonly providers: readonly ProviderChoice[];
}

/** A provider that a page offers. */
export interface ProviderChoice {
  /** Its name in the options. */
  readonly name: string;
  /** Its name on pages. */
  readonly label: string;
}

/** Finds what a user can confirm with. */
export async function findConfirmationWays(context: AnyContext, user: Account): Promise<ConfirmationWays> {
  const service = findService(context);
  const { providers } = service.parts;
  if (providers === undefined) return { hasPassword: true, providers: [] };
  const rows = await service.run(() => providers.list(String(user.id)));
  const linked = new Set(rows.map(({ issuer }) => providers.findByIssuer(issuer)));
  const offered = [...providers.byName].filter(([, provider]) => linked.has(provider)).map(([name, { label }]) => ({ name, label }));
  return { hasPassword: !hasNoPassword(user, rows), providers: offered };
}
