import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeOnDatabases } from "../../../test/data/databases.ts";
import { Author, Book, models } from "../../../test/data/library-models.ts";
import { Tag } from "../../../test/data/tag-model.ts";
import { Model } from "../model.ts";
import { field as f } from "../schema/field.ts";
import { belongsTo, hasMany } from "../schema/relation.ts";
import { and, not, or, skip } from "./filter.ts";
import type { Condition } from "../schema/expression-types.ts";
import type { Insert, Refs, Where } from "./query-types.ts";

/** A table with every type, required and nullable. */
class Item extends Model("items", {
  id: f.id(),
  text: f.text({ null: true, blank: true }),
  word: f.text({ max: 20 }),
  int: f.int({ null: true }),
  size: f.int({ default: 0 }),
  big: f.bigint({ null: true }),
  float: f.float({ null: true }),
  price: f.decimal({ digits: 8, scale: 2, null: true }),
  isGood: f.boolean({ null: true }),
  day: f.date({ null: true }),
  time: f.time({ null: true }),
  moment: f.datetime({ null: true }),
  data: f.json<unknown>({ null: true }),
  bytes: f.bytes({ null: true }),
  kind: f.choice({ a: "A", b: "B" }, { null: true }),
  uuid: f.uuid({ null: true }),
  password: f.text({ secret: true, null: true }),
  parent: () => belongsTo(Item, { null: true, onDelete: "set null" }),
  children: () => hasMany(Item, { by: "parent" }),
}) {}

const [uuidA, uuidB] = ["0190163d-8694-739b-aea5-966c26f8ad91", "f190163d-8694-739b-aea5-966c26f8ad91"];
const rows: ReadonlyArray<Insert<typeof Item>> = [
  {
    word: "Alpha",
    text: "50%_off \\ now",
    int: 1,
    size: 1,
    big: 2n ** 53n + 1n,
    float: 0.5,
    price: "1.10",
    isGood: true,
    kind: "a",
    uuid: uuidA,
    password: "x",
  },
  { word: "beta", text: "Straße ÄÖ", int: 2, size: 5, big: -1n, float: -1.25, price: "10.00", isGood: false, kind: "b", parent: 1 },
  {
    word: "Gamma",
    text: "",
    int: 3,
    size: 9,
    day: "2026-02-28",
    time: "10:30:00",
    moment: new Date("2026-02-28T23:30:00.123Z"),
    parent: 1,
  },
  {
    word: "alphabet",
    int: 3,
    size: 9,
    day: "2025-12-31",
    time: "00:00:00",
    moment: new Date("2026-03-01T00:00:00Z"),
    bytes: new Uint8Array([1, 0, 255]),
    parent: 2,
  },
  {
    word: "x",
    data: { lang: "en", tags: ["a", "b"], n: 1, t: "1", yes: true, no: null, 'we"ird.$[0]': "k", deep: { er: [{ x: 5 }] } },
    uuid: uuidB,
  },
  { word: "y", data: [1, "two"], bytes: new Uint8Array(0), text: "alpha" },
];

const cases: ReadonlyArray<
  readonly [where: Where<typeof Item>, ids: readonly number[], callback?: (item: Refs<typeof Item>) => Condition]
