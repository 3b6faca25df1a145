/** Every command: its text, its JSON and its exit code. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { request } from "node:http";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { createDatabase, sql } from "gable/data";
import { createTestProject } from "./project.ts";
import type { TestProject } from "./project.ts";

const app = `import { get, gable, group, post } from "gable";
import * as models from "./models.ts";
const signedIn = () => true;
const schema = { "~standard": { version: 1, vendor: "own", validate: (value) => ({ value }) } };
const audit = (context, next) => next();
export const home = get("/", () => "home");
export const show = get("/posts/:id(int)", { name: "posts.show" }, () => "post");
export const create = post("/posts", { guard: signedIn, json: schema, use: [audit] }, () => "made");
export const hook = post("/hook", { security: { crossSite: { allow: "webhooks of the bank" } } }, () => "ok");
export default gable({ models, database: "sqlite:var/shop.db", routes: [home, show, group("/blog", [create], { guard: signedIn }), hook], health: false });
`;
const models = `import { Model, field as f } from "gable/data";
export class Book extends Model("books", { id: f.id(), title: f.text({ max: 200 }) }) {}
`;
const settings = `import { defineSettings, env } from "gable";
export const settings = defineSettings({
  keys: env.secrets("SECRET_KEYS", { development: ["only-for-development"], help: "Signs cookies." }),
  size: env.int("PAGE_SIZE", { min: 1, max: 100, default: 20 }),
});
`;

const projects: TestProject[] = [];
after(() => {
  for (const project of projects) project.remove();
});

/** Each test has a separate project: Node keeps modules by their address. */
function createProject(more: Readonly<Record<string, string>> = {}): TestProject {
  const project = createTestProject({ "app.ts": app, "models.ts": models, "settings.ts": settings, ...more });
  projects.push(project);
  return project;
}

describe("gable", () => {
  it("prints its help without words, and its version", async () => {
    const project = createProject();
    const help = await project.run();
    assert.equal(help.code, 0);
    for (const word of ["start", "routes", "db", "check", "test"]) assert.match(help.out, new RegExp(`^  ${word}\\b`, "m"));
    assert.deepEqual(await project.run("--version"), { code: 0, out: "0.1.0\n", error: "" });
  });

  it("prints the help of a command with examples", async () => {
    const { code, out } = await createProject().run("db", "make", "--help");
    assert.equal(code, 0);
    assert.match(out, /Writes the next migration/);
    assert.match(out, /npx gable db make --check/);
  });

  const misspelt: ReadonlyArray<readonly [words: readonly string[], suggestion: RegExp]> = [
    [["rotes"], /Did you mean routes\?/],
    [["chek"], /Did you mean check\?/],
    [["db", "migrat"], /Did you mean migrate\?/],
    [["db", "statsu"], /Did you mean status\?/],
    [["routes", "--metod", "GET"], /Did you mean --method\?/],
    [["routes", "--jsn"], /Did you mean --json\?/],
    [["key", "generat"], /Did you mean generate\?/],
    [["key", "generate", "--byts", "32"], /Did you mean --bytes\?/],
  ];
  for (const [words, suggestion] of misspelt)
    it(`suggests the right word for "${words.join(" ")}"`, async () => {
      const { code, error } = await createProject().run(...words);
      assert.equal(code, 2);
      assert.match(error, suggestion);
    });

  it("answers wrong usage with one JSON object when --json is given", async () => {
    const { ok, code, problems } = await createProject().json("rotes");
    assert.deepEqual([ok, code, problems[0]!.id], [false, 2, "E_COMMAND_USAGE"]);
  });

  it("refuses a mode that does not exist", async () => {
    const { code } = await createProject().run("about", "--mode", "prod");
    assert.equal(code, 2);
  });

  it("says when a folder has no application, and when a module exports none", async () => {
    const empty = createTestProject({});
    projects.push(empty);
    assert.deepEqual((await empty.run("routes")).code, 3);
    assert.match((await empty.run("routes")).error, /E_APP_FILE: There is no application in .*app\.ts/);
    const wrong = createProject({ "app.ts": "export const app = 1;" });
    assert.match((await wrong.run("routes")).error, /app\.ts does not export an application as its default/);
  });

  it("finds the application by --app and by package.json", async () => {
    const named = createTestProject({
      "server/main.ts": 'import { gable, get } from "gable";\nexport default gable({ routes: [get("/x", () => "x")] });',
    });
    projects.push(named);
    assert.match((await named.run("routes", "--app", "server/main.ts")).out, /\/x/);
    named.write({ "package.json": '{ "type": "module", "gable": { "app": "server/main.ts" } }' });
    assert.match((await named.run("routes")).out, /\/x/);
  });

  it("takes the mode from the flag, the environment, .env, and else production", async () => {
    const project = createProject();
    const modeOf = async (...words: string[]): Promise<unknown> => ((await project.json("about", ...words)).data as { mode: string }).mode;
    assert.equal(await modeOf(), "production");
    project.write({ ".env": "GABLE_MODE=development\n" });
    assert.equal(await modeOf(), "development");
    assert.equal(await modeOf("--mode", "test"), "test");
  });
});

