/** The routes of providers: to the provider, back from it, and the page that links and unlinks. */
import { randomBytes } from "node:crypto";
import { GableError } from "../../errors/gable-error.ts";
import { notFound } from "../../errors/status-errors.ts";
import type { Context } from "../../handlers/context.ts";
import { get, post } from "../../handlers/define-route.ts";
import { preferredType } from "../../http/negotiation.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { redirect } from "../../replies/replies.ts";
import type { Account } from "../account-fields.ts";
import type { AccountGuards } from "../accounts.ts";
import { completeSignIn } from "../complete-sign-in.ts";
import { currentUser } from "../current-password.ts";
import { normalizeEmail } from "../email-address.ts";
import { findNext } from "../login-routes.ts";
import type { AccountsOptions } from "../options.ts";
import { showPage } from "../pages/show-page.ts";
import type { AccountService } from "../service.ts";
import { findService } from "../service.ts";
import { readKey, writeKey } from "../session-values.ts";
import type { OpenidProvider, ProviderFlow, ProviderIdentity } from "./openid.ts";
import type { ProviderOptions } from "./provider-options.ts";
import { toFormAction } from "./provider-options.ts";
import type { Providers } from "./providers.ts";

const flowKey = "gable.provider";
const flowMsMax = 10 * 60_000;

/** Creates the routes. */
export function createProviderRoutes(
  { registration, registrationFields = {} }: AccountsOptions,
  providers: Readonly<Record<string, ProviderOptions>>,
  { signedOut, sudo }: AccountGuards<unknown>,
) {
  const creates = registration === "open" && Object.keys(registrationFields).length === 0;
  const security = { csp: { formAction: toFormAction(providers) } };
  const confirmed = sudo();
  const start = post("/login/:provider", { guard: signedOut }, (context) =>
    answer(context, () => begin(context, context.params.provider, { next: findNext(context), userId: null })),
  );
  const callback = get("/login/:provider/callback", (context) =>
    answer(context, async () => {
      const flow = await takeFlow(context, context.params.provider);
      const { service, found } = findProvider(context, flow.provider);
      const back = new URL(toRedirectUri(context, flow.provider) + context.url.search);
      const identity = await found.finish(back, flow);
      if (flow.userId !== null) return linkToUser(context, identity, flow);
      const user = await service.run(() => findAccount(service, identity, creates));
      if (!user.active || !service.mayEnter(user)) throw noAccount("This account cannot sign in.");
      return completeSignIn(context, user, { next: flow.next });
    }),
  );
  const list = get("/providers", { guard: confirmed, security }, async (context): Promise<HandlerReply> => {
    return showProviders(
      context,
      (provider) => link.url({ provider }),
      (id) => unlink.url({ id }),
    );
  });
  const link = post("/providers/:provider", { guard: confirmed }, (context): Promise<HandlerReply> =>
    answer(context, async (): Promise<HandlerReply> =>
      begin(context, context.params.provider, { next: list.url(), userId: String((await currentUser(context)).id) }),
    ),
  );
  const unlink = post("/providers/unlink/:id(int)", { guard: confirmed }, (context): Promise<HandlerReply> =>
    answer(context, async (): Promise<HandlerReply> => {
      const service = findService(context);
      const user = await currentUser(context);
      if (!(await service.run(() => openProviders(service).unlink(user, context.params.id))))
        throw new GableError("E_IDENTITY_LAST", "This is the last way into your account: set a password first, or link another provider.");
      context.flash("success", "The provider is unlinked.");
      return redirect(list.url());
    }),
  );
  const toRedirectUri = (context: Context, provider: string): string =>
    openProviders(findService(context)).origin + callback.url({ provider });
  const begin = async (context: Context, provider: string, flow: Pick<ProviderFlow, "next" | "userId">): Promise<HandlerReply> => {
    const { service, found } = findProvider(context, provider);
    const { url, ...secrets } = await found.begin(toRedirectUri(context, provider));
    writeKey(context.session, flowKey, { ...flow, ...secrets, provider, startedAt: service.parts.now() } satisfies ProviderFlow);
    return redirect(url, { hosts: [new URL(url).host] });
  };
  return { routes: [start, callback, list, link, unlink], named: { provider: start } };
}

