/** Every operation on every database: its result equals a database created in one step, and its rollback restores the old structure. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createDatabase, sql } from "../../src/data.ts";
import { checkLive, migrate, rollback } from "../../src/migrations.ts";
import { databaseKinds } from "./databases.ts";

const fileOf = (ops: string, after = ""): string =>
  `import { migration, op } from "gable/migrations";\nexport default migration({ after: [${after}], schema: "", ops: [${ops}] });\n`;

const start = `
  op.createTable("authors", { columns: { id: { type: "id" }, name: { type: "text", max: 50 } }, primary: ["id"] }),
  op.createTable("books", {
    columns: {
      id: { type: "id" },
      title: { type: "text", max: 50, comment: "On the cover" },
      kind: { type: "choice", choices: ["a", "b"] },
      meta: { type: "json", null: true },
      lent: { type: "boolean" },
      pages: { type: "int", null: true },
      author_id: { type: "id", null: true },
    },
    primary: ["id"],
    uniques: { books_title_unique: { columns: ["title"], where: ["isNotNull", "pages"] }, books_pages_unique: { columns: ["pages"] } },
    indexes: { books_author_index: { columns: ["author_id"] }, books_title_index: { columns: ["title", "pages"], desc: ["pages"] } },
    checks: { books_pages_check: ["or", ["isNull", "pages"], ["between", "pages", 1, 5000]] },
    foreignKeys: { books_author_foreign: { columns: ["author_id"], table: "authors", references: ["id"], onDelete: "set null" } },
    comment: "What can be read",
  }),
  op.createTable("order_lines", {
    columns: { part: { type: "int" }, place: { type: "int" }, text: { type: "text", max: 20 } },
    primary: ["part", "place"],
  }),
  op.sql({ others: "INSERT INTO authors (name) VALUES ('x')" }, { down: { others: "nothing" } }),
  op.sql({ postgres: "INSERT INTO books (title, kind, lent, pages, author_id) VALUES ('one', 'a', true, 7, 1)", others: "INSERT INTO books (title, kind, lent, pages, author_id) VALUES ('one', 'a', 1, 7, 1)" }, { down: { others: "nothing" } }),
  op.sql({ others: "INSERT INTO order_lines (part, place, text) VALUES (1, 1, 'a'), (1, 2, 'b')" }, { down: { others: "nothing" } })`;

/** Each kind of key and of index, with names that would end one that is not quoted. */
const oddNames = [
  'x"; DROP TABLE books; --',
  "x`; DROP TABLE books; --",
  "x'; DROP TABLE books; --",
  "[x]",
  "a.b",
  "\\'",
  "/*",
  "$1 ? :x",
  "\u2019é",
]
  .map((name, place) => {
    const named = (kind: string): string => `"t${place}", ${JSON.stringify(`${name} ${kind}`)}`;
    return `op.createTable("t${place}", { columns: { id: { type: "int" }, a: { type: "int" } }, primary: ["id"] }),
      op.addIndex(${named("i")}, ["a"]), op.addUnique(${named("u")}, ["id", "a"]), op.addCheck(${named("c")}, ["gt", "a", 0]),
      op.addForeignKey(${named("f")}, ["a"], { table: "t${place}", references: ["id"], onDelete: "cascade" })`;
  })
  .join(", ");

