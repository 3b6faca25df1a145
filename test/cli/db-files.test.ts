/** `gable db lint`, `db squash` and `db pull`: text, JSON, files and exit codes. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, it } from "node:test";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";

const app = `import { gable } from "gable";
import * as models from "./models.ts";
export default gable({ models, database: "sqlite:app.db", routes: [] });
`;
const models = `import { Model, field as f } from "gable/data";
export class Book extends Model("books", { id: f.id(), title: f.text({ max: 200 }) }) {}
`;
const fileOf = (after: string, ops: string): string =>
  `import { migration, op } from "gable/migrations";\nexport default migration({ after: [${after}], schema: "0", ops: [${ops}] });\n`;
const first = fileOf(
  "",
  'op.createTable("books", { columns: { id: { type: "id" }, title: { type: "text", max: 200 }, isbn: { type: "text", null: true } }, primary: ["id"] })',
);
const second = fileOf('"0001_books"', 'op.dropColumn("books", "isbn")');
const accepted = fileOf('"0001_books"', 'op.assured("nobody reads it", op.dropColumn("books", "isbn"))');

const projects: TestProject[] = [];
after(() => {
  for (const project of projects) project.remove();
});

function createProject(migrations: Readonly<Record<string, string>>): TestProject {
  const files = Object.fromEntries(Object.entries(migrations).map(([name, text]) => [`migrations/${name}.ts`, text]));
  const project = createTestProject({ "app.ts": app, "models.ts": models, ...files });
  projects.push(project);
  return project;
}

describe("gable db lint", () => {
  it("reports what due migrations lose, with a safer way, and exits with 1", async () => {
    const project = createProject({ "0001_books": first, "0002_drop": second });
    const { code, out, error } = await project.run("db", "lint");
    assert.deepEqual([code, out], [1, ""]);
    assert.equal(
      error,
      'migrations.column-dropped: 0002_drop: Drop the column "isbn" of "books" with its values (loses-data). The dropped data is lost, and the running release may read it.\n' +
        '  fix: Let one release go out that does not use it (retired: true), then drop it with phase: "after-deploy".\n',
    );
    const { ok, data, problems } = await project.json("db", "lint");
    const { migrations, findings } = data as { migrations: string[]; findings: Array<Record<string, unknown>> };
    assert.deepEqual([ok, migrations], [false, ["0001_books", "0002_drop"]]);
    assert.deepEqual(
      findings.map(({ migration, id, risk, table }) => [migration, id, risk, table]),
      [["0002_drop", "column-dropped", "loses-data", "books"]],
    );
    assert.deepEqual(
      problems.map(({ id, level }) => [id, level]),
      [["migrations.column-dropped", "error"]],
    );
  });

  it("leaves out migrations that have run, unless --all or their name asks for them", async () => {
    const project = createProject({ "0001_books": first, "0002_drop": second });
    assert.equal((await project.run("db", "migrate")).code, 0);
    assert.deepEqual(await project.run("db", "lint"), {
      code: 0,
      out: "No migration is due. Rate those that have run with --all.\n",
      error: "",
    });
    assert.equal((await project.run("db", "lint", "--all")).code, 1);
    assert.equal((await project.run("db", "lint", "0002_drop")).code, 1);
    assert.deepEqual(await project.run("db", "lint", "0001_books"), { code: 0, out: "Nothing is risky in 1 migration.\n", error: "" });
  });

  it("lists what somebody has accepted, and exits with 0", async () => {
    const { code, out, error } = await createProject({ "0001_books": first, "0002_drop": accepted }).run("db", "lint");
    assert.deepEqual([code, error], [0, ""]);
    assert.match(
      out,
      /^MIGRATION +RISK +OPERATION +ACCEPTED\n0002_drop +loses-data +Drop the column "isbn" of "books" with its values +nobody reads it\n/,
    );
    assert.match(out, /\nNothing is risky in 2 migrations, except what you have accepted\.\n$/);
  });

  it("exits with 2 for an unknown migration, and with 3 without a database", async () => {
    const project = createProject({ "0001_books": first });
    const { code, error } = await project.run("db", "lint", "0001_boks");
    assert.equal(code, 2);
    assert.match(error, /No migration has the name "0001_boks"\.\n {2}fix: Write "0001_books"\./);
    project.write({ "app.ts": app.replace("sqlite:app.db", "sqlite:/nowhere/at/all/app.db") });
    const other = createProject({});
    other.write({ "app.ts": app.replace("sqlite:app.db", "postgres://nobody@127.0.0.1:1/none") });
    assert.equal((await other.run("db", "lint")).code, 3);
  });
});

describe("gable db squash", () => {
  const read = (project: TestProject): string[] => readdirSync(join(project.folder, "migrations")).sort();

  it("shows what it would write with --dry-run, and writes nothing", async () => {
    const project = createProject({ "0001_books": first, "0002_drop": second });
    const { code, out, error } = await project.run("db", "squash", "0002_drop", "--dry-run");
    assert.deepEqual([code, error], [0, ""]);
    assert.match(
      out,
      /^Would write migrations\/\d{8}_\d{4}_squashed\.ts, which replaces:\n {2}0001_books\n {2}0002_drop\nIt does:\n {2}Create the table "books"\n$/,
    );
    assert.deepEqual(read(project), ["0001_books.ts", "0002_drop.ts"]);
  });

  it("writes one file that databases with the old ones count as applied, and that an empty one runs", async () => {
    const project = createProject({ "0001_books": first, "0002_drop": second });
    assert.equal((await project.run("db", "migrate")).code, 0);
    const { ok, code, data } = await project.json("db", "squash", "0002_drop");
    const { name, path, replaces, changes, isDry } = data as Record<string, unknown>;
    assert.deepEqual([ok, code, replaces, changes, isDry], [true, 0, ["0001_books", "0002_drop"], ['Create the table "books"'], false]);
    assert.equal(path, `migrations/${String(name)}.ts`);
    assert.deepEqual(read(project), ["0001_books.ts", "0002_drop.ts", `${String(name)}.ts`]);
    assert.match((await project.run("db", "migrate")).out, /nothing to do/);
    const empty = createProject({ squashed: readFileSync(join(project.folder, String(path)), "utf8") });
    assert.match((await empty.run("db", "migrate")).out, /^Ran 1 migration:\n {2}squashed\n$/);
    assert.equal((await empty.run("db", "check", "--live")).code, 0);
  });

  it("replaces a range, under a name of your choice", async () => {
    const third = fileOf('"0002_drop"', 'op.run({ name: "fill", up: async () => {}, down: "nothing" })');
    const project = createProject({ "0001_books": first, "0002_drop": second, "0003_run": third });
    const { data } = await project.json("db", "squash", "0002_drop..0003_run", "--name", "drop and fill");
    const { name, replaces, changes } = data as Record<string, unknown>;
    assert.match(String(name), /^\d{8}_\d{4}_drop_and_fill$/);
    assert.deepEqual(replaces, ["0002_drop", "0003_run"]);
    assert.deepEqual(changes, ['Drop the column "isbn" of "books" with its values', 'Run the step "fill"']);
    assert.match((await project.run("db", "migrate")).out, new RegExp(`^Ran 2 migrations:\n {2}0001_books\n {2}${String(name)}\n$`));
    const all = createProject({ "0001_books": first, "0002_gone": fileOf('"0001_books"', 'op.dropTable("books")') });
    assert.match((await all.run("db", "squash", "..0002_gone", "--dry-run")).out, /\n {2}0002_gone\nIt does nothing\.\n$/);
  });

  const refused: ReadonlyArray<readonly [range: string, code: number, error: RegExp]> = [
    ["0002_dorp", 2, /fix: Write "0002_drop"\./],
    ["0001_boks..0002_drop", 2, /fix: Write "0001_books"\./],
    [
      "0002_drop..0001_books",
      2,
      /The range is reversed: "0002_drop" comes after "0001_books"\.\n {2}fix: Begin with the first one: 0001_books\.\.0002_drop\./,
    ],
    ["0001_books..", 2, /"0001_books\.\." is not a range of migrations\.\n {2}fix: Write the names of the first and the last one/],
    ["0001_books...0002_drop", 2, /is not a range of migrations/],
    ["..", 2, /is not a range of migrations/],
    ["0003_code", 1, /E_MIGRATION_OPERATION: The data step "fill" of "0003_code" cannot be copied/],
  ];
  for (const [range, expected, message] of refused)
    it(`exits with ${expected} for ${range}, and writes nothing`, async () => {
      const code = `${fileOf('"0002_drop"', 'op.run({ name: "fill", up: async () => {} })')}const size = 1;\n`;
      const project = createProject({ "0001_books": first, "0002_drop": second, "0003_code": code });
      for (const words of [[], ["--dry-run"]]) {
        const { code, error } = await project.run("db", "squash", range, ...words);
        assert.equal(code, expected, error);
        assert.match(error, message);
      }
      assert.equal(read(project).length, 3);
    });

  it("exits with 2 without a range", async () => {
    assert.equal((await createProject({ "0001_books": first }).run("db", "squash")).code, 2);
  });
});

describe("gable db pull", () => {
  const source = /export class Book extends Model\("books", \{\n {2}id: f\.id\(\),\n {2}title: f\.text\(\),\n\}\) \{\}/;

  /** A project whose database has the table of books. */
  async function createFilled(): Promise<TestProject> {
    const project = createProject({ "0001_books": first, "0002_drop": second });
    assert.equal((await project.run("db", "migrate")).code, 0);
    return project;
  }

  it("prints the models of named tables, also as JSON", async () => {
    const project = await createFilled();
    const { code, out } = await project.run("db", "pull", "books");
    assert.equal(code, 0);
    assert.match(out, source);
    const { ok, data } = await project.json("db", "pull", "books");
    const { file, source: code2, differences, isDry } = data as Record<string, unknown>;
    assert.deepEqual([ok, file, differences, isDry], [true, null, [], false]);
    assert.equal(`${String(code2).trimEnd()}\n`, out);
  });

  it("writes a file, and overwrites one only with --force", async () => {
    const project = await createFilled();
    const file = join(project.folder, "shop/models.ts");
    const dry = await project.run("db", "pull", "books", "--out", "shop/models.ts", "--dry-run");
    assert.match(dry.out, /^Would write shop\/models\.ts:\n\n/);
    assert.equal(existsSync(file), false);
    assert.deepEqual(await project.run("db", "pull", "books", "--out", "shop/models.ts"), {
      code: 0,
      out: "Wrote shop/models.ts\n",
      error: "",
    });
    assert.match(readFileSync(file, "utf8"), source);
    project.write({ "shop/models.ts": "mine" });
    const again = await project.run("db", "pull", "books", "--out", "shop/models.ts");
    assert.equal(again.code, 2);
    assert.match(again.error, /shop\/models\.ts exists already\. Nothing was written\.\n {2}fix: .*--force/);
    assert.equal(readFileSync(file, "utf8"), "mine");
    assert.equal((await project.run("db", "pull", "books", "--out", "shop/models.ts", "--force")).code, 0);
    assert.match(readFileSync(file, "utf8"), source);
  });

  it("exits with 2 for an unknown table, and suggests the name of a database", async () => {
    const project = await createFilled();
    const wrong = await project.run("db", "pull", "boks");
    assert.equal(wrong.code, 2);
    assert.match(wrong.error, /has no table "boks"\.\n {2}fix: Write "books"\./);
    assert.match((await project.run("db", "pull", "--database", "defualt")).error, /fix: Write "default"\./);
  });

  it("exits with 3 for a database that cannot be reached", async () => {
    const project = createProject({});
    project.write({ "app.ts": app.replace("sqlite:app.db", "postgres://nobody@127.0.0.1:1/none") });
    assert.equal((await project.run("db", "pull")).code, 3);
  });
});

