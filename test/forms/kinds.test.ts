/** Values of programs: each kind of JSON under each type of field, and rows of sets that do not fit their count. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gable, post } from "gable";
import { belongsTo, field as c, hasMany, Model } from "gable/data";
import { field as f, form, inlineSet, modelForm } from "gable/forms";
import { createTestClient } from "gable/testing";
import { describeOnDatabases } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";

type AnyField = Parameters<typeof form>[0][string];

/** Values by kind. Each type says which of them it takes; it refuses all others. */
const kinds = {
  text: "a",
  number: 5,
  true: true,
  "an empty list": [],
  "a list of text": ["a"],
  "a list of two texts": ["a", "b"],
  "a list of numbers": [5],
  "a list of null": [null],
  "a list of lists": [["a"]],
  "a list of objects": [{ a: "x" }],
  "a list of objects without text": [{ toString: 1 }],
  "an empty object": {},
  "an object": { a: "x" },
  "an object without text": { toString: 1, valueOf: 1 },
  "an object like a file": { fileName: "a", sizeBytes: 5, type: "text/plain" },
} as const;

type Kind = keyof typeof kinds;

const objects: readonly Kind[] = ["an empty object", "an object", "an object without text", "an object like a file"];
const lists = Object.keys(kinds).filter((kind) => kind.includes("list")) as Kind[]; // The names of kinds.
const optional = { optional: true } as const;

/** The value that a kind gives, by type of field. Numbers and booleans are read as their text. */
const taken: Readonly<Record<string, readonly [AnyField, Readonly<Partial<Record<Kind, unknown>>>]>> = {
  text: [f.text(optional), { text: "a", number: "5", true: "true" }],
  password: [f.password(optional), { text: "a", number: "5", true: "true" }],
  email: [f.email(optional), {}],
  url: [f.url(optional), { text: "https://a", number: "https://5", true: "https://true" }],
  slug: [f.slug(optional), { text: "a", number: "5", true: "true" }],
  uuid: [f.uuid(optional), {}],
  color: [f.color(optional), {}],
  tel: [f.tel(optional), {}],
  int: [f.int(optional), { number: 5 }],
  bigint: [f.bigint(optional), { number: 5n }],
  number: [f.number(optional), { number: 5 }],
  decimal: [f.decimal({ digits: 5, scale: 2, ...optional }), { number: "5.00" }],
  boolean: [f.boolean(), { true: true }],
  "boolean with unknown": [f.boolean({ unknown: true, ...optional }), { true: true }],
  choice: [f.choice({ a: "A", 5: "Five" }, optional), { text: "a", number: "5" }],
  choices: [
    f.choices({ a: "A", b: "B" }, optional),
    { text: ["a"], "an empty list": [], "a list of text": ["a"], "a list of two texts": ["a", "b"] },
  ],
  date: [f.date(optional), {}],
  time: [f.time(optional), {}],
  datetime: [f.datetime(optional), {}],
  json: [f.json(optional), Object.fromEntries([...lists, ...objects, "number", "true"].map((kind) => [kind, kinds[kind as Kind]]))],
  list: [
    c.array(c.text({ max: 50 }), { null: true }),
    {
      text: ["a"],
      number: ["5"],
      true: ["true"],
      "an empty list": null,
      "a list of text": ["a"],
      "a list of two texts": ["a", "b"],
      "a list of numbers": ["5"],
    },
  ],
  group: [
    f.group({ a: f.text(optional) }, optional),
    { "an object": { a: "x" }, "an empty object": null, "an object without text": null, "an object like a file": null },
  ],
  file: [f.file(optional), {}],
  files: [f.files(optional), { "an empty list": [] }],
};

const orderForm = form({
  name: f.text(),
  lines: f.set({ product: f.text({ max: 100 }), amount: f.int({ min: 1 }), tags: f.choices({ a: "A" }, optional) }, { max: 3 }),
});