> = [
  // Equality.
  [{ word: "Alpha" }, [1], (item) => item.word.eq("Alpha")],
  [{ word: "alpha" }, []],
  [{ int: { eq: 3 } }, [3, 4], (item) => item.int.eq(3)],
  [{ int: null }, [5, 6], (item) => item.int.isNull()],
  [{ int: { isNull: false } }, [1, 2, 3, 4], (item) => item.int.isNotNull()],
  [{ int: { ne: 3 } }, [1, 2, 5, 6], (item) => item.int.ne(3)],
  [{ size: { ne: 9 } }, [1, 2, 5, 6], (item) => item.size.ne(9)],
  [{ int: { ne: null } }, [1, 2, 3, 4]],
  [{ int: { eq: null } }, [5, 6]],
  [{ word: { isNull: true } }, []],
  [{ big: 2n ** 53n + 1n }, [1], (item) => item.big.eq(2n ** 53n + 1n)],
  [{ price: "10" }, [2], (item) => item.price.eq("10.00")],
  [{ isGood: true }, [1], (item) => item.isGood.eq(true)],
  [{ isGood: { ne: true } }, [2, 3, 4, 5, 6], (item) => item.isGood.ne(true)],
  [{ kind: "b" }, [2], (item) => item.kind.eq("b")],
  [{ uuid: uuidA.toUpperCase() }, [1]],
  [{ bytes: new Uint8Array([1, 0, 255]) }, [4]],
  [{ bytes: new Uint8Array(0) }, [6]],
  [{ moment: new Date("2026-03-01T00:00:00Z") }, [4], (item) => item.moment.eq(new Date("2026-03-01T00:00:00Z"))],
  [{ time: "10:30" }, [3]],
  [{ text: "" }, [3]],
  // Order.
  [{ int: { gt: 1, lt: 3 } }, [2], (item) => item.int.gt(1).and(item.int.lt(3))],
  [{ int: { gte: 2 } }, [2, 3, 4], (item) => item.int.gte(2)],
  [{ int: { lte: 1.5 } }, [1], (item) => item.int.lte(1.5)],
  [{ int: { between: [2, 3] } }, [2, 3, 4], (item) => item.int.between(2, 3)],
  [{ float: { gt: -2, lt: 0.25 } }, [2]],
  [{ price: { gt: "9.99" } }, [2], (item) => item.price.gt("9.99")],
  [{ big: { lt: 0n } }, [2]],
  [{ day: { gt: "2025-12-31" } }, [3]],
  [{ time: { lt: "10:00:00" } }, [4]],
  [{ moment: { lt: new Date("2026-03-01T00:00:00Z") } }, [3]],
  [{ int: { gt: 3_000_000_000 } }, []],
  [{ int: 1e15 }, []],
  // Lists.
  [{ int: { in: [1, 3] } }, [1, 3, 4], (item) => item.int.in([1, 3])],
  [{ int: { in: [] } }, [], (item) => item.int.in([])],
  [{ int: { in: [1, null] } }, [1, 5, 6], (item) => item.int.in([1, null])],
  [{ int: { notIn: [1, 3] } }, [2, 5, 6], (item) => item.int.notIn([1, 3])],
  [{ size: { notIn: [9] } }, [1, 2, 5, 6]],
  [{ int: { notIn: [] } }, [1, 2, 3, 4, 5, 6]],
  [{ int: { notIn: [1, null] } }, [2, 3, 4]],
  [{ word: { in: ["x", "y", `"'\\`] } }, [5, 6]],
  [{ big: { in: [2n ** 53n + 1n, 2n ** 53n] } }, [1]],
  [{ price: { in: ["1.1", "10"] } }, [1, 2]],
  [{ bytes: { in: [new Uint8Array([1, 0, 255]), new Uint8Array(0)] } }, [4, 6]],
  [{ moment: { in: [new Date("2026-03-01T00:00:00Z")] } }, [4]],
  [{ uuid: { in: [uuidB] } }, [5]],
  [{ isGood: { in: [true, null] } }, [1, 3, 4, 5, 6]],
  // Strings. Nothing in them is a pattern.
  [{ word: { contains: "a" } }, [1, 2, 3, 4], (item) => item.word.contains("a")],
  [{ text: { contains: "%_" } }, [1], (item) => item.text.contains("%_")],
  [{ text: { contains: "0%o" } }, []],
  [{ text: { contains: "\\" } }, [1]],
  [{ text: { contains: "" } }, [1, 2, 3, 6]],
  [{ word: { startsWith: "Alph" } }, [1], (item) => item.word.startsWith("Alph")],
  [{ word: { startsWith: "" } }, [1, 2, 3, 4, 5, 6]],
  [{ text: { startsWith: "50%" } }, [1]],
  [{ text: { startsWith: "5_" } }, []],
  [{ word: { endsWith: "ta" } }, [2], (item) => item.word.endsWith("ta")],
  [{ word: { endsWith: "alphabetx" } }, []],
  [{ word: { endsWith: "" } }, [1, 2, 3, 4, 5, 6]],
  [{ text: { ieq: "STRASSE äö" } }, []],
  [{ text: { ieq: "STRAßE äö" } }, [2], (item) => item.text.ieq("straße ÄÖ")],
  [{ word: { icontains: "ALPHA" } }, [1, 4], (item) => item.word.icontains("ALPHA")],
  [{ word: { istartsWith: "ALPHA" } }, [1, 4], (item) => item.word.istartsWith("ALPHA")],
  [{ word: { iendsWith: "BET" } }, [4], (item) => item.word.iendsWith("BET")],
  [{ text: { iendsWith: "äö" } }, [2]],
  // Parts of days and datetimes, in UTC.
  [{ day: { year: 2026 } }, [3], (item) => item.day.year().eq(2026)],
  [{ moment: { year: 2026 } }, [3, 4], (item) => item.moment.year().eq(2026)],
  [{ moment: { year: { lt: 2026 } } }, []],
  [{ moment: { month: 2 } }, [3], (item) => item.moment.month().eq(2)],
  [{ moment: { day: 1 } }, [4], (item) => item.moment.day().eq(1)],
  // 2026-02-28 is a Saturday, 2026-03-01 a Sunday.
  [{ moment: { weekDay: { gte: 6 } } }, [3, 4], (item) => item.moment.weekDay().gte(6)],
  [{ day: { weekDay: 3 } }, [4], (item) => item.day.weekDay().eq(3)],
  [{ moment: { hour: 23 } }, [3], (item) => item.moment.hour().eq(23)],
  [{ moment: { on: "2026-02-28" } }, [3], (item) => item.moment.date().eq("2026-02-28")],
  // JSON. A missing key, null in it and no value are three things.
  [{ data: { path: ["lang"], eq: "en" } }, [5], (item) => item.data.at("lang").eq("en")],
  [{ data: { path: ["lang"], ne: "en" } }, [1, 2, 3, 4, 6]],
  [{ data: { path: ["n"], eq: 1 } }, [5]],
  [{ data: { path: ["n"], eq: "1" } }, []],
  [{ data: { path: ["t"], eq: 1 } }, []],
  [{ data: { path: ["t"], eq: "1" } }, [5]],
  [{ data: { path: ["yes"], eq: true } }, [5], (item) => item.data.at("yes").eq("true")],
  [{ data: { path: ["n"], eq: true } }, []],
  [{ data: { path: ["no"], eq: null } }, [5]],
  [{ data: { path: ["none"], eq: null } }, []],
  [{ data: { path: ["no"], exists: true } }, [5]],
  [{ data: { path: ["none"], exists: false } }, [1, 2, 3, 4, 5, 6]],
  [{ data: { path: ["n"], gt: 0, lte: 1 } }, [5]],
  [{ data: { path: ["lang"], gt: 0 } }, []],
  [{ data: { path: ["lang"], in: ["de", "en"] } }, [5]],
  [{ data: { path: ["tags", 1], eq: "b" } }, [5], (item) => item.data.at("tags", 1).eq("b")],
  [{ data: { path: ["tags", -1], eq: "b" } }, [5]],
  [{ data: { path: [1], eq: "two" } }, [6]],
  [{ data: { path: ['we"ird.$[0]'], eq: "k" } }, [5]],
  [{ data: { path: ["deep", "er", 0, "x"], eq: 5 } }, [5]],
  [{ data: null }, [1, 2, 3, 4]],
  [{ data: { isNull: false } }, [5, 6], (item) => item.data.isNotNull()],
  // Relations to one row.
  [{ parent: 1 }, [2, 3], (item) => item.parent.eq(1)],
  [{ parentId: { gte: 2 } }, [4], (item) => item.parentId.gte(2)],
  [{ parent: null }, [1, 5, 6], (item) => item.parent.isNull()],
  [{ parent: { word: "Alpha" } }, [2, 3], (item) => item.parent.word.eq("Alpha")],
  [{ parent: { parent: { id: 1 } } }, [4], (item) => item.parent.parent.id.eq(1)],
  // A missing row does not match the filter.
  [{ parent: { text: { ne: "x" } } }, [2, 3, 4]],
  [{ parent: { day: null } }, [2, 3, 4]],
  [{ [or]: [{ parent: { word: "beta" } }, { int: 1 }] }, [1, 4]],
  [{ [not]: { parent: { word: "Alpha" } } }, [1, 4, 5, 6]],
  // Relations to many rows.
  [{ children: { some: { int: 3 } } }, [1, 2], (item) => item.children.some((child) => child.int.eq(3))],
  [{ children: { none: { int: 3 } } }, [3, 4, 5, 6], (item) => item.children.none((child) => child.int.eq(3))],
  [{ children: { every: { int: 3 } } }, [2, 3, 4, 5, 6], (item) => item.children.every((child) => child.int.eq(3))],
  [{ children: { some: {} } }, [1, 2], (item) => item.children.some()],
  [{ children: { none: {} } }, [3, 4, 5, 6], (item) => item.children.count().eq(0)],
  [{ children: { some: { int: 2 }, none: { int: 9 } } }, [1]],
  [{ children: { some: { children: { some: {} } } } }, [1]],
  // Structure.
  [{ int: 3, size: 9, [not]: { time: "00:00" } }, [3]],
  [{ [or]: [{ int: 1 }, { int: 2 }], [and]: [{ size: { gt: 1 } }] }, [2], (item) => item.int.eq(1).or(item.int.eq(2)).and(item.size.gt(1))],
  [{ [or]: [] }, []],
  [{ [and]: [] }, [1, 2, 3, 4, 5, 6]],
  [{ [not]: { int: { gt: 1 } } }, [1, 5, 6], (item) => item.int.gt(1).not()],
  [{ [not]: { [not]: { int: { gt: 1 } } } }, [2, 3, 4]],
  [{ [or]: [{ int: { gt: 2 } }, { [not]: { size: 0 } }] }, [1, 2, 3, 4]],
  // What is left out.
  [{ int: skip, word: "x" }, [5]],
  [{ int: { gt: skip, lt: 2 } }, [1]],
  [{ [or]: [skip, { int: 1 }] }, [1]],
  [{}, [1, 2, 3, 4, 5, 6]],
];

