/** Expressions, cursors and conditions of tables in their rarer forms: the same on every database. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { belongsTo, createDatabase, cases, field as f, hasMany, Model, now, sql, when } from "../../src/data.ts";
import type { ExpressionOf, Refs } from "../../src/data.ts";
import { describeModels } from "../../src/data/sql/model-state.ts";
import { op } from "../../src/data/migrations/state/operation.ts";
import { writeCondition } from "../../src/data/sql/write-condition.ts";
import { openText, sealText } from "../../src/data/run/cursor-seal.ts";
import { sqlite } from "../../src/data/sql/sqlite/dialect.ts";
import { describeOnDatabases } from "./databases.ts";

class Owner extends Model("expr_owners", { id: f.id(), name: f.text({ max: 20 }), items: () => hasMany(Item, { orderBy: "-size" }) }) {}
class Cell extends Model(
  "expr_cells",
  { row: f.int(), column: f.int(), text: f.text({ max: 20 }) },
  { primary: ["row", "column"], search: { index: ["text"] }, checks: { small: (cell) => cell.row.lt(100) } },
) {}
class Item extends Model(
  "expr_items",
  {
    id: f.id(),
    name: f.text({ max: 40, blank: true }),
    size: f.int(),
    big: f.bigint({ null: true }),
    weight: f.float({ null: true }),
    price: f.decimal({ digits: 8, scale: 2, null: true }),
    isNew: f.boolean({ default: false }),
    at: f.time({ null: true }),
    made: f.datetime({ null: true }),
    data: f.bytes({ max: 20, null: true }),
    meta: f.json<unknown>({ null: true }),
    owner: () => belongsTo(Owner, { null: true }),
    parent: () => belongsTo(Item, { null: true }),
    parts: () => hasMany(Item, { by: "parent" }),
  },
  {
    checks: {
      always: () => sql`1 = 1`,
      whole: (item) => item.size.sub(1).abs().gte(0),
      json: (item) => item.meta.isNull().or(item.meta.at("a", 0).isNull()).or(item.meta.hasKey("a")),
      kind: (item) =>
        cases([item.size.gt(5), item.name], [item.size.lt(0), "none"])
          .else("x")
          .ne("forbidden"),
      open: (item) => when(item.size.gt(5), item.name).end().isNotNull().or(item.size.lte(5)),
      present: (item) => item.size.isNotNull(),
      named: () => sql`${sql.identifier("size")} > -1000`,
      priced: (item) => item.price.isNull().or(item.price.add("1.00").gt("-99")),
      folded: (item) => item.size.between(-1000, 1000).and(item.name.in(["bad"]).not()),
    },
  },
) {}

describeOnDatabases("expressions", [Owner, Item, Cell], (open) => {
  beforeEach(async () => {
    const owner = await Owner.create({ name: "A" });
    const first = await Item.create({
      name: "  Ab cd ",
      size: -7,
      big: -5n,
      weight: -7.5,
      price: "7.50",
      at: "13:05:00",
      made: new Date("2026-03-04T05:06:07Z"),
      data: new Uint8Array([1, 2]),
      owner,
    });
    await Item.create({ name: "second", size: 8, parent: first, isNew: true, meta: { a: [1] } });
  });
  const one = async <Value>(pick: (item: never) => ExpressionOf<Value>): Promise<Value> =>
    (await Item.where({ size: -7 }).values((item) => ({ value: pick(item as never) as never })))[0]!.value as Value;

  it("calculate as on every other database", async () => {
    const get = (pick: (item: Refs<typeof Item>) => unknown): Promise<unknown> => one(pick as never);
    assert.equal(await get((item) => item.size.sub(3)), -10);
    assert.equal(await get((item) => item.size.abs()), 7);
    assert.equal(await get((item) => item.weight.ceil()), -7);
    assert.equal(await get((item) => item.weight.floor()), -8);
    assert.equal(await get((item) => item.weight.mod(2)), -1.5);
    assert.equal(await get((item) => item.price.mod("2.00" as never)), "1.50");
    assert.equal(await get((item) => item.size.mod(4)), -3);
    assert.equal(await get((item) => item.weight.div(2)), -3.75);
    assert.equal(await get((item) => item.price.div("4.00" as never)), "1.88");
    assert.equal(await get((item) => item.size.div(2)), -3);
    assert.equal(await get((item) => item.size.div(0)), null);
    assert.equal(await get((item) => item.size.round()), -7);
    assert.equal(await get((item) => item.weight.round(0)), -8);
    assert.equal(await get((item) => item.big.add(1)), -4n);
    assert.equal(await get((item) => item.size.add(item.weight as never)), -14.5);
    assert.equal(await get((item) => item.name.trim()), "Ab cd");
    assert.equal(await get((item) => item.name.substring(3)), "Ab cd ");
    assert.equal(await get((item) => item.name.substring(3, 2)), "Ab");
    assert.equal(await get((item) => item.at.hour()), 13);
    assert.equal(await get((item) => item.made.hour()), 5);
    assert.equal(await get((item) => item.price.nullIf("7.50")), null);
    assert.equal(await get((item) => item.weight.avg()), -7.5);
    assert.deepEqual(
      await Item.aggregate((item) => ({ mean: item.size.avg(), each: item.size.avg({ distinct: true }), count: item.weight.count() })),
      {
        mean: 0.5,
        each: 0.5,
        count: 1,
      },
    );
  });

  it("accept values of every type as operands", async () => {
    const moment = new Date("2026-01-02T03:04:05.678Z");
    const [row] = await Item.where({ size: 8 }).values(() => ({
      a: when(sql`1 = 1`, 5).else(6),
      b: when(sql`1 = 1`, 1.5).else(2),
      c: when(sql`1 = 1`, 5n).else(6n),
      d: when(sql`1 = 1`, true).else(false),
      e: when(sql`1 = 1`, moment).else(moment),
      f: when(sql`1 = 1`, "x").else("y"),
      g: when(sql`1 = 0`, new Uint8Array([1])).end(),
      h: sql<number>`${1} + ${2}`,
      i: now(),
    }));
    const { h, i, ...rest } = row!;
    assert.deepEqual(rest, { a: 5, b: 1.5, c: 5n, d: true, e: moment, f: "x", g: null });
    assert.equal(Number(h), 3);
    assert.equal(i instanceof Date, true);
  });

  it("compare with expressions in both forms of filters, and with null", async () => {
    const sizes = (query: PromiseLike<Array<{ size: number }>>): Promise<number[]> =>
      Promise.resolve(query).then((rows) => rows.map(({ size }) => size).sort());
    assert.deepEqual(await sizes(Item.where({ size: { gt: sql<number>`3 + 4` as never } })), [8]);
    assert.deepEqual(await sizes(Item.where({ size: sql<number>`4 + 4` as never })), [8]);
    assert.deepEqual(await sizes(Item.where(sql`1 = 1` as never)), [-7, 8]);
    assert.deepEqual(await sizes(Item.where((item) => item.weight.eq(null as never))), [8]);
    assert.deepEqual(await sizes(Item.where((item) => item.weight.ne(null as never))), [-7]);
    assert.deepEqual(await sizes(Item.where((item) => item.weight.ne(item.price as never))), [-7]);
    assert.deepEqual(await sizes(Item.where((item) => item.name.startsWith("\u{10FFFF}"))), []);
    assert.deepEqual(await sizes(Item.where((item) => item.name.startsWith("\uD7FF"))), []);
    assert.deepEqual(await sizes(Item.where((item) => item.isNew)), [8]);
    assert.deepEqual(await sizes(Item.where((item) => item.size.between(-10, item.size as never))), [-7, 8]);
    assert.deepEqual(await sizes(Item.where((item) => item.owner.name.eq("A"))), [-7]);
    assert.equal(await Item.find(1.5 as never), undefined);
    assert.equal(await Item.find(-1 as never), undefined);
    await assert.rejects(async () => Item.where({ meta: 5 as never }), { code: "E_FILTER_VALUE" });
    await assert.rejects(async () => Item.where({ meta: { path: ["a"], gt: true as never } }), { code: "E_FILTER_VALUE" });
    await assert.rejects(async () => Item.where({ made: { within: 5 as never } }), { code: "E_FILTER_VALUE" });
  });

  it("work in unusual places", async () => {
    await Cell.createMany([1, 2, 3].map((column) => ({ row: 1, column, text: `cell ${column}` })));
    assert.equal(await Cell.orderBy("-column").limit(2).update({ text: "late" }), 2);
    assert.deepEqual(
      (await Cell.orderBy("column")).map(({ text }) => text),
      ["cell 1", "late", "late"],
    );
    assert.deepEqual(
      (await Cell.search("cell")).map(({ column }) => column),
      [1],
    );
    assert.deepEqual(await Cell.orderBy("column").distinct("text").pluck("column"), [1, 2]);
    const ones = await Item.where({ size: 8 })
      .values(() => ({ a: sql<number>`1` }))
      .unionAll(Item.where({ size: 8 }).values(() => ({ a: sql<number>`2` })));
    assert.deepEqual(ones.map(({ a }) => Number(a)).sort(), [1, 2]);
    assert.equal(
      (
        await Item.where()
          .values((item) => ({ a: item.id }))
          .unionAll(Item.where().values((item) => ({ a: item.size })))
      ).length,
      4,
    );
    assert.deepEqual(
      await Item.where({ size: 8 }).values((item) => ({
        a: item.size.add(sql<number>`1` as never),
        b: when(item.isNew, sql<string>`'yes'`).else("no"),
        c: item.size.between(0, 9),
      })),
      [{ a: 9, b: "yes", c: true }],
    );
    const [annotated] = await Item.where({ size: 8 }).annotate((item) => ({ raw: sql<number>`${item.size} + 1` }));
    assert.equal(Number(annotated!.raw), 9);
    const owners = await Owner.where().annotate((owner) => ({
      big: owner.items.count({ where: owner.items.size.lt(owner.items.weight.add(5) as never) }),
    }));
    assert.deepEqual(
      owners.map(({ big }) => big),
      [1],
    );
    await Item.create({ name: "low", size: 3, price: "-1.00", owner: owners[0]! });
    assert.deepEqual(await Item.where({ size: 3 }).values((item) => ({ zero: item.price.mul("0.00") })), [{ zero: "0.00" }]);
    assert.deepEqual(
      (await owners[0]!.items).map(({ size }) => size),
      [3, -7],
    );
    const early = new Date("2026-01-01T00:00:00Z");
    const [one, two] = await Owner.createMany([{ name: "B" }, { name: "C" }]).then(() => Owner.orderBy("id").limit(2));
    assert.equal((await one!.items.where({ made: { gt: early } })).length, 1);
    assert.equal((await two!.items.where({ made: { gt: early } })).length, 0);
    assert.deepEqual((await Item.where({ size: { gt: 99 } }).page({ size: 2 })).items, []);
    const nulls = Item.orderBy((item) => [item.weight.asc({ nulls: "first" }), item.id.asc()]);
    const next = (await nulls.page({ size: 2 })).next!;
    assert.deepEqual((await nulls.page({ size: 1, before: (await nulls.page({ size: 1, after: next })).next ?? next })).items.length, 1);
    assert.deepEqual(
      await Item.where((item) => {
        assert.equal((item as never as { then: unknown }).then, undefined);
        return item.size.eq(8);
      }).pluck("size"),
      [8],
    );
  });

  it("reject relations of many rows in place of a single row", async () => {
    assert.throws(() => Owner.where((owner) => (owner.items as never as { parts: { count(): never } }).parts.count()), {
      code: "E_EXPRESSION_MANY",
      fix: "Query the other model, and use that query in in() or some().",
    });
    assert.throws(() => Item.where((item) => (item.owner as never as { some(): never }).some()), {
      code: "E_FIELD_UNKNOWN",
      message: 'Owner has no field "some".',
    });
    assert.throws(() => Item.where().select([] as never), { code: "E_FILTER_VALUE", fix: "Pass an object: { id: true, title: true }." });
    assert.throws(() => Item.where(5 as never), { code: "E_FILTER_VALUE" });
    assert.throws(() => Item.orderBy(5 as never), { code: "E_ORDER" });
    assert.deepEqual(await Item.where().with({}), await Item.where());
    assert.deepEqual(await Item.where({ size: 99 }).with({ owner: true }), []);
  });

  it("order pages by values of every type, and reject cursors of other lists", async () => {
    await Item.createMany([
      { name: "x", size: 1, big: 2n ** 60n, data: new Uint8Array([9]) },
      { name: "y", size: 2, big: 1n, data: new Uint8Array([3]) },
    ]);
    for (const order of ["big", "-big", "data", "-data", "weight", "-price", "made", "isNew", "at"] as const) {
      const seen: number[] = [];
      let after: string | undefined;
      do {
        const page = await Item.orderBy(order).page({ size: 1, ...(after !== undefined && { after }) });
        seen.push(...page.items.map(({ id }) => id));
        after = page.next;
      } while (after !== undefined);
      assert.deepEqual(
        seen,
        (await Item.orderBy(order, "id")).map(({ id }) => id),
        order,
      );
    }
    const last = await Item.orderBy("big").page({ size: 4 });
    assert.deepEqual((await Item.orderBy((item) => item.big.asc({ nulls: "first" })).page({ size: 9 })).items.length, 4);
    const { next } = await Item.orderBy("big").page({ size: 1 });
    const back = await Item.orderBy("big").page({ size: 2, before: (await Item.orderBy("big").page({ size: 1, after: next! })).next! });
    assert.equal(back.items.length, 1);
    assert.equal(last.next, undefined);
    const { cursorKeys } = open().database.$core;
    const encode = (value: unknown): string => sealText(cursorKeys, JSON.stringify(value));
    const [hash] = JSON.parse(openText(cursorKeys, next!)!) as [unknown];
    for (const wrong of [
      "",
      "x",
      encode({}),
      encode(5),
      encode([]),
      encode([hash]),
      encode([hash, true, 1]),
      encode([hash, {}, 1]),
      encode([hash, { n: "x" }, 1]),
      encode(["other", 1, 1]),
    ])
      await assert.rejects(Item.orderBy("big").page({ size: 1, after: wrong }), { code: "E_CURSOR", status: 400 }, wrong);
    await assert.rejects(
      Item.where()
        .groupBy((item) => [item.size])
        .values((item) => ({ size: item.size }))
        .numberedPage({ number: 1, size: 2 }),
      { code: "E_QUERY_FORM" },
    );
  });

  it("group by ranges and by cases", async () => {
    const groups = await Item.where()
      .groupBy((item) => [item.size.between(0, 10), when(item.size.gt(0), "up").end()])
      .values((item) => ({ isIn: item.size.between(0, 10), way: when(item.size.gt(0), "up").end(), count: item.count() }));
    assert.deepEqual(
      groups.sort((left, right) => Number(left.isIn) - Number(right.isIn)),
      [
        { isIn: false, way: null, count: 1 },
        { isIn: true, way: "up", count: 1 },
      ],
    );
    assert.equal(open().statements.length > 0, true);
  });

  it("are enforced by tables", async () => {
    await assert.rejects(Item.create({ name: "bad", size: 1 }), { code: "E_VALIDATION" });
    await assert.rejects(Item.create({ name: "forbidden", size: 6 }), { code: "E_VALIDATION" });
  });
});

describe("conditions of tables", () => {
  it("are data that is written back unchanged", () => {
    const state = describeModels([Owner, Item]).get("expr_items")!;
    for (const condition of state.checks.values()) {
      assert.deepEqual(JSON.parse(JSON.stringify(condition)), condition);
      assert.equal(typeof writeCondition(sqlite, Item as never, condition), "string");
    }
    for (const wrong of [
      [5],
      [["eq"]],
      ["unknown", "size"],
      ["eq", "size"],
      ["eq", "size", { text: "a", int: 1 }],
      ["eq", "size", { nothing: 1 }],
      ["eq", "missing", 1],
    ])
      assert.throws(() => writeCondition(sqlite, Item as never, wrong as never), { code: "E_MIGRATION_OPERATION" }, JSON.stringify(wrong));
    assert.equal(
      writeCondition(sqlite, Item as never, ["or", ["always"], ["eq", "name", null], ["name", { text: "x" }]]).includes("NULL"),
      true,
    );
    assert.throws(() => op.addCheck("a b", "c", ["always"]), { code: "E_MIGRATION_OPERATION" });
  });

  it("reject other rows, and lists", async () => {
    class Wrong extends Model("expr_wrong", { id: f.id(), tags: f.array(f.text()) }, { checks: { a: (row) => row.tags.has("x") } }) {}
    class Far extends Model(
      "expr_far",
      { id: f.id() },
      { indexes: [{ on: () => Owner.where().values((row) => ({ n: row.count() })) as never }] },
    ) {}
    for (const model of [Wrong, Far])
      await assert.rejects(
        createDatabase({ url: "sqlite::memory:", models: [model, Owner, Item], bind: false }).then((database) => database.createTables()),
        {
          code: "E_MODEL_CONDITION",
        },
      );
  });

  it("are rejected by databases that do not support them", async () => {
    const { findMariadbMistakes } = await import("../../src/data/sql/mariadb/tables.ts");
    class Long extends Model(
      "expr_long",
      {
        id: f.id(),
        text: f.text({ max: 800, index: true }),
        tags: f.array(f.text(), { index: true }),
        self: () => belongsTo(Long, { null: true, onDelete: "set default" }),
      },
      { indexes: [{ on: (row) => row.text.lower(), unique: true }] },
    ) {}
    assert.deepEqual(
      findMariadbMistakes(Long.$meta).map(({ where, message }) => `${where}: ${message}`),
      [
        "Long.text: MariaDB has indexes of at most 768 characters",
        "Long.tags: MariaDB has no keys and indexes of lists",
        'Long: MariaDB has no index of an expression, and would not hold that "expr_long_expression_index" is unique',
        "Long.self: MariaDB has no action SET DEFAULT",
      ],
    );
  });
});
