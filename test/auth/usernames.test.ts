/** Accounts that sign in with a user name: `accountFields({ login: "username" })`. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, it } from "node:test";
import { gable, get, group } from "gable";
import type { AccountsOptions } from "gable/auth";
import { accountFields, accountTokenModel, defineAccounts, manageAccounts } from "gable/auth";
import { field as f, Model } from "gable/data";
import { field } from "gable/forms";
import { memoryMail } from "gable/mail";
import { rateModel } from "gable/security";
import { memorySessions } from "gable/session";
import type { TestReply } from "gable/testing";
import { createTestClient } from "gable/testing";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";
import { lastLink, waitForMails } from "./site.ts";

const password = "correct-horse-41";
const newPassword = "quiet-lantern-88";

/** A site whose accounts sign in with a user name. */
async function open(test: TestContext, options: Partial<AccountsOptions> = {}, database = "sqlite::memory:") {
  const errors: unknown[] = [];
  class User extends Model("users", { ...accountFields({ login: "username" }), city: f.text({ max: 100, null: true }) }) {}
  const accounts = defineAccounts({ user: User, registration: "open", verifyEmail: "never", ...options });
  const mails = memoryMail();
  const app = gable({
    mode: "test",
    logger: { ...silentLogger, error: (fields: object) => void errors.push(fields) } as typeof silentLogger,
    database,
    models: [User, accountTokenModel(), rateModel()],
    session: { store: memorySessions() },
    origin: "https://shelf.example",
    hosts: ["shelf.example"],
    accounts,
    mail: { transport: mails, from: "shelf@shelf.example" },
    routes: [
      group("/account", accounts.routes),
      get("/in", { guard: accounts.guards.signedIn }, ({ user }) => ({ name: (user as { username?: string }).username })),
    ],
  });
  await app.start();
  test.after(() => app.close());
  await app.database().createTables();
  const visit = () => createTestClient(app, { errors: "page", headers: { accept: "text/html" } });
  const send = (path: string, form: Readonly<Record<string, string>>): Promise<TestReply> => visit().post(`/account/${path}`, { form });
  const find = (username: string) => app.database().run(() => User.where({ username }).first());
  return {
    app,
    accounts,
    mails,
    errors,
    User,
    visit,
    send,
    find,
    manager: manageAccounts(app),
    count: () => app.database().run(() => User.count()),
  };
}

const receivers = ({ messages }: ReturnType<typeof memoryMail>): string[] => messages.flatMap(({ to }) => to.map(({ address }) => address));
const fieldsOf = ({ body }: TestReply): string[] => [...body.matchAll(/<input [^>]*name="([^"]+)"/g)].map(([, name]) => name!);

describe("accountFields({ login })", () => {
  it("swaps the key, and makes the address optional", () => {
    const [byEmail, byUsername] = [accountFields(), accountFields({ login: "username" })];
    assert.deepEqual(Object.keys(accountFields({ login: "email" })), Object.keys(byEmail));
    assert.deepEqual(
      Object.keys(byUsername).filter((name) => !(name in byEmail)),
      ["username"],
    );
    assert.deepEqual([byUsername.username.options.unique, byUsername.username.options.null], [true, undefined]);
    assert.deepEqual([byUsername.email.options.unique, byUsername.email.options.null, byEmail.email.options.null], [true, true, undefined]);
  });

  for (const [wrong, code] of [
    [{ login: "name" }, "E_OPTION_INVALID"],
    [{ login: true }, "E_OPTION_INVALID"],
    [{ key: "username" }, "E_OPTION_UNKNOWN"],
    ["username", "E_OPTION_INVALID"],
    [null, "E_OPTION_INVALID"],
  ] as const)
    it(`refuses ${JSON.stringify(wrong)}`, () => {
      assert.throws(() => accountFields(wrong as never), { code }); // Wrong on purpose.
    });

  it("is what accounts sign in with, and a column username of the application is not", () => {
    const names = class extends Model("users", accountFields({ login: "username" })) {};
    const own = class extends Model("users", { ...accountFields(), username: f.text({ max: 40, unique: true }) }) {};
    assert.deepEqual([defineAccounts({ user: names }).login, defineAccounts({ user: own }).login], ["username", "email"]);
    assert.ok(defineAccounts({ user: own, registrationFields: { username: field.text({ max: 40 }) } }));
    assert.throws(() => defineAccounts({ user: names, registrationFields: { username: field.text({ max: 40 }) } }), {
      code: "E_OPTION_INVALID",
      message: /registrationFields/,
    });
  });

  it("refuses a model that has lost the column", () => {
    const lost = class extends Model("users", { ...accountFields({ login: "username" }), username: f.text({ max: 40 }) }) {};
    assert.throws(() => defineAccounts({ user: lost }), { code: "E_OPTION_INVALID", message: /column username of accountFields/ });
  });
});

