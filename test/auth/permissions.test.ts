/** Permissions of users and groups: who may open which route, and what a request asks of the database. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Application } from "gable";
import { gable, get, group } from "gable";
import type { Account, AccountManager } from "gable/auth";
import { accountFields, defineAccounts, manageAccounts, modelPermissions, permissionModels, signIn } from "gable/auth";
import { field as f, Model } from "gable/data";
import { memorySessions } from "gable/session";
import type { TestClient } from "gable/testing";
import { createTestClient } from "gable/testing";
import type { DatabasePlace } from "../data/databases.ts";
import { Permissions } from "../../src/auth/permissions/permissions.ts";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";

class User extends Model("users", { ...accountFields() }) {}
const models = permissionModels(User);
const createAccounts = () => defineAccounts({ user: User, permissions: ["loans.lend", "loans.delete", "fines.waive"] });

const createRoutes = (accounts: ReturnType<typeof createAccounts>, { can, maybeSignedIn } = accounts.guards) => [
  group("/account", accounts.routes),
  get("/enter/:email", async (context) => {
    const user = await User.where({ email: context.params.email }).first();
    await signIn(context, user!);
    return { email: user!.email };
  }),
  get("/lend", { guard: can("loans.lend") }, ({ user }) => ({ email: user.email })),
  get("/delete", { guard: can("loans.delete") }, () => "deleted"),
  get("/waive", { guard: [can("loans.lend"), can("fines.waive")] }, () => "waived"),
  get("/plain", { guard: maybeSignedIn }, () => "plain"),
  get("/asks", async (context) => ({
    lend: await accounts.can(context, "loans.lend"),
    delete: await accounts.can(context, "loans.delete"),
    waive: await accounts.can(context, "fines.waive"),
  })),
  get("/asks/together", async (context) =>
    Promise.all([accounts.can(context, "loans.lend"), accounts.can(context, "loans.delete"), accounts.can(context, "fines.waive")]),
  ),
];

/** What each role is answered on /lend, /delete and /waive. */
const table: ReadonlyArray<readonly [role: string, lend: number, remove: number, waive: number]> = [
  ["visitor", 401, 401, 401],
  ["nobody", 403, 403, 403],
  ["lender", 200, 403, 403],
  ["clerk", 200, 200, 403],
  ["both", 200, 403, 200],
  ["superuser", 200, 200, 200],
  ["inactive", 401, 401, 401],
  ["inactive-superuser", 401, 401, 401],
];

