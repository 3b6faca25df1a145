/** `make accounts`: people register, sign in and out, with the pages in the look of the site. */
import type { ProjectFacts } from "./pages.ts";
import { toRouteLines, withLayout } from "./pages.ts";
import type { Line, MakePlan } from "./plan.ts";

/** Written so that no line of this file looks like an import of it. */
const toImport = (names: string, path: string): string => `import { ${names} } from "${path}";`;

const models = `import { accountFields, accountTokenModel } from "gable/auth";
import { Model } from "gable/data";
import { rateModel } from "gable/security";

/** A user. Add your own fields after those of accounts. */
export class User extends Model("users", {
  ...accountFields(),
}) {}

/** Links in mails. */
export const AccountToken = accountTokenModel();

/** Counts attempts to sign in, for all processes together. */
export const Rate = rateModel();
`;

const accounts = `import { defineAccounts } from "gable/auth";
${toImport("User", "./models.ts")}

/** The accounts of the site: who may register, and what users may do. */
export const accounts = defineAccounts({
  user: User,
  registration: "open",
  verifyEmail: "before",
  afterLogin: "/account",
});

/** Guards of routes: \`get("/shelf", { guard: signedIn }, ({ user }) => ...)\`. */
export const { signedIn, signedOut, maybeSignedIn, verified, sudo } = accounts.guards;
`;

const routes = `import { get, group } from "gable";
${toImport("accounts, signedIn", "./accounts.ts")}

/** The page of the user who is signed in. */
export const showAccount = get("/account", { guard: signedIn }, ({ user, view }) => view("accounts/home.html", { email: user.email }));

/** Login, registration, new passwords and the rest: /account/login and so on. */
export const accountPages = group("/account", accounts.routes);
`;

const home = `{% props email: string, title: string = "Your account" %}
{% extends "layout.html" %}
{% block content %}
<h1>{{ title }}</h1>
<p>Signed in with {{ email }}.</p>
<ul>
<li><a href="/account/password">Change your password</a></li>
<li><a href="/account/email">Change your e-mail address</a></li>
<li><a href="/account/sessions">Your devices</a></li>
<li><a href="/account/logout">Sign out</a></li>
</ul>
{% endblock %}
`;

/** All pages of accounts that have no separate view. */
const page = `{% import type { DisplayForm } from "gable" %}
{% props title: string, text?: string, form?: DisplayForm, submit: string = "", buttons: Record<string, string> = {}, formId?: string, links: Record<string, string> = {} %}
{% extends "layout.html" %}
{% block content %}
<h1>{{ title }}</h1>
{% if text %}<p>{{ text }}</p>{% endif %}
{% if form %}
{{ form.render(submit=submit, attributes={"id": formId} if formId else {}) }}
{% elif submit %}
<form method="post"><button>{{ submit }}</button></form>
{% endif %}
{% for label, path in buttons|items %}
{% if formId %}<p><button form="{{ formId }}" formnovalidate formaction="{{ path }}">{{ label }}</button></p>
{% else %}<form method="post" action="{{ path }}"><button>{{ label }}</button></form>{% endif %}
{% endfor %}
{% for label, path in links|items %}<p><a href="{{ path }}">{{ label }}</a></p>{% endfor %}
{% endblock %}
`;

const test = `import assert from "node:assert/strict";
import { test } from "node:test";
import { createTestClient, outbox, testDatabase } from "gable/testing";
import app from "../app.ts";
import { User } from "../models.ts";

testDatabase(app, { tables: "models" });
const ada = { email: "ada@example.com", password: "three green umbrellas" };

test("signs a user up by the link in a mail, in, and out", async () => {
  const client = createTestClient(app);
  const logIn = async (values: typeof ada) => (await client.get("/account/login")).form().fill(values).submit();
  const sent = await (await client.get("/account/register")).form().fill(ada).submit();
  assert.equal(sent.text("h1"), "Check your mail");
  assert.equal((await User.get({ email: ada.email })).emailVerifiedAt, null);
  assert.equal((await logIn(ada)).status, 422); // The address is not confirmed.

  const link = /http\\S+/.exec(outbox(app)[0]?.text ?? "")?.[0] ?? "";
  await (await client.get(new URL(link).pathname)).form().submit("Confirm this address");
  assert.equal((await logIn({ ...ada, password: "four green umbrellas" })).status, 422);
  assert.match((await (await logIn(ada)).follow()).text("main"), /Signed in with ada@example\\.com/);

  await (await client.get("/account/logout")).form().submit();
  assert.equal((await client.get("/account")).headers.get("location"), "/account/login?next=%2Faccount");
});

test("tells nobody which addresses have an account", async () => {
  const client = createTestClient(app);
  const sent = await (await client.get("/account/password/forgot")).form().fill({ email: "nobody@example.com" }).submit();
  assert.equal(sent.status, 200);
  assert.deepEqual(outbox(app), []);
});
`;

/** Returns the lines for the mail of accounts: the server that sends it differs between machines, so it is a setting where there are some. */
function toMailLines(file: string, settingsText: string | undefined): readonly Line[] {
  if (settingsText === undefined) return [{ file, line: 'mail: { from: "site@example.com" }, // an option of gable()' }];
  const variable = 'env.text("MAIL_URL", { development: "outbox:", test: "outbox:", help: "Server that sends mail." })';
  const setting = { file: "settings.ts", line: `mailUrl: ${variable}, // a setting of defineSettings()` };
  return [
    ...(/\bmailUrl\b/.test(settingsText) ? [] : [setting]),
    { file, line: 'mail: { transport: settings.mailUrl, from: "site@example.com" }, // an option of gable()' },
  ];
}

/** Writes the accounts of a site. `modelsText` and `settingsText` are those of `models.ts` and `settings.ts`; undefined where there are no settings. */
export function makeAccounts(facts: ProjectFacts, modelsText: string, settingsText: string | undefined): MakePlan {
  const { app } = facts;
  const hasOption = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(app.text);
  const lines: readonly Line[] = [
    { file: app.file, line: 'import { accounts } from "./accounts/accounts.ts";' },
    { file: app.file, line: "accounts, // an option of gable()" },
    ...(hasOption("session") ? [] : [{ file: app.file, line: "session: {}, // an option of gable()" }]),
    ...(hasOption("mail") ? [] : toMailLines(app.file, settingsText)),
    ...toRouteLines(facts, "account", "accounts/routes.ts"),
    ...(modelsText.includes("sessionModel(")
      ? []
      : [
          {
            file: "models.ts",
            line: 'export const Session = sessionModel(); // once, with: import { sessionModel } from "gable/session";',
          },
        ]),
  ];
  return {
    files: {
      ...withLayout(facts),
      "accounts/models.ts": models,
      "accounts/accounts.ts": accounts,
      "accounts/routes.ts": routes,
      "views/accounts/home.html": home,
      "views/accounts/page.html": page,
      "tests/accounts.test.ts": test,
    },
    modelLine: 'export { AccountToken, Rate, User } from "./accounts/models.ts";',
    lines,
    next: ["db make accounts", "db migrate", "test accounts"],
  };
}