describe("kinds of JSON", () => {
  for (const [name, [field, values]] of Object.entries(taken))
    it(`are taken or refused by ${name}, in a form and in the row of a set`, async () => {
      const single = form({ value: field });
      const inRow = form({ rows: f.set({ name: f.text(), value: field }) });
      for (const [kind, value] of Object.entries(kinds)) {
        const isTaken = Object.hasOwn(values, kind);
        const expected = values[kind as Kind]; // A key of the same record.
        const parsed = await single.parse({ value });
        const row = await inRow.parse({ rows: [{ name: "x", value }] });
        assert.deepEqual([parsed.valid, row.valid], [isTaken, isTaken], kind);
        if (parsed.valid) assert.deepEqual(parsed.data.value, expected, kind);
        if (row.valid) assert.deepEqual(row.data.rows[0]!.value, expected, kind);
        if (parsed.valid) continue;
        assert.deepEqual([parsed.errors().length, parsed.errors()[0]!.field], [1, "value"], kind);
        assert.deepEqual([row.errors().length, row.errors()[0]!.field], [1, "rows.0.value"], kind);
        // Such a row is not a blank one, which would be left out.
        assert.equal((await inRow.parse({ rows: [{ value }] })).valid, false, kind);
        assert.doesNotMatch(String(parsed.render()), /object Object/);
      }
    });

  it("refuse rows that are not objects, and lines that a list cannot hold", async () => {
    const tea = { product: "Tea", amount: 2 };
    for (const lines of [["Tea"], [5, true, ["Tea", 2]], [tea, "Milk"], [null], [tea, undefined], [[]], "Tea", { 0: tea }, 5, [""]]) {
      const sent = await orderForm.parse({ name: "Ada", lines });
      assert.deepEqual(
        sent.errors().map(({ field, code, message }) => [field, code, message]),
        [["lines", "invalid", "Send a list of objects, one for each entry."]],
        JSON.stringify(lines),
      );
    }
    const words = form({ words: c.array(c.text({ max: 50 })) });
    assert.equal((await words.parse({ words: ["a\nb"] })).errors()[0]?.code, "invalid");
    const client = createTestClient(
      gable({
        mode: "production",
        logger: silentLogger,
        routes: [post("/", { json: orderForm }, ({ json }) => ({ count: json.lines.length }))],
      }),
    );
    const refused = await client.post("/", { json: { name: "Ada", lines: [tea, "Milk"] } });
    assert.deepEqual(
      [refused.status, refused.json<{ errors: Array<{ path: string; code: string }> }>().errors.map(({ path, code }) => [path, code])],
      [422, [["lines", "E_INVALID"]]],
    );
    assert.deepEqual((await client.post("/", { json: { name: "Ada", lines: [tea, tea] } })).json(), { count: 2 });
  });
});

describe("counts of rows", () => {
  const filled = { "lines.0.product": "Tea", "lines.0.amount": "2" };
  const late = { "lines.1.product": "Milk", "lines.1.amount": "3" };
  const table: ReadonlyArray<readonly [what: string, pairs: Readonly<Record<string, string>>, code: string, rows: number]> = [
    ["fits", { "lines.count": "1", ...filled }, "", 1],
    ["is at the limit", { "lines.count": "3", ...filled }, "", 1],
    ["is one above the limit", { "lines.count": "4", ...filled }, "set_many", 0],
    ["has 9 digits", { "lines.count": "999999999", ...filled }, "set_many", 0],
    ["has 20 digits", { "lines.count": "99999999999999999999", ...filled }, "set_many", 0],
    ["has 400 digits", { "lines.count": "9".repeat(400), ...filled }, "set_many", 0],
    ...[" 1", "1 ", "1.0", "1e0", "-1", "+1", "zz", "", "\u0661", "0x1"].map(
      (count) => [`is ${JSON.stringify(count)}`, { "lines.count": count, ...filled }, "set_count", 0] as const,
    ),
    ["is malformed without rows", { "lines.count": "zz" }, "set_count", 0],
    ["is missing with a row", filled, "set_count", 0],
    ["is missing without rows", {}, "", 0],
    ["is missing with a blank row", { "lines.0.product": " ", "lines.0.amount": "" }, "", 0],
    ["is 0 with a row", { "lines.count": "0", ...filled }, "set_count", 0],
    ["leaves a row out", { "lines.count": "1", ...filled, ...late }, "set_count", 0],
    ["leaves a blank row out", { "lines.count": "1", ...filled, "lines.1.product": "" }, "", 1],
    ["leaves a row beyond the limit out", { "lines.count": "1", ...filled, "lines.7.product": "x" }, "set_count", 0],
    ["leaves out a row of an unknown name", { "lines.count": "1", ...filled, "lines.1.other": "x" }, "", 1],
  ];
  for (const [what, pairs, code, rows] of table)
    it(`lose no row when the count ${what}`, async () => {
      const sent = await orderForm.parse(new URLSearchParams({ name: "Ada", ...pairs }));
      assert.deepEqual(
        sent.errors().map(({ field, code: broken }) => `${field} ${broken}`),
        code === "" ? [] : [`lines ${code}`],
      );
      if (sent.valid) assert.equal(sent.data.lines.length, rows);
      assert.doesNotMatch(String(sent.errors()[0]?.message), /Infinity|[{}]/);
      // The rows are shown again, so that nobody has to type them twice.
      if (code === "set_count" && "lines.0.product" in pairs) assert.equal(sent.value("lines.0.product"), "Tea");
      if (code === "set_count" && "lines.1.product" in pairs) assert.equal(sent.value("lines.1.product"), "Milk");
    });

  it("keep the rows of a broken count when one more is asked for", async () => {
    const sent = await orderForm.parse(new URLSearchParams({ "lines.count": "zz", ...filled, "lines.add": "1" }));
    assert.deepEqual([sent.valid, sent.status, sent.value("lines.0.product"), sent.fields.lines.rows.length], [false, 200, "Tea", 2]);
  });
});

