/** Login and logout. */
import type { Context } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import { safeRedirectTarget } from "../http/redirect-target.ts";
import { redirect } from "../replies/replies.ts";
import type { DisplayForm } from "../handlers/form.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import type { Account } from "./account-fields.ts";
import { logAccountEvent } from "./account-events.ts";
import type { AccountGuards } from "./accounts.ts";
import { completeSignIn } from "./complete-sign-in.ts";
import { normalizeEmail } from "./email-address.ts";
import { loginForm } from "./forms.ts";
import { toFormAction } from "./providers/provider-options.ts";
import type { AccountsOptions } from "./options.ts";
import { showPage } from "./pages/show-page.ts";
import { findService } from "./service.ts";
import { resetLogin, takeLogin } from "./throttle.ts";

const wrongLogin = "E-mail or password is wrong.";

/** Creates the routes. */
export function createLoginRoutes({ remember, providers = {} }: AccountsOptions, { signedOut }: AccountGuards<unknown>) {
  const form = loginForm(remember !== undefined);
  const security = { csp: { formAction: toFormAction(providers) } };
  const placed = Object.keys(providers).length === 0 ? {} : { security };
  const show = get("/login", { guard: signedOut, ...placed }, (context) => showLogin(context, form.blank()));
  const login = post("/login", { guard: signedOut, form, ...placed }, async (context) => {
    const sent = context.form;
    if (!sent.valid) return showLogin(context, sent, sent.status);
    const user = await checkLogin(context, normalizeEmail(sent.data.email), sent.data.password);
    if (user !== undefined) return completeSignIn(context, user, { next: findNext(context), remember: sent.data.remember === true });
    sent.addError(null, wrongLogin, { code: "login" });
    return showLogin(context, sent, sent.status);
  });
  const showLogout = get("/logout", (context) => showPage(context, { name: "logout", title: "Sign out", submit: "Sign out" }));
  const logout = post("/logout", (context) => {
    findService(context).signOut(context);
    return redirect(findService(context).parts.routes.login.url());
  });
  return { routes: [show, login, showLogout, logout], named: { login: show } };
}

function showLogin(context: Context, form: DisplayForm, status = 200): HandlerReply {
  const { routes, mail, providers } = findService(context).parts;
  const links = {
    ...(mail === undefined ? {} : { "Forgotten your password?": routes.forgot.url() }),
    ...(routes.register === undefined ? {} : { "Make an account": routes.register.url() }),
  };
  const next = context.query.get("next");
  const query = next === null ? "" : `?next=${encodeURIComponent(findNext(context))}`;
  const buttons = [...(providers?.byName ?? [])].map(([name, { label }]) => [
    `Sign in with ${label}`,
    routes.provider!.url({ provider: name }) + query, // It exists with the option.
  ]);
  const more = buttons.length === 0 ? {} : { buttons: Object.fromEntries(buttons) };
  return showPage(context, { name: "login", title: "Sign in", form, submit: "Sign in", links, status, ...more });
}

/** Returns the account that may sign in. Without one, all the same work is done: the time says nothing. */
async function checkLogin(context: Context, email: string, password: string): Promise<Account | undefined> {
  await takeLogin(context, email);
  const service = findService(context);
  const user = await service.findByEmail(email);
  const { isRight, isWeak } = await service.parts.hasher.verify(password, user?.password);
  if (user === undefined || !isRight || !user.active || !service.mayEnter(user)) {
    logAccountEvent(context, "sign-in-failed", user?.id);
    return undefined;
  }
  await resetLogin(context.rateLimits, email);
  if (isWeak) await service.update(user, { password: await service.parts.hasher.hash(password) });
  return user;
}

/** Returns the path that `next` asks for, when it is of this site. */
export function findNext(context: Context): string {
  return safeRedirectTarget(context.query.get("next"), findService(context).afterLogin);
}