describe("user names, the pages", () => {
  for (const [verifyEmail, isRequired] of [
    ["before", true],
    ["after", true],
    ["never", false],
  ] as const)
    it(`ask for a user name, and for an address that is ${isRequired ? "required" : "optional"} with verifyEmail "${verifyEmail}"`, async (test) => {
      const { visit } = await open(test, { verifyEmail });
      const register = await visit().get("/account/register");
      assert.deepEqual(fieldsOf(register), ["username", "email", "password"]);
      assert.equal(/<input [^>]*name="email"[^>]* required/.test(register.body), isRequired);
      assert.deepEqual(fieldsOf(await visit().get("/account/login")), ["username", "password"]);
      assert.deepEqual(fieldsOf(await visit().get("/account/password/forgot")), ["email"]);
    });
});

describe("user names, registration", () => {
  it("takes a name without an address, in lower case, and signs in with any case", async (test) => {
    const { send, find, visit } = await open(test);
    assert.equal((await send("register", { username: " Ann.Lee-7_x ", email: "", password })).status, 303);
    const ann = await find("ann.lee-7_x");
    assert.deepEqual([ann?.email, ann?.emailVerifiedAt], [null, null]);
    const client = visit();
    assert.equal((await client.post("/account/login", { form: { username: "ANN.lee-7_X", password } })).status, 303);
    assert.deepEqual((await client.get("/in")).json(), { name: "ann.lee-7_x" });
  });

  for (const username of ["", ".ann", "-ann", "_ann", "ann lee", "ann@example.com", "änn", "\u0131nn", "ann/", "ann\u0000", "a".repeat(65)])
    it(`refuses the name ${JSON.stringify(username)}`, async (test) => {
      const { send, count } = await open(test);
      const reply = await send("register", { username, password });
      assert.deepEqual([reply.status, await count()], [422, 0]);
      assert.match(reply.body, /id="register-username-errors"/);
    });

  it("takes a name at its limits", async (test) => {
    const { send } = await open(test);
    for (const username of ["a", "7", "a".repeat(64), "a..b--c__"])
      assert.equal((await send("register", { username, password })).status, 303, username);
  });

  it("says that a name or an address is taken, and keeps both accounts", async (test) => {
    const { send, count } = await open(test);
    assert.equal((await send("register", { username: "ann", email: "ann@example.com", password })).status, 303);
    const name = await send("register", { username: "ANN", email: "bob@example.com", password });
    assert.deepEqual([name.status, /This user name is taken/.test(name.body)], [422, true]);
    const address = await send("register", { username: "bob", email: "ANN@example.com", password });
    assert.deepEqual([address.status, /An account with this address exists/.test(address.body)], [422, true]);
    assert.equal(await count(), 1);
  });

  it("refuses a password close to the name", async (test) => {
    const { send } = await open(test);
    const reply = await send("register", { username: "annabel.lee", password: "annabel.lee" });
    assert.deepEqual([reply.status, /too close/.test(reply.body)], [422, true]);
  });

  it('answers known and unknown addresses with the same bytes with verifyEmail "before", and refuses a known name', async (test) => {
    const { send, mails, count } = await open(test, { verifyEmail: "before" });
    const first = await send("register", { username: "ann", email: "ann@example.com", password });
    await waitForMails({ mails }, 1);
    const second = await send("register", { username: "bob", email: "ann@example.com", password });
    await waitForMails({ mails }, 2);
    assert.deepEqual([first.status, second.status, second.body], [200, 200, first.body]);
    assert.match(mails.messages[0]!.text!, /has one already\. Your user name is ann\./);
    assert.equal((await send("register", { username: "ann", email: "eve@example.com", password })).status, 422);
    assert.equal(await count(), 1);
    assert.equal((await send("login", { username: "ann", password })).status, 422);
  });

  it("refuses an account without an address where addresses are verified", async (test) => {
    const { send, count } = await open(test, { verifyEmail: "before" });
    assert.deepEqual([(await send("register", { username: "ann", password })).status, await count()], [422, 0]);
  });
});

