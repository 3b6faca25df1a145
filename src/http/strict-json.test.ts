import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toStrictJson } from "./strict-json.ts";

const write = (value: unknown): string => toStrictJson(value, (path, reason) => new Error(`value${path} ${reason}`));
const nest = (levels: number): unknown => Array.from({ length: levels }).reduce((inner: unknown) => ({ a: inner }), 1);

describe("toStrictJson()", () => {
  const kept: ReadonlyArray<readonly [value: unknown, json: string]> = [
    [null, "null"],
    ["a", '"a"'],
    [true, "true"],
    [-0.5, "-0.5"],
    [[1, [2]], "[1,[2]]"],
    [{ a: { b: null } }, '{"a":{"b":null}}'],
    [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    [{ a: undefined, b: 1 }, '{"b":1}'],
    [{ toJSON: 1 }, '{"toJSON":1}'],
    [{ a: { toJSON: "x" } }, '{"a":{"toJSON":"x"}}'],
    [nest(64), `${'{"a":'.repeat(64)}1${"}".repeat(64)}`],
  ];
  for (const [value, json] of kept) it(`writes ${json.slice(0, 40)}`, () => assert.equal(write(value), json));

  class Point {
    x = 1;
  }
  const cycle: Record<string, unknown> = {};
  cycle["self"] = cycle;
  const refused: ReadonlyArray<readonly [value: unknown, message: string]> = [
    [undefined, "value is undefined"],
    [[1, undefined], "value[1] is undefined"],
    [1n, "value is a bigint"],
    [{ a: () => 1 }, "value.a is a function"],
    [Symbol("s"), "value is a symbol"],
    [Number.NaN, "value is NaN"],
    [{ a: [Infinity] }, "value.a[0] is Infinity"],
    [new Date(0), "value is an instance of Date; store a plain object"],
    [new Map(), "value is an instance of Map; store a plain object"],
    [{ p: new Point() }, "value.p is an instance of Point; store a plain object"],
    [Object.create({ a: 1 }), "value is an instance of Object; store a plain object"],
    [Object.create(Object.create(null)), "value is an instance of a class; store a plain object"],
    [Object.assign([1], { extra: 2 }), "value is a list with extra properties"],
    [{ [Symbol("s")]: 1 }, "value has a symbol as a key"],
    [{ toJSON: () => 1 }, "value has a method toJSON()"],
    [JSON.parse('{"a":{"__proto__":1}}'), "value.a.__proto__ has a forbidden name"],
    [cycle, "value has more than 64 levels"],
    [nest(65), "value has more than 64 levels"],
  ];
  for (const [value, message] of refused) it(`refuses what ${message}`, () => assert.throws(() => write(value), { message }));
});
