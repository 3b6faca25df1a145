/** Values of existing rows in a migration: for each type, what is taken and what is refused before anything changes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ColumnType } from "../../schema/column.ts";
import type { ColumnState, ValueData } from "../../schema/table-state.ts";
import { field as f, Model } from "gable/data";
import { parseFill } from "../files/parse-fill.ts";
import { op } from "./operation.ts";

type StoredType = Exclude<ColumnType, "slug" | "email" | "url" | "file">;

const rows: Readonly<Record<StoredType, { column?: Partial<ColumnState>; good: readonly unknown[]; bad: readonly unknown[] }>> = {
  id: { good: [1, { id: 1 }], bad: [0, 1.5, true, { id: "1" }, { int: 2 ** 53 }] },
  int: {
    good: [0, -5, { int: 1 }, 2 ** 31 - 1, -(2 ** 31)],
    bad: [2 ** 31, -(2 ** 31) - 1, "0", 0.5, Number.NaN, true, { int: "1" }, { text: "1" }],
  },
  bigint: {
    good: [1, { bigint: "9223372036854775807" }, { bigint: 1 }],
    bad: [{ bigint: "9223372036854775808" }, 0.5, { bigint: "1.5" }, { bigint: "" }, { bigint: "ten" }],
  },
  duration: { good: [{ duration: "60" }, 60], bad: [{ duration: "1 h" }, 0.5, true] },
  float: { good: [0.5, { float: 1e300 }], bad: [Number.NaN, Infinity, { float: "0.5" }, { float: Infinity }] },
  decimal: {
    column: { digits: 6, scale: 2 },
    good: [{ decimal: "1.50" }, 1.5, 0, { decimal: "-9999.990" }, { decimal: "0001" }],
    bad: [{ decimal: "1.239" }, { decimal: "10000" }, 1e21, { decimal: "1,50" }, Number.NaN, { decimal: "" }],
  },
  boolean: { good: [true, false, { boolean: false }], bad: [0, 1, { boolean: "false" }, { text: "true" }] },
  text: {
    column: { max: 5 },
    good: [{ text: "" }, { text: "draft" }, { text: "🦊🦊🦊🦊🦊" }],
    bad: [{ text: "drafts" }, "draft", 5, true, { text: 5 }, { text: null }],
  },
  choice: { column: { choices: ["a", "b"] }, good: [{ text: "a" }, { choice: "b" }], bad: ["a", 1, { choice: 1 }, { text: "c" }] },
  uuid: { good: [{ uuid: "0190163d-8694-739b-aea5-966c26f8ad91" }], bad: [{ uuid: "0190163d" }, { uuid: "" }, 0] },
  ip: { good: [{ ip: "127.0.0.1" }, { ip: "::1" }], bad: [{ ip: "localhost" }, { ip: 1 }] },
  date: { good: [{ date: "2024-02-29" }], bad: [{ date: "2023-02-29" }, { date: "20 Nov 2026" }, { date: "2026-1-1" }, 0] },
  time: {
    good: [{ time: "09:30:00" }, { time: "09:30:00.000" }],
    bad: [{ time: "09:30:00.5" }, { time: "24:00:00" }, { time: "23:59" }, { time: "9:30" }, 930],
  },
  datetime: {
    good: [{ datetime: "2026-11-20T09:30:00.000Z" }, { datetime: "2026-11-20" }],
    bad: [{ datetime: "now" }, { datetime: "1" }, { datetime: "2026-11-20T09:30:00" }, { datetime: "2023-02-29" }, { datetime: 0 }, 0],
  },
  bytes: {
    column: { max: 2 },
    good: [{ bytes: "" }, { bytes: "00fF" }],
    bad: [{ bytes: "000000" }, { bytes: "0" }, { bytes: "zz" }, { bytes: [0] }],
  },
  json: { good: [{ json: {} }, { json: null }, { json: [1] }], bad: [{}, { json: undefined }] },
  array: {
    column: { items: { type: "int" } },
    good: [{ array: [] }, { array: [1, 2] }],
    bad: [[1], { array: "1" }, { array: ["1"] }, { array: [1, null] }],
  },
};
/** Refused for each type. */
const neverGood = ["a text", {}, { odd: 1 }, { text: "a", int: 1 }, [], () => undefined];

