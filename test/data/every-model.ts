/** A model with a column of every type, and values at the ends of each. */
import { Model } from "../../src/data/model.ts";
import { field as f } from "../../src/data/schema/field.ts";
import { belongsTo, hasMany } from "../../src/data/schema/relation.ts";

export class Every extends Model("every", {
  id: f.id(),
  uuid: f.uuid({ null: true }),
  text: f.text({ null: true, blank: true }),
  slug: f.slug({ null: true }),
  email: f.email({ null: true }),
  url: f.url({ null: true }),
  int: f.int({ null: true }),
  bigint: f.bigint({ null: true }),
  float: f.float({ null: true }),
  decimal: f.decimal({ digits: 15, scale: 4, null: true }),
  boolean: f.boolean({ null: true }),
  date: f.date({ null: true }),
  time: f.time({ null: true }),
  datetime: f.datetime({ null: true }),
  json: f.json<unknown>({ null: true }),
  bytes: f.bytes({ null: true }),
  choice: f.choice({ a: "A", "it's": "B" }, { null: true }),
  duration: f.duration({ null: true }),
  ip: f.ip({ null: true }),
  texts: f.array(f.text({ blank: true }), { null: true }),
  ints: f.array(f.int(), { null: true }),
  bigints: f.array(f.bigint(), { null: true }),
  decimals: f.array(f.decimal({ digits: 8, scale: 2 }), { null: true }),
  booleans: f.array(f.boolean(), { null: true }),
  moments: f.array(f.datetime(), { null: true }),
  floats: f.array(f.float(), { null: true }),
  days: f.array(f.date(), { null: true }),
  addresses: f.array(f.ip(), { null: true }),
  parent: () => belongsTo(Every, { null: true, onDelete: "set null" }),
  children: () => hasMany(Every, { by: "parent" }),
}) {}

/** A value, and what comes back when that is not the same. */
export type EndValue = readonly [value: unknown, back?: unknown];

/** Values at the ends of their types, as they are stored. */
export const endValues: Readonly<Record<string, readonly EndValue[]>> = {
  uuid: [["0190163d-8694-739b-aea5-966c26f8ad91"]],
  text: [[""], ["\u{1F600} é 'x' \"y\" %_\\ {a,b} \r\n\t$1 ?"], ["x".repeat(100_000)], ["\u{10FFFF}"], ["NULL"], ["\\x41"]],
  slug: [["a-b_C"]],
  email: [["a@example.com"]],
  url: [["https://example.com/?a=b"]],
  int: [[0], [-2_147_483_648], [2_147_483_647], [-0, 0]],
  bigint: [[0n], [2n ** 53n + 1n], [2n ** 53n - 1n], [2n ** 63n - 1n], [-(2n ** 63n)]],
  float: [[0], [-0, 0], [0.1], [3], [5e-324], [1.7976931348623157e308], [-1.5], [2 ** 53 + 2], [1e21]],
  decimal: [["0.0000"], ["-0.0001"], ["0.0001"], ["1.1000"], ["99999999999.9999"], ["-99999999999.9999"], ["12.5", "12.5000"]],
  boolean: [[true], [false]],
  date: [["0001-01-01"], ["9999-12-31"], ["2024-02-29"]],
  time: [["00:00:00"], ["23:59:59"]],
  datetime: [
    [new Date(0)],
    [new Date("2026-03-29T01:30:00.123Z")],
    [new Date("2026-10-25T00:59:59.999Z")],
    [new Date("9999-12-31T23:59:59.999Z")],
    [new Date("0001-01-01T00:00:00.000Z")],
    [new Date("1969-12-31T23:59:59.999Z")],
  ],
  json: [[{}], [[]], [{ a: [1, "x", null, true, { b: -1.5e10 }], "é\"'\\": "\u2028" }], ["text"], [0], [5], [false], [[[]]]],
  bytes: [[new Uint8Array(0)], [new Uint8Array([0, 1, 255, 92, 39])], [new Uint8Array(100_000).fill(7)]],
  choice: [["a"], ["it's"]],
  duration: [[0], [-1], [2 ** 53 - 1], [-(2 ** 53 - 1)], [86_400_000]],
  ip: [["192.0.2.1"], ["::1"], ["2001:db8::1"], ["255.255.255.255"]],
  texts: [[[]], [["a"]], [["", "NULL", "null", 'a"b', "a\\b", "{a,b}", "a,b", " x ", "\n", "é\u{1F600}", "it's", "%"]], [["t", "t"]]],
  ints: [[[]], [[0, -1, 2_147_483_647, -2_147_483_648]]],
  bigints: [[[2n ** 63n - 1n, -(2n ** 63n), 0n]]],
  decimals: [[["0.00", "-0.01", "999999.99"]]],
  booleans: [[[true, false]]],
  moments: [[[new Date(0), new Date("9999-12-31T23:59:59.999Z")]]],
  floats: [[[0.1, 1e21, -1.5, 3]]],
  days: [[["0001-01-01", "9999-12-31"]]],
  addresses: [[["192.0.2.1", "2001:db8::1"]]],
};
