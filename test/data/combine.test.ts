/** Queries whose rows are combined, the same on every database. */
import assert from "node:assert/strict";
import { beforeEach, it } from "node:test";
import { belongsTo, field as f, hasMany, Model, sql, transaction } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Person extends Model("set_people", { id: f.id(), name: f.text({ max: 50 }), notes: () => hasMany(Note) }, { orderBy: "name" }) {}
class Note extends Model("set_notes", {
  id: f.id(),
  person: () => belongsTo(Person),
  text: f.text({ max: 50, null: true }),
  size: f.int({ default: 1 }),
  price: f.decimal({ digits: 8, scale: 2, default: "1.00" }),
  meta: f.json<unknown>({ null: true }),
}) {}

const texts = (notes: readonly Note[]): Array<string | null> => notes.map(({ text }) => text);

describeOnDatabases("combined queries", [Person, Note], () => {
  let ada: Person;
  beforeEach(async () => {
    const [first, ben] = await Person.createMany([{ name: "Ada" }, { name: "Ben" }]);
    ada = first!;
    await Note.createMany([
      { person: ada, text: "a", size: 1, meta: { a: 1 } },
      { person: ada, text: "b", size: 2 },
      { person: ben!, text: "c", size: 3, price: "2.50" },
      { person: ben!, text: null, size: 4 },
    ]);
  });

  it("return rows of a model, which can be refined like any query", async () => {
    const small = Note.where({ size: { lt: 3 } });
    const odd = Note.where({ size: { in: [1, 3] } });
    assert.deepEqual(texts(await small.union(odd).orderBy("id")), ["a", "b", "c"]);
    assert.deepEqual(texts(await small.unionAll(odd).orderBy("text")), ["a", "a", "b", "c"]);
    assert.deepEqual(texts(await small.intersect(odd)), ["a"]);
    assert.deepEqual(texts(await Note.all().except(small, Note.where({ text: null }))), ["c"]);
    // From left to right.
    assert.deepEqual(
      texts(
        await small
          .union(odd)
          .except(Note.where({ text: "a" }))
          .orderBy("-size"),
      ),
      ["c", "b"],
    );
    assert.deepEqual(texts(await small.union(odd.intersect(Note.where({ size: 3 }))).orderBy("size")), ["a", "b", "c"]);
    const union = small.union(odd);
    assert.equal(await union.count(), 3);
    assert.equal(await union.where({ person: { name: "Ada" } }).count(), 2);
    assert.equal(await union.where({ size: 9 }).exists(), false);
    assert.deepEqual(texts(await union.orderBy((note) => [note.person.name.desc(), note.size.asc()]).limit(2)), ["c", "a"]);
    assert.deepEqual(
      (await union.orderBy("id").with({ person: true })).map((note) => note.person.name),
      ["Ada", "Ada", "Ben"],
    );
    assert.deepEqual(
      (await union.orderBy("id").page({ size: 2 })).items.map(({ text }) => text),
      ["a", "b"],
    );
    assert.deepEqual(
      (await union.orderBy("id").numberedPage({ size: 2, number: 2 })).items.map(({ text }) => text),
      ["c"],
    );
    assert.deepEqual(await union.orderBy("id").values((note) => ({ text: note.text.upper(), price: note.price })), [
      { text: "A", price: "1.00" },
      { text: "B", price: "1.00" },
      { text: "C", price: "2.50" },
    ]);
    assert.deepEqual(await union.aggregate((note) => ({ size: note.size.sum() })), { size: 6 });
    assert.deepEqual((await union.find({ text: "a" }))?.meta, { a: 1 });
    const [annotated] = await union.orderBy("id").annotate((note) => ({ twice: note.size.mul(2) }));
    assert.equal(annotated!.twice, 2);
    assert.deepEqual(await Person.where({ id: { in: union.pluck("personId") } }).count(), 2);
    assert.deepEqual(
      texts(
        await ada.notes
          .where({ size: 1 })
          .union(ada.notes.where({ size: 2 }))
          .orderBy("id"),
      ),
      ["a", "b"],
    );
    assert.deepEqual(
      (await Person.where({ name: "Ben" }).union(Person.where({ name: "Ada" }))).map(({ name }) => name),
      ["Ada", "Ben"],
    );
  });

  it("keep orders and limits of each query", async () => {
    const largest = Note.orderBy("-size").limit(1);
    const smallest = Note.orderBy("size").limit(1);
    assert.deepEqual(texts(await largest.union(smallest).orderBy("size")), ["a", null]);
    assert.deepEqual(texts(await largest.union(smallest).where({ size: { gt: 1 } })), [null]);
    const base = Note.where({ person: ada });
    assert.deepEqual(
      texts(
        await base
          .where({ size: 1 })
          .union(base.where({ size: 2 }))
          .orderBy("size"),
      ),
      ["a", "b"],
    );
  });

  it("update and delete their rows", async () => {
    const both = Note.where({ text: "a" }).union(Note.where({ text: "c" }));
    assert.equal(await both.update({ size: (note) => note.size.add(10) }), 2);
    assert.deepEqual(await Note.orderBy("id").pluck("size"), [11, 2, 13, 4]);
    assert.equal(await both.delete(), 2);
    await assert.rejects(
      () =>
        Note.where()
          .union(Note.where({ size: 2 }))
          .delete(),
      { code: "E_QUERY_UNFILTERED" },
    );
    await assert.rejects(() => Note.where().union(Note.where()).update({ size: 1 }), { code: "E_QUERY_UNFILTERED" });
    assert.equal(
      await Note.all()
        .union(Note.where({ size: 2 }))
        .update({ size: 7 }),
      2,
    );
    assert.equal(await Note.count(), 2);
  });

  it("combine values of several models", async () => {
    const feed = Note.where({ text: { isNull: false } })
      .values((note) => ({ label: note.text, size: note.size }))
      .union(Person.where().values((person) => ({ size: person.id, label: person.name })));
    assert.deepEqual(
      (await feed.orderBy("-label").limit(3)).map(({ label }) => label),
      ["c", "b", "a"],
    );
    assert.deepEqual(
      (await feed.orderBy("label", "size").offset(1).limit(2)).map(({ label }) => label),
      ["Ben", "a"],
    );
    assert.equal(await feed.count(), 5);
    assert.equal(await feed.exists(), true);
    const names = Note.where({ size: 1 }).pluck("text").union(Person.where().pluck("name"));
    assert.deepEqual([...(await names)].sort(), ["Ada", "Ben", "a"]);
    const prices = Note.where()
      .values((note) => ({ price: note.price }))
      .intersect(Note.where({ text: "c" }).values((note) => ({ price: note.price })));
    assert.deepEqual(await prices, [{ price: "2.50" }]);
    assert.equal(await Person.where({ name: { in: names } }).count(), 2);
    const counts = Note.where()
      .groupBy((note) => [note.personId])
      .values((note) => ({ count: note.count() }))
      .unionAll(Person.where().values((person) => ({ count: person.count() })));
    assert.deepEqual(
      (await counts.orderBy("count")).map(({ count }) => count),
      [2, 2, 2],
    );
  });

  it("reject different results, and unsupported methods", async () => {
    const code = "E_QUERY_FORM";
    const notes = Note.where();
    const values = Note.where().values((note) => ({ label: note.text }));
    assert.equal(notes.union(), notes);
    assert.throws(() => notes.union(Person.where() as never), { code, message: /rows of Note and Person/ });
    assert.throws(() => notes.union(values as never), { code, message: /rows and values/ });
    assert.throws(() => notes.union(Note.where().select({ text: true }) as never), { code, message: /select\(\)/ });
    assert.throws(() => notes.union(Note.where().annotate((note) => ({ x: note.size.add(1) })) as never), {
      code,
      message: /annotate\(\)/,
    });
    assert.throws(() => notes.union("notes" as never), { code, message: /UNION with/ });
    assert.throws(() => values.union(Note.where().values((note) => ({ other: note.text })) as never), { code, message: /label and other/ });
    assert.throws(() => values.union(Note.where().values((note) => ({ label: note.text, more: note.text }))), { code });
    assert.throws(() => values.union(Note.where().values((note) => ({ label: note.size })) as never), {
      code,
      message: /"label" as text and as int/,
    });
    await transaction(async () => {
      assert.throws(() => notes.union(Note.where().lock("update")), { code, message: /lock\(\)/ });
      assert.throws(() => notes.union(notes).lock("update"), { code, message: /lock\(\)/ });
    });
    const [cents, units] = [f.decimal({ digits: 8, scale: 2 }), f.decimal({ digits: 8, scale: 0 })].map(
      (price) => class extends Model("set_prices", { id: f.id(), price }) {},
    );
    const pricesOf = (model: NonNullable<typeof cents>) => model.where().values((row) => ({ price: row.price }));
    assert.throws(() => pricesOf(cents!).union(pricesOf(units!)), { code, message: /scale 2 and as decimal of scale 0/ });
    assert.ok(values.union(Note.where().values(() => ({ label: sql<string>`'x'` }))) !== undefined);
    const feed = values.union(values);
    for (const [method, use] of Object.entries({
      where: () => feed.where({ text: "a" }),
      pluck: () => feed.pluck("text"),
      values: () => feed.values((note) => ({ text: note.text })),
      annotate: () => feed.annotate((note) => ({ x: note.text })),
      select: () => feed.select({ text: true }),
      groupBy: () => feed.groupBy((note) => [note.text]),
      aggregate: () => feed.aggregate((note) => ({ count: note.count() })),
      numberedPage: () => feed.numberedPage({ size: 1, number: 1 }),
      distinct: () => feed.distinct("text"),
    }))
      assert.throws(use, { code, message: new RegExp(`${method}\\(\\)`) }, method);
    await assert.rejects(async () => feed.page({ size: 1 }), { code });
    assert.throws(() => feed.orderBy("labl" as never), { code: "E_ORDER", message: /labl/ });
    assert.throws(() => feed.orderBy((note) => note.text.asc()), { code: "E_ORDER" });
  });
});
