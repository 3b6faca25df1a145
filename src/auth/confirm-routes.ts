/** The page that asks for the password again, or for a sign-in with a provider, for the guard sudo. */
import type { Context } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import type { DisplayForm } from "../handlers/form.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import { confirmForm } from "./forms.ts";
import type { AccountActions } from "./actions/actions.ts";
import { toNextQuery } from "./next-page.ts";
import { addProblem } from "./pages/add-problem.ts";
import { showPage } from "./pages/show-page.ts";
import { toFormAction } from "./providers/provider-options.ts";
import type { RouteMakings } from "./routes.ts";
import { findService } from "./find-service.ts";

/** Creates the routes. */
export function createConfirmRoutes({ options: { providers }, guards: { signedIn }, actions }: RouteMakings) {
  const form = confirmForm();
  const placed = providers === undefined ? {} : { security: { csp: { formAction: toFormAction(providers) } } };
  const show = get("/confirm", { guard: signedIn, name: "accounts.confirm", ...placed }, (context) =>
    showConfirm(context, actions, form.blank()),
  );
  const confirm = post("/confirm", { guard: signedIn, form, ...placed }, async (context) => {
    const sent = context.form;
    if (!sent.valid) return showConfirm(context, actions, sent);
    const done = await actions.confirm(context, sent.data);
    if (done.problem === undefined) return redirect(done.next);
    addProblem(sent, done.problem);
    return showConfirm(context, actions, sent);
  });
  return [show, confirm];
}

async function showConfirm(
  context: Context,
  actions: AccountActions,
  form: DisplayForm & { readonly status?: number },
): Promise<HandlerReply> {
  const { parts, routes } = findService(context);
  const { mail } = parts;
  const query = toNextQuery(context);
  const { hasPassword, providers } = await actions.findConfirmation(context);
  const buttons = providers.map(({ name, label }) => [`Confirm with ${label}`, routes.url("providerConfirm", name) + query]);
  const page = { name: "confirm", status: form.status ?? 200, ...(buttons.length > 0 && { buttons: Object.fromEntries(buttons) }) };
  if (hasPassword) {
    const links: Readonly<Record<string, string>> = mail === undefined ? {} : { "Forgotten your password?": routes.url("forgot") };
    return showPage(context, { ...page, title: "Confirm your password", form, submit: "Confirm", links });
  }
  const links: Readonly<Record<string, string>> = mail === undefined ? {} : { "Set a password": routes.url("forgot") };
  const text = toText("buttons" in page, mail !== undefined);
  return showPage(context, { ...page, title: "Confirm that it is you", text, links });
}

/** Says what a user without a password can do. */
function toText(hasProvider: boolean, hasMail: boolean): string {
  if (hasProvider) return `Your account has no password. Sign in again with your provider${hasMail ? ", or set a password by mail" : ""}.`;
  const start = "Your account has no password, and this site no longer offers the provider that you signed in with.";
  return `${start} ${hasMail ? "Set a password by mail." : "Ask the people who run this site for a password."}`;
}
