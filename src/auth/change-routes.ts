/** Changes by a user who is signed in: password and address. Both ask for the current password. */
import type { Context } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import { logAccountEvent } from "./account-events.ts";
import { redirect } from "../replies/replies.ts";
import type { Account } from "./account-fields.ts";
import type { AccountGuards } from "./accounts.ts";
import { currentUser, isCurrentPassword } from "./current-password.ts";
import { normalizeEmail } from "./email-address.ts";
import { emailForm, passwordForm } from "./forms.ts";
import { mailTexts } from "./mails.ts";
import { mailToken, sendLater } from "./mail-links.ts";
import type { AccountsOptions } from "./options.ts";
import { showPage } from "./pages/show-page.ts";
import { findPasswordProblem } from "./passwords/password-rules.ts";
import { findService } from "./service.ts";
import { takeMail } from "./throttle.ts";

/** Creates the routes. */
export function createChangeRoutes(options: AccountsOptions, guards: AccountGuards<unknown>) {
  return { routes: [...createPasswordRoutes(options, guards), ...createEmailRoutes(guards)] };
}

function createPasswordRoutes({ passwordMin }: AccountsOptions, { signedIn }: AccountGuards<unknown>) {
  const form = passwordForm(passwordMin);
  const view = { name: "password", title: "Change your password", submit: "Change the password" };
  const show = get("/password", { guard: signedIn }, (context) => showPage(context, { ...view, form: form.blank() }));
  const change = post("/password", { guard: signedIn, form }, async (context) => {
    const sent = context.form;
    const user = await currentUser(context);
    if (sent.valid && !(await isCurrentPassword(context, user, sent.data.current)))
      sent.addError("current", "This is not your password.", { code: "wrong" });
    const personal = [user.email];
    const problem =
      sent.valid && findPasswordProblem(sent.data.password, { ...(passwordMin !== undefined && { min: passwordMin }), personal });
    if (problem) sent.addError("password", problem.message, { code: problem.code });
    if (!sent.valid) return showPage(context, { ...view, form: sent, status: sent.status });
    const service = findService(context);
    await service.setPassword(user, sent.data.password);
    logAccountEvent(context, "password-changed", user.id);
    await service.signIn(context, user);
    const { mail, routes } = service.parts;
    if (mail !== undefined) sendLater(context, () => mail.send(user.email, mailTexts.passwordChanged(routes.forgot.url())));
    context.flash("success", "Your password is changed. All other devices are signed out.");
    return redirect(service.afterLogin);
  });
  return [show, change];
}

function createEmailRoutes({ signedIn }: AccountGuards<unknown>) {
  const form = emailForm();
  const view = { name: "email", title: "Change your e-mail address", submit: "Send the mail" };
  const show = get("/email", { guard: signedIn }, (context) => {
    findService(context).links();
    return showPage(context, { ...view, form: form.blank() });
  });
  const change = post("/email", { guard: signedIn, form }, async (context) => {
    findService(context).links();
    const sent = context.form;
    const user = await currentUser(context);
    if (sent.valid && !(await isCurrentPassword(context, user, sent.data.current)))
      sent.addError("current", "This is not your password.", { code: "wrong" });
    if (!sent.valid) return showPage(context, { ...view, form: sent, status: sent.status });
    const email = normalizeEmail(sent.data.email);
    await takeMail(context, email);
    sendLater(context, () => mailChange(context, user, email));
    return showPage(context, {
      name: "email-sent",
      title: "Look into your mail",
      text: "Open the link in the mail that we have sent to your new address.",
    });
  });
  return [show, change];
}

/** The new address confirms, and the old one gets a notice. The address of another account gets no mail: it would reveal that the account exists. */
async function mailChange(context: Context, user: Account, email: string): Promise<void> {
  const service = findService(context);
  if ((await service.findByEmail(email)) !== undefined) return;
  const write = (token: string) => mailTexts.newEmail(service.parts.routes.verify.url({ token }));
  await mailToken(context, { user, purpose: "email", to: email, write });
  await service.links().mail.send(user.email, mailTexts.emailChanging());
}