describe("gable db rollback", () => {
  const required = fileOf(
    "",
    'op.createTable("books", { columns: { id: { type: "id" }, title: { type: "text", max: 200 }, pages: { type: "int" }, isbn: { type: "text" } }, primary: ["id"] })',
  );
  const drops = {
    "0001_books": required,
    "0002_isbn": fileOf('"0001_books"', 'op.dropColumn("books", "isbn")'),
    "0003_pages": fileOf('"0002_isbn"', 'op.dropColumn("books", "pages", { fill: 7 })'),
  };
  const undo = ["db", "rollback", "0001_books", "--allow-data-loss", "--force"] as const;

  it("takes values for restored columns from flags and from the drop", async () => {
    const project = createProject(drops);
    await project.run("db", "migrate");
    const file = new DatabaseSync(join(project.folder, "app.db"));
    file.exec("INSERT INTO books (title) VALUES ('A')");
    for (const [flag, code, error] of [
      ["books.isbn", 2, /has no value/],
      ["books.nothing=1", 2, /No migration has the required column "books\.nothing"/],
      ["books.pages=many", 2, /"many" is not a value of the column books\.pages, which has the type int/],
      ["books.title=x", 2, /"books\.title", which needs no value in this rollback/],
    ] as const)
      for (const plan of [[], ["--plan"]]) {
        const outcome = await project.run(...undo, "--default", flag, ...plan);
        assert.match(outcome.error, error);
        assert.equal(outcome.code, code, flag);
      }
    assert.match((await project.run("db", "status")).out, /0001_books +applied.*0002_isbn +applied.*0003_pages +applied/s);
    const refused = await project.run(...undo);
    assert.equal(refused.code, 1);
    assert.match(refused.error, /^E_MIGRATION_CONSENT: .*"books\.isbn".* --default books\.isbn=VALUE/ms);
    const undone = await project.run(...undo, "--default", "books.isbn=none");
    assert.equal(undone.out, "Undid 2 migrations:\n  0003_pages\n  0002_isbn\n", undone.error);
    assert.match(undone.error, /^Migrations: 1 of 2 \(50 %\)[^]*\nMigrations: 2 of 2 \(100 %\)/);
    assert.deepEqual({ ...file.prepare("SELECT * FROM books").get() }, { id: 1, title: "A", pages: 7, isbn: "none" });
    file.close();
  });

  it("and migrate show with --plan what they would do up to a target", async () => {
    const project = createProject(drops);
    const planned = async (...words: readonly string[]): Promise<string[]> =>
      ((await project.json("db", ...words, "--plan")).data as { plan: Array<{ name: string }> }).plan.map(({ name }) => name);
    assert.deepEqual(await planned("migrate", "0002_isbn"), ["0001_books", "0002_isbn"]);
    await project.run("db", "migrate");
    assert.deepEqual(await planned("rollback"), ["0003_pages"]);
    assert.deepEqual(await planned("rollback", "0001_books"), ["0003_pages", "0002_isbn"]);
    assert.deepEqual(await planned("rollback", "zero"), ["0003_pages", "0002_isbn", "0001_books"]);
    for (const words of [["migrate"], ["rollback"]])
      for (const more of [[], ["--plan"]]) assert.equal((await project.run("db", ...words, "0002_isbm", ...more)).code, 2);
    assert.equal((await project.run("db", "migrate", "0002_isbm", "--check")).code, 2);
  });
});
