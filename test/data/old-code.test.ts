/** What a release that still runs breaks on when the tables change under it. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { checkOldCode, squashMigrations } from "../../src/migrations.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gable-old-code-"));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, ops: string, after: readonly string[] = [], more = ""): Promise<void> =>
  writeFile(
    join(folder, `${name}.ts`),
    `import { migration, op } from "gable/migrations";\nexport default migration({ after: ${JSON.stringify(after)}, schema: "", ${more} ops: [${ops}] });\n`,
  );

const start = `
  op.createTable("authors", { columns: { id: { type: "id" }, name: { type: "text", max: 50 } }, primary: ["id"] }),
  op.createTable("books", {
    columns: {
      id: { type: "id" },
      title: { type: "text", max: 50 },
      pages: { type: "int", null: true },
      price: { type: "decimal", digits: 8, scale: 2 },
      kind: { type: "choice", choices: ["a", "b"] },
      made: { type: "datetime", default: ["now:datetime"] },
      tags: { type: "array", items: { type: "text" } },
      author_id: { type: "id" },
    },
    primary: ["id"],
    uniques: { books_title_unique: { columns: ["title"] } },
  }),
  op.createView("titles", { columns: { id: { type: "id" }, title: { type: "text" } }, primary: ["id"], sql: "SELECT id, title FROM books" })`;

/** What the release breaks on after some operations. */
async function breaksOf(ops: string): Promise<string[]> {
  await put("0001_start", start);
  await put("0002_change", ops, ["0001_start"]);
  const found = await checkOldCode({ folder, since: "0001_start" });
  return found.map(({ table, object, outcome, text }) => `${table} ${object}: ${outcome}. ${text}`);
}

