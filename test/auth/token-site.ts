/** A site with API tokens, for tests. */
import assert from "node:assert/strict";
import type { Application, GableOptions } from "gable";
import { gable, get, group, middleware, post } from "gable";
import type { Account, AccountManager } from "gable/auth";
import { accountFields, accountTokenModel, apiTokenModel, defineAccounts, manageAccounts } from "gable/auth";
import { Model } from "gable/data";
import { memoryMail } from "gable/mail";
import { memorySessions } from "gable/session";
import type { TestClient } from "gable/testing";
import { createTestClient } from "gable/testing";
import { silentLogger } from "../silent-logger.ts";

const createUserModel = () => class User extends Model("users", accountFields()) {};

export const password = "correct-horse-41";

/** The parts of a test. */
export interface TokenSite {
  readonly app: Application;
  readonly accounts: AccountManager;
  readonly User: ReturnType<typeof createUserModel>;
  readonly ApiToken: ReturnType<typeof apiTokenModel>;
  readonly ann: Account;
  readonly bob: Account;
  /** Makes a token of Ann, and returns its text. */
  readonly createToken: (scopes?: readonly string[], user?: Account) => Promise<string>;
  /** A program without cookies: what it sends has no header field but these. */
  readonly send: (method: string, path: string, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  readonly visit: () => TestClient;
  readonly run: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** Starts a site with the accounts of Ann and Bob, and stops it at the end of the test. */
export async function openTokenSite(
  test: { after: (work: () => Promise<void>) => void },
  options: GableOptions & { readonly days?: number } = {},
): Promise<TokenSite> {
  const { days, ...more } = options;
  const User = createUserModel();
  const ApiToken = apiTokenModel();
  const accounts = defineAccounts({
    user: User,
    registration: "closed",
    tokens: { scopes: ["posts:read", "posts:write"], ...(days !== undefined && { days }) },
  });
  const { token, signedIn, maybeSignedIn, sudo } = accounts.guards;
  const read = token("posts:read");
  const write = token("posts:write");
  const app = gable({
    mode: "test",
    logger: silentLogger,
    database: "sqlite::memory:",
    models: [User, accountTokenModel(), ApiToken],
    session: { store: memorySessions() },
    origin: "https://shelf.example",
    hosts: ["shelf.example"],
    mail: { transport: memoryMail(), from: "shelf@shelf.example" },
    accounts,
    routes: [
      group("/account", accounts.routes),
      get("/read", { guard: read }, ({ user }) => ({ email: user.email })),
      post("/write", { guard: write }, ({ user }) => ({ email: user.email })),
      post("/both", { guard: [read, write] }, ({ user }) => ({ email: user.email })),
      post("/then-signed-in", { guard: [write, signedIn] }, ({ user }) => ({ email: user.email })),
      post("/signed-in-first", { guard: [signedIn, write] }, ({ user }) => ({ email: user.email })),
      post("/then-sudo", { guard: [write, sudo()] }, ({ user }) => ({ email: user.email })),
      get("/read-then-sudo", { guard: [read, sudo()] }, ({ user }) => ({ email: user.email })),
      get("/sudo-first", { guard: [sudo(), read] }, ({ user }) => ({ email: user.email })),
      post("/page", { guard: signedIn }, ({ user }) => ({ email: user.email })),
      get("/maybe", { guard: maybeSignedIn }, ({ user }) => ({ email: user?.email ?? null })),
      group("/early", [get("", { guard: read }, ({ user }) => ({ email: user.email }))], {
        use: [middleware(async (context, next) => (void context.user, next()))],
      }),
    ],
    ...more,
  });
  await app.start();
  test.after(() => app.close());
  await app.database().createTables();
  const manager = manageAccounts(app);
  const [ann, bob] = [
    await manager.create({ email: "ann@example.com", password }),
    await manager.create({ email: "bob@example.com", password }),
  ];
  return {
    app,
    accounts: manager,
    User,
    ApiToken,
    ann,
    bob,
    createToken: async (scopes = ["posts:read", "posts:write"], user = ann) =>
      (await manager.createToken(user, { name: "Program", scopes })).token,
    send: (method, path, headers = {}) =>
      app.fetch(new Request(`https://shelf.example${path}`, { method, headers: { accept: "application/json", ...headers } })),
    visit: () => createTestClient(app, { errors: "page", headers: { accept: "text/html" } }),
    run: (work) => app.database().run(work),
  };
}

/** The field of a token. */
export const bearer = (token: string): { readonly authorization: string } => ({ authorization: `Bearer ${token}` });

/** Asserts the status, code and WWW-Authenticate of a refusal. */
export async function assertRefused(
  reply: Response,
  [status, code, challenge]: readonly [number, string, string | null],
  what = "",
): Promise<void> {
  const body = (await reply.json()) as { code: string }; // What errors look like.
  assert.deepEqual([reply.status, body.code, reply.headers.get("www-authenticate")], [status, code, challenge], what);
}
