import { migrations as postgres } from "../../sql/postgres/migrations.ts";
import { migrations as sqlite } from "../../sql/sqlite/migrations.ts";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TableState } from "../../schema/table-state.ts";
import { applyAll, applyOperation } from "./apply.ts";
import { invertAll } from "./inverse.ts";
import type { Operation } from "./operation.ts";
import { migration, op } from "./operation.ts";
import { findRisks } from "../plan/risk.ts";
import { hashData, hashState, toTableData } from "./table-data.ts";
import { writeMigration } from "../files/write-file.ts";

const books = op.createTable("books", {
  columns: {
    id: { type: "id" },
    title: { type: "text", max: 200 },
    price: { type: "decimal", digits: 8, scale: 2, null: true },
    author_id: { type: "id", null: true },
  },
  primary: ["id"],
  uniques: { books_title_unique: { columns: ["title"], where: ["isNotNull", "price"] } },
  indexes: { books_price_index: { columns: ["price"] } },
  checks: { books_priced_check: ["or", ["isNull", "price"], ["gt", "price", { decimal: "0" }]] },
  foreignKeys: { books_author_foreign: { columns: ["author_id"], table: "authors", references: ["id"], onDelete: "set null" } },
  comment: "What can be read",
});
const authors = op.createTable("authors", { columns: { id: { type: "id" } }, primary: ["id"] });
const start = applyAll(new Map(), [authors, books]);
const table = (...operations: Operation[]): TableState => applyAll(start, operations).get("books")!;

/** Every kind of change of a structure, in an order in which each fits. */
const changes: readonly Operation[] = [
  op.addColumn("books", "isbn", { type: "text", max: 17, comment: "13 digits" }, { fill: { text: "?" } }),
  op.alterColumn(
    "books",
    "isbn",
    { type: "text", null: true, comment: "13 digits" },
    { from: { type: "text", max: 17, comment: "13 digits" } },
  ),
  op.renameColumn("books", "price", "cost"),
  op.setComment("books", "isbn", ""),
  op.setComment("books", undefined, "Paper"),
  op.addIndex("books", "books_isbn_index", ["isbn"], { where: ["gt", "cost", { decimal: "1.50" }] }),
  op.renameIndex("books", "books_isbn_index", "by_isbn"),
  op.addIndex("books", "folded", [], { expression: ["length:int", "isbn"], unique: true }),
  op.dropIndex("books", "folded"),
  op.addIndex("books", "covering", ["title"], { using: "gin", include: ["isbn"], desc: ["title"] }),
  op.dropIndex("books", "books_price_index"),
  op.addUnique("books", "books_isbn_unique", ["isbn"]),
  op.addCheck("books", "long", ["gt", ["length:int", "title"], 3]),
  op.validateConstraint("books", "long"),
  op.renameConstraint("books", "long", "longer"),
  op.dropConstraint("books", "books_author_foreign"),
  op.addForeignKey("books", "writer", ["author_id"], { table: "authors", references: ["id"], onDelete: "restrict" }),
  op.alterPrimary("books", ["id", "title"]),
  op.dropConstraint("books", "books_title_unique"),
  op.renameTable("authors", "writers"),
  op.dropConstraint("books", "writer"),
  op.dropColumn("books", "author_id", { fill: 1 }),
  op.dropTable("writers"),
  op.createView("seen", {
    columns: { id: { type: "id" } },
    primary: ["id"],
    sql: { sqlite: "SELECT id FROM books", others: "SELECT 1 AS id" },
  }),
  op.createView("kept", { columns: { id: { type: "id" } }, primary: ["id"], sql: "SELECT id FROM seen", materialized: true }),
  op.dropView("kept"),
  op.createExtension("pg_trgm"),
  op.stateOnly(op.addColumn("books", "seen", { type: "boolean", null: true })),
  op.databaseOnly(op.addIndex("books", "hidden", ["title"])),
  op.sql({ others: "nothing" }, { down: { others: "nothing" } }),
  op.assured("nobody reads it", op.dropColumn("books", "isbn_old")),
];
const all = changes.map((each) => (each.kind === "assured" ? op.assured(each.reason, op.dropConstraint("books", "longer")) : each));