describe("gable routes", () => {
  it("lists routes with guards, input, exceptions and places", async () => {
    const project = createProject();
    const { code, out } = await project.run("routes");
    assert.equal(code, 0);
    const [head, ...lines] = out.trimEnd().split("\n");
    assert.match(head!, /^METHOD +PATH +NAME +GUARD +INPUT +EXCEPTIONS +AT$/);
    assert.equal(lines.length, 4);
    assert.match(out, /GET +\/posts\/:id\(int\) +posts\.show +- +- +- +app\.ts:\d+/);
    assert.match(out, /POST +\/blog\/posts +- +signedIn, signedIn +json +-/);
    assert.match(out, /crossSite: webhooks of the bank/);
  });

  const filters: ReadonlyArray<readonly [readonly string[], readonly string[]]> = [
    [
      ["--method", "post"],
      ["/blog/posts", "/hook"],
    ],
    [["--unsafe", "--unguarded"], ["/hook"]],
    [["--grep", "posts.show"], ["/posts/:id(int)"]],
    [["--grep", "nothing"], []],
  ];
  for (const [words, paths] of filters)
    it(`filters with ${words.join(" ")}`, async () => {
      const { data } = await createProject().json("routes", ...words);
      assert.deepEqual(
        (data as { routes: ReadonlyArray<{ path: string }> }).routes.map(({ path }) => path),
        paths,
      );
    });

  for (const [mode, isListed] of [
    ["development", true],
    ["test", false],
    ["production", false],
  ] as const)
    it(`${isListed ? "lists" : "leaves out"} addresses of development in ${mode}`, async () => {
      const project = createProject({
        "app.ts":
          'import { get, gable } from "gable";\nexport default gable({ mail: "outbox:", session: {}, secretKeys: ["u5Zk2Qm8Xr1Wd7Tn4Yb9Gc3Hf6Js0Lp-aVeKoRiPtMxQ"], hosts: ["localhost"], routes: [get("/", () => "home")] });\n',
      });
      const { code, out, error } = await project.run("routes", "--mode", mode);
      assert.equal(code, 0, error);
      assert.match(out, /GET +\/ /);
      assert.equal(out.includes("/_gable/"), isListed);
      assert.equal((await project.run("routes", "--path", "/_gable/mail", "--mode", mode)).code, isListed ? 0 : 1);
    });

  it("says which route takes a path, and why the others do not", async () => {
    const project = createProject();
    assert.match((await project.run("routes", "--path", "/posts/7")).out, /posts\.show/);
    const missing = await project.run("routes", "--path", "/posts/seven");
    assert.equal(missing.code, 1);
    assert.match(missing.out, /"seven" is not a whole number/);
  });
});

