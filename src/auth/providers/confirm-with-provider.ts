/** The guard sudo for users of providers: they sign in at the provider again instead of typing a password. */
import type { AnyContext, Context } from "../../handlers/context.ts";
import { post } from "../../handlers/define-route.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { redirect } from "../../replies/replies.ts";
import type { Account } from "../account-fields.ts";
import type { AccountGuards } from "../accounts.ts";
import { currentUser } from "../current-password.ts";
import { findNext } from "../login-routes.ts";
import { findService } from "../service.ts";
import { noAccount } from "./find-account.ts";
import type { ProviderIdentity } from "./openid.ts";
import type { UserFlow } from "./provider-flow.ts";
import { answer, assertSameUser, beginFlow, openProviders } from "./provider-flow.ts";
import { hasNoPassword } from "./providers.ts";

/** Creates the route that leads to the provider. The route back is that of every sign-in. */
export function createConfirmRoute({ signedIn }: AccountGuards<unknown>) {
  return post("/confirm/:provider", { guard: signedIn }, (context) =>
    answer(context, async () => {
      const { id } = await currentUser(context);
      return beginFlow(context, context.params.provider, {
        purpose: "confirm",
        next: findNext(context),
        userId: String(id),
        remember: false,
      });
    }),
  );
}

/** Takes the sign-in at the provider for a confirmation. Throws `E_PROVIDER_STATE` and `E_PROVIDER_ACCOUNT`. */
export async function confirmUser(context: Context, identity: ProviderIdentity, { userId, next }: UserFlow): Promise<HandlerReply> {
  const service = findService(context);
  await assertSameUser(context, userId);
  if ((await service.run(() => openProviders(service).findUserId(identity))) !== userId)
    throw noAccount("You signed in there with an identity that is not linked to your account. Nothing was confirmed.");
  service.confirm(context);
  return redirect(next);
}

/** What the page of the guard sudo can ask a user for. */
export interface ConfirmationWays {
  /** Whether the user knows a password: not for an account that a provider created, until a password is set. */
  readonly hasPassword: boolean;
  /** The buttons of the linked providers: addresses by text. */
  readonly buttons: Readonly<Record<string, string>>;
}

/** Finds what a user can confirm with. `query` goes to the addresses of the buttons. */
export async function findConfirmationWays(context: AnyContext, user: Account, query = ""): Promise<ConfirmationWays> {
  const service = findService(context);
  const { providers, routes } = service.parts;
  if (providers === undefined) return { hasPassword: true, buttons: {} };
  const rows = await service.run(() => providers.list(String(user.id)));
  const linked = new Set(rows.map(({ issuer }) => providers.findByIssuer(issuer)));
  const buttons = [...providers.byName]
    .filter(([, provider]) => linked.has(provider))
    // The route exists with the option.
    .map(([name, { label }]) => [`Confirm with ${label}`, routes.providerConfirm!.url({ provider: name }) + query]);
  return { hasPassword: !hasNoPassword(user, rows), buttons: Object.fromEntries(buttons) };
}
