/** Schemas of models: strict for JSON, and reading the strings of forms and queries. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Model } from "../../src/data/model.ts";
import type { AnyColumn } from "../../src/data/schema/column.ts";
import { field as f } from "../../src/data/schema/field.ts";
import { gable, post, get } from "../../src/index.ts";
import { Every } from "./every-model.ts";

/** An error stands for any message. */
const refused = Symbol("refused");
const uuid = "0190163D-8694-739B-AEA5-966C26F8AD91";

/** What JSON gives and what a form gives: the values that come out, or that they are refused. */
const columns: Readonly<
  Record<
    string,
    readonly [column: AnyColumn, json: ReadonlyArray<readonly [unknown, unknown]>, texts: ReadonlyArray<readonly [unknown, unknown]>]
  >
> = {
  int: [
    f.int(),
    [
      [5, 5],
      ["5", refused],
      [1.5, refused],
      [2_147_483_648, refused],
      [true, refused],
    ],
    [
      ["5", 5],
      [" 5 ", 5],
      ["-0", 0],
      ["005", 5],
      ["1.5", refused],
      ["1e3", refused],
      ["0x10", refused],
      ["٥", refused],
      ["2147483647", 2_147_483_647],
      ["2147483648", refused],
      ["", refused],
      ["Infinity", refused],
      [["5", "6"], refused],
      [["5"], 5],
    ],
  ],
  duration: [
    f.duration(),
    [
      [5, 5],
      ["5", refused],
    ],
    [
      ["9007199254740991", 9_007_199_254_740_991],
      ["9007199254740992", refused],
      ["9007199254740990.9", refused],
    ],
  ],
  bigint: [
    f.bigint(),
    [
      [5, refused],
      ["5", 5n],
      [5n, 5n],
    ],
    [
      ["9223372036854775807", 2n ** 63n - 1n],
      ["9223372036854775808", refused],
      ["-9223372036854775808", -(2n ** 63n)],
      ["1n", refused],
      ["", refused],
      ["9".repeat(10_000), refused],
    ],
  ],
  float: [
    f.float(),
    [
      [1.5, 1.5],
      ["1.5", refused],
    ],
    [
      ["1.5", 1.5],
      [".5", 0.5],
      ["1e3", 1000],
      ["-0", 0],
      ["1e999", refused],
      ["NaN", refused],
      ["1,5", refused],
      ["1.", refused],
      ["0x10", refused],
    ],
  ],
  decimal: [
    f.decimal({ digits: 5, scale: 2 }),
    [
      ["1.5", "1.50"],
      [1.5, refused],
    ],
    [
      ["1.5", "1.50"],
      ["999.99", "999.99"],
      ["1000", refused],
      ["1.234", refused],
      ["1e2", refused],
      ["", refused],
    ],
  ],
  boolean: [
    f.boolean(),
    [
      [true, true],
      ["on", refused],
      [1, refused],
      ["true", refused],
    ],
    [
      ["on", true],
      ["true", true],
      ["1", true],
      ["yes", true],
      ["off", false],
      ["0", false],
      ["", false],
      [undefined, false],
      ["maybe", refused],
      [["", "on"], true],
      [["on", "off"], refused],
    ],
  ],
  text: [
    f.text({ max: 3 }),
    [
      ["abc", "abc"],
      [5, refused],
      ["abcd", refused],
      ["", refused],
    ],
    [
      [" abc ", "abc"],
      ["a\r\nb", "a\nb"],
      ["abcd", refused],
      ["", refused],
      ["  ", refused],
      ["a\0", refused],
    ],
  ],
  blank: [
    f.text({ blank: true }),
    [["", ""]],
    [
      ["", ""],
      [" ", ""],
    ],
  ],
  secret: [
    f.text({ secret: true }),
    [[" a ", " a "]],
    [
      [" a ", " a "],
      ["", refused],
    ],
  ],
  slug: [
    f.slug(),
    [["a-b", "a-b"]],
    [
      ["a-b", "a-b"],
      ["a b", refused],
    ],
  ],
  email: [
    f.email(),
    [["a@example.com", "a@example.com"]],
    [
      [" a@example.com", "a@example.com"],
      ["a", refused],
    ],
  ],
  url: [
    f.url({ null: true }),
    [
      ["https://example.com", "https://example.com"],
      ["", refused],
      [null, null],
    ],
    [
      ["", null],
      ["https://example.com", "https://example.com"],
      ["javascript:alert(1)", refused],
    ],
  ],
  uuid: [
    f.uuid(),
    [[uuid, uuid.toLowerCase()]],
    [
      [uuid, uuid.toLowerCase()],
      ["1", refused],
    ],
  ],
  date: [
    f.date(),
    [["2024-02-29", "2024-02-29"]],
    [
      ["2024-02-29", "2024-02-29"],
      ["2023-02-29", refused],
      ["0000-01-01", refused],
      ["29.2.2024", refused],
    ],
  ],
  time: [
    f.time(),
    [["10:12", "10:12:00"]],
    [
      ["10:12", "10:12:00"],
      ["24:00", refused],
    ],
  ],
  datetime: [
    f.datetime(),
    [
      ["2026-11-20T10:12:00Z", new Date("2026-11-20T10:12:00Z")],
      ["2026-11-20T10:12Z", refused],
      [new Date(5), new Date(5)],
      [5, refused],
    ],
    [
      ["2026-11-20T10:12Z", new Date("2026-11-20T10:12:00Z")],
      ["2026-11-20 10:12:01.5+02:00", new Date("2026-11-20T08:12:01.500Z")],
      ["2026-11-20T10:12", refused],
      ["2026-02-30T10:12Z", refused],
      ["2026-11-20T24:00Z", refused],
      ["9999-12-31T23:59-01:00", refused],
      ["0001-01-01T00:00+01:00", refused],
      ["1", refused],
      ["", refused],
    ],
  ],
  json: [
    f.json<unknown>(),
    [
      [{ a: 1 }, { a: 1 }],
      ["5", "5"],
    ],
    [
      ['{"a":1}', { a: 1 }],
      ["5", 5],
      ['"5"', "5"],
      ["null", refused],
      ["{a}", refused],
      ['{"__proto__":1}', refused],
      ['{"\\u005f_proto__":1}', refused],
      ["[".repeat(64) + "]".repeat(64), JSON.parse("[".repeat(64) + "]".repeat(64))],
      ["[".repeat(65) + "]".repeat(65), refused],
    ],
  ],
  bytes: [
    f.bytes(),
    [
      ["YQ==", new Uint8Array([97])],
      [new Uint8Array(1), new Uint8Array(1)],
    ],
    [["YQ==", refused]],
  ],
  ip: [
    f.ip(),
    [["192.0.2.1", "192.0.2.1"]],
    [
      ["2001:DB8:0::1", "2001:db8::1"],
      ["1", refused],
    ],
  ],
  file: [
    f.file(),
    [["covers/a.png", "covers/a.png"]],
    [
      ["covers/a.png", "covers/a.png"],
      ["../a", refused],
    ],
  ],
  choice: [
    f.choice({ a: "A", b: "B" }),
    [
      ["a", "a"],
      ["c", refused],
    ],
    [
      ["a", "a"],
      ["toString", refused],
      ["", refused],
      [" a", refused],
    ],
  ],
  ints: [
    f.array(f.int(), { max: 2 }),
    [
      [
        [1, 2],
        [1, 2],
      ],
      [["1"], refused],
      ["1", refused],
    ],
    [
      ["1", [1]],
      [
        ["1", "2"],
        [1, 2],
      ],
      [
        ["1", "", "2"],
        [1, 2],
      ],
      [["1", "2", "3"], refused],
      [["1", "x"], refused],
      [undefined, []],
      ["", []],
    ],
  ],
  moments: [
    f.array(f.datetime(), { null: true }),
    [[null, null]],
    [
      ["", null],
      ["2026-11-20T10:12Z", [new Date("2026-11-20T10:12:00Z")]],
      ["2026-11-20", refused],
    ],
  ],
  id: [
    f.int({ default: 7 }),
    [
      [5, 5],
      [undefined, undefined],
    ],
    [
      ["5", 5],
      ["", undefined],
      [undefined, undefined],
    ],
  ],
};

