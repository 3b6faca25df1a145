/** Filters from addresses: what is allowed, and nothing else. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { belongsTo, field as f, hasMany, manyToMany, Model } from "../../src/data.ts";
import type { FilterFromOptions } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Writer extends Model("from_writers", {
  id: f.id(),
  name: f.text({ max: 50 }),
  token: f.text({ max: 50, secret: true }),
  works: () => hasMany(Work),
}) {}
class Work extends Model("from_works", {
  id: f.id(),
  title: f.text({ max: 50 }),
  status: f.choice({ draft: "Draft", live: "Live" }, { default: "draft" }),
  pages: f.int({ default: 1 }),
  price: f.decimal({ digits: 8, scale: 2, null: true }),
  weight: f.float({ null: true }),
  views: f.bigint({ default: 0n }),
  isOpen: f.boolean({ default: false }),
  day: f.date({ null: true }),
  made: f.datetime({ default: () => new Date("2026-11-20T10:12:00Z") }),
  meta: f.json<object | null>({ null: true }),
  writer: () => belongsTo(Writer, { null: true }),
  marks: () => manyToMany(Mark),
}) {}
class Mark extends Model("from_marks", { id: f.id(), name: f.text({ max: 50 }), works: () => manyToMany(Work) }) {}

const options: FilterFromOptions<keyof (typeof Work)["$fields"]> = {
  allow: [
    "title",
    "status",
    "pages",
    "price",
    "weight",
    "views",
    "isOpen",
    "day",
    "made",
    "writer",
    "writer.name",
    "marks.name",
    "writerId" as "writer",
  ],
  operators: ["eq", "ne", "in", "notIn", "isNull", "gt", "gte", "lt", "lte", "between", "contains", "istartsWith", "year", "on"],
  ignore: ["page", "sort"],
};

describeOnDatabases("filters from URLs", [Writer, Work, Mark], () => {
  const ask = async (query: string): Promise<string[]> =>
    Work.where(Work.filterFrom(new URLSearchParams(query), options))
      .orderBy("title")
      .pluck("title");

  it("parse values by the types of their fields, through relations, with allowed operators", async () => {
    const ada = await Writer.create({ name: "Ada Lovelace", token: "t" });
    const [red, blue] = await Mark.createMany([{ name: "red" }, { name: "blue" }]);
    const a = await Work.create({
      title: "A",
      status: "live",
      pages: 100,
      price: "9.50",
      weight: 1.5,
      views: 2n ** 60n,
      isOpen: true,
      day: "2026-01-02",
      writer: ada,
    });
    await a.marks.add([red!, blue!]);
    await Work.create({ title: "B, C", pages: 7, made: new Date("2025-01-01T00:00:00Z") });
    await Work.create({ title: "C", pages: 50, writer: ada });
    for (const [query, titles] of [
      ["", ["A", "B, C", "C"]],
      ["page=7&sort=-title&status=", ["A", "B, C", "C"]],
      ["status=live", ["A"]],
      ["status=live&status=draft", ["A", "B, C", "C"]],
      ["status.in=live,draft&pages.lte=50", ["B, C", "C"]],
      ["status.notIn=live", ["B, C", "C"]],
      ["title=B, C", ["B, C"]],
      ["title.contains=C", ["B, C", "C"]],
      ["title.istartsWith=b", ["B, C"]],
      ["pages.gte=50&pages.lt=100", ["C"]],
      ["pages.between=7,50", ["B, C", "C"]],
      ["price=9.5", ["A"]],
      ["price.isNull=true", ["B, C", "C"]],
      ["price.isNull=0", ["A"]],
      ["weight.gt=1.25", ["A"]],
      [`views.gt=${2n ** 60n - 1n}`, ["A"]],
      ["isOpen=true", ["A"]],
      ["isOpen=0", ["B, C", "C"]],
      ["day=2026-01-02", ["A"]],
      ["day.year=2026", ["A"]],
      ["made.lt=2025-06-01", ["B, C"]],
      ["made=2026-11-20T10:12:00Z", ["A", "C"]],
      ["made=2026-11-20T11:12:00.000%2B01:00", ["A", "C"]],
      ["made.on=2025-01-01", ["B, C"]],
      [`writer=${ada.id}`, ["A", "C"]],
      [`writerId.ne=${ada.id}`, ["B, C"]],
      ["writer.isNull=true", ["B, C"]],
      ["writer.name.contains=Love", ["A", "C"]],
      ["marks.name=red", ["A"]],
      ["marks.name=red&marks.name.in=blue", ["A"]],
      ["marks.name=green", []],
    ] as const)
      assert.deepEqual(await ask(query), titles, query);
    assert.deepEqual(await Work.where(Work.filterFrom({ status: "live", pages: ["100", "7"], title: undefined }, options)).pluck("title"), [
      "A",
    ]);
  });

  it("reject everything else with status 400", async () => {
    for (const [query, code, message] of [
      ["id=1", "E_FILTER_UNKNOWN", 'Unknown filter "id".'],
      ["meta=1", "E_FILTER_UNKNOWN", 'Unknown filter "meta".'],
      ["writer.token=t", "E_FILTER_UNKNOWN", 'Unknown filter "writer.token".'],
      ["writer.works.title=x", "E_FILTER_UNKNOWN", 'Unknown filter "writer.works.title".'],
      ["title.endsWith=x", "E_FILTER_UNKNOWN", 'Unknown filter "title.endsWith".'],
      ["title.eq.eq=x", "E_FILTER_UNKNOWN", 'Unknown filter "title.eq.eq".'],
      ["title[ne]=x", "E_FILTER_UNKNOWN", 'Unknown filter "title[ne]".'],
      [".=x", "E_FILTER_UNKNOWN", 'Unknown filter ".".'],
      ["__proto__=x", "E_FILTER_UNKNOWN", 'Unknown filter "__proto__".'],
      ["constructor.name=x", "E_FILTER_UNKNOWN", 'Unknown filter "constructor.name".'],
      ["pages=x", "E_FILTER_VALUE", 'The filter "pages" got "x", expected a whole number.'],
      ["pages=1.5", "E_FILTER_VALUE", 'The filter "pages" got "1.5", expected a whole number.'],
      ["pages.in=1,x", "E_FILTER_VALUE", 'The filter "pages.in" got "x", expected a whole number.'],
      ["pages.gte=1&pages.gte=2", "E_FILTER_VALUE", 'The filter "pages.gte" got 2 values, expected one.'],
      ["pages.between=1", "E_FILTER_VALUE", 'The filter "pages.between" got "1", expected two values separated by a comma.'],
      ["price=1e3", "E_FILTER_VALUE", 'The filter "price" got "1e3", expected a number.'],
      ["weight=NaN", "E_FILTER_VALUE", 'The filter "weight" got "NaN", expected a number.'],
      ["views=99999999999999999999", "E_FILTER_VALUE", 'The filter "views" got "99999999999999999999", expected a whole number.'],
      ["isOpen=yes", "E_FILTER_VALUE", 'The filter "isOpen" got "yes", expected true or false.'],
      [
        "made=2026-02-31T99:00:00Z",
        "E_FILTER_VALUE",
        'The filter "made" got "2026-02-31T99:00:00Z", expected a date and time such as 2026-11-20T10:12:00Z.',
      ],
      ["made=yesterday", "E_FILTER_VALUE", 'The filter "made" got "yesterday", expected a date and time such as 2026-11-20T10:12:00Z.'],
      ["day.year=x", "E_FILTER_VALUE", 'The filter "day.year" got "x", expected a whole number.'],
    ] as const)
      await assert.rejects(async () => ask(query), { code, message, status: 400 }, query);
    // What the field itself refuses is as well known to come from outside.
    await assert.rejects(async () => ask("day=tomorrow"), { code: "E_FILTER_VALUE", status: 400 });
    assert.throws(() => Work.filterFrom({ title: { ne: "x" } as never }, options), { code: "E_FILTER_VALUE", status: 400 });
    assert.throws(() => Work.filterFrom({ title: ["a", "b"] }, { allow: ["title"] }), {
      code: "E_FILTER_UNKNOWN",
      message: 'Unknown filter "title" with several values.',
      fix: 'Write "title".',
    });
  });

  it("have at most 50 conditions", () => {
    class Wide extends Model("from_wide", {
      id: f.id(),
      ...Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`a${index}`, f.int({ null: true })])),
    } as { id: ReturnType<typeof f.id> }) {}
    const allow = Array.from({ length: 51 }, (_, index) => `a${index}`) as unknown as ["id"];
    const ask = (count: number): object => Wide.filterFrom(Object.fromEntries(allow.slice(0, count).map((name) => [name, "1"])), { allow });
    assert.ok(ask(50));
    assert.throws(() => ask(51), { code: "E_FILTER_TOO_MANY", status: 400 });
  });

  it("accept paths to fields with a type that a string can represent, but not to secrets", () => {
    for (const [way, message] of [
      ["nope", /names of fields of Work/],
      ["meta", /with a type that a string can represent/],
      ["marks", /with a type that a string can represent/],
      ["writer.token", /no secret fields, as Writer\.token is/],
      ["title.name", /names of relations of Work before a point/],
      ["__proto__", /names of fields/],
      ["", /names of fields/],
      [5, /names of fields/],
      ["writer.works.writer.works.writer.works.writer.works.title", /at most 8 steps/],
    ] as const)
      assert.throws(() => Work.filterFrom({}, { allow: [way as "title"] }), { code: "E_OPTION_INVALID", message }, String(way));
    assert.doesNotThrow(() => Work.filterFrom({}, { allow: ["writer.works.writer.works.writer.works.writer.name"] }));
    assert.throws(() => Work.filterFrom({}, { allow: [], operators: ["raw" as "eq"] }), { code: "E_OPTION_INVALID", message: /raw/ });
    assert.throws(() => Work.filterFrom({}, { allows: [] } as never), { message: /allows/ });
  });
});
