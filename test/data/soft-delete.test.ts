/** Soft delete: rows that are deleted stay in the table, and nobody sees them who does not ask for them. */
import assert from "node:assert/strict";
import { beforeEach, it } from "node:test";
import { belongsTo, field as f, hasMany, hasOne, manyToMany, Model } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

const deletedAt = f.datetime({ null: true, editable: false });

class Writer extends Model(
  "soft_writers",
  { id: f.id(), name: f.text({ max: 50 }), deletedAt, letters: () => hasMany(Letter), desk: () => hasOne(Desk) },
  { softDelete: "deletedAt" },
) {}

class Desk extends Model(
  "soft_desks",
  { id: f.id(), place: f.text({ max: 50 }), writer: () => belongsTo(Writer, { unique: true }), deletedAt },
  { softDelete: "deletedAt" },
) {}

class Letter extends Model(
  "soft_letters",
  {
    id: f.id(),
    title: f.text({ max: 50, unique: true }),
    pages: f.int({ default: 1 }),
    kind: f.text({ max: 10, default: "note" }),
    version: f.int({ default: 0, editable: false }),
    writer: () => belongsTo(Writer),
    stamps: () => manyToMany(Stamp),
    deletedAt,
  },
  {
    softDelete: "deletedAt",
    version: "version",
    orderBy: "title",
    uniques: [
      { on: ["writer", "pages"], message: "This writer has such a letter." },
      { on: ["kind"], where: (letter) => letter.kind.eq("only") },
      { on: ["kind", "pages"], where: (letter) => letter.deletedAt.isNull() },
    ],
  },
) {
  readonly seen: string[] = [];
  beforeDelete(): void {
    this.seen.push("before");
  }
  afterDelete(): void {
    this.seen.push("after");
  }
}

class Stamp extends Model(
  "soft_stamps",
  { id: f.id(), name: f.text({ max: 50 }), letters: () => manyToMany(Letter), deletedAt },
  { softDelete: "deletedAt" },
) {}

class Plain extends Model("soft_plain", { id: f.id(), name: f.text({ max: 50, unique: true }) }) {}

const titles = (letters: readonly Letter[]): string[] => letters.map(({ title }) => title);

