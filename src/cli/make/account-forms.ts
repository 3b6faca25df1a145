/** The forms of the pages that `make accounts --routes` writes. */
import type { AccountFacts } from "./account-routes.ts";

/** What users sign in with. */
const toLoginField = (login: AccountFacts["login"]): string =>
  login === "email" ? email : 'username: f.text({ label: "User name", autocomplete: "username", max: 254, attributes: plain })';

/** What a new account has besides its password. */
const toNames = ({ login, options: { verifyEmail } }: AccountFacts): string =>
  login === "email"
    ? email
    : `username: f.text({
      label: "User name",
      autocomplete: "username",
      max: 64,
      pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
      help: rule,
      attributes: plain,
      messages: { pattern: \`Use ${"${rule.charAt(0).toLowerCase()}${rule.slice(1)}"}\` },
    }),
    ${toContact(verifyEmail === "never")}`;

const toContact = (isOptional = false): string =>
  `email: f.email({ label: "E-mail address", autocomplete: "email", max: 254${isOptional ? ", optional: true" : ""} })`;

/** Keyboards of phones begin with a capital letter, and correct words. */
const plain = `
const plain = { autocapitalize: "none", spellcheck: "false" };
`;
const rule = `const rule = "Letters from a to z, digits, and . _ - after the first character.";
`;

const email = 'email: f.email({ label: "E-mail address", autocomplete: "username", max: 254 })';

const toStart = (passwordMin: number): string => `
/** A password that is set. The actions check the other rules. */
const newPassword = (label: string) =>
  f.password({ label, purpose: "new", min: ${passwordMin}, help: "At least ${passwordMin} characters." });
`;

const toLogin = ({ login, options: { remember } }: AccountFacts): string => `
export const loginForm = form(
  {
    ${toLoginField(login)},
    password: f.password({ label: "Password" }),${remember !== undefined ? '\n    remember: f.boolean({ label: "Keep me signed in" }),' : ""}
  },
  { name: "login" },
);
`;

const toRegister = (facts: AccountFacts, hasFields: boolean): string => `
export const registerForm = form(
  {
    ${toNames(facts)},${hasFields ? "\n    ...accounts.options.registrationFields," : ""}
    password: newPassword("Password"),
  },
  { name: "register" },
);
`;

const toMail = (login: AccountFacts["login"]): string => `
export const forgotForm = form(
  { ${login === "email" ? email : toContact()} },
  { name: "forgot" },
);

export const resetForm = form({ password: newPassword("New password") }, { name: "reset" });

export const emailForm = form(
  {
    current: f.password({ label: "Current password" }),
    email: f.email({ label: "New e-mail address", autocomplete: "email", max: 254 }),
  },
  { name: "email" },
);
`;

const ofUsers = `
export const passwordForm = form(
  { current: f.password({ label: "Current password" }), password: newPassword("New password") },
  { name: "password" },
);

export const confirmForm = form({ current: f.password({ label: "Password" }) }, { name: "confirm" });

/** What the page of devices sends: the key of a session, or "others". */
export const sessionForm = form({ end: f.text({ max: 64, optional: true }) }, { name: "sessions" });
`;

const toTokens = (scopes: readonly string[]): string => `
export const tokenForm = form(
  {
    name: f.text({ label: "Name", max: 100, help: "Which program will use the token?" }),
    scopes: f.choices(
      { ${scopes.map((scope) => `${JSON.stringify(scope)}: ${JSON.stringify(scope)}`).join(", ")} },
      { label: "What the token may do" },
    ),
  },
  { name: "token" },
);
`;

const codes = `
const code = (help: string) => f.text({ label: "Code", max: 40, autocomplete: "one-time-code", help });

export const codeForm = form({ code: code("The six digits of your authenticator app, or a recovery code.") }, { name: "code" });

export const firstCodeForm = form({ code: code("The six digits that the app shows.") }, { name: "code" });
`;

/** Writes `accounts/pages/forms.ts`: the forms of the pages that there are. */
export function toAccountForms(facts: AccountFacts): string {
  const { options, hasMail, login } = facts;
  const { registration, registrationFields = {}, passwordMin = 8, tokens, twoFactor } = options;
  const isOpen = registration === "open";
  const hasFields = isOpen && Object.keys(registrationFields).length > 0;
  return [
    'import { field as f, form } from "gable/forms";\n',
    // Written so that no line of this file looks like an import of it.
    hasFields ? `import { accounts } from "${"../accounts.ts"}";\n` : "",
    toStart(passwordMin),
    login === "username" ? plain + (isOpen ? rule : "") : "",
    toLogin(facts),
    isOpen ? toRegister(facts, hasFields) : "",
    hasMail ? toMail(login) : "",
    ofUsers,
    tokens === undefined ? "" : toTokens(tokens.scopes),
    twoFactor === undefined ? "" : codes,
  ].join("");
}
