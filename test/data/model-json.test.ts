/** Schemas of models and JSON: `validate` accepts what the JSON Schema accepts, for every type of column. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { Model } from "../../src/data/model.ts";
import type { AnyColumn } from "../../src/data/schema/column.ts";
import { field as f } from "../../src/data/schema/field.ts";
import { gable, post } from "../../src/index.ts";
import { describeOnDatabases } from "./databases.ts";
import { endValues, Every } from "./every-model.ts";

const refused = Symbol("refused");
const keeps = Symbol("keeps");

/** Strings that carry a value: what comes out, or that they are refused. */
const carried: ReadonlyArray<readonly [name: string, column: AnyColumn, ReadonlyArray<readonly [given: unknown, expected: unknown]>]> = [
  [
    "datetime",
    f.datetime(),
    [
      ["2026-11-20T10:12:01Z", new Date("2026-11-20T10:12:01Z")],
      ["2026-11-20T10:12:01.5+02:00", new Date("2026-11-20T08:12:01.500Z")],
      ["2026-11-20T10:12:01.123Z", new Date("2026-11-20T10:12:01.123Z")],
      ["2026-11-20T10:12:01.123000Z", new Date("2026-11-20T10:12:01.123Z")],
      ["2026-11-20T10:12:01.1234Z", refused],
      ["2026-11-20T10:12:01.0001Z", refused],
      ["2026-11-20T10:12:01.Z", refused],
      ["2026-11-20T10:12Z", refused],
      ["2026-11-20T10:12:01", refused],
      ["2026-11-20 10:12:01Z", refused],
      ["2026-11-20t10:12:01z", refused],
      ["2026-11-20", refused],
      ["2024-02-29T00:00:00Z", new Date("2024-02-29T00:00:00Z")],
      ["2026-02-29T00:00:00Z", refused],
      ["2026-11-20T24:00:00Z", refused],
      ["2016-12-31T23:59:60Z", refused],
      ["2026-11-20T10:12:01+24:00", refused],
      ["0001-01-01T00:00:00Z", new Date("0001-01-01T00:00:00Z")],
      ["0000-12-31T00:00:00Z", refused],
      ["9999-12-31T23:59:59.999Z", new Date("9999-12-31T23:59:59.999Z")],
      ["+10000-01-01T00:00:00Z", refused],
    ],
  ],
  [
    "datetime of whole seconds",
    f.datetime({ precision: 0 }),
    [
      ["2026-11-20T10:12:01.000Z", new Date("2026-11-20T10:12:01Z")],
      ["2026-11-20T10:12:01.500Z", refused],
    ],
  ],
  [
    "bigint",
    f.bigint(),
    [
      ["0", 0n],
      ["-1", -1n],
      ["9223372036854775807", 2n ** 63n - 1n],
      ["9223372036854775808", refused],
      ["8999999999999999999", 8_999_999_999_999_999_999n],
      ["9300000000000000000", refused],
      ["-9223372036854775808", -(2n ** 63n)],
      ["-9223372036854775809", refused],
      ["10000000000000000000", refused],
      ["-0", refused],
      ["007", refused],
      ["+1", refused],
      ["1.0", refused],
      ["1e3", refused],
      ["0x10", refused],
      ["1\n", refused],
    ],
  ],
  [
    "bytes",
    f.bytes(),
    [
      ["", new Uint8Array()],
      ["YQ==", new Uint8Array([97])],
      ["YWI=", new Uint8Array([97, 98])],
      ["+/+/", new Uint8Array([251, 255, 191])],
      ["-_-_", refused],
      ["YQ", refused],
      ["YR==", refused],
      ["YWJ=", refused],
      ["YQ==\n", refused],
      ["YQ==YQ==", refused],
      ["Y", refused],
    ],
  ],
  [
    "bytes of a limit",
    f.bytes({ max: 1 }),
    [
      ["YQ==", new Uint8Array([97])],
      ["YWI=", refused],
    ],
  ],
  [
    "bytes of two",
    f.bytes({ max: 2 }),
    [
      ["YWI=", new Uint8Array([97, 98])],
      ["YWJj", refused],
    ],
  ],
  [
    "bytes of three",
    f.bytes({ max: 3 }),
    [
      ["YWJj", new Uint8Array([97, 98, 99])],
      ["YWJjZA==", refused],
    ],
  ],
  [
    "list of bigints",
    f.array(f.bigint()),
    [
      [
        ["1", "-2"],
        [1n, -2n],
      ],
      [[1], refused],
      ["1", refused],
      [["1", null], refused],
    ],
  ],
  [
    "list of datetimes",
    f.array(f.datetime(), { max: 1 }),
    [
      [["2026-11-20T10:12:01Z"], [new Date("2026-11-20T10:12:01Z")]],
      [["x"], refused],
    ],
  ],
];

