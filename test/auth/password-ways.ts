/** All ways in which an account gets a password. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { AccountsOptions } from "gable/auth";
import { accountFields, accountTokenModel, defineAccounts, identityModel, manageAccounts } from "gable/auth";
import { field as f, Model } from "gable/data";
import { field } from "gable/forms";
import type { Logger } from "gable";
import { gable, group } from "gable";
import { memoryMail } from "gable/mail";
import { memorySessions } from "gable/session";
import type { TestClient } from "gable/testing";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../silent-logger.ts";
import { lastLink, password, waitForMails } from "./site.ts";

const email = "annabell@example.com";
/** What the owner of the account is, and what says nothing of a person. */
const facts = { name: "Josephine Hallberger", handle: "redfinch", theme: "darkness", recovery: "marigold" };

/** Opens a site on which accounts get passwords. */
export async function openPasswords(test: TestContext, options: Pick<AccountsOptions, "checkPassword"> = {}) {
  const User = class User extends Model("users", {
    ...accountFields(),
    name: f.text({ max: 100 }),
    handle: f.slug({ max: 50 }),
    theme: f.choice({ darkness: "Dark", light: "Light" }, { default: "light" }),
    recovery: f.text({ max: 50, secret: true }),
  }) {};
  const Identity = identityModel();
  const registrationFields = {
    name: field.text({ max: 100 }),
    handle: field.text({ max: 50 }),
    theme: field.text({ max: 50 }),
    recovery: field.text({ max: 50 }),
  };
  const providers = { example: { issuer: "https://provider.example", clientId: "shelf", clientSecret: "x".repeat(32), label: "Example" } };
  const accounts = defineAccounts({ user: User, registration: "open", verifyEmail: "never", registrationFields, providers, ...options });
  const warnings: unknown[] = [];
  const logger: Logger = { ...silentLogger, warn: (facts: unknown) => void warnings.push(facts), child: () => logger };
  const mails = memoryMail();
  const app = gable({
    mode: "test",
    logger,
    database: "sqlite::memory:",
    models: [User, accountTokenModel(), Identity],
    session: { store: memorySessions() },
    origin: "https://shelf.example",
    hosts: ["shelf.example"],
    accounts,
    mail: { transport: mails, from: "shelf@shelf.example" },
    routes: [group("/account", accounts.routes)],
  });
  await app.start();
  test.after(() => app.close());
  await app.database().createTables();
  const client = createTestClient(app, { errors: "page", headers: { accept: "text/html" } });
  const register = (chosen: string) => client.post("/account/register", { form: { email, ...facts, password: chosen } });
  return { app, User, Identity, mails, client, register, warnings };
}

type Site = Awaited<ReturnType<typeof openPasswords>>;
type Reply = Awaited<ReturnType<TestClient["get"]>>;

/** Makes the account one that a provider has created: nobody knows its password. */
async function forgetPassword({ app, User, Identity, client }: Site): Promise<void> {
  assert.equal((await client.post("/account/confirm", { form: { current: password } })).status, 303);
  await app.database().run(async () => {
    const userId = String((await User.where({ email }).first())!.id);
    const subject = { issuer: "https://provider.example", subject: "1", digest: "x" };
    await Identity.create({ ...subject, userId, isOnlyWay: true, createdAt: new Date() });
    await User.where({ email }).update({ passwordChangedAt: null });
  });
}

/** Sets a password on the pages; the account has the password of site.ts before. */
export const pageWays: Readonly<Record<string, (site: Site, chosen: string) => Promise<Reply>>> = {
  registration: ({ register }, chosen) => register(chosen),
  "a change": async ({ register, client }, chosen) => {
    assert.equal((await register(password)).status, 303);
    return client.post("/account/password", { form: { current: password, password: chosen } });
  },
  "a reset": async (site, chosen) => {
    const { register, client } = site;
    assert.equal((await register(password)).status, 303);
    await client.post("/account/password/forgot", { form: { email } });
    await waitForMails(site, 1);
    await client.get(await lastLink(site));
    return client.post("/account/password/reset", { form: { password: chosen } });
  },
  "the first one": async (site, chosen) => {
    assert.equal((await site.register(password)).status, 303);
    await forgetPassword(site);
    return site.client.post("/account/password/first", { form: { password: chosen } });
  },
};

/** Sets a password without a request. */
export const codeWays: Readonly<Record<string, (site: Site, chosen: string) => Promise<unknown>>> = {
  "create()": ({ app }, chosen) => manageAccounts(app).create({ email, ...facts, password: chosen }),
  "setPassword()": async ({ app, register }, chosen) => {
    await register(password);
    const manager = manageAccounts(app);
    await manager.setPassword(await manager.getByEmail(email), chosen);
  },
};
