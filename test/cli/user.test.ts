/** `gable user create`, `password` and `grant`: text, JSON and exit codes. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { accountFields, createPasswordHasher, permissionModels } from "gable/auth";
import type { Database } from "gable/data";
import { createDatabase, field as f, Model } from "gable/data";
import { createTestProject } from "./project.ts";

const project = createTestProject({
  "app.ts": `import { gable } from "gable";
import { accountFields, defineAccounts, permissionModels } from "gable/auth";
import { Model, field as f } from "gable/data";
class User extends Model("users", { ...accountFields(), name: f.text({ max: 20 }), age: f.int({ null: true }), since: f.datetime({ null: true }) }) {}
const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
export default gable({
  logger, models: [User, ...Object.values(permissionModels(User))], database: "sqlite:var/users.db", session: { store: "memory" }, hosts: ["shelf.example"],
  secretKeys: ["${randomBytes(32).toString("base64url")}"],
  accounts: defineAccounts({ user: User, passwordMin: 10, permissions: ["loans.lend", "fines.waive"] }),
});
`,
  "plain.ts": `import { gable } from "gable";\nexport default gable({ routes: [] });\n`,
});

class User extends Model("users", {
  ...accountFields(),
  name: f.text({ max: 20 }),
  age: f.int({ null: true }),
  since: f.datetime({ null: true }),
}) {}

const permissions = permissionModels(User);
const password = "correct-horse-41";
let database: Database;

async function find(email: string): Promise<InstanceType<typeof User> | undefined> {
  return database.run(() => User.where({ email }).first());
}

describe("gable user", () => {
  before(async () => {
    mkdirSync(join(project.folder, "var"), { recursive: true });
    database = await createDatabase({
      url: `sqlite:${join(project.folder, "var/users.db")}`,
      models: [User, ...Object.values(permissions)],
      bind: false,
    });
    await database.createTables();
    await database.run(() => permissions.Group.create({ name: "clerks" }));
    await database.run(() => User.create({ email: "old@example.com", password: "none", name: "Old" }));
  });
  after(async () => {
    await database.close();
    project.remove();
  });

  it("create makes an account with a password from standard input, and shows no password", async () => {
    const words = ["--email", "Ann@Example.com", "--superuser", "--set", "name=Ann", "--set", "age=41", "--set", "since=2026-01-02"];
    const { code, out, error } = await project.answer(`${password}\n`, "user", "create", ...words);
    assert.deepEqual([code, out, error], [0, "Created the account ann@example.com, with every permission.\n", ""]);
    const ann = await find("ann@example.com");
    assert.deepEqual([ann!.isSuperuser, ann!.isStaff, ann!.active, ann!.name, ann!.age], [true, true, true, "Ann", 41]);
    assert.equal(ann!.since!.toISOString(), "2026-01-02T00:00:00.000Z");
    assert.ok(ann!.emailVerifiedAt instanceof Date);
    assert.equal((await createPasswordHasher().verify(password, ann!.password)).isRight, true);
  });

  it("create answers --json with one object, and without the password", async () => {
    const words = ["user", "create", "--email", "joe@example.com", "--set", "name=Joe", "--no-input", "--json"];
    const { code, out } = await project.answer(password, ...words);
    const { ok, command, data } = JSON.parse(out) as { ok: boolean; command: string; data: { user: object } }; // What the command prints.
    assert.deepEqual([code, ok, command], [0, true, "user create"]);
    assert.deepEqual(Object.keys(data.user), ["id", "email", "active", "isStaff", "isSuperuser"]);
    assert.doesNotMatch(out, /correct-horse|scrypt|argon/);
  });

  it("create asks for missing values at a terminal, and hides the password", async () => {
    const { code, questions } = await project.answer(["eve@example.com", "Eve", password, password], "user", "create");
    assert.equal(code, 0);
    assert.deepEqual(questions, ["E-mail address", "Name", "Password (secret)", "Password, once more (secret)"]);
    assert.equal((await find("eve@example.com"))!.name, "Eve");
  });

  it("password sets a new one, and ends the sessions", async () => {
    const { code, out } = await project.answer("another-horse-42\r\n", "user", "password", "--email", "OLD@example.com");
    assert.deepEqual([code, out], [0, "old@example.com has a new password. All its sessions have ended.\n"]);
    const old = await find("old@example.com");
    assert.ok(old!.sessionsValidFrom instanceof Date);
    assert.equal((await createPasswordHasher().verify("another-horse-42", old!.password)).isRight, true);
  });

  const rights: ReadonlyArray<readonly [words: readonly string[], text: string, expected: readonly boolean[]]> = [
    [["--superuser"], "isSuperuser is on", [true, false, true]],
    [["--staff", "--no-superuser"], "isSuperuser is off, isStaff is on", [false, true, true]],
    [["--no-staff", "--no-active"], "isStaff is off, active is off", [false, false, false]],
    [["--active"], "active is on", [false, false, true]],
  ];
  for (const [words, text, expected] of rights)
    it(`grant ${words.join(" ")} changes these rights only`, async () => {
      const { code, out } = await project.run("user", "grant", "--email", "old@example.com", ...words);
      assert.deepEqual([code, out], [0, `old@example.com: ${text}.\n`]);
      const user = await find("old@example.com");
      assert.deepEqual([user!.isSuperuser, user!.isStaff, user!.active], expected);
    });

  it("grant gives permissions and groups, takes them back, and lists what the account may", async () => {
    const grant = async (...words: string[]) => {
      const { code, out } = await project.run("user", "grant", "--email", "old@example.com", "--json", ...words);
      assert.equal(code, 0, out);
      return (JSON.parse(out) as { data: { permissions: readonly string[] } }).data.permissions; // What the command prints.
    };
    const clerks = await database.run(() => permissions.Group.get({ name: "clerks" }));
    await database.run(() => permissions.GroupPermission.create({ group: clerks.id, permission: "loans.lend" }));
    assert.deepEqual(await grant("--permission", "fines.waive", "--group", "clerks"), ["fines.waive", "loans.lend"]);
    assert.deepEqual(await grant("--revoke", "fines.waive", "--active"), ["loans.lend"]);
    assert.deepEqual(await grant("--leave", "clerks"), []);
    const { out } = await project.run("user", "grant", "--email", "old@example.com", "--permission", "fines.waive", "--leave", "clerks");
    assert.equal(out, "old@example.com: fines.waive is permitted, is not in clerks.\n");
    assert.deepEqual(await grant("--revoke", "fines.waive"), []);
  });

  it("grant changes nothing when one of its names is wrong", async () => {
    const old = ["user", "grant", "--email", "old@example.com", "--staff", "--permission", "fines.waive"];
    for (const [words, message] of [
      [["--group", "none"], /E_GROUP_UNKNOWN: No group is named "none"/],
      [["--permission", "loans.lent"], /E_PERMISSION_UNKNOWN: No permission is named "loans\.lent"\.\n {2}fix: Write "loans\.lend"\./],
    ] as const) {
      const { code, error } = await project.run(...old, ...words);
      assert.match(error, message);
      assert.equal(code, 1);
      assert.equal((await find("old@example.com"))!.isStaff, false);
      assert.equal(await database.run(() => permissions.UserPermission.count()), 0);
    }
  });

  const named = ["--set", "name=New"];
  const fresh = ["user", "create", "--email", "new@example.com"];
  const wrong: ReadonlyArray<readonly [words: readonly string[], input: string | readonly string[], code: number, message: RegExp]> = [
    [["user", "create"], password, 2, /--email is missing/],
    [["user", "create", "--email", "nobody"], password, 1, /E_VALIDATION: "nobody" is not an address: Give an address/],
    [["user", "create", "--email", "old@example.com", ...named], password, 1, /E_ACCOUNT_EXISTS.*old@example\.com/],
    [fresh, password, 2, /The account needs name\.\n {2}fix: Pass --set name=VALUE\./],
    [[...fresh, "--set", "name"], password, 2, /--set "name" has no value/],
    [[...fresh, ...named, ...named], password, 2, /--set gives "name" twice/],
    [[...fresh, "--set", "nmae=New"], password, 2, /User has no field "nmae"\.\n {2}fix: Use one of: .*name/],
    [[...fresh, "--set", "password=x"], password, 2, /--set cannot give "password"\.\n {2}fix: Type it/],
    [[...fresh, "--set", "id=7"], password, 2, /--set cannot give "id"/],
    [[...fresh, "--set", "isSuperuser=true"], password, 2, /Pass --superuser/],
    [[...fresh, ...named, "--set", "age=old"], password, 2, /"old" is not a value of User\.age, which has the type int/],
    [[...fresh, "--set", "name=a name of over 20 letters"], password, 1, /E_VALIDATION.*Use at most 20 characters/],
    [[...fresh, ...named], "", 2, /Standard input has no password/],
    [[...fresh, ...named], "one\ntwo\n", 2, /Standard input has several lines/],
    [[...fresh, ...named], "too-short", 1, /E_PASSWORD_WEAK: The password cannot be used\.\n {2}fix: Use at least 10 characters\./],
    [[...fresh, ...named], "new@example.com", 1, /too close to your name or address/],
    [[...fresh, ...named], [password, "other"], 2, /The two passwords differ/],
    [[...fresh, ...named], [password], 130, /You cancelled\. Nothing was changed/],
    [["user", "create", "--no-input"], [], 2, /--email is missing/],
    [["user", "password"], password, 2, /--email is missing/],
    [["user", "password", "--email", "none@example.com"], password, 1, /E_ACCOUNT_UNKNOWN: No account has the address "none@example\.com"/],
    [["user", "password", "--email", "old@example.com"], "short", 1, /E_PASSWORD_WEAK/],
    [["user", "grant", "--email", "old@example.com"], "", 2, /No right is named/],
    [["user", "grant", "--email", "none@example.com", "--staff"], "", 1, /E_ACCOUNT_UNKNOWN/],
    [["user", "grant", "--email", "old@example.com", "--admin"], "", 2, /unknown option '--admin'/],
    [[...fresh, "--password", "x"], "", 2, /unknown option '--password'/],
    [["user", "create", "--app", "plain.ts"], password, 1, /E_ACCOUNTS_SETUP: This application has no accounts/],
  ];
  for (const [words, input, expected, message] of wrong)
    it(`refuses ${words.join(" ")} with ${JSON.stringify(input)}`, async () => {
      const { code, out, error } = await project.answer(input, ...words);
      assert.match(error, message);
      assert.deepEqual([code, out], [expected, ""]);
      assert.equal(await find("new@example.com"), undefined);
      assert.doesNotMatch(error, /correct-horse/);
    });

  it("shows examples in the help", async () => {
    for (const name of ["create", "password", "grant"])
      assert.match((await project.run("user", name, "--help")).out, new RegExp(`Examples:\\n {2}npx gable user ${name} --email`));
  });
});