/** The other types take JSON as it is: the value that comes out, `keeps` for the same one. */
const plain: typeof carried = [
  [
    "id",
    f.int({ min: 1 }),
    [
      [1, keeps],
      [0, refused],
      [1.5, refused],
    ],
  ],
  [
    "uuid",
    f.uuid(),
    [
      ["0190163d-8694-739b-aea5-966c26f8ad91", keeps],
      ["urn:uuid:0190163d-8694-739b-aea5-966c26f8ad91", refused],
    ],
  ],
  [
    "text",
    f.text({ max: 3 }),
    [
      ["abc", keeps],
      ["\u{1F600}".repeat(3), keeps],
      ["abcd", refused],
      ["", refused],
    ],
  ],
  ["blank text", f.text({ blank: true }), [["", keeps]]],
  [
    "slug",
    f.slug(),
    [
      ["a-b", keeps],
      ["a b", refused],
      ["", refused],
    ],
  ],
  [
    "email",
    f.email(),
    [
      ["a@example.com", keeps],
      ["a@example", refused],
    ],
  ],
  [
    "url",
    f.url(),
    [
      ["https://example.com", keeps],
      ["ftp://example.com", refused],
      ["", refused],
    ],
  ],
  [
    "int",
    f.int(),
    [
      [2_147_483_647, keeps],
      [2_147_483_648, refused],
      ["5", refused],
    ],
  ],
  [
    "float",
    f.float(),
    [
      [1.5, keeps],
      ["1.5", refused],
    ],
  ],
  [
    "decimal",
    f.decimal({ digits: 5, scale: 2 }),
    [
      ["999.99", keeps],
      ["01.5", "1.50"],
      ["1.500", "1.50"],
      ["1.234", refused],
      ["1000", refused],
      ["1.", refused],
      ["", refused],
      [1.5, refused],
    ],
  ],
  [
    "whole decimal",
    f.decimal({ digits: 3, scale: 0 }),
    [
      ["999", keeps],
      ["7.0", "7"],
      ["7.5", refused],
      ["1000", refused],
    ],
  ],
  [
    "boolean",
    f.boolean(),
    [
      [true, keeps],
      ["true", refused],
      [1, refused],
    ],
  ],
  [
    "date",
    f.date(),
    [
      ["2024-02-29", keeps],
      ["2023-02-29", refused],
      ["0000-01-01", refused],
    ],
  ],
  [
    "time",
    f.time(),
    [
      ["10:12:00", keeps],
      ["10:12", "10:12:00"],
      ["24:00", refused],
      ["10:12:60", refused],
    ],
  ],
  [
    "json",
    f.json<unknown>(),
    [
      [{ a: ["2026-11-20T10:12:01Z"] }, keeps],
      ["5", keeps],
      [false, keeps],
    ],
  ],
  [
    "choice",
    f.choice({ a: "A" }),
    [
      ["a", keeps],
      ["b", refused],
    ],
  ],
  [
    "duration",
    f.duration(),
    [
      [Number.MAX_SAFE_INTEGER, keeps],
      [2 ** 53, refused],
    ],
  ],
  [
    "ip",
    f.ip(),
    [
      ["192.0.2.1", keeps],
      ["x", refused],
    ],
  ],
  [
    "file",
    f.file(),
    [
      ["covers/a.png", keeps],
      ["../a", refused],
      ["", refused],
    ],
  ],
];

/** Values of all kinds, for every column. */
const kinds: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e300,
  "",
  " ",
  "x",
  "5",
  "null",
  "\u{1F600}",
  [],
  [null],
  [[]],
  {},
  { a: 1 },
];

