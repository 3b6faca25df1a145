/** The templates of the pages that `make accounts --routes` writes. */
import type { AccountFacts } from "./account-routes.ts";

const displayForm = `{% import type { DisplayForm } from "gable" %}\n`;

/** A page below the layout. */
const toPage = (title: string, body: string, { imports = "", props = "" } = {}): string =>
  `${imports}{% props ${props === "" ? "" : `${props}, `}title: string = "${title}" %}
{% extends "layout.html" %}
{% block content %}
<h1>{{ title }}</h1>
${body}
{% endblock %}
`;

const toFormPage = (title: string, submit: string, after = ""): string =>
  toPage(title, `${flash}{{ form.render(submit="${submit}") }}${after === "" ? "" : `\n${after}`}`, {
    imports: displayForm,
    props: "form: DisplayForm",
  });

const toLink = (name: string, text: string): string => `<p><a href="{{ route('accounts.${name}') }}">${text}</a></p>`;
const toButton = (text: string): string => `<form method="post"><button type="submit">${text}</button></form>`;
const flash = "{{ flash.render() }}\n";

function toLogin({ options: { providers, registration }, hasMail }: AccountFacts): string {
  const links = [
    ...(hasMail ? [toLink("forgot", "Forgotten your password?")] : []),
    ...(registration === "open" ? [toLink("register", "Create an account")] : []),
  ].join("\n");
  if (providers === undefined) return toFormPage("Sign in", "Sign in", links);
  const body = `${flash}<form method="post" id="login-form">
{{ form }}
<button type="submit">Sign in</button>
</form>
{% for provider in providers %}
<p><button type="submit" form="login-form" formnovalidate formaction="{{ route('accounts.provider', { 'provider': provider.name }) }}?next={{ next|urlencode }}">Sign in with {{ provider.label }}</button></p>
{% endfor %}${links === "" ? "" : `\n${links}`}`;
  return toPage("Sign in", body, {
    imports: `${displayForm}{% import type { ProviderChoice } from "gable/auth" %}\n`,
    props: "form: DisplayForm, providers: readonly ProviderChoice[], next: string",
  });
}

function toConfirm({ options: { providers }, hasMail }: AccountFacts): string {
  const link = hasMail ? toLink("forgot", "Forgotten your password?") : "";
  if (providers === undefined) return toFormPage("Confirm your password", "Confirm", link);
  const body = `{% if ways.hasPassword %}
{{ form.render(submit="Confirm") }}
{% else %}
<p>Your account has no password. Sign in again with your provider${hasMail ? ", or set a password by mail" : ""}.</p>
{% endif %}
{% for provider in ways.providers %}
<form method="post" action="{{ route('accounts.providerConfirm', { 'provider': provider.name }) }}?next={{ next|urlencode }}"><button type="submit">Confirm with {{ provider.label }}</button></form>
{% endfor %}${link === "" ? "" : `\n${link}`}`;
  return toPage("Confirm that it is you", body, {
    imports: `${displayForm}{% import type { ConfirmationWays } from "gable/auth" %}\n`,
    props: "form: DisplayForm, ways: ConfirmationWays, next: string",
  });
}

const time = (value: string): string => `{{ ${value}.toISOString().slice(0, 16).replace("T", " ") }} UTC`;
const day = (value: string): string => `{{ ${value}.toISOString().slice(0, 10) }}`;

const device = (name: string): string =>
  `{{ ${name}.device }}, {{ ${name}.address }}, signed in ${time(`${name}.createdAt`)}, last seen ${time(`${name}.seenAt`)}`;

const sessions = toPage(
  "Your devices",
  `${flash}{% if problem %}<p role="alert">{{ problem }}</p>{% endif %}
{% if listed %}
{% if listed.current %}<p>This device: ${device("listed.current")}.</p>{% endif %}
{% if listed.rememberedCount > 0 %}<p>Browsers that stay signed in and are not in use now: {{ listed.rememberedCount }}.</p>{% endif %}
{% if listed.others|length == 0 and listed.rememberedCount == 0 %}<p>No other device is signed in.</p>
{% else %}
<form method="post">
{% for session in listed.others %}<p><label><input type="radio" name="end" value="{{ session.key }}"> ${device("session")}</label></p>
{% endfor %}<p><label><input type="radio" name="end" value="others"> All other devices</label></p>
<button type="submit">Sign out</button>
</form>
{% endif %}
{% else %}
<p>This site cannot list the devices where you are signed in: it keeps sessions in the browsers only. It can sign out all of them except this one.</p>
${toButton("Sign out all other devices")}
{% endif %}`,
  { imports: `{% import type { UserSessions } from "gable/auth" %}\n`, props: 'listed?: UserSessions, problem: string = ""' },
);

