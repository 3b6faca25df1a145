/** A site whose users sign in with a provider, for tests. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { gable, get, group, post } from "gable";
import type { AccountsOptions, LoginKey, ProviderOptions } from "gable/auth";
import {
  accountFields,
  accountTokenModel,
  apiTokenModel,
  defineAccounts,
  identityModel,
  rememberTokenModel,
  twoFactorModels,
} from "gable/auth";
import { Model } from "gable/data";
import { memoryMail } from "gable/mail";
import { memorySessions, sessionModel } from "gable/session";
import type { TestClient } from "gable/testing";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../../silent-logger.ts";

/** Longer than most, and with what the head of a basic authentication must escape. */
export const clientSecret = "very-secret-41:+%&= of the shelf";
export const email = "ann@example.com";
export const password = "correct-horse-41";
/** Where the provider sends visitors back to. */
export const redirectUri = "https://shelf.example/account/login/example/callback";

/** What a test decides. */
export interface ProviderSiteOptions {
  /** Options of the provider "example", besides its issuer. */
  readonly provider?: Partial<ProviderOptions>;
  readonly accounts?: Omit<AccountsOptions, "user">;
  /** What accounts sign in with, besides the provider. Default "email". */
  readonly login?: LoginKey;
  readonly database?: string;
  readonly hasMail?: boolean;
  /** Where sessions are. Default "memory". */
  readonly store?: "memory" | "database" | "cookie";
  /** Folder of views. Without one, the site has the plain pages of accounts. */
  readonly views?: string;
}

/** Starts a site with one provider, and stops it at the end of the test. */
export async function openProviderSite(
  test: { after: (work: () => Promise<void>) => void },
  issuer: string,
  {
    provider = {},
    accounts: options = {},
    database = "sqlite::memory:",
    hasMail = false,
    store = "memory",
    views,
    login = "email",
  }: ProviderSiteOptions = {},
) {
  const byName = class User extends Model("users", { ...accountFields({ login: "username" }) }) {};
  // Tests of accounts with a user name read only what both have.
  const User = login === "email" ? class User extends Model("users", { ...accountFields() }) {} : (byName as never);
  const Identity = identityModel();
  const providers = { example: { issuer, clientId: "shelf", clientSecret, label: "Example", ...provider } };
  const accounts = defineAccounts({ user: User, registration: "open", verifyEmail: "never", providers, ...options });
  const logged: string[] = [];
  const note = (...parts: unknown[]): void => void logged.push(JSON.stringify(parts));
  const mails = memoryMail();
  const app = gable({
    mode: "test",
    logger: { ...silentLogger, warn: note as never, error: note as never },
    database,
    models: [
      User,
      Identity,
      apiTokenModel(),
      sessionModel(),
      accountTokenModel(),
      rememberTokenModel(),
      ...Object.values(twoFactorModels()),
    ],
    session: { store: store === "memory" ? memorySessions() : store },
    origin: "https://shelf.example",
    hosts: ["shelf.example"],
    accounts,
    ...(views !== undefined && { views: { directories: [views], generated: join(views, ".gable") } }),
    ...(hasMail && { mail: { transport: mails, from: "shelf@shelf.example" } }),
    routes: [
      group("/account", accounts.routes),
      get("/who", { guard: accounts.guards.maybeSignedIn }, ({ user }) => ({ email: user?.email ?? null })),
      get("/secret", { guard: accounts.guards.sudo() }, () => ({ isOpen: true })),
      ...(options.tokens === undefined ? [] : [get("/api", { guard: accounts.guards.token("read" as never) }, () => "open")]),
      post("/secret", { guard: accounts.guards.sudo() }, () => ({ isOpen: true })),
    ],
  });
  await app.start();
  test.after(() => app.close());
  await app.database().createTables();
  const visit = (): TestClient => createTestClient(app, { errors: "page", headers: { accept: "text/html" } });
  const run = <Result>(work: () => Promise<Result>): Promise<Result> => app.database().run(work);
  return { app, mails, User, Identity, client: visit(), visit, logged, run };
}

/** Goes to the provider, and returns its address. */
export async function leave(client: TestClient, start = "/account/login/example"): Promise<string> {
  const reply = await client.post(start);
  assert.equal(reply.status, 303, reply.body);
  return reply.headers.get("location")!;
}

/** Returns the address of the user who is signed in; null for nobody. */
export async function who({ client }: { readonly client: TestClient }): Promise<unknown> {
  return JSON.parse((await client.get("/who")).body).email;
}
