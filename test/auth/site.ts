/** A site with accounts, for tests: an application, its mails, and visitors. */
import assert from "node:assert/strict";
import type { Application, GableOptions } from "gable";
import { gable, get, group, middleware } from "gable";
import type { AccountsOptions } from "gable/auth";
import { accountFields, accountTokenModel, defineAccounts, rememberTokenModel, twoFactorModels } from "gable/auth";
import { field as f, Model } from "gable/data";
import { memoryMail } from "gable/mail";
import { memorySessions, sessionModel } from "gable/session";
import type { TestClient } from "gable/testing";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../silent-logger.ts";

/** The rows of a test. */
export interface Site {
  readonly app: Application;
  readonly mails: ReturnType<typeof memoryMail>;
  readonly User: ReturnType<typeof createUserModel>;
  /** A visitor without cookies. */
  readonly visit: () => TestClient;
  /** A visitor who has signed in. */
  readonly signIn: (email?: string) => Promise<TestClient>;
  /** Runs work with the database of the site. */
  readonly run: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

const createUserModel = () => class User extends Model("users", { ...accountFields(), name: f.text({ max: 100, default: "Somebody" }) }) {};

export const password = "correct-horse-41";

/** Starts a site, and stops it at the end of the test. */
export async function openSite(
  test: { after: (work: () => Promise<void>) => void },
  options: Omit<AccountsOptions, "user"> = {},
  { hasMail = true, store = "memory", ...more }: GableOptions & { hasMail?: boolean; store?: "memory" | "cookie" | "database" } = {},
): Promise<Site> {
  const User = createUserModel();
  const accounts = defineAccounts({ user: User, registration: "open", verifyEmail: "never", ...options });
  const { signedIn, signedOut, maybeSignedIn, verified } = accounts.guards;
  const mails = memoryMail();
  const app = gable({
    mode: "test",
    logger: silentLogger,
    database: "sqlite::memory:",
    models: [User, sessionModel(), accountTokenModel(), rememberTokenModel(), ...Object.values(twoFactorModels())],
    session: { store: store === "memory" ? memorySessions() : store },
    origin: "https://shelf.example",
    hosts: ["shelf.example", "evil.example"],
    accounts,
    ...(hasMail && { mail: { transport: mails, from: "shelf@shelf.example" } }),
    routes: [
      group("/account", accounts.routes),
      get("/in", { guard: signedIn }, ({ user }) => ({ email: user.email })),
      get("/out", { guard: signedOut }, ({ user }) => ({ user })),
      get("/maybe", { guard: maybeSignedIn }, ({ user }) => ({ email: user?.email ?? null })),
      get("/verified", { guard: verified }, ({ user }) => ({ email: user.email })),
      get("/awaited", async (context) => ({ email: ((await context.user) as { email: string } | null)?.email ?? null })),
      group("/early", [get("", { guard: signedIn }, ({ user }) => ({ email: user.email }))], {
        use: [middleware(async (context, next) => (void context.user, next()))],
      }),
      get("/who", { guard: maybeSignedIn }, ({ view }) => view("who.html" as never, {} as never)),
      get("/who/unloaded", ({ view }) => view("who.html" as never, {} as never)),
      get("/who/awaited", async (context) => {
        await context.user;
        return context.view("who.html" as never, {} as never);
      }),
    ],
    ...more,
  });
  await app.start();
  test.after(() => app.close());
  await app.database().createTables();
  const visit = () => createTestClient(app, { errors: "page", headers: { accept: "text/html" } });
  return {
    app,
    mails,
    User,
    visit,
    run: (work) => app.database().run(work),
    signIn: async (email = "ann@example.com") => {
      const client = visit();
      const reply = await client.post("/account/login", { form: { email, password } });
      assert.equal(reply.status, 303, reply.body);
      return client;
    },
  };
}

/** Registers an account on a site without confirmation. */
export async function register({ visit }: Site, email = "ann@example.com"): Promise<TestClient> {
  const client = visit();
  const reply = await client.post("/account/register", { form: { email, password } });
  assert.equal(reply.status, 303, reply.body);
  return client;
}

/** Waits until so many mails were sent: they are sent after the reply. Fails when there are more or fewer. */
export async function waitForMails({ mails }: Pick<Site, "mails">, count: number): Promise<void> {
  for (let tries = 0; mails.messages.length < count && tries < 500; tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(mails.messages.length, count);
}

/** Returns the path of the link in the last mail. A transport in memory has the last one first. */
export async function lastLink(site: Pick<Site, "mails">): Promise<string> {
  const { mails } = site;
  if (mails.messages.length === 0) await waitForMails(site, 1);
  const text = mails.messages[0]?.text ?? "";
  const link = /https:\/\/shelf\.example(\S+)/.exec(text)?.[1];
  assert.ok(link !== undefined, text);
  return link;
}

/** Returns the field Cookie with the session of a visitor. */
export function sessionCookie({ cookies }: TestClient): string {
  const found = [...cookies].find(([name]) => name.endsWith("session"));
  assert.ok(found !== undefined, "The visitor has no session.");
  return found.join("=");
}
