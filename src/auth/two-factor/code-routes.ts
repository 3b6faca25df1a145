/** The pages that ask for a code: the second step of a sign-in, and the question of the guard secondFactor. */
import { field as f } from "../../forms/field.ts";
import { form } from "../../forms/form.ts";
import type { AnyContext } from "../../handlers/context.ts";
import { get, post } from "../../handlers/define-route.ts";
import type { DisplayForm } from "../../handlers/form.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { redirect } from "../../replies/replies.ts";
import type { AccountGuards } from "../accounts.ts";
import { finishSignIn } from "../complete-sign-in.ts";
import { currentUser } from "../current-password.ts";
import { GableError } from "../../errors/gable-error.ts";
import { isPage } from "../guards.ts";
import { findNext } from "../login-routes.ts";
import { showPage } from "../pages/show-page.ts";
import { findService } from "../service.ts";
import { findPendingSignIn, isRightCode } from "./second-factor.ts";

/** Asks for a code. */
export const codeForm = (help: string) =>
  form({ code: f.text({ label: "Code", max: 40, autocomplete: "one-time-code", help }) }, { name: "code" });

/** Says that a code is not right. */
export function addCodeError(sent: { addError(field: string | null, message: string, options: { code: string }): void }): void {
  sent.addError("code", "This code is wrong, was used already, or is too old. Wait for the next one.", { code: "wrong" });
}

/** Creates the routes. */
export function createCodeRoutes({ signedOut, signedIn }: AccountGuards<unknown>) {
  const anyCode = codeForm("The six digits of your authenticator app, or a recovery code.");
  const show = get("/login/code", { guard: signedOut }, async (context) =>
    (await findPendingSignIn(context)) === undefined ? beginAgain(context) : showCode(context, "login-code", anyCode.blank()),
  );
  const check = post("/login/code", { guard: signedOut, form: anyCode }, async (context) => {
    const sent = context.form;
    const pending = await findPendingSignIn(context);
    if (pending === undefined) return beginAgain(context);
    if (sent.valid && !(await isRightCode(context, pending.user, sent.data.code))) addCodeError(sent);
    if (!sent.valid) return showCode(context, "login-code", sent, sent.status);
    await finishSignIn(context, pending.user, { remember: pending.remember, hasSecondFactor: true });
    return redirect(findNext(context));
  });
  const showConfirm = get("/confirm/code", { guard: signedIn }, async (context) =>
    (await hasNone(context))
      ? redirect(findService(context).namedRoute("twoFactor").url())
      : showCode(context, "confirm-code", anyCode.blank()),
  );
  const confirm = post("/confirm/code", { guard: signedIn, form: anyCode }, async (context) => {
    const sent = context.form;
    if (await hasNone(context)) return redirect(findService(context).namedRoute("twoFactor").url());
    if (sent.valid && !(await isRightCode(context, await currentUser(context), sent.data.code))) addCodeError(sent);
    if (!sent.valid) return showCode(context, "confirm-code", sent, sent.status);
    findService(context).noteSecondFactor(context);
    return redirect(findNext(context));
  });
  return { routes: [show, check, showConfirm, confirm], named: { loginCode: show, confirmCode: showConfirm } };
}

async function hasNone(context: Parameters<typeof currentUser>[0]): Promise<boolean> {
  const service = findService(context);
  const { id } = await currentUser(context);
  return !(await service.run(() => service.twoFactors().isOn(String(id))));
}

/** The first step is over: it was too long ago, or there was none. */
function beginAgain(context: Parameters<typeof findNext>[0]): HandlerReply {
  if (!isPage(context)) throw new GableError("E_LOGIN_REQUIRED", "Sign in with the password first.");
  return redirect(findService(context).loginUrl(findNext(context)));
}

function showCode(context: AnyContext, name: string, form: DisplayForm, status = 200): HandlerReply {
  return showPage(context, { name, title: "Type your code", form, submit: "Continue", status });
}