describeOnDatabases("filters", [Item], () => {
  const idsOf = async (query: PromiseLike<ReadonlyArray<{ id: number }>>): Promise<number[]> =>
    (await query).map(({ id }) => id).sort((a, b) => a - b);
  const all = [1, 2, 3, 4, 5, 6];

  it("find the rows of each case, and exclude() finds exactly the others", async () => {
    for (const row of rows) await Item.create(row);
    for (const [where, ids, callback] of cases) {
      const what = `${JSON.stringify(where, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value))} ${String(callback ?? "")}`;
      assert.deepEqual(await idsOf(Item.where(where)), ids, what);
      assert.deepEqual(
        await idsOf(Item.exclude(where)),
        all.filter((id) => !ids.includes(id)),
        `exclude ${what}`,
      );
      assert.equal(await Item.where(where).count(), ids.length, what);
      assert.equal(await Item.where(where).exists(), ids.length > 0, what);
      if (callback === undefined) continue;
      assert.deepEqual(await idsOf(Item.where(callback)), ids, what);
      assert.deepEqual(
        await idsOf(Item.exclude(callback)),
        all.filter((id) => !ids.includes(id)),
        `exclude ${what}`,
      );
    }
  });

  it("accept queries as lists, including columns with null values", async () => {
    for (const row of rows) await Item.create(row);
    assert.deepEqual(await idsOf(Item.where({ id: { in: Item.where({ int: 3 }).pluck("id") } })), [3, 4]);
    assert.deepEqual(await idsOf(Item.where({ id: { notIn: Item.where({ int: 3 }).pluck("id") } })), [1, 2, 5, 6]);
    assert.deepEqual(await idsOf(Item.where({ id: { in: Item.where().pluck("parentId") } })), [1, 2]);
    assert.deepEqual(await idsOf(Item.where({ id: { notIn: Item.where().pluck("parentId") } })), [3, 4, 5, 6]);
    assert.deepEqual(await idsOf(Item.where((item) => item.id.in(Item.orderBy("-id").limit(2).pluck("id")))), [5, 6]);
  });

  it("accept rows and keys for relations", async () => {
    for (const row of rows) await Item.create(row);
    const first = await Item.get(1);
    assert.deepEqual(await idsOf(Item.where({ parent: first })), [2, 3]);
    assert.deepEqual(await idsOf(Item.where((item) => item.parent.eq(first))), [2, 3]);
  });
});

