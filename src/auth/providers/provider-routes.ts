/** The routes of providers: to the provider, and back from it. */
import type { Context } from "../../handlers/context.ts";
import { get, post } from "../../handlers/define-route.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { redirect } from "../../replies/replies.ts";
import type { AccountGuards } from "../accounts.ts";
import { completeSignIn } from "../complete-sign-in.ts";
import { rememberForm } from "../forms.ts";
import { findLoginKey } from "../login-key.ts";
import { findNext } from "../next-page.ts";
import type { AccountsOptions } from "../options.ts";
import { hideAddress } from "../secret-address.ts";
import { findService } from "../find-service.ts";
import { findAccount, noAccount } from "./find-account.ts";
import { confirmUser, createConfirmRoute } from "./confirm-with-provider.ts";
import { createLinkRoutes, linkToUser } from "./link-routes.ts";
import { answer, beginFlow, finishFlow } from "./provider-flow.ts";
import type { ProviderOptions } from "./provider-options.ts";
import { toFormAction } from "./provider-options.ts";

/** Creates the routes. */
export function createProviderRoutes(
  { user: model, registration, registrationFields = {}, remember }: AccountsOptions,
  providers: Readonly<Record<string, ProviderOptions>>,
  guards: AccountGuards<unknown>,
) {
  // Nobody has chosen a user name.
  const creates = findLoginKey(model.$fields) === "email" && registration === "open" && Object.keys(registrationFields).length === 0;
  const links = createLinkRoutes(guards, { csp: { formAction: toFormAction(providers) } });
  const guard = guards.signedOut;
  const signIn = (context: Context, provider: string, asked: boolean): Promise<HandlerReply> =>
    answer(context, () => beginFlow(context, provider, { purpose: "sign-in", next: findNext(context), userId: null, remember: asked }));
  const start =
    remember === undefined
      ? post("/login/:provider", { guard, name: "accounts.provider" }, (context) => signIn(context, context.params.provider, false))
      : post("/login/:provider", { guard, form: rememberForm(), name: "accounts.provider" }, (context) =>
          signIn(context, context.params.provider, context.form.valid && context.form.data.remember),
        );
  const callback = get("/login/:provider/callback", { name: "accounts.providerCallback" }, (context): Promise<HandlerReply | null> => {
    // Programs that look at links before a browser opens them send HEAD: the answer of the provider counts once.
    if (context.method === "HEAD") return lookAt(context);
    return answer(context, async () => {
      const { identity, flow } = await finishFlow(context, context.params.provider);
      const { userId } = flow;
      if (userId !== null) return (flow.purpose === "link" ? linkToUser : confirmUser)(context, identity, { ...flow, userId });
      const service = findService(context);
      const user = await service.run(() => findAccount(context, identity, creates));
      if (!user.active) throw noAccount("This account cannot sign in.");
      if (!service.mayEnter(user))
        throw noAccount("Confirm the e-mail address of this account first: open the link that we have mailed, or set a new password.");
      return redirect(await completeSignIn(context, user, flow));
    });
  });
  const confirm = createConfirmRoute(guards);
  return [start, callback, confirm, ...links];
}

async function lookAt(context: Context): Promise<null> {
  hideAddress(context);
  return null;
}
