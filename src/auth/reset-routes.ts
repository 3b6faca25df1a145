/** A new password for somebody who has forgotten the old one. */
import { get, post } from "../handlers/define-route.ts";
import { redirect } from "../replies/replies.ts";
import { forgotForm, resetForm } from "./forms.ts";
import { findLoginKey } from "./login-key.ts";
import { addProblem } from "./pages/add-problem.ts";
import { expiredPage } from "./pages/expired-page.ts";
import { showPage } from "./pages/show-page.ts";
import type { RouteMakings } from "./routes.ts";
import { findService } from "./find-service.ts";

/** Creates the routes. */
export function createResetRoutes({ options: { user, passwordMin }, actions }: RouteMakings) {
  const askForm = forgotForm(findLoginKey(user.$fields));
  const newForm = resetForm(passwordMin);
  const forgotPage = { name: "forgot", title: "Forgotten your password?", submit: "Send the mail" };
  const resetPage = { name: "reset", title: "Set a new password", submit: "Set the password" };
  const forgot = get("/password/forgot", { name: "accounts.forgot" }, (context) => {
    findService(context).links();
    return showPage(context, { ...forgotPage, form: askForm.blank() });
  });
  const sendForgot = post("/password/forgot", { form: askForm }, async (context) => {
    findService(context).links();
    const sent = context.form;
    if (!sent.valid) return showPage(context, { ...forgotPage, form: sent, status: sent.status });
    await actions.mailReset(context, sent.data);
    return showPage(context, {
      name: "forgot-sent",
      title: "Check your mail",
      text: "If there is an account with this address, we have sent it a link.",
    });
  });
  // The secret leaves the address before a page is shown: pages send their address to others, and browsers keep it.
  const openReset = get("/password/reset/:token", { name: "accounts.openReset" }, (context) => {
    actions.openReset(context, context.params.token);
    return redirect(reset.url());
  });
  const reset = get("/password/reset", { name: "accounts.reset" }, async (context) =>
    (await actions.findReset(context)) === undefined ? expiredPage(context) : showPage(context, { ...resetPage, form: newForm.blank() }),
  );
  const setReset = post("/password/reset", { form: newForm }, async (context) => {
    const sent = context.form;
    if (!sent.valid)
      return (await actions.findReset(context)) === undefined
        ? expiredPage(context)
        : showPage(context, { ...resetPage, form: sent, status: sent.status });
    const done = await actions.resetPassword(context, sent.data);
    if (done === undefined) return expiredPage(context);
    if (done.problem !== undefined) {
      addProblem(sent, done.problem);
      return showPage(context, { ...resetPage, form: sent, status: sent.status });
    }
    context.flash("success", "Your password is changed. Sign in with the new one.");
    return redirect(done.next);
  });
  return [forgot, sendForgot, openReset, reset, setReset];
}
