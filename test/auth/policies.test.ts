/** Policies: what each role may do with each record, on all databases, and what is denied without a rule. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Application } from "gable";
import { gable, get, group } from "gable";
import { accountFields, defineAccounts, manageAccounts, permissionModels, policy, signIn } from "gable/auth";
import { belongsTo, field as f, Model } from "gable/data";
import { memorySessions } from "gable/session";
import type { TestClient } from "gable/testing";
import { createTestClient } from "gable/testing";
import type { DatabasePlace } from "../data/databases.ts";
import { databaseKinds } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";

class User extends Model("users", { ...accountFields() }) {}
class Post extends Model("posts", {
  id: f.id(),
  title: f.text({ max: 50 }),
  isPublished: f.boolean(),
  author: () => belongsTo(User),
}) {}
class Note extends Model("notes", { id: f.id(), text: f.text({ max: 50 }) }) {}
class Page extends Model("pages", { id: f.id(), text: f.text({ max: 50 }) }) {}
const permissions = permissionModels(User);
const models = [User, Post, Note, Page, ...Object.values(permissions)];

const postPolicy = policy(Post, {
  view: async ({ user, record, can }) => record.isPublished || record.authorId === user?.id || can("posts.moderate"),
  add: ({ user }) => user !== null,
  change: ({ user, record }) => record.authorId === user?.id || "Only the author may edit.",
  delete: async ({ can }) => can("posts.moderate"),
  scope: (query, { user }) => (user === null ? query.where({ isPublished: true }) : query.where({ authorId: user.id })),
});

const createAccounts = () =>
  defineAccounts({
    user: User,
    permissions: ["posts.moderate"],
    policies: [postPolicy, policy(Note, {}), policy(Page, { view: () => true })],
  });

const createRoutes = (accounts: ReturnType<typeof createAccounts>, { can, maybeSignedIn } = accounts.guards) => [
  group("/account", accounts.routes),
  get("/enter/:email", async (context) => {
    const user = await User.where({ email: context.params.email }).first();
    await signIn(context, user!);
    return { email: user!.email };
  }),
  get("/posts/new", { guard: can("add", Post) }, ({ user }) => ({ email: user?.email ?? null })),
  get("/posts/:title", { guard: can("view", Post, ({ params }) => ({ title: params["title"] })) }, ({ record }) => ({ id: record.id })),
  get("/posts/:title/edit", { guard: can("change", Post, ({ params }) => ({ title: params["title"] })) }, ({ record }) => record.title),
  get("/posts/:title/delete", { guard: can("delete", Post, ({ params }) => ({ title: params["title"] })) }, ({ record }) => record.title),
  get("/posts", { guard: maybeSignedIn }, async (context) =>
    (await accounts.scope(context, Post).orderBy("title")).map(({ title }) => title),
  ),
  get("/asks/:title", async (context) => {
    const post = await Post.get({ title: context.params.title });
    return [
      await accounts.can(context, "add", Post),
      await accounts.can(context, "view", post),
      await accounts.can(context, "change", post),
      await accounts.can(context, "delete", post),
    ];
  }),
  get("/unloaded", (context) => accounts.scope(context, Post)),
  get("/scope/none", { guard: maybeSignedIn }, (context) => accounts.scope(context, Note)),
  get("/notes/new", { guard: can("add", Note) }, () => "new"),
  get("/notes/:id(int)", { guard: can("view", Note, ({ params }) => ({ id: params["id"] })) }, () => "seen"),
  get("/pages/:id(int)/edit", { guard: can("change", Page, ({ params }) => ({ id: params["id"] })) }, () => "edit"),
  get(
    "/twice/:title/:id(int)/same",
    {
      guard: [
        can("view", Post, ({ params }) => ({ title: params["title"] })),
        can("change", Post, ({ params }) => ({ title: params["title"] })),
      ],
    },
    ({ record }) => record.title,
  ),
  get(
    "/twice/:title/:id(int)/other",
    { guard: [can("view", Post, ({ params }) => ({ title: params["title"] })), can("view", Page, ({ params }) => ({ id: params["id"] }))] },
    () => "other",
  ),
];

/** What each role is answered for a record: to add, view, change and delete it. */
const table: ReadonlyArray<readonly [role: string, title: string, add: number, view: number, change: number, remove: number]> = [
  ["visitor", "public", 401, 200, 401, 401],
  ["visitor", "draft", 401, 404, 404, 404],
  ["visitor", "missing", 401, 404, 404, 404],
  ["reader", "public", 200, 200, 403, 403],
  ["reader", "draft", 200, 404, 404, 404],
  ["reader", "missing", 200, 404, 404, 404],
  ["author", "public", 200, 200, 200, 403],
  ["author", "draft", 200, 200, 200, 403],
  ["moderator", "public", 200, 200, 403, 200],
  ["moderator", "draft", 200, 200, 403, 200],
  ["inactive", "public", 401, 200, 401, 401],
  ["inactive", "draft", 401, 404, 404, 404],
];

