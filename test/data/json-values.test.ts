/** What handlers return as JSON: every way to read rows gives the values that the types have. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { Model } from "../../src/data/model.ts";
import { field as f } from "../../src/data/schema/field.ts";
import { manyToMany } from "../../src/data/schema/relation.ts";
import { sql } from "../../src/data/tree/functions.ts";
import { transaction } from "../../src/data/run/transaction.ts";
import { toJsonText } from "../../src/replies/json-text.ts";
import { describeOnDatabases } from "./databases.ts";

class Disc extends Model(
  "discs",
  { id: f.id(), name: f.text({ max: 9 }), size: f.bigint({ null: true }), cover: f.bytes({ null: true }), boxes: () => manyToMany(Box) },
  { computed: (disc) => ({ loud: disc.name.upper() }) },
) {
  get initial(): string {
    return this.name.slice(0, 1);
  }
}
class Box extends Model("boxes", { id: f.id(), discs: () => manyToMany(Disc) }) {}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const size = 9_007_199_254_740_993n;
const stored = { id: 1, name: "blue", size: String(size), cover: "AQI=" };
const shown = { ...stored, loud: "BLUE" };

const reads: Readonly<Record<string, readonly [read: () => unknown, json: unknown]>> = {
  "a query": [() => Disc.where(), [shown]],
  "get()": [() => Disc.get(1), shown],
  "getMany()": [() => Disc.getMany([1]), [shown]],
  "page()": [async () => (await Disc.orderBy("id").page({ size: 2 })).items, [shown]],
  "numberedPage()": [async () => (await Disc.orderBy("id").numberedPage({ number: 1, size: 2 })).items, [shown]],
  "a stream": [() => collect(Disc.where().stream()), [shown]],
  "a relation that is loaded with the rows": [() => Box.where().with({ discs: true }), [{ id: 1, discs: [shown] }]],
  "a relation that is read": [async () => (await Box.get(1)).discs, [shown]],
  "only()": [() => Disc.where().only("name"), [{ id: 1, name: "blue", loud: "BLUE" }]],
  "annotate()": [
    () => Disc.where().annotate((disc) => ({ twice: disc.size.mul(1n), bytes: disc.cover })),
    [{ ...shown, twice: String(size), bytes: "AQI=" }],
  ],
  "annotate() and page()": [
    async () =>
      (
        await Disc.where()
          .annotate((disc) => ({ long: disc.name.length() }))
          .orderBy("id")
          .page({ size: 2 })
      ).items,
    [{ ...shown, long: 4 }],
  ],
  "fromSql()": [
    () => Disc.fromSql(sql`SELECT discs.*, 5 AS more, ${size} + 0 AS big FROM ${Disc}`),
    [{ ...stored, more: 5, big: String(size) }],
  ],
  "values()": [() => Disc.where().values((disc) => ({ size: disc.size, cover: disc.cover })), [{ size: String(size), cover: "AQI=" }]],
  "select()": [() => Disc.where().select({ size: true, cover: true }), [{ size: String(size), cover: "AQI=" }]],
};

describeOnDatabases("JSON", [Disc, Box], (open) => {
  for (const [name, [read, json]] of Object.entries(reads))
    it(`has all values of ${name}`, async () => {
      const disc = await Disc.create({ name: "blue", size, cover: new Uint8Array([1, 2]) });
      await (await Box.create({})).discs.add(disc);
      assert.deepEqual(JSON.parse(toJsonText(await read())), json);
    });
  it("of custom SQL has 64-bit integers", async () => {
    await Disc.create({ name: "blue", size });
    const rows = await open().database.query(sql`SELECT name, size, 5 AS few FROM ${Disc}`);
    assert.deepEqual(JSON.parse(toJsonText(rows)), [{ name: "blue", size: String(size), few: 5 }]);
  });
  it("cannot take the place of what rows have", async () => {
    for (const name of ["name", "boxes", "save", "toJSON", "then", "initial", "constructor"])
      await assert.rejects(async () => Disc.where().annotate((disc) => ({ [name]: disc.name })), {
        code: "E_QUERY_FORM",
        fix: "Choose a name that the model does not have.",
      });
  });
});

describeOnDatabases("a stream in a transaction", [Disc, Box], () => {
  it("runs next to other queries, and may stop early", async () => {
    await Disc.createMany(Array.from({ length: 5 }, (_, index) => ({ name: `d${index}` })));
    const counts = await transaction(async () => {
      const found: number[] = [];
      for await (const disc of Disc.orderBy("id").stream({ batch: 2 })) {
        await disc.set({ name: "x" }).save();
        found.push(await Disc.count({ name: "x" }));
      }
      for await (const disc of Disc.orderBy("id").stream({ batch: 1 })) {
        await disc.delete();
        break;
      }
      const both = await Promise.all([
        collect(Disc.where().stream({ batch: 1 })),
        collect(Disc.where().stream({ batch: 1 })),
        Disc.count(),
      ]);
      return [...found, both[0].length, both[1].length, both[2]];
    });
    assert.deepEqual(counts, [1, 2, 3, 4, 5, 4, 4, 4]);
  });
});
