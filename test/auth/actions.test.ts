/** The actions of accounts in routes of an application: they are safe also where a route has lost its guard. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import type { RouteEntry } from "gable";
import { gable, get, group, post } from "gable";
import type { Accounts } from "gable/auth";
import { accountFields, accountTokenModel, apiTokenModel, defineAccounts, manageAccounts, twoFactorModels } from "gable/auth";
import { Model } from "gable/data";
import { memoryMail } from "gable/mail";
import { memorySessions } from "gable/session";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../silent-logger.ts";

const ann = { email: "ann@example.com", password: "correct-horse-41" };

/** Starts a site that has these routes, and the account of Ann. */
async function open(test: TestContext, toRoutes: (accounts: Accounts) => readonly RouteEntry[]) {
  const User = class User extends Model("users", { ...accountFields() }) {};
  const accounts = defineAccounts({
    user: User,
    registration: "open",
    verifyEmail: "never",
    twoFactor: { issuer: "Shelf" },
    tokens: { scopes: ["read"] },
  });
  const app = gable({
    mode: "test",
    logger: silentLogger,
    database: "sqlite::memory:",
    models: [User, accountTokenModel(), apiTokenModel(), ...Object.values(twoFactorModels())],
    session: { store: memorySessions() },
    origin: "https://shelf.example",
    hosts: ["shelf.example", "localhost"],
    mail: { transport: memoryMail(), from: "shelf@shelf.example" },
    accounts,
    routes: toRoutes(accounts),
  });
  await app.start();
  test.after(() => app.close());
  await app.database().createTables();
  await manageAccounts(app).create(ann);
  return { app, client: createTestClient(app, { errors: "page", headers: { accept: "application/json" } }) };
}

const values = {
  email: "bob@example.com",
  password: "correct-horse-42",
  current: ann.password,
  code: "123456",
  name: "ci",
  scopes: ["read"],
};

const ofUsers: Readonly<Record<string, (accounts: Accounts) => (context: never) => unknown>> = {
  findFirstPassword: ({ actions }) => actions.findFirstPassword,
  changePassword:
    ({ actions }) =>
    (context) =>
      actions.changePassword(context, values),
  changeEmail:
    ({ actions }) =>
    (context) =>
      actions.changeEmail(context, values),
  confirm:
    ({ actions }) =>
    (context) =>
      actions.confirm(context, values),
  findConfirmation: ({ actions }) => actions.findConfirmation,
  "sessions.list": ({ actions }) => actions.sessions.list,
  "sessions.end":
    ({ actions }) =>
    (context) =>
      actions.sessions.end(context, "x"),
  "sessions.endOthers": ({ actions }) => actions.sessions.endOthers,
  "tokens.list": ({ actions }) => actions.tokens.list,
  "tokens.revoke":
    ({ actions }) =>
    (context) =>
      actions.tokens.revoke(context, 1),
  "twoFactor.find": ({ actions }) => actions.twoFactor.find,
  "twoFactor.confirm":
    ({ actions }) =>
    (context) =>
      actions.twoFactor.confirm(context, values),
};

const ofConfirmedUsers: typeof ofUsers = {
  setFirstPassword:
    ({ actions }) =>
    (context) =>
      actions.setFirstPassword(context, values),
  "tokens.create":
    ({ actions }) =>
    (context) =>
      actions.tokens.create(context, values),
  "twoFactor.begin": ({ actions }) => actions.twoFactor.begin,
  "twoFactor.turnOn":
    ({ actions }) =>
    (context) =>
      actions.twoFactor.turnOn(context, values),
  "twoFactor.replaceCodes": ({ actions }) => actions.twoFactor.replaceCodes,
  "twoFactor.turnOff": ({ actions }) => actions.twoFactor.turnOff,
};

const toJson =
  (work: (context: never) => unknown) =>
  async (context: unknown): Promise<{ readonly result: unknown }> => ({ result: (await work(context as never)) ?? null }); // Any context fits.

describe("actions of a user", () => {
  for (const [name, toWork] of Object.entries({ ...ofUsers, ...ofConfirmedUsers }))
    it(`${name}() refuses a visitor, on a route without a guard`, async (test) => {
      const { client } = await open(test, (accounts) => [group("/account", accounts.routes), post("/do", toJson(toWork(accounts)))]);
      const reply = await client.post("/do");
      assert.deepEqual([reply.status, reply.json<{ code: string }>().code], [401, "E_LOGIN_REQUIRED"]);
    });

  for (const [name, toWork] of Object.entries(ofConfirmedUsers))
    it(`${name}() needs the guard sudo, however short ago the user has signed in`, async (test) => {
      const { client } = await open(test, (accounts) => {
        const { signedIn, sudo } = accounts.guards;
        const work = toJson(toWork(accounts));
        return [group("/account", accounts.routes), post("/do", { guard: signedIn }, work), post("/sudo", { guard: sudo() }, work)];
      });
      assert.equal((await client.post("/account/login", { form: ann })).status, 303);
      const reply = await client.post("/do");
      assert.deepEqual([reply.status, reply.json<{ code: string }>().code], [403, "E_CONFIRMATION_REQUIRED"]);
      assert.equal((await client.post("/sudo")).status, 200);
    });
});

describe("register()", () => {
  for (const name of ["isStaff", "isSuperuser", "active", "emailVerifiedAt", "id"])
    it(`refuses the column ${name}, whatever its value`, async (test) => {
      const { client } = await open(test, ({ routes, actions }) => [
        group("/account", routes),
        post("/do", (context) => actions.register(context, { ...values, [name]: undefined })),
      ]);
      const reply = await client.post("/do");
      assert.deepEqual([reply.status, reply.json<{ code: string }>().code], [500, "E_OPTION_INVALID"]);
    });
});

describe("the pages that guards and mails lead to", () => {
  it("are routes of the application with their names", async (test) => {
    const { client } = await open(test, ({ guards }) => [
      get("/enter", { name: "accounts.login" }, () => "Enter"),
      get("/in", { guard: guards.signedIn }, () => "in"),
    ]);
    const reply = await client.get("/in", { headers: { accept: "text/html" } });
    assert.equal(reply.headers.get("location"), "/enter?next=%2Fin");
  });

  it("are missed with the name that a route must have", async (test) => {
    const { app } = await open(test, ({ guards }) => [get("/in", { guard: guards.signedIn }, () => "in")]);
    await assert.rejects(createTestClient(app, { headers: { accept: "text/html" } }).get("/in"), {
      code: "E_ACCOUNTS_SETUP",
      message: 'The application has no route with the name "accounts.login".',
      fix: 'Put accounts.routes into the routes of gable(), or give your own page the name: get("/path", { name: "accounts.login" }, ...).',
    });
  });

  it("take the secret of a link as a parameter", async (test) => {
    const { app } = await open(test, ({ actions, guards }) => [
      get("/login", { name: "accounts.login" }, () => "Enter"),
      get("/forgot", { name: "accounts.forgot" }, () => "Forgot"),
      get("/reset", { name: "accounts.openReset" }, () => "Reset"),
      post("/do", { guard: guards.signedOut }, async (context) => {
        await actions.mailReset(context, ann);
        return {};
      }),
    ]);
    await assert.rejects(createTestClient(app).post("/do"), {
      code: "E_ACCOUNTS_SETUP",
      message: 'The route "/reset" with the name "accounts.openReset" has no parameter token.',
      fix: 'Write it into the pattern: "/path/:token".',
    });
  });
});
