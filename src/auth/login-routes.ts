/** Login and logout. */
import type { Context } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import { redirect } from "../replies/replies.ts";
import type { DisplayForm } from "../handlers/form.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { loginForm } from "./forms.ts";
import type { SignInValues } from "./actions/sign-in-actions.ts";
import { findLoginKey } from "./login-key.ts";
import { toNextQuery } from "./next-page.ts";
import { addProblem } from "./pages/add-problem.ts";
import { toFormAction } from "./providers/provider-options.ts";
import { showPage } from "./pages/show-page.ts";
import type { RouteMakings } from "./routes.ts";
import { findService } from "./find-service.ts";

/** Creates the routes. */
export function createLoginRoutes({ options: { user, remember, providers = {} }, guards: { signedOut }, actions }: RouteMakings) {
  const form = loginForm(findLoginKey(user.$fields), remember !== undefined);
  const security = { csp: { formAction: toFormAction(providers) } };
  const placed = Object.keys(providers).length === 0 ? {} : { security };
  const show = get("/login", { guard: signedOut, name: "accounts.login", ...placed }, (context) => showLogin(context, form.blank()));
  const login = post("/login", { guard: signedOut, form, ...placed }, async (context) => {
    const sent = context.form;
    if (!sent.valid) return showLogin(context, sent, sent.status);
    // The form has the fields of one of the two ways to sign in.
    const done = await actions.signIn(context, sent.data as object as SignInValues);
    if (done.problem === undefined) return redirect(done.next);
    addProblem(sent, done.problem);
    return showLogin(context, sent, sent.status);
  });
  const showLogout = get("/logout", (context) => showPage(context, { name: "logout", title: "Sign out", submit: "Sign out" }));
  const logout = post("/logout", (context) => {
    actions.signOut(context);
    return redirect(show.url());
  });
  return [show, login, showLogout, logout];
}

function showLogin(context: Context, form: DisplayForm, status = 200): HandlerReply {
  const { routes, parts } = findService(context);
  const links = {
    ...(parts.mail === undefined ? {} : { "Forgotten your password?": routes.url("forgot") }),
    ...(routes.has("register") && { "Create an account": routes.url("register") }),
  };
  const query = toNextQuery(context);
  const buttons = [...(parts.providers?.byName ?? [])].map(([name, { label }]) => [
    `Sign in with ${label}`,
    routes.url("provider", name) + query,
  ]);
  // Only one checkbox asks whether the browser is to be remembered: that of the form.
  const sent = parts.remember === undefined ? {} : { formId: "login-form" };
  const more = buttons.length === 0 ? {} : { buttons: Object.fromEntries(buttons), ...sent };
  return showPage(context, { name: "login", title: "Sign in", form, submit: "Sign in", links, status, ...more });
}
