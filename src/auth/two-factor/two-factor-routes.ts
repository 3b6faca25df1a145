/** The pages of two-factor sign-in: turn it on, make new recovery codes, and turn it off. All ask for the password first, the last two for a code as well. */
import type { Context } from "../../handlers/context.ts";
import { get, post } from "../../handlers/define-route.ts";
import type { DisplayForm } from "../../handlers/form.ts";
import type { HandlerReply } from "../../replies/handler-reply.ts";
import { redirect } from "../../replies/replies.ts";
import type { TwoFactorActions } from "../actions/two-factor-actions.ts";
import type { AccountGuard } from "../accounts.ts";
import { addProblem } from "../pages/add-problem.ts";
import { showPage } from "../pages/show-page.ts";
import type { RouteMakings } from "../routes.ts";
import { findService } from "../find-service.ts";
import { codeForm } from "./code-routes.ts";
import { recoveryCodesMax } from "./recovery-codes.ts";

const title = "Two-factor sign-in";

/** Creates the routes. */
export function createTwoFactorRoutes({ guards: { sudo }, actions: { twoFactor: actions } }: RouteMakings) {
  const guard = sudo();
  // The password is not enough to get rid of the second factor.
  const strict = sudo({ withCode: true });
  const codes = createRecoveryRoutes(strict, actions);
  const off = createOffRoutes(strict, actions);
  const firstCode = codeForm("The six digits that the app shows.");
  const show = get("/two-factor", { guard, name: "accounts.twoFactor" }, async (context) => {
    const state = await actions.find(context);
    if (state === undefined) return showEnrolment(context, actions, firstCode.blank());
    const text = `It has been on since ${state.enabledAt.toISOString().slice(0, 10)}. ${state.codesLeft} of ${recoveryCodesMax} recovery codes are left.`;
    const links = { "Make new recovery codes": codes.show.url(), "Turn it off": off.show.url() };
    return showPage(context, { name: "two-factor", title, text, links });
  });
  const turnOn = post("/two-factor", { guard, form: firstCode }, async (context) => {
    const sent = context.form;
    if ((await actions.find(context)) !== undefined) return redirect(toBack(context));
    if (!sent.valid) return showEnrolment(context, actions, sent);
    const done = await actions.turnOn(context, sent.data);
    if (done === undefined) return redirect(toBack(context));
    if (done.problem === undefined) return showRecoveryCodes(context, done.recoveryCodes);
    addProblem(sent, done.problem);
    return showEnrolment(context, actions, sent);
  });
  return [show, turnOn, codes.show, codes.make, off.show, off.turnOff];
}

function createRecoveryRoutes(guard: AccountGuard<{ readonly user: unknown }>, actions: TwoFactorActions) {
  const page = {
    name: "recovery-codes-new",
    title: "Make new recovery codes",
    text: "The codes that you have now will stop working.",
    submit: "Make new codes",
  };
  const show = get("/two-factor/codes", { guard }, async (context) =>
    (await actions.find(context)) === undefined
      ? redirect(toBack(context))
      : showPage(context, { ...page, links: { [title]: toBack(context) } }),
  );
  const make = post("/two-factor/codes", { guard }, async (context) => {
    const codes = await actions.replaceCodes(context);
    return codes === undefined ? redirect(toBack(context)) : showRecoveryCodes(context, codes);
  });
  return { show, make };
}

function createOffRoutes(guard: AccountGuard<{ readonly user: unknown }>, actions: TwoFactorActions) {
  const page = {
    name: "two-factor-off",
    title: "Turn two-factor sign-in off",
    text: "From then on, your password is enough to sign in.",
    submit: "Turn it off",
  };
  const show = get("/two-factor/off", { guard }, async (context) =>
    (await actions.find(context)) === undefined
      ? redirect(toBack(context))
      : showPage(context, { ...page, links: { [title]: toBack(context) } }),
  );
  const turnOff = post("/two-factor/off", { guard }, async (context) => {
    if (await actions.turnOff(context)) context.flash("success", "Two-factor sign-in is off.");
    return redirect(toBack(context));
  });
  return { show, turnOff };
}

function toBack(context: Context): string {
  return findService(context).routes.url("twoFactor");
}

async function showEnrolment(
  context: Context,
  actions: TwoFactorActions,
  form: DisplayForm & { readonly status?: number },
): Promise<HandlerReply> {
  const { key, address } = await actions.begin(context);
  return showPage(context, {
    name: "two-factor-new",
    title,
    text: `After your password, an authenticator app gives you a code to type. Add this key to the app, then type the code that it shows: ${key}`,
    form,
    submit: "Turn it on",
    links: { "Open an authenticator app on this device": address },
    status: form.status ?? 200,
  });
}

function showRecoveryCodes(context: Context, codes: readonly string[]): HandlerReply {
  return showPage(context, {
    name: "recovery-codes",
    title: "Your recovery codes",
    text: `Each of them replaces a code of the app once. Keep them in a safe place: no page shows them again. ${codes.join(", ")}`,
    links: { [title]: toBack(context) },
  });
}
