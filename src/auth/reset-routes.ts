/** A new password for somebody who has forgotten the old one. */
import type { AnyContext } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import { logAccountEvent } from "./account-events.ts";
import { redirect } from "../replies/replies.ts";
import type { Account } from "./account-fields.ts";
import { findProblemFor } from "./change-password.ts";
import { normalizeEmail } from "./email-address.ts";
import { forgotForm, resetForm } from "./forms.ts";
import { mailTexts } from "./mails.ts";
import { mailToken, sendLater } from "./mail-links.ts";
import type { AccountsOptions } from "./options.ts";
import { expiredPage } from "./pages/expired-page.ts";
import { showPage } from "./pages/show-page.ts";
import { findService } from "./service.ts";
import { keepResetToken, readResetToken } from "./session-values.ts";
import { takeMail } from "./throttle.ts";

/** Creates the routes. */
export function createResetRoutes({ passwordMin }: AccountsOptions) {
  const askForm = forgotForm();
  const newForm = resetForm(passwordMin);
  const forgotPage = { name: "forgot", title: "Forgotten your password?", submit: "Send the mail" };
  const resetPage = { name: "reset", title: "Set a new password", submit: "Set the password" };
  const forgot = get("/password/forgot", (context) => {
    findService(context).links();
    return showPage(context, { ...forgotPage, form: askForm.blank() });
  });
  const sendForgot = post("/password/forgot", { form: askForm }, async (context) => {
    findService(context).links();
    const sent = context.form;
    if (!sent.valid) return showPage(context, { ...forgotPage, form: sent, status: sent.status });
    const email = normalizeEmail(sent.data.email);
    await takeMail(context, email);
    sendLater(context, () => mailReset(context, email));
    return showPage(context, {
      name: "forgot-sent",
      title: "Look into your mail",
      text: "If there is an account with this address, we have sent it a link.",
    });
  });
  // The secret leaves the address before a page is shown: pages send their address to others, and browsers keep it.
  const openReset = get("/password/reset/:token", (context) => {
    keepResetToken(context, context.params.token);
    return redirect(findService(context).parts.routes.reset.url());
  });
  const reset = get("/password/reset", async (context) =>
    (await findReset(context)) === undefined ? expiredPage(context) : showPage(context, { ...resetPage, form: newForm.blank() }),
  );
  const setReset = post("/password/reset", { form: newForm }, async (context) => {
    const sent = context.form;
    const found = await findReset(context);
    if (found === undefined) return expiredPage(context);
    if (!sent.valid) return showPage(context, { ...resetPage, form: sent, status: sent.status });
    const problem = findProblemFor(found.user, sent.data.password, passwordMin);
    if (problem !== undefined) {
      sent.addError("password", problem.message, { code: problem.code });
      return showPage(context, { ...resetPage, form: sent, status: sent.status });
    }
    const service = findService(context);
    if (!(await service.run(() => service.links().tokens.consume(found.secret)))) return expiredPage(context);
    await service.setPassword(found.user, sent.data.password);
    logAccountEvent(context, "password-changed", found.user.id);
    // Who has read the mail owns the address.
    if (found.user.emailVerifiedAt === null) await service.update(found.user, { emailVerifiedAt: new Date(service.parts.now()) });
    context.session.end();
    sendLater(context, () => service.links().mail.send(found.user.email, mailTexts.passwordChanged(service.parts.routes.forgot.url())));
    context.flash("success", "Your password is changed. Sign in with the new one.");
    return redirect(service.parts.routes.login.url());
  });
  return { routes: [forgot, sendForgot, openReset, reset, setReset], named: { forgot, openReset, reset } };
}

async function mailReset(context: AnyContext, email: string): Promise<void> {
  const service = findService(context);
  const user = await service.findByEmail(email);
  if (user === undefined || !user.active) return;
  // The stored address gets the mail, not the one that was typed.
  const write = (token: string) => mailTexts.reset(service.parts.routes.openReset.url({ token }));
  await mailToken(context, { user, purpose: "reset", to: user.email, write });
}

/** Finds the account of the link that the visitor has opened; undefined when the link is worth nothing. */
async function findReset(context: AnyContext): Promise<{ readonly user: Account; readonly secret: string } | undefined> {
  const service = findService(context);
  const { tokens } = service.links();
  const secret = await readResetToken(context);
  const facts = await service.run(() => tokens.find(secret, ["reset"]));
  const user = facts === undefined ? undefined : await service.findById(facts.userId);
  return user === undefined || !user.active || user.email !== facts?.email ? undefined : { user, secret };
}
