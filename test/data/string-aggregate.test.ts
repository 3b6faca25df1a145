/** Texts of many rows as one: the same on every database. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { field as f, manyToMany, Model, belongsTo, hasMany, sql } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Shelf extends Model("joined_shelves", {
  id: f.id(),
  name: f.text({ max: 50 }),
  volumes: () => hasMany(Volume),
}) {}
class Mark extends Model("joined_marks", { id: f.id(), name: f.text({ max: 50, blank: true }) }) {}
class Volume extends Model("joined_volumes", {
  id: f.id(),
  title: f.text({ max: 50, null: true, blank: true }),
  kind: f.choice({ paper: "Paper", cloth: "Cloth" }, { default: "paper" }),
  place: f.int({ null: true }),
  note: f.text({ secret: true, null: true }),
  long: f.text({ null: true }),
  shelf: () => belongsTo(Shelf, { onDelete: "cascade" }),
  marks: () => manyToMany(Mark),
}) {}

describeOnDatabases("stringAggregate()", [Shelf, Mark, Volume], (open) => {
  it("joins strings in alphabetical order, and skips rows with null", async () => {
    const shelf = await Shelf.create({ name: "S" });
    const title = (): Promise<{ all: string | null }> => Volume.aggregate((volume) => ({ all: volume.title.stringAggregate(", ") }));
    assert.deepEqual(await title(), { all: null });
    await Volume.create({ shelf, title: null });
    assert.deepEqual(await title(), { all: null });
    await Volume.createMany(["b", "é", "B", "a", "", "ä"].map((each) => ({ shelf, title: each })));
    assert.deepEqual(await title(), { all: ", B, a, b, ä, é" });
  });

  it("joins in a given order, rows that match a condition, and distinct strings", async () => {
    const shelf = await Shelf.create({ name: "S" });
    const rows = [["c", 1], ["a", 2], ["c", 3], ["b", null], [null, 4]] as const; // prettier-ignore
    await Volume.createMany(rows.map(([title, place]) => ({ shelf, title, place })));
    const read = await Volume.aggregate((volume) => ({
      places: volume.title.stringAggregate("|", { orderBy: volume.place }),
      back: volume.title.stringAggregate("|", { orderBy: [volume.place.desc({ nulls: "last" }), volume.title.asc()] }),
      some: volume.title.stringAggregate("|", { where: volume.place.gt(1), orderBy: volume.place.desc() }),
      once: volume.title.stringAggregate("|", { distinct: true }),
      onceBack: volume.title.stringAggregate("|", { distinct: true, orderBy: volume.title.desc() }),
      onceSome: volume.title.stringAggregate("; ", { distinct: true, where: volume.place.lte(3).and(volume.title.ne("b")) }),
      none: volume.title.stringAggregate("|", { distinct: true, where: volume.place.gt(100) }),
      upper: volume.title.upper().stringAggregate(""),
      kinds: volume.kind.stringAggregate(" ", { distinct: true }),
      added: volume.title.concat("!").stringAggregate(" ", { distinct: true, orderBy: volume.title.concat("!").desc() }),
    }));
    assert.deepEqual(read, {
      places: "c|a|c|b",
      back: "c|a|c|b",
      some: "c|a",
      once: "a|b|c",
      onceBack: "c|b|a",
      onceSome: "a; c",
      none: null,
      upper: "ABCC",
      kinds: "paper",
      added: "c! b! a! !",
    });
  });

  it("joins strings of groups and of relations, without multiplying rows", async () => {
    const [one, two, empty] = await Shelf.createMany([{ name: "one" }, { name: "two" }, { name: "empty" }]);
    const [first, second] = await Volume.createMany([
      { shelf: one!, title: "x", place: 2 },
      { shelf: one!, title: "y", place: 1 },
      { shelf: two!, title: "z" },
    ]);
    const marks = await Mark.createMany([{ name: "red" }, { name: "blue" }]);
    await first!.marks.add(marks);
    await second!.marks.add(marks[1]!);
    assert.deepEqual(await Volume.orderBy("id").values((volume) => ({ marks: volume.marks.name.stringAggregate(", ") })), [
      { marks: "blue, red" },
      { marks: "blue" },
      { marks: null },
    ]);
    assert.deepEqual(
      await Volume.where()
        .groupBy((volume) => [volume.shelfId])
        .orderBy((volume) => volume.shelfId.asc())
        .values((volume) => ({ shelf: volume.shelfId, titles: volume.title.stringAggregate("+") })),
      [
        { shelf: one!.id, titles: "x+y" },
        { shelf: two!.id, titles: "z" },
      ],
    );
    assert.deepEqual(
      await Shelf.orderBy("id").values((shelf) => ({
        name: shelf.name,
        titles: shelf.volumes.title.stringAggregate(", ", { orderBy: shelf.volumes.place.asc() }),
        late: shelf.volumes.title.stringAggregate(", ", { where: shelf.volumes.place.gt(1) }).coalesce("none"),
      })),
      [
        { name: "one", titles: "y, x", late: "x" },
        { name: "two", titles: "z", late: "none" },
        { name: "empty", titles: null, late: "none" },
      ],
    );
    assert.deepEqual(await Shelf.where((shelf) => shelf.volumes.title.stringAggregate("").eq("xy")).pluck("id"), [one!.id]);
    assert.equal(empty!.name, "empty");
  });

  it("accepts any separator, and strings that look like SQL or JSON", async () => {
    const shelf = await Shelf.create({ name: "S" });
    const texts = ["'", '"', "\\", "a\nb", "\u2028", "[1,null]", "😀", "--", "$1 ? :x"];
    await Volume.createMany(texts.map((title, place) => ({ shelf, title, place })));
    for (const separator of [
      "",
      ",",
      "'",
      "''",
      "\\",
      "\\'",
      '"',
      "`",
      "\n",
      "\t",
      "; --",
      "$1",
      "?",
      ":x",
      "{}",
      "é – ’",
      "😀",
      "%s",
      "0x27",
      "x".repeat(100),
    ]) {
      const { all, once } = await Volume.aggregate((volume) => ({
        all: volume.title.stringAggregate(separator, { orderBy: volume.place }),
        once: volume.title.stringAggregate(separator, { distinct: true }),
      }));
      assert.equal(all, texts.join(separator), JSON.stringify(separator));
      const sorted = texts.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.equal(once, sorted.join(separator), JSON.stringify(separator));
    }
  });

  it("does not cut the result", async () => {
    const shelf = await Shelf.create({ name: "S" });
    const part = "0123456789".repeat(10_000);
    await Volume.createMany(Array.from({ length: 15 }, () => ({ shelf, long: part })));
    const { all } = await Volume.aggregate((volume) => ({ all: volume.long.stringAggregate("") }));
    assert.equal(all?.length, 1_500_000);
    assert.equal(all, part.repeat(15));
  });

  it("does not cut a result of the largest MariaDB packet, and rejects one byte more", async () => {
    const { kind, database } = open();
    const shelf = await Shelf.create({ name: "S" });
    const packet = kind === "MariaDB" ? await database.query<{ size: number }>(sql`SELECT @@max_allowed_packet AS size`) : [];
    const max = (packet[0]?.size ?? 16_777_216) - 4;
    const half = "x".repeat(max / 2);
    await Volume.createMany([
      { shelf, long: half },
      { shelf, long: half },
    ]);
    const read = async (separator: string, distinct = false): Promise<string | null> =>
      (await Volume.aggregate((volume) => ({ all: volume.long.stringAggregate(separator, { distinct }) }))).all;
    assert.equal((await read(""))?.length, max);
    assert.equal((await read(",", true))?.length, max / 2);
    if (kind === "MariaDB") await assert.rejects(read(","), { code: "E_TEXT_TOO_LONG", fix: /max_allowed_packet/ });
    else assert.equal((await read(","))?.length, max + 1);
  });

  it("distinguishes queries with other separators, or in another order", async () => {
    const shelf = await Shelf.create({ name: "S" });
    await Volume.createMany(["a", "b"].map((title, place) => ({ shelf, title, place: -place })));
    const read = async (separator: string, by: "title" | "place"): Promise<string | null> =>
      (await Volume.aggregate((volume) => ({ all: volume.title.stringAggregate(separator, { orderBy: volume[by] }) }))).all;
    assert.deepEqual([await read("1", "title"), await read("2", "title"), await read("1", "place")], ["a1b", "a2b", "b1a"]);
    assert.ok(open().statements.length > 0);
  });
});

describe("stringAggregate()", () => {
  const join = (separator: unknown, options?: object): unknown =>
    Volume.where().values((volume) => ({ a: volume.title.stringAggregate(separator as string, options) }));

  it("rejects invalid separators, one character above the limit, and meaningless orders", () => {
    for (const separator of ["\0", "a\u0001b", "\u00010.0;", "\r", "\u009f", "\ud800", "x".repeat(101), 1, null, undefined])
      assert.throws(() => join(separator), { code: "E_EXPRESSION_ARGUMENT", message: /got the separator / }, String(separator));
    assert.throws(() => join(", ", { order: "title" }), { code: "E_OPTION_UNKNOWN" });
    assert.throws(() => join(", ", { orderBy: "title" }), { code: "E_ORDER" });
    for (const distinct of ["false", 0, null])
      assert.throws(() => join(", ", { distinct }), { code: "E_OPTION_INVALID", message: /option "distinct"/ });
    assert.throws(
      () => Volume.where().values((volume) => ({ a: volume.title.stringAggregate(", ", { distinct: true, orderBy: volume.place.asc() }) })),
      { code: "E_EXPRESSION_ARGUMENT", message: /distinct strings/ },
    );
    assert.throws(() => Volume.where().values((volume) => ({ a: volume.title.stringAggregate(", ").over({}) })), {
      code: "E_EXPRESSION_WINDOW",
      message: "over() follows stringAggregate().",
    });
    assert.throws(() => Volume.where().values((volume) => ({ a: (volume.place as never as typeof volume.title).stringAggregate(",") })), {
      code: "E_EXPRESSION_TYPE",
    });
  });

  it("only allows orders of many rows inside an aggregate", () => {
    assert.throws(() => Shelf.where().orderBy((shelf) => shelf.volumes.title.asc()), { code: "E_EXPRESSION_MANY" });
    assert.throws(() => Shelf.where().values((shelf) => ({ a: shelf.id.sum().over({ orderBy: shelf.volumes.title.asc() }) })), {
      code: "E_EXPRESSION_MANY",
    });
    assert.throws(
      () => Volume.where().values((volume) => ({ a: volume.title.stringAggregate(",", { orderBy: volume.shelf.volumes.title.asc() }) })),
      {
        code: "E_EXPRESSION_MANY",
      },
    );
  });
});
