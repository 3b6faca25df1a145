/** The page that asks for the password again, or for a sign-in with a provider, for the guard sudo. */
import type { Context } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import type { DisplayForm } from "../handlers/form.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import type { AccountGuards } from "./accounts.ts";
import { currentUser, isCurrentPassword } from "./current-password.ts";
import { confirmForm } from "./forms.ts";
import { findNext } from "./login-routes.ts";
import type { AccountsOptions } from "./options.ts";
import { showPage } from "./pages/show-page.ts";
import { findConfirmationWays } from "./providers/confirm-with-provider.ts";
import { toFormAction } from "./providers/provider-options.ts";
import { findService } from "./service.ts";

/** Creates the routes. */
export function createConfirmRoutes({ providers }: AccountsOptions, { signedIn }: AccountGuards<unknown>) {
  const form = confirmForm();
  const placed = providers === undefined ? {} : { security: { csp: { formAction: toFormAction(providers) } } };
  const show = get("/confirm", { guard: signedIn, ...placed }, (context) => showConfirm(context, form.blank()));
  const confirm = post("/confirm", { guard: signedIn, form, ...placed }, async (context) => {
    const sent = context.form;
    if (sent.valid && !(await isCurrentPassword(context, await currentUser(context), sent.data.current)))
      sent.addError("current", "This is not your password.", { code: "wrong" });
    if (!sent.valid) return showConfirm(context, sent, sent.status);
    findService(context).confirm(context);
    return redirect(findNext(context));
  });
  return { routes: [show, confirm], named: { confirm: show } };
}

async function showConfirm(context: Context, form: DisplayForm, status = 200): Promise<HandlerReply> {
  const { mail, routes } = findService(context).parts;
  const query = context.query.has("next") ? `?next=${encodeURIComponent(findNext(context))}` : "";
  const { hasPassword, buttons } = await findConfirmationWays(context, await currentUser(context), query);
  const page = { name: "confirm", status, ...(Object.keys(buttons).length > 0 && { buttons }) };
  if (hasPassword) {
    const links: Readonly<Record<string, string>> = mail === undefined ? {} : { "Forgotten your password?": routes.forgot.url() };
    return showPage(context, { ...page, title: "Confirm your password", form, submit: "Confirm", links });
  }
  const links: Readonly<Record<string, string>> = mail === undefined ? {} : { "Set a password": routes.forgot.url() };
  const text = toText("buttons" in page, mail !== undefined);
  return showPage(context, { ...page, title: "Confirm that it is you", text, links });
}

/** Says what a user without a password can do. */
function toText(hasProvider: boolean, hasMail: boolean): string {
  if (hasProvider) return `Your account has no password. Sign in again with your provider${hasMail ? ", or set a password by mail" : ""}.`;
  const start = "Your account has no password, and this site no longer offers the provider that you signed in with.";
  return `${start} ${hasMail ? "Set a password by mail." : "Ask the people who run this site for a password."}`;
}
