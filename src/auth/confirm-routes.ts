/** The page that asks for the password again, for the guard sudo. */
import { get, post } from "../handlers/define-route.ts";
import type { AnyContext } from "../handlers/context.ts";
import type { DisplayForm } from "../handlers/form.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import type { AccountGuards } from "./accounts.ts";
import { currentUser, isCurrentPassword } from "./current-password.ts";
import { confirmForm } from "./forms.ts";
import { findNext } from "./login-routes.ts";
import { showPage } from "./pages/show-page.ts";
import { findService } from "./service.ts";

/** Creates the routes. */
export function createConfirmRoutes({ signedIn }: AccountGuards<unknown>) {
  const form = confirmForm();
  const show = get("/confirm", { guard: signedIn }, (context) => showConfirm(context, form.blank()));
  const confirm = post("/confirm", { guard: signedIn, form }, async (context) => {
    const sent = context.form;
    if (sent.valid && !(await isCurrentPassword(context, await currentUser(context), sent.data.current)))
      sent.addError("current", "This is not your password.", { code: "wrong" });
    if (!sent.valid) return showConfirm(context, sent, sent.status);
    findService(context).confirm(context);
    return redirect(findNext(context));
  });
  return { routes: [show, confirm], named: { confirm: show } };
}

function showConfirm(context: AnyContext, form: DisplayForm, status = 200): HandlerReply {
  const { mail, routes } = findService(context).parts;
  const links: Readonly<Record<string, string>> = mail === undefined ? {} : { "Forgotten your password?": routes.forgot.url() };
  return showPage(context, { name: "confirm", title: "Confirm your password", form, submit: "Confirm", links, status });
}
