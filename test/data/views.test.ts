/** Views: models with a query, which migrations create, and create again when what they read has changed. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Database, ModelOptions, NumberExpression } from "../../src/data.ts";
import { belongsTo, createDatabase, field as f, hasMany, hasOne, Model, sql, transaction, View } from "../../src/data.ts";
import { describeModels } from "../../src/data/sql/model-state.ts";
import type { MakeOptions } from "../../src/migrations.ts";
import { checkLive, dumpData, makeMigration, migrate, previewMigrations, rollback } from "../../src/migrations.ts";
import type { DatabasePlace } from "./databases.ts";
import { databaseKinds } from "./databases.ts";

class Author extends Model("view_authors", {
  id: f.id(),
  name: f.text({ max: 50 }),
  books: () => hasMany(Book),
  stats: () => hasOne(Stats),
}) {}

class Book extends Model("view_books", {
  id: f.id(),
  title: f.text({ max: 50 }),
  pages: f.int(),
  price: f.decimal({ digits: 8, scale: 2 }),
  isOpen: f.boolean({ default: true }),
  made: f.datetime(),
  note: f.text({ max: 20, null: true }),
  author: () => belongsTo(Author),
}) {}

const statsSql =
  "SELECT author_id, count(*) AS books, sum(pages) AS pages, avg(pages) AS mean, max(price) AS price, max(made) AS latest FROM view_books GROUP BY author_id";

class Stats extends View(
  "view_stats",
  {
    author: () => belongsTo(Author, { unique: true }),
    books: f.int(),
    pages: f.bigint(),
    mean: f.float(),
    price: f.decimal({ digits: 8, scale: 2 }),
    latest: f.datetime(),
  },
  { sql: statsSql, primary: ["author"], orderBy: "-books", label: "numbers of an author" },
) {}

/** A view of a view, which PostgreSQL keeps. */
class Busy extends View(
  "view_busy",
  { id: f.int({ primary: true, column: "author_id" }), books: f.int() },
  { sql: "SELECT author_id, books FROM view_stats WHERE books > 1", materialized: true },
) {}

const models = [Author, Book, Busy, Stats];

interface NewBook {
  readonly title: string;
  readonly pages: number;
  readonly price: string;
  readonly made: Date;
  readonly author: Author;
}

/** The models with another table or query in the place of some. */
function others({ books = {}, stats = statsSql, checks = {} }: Changed): MakeOptions["models"] {
  class OtherAuthor extends Model("view_authors", { id: f.id(), name: f.text({ max: 50 }) }) {}
  const { id, title, pages, price, isOpen, made, note } = Book.$fields;
  const fields = { id, title, pages, price, isOpen, made, note, author: () => belongsTo(OtherAuthor), ...books };
  class OtherBook extends Model("view_books", fields as Record<string, object>, { checks }) {}
  const { author: _author, ...numbers } = Stats.$fields;
  class OtherStats extends View("view_stats", { author: () => belongsTo(OtherAuthor), ...numbers }, { sql: stats, primary: ["author"] }) {}
  return [OtherAuthor, OtherBook, OtherStats, Busy];
}

interface Changed {
  readonly books?: Readonly<Record<string, object>>;
  readonly stats?: string;
  readonly checks?: NonNullable<ModelOptions["checks"]>;
}

