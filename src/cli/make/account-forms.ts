/** The forms of the pages that `make accounts --routes` writes. */
import type { AccountFacts } from "./account-routes.ts";

const email = 'email: f.email({ label: "E-mail address", autocomplete: "username", max: 254 })';

const toStart = (passwordMin: number): string => `
/** A password that is set. The actions check the other rules. */
const newPassword = (label: string) =>
  f.password({ label, purpose: "new", min: ${passwordMin}, help: "At least ${passwordMin} characters." });
`;

const toLogin = (remembers: boolean): string => `
export const loginForm = form(
  {
    ${email},
    password: f.password({ label: "Password" }),${remembers ? '\n    remember: f.boolean({ label: "Keep me signed in" }),' : ""}
  },
  { name: "login" },
);
`;

const toRegister = (hasFields: boolean): string => `
export const registerForm = form(
  {
    ${email},${hasFields ? "\n    ...accounts.options.registrationFields," : ""}
    password: newPassword("Password"),
  },
  { name: "register" },
);
`;

const ofMail = `
export const forgotForm = form(
  { ${email} },
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
export function toAccountForms({ options, hasMail }: AccountFacts): string {
  const { registration, registrationFields = {}, passwordMin = 8, remember, tokens, twoFactor } = options;
  const isOpen = registration === "open";
  const hasFields = isOpen && Object.keys(registrationFields).length > 0;
  return [
    'import { field as f, form } from "gable/forms";\n',
    // Written so that no line of this file looks like an import of it.
    hasFields ? `import { accounts } from "${"../accounts.ts"}";\n` : "",
    toStart(passwordMin),
    toLogin(remember !== undefined),
    isOpen ? toRegister(hasFields) : "",
    hasMail ? ofMail : "",
    ofUsers,
    tokens === undefined ? "" : toTokens(tokens.scopes),
    twoFactor === undefined ? "" : codes,
  ].join("");
}
