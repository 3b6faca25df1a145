/** The way to a provider and back: what the session keeps meanwhile, and the page for what fails. */
import { GableError } from "../../errors/gable-error.ts";
import { notFound } from "../../errors/status-errors.ts";
import type { Context } from "../../handlers/context.ts";
import { preferredType } from "../../http/negotiation.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { redirect } from "../../replies/replies.ts";
import type { Account } from "../account-fields.ts";
import { mailNotice } from "../mail-links.ts";
import { mailTexts } from "../mails.ts";
import { showPage } from "../pages/show-page.ts";
import { isRecent } from "../recent.ts";
import { hideAddress } from "../secret-address.ts";
import type { AccountService } from "../service.ts";
import { findService } from "../find-service.ts";
import { readKey, writeKey } from "../session-values.ts";
import type { OpenidProvider, ProviderFlow, ProviderIdentity } from "./openid.ts";
import type { Providers } from "./providers.ts";

const flowKey = "gable.provider";
const flowMsMax = 10 * 60_000;
/** Longest way back that a session keeps, in bytes: a session in a cookie has 3,800 for everything. */
const nextBytesMax = 1_500;

/** Leads the visitor to a provider. Throws `E_PROVIDER_...`, and 404 for an unknown one. */
export async function beginFlow(
  context: Context,
  provider: string,
  flow: Pick<ProviderFlow, "purpose" | "next" | "userId" | "remember">,
): Promise<HandlerReply> {
  const { service, found } = findProvider(context, provider);
  const { url, ...secrets } = await found.begin(toRedirectUri(service, provider), flow.purpose === "confirm");
  const next = new TextEncoder().encode(flow.next).length > nextBytesMax ? service.afterLogin : flow.next;
  writeKey(context.session, flowKey, { ...flow, next, ...secrets, provider, startedAt: service.parts.now() } satisfies ProviderFlow);
  return redirect(url, { hosts: [new URL(url).host] });
}

/** Checks the answer of a provider, and returns whom it has signed in, with what the session has kept. Throws `E_PROVIDER_...`. */
export async function finishFlow(context: Context, provider: string): Promise<{ identity: ProviderIdentity; flow: ProviderFlow }> {
  // The address has the code and the state of the provider.
  hideAddress(context);
  const flow = await takeFlow(context, provider);
  const { service, found } = findProvider(context, provider);
  return { flow, identity: await found.finish(new URL(toRedirectUri(service, provider) + context.url.search), flow) };
}

/** Takes what the session keeps, once: an answer that is sent again finds nothing. Throws `E_PROVIDER_STATE`. */
async function takeFlow(context: Context, provider: string): Promise<ProviderFlow> {
  // begin() has written it.
  const flow = (await readKey(context.session, flowKey)) as ProviderFlow | undefined;
  const service = findService(context);
  if (flow !== undefined) service.parts.sessions.useUp(context, flowKey);
  if (
    flow !== undefined &&
    isRecent(flow.startedAt, service.parts.now(), flowMsMax) &&
    flow.provider === provider &&
    context.query.get("state") === flow.state
  )
    return flow;
  throw new GableError("E_PROVIDER_STATE", "This sign-in was used already, has expired, or began in another browser. Start again.");
}

/** A started step of a user who is signed in. */
export type UserFlow = ProviderFlow & { readonly userId: string };

/** Returns the user of a request. Refuses the answer of a step that somebody else began in this browser. Throws `E_PROVIDER_STATE`. */
export async function assertSameUser(context: Context, userId: string): Promise<Account> {
  const user = await findService(context).loadUser(context);
  if (user !== null && String(user.id) === userId) return user;
  throw new GableError("E_PROVIDER_STATE", "You are no longer signed in as the user who began. Start again.");
}

/** Mails the owner of an account that an identity was linked to it. */
export function mailLinked(context: Context, user: Account, { issuer }: ProviderIdentity): void {
  const service = findService(context);
  const label = openProviders(service).findByIssuer(issuer)?.label ?? issuer;
  // Sign-in must not fail in an application that has no page for forgotten passwords.
  const path = service.routes.has("forgot") ? service.routes.url("forgot") : undefined;
  mailNotice(context, user, mailTexts.providerLinked(label, path));
}

/** Runs a step. What the provider or the account refuses is a page with a way on; other clients get the error. */
export async function answer(context: Context, step: () => Promise<HandlerReply>): Promise<HandlerReply> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof GableError) || !/^E_(?:PROVIDER|IDENTITY)_/.test(error.code)) throw error;
    if (error.details["reason"] !== undefined)
      context.log.warn({ code: error.code, ...error.details }, "A sign-in with a provider failed.");
    if (preferredType(context.headers.get("accept"), ["application/json", "text/html"]) !== "text/html") throw error;
    return showPage(context, {
      name: "provider-error",
      title: "The sign-in did not work",
      text: `${error.message} (${error.code})`,
      links: await findWaysOn(context),
      status: error.status,
    });
  }
}

async function findWaysOn(context: Context): Promise<Readonly<Record<string, string>>> {
  const service = findService(context);
  const { parts, routes } = service;
  // The pages to sign in lead users away.
  if ((await service.loadUser(context)) !== null) return { "Sign-in with providers": routes.url("providerPage") };
  return {
    "Sign in": routes.url("login"),
    ...(parts.mail !== undefined && { "Forgotten your password?": routes.url("forgot") }),
    ...(routes.has("register") && { "Create an account": routes.url("register") }),
  };
}

function toRedirectUri(service: AccountService, provider: string): string {
  return openProviders(service).origin + service.routes.url("providerCallback", provider);
}

/** Returns the providers of accounts whose routes of providers run. */
export function openProviders(service: AccountService): Providers {
  return service.parts.providers!; // The routes exist only with the option.
}

function findProvider(context: Context, name: string): { readonly service: AccountService; readonly found: OpenidProvider } {
  const service = findService(context);
  const found = openProviders(service).byName.get(name);
  if (found === undefined) throw notFound("The site does not offer this provider.");
  return { service, found };
}
