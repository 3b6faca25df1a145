/** Registration. */
import type { AnyContext } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import type { DisplayForm } from "../handlers/form.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import { registerForm } from "./forms.ts";
import { addProblem } from "./pages/add-problem.ts";
import { showPage } from "./pages/show-page.ts";
import type { RouteMakings } from "./routes.ts";
import type { NewAccount } from "./new-account.ts";
import { findService } from "./find-service.ts";

/** Creates the routes. */
export function createRegisterRoutes({ options, guards: { signedOut }, actions }: RouteMakings) {
  const form = registerForm(options);
  const show = get("/register", { guard: signedOut, name: "accounts.register" }, (context) => showRegister(context, form.blank()));
  const register = post("/register", { guard: signedOut, form }, async (context) => {
    const sent = context.form;
    if (!sent.valid) return showRegister(context, sent, sent.status);
    // The fields of the application are not known here.
    const done = await actions.register(context, sent.data as NewAccount);
    if (done.problem !== undefined) {
      addProblem(sent, done.problem);
      return showRegister(context, sent, sent.status);
    }
    return done.next === undefined ? showSent(context) : redirect(done.next);
  });
  return [show, register];
}

function showSent(context: AnyContext): HandlerReply {
  return showPage(context, {
    name: "register-sent",
    title: "Check your mail",
    text: "We have sent you a link. Open it to confirm your address.",
  });
}

function showRegister(context: AnyContext, form: DisplayForm, status = 200): HandlerReply {
  const links = { "Sign in": findService(context).routes.url("login") };
  return showPage(context, { name: "register", title: "Create an account", form, submit: "Create an account", links, status });
}
