/** Values of one type as those of another: the same on every database, however each of them casts by itself. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { createDatabase, field as f, Model } from "../../src/data.ts";
import type { Condition, Refs } from "../../src/data.ts";
import { toNumberText } from "../../src/data/driver/decimal-function.ts";
import { describeOnDatabases } from "./databases.ts";

class Thing extends Model(
  "cast_things",
  {
    id: f.id(),
    text: f.text({ null: true, blank: true }),
    slug: f.slug({ null: true }),
    int: f.int({ null: true }),
    bigint: f.bigint({ null: true }),
    decimal: f.decimal({ digits: 12, scale: 3, null: true }),
    float: f.float({ null: true }),
    yes: f.boolean({ null: true }),
    date: f.date({ null: true }),
    time: f.time({ null: true }),
    at: f.datetime({ null: true }),
    uuid: f.uuid({ null: true }),
    meta: f.json<{ size?: number } | null>({ null: true }),
    bytes: f.bytes({ null: true }),
    long: f.decimal({ digits: 30, scale: 2, storage: "text", null: true }),
  },
  { checks: { small: (thing) => thing.float.cast(f.int()).lt(1_000_000).or(thing.float.isNull()) } },
) {}
type Row = Refs<typeof Thing>;

const uuid = "0190163d-8694-739b-aea5-966c26f8ad91";
const at = new Date("2026-11-20T10:12:00.120Z");

/** A column's value, what it is cast to, and what becomes of it. */
const casts: ReadonlyArray<readonly [values: object, cast: (row: Row) => unknown, expected: unknown]> = [
  [{ int: 7 }, (row) => row.int.cast(f.bigint()), 7n],
  [{ int: 7 }, (row) => row.int.cast(f.decimal({ digits: 5, scale: 2 })), "7.00"],
  [{ int: 7 }, (row) => row.int.cast(f.float()), 7],
  [{ int: -7 }, (row) => row.int.cast(f.text()), "-7"],
  [{ bigint: 9_007_199_254_740_993n }, (row) => row.bigint.cast(f.text()), "9007199254740993"],
  [{ bigint: 9_007_199_254_740_993n }, (row) => row.bigint.cast(f.bigint()), 9_007_199_254_740_993n],
  [{ decimal: "2.5" }, (row) => row.decimal.cast(f.int()), 3],
  [{ decimal: "-2.5" }, (row) => row.decimal.cast(f.int()), -3],
  [{ decimal: "2.499" }, (row) => row.decimal.cast(f.int()), 2],
  [{ decimal: "1.255" }, (row) => row.decimal.cast(f.decimal({ digits: 9, scale: 1 })), "1.3"],
  [{ decimal: "1.5" }, (row) => row.decimal.cast(f.text()), "1.500"],
  [{ decimal: "1.5" }, (row) => row.decimal.cast(f.float()), 1.5],
  [{ float: 2.5 }, (row) => row.float.cast(f.int()), 3],
  [{ float: -0.4 }, (row) => row.float.cast(f.int()), 0],
  [{ float: 0.125 }, (row) => row.float.cast(f.decimal({ digits: 9, scale: 2 })), "0.13"],
  [{ yes: true }, (row) => row.yes.cast(f.int()), 1],
  [{ yes: false }, (row) => row.yes.cast(f.bigint()), 0n],
  [{ text: "12" }, (row) => row.text.cast(f.int()), 12],
  [{ text: "-12.5" }, (row) => row.text.cast(f.int()), -13],
  [{ text: "+1e3" }, (row) => row.text.cast(f.int()), 1000],
  [{ text: "9007199254740993" }, (row) => row.text.cast(f.bigint()), 9_007_199_254_740_993n],
  [{ text: "12.345" }, (row) => row.text.cast(f.decimal({ digits: 9, scale: 2 })), "12.35"],
  [{ text: "0.1" }, (row) => row.text.cast(f.float()), 0.1],
  [{ slug: "42" }, (row) => row.slug.cast(f.int()), 42],
  ...["", "x", "12x", "0x10", " 12", "1.", ".5", "1e", "NaN", "Infinity", "1,5", "١٢", "12\n"].map(
    (text) => [{ text }, (row: Row) => row.text.cast(f.int()), null] as const,
  ),
  [{ text: "x" }, (row) => row.text.cast(f.text()), "x"],
  [{ date: "2026-11-20" }, (row) => row.date.cast(f.datetime()), new Date("2026-11-20T00:00:00.000Z")],
  [{ date: "2026-11-20" }, (row) => row.date.cast(f.text()), "2026-11-20"],
  [{ at }, (row) => row.at.cast(f.date()), "2026-11-20"],
  [{ at }, (row) => row.at.cast(f.text()), "2026-11-20T10:12:00.120Z"],
  [{ time: "10:12" }, (row) => row.time.cast(f.text()), "10:12:00"],
  [{ uuid }, (row) => row.uuid.cast(f.text()), uuid],
  [{ meta: { size: 41 } }, (row) => row.meta.at("size").cast(f.int()).add(1), 42],
  [{ meta: { size: "no" } }, (row) => row.meta.at("size").cast(f.int()), null],
  [{}, (row) => row.int.cast(f.text()), null],
  [{}, (row) => row.text.cast(f.int()), null],
  [{}, (row) => row.at.cast(f.text()), null],
];