describe("operations", () => {
  it("lead back to where they began", () => {
    let state = start;
    const states = [hashState(start)];
    for (const operation of all) {
      state = applyOperation(state, operation);
      states.push(hashState(state));
    }
    for (const inverse of invertAll(start, all)) state = applyOperation(state, inverse);
    assert.equal(hashState(state), states[0]);
    // Those that say something of the structure change it.
    assert.ok(new Set(states).size > 18);
  });

  it("keep conditions in step with the names of columns", () => {
    const { uniques, checks, columns } = table(op.renameColumn("books", "price", "cost"));
    assert.deepEqual(uniques.get("books_title_unique")!.where, ["isNotNull", "cost"]);
    assert.deepEqual(checks.get("books_priced_check"), ["or", ["isNull", "cost"], ["gt", "cost", { decimal: "0" }]]);
    assert.deepEqual([...columns.keys()], ["id", "title", "cost", "author_id"]);
    // Texts and the names of others stay.
    const written = op.addCheck("books", "c", ["sql", [{ text: "price > " }, { text: "" }], "price"]);
    assert.deepEqual(table(written, op.renameColumn("books", "price", "cost")).checks.get("c"), [
      "sql",
      [{ text: "price > " }, { text: "" }],
      "cost",
    ]);
  });

  it("restore a column with the value that its drop gives", () => {
    const given = { fill: { text: "unknown" } };
    const undone = invertAll(start, [op.dropConstraint("books", "books_title_unique"), op.dropColumn("books", "title", given)]);
    assert.deepEqual(undone[0], op.addColumn("books", "title", { type: "text", max: 200 }, given));
    assert.throws(() => op.dropColumn("books", "title", { full: 1 } as object), { code: "E_OPTION_UNKNOWN" });
  });

  it("invent no value for a column that comes back", () => {
    const undone = invertAll(start, [op.dropConstraint("books", "books_title_unique"), op.dropColumn("books", "title")]);
    assert.deepEqual(undone[0], op.addColumn("books", "title", { type: "text", max: 200 }));
  });

  for (const [operation, message, fix] of [
    [
      op.createTable("books", { columns: { id: { type: "id" } }, primary: ["id"] }),
      'op.createTable("books"): the table "books" already exists.',
      "",
    ],
    [
      op.dropTable("authors"),
      'op.dropTable("authors"): "books" refers to it by "books_author_foreign".',
      'Drop the foreign key "books_author_foreign" first.',
    ],
    [op.dropTable("boks"), 'op.dropTable("boks"): there is no table "boks".', 'Write "books".'],
    [op.addColumn("books", "title", { type: "int" }), 'op.addColumn("books", "title"): the column already exists.', ""],
    [op.dropColumn("books", "price"), 'op.dropColumn("books", "price"): a key, an index or a check uses the column.', "Drop that first."],
    [
      op.dropColumn("books", "title", { fill: 1 }),
      'op.dropColumn("books", "title") fills rows with 1, but the column has the type text with max: 200.',
      'Write fill: { text: "draft" }.',
    ],
    [
      op.dropColumn("books", "title", { fill: null }),
      'op.dropColumn("books", "title") fills rows with null, but the column is not nullable.',
      "Give another value.",
    ],
    [op.dropColumn("books", "none"), 'op.dropColumn("books", "none"): there is no such column.', ""],
    [
      op.alterColumn("books", "none", { type: "int" }, { from: { type: "int" } }),
      'op.alterColumn("books", "none"): there is no such column.',
      "",
    ],
    [op.renameColumn("books", "title", "price"), 'op.renameColumn("books", "title"): the column "price" already exists.', ""],
    [op.renameTable("books", "authors"), 'op.renameTable("books"): the table "authors" already exists.', ""],
    [op.addIndex("books", "x", ["titel"]), 'op.addIndex("books", "x"): "books" has no column "titel".', 'Write "title".'],
    [op.addCheck("books", "x", ["gt", "pages", 0]), 'op.addCheck("books", "x"): "books" has no column "pages".', ""],
    [
      op.addUnique("books", "books_price_index", ["title"]),
      'op.addUnique("books", "books_price_index"): a constraint or an index of this name already exists.',
      "",
    ],
    [op.dropIndex("books", "x"), 'op.dropIndex("books", "x"): there is no such index.', ""],
    [op.renameIndex("books", "x", "y"), 'op.renameIndex("books", "x"): there is no such index.', ""],
    [op.dropConstraint("books", "x"), 'op.dropConstraint("books", "x"): there is no such constraint.', ""],
    [op.renameConstraint("books", "x", "y"), 'op.renameConstraint("books", "x"): there is no such constraint.', ""],
    [op.setComment("books", "x", "y"), 'op.setComment("books"): there is no column "x".', ""],
    [op.validateConstraint("books", "x"), 'op.validateConstraint("books", "x"): there is no such constraint.', ""],
    [
      op.createView("books", { columns: { id: { type: "id" } }, primary: ["id"], sql: "SELECT 1" }),
      'op.createView("books"): "books" already exists.',
      "",
    ],
    [
      op.createView("seen", { columns: { id: { type: "id" } }, primary: ["key"], sql: "SELECT 1" }),
      'op.createView("seen"): "seen" has no column "key".',
      "",
    ],
    [op.dropView("books"), 'op.dropView("books"): there is no view "books".', ""],
  ] as const)
    it(`are refused where they do not fit: ${message}`, () => {
      assert.throws(() => applyOperation(start, operation), { code: "E_MIGRATION_OPERATION", message, ...(fix !== "" && { fix }) });
    });

  // What the types do not allow, a file may still say.
  const wrong = op as unknown as Record<string, (...values: unknown[]) => unknown>;
  for (const [name, values, message] of [
    ["dropTable", ["bo oks"], 'op.dropTable() got the name "bo oks".'],
    ["dropTable", ["x".repeat(64)], `op.dropTable() got the name "${"x".repeat(64)}".`],
    ["addColumn", ["books", "a", { type: "slug" }], 'op.addColumn("books", "a") has the type "slug".'],
    ["addColumn", ["books", "a", null], 'op.addColumn("books", "a") got null.'],
    [
      "addColumn",
      ["books", "a", { type: "decimal", digits: 39, scale: 2 }],
      'op.addColumn("books", "a") is a decimal without digits and scale.',
    ],
    ["addColumn", ["books", "a", { type: "int", storage: "text" }], 'op.addColumn("books", "a") has storage "text".'],
    [
      "addColumn",
      ["books", "a", { type: "decimal", digits: 8, scale: 2, storage: "blob" }],
      'op.addColumn("books", "a") has storage "blob".',
    ],
    ["addColumn", ["books", "a", { type: "choice" }], 'op.addColumn("books", "a") is a choice without choices.'],
    ["addIndex", ["books", "", ["a"]], 'op.addIndex() got the name "".'],
    ["addIndex", ["books", "x".repeat(64), ["a"]], `op.addIndex() got the name "${"x".repeat(64)}".`],
    ["addIndex", ["books", "é".repeat(32), ["a"]], `op.addIndex() got the name "${"é".repeat(32)}".`],
    ["addIndex", ["books", "a\n", ["a"]], 'op.addIndex() got the name "a\\n".'],
    ["dropConstraint", ["books", "a "], 'op.dropConstraint() got the name "a ".'],
    ["dropConstraint", ["books", "\ud800"], 'op.dropConstraint() got the name "\ud800".'],
    [
      "addColumn",
      ["books", "a", { type: "int" }, { fill: null }],
      'op.addColumn("books", "a") fills rows with null, but the column is not nullable.',
    ],
    [
      "alterColumn",
      ["books", "title", { type: "int" }, { from: { type: "int", null: true }, fill: null }],
      'op.alterColumn("books", "title") fills rows with null, but the column is not nullable.',
    ],
    ...[
      [false, false],
      [false, true],
      [true, true],
    ].map(
      ([before, after]) =>
        [
          "alterColumn",
          ["books", "title", { type: "int", null: after }, { from: { type: "int", null: before }, fill: 5 }],
          'op.alterColumn("books", "title") has fill, which replaces null where a nullable column becomes not nullable: it would change no row here.',
        ] as const,
    ),
    ["addIndex", ["books", "a", []], "op.addIndex() got an array of 0."],
    ["addIndex", ["books", "a", ["b"], { using: "magic" }], 'op.addIndex() has using "magic".'],
    ["addIndex", ["books", "a", ["b"], { expression: "b" }], "op.addIndex() got columns and an expression."],
    [
      "addForeignKey",
      ["books", "a", ["b"], { table: "c", references: ["d", "e"], onDelete: "cascade" }],
      'op.addForeignKey("books", "a") has 1 columns for 2.',
    ],
    [
      "addForeignKey",
      ["books", "a", ["b"], { table: "c", references: ["d"], onDelete: "explode" }],
      'op.addForeignKey("books", "a") has onDelete "explode".',
    ],
    ["createView", ["a b", { columns: {}, primary: ["id"], sql: "SELECT 1" }], 'op.createView("a b") got the name "a b".'],
    ["createView", ["seen", { columns: { id: { type: "slug" } } }], 'op.createView("seen"), column "id" has the type "slug".'],
    ["createView", ["seen", { columns: {}, primary: [], sql: "SELECT 1" }], 'op.createView("seen"), primary got an array of 0.'],
    ["createView", ["seen", { columns: {}, primary: ["id"], sql: "SELECT 1;" }], 'op.createView("seen"): the query ends with a semicolon.'],
    [
      "createView",
      ["seen", { columns: {}, primary: ["id"], sql: "SELECT 1", materialized: false }],
      'op.createView("seen") has materialized false.',
    ],
    ["assured", [" ", op.dropTable("books")], "op.assured() has no reason."],
    ["run", [{ name: "", up: () => undefined }], "op.run() has no name."],
    ["run", [{ name: "a" }], 'op.run("a") has no function up.'],
    ["run", [{ name: "a", up: () => undefined, elidable: 1 }], 'op.run("a") has elidable 1.'],
    ["sql", [{ others: "SELECT 1" }, { elidable: "yes" }], 'op.sql() has elidable "yes".'],
    ["run", [{ name: "a", up: () => undefined, table: "books", batch: 0 }], 'op.run("a") has batch 0.'],
    ["run", [{ name: "a", up: () => undefined, batch: 10 }], 'op.run("a") has only one of table and batch.'],
  ] as const)
    it(`are refused when they are none: ${message}`, () => {
      assert.throws(() => wrong[name]!(...values), { code: "E_MIGRATION_OPERATION", message });
    });

  it("on a view are refused: it is dropped and created", () => {
    const view = op.createView("seen", { columns: { id: { type: "id" } }, primary: ["id"], sql: "SELECT 1 AS id" });
    const state = applyOperation(start, view);
    for (const operation of [op.dropTable("seen"), op.renameTable("seen", "x"), op.addColumn("seen", "a", { type: "int", null: true })])
      assert.throws(() => applyOperation(state, operation), { code: "E_MIGRATION_OPERATION", message: /: "seen" is a view\.$/ });
    assert.throws(() => applyOperation(state, op.renameTable("books", "seen")), { message: /the table "seen" already exists/ });
  });

  it("take names of 63 characters", () => {
    const name = "x".repeat(63);
    assert.deepEqual(op.dropIndex("books", `x${"é".repeat(31)}`), { kind: "dropIndex", table: "books", name: `x${"é".repeat(31)}` });
    assert.equal(
      applyOperation(start, op.addIndex("books", name, ["title"]))
        .get("books")!
        .indexes.has(name),
      true,
    );
    assert.equal(applyOperation(start, op.renameTable("books", name)).has(name), true);
  });

  it("name options that they do not have", () => {
    assert.throws(() => wrong["addColumn"]!("books", "a", { type: "int", nul: true }), { message: /nul/ });
    assert.throws(() => wrong["sql"]!({ postgers: "x" }), { message: /postgers/ });
  });
});

