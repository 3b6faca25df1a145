/** Slugs that Gable makes, the same on every database. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { belongsTo, field as f, Model, saveMany, transaction } from "../../src/data.ts";
import { modelForm } from "../../src/forms.ts";
import { assertQueries } from "../../src/testing/count-queries.ts";
import { describeOnDatabases } from "./databases.ts";

class Shop extends Model("slug_shops", { id: f.id(), name: f.text({ max: 50 }) }) {}
class Book extends Model(
  "slug_books",
  {
    id: f.id(),
    title: f.text({ max: 200 }),
    slug: f.slug({ from: "title", unique: true, max: 12 }),
    deletedAt: f.datetime({ null: true, editable: false }),
  },
  { softDelete: "deletedAt" },
) {}
class Item extends Model(
  "slug_items",
  { id: f.id(), title: f.text({ max: 200 }), slug: f.slug({ from: "title" }), shop: () => belongsTo(Shop) },
  { uniques: [{ on: ["shop", "slug"] }] },
) {}
class Note extends Model("slug_notes", { id: f.id(), title: f.text({ max: 200 }), slug: f.slug({ from: "title", null: true }) }) {}

class Good extends Model("slug_goods", {
  id: f.id(),
  sku: f.text({ max: 20, unique: true, null: true }),
  title: f.text({ max: 90, blank: true }),
  slug: f.slug({ from: "title", unique: true, max: 20 }),
}) {}
class Year extends Model("slug_years", { id: f.id(), year: f.int(), slug: f.slug({ from: "year", unique: true }) }) {}

describeOnDatabases("slugs that Gable makes", [Shop, Book, Item, Note, Good, Year], () => {
  const slugs = (): Promise<string[]> => Promise.resolve(Good.orderBy("id").pluck("slug"));

  it("are free in every call that creates rows", async () => {
    await Good.create({ title: "Tea" });
    await Good.upsert({ where: { sku: "1" }, create: { title: "Tea" }, update: { title: "Tea" } });
    await Good.getOrCreate({ sku: "2" }, { title: "Tea" });
    await Good.createMany([{ title: "Tea", sku: "3" }], { onConflict: { target: ["sku"], update: ["title"] } });
    await Good.createMany([{ title: "Tea", sku: "4" }], { onConflict: "ignore" });
    await saveMany([Good.build({ title: "Tea" })]);
    const expected = ["tea", "tea-2", "tea-3", "tea-4", "tea-5", "tea-6"];
    assert.deepEqual(await slugs(), expected);
    // Existing rows keep theirs.
    await Good.upsert({ where: { sku: "1" }, create: { title: "Tea" }, update: { title: "Cup" } });
    await Good.createMany([{ title: "Cup", sku: "3" }], { onConflict: { target: ["sku"], update: ["title"] } });
    await Good.createMany([{ title: "Cup", sku: "4" }], { onConflict: "ignore" });
    assert.deepEqual(await slugs(), expected);
  });

  it("are the key of rows that have no other", async () => {
    await Good.create({ title: "Tea" });
    assert.deepEqual(
      await Good.createMany([{ title: "Tea" }, { title: "Cup" }, { title: "Cup" }], { onConflict: "ignore" }).then((rows) =>
        rows.map(({ slug }) => slug),
      ),
      ["cup"],
    );
    await Good.createMany([{ title: "Tea", sku: "9" }], { onConflict: { target: ["slug"], update: ["sku"] } });
    assert.deepEqual(await Good.orderBy("id").pluck("sku"), ["9", null]);
  });

  it("are free when others take them at the same time", async () => {
    const of = (count: number, work: (index: number) => Promise<unknown>): Promise<unknown> =>
      Promise.all(Array.from({ length: count }, (_, index) => work(index)));
    await of(6, () => Good.create({ title: "Tea" }));
    await of(6, (index) => Good.getOrCreate({ sku: String(index) }, { title: "Cup" }));
    await of(4, () => transaction(() => Good.create({ title: "Mug" }), { retries: 10 }));
    const all = await slugs();
    assert.deepEqual([all.length, new Set(all).size], [16, 16]);
    assert.ok(
      all.every((slug) => /^(?:tea|cup|mug)(?:-[2-9a-z]+)?$/.test(slug)),
      all.join(),
    );
  });

  it("come from numbers, and are short ids for a blank string", async () => {
    assert.deepEqual([(await Year.create({ year: 1999 })).slug, (await Year.create({ year: 1999 })).slug], ["1999", "1999-2"]);
    for (const title of ["", "  "]) assert.match((await Good.create({ title })).slug, /^[2-9a-z]{8}$/);
  });

  it("get a number, and then random letters, when the slug is taken", async () => {
    const slugs: string[] = [];
    for (let count = 0; count < 11; count++) slugs.push((await Book.create({ title: "Tea" })).slug);
    assert.deepEqual(slugs.slice(0, 9), ["tea", "tea-2", "tea-3", "tea-4", "tea-5", "tea-6", "tea-7", "tea-8", "tea-9"]);
    for (const slug of slugs.slice(9)) assert.match(slug, /^tea-[2-9a-z]{6}$/);
    assert.equal(new Set(slugs).size, 11);
  });

  it("stay within the length of the field", async () => {
    const slugs: string[] = [];
    for (let count = 0; count < 10; count++) slugs.push((await Book.create({ title: "Twelve letters" })).slug);
    assert.deepEqual(slugs.slice(0, 2), ["twelve-lette", "twelve-let-2"]);
    for (const slug of slugs) assert.ok(slug.length <= 12, slug);
    assert.equal(new Set(slugs).size, 10);
  });

  it("are short ids when no letter of the title fits", async () => {
    const [first, second] = [await Book.create({ title: "日本語" }), await Book.create({ title: "日本語" })];
    assert.match(first.slug, /^[2-9a-z]{8}$/);
    assert.notEqual(first.slug, second.slug);
    assert.equal((await Note.create({ title: "  " })).slug, null);
  });

  it("are free among the rows of one createMany(), and the rows that exist", async () => {
    await Book.create({ title: "Tea" });
    const rows = await Book.createMany(Array.from({ length: 150 }, (_, index) => ({ title: index % 3 === 0 ? "Tea" : `Book ${index}` })));
    assert.equal(new Set(rows.map(({ slug }) => slug)).size, 150);
    assert.deepEqual(
      rows.slice(0, 4).map(({ slug }) => slug),
      ["tea-2", "book-1", "book-2", "tea-3"],
    );
  });

  it("count deleted rows, so that a row can be restored", async () => {
    const first = await Book.create({ title: "Tea" });
    await first.delete();
    assert.equal((await Book.create({ title: "Tea" })).slug, "tea-2");
  });

  it("may repeat where the key has other values too", async () => {
    const [one, two] = await Shop.createMany([{ name: "one" }, { name: "two" }]);
    const slugOf = async (shop: Shop): Promise<string> => (await Item.create({ title: "Tea", shop })).slug;
    assert.deepEqual([await slugOf(one!), await slugOf(two!), await slugOf(one!)], ["tea", "tea", "tea-2"]);
  });

  it("may repeat where nothing is unique, without a query", async () => {
    await assertQueries(2, async () => {
      assert.deepEqual([(await Note.create({ title: "Tea" })).slug, (await Note.create({ title: "Tea" })).slug], ["tea", "tea"]);
    });
  });

  it("never replace a slug that somebody typed", async () => {
    await Book.create({ title: "Tea" });
    await assert.rejects(Book.create({ title: "Other", slug: "tea" }), { code: "E_VALIDATION" });
    const built = Book.build({ title: "Tea" });
    assert.equal(built.slug, "tea");
    assert.equal((await built.save()).slug, "tea-2");
    const changed = Book.build({ title: "Tea" });
    changed.slug = "tea";
    assert.equal((await changed.save()).slug, "tea-3");
  });

  it("are free for a form that leaves them blank, or does not have them", async () => {
    await Book.create({ title: "Tea" });
    for (const fields of [["title"], ["title", "slug"]] as const) {
      const sent = await modelForm(Book, { fields }).parse({ title: "Tea", slug: "" });
      assert.ok(sent.valid);
      const stored = await sent.save({} as never);
      assert.match(String(stored?.slug), /^tea-[23]$/);
    }
    const typed = await modelForm(Book, { fields: ["title", "slug"] }).parse({ title: "Tea", slug: "tea" });
    assert.equal(typed.valid && (await typed.save()), null);
  });
});
