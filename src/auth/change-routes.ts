/** Changes by a user who is signed in: password and address. Both ask for the current password. */
import type { Context } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import { emailForm, passwordForm } from "./forms.ts";
import { addProblem } from "./pages/add-problem.ts";
import { showPage } from "./pages/show-page.ts";
import type { RouteMakings } from "./routes.ts";
import { findService } from "./find-service.ts";

/** Creates the routes. */
export function createChangeRoutes(makings: RouteMakings) {
  return [...createPasswordRoutes(makings), ...createEmailRoutes(makings)];
}

function createPasswordRoutes({ options: { passwordMin }, guards: { fullySignedIn }, actions }: RouteMakings) {
  const form = passwordForm(passwordMin);
  const view = { name: "password", title: "Change your password", submit: "Change the password" };
  const show = get("/password", { guard: fullySignedIn, name: "accounts.password" }, async (context) => {
    const first = await actions.findFirstPassword(context);
    return first === undefined ? showPage(context, { ...view, form: form.blank() }) : redirect(first);
  });
  const change = post("/password", { guard: fullySignedIn, form }, async (context) => {
    const first = await actions.findFirstPassword(context);
    if (first !== undefined) return redirect(first);
    const sent = context.form;
    if (!sent.valid) return showPage(context, { ...view, form: sent, status: sent.status });
    const done = await actions.changePassword(context, sent.data);
    if (done.problem !== undefined) {
      addProblem(sent, done.problem);
      return showPage(context, { ...view, form: sent, status: sent.status });
    }
    context.flash("success", "Your password is changed. All other devices are signed out.");
    return redirect(done.next);
  });
  return [show, change];
}

function createEmailRoutes({ guards: { fullySignedIn }, actions }: RouteMakings) {
  const form = emailForm();
  const view = { name: "email", title: "Change your e-mail address", submit: "Send the mail" };
  const show = get("/email", { guard: fullySignedIn }, async (context) => {
    findService(context).links();
    const first = await actions.findFirstPassword(context);
    return first === undefined ? showPage(context, { ...view, form: form.blank() }) : askForFirstPassword(context, first);
  });
  const change = post("/email", { guard: fullySignedIn, form }, async (context) => {
    findService(context).links();
    const first = await actions.findFirstPassword(context);
    if (first !== undefined) return askForFirstPassword(context, first);
    const sent = context.form;
    if (!sent.valid) return showPage(context, { ...view, form: sent, status: sent.status });
    const done = await actions.changeEmail(context, sent.data);
    if (done.problem !== undefined) {
      addProblem(sent, done.problem);
      return showPage(context, { ...view, form: sent, status: sent.status });
    }
    return showPage(context, {
      name: "email-sent",
      title: "Check your mail",
      text: "Open the link in the mail that we have sent to your new address.",
    });
  });
  return [show, change];
}

function askForFirstPassword(context: Context, path: string): HandlerReply {
  context.flash("info", "Set a password first. You need it to change your e-mail address.");
  return redirect(path);
}
