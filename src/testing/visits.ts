/** Work of a test client in the context of a separate request: signing in, and reading and writing its session. */
import type { Application, Context, FlashMessage } from "gable";
import type { Account } from "gable/auth";
import { testError } from "./test-error.ts";

/** A user: a row of the model of accounts, or anything with an id. */
export interface TestUser {
  /** Id of the user. */
  readonly id: unknown;
}

/** The session of a test client. */
export interface TestSession {
  /** Returns the value of a key; undefined without one. */
  find(key: string): Promise<unknown>;
  /** Sets a JSON value. */
  set(key: string, value: unknown): Promise<void>;
  /** Removes a value. */
  delete(key: string): Promise<void>;
  /** Returns the user that the session belongs to; null for nobody. */
  findUserId(): Promise<string | null>;
}

/** Runs work with the context of a request, and keeps the cookies that it sets. */
export type RunVisit = (work: (context: Context) => unknown) => Promise<void>;

/** Creates the session of a client. */
export function createSession(visit: RunVisit): TestSession {
  return {
    find: (key) => read(visit, ({ session }) => session.find(toKey(key))),
    set: (key, value) => visit(({ session }) => session.set(toKey(key), value as never)), // As with the key.
    delete: (key) => visit(({ session }) => session.delete(toKey(key))),
    findUserId: () => read(visit, ({ session }) => session.findUserId()),
  };
}

/** A project may declare the keys of its sessions, and their values. A test may use any. */
function toKey(key: string): never {
  return key as never; // See above.
}

/** Returns the flash messages that wait. */
export function readFlash(visit: RunVisit): Promise<readonly FlashMessage[]> {
  return read(visit, async ({ flash }) => flash.toJSON());
}

/** Writes a session of a user. */
export async function signInUser(app: Application, user: TestUser, visit: RunVisit): Promise<void> {
  assertSessions(app);
  if (
    typeof user !== "object" ||
    user === null ||
    (typeof user.id !== "number" && typeof user.id !== "string" && typeof user.id !== "bigint")
  )
    throw testError("E_TEST_SETUP", "signIn() takes a user with an id.", "Pass a row: await client.signIn(await userFactory.create()).");
  if (app.options.accounts === undefined) return visit(({ session }) => session.rotate({ userId: String(user.id) }));
  // The rows of the model of accounts have these columns.
  const account = user as Account;
  if (account.active === false)
    throw testError(
      "E_TEST_SETUP",
      "signIn(): the account is not active, so that nobody can sign in with it.",
      "Sign in first, and change the row then.",
    );
  const { signIn } = await import("gable/auth");
  return visit((context) => signIn(context, account));
}

/** Ends the session. */
export async function signOutUser(app: Application, visit: RunVisit): Promise<void> {
  assertSessions(app);
  return visit(({ session }) => session.end());
}

function assertSessions({ options }: Application): void {
  if (options.session === undefined)
    throw testError("E_TEST_SETUP", "The application has no sessions: nobody can be signed in.", "Enable them: gable({ session: {} }).");
}

async function read<Value>(visit: RunVisit, find: (context: Context) => Promise<Value>): Promise<Value> {
  let value: { readonly found: Value } | undefined;
  await visit(async (context) => (value = { found: await find(context) }));
  // The visit has run the work, or thrown.
  return value!.found;
}
