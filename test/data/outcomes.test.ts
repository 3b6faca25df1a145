/** Functions of values that gave other values, or errors of drivers, on one database or another. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { cases, field as f, Model, when } from "../../src/data.ts";
import type { Refs } from "../../src/data.ts";
import type { AnyExpression } from "../../src/data/schema/expression-types.ts";
import { describeOnDatabases } from "./databases.ts";

class Price extends Model("prices", {
  id: f.id(),
  n: f.int({ null: true }),
  big: f.bigint({ null: true }),
  ratio: f.float({ null: true }),
  d: f.decimal({ digits: 8, scale: 2, null: true }),
  name: f.text({ max: 9, null: true }),
  tags: f.array(f.text({ max: 9 }), { null: true }),
}) {}
type Values = (price: Refs<typeof Price>) => AnyExpression<unknown>;

/** Two rows; all conditions below hold for the first one. */
const rows = [
  { n: 1, big: 2n ** 60n, ratio: 2.5, d: "1.50", name: "one", tags: ["x"] },
  { n: 0, big: 7n, ratio: 0.5, d: "10.10", name: "two" },
];
const cased: ReadonlyArray<readonly [what: string, values: Values, expected: readonly unknown[]]> = [
  ["a number, else null", (p) => when(p.n.gt(0), 5).else(null), [5, null]],
  ["a column, else null", (p) => when(p.n.gt(0), p.n).else(null), [1, null]],
  ["null, else a column", (p) => when(p.n.gt(0), null).else(p.n), [null, 0]],
  ["null, else a decimal", (p) => when(p.n.gt(0), null).else(p.d), [null, "10.10"]],
  ["null, and null at the end", (p) => cases([p.n.gt(0), null]).end(), [null, null]],
  ["null, then a decimal", (p) => cases([p.n.gt(0), null], [p.n.eq(0), p.d]).end(), [null, "10.10"]],
  ["a string of a decimal, else a decimal", (p) => when(p.n.gt(0), "9.99").else(p.d), ["9.99", "10.10"]],
  ["a decimal, else a string of one", (p) => when(p.n.gt(0), p.d).else("9.99"), ["1.50", "9.99"]],
  ["a whole number, else a fraction", (p) => when(p.n.gt(0), 1).else(1.5), [1, 1.5]],
  ["a fraction, else a whole number", (p) => when(p.n.gt(0), 1.5).else(1), [1.5, 1]],
  ["a column of whole numbers, else a fraction", (p) => when(p.n.gt(0), p.n).else(1.5), [1, 1.5]],
  ["a column of whole numbers, else a decimal", (p) => when(p.n.gt(0), p.n).else(p.d), ["1.00", "10.10"]],
  ["a column of whole numbers, else one of 64 bits", (p) => when(p.n.gt(0), p.n).else(p.big), [1n, 7n]],
  ["a float, else a whole number", (p) => when(p.n.gt(0), p.ratio).else(p.n), [2.5, 0]],
  ["a string, else a column", (p) => when(p.n.gt(0), "first").else(p.name), ["first", "two"]],
  ["a column of null, or a fraction", (p) => p.n.nullIf(0).coalesce(1.5), [1, 1.5]],
  ["a remainder of a decimal", (p) => p.d.mod("0.7"), ["0.10", "0.30"]],
  ["a remainder without a rest", (p) => p.d.mul("-1").mod("0.1"), ["0.00", "0.00"]],
  ["a remainder of a long divisor", (p) => p.d.mod("0.125"), ["0.00", "0.10"]],
  ["a remainder of zero", (p) => p.d.mod("0"), [null, null]],
  ["a rounded half", (p) => p.ratio.round(), [3, 1]],
  ["a rounded negative half", (p) => p.ratio.mul(-1).round(), [-3, -1]],
  ["a rounded product", (p) => p.n.mul(2.5).round(), [3, 0]],
  ["a rounded hundredth", (p) => p.n.mul(1.005).round(2), [1.01, 0]],
  ["a rounded tenth", (p) => p.n.mul(1.45).round(1), [1.5, 0]],
  ["a large number that is rounded", (p) => p.n.mul(1e300).round(), [1e300, 0]],
  ["a fraction as a decimal", (p) => p.n.mul(1.005).cast(f.decimal({ digits: 8, scale: 2 })), ["1.01", "0.00"]],
  ["a decimal as a string", (p) => p.d.cast(f.text()), ["1.50", "10.10"]],
  ["no decimal as a string", (p) => p.d.nullIf("1.50").cast(f.text()), [null, "10.10"]],
  ["items of a list, and of no list", (p) => p.tags.has("x"), [true, null]],
  ["any items of a list, and of no list", (p) => p.tags.hasAny(["y"]), [false, null]],
  ["all items of a list, and of no list", (p) => p.tags.hasAll(["x"]), [true, null]],
];

describeOnDatabases("values that a database takes", [Price], () => {
  for (const [what, values, expected] of cased)
    it(what, async () => {
      await Price.createMany(rows);
      const found = await Price.orderBy("id").values((price) => ({ value: values(price) }));
      assert.deepEqual(
        found.map(({ value }) => value),
        expected,
      );
    });

  for (const [what, values] of [
    ["a string, else a number", (p) => when(p.n.gt(0), "one").else(1)],
    ["a column of strings, else one of numbers", (p) => when(p.n.gt(0), p.name).else(p.n)],
  ] as ReadonlyArray<readonly [what: string, values: Values]>)
    it(`refuses ${what}`, () => {
      assert.throws(() => Price.where().values((price) => ({ value: values(price) })), {
        code: "E_EXPRESSION_TYPE",
        message: /^when\(\) has values of the types text and int\.$/,
      });
    });

  it("refuses no branch, and a strength of a lock that does not exist", () => {
    assert.throws(() => cases(), { code: "E_EXPRESSION_ARGUMENT" });
    for (const strength of ["UPDATE", "exclusive", undefined])
      assert.throws(() => Price.where().lock(strength as never), { code: "E_QUERY_FORM", fix: 'Use "update" or "share".' }); // As in JavaScript.
    assert.throws(() => Price.where().lock("update", { skipLocked: true, noWait: true }), { code: "E_QUERY_FORM" });
  });
});
