/** A wrong row in a list: every call names its index, and stores nothing. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { GableError } from "../../src/errors/gable-error.ts";
import { Model, saveMany } from "../../src/data/model.ts";
import { transaction } from "../../src/data/run/transaction.ts";
import { field as f } from "../../src/data/schema/field.ts";
import { belongsTo, manyToMany } from "../../src/data/schema/relation.ts";
import { describeOnDatabases } from "./databases.ts";

class Shop extends Model(
  "shops",
  {
    id: f.id(),
    name: f.text({ max: 5, unique: true, validate: async (name) => (name === "async" ? "Not this" : undefined) }),
    stars: f.int({ null: true, min: 0 }),
    notes: f.array(f.int({ min: 0 }), { null: true }),
    owner: () => belongsTo(Mark, { null: true }),
    marks: () => manyToMany(Mark),
  },
  { validate: (shop) => (shop.stars === 99 ? { stars: "Not 99" } : undefined) },
) {}
class Mark extends Model("marks", { id: f.id(), name: f.text({ max: 5 }) }) {}

const names = ["a", "b", "c", "d", "e"];
const at = 3;
const withWrong = (wrong: unknown): never[] => names.map((name, index) => (index === at ? wrong : { name })) as never[];

/** Values that no row can have, and their errors. */
const wrongValues: ReadonlyArray<readonly [what: string, values: unknown, code: string]> = [
  ["a missing value", {}, "E_VALIDATION"],
  ["a long string", { name: "too long" }, "E_VALIDATION"],
  ["a value that a validator refuses later", { name: "async" }, "E_VALIDATION"],
  ["a row that the model refuses", { name: "x", stars: 99 }, "E_VALIDATION"],
  ["a wrong item of a list", { name: "x", notes: [1, -1] }, "E_VALIDATION"],
  ["an unknown name", { nme: "x" }, "E_FIELD_UNKNOWN"],
  ["a relation whose rows have the key", { name: "x", marks: [] }, "E_RELATION_ASSIGN"],
  ["a relation to no key", { name: "x", owner: "one" }, "E_FILTER_VALUE"],
  ["no object", undefined, "E_VALUE_TYPE"],
];

const wrongChanges: ReadonlyArray<readonly [what: string, values: object]> = [
  ["a long string", { name: "too long" }],
  ["null", { name: null }],
  ["a value that a validator refuses later", { name: "async" }],
  ["a row that the model refuses", { stars: 99 }],
];

class Seat extends Model(
  "seats",
  {
    id: f.id(),
    row: f.int(),
    place: f.text({ max: 5, unique: true }),
    price: f.int({ null: true }),
    tags: f.array(f.text(), { null: true }),
    shop: () => belongsTo(Shop, { null: true, onDelete: "cascade" }),
  },
  { checks: { seats_row_low: (seat) => seat.row.lt(5_000) }, indexes: [{ on: ["price"], unique: true }] },
) {}

class Shelf extends Model("shelves", { id: f.id(), name: f.text({ max: 5, unique: true }) }) {}

type SeatValues = Record<string, unknown>;

/** Values that the database refuses, and their messages. */
const refusedValues: ReadonlyArray<readonly [what: string, values: SeatValues, message: RegExp]> = [
  ["a key that another row has", { place: "taken" }, /^Seat cannot be stored: place: /],
  ["a key that a row before it has", { place: "p0" }, /^Seat cannot be stored: place: /],
  ["a key of an index", { price: 1 }, /^Seat cannot be stored: price: /],
  ["a value that a check refuses", { row: 5_000 }, /^Seat cannot be stored: \S+: These values are not allowed/],
  ["a relation to a missing row", { shop: 4_242 }, /^Seat cannot be stored: shop: This row does not exist/],
];