describe("gable db", () => {
  it("makes, plans, runs, lists and undoes migrations", async () => {
    const project = createProject();
    assert.equal((await project.run("db", "make", "--check")).code, 1);
    const made = await project.run("db", "make", "first");
    assert.equal(made.code, 0, made.error);
    assert.match(made.out, /^Wrote migrations\/\d{8}_\d{4}_first\.ts\n  Create the table "books"\nRun it with/);
    assert.match((await project.run("db", "make")).out, /nothing to write/);
    assert.equal((await project.run("db", "make", "--check")).code, 0);
    assert.match((await project.run("db", "migrate", "--plan")).out, /CREATE TABLE/);
    assert.equal((await project.run("db", "migrate", "--check")).code, 1);
    assert.match((await project.run("db", "status")).out, /_first +due/);
    assert.match((await project.run("db", "migrate")).out, /Ran 1 migration:\n  \d{8}_\d{4}_first/);
    assert.match((await project.run("db", "migrate")).out, /nothing to do/);
    assert.match((await project.run("db", "status")).out, /_first +applied/);
    assert.equal((await project.run("db", "check", "--live")).code, 0);
    assert.match((await project.run("db", "sql", "--backwards")).out, /DROP TABLE/);
    assert.match((await project.run("db", "size")).out, /books/);
    const refused = await project.run("db", "rollback");
    assert.equal(refused.code, 1);
    assert.match(refused.error, /E_MIGRATION_CONSENT/);
    assert.match((await project.run("db", "rollback", "--allow-data-loss", "--mode", "development")).out, /Undid 1 migration/);
  });

  it("records the first migration of a database whose tables exist, or lists what they lack", async () => {
    const project = createProject();
    await project.run("db", "make", "first");
    const name = readdirSync(join(project.folder, "migrations"))[0]!.replace(".ts", "");
    await project.run("db", "create");
    const file = new DatabaseSync(join(project.folder, "var/shop.db"));
    file.exec("CREATE TABLE books (id integer PRIMARY KEY, title int)");
    const refused = await project.run("db", "migrate", "--fake-initial");
    assert.equal(refused.code, 1);
    assert.match(refused.error, /^E_MIGRATION_DRIFT: .*: column title of "books" is int, not text of at most 200 characters\./);
    assert.equal((await project.run("db", "migrate", "--fake-initial", "--plan")).code, 1);
    file.exec("DROP TABLE books; CREATE TABLE books (id integer PRIMARY KEY, title varchar(200))");
    file.close();
    for (const flag of ["--fake", "--fake-initial"])
      for (const plan of ["--plan", "--dry-run"])
        assert.equal((await project.run("db", "migrate", flag, plan)).out.trim(), `-- ${name}: recorded without running it`);
    const both = await project.run("db", "migrate", "--fake", "--fake-initial");
    assert.equal(both.code, 2);
    assert.match(both.error, /do not go together/);
    const { data } = await project.json("db", "migrate", "--fake-initial");
    assert.deepEqual(data, { done: [name], recorded: [name] });
    assert.match((await project.run("db", "migrate", "--fake-initial")).out, /nothing to do/);
    const next = createProject();
    next.write({ [`migrations/${name}.ts`]: readFileSync(join(project.folder, "migrations", `${name}.ts`), "utf8") });
    assert.equal((await next.run("db", "migrate", "--fake-initial")).out, `Ran 1 migration:\n  ${name}\n`);
    const faked = createProject();
    faked.write({ [`migrations/${name}.ts`]: readFileSync(join(project.folder, "migrations", `${name}.ts`), "utf8") });
    assert.equal((await faked.run("db", "migrate", "--fake")).out, `Recorded 1 migration:\n  ${name}\n`);
  });

  it("asks with flags where nobody can answer, and takes the answers", async () => {
    const project = createProject({ ".env": "GABLE_MODE=development\n" });
    await project.run("db", "make", "first");
    const second = createProject({
      ".env": "GABLE_MODE=development\n",
      "models.ts": models.replace("title: f.text({ max: 200 })", "title: f.text({ max: 200 }), pages: f.int()"),
    });
    const [file] = readdirSync(join(project.folder, "migrations"));
    second.write({ [`migrations/${file}`]: readFileSync(join(project.folder, "migrations", file!), "utf8") });
    const asked = await second.run("db", "make");
    assert.equal(asked.code, 2);
    assert.match(asked.error, /--default books\.pages=VALUE/);
    const json = await second.json("db", "make");
    assert.deepEqual([json.code, json.problems[0]!.id], [2, "E_MIGRATION_QUESTION"]);
    for (const [flag, reason] of [
      ["books.pages", /has no value/],
      ["books.pages=many", /not a value of the column books\.pages/],
      ["books.nothing=1", /No model has the column/],
    ] as const)
      assert.match((await second.run("db", "make", "--default", flag)).error, reason);
    assert.equal((await second.run("db", "make", "--default", "books.pages=0")).code, 0);
    assert.match((await second.run("db", "migrate")).out, /Ran 2 migrations/);
  });

  it("creates, seeds, resets and drops a database, and asks before anything is lost", async () => {
    const seed =
      'import { Book } from "../models.ts";\nexport default async () => void (await Book.upsert({ where: { id: 1 }, create: { title: "A" }, update: { title: "A" } }));\n';
    const project = createProject({ ".env": "GABLE_MODE=development\n", "seeds/010-books.ts": seed });
    const file = join(project.folder, "var/shop.db");
    assert.match((await project.run("db", "create")).out, /Created the database "var\/shop\.db"/);
    assert.match((await project.run("db", "create")).out, /exists already/);
    assert.ok(existsSync(file));
    await project.run("db", "make", "first");
    for (const command of ["drop", "reset"]) {
      const { code, error } = await project.run("db", command);
      assert.equal(code, 2);
      assert.match(error, /E_COMMAND_CONFIRM: Delete everything/);
      assert.ok(existsSync(file));
    }
    const reset = await project.run("db", "reset", "--yes");
    assert.match(reset.out, /1 migrations and 1 seeds ran/, reset.error);
    assert.match((await project.run("db", "seed")).out, /Ran 1 seed/);
    const production = await project.run("db", "drop", "--yes", "--mode", "production");
    assert.deepEqual([production.code, existsSync(file)], [2, true]);
    assert.match(production.error, /is in production/);
    assert.equal((await project.run("db", "seed", "--mode", "production")).code, 2);
    for (const words of [[], ["--dry-run"]]) {
      const missing = await project.run("db", "seed", "--seeds", "nowhere", ...words);
      assert.deepEqual([missing.code, missing.out], [2, ""]);
      assert.match(missing.error, /^E_COMMAND_USAGE: The folder "nowhere" does not exist\.\n {2}fix: Write a seed into it/);
    }
    assert.match((await project.run("db", "drop", "--yes")).out, /Deleted/);
    assert.ok(!existsSync(file));
  });

  it("says when the shell of the database cannot be started", async () => {
    const project = createProject();
    const path = process.env["PATH"];
    process.env["PATH"] = project.folder;
    try {
      const { code, error } = await project.run("db", "shell");
      assert.equal(code, 1);
      assert.match(error, /E_COMMAND_PROGRAM: The program sqlite3 cannot be started\.\n  fix: Install sqlite3\./);
    } finally {
      process.env["PATH"] = path;
    }
  });

  it("says when an application has no models", async () => {
    const project = createProject({ "app.ts": 'import { gable } from "gable";\nexport default gable();' });
    assert.match((await project.run("db", "status")).error, /E_DATABASE_MISSING: This application has no models/);
  });
});

