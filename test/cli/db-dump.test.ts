/** `gable db dump`, `load` and `backup`: text, JSON, exit codes, on every database. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Database } from "gable/data";
import { belongsTo, createDatabase, field as f, Model } from "gable/data";
import { backUpSqlite } from "../../src/cli/sqlite-backup.ts";
import { databaseKinds } from "../data/databases.ts";
import type { TestProject } from "./project.ts";
import { createTestProject } from "./project.ts";

class Book extends Model("dumped_books", { id: f.id(), title: f.text({ max: 200 }), author: () => belongsTo(Author) }) {}
class Author extends Model("dumped_authors", {
  id: f.id(),
  name: f.text({ max: 200 }),
  key: f.text({ max: 20, secret: true, null: true }),
}) {}

const toApp = (url: string): string => `import { gable } from "gable";
import { belongsTo, field as f, Model } from "gable/data";
class Book extends Model("dumped_books", { id: f.id(), title: f.text({ max: 200 }), author: () => belongsTo(Author) }) {}
class Author extends Model("dumped_authors", { id: f.id(), name: f.text({ max: 200 }), key: f.text({ max: 20, secret: true, null: true }) }) {}
export default gable({ models: [Book, Author], database: "${url}" });
`;

async function open(url: string): Promise<Database> {
  const database = await createDatabase({ url, models: [Book, Author], bind: false });
  await database.createTables();
  return database;
}

function fill(database: Database): Promise<unknown> {
  return database.run(async () => {
    const author = await Author.create({ name: "Ann", key: "k-1" });
    await Book.create({ title: "One\nü", author });
    return Book.create({ title: "Two", author });
  });
}

for (const { name, skip, place } of databaseKinds)
  describe(`gable db dump and load on ${name}`, { skip }, () => {
    let project: TestProject;
    const opened: Database[] = [];
    const removes: Array<() => Promise<void>> = [];
    before(async () => {
      const [from, to] = [await place(), await place()];
      removes.push(from.remove, to.remove);
      opened.push(await open(from.url), await open(to.url));
      await fill(opened[0]!);
      project = createTestProject({ "from.ts": toApp(from.url), "to.ts": toApp(to.url) });
    });
    after(async () => {
      for (const database of opened) await database.close();
      for (const remove of removes) await remove();
      project.remove();
    });
    const [from, to] = [
      ["--app", "from.ts", "--mode", "development"],
      ["--app", "to.ts", "--mode", "development"],
    ] as const;

    it("move all rows to another database, and count on after them", async () => {
      const dumped = await project.run("db", "dump", "--secrets", ...from);
      assert.equal(dumped.code, 0);
      assert.match(dumped.error, /^Rows written: 1, [^]*\nRows written: 3, [\d.]+\/s\n$/);
      assert.match(dumped.out, /^TABLE +ROWS\ndumped_authors +1\ndumped_books +2\nWrote 3 rows of 2 tables to var\/dump\.\n$/);
      const loaded = await project.run("db", "load", "var/dump", ...to);
      assert.equal(loaded.code, 0);
      assert.match(loaded.error, /\nRows loaded: 3, [\d.]+\/s\n$/);
      assert.match(loaded.out, /Loaded 3 rows of 2 tables\.\n$/);
      const ids = await opened[1]!.run(async () => {
        assert.equal((await Author.first())!.key, "k-1");
        return [...(await Book.orderBy("id").pluck("id")), (await Book.create({ title: "New", author: 1 })).id];
      });
      assert.deepEqual(ids, [1, 2, 3]);
    });

    it("refuse to load into tables with rows, and change nothing", async () => {
      const { code, problems } = await project.json("db", "load", "var/dump", ...to);
      assert.deepEqual([code, problems[0]!.id], [1, "E_LOAD_TABLE"]);
    });

    it("leave secret columns out, name them, and compress", async () => {
      const { data } = await project.json("db", "dump", "--out", "small", "--gzip", ...from);
      assert.deepEqual(data, {
        folder: "small",
        tables: [
          { table: "dumped_authors", rows: 1 },
          { table: "dumped_books", rows: 2 },
        ],
        omitted: ["dumped_authors.key"],
        isDry: false,
      });
      assert.deepEqual(readdirSync(join(project.folder, "small")).sort(), ["dumped_authors.jsonl.gz", "dumped_books.jsonl.gz"]);
      if (process.platform !== "win32") assert.equal(statSync(join(project.folder, "small")).mode & 0o077, 0);
      assert.match(
        (await project.run("db", "dump", "--out", "plain", ...from)).out,
        /Left out the secret columns dumped_authors\.key: pass --secrets/,
      );
      assert.doesNotMatch(readFileSync(join(project.folder, "plain", "dumped_authors.jsonl"), "utf8"), /k-1/);
    });

    const wrong: ReadonlyArray<readonly [words: readonly string[], code: number, message: RegExp]> = [
      [["dump", ...from], 2, /The folder var\/dump has the files of another dump/],
      [["dump", "--database", "other", "--out", "x", ...from], 2, /The application has no database "other"/],
      [["load", "nothing", ...to], 2, /The folder nothing has no files of a dump/],
      [["load", ...to], 2, /missing required argument 'folder'/],
      [
        ["load", "var/dump", "--app", "to.ts"],
        2,
        /E_COMMAND_CONFIRM: The rows would go into the production database\.\n {2}fix: Pass --force/,
      ],
    ];
    for (const [words, expected, message] of wrong)
      it(`refuse db ${words.join(" ")}`, async () => {
        const { code, out, error } = await project.run("db", ...words);
        assert.match(error, message);
        assert.deepEqual([code, out], [expected, ""]);
      });
  });

describe("gable db backup", () => {
  const project = createTestProject({
    "app.ts": toApp("sqlite:var/shop.db"),
    "damaged.ts": toApp("sqlite:var/damaged.db"),
    "missing.ts": toApp("sqlite:var/missing.db"),
    "memory.ts": toApp("sqlite::memory:"),
    "postgres.ts": toApp("postgres://postgres@127.0.0.1:1/shop"),
  });
  const path = (name: string): string => join(project.folder, name);
  let database: Database;
  before(async () => {
    mkdirSync(path("var"));
    database = await open(`sqlite:${path("var/shop.db")}`);
    await fill(database);
    const damaged = await open(`sqlite:${path("var/damaged.db")}`);
    await damaged.run(() => Author.createMany(Array.from({ length: 2_000 }, (_, index) => ({ name: `author ${index}`.repeat(9) }))));
    await damaged.close();
    truncateSync(path("var/damaged.db"), statSync(path("var/damaged.db")).size - 40_960);
  });
  after(async () => {
    await database.close();
    project.remove();
  });

  const countIn = async (file: string): Promise<number> => {
    const copy = await createDatabase({ url: `sqlite:${file}`, models: [Book, Author], bind: false });
    return copy.run(() => Author.count()).finally(() => copy.close());
  };

  it("copies a database into which others write, as it was at one time", async () => {
    let isDone = false;
    const write = async (): Promise<void> => {
      // Two rows in one statement: a copy never has one of them.
      for (let round = 0; round < 500 && !isDone; round++) {
        await database.run(() => Author.createMany([{ name: "a".repeat(200) }, { name: "b".repeat(200) }]));
        // SQLite works in this thread: others must get their turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const writing = write();
    const { code, out, error } = await project.run("db", "backup", "copy.db").finally(() => (isDone = true));
    await writing;
    assert.equal(code, 0, error);
    assert.match(out, /^Copied [\d,]+ bytes to copy\.db\.\n$/);
    assert.equal((await countIn(path("copy.db"))) % 2, 1);
    assert.deepEqual(
      readdirSync(project.folder).filter((name) => name.includes(".part")),
      [],
    );
    assert.equal(statSync(path("copy.db")).mode, statSync(path("var/shop.db")).mode);
  });

  it("gives each copy a name with the time, below var/backups", async () => {
    const { ok, data } = await project.json("db", "backup");
    const { file, bytes } = data as { file: string; bytes: number }; // What the command prints.
    assert.equal(ok, true);
    assert.match(file, /[/\\]var[/\\]backups[/\\]shop-\d{8}T\d{6}Z\.db$/);
    assert.equal(statSync(file).size, bytes);
  });

  it("leaves nothing behind when it is interrupted", async () => {
    const signal = AbortSignal.abort(new Error("stopped"));
    const options = { from: path("var/shop.db"), to: path("stopped.db"), signal };
    await assert.rejects(backUpSqlite({ ...options, progress: (_label, _options, work) => work({ step() {}, set() {} }) }), /stopped/);
    assert.deepEqual(
      readdirSync(project.folder).filter((name) => name.startsWith("stopped")),
      [],
    );
  });

  const wrong: ReadonlyArray<readonly [words: readonly string[], code: number, message: RegExp]> = [
    [["copy.db"], 2, /copy\.db exists already/],
    [["none.db", "--app", "missing.ts"], 3, /E_DATABASE_OPEN: The database file .*missing\.db does not exist/],
    [["none.db", "--app", "damaged.ts"], 3, /E_DATABASE_OPEN: The database file .*(?:damaged|cannot be copied)/],
    [["none.db", "--app", "memory.ts"], 2, /Use a database in a file/],
    [["none.db", "--app", "postgres.ts"], 2, /`db backup` copies the files of SQLite\.\n {2}fix: Use pg_dump/],
    [["none.db", "--database", "other"], 2, /E_COMMAND_USAGE: The application has no database "other"/],
  ];
  for (const [words, expected, message] of wrong)
    it(`refuses ${words.join(" ")}`, async () => {
      const { code, out, error } = await project.run("db", "backup", ...words);
      assert.match(error, message);
      assert.deepEqual([code, out], [expected, ""]);
      assert.equal(existsSync(path("none.db")) || existsSync(path("none.db.part")), false);
    });
});