describeOnDatabases("a row of a list that the database refuses", [Seat, Shelf, Shop, Mark], (open) => {
  const listOf = (count: number, wrong: Readonly<Record<number, SeatValues>>): never[] =>
    Array.from({ length: count }, (_each, index) => ({ row: index, place: `p${index}`, ...wrong[index] })) as never[];
  const rejects = async (work: () => Promise<unknown>, row: number, message: RegExp): Promise<void> => {
    await assert.rejects(work, ({ code, message: text, details }: GableError) => {
      assert.deepEqual([code, details["row"], text.startsWith(`Row ${row} (counted from 0): `)], ["E_VALIDATION", row, true], text);
      assert.match(text.replace(/^Row \d+ \(counted from 0\): /, ""), message);
      assert.equal((details["issues"] as unknown[]).length, 1);
      return true;
    });
    assert.equal(await Seat.count(), 1);
  };

  for (const [what, values, message] of refusedValues)
    it(`is named by createMany(): ${what}`, async () => {
      await Seat.create({ row: 0, place: "taken", price: 1 });
      for (const [count, at] of [
        [2, 1],
        [1_001, 1],
        [1_001, 500],
        [1_001, 999],
        [1_001, 1_000],
      ] as const)
        await rejects(() => Seat.createMany(listOf(count, { [at]: values })), at, message);
      await rejects(() => Seat.createMany(listOf(200, { 120: values, 150: values }), { batch: 50 }), 120, message);
      // Lists of lists, and rows with other columns, have separate statements.
      await rejects(
        () => Seat.createMany(listOf(150, { 0: { tags: ["a"] }, 70: { tags: ["b"], ...values }, 149: { price: 7 } })),
        70,
        message,
      );
      // A list may be a part of a transaction, which goes on.
      await transaction(async () => {
        const seat = await Seat.create({ row: 1, place: "mine" });
        const shop = await Shop.create({ name: "new" });
        await assert.rejects(Seat.createMany(listOf(9, { 2: { shop: shop.id }, 7: { shop: shop.id, ...values } })), { message: /^Row 7 / });
        await seat.delete();
      });
      assert.equal(await Seat.count(), 1);
    });
  it("is named by updateMany() and saveMany() of stored rows", async () => {
    await Seat.createMany(listOf(120, {}));
    const rows = await Seat.orderBy("row");
    for (const [values, message] of [
      [{ place: "p0" }, /place/],
      [{ row: 5_000 }, /not allowed/],
      [{ shopId: 4_242 }, /shop/],
    ] as const) {
      for (const row of rows) row.set({ tags: ["x"] });
      const wrong = rows[77]!;
      Object.assign(wrong, values);
      const isNamed = (error: GableError): boolean => {
        assert.deepEqual([error.code, error.details["row"]], ["E_VALIDATION", 77], error.message);
        return message.test(error.message);
      };
      await assert.rejects(Seat.updateMany(rows, ["row", "place", "shopId", "tags"] as never), isNamed);
      await assert.rejects(saveMany(rows), isNamed);
      await wrong.reload();
    }
    await saveMany(rows);
    assert.equal(await Seat.where({ tags: { isNull: false } }).count(), 119);
  });
  it("is named with its error where the database refuses others for other reasons", async () => {
    await Seat.create({ row: 0, place: "taken" });
    const wrong = listOf(12, { 2: { shop: 4_242 }, 7: { row: 5_000 }, 9: { place: "taken" } });
    await rejects(() => Seat.createMany(wrong), 2, /shop: This row does not exist/);
  });
  it("is named by saveMany() and by its index in the given list", async () => {
    await Seat.create({ row: 0, place: "taken" });
    const rows = [Mark.build({ name: "m" }), ...listOf(3, { 2: { place: "taken" } }).map((values) => Seat.build(values))];
    await rejects(() => saveMany(rows), 3, /place/);
    // The rows can be stored after a correction.
    (rows[3] as Seat).place = "free";
    await saveMany(rows);
    assert.equal(await Seat.count(), 4);
  });
  it("is named where others are updated or ignored", async () => {
    await Seat.create({ row: 0, place: "taken", price: 1 });
    const wrong = listOf(120, { 3: { place: "taken" }, 77: { row: 5_000 } });
    await rejects(() => Seat.createMany(wrong, { onConflict: { target: ["place"], update: ["price"] } }), 77, /not allowed/);
    await rejects(() => Seat.createMany(wrong, { onConflict: "ignore" }), 77, /not allowed/);
    assert.equal((await Seat.get({ place: "taken" })).price, 1);
  });
  it("costs a few statements", async () => {
    const values = Array.from({ length: 1_000 }, (_each, index) => ({ name: index === 800 ? "0" : String(index) }));
    await assert.rejects(Shelf.createMany(values), { message: /^Row 800 / });
    const inserts = open().statements.filter((statement) => statement.startsWith("INSERT"));
    assert.ok(open().kind === "SQLite" || inserts.length <= 12, `${inserts.length} statements`);
  });
});

