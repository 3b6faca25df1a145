/** Unique keys whose row several ask for: without a value there is none, and whoever comes second gets the row of the first. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { belongsTo, field as f, Model, transaction } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Shelf extends Model("key_shelves", { id: f.id(), name: f.text({ max: 20 }) }) {}
class Pair extends Model(
  "key_pairs",
  { id: f.id(), a: f.int(), b: f.int({ null: true }), shelf: () => belongsTo(Shelf, { null: true }), hits: f.int({ default: 0 }) },
  { uniques: [{ on: ["a", "b"] }, { on: ["shelf", "hits"] }] },
) {}
class Counter extends Model("key_counters", { id: f.id(), k: f.text({ max: 20, unique: true }), hits: f.int({ default: 0 }) }) {}

const parallel = <Result>(count: number, work: (place: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, place) => work(place)));

describeOnDatabases("unique keys", [Shelf, Pair, Counter], () => {
  it("reject calls without a value for a part of the key", async () => {
    const refused = (call: string, name: string, key: string): { code: string; message: string; fix: string } => ({
      code: "E_KEY_NOT_UNIQUE",
      message: `Pair.${call} got no value for "${name}": null never equals null in the unique key of ${key}.`,
      fix: "Give a value, or look for the row with find() and create it with create().",
    });
    await assert.rejects(Pair.upsert({ where: { a: 1, b: null }, update: { hits: 1 } }), refused("upsert()", "b", "a + b"));
    await assert.rejects(Pair.getOrCreate({ a: 1, b: null }), refused("getOrCreate()", "b", "a + b"));
    await assert.rejects(Pair.getOrCreate({ shelf: null, hits: 1 }, { a: 1 }), refused("getOrCreate()", "shelfId", "shelfId + hits"));
    await assert.rejects(
      Pair.createMany(
        [
          { a: 1, b: 2 },
          { a: 1, b: null },
        ],
        { onConflict: { target: ["a", "b"], update: ["hits"] } },
      ),
      { ...refused("createMany()", "b", "a + b"), message: `Row 1 (counted from 0): ${refused("createMany()", "b", "a + b").message}` },
    );
    assert.equal(await Pair.count(), 0);
    assert.equal((await Pair.upsert({ where: { a: 1, b: 2 }, update: { hits: 1 } })).b, 2);
  });

  it("return the same row in parallel transactions", async () => {
    for (let round = 0; round < 5; round++) {
      const rows = await parallel(10, () => transaction(() => Counter.getOrCreate({ k: `round ${round}` })));
      assert.equal(new Set(rows.map(({ id }) => id)).size, 1);
    }
    assert.equal(await Counter.count(), 5);
  });

  it("return a row that was stored after the transaction started to read", async () => {
    const rows = await parallel(10, () =>
      transaction(async () => {
        await Counter.count();
        return Counter.getOrCreate({ k: "late" }, { hits: 3 });
      }),
    );
    assert.deepEqual([new Set(rows.map(({ id }) => id)).size, rows.every(({ hits }) => hits === 3)], [1, true]);
  });

  it("count every parallel upsert, also in repeated transactions", async () => {
    const count = (k: string): Promise<unknown> =>
      Counter.upsert({ where: { k }, create: { hits: 1 }, update: { hits: (counter) => counter.hits.add(1) } });
    for (let round = 0; round < 5; round++) {
      await parallel(10, () => count(`plain ${round}`));
      await parallel(10, () => transaction(() => count(`within ${round}`), { retries: 10 }));
    }
    assert.deepEqual(
      await Counter.all().pluck("hits"),
      Array.from({ length: 10 }, () => 10),
    );
  });
});
