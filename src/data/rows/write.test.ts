import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { describe, it } from "node:test";
import { describeOnDatabases } from "../../../test/data/databases.ts";
import { Author, Book, Line, models, Order, Part } from "../../../test/data/library-models.ts";
import { Tag } from "../../../test/data/tag-model.ts";
import { GableError } from "../../errors/gable-error.ts";
import { Model, saveMany } from "../model.ts";
import { createUuid } from "../schema/default-values.ts";
import { field as f } from "../schema/field.ts";
import { belongsTo } from "../schema/relation.ts";
import { transaction } from "../run/transaction.ts";

const values = {
  title: "A Book",
  price: "2.5",
  get meta() {
    return { lang: "en" };
  },
};
const errorsOf = (error: unknown): unknown => (error instanceof GableError ? error.details["errors"] : error);

describeOnDatabases("writing", models, (open) => {
  const author = (): Promise<Author> => Author.create({ name: "Ada" });

  it("stores new rows: defaults, timestamps, slugs, normalized values", async () => {
    const ada = await author();
    const { statements } = open();
    statements.length = 0;
    const book = await Book.create({ ...values, author: ada, secretNote: undefined });
    assert.equal(statements.length, 2, "one asks whether the slug is free, one inserts");
    assert.deepEqual(
      { ...book },
      {
        id: 1,
        title: "A Book",
        slug: "a-book",
        price: "2.50",
        pages: 1,
        meta: { lang: "en" },
        secretNote: null,
        version: 0,
        authorId: 1,
        created: book.created,
        updated: book.created,
      },
    );
    const read = await Book.get(1);
    assert.deepEqual({ ...read }, { ...book });
    assert.deepEqual(Object.keys(read), Object.keys(book));
    assert.ok(book instanceof Book);
    assert.equal("secretNote" in book.toJSON(), false);
    const built = Book.build({ title: "Built", price: "1", meta: { lang: "x" }, author: 1 });
    assert.deepEqual([built.id, built.pages, built.slug], [undefined, 1, "built"]);
    await built.save();
    assert.equal(built.id, 2);
    assert.equal((await Author.create({ name: "B", id: 77 } as never)).id, 77);
  });

  it("checks values before the database sees them", async () => {
    const { statements } = open();
    const wrong = async (given: object): Promise<unknown> => Book.create(given as never).then(() => assert.fail(), errorsOf);
    assert.deepEqual(await wrong({ title: " ", price: "x", pages: 0, meta: { lang: "x" }, author: 1 }), {
      title: ["Title is blank"],
      price: ['Give a number such as "12.50".'],
      pages: ["Give at least 1."],
    });
    assert.deepEqual(await wrong({}), {
      title: ["This is needed."],
      slug: ["This is needed."],
      price: ["This is needed."],
      meta: ["This is needed."],
      author: ["This is needed."],
    });
    assert.deepEqual(await wrong({ ...values, author: 1, pages: 5001 }), { pages: ["Too long"] });
    assert.equal(statements.length, 0);
    await assert.rejects(Book.create({ ...values, author: 1, pages: 0 }), {
      code: "E_VALIDATION",
      status: 422,
      message: /^Book cannot be stored: pages: Give at least 1\.$/,
    });
    await assert.rejects(Book.create({ ...values, author: 1, tilte: 1 } as never), { code: "E_FIELD_UNKNOWN", fix: 'Write "title".' });
    await assert.rejects(Book.create({ ...values, author: Author.build({ name: "x" }) }), { code: "E_RELATION_UNSAVED" });
    await assert.rejects(Book.create({ ...values, author: 1, tags: [] } as never), { code: "E_RELATION_ASSIGN" });
    await assert.rejects(Book.create(JSON.parse('{"__proto__": 1}') as never), { code: "E_FIELD_UNKNOWN" });
    const ada = await author();
    const unchecked = await Book.create({ ...values, author: ada, pages: 9000 }, { validate: false });
    assert.equal((await Book.get(unchecked.id)).pages, 9000);
  });

  it("converts errors of the database to errors of fields", async () => {
    const ada = await author();
    await Book.create({ ...values, author: ada, slug: "a" });
    assert.deepEqual(await Book.create({ ...values, title: "Other", author: ada, slug: "a" }).then(() => assert.fail(), errorsOf), {
      slug: ["This slug is taken."],
    });
    assert.deepEqual(await Book.create({ ...values, author: ada, slug: "b" }).then(() => assert.fail(), errorsOf), {
      author: ["This author has this title already"],
      title: ["This author has this title already"],
    });
    assert.deepEqual(await Book.create({ ...values, title: "z", author: 999 }).then(() => assert.fail(), errorsOf), {
      author: ["This row does not exist."],
    });
    assert.deepEqual(await Author.create({ name: "x", status: "gone" as never }, { validate: false }).then(() => assert.fail(), errorsOf), {
      status: ["This value is not allowed."],
    });
    assert.deepEqual(await Author.create({ name: null as never }, { validate: false }).then(() => assert.fail(), errorsOf), {
      name: ["This is needed."],
    });
    assert.deepEqual(
      await Tag.create({ id: 1, name: "a" } as never)
        .then(() => Tag.create({ id: 1, name: "b" } as never))
        .then(() => assert.fail(), errorsOf),
      { id: ["A row with this key already exists."] },
    );
    if (open().kind === "PostgreSQL") {
      assert.deepEqual(await Tag.create({ name: "x".repeat(51) }, { validate: false }).then(() => assert.fail(), errorsOf), {
        $model: ["This is too long."],
      });
      assert.deepEqual(await Order.create({ number: 2 ** 31 }, { validate: false }).then(() => assert.fail(), errorsOf), {
        $model: ["This number is out of range."],
      });
    }
    const failed = await Tag.create({ name: "a" }).then(
      () => assert.fail(),
      (error: unknown) => error,
    );
    assert.ok(failed instanceof GableError && failed.cause instanceof Error && !failed.message.includes("constraint"));
    const orders = await Order.create({ number: 5 });
    await Line.create({ orderNumber: 5, line: 1 });
    await assert.rejects(orders.delete(), { code: "E_DELETE_RESTRICTED", status: 409, message: "This order is still in use." });
    await assert.rejects(Order.where({ number: 5 }).delete(), { code: "E_DELETE_RESTRICTED" });
    assert.deepEqual(
      await Book.where({ slug: "a" })
        .update({ author: 999 })
        .then(() => assert.fail(), errorsOf),
      { author: ["This row does not exist."] },
    );
  });

  it("only stores what has changed", async () => {
    const book = await Book.create({ ...values, author: await author() });
    const { statements } = open();
    statements.length = 0;
    await book.save();
    assert.equal(statements.length, 0);
    book.title = "New";
    book.meta.tags = ["x"];
    await book.save();
    assert.match(statements[0]!.replace(/["`]/g, ""), /SET title = .*, meta = .*, version = .*, updated = /);
    assert.ok(!/.price. =/.test(statements[0]!));
    assert.equal(book.version, 1);
    const read = await Book.get(book.id);
    assert.deepEqual({ ...read }, { ...book });
    statements.length = 0;
    await read.save();
    assert.equal(statements.length, 0);
    read.set({ price: "2.5", author: 1 });
    await read.save();
    assert.equal(read.price, "2.50");
    read.pages = 0;
    await assert.rejects(read.save(), { code: "E_VALIDATION" });
    read.pages = 5001;
    await assert.rejects(read.save(), { code: "E_VALIDATION", message: /Too long/ });
    read.set({ pages: undefined, author: undefined });
    assert.deepEqual([read.pages, read.authorId], [5001, 1]);
    assert.throws(() => read.set({ nope: 1 } as never), { code: "E_FIELD_UNKNOWN" });
    await read.reload();
    assert.equal(read.pages, 1);
  });

  it("detects changes by others: stale rows, and deleted rows", async () => {
    const book = await Book.create({ ...values, author: await author() });
    const other = await Book.get(book.id);
    other.pages = 7;
    await other.save();
    book.pages = 8;
    await assert.rejects(book.save(), { code: "E_ROW_STALE", status: 409, message: "This book was changed by someone else." });
    assert.equal(book.version, 0);
    await assert.rejects(book.delete(), { code: "E_ROW_STALE" });
    await book.reload();
    assert.equal(book.version, 1);
    book.pages = 8;
    await book.save();
    // An update of many rows counts as a change.
    await Book.where({ id: book.id }).update({ pages: 9 });
    book.pages = 10;
    await assert.rejects(book.save(), { code: "E_ROW_STALE" });
    const tag = await Tag.create({ name: "t" });
    await Tag.where({ id: tag.id }).delete();
    tag.name = "u";
    await assert.rejects(tag.save(), { code: "E_ROW_MISSING", status: 404 });
    await assert.rejects(tag.delete(), { code: "E_ROW_MISSING" });
    await assert.rejects(tag.reload(), { code: "E_ROW_MISSING" });
    const gone = await Tag.create({ name: "g" });
    await gone.delete();
    await assert.rejects(gone.delete(), { code: "E_ROW_UNSAVED" });
    await gone.save();
    assert.equal(await Tag.count(), 1);
  });

  it("changes many rows by one statement: values, expressions, relations", async () => {
    const [ada, bob] = await Author.createMany([{ name: "Ada" }, { name: "Bob" }]);
    await Book.createMany(
      [1, 2, 3, 4].map((number) => ({
        title: `${number}`,
        price: `${number}`,
        pages: number,
        meta: { lang: "en" },
        author: number < 3 ? ada! : bob!,
      })),
    );
    const { statements } = open();
    statements.length = 0;
    assert.equal(
      await Book.where({ author: { name: "Ada" } })
        .update({ pages: (book) => book.pages.mul(10), secretNote: "x", author: bob! })
        .then((count) => count, errorsOf),
      2,
    );
    assert.equal(statements.length, 1);
    assert.deepEqual(await Book.orderBy("id").pluck("pages"), [10, 20, 3, 4]);
    assert.deepEqual(await Book.orderBy("id").pluck("version"), [1, 1, 0, 0]);
  });

  it("rejects changes of all rows, unless they are explicit", async () => {
    await Tag.createMany([{ name: "a" }, { name: "b" }]);
    for (const query of [Tag.where(), Tag.where({}), Tag.where().orderBy("id")]) {
      await assert.rejects(query.delete(), { code: "E_QUERY_UNFILTERED", fix: /Tag\.all\(\)\.delete/ });
      await assert.rejects(query.update({ name: "x" }), { code: "E_QUERY_UNFILTERED" });
    }
    await assert.rejects(Tag.where({ id: 1 }).update({ name: "" }), { code: "E_VALIDATION" });
    await assert.rejects(Tag.where({ id: 1 }).update({ nope: 1 } as never), { code: "E_FIELD_UNKNOWN" });
    assert.equal(await Tag.where({ id: 1 }).update({ name: undefined }), 0);
    await assert.rejects(Tag.upsert({ where: { name: undefined } as never, update: {} }), { code: "E_VALUE_UNDEFINED" });
    await assert.rejects(Book.where({ id: 1 }).update({ title: (book) => book.author.name }), { code: "E_UPDATE_RELATION" });
    assert.equal(await Tag.where({ id: 1 }).update({}), 0);
    assert.equal(await Tag.orderBy("-id").limit(1).update({ name: "last" }), 1);
    assert.deepEqual(await Tag.orderBy("id").pluck("name"), ["a", "last"]);
    assert.equal(await Tag.orderBy("id").limit(1).delete(), 1);
    assert.equal(await Tag.all().delete(), 1);
    assert.equal(await Tag.where({ books: { none: {} } }).delete(), 0);
  });

  it("sends few statements for many rows, and only starts a transaction for several", async () => {
    const { statements, kind } = open();
    const transactions: unknown[] = [];
    const note = (event: unknown): void => void transactions.push(event);
    const insert = async (count: number): Promise<readonly [statements: number, transactions: number]> => {
      await Tag.all().delete();
      statements.length = transactions.length = 0;
      subscribe("gable.data.transaction", note);
      try {
        await Tag.createMany(Array.from({ length: count }, (_, index) => ({ name: `t${index}` })));
      } finally {
        unsubscribe("gable.data.transaction", note);
      }
      const result = [statements.length, transactions.length] as const;
      assert.equal(await Tag.count(), count);
      return result;
    };
    const severalRows = [
      [1, 0],
      [1, 1],
      [2, 1],
      [5, 1],
    ];
    const expected = {
      SQLite: [
        [1, 0],
        [1_000, 1],
        [1_001, 1],
        [1_112, 1],
      ],
      PostgreSQL: [
        [1, 0],
        [1, 0],
        [2, 1],
        [2, 1],
      ],
      MariaDB: severalRows,
      MySQL: severalRows,
    }[kind];
    for (const [index, count] of [1, 1_000, 1_001, 1_112].entries())
      assert.deepEqual(await insert(count), expected[index], `${count} rows`);
  });

  it("writes fixed limits into the statement, because PostgreSQL plans a parameter as a tenth of the rows", async () => {
    const { statements } = open();
    statements.length = 0;
    await Tag.orderBy("name");
    await Tag.orderBy("name").first();
    await Tag.where({ name: "x" }).exists();
    assert.deepEqual(
      statements.map((sql) => /LIMIT (.*)$/.exec(sql)?.[1]),
      ["100001", "1", "1"],
    );
    statements.length = 0;
    await Tag.orderBy("name").limit(5);
    assert.doesNotMatch(statements[0]!, /LIMIT 5/);
  });

  it("creates many rows, all or none", async () => {
    const tags = await Tag.createMany(Array.from({ length: 2_500 }, (_, index) => ({ name: `t${index}` })));
    assert.deepEqual([tags.length, tags[0]!.id, tags[2_499]!.id, await Tag.count()], [2_500, 1, 2_500, 2_500]);
    assert.equal((await Tag.get(2_500)).name, "t2499");
    await assert.rejects(Tag.createMany([{ name: "new" }, { name: "t5" }]), { code: "E_VALIDATION" });
    await assert.rejects(Tag.createMany([{ name: "new" }, { name: "" }]), {
      code: "E_VALIDATION",
      message: /^Row 1 \(counted from 0\): Tag cannot be stored: name:/,
      details: { errors: { name: ["This is needed."] }, row: 1 },
    });
    assert.equal(await Tag.count(), 2_500);
    const some = await Tag.createMany([{ name: "t5" }, { name: "new" }, { name: "t6" }], { onConflict: "ignore" });
    assert.deepEqual(
      some.map(({ name }) => name),
      ["new"],
    );
    assert.deepEqual(await Tag.createMany([]), []);
    // Rows with different columns.
    const mixed = await Author.createMany([{ name: "a" }, { name: "b", email: "b@example.com" }, { name: "c" }]);
    assert.deepEqual(
      mixed.map(({ name }) => name),
      ["a", "b", "c"],
    );
    mixed[1]!.name = "B";
    assert.equal(await Author.updateMany(mixed, ["name"]), 1);
    assert.equal((await Author.get(mixed[1]!.id)).name, "B");
    assert.ok(open().statements.some((text) => /UPDATE .authors. SET .name. = .*.updated. =/.test(text)));
    mixed[0]!.name = "";
    await assert.rejects(Author.updateMany(mixed, ["name"]), { code: "E_VALIDATION" });
    await assert.rejects(Author.updateMany([Author.build({ name: "x" })], ["name"]), { code: "E_ROW_UNSAVED" });
  });

  it("creates a row once, however many calls request it", async () => {
    const tags = await Promise.all(Array.from({ length: 100 }, () => Tag.getOrCreate({ name: "one" })));
    assert.equal(new Set(tags.map(({ id }) => id)).size, 1);
    assert.equal(await Tag.count(), 1);
    await transaction(async () => {
      assert.equal((await Tag.getOrCreate({ name: "one" })).id, tags[0]!.id);
      assert.equal((await Tag.getOrCreate({ name: "two" })).name, "two");
    });
    const written = await Author.getOrCreate({ email: "a@example.com" }, { name: "New" });
    assert.equal((await Author.getOrCreate({ email: "a@example.com" }, { name: "Other" })).name, "New");
    assert.equal(written.name, "New");
    await assert.rejects(Author.getOrCreate({ name: "x" }), { code: "E_KEY_NOT_UNIQUE", fix: "Use one of: id; email." });
    await assert.rejects(Author.getOrCreate({ email: "b@example.com" }, { name: "" }), { code: "E_VALIDATION" });
  });

  it("creates a row or updates it, with one statement", async () => {
    const { statements } = open();
    const ada = await author();
    statements.length = 0;
    const key = { author: ada, title: "T" } as const;
    const first = await Book.upsert({
      where: key,
      create: { price: "1", slug: "s", meta: { lang: "en" } },
      update: { pages: (book) => book.pages.add(1) },
    });
    const second = await Book.upsert({
      where: key,
      create: { price: "9", slug: "s", meta: { lang: "en" } },
      update: { pages: (book) => book.pages.add(1), price: "3" },
    });
    // One statement each if an insert can name the key; otherwise insert and read, or insert, change and read.
    assert.equal(statements.length, ["MariaDB", "MySQL"].includes(open().kind) ? 4 : 2);
    assert.deepEqual([first.id === second.id, first.pages, second.pages, second.price], [true, 1, 2, "3.00"]);
    assert.equal(second instanceof Book, true);
    const tags = await Promise.all(Array.from({ length: 50 }, () => Tag.upsert({ where: { name: "u" }, update: {} })));
    assert.equal(new Set(tags.map(({ id }) => id)).size, 1);
    await assert.rejects(Book.upsert({ where: { title: "T" }, update: {} }), { code: "E_KEY_NOT_UNIQUE" });
    await assert.rejects(Tag.upsert({ where: { name: "u" }, update: { name: "" } }), { code: "E_VALIDATION" });
    // A conflict of another key is an error, not a change of another row.
    await assert.rejects(
      Book.upsert({ where: { author: ada, title: "Other" }, create: { price: "1", slug: "s", meta: { lang: "x" } }, update: { pages: 5 } }),
      { code: "E_VALIDATION" },
    );
  });

  it("stores rows of several models in their order, all or none", async () => {
    const order = Order.build({ number: 1 });
    const line = Line.build({ orderNumber: 1, line: 1 });
    const part = Part.build({ orderNumber: 1, line: 1 });
    await saveMany([part, line, order]);
    assert.deepEqual([await Order.count(), await Line.count(), await Part.count()], [1, 1, 1]);
    const tag = await Tag.create({ name: "a" });
    tag.name = "b";
    await assert.rejects(saveMany([tag, Part.build({ orderNumber: 9, line: 9 })]), { code: "E_VALIDATION" });
    assert.equal((await Tag.get(tag.id)).name, "a");
    await saveMany([]);
  });
});

const calls: string[] = [];
class Hooked extends Model("hooked", {
  id: f.id({ kind: "uuid" }),
  name: f.text({ max: 9 }),
  parent: () => belongsTo(Hooked, { null: true }),
}) {
  beforeSave(): void {
    calls.push("before save");
    this.name = this.name.trim();
  }
  afterSave(): void {
    calls.push("after save");
  }
  beforeDelete(): void {
    calls.push("before delete");
  }
  afterDelete(): void {
    calls.push("after delete");
  }
  afterCommit(): void {
    calls.push("after commit");
  }
}

describeOnDatabases("hooks", [Hooked], () => {
  it("only run for single rows", async () => {
    calls.length = 0;
    const row = await transaction(async () => {
      const made = await Hooked.create({ name: " a " });
      calls.push("work");
      return made;
    });
    assert.equal(row.name, "a");
    await row.delete();
    assert.deepEqual(calls, ["before save", "after save", "work", "after commit", "before delete", "after delete", "after commit"]);
    calls.length = 0;
    await Hooked.createMany([{ name: "b" }]);
    await Hooked.all().delete();
    assert.equal(calls.length, 0);
    await assert.rejects(
      transaction(async () => {
        await Hooked.create({ name: "c" });
        throw new Error("no");
      }),
      /no/,
    );
    assert.equal(calls.includes("after commit"), false);
  });
});

describe("generated values of rows", () => {
  it("are UUIDs that grow", () => {
    const list = Array.from({ length: 10_000 }, createUuid);
    assert.deepEqual([...list].sort(), list);
    assert.equal(new Set(list).size, list.length);
    for (const uuid of list) assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.ok(Math.abs(Number.parseInt(list[0]!.replace("-", "").slice(0, 12), 16) - Date.now()) < 60_000);
  });
});