describe("invalid filters", () => {
  const wrong: ReadonlyArray<[what: string, run: () => unknown, code: string, message: RegExp]> = [
    ["undefined", () => Item.where({ word: undefined as never }), "E_FILTER_UNDEFINED", /^where\.word is undefined\.$/],
    [
      "undefined further down",
      () => Item.where({ parent: { word: { eq: undefined as never } } }),
      "E_FILTER_UNDEFINED",
      /^where\.parent\.word\.eq is undefined\.$/,
    ],
    [
      "undefined in a list",
      () => Item.where({ int: { in: [1, undefined as never] } }),
      "E_FILTER_UNDEFINED",
      /^where\.int\.in\[1\] is undefined\.$/,
    ],
    ["undefined as a whole", () => Item.where(undefined as never), "E_FILTER_UNDEFINED", /^where is undefined\.$/],
    [
      "undefined in a callback",
      () => Item.where((item) => item.int.eq(undefined as never)),
      "E_FILTER_UNDEFINED",
      /Item\.int eq\(\) is undefined/,
    ],
    ["an unknown field", () => Item.where({ wrod: "x" } as never), "E_FILTER_UNKNOWN", /^where\.wrod: Item has no field "wrod"\.$/],
    [
      "an unknown field further down",
      () => Item.where({ parent: { [or]: [{ nope: 1 }] } } as never),
      "E_FILTER_UNKNOWN",
      /^where\.parent\[or\]\[0\]\.nope/,
    ],
    ["an unknown operator", () => Item.where({ int: { gtt: 1 } } as never), "E_FILTER_UNKNOWN", /^where\.int has no operator "gtt"\.$/],
    ["an operator of another type", () => Item.where({ int: { contains: "1" } } as never), "E_FILTER_UNKNOWN", /"contains"/],
    [
      "an unknown quantifier of a relation",
      () => Item.where({ children: { any: {} } } as never),
      "E_FILTER_UNKNOWN",
      /relation to many rows/,
    ],
    ["a filter without a quantifier", () => Item.where({ children: { int: 1 } } as never), "E_FILTER_UNKNOWN", /"int"/],
    ["an empty relation", () => Item.where({ children: {} }), "E_FILTER_VALUE", /empty object/],
    ["an empty condition", () => Item.where({ int: {} }), "E_FILTER_VALUE", /^where\.int is an empty object/],
    [
      "an object as a value",
      () => Item.where({ word: { eq: { a: 1 } } } as never),
      "E_FILTER_VALUE",
      /^where\.word\.eq has the type text, but got an object/,
    ],
    ["a list as a value", () => Item.where({ int: [1, 2] } as never), "E_FILTER_VALUE", /^where\.int got an array of 2\.$/],
    ["a string for a number", () => Item.where({ int: "1" } as never), "E_FILTER_VALUE", /type int, but got "1"/],
    ["no number", () => Item.where({ int: Number.NaN }), "E_FILTER_VALUE", /NaN/],
    ["a number for a string", () => Item.where({ word: 1 } as never), "E_FILTER_VALUE", /type text/],
    ["a number for a whole number of 64 bits", () => Item.where({ big: 1 } as never), "E_FILTER_VALUE", /bigint/],
    ["a string that no database stores", () => Item.where({ word: "a\0b" }), "E_FILTER_VALUE", /text/],
    ["half of a character", () => Item.where({ word: "\ud800" }), "E_FILTER_VALUE", /text/],
    ["an invalid day", () => Item.where({ day: "2026-13-01" }), "E_FILTER_VALUE", /type date/],
    ["an invalid date", () => Item.where({ moment: new Date(Number.NaN) }), "E_FILTER_VALUE", /datetime/],
    [
      "null for an ordered comparison",
      () => Item.where({ int: { gt: null as never } }),
      "E_FILTER_VALUE",
      /null, which cannot be compared/,
    ],
    ["null to search for", () => Item.where({ word: { contains: null as never } }), "E_FILTER_VALUE", /expects a string/],
    ["one end", () => Item.where({ int: { between: [1] as never } }), "E_FILTER_VALUE", /two values/],
    ["a string for a boolean", () => Item.where({ int: { isNull: "yes" as never } }), "E_FILTER_VALUE", /true or false/],
    ["JSON without a path", () => Item.where({ data: { eq: 1 } }), "E_FILTER_VALUE", /^where\.data is JSON, but got an object/],
    ["JSON that compares nothing", () => Item.where({ data: { path: ["a"] } }), "E_FILTER_VALUE", /compares nothing/],
    [
      "an unknown operator of JSON",
      () => Item.where({ data: { path: ["a"], like: "x" } } as never),
      "E_FILTER_UNKNOWN",
      /does not support this operator/,
    ],
    ["an object in JSON", () => Item.where({ data: { path: ["a"], eq: {} } } as never), "E_FILTER_VALUE", /string, a number|an object/],
    ["undefined in JSON", () => Item.where({ data: { path: ["a"], eq: undefined as never } }), "E_FILTER_UNDEFINED", /where\.data\.eq/],
    ["a class instance", () => Item.where(new Map() as never), "E_FILTER_VALUE", /Map/],
    ["a string as a filter", () => Item.where("1 = 1" as never), "E_FILTER_VALUE", /"1 = 1"/],
    [
      "another model's row",
      () => Item.where({ parent: Object.create(Book.prototype) as never }),
      "E_FILTER_VALUE",
      /got a Book, but needs a Item/,
    ],
    ["a secret that is searched", () => Item.where({ password: { ne: "" } }), "E_FILTER_SECRET", /where\.password/],
    [
      "a secret of another type, without showing it",
      () => Item.where({ password: 12345 } as never),
      "E_FILTER_VALUE",
      /got a value that is secret\.$/,
    ],
    ["a secret in a list", () => Item.where({ password: { in: ["x"] } }), "E_FILTER_SECRET", /where\.password/],
    ["an unknown symbol", () => Item.where({ [Symbol("or")]: [] } as never), "E_FILTER_UNKNOWN", /\[or\]/],
    ["a combination that is not a list", () => Item.where({ [or]: {} } as never), "E_FILTER_UNKNOWN", /\[or\]/],
    ["a query of several columns", () => Item.where({ id: { in: Item.where() as never } }), "E_FILTER_VALUE", /query of all columns/],
    ["a value that is not a list", () => Item.where({ id: { in: "1" as never } }), "E_FILTER_VALUE", /"1"/],
    ["many rows as a value", () => Item.where((item) => item.children.int.eq(1)), "E_EXPRESSION_MANY", /Item\.children has many rows/],
    [
      "a method of another type",
      () => Item.where((item) => (item.int as never as { contains: (text: string) => Condition }).contains("1")),
      "E_EXPRESSION_TYPE",
      /Item\.int is of the type int/,
    ],
    [
      "JSON as a value",
      () => Item.where((item) => (item.data as never as { eq: (value: unknown) => Condition }).eq(1)),
      "E_EXPRESSION_TYPE",
      /JSON/,
    ],
    ["a callback without a condition", () => Item.where(() => true as never), "E_EXPRESSION_TYPE", /Expected a condition/],
    [
      "a field of no name in a callback",
      () => Item.where((item) => (item as never as Record<string, { eq: (value: unknown) => Condition }>)["wrod"]!.eq(1)),
      "E_FIELD_UNKNOWN",
      /Item has no field "wrod"/,
    ],
  ];
  for (const [what, run, code, message] of wrong) {
    it(`refuse ${what}: ${code}`, () => {
      assert.throws(run, { code, message });
    });
  }

  it("fail with 400 for a string that no row can contain, and with 500 for a value of another type", () => {
    for (const filter of [{ word: "a\0" }, { word: { contains: "\ud800" } }, { price: "12,5" }, { word: { in: ["a", "\0"] } }])
      assert.throws(() => Item.where(filter), { code: "E_FILTER_VALUE", status: 400, expose: false });
    assert.throws(() => Item.where({ int: "1" } as never), { code: "E_FILTER_VALUE", status: 500 });
    assert.throws(() => Item.where({ word: 1 } as never), { code: "E_FILTER_VALUE", status: 500 });
  });

  it("reject names of the language, and operators of other tools", () => {
    for (const key of [
      "__proto__",
      "constructor",
      "toString",
      "$or",
      "AND",
      "OR",
      "_connector",
      "raw",
      "and",
      "or",
      "not",
      "hasOwnProperty",
    ]) {
      const filter: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      Object.defineProperty(filter, key, { value: { gt: "" }, enumerable: true });
      assert.throws(() => Item.where(filter as never), { code: "E_FILTER_UNKNOWN" }, key);
      assert.throws(() => Item.where({ word: filter } as never), { code: "E_FILTER_UNKNOWN" }, key);
    }
    assert.throws(() => Item.where(JSON.parse('{"__proto__": {"gt": ""}}') as never), { code: "E_FILTER_UNKNOWN" });
  });

  it("accept lists of 10,000 values and filters of 32 levels, and no more", () => {
    const list = Array.from({ length: 10_000 }, (_, index) => index);
    assert.doesNotThrow(() => Item.where({ int: { in: list } }));
    assert.throws(() => Item.where({ int: { in: [...list, 1] } }), {
      code: "E_FILTER_TOO_MANY",
      message: /10001 values; the maximum is 10000/,
    });
    const nest = (depth: number): Where<typeof Item> => (depth === 0 ? { int: 1 } : { [not]: nest(depth - 1) });
    assert.doesNotThrow(() => Item.where(nest(32)));
    assert.throws(() => Item.where(nest(33)), { code: "E_FILTER_DEPTH" });
  });
});

