/** What a model says of a column is what its migration gets. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Model } from "../model.ts";
import { field as f } from "../schema/field.ts";
import type { ColumnState } from "../schema/table-state.ts";
import { describeModels } from "./model-state.ts";
import { modelOf } from "./table-model.ts";

class Item extends Model("items", {
  id: f.id(),
  noted: f.text({ max: 20, comment: "Seen by the shop" }),
  plain: f.int({ comment: "" }),
  bare: f.text(),
  address: f.email({ null: true }),
  old: f.int({ retired: true }),
  data: f.bytes({ max: 8 }),
  whole: f.decimal({ digits: 4, scale: 0 }),
  price: f.decimal({ digits: 10, scale: 2, storage: "text" }),
  state: f.choice({ a: "A", b: "B" }),
  open: f.choice({ a: "A" }, { check: false }),
  sums: f.array(f.decimal({ digits: 6, scale: 1 })),
  names: f.array(f.choice({ a: "A" })),
}) {}

describe("describeModels()", () => {
  const table = describeModels([Item]).get("items")!;
  const { columns, comment } = table;
  const expected: Readonly<Record<string, ColumnState>> = {
    id: { type: "id" },
    noted: { type: "text", max: 20, comment: "Seen by the shop" },
    plain: { type: "int" },
    bare: { type: "text" },
    address: { type: "text", null: true, max: 254 },
    old: { type: "int", null: true },
    data: { type: "bytes", max: 8 },
    whole: { type: "decimal", digits: 4, scale: 0 },
    price: { type: "decimal", digits: 10, scale: 2, storage: "text" },
    state: { type: "choice", choices: ["a", "b"] },
    open: { type: "choice", choices: ["a"], check: false },
    sums: { type: "array", items: { type: "decimal", digits: 6, scale: 1 } },
    names: { type: "array", items: { type: "text" } },
  };
  for (const [name, state] of Object.entries(expected))
    it(`describes the column ${name}`, () => assert.deepEqual(columns.get(name), state));

  it("has every column, and no comment where the model has none", () => {
    assert.deepEqual([...columns.keys()], Object.keys(expected));
    assert.equal(comment, "");
  });

  it("describes the model of a described table in the same way: migrations read and write its values", () => {
    const again = describeModels([modelOf("items", table)]).get("items")!;
    // Values do not depend on comments, and not on what the database checks.
    const [wanted, found] = [table, again].map((each) =>
      [...each.columns].map(([name, { comment: _comment, check: _check, ...column }]) => [name, column] as const),
    );
    assert.deepEqual(found, wanted);
    assert.deepEqual(again.primary, ["id"]);
  });
});