describe("a value of existing rows", () => {
  for (const [type, { column = {}, good, bad }] of Object.entries(rows)) {
    const definition = { type, ...column } as ColumnState; // The key is a type.
    const calls = [
      (fill: unknown) => op.addColumn("books", "a", definition, { fill: fill as ValueData }),
      (fill: unknown) => op.alterColumn("books", "a", definition, { from: { ...definition, null: true }, fill: fill as ValueData }),
    ];
    it(`fits a column of the type ${type}, or is refused with an example that fits`, () => {
      for (const call of calls) {
        for (const fill of good) assert.doesNotThrow(() => call(fill), JSON.stringify(fill));
        for (const fill of [...bad, ...neverGood]) {
          let fix = "";
          assert.throws(
            () => call(fill),
            (error: { code: string; message: string; fix: string }) => {
              fix = error.fix;
              return error.code === "E_MIGRATION_OPERATION" && error.message.includes(`the type ${type}`);
            },
            JSON.stringify(fill),
          );
          const example = /^Write fill: (.*)\.$/.exec(fix)?.[1] ?? assert.fail(fix);
          assert.doesNotThrow(() => call(new Function(`return ${example}`)()), example);
        }
      }
    });
  }
});

describe("a value that a person types", () => {
  class Thing extends Model("things", {
    id: f.id(),
    whole: f.int(),
    long: f.bigint(),
    part: f.float(),
    price: f.decimal({ digits: 6, scale: 2 }),
    done: f.boolean(),
    name: f.text({ max: 20 }),
    state: f.choice({ a: "A", b: "B" }),
    key: f.uuid(),
    address: f.ip(),
    day: f.date(),
    at: f.time(),
    moment: f.datetime(),
    data: f.json(),
    list: f.array(f.int()),
    bytes: f.bytes({ max: 10 }),
  }) {}
  const typed: ReadonlyArray<readonly [column: string, text: string, value: ValueData | undefined]> = [
    ["whole", "-5", -5],
    ["whole", "0.5", undefined],
    ["whole", "", undefined],
    ["long", "9223372036854775807", { bigint: "9223372036854775807" }],
    ["long", "ten", undefined],
    ["part", "1e3", { float: 1000 }],
    ["part", " ", undefined],
    ["part", "Infinity", undefined],
    ["price", "1.50", { decimal: "1.50" }],
    ["price", "1,50", undefined],
    ["done", "false", false],
    ["done", "no", undefined],
    ["name", "", { text: "" }],
    ["name", "draft", { text: "draft" }],
    ["state", "a", { text: "a" }],
    ["key", "0190163d-8694-739b-aea5-966c26f8ad91", { uuid: "0190163d-8694-739b-aea5-966c26f8ad91" }],
    ["key", "0190163d", undefined],
    ["address", "::1", { ip: "::1" }],
    ["address", "localhost", undefined],
    ["day", "2024-02-29", { date: "2024-02-29" }],
    ["day", "2023-02-29", undefined],
    ["at", "09:30:00", { time: "09:30:00" }],
    ["at", "09:30", undefined],
    ["moment", "2026-11-20", { datetime: "2026-11-20T00:00:00.000Z" }],
    ["moment", "2026-11-20T09:30:00+02:00", { datetime: "2026-11-20T07:30:00.000Z" }],
    ["moment", "2026-11-20T09:30:00", undefined],
    ["moment", "1", undefined],
    ["moment", "2023-02-29T00:00:00Z", undefined],
    ["data", '{"a":1}', { json: { a: 1 } }],
    ["data", "{", undefined],
    ["list", "[1,2]", { array: [1, 2] }],
    ["list", '["1"]', undefined],
    ["list", "1", undefined],
    ["bytes", "00ff", { bytes: "00ff" }],
    ["bytes", "0", undefined],
  ];
  for (const [column, text, value] of typed)
    it(`for the column ${column}: ${JSON.stringify(text)} is ${value === undefined ? "refused" : JSON.stringify(value)}`, () => {
      const parse = (): ValueData => parseFill({ models: [Thing], column: `things.${column}`, text });
      if (value === undefined) assert.throws(parse, { code: "E_MIGRATION_ANSWER" });
      else assert.deepEqual(parse(), value);
    });
});