describeOnDatabases("filters over several tables", models, (open) => {
  it("share one join per path, and use a separate subquery for each to-many relation", async () => {
    const { statements } = open();
    const [first, second] = [await Author.create({ name: "A" }), await Author.create({ name: "B", status: "retired" })];
    const [ts, sql] = [await Tag.create({ name: "ts" }), await Tag.create({ name: "sql" })];
    const one = await Book.create({ title: "One", price: "1", meta: { lang: "en" }, author: first });
    const two = await Book.create({ title: "Two", price: "1", meta: { lang: "en" }, author: second });
    await one.tags.add([ts, sql]);
    await two.tags.add(ts);
    statements.length = 0;
    const found = await Book.where({
      author: { status: "active", name: { startsWith: "A" } },
      [or]: [{ author: { id: first.id } }, { author: { name: "B" } }],
    });
    assert.deepEqual(
      found.map(({ title }) => title),
      ["One"],
    );
    assert.equal(statements[0]!.match(/ JOIN /g)?.length, 1);
    // Both tags match, on two rows of the relation: two conditions may match two rows.
    assert.deepEqual(
      (await Book.where({ tags: { some: { name: "ts" } } }).where({ tags: { some: { name: "sql" } } })).map(({ title }) => title),
      ["One"],
    );
    assert.deepEqual(
      (await Book.where({ tags: { every: { name: "ts" } } })).map(({ title }) => title),
      ["Two"],
    );
    assert.deepEqual(
      (await Author.where({ books: { some: { tags: { some: { name: "sql" } } } } })).map(({ name }) => name),
      ["A"],
    );
    assert.deepEqual((await Author.where({ profile: null })).length, 2);
    assert.deepEqual(
      (await Tag.where((tag) => tag.books.price.sum().gt("1.5"))).map(({ name }) => name),
      ["ts"],
    );
  });
});
