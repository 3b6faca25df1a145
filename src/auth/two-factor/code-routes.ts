/** The pages that ask for a code: the second step of a sign-in, and the question of the guard secondFactor. */
import { field as f } from "../../forms/field.ts";
import { form } from "../../forms/form.ts";
import type { AnyContext, Context } from "../../handlers/context.ts";
import { get, post } from "../../handlers/define-route.ts";
import type { DisplayForm } from "../../handlers/form.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { redirect } from "../../replies/replies.ts";
import { GableError } from "../../errors/gable-error.ts";
import { isPage } from "../guards.ts";
import { findNext } from "../next-page.ts";
import { addProblem } from "../pages/add-problem.ts";
import { showPage } from "../pages/show-page.ts";
import type { RouteMakings } from "../routes.ts";
import { findService } from "../find-service.ts";

/** Asks for a code. */
export const codeForm = (help: string) =>
  form({ code: f.text({ label: "Code", max: 40, autocomplete: "one-time-code", help }) }, { name: "code" });

/** Creates the routes. */
export function createCodeRoutes({ guards: { signedOut, signedIn }, actions }: RouteMakings) {
  const anyCode = codeForm("The six digits of your authenticator app, or a recovery code.");
  const show = get("/login/code", { guard: signedOut, name: "accounts.loginCode" }, async (context) =>
    (await actions.hasPendingSignIn(context)) ? showCode(context, "login-code", anyCode.blank()) : beginAgain(context),
  );
  const check = post("/login/code", { guard: signedOut, form: anyCode }, async (context) => {
    const sent = context.form;
    if (!(await actions.hasPendingSignIn(context))) return beginAgain(context);
    if (!sent.valid) return showCode(context, "login-code", sent, sent.status);
    const done = await actions.signInWithCode(context, sent.data);
    if (done === undefined) return beginAgain(context);
    if (done.problem === undefined) return redirect(done.next);
    addProblem(sent, done.problem);
    return showCode(context, "login-code", sent, sent.status);
  });
  const showConfirm = get("/confirm/code", { guard: signedIn, name: "accounts.confirmCode" }, async (context) =>
    (await actions.twoFactor.find(context)) === undefined ? toTwoFactor(context) : showCode(context, "confirm-code", anyCode.blank()),
  );
  const confirm = post("/confirm/code", { guard: signedIn, form: anyCode }, async (context) => {
    const sent = context.form;
    if ((await actions.twoFactor.find(context)) === undefined) return toTwoFactor(context);
    if (!sent.valid) return showCode(context, "confirm-code", sent, sent.status);
    const done = await actions.twoFactor.confirm(context, sent.data);
    if (done === undefined) return toTwoFactor(context);
    if (done.problem === undefined) return redirect(done.next);
    addProblem(sent, done.problem);
    return showCode(context, "confirm-code", sent, sent.status);
  });
  return [show, check, showConfirm, confirm];
}

function toTwoFactor(context: AnyContext): HandlerReply {
  return redirect(findService(context).routes.url("twoFactor"));
}

/** The first step is over: it was too long ago, or there was none. */
function beginAgain(context: Context): HandlerReply {
  if (!isPage(context)) throw new GableError("E_LOGIN_REQUIRED", "Sign in with the password first.");
  return redirect(findService(context).loginUrl(findNext(context)));
}

function showCode(context: AnyContext, name: string, form: DisplayForm, status = 200): HandlerReply {
  return showPage(context, { name, title: "Type your code", form, submit: "Continue", status });
}
