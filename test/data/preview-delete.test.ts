/** What a delete would do, told before it is done: the same that it does then. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { belongsTo, field as f, hasMany, Model, sql } from "../../src/data.ts";
import type { DeletePreview } from "../../src/data.ts";
import type { TestDatabase } from "./databases.ts";
import { describeOnDatabases } from "./databases.ts";

class Owner extends Model("preview_owners", { id: f.id(), name: f.text({ max: 20 }), houses: () => hasMany(House) }) {}
class House extends Model("preview_houses", {
  id: f.id(),
  owner: () => belongsTo(Owner, { onDelete: "cascade" }),
  next: () => belongsTo(House, { null: true, onDelete: "cascade" }),
}) {}
class Room extends Model(
  "preview_rooms",
  { place: f.int(), house: () => belongsTo(House, { onDelete: "cascade" }), name: f.text({ max: 20, null: true }) },
  { primary: ["house", "place"] },
) {}
class Lamp extends Model("preview_lamps", {
  id: f.id(),
  houseId: f.bigint({ null: true, column: "house_key" }),
  place: f.int({ null: true }),
  room: () => belongsTo(Room, { columns: ["houseId", "place"], null: true, onDelete: "set null" }),
  owner: () => belongsTo(Owner, { null: true, onDelete: "set null" }),
}) {}
/** A separate column, of another type than the key that it holds. */
class Guest extends Model("preview_guests", {
  id: f.id(),
  hostKey: f.bigint({ null: true }),
  host: () => belongsTo(Owner, { columns: ["hostKey"], null: true, onDelete: "cascade" }),
}) {}
class Bill extends Model(
  "preview_bills",
  { id: f.id(), owner: () => belongsTo(Owner), team: f.int({ default: 1 }), deletedAt: f.datetime({ null: true, editable: false }) },
  { softDelete: "deletedAt", scope: { team: () => 1 } },
) {}
class Folder extends Model(
  "preview_folders",
  { id: f.id(), deletedAt: f.datetime({ null: true, editable: false }) },
  { softDelete: "deletedAt" },
) {}
class Sheet extends Model(
  "preview_sheets",
  {
    id: f.id(),
    folder: () => belongsTo(Folder, { onDelete: "cascade", onSoftDelete: "cascade" }),
    copyOf: () => belongsTo(Folder, { null: true, onDelete: "cascade" }),
    deletedAt: f.datetime({ null: true, editable: false }),
  },
  { softDelete: "deletedAt" },
) {}

const tell = (list: readonly DeletePreview[]): string[] =>
  list.map(
    ({ model, relation, action, count, isCountExact }) => `${model.name} ${relation} ${action} ${isCountExact ? "" : "at least "}${count}`,
  );

/** Whether a server is one of MySQL that looks at foreign keys above its storage. */
async function losesChildren({ kind, database }: TestDatabase): Promise<boolean> {
  if (kind !== "MySQL") return false;
  const found = await database.query<{ value: string }>(
    sql`SELECT variable_value AS value FROM performance_schema.global_variables WHERE variable_name = 'innodb_native_foreign_keys'`,
  );
  return found[0]?.value === "OFF";
}

describeOnDatabases("previewed deletes", [Owner, House, Room, Lamp, Guest, Bill, Folder, Sheet], (open) => {
  it("report deleted rows, rows deleted with them, rows that lose their relation, and rows that prevent the delete", async (t) => {
    if (await losesChildren(open())) return t.skip("this MySQL forgets children of rows that lead to each other (decision 015)");
    const [ada, bob] = await Owner.createMany([{ name: "Ada" }, { name: "Bob" }]);
    const [one, two, other] = await House.createMany([{ owner: ada! }, { owner: ada! }, { owner: bob! }]);
    one!.nextId = two!.id;
    two!.nextId = one!.id;
    await one!.save();
    await two!.save();
    other!.nextId = one!.id;
    await other!.save();
    await Room.createMany([1, 2, 3].map((place) => ({ place, house: one! })));
    await Room.create({ place: 1, house: other! });
    await Lamp.createMany([{ owner: ada! }, { owner: ada! }, { owner: bob!, houseId: BigInt(one!.id), place: 2 }]);
    const query = Owner.where({ name: "Ada" });
    assert.deepEqual(tell(await query.previewDelete()), [
      "Owner  deleted 1",
      "House owner deleted 2",
      "Lamp owner set null 2",
      "House next deleted 1",
      "Room house deleted 4",
      "Lamp room set null 1",
    ]);
    assert.deepEqual([await House.count(), await Lamp.where({ owner: null }).count()], [3, 0]);
    assert.deepEqual(tell(await Owner.where({ name: "nobody" }).previewDelete()), []);
    await query.delete();
    assert.deepEqual(
      [await Owner.count(), await House.count(), await Room.count(), await Lamp.where({ owner: null }).count()],
      [1, 0, 0, 2],
    );
  });

  it("report rows that prevent the delete, even soft-deleted ones and those of another owner", async () => {
    const ada = await Owner.create({ name: "Ada" });
    const [bill] = await Bill.createMany([{ owner: ada }, { owner: ada }]);
    await bill!.delete();
    assert.deepEqual(tell(await Owner.all().previewDelete()), ["Owner  deleted 1", "Bill owner refused 2"]);
    await assert.rejects(Owner.all().delete(), { code: "E_DELETE_RESTRICTED" });
  });

  it("find rows by declared key columns", async () => {
    const [ada, bob] = await Owner.createMany([{ name: "Ada" }, { name: "Bob" }]);
    await Guest.createMany([{ hostKey: BigInt(ada!.id) }, { hostKey: BigInt(ada!.id) }, { hostKey: BigInt(bob!.id) }, {}]);
    assert.deepEqual(tell(await Owner.where({ name: "Ada" }).previewDelete()), ["Owner  deleted 1", "Guest host deleted 2"]);
    await ada!.delete();
    assert.equal(await Guest.count(), 2);
  });

  it("count rows of each kind up to a limit, and say so", async () => {
    const ada = await Owner.create({ name: "Ada" });
    await House.createMany(Array.from({ length: 4 }, () => ({ owner: ada })));
    assert.deepEqual(tell(await Owner.all().previewDelete({ countMax: 4 })), ["Owner  deleted 1", "House owner deleted 4"]);
    await House.create({ owner: ada });
    assert.deepEqual(tell(await Owner.all().previewDelete({ countMax: 4 })), ["Owner  deleted 1", "House owner deleted at least 4"]);
    for (const countMax of [0, -1, 1.5, 10_001, "5"])
      await assert.rejects(async () => Owner.all().previewDelete({ countMax: countMax as number }), { code: "E_LIMIT" });
  });

  it("only include followers of a soft delete", async () => {
    const [folder, copy] = await Folder.createMany([{}, {}]);
    const [sheet] = await Sheet.createMany([{ folder: folder! }, { folder: folder! }, { folder: copy!, copyOf: folder! }]);
    await sheet!.delete();
    assert.deepEqual(tell(await Folder.where({ id: folder!.id }).previewDelete()), ["Folder  deleted 1", "Sheet folder deleted 1"]);
    await folder!.delete();
    assert.equal(await Sheet.count(), 1);
  });
});
