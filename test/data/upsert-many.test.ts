/** createMany() with existing rows: the same on every database. */
import assert from "node:assert/strict";
import { beforeEach, it } from "node:test";
import { belongsTo, field as f, Model } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Shop extends Model("upsert_shops", { id: f.id(), name: f.text({ max: 50, unique: true }) }) {}
class Item extends Model(
  "upsert_items",
  {
    id: f.id(),
    shop: () => belongsTo(Shop),
    code: f.text({ max: 20 }),
    price: f.decimal({ digits: 8, scale: 2 }),
    note: f.text({ max: 20, null: true }),
    version: f.int({ default: 0, editable: false }),
    made: f.datetime({ auto: "create" }),
    changed: f.datetime({ auto: "update" }),
    deletedAt: f.datetime({ null: true, editable: false }),
  },
  { version: "version", softDelete: "deletedAt", uniques: [{ on: ["shop", "code"] }] },
) {}

describeOnDatabases("rows that are created or updated", [Shop, Item], (open) => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await Shop.create({ name: "A" });
  });
  const onConflict = { target: ["shopId", "code"], update: ["price"] } as const;

  it("update existing rows and create the rest", async () => {
    const [old] = await Item.createMany([{ shop, code: "a", price: "1", note: "kept" }]);
    const { statements } = open();
    statements.length = 0;
    const rows = await Item.createMany(
      [
        { shop, code: "b", price: "2" },
        { shop, code: "a", price: "3", note: "not taken" },
        { shop, code: "c", price: "4", note: "n" },
      ],
      { onConflict },
    );
    if (open().kind === "PostgreSQL") assert.equal(statements.filter((sql) => sql.startsWith("INSERT")).length, 1);
    assert.deepEqual(
      rows.map(({ code, price, note, version }) => ({ code, price, note, version })),
      [
        { code: "b", price: "2.00", note: null, version: 0 },
        { code: "a", price: "3.00", note: "kept", version: 1 },
        { code: "c", price: "4.00", note: "n", version: 0 },
      ],
    );
    assert.equal(rows[1]!.id, old!.id);
    assert.ok(rows[1]!.changed.getTime() >= old!.changed.getTime() && rows[1]!.made.getTime() === old!.made.getTime());
    // They are rows like any others: what is saved is what has changed.
    rows[1]!.note = "new";
    await rows[1]!.save();
    assert.deepEqual(await Item.orderBy("code").pluck("note"), ["new", null, "n"]);
    await assert.rejects(() => old!.delete(), { code: "E_ROW_STALE" });
  });

  it("may repeat a key, and are written in order", async () => {
    const rows = await Item.createMany(
      [
        { shop, code: "a", price: "1" },
        { shop, code: "b", price: "2" },
        { shop, code: "a", price: "3" },
        { shop, code: "a", price: "4", note: "x" },
      ],
      { onConflict: { ...onConflict, update: ["price", "note"] } },
    );
    assert.equal(await Item.count(), 2);
    assert.deepEqual([rows[0]!.id, rows[3]!.price, rows[3]!.note, rows[3]!.version], [rows[3]!.id, "4.00", "x", 2]);
  });

  it("do not touch deleted rows, or keys of other rows", async () => {
    const [deleted] = await Item.createMany([{ shop, code: "a", price: "1" }]);
    await deleted!.delete();
    const other = await Shop.create({ name: "B" });
    await Item.create({ shop: other, code: "a", price: "9" });
    const [made] = await Item.createMany([{ shop, code: "a", price: "2" }], { onConflict });
    assert.notEqual(made!.id, deleted!.id);
    assert.deepEqual(await Item.withDeleted().orderBy("id").pluck("price"), ["1.00", "9.00", "2.00"]);
    // A key that is not the one of the list is an error as ever.
    await assert.rejects(
      () => Shop.createMany([{ name: "C" }, { id: 77, name: "B" } as never], { onConflict: { target: ["id"], update: ["name"] } }),
      {
        code: "E_VALIDATION",
      },
    );
    assert.equal(await Shop.count(), 2);
  });

  it("are written in batches, all or none, with validation", async () => {
    const many = Array.from({ length: 250 }, (_, index) => ({ shop, code: `c${index}`, price: String(index) }));
    await Item.createMany(many, { onConflict, batch: 100 });
    const again = await Item.createMany(
      many.map((item) => ({ ...item, price: "7" })),
      { onConflict, batch: 100 },
    );
    assert.deepEqual([again.length, await Item.count(), await Item.where({ price: "7" }).count()], [250, 250, 250]);
    assert.deepEqual(
      again.map(({ code }) => code),
      many.map(({ code }) => code),
    );
    await assert.rejects(
      () =>
        Item.createMany(
          [
            { shop, code: "new", price: "1" },
            { shop, code: "x".repeat(21), price: "1" },
          ],
          { onConflict },
        ),
      {
        code: "E_VALIDATION",
      },
    );
    assert.equal(await Item.where({ code: "new" }).exists(), false);
    assert.deepEqual(await Item.createMany([], { onConflict }), []);
  });

  it("need a unique key, and fields to update", async () => {
    const list = [{ shop, code: "a", price: "1" }];
    await assert.rejects(() => Item.createMany(list, { onConflict: { target: ["code"], update: ["price"] } }), {
      code: "E_KEY_NOT_UNIQUE",
    });
    await assert.rejects(() => Item.createMany(list, { onConflict: { ...onConflict, update: [] } }), { code: "E_OPTION_INVALID" });
    await assert.rejects(() => Item.createMany(list, { onConflict: { ...onConflict, update: ["prize" as never] } }), {
      code: "E_FIELD_UNKNOWN",
    });
    assert.equal(await Item.count(), 0);
  });
});
