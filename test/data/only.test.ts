/** Rows with some columns alone, the same on every database. */
import assert from "node:assert/strict";
import { beforeEach, it } from "node:test";
import { belongsTo, field as f, hasMany, Model, or } from "../../src/data.ts";
import { assertQueries, countQueries } from "../../src/testing/count-queries.ts";
import { describeOnDatabases } from "./databases.ts";

class Writer extends Model("only_writers", { id: f.id(), name: f.text({ max: 50 }), pages: () => hasMany(Page) }) {}
class Page extends Model(
  "only_pages",
  {
    id: f.id(),
    title: f.text({ max: 50 }),
    body: f.text({ null: true }),
    size: f.int({ default: 1 }),
    secret: f.text({ null: true, secret: true }),
    version: f.int({ default: 0, editable: false }),
    deletedAt: f.datetime({ null: true, editable: false }),
    writer: () => belongsTo(Writer),
  },
  { version: "version", softDelete: "deletedAt", computed: (page) => ({ isLong: page.size.gt(2) }) },
) {
  get heading(): string {
    return `${this.title}!`;
  }
}
class Cell extends Model("only_cells", { row: f.int(), column: f.int(), text: f.text({ null: true }) }, { primary: ["row", "column"] }) {}

describeOnDatabases("only()", [Writer, Page, Cell], () => {
  let ada: Writer;
  beforeEach(async () => {
    ada = await Writer.create({ name: "Ada" });
    await Page.createMany([1, 2, 3].map((size) => ({ title: `t${size}`, body: `b${size}`, size, secret: "s", writer: ada })));
  });

  const titles = async (): Promise<Page[]> => Page.orderBy("id").only("title");

  it("returns rows of the model with these columns and their key", async () => {
    const pages = await titles();
    assert.equal(await countQueries(titles), 1);
    const [first] = pages;
    assert.equal(first instanceof Page, true);
    assert.equal(first!.constructor, Page);
    assert.equal(first!.heading, "t1!");
    assert.deepEqual(Object.keys(first!), ["id", "title", "version", "deletedAt", "isLong"]);
    assert.equal((pages[2] as unknown as { isLong: unknown }).isLong, true);
    assert.deepEqual(JSON.parse(JSON.stringify(first)), { id: first!.id, title: "t1", version: 0, deletedAt: null, isLong: false });
    assert.doesNotMatch(Page.orderBy("id").only("title").toSql().sql, /body/);
  });

  it("says which column was not read", async () => {
    const [page] = await titles();
    assert.throws(() => page!.body, {
      code: "E_COLUMN_DEFERRED",
      message: "Page.body was not read with this row.",
      fix: 'Add "body" to only(), or load it: await row.load("body").',
    });
    await assert.rejects(async () => page!.writer, { code: "E_COLUMN_DEFERRED", message: "Page.writerId was not read with this row." });
  });

  it("loads a column once, for all rows of the result", async () => {
    const pages = await titles();
    await assertQueries(1, async () => {
      for (const page of pages) await page.load("body", "size");
    });
    assert.deepEqual(
      pages.map(({ body, size }) => [body, size]),
      [
        ["b1", 1],
        ["b2", 2],
        ["b3", 3],
      ],
    );
    await assertQueries(0, () => pages[0]!.save());
    const names: readonly never[] = ["bdy" as never];
    await assert.rejects(pages[0]!.load(...names), { code: "E_FIELD_UNKNOWN", message: 'Page has no field "bdy".' });
  });

  it("loads a single row if rows load separately, and keeps assigned values", async () => {
    const pages = await Page.orderBy("id").only("title").fetchMode("one");
    pages[0]!.size = 7;
    await pages[0]!.load("body", "size");
    assert.deepEqual([pages[0]!.body, pages[0]!.size], ["b1", 7]);
    assert.throws(() => pages[1]!.body, { code: "E_COLUMN_DEFERRED" });
    await pages[0]!.save();
    assert.equal((await Page.get(pages[0]!.id)).size, 7);
  });

  it("stores assigned values, but no unread columns", async () => {
    const [page] = await titles();
    page!.body = "new";
    assert.equal(page!.body, "new");
    await page!.save();
    const stored = await Page.get(page!.id);
    assert.deepEqual([stored.title, stored.body, stored.size, stored.version], ["t1", "new", 1, 1]);
    page!.title = "again";
    await page!.save();
    await page!.reload();
    assert.deepEqual([page!.title, page!.size], ["again", 1]);
  });

  it("reports a deleted row", async () => {
    const [page] = await titles();
    await Page.all().purge();
    await assert.rejects(page!.load("body"), { code: "E_ROW_MISSING" });
  });

  it("deletes and restores such rows", async () => {
    const [page] = await titles();
    await page!.delete();
    assert.equal(await Page.where().count(), 2);
    await page!.restore();
    assert.equal(await Page.where().count(), 3);
    await page!.purge();
    assert.equal(await Page.withDeleted().count(), 2);
  });

  it("reads the keys of relations to load", async () => {
    const pages = await Page.orderBy("id").only("title").with({ writer: true });
    assert.equal(pages[0]!.writer.name, "Ada");
    assert.equal(pages[0]!.writerId, ada.id);
  });

  it("works with pages, limits, streams, unions, annotations, and relations", async () => {
    const page = await Page.orderBy("-size").only("title").page({ size: 2 });
    const next = await Page.orderBy("-size").only("title").page({ size: 2, after: page.next! });
    assert.deepEqual(
      [...page.items, ...next.items].map(({ title }) => title),
      ["t3", "t2", "t1"],
    );
    assert.throws(() => page.items[0]!.size, { code: "E_COLUMN_DEFERRED" });
    assert.deepEqual(
      (
        await Page.orderBy("id")
          .limit(2)
          .where({ size: { gt: 1 } })
          .only("body")
      ).map(({ body }) => body),
      ["b2"],
    );
    for await (const each of Page.orderBy("id").only("title").stream({ batch: 2 }))
      assert.throws(() => each.size, { code: "E_COLUMN_DEFERRED" });
    const both = Page.where({ size: 1 })
      .only("title")
      .union(Page.where({ size: 3 }))
      .orderBy("id");
    assert.deepEqual(
      (await both).map(({ title }) => title),
      ["t1", "t3"],
    );
    const [annotated] = await Page.orderBy("id")
      .annotate((row) => ({ twice: row.size.mul(2) }))
      .only("title");
    assert.deepEqual([annotated!.twice, annotated!.title], [2, "t1"]);
    const writers = await Writer.where();
    assert.deepEqual(
      (await writers[0]!.pages.orderBy("id").only("title")).map(({ title }) => title),
      ["t1", "t2", "t3"],
    );
    assert.equal((await Page.where().only("title").get(annotated!.id)).title, "t1");
    assert.equal((await Page.where().distinct("writerId").orderBy("id").only("title"))[0]!.title, "t1");
    assert.equal(
      await Page.where({ [or]: [{ size: 1 }, { size: 2 }] })
        .only("title")
        .count(),
      2,
    );
  });

  it("rejects invalid uses", () => {
    const query = Page.where();
    assert.throws(() => query.only(), { code: "E_QUERY_FORM", message: "A query cannot have only() without names." });
    assert.throws(() => query.only("titel" as never), { code: "E_FIELD_UNKNOWN", fix: 'Write "title".' });
    assert.throws(() => query.pluck("id").only("title"), { code: "E_QUERY_FORM" });
  });

  it("loads by keys of several fields", async () => {
    await Cell.createMany([1, 2, 3].map((column) => ({ row: 1, column, text: `x${column}` })));
    const cells = await Cell.orderBy("row", "column").only("row");
    await assertQueries(1, () => cells[1]!.load("text"));
    // Keys of several fields are asked for in parts: one of all of them would be too deep for SQLite.
    await Cell.createMany(Array.from({ length: 1_200 }, (_, index) => ({ row: 1_000 + index, column: 1, text: `x${index}` })));
    const many = await Cell.where({ row: { gte: 1_000 } })
      .orderBy("row")
      .only("row");
    await assertQueries(6, () => many[0]!.load("text"));
    assert.deepEqual([many[0]!.text, many[199]!.text, many[200]!.text, many[1_199]!.text], ["x0", "x199", "x200", "x1199"]);
    assert.deepEqual(
      cells.map(({ text }) => text),
      ["x1", "x2", "x3"],
    );
  });
});