describeOnDatabases("casts", [Thing], () => {
  it("give the same values on every database: in results, conditions and orders", async () => {
    for (const [values, cast, expected] of casts) {
      const { id } = await Thing.create(values as never);
      const found = await Thing.where({ id }).values((row) => ({ value: cast(row) as never }));
      const name = `${JSON.stringify(values, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value))} ${String(cast)}`;
      assert.deepEqual(found, [{ value: expected }], name);
      const isEqual = (row: Row): Condition => {
        const value = cast(row) as { eq(value: unknown): Condition; isNull(): Condition };
        return expected === null ? value.isNull() : value.eq(expected);
      };
      assert.equal(await Thing.where({ id }).where(isEqual).count(), 1, name);
    }
    await Thing.all().delete();
    await Thing.createMany(["10", "9", "x", "-1.5"].map((text) => ({ text })));
    assert.deepEqual(await Thing.orderBy((row) => row.text.cast(f.float()).asc()).pluck("text"), ["-1.5", "9", "10", "x"]);
    assert.deepEqual(await Thing.aggregate((row) => ({ total: row.text.cast(f.decimal({ digits: 9, scale: 1 })).sum() })), {
      total: "17.5",
    });
    assert.equal(await Thing.where({ text: "9" }).update({ int: (row) => row.text.cast(f.int()) }), 1);
    assert.equal((await Thing.get({ int: 9 })).text, "9");
    await assert.rejects(Thing.create({ float: 999_999.5 }), { code: "E_VALIDATION" });
  });

  it("are rejected between types that databases convert differently", () => {
    const refused = (message: RegExp): object => ({ code: "E_EXPRESSION_TYPE", message });
    for (const [cast, message] of [
      [(row: Row) => row.float.cast(f.text()), /Thing\.float is of the type float, which cast\(\) cannot convert to text/],
      [(row: Row) => row.text.cast(f.date()), /text, which cast\(\) cannot convert to date/],
      [(row: Row) => row.text.cast(f.boolean()), /to boolean/],
      [(row: Row) => row.meta.at("size").cast(f.json()), /to json/],
      [(row: Row) => row.bytes.cast(f.text()), /bytes, which/],
      [(row: Row) => row.long.cast(f.float()), /decimal, which/],
      [(row: Row) => row.int.cast(f.array(f.int())), /to array/],
    ] as const)
      assert.throws(() => Thing.where().values((row) => ({ value: cast(row) as never })), refused(message));
    for (const wrong of [undefined, "int", {}, Number])
      assert.throws(() => Thing.where((row) => row.int.cast(wrong as never).isNull()), { code: "E_EXPRESSION_ARGUMENT" });
  });
});

it("are rejected from text to number in conditions of tables, because SQLite needs a function that other programs lack", async () => {
  class Wrong extends Model("cast_wrong", { id: f.id(), text: f.text() }, { checks: { number: (row) => row.text.cast(f.int()).gt(0) } }) {}
  await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Wrong], bind: false }), {
    code: "E_MODEL_CONDITION",
    message: "Wrong: checks.number cannot be part of a table.",
  });
  assert.deepEqual(
    [toNumberText(5, 0), toNumberText(null, 0), toNumberText("5.55", 1), toNumberText("5.55", -1)],
    [null, null, "5.6", "5.55"],
  );
});