describe("user names, login", () => {
  it("answers a wrong password, an unknown name and an inactive account with the same bytes", async (test) => {
    const { app, send, User } = await open(test);
    for (const username of ["ann", "bob"]) await send("register", { username, password });
    await app.database().run(() => User.where({ username: "bob" }).update({ active: false }));
    const bodies = [];
    for (const [username, tried] of [
      ["ann", "wrong-wrong-1"],
      ["eve", password],
      ["bob", password],
      ["not a name", password],
      ["ann@example.com", password],
    ] as const) {
      const reply = await send("login", { username, password: tried });
      assert.equal(reply.status, 422);
      bodies.push(reply.body.replaceAll(username, "NAME"));
    }
    assert.match(bodies[0]!, /User name or password is wrong\./);
    for (const body of bodies) assert.equal(body, bodies[0]);
  });

  it("does not sign in with the address", async (test) => {
    const { send } = await open(test);
    await send("register", { username: "ann", email: "ann@example.com", password });
    assert.equal((await send("login", { username: "ann@example.com", password })).status, 422);
    assert.equal((await send("login", { email: "ann@example.com", password })).status, 422);
  });

  for (const who of ["ann", "eve"])
    it(`throttles by the name, whatever its case: ${who === "ann" ? "known" : "unknown"}`, async (test) => {
      const { send } = await open(test);
      await send("register", { username: "ann", password });
      for (const username of [who, who.toUpperCase(), ` ${who}`, who, who])
        assert.equal((await send("login", { username, password: "wrong-wrong-1" })).status, 422);
      assert.equal((await send("login", { username: who, password })).status, 429);
      assert.equal((await send("login", { username: "bob", password })).status, 422);
    });

  it("counts the confirmation of the password by the same name", async (test) => {
    const { send, visit } = await open(test);
    await send("register", { username: "ann", password });
    const client = visit();
    await client.post("/account/login", { form: { username: "ann", password } });
    const wrong = { form: { current: "wrong-wrong-1" } };
    for (let tries = 0; tries < 5; tries++) assert.equal((await client.post("/account/confirm", wrong)).status, 422);
    assert.equal((await send("login", { username: "ann", password })).status, 429);
  });
});

describe("user names, a forgotten password", () => {
  it("is set by the address, and the mail names the account", async (test) => {
    const { send, visit, mails } = await open(test);
    await send("register", { username: "ann", email: "ann@example.com", password });
    const [known, unknown] = [
      await send("password/forgot", { email: "Ann@example.com" }),
      await send("password/forgot", { email: "eve@example.com" }),
    ];
    assert.deepEqual([known.status, unknown.status, unknown.body], [200, 200, known.body]);
    await waitForMails({ mails }, 1);
    assert.deepEqual(receivers(mails), ["ann@example.com"]);
    assert.match(mails.messages[0]!.text!, /Your user name is ann\./);
    const client = visit();
    await client.get(await lastLink({ mails }));
    assert.equal((await client.post("/account/password/reset", { form: { password: newPassword } })).status, 303);
    assert.equal((await send("login", { username: "ann", password: newPassword })).status, 303);
  });

  it("mails nothing for an account without an address, and staff sets its password", async (test) => {
    const { send, mails, manager } = await open(test);
    await send("register", { username: "ann", password });
    assert.equal((await send("password/forgot", { email: "ann@example.com" })).status, 200);
    await manager.setPassword(await manager.getByUsername("Ann"), newPassword);
    assert.equal((await send("login", { username: "ann", password: newPassword })).status, 303);
    assert.equal(mails.messages.length, 0);
  });
});