describeOnDatabases("soft delete", [Writer, Desk, Letter, Stamp, Plain], () => {
  let ada: Writer;
  beforeEach(async () => {
    ada = await Writer.create({ name: "Ada" });
    const ben = await Writer.create({ name: "Ben" });
    await Letter.createMany([
      { title: "a", pages: 1, kind: "x", writer: ada },
      { title: "b", pages: 2, kind: "x", writer: ada },
      { title: "c", pages: 3, kind: "x", writer: ben },
    ]);
    const b = await Letter.get({ title: "b" });
    await b.delete();
    assert.deepEqual(b.seen, ["before", "after"]);
    assert.ok(b.deletedAt instanceof Date);
    assert.equal(b.version, 1);
  });

  it("hides deleted rows from every query", async () => {
    assert.deepEqual(titles(await Letter.where()), ["a", "c"]);
    assert.deepEqual(titles(await Letter.exclude({ title: "a" })), ["c"]);
    assert.equal(await Letter.count(), 2);
    assert.equal(await Letter.where({ title: "b" }).exists(), false);
    assert.equal(await Letter.find({ title: "b" }), undefined);
    const { id } = await Letter.withDeleted().get({ title: "b" });
    assert.equal(await Letter.find(id), undefined);
    await assert.rejects(() => Letter.get(id), { code: "E_ROW_MISSING" });
    assert.deepEqual(await Letter.getMany([id]), []);
    assert.deepEqual(await Letter.aggregate((letter) => ({ pages: letter.pages.sum() })), { pages: 4 });
    assert.deepEqual(await Letter.orderBy("-title").pluck("title"), ["c", "a"]);
    assert.deepEqual(titles((await Letter.orderBy("title").page({ size: 10 })).items), ["a", "c"]);
    assert.equal((await Letter.orderBy("title").numberedPage({ number: 1, size: 10 })).total, 2);
    const streamed: string[] = [];
    for await (const { title } of Letter.orderBy("title").stream()) streamed.push(title);
    assert.deepEqual(streamed, ["a", "c"]);
    // What was limited before is limited among the rows that are seen.
    assert.deepEqual(
      titles(
        await Letter.orderBy("title")
          .limit(2)
          .where({ pages: { gt: 1 } }),
      ),
      ["c"],
    );
    assert.deepEqual(await Letter.where().select({ title: true }), [{ title: "a" }, { title: "c" }]);
    assert.deepEqual(await Writer.where({ id: { in: Letter.where({ pages: 2 }).pluck("writerId") } }), []);
    assert.deepEqual(
      await Letter.where()
        .groupBy((letter) => [letter.writer.name])
        .values((letter) => ({ name: letter.writer.name, count: letter.count() })),
      [
        { name: "Ada", count: 1 },
        { name: "Ben", count: 1 },
      ],
    );
  });

  it("hides them from relations to many rows, and from conditions on these", async () => {
    assert.deepEqual(titles(await ada.letters), ["a"]);
    assert.equal(await ada.letters.count(), 1);
    assert.deepEqual(titles(await ada.letters.where({ pages: { gt: 0 } })), ["a"]);
    assert.deepEqual(titles(await ada.letters.withDeleted()), ["a", "b"]);
    const [found] = await Writer.where({ name: "Ada" }).with({ letters: true });
    assert.deepEqual(titles(found!.letters), ["a"]);
    const [limited] = await Writer.where({ name: "Ada" }).with({ letters: { where: { pages: { gt: 1 } }, limit: 3 } });
    assert.deepEqual(titles(limited!.letters), []);
    assert.deepEqual(await Writer.where({ name: "Ada" }).select({ letters: { title: true } }), [{ letters: [{ title: "a" }] }]);
    assert.deepEqual(await Writer.where({ letters: { some: { title: "b" } } }), []);
    assert.equal(await Writer.where({ letters: { none: { title: "b" } } }).count(), 2);
    assert.equal(await Writer.where({ letters: { every: { pages: { ne: 2 } } } }).count(), 2);
    const [counted] = await Writer.where({ name: "Ada" }).annotate((writer) => ({ letterCount: writer.letters.count() }));
    assert.equal(counted!.letterCount, 1);
    // Peers share repeated requests; each sees the rows of that request.
    const writers = await Writer.orderBy("name");
    const seen: string[][] = [];
    for (const writer of writers) seen.push(titles(await writer.letters.where({ pages: { lt: 9 } })));
    for (const writer of writers) seen.push(titles(await writer.letters.withDeleted().where({ pages: { lt: 9 } })));
    assert.deepEqual(seen, [["a"], ["c"], ["a", "b"], ["c"]]);
  });

  it("hides them from many-to-many and one-to-one relations", async () => {
    const stamp = await Stamp.create({ name: "red" });
    const letter = await Letter.get({ title: "a" });
    await letter.stamps.add(stamp);
    const desk = await Desk.create({ place: "left", writer: ada });
    assert.equal((await Writer.get(ada.id).then((writer) => writer.desk))?.place, "left");
    await stamp.delete();
    await desk.delete();
    assert.deepEqual(await Letter.get(letter.id).then((again) => again.stamps), []);
    assert.equal(await Writer.get(ada.id).then((writer) => writer.desk), null);
    assert.equal(await Writer.where({ desk: { place: "left" } }).count(), 0);
    assert.equal(await Writer.where({ desk: null }).count(), 2);
    // Another one may take its place.
    await Desk.create({ place: "right", writer: ada });
    assert.equal((await Writer.get(ada.id).then((writer) => writer.desk))?.place, "right");
    assert.deepEqual(
      (await Writer.where((writer) => writer.desk.place.eq("right"))).map(({ name }) => name),
      ["Ada"],
    );
    assert.deepEqual(
      (await Writer.orderBy((writer) => writer.desk.place.asc())).map(({ name }) => name),
      ["Ada", "Ben"],
    );
  });

  it("shows the row that a key refers to, deleted or not", async () => {
    await ada.delete();
    const letter = await Letter.get({ title: "a" });
    assert.equal((await letter.writer).name, "Ada");
    assert.deepEqual(titles(await Letter.where({ writer: { name: "Ada" } })), ["a"]);
    assert.equal(await Writer.where({ name: "Ada" }).exists(), false);
  });

  it("frees unique keys, and claims them again on restore", async () => {
    const again = await Letter.create({ title: "b", pages: 2, kind: "x", writer: ada });
    await assert.rejects(() => Letter.create({ title: "b", pages: 9, writer: ada }), { code: "E_VALIDATION" });
    await assert.rejects(() => Letter.create({ title: "d", pages: 2, kind: "y", writer: ada }), {
      code: "E_VALIDATION",
      message: /This writer has such a letter/,
    });
    // Two rows with the key: the deleted one cannot come back.
    const [old] = await Letter.withDeleted().where({ title: "b", deletedAt: { isNull: false } });
    await assert.rejects(() => old!.restore(), { code: "E_VALIDATION" });
    assert.ok(old!.deletedAt instanceof Date);
    await again.purge();
    await old!.restore();
    assert.deepEqual(titles(await Letter.where()), ["a", "b", "c"]);
    const only = await Letter.create({ title: "o", pages: 20, kind: "only", writer: ada });
    await assert.rejects(() => Letter.create({ title: "p", pages: 21, kind: "only", writer: ada }), { code: "E_VALIDATION" });
    await only.delete();
    await Letter.create({ title: "p", pages: 21, kind: "only", writer: ada });
  });

  it("deletes, restores and purges rows of queries", async () => {
    assert.equal(await Letter.all().update({ pages: (letter) => letter.pages.add(10) }), 2);
    assert.equal((await Letter.withDeleted().get({ title: "b" })).pages, 2);
    assert.equal(await Letter.where({ title: "a" }).delete(), 1);
    assert.equal(await Letter.where({ title: { in: ["a", "b", "c"] } }).restore(), 2);
    assert.equal((await Letter.get({ title: "a" })).deletedAt, null);
    assert.equal(await Letter.all().delete(), 3);
    assert.equal(await Letter.all().purge(), 0);
    assert.equal(await Letter.withDeleted().where({ title: "a" }).purge(), 1);
    assert.equal(await Letter.withDeleted().count(), 2);
    assert.equal(
      await Letter.where({ pages: { gt: 0 } })
        .orderBy("-title")
        .limit(1)
        .restore(),
      1,
    );
    assert.deepEqual(await Letter.where().pluck("title"), ["c"]);
    assert.throws(() => Letter.where().limit(1).where({ pages: 1 }).withDeleted(), { code: "E_QUERY_FORM" });
    assert.throws(() => Letter.where().union(Letter.where()).withDeleted(), { code: "E_QUERY_FORM" });
    await assert.rejects(() => Letter.where().delete(), { code: "E_QUERY_UNFILTERED", message: /delete\(\)/ });
    await assert.rejects(() => Letter.where().purge(), { code: "E_QUERY_UNFILTERED", message: /purge\(\)/ });
    await assert.rejects(() => Letter.where().restore(), { code: "E_QUERY_UNFILTERED", message: /restore\(\)/ });
  });

  it("creates a new row in upsert() and getOrCreate() if the row with the key is deleted", async () => {
    const made = await Letter.upsert({ where: { title: "b" }, create: { pages: 30, writer: ada }, update: { pages: 31 } });
    assert.equal(made.pages, 30);
    const changed = await Letter.upsert({ where: { title: "b" }, create: { pages: 30, writer: ada }, update: { pages: 31 } });
    assert.deepEqual([changed.id, changed.pages], [made.id, 31]);
    await changed.delete();
    const other = await Letter.getOrCreate({ title: "b" }, { pages: 32, writer: ada });
    assert.notEqual(other.id, made.id);
    assert.equal((await Letter.getOrCreate({ title: "b" }, { pages: 33, writer: ada })).id, other.id);
    assert.equal(await Letter.withDeleted().where({ title: "b" }).count(), 3);
    const [ignored] = await Letter.createMany([{ title: "b", pages: 40, writer: ada }], { onConflict: "ignore" });
    assert.equal(ignored, undefined);
  });

  it("keeps the methods of loaded rows working", async () => {
    const letter = await Letter.get({ title: "a" });
    const other = await Letter.get({ title: "a" });
    await letter.delete();
    await letter.delete();
    await assert.rejects(() => other.delete(), { code: "E_ROW_STALE" });
    assert.equal(other.deletedAt, null);
    await letter.reload();
    assert.ok(letter.deletedAt instanceof Date);
    letter.pages = 50;
    await letter.save();
    assert.equal((await letter.restore()).deletedAt, null);
    await letter.restore();
    await letter.purge();
    await assert.rejects(() => letter.restore(), { code: "E_ROW_UNSAVED" });
    assert.equal(await Letter.withDeleted().where({ title: "a" }).count(), 0);
  });

  it("requires a model with soft delete", async () => {
    const plain = await Plain.create({ name: "x" });
    assert.throws(() => Plain.withDeleted(), { code: "E_SOFT_DELETE" });
    await assert.rejects(() => Plain.all().restore(), { code: "E_SOFT_DELETE" });
    await assert.rejects(() => plain.restore(), { code: "E_SOFT_DELETE" });
    await plain.purge();
    assert.equal(await Plain.all().purge(), 0);
  });
});
