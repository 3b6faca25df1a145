/** Conditions of tables are kept as data, and written from it: every kind of expression holds what the model says, on every database. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { field as f, Model, sql, when } from "../../src/data.ts";
import { writeCondition } from "../../src/data/sql/write-condition.ts";
import { columnsOf, foldsCase, renameInCondition } from "../../src/data/schema/condition-columns.ts";
import { describeModels } from "../../src/data/sql/model-state.ts";
import { modelOf } from "../../src/data/sql/table-model.ts";
import { postgres } from "../../src/data/sql/postgres/dialect.ts";
import type { ConditionData } from "../../src/data/schema/table-state.ts";
import { describeOnDatabases } from "./databases.ts";

const meta = { lang: "en" };
const moment = new Date("2026-11-20T10:12:00.123Z");

class Held extends Model(
  "held",
  {
    id: f.id(),
    number: f.int({ default: 5 }),
    other: f.int({ null: true }),
    big: f.bigint({ default: 10n }),
    real: f.float({ default: 1.5 }),
    price: f.decimal({ digits: 8, scale: 2, default: "5.00" }),
    name: f.text({ max: 50, default: "it's a \\ name" }),
    isOpen: f.boolean({ default: true }),
    day: f.date({ default: "2026-11-20" }),
    hour: f.time({ default: "10:12:00" }),
    moment: f.datetime({ default: () => moment }),
    code: f.uuid({ default: "0190163d-8694-739b-aea5-966c26f8ad91" }),
    bytes: f.bytes({ default: () => new Uint8Array([1, 2]) }),
    meta: f.json<{ lang: string }>(),
  },
  {
    checks: {
      between: (row) => row.number.between(1, 100),
      inList: (row) => row.number.notIn([13, 14]),
      inTexts: (row) => row.name.in(["it's a \\ name", "b"]),
      missing: (row) => row.other.isNull().or(row.other.gt(0)),
      present: (row) => row.other.isNotNull().or(row.number.lt(50)),
      excluded: (row) => row.number.eq(7).not(),
      open: (row) => row.isOpen,
      big: (row) => row.big.gte(10n),
      real: (row) => row.real.lt(2.5),
      price: (row) => row.price.lte("9.50"),
      sum: (row) => row.number.add(row.other.coalesce(0)).mul(2).lt(180),
      length: (row) => row.name.length().gt(0),
      contains: (row) => row.name.contains("%").not(),
      day: (row) => row.day.gte("2020-01-01"),
      hour: (row) => row.hour.lt("23:00:00"),
      moment: (row) => row.moment.gt(new Date("2020-01-01T00:00:00.000Z")),
      code: (row) => row.code.ne("00000000-0000-0000-0000-000000000000"),
      bytes: (row) => row.bytes.ne(new Uint8Array([0])),
      cases: (row) => when(row.isOpen, row.number).else(0).ne(9),
      json: (row) => row.meta.at("lang").ne("xx"),
      raw: (row) => sql`${row.number} <> ${11}`,
    },
  },
) {}

describeOnDatabases("conditions as data", [Held], () => {
  it("accept matching values", async () => {
    const row = await Held.create({ meta });
    assert.equal((await Held.get(row.id)).number, 5);
    await Held.create({ other: 3, name: "b", meta });
  });

  for (const [check, values] of Object.entries({
    between: { number: 101 },
    inList: { number: 13 },
    inTexts: { name: "c" },
    missing: { other: 0 },
    present: { number: 60 },
    excluded: { number: 7 },
    open: { isOpen: false },
    big: { big: 9n },
    real: { real: 2.5 },
    price: { price: "9.51" },
    sum: { number: 90, other: 1 },
    day: { day: "2019-12-31" },
    hour: { hour: "23:00:00" },
    moment: { moment: new Date("2019-01-01T00:00:00.000Z") },
    code: { code: "00000000-0000-0000-0000-000000000000" },
    bytes: { bytes: new Uint8Array([0]) },
    cases: { number: 9 },
    json: { meta: { lang: "xx" } },
    raw: { number: 11 },
  }))
    it(`reject other values: ${check}`, async () => {
      await assert.rejects(Held.create({ meta, ...values }), (error: Error & { code: string; cause?: unknown }) => {
        assert.equal(error.code, "E_VALIDATION");
        assert.match(String((error.cause as Error).message), new RegExp(`held_${check}_check`));
        return true;
      });
    });
});

describe("conditions as data", () => {
  const checks = describeModels([Held]).get("held")!.checks;
  const held = describeModels([Held]).get("held")!;

  it("are plain data that is read back equal", () => {
    for (const condition of checks.values()) assert.deepEqual(JSON.parse(JSON.stringify(condition)), condition);
    assert.deepEqual(checks.get("held_sum_check"), ["lt", ["mul:int", ["add:int", "number", ["coalesce:int", "other", 0]], 2], 180]);
    assert.deepEqual(checks.get("held_moment_check"), ["gt", "moment", { datetime: "2020-01-01T00:00:00.000Z" }]);
    assert.deepEqual(checks.get("held_open_check"), ["eq", "is_open", true]);
    assert.deepEqual(checks.get("held_big_check"), ["gte", "big", { bigint: "10" }]);
  });

  it("list their columns, and follow renames", () => {
    assert.deepEqual(columnsOf(checks.get("held_json_check")!), ["meta"]);
    assert.deepEqual(columnsOf(checks.get("held_raw_check")!), ["number"]);
    assert.deepEqual([...new Set(columnsOf(checks.get("held_cases_check")!))], ["is_open", "number"]);
    const renamed = renameInCondition(checks.get("held_json_check")!, "meta", "facts");
    assert.deepEqual(columnsOf(renamed), ["facts"]);
    assert.equal(foldsCase(["or", ["ieq", "a", { text: "x" }], ["always"]]), true);
    assert.equal(foldsCase(checks.get("held_length_check")!), false);
  });

  for (const [condition, message] of [
    [["gt", "nothing", 0], 'A condition of "held" names the unknown column "nothing".'],
    [["gt", "number"], '["gt","number"] is not a condition.'],
    [["bigger", "number", 0], '["bigger","number",0] is not a condition.'],
    [["gt", "number", { kilo: 3 }], '{"kilo":3} is not a value of a condition.'],
    [["gt", "number", { int: 3, text: "" }], '{"int":3,"text":""} is not a value of a condition.'],
  ] as unknown as ReadonlyArray<readonly [ConditionData, string]>)
    it(`are rejected if they are invalid: ${message}`, () => {
      assert.throws(() => writeCondition(postgres, modelOf("held", held), condition), { code: "E_MIGRATION_OPERATION", message });
    });
});