class Order extends Model("form_kind_orders", { id: c.id(), name: c.text({ max: 20 }), lines: () => hasMany(Line) }) {}
class Line extends Model("form_kind_lines", { id: c.id(), product: c.text({ max: 20 }), order: () => belongsTo(Order) }) {}
const relationForm = form({ of: f.relation(Order, { optional: true }), parts: f.relations(Line, { optional: true }) });
const storedForm = modelForm(Order, { fields: ["name"], sets: { lines: inlineSet(Line, { fields: ["product"] }) } });

describeOnDatabases("rows of programs", [Order, Line], () => {
  it("are deleted by true only, and refused under ids that are not keys", async () => {
    const order = await Order.create({ name: "Ada" });
    const line = await Line.create({ product: "Tea", order });
    const save = async (row: object): Promise<string> => {
      const sent = await storedForm.parse({ name: "Ada", lines: [row] });
      const saved = sent.valid && (await sent.saveTo(await Order.get(order.id)));
      const products = (await Line.where().orderBy("id")).map(({ product }) => product).join(" ");
      return saved ? products : `${sent.errors().map(({ field, code }) => `${field} ${code}`)}: ${products}`;
    };
    assert.equal(await save({ id: line.id, product: "Milk", delete: false }), "Milk");
    assert.equal(await save({ id: line.id, product: "Salt", delete: null }), "Salt");
    assert.equal(await save({ id: {}, product: "x" }), "lines invalid: Salt");
    assert.equal(await save({ id: [line.id], product: "x" }), "lines invalid: Salt");
    assert.equal(await save({ id: line.id, delete: {} }), "lines invalid: Salt");
    assert.equal(await save({ id: null, product: "New" }), "Salt New");
    assert.equal(await save({ id: line.id, delete: true }), "New");
  });

  it("are found by keys only, not by what JSON has instead of them", async () => {
    for (const odd of [{}, { toString: 1 }, { id: {} }, { id: { toString: 1 } }, { id: null }, ["1"], []])
      for (const [name, value] of Object.entries({ of: odd, parts: [odd] })) {
        const sent = await relationForm.parse({ [name]: value });
        assert.deepEqual(
          sent.errors().map(({ field, code }) => `${field} ${code}`),
          [`${name} relation`],
          JSON.stringify(odd),
        );
      }
    assert.equal((await relationForm.parse({ parts: [null] })).valid, false);
    for (const count of [{}, { toString: 1 }]) assert.equal((await orderForm.parse({ name: "Ada", "lines.count": count })).valid, false);
  });

  it("are left as they are by a count that leaves them out", async () => {
    const order = await Order.create({ name: "Ada" });
    const line = await Line.create({ product: "Tea", order });
    for (const count of ["0", "zz", "99999999999999999999"]) {
      const sent = await storedForm.parse(
        new URLSearchParams({ name: "Eve", "lines.count": count, "lines.0.id": String(line.id), "lines.0.product": "Milk" }),
      );
      assert.equal(sent.valid, false, count);
    }
    // A stored row belongs to the page also when its fields are blank.
    const blank = await storedForm.parse(new URLSearchParams({ name: "Eve", "lines.count": "0", "lines.0.id": String(line.id) }));
    assert.equal(blank.valid, false);
  });
});