for (const { name, skip, place } of databaseKinds) {
  describe(`permissions on ${name}`, { skip }, () => {
    let made: DatabasePlace;
    let app: Application;
    let manager: AccountManager;
    let statements: string[] = [];

    const find = async (role: string): Promise<Account> => manager.getByEmail(`${role}@example.com`);
    const visit = (accept = "application/json"): TestClient => createTestClient(app, { errors: "page", headers: { accept } });
    const enter = async (role: string, accept?: string): Promise<TestClient> => {
      const client = visit(accept);
      if (role === "visitor") return client;
      assert.equal((await client.get(`/enter/${role}@example.com`)).status, 200);
      return client;
    };
    /** Runs a request, and returns how many statements read permissions. */
    const countReads = async (client: TestClient, path: string): Promise<number> => {
      statements = [];
      await client.get(path);
      return statements.filter((sql) => /gable_(?:user|group)_permissions/.test(sql)).length;
    };

    before(async () => {
      made = await place();
      const accounts = createAccounts();
      app = gable({
        mode: "test",
        logger: silentLogger,
        database: { url: made.url, onStatement: ({ sql }) => void statements.push(sql) },
        models: [User, ...Object.values(models)],
        session: { store: memorySessions() },
        hosts: ["shelf.example"],
        accounts,
        routes: createRoutes(accounts),
      });
      await app.start();
      await app.database().createTables();
      manager = manageAccounts(app);
      await app.database().run(async () => {
        for (const [role] of table)
          if (role !== "visitor")
            await User.create({
              email: `${role}@example.com`,
              password: "none",
              active: !role.startsWith("inactive"),
              isSuperuser: role.endsWith("superuser"),
            });
      });
      const { permissions } = manager;
      await permissions.createGroup("clerks");
      await permissions.createGroup("cashiers");
      await permissions.grant({ group: "clerks" }, ["loans.lend", "loans.delete"]);
      await permissions.grant({ group: "cashiers" }, ["fines.waive"]);
      for (const role of ["lender", "both", "inactive"]) await permissions.grant({ user: await find(role) }, ["loans.lend"]);
      await permissions.addToGroup(await find("clerk"), "clerks");
      await permissions.addToGroup(await find("both"), "cashiers");
      await permissions.addToGroup(await find("inactive"), "clerks");
    });
    after(async () => {
      await app.close();
      await made.remove();
    });

    for (const [role, ...expected] of table)
      it(`lets ${role} pass where it may: ${expected.join(", ")}`, async () => {
        const client = await enter(role);
        const found = [];
        for (const path of ["/lend", "/delete", "/waive"]) found.push((await client.get(path)).status);
        assert.deepEqual(found, expected);
        const allowed = { lend: expected[0] === 200, delete: expected[1] === 200, waive: expected[2] === 200 };
        assert.deepEqual((await client.get("/asks")).json(), allowed);
      });

    it("says which permission is missing, and leads a visitor of a page to the login", async () => {
      const reply = await (await enter("nobody")).get("/lend");
      assert.match(reply.body, /E_ACCESS_DENIED/);
      assert.match(reply.body, /loans\.lend/);
      const { status, headers } = await visit("text/html").get("/lend");
      assert.deepEqual([status, headers.get("location")], [303, "/account/login?next=%2Flend"]);
    });

    it("reads permissions once in a request, and never when nothing asks", async () => {
      const clerk = await enter("clerk");
      const reads = [];
      for (const path of ["/plain", "/lend", "/waive", "/asks", "/asks/together"]) reads.push(await countReads(clerk, path));
      assert.deepEqual(reads, [0, 1, 1, 1, 1]);
      assert.equal(await countReads(await enter("superuser"), "/asks"), 0);
      assert.equal(await countReads(visit(), "/asks"), 0);
    });

    it("grants and revokes from the next request on, and twice without an error", async () => {
      const { permissions } = manager;
      const user = await find("nobody");
      const client = await enter("nobody");
      for (const [change, status] of [
        [() => permissions.grant({ user }, ["loans.lend", "fines.waive"]), 200],
        [() => permissions.grant({ user }, ["loans.lend"]), 200],
        [() => permissions.revoke({ user }, ["loans.lend"]), 403],
        [() => permissions.revoke({ user }, ["loans.lend"]), 403],
        [() => permissions.addToGroup(user, "clerks"), 200],
        [() => permissions.addToGroup(user, "clerks"), 200],
        [() => permissions.revoke({ group: "clerks" }, ["loans.lend"]), 403],
        [() => permissions.grant({ group: "clerks" }, ["loans.lend"]), 200],
        [() => permissions.removeFromGroup(user, "clerks"), 403],
        [() => permissions.removeFromGroup(user, "clerks"), 403],
        [() => permissions.grant({ user }, []), 403],
      ] as const) {
        await change();
        assert.equal((await client.get("/lend")).status, status, String(change));
      }
      assert.deepEqual(await permissions.list(user), ["fines.waive"]);
      await permissions.createGroup("clerks");
      assert.deepEqual(await permissions.list(await find("clerk")), ["loans.delete", "loans.lend"]);
      assert.deepEqual(await permissions.list(await find("both")), ["fines.waive", "loans.lend"]);
    });

    it("rejects names of permissions and groups that do not exist, and then changes nothing", async () => {
      const { permissions } = manager;
      const user = await find("lender");
      const refuses = (work: Promise<unknown>, code: string, fix: RegExp) =>
        assert.rejects(work, (error: Error & { code?: string; fix?: string }) => error.code === code && fix.test(error.fix ?? ""));
      await refuses(permissions.grant({ user }, ["fines.waive", "loans.lent"]), "E_PERMISSION_UNKNOWN", /Write "loans\.lend"/);
      await refuses(permissions.revoke({ user }, ["loans.lend", "nothing.known"]), "E_PERMISSION_UNKNOWN", /Use one of: loans\.lend, /);
      await refuses(permissions.grant({ group: "none" }, ["loans.lend"]), "E_GROUP_UNKNOWN", /createGroup/);
      await refuses(permissions.revoke({ group: "none" }, ["loans.lend"]), "E_GROUP_UNKNOWN", /createGroup/);
      await refuses(permissions.addToGroup(user, "none"), "E_GROUP_UNKNOWN", /createGroup/);
      await refuses(permissions.removeFromGroup(user, "none"), "E_GROUP_UNKNOWN", /createGroup/);
      assert.deepEqual(await permissions.list(user), ["loans.lend"]);
      await permissions.createGroup("g".repeat(100));
      await assert.rejects(permissions.createGroup("g".repeat(101)), { code: "E_VALIDATION" });
    });

    it("ignores stored names that are no longer declared", async () => {
      const user = await find("lender");
      await app.database().run(() => models.UserPermission.create({ user: user.id, permission: "loans.former" }));
      assert.deepEqual(await manager.permissions.list(user), ["loans.lend"]);
    });

    it("deletes what a user or a group had together with it", async () => {
      const { permissions } = manager;
      await permissions.createGroup("short");
      await permissions.grant({ group: "short" }, ["fines.waive"]);
      const counts = await app.database().run(async () => {
        const user = await User.create({ email: "gone@example.com", password: "none" });
        await permissions.grant({ user }, ["loans.lend"]);
        await permissions.addToGroup(user, "short");
        await User.where({ id: user.id }).delete();
        await models.Group.where({ name: "short" }).delete();
        return [
          await models.UserPermission.where({ userId: user.id }).count(),
          await models.GroupMember.where({ userId: user.id }).count(),
          await models.GroupPermission.where({ permission: "fines.waive" }).count(),
        ];
      });
      assert.deepEqual(counts, [0, 0, 1]);
    });
  });
}

