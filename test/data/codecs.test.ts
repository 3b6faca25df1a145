/** Values of every type at their ends: what goes into a database comes back equal, whichever way it is read. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { Model } from "../../src/data/model.ts";
import { field as f } from "../../src/data/schema/field.ts";
import { belongsTo, hasMany } from "../../src/data/schema/relation.ts";
import { describeOnDatabases } from "./databases.ts";

class Every extends Model("every", {
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
  parent: () => belongsTo(Every, { null: true, onDelete: "set null" }),
  children: () => hasMany(Every, { by: "parent" }),
}) {}

/** Values at the ends of their types, each with what comes back when that is not the same. */
const values: Readonly<Record<string, ReadonlyArray<readonly [value: unknown, back?: unknown]>>> = {
  uuid: [["0190163d-8694-739b-aea5-966c26f8ad91"], ["FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "ffffffff-ffff-ffff-ffff-ffffffffffff"]],
  text: [[""], ["\u{1F600} é 'x' \"y\" %_\\ {a,b} \r\n\t$1 ?"], ["x".repeat(100_000)], ["\u{10FFFF}"], ["NULL"], ["\\x41"]],
  slug: [["a-b_C"]],
  email: [["a@example.com"]],
  url: [["https://example.com/?a=b"]],
  int: [[0], [-2_147_483_648], [2_147_483_647], [-0, 0]],
  bigint: [[0n], [2n ** 53n + 1n], [2n ** 53n - 1n], [2n ** 63n - 1n], [-(2n ** 63n)]],
  float: [[0], [-0, 0], [0.1], [5e-324], [1.7976931348623157e308], [-1.5], [2 ** 53 + 2], [1e21]],
  decimal: [["0", "0.0000"], ["-0.0001"], ["99999999999.9999"], ["-99999999999.9999"], ["12.5", "12.5000"], ["-0", "0.0000"]],
  boolean: [[true], [false]],
  date: [["0001-01-01"], ["9999-12-31"], ["2024-02-29"]],
  time: [["00:00:00"], ["23:59:59"], ["10:12", "10:12:00"]],
  datetime: [
    [new Date(0)],
    [new Date("2026-03-29T01:30:00.001Z")],
    [new Date("2026-10-25T00:59:59.999Z")],
    [new Date("9999-12-31T23:59:59.999Z")],
    [new Date("0001-01-01T00:00:00.000Z")],
    [new Date("1969-12-31T23:59:59.999Z")],
  ],
  json: [[{}], [[]], [{ a: [1, "x", null, true, { b: -1.5e10 }], "é\"'\\": "\u2028" }], ["text"], [5], [false], [[[]]]],
  bytes: [[new Uint8Array(0)], [new Uint8Array([0, 255, 92, 39])], [new Uint8Array(100_000).fill(7)]],
  choice: [["a"], ["it's"]],
};

describeOnDatabases("values", [Every], () => {
  for (const [name, list] of Object.entries(values)) {
    it(`of the type ${name} come back equal: as rows, values, lists, by relations, by filters, by aggregates`, async () => {
      for (const [value, ...rest] of [...list, [null] as const]) {
        const expected = rest.length === 0 ? value : rest[0];
        const made = (await Every.create({ [name]: value } as never)) as unknown as Record<string, unknown> & {
          id: number;
          save: () => Promise<unknown>;
        };
        assert.deepEqual(made[name], expected);
        const row = (await Every.get(made.id)) as unknown as typeof made;
        assert.deepEqual(row[name], expected);
        assert.equal(Object.is(row[name], -0), false);
        assert.deepEqual(await Every.where({ id: made.id }).pluck(name as "text"), [expected]);
        assert.deepEqual(await Every.where({ id: made.id }).select({ [name]: true } as never), [{ [name]: expected }]);
        const child = await Every.create({ parent: made.id });
        assert.deepEqual(((await (await Every.get(child.id)).parent) as unknown as typeof made)[name], expected);
        if (name === "json") continue;
        assert.equal(await Every.where({ id: made.id, [name]: value } as never).count(), 1);
        assert.equal(await Every.where({ id: made.id, [name]: { in: [value] } } as never).count(), 1);
        // Not every database has the least of every type.
        if (name !== "boolean" && name !== "uuid" && name !== "bytes")
          assert.deepEqual(await Every.where({ id: made.id }).aggregate((each) => ({ least: each[name as "text"].min() })), {
            least: expected,
          });
        // What was read is not taken for changed.
        await row.save();
      }
    });
  }
});
