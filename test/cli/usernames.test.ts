/** The commands of accounts that sign in with a user name, and the migrations that give an existing site user names. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { createTestProject } from "./project.ts";

const password = "correct-horse-41";

/** A project whose model of users has these columns. */
function open(test: { after: (work: () => void) => void }, columns: string, files: Readonly<Record<string, string>> = {}) {
  const project = createTestProject({
    "app.ts": toApp(columns),
    ...files,
  });
  test.after(() => project.remove());
  return project;
}

const toApp = (columns: string): string => `import { gable } from "gable";
import { accountFields, apiTokenModel, defineAccounts } from "gable/auth";
import { sessionModel } from "gable/session";
import { Model, field as f } from "gable/data";
class User extends Model("users", { ${columns} }) {}
const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
export default gable({
  logger, models: [User, apiTokenModel(), sessionModel()], database: "sqlite:users.db", hosts: ["shelf.example"],
  secretKeys: ["${randomBytes(32).toString("base64url")}"],
  accounts: defineAccounts({ user: User, tokens: { scopes: ["posts:read"] } }),
});
`;

const byName = '...accountFields({ login: "username" }), city: f.text({ max: 20, null: true })';

async function openMigrated(test: { after: (work: () => void) => void }, columns = byName) {
  const project = open(test, columns);
  assert.equal((await project.run("db", "make", "first")).code, 0);
  assert.equal((await project.run("db", "migrate")).code, 0);
  return project;
}

describe("gable user, with user names", () => {
  it("create, password, grant and token find an account by its name or its address", async (test) => {
    const project = await openMigrated(test);
    const made = await project.answer(password, "user", "create", "--username", "Ann", "--email", "Ann@Example.com", "--set", "city=Rom");
    assert.deepEqual([made.code, made.out], [0, "Created the account ann.\n"], made.error);
    const bare = await project.answer(password, "user", "create", "--username", "bob", "--no-input", "--json");
    const { user } = (JSON.parse(bare.out) as { data: { user: Record<string, unknown> } }).data; // What the command prints.
    assert.deepEqual([user["username"], user["email"]], ["bob", null]);
    const set = await project.answer("another-horse-42", "user", "password", "--username", "BOB");
    assert.equal(set.out, "bob has a new password. All its sessions have ended.\n");
    for (const words of [
      ["--username", "ann"],
      ["--email", "ann@example.com"],
    ])
      assert.equal((await project.run("user", "grant", ...words, "--staff")).out, "ann: isStaff is on.\n");
    assert.match((await project.run("user", "token", "--username", "ann", "--name", "x", "--scope", "posts:read")).out, /^gable_/);
    for (const name of ["ann", "ann@example.com"])
      assert.equal((await project.run("sessions", "clear", "--user", name)).out, `Deleted 0 sessions of ${name}.\n`);
    const shell = await project.run("shell", "--as", "ann", "--eval", "(await as('ann@example.com')).username");
    assert.equal(shell.out, "ann\n", shell.error);
  });

  it("create asks for the name at a terminal", async (test) => {
    const project = await openMigrated(test);
    const { code, questions } = await project.answer(["ann", password, password], "user", "create");
    assert.deepEqual([code, questions], [0, ["User name", "Password (secret)", "Password, once more (secret)"]]);
  });

  for (const [words, code, message] of [
    [["create", "--no-input"], 2, /--username is missing/],
    [["create", "--username", "ann lee"], 1, /"ann lee" is not a user name/],
    [["create", "--username", "ANN"], 1, /An account with the user name "ANN" exists already/],
    [["create", "--username", "joe", "--set", "username=eve"], 2, /--set cannot give "username"[^]*Pass --username/],
    [["password", "--username", "eve"], 1, /No account has the user name "eve"/],
    [["grant", "--username", "ann", "--email", "ann@example.com", "--staff"], 2, /--email and --username/],
  ] as const)
    it(`refuses user ${words.join(" ")}`, async (test) => {
      const project = await openMigrated(test);
      await project.answer(password, "user", "create", "--username", "ann");
      const reply = await project.answer(password, "user", ...words);
      assert.match(reply.error, message);
      assert.equal(reply.code, code);
    });

  it("refuses --username where accounts sign in with an address", async (test) => {
    const project = await openMigrated(test, "...accountFields()");
    const reply = await project.answer(password, "user", "password", "--username", "ann");
    assert.match(reply.error, /have no user names[^]*accountFields\(\{ login: "username" \}\)/);
    assert.equal(reply.code, 1);
  });
});

describe("the migrations of a site that changes to user names", () => {
  it("keep all accounts: a column that may be null, names for the rows, and then the columns of accountFields()", async (test) => {
    const project = open(test, "...accountFields()", {
      "step.ts": toApp("...accountFields(), username: f.text({ max: 64, unique: true, null: true })"),
      "names.ts": toApp('...accountFields({ login: "username" })'),
    });
    const run = async (...words: readonly string[]) => {
      const { code, out, error } = await project.run(...words);
      assert.equal(code, 0, out + error);
      return out;
    };
    const migrate = async (app: string, name: string, ...more: readonly string[]) => {
      await run("db", "make", name, "--app", app, ...more);
      await run("db", "migrate", "--app", app);
    };
    await migrate("app.ts", "first");
    for (const name of ["ann", "bob"])
      assert.equal((await project.answer(password, "user", "create", "--email", `${name}@example.com`)).code, 0);
    await migrate("step.ts", "names");
    const code = "for (const user of await User.all()) await User.where({ id: user.id }).update({ username: user.email.split('@')[0] })";
    await run("shell", "--yes", "--app", "step.ts", "--eval", code);
    await migrate("names.ts", "login", "--default", "users.username=nobody");
    assert.match(await run("user", "grant", "--app", "names.ts", "--username", "bob", "--staff"), /^bob: isStaff is on/);
    const bare = await project.answer(password, "user", "create", "--app", "names.ts", "--username", "eve");
    assert.equal(bare.code, 0, bare.error);
  });
});