describe("checkOldCode()", () => {
  const from = (type: string): string => `{ from: ${type} }`;
  const cases: Readonly<Record<string, readonly [ops: string, expected: readonly string[]]>> = {
    "nothing, for what it does not see": [
      `op.addColumn("books", "note", { type: "text", null: true }), op.addColumn("books", "more", { type: "int", default: 1 }), op.addIndex("books", "i", ["pages"]),
       op.createTable("new", { columns: { id: { type: "id" } }, primary: ["id"] }), op.renameConstraint("books", "books_title_unique", "one_title"),
       op.alterColumn("books", "title", { type: "text", max: 60 }, ${from('{ type: "text", max: 50 }')}), op.setComment("books", "title", "x"),
       op.alterColumn("books", "pages", { type: "bigint", null: true }, ${from('{ type: "int", null: true }')}),
       op.alterColumn("books", "kind", { type: "choice", choices: ["a", "b", "c"] }, ${from('{ type: "choice", choices: ["a", "b"] }')})`,
      [],
    ],
    "deleted tables, columns and views": [
      'op.dropView("titles"), op.dropTable("authors"), op.dropColumn("books", "pages"), op.renameColumn("books", "price", "cost")',
      [
        'authors : fails. It uses "authors", which no longer exists.',
        "books column pages: fails. It reads the column, which no longer exists.",
        "books column price: fails. It reads the column, which no longer exists.",
        "books column cost: fails. It inserts rows without the column, which needs a value.",
        'titles : fails. It uses "titles", which no longer exists.',
      ],
    ],
    "values of another type, and those that do not fit any more": [
      `op.alterColumn("books", "title", { type: "text", max: 40 }, ${from('{ type: "text", max: 50 }')}),
       op.alterColumn("books", "pages", { type: "text", max: 9 }, ${from('{ type: "int", null: true }')}),
       op.alterColumn("books", "price", { type: "decimal", digits: 8, scale: 1 }, ${from('{ type: "decimal", digits: 8, scale: 2 }')}),
       op.alterColumn("books", "kind", { type: "choice", choices: ["a"] }, ${from('{ type: "choice", choices: ["a", "b"] }')}),
       op.alterColumn("books", "tags", { type: "array", items: { type: "int" } }, ${from('{ type: "array", items: { type: "text" } }')})`,
      [
        "books column title: may fail. It may store a value longer than 40, which the column now refuses.",
        "books column pages: fails. It expects the type int, but the column is now text.",
        "books column price: may fail. It may store more digits than the column now has, which are refused or rounded.",
        'books column kind: may fail. It may store "b", which the column now refuses.',
        "books column tags: fails. It expects the type array of text, but the column is now array of int.",
      ],
    ],
    "values that are needed, missing, or left to the database": [
      `op.alterColumn("books", "pages", { type: "int" }, { from: { type: "int", null: true }, fill: 0 }), op.addColumn("books", "isbn", { type: "text" }, { fill: { text: "" } }),
       op.alterColumn("books", "title", { type: "text", max: 50, null: true }, ${from('{ type: "text", max: 50 }')}),
       op.alterColumn("books", "made", { type: "datetime" }, ${from('{ type: "datetime", default: ["now:datetime"] }')})`,
      [
        "books column title: may fail. It expects a value in each row, but the column may now be null.",
        "books column pages: may fail. It may store null, which the column now refuses.",
        "books column made: fails. It relies on a database default that no longer exists.",
        "books column isbn: fails. It inserts rows without the column, which needs a value.",
      ],
    ],
    "keys and checks that it does not know": [
      `op.addUnique("books", "u", ["pages"]), op.addCheck("books", "c", ["gt", "pages", 0]), op.alterPrimary("books", ["id", "title"]),
       op.addIndex("books", "x", ["price"], { unique: true }),
       op.addForeignKey("books", "f", ["author_id"], { table: "authors", references: ["id"], onDelete: "cascade" })`,
      [
        "books primary key: fails. It finds rows by a primary key that has changed.",
        "books unique key u: may fail. It may store values that the new unique key refuses.",
        "books check c: may fail. It may store values that the new check refuses.",
        "books foreign key f: may fail. It may store values that the new foreign key refuses.",
        "books unique key x: may fail. It may store values that the new unique key refuses.",
      ],
    ],
    "views that have changed": [
      `op.dropView("titles"), op.createView("titles", { columns: { id: { type: "id" }, name: { type: "text" } }, primary: ["id"], sql: "SELECT id, title AS name FROM books" }),
       op.dropTable("authors"), op.createView("authors", { columns: { id: { type: "id" }, name: { type: "text", max: 50 } }, primary: ["id"], sql: "SELECT 1 AS id, 'x' AS name" })`,
      [
        'authors : fails. It writes to "authors", which is now a view.',
        "titles column title: fails. It reads the column, which no longer exists.",
      ],
    ],
  };
  for (const [title, [ops, expected]] of Object.entries(cases))
    it(`reports ${title}`, async () => {
      const found = await breaksOf(ops);
      assert.deepEqual(found.toSorted(), expected.toSorted());
    });

  it("ignores operations that run after the new code has taken over, and those that wait for them", async () => {
    await put("0001_start", start);
    await put("0002_drop", 'op.dropView("titles"), op.dropColumn("books", "pages")', ["0001_start"], 'phase: "after-deploy",');
    await put("0003_more", 'op.dropColumn("books", "tags")', ["0002_drop"]);
    assert.deepEqual(await checkOldCode({ folder, since: "0001_start" }), []);
    assert.deepEqual(await checkOldCode({ folder, since: "0003_more" }), []);
    const [found, ...others] = await checkOldCode({ folder, since: "0002_drop" });
    assert.deepEqual([found?.object, others], ["column tags", []]);
    await assert.rejects(checkOldCode({ folder, since: "0002_drp" }), { code: "E_MIGRATION_TARGET", fix: 'Write "0002_drop".' });
  });

  it("knows the part of a squashed migration that a release has", async () => {
    await put("0001_start", start);
    await put("0002_pages", 'op.dropView("titles"), op.dropColumn("books", "pages")', ["0001_start"]);
    await put("0003_tags", 'op.dropColumn("books", "tags")', ["0002_pages"]);
    const objects = async (since: string): Promise<string[]> => (await checkOldCode({ folder, since })).map(({ object }) => object);
    const before = await objects("0001_start");
    assert.ok(before.includes("column pages") && before.includes("column tags"));
    const { name } = await squashMigrations({ folder, to: "0003_tags" });
    await put("0004_price", 'op.dropColumn("books", "price")', ["0003_tags"]);
    assert.deepEqual((await objects("0001_start")).toSorted(), [...before, "column price"].toSorted());
    assert.deepEqual(await objects("0002_pages"), ["column price", "column tags"]);
    for (const old of ["0001_start", "0002_pages", "0003_tags"]) await rm(join(folder, `${old}.ts`));
    for (const since of ["0003_tags", name]) assert.deepEqual(await objects(since), ["column price"]);
    assert.deepEqual(await objects("0004_price"), []);
    await assert.rejects(checkOldCode({ folder, since: "0002_pages" }), { code: "E_MIGRATION_TARGET", fix: `Write "${name}".` });
  });
});
