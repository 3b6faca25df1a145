/** Undefined values, as a PATCH request has them for what it leaves out: in every call they change nothing, and never store null. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { Model, saveMany } from "../../src/data/model.ts";
import { field as f } from "../../src/data/schema/field.ts";
import { belongsTo, hasMany, manyToMany } from "../../src/data/schema/relation.ts";
import { sql } from "../../src/data/tree/functions.ts";
import { describeOnDatabases } from "./databases.ts";

class Place extends Model("places", {
  id: f.id(),
  name: f.text({ max: 50, unique: true }),
  rank: f.int({ default: 7 }),
  level: f.int({ default: sql`5` }),
  note: f.text({ null: true, default: sql`'n'` }),
  within: () => belongsTo(Place, { null: true }),
  parts: () => hasMany(Place, { by: "within" }),
  labels: () => manyToMany(Label),
}) {}
class Label extends Model("labels", { id: f.id(), name: f.text({ max: 50 }), color: f.text({ max: 10, null: true, default: "red" }) }) {}

/** What an existing row has: nothing that a default would give. */
const before = { rank: 1, level: 2, note: "kept" };
const defaults = { rank: 7, level: 5, note: "n" };
const absent = { rank: undefined, level: undefined, note: undefined, within: undefined, parts: undefined, labels: undefined };
/** As code without types can assign them. */
const assigned: object = { rank: undefined, level: undefined, note: undefined, withinId: undefined };

const changes: ReadonlyArray<readonly [call: string, work: (row: Place) => Promise<unknown>]> = [
  ["set() and save()", (row) => row.set(absent as never).save()],
  ["save() of assigned values", (row) => Object.assign(row, assigned).save()],
  ["updateMany()", (row) => Place.updateMany([Object.assign(row, assigned)], ["rank", "level", "note", "withinId"])],
  ["saveMany()", (row) => saveMany([Object.assign(row, assigned)])],
  ["update()", () => Place.where({ name: "a" }).update(absent as never)],
  ["upsert()", () => Place.upsert({ where: { name: "a" }, create: absent as never, update: absent as never })],
  ["getOrCreate()", () => Place.getOrCreate({ name: "a" }, absent as never)],
];

const created: ReadonlyArray<readonly [call: string, work: () => Promise<unknown>]> = [
  ["create()", () => Place.create({ name: "b", ...absent } as never)],
  ["build() and save()", () => Place.build({ name: "b", ...absent } as never).save()],
  ["build(), assigned values and save()", () => Object.assign(Place.build({ name: "b" }), assigned).save()],
  ["createMany()", () => Place.createMany([{ name: "b", ...absent } as never, { name: "c", ...before }])],
  ["upsert()", () => Place.upsert({ where: { name: "b" }, create: absent as never, update: absent as never })],
  ["getOrCreate()", () => Place.getOrCreate({ name: "b" }, absent as never)],
  ["create() of a relation", async () => (await Place.create({ name: "x" })).parts.create({ name: "b", ...absent } as never)],
];

describeOnDatabases("undefined values", [Place, Label], () => {
  for (const [call, work] of changes)
    it(`change nothing in ${call}`, async () => {
      const outer = await Place.create({ name: "outer" });
      const row = await Place.create({ name: "a", ...before, within: outer });
      await work(row);
      const { rank, level, note, withinId } = await Place.get({ name: "a" });
      assert.deepEqual({ rank, level, note, withinId }, { ...before, withinId: outer.id });
      const { rank: ownRank, note: ownNote, withinId: ownWithin } = row;
      assert.deepEqual([ownRank, ownNote, ownWithin], [1, "kept", outer.id]);
    });
  for (const [call, work] of created)
    it(`leave the defaults to ${call}`, async () => {
      await work();
      const { rank, level, note } = await Place.get({ name: "b" });
      assert.deepEqual({ rank, level, note }, defaults);
    });
  it("give the defaults of a new row to an existing one, in createMany() with onConflict", async () => {
    await Place.create({ name: "a", ...before });
    const update = ["rank", "level", "note"] as const;
    await Place.createMany([{ name: "a", ...absent } as never, { name: "b", ...before }], { onConflict: { target: ["name"], update } });
    const { rank, level, note } = await Place.get({ name: "a" });
    assert.deepEqual({ rank, level, note }, defaults);
  });
  it("change nothing in columns that only() left out", async () => {
    await Place.create({ name: "a", ...before });
    const row = (await Place.where().only("name").first())!;
    await Object.assign(row, assigned, { name: "b" }).save();
    assert.equal((await row.load("note")).note, "kept");
    assert.deepEqual(await Place.where().pluck("name"), ["b"]);
  });
});

describeOnDatabases("values of a row that are not an object", [Place, Label], () => {
  const calls: Readonly<Record<string, (values: never) => unknown>> = {
    "build()": (values) => Place.build(values),
    "create()": (values) => Place.create(values),
    "createMany()": (values) => Place.createMany([values]),
    "set()": (values) => Place.build({}).set(values),
    "update()": (values) => Place.where({ id: 1 }).update(values),
    "validate()": (values) => Place.validate(values),
    "getOrCreate()": (values) => Place.getOrCreate(values),
  };
  for (const [call, run] of Object.entries(calls))
    it(`are refused by ${call}`, async () => {
      for (const wrong of [undefined, null, 5, "x", ["a"]])
        await assert.rejects(async () => run(wrong as never), {
          code: "E_VALUE_TYPE",
          message: /^The values of Place are .*; they must be an object\.$/,
        });
    });
  it("are refused by createMany() in place of a list", async () => {
    for (const wrong of [undefined, null, { name: "a" }])
      await assert.rejects(Place.createMany(wrong as never), {
        code: "E_OPTION_INVALID",
        message: /option "list" is .*; it must be a list of objects\.$/,
      });
  });
});
