/** Rows whose values change in place, and rows whose keys change: what is stored is what the row shows. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { field as f, Model } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Place extends Model("places", {
  id: f.id(),
  name: f.text({ max: 9, unique: true }),
  hits: f.int({ default: 0 }),
  bytes: f.bytes({ null: true }),
  data: f.json<{ size?: number }>({ default: {} }),
  list: f.array(f.int(), { default: [] }),
  moment: f.datetime({ null: true }),
}) {}

const stored = async (): Promise<unknown> => {
  const { bytes, data, list, moment } = await Place.get({ name: "one" });
  return [bytes === null ? null : [...bytes], data, list, moment];
};

describeOnDatabases("rows", [Place], () => {
  const change = (place: Place): void => {
    place.bytes!.fill(7);
    place.data.size = 7;
    place.list.push(7);
    place.moment!.setTime(7_000);
  };
  const made = { name: "one", bytes: new Uint8Array([1, 2]), data: {}, list: [1], moment: new Date(0) };
  const copy = () => ({ ...made, bytes: new Uint8Array(made.bytes), data: {}, list: [1], moment: new Date(0) });
  const changed = [[7, 7], { size: 7 }, [1, 7], new Date(7_000)];

  it("store what has changed in place after create(), get() and save()", async () => {
    const created = await Place.create(copy());
    change(created);
    await created.save();
    assert.deepEqual(await stored(), changed);
    const read = await Place.get({ name: "one" });
    read.bytes!.fill(8);
    await read.save();
    assert.deepEqual(await stored(), [[8, 8], ...changed.slice(1)]);
    read.bytes!.fill(9);
    await read.save();
    assert.deepEqual(await stored(), [[9, 9], ...changed.slice(1)]);
    const [many] = await Place.createMany([{ ...copy(), name: "two" }]);
    many!.bytes!.fill(7);
    await many!.save();
    assert.deepEqual([...(await Place.get({ name: "two" })).bytes!], [7, 7]);
  });

  it("keep the key by which upsert() finds them", async () => {
    await Place.create({ name: "one", data: {} });
    await assert.rejects(Place.upsert({ where: { name: "one" }, update: { name: "two", hits: 1 } }), {
      code: "E_OPTION_INVALID",
      message: 'upsert(): option "update" changes "name", by which "where" finds the row.',
    });
    assert.deepEqual(await Place.orderBy("id").pluck("hits"), [0]);
    const same = await Place.upsert({ where: { name: "one" }, update: { name: "one", hits: 2 } });
    assert.deepEqual([same.name, same.hits], ["one", 2]);
    assert.equal((await Place.upsert({ where: { name: "new" }, create: { hits: 5, data: {} }, update: { hits: 6 } })).hits, 5);
  });
});
