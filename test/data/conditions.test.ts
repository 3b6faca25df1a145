/** Conditions of tables, keys of some rows, values that the database computes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDatabase } from "../../src/data/database.ts";
import { GableError } from "../../src/errors/gable-error.ts";
import { Model } from "../../src/data/model.ts";
import { field as f } from "../../src/data/schema/field.ts";
import { belongsTo, hasMany } from "../../src/data/schema/relation.ts";
import { describeOnDatabases } from "./databases.ts";

class Shelf extends Model("shelves", { id: f.id(), name: f.text({ max: 20 }), volumes: () => hasMany(Volume) }) {}

class Volume extends Model(
  "volumes",
  {
    id: f.id(),
    title: f.text({ max: 100, blank: true }),
    code: f.text({ max: 20 }),
    pages: f.int(),
    price: f.decimal({ digits: 8, scale: 2, default: "1.00" }),
    removedAt: f.datetime({ null: true }),
    shelf: () => belongsTo(Shelf, { null: true, onDelete: "cascade" }),
  },
  {
    checks: {
      pagesPositive: (volume) => volume.pages.gt(0),
      titleOrCode: (volume) => volume.title.ne("").or(volume.code.startsWith("it's \\ 50%")),
    },
    uniques: [{ on: ["code"], where: (volume) => volume.removedAt.isNull(), message: "This code is in use." }],
    indexes: [{ on: ["title"], where: (volume) => volume.pages.gt(100) }, { on: ["pages"] }],
    computed: (volume) => ({
      label: volume.title.concat(" (", volume.code, ")"),
      isThick: volume.pages.gt(300),
      twice: volume.price.mul(2),
    }),
  },
) {
  get loud(): string {
    return this.label.toUpperCase();
  }
}

const errorsOf = (error: unknown): unknown => (error instanceof GableError ? error.details["errors"] : error);

describeOnDatabases("conditions", [Shelf, Volume], (open) => {
  it("are enforced for every row", async () => {
    assert.deepEqual(await Volume.create({ title: "a", code: "a", pages: 0 }).then(() => assert.fail(), errorsOf), {
      $model: ["These values are not allowed."],
    });
    assert.deepEqual(await Volume.create({ title: "", code: "x", pages: 1 }).then(() => assert.fail(), errorsOf), {
      $model: ["These values are not allowed."],
    });
    await Volume.create({ title: "", code: "it's \\ 50%x", pages: 1 });
    await assert.rejects(Volume.where({ pages: 1 }).update({ pages: -1 }), { code: "E_VALIDATION" });
  });

  it("make a key unique among some rows", async () => {
    const first = await Volume.create({ title: "a", code: "c", pages: 1 });
    assert.deepEqual(await Volume.create({ title: "b", code: "c", pages: 1 }).then(() => assert.fail(), errorsOf), {
      code: ["This code is in use."],
    });
    first.removedAt = new Date();
    await first.save();
    await Volume.create({ title: "b", code: "c", pages: 1 });
    await Volume.create({ title: "c", code: "c", pages: 1, removedAt: new Date() });
    await assert.rejects(Volume.getOrCreate({ code: "c" }), { code: "E_KEY_NOT_UNIQUE" });
  });

  it("compute values for each row, however it is read", async () => {
    const shelf = await Shelf.create({ name: "s" });
    const made = await Volume.create({ title: "T", code: "C", pages: 400, price: "2.25", shelf });
    const wanted = ["T (C)", true, "4.50", "T (C)"];
    const read = (volume: Volume): unknown[] => [volume.label, volume.isThick, volume.twice, volume.loud.replace("T (C)", "T (C)")];
    const found = await Volume.get(made.id);
    assert.deepEqual(read(found), wanted);
    for (const each of [
      await Volume.get({ code: "C" }),
      await Volume.first(),
      (await Volume.where())[0],
      (await shelf.volumes)[0],
      (await Shelf.where().with({ volumes: true }))[0]!.volumes[0],
      (await Volume.orderBy("title").page({ size: 1 })).items[0],
      await made.reload(),
    ])
      assert.deepEqual(read(each!), wanted);
    for await (const each of Volume.where().stream()) assert.deepEqual(read(each), wanted);
    const [noted] = await Volume.where().annotate((volume) => ({ half: volume.pages.div(2) }));
    assert.deepEqual([noted!.half, ...read(noted!)], [200, ...wanted]);
    open().statements.length = 0;
    await found.save();
    assert.equal(open().statements.length, 0);
    assert.equal(
      (
        await Volume.where((volume) => volume.pages.gt(1))
          .limit(1)
          .where({ code: "C" })
      )[0]!.label,
      "T (C)",
    );
  });
});

describe("invalid conditions", () => {
  const refuse = (options: object, message: RegExp): Promise<void> => {
    class Wrong extends Model(
      "wrong",
      { id: f.id(), name: f.text({ max: 9 }), other: () => belongsTo(Wrong, { null: true }), all: () => hasMany(Wrong, { by: "other" }) },
      options as never,
    ) {}
    return assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Wrong] }), (error: unknown) => {
      assert.ok(error instanceof GableError);
      assert.equal(error.code, "E_MODEL_CONDITION");
      assert.match(`${error.message} ${String((error.cause as Error | undefined)?.message)}`, message);
      return true;
    });
  };

  it("are rejected when the database opens", async () => {
    await refuse(
      { checks: { a: (row: { other: { name: { eq(text: string): unknown } } }) => row.other.name.eq("x") } },
      /checks\.a .*must not use a relation/,
    );
    await refuse({ checks: { a: (row: { all: { some(): unknown } }) => row.all.some() } }, /other rows/);
    await refuse({ checks: { a: () => true } }, /Expected a condition/);
    await refuse({ checks: { a: (row: { nope: { eq(text: string): unknown } }) => row.nope.eq("x") } }, /no field "nope"/);
    await refuse({ uniques: [{ on: ["name"], where: () => 5 }] }, /wrong_name_unique/);
    await refuse({ computed: (row: { name: unknown }) => ({ name: row.name }) }, /"name" has the name of a field/);
  });
});