describe("permissions that are declared", () => {
  const options = { mode: "test", logger: silentLogger, database: "sqlite::memory:", models: [User] } as const;

  it("are names in lower case, each once, of at most 100 characters", () => {
    const longest = "a".repeat(100);
    for (const permissions of [[], ["a"], ["loans.lend"], ["loans-2.lend_all"], [longest]]) defineAccounts({ user: User, permissions });
    for (const permissions of [
      ["Loans.lend"],
      [""],
      ["loans lend"],
      [".lend"],
      ["loans."],
      ["a..b"],
      ["2a"],
      ["é"],
      ["a", "a"],
      [`${longest}a`],
    ])
      assert.throws(() => defineAccounts({ user: User, permissions }), { code: "E_OPTION_INVALID" }, permissions.join());
    for (const wrong of ["loans.lend", [1], {}])
      assert.throws(() => defineAccounts({ user: User, permissions: wrong as never }), { code: "E_OPTION_INVALID" });
  });

  it("are made for models from the names of their tables", async () => {
    class Book extends Model("books", { id: f.id() }) {}
    class Loan extends Model("open_loans", { id: f.id() }) {}
    const names = modelPermissions(Book, Loan);
    assert.deepEqual(names, [
      "books.view",
      "books.add",
      "books.change",
      "books.delete",
      "open_loans.view",
      "open_loans.add",
      "open_loans.change",
      "open_loans.delete",
    ]);
    const { can } = defineAccounts({ user: User, permissions: ["fines.waive", ...names] }).guards;
    for (const name of names) assert.equal(typeof can(name), "function", name);
    assert.throws(() => can("books.lend" as never), { code: "E_PERMISSION_UNKNOWN" });
    assert.throws(() => defineAccounts({ user: User, permissions: modelPermissions(Book, Book) }), { code: "E_OPTION_INVALID" });
  });

  it("are the only ones that guards and handlers may ask for", async () => {
    const accounts = createAccounts();
    assert.throws(() => accounts.guards.can("loans.lent" as never), { code: "E_PERMISSION_UNKNOWN", fix: 'Write "loans.lend".' });
    assert.throws(() => defineAccounts({ user: User }).guards.can("a" as never), { code: "E_PERMISSION_UNKNOWN", fix: /defineAccounts\(/ });
    await assert.rejects(accounts.can({} as never, "loans.lent" as never), { code: "E_PERMISSION_UNKNOWN" });
  });

  it("are those of active accounts only", async () => {
    // No table is read for such an account.
    const permissions = new Permissions({ models: {} as never, declared: ["loans.lend"] }, () => assert.fail());
    for (const isSuperuser of [true, false])
      assert.equal(await permissions.has({} as never, { active: false, isSuperuser } as Account, "loans.lend"), false);
  });

  it("are refused where the model lacks their column", async (test) => {
    const { isSuperuser: _super, isStaff: _staff, ...fields } = accountFields();
    class Member extends Model("members", fields) {}
    const app = gable({
      ...options,
      models: [Member],
      session: { store: memorySessions() },
      accounts: defineAccounts({ user: Member as never }),
    });
    await app.start();
    test.after(() => app.close());
    await app.database().createTables();
    const members = manageAccounts(app);
    const ann = await members.create({ email: "ann@example.com", password: "quiet-lantern-88" });
    await members.grant(ann, { active: true });
    for (const name of ["isSuperuser", "isStaff"])
      for (const call of [
        () => members.grant(ann, { [name]: true }),
        () => members.create({ email: "bob@example.com", password: "quiet-lantern-88", [name]: true }),
      ])
        await assert.rejects(call, { code: "E_ACCOUNTS_SETUP", message: `The model Member has no field ${name}.` });
  });

  it("need their tables when the application starts", async () => {
    const app = gable({ ...options, session: { store: memorySessions() }, accounts: createAccounts() });
    await assert.rejects(app.start(), { code: "E_ACCOUNTS_SETUP", fix: /permissionModels\(User\)/ });
    await app.close();
  });

  it("are not needed, and then there is nothing to manage", async () => {
    const app = gable({ ...options, session: { store: memorySessions() }, accounts: defineAccounts({ user: User }) });
    await app.start();
    assert.throws(() => manageAccounts(app).permissions, { code: "E_ACCOUNTS_SETUP" });
    await app.close();
  });
});
