/** Registration. */
import type { AnyContext } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import type { DisplayForm } from "../handlers/form.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import type { AccountGuards } from "./accounts.ts";
import { normalizeEmail } from "./email-address.ts";
import { registerForm } from "./forms.ts";
import { findNext } from "./login-routes.ts";
import { mailTexts } from "./mails.ts";
import { mailVerification, sendLater } from "./mail-links.ts";
import type { AccountsOptions } from "./options.ts";
import { showPage } from "./pages/show-page.ts";
import { findPasswordProblem } from "./passwords/password-rules.ts";
import type { NewAccount } from "./service.ts";
import { findService } from "./service.ts";
import { takeMail } from "./throttle.ts";

/** Creates the routes. */
export function createRegisterRoutes(options: AccountsOptions, { signedOut }: AccountGuards<unknown>) {
  const { registrationFields = {}, verifyEmail = "before", passwordMin } = options;
  const form = registerForm(registrationFields, passwordMin);
  const show = get("/register", { guard: signedOut }, (context) => showRegister(context, form.blank()));
  const register = post("/register", { guard: signedOut, form }, async (context) => {
    const sent = context.form;
    if (!sent.valid) return showRegister(context, sent, sent.status);
    // The fields of the application are not known here.
    const values = { ...sent.data, email: normalizeEmail(sent.data.email) } as NewAccount;
    const personal = [values.email, ...Object.keys(registrationFields).map((name) => String(values[name] ?? ""))];
    const problem = findPasswordProblem(values.password, { ...(passwordMin !== undefined && { min: passwordMin }), personal });
    if (problem !== undefined) {
      sent.addError("password", problem.message, { code: problem.code });
      return showRegister(context, sent, sent.status);
    }
    await takeMail(context, values.email);
    if (verifyEmail === "before") return registerUnseen(context, values);
    const user = await findService(context).create(values);
    if (user === undefined) {
      sent.addError("email", "An account with this address exists.", { code: "unique" });
      return showRegister(context, sent, sent.status);
    }
    if (verifyEmail === "after") mailVerification(context, user);
    await findService(context).signIn(context, user);
    return redirect(findNext(context));
  });
  return { routes: [show, register], named: { register: show } };
}

/** The answer is the same whether the address is known or not; the mail differs. */
async function registerUnseen(context: AnyContext, values: NewAccount): Promise<HandlerReply> {
  const service = findService(context);
  const user = await service.create(values);
  if (user !== undefined) mailVerification(context, user);
  else sendLater(context, () => service.links().mail.send(values.email, mailTexts.known(service.parts.routes.forgot.url())));
  return showPage(context, {
    name: "register-sent",
    title: "Look into your mail",
    text: "We have sent you a link. Open it to confirm your address.",
  });
}

function showRegister(context: AnyContext, form: DisplayForm, status = 200): HandlerReply {
  const links = { "Sign in": findService(context).parts.routes.login.url() };
  return showPage(context, { name: "register", title: "Make an account", form, submit: "Make an account", links, status });
}