describe("migration()", () => {
  it("accepts only names, a hash and operations", () => {
    for (const options of [
      { after: "x", schema: "", ops: [] },
      { after: [], schema: 1, ops: [] },
      { after: [], schema: "", ops: [{ kind: "dropTable", table: "books" }] },
      { after: [], schema: "", ops: [], phase: "later" },
    ])
      assert.throws(() => migration(options as never), { code: "E_MIGRATION_INVALID" });
    assert.deepEqual(migration({ after: [], schema: "x", ops: [] }), {
      after: [],
      schema: "x",
      operations: [],
      phase: "before-deploy",
      replaces: [],
    });
  });
});

describe("writeMigration()", () => {
  it("writes what reads as the same migration", () => {
    const made = migration({
      after: ["20261112_0907_initial", 'with "quotes"'],
      schema: "b3f1c2d09a4e",
      ops: [authors, books, ...all],
      phase: "after-deploy",
      replaces: ["old"],
    });
    const text = writeMigration(made);
    assert.ok(
      text.startsWith(
        'import { migration, op } from "gable/migrations";\n\nexport default migration({\n  after: ["20261112_0907_initial", ',
      ),
    );
    const body = text.replace(/^import.*\n/, "").replace("export default ", "return ");
    // This test wrote the source itself.
    const read = new Function("migration", "op", body)(migration, op) as typeof made;
    assert.equal(hashData(read, 64), hashData(made, 64));
    assert.ok(text.split("\n").every((line) => line.length <= 140));
  });

  it("writes operations as a person would", () => {
    const text = writeMigration(migration({ after: [], schema: "0", ops: all.slice(0, 3) }));
    assert.equal(
      text,
      `import { migration, op } from "gable/migrations";

export default migration({
  after: [],
  schema: "0",
  ops: [
    op.addColumn("books", "isbn", { type: "text", max: 17, comment: "13 digits" }, { fill: { text: "?" } }),
    op.alterColumn("books", "isbn", { type: "text", null: true, comment: "13 digits" }, {
      from: { type: "text", max: 17, comment: "13 digits" },
    }),
    op.renameColumn("books", "price", "cost"),
  ],
});
`,
    );
  });

  it("cannot write code", () => {
    assert.throws(() => writeMigration(migration({ after: [], schema: "", ops: [op.run({ name: "fill", up: () => undefined })] })), {
      code: "E_MIGRATION_OPERATION",
      message: 'The data step "fill" is code, which cannot be written into a file.',
    });
  });
});

