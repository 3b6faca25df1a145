/** The statements that define and change a column. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadMigrationDialect } from "../migrations/run/migration-dialects.ts";
import { applyAll } from "../migrations/state/apply.ts";
import { op } from "../migrations/state/operation.ts";
import { writeStep } from "../migrations/plan/plan.ts";
import type { ColumnState, State } from "../schema/table-state.ts";
import { mariadb } from "./mariadb/dialect.ts";
import { postgres } from "./postgres/dialect.ts";
import { sqlite } from "./sqlite/dialect.ts";
import { TableWriter } from "./table-writer.ts";

function createItems(column: ColumnState): State {
  return applyAll(new Map(), [op.createTable("items", { columns: { id: { type: "id" }, a: column }, primary: ["id"] })]);
}

describe("a change of a column of PostgreSQL", () => {
  const alter = 'ALTER TABLE "items" ALTER COLUMN "a"';
  const cases: ReadonlyArray<readonly [what: string, from: ColumnState, to: ColumnState, statements: readonly string[]]> = [
    [
      "sets the default again after another type",
      { type: "int", default: 1 },
      { type: "bigint", default: 1 },
      ["DROP DEFAULT", 'TYPE bigint USING "a"::bigint', "SET DEFAULT (1::int8)"],
    ],
    ["sets another default", { type: "int", default: 1 }, { type: "int", default: 2 }, ["SET DEFAULT (2::int8)"]],
    ["sets a first default", { type: "int" }, { type: "int", default: 2 }, ["SET DEFAULT (2::int8)"]],
    ["drops a default", { type: "int", default: 1 }, { type: "int" }, ["DROP DEFAULT"]],
    ["has no default to set", { type: "int" }, { type: "bigint" }, ['TYPE bigint USING "a"::bigint']],
    ["allows null, once", { type: "int" }, { type: "int", null: true }, ["DROP NOT NULL"]],
    ["leaves null allowed", { type: "int", null: true }, { type: "bigint", null: true }, ['TYPE bigint USING "a"::bigint']],
  ];
  for (const [what, from, to, statements] of cases)
    it(what, async () => {
      const writer = new TableWriter(postgres);
      const { plan } = await loadMigrationDialect(postgres);
      const steps = plan(writer, createItems(from), [op.alterColumn("items", "a", to, { from })]);
      assert.deepEqual(
        steps.flatMap(({ step }) => writeStep(writer, step)),
        statements.map((each) => `${alter} ${each}`),
      );
    });
});

describe("a new name of a column of MariaDB", () => {
  it("makes again only the unique keys whose condition has the column", async () => {
    const writer = new TableWriter(mariadb);
    const { plan } = await loadMigrationDialect(mariadb);
    const uniques = {
      plain: { columns: ["a"] },
      some: { columns: ["b"], where: ["gt", "a", 0] },
      other: { columns: ["b"], where: ["gt", "b", 0] },
    } as const;
    const columns: Record<string, ColumnState> = { id: { type: "id" }, a: { type: "int" }, b: { type: "int" } };
    const state = applyAll(new Map(), [op.createTable("items", { columns, primary: ["id"], uniques })]);
    const steps = plan(writer, state, [op.renameColumn("items", "a", "c")]);
    assert.deepEqual(
      steps.flatMap(({ step }) => writeStep(writer, step)),
      [
        "ALTER TABLE `items` DROP INDEX `some`, DROP COLUMN `some_b`",
        "ALTER TABLE `items` RENAME COLUMN `a` TO `c`",
        "ALTER TABLE `items` ADD COLUMN `some_b` int GENERATED ALWAYS AS (CASE WHEN `c` > CAST('0' AS SIGNED) THEN `b` END) VIRTUAL, " +
          "ADD CONSTRAINT `some` UNIQUE (`some_b`)",
      ],
    );
  });
});

describe("the default of a decimal", () => {
  const decimal: ColumnState = { type: "decimal", digits: 30, scale: 4, default: { decimal: "1.5" } };
  for (const [column, text] of [
    [{ ...decimal, storage: "text" }, `"a" TEXT NOT NULL DEFAULT ('1.5000')`],
    [{ ...decimal, digits: 9 }, `"a" REAL NOT NULL DEFAULT (1.5)`],
  ] as const)
    it(`is stored as rows are: ${text}`, () => {
      const table = createItems(column).get("items")!;
      assert.ok(new TableWriter(sqlite).createTable("items", table).includes(text), new TableWriter(sqlite).createTable("items", table));
    });
});