for (const { name, skip, place } of databaseKinds) {
  describe(`policies on ${name}`, { skip }, () => {
    let made: DatabasePlace;
    let app: Application;
    const visit = (accept = "application/json"): TestClient => createTestClient(app, { errors: "page", headers: { accept } });
    const enter = async (role: string): Promise<TestClient> => {
      const client = visit();
      if (role !== "visitor") assert.equal((await client.get(`/enter/${role}@example.com`)).status, 200);
      return client;
    };

    before(async () => {
      made = await place();
      const accounts = createAccounts();
      app = gable({
        mode: "test",
        logger: silentLogger,
        database: made.url,
        models,
        session: { store: memorySessions() },
        hosts: ["shelf.example"],
        accounts,
        routes: createRoutes(accounts),
      });
      await app.start();
      await app.database().createTables();
      await app.database().run(async () => {
        const users = new Map<string, InstanceType<typeof User>>();
        for (const role of ["author", "reader", "moderator", "inactive"])
          users.set(role, await User.create({ email: `${role}@example.com`, password: "none", active: role !== "inactive" }));
        await Post.create({ title: "public", isPublished: true, author: users.get("author")! });
        await Post.create({ title: "draft", isPublished: false, author: users.get("author")! });
        await Post.create({ title: "other", isPublished: true, author: users.get("reader")! });
        await Note.create({ text: "note" });
        await Page.create({ text: "page" });
        await manageAccounts(app).permissions.grant({ user: users.get("moderator")! }, ["posts.moderate"]);
      });
    });
    after(async () => {
      await app.close();
      await made.remove();
    });

    for (const [role, title, ...expected] of table)
      it(`answers ${role} about ${title}: ${expected.join(", ")}`, async () => {
        const client = await enter(role);
        const found = [];
        for (const path of ["/posts/new", `/posts/${title}`, `/posts/${title}/edit`, `/posts/${title}/delete`])
          found.push((await client.get(path)).status);
        assert.deepEqual(found, expected);
        if (title === "missing") return;
        assert.deepEqual(
          (await client.get(`/asks/${title}`)).json(),
          expected.map((status) => status === 200),
        );
      });

    it("answers about a hidden record as about one that does not exist", async () => {
      const reader = await enter("reader");
      for (const end of ["", "/edit", "/delete"]) {
        const [hidden, missing] = [await reader.get(`/posts/draft${end}`), await reader.get(`/posts/missing${end}`)];
        const withoutNames = (body: string): string => body.replaceAll(/draft|missing|[0-9a-f]{32}/g, "");
        assert.equal(withoutNames(hidden.body), withoutNames(missing.body));
      }
    });

    it("tells the reason, and leads a visitor of a page to the login", async () => {
      const reader = await enter("reader");
      assert.match((await reader.get("/posts/public/edit")).body, /Only the author may edit\./);
      assert.match((await reader.get("/posts/public/delete")).body, /Your account may not do that\./);
      const { status, headers } = await visit("text/html").get("/posts/public/edit");
      assert.deepEqual([status, headers.get("location")], [303, "/account/login?next=%2Fposts%2Fpublic%2Fedit"]);
    });

    it("narrows lists to the scope", async () => {
      for (const [role, titles] of [
        ["visitor", ["other", "public"]],
        ["author", ["draft", "public"]],
        ["reader", ["other"]],
        ["moderator", []],
      ] as const)
        assert.deepEqual((await (await enter(role)).get("/posts")).json(), titles, role);
    });

    it("denies what has no rule, and hides records without the rule view", async () => {
      const author = await enter("author");
      const statuses = [];
      for (const path of ["/notes/new", "/notes/1", "/pages/1/edit"]) statuses.push((await author.get(path)).status);
      assert.deepEqual(statuses, [403, 404, 403]);
    });

    it("needs a loaded user and a rule for a scope", async () => {
      const client = visit();
      assert.match((await client.get("/unloaded")).body, /E_USER_UNLOADED/);
      assert.match((await client.get("/scope/none")).body, /E_POLICY_MISSING/);
    });

    it("gives a handler one record: a second guard of the same model may load it again, one of another may not", async () => {
      const author = await enter("author");
      assert.equal((await author.get("/twice/public/1/same")).status, 200);
      assert.match((await author.get("/twice/public/1/other")).body, /E_PART_PROPERTY/);
    });
  });
}

describe("the definition of policies", () => {
  const { can } = createAccounts().guards;
  const wrong: ReadonlyArray<readonly [what: string, work: () => unknown, code: string]> = [
    ["a model that is none", () => policy(class {} as never, {}), "E_OPTION_INVALID"],
    ["null as rules", () => policy(Post, null as never), "E_OPTION_INVALID"],
    ["an unknown rule", () => policy(Post, { edit: () => true } as never), "E_OPTION_UNKNOWN"],
    ["true as a rule", () => policy(Post, { view: true as never }), "E_OPTION_INVALID"],
    ["two policies of a model", () => defineAccounts({ user: User, policies: [policy(Post, {}), policy(Post, {})] }), "E_OPTION_INVALID"],
    ["one policy instead of a list", () => defineAccounts({ user: User, policies: postPolicy as never }), "E_OPTION_INVALID"],
    ["a policy that is a model", () => defineAccounts({ user: User, policies: [Post as never] }), "E_OPTION_INVALID"],
    ["a guard of a model without a policy", () => can("add", User), "E_POLICY_MISSING"],
    ["a guard of an unknown action", () => can("edit" as never, Post, () => ({ id: 1 })), "E_OPTION_INVALID"],
    ["a guard that finds nothing", () => can("view", Post, undefined as never), "E_OPTION_INVALID"],
  ];
  for (const [what, work, code] of wrong)
    it(`rejects ${what}`, () => {
      assert.throws(work, { code });
    });

  it("allows only what a rule answers with true", async () => {
    for (const verdict of [undefined, null, 1, "", "no", {}, false]) {
      const accounts = defineAccounts({ user: User, policies: [policy(Page, { add: () => verdict as never })] });
      const app = gable({
        mode: "test",
        logger: silentLogger,
        database: "sqlite::memory:",
        models: [User, Page],
        session: { store: memorySessions() },
        accounts,
        routes: [group("/account", accounts.routes), get("/", { guard: accounts.guards.can("add", Page) }, () => "in")],
      });
      await app.start();
      const client = createTestClient(app, { errors: "page", headers: { accept: "application/json" } });
      assert.equal((await client.get("/")).status, 401, String(verdict));
      await client.close();
    }
  });
});
