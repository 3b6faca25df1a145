/** `make accounts --routes`: the pages of accounts as files of the application, which call the actions of accounts. */
import type { AccountsOptions, LoginKey } from "gable/auth";
import { toAccountForms } from "./account-forms.ts";
import { toAccountTest } from "./account-test.ts";
import { toAccountViews } from "./account-views.ts";
import type { ProjectFacts } from "./pages.ts";
import { withLayout } from "./pages.ts";
import type { Line, MakePlan } from "./plan.ts";

/** What the pages depend on: a part that the application does not have gets no pages. */
export interface AccountFacts {
  readonly options: Omit<AccountsOptions, "user">;
  /** What users sign in with. */
  readonly login: LoginKey;
  /** Whether the application sends mail. */
  readonly hasMail: boolean;
  /** Whether mails are sent by tasks. */
  readonly hasTasks: boolean;
}

/** Written so that no line of this file looks like an import of it. */
const toImport = (names: string, path: string): string => `import { ${names} } from "${path}";\n`;

const start = `${toImport("accounts", "../accounts.ts")}`;
const actions = `\nconst { actions, guards } = accounts;\n`;

/** Handles a form: calls an action, and shows the problem in the form. */
const toHandler = (call: string, done: string, view: string): string => `  const { form, view } = context;
  if (form.valid) {
    const done = await ${call};
    if (done.problem === undefined) ${done}
    form.addError(done.problem.field, done.problem.message, { code: done.problem.code });
  }
  return view("accounts/${view}", { form }, { status: form.status });
`;

/** Pages with buttons of providers name the targets of their forms. */
function toLogin({ options: { providers } }: AccountFacts): string {
  const hasProviders = providers !== undefined;
  const security = hasProviders ? ", security" : "";
  const shared = hasProviders ? "{ form, providers: accounts.providers.choices, next: actions.findNext(context) }" : "{ form }";
  const context = hasProviders ? "(context)" : "({ view })";
  const view = hasProviders ? "context.view" : "view";
  const blank = shared.replace("{ form", "{ form: loginForm.blank()");
  return `${toImport("get, post, redirect", "gable")}${start}${toImport("loginForm", "./forms.ts")}${actions}${
    hasProviders
      ? "/** The buttons of providers lead to other sites. */\nconst security = { csp: { formAction: accounts.providers.formAction } };\n"
      : ""
  }
/** The page to sign in. Guards find it by its name. */
export const showLogin = get("/login", { guard: guards.signedOut, name: "accounts.login"${security} }, ${context} =>
  ${view}("accounts/login.html", ${blank}),
);

export const login = post("/login", { guard: guards.signedOut, form: loginForm${security} }, async (context) => {
${toHandler("actions.signIn(context, form.data)", "return redirect(done.next);", "login.html").replace("{ form },", `${shared},`)}});

export const showLogout = get("/logout", ({ view }) => view("accounts/logout.html"));

export const logout = post("/logout", (context) => {
  actions.signOut(context);
  return redirect(showLogin.url());
});
`;
}

const toRegister = ({
  options: { verifyEmail = "before" },
}: AccountFacts): string => `${toImport("get, post, redirect", "gable")}${start}${toImport("registerForm", "./forms.ts")}${actions}
/** The page to make an account. */
export const showRegister = get("/register", { guard: guards.signedOut, name: "accounts.register" }, ({ view }) =>
  view("accounts/register.html", { form: registerForm.blank() }),
);

${verifyEmail === "before" ? "/** A known address gets the same answer: its owner gets another mail. */\n" : ""}export const register = post("/register", { guard: guards.signedOut, form: registerForm }, async (context) => {
${toHandler(
  "actions.register(context, form.data)",
  'return done.next === undefined ? view("accounts/mail-sent.html", { title: "Check your mail", text: mailText }) : redirect(done.next);',
  "register.html",
)}});

const mailText = "We have sent you a link. Open it to confirm your address.";
`;