/** Lists what is linked, with a button for each step. */
async function showProviders(context: Context, linkTo: (name: string) => string, unlinkAt: (id: number) => string): Promise<HandlerReply> {
  const service = findService(context);
  const { byName } = openProviders(service);
  const { id: userId } = await currentUser(context);
  const rows = await service.run(() => openProviders(service).list(String(userId)));
  const labels = new Map([...byName.values()].map(({ issuer, label }) => [issuer, label]));
  const links = [...byName].map(([name, { label }]) => [`Link ${label}`, linkTo(name)]);
  const unlinks = rows.map(({ id, issuer, subject }) => [`Unlink ${labels.get(issuer) ?? issuer} (${subject})`, unlinkAt(id)]);
  const text = rows.length === 0 ? "No provider is linked to this account." : "You can sign in with the providers that are linked.";
  const buttons = Object.fromEntries([...links, ...unlinks]);
  return showPage(context, { name: "providers", title: "Sign-in with providers", text, buttons });
}

/** Runs a step. What the provider or the account refuses is a page with a way on; other clients get the error. */
async function answer(context: Context, step: () => Promise<HandlerReply>): Promise<HandlerReply> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof GableError) || !/^E_(?:PROVIDER|IDENTITY)_/.test(error.code)) throw error;
    if (error.details["reason"] !== undefined)
      context.log.warn({ code: error.code, ...error.details }, "A sign-in with a provider failed.");
    if (preferredType(context.headers.get("accept"), ["application/json", "text/html"]) !== "text/html") throw error;
    const { login, register } = findService(context).parts.routes;
    return showPage(context, {
      name: "provider-error",
      title: "The sign-in did not work",
      text: `${error.message} (${error.code})`,
      links: { "Sign in": login.url(), ...(register !== undefined && { "Make an account": register.url() }) },
      status: error.status,
    });
  }
}

/** Takes what the session keeps, once: an answer that is sent again finds nothing. Throws `E_PROVIDER_STATE`. */
async function takeFlow(context: Context, provider: string): Promise<ProviderFlow> {
  // begin() has written it.
  const flow = (await readKey(context.session, flowKey)) as ProviderFlow | undefined;
  if (flow !== undefined) context.session.delete(flowKey as never); // A key of the framework, not of the application.
  const service = findService(context);
  const isFresh = flow !== undefined && service.parts.now() - flow.startedAt <= flowMsMax;
  if (isFresh && flow.provider === provider && context.query.get("state") === flow.state) return flow;
  throw new GableError("E_PROVIDER_STATE", "This sign-in was used already, has expired, or began in another browser. Start again.");
}

async function linkToUser(context: Context, identity: ProviderIdentity, { userId, next }: ProviderFlow): Promise<HandlerReply> {
  const service = findService(context);
  const user = await service.loadUser(context);
  if (user === null || String(user.id) !== userId)
    throw new GableError("E_PROVIDER_STATE", "You are no longer signed in as the user who began. Start again.");
  if (!(await service.run(() => openProviders(service).link(identity, userId))))
    throw new GableError("E_IDENTITY_TAKEN", "This identity is linked to another account.");
  context.flash("success", "The provider is linked.");
  return redirect(next);
}

/** Finds the account of an identity, links it by an address that both sides have verified, or creates it. Throws `E_PROVIDER_ACCOUNT`. */
async function findAccount(service: AccountService, identity: ProviderIdentity, creates: boolean): Promise<Account> {
  const providers = openProviders(service);
  const userId = await providers.findUserId(identity);
  const known = userId === undefined ? undefined : await service.findById(userId);
  if (known !== undefined) return known;
  if (userId !== undefined || identity.verifiedEmail === undefined)
    throw noAccount("No account is linked to this identity, and the provider has not verified an e-mail address.");
  const email = normalizeEmail(identity.verifiedEmail);
  const now = service.parts.now();
  const owner = await service.findByEmail(email);
  if (owner === undefined) {
    const password = randomBytes(32).toString("base64url");
    const created = creates ? await service.create({ email, password, emailVerifiedAt: new Date(now) }) : undefined;
    if (created === undefined) throw noAccount("No account is linked to this identity.");
    if (await providers.link(identity, String(created.id), { isOnlyWay: true, now })) return created;
  } else if (owner.emailVerifiedAt !== null && owner.active && (await providers.link(identity, String(owner.id), { now }))) return owner;
  throw noAccount("No account is linked to this identity. If you have one, sign in with your password and link the provider there.");
}

function noAccount(message: string): GableError {
  return new GableError("E_PROVIDER_ACCOUNT", message);
}

function openProviders(service: AccountService): Providers {
  return service.parts.providers!; // The routes exist only with the option.
}

function findProvider(context: Context, name: string): { readonly service: AccountService; readonly found: OpenidProvider } {
  const service = findService(context);
  const found = openProviders(service).byName.get(name);
  if (found === undefined) throw notFound("There is no such provider.");
  return { service, found };
}
