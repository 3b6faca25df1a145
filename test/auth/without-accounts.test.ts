/** Guards and functions of accounts in an application that was not given them: `accounts` is easily forgotten in `gable()`. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Handler } from "gable";
import { gable, get } from "gable";
import { accountFields, defineAccounts, signIn, signOut } from "gable/auth";
import { Model } from "gable/data";
import { memorySessions } from "gable/session";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../silent-logger.ts";

class User extends Model("users", { ...accountFields() }) {}
const accounts = defineAccounts({
  user: User,
  registration: "open",
  verifyEmail: "never",
  tokens: { scopes: ["read"] },
  permissions: ["lend"],
});
const { guards, actions } = accounts;
const form = { email: "ann@example.com", password: "correct-horse-41" };
const open = (): string => "open";

describe("an application without accounts", () => {
  const guarded = {
    signedIn: guards.signedIn,
    signedOut: guards.signedOut,
    maybeSignedIn: guards.maybeSignedIn,
    fullySignedIn: guards.fullySignedIn,
    verified: guards.verified,
    secondFactor: guards.secondFactor,
    "sudo()": guards.sudo(),
    "can()": guards.can("lend"),
    "token()": guards.token("read"),
  };
  const handlers: Readonly<Record<string, Handler>> = {
    "signIn()": async (context) => (await signIn(context, { id: 1 } as never), "open"),
    "can()": async (context) => String(await accounts.can(context, "lend")),
    "actions.signIn()": async (context) => (await actions.signIn(context, form), "open"),
    "actions.register()": async (context) => (await actions.register(context, form), "open"),
    "actions.signOut()": (context) => (actions.signOut(context), "open"),
  };
  const routes = [
    ...Object.entries(guarded).map(([name, guard]) => ({ name: `the guard ${name}`, route: get("/", { guard }, open) })),
    ...Object.entries(handlers).map(([name, handler]) => ({ name, route: get("/", handler) })),
  ];
  for (const { name, route } of routes)
    it(`says what it lacks: ${name}`, async (test) => {
      const app = gable({ mode: "test", logger: silentLogger, session: { store: memorySessions() }, routes: [route] });
      test.after(() => app.close());
      await assert.rejects(createTestClient(app).get("/", { headers: { authorization: "Bearer gable_x" } }), {
        code: "E_ACCOUNTS_SETUP",
        message: "The application has no accounts.",
        fix: /Pass accounts to gable\(\)/,
      });
    });

  it("ends the session with signOut()", async (test) => {
    const route = get("/", (context) => (signOut(context), "out"));
    const app = gable({ mode: "test", logger: silentLogger, session: { store: memorySessions() }, routes: [route] });
    test.after(() => app.close());
    assert.equal((await createTestClient(app).get("/")).body, "out");
  });
});
