/** The pages of API tokens: the list, a form that makes one and shows it once, and a page for each that revokes it. */
import { notFound } from "../errors/status-errors.ts";
import { field as f } from "../forms/field.ts";
import { form } from "../forms/form.ts";
import type { Context } from "../handlers/context.ts";
import { get, post } from "../handlers/define-route.ts";
import type { DisplayForm } from "../handlers/form.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { redirect } from "../replies/replies.ts";
import type { ApiToken, ApiTokenOptions } from "./api-tokens.ts";
import { addProblem } from "./pages/add-problem.ts";
import { showPage } from "./pages/show-page.ts";
import type { RouteMakings } from "./routes.ts";

/** Asks what a new token is for, and what it may do. */
const tokenForm = (scopes: readonly string[]) =>
  form(
    {
      name: f.text({ label: "Name", max: 100, help: "Which program will use the token?" }),
      scopes: f.choices(Object.fromEntries(scopes.map((scope) => [scope, scope])), { label: "What the token may do" }),
    },
    { name: "token" },
  );

/** Creates the routes. Somebody at an open session of another user cannot make a token without the password. */
export function createTokenRoutes({ scopes }: ApiTokenOptions, { guards: { signedIn, sudo }, actions: { tokens: actions } }: RouteMakings) {
  const newForm = tokenForm(scopes);
  const confirmed = sudo();
  const show = get("/tokens/:id(int)", { guard: signedIn }, async (context) => {
    const token = (await actions.list(context)).find(({ id }) => id === context.params.id);
    if (token === undefined) throw notFound("You have no such token.");
    const links = { "All API tokens": list.url() };
    return showPage(context, { name: "token", title: token.name, text: describe(token), submit: "Revoke this token", links });
  });
  const showList = (context: Context, tokens: readonly ApiToken[], shown: DisplayForm, status = 200): HandlerReply =>
    showPage(context, {
      name: "tokens",
      title: "API tokens",
      text: "A program with a token acts for you, as far as its scopes allow.",
      form: shown,
      submit: "Make a token",
      links: Object.fromEntries(tokens.map((token) => [`${token.name}: ${describe(token)}`, show.url({ id: token.id })])),
      status,
    });
  const list = get("/tokens", { guard: confirmed }, async (context): Promise<HandlerReply> =>
    showList(context, await actions.list(context), newForm.blank()),
  );
  const create = post("/tokens", { guard: confirmed, form: newForm }, async (context) => {
    const sent = context.form;
    if (!sent.valid) return showList(context, await actions.list(context), sent, sent.status);
    const made = await actions.create(context, sent.data);
    if (made.problem !== undefined) {
      addProblem(sent, made.problem);
      return showList(context, await actions.list(context), sent, sent.status);
    }
    const links = { "All API tokens": list.url() };
    return showPage(context, {
      name: "token-created",
      title: "Your new token",
      text: `Copy it now. No page shows it again: ${made.token.token}`,
      links,
    });
  });
  // Who finds a token in wrong hands must be fast: revoking does not ask for the password.
  const revoke = post("/tokens/:id(int)", { guard: signedIn }, async (context) => {
    if (!(await actions.revoke(context, context.params.id))) throw notFound("You have no such token.");
    context.flash("success", "The token is revoked.");
    return redirect(list.url());
  });
  return [list, create, show, revoke];
}

function describe({ hint, scopes, usedAt, expiresAt }: ApiToken): string {
  const used = usedAt === null ? "never used" : `last used ${toDay(usedAt)}`;
  const end = expiresAt.getTime() > Date.now() ? "expires" : "expired";
  return `${hint}…, ${scopes.join(", ")}, ${used}, ${end} ${toDay(expiresAt)}`;
}

function toDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}