describe("Model.schema()", () => {
  const outcome = (result: { readonly value?: unknown; readonly issues?: unknown }): unknown =>
    result.issues === undefined ? (result.value as Record<string, unknown>)["it"] : refused;

  for (const [name, [it_, json, texts]] of Object.entries(columns)) {
    const schema = class Sample extends Model("samples", { id: f.id(), it: it_ }) {}.schema({ for: "create", pick: ["it"] });
    it(`of ${name} is strict for JSON`, async () => {
      for (const [given, expected] of json)
        assert.deepEqual(outcome(await schema["~standard"].validate({ it: given })), expected, String(given));
    });
    it(`of ${name} reads strings`, async () => {
      for (const [given, expected] of texts)
        assert.deepEqual(outcome(await schema.validateText({ it: given })), expected, JSON.stringify(given)?.slice(0, 80));
    });
  }

  it("has a case for every type of column", () => {
    const known = new Set<string>([...Object.values(columns).map(([column]) => column.type), "id"]);
    assert.deepEqual(
      [...Every.$meta.fields.values()].map(({ type }) => type).filter((type) => !known.has(type)),
      [],
    );
  });

  class Ride extends Model("rides", {
    id: f.id(),
    minutes: f.int(),
    ok: f.boolean({ default: true }),
    sure: f.boolean({ null: true }),
    url: f.url({ null: true }),
    count: f.int({ default: 3 }),
  }) {}

  it("reports the problem of each field in one answer", async () => {
    assert.deepEqual(await Ride.schema({ for: "create" }).validateText({ minutes: "x", ok: ["on", "off"], count: "y", nope: "" }), {
      issues: [
        { message: "The model has no such field.", path: ["nope"] },
        { message: "Give one value.", path: ["ok"] },
        { message: "Give a whole number of at most 10 digits.", path: ["minutes"] },
        { message: "Give a whole number of at most 10 digits.", path: ["count"] },
      ],
    });
  });
  it("of an update changes nothing for a field that is missing", async () => {
    const schema = Ride.schema({ for: "update" });
    assert.deepEqual(await schema.validateText({}), { value: {} });
    assert.deepEqual(await schema.validateText({ ok: "", sure: "", url: "" }), { value: { ok: false, sure: null, url: null } });
    assert.deepEqual(await schema.validateText({ count: "" }), { issues: [{ message: "This is needed.", path: ["count"] }] });
  });
  it("for reading needs every field", async () => {
    const schema = Ride.schema({ for: "read", pick: ["id", "count", "url"], omit: ["url"] });
    assert.deepEqual(await schema["~standard"].validate({ id: 1, count: 2 }), { value: { id: 1, count: 2 } });
    assert.deepEqual(await schema["~standard"].validate({ count: 2 }), {
      issues: [{ message: "This is needed.", path: ["id"] }],
    });
  });
  it("reads the form and the query of a route, and not its JSON", async () => {
    const schema = Ride.schema({ for: "create" });
    const app = gable({
      routes: [
        post("/form", { form: schema }, ({ form }) =>
          Response.json(form.valid ? form.data : form.errors().map(({ field, message }) => ({ field, message }))),
        ),
        get("/query", { query: Ride.schema({ for: "update" }) }, ({ query }) => Response.json(query)),
        post("/json", { json: schema }, ({ json }) => Response.json(json)),
      ],
    });
    const send = async (path: string, init?: RequestInit): Promise<unknown> =>
      (await app.fetch(new Request(`http://localhost${path}`, init))).json();
    const form = (body: string): RequestInit => ({
      method: "POST",
      body,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    assert.deepEqual(await send("/form", form("minutes=5&ok=on&url=")), { minutes: 5, ok: true, url: null });
    assert.deepEqual(await send("/form", form("minutes=5")), { minutes: 5, ok: false });
    assert.deepEqual(await send("/form", form("minutes=5&minutes=6&ok=maybe")), [
      { field: "minutes", message: "Give one value." },
      { field: "ok", message: "Choose yes or no." },
    ]);
    assert.deepEqual(await send("/query?minutes=5&ok=0"), { minutes: 5, ok: false });
    const json = (body: unknown): RequestInit => ({
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
    assert.deepEqual(await send("/json", json({ minutes: 5 })), { minutes: 5 });
    assert.match(JSON.stringify(await send("/json", json({ minutes: "5" }))), /Give a whole number/);
  });
});
