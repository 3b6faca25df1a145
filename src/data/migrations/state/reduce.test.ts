/** Reduced operations: fewer of them, the same structure, the same values of rows. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { State } from "../../schema/table-state.ts";
import { applyAll } from "./apply.ts";
import { describeOperation } from "./inverse.ts";
import type { Operation } from "./operation.ts";
import { op } from "./operation.ts";
import { reduceOperations } from "./reduce.ts";
import { hashState } from "./table-data.ts";

const int = { type: "int", null: true } as const;
const books = op.createTable("books", { columns: { id: { type: "id" }, pages: int, title: { type: "text", max: 40 } }, primary: ["id"] });
const loans = op.createTable("loans", { columns: { id: { type: "id" }, book: int }, primary: ["id"] });
const toBooks = { table: "books", references: ["id"], onDelete: "cascade" } as const;
const empty: State = new Map();
const base = applyAll(empty, [books]);
const rows = op.sql({ others: "INSERT INTO books (title) VALUES ('a')" });
const seven = { ...int, default: 7 } as const;
const eight = { ...int, default: 8 } as const;
const required = { type: "int" } as const;
const step = op.run({ name: "fill", up: () => undefined });

const cases: ReadonlyArray<readonly [what: string, from: State, operations: readonly Operation[], expected: readonly string[]]> = [
  [
    "joins a new table with its new columns",
    empty,
    [books, op.addColumn("books", "size", required, { fill: 1 })],
    ['Create the table "books"'],
  ],
  ["joins a new table with its new name", empty, [books, op.renameTable("books", "volumes")], ['Create the table "volumes"']],
  ["leaves out a table that is dropped again", base, [loans, op.dropTable("loans")], []],
  ["leaves out a column that is dropped again", base, [op.addColumn("books", "size", int), op.dropColumn("books", "size")], []],
  [
    "joins renames of a column",
    base,
    [op.renameColumn("books", "pages", "sheets"), op.renameColumn("books", "sheets", "leaves")],
    ['Rename the column "pages" of "books" to "leaves"'],
  ],
  ["leaves out renames that lead back", base, [op.renameTable("books", "volumes"), op.renameTable("volumes", "books")], []],
  [
    "joins renames of a table, and a change below another name",
    base,
    [op.renameTable("books", "volumes"), op.addColumn("volumes", "size", int), op.renameTable("volumes", "tomes")],
    ['Rename the table "books" to "tomes"', 'Add the column "size" to "tomes"'],
  ],
  [
    "joins changes of a default",
    base,
    [op.alterColumn("books", "pages", seven, { from: int }), op.alterColumn("books", "pages", eight, { from: seven })],
    ['Change the column "pages" of "books"'],
  ],
  [
    "leaves out an index, a check and a foreign key that are dropped again",
    applyAll(base, [loans]),
    [
      op.addIndex("books", "books_pages", ["pages"]),
      op.addCheck("books", "books_long", ["gt", "pages", 0]),
      op.addForeignKey("loans", "loans_book", ["book"], toBooks),
      op.dropIndex("books", "books_pages"),
      op.dropConstraint("books", "books_long"),
      op.dropConstraint("loans", "loans_book"),
    ],
    [],
  ],
  [
    "joins a new column without values with its later value",
    base,
    [op.addColumn("books", "size", int), op.alterColumn("books", "size", required, { from: int, fill: 3 })],
    ['Add the column "size" to "books"'],
  ],
  [
    "keeps a default that existing rows have got, and a later one",
    base,
    [op.addColumn("books", "size", seven), op.alterColumn("books", "size", eight, { from: seven })],
    ['Add the column "size" to "books"', 'Change the column "size" of "books"'],
  ],
  [
    "keeps a column that is dropped, and another of its name",
    base,
    [op.dropColumn("books", "pages"), op.addColumn("books", "pages", int)],
    ['Drop the column "pages" of "books" with its values', 'Add the column "pages" to "books"'],
  ],
  [
    "keeps a table that is dropped, and another of its name",
    base,
    [op.dropTable("books"), books],
    ['Drop the table "books" with its rows', 'Create the table "books"'],
  ],
  [
    "keeps columns that swap their names",
    applyAll(base, [op.addColumn("books", "size", int)]),
    [op.renameColumn("books", "pages", "other"), op.renameColumn("books", "size", "pages"), op.renameColumn("books", "other", "size")],
    [
      'Rename the column "pages" of "books" to "other"',
      'Rename the column "size" of "books" to "pages"',
      'Rename the column "other" of "books" to "size"',
    ],
  ],
  [
    "keeps a value in place of null when null is allowed again",
    base,
    [op.alterColumn("books", "pages", required, { from: int, fill: 3 }), op.alterColumn("books", "pages", int, { from: required })],
    ['Change the column "pages" of "books"', 'Change the column "pages" of "books"'],
  ],
  [
    "keeps a type that loses digits, and the wider one after it",
    applyAll(base, [op.addColumn("books", "price", { type: "bigint", null: true })]),
    [
      op.alterColumn("books", "price", int, { from: { type: "bigint", null: true } }),
      op.alterColumn("books", "price", { type: "bigint", null: true }, { from: int }),
    ],
    ['Change the column "price" of "books"', 'Change the column "price" of "books"'],
  ],
  [
    "reduces what comes before and after operations that stay",
    base,
    [
      op.addIndex("books", "books_title", ["title"]),
      op.dropIndex("books", "books_title"),
      op.addColumn("books", "size", seven),
      op.alterColumn("books", "size", eight, { from: seven }),
      loans,
      op.addColumn("loans", "days", int),
    ],
    ['Add the column "size" to "books"', 'Create the table "loans"', 'Change the column "size" of "books"'],
  ],
  [
    "never joins across statements and steps, which keep their order",
    empty,
    [
      books,
      op.addColumn("books", "a", int),
      rows,
      op.addColumn("books", "b", int),
      op.dropColumn("books", "b"),
      step,
      op.dropColumn("books", "a"),
    ],
    ['Create the table "books"', "Run custom statements", 'Run the step "fill"', 'Drop the column "a" of "books" with its values'],
  ],
  [
    "leaves out elidable steps, and joins across them",
    empty,
    [
      books,
      op.sql({ others: "SELECT 1" }, { elidable: true }),
      op.run({ name: "fill", up: () => undefined, elidable: true }),
      op.databaseOnly(op.sql({ others: "SELECT 1" }, { elidable: true })),
      op.assured("short", op.sql({ others: "SELECT 1" }, { elidable: true })),
      op.addColumn("books", "a", int),
    ],
    ['Create the table "books"'],
  ],
  [
    "keeps the structure that only migrations know",
    empty,
    [op.stateOnly(books), op.addColumn("books", "a", int)],
    ['Without the database: Create the table "books"', 'Add the column "a" to "books"'],
  ],
  [
    "creates an extension once, before the tables",
    empty,
    [books, op.createExtension("pg_trgm"), op.addColumn("books", "a", int), op.createExtension("pg_trgm")],
    ['Create the extension "pg_trgm"', 'Create the table "books"'],
  ],
];

describe("reduceOperations()", () => {
  for (const [what, from, operations, expected] of cases)
    it(what, () => {
      const reduced = reduceOperations(from, operations);
      assert.deepEqual(reduced.map(describeOperation), expected);
      assert.equal(hashState(applyAll(from, reduced)), hashState(applyAll(from, operations)));
    });

  it("fills rows of a joined column with its value", () => {
    const [added] = reduceOperations(base, [
      op.addColumn("books", "size", int),
      op.alterColumn("books", "size", required, { from: int, fill: 3 }),
    ]);
    assert.deepEqual(added, op.addColumn("books", "size", required, { fill: 3 }));
  });

  it("keeps a drop whose value a rollback needs", () => {
    const dropped = op.dropColumn("books", "pages", { fill: 3 });
    const steps = [op.addColumn("books", "a", int), op.assured("unread", dropped), op.dropColumn("books", "a")];
    assert.deepEqual(reduceOperations(base, steps), steps);
  });

  it("keeps the reason of what was accepted, if all of it was", () => {
    const rename = (from: string, to: string): Operation => op.renameTable(from, to);
    const dropped = op.dropColumn("books", "pages");
    const index = [op.addIndex("books", "books_title", ["title"]), op.dropIndex("books", "books_title")];
    assert.deepEqual(reduceOperations(base, [...index, op.assured("unread", dropped)]), [op.assured("unread", dropped)]);
    const first = op.alterColumn("books", "pages", seven, { from: int });
    const second = op.alterColumn("books", "pages", eight, { from: seven });
    const joined = op.alterColumn("books", "pages", eight, { from: int });
    assert.deepEqual(reduceOperations(base, [op.assured("small", first), second]), [joined]);
    assert.deepEqual(reduceOperations(base, [op.assured("small", first), op.assured("at night", second)]), [
      op.assured("small; at night", joined),
    ]);
    assert.deepEqual(reduceOperations(base, [op.assured("small", rename("books", "a")), rename("a", "books")]), []);
  });
});