const every = [...carried, ...plain];
const compile = (schema: object): ((value: unknown) => boolean) => formats.default(new Ajv2020({ strict: false })).compile(schema);

describe("Model.schema() takes JSON", () => {
  for (const [name, column, cases] of every) {
    const schema = class Sample extends Model("samples", { id: f.id(), it: column }) {}.schema({ for: "create", pick: ["it"] });
    const accepts = compile(schema.toJsonSchema());
    const read = async (given: unknown): Promise<unknown> => {
      const result = await schema["~standard"].validate({ it: given });
      return result.issues === undefined ? (result.value as Record<string, unknown>)["it"] : refused;
    };
    it(`of ${name}, as its JSON Schema says`, async () => {
      for (const [given, expected] of cases) {
        assert.deepEqual(await read(given), expected === keeps ? given : expected, JSON.stringify(given));
        assert.equal(accepts({ it: given }), expected !== refused, JSON.stringify(given));
      }
      const others = [...kinds, ...every.flatMap(([, , list]) => list.map(([given]) => given))];
      for (const given of others) assert.equal(accepts({ it: given }), (await read(given)) !== refused, JSON.stringify(given));
    });
  }

  it("and the values of JavaScript", async () => {
    class Sample extends Model("samples", { id: f.id(), at: f.datetime(), big: f.bigint(), data: f.bytes() }) {}
    const values = { at: new Date(5), big: 5n, data: new Uint8Array([1]) };
    const { validate } = Sample.schema({ for: "create" })["~standard"];
    assert.deepEqual(await validate(values), { value: values });
    for (const wrong of [{ at: 5 }, { big: 5 }, { data: [1] }, { at: new Date(NaN) }, { big: 2n ** 63n }])
      assert.notEqual((await validate({ ...values, ...wrong })).issues, undefined);
  });
  it("with the limits of a column, which a JSON Schema cannot say of strings", async () => {
    class Sample extends Model("samples", { id: f.id(), big: f.bigint({ min: 5n, max: 7n }), at: f.datetime() }) {}
    const { validate } = Sample.schema({ for: "update" })["~standard"];
    assert.deepEqual(await validate({ big: "4" }), { issues: [{ message: "Give at least 5.", path: ["big"] }] });
    assert.deepEqual(await validate({ big: "8" }), { issues: [{ message: "Give at most 7.", path: ["big"] }] });
    for (const at of ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"])
      assert.deepEqual(await validate({ at }), { issues: [{ message: "Give a valid date and time.", path: ["at"] }] });
  });
  it("of a route", async () => {
    class Sample extends Model("samples", { id: f.id(), at: f.datetime(), big: f.bigint(), data: f.bytes() }) {}
    const app = gable({
      routes: [
        post("/", { json: Sample.schema({ for: "create" }) }, ({ json }) => [json.at.getTime(), json.big + 1n, json.data.length].join(" ")),
      ],
    });
    const body = JSON.stringify({ at: "1970-01-01T00:00:00.005Z", big: "9007199254740993", data: "AAE=" });
    const reply = await app.fetch(
      new Request("http://localhost/", { method: "POST", body, headers: { "content-type": "application/json" } }),
    );
    assert.equal(await reply.text(), "5 9007199254740994 2");
  });
});

describeOnDatabases("rows as JSON", [Every], () => {
  it("are input for a new row, with the same values", async () => {
    const schema = Every.schema({ for: "create" });
    const accepts = compile(schema.toJsonSchema());
    const columns = schema.fields.map(({ name }) => name);
    for (const [name, values] of Object.entries(endValues))
      for (const [value] of values) {
        const { id } = await Every.create({ [name]: value });
        const row = await Every.get(id);
        const text = JSON.stringify(row);
        const given = Object.fromEntries(Object.entries(JSON.parse(text) as object).filter(([key]) => columns.includes(key)));
        const result = await schema["~standard"].validate(given);
        assert.ok(result.issues === undefined, `${name}: ${JSON.stringify(result.issues)}`);
        assert.ok(accepts(given), name);
        const again = await Every.create(result.value as never);
        assert.deepEqual((await Every.get(again.id)).toJSON()[name], row.toJSON()[name], name);
      }
  });
});