const verify = `${toImport("get, post, redirect", "gable")}${start}
const { actions } = accounts;

/** The link of a mail. It shows a button, because mail scanners open links. */
export const showVerify = get("/verify/:token", { name: "accounts.verify" }, async (context) => {
  const found = await actions.findVerification(context, context.params.token);
  if (found === undefined) return context.view("accounts/link-expired.html", {}, { status: 410 });
  return context.view("accounts/verify.html", { email: found.email });
});

/** The button confirms the address, once. */
export const verify = post("/verify/:token", async (context) => {
  const done = await actions.verify(context, context.params.token);
  if (done === undefined) return context.view("accounts/link-expired.html", {}, { status: 410 });
  context.flash("success", "Your address is confirmed.");
  return redirect(done.next);
});
`;

const reset = `${toImport("get, post, redirect", "gable")}${start}${toImport("forgotForm, resetForm", "./forms.ts")}
const { actions } = accounts;

/** The page that mails a link for a new password. */
export const showForgot = get("/password/forgot", { name: "accounts.forgot" }, ({ view }) =>
  view("accounts/forgot.html", { form: forgotForm.blank() }),
);

/** The answer is the same for unknown addresses. */
export const sendForgot = post("/password/forgot", { form: forgotForm }, async (context) => {
  const { form, view } = context;
  if (!form.valid) return view("accounts/forgot.html", { form }, { status: form.status });
  await actions.mailReset(context, form.data);
  const text = "If there is an account with this address, we have sent it a link.";
  return view("accounts/mail-sent.html", { title: "Check your mail", text });
});

/** The link of the mail. The secret leaves the address before a page is shown. */
export const openReset = get("/password/reset/:token", { name: "accounts.openReset" }, (context) => {
  actions.openReset(context, context.params.token);
  return redirect(showReset.url());
});

export const showReset = get("/password/reset", { name: "accounts.reset" }, async (context) => {
  const found = await actions.findReset(context);
  if (found === undefined) return context.view("accounts/link-expired.html", {}, { status: 410 });
  return context.view("accounts/reset.html", { form: resetForm.blank() });
});

export const setReset = post("/password/reset", { form: resetForm }, async (context) => {
  const { form, view } = context;
  if ((await actions.findReset(context)) === undefined) return view("accounts/link-expired.html", {}, { status: 410 });
  if (form.valid) {
    const done = await actions.resetPassword(context, form.data);
    if (done === undefined) return view("accounts/link-expired.html", {}, { status: 410 });
    if (done.problem === undefined) {
      context.flash("success", "Your password is changed. Sign in with the new one.");
      return redirect(done.next);
    }
    form.addError(done.problem.field, done.problem.message, { code: done.problem.code });
  }
  return view("accounts/reset.html", { form }, { status: form.status });
});
`;

/** A user whom a provider has made sets the first password on a page of the providers. */
function toChange({ options: { providers }, hasMail }: AccountFacts): string {
  const first =
    providers === undefined
      ? ""
      : "  const first = await actions.findFirstPassword(context);\n  if (first !== undefined) return redirect(first);\n";
  const toShow = (view: string, form: string): string =>
    first === ""
      ? `({ view }) =>\n  view("accounts/${view}", { form: ${form}.blank() }),\n);`
      : `async (context) => {\n${first}  return context.view("accounts/${view}", { form: ${form}.blank() });\n});`;
  const email = `
export const showEmail = get("/email", { guard: guards.fullySignedIn }, ${toShow("email.html", "emailForm")}

/** The new address counts when its link is opened. */
export const changeEmail = post("/email", { guard: guards.fullySignedIn, form: emailForm }, async (context) => {
${first}${toHandler(
    "actions.changeEmail(context, form.data)",
    'return view("accounts/mail-sent.html", { title: "Check your mail", text: mailText });',
    "email.html",
  )}});

const mailText = "Open the link in the mail that we have sent to your new address.";
`;
  return `${toImport("get, post, redirect", "gable")}${start}${toImport(hasMail ? "emailForm, passwordForm" : "passwordForm", "./forms.ts")}${actions}
export const showPassword = get("/password", { guard: guards.fullySignedIn, name: "accounts.password" }, ${toShow("password.html", "passwordForm")}

/** All other devices are signed out. */
export const changePassword = post("/password", { guard: guards.fullySignedIn, form: passwordForm }, async (context) => {
${first}${toHandler(
    "actions.changePassword(context, form.data)",
    `{
      context.flash("success", "Your password is changed. All other devices are signed out.");
      return redirect(done.next);
    }`,
    "password.html",
  )}});
${hasMail ? email : ""}`;
}