/** Changes, each of which is run, compared, and undone. */
const changes: Readonly<Record<string, string>> = {
  "rename a table that others refer to": 'op.renameTable("authors", "writers")',
  "rename a table with everything that a table may have": 'op.renameTable("books", "volumes")',
  "rename a column that keys and checks speak of": 'op.renameColumn("books", "pages", "page_count")',
  "rename a column of a choice": 'op.renameColumn("books", "kind", "sort")',
  "rename the column of a foreign key": 'op.renameColumn("books", "author_id", "writer_id")',
  "rename the column of a primary key": 'op.renameColumn("authors", "id", "number")',
  "rename an index": 'op.renameIndex("books", "books_author_index", "by_author")',
  "rename a unique key of some rows": 'op.renameConstraint("books", "books_title_unique", "one_title")',
  "rename a unique key": 'op.renameConstraint("books", "books_pages_unique", "one_size")',
  "rename a check": 'op.renameConstraint("books", "books_pages_check", "sized")',
  "rename a foreign key": 'op.renameConstraint("books", "books_author_foreign", "written_by")',
  "take names of keys and indexes as they are": oddNames,
  "drop every kind of key": `op.dropConstraint("books", "books_title_unique"), op.dropConstraint("books", "books_pages_unique"),
    op.dropConstraint("books", "books_pages_check"), op.dropConstraint("books", "books_author_foreign"), op.dropIndex("books", "books_title_index")`,
  "drop columns that the database checks": 'op.dropColumn("books", "kind"), op.dropColumn("books", "meta"), op.dropColumn("books", "lent")',
  "drop the index of a foreign key, and another one": `op.dropIndex("books", "books_author_index"), op.addIndex("books", "again", ["author_id"]), op.dropIndex("books", "again")`,
  "change a primary key": 'op.alterPrimary("order_lines", ["place", "text"])',
  "let a table count its key":
    'op.alterColumn("order_lines", "place", { type: "id" }, { from: { type: "int" } }), op.alterPrimary("order_lines", ["place"])',
  "comment on a table and a column":
    'op.setComment("books", undefined, "It\'s paper"), op.setComment("books", "title", ""), op.setComment("books", "lent", "Out")',
  "change choices":
    'op.alterColumn("books", "kind", { type: "choice", choices: ["a", "b", "c"], null: true }, { from: { type: "choice", choices: ["a", "b"] } })',
  "stop to check choices":
    'op.alterColumn("books", "kind", { type: "choice", choices: ["a", "b"], check: false }, { from: { type: "choice", choices: ["a", "b"] } })',
  "turn numbers into other numbers": 'op.alterColumn("books", "lent", { type: "int" }, { from: { type: "boolean" } })',
  "use a table that the same migration has made": `op.createTable("new", { columns: { id: { type: "id" }, a: { type: "int", null: true } }, primary: ["id"] }), op.addIndex("new", "new_a", ["a"]),
    op.addUnique("new", "new_once", ["a"]), op.addUnique("new", "new_some", ["a"], { where: ["isNotNull", "a"] }), op.addCheck("new", "new_check", ["gt", "a", 0]),
    op.alterColumn("new", "a", { type: "int" }, { from: { type: "int", null: true } }), op.dropIndex("new", "new_a"), op.renameTable("new", "newer")`,
  "make tables that refer to each other": `op.createTable("lefts", { columns: { id: { type: "id" }, r: { type: "id", null: true } }, primary: ["id"] }),
    op.createTable("rights", { columns: { id: { type: "id" }, l: { type: "id", null: true } }, primary: ["id"], foreignKeys: { rights_l: { columns: ["l"], table: "lefts", references: ["id"], onDelete: "cascade" } } }),
    op.addForeignKey("lefts", "lefts_r", ["r"], { table: "rights", references: ["id"], onDelete: "set null" })`,
  "leave out an index that the database does not have":
    'op.addIndex("books", "covering", ["title"], { using: "btree", include: ["pages"] }), op.addIndex("books", "folded", [], { expression: ["lower:text", "title"] })',
  "make an extension where there are some": 'op.createExtension("plpgsql")',
  "be sure": 'op.assured("nobody looks", op.addColumn("books", "more", { type: "date", null: true })), op.stateOnly(), op.databaseOnly()',
};

for (const { name, skip, place } of databaseKinds) {
  describe(`operations on ${name}`, { skip }, () => {
    for (const [title, ops] of Object.entries(changes))
      it(title, async () => {
        const folder = await mkdtemp(join(tmpdir(), "gable-operations-"));
        const { url, remove } = await place();
        const database = await createDatabase({ url, models: [], bind: false });
        try {
          await writeFile(join(folder, "0001_start.ts"), fileOf(start));
          await migrate({ database, folder });
          assert.deepEqual(await checkLive({ database, folder }), []);
          await writeFile(join(folder, "0002_change.ts"), fileOf(ops, '"0001_start"'));
          await migrate({ database, folder, allowCopies: true });
          assert.deepEqual(await checkLive({ database, folder }), []);
          // What comes back has no value: nobody but the person who goes back knows one.
          const fills = title === "drop columns that the database checks" ? { "books.kind": { text: "a" }, "books.lent": false } : {};
          await rollback({ database, folder, fills, allowDataLoss: true, allowCopies: true });
          await rm(join(folder, "0002_change.ts"));
          assert.deepEqual(await checkLive({ database, folder }), []);
          assert.deepEqual(await database.query(sql`SELECT title, pages, author_id FROM books`), [
            { title: "one", pages: 7, author_id: 1 },
          ]);
          assert.equal((await database.query(sql`SELECT * FROM order_lines`)).length, 2);
        } finally {
          await database.close();
          await remove();
          await rm(folder, { recursive: true });
        }
      });
  });
}
