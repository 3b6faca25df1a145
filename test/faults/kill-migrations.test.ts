/**
 * A migration of many operations is killed, or refused by the database, before each of its statements. The next run ends in the
 * same structure with the same rows. `GABLE_TEST_KILLS=1000 npm test -- faults` stops before every statement.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { Database } from "../../src/data.ts";
import { createDatabase, sql } from "../../src/data.ts";
import { checkLive, migrate, readStatus } from "../../src/migrations.ts";
import type { DatabaseKind } from "../data/databases.ts";
import { databaseKinds } from "../data/databases.ts";

const program = fileURLToPath(new URL("./migrator.ts", import.meta.url));
const kills = Number(process.env["GABLE_TEST_KILLS"] ?? 5);

const start = `import { migration, op } from "gable/migrations";
const row = (text) => op.sql({ others: text }, { down: { others: "nothing" } });
export default migration({ after: [], schema: "", ops: [
  op.createTable("authors", { columns: { id: { type: "id" }, name: { type: "text", max: 50 } }, primary: ["id"] }),
  op.createTable("books", {
    columns: { id: { type: "id" }, title: { type: "text", max: 50 }, note: { type: "text", null: true }, pages: { type: "int" }, old: { type: "int", null: true }, author_id: { type: "id" } },
    primary: ["id"],
    uniques: { books_title_unique: { columns: ["title"] } },
    indexes: { books_author_id_index: { columns: ["author_id"] } },
    foreignKeys: { books_author_foreign: { columns: ["author_id"], table: "authors", references: ["id"], onDelete: "cascade" } },
  }),
  op.createTable("loans", {
    columns: { id: { type: "id" }, book_id: { type: "id" } },
    primary: ["id"],
    foreignKeys: { loans_book_foreign: { columns: ["book_id"], table: "books", references: ["id"], onDelete: "cascade" } },
  }),
  row("INSERT INTO authors (name) VALUES ('a'), ('b')"),
  row("INSERT INTO books (title, pages, author_id) VALUES ('one', 1, 1), ('two', 2, 1), ('three', 3, 2)"),
  row("INSERT INTO loans (book_id) VALUES (1), (2), (3), (3)"),
  op.createView("lent", { columns: { id: { type: "id" }, title: { type: "text" } }, primary: ["id"], sql: "SELECT id, title FROM books WHERE id IN (SELECT book_id FROM loans)" }),
] });
`;
/** Sixteen operations: each of another kind. */
const change = `import { migration, op } from "gable/migrations";
export default migration({ after: ["0001_start"], schema: "", ops: [
  op.dropView("lent"),
  op.createTable("tags", { columns: { id: { type: "id" }, name: { type: "text", max: 20 } }, primary: ["id"] }),
  op.addColumn("books", "isbn", { type: "text", max: 17 }, { fill: { text: "none" } }),
  op.addColumn("books", "tag_id", { type: "id", null: true }),
  op.addForeignKey("books", "books_tag_foreign", ["tag_id"], { table: "tags", references: ["id"], onDelete: "set null" }),
  op.alterColumn("books", "pages", { type: "bigint" }, { from: { type: "int" } }),
  op.alterColumn("books", "note", { type: "text" }, { from: { type: "text", null: true }, fill: { text: "?" } }),
  op.addCheck("books", "books_paged_check", ["gt", "pages", 0]),
  op.addUnique("books", "books_isbn_title_unique", ["isbn", "title"]),
  op.dropConstraint("books", "books_title_unique"),
  op.dropColumn("books", "old"),
  op.renameColumn("books", "title", "heading"),
  op.addIndex("books", "books_heading_index", ["heading"]),
  op.run({ name: "fill", table: "books", batch: 2, down: "nothing", up: async ({ rows }) => { for (const row of rows) { row.isbn = "isbn " + row.id; await row.save(); } } }),
  op.renameTable("authors", "writers"),
  op.createView("lent", { columns: { id: { type: "id" }, heading: { type: "text" } }, primary: ["id"], materialized: true, sql: "SELECT id, heading FROM books WHERE id IN (SELECT book_id FROM loans)" }),
] });
`;

const finalRows = [
  { id: 1, heading: "one", note: "?", isbn: "isbn 1", pages: 1 },
  { id: 2, heading: "two", note: "?", isbn: "isbn 2", pages: 2 },
  { id: 3, heading: "three", note: "?", isbn: "isbn 3", pages: 3 },
];

