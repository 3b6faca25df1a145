/** Slugs that Gable makes, the same on every database. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { belongsTo, field as f, Model } from "../../src/data.ts";
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

describeOnDatabases("slugs that Gable makes", [Shop, Book, Item, Note], () => {
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