describe("user names, a change of the address", () => {
  it("gives an account its first address, which gets the only mail", async (test) => {
    const { send, visit, mails, find } = await open(test);
    await send("register", { username: "ann", password });
    const client = visit();
    await client.post("/account/login", { form: { username: "ann", password } });
    assert.equal((await client.post("/account/email", { form: { current: password, email: "ann@example.com" } })).status, 200);
    await waitForMails({ mails }, 1);
    assert.equal((await find("ann"))?.email, null);
    assert.equal((await client.post(await lastLink({ mails }))).status, 303);
    const ann = await find("ann");
    assert.deepEqual([ann?.email, ann?.emailVerifiedAt instanceof Date], ["ann@example.com", true]);
    assert.equal((await send("login", { username: "ann", password })).status, 303);
  });

  it("tells the old address, and changes no name", async (test) => {
    const { send, visit, mails, find } = await open(test);
    await send("register", { username: "ann", email: "ann@example.com", password });
    const client = visit();
    await client.post("/account/login", { form: { username: "ann", password } });
    await client.post("/account/email", { form: { current: password, email: "ann@other.example" } });
    await waitForMails({ mails }, 2);
    assert.deepEqual(receivers(mails), ["ann@example.com", "ann@other.example"]);
    const link = /https:\/\/shelf\.example(\S+)/.exec(mails.messages[1]!.text!)![1]!;
    assert.equal((await client.post(link)).status, 303);
    assert.equal((await find("ann"))?.email, "ann@other.example");
  });

  it("mails no notice of a new password to an account without an address", async (test) => {
    const { app, send, visit, mails, errors } = await open(test);
    await send("register", { username: "ann", password });
    const client = visit();
    await client.post("/account/login", { form: { username: "ann", password } });
    assert.equal((await client.post("/account/password", { form: { current: password, password: newPassword } })).status, 303);
    assert.equal((await client.get("/in")).status, 200);
    // Waits for what is done after replies.
    await app.close();
    assert.deepEqual([mails.messages.length, errors], [0, []]);
  });
});

describe("user names, actions of pages of your own", () => {
  it("say which value is missing", async (test) => {
    const { app, accounts } = await open(test);
    await app.visit(new Headers(), async (context) => {
      const { actions } = accounts;
      await assert.rejects(actions.signIn(context, { email: "ann@example.com", password }), {
        code: "E_OPTION_INVALID",
        message: /username/,
      });
      await assert.rejects(actions.register(context, { email: "ann@example.com", password }), {
        code: "E_OPTION_INVALID",
        message: /username/,
      });
    });
  });

  it("refuse an account without an address where addresses are verified", async (test) => {
    const { app, accounts } = await open(test, { verifyEmail: "before" });
    await app.visit(new Headers(), async (context) => {
      await assert.rejects(accounts.actions.register(context, { username: "ann", password }), {
        code: "E_OPTION_INVALID",
        message: /email/,
      });
    });
  });
});

for (const { name, skip, place } of databaseKinds)
  describe(`user names on ${name}`, { skip }, () => {
    const start = async (test: TestContext) => {
      const { url, remove } = await place();
      test.after(remove);
      return open(test, {}, url);
    };

    it("keep names and addresses unique, and any number of accounts without an address", async (test) => {
      const { manager, find } = await start(test);
      await manager.create({ username: "Ann", password });
      await manager.create({ username: "bob", password });
      await manager.create({ username: "joe", email: "Joe@example.com", password });
      await assert.rejects(manager.create({ username: "ANN", password }), { code: "E_ACCOUNT_EXISTS", message: /user name "ann"/ });
      await assert.rejects(manager.create({ username: "eve", email: "joe@example.com", password }), {
        code: "E_ACCOUNT_EXISTS",
        message: /address "joe@example\.com"/,
      });
      const [ann, joe] = [await find("ann"), await find("joe")];
      assert.deepEqual([ann?.email, ann?.emailVerifiedAt, joe?.emailVerifiedAt instanceof Date], [null, null, true]);
      assert.equal((await manager.getByName("JOE")).id, joe?.id);
      assert.equal((await manager.getByName("joe@example.com")).id, joe?.id);
      await assert.rejects(manager.getByName("eve"), { code: "E_ACCOUNT_UNKNOWN", message: /user name "eve"/ });
      for (const username of ["ann lee", "ännchen", ""])
        await assert.rejects(manager.create({ username, password }), { code: "E_VALIDATION", message: /is not a user name/ });
    });

    it("register two people at the same time with one name: one of them", async (test) => {
      const { send, count } = await start(test);
      const replies = await Promise.all(
        ["ann@a.example", "ann@b.example"].map((email) => send("register", { username: "ann", email, password })),
      );
      assert.deepEqual(replies.map(({ status }) => status).toSorted(), [303, 422]);
      assert.equal(await count(), 1);
    });
  });
