/** Changes by a user who is signed in: password and address. Both ask for the current password. */
import type { Context } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import type { Account } from "./account-fields.ts";
import type { AccountGuards } from "./accounts.ts";
import { changePassword, findProblemFor } from "./change-password.ts";
import { currentUser, isCurrentPassword } from "./current-password.ts";
import { normalizeEmail } from "./email-address.ts";
import { emailForm, passwordForm } from "./forms.ts";
import { mailTexts } from "./mails.ts";
import { mailToken, sendLater } from "./mail-links.ts";
import type { AccountsOptions } from "./options.ts";
import { showPage } from "./pages/show-page.ts";
import { findFirstPassword } from "./providers/first-password-routes.ts";
import { findService } from "./service.ts";
import { takeMail } from "./throttle.ts";

/** Creates the routes. */
export function createChangeRoutes(options: AccountsOptions, guards: AccountGuards<unknown>) {
  const password = createPasswordRoutes(options, guards);
  return { routes: [...password.routes, ...createEmailRoutes(guards)], named: password.named };
}

function createPasswordRoutes({ passwordMin }: AccountsOptions, { signedIn }: AccountGuards<unknown>) {
  const form = passwordForm(passwordMin);
  const view = { name: "password", title: "Change your password", submit: "Change the password" };
  const show = get("/password", { guard: signedIn }, async (context) => {
    const first = await findFirstPassword(context);
    return first === undefined ? showPage(context, { ...view, form: form.blank() }) : redirect(first);
  });
  const change = post("/password", { guard: signedIn, form }, async (context) => {
    const first = await findFirstPassword(context);
    if (first !== undefined) return redirect(first);
    const sent = context.form;
    const user = await currentUser(context);
    if (sent.valid && !(await isCurrentPassword(context, user, sent.data.current)))
      sent.addError("current", "This is not your password.", { code: "wrong" });
    const problem = sent.valid && findProblemFor(user, sent.data.password, passwordMin);
    if (problem) sent.addError("password", problem.message, { code: problem.code });
    if (!sent.valid) return showPage(context, { ...view, form: sent, status: sent.status });
    return changePassword(context, user, sent.data.password);
  });
  return { routes: [show, change], named: { password: show } };
}

function createEmailRoutes({ signedIn }: AccountGuards<unknown>) {
  const form = emailForm();
  const view = { name: "email", title: "Change your e-mail address", submit: "Send the mail" };
  const show = get("/email", { guard: signedIn }, async (context) => {
    findService(context).links();
    const first = await findFirstPassword(context);
    if (first !== undefined) return toFirstPassword(context, first);
    return showPage(context, { ...view, form: form.blank() });
  });
  const change = post("/email", { guard: signedIn, form }, async (context) => {
    findService(context).links();
    const first = await findFirstPassword(context);
    if (first !== undefined) return toFirstPassword(context, first);
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

function toFirstPassword(context: Context, path: string): HandlerReply {
  context.flash("info", "Set a password first. You need it to change your e-mail address.");
  return redirect(path);
}

/** The new address confirms, and the old one gets a notice. The address of another account gets no mail: it would reveal that the account exists. */
async function mailChange(context: Context, user: Account, email: string): Promise<void> {
  const service = findService(context);
  if ((await service.findByEmail(email)) !== undefined) return;
  const write = (token: string) => mailTexts.newEmail(service.parts.routes.verify.url({ token }));
  await mailToken(context, { user, purpose: "email", to: email, write });
  await service.links().mail.send(user.email, mailTexts.emailChanging());
}