for (const kind of databaseKinds) {
  describe(`views on ${kind.name}`, { skip: kind.skip }, () => {
    let place: DatabasePlace;
    let database: Database;
    let folder = "";

    before(async () => {
      [place, folder] = [await kind.place(), await mkdtemp(join(tmpdir(), "gable-views-"))];
      database = await createDatabase({ url: place.url, models });
      await makeMigration({ models, folder });
      await migrate({ database, folder });
      const [ada, bob, cid] = await Author.createMany([{ name: "Ada" }, { name: "Bob" }, { name: "Cid" }]);
      const book = (title: string, pages: number, author: Author): NewBook => ({
        title,
        pages,
        price: `${pages / 100}0`,
        made: new Date(Date.UTC(2026, 0, pages / 10)),
        author,
      });
      await Book.createMany([book("A", 110, ada!), book("B", 120, ada!), book("C", 130, bob!)]);
      assert.equal(cid!.name, "Cid");
      await Busy.refresh();
    });

    after(async () => {
      await database.close();
      await place.remove();
      await rm(folder, { recursive: true });
    });

    it("are read like tables, with values of their fields' types", async () => {
      const stats = await Stats.where().with({ author: true });
      assert.deepEqual(
        stats.map((row) => [row.author.name, row.books, row.pages, row.mean, row.price, row.latest.toISOString()]),
        [
          ["Ada", 2, 230n, 115, "1.20", "2026-01-12T00:00:00.000Z"],
          ["Bob", 1, 130n, 130, "1.30", "2026-01-13T00:00:00.000Z"],
        ],
      );
      const [first] = stats;
      assert.equal((await Stats.get({ author: first!.authorId })).books, 2);
      assert.deepEqual(
        (await Author.where({ stats: { books: { gt: 1 } } }).orderBy("name")).map(({ name }) => name),
        ["Ada"],
      );
      const authors = await Author.orderBy("name");
      assert.deepEqual(await Promise.all(authors.map(async (author) => (await author.stats)?.books)), [2, 1, undefined]);
      const page = await Stats.all().page({ size: 1 });
      assert.equal(page.items[0]!.books, 2);
      const next = await Stats.all().page({ size: 1, after: page.next! });
      assert.equal(next.items[0]!.books, 1);
      assert.equal(await Stats.where({ author: { name: "Bob" } }).count(), 1);
      assert.deepEqual(await Stats.aggregate((row) => ({ all: row.books.sum() })), { all: 3 });
      await first!.reload();
      assert.deepEqual(Object.keys(first!.toJSON()), ["authorId", "books", "pages", "mean", "price", "latest"]);
      assert.equal(Stats.$meta.isView, true);
      assert.equal(Author.$meta.isView, false);
      assert.deepEqual(
        (await dumpData({ database, folder: join(folder, "dump") })).map(({ table }) => table),
        ["view_authors", "view_books"],
      );
    });

    it("cannot be written", async () => {
      const row = (await Stats.first())!;
      const refused = { code: "E_MODEL_READ_ONLY", message: "Stats is a view: its rows come from a query, so you cannot write them." };
      const rows = Stats as unknown as typeof Book;
      const stored = row as unknown as Book;
      await assert.rejects(rows.create({ authorId: row.authorId } as never), refused);
      await assert.rejects(rows.createMany([{ authorId: row.authorId } as never]), refused);
      await assert.rejects(rows.upsert({ where: { author: row.authorId } as never, update: { pages: 1 } as never }), refused);
      await assert.rejects(rows.getOrCreate({ author: 99 } as never), refused);
      await assert.rejects(Stats.all().delete(), refused);
      await assert.rejects(Stats.where({ books: 2 }).update({ books: 3 }), refused);
      await assert.rejects(stored.delete(), refused);
      row.books = 7;
      await assert.rejects(stored.save(), refused);
      await assert.rejects(rows.updateMany([stored], ["books" as never]), refused);
      assert.equal((await Stats.get({ author: row.authorId })).books, 2);
    });

    it("store their rows until they are refreshed, on PostgreSQL", async () => {
      const read = async (): Promise<unknown> => Busy.orderBy("id").pluck("books");
      assert.deepEqual(await read(), [2]);
      const bob = await Author.get({ name: "Bob" });
      const book = await Book.create({ title: "D", pages: 10, price: "1", made: new Date(0), author: bob });
      assert.deepEqual(await read(), kind.name === "PostgreSQL" ? [2] : [2, 2]);
      await Busy.refresh();
      assert.deepEqual(await read(), [2, 2]);
      await transaction(async () => {
        await book.delete();
        await Busy.refresh();
      });
      assert.deepEqual(await read(), [2]);
      // One that keeps nothing has nothing to do.
      await Stats.refresh();
    });

    it("match their migrations, or are reported as drifted", async () => {
      assert.deepEqual(await checkLive({ database, folder }), []);
      assert.equal(await makeMigration({ models, folder }), undefined);
      const [file] = await previewMigrations({ database, folder });
      assert.match(file!.sql.join("\n"), /CREATE VIEW .view_stats. AS SELECT author_id/);
      await database.query(sql`DROP ${sql.unsafe(kind.name === "PostgreSQL" ? "MATERIALIZED " : "")}VIEW view_busy`);
      await database.query(sql`CREATE VIEW view_busy AS SELECT author_id, books FROM view_stats`);
      const [difference, ...more] = (await checkLive({ database, folder })).filter(({ object }) => object === "view");
      assert.equal(difference?.table, "view_busy");
      assert.deepEqual(more, []);
      await assert.rejects(migrate({ database, folder }), { code: "E_MIGRATION_DRIFT" });
      await database.query(sql`DROP VIEW view_busy`);
      const { data } = { data: describeModels([Author, Book, Stats, Busy]).get("view_busy")! };
      assert.deepEqual(data.view, { sql: "SELECT author_id, books FROM view_stats WHERE books > 1", materialized: true });
    });
  });

  describe(`changes under views on ${kind.name}`, { skip: kind.skip }, () => {
    /** Makes the tables, changes the models, and looks at both states. */
    async function change(
      to: MakeOptions["models"],
      look: (changes: readonly string[]) => void | Promise<void>,
      answers: MakeOptions["answers"] = {},
    ): Promise<void> {
      const [place, folder] = [await kind.place(), await mkdtemp(join(tmpdir(), "gable-views-"))];
      const database = await createDatabase({ url: place.url, models });
      try {
        await makeMigration({ models, folder, name: "initial", now: new Date(Date.UTC(2026, 0, 1)) });
        await migrate({ database, folder });
        const ada = await Author.create({ name: "Ada" });
        for (const title of ["A", "B"]) await Book.create({ title, pages: 10, price: "1", made: new Date(0), author: ada });
        const made = await makeMigration({ models: to, folder, answers });
        await migrate({ database, folder, allowCopies: true });
        assert.deepEqual(await checkLive({ database, folder }), []);
        await Busy.refresh();
        assert.equal((await Stats.first())?.books, 2);
        assert.equal((await Busy.first())?.books, 2);
        await look(made!.changes);
        await rollback({ database, folder, allowDataLoss: true, allowCopies: true });
        assert.equal((await Stats.first())?.books, 2);
        assert.equal((await Busy.first())?.books, 2);
        await rollback({ database, folder, target: "zero", allowDataLoss: true });
        await migrate({ database, folder });
        assert.deepEqual(await checkLive({ database, folder }), []);
      } finally {
        await database.close();
        await place.remove();
        await rm(folder, { recursive: true });
      }
    }

    const around = (inner: string): string[] => [
      'Drop the view "view_busy"',
      'Drop the view "view_stats"',
      inner,
      'Create the view "view_stats"',
      'Create the view "view_busy"',
    ];

    it("create them again for another type of a column that they read", () =>
      change(others({ books: { pages: f.bigint() } }), (changes) =>
        assert.deepEqual(changes, around('Change the column "pages" of "view_books"')),
      ));

    it("create them again for a shorter text, which PostgreSQL rejects under a view", () =>
      change(
        others({ books: { title: f.text({ max: 40 }) } }),
        (changes) => assert.deepEqual(changes, around('Change the column "title" of "view_books"')),
        { shortens: ["view_books.title"] },
      ));

    it("create them again for columns that the query gains or loses", () =>
      change(
        others({
          books: { made: f.datetime({ column: "written", was: "made" }) },
          stats: statsSql.replace("max(made)", "max(written)"),
        }),
        (changes) => assert.deepEqual(changes, around('Rename the column "made" of "view_books" to "written"')),
      ));

    it("create them again for another query", () =>
      change(others({ stats: `${statsSql} HAVING count(*) > 0` }), (changes) => assert.deepEqual(changes, around("").filter(Boolean))));

    it("keep them when a table is copied for other reasons", () =>
      change(
        others({
          books: { extra: f.int({ null: true }), isOpen: f.boolean({ null: true }) },
          checks: { long: (row) => (row as unknown as { pages: NumberExpression<number> }).pages.gt(0) },
        }),
        (changes) =>
          assert.deepEqual(changes, [
            'Change the column "is_open" of "view_books"',
            'Add the column "extra" to "view_books"',
            'Add the check "view_books_long_check" of "view_books"',
          ]),
      ));
  });
}

