/** Changes of tables that need care: SQLite copies tables, PostgreSQL must not block other work, locks are waited for. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { createDatabase, sql, transaction } from "../../src/data.ts";
import type { Database } from "../../src/data.ts";
import { checkLive, migrate, previewMigrations, rollback } from "../../src/migrations.ts";
import type { DatabasePlace } from "./databases.ts";
import { databaseKinds, placePostgres, placeSqlite, skipPostgres } from "./databases.ts";

const fileOf = (ops: string, after = ""): string =>
  `import { migration, op } from "gable/migrations";\nexport default migration({ after: [${after}], schema: "", ops: [${ops}] });\n`;
const start = fileOf(`
  op.createTable("authors", { columns: { id: { type: "id" }, name: { type: "text", max: 50 } }, primary: ["id"] }),
  op.createTable("books", {
    columns: { id: { type: "id" }, title: { type: "text", max: 50 }, author_id: { type: "id" }, next_id: { type: "id", null: true } },
    primary: ["id"],
    foreignKeys: {
      books_author_foreign: { columns: ["author_id"], table: "authors", references: ["id"], onDelete: "cascade" },
      books_next_foreign: { columns: ["next_id"], table: "books", references: ["id"], onDelete: "cascade" },
    },
  })`);

let place: DatabasePlace;
let database: Database;
let folder: string;

function use(create: () => Promise<DatabasePlace>): void {
  beforeEach(async () => {
    place = await create();
    folder = await mkdtemp(join(tmpdir(), "gable-rebuild-"));
    database = await createDatabase({ url: place.url, models: [], bind: false });
    await writeFile(join(folder, "0001_start.ts"), start);
    await migrate({ database, folder });
    await database.query(sql`INSERT INTO authors (name) VALUES ('a'), ('b')`);
    await database.query(sql`INSERT INTO books (title, author_id) VALUES ('one', 1), ('two', 1), ('three', 2)`);
  });
  afterEach(async () => {
    await database.close();
    await place.remove();
    await rm(folder, { recursive: true });
  });
}
const change = async (ops: string): Promise<string[]> => {
  await writeFile(join(folder, "0002_change.ts"), fileOf(ops, '"0001_start"'));
  // Some of these tests make objects that migrations do not know.
  return migrate({ database, folder, allowDrift: true });
};
const count = async (table: string): Promise<number> => {
  const [row] = await database.query<{ count: unknown }>(sql`SELECT count(*) AS count FROM ${sql.identifier(table)}`);
  return Number(row!.count);
};
const required = 'op.addColumn("authors", "email", { type: "text" }, { fill: { text: "?" } })';

describe("copied tables of SQLite", () => {
  use(placeSqlite);

  it("keep the rows that refer to them", async () => {
    await database.query(sql`UPDATE books SET next_id = 3 WHERE id = 1`);
    await change(`${required}, op.alterColumn("books", "title", { type: "text" }, { from: { type: "text", max: 50 } })`);
    assert.deepEqual([await count("authors"), await count("books")], [2, 3]);
    assert.deepEqual(await database.query(sql`SELECT name, email FROM authors`), [
      { name: "a", email: "?" },
      { name: "b", email: "?" },
    ]);
    // Foreign keys are on again.
    await assert.rejects(database.query(sql`INSERT INTO books (title, author_id) VALUES ('x', 99)`));
    await database.query(sql`DELETE FROM authors WHERE id = 2`);
    assert.equal(await count("books"), 1);
  });

  it("keep triggers, indexes of others, and the number of the last key", async () => {
    await database.query(sql`CREATE INDEX mine ON authors (length(name))`);
    await database.query(
      sql`CREATE TRIGGER named AFTER INSERT ON authors BEGIN UPDATE authors SET name = upper(name) WHERE id = new.id; END`,
    );
    await database.query(sql`DELETE FROM authors WHERE id = 2`);
    await change(required);
    await database.query(sql`INSERT INTO authors (name, email) VALUES ('c', '')`);
    assert.deepEqual(await database.query(sql`SELECT id, name FROM authors ORDER BY id`), [
      { id: 1, name: "a" },
      { id: 3, name: "C" },
    ]);
    assert.equal((await database.query(sql`SELECT name FROM sqlite_schema WHERE name IN ('mine', 'named')`)).length, 2);
  });

  it("keep the number of the last key of a table without rows", async () => {
    await database.query(sql`DELETE FROM books`);
    await change('op.addColumn("books", "pages", { type: "int" })');
    await database.query(sql`INSERT INTO books (title, author_id, pages) VALUES ('four', 1, 1)`);
    assert.deepEqual(await database.query(sql`SELECT id FROM books`), [{ id: 4 }]);
  });

  it("stay unchanged if a constraint no longer fits", async () => {
    await database.query(sql`CREATE INDEX mine ON authors (name)`);
    await assert.rejects(change('op.dropColumn("authors", "name")'), {
      code: "E_MIGRATION_FAILED",
      message: /"mine" of the table "authors" does not fit the new table.*It changed nothing/,
    });
    assert.equal(await count("authors"), 2);
    await rm(join(folder, "0002_change.ts"));
    const difference = { table: "authors", object: "index mine", expected: undefined, found: "CREATE INDEX mine ON authors (name)" };
    assert.deepEqual(await checkLive({ database, folder }), [difference]);
    assert.deepEqual(await checkLive({ database, folder, ignore: ["authors.index mine"] }), []);
  });

  it("stay unchanged if rows refer to missing rows", async () => {
    await database.query(sql`PRAGMA foreign_keys = OFF`);
    await database.query(sql`INSERT INTO books (title, author_id) VALUES ('lost', 99)`);
    await assert.rejects(change(required), {
      code: "E_MIGRATION_FAILED",
      message: /row 4 of "books" refers to a missing row of "authors"/,
    });
    assert.deepEqual(await database.query(sql`SELECT name FROM pragma_table_info('authors') WHERE name = 'email'`), []);
  });

  it("reject values that do not fit instead of changing them", async () => {
    await assert.rejects(change('op.alterColumn("books", "title", { type: "int" }, { from: { type: "text", max: 50 } })'), {
      code: "E_MIGRATION_VALUES",
      message:
        /^The values of "books.title" do not all fit: text of at most 50 characters becomes int. Affected: 3 rows, id 1; id 2; id 3.$/,
    });
    assert.deepEqual(await database.query(sql`SELECT title FROM books WHERE id = 1`), [{ title: "one" }]);
  });

  it("are copied once for several changes", async () => {
    await writeFile(
      join(folder, "0002_change.ts"),
      fileOf(`${required}, op.dropColumn("authors", "name"), op.addCheck("authors", "c", ["ne", "email", { text: "" }])`, '"0001_start"'),
    );
    const [preview] = await previewMigrations({ database, folder, name: "0002_change" });
    assert.equal(preview!.sql.filter((text) => text.startsWith("CREATE TABLE")).length, 1);
    await migrate({ database, folder });
    assert.deepEqual(await database.query(sql`SELECT id, email FROM authors`), [
      { id: 1, email: "?" },
      { id: 2, email: "?" },
    ]);
  });
});

describe("changes of PostgreSQL", { skip: skipPostgres }, () => {
  use(placePostgres);

  it("use forms that do not block other work for long", async () => {
    await writeFile(
      join(folder, "0002_change.ts"),
      fileOf(
        `${required}, op.addIndex("books", "by_title", ["title"]), op.addUnique("books", "once", ["title"]),
        op.addCheck("books", "named", ["ne", "title", { text: "" }]),
        op.addForeignKey("books", "again", ["next_id"], { table: "authors", references: ["id"], onDelete: "set null" }),
        op.alterColumn("books", "next_id", { type: "id" }, { from: { type: "id", null: true }, fill: 1 })`,
        '"0001_start"',
      ),
    );
    const [preview] = await previewMigrations({ database, folder, name: "0002_change" });
    assert.deepEqual(preview!.sql, [
      `ALTER TABLE "authors" ADD COLUMN "email" text NOT NULL DEFAULT '?'`,
      'ALTER TABLE "authors" ALTER COLUMN "email" DROP DEFAULT',
      'CREATE INDEX CONCURRENTLY "by_title" ON "books" ("title")',
      'CREATE UNIQUE INDEX CONCURRENTLY "once" ON "books" ("title")',
      'ALTER TABLE "books" ADD CONSTRAINT "once" UNIQUE USING INDEX "once"',
      `ALTER TABLE "books" ADD CONSTRAINT "named" CHECK ("title" <> ''::text) NOT VALID`,
      'ALTER TABLE "books" VALIDATE CONSTRAINT "named"',
      'ALTER TABLE "books" ADD CONSTRAINT "again" FOREIGN KEY ("next_id") REFERENCES "authors" ("id") ON DELETE SET NULL NOT VALID',
      'ALTER TABLE "books" VALIDATE CONSTRAINT "again"',
      'UPDATE "books" SET "next_id" = 1 WHERE ctid = ANY(ARRAY(SELECT ctid FROM "books" WHERE "next_id" IS NULL LIMIT 10000)) -- repeated until nothing is left',
      'ALTER TABLE "books" ADD CONSTRAINT "books_next_id_present" CHECK ("next_id" IS NOT NULL) NOT VALID',
      'ALTER TABLE "books" VALIDATE CONSTRAINT "books_next_id_present"',
      'ALTER TABLE "books" ALTER COLUMN "next_id" SET NOT NULL',
      'ALTER TABLE "books" DROP CONSTRAINT "books_next_id_present"',
    ]);
    assert.deepEqual(await migrate({ database, folder }), ["0002_change"]);
    assert.deepEqual(await checkLive({ database, folder }), []);
    assert.deepEqual(await database.query(sql`SELECT next_id FROM books WHERE next_id <> 1`), []);
  });

  it("rebuild an index that was left unfinished", async () => {
    await database.query(sql`INSERT INTO books (title, author_id) VALUES ('one', 1)`);
    const unique = 'op.addUnique("books", "once", ["title"])';
    await assert.rejects(change(unique), { code: "E_MIGRATION_FAILED", message: /It changed nothing/ });
    assert.deepEqual(
      (await checkLive({ database, folder })).map(({ found }) => found),
      [undefined],
    );
    // A killed process leaves an invalid index.
    await assert.rejects(database.query(sql`CREATE UNIQUE INDEX CONCURRENTLY once ON books (title)`));
    assert.equal(
      (await checkLive({ database, folder })).some(({ found = "" }) => found.endsWith("INVALID")),
      true,
    );
    await database.query(sql`DELETE FROM books WHERE id = 4`);
    assert.deepEqual(await migrate({ database, folder }), ["0002_change"]);
    assert.deepEqual(await checkLive({ database, folder }), []);
  });

  it("wait for locks briefly, and let others proceed in between", async () => {
    const other = await createDatabase({ url: place.url, models: [], bind: false });
    try {
      const statements: string[] = [];
      await writeFile(join(folder, "0002_change.ts"), fileOf('op.dropColumn("authors", "name")', '"0001_start"'));
      const names = await transaction(
        async () => {
          // A read holds off what wants the table alone, until its transaction ends.
          await other.query(sql`SELECT 1 FROM authors`);
          const running = migrate({ database, folder, lockTimeoutSeconds: 0.1, onStatement: (text) => statements.push(text) });
          while (statements.filter((text) => text.includes("DROP COLUMN")).length < 3) await wait(20);
          return { running };
        },
        { database: other },
      );
      assert.deepEqual(await names.running, ["0002_change"]);
      assert.ok(statements.filter((text) => text.includes("DROP COLUMN")).length > 2);
    } finally {
      await other.close();
    }
  });

  it("ask before a large table is rewritten", async () => {
    await database.query(sql`INSERT INTO authors (name) SELECT n::text FROM generate_series(1, 9998) n`);
    await database.query(sql`ANALYZE authors`);
    const wider = 'op.alterColumn("authors", "name", { type: "text", max: 60 }, { from: { type: "text", max: 50 } })';
    assert.deepEqual(await change(wider), ["0002_change"]);
    await database.query(sql`UPDATE authors SET name = '0' WHERE name IN ('a', 'b')`);
    await database.query(sql`VACUUM ANALYZE authors`);
    const numbers = 'op.alterColumn("authors", "name", { type: "int" }, { from: { type: "text", max: 60 } })';
    const put = (ops: string): Promise<void> => writeFile(join(folder, "0003_numbers.ts"), fileOf(ops, '"0002_change"'));
    await put(numbers);
    await assert.rejects(migrate({ database, folder }), {
      code: "E_MIGRATION_CONSENT",
      message:
        'The table "authors" of about 10000 rows would be rewritten while other connections wait: Change the column "name" of "authors".',
    });
    await put(`op.assured("nobody is here yet", ${numbers})`);
    assert.deepEqual(await migrate({ database, folder }), ["0003_numbers"]);
    await assert.rejects(rollback({ database, folder }), { code: "E_MIGRATION_CONSENT" });
    await rollback({ database, folder, allowCopies: true });
    // A new name does not hide how large a table is.
    await put(`op.renameTable("authors", "writers"), ${numbers.replace('"authors"', '"writers"')}`);
    await assert.rejects(migrate({ database, folder }), {
      code: "E_MIGRATION_CONSENT",
      message: /^The table "authors" of about 10000 rows/,
    });
    await database.query(sql`DELETE FROM authors WHERE id = 3`);
    await database.query(sql`VACUUM ANALYZE authors`);
    await put(numbers);
    // One row less than many.
    assert.deepEqual(await migrate({ database, folder }), ["0003_numbers"]);
  });

  it("lift the time limit only for checks of all rows", async () => {
    const statements: string[] = [];
    await writeFile(
      join(folder, "0002_change.ts"),
      fileOf('op.addIndex("books", "by_title", ["title"]), op.addCheck("books", "named", ["ne", "title", { text: "" }])', '"0001_start"'),
    );
    await migrate({ database, folder, onStatement: (text) => statements.push(text) });
    const around = (word: string): string[] => {
      const place = statements.findIndex((text) => text.includes(word));
      return [statements[place - 1]!, statements[place + 1]!];
    };
    assert.deepEqual(around("CREATE INDEX CONCURRENTLY"), ["SET statement_timeout = 0", "SET statement_timeout = '5min'"]);
    assert.equal(around("VALIDATE CONSTRAINT")[0], "SET LOCAL statement_timeout = 0");
    assert.equal(statements.filter((text) => text.includes("statement_timeout")).length, 3);
  });

  it("give up after waiting for a lock ten times", async () => {
    const other = await createDatabase({ url: place.url, models: [], bind: false });
    try {
      const statements: string[] = [];
      await writeFile(join(folder, "0002_change.ts"), fileOf('op.dropColumn("authors", "name")', '"0001_start"'));
      await transaction(
        async () => {
          await other.query(sql`SELECT 1 FROM authors`);
          const options = { database, folder, lockTimeoutSeconds: 0.02, onStatement: (text: string) => statements.push(text) };
          await assert.rejects(migrate(options), {
            code: "E_MIGRATION_FAILED",
            message: /Another transaction held a lock for too long\./,
          });
        },
        { database: other },
      );
      assert.equal(statements.filter((text) => text.includes("DROP COLUMN")).length, 10);
      assert.deepEqual(await migrate({ database, folder }), ["0002_change"]);
    } finally {
      await other.close();
    }
  });

  it("continue from the largest key if a column becomes counted later", async () => {
    const self = 'op.dropConstraint("books", "books_next_foreign")';
    await change(`${self}, op.alterPrimary("books", ["id", "title"])`);
    await writeFile(join(folder, "0003_back.ts"), fileOf('op.alterPrimary("books", ["id"])', '"0002_change"'));
    await migrate({ database, folder });
    await database.query(sql`INSERT INTO books (title, author_id) VALUES ('four', 1)`);
    assert.deepEqual(await database.query(sql`SELECT id FROM books WHERE title = 'four'`), [{ id: 4 }]);
    assert.deepEqual(await checkLive({ database, folder }), []);
  });
});

for (const { name, skip, place } of databaseKinds.filter((kind) => ["MariaDB", "MySQL"].includes(kind.name)))
  describe(`changes of ${name}`, { skip }, () => {
    use(place);

    it("ask before a large table is copied", async () => {
      for (let count = await database.query(sql`SELECT 1 FROM authors`).then((rows) => rows.length); count < 30_000; count *= 2)
        await database.query(sql`INSERT INTO authors (name) SELECT 'x' FROM authors`);
      await database.query(sql`ANALYZE TABLE authors`);
      const check = 'op.addCheck("authors", "named", ["ne", "name", { text: "" }])';
      await assert.rejects(change(check), {
        code: "E_MIGRATION_CONSENT",
        message: /^The table "authors" of about \d+ rows would be copied/,
      });
      assert.deepEqual(await change(`op.assured("at night", ${check})`), ["0002_change"]);
      await rollback({ database, folder });
      await writeFile(join(folder, "0002_change.ts"), fileOf(check, '"0001_start"'));
      assert.deepEqual(await migrate({ database, folder, allowCopies: true }), ["0002_change"]);
    });

    it("keep the index that a foreign key needs", async () => {
      await change('op.addIndex("books", "by_author", ["author_id"])');
      await writeFile(join(folder, "0003_back.ts"), fileOf('op.dropIndex("books", "by_author")', '"0002_change"'));
      await migrate({ database, folder });
      assert.deepEqual(await checkLive({ database, folder }), []);
      await assert.rejects(database.query(sql`INSERT INTO books (title, author_id) VALUES ('x', 99)`));
    });

    it("use another form if the server no longer makes the change instantly", async () => {
      // MySQL keeps 255 forms of rows (MySQL, "Online DDL Operations").
      for (let count = 0; count < 255; count++)
        await database.query(
          count % 2 === 0
            ? sql`ALTER TABLE authors ADD COLUMN extra int NOT NULL DEFAULT 3, ALGORITHM=INSTANT`
            : sql`ALTER TABLE authors DROP COLUMN extra, ALGORITHM=INSTANT`,
        );
      assert.deepEqual(await change('op.addColumn("authors", "size", { type: "int", null: true })'), ["0002_change"]);
      await database.query(sql`ALTER TABLE authors DROP COLUMN extra`);
      assert.deepEqual(await checkLive({ database, folder }), []);
    });
  });