function toConfirm({ options: { providers } }: AccountFacts): string {
  const hasProviders = providers !== undefined;
  const security = hasProviders ? ", security" : "";
  const props = hasProviders ? "{ form, ways: await actions.findConfirmation(context), next: actions.findNext(context) }" : "{ form }";
  const shown = props.replace("{ form", "{ form: confirmForm.blank()");
  return `${toImport("get, post, redirect", "gable")}${start}${toImport("confirmForm", "./forms.ts")}${actions}${
    hasProviders
      ? "/** The buttons of providers lead to other sites. */\nconst security = { csp: { formAction: accounts.providers.formAction } };\n"
      : ""
  }
/** The page that the guard sudo leads to. */
export const showConfirm = get("/confirm", { guard: guards.signedIn, name: "accounts.confirm"${security} }, ${
    hasProviders ? "async (context) =>\n  context.view" : "({ view }) =>\n  view"
  }("accounts/confirm.html", ${shown}),
);

export const confirm = post("/confirm", { guard: guards.signedIn, form: confirmForm${security} }, async (context) => {
${toHandler("actions.confirm(context, form.data)", "return redirect(done.next);", "confirm.html").replace("{ form },", `${props},`)}});
`;
}

const sessions = `${toImport("get, post, redirect", "gable")}${start}${toImport("sessionForm", "./forms.ts")}${actions}
/** The devices where the user is signed in. Sessions in cookies cannot be listed. */
export const showSessions = get("/sessions", { guard: guards.signedIn }, async (context) =>
  context.view("accounts/sessions.html", { listed: await actions.sessions.list(context) }),
);

/** Signs out one device, or all others. */
export const endSession = post("/sessions", { guard: guards.signedIn, form: sessionForm }, async (context) => {
  const { flash, form, view } = context;
  const listed = await actions.sessions.list(context);
  const end = form.valid ? form.data.end : "";
  if (end === "others" || listed === undefined) {
    await actions.sessions.endOthers(context);
    flash("success", "All other devices are signed out.");
    return redirect(showSessions.url());
  }
  if (end && (await actions.sessions.end(context, end))) {
    flash("success", "The device is signed out.");
    return redirect(showSessions.url());
  }
  const problem = "Choose a device from the list. It may be signed out already.";
  return view("accounts/sessions.html", { listed, problem }, { status: 422 });
});
`;

const tokens = `${toImport("get, notFound, post, redirect", "gable")}${start}${toImport("tokenForm", "./forms.ts")}${actions}const confirmed = guards.sudo();

export const showTokens = get("/tokens", { guard: confirmed }, async (context) =>
  context.view("accounts/tokens.html", { form: tokenForm.blank(), tokens: await actions.tokens.list(context) }),
);

/** Shows the new token, once. */
export const createToken = post("/tokens", { guard: confirmed, form: tokenForm }, async (context) => {
  const { form, view } = context;
  if (form.valid) {
    const done = await actions.tokens.create(context, form.data);
    if (done.problem === undefined) return view("accounts/token-created.html", { token: done.token.token });
    form.addError(done.problem.field, done.problem.message, { code: done.problem.code });
  }
  return view("accounts/tokens.html", { form, tokens: await actions.tokens.list(context) }, { status: form.status });
});

export const showToken = get("/tokens/:id(int)", { guard: guards.signedIn, name: "accounts.token" }, async (context) => {
  const token = (await actions.tokens.list(context)).find(({ id }) => id === context.params.id);
  if (token === undefined) throw notFound("You have no such token.");
  return context.view("accounts/token.html", { token });
});

/** Asks for no password: whoever finds a token in wrong hands must be fast. */
export const revokeToken = post("/tokens/:id(int)", { guard: guards.signedIn }, async (context) => {
  if (!(await actions.tokens.revoke(context, context.params.id))) throw notFound("You have no such token.");
  context.flash("success", "The token is revoked.");
  return redirect(showTokens.url());
});
`;