function describeFaults(kind: DatabaseKind): void {
  describe(`migrations that are stopped on ${kind.name}`, { skip: kind.skip }, () => {
    let folder: string;
    let startFolder: string;
    before(async () => {
      [folder, startFolder] = [await mkdtemp(join(tmpdir(), "gable-stopped-")), await mkdtemp(join(tmpdir(), "gable-start-"))];
      for (const path of [folder, startFolder]) await writeFile(join(path, "0001_start.ts"), start);
      await writeFile(join(folder, "0002_change.ts"), change);
    });
    after(async () => {
      for (const path of [folder, startFolder]) await rm(path, { recursive: true });
    });

    /** Runs work on a database that has the first migration. */
    async function onStart(work: (database: Database, url: string) => Promise<void>): Promise<void> {
      const { url, remove } = await kind.place();
      try {
        const database = await createDatabase({ url, models: [], bind: false });
        try {
          await migrate({ database, folder: startFolder });
          await work(database, url);
        } finally {
          await database.close();
        }
      } finally {
        await remove();
      }
    }

    async function assertDone(database: Database, what: string): Promise<void> {
      assert.deepEqual(await checkLive({ database, folder }), [], what);
      const rows = await database.query<Record<string, unknown>>(sql`SELECT id, heading, note, isbn, pages FROM books ORDER BY id`);
      assert.deepEqual(
        rows.map((row) => ({ ...row, pages: Number(row["pages"]) })),
        finalRows,
        what,
      );
      const [{ loans, writers }] = (await database.query(
        sql`SELECT (SELECT count(*) FROM loans) AS loans, (SELECT count(*) FROM writers) AS writers`,
      )) as [{ loans: unknown; writers: unknown }];
      assert.deepEqual([Number(loans), Number(writers)], [4, 2], what);
      assert.deepEqual(
        (await readStatus({ database, folder })).map(({ state }) => state),
        ["applied", "applied"],
      );
      if (kind.name !== "SQLite") return;
      const [{ integrity_check: check }] = (await database.query(sql`SELECT integrity_check FROM pragma_integrity_check`)) as [
        { integrity_check: string },
      ];
      assert.equal(check, "ok", what);
      assert.deepEqual(await database.query(sql`SELECT * FROM pragma_foreign_key_check`), [], what);
    }

    async function countStatements(): Promise<number> {
      let count = 0;
      await onStart(async (database) => {
        await migrate({ database, folder, allowCopies: true, onStatement: () => count++ });
        await assertDone(database, "undisturbed");
      });
      return count;
    }

    it("by an error before each statement end where they would have", { timeout: 300_000 }, async () => {
      const statements = await countStatements();
      assert.ok(statements > 20, String(statements));
      // Databases of servers take their time: there, each run begins at another statement and leaves some out.
      const stride = kind.name === "SQLite" || kills >= 100 ? 1 : 5;
      for (let at = 1 + Math.floor(Math.random() * stride); at <= statements; at += stride)
        await onStart(async (database) => {
          let count = 0;
          const onStatement = (): void => {
            if (++count === at) throw new Error("refused");
          };
          // The database may ignore the end of a transaction, which is over by then.
          await migrate({ database, folder, allowCopies: true, onStatement }).catch((error: unknown) =>
            assert.match(String(error), /refused/),
          );
          await migrate({ database, folder, allowCopies: true });
          await assertDone(database, `refused before statement ${at}`);
        });
    });

    it(`by a kill end where they would have, ${kills} times`, { timeout: 600_000 }, async () => {
      const statements = await countStatements();
      const places = Array.from(
        { length: Math.min(kills, statements) },
        (_, index) => 1 + Math.floor((index * statements) / Math.min(kills, statements)),
      );
      for (const at of places)
        await onStart(async (database, url) => {
          const child = spawn(
            process.execPath,
            ["--disable-warning=ExperimentalWarning", ...process.execArgv, program, url, folder, String(at)],
            {
              stdio: ["ignore", "ignore", "pipe"],
            },
          );
          let errors = "";
          child.stderr.on("data", (chunk: Buffer) => (errors += String(chunk)));
          const signal = await new Promise((resolve) => child.on("close", (_code, name) => resolve(name)));
          assert.equal(signal, "SIGKILL", errors);
          await migrate({ database, folder, allowCopies: true });
          await assertDone(database, `killed before statement ${at}`);
        });
    });
  });
}

for (const kind of databaseKinds) describeFaults(kind);
