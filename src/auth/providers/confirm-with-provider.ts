/** The guard sudo for users of providers: they sign in at the provider again instead of typing a password. */
import type { Context } from "../../handlers/context.ts";
import { post } from "../../handlers/define-route.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { redirect } from "../../replies/replies.ts";
import type { AccountGuards } from "../accounts.ts";
import { currentUser } from "../current-password.ts";
import { findNext } from "../next-page.ts";
import { findService } from "../find-service.ts";
import { noAccount } from "./find-account.ts";
import type { ProviderIdentity } from "./openid.ts";
import type { UserFlow } from "./provider-flow.ts";
import { answer, assertSameUser, beginFlow, openProviders } from "./provider-flow.ts";

/** Creates the route that leads to the provider. The route back is that of every sign-in. */
export function createConfirmRoute({ signedIn }: AccountGuards<unknown>) {
  return post("/confirm/:provider", { guard: signedIn, name: "accounts.providerConfirm" }, (context) =>
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