describeOnDatabases("a wrong row of a list", [Shop, Mark], () => {
  for (const [what, wrong, code] of wrongValues)
    it(`is named by createMany(): ${what}`, async () => {
      const isNamed = (error: GableError): boolean => {
        assert.deepEqual([error.code, error.details["row"]], [code, at]);
        return error.message.startsWith(`Row ${at} (counted from 0): `);
      };
      const onConflicts = [
        {},
        { onConflict: "ignore" as const },
        { onConflict: { target: ["name" as const], update: ["stars" as const] } },
      ];
      for (const options of onConflicts) await assert.rejects(Shop.createMany(withWrong(wrong), options), isNamed);
      assert.equal(await Shop.count(), 0);
    });
  for (const [what, change] of wrongChanges)
    it(`is named by updateMany() and saveMany(): ${what}`, async () => {
      await Shop.createMany(names.map((name) => ({ name })));
      const rows = await Shop.orderBy("id");
      rows.forEach((row, index) => Object.assign(row, { stars: index }, index === at ? change : {}));
      const named = { code: "E_VALIDATION", message: /^Row 3 \(counted from 0\): Shop cannot be stored: / };
      await assert.rejects(Shop.updateMany(rows, ["name", "stars"]), named);
      await assert.rejects(saveMany(rows), named);
      // The index counts in the given list, whatever the other rows are.
      const mixed = [Mark.build({ name: "m" }), Shop.build({ name: "new" }), ...rows.slice(2)];
      await assert.rejects(saveMany(mixed), named);
      await assert.rejects(saveMany([Mark.build({ name: "m" }), rows[0]!, Mark.build({ name: "n" }), Shop.build(change)]), named);
      assert.deepEqual([await Mark.count(), await Shop.count({ stars: { isNull: false } })], [0, 0]);
    });
  it("is not named where it is the only one", async () => {
    await assert.rejects(Shop.createMany([{ name: "too long" }]), { message: /^Shop cannot be stored/ });
    const [row] = await Shop.createMany([{ name: "a" }]);
    await assert.rejects(saveMany([row!.set({ name: "too long" })]), { message: /^Shop cannot be stored/ });
  });
  it("is refused if it is a row of another model, or no row", async () => {
    const [shop, mark] = [await Shop.create({ name: "a" }), await Mark.create({ name: "m" })];
    for (const wrong of [mark.set({ name: "n" }), { id: 1, name: "x" }, undefined]) {
      const rows = [shop, wrong] as never[];
      await assert.rejects(Shop.updateMany(rows, ["name"]), {
        code: "E_OPTION_INVALID",
        message: /"rows\[1\]" is .*; it must be a row of Shop\.$/,
      });
      if (wrong !== mark)
        await assert.rejects(saveMany(rows), { code: "E_OPTION_INVALID", message: /"rows\[1\]" is .*; it must be a row of a model\.$/ });
    }
    for (const wrong of [shop, undefined] as never[]) {
      await assert.rejects(async () => Shop.updateMany(wrong, ["name"]), { code: "E_OPTION_INVALID" });
      await assert.rejects(async () => saveMany(wrong), { code: "E_OPTION_INVALID" });
    }
    await assert.rejects(async () => Shop.updateMany([shop], undefined as never), { code: "E_OPTION_INVALID" });
    await assert.rejects(Shop.updateMany([shop, Shop.build({ name: "b" })], ["name"]), { code: "E_ROW_UNSAVED", message: /^Row 1 / });
    assert.equal((await Shop.get(shop.id)).name, "a");
  });
  it("is named in lists of keys", async () => {
    const shop = await Shop.create({ name: "a" });
    const calls: ReadonlyArray<readonly [where: string, call: (keys: never) => Promise<unknown>]> = [
      ["getMany()", (keys) => Shop.getMany(keys)],
      ["marks", (keys) => shop.marks.add(keys)],
      ["marks", (keys) => shop.marks.set(keys)],
      ["marks", (keys) => shop.marks.remove(keys)],
    ];
    for (const [where, call] of calls) {
      const startsWith =
        (end: string) =>
        ({ message }: Error): boolean =>
          message.startsWith(`${where}[1]${end}`);
      await assert.rejects(async () => call([1, "x"] as never), startsWith(' has the type id, but got "x".'));
      await assert.rejects(async () => call([1, undefined] as never), startsWith(" got undefined, which has no key of "));
      await assert.rejects(async () => call([1, {}] as never), startsWith(" got an object (Object), which has no key of "));
    }
  });
  it("is E_ROW_MISSING where a link leads to no row", async () => {
    const shop = await Shop.create({ name: "a" });
    const mark = await Mark.create({ name: "m" });
    const missing = { code: "E_ROW_MISSING", message: "marks cannot link these rows: a mark, or the row itself, does not exist." };
    await assert.rejects(shop.marks.add([mark.id, 4242]), missing);
    await assert.rejects(shop.marks.set([mark.id, 4242]), missing);
    assert.equal(await shop.marks.count(), 0);
    await Shop.where({ id: shop.id }).delete();
    await assert.rejects(shop.marks.add(mark), missing);
  });
});