describe("findRisks()", () => {
  const costs = { postgres: postgres.costs, sqlite: sqlite.costs };
  const ids = (operations: readonly Operation[], dialect: "postgres" | "sqlite" = "postgres"): string[] =>
    findRisks(start, operations, costs[dialect]).map(
      ({ id, risk, assured }) => `${id} ${risk}${assured === undefined ? "" : ` (${assured})`}`,
    );

  it("tells what loses, breaks, rewrites and locks", () => {
    assert.deepEqual(ids([op.dropTable("books")]), ["table-dropped loses-data"]);
    assert.deepEqual(ids([op.renameColumn("books", "title", "heading")]), ["renamed breaks-old-code"]);
    assert.deepEqual(ids([op.addColumn("books", "a", { type: "int" }, { fill: 0 })]), ["required-column breaks-old-code"]);
    assert.deepEqual(ids([op.addColumn("books", "a", { type: "int", null: true })]), []);
    assert.deepEqual(ids([op.addIndex("books", "a", ["title"])]), []);
    assert.deepEqual(ids([op.addIndex("books", "a", ["title"])], "sqlite"), ["index-built locks"]);
    const title = { from: { type: "text", max: 200 } } as const;
    const mayRefuse = ["type-changed rewrites", "values-must-fit scans"];
    assert.deepEqual(ids([op.alterColumn("books", "title", { type: "text", max: 300 }, title)]), []);
    assert.deepEqual(ids([op.alterColumn("books", "title", { type: "text" }, title)]), []);
    assert.deepEqual(ids([op.alterColumn("books", "title", { type: "text", max: 100 }, title)]), mayRefuse);
    assert.deepEqual(ids([op.alterColumn("books", "title", { type: "int" }, title)]), mayRefuse);
    assert.deepEqual(ids([op.addColumn("books", "a", { type: "int" })]), [
      "required-column breaks-old-code",
      "value-missing breaks-old-code",
    ]);
    const price = { from: { type: "decimal", digits: 8, scale: 2, null: true } } as const;
    assert.deepEqual(ids([op.alterColumn("books", "price", { type: "decimal", digits: 8, scale: 2 }, price)]), [
      "null-refused breaks-old-code",
      "value-missing breaks-old-code",
    ]);
  });

  it("reports a view that is dropped, but not one that is created again", () => {
    const view = op.createView("seen", { columns: { id: { type: "id" } }, primary: ["id"], sql: "SELECT 1 AS id" });
    const state = applyOperation(start, view);
    const ids = (...operations: Operation[]): string[] =>
      findRisks(state, operations, costs.postgres).map(({ id, risk }) => `${id} ${risk}`);
    assert.deepEqual(ids(op.dropView("seen")), ["view-dropped breaks-old-code"]);
    assert.deepEqual(ids(op.dropView("seen"), view), []);
  });

  it("finds nothing about tables that nobody uses yet, and tells what was agreed to", () => {
    assert.deepEqual(ids([op.createTable("new", { columns: { id: { type: "id" } }, primary: ["id"] }), op.dropTable("new")]), []);
    assert.deepEqual(ids([op.assured("nobody reads it", op.dropTable("books"))]), ["table-dropped loses-data (nobody reads it)"]);
  });
});