describe("a view", () => {
  const fields = { id: f.id(), name: f.text({ max: 50 }) };
  const open = (view: unknown): Promise<Database> =>
    createDatabase({ url: "sqlite::memory:", models: [view as typeof Author], bind: false });

  it("needs a query that can be a subquery, a key, and no options of tables", async () => {
    for (const [query, options, message] of [
      ["", {}, /the query is ""/],
      [5, {}, /the query is 5/],
      [{}, {}, /the query is an object/],
      ["SELECT 1 AS id; ", {}, /ends with a semicolon/],
      [{ oracle: "SELECT 1" }, {}, /the query is for "oracle"/],
      [{ sqlite: " " }, {}, /the query is " "/],
      ["SELECT 1", { materialized: 1 }, /materialized is 1/],
      ["SELECT 1", { search: { index: ["name"] } }, /its search has an index/],
    ] as const)
      await assert.rejects(
        open(class Wrong extends View("wrong", fields, { sql: query, ...options } as never) {}),
        { code: "E_MODEL_INVALID", message: new RegExp(`Wrong: .*${message.source}.*E_MODEL_VIEW`) },
        String(message),
      );
    await assert.rejects(open(class Wrong extends View("wrong", fields, undefined as never) {}), {
      code: "E_MODEL_INVALID",
      message: /the query is undefined/,
    });
    await assert.rejects(open(class Wrong extends View("wrong", fields, { sql: "SELECT 1", uniques: [] } as never) {}), {
      code: "E_MODEL_INVALID",
      message: /a view has no option "uniques"/,
    });
    await assert.rejects(open(class Wrong extends View("wrong", { name: fields.name }, "SELECT 1") {}), {
      code: "E_MODEL_INVALID",
      message: /no key/,
    });
    await assert.rejects(open(class Wrong extends View("wrong", fields, { sql: { postgres: "SELECT 1" } }) {}), {
      code: "E_MODEL_VIEW",
      message: "Wrong has no query for sqlite.",
    });
  });

  it("is created after the tables that it reads", async () => {
    class Late extends View("a_late", { id: f.int({ primary: true }) }, "SELECT id FROM b_early") {}
    class Early extends View("b_early", { id: f.int({ primary: true }) }, { sql: { sqlite: "SELECT id FROM view_people" } }) {}
    class Person extends Model("view_people", { id: f.id(), early: () => belongsTo(Early, { null: true }) }) {}
    const database = await createDatabase({ url: "sqlite::memory:", models: [Late, Early, Person] });
    await database.createTables();
    const { id } = await Person.create({});
    await Person.create({ early: id });
    assert.equal((await (await Person.get(2)).early)!.id, id);
    assert.equal(await Late.count(), 2);
    await database.close();
  });

  it("fails with its whole migration if its query lacks a column", async () => {
    class Wrong extends View("wrong", { id: f.int({ primary: true }), total: f.int() }, "SELECT 1 AS id") {}
    const folder = await mkdtemp(join(tmpdir(), "gable-views-"));
    for (const kind of databaseKinds) {
      if (kind.skip !== false) continue;
      const place = await kind.place();
      const database = await createDatabase({ url: place.url, models: [Wrong] });
      await rm(folder, { recursive: true });
      await makeMigration({ models: [Wrong], folder });
      await assert.rejects(migrate({ database, folder }), { code: "E_MIGRATION_FAILED", message: /total/ });
      // Nothing was applied, so the file can be corrected.
      const [{ path }] = [await makeFile(folder, "SELECT 1 AS id, 2 AS total")];
      assert.ok(path !== "");
      await migrate({ database, folder });
      assert.equal((await Wrong.get(1)).total, 2);
      await database.close();
      await place.remove();
    }
    await rm(folder, { recursive: true });
  });
});

/** Corrects the only file of a folder. */
async function makeFile(folder: string, query: string): Promise<{ path: string }> {
  const [name] = await readdir(folder);
  const path = join(folder, name!);
  await writeFile(path, (await readFile(path, "utf8")).replace("SELECT 1 AS id", query));
  return { path };
}