const codes = `${toImport("get, post, redirect", "gable")}${start}${toImport("codeForm", "./forms.ts")}${toImport("showLogin", "./login.ts")}${toImport("showTwoFactor", "./two-factor.ts")}${actions}
/** The second step of the login. */
export const showLoginCode = get("/login/code", { guard: guards.signedOut, name: "accounts.loginCode" }, async (context) => {
  if (await actions.hasPendingSignIn(context)) return context.view("accounts/code.html", { form: codeForm.blank() });
  return redirect(showLogin.url({}, { next: actions.findNext(context) }));
});

export const checkLoginCode = post("/login/code", { guard: guards.signedOut, form: codeForm }, async (context) => {
  const { form, view } = context;
  if (!(await actions.hasPendingSignIn(context))) return redirect(showLogin.url({}, { next: actions.findNext(context) }));
  if (form.valid) {
    const done = await actions.signInWithCode(context, form.data);
    if (done === undefined) return redirect(showLogin.url());
    if (done.problem === undefined) return redirect(done.next);
    form.addError(done.problem.field, done.problem.message, { code: done.problem.code });
  }
  return view("accounts/code.html", { form }, { status: form.status });
});

/** The question of the guard secondFactor. */
export const showConfirmCode = get("/confirm/code", { guard: guards.signedIn, name: "accounts.confirmCode" }, async (context) => {
  if ((await actions.twoFactor.find(context)) === undefined) return redirect(showTwoFactor.url());
  return context.view("accounts/code.html", { form: codeForm.blank() });
});

export const checkConfirmCode = post("/confirm/code", { guard: guards.signedIn, form: codeForm }, async (context) => {
  const { form, view } = context;
  if ((await actions.twoFactor.find(context)) === undefined) return redirect(showTwoFactor.url());
  if (form.valid) {
    const done = await actions.twoFactor.confirm(context, form.data);
    if (done === undefined) return redirect(showTwoFactor.url());
    if (done.problem === undefined) return redirect(done.next);
    form.addError(done.problem.field, done.problem.message, { code: done.problem.code });
  }
  return view("accounts/code.html", { form }, { status: form.status });
});
`;

const twoFactor = `${toImport("get, post, redirect", "gable")}import type { HandlerResult } from "gable";
${start}${toImport("firstCodeForm", "./forms.ts")}
const { actions, guards } = accounts;
const guard = guards.sudo();
/** The password is not enough to get rid of the second factor. */
const strict = guards.sudo({ withCode: true });

/** Shows the second factor, or the key for an app. */
export const showTwoFactor = get("/two-factor", { guard, name: "accounts.twoFactor" }, async (context): Promise<HandlerResult> => {
  const state = await actions.twoFactor.find(context);
  if (state !== undefined) return context.view("accounts/two-factor.html", { state });
  return context.view("accounts/two-factor-new.html", { form: firstCodeForm.blank(), secret: await actions.twoFactor.begin(context) });
});

/** The first code turns it on. The recovery codes are shown once. */
export const turnOn = post("/two-factor", { guard, form: firstCodeForm }, async (context) => {
  const { form, view } = context;
  if ((await actions.twoFactor.find(context)) !== undefined) return redirect(showTwoFactor.url());
  if (form.valid) {
    const done = await actions.twoFactor.turnOn(context, form.data);
    if (done === undefined) return redirect(showTwoFactor.url());
    if (done.problem === undefined) return view("accounts/recovery-codes.html", { codes: done.recoveryCodes });
    form.addError(done.problem.field, done.problem.message, { code: done.problem.code });
  }
  return view("accounts/two-factor-new.html", { form, secret: await actions.twoFactor.begin(context) }, { status: form.status });
});

export const showCodes = get("/two-factor/codes", { guard: strict }, async (context) => {
  if ((await actions.twoFactor.find(context)) === undefined) return redirect(showTwoFactor.url());
  return context.view("accounts/recovery-codes-new.html");
});

export const makeCodes = post("/two-factor/codes", { guard: strict }, async (context) => {
  const codes = await actions.twoFactor.replaceCodes(context);
  return codes === undefined ? redirect(showTwoFactor.url()) : context.view("accounts/recovery-codes.html", { codes });
});

export const showOff = get("/two-factor/off", { guard: strict }, async (context) => {
  if ((await actions.twoFactor.find(context)) === undefined) return redirect(showTwoFactor.url());
  return context.view("accounts/two-factor-off.html");
});

export const turnOff = post("/two-factor/off", { guard: strict }, async (context) => {
  if (await actions.twoFactor.turnOff(context)) context.flash("success", "Two-factor sign-in is off.");
  return redirect(showTwoFactor.url());
});
`;

