/** The page that links providers to an account and unlinks them. */
import { GableError } from "../../errors/gable-error.ts";
import { notFound } from "../../errors/status-errors.ts";
import type { Context } from "../../handlers/context.ts";
import { get, post } from "../../handlers/define-route.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { redirect } from "../../replies/replies.ts";
import type { AccountGuards } from "../accounts.ts";
import { currentUser } from "../current-password.ts";
import { changeHeld } from "../held-account.ts";
import { showPage } from "../pages/show-page.ts";
import { findService } from "../find-service.ts";
import type { ProviderIdentity } from "./openid.ts";
import type { UserFlow } from "./provider-flow.ts";
import { answer, assertSameUser, beginFlow, mailLinked, openProviders } from "./provider-flow.ts";

/** Creates the routes. `security` lets the forms lead to the providers. */
export function createLinkRoutes({ sudo }: AccountGuards<unknown>, security: { readonly csp: { readonly formAction: readonly string[] } }) {
  const confirmed = sudo();
  const list = get("/providers", { guard: confirmed, security, name: "accounts.providerPage" }, async (context): Promise<HandlerReply> => {
    return showProviders(
      context,
      (provider) => link.url({ provider }),
      (id) => unlink.url({ id }),
    );
  });
  const link = post("/providers/:provider", { guard: confirmed }, (context): Promise<HandlerReply> =>
    answer(context, async (): Promise<HandlerReply> =>
      beginFlow(context, context.params.provider, {
        purpose: "link",
        next: list.url(),
        userId: String((await currentUser(context)).id),
        remember: false,
      }),
    ),
  );
  const unlink = post("/providers/unlink/:id(int)", { guard: confirmed }, (context): Promise<HandlerReply> =>
    answer(context, async (): Promise<HandlerReply> => {
      const service = findService(context);
      const user = await currentUser(context);
      const outcome = await service.run(() => openProviders(service).unlink(user, context.params.id));
      if (outcome === "unknown") throw notFound("You have not linked this provider.");
      if (outcome === "only-way")
        throw new GableError(
          "E_IDENTITY_LAST",
          "This is the only way to sign in to your account: set a password first, or link another provider.",
        );
      context.flash("success", "The provider is unlinked.");
      return redirect(list.url());
    }),
  );
  return [list, link, unlink];
}

/** Lists what is linked, with a button for each step. */
async function showProviders(context: Context, linkTo: (name: string) => string, unlinkAt: (id: number) => string): Promise<HandlerReply> {
  const service = findService(context);
  const { id: userId } = await currentUser(context);
  const rows = await service.run(() => openProviders(service).list(String(userId)));
  const providers = openProviders(service);
  const links = [...providers.byName].map(([name, { label }]) => [`Link ${label}`, linkTo(name)]);
  const unlinks = rows.map(({ id, issuer, subject }) => [
    `Unlink ${providers.findByIssuer(issuer)?.label ?? issuer} (${subject})`,
    unlinkAt(id),
  ]);
  const text = rows.length === 0 ? "No provider is linked to this account." : "You can sign in with the providers that are linked.";
  const buttons = Object.fromEntries([...links, ...unlinks]);
  return showPage(context, { name: "providers", title: "Sign-in with providers", text, buttons });
}

/** Links the identity to the user who began. Throws `E_PROVIDER_STATE` and `E_IDENTITY_TAKEN`. */
export async function linkToUser(context: Context, identity: ProviderIdentity, { userId, next }: UserFlow): Promise<HandlerReply> {
  const service = findService(context);
  const user = await assertSameUser(context, userId);
  const providers = openProviders(service);
  const isNew = (await service.run(() => providers.findUserId(identity))) === undefined;
  if (!(await changeHeld(service, user, () => providers.link(identity, userId, service.parts.now()))))
    throw new GableError("E_IDENTITY_TAKEN", "This identity is linked to another account.");
  if (isNew) mailLinked(context, user, identity);
  context.flash("success", "The provider is linked.");
  return redirect(next);
}