it("tables are the same after they were written and read", () => {
  const data = toTableData(start.get("books")!);
  assert.equal(hashState(new Map([["books", table()]])), hashState(applyOperation(new Map(), op.createTable("books", data))));
});

describe("a part of an operation with a value of a wrong kind", () => {
  const odd = (value: object): never => value as never;
  const text = { type: "text" } as const;
  const column = (value: object): unknown => op.addColumn("books", "isbn", odd({ ...text, ...value }));
  const data = { columns: { id: { type: "id" } }, primary: ["id"] } as const;
  const step = { name: "fill", up: () => undefined };
  const calls: ReadonlyArray<readonly [make: (value: object) => unknown, name: string, values: readonly unknown[]]> = [
    ...(["null", "check"] as const).map((name) => [column, name, ["true", 1, null]] as const),
    ...(["digits", "scale"] as const).map((name) => [column, name, ["1", Number.NaN, null]] as const),
    [column, "max", ["1", 0, -1, 1.5, Number.NaN, null]],
    [column, "items", ["text", [], null]],
    [column, "choices", ["a", [1], null]],
    [column, "comment", [1, null, {}]],
    ...(["columns", "uniques", "indexes", "checks", "foreignKeys"] as const).map(
      (name) => [(value: object) => op.createTable("shelves", odd({ ...data, ...value })), name, ["a", [], null]] as const,
    ),
    [(value) => op.createTable("shelves", odd({ ...data, ...value })), "comment", [1, null]],
    [(value) => op.addUnique("books", "u", ["title"], odd(value)), "nullsDistinct", ["false", 0, null]],
    [(value) => op.addIndex("books", "i", ["title"], odd(value)), "unique", ["false", 0, null]],
    [(value) => op.addIndex("books", "i", ["title"], odd(value)), "desc", [true, "title", [1], null]],
    [(value) => op.createView("all_books", odd({ ...data, sql: { others: "SELECT 1" }, ...value })), "columns", ["a", [], null]],
    [(value) => op.createView("all_books", odd({ ...data, sql: { others: "SELECT 1" }, ...value })), "materialized", ["false", 0, null]],
    ...(["postgres", "mariadb", "mysql", "sqlite", "others"] as const).flatMap((name) => [
      [(value: object) => op.sql(odd(value)), name, [1, [1], {}, null]] as const,
      [(value: object) => op.sql({ others: "SELECT 1" }, { down: odd(value) }), name, [1, [1], {}, null]] as const,
    ]),
    [(value) => op.run(odd({ ...step, batch: 1, ...value })), "table", [1, null, {}]],
    [(value) => op.run(odd({ ...step, ...value })), "where", ["a", [], null]],
  ];
  for (const [make, name, values] of calls)
    for (const value of values)
      it(`is refused: ${name} ${String(JSON.stringify(value))}, ${String(make)}`, () =>
        assert.throws(() => make({ [name]: value }), { code: "E_OPTION_INVALID", message: new RegExp(`option "${name}"`) }));
});