describe("gable settings", () => {
  it("lists settings with their source and without secrets", async () => {
    const project = createProject({ ".env": "GABLE_MODE=development\nSECRET_KEYS=very-secret-value\n" });
    const { code, out } = await project.run("settings", "--show-defaults");
    assert.equal(code, 0);
    assert.match(out, /keys +SECRET_KEYS +\.env +\["?\[secret\]|keys +SECRET_KEYS +\.env +\[secret\]/);
    assert.match(out, /size +PAGE_SIZE +default +20/);
    assert.doesNotMatch(JSON.stringify(await project.json("settings")), /very-secret-value/);
  });

  it("reports what is missing in production", async () => {
    const project = createProject();
    const { code, problems } = await project.json("env", "check", "--mode", "production");
    assert.equal(code, 1);
    assert.deepEqual(
      problems.map(({ id, message }) => [id, message]),
      [["settings.invalid", "SECRET_KEYS is missing"]],
    );
    assert.equal((await project.run("settings", "--mode", "production")).code, 3);
    assert.equal((await createProject().run("env", "check", "--mode", "development")).code, 0);
  });

  it("writes and checks .env.example", async () => {
    const project = createProject();
    assert.equal((await project.run("env", "example", "--check")).code, 1);
    assert.match((await project.run("env", "example")).out, /Wrote/);
    assert.match(
      readFileSync(join(project.folder, ".env.example"), "utf8"),
      /# Signs cookies\.\n# Required in production: .*\nSECRET_KEYS=\n/,
    );
    assert.equal((await project.run("env", "example", "--check")).code, 0);
  });
});

describe("gable key generate", () => {
  it("prints a line for .env with at least 32 random bytes", async () => {
    const project = createProject();
    const { out } = await project.run("key", "generate");
    assert.match(out, /^SECRET_KEYS=[A-Za-z0-9_-]{43}\n$/);
    assert.notEqual((await project.run("key", "generate")).out, out);
    assert.equal((await project.run("key", "generate", "--bytes", "1024")).code, 0);
    for (const bytes of ["31", "1025", "many"]) assert.equal((await project.run("key", "generate", "--bytes", bytes)).code, 2);
  });
});

describe("gable about", () => {
  it("prints versions", async () => {
    const { data } = await createProject().json("about");
    const { gable, node, project } = data as Readonly<Record<string, string>>;
    assert.deepEqual([gable, node, project], ["0.1.0", process.versions.node, "shop"]);
  });

  it("prints the features in use by name, and no value of theirs", async () => {
    const project = createProject({
      "app.ts": `import { gable } from "gable";
import { field as f, Model } from "gable/data";
class Book extends Model("books", { id: f.id() }) {}
export default gable({ models: { Book }, database: "postgres://ann:s3cret@db.example/shop", cache: true, traces: false, origin: "https://shop.example" });`,
    });
    const { data } = await project.json("about");
    const { features, databases } = data as { features: unknown; databases: unknown };
    assert.deepEqual(databases, { default: "postgres" });
    const has = (name: string): boolean => (features as string[]).includes(name);
    assert.deepEqual(["cache", "database", "traces", "mail", "session"].filter(has), ["cache", "database"]);
    const { out } = await project.run("about");
    assert.match(out, /features +.*cache/);
    assert.doesNotMatch(out, /s3cret|shop\.example|db\.example/);
  });

  it("prints versions of an application that does not load", async () => {
    const { code, out } = await createProject({ "app.ts": "throw new Error('broken');" }).run("about");
    assert.equal(code, 0);
    assert.match(out, /features +the application does not load \(Error\)/);
  });
});

describe("gable check", () => {
  it("lists what goes around protections with --unsafe, and only some problems with --tag", async () => {
    const project = createProject({
      ".env": "GABLE_MODE=development\n",
      "report.ts": 'import { html, raw } from "gable/views";\nexport const mark = html`<p>${raw("<b>x</b>")}</p>`;\n',
    });
    const { code, problems } = await project.json("check", "--unsafe", "--no-types");
    const unsafe = problems.filter(({ id }) => id === "unsafe").map(({ message }) => message);
    assert.equal(code, 0);
    assert.equal(unsafe.length, 2, JSON.stringify(problems));
    assert.match(unsafe[0]!, /^report\.ts:2: raw\(\)/);
    assert.match(unsafe[1]!, /^app\.ts:\d+: POST \/hook: crossSite: webhooks of the bank$/);
    const ids = async (...words: string[]): Promise<string[]> => (await project.json("check", ...words)).problems.map(({ id }) => id);
    assert.deepEqual(await ids("--deploy", "--no-types", "--tag", "origin", "--tag", "hosts"), ["hosts.missing", "origin.missing"]);
    assert.deepEqual(await ids("--deploy", "--no-types", "--tag", "settings"), []);
    const misspelt = await project.json("check", "--tag", "setings");
    assert.deepEqual([misspelt.code, misspelt.problems[0]!.fix], [2, 'Write "settings".']);
    assert.deepEqual((await project.json("check", "--tag", "hosts")).problems[0]!.fix, "Pass --deploy as well.");
  });

  it("finds migrations that do not match the models", async () => {
    const project = createProject({ "migrations/.keep": "" });
    const { code, problems } = await project.json("check", "--no-types");
    assert.deepEqual([code, problems[0]!.id, problems[0]!.level], [0, "migrations.drift", "warning"]);
    assert.equal((await project.run("check", "--no-types", "--fail-level", "warning")).code, 1);
  });

  it("reports a mistake of the application with its code and fix", async () => {
    const twice = 'import { gable, get } from "gable";\nexport default gable({ routes: [get("/a", () => "1"), get("/a", () => "2")] });';
    const { code, problems } = await createProject({ "app.ts": twice }).json("check", "--no-types");
    assert.deepEqual([code, problems[0]!.id], [1, "routes.duplicate"]);
    assert.match(problems[0]!.fix ?? "", /^Rename|^Change|^Pass|^Remove/);
  });
});

describe("gable test", () => {
  it("runs the tests of the project, and fails when one fails", async () => {
    const passing =
      'import { test } from "node:test";\ntest("passes", () => { if (process.env.GABLE_MODE !== "test") throw new Error("mode"); });';
    // The mode of the machine is for the other commands.
    const project = createProject({ ".env": "GABLE_MODE=development\n", "a.test.ts": passing, "blog/b.test.ts": passing });
    const all = await project.json("test");
    assert.deepEqual([all.code, (all.data as { files: string[] }).files], [0, ["a.test.ts", "blog/b.test.ts"]]);
    project.write({ "c.test.ts": 'import { test } from "node:test";\ntest("fails", () => { throw new Error("no"); });' });
    const failing = await project.json("test", "c.test");
    assert.deepEqual([failing.code, failing.data], [1, { files: ["c.test.ts"], failed: ["c.test.ts"] }]);
    assert.equal((await project.json("test", "nothing")).code, 2);
  });

  it("runs only the files that failed in the last run with --failed, also those that cannot be loaded", async () => {
    const write = (body: string): string => `import { test } from "node:test";\ntest("works", () => { ${body} });\n`;
    const project = createProject({ "a.test.ts": write(""), "b.test.ts": write("throw new Error('no');"), "c.test.ts": "const = 1;" });
    const run = async (...words: string[]): Promise<unknown> => (await project.json("test", ...words)).data;
    assert.deepEqual(await run(), { files: ["a.test.ts", "b.test.ts", "c.test.ts"], failed: ["b.test.ts", "c.test.ts"] });
    project.write({ "c.test.ts": write("") });
    assert.deepEqual(await run("--failed"), { files: ["b.test.ts", "c.test.ts"], failed: ["b.test.ts"] });
    project.write({ "b.test.ts": write("") });
    assert.deepEqual(await run("--failed"), { files: ["b.test.ts"], failed: [] });
    assert.match((await project.run("test", "--failed")).out, /^No test failed in the last run\. All of them run\.$/m);
  });

  const skipShuffle = !process.allowedNodeEnvironmentFlags.has("--test-random-seed") && "this Node cannot shuffle";
  it("runs tests in the order of a seed with --shuffle", { skip: skipShuffle }, async () => {
    const project = createProject({
      "a.test.ts": `import { test } from "node:test";\nimport { appendFileSync } from "node:fs";\nfor (const name of "abcdefgh") test(name, () => appendFileSync("order", name));\n`,
    });
    const orderOf = async (...words: string[]): Promise<string> => {
      rmSync(join(project.folder, "order"), { force: true });
      assert.equal((await project.run("test", ...words)).code, 0);
      return readFileSync(join(project.folder, "order"), "utf8");
    };
    assert.equal(await orderOf(), "abcdefgh");
    const shuffled = await orderOf("--shuffle", "42");
    assert.notEqual(shuffled, "abcdefgh");
    assert.equal(await orderOf("--shuffle", "42"), shuffled);
    assert.match((await project.run("test", "--shuffle", "0")).out, /^The order of the tests has the seed \d+\.$/m);
    for (const seed of ["-1", "4294967296", "x"]) assert.equal((await project.run("test", "--shuffle", seed)).code, 2, seed);
  });

  it("keeps the databases of tests with --keep-database, and says where they are", async () => {
    const body = `import { after, test } from "node:test";
import assert from "node:assert/strict";
import { testDatabase } from "gable/testing";
import app from "../app.ts";
import { Book } from "../models.ts";
testDatabase(app);
test("starts empty", async () => { await Book.create({ title: "rolled back" }); assert.equal(await Book.count(), 1); });
test("is isolated", async () => assert.equal(await Book.count(), 0));
`;
    const project = createProject({
      ".env": "SECRET_KEYS=only-for-tests\n",
      "tests/a.test.ts": body,
      "tests/b.test.ts": body,
      "c.test.ts": 'import { test } from "node:test";\ntest("passes", () => undefined);\n',
    });
    const find = (): string[] => readdirSync(join(project.folder, "var/test-databases")).filter((name) => name.endsWith(".db"));
    const { code, data } = await project.json("test", "tests/", "--keep-database");
    assert.equal(code, 0);
    const { databases } = data as { databases: Array<{ name: string; place: string }> }; // What the command returns.
    assert.deepEqual(
      databases.map(({ name, place }) => [name, place.replace(/-\d+-/, "-1-")]),
      ["a", "b"].map((file) => ["default", join(project.folder, `var/test-databases/${file}.test-1-default.db`)]),
    );
    assert.deepEqual(
      find().sort(),
      databases.map(({ place }) => basename(place)),
    );
    const stored = await createDatabase({ url: `sqlite:${databases[0]!.place}`, models: [], bind: false });
    assert.deepEqual(await stored.query(sql`SELECT name FROM sqlite_master WHERE name = 'books'`), [{ name: "books" }]);
    await stored.close();
    const { out } = await project.run("test", "tests/a", "--keep-database");
    assert.match(out, /^Kept the database "default": \/.*\/var\/test-databases\/a\.test-\d+-default\.db$/m);
    assert.equal(find().length, 1);
    // Without the flag, nothing is kept, and nothing is deleted.
    const plain = await project.json("test", "tests/b");
    assert.deepEqual([plain.data, find().length], [{ files: ["tests/b.test.ts"], failed: [] }, 1]);
    assert.match((await project.run("test", "c.test", "--keep-database")).out, /^No test opened a database with testDatabase\(app\)\.$/m);
  });

  it("stops after the first file that fails with --bail", async () => {
    const write = (name: string, code: string): string =>
      `import { test } from "node:test";\nimport { writeFileSync } from "node:fs";\ntest("runs (once)", () => { writeFileSync("${name}", ""); ${code} });`;
    const project = createProject({ "a.test.ts": write("a", "throw new Error('no');"), "b.test.ts": write("b", "") });
    assert.equal((await project.run("test", "--bail")).code, 1);
    assert.deepEqual([existsSync(join(project.folder, "a")), existsSync(join(project.folder, "b"))], [true, false]);
    assert.equal((await project.run("test", "b.test", "--only", "(once)")).code, 0);
    assert.equal(existsSync(join(project.folder, "b")), true);
  });
});

describe("gable shell", () => {
  const createOpen = async (): Promise<TestProject> => {
    const project = createProject({ ".env": "GABLE_MODE=development\n" });
    await project.run("db", "make", "first");
    await project.run("db", "migrate");
    return project;
  };

  it("runs expressions and statements with the models at hand", async () => {
    const project = await createOpen();
    assert.equal((await project.run("shell", "--eval", 'await Book.create({ title: "A" }).then((book) => book.title)')).out, "A\n");
    assert.equal((await project.run("shell", "--eval", "const books = await Book.where(); return books.length;")).out, "1\n");
    assert.deepEqual((await project.json("shell", "--eval", "Book.where().pluck('title')")).data, { value: ["A"] });
    project.write({ "count.js": "const [row] = await app.database().query(sql`SELECT count(*) AS n FROM books`);\nreturn row.n;" });
    assert.equal((await project.run("shell", "--file", "count.js")).out, "1\n");
  });

  it("undoes everything at the end with --sandbox", async () => {
    const project = await createOpen();
    assert.equal((await project.run("shell", "--sandbox", "--eval", 'Book.create({ title: "A" }).then(() => Book.count())')).out, "1\n");
    assert.equal((await project.run("shell", "--eval", "Book.count()")).out, "0\n");
  });

  it("shows statements without their values with --queries, and only then", async () => {
    const project = await createOpen();
    const shown = await project.run("shell", "--queries", "--eval", "Book.where({ title: 'hidden' }).exists()");
    assert.match(shown.error, /SELECT .*books.* \(\d+\.\d ms\)\n/);
    assert.doesNotMatch(shown.error, /hidden/);
    assert.equal((await project.run("shell", "--eval", "Book.count()")).error, "");
  });

  it("has the settings of the project", async () => {
    assert.equal((await (await createOpen()).run("shell", "--eval", "settings.size")).out, "20\n");
  });

  it("fails with the error of the code, and asks in production", async () => {
    const project = await createOpen();
    const failed = await project.run("shell", "--eval", "Book.get(7)");
    assert.deepEqual([failed.code, /E_ROW_MISSING/.test(failed.error)], [1, true]);
    assert.equal((await project.run("shell", "--eval", "1", "--file", "x")).code, 2);
    assert.equal((await project.run("shell")).code, 2);
  });
});

describe("commands of the application", () => {
  const command = `import { defineCommand } from "gable";
import { Book } from "../models.ts";
export default defineCommand({
  name: "books add",
  help: "Adds books.",
  arguments: { titles: { help: "Their titles", many: true } },
  flags: { shout: { type: "boolean", help: "Writes them in capitals" }, copies: { type: "int", help: "How many of each", default: 1 } },
  async run({ arguments: { titles }, flags: { shout, copies }, print, progress }) {
    await progress("Books", { total: titles.length }, async (bar) => {
      for (const title of titles) {
        for (let copy = 0; copy < copies; copy++) await Book.create({ title: shout ? title.toUpperCase() : title });
        bar.step(title);
      }
    });
    print(\`\${await Book.count()} books\`);
    return { count: await Book.count() };
  },
});
`;
  it("run with the database open, with arguments, flags and progress", async () => {
    const project = createProject({ ".env": "GABLE_MODE=development\n", "commands/books-add.ts": command });
    const first = await project.run("books", "add", "one", "two", "--shout");
    assert.deepEqual([first.code, first.out], [0, "2 books\n"], first.error);
    assert.match(first.error, /Books: 2 of 2 \(100 %\)/);
    const second = await project.json("books", "add", "three", "--copies", "2");
    assert.deepEqual(second.data, { count: 4 });
    assert.match((await project.run("--help")).out, /^  books\b/m);
    assert.equal((await project.run("books", "add")).code, 2);
  });

  it("do not block built-in commands when they are broken", async () => {
    const project = createProject({ "commands/broken.ts": "throw new Error('no');" });
    assert.equal((await project.run("key", "generate")).code, 0);
  });

  it("may not take the name of a built-in command", async () => {
    const project = createProject({
      "commands/routes.ts":
        'import { defineCommand } from "gable";\nexport default defineCommand({ name: "routes", help: "x", run: () => 1 });',
    });
    const { code, error } = await project.run("other");
    assert.equal(code, 3);
    assert.match(error, /has the name of the built-in command "routes"/);
  });
});

describe("the binary", () => {
  const binary = new URL("../../bin/gable.mjs", import.meta.url).pathname;
  const hook = new URL("../../scripts/source.mjs", import.meta.url).href;
  const run = promisify(execFile);

  it("ends with the exit code of the command", async () => {
    const project = createProject();
    const { stdout } = await run(process.execPath, ["--import", hook, binary, "about", "--json"], { cwd: project.folder });
    assert.equal((JSON.parse(stdout) as { ok: boolean }).ok, true);
    await assert.rejects(run(process.execPath, ["--import", hook, binary, "nothing"], { cwd: project.folder }), { code: 2 });
  });

  /** Starts the binary, and waits for its address. */
  async function serve(
    project: TestProject,
    ...words: readonly string[]
  ): Promise<{ url: string; text: () => string; stop: () => Promise<unknown> }> {
    const child = spawn(process.execPath, ["--import", hook, binary, "start", "--port", "0", ...words], {
      cwd: project.folder,
      // Commands that ran in this process set the one, and the runner of tests the other.
      env: { ...process.env, GABLE_TASKS: undefined, GABLE_MODE: undefined },
    });
    let text = "";
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on("data", (chunk) => {
        text += String(chunk);
        const found = /Serving (http:\S+)/.exec(text);
        if (found !== null) resolve(found[1]!);
      });
      child.stderr.on("data", (chunk) => (text += String(chunk)));
      child.once("exit", () => reject(new Error(text)));
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    return {
      url,
      text: () => text,
      stop: () => {
        child.kill("SIGTERM");
        return ended;
      },
    };
  }

  /** Reads a page over a new connection: one that is kept would still lead to its old worker. */
  const readOnce = (url: string): Promise<string> =>
    new Promise((resolve, reject) => {
      request(url, { agent: false }, async (reply) => resolve((await reply.toArray()).join("")))
        .on("error", reject)
        .end();
    });

  it("serves until a signal stops it", async () => {
    const { url, stop } = await serve(createProject({ ".env": "SECRET_KEYS=only-for-tests" }), "--migrate");
    assert.equal(await (await fetch(url)).text(), "home");
    assert.equal(await stop(), 0);
  });

  for (const workers of process.platform === "win32" ? ["1"] : ["1", "2"])
    it(`does not start with pending migrations, and runs them with --migrate: ${workers} workers`, async () => {
      const project = createProject({ ".env": "SECRET_KEYS=only-for-tests" });
      assert.equal((await project.run("db", "make", "books", "--mode", "development")).code, 0);
      const words = ["--import", hook, binary, "start", "--port", "0", "--workers", workers, "--json"];
      const failed = (await run(process.execPath, words, { cwd: project.folder, env: { ...process.env, GABLE_MODE: undefined } }).catch(
        (error: unknown) => error,
      )) as { code: number; stdout: string; stderr: string }; // What execFile() rejects with.
      assert.equal(failed.code, 3, failed.stderr);
      const [problem] = (JSON.parse(failed.stdout) as { problems: Array<{ id: string; message: string }> }).problems; // What the command prints.
      assert.equal(problem!.id, "E_MIGRATION_PENDING");
      assert.match(problem!.message, /^1 migration is due: \d{8}_\d{4}_books\. Nothing was started\.$/);
      const first = await serve(project, "--workers", workers, "--migrate");
      assert.match(first.text(), /"message":"Migrations: ran \d{8}_\d{4}_books \(\d+ ms\)"\}$/m);
      assert.equal(await first.stop(), 0);
      const second = await serve(project, "--workers", workers);
      const steps = [...second.text().matchAll(/"message":"(Migrations: all have run|First worker: ready) \(\d+ ms\)"\}$/gm)].map(
        ([, step]) => step,
      );
      assert.deepEqual(steps, ["Migrations: all have run", ...(workers === "1" ? [] : ["First worker: ready"])]);
      assert.equal(await second.stop(), 0);
    });

  it("starts while a migration waits for the new code", async () => {
    const project = createProject({ ".env": "SECRET_KEYS=only-for-tests" });
    await project.run("db", "make", "books", "--mode", "development");
    await project.run("db", "migrate", "--mode", "development");
    project.write({ "models.ts": models.replace(", title: f.text({ max: 200 })", "") });
    // The modules of this process have the old model.
    await run(process.execPath, ["--import", hook, binary, "db", "make", "later", "--mode", "development"], { cwd: project.folder });
    const name = readdirSync(join(project.folder, "migrations")).find((file) => file.endsWith("_later.ts"))!;
    const made = readFileSync(join(project.folder, "migrations", name), "utf8");
    project.write({ [`migrations/${name}`]: made.replace("migration({", 'migration({\n  phase: "after-deploy",') });
    const due = await project.json("db", "migrate", "--check", "--phase", "before", "--mode", "development");
    assert.deepEqual([due.code, due.data], [0, { due: [] }]);
    assert.deepEqual((await project.json("db", "migrate", "--check", "--mode", "development")).data, { due: [name.replace(".ts", "")] });
    const { stop } = await serve(project);
    assert.equal(await stop(), 0);
  });

  it(
    "runs tasks in a separate process, and with --no-tasks nowhere",
    { skip: process.platform === "win32" && "workers need POSIX" },
    async () => {
      const project = createProject({
        ".env": "SECRET_KEYS=only-for-tests",
        "app.ts": `import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { gable, get } from "gable";
import { task, taskModel } from "gable/tasks";
const note = task("note", {}, () => writeFileSync("ran", String(process.pid)));
const TaskRow = taskModel();
const app = gable({ models: [TaskRow], database: "sqlite:tasks.db", tasks: [note], routes: [
  get("/", async () => { await app.database().createTables().catch(() => undefined); await note.enqueue(); return String(process.pid); }),
  get("/ran", () => existsSync("ran") ? readFileSync("ran", "utf8") : "nobody"),
] });
export default app;`,
      });
      const first = await serve(project);
      try {
        const pid = await readOnce(first.url);
        const ran = new URL("/ran", first.url).href;
        assert.match(pid, /^[0-9]+$/);
        for (let round = 0; round < 1_000 && (await readOnce(ran)) === "nobody"; round++) await sleep(20);
        assert.match(await readOnce(ran), /^[0-9]+$/);
        assert.notEqual(await readOnce(ran), pid);
        assert.match((await project.run("reload")).out, /Reloaded/);
      } finally {
        assert.equal(await first.stop(), 0);
      }
      rmSync(join(project.folder, "ran"));
      const second = await serve(project, "--no-tasks");
      try {
        await readOnce(second.url);
        assert.match((await project.run("tasks", "list")).out, /queued/);
        assert.equal(await readOnce(new URL("/ran", second.url).href), "nobody");
      } finally {
        assert.equal(await second.stop(), 0);
      }
    },
  );

  it("serves with workers, reloads them, and stops", { skip: process.platform === "win32" && "workers need POSIX" }, async () => {
    const project = createProject({
      ".env": "SECRET_KEYS=only-for-tests",
      "app.ts": 'import { gable, get } from "gable";\nexport default gable({ routes: [get("/", () => "first")] });',
    });
    const { url, stop } = await serve(project, "--workers", "2");
    try {
      assert.equal(await readOnce(url), "first");
      project.write({ "app.ts": 'import { gable, get } from "gable";\nexport default gable({ routes: [get("/", () => "second")] });' });
      assert.match((await project.run("reload")).out, /Reloaded/);
      assert.equal(await readOnce(url), "second");
      project.write({ "app.ts": "syntax error here" });
      const failed = await project.run("reload");
      assert.equal(failed.code, 1);
      assert.match(failed.error, /the old ones go on/);
      assert.equal(await readOnce(url), "second");
    } finally {
      assert.equal(await stop(), 0);
    }
    const none = await project.run("reload");
    assert.equal(none.code, 1);
    assert.match(none.error, /^E_SUPERVISOR_MISSING: No `gable start` with workers or tasks runs in this folder\./);
    assert.equal((await project.run("start", "--workers", "many")).code, 2);
  });
});

describe("gable last-error", () => {
  it("prints the newest error of development as Markdown and as JSON", async () => {
    const project = createProject();
    const none = await project.run("last-error");
    assert.deepEqual([none.code, none.out], [0, "No error is kept. Gable keeps the newest one in var/last-error.json, in development.\n"]);
    assert.deepEqual((await project.json("last-error")).data, { report: null });
    const { createErrorReport, writeLastError } = await import("gable/development");
    await writeLastError(createErrorReport(new Error("older")), project.folder);
    await writeLastError(createErrorReport(new Error("the <newest>", { cause: new TypeError("root") })), project.folder);
    const { code, out } = await project.run("last-error");
    assert.equal(code, 0);
    for (const part of ["# E\\_INTERNAL: the \\<newest\\>", "Fix: Correct the code at", "## Caused by", "root"])
      assert.ok(out.includes(part), out);
    const { data } = (await project.json("last-error")) as { readonly data: { readonly report: { readonly message: string } } };
    assert.equal(data.report.message, "the <newest>");
    project.write({ "var/last-error.json": "{broken" });
    assert.deepEqual((await project.json("last-error")).data, { report: null });
  });
});