const aboutTokens = "A program with a token acts for you, as far as its scopes allow.";
const tokenImport = `{% import type { ApiToken } from "gable/auth" %}\n`;
const tokenText = (name: string): string =>
  `{{ ${name}.hint }}…, {{ ${name}.scopes|join(", ") }}, {% if ${name}.usedAt %}last used ${day(`${name}.usedAt`)}{% else %}never used{% endif %}, {% if ${name}.expiresAt > now() %}expires{% else %}expired{% endif %} ${day(`${name}.expiresAt`)}`;

const tokenViews = {
  tokens: toPage(
    "API tokens",
    `${flash}<p>${aboutTokens}</p>
{{ form.render(submit="Make a token") }}
<ul>
{% for token in tokens %}<li><a href="{{ route('accounts.token', { 'id': token.id }) }}">{{ token.name }}: ${tokenText("token")}</a></li>
{% endfor %}
</ul>`,
    { imports: displayForm + tokenImport, props: "form: DisplayForm, tokens: readonly ApiToken[]" },
  ),
  token: toPage("API token", `<p>{{ token.name }}: ${tokenText("token")}</p>\n${toButton("Revoke this token")}`, {
    imports: tokenImport,
    props: "token: ApiToken",
  }),
  "token-created": toPage("Your new token", "<p>Copy it now. No page shows it again: <code>{{ token }}</code></p>", {
    props: "token: string",
  }),
};

const back = toLink("twoFactor", "Two-factor sign-in");
const twoFactorViews = {
  code: toFormPage("Type your code", "Continue"),
  "two-factor": toPage(
    "Two-factor sign-in",
    `${flash}<p>It has been on since ${day("state.enabledAt")}. {{ state.codesLeft }} of 10 recovery codes are left.</p>
<p><a href="{{ route('accounts.twoFactor') }}/codes">Make new recovery codes</a></p>
<p><a href="{{ route('accounts.twoFactor') }}/off">Turn it off</a></p>`,
    { imports: `{% import type { TwoFactorState } from "gable/auth" %}\n`, props: "state: TwoFactorState" },
  ),
  "two-factor-new": toPage(
    "Two-factor sign-in",
    `${flash}<p>After your password, an authenticator app gives you a code to type. Add this key to the app, then type the code that it shows: {{ secret.key }}</p>
<p><a href="{{ secret.address }}">Open an authenticator app on this device</a></p>
{{ form.render(submit="Turn it on") }}`,
    { imports: `${displayForm}{% import type { NewSecret } from "gable/auth" %}\n`, props: "form: DisplayForm, secret: NewSecret" },
  ),
  "two-factor-off": toPage(
    "Turn two-factor sign-in off",
    `<p>From then on, your password is enough to sign in.</p>\n${toButton("Turn it off")}\n${back}`,
  ),
  "recovery-codes-new": toPage(
    "Make new recovery codes",
    `<p>The codes that you have now will stop working.</p>\n${toButton("Make new codes")}\n${back}`,
  ),
  "recovery-codes": toPage(
    "Your recovery codes",
    `<p>Each of them replaces a code of the app once. Keep them in a safe place: no page shows them again.</p>
<ul>
{% for code in codes %}<li><code>{{ code }}</code></li>
{% endfor %}
</ul>
${back}`,
    { props: "codes: readonly string[]" },
  ),
};

/** Returns the templates by their names, without \`accounts/\` and \`.html\`. */
export function toAccountViews(facts: AccountFacts): Readonly<Record<string, string>> {
  const { options, hasMail } = facts;
  const mailSent = toPage("Check your mail", "<p>{{ text }}</p>", { props: "text: string" });
  return {
    login: toLogin(facts),
    logout: toPage("Sign out", toButton("Sign out")),
    ...(options.registration === "open" && { register: toFormPage("Create an account", "Create an account", toLink("login", "Sign in")) }),
    ...(hasMail && {
      verify: toPage("Confirm your address", `<p>{{ email }}</p>\n${toButton("Confirm this address")}`, { props: "email: string" }),
      forgot: toFormPage("Forgotten your password?", "Send the mail"),
      reset: toFormPage("Set a new password", "Set the password"),
      email: toFormPage("Change your e-mail address", "Send the mail"),
      "mail-sent": mailSent,
      "link-expired": toPage(
        "This link no longer works",
        `<p>It was used already, or it has expired. Request a new email, or sign in: you get a new link there.</p>
${toLink("forgot", "Send a new mail")}
${toLink("login", "Sign in")}`,
      ),
    }),
    password: toFormPage("Change your password", "Change the password"),
    confirm: toConfirm(facts),
    sessions,
    ...(options.tokens !== undefined && tokenViews),
    ...(options.twoFactor !== undefined && twoFactorViews),
  };
}
