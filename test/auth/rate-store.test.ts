/** What accounts do while the store of the rate limits fails: nobody guesses without a limit, and the log says why. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import { gable, get, group } from "gable";
import { accountFields, accountTokenModel, apiTokenModel, defineAccounts, rememberTokenModel, twoFactorModels } from "gable/auth";
import { Model } from "gable/data";
import { memoryMail } from "gable/mail";
import type { RateStore } from "gable/security";
import { memoryRates } from "gable/security";
import { memorySessions } from "gable/session";
import type { TestClient } from "gable/testing";
import { createTestClient } from "gable/testing";
import { accountsPart } from "../../src/auth/part.ts";
import { createSecret, toCode } from "../../src/auth/two-factor/totp.ts";
import { silentLogger } from "../silent-logger.ts";

const password = "correct-horse-41";
const email = "ann@example.com";
const newPassword = "quiet-lantern-88";

/** Opens a site with everything that counts, and a store that fails when the test says so. */
async function open(test: TestContext) {
  const broken = new Set<"take" | "reset">();
  const real = memoryRates();
  const pass = <Key extends "take" | "reset">(name: Key): RateStore[Key] =>
    ((...given: never[]) => {
      if (broken.has(name)) throw new Error("The store is away.");
      // Each name has its own parameters, which go on as they came.
      return (real[name] as (...values: never[]) => unknown)(...given);
    }) as RateStore[Key];
  const store: RateStore = { take: pass("take"), reset: pass("reset"), deleteExpired: () => 0 };
  const User = class User extends Model("users", { ...accountFields() }) {};
  const accounts = defineAccounts({
    user: User,
    registration: "open",
    verifyEmail: "never",
    twoFactor: { issuer: "Shelf" },
    tokens: { scopes: ["read"] },
  });
  const logged: unknown[] = [];
  const app = gable({
    mode: "test",
    logger: { ...silentLogger, error: (facts: unknown) => void logged.push((facts as { code?: unknown }).code) }, // Facts are an object.
    database: "sqlite::memory:",
    models: [User, accountTokenModel(), apiTokenModel(), rememberTokenModel(), ...Object.values(twoFactorModels())],
    session: { store: memorySessions() },
    origin: "https://shelf.example",
    hosts: ["shelf.example"],
    rateLimits: { store },
    accounts,
    mail: { transport: memoryMail(), from: "shelf@shelf.example" },
    routes: [group("/account", accounts.routes), get("/read", { guard: accounts.guards.token("read") }, () => "read")],
  });
  await app.start();
  test.after(() => app.close());
  await app.database().createTables();
  const visit = (): TestClient => createTestClient(app, { errors: "page", headers: { accept: "text/html" } });
  const client = visit();
  assert.equal((await client.post("/account/register", { form: { email, password } })).status, 303);
  const secret = createSecret();
  const turnOn = async (): Promise<void> => {
    const { twoFactors } = app.part(accountsPart).parts;
    const ann = await app.database().run(() => User.where({ email }).first());
    await app.database().run(() => twoFactors!.turnOn(String(ann!.id), secret, toCode(secret, Math.floor(Date.now() / 30_000) - 1)));
  };
  return { app, broken, client, visit, logged, turnOn, code: () => toCode(secret, Math.floor(Date.now() / 30_000)) };
}

type Opened = Awaited<ReturnType<typeof open>>;
type Reply = Awaited<ReturnType<TestClient["get"]>>;
const logIn = (client: TestClient): Promise<Reply> => client.post("/account/login", { form: { email, password } });
const never = async (): Promise<undefined> => undefined;

/** Each action that counts, what comes before the store fails, and its status with a store that counts but cannot forget. */
const rows: ReadonlyArray<
  readonly [name: string, prepare: (site: Opened) => Promise<unknown>, send: (site: Opened) => Promise<Reply>, status: number]
> = [
  ["the login", never, ({ visit }) => logIn(visit()), 303],
  [
    "the login with an unknown address",
    never,
    ({ visit }) => visit().post("/account/login", { form: { email: "eve@example.com", password } }),
    422,
  ],
  ["registration", never, ({ visit }) => visit().post("/account/register", { form: { email: "bob@example.com", password } }), 303],
  ["a forgotten password", never, ({ visit }) => visit().post("/account/password/forgot", { form: { email } }), 200],
  [
    "a change of the password",
    never,
    ({ client }) => client.post("/account/password", { form: { current: password, password: newPassword } }),
    303,
  ],
  [
    "a change of the address",
    never,
    ({ client }) => client.post("/account/email", { form: { current: password, email: "new@example.com" } }),
    200,
  ],
  ["the confirmation for sudo", never, ({ client }) => client.post("/account/confirm", { form: { current: password } }), 303],
  [
    "the code of the login",
    async ({ turnOn, client }) => {
      await turnOn();
      await client.post("/account/logout");
      await logIn(client);
    },
    ({ client, code }) => client.post("/account/login/code", { form: { code: code() } }),
    303,
  ],
  [
    "the code of the guard",
    ({ turnOn }) => turnOn(),
    ({ client, code }) => client.post("/account/confirm/code", { form: { code: code() } }),
    303,
  ],
  [
    "the first code",
    ({ client }) => client.get("/account/two-factor"),
    async ({ client }) => {
      const key = /secret=([A-Z2-7]+)/.exec((await client.get("/account/two-factor")).body)![1]!;
      return client.post("/account/two-factor", { form: { code: toCode(key, Math.floor(Date.now() / 30_000)) } });
    },
    200,
  ],
  ["a wrong API token", never, ({ visit }) => visit().get("/read", { headers: { authorization: "Bearer gable_wrong" } }), 401],
];

describe("accounts without their rate limits", () => {
  for (const [name, prepare, send, status] of rows) {
    it(`refuse ${name} with 503`, async (test) => {
      const site = await open(test);
      await prepare(site);
      site.broken.add("take");
      const reply = await send(site);
      assert.deepEqual([reply.status, /E_RATE_STORE/.test(reply.body), site.logged.includes("E_RATE_STORE")], [503, true, true]);
      // Everything but the store is as it was.
      site.broken.clear();
      assert.equal((await send(site)).status, status);
    });

    it(`let ${name} pass when only the counts cannot be forgotten`, async (test) => {
      const site = await open(test);
      await prepare(site);
      site.broken.add("reset");
      assert.equal((await send(site)).status, status);
    });
  }
});