/** The module that lists all of them. */
function toIndex(modules: readonly string[], { options: { providers } }: AccountFacts): string {
  const imports = modules.map((path) => `import * as ${toVariable(path)} from "./${path}.ts";`);
  const start = providers === undefined ? "" : toImport("accounts", "../accounts.ts");
  const list = [...modules.map(toVariable), ...(providers === undefined ? [] : ["...accounts.providers.routes"])].join(", ");
  return `${start}${imports.join("\n")}

/** All pages of accounts, in place of \`accounts.routes\`. */
export const accountRoutes = [${list}];
`;
}

const toVariable = (path: string): string => path.replaceAll(/-(.)/g, (_all, letter: string) => letter.toUpperCase());

/** Writes the pages. `routesFile` is the file that has `accounts.routes`, with its text. */
export function makeAccountRoutes(
  project: ProjectFacts,
  facts: AccountFacts,
  routesFile: { readonly file: string; readonly text: string },
): MakePlan {
  const { options, hasMail } = facts;
  const modules: Readonly<Record<string, string>> = {
    login: toLogin(facts),
    ...(options.registration === "open" && { register: toRegister(facts) }),
    ...(hasMail && { verify, reset }),
    change: toChange(facts),
    confirm: toConfirm(facts),
    sessions,
    ...(options.tokens !== undefined && { tokens }),
    ...(options.twoFactor !== undefined && { "two-factor": twoFactor, codes }),
  };
  const names = Object.keys(modules);
  const views = toAccountViews(facts);
  return {
    files: {
      ...withLayout(project),
      "accounts/pages/index.ts": toIndex(names, facts),
      "accounts/pages/forms.ts": toAccountForms(facts),
      ...Object.fromEntries(names.map((name) => [`accounts/pages/${name}.ts`, modules[name]!])), // It is one of them.
      ...Object.fromEntries(Object.entries(views).map(([name, text]) => [`views/accounts/${name}.html`, text])),
      "tests/account-pages.test.ts": toAccountTest(facts),
    },
    lines: toLines(project, routesFile),
    next: ["check", "test account-pages"],
  };
}

/** Says what to add, and what it replaces. */
function toLines({ app }: ProjectFacts, { file, text }: { readonly file: string; readonly text: string }): readonly Line[] {
  const path = file === "accounts/routes.ts" ? "./pages/index.ts" : "./accounts/pages/index.ts";
  const views = /\bviews\b/.test(app.text) ? [] : [{ file: app.file, line: 'views: "views", // an option of gable()' }];
  const uses = /^.*\baccounts\.routes\b.*$/m.exec(text)?.[0].trim();
  const imported = toImport("accountRoutes", path).trim();
  if (uses === undefined)
    return [
      { file, line: imported },
      { file, line: 'routes: [group("/account", accountRoutes)], // an option of gable(): add it to the list' },
      ...views,
    ];
  return [
    { file, line: imported },
    { file, line: `${uses.replace("accounts.routes", "accountRoutes")} // in place of: ${uses}` },
    ...toUnusedImport(file, text.replace("accounts.routes", "")),
    ...views,
  ];
}

/** The module that has the routes may import the accounts for nothing else. */
function toUnusedImport(file: string, text: string): readonly Line[] {
  const line = /^import \{ accounts, (.+) \} from .*$/m.exec(text);
  if (line === null || /\baccounts\b(?!")/.test(text.replace(line[0], "").replaceAll(/\/\*[^]*?\*\/|\/\/.*|"[^"]*"/g, ""))) return [];
  return [{ file, line: `${line[0].replace("accounts, ", "")} // in place of: ${line[0]}` }];
}
