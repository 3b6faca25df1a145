/** A browser whose session belonged to somebody who may no longer sign in: the next user finds nothing of it. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { gable, get, group, post } from "gable";
import { accountFields, defineAccounts, manageAccounts, twoFactorModels } from "gable/auth";
import { Model } from "gable/data";
import { memorySessions, sessionModel } from "gable/session";
import type { TestClient } from "gable/testing";
import { createTestClient } from "gable/testing";
import { toCode } from "../../src/auth/two-factor/totp.ts";
import { silentLogger } from "../silent-logger.ts";
import { password } from "./site.ts";

const [ann, bob] = ["ann@example.com", "bob@example.com"];
const start = Date.UTC(2026, 4, 1, 12);
const stepMs = 30_000;
const stores = ["cookie", "memory", "database"] as const;

async function open(test: TestContext, store: (typeof stores)[number]) {
  const User = class User extends Model("users", accountFields()) {};
  const accounts = defineAccounts({ user: User, twoFactor: { issuer: "Shelf" } });
  const app = gable({
    mode: "test",
    logger: silentLogger,
    database: "sqlite::memory:",
    models: [User, sessionModel(), ...Object.values(twoFactorModels())],
    session: { store: store === "memory" ? memorySessions() : store },
    accounts,
    routes: [
      group("/account", accounts.routes),
      get("/in", { guard: accounts.guards.signedIn }, ({ user }) => ({ email: user.email })),
      get("/note", async ({ session }) => ({ note: (await session.find("note")) ?? null })),
      post("/note", ({ session }) => {
        session.set("note", "private");
        return null;
      }),
    ],
  });
  await app.start();
  test.after(() => app.close());
  await app.database().createTables();
  for (const email of [ann, bob]) await manageAccounts(app).create({ email, password });
  const change = (values: object): Promise<unknown> => app.database().run(() => User.where({ email: ann }).update(values));
  return { change, visit: () => createTestClient(app, { errors: "page", headers: { accept: "text/html" } }) };
}

const logIn = (client: TestClient, email: string) => client.post("/account/login", { form: { email, password } });

/** Turns two-factor sign-in on for bob, and returns a function that types the code of the time. */
async function turnOn(client: TestClient, now: () => number): Promise<(client: TestClient, path: string) => Promise<number>> {
  await logIn(client, bob);
  const secret = /(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}/.exec((await client.get("/account/two-factor")).body)![0].replaceAll(" ", "");
  const type = async (by: TestClient, path: string): Promise<number> =>
    (await by.post(path, { form: { code: toCode(secret, Math.floor(now() / stepMs)) } })).status;
  assert.equal(await type(client, "/account/two-factor"), 200);
  return type;
}

for (const store of stores)
  for (const hasCode of [false, true])
    describe(`a session in the store ${store}, ${hasCode ? "with" : "without"} a second step`, () => {
      for (const [what, change, keeps] of [
        ["gives bob nothing of ann, who is inactive", { active: false }, false],
        ["gives bob nothing of ann, whose sessions have ended", { sessionsValidFrom: new Date(start + 2 * stepMs) }, false],
        ["gives bob what a visitor had", undefined, true],
      ] as const)
        it(what, async (test) => {
          let now = start;
          test.mock.method(Date, "now", () => now);
          const { visit, change: update } = await open(test, store);
          const type = hasCode ? await turnOn(visit(), () => now) : undefined;
          const client = visit();
          if (change !== undefined) await logIn(client, ann);
          await client.post("/note");
          assert.equal((await client.get("/note")).json<{ note: unknown }>().note, "private");
          if (change !== undefined) await update(change);
          now += 2 * stepMs;
          assert.equal((await logIn(client, bob)).status, 303);
          if (type !== undefined) assert.equal(await type(client, "/account/login/code"), 303);
          assert.deepEqual((await client.get("/in")).json(), { email: bob });
          assert.deepEqual((await client.get("/note")).json(), { note: keeps ? "private" : null });
        });
    });
