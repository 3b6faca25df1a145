import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeOnDatabases, placeSqlite } from "../../../test/data/databases.ts";
import { Author, Book, Line, models, Order } from "../../../test/data/library-models.ts";
import { Tag } from "../../../test/data/tag-model.ts";
import { createDatabase } from "../database.ts";
import { transaction } from "../run/transaction.ts";
import type { ExpressionOf } from "../schema/expression-types.ts";
import { cases, sql, when } from "../tree/functions.ts";
import type { Refs } from "../tree/query-types.ts";

/** Three authors, six books, two tags. */
async function fill(): Promise<void> {
  const ada = await Author.create({ name: "Ada", email: "ada@example.com" });
  const bob = await Author.create({ name: "Bob", mentor: ada });
  await Author.create({ name: "Cleo", status: "retired", mentor: bob });
  const [ts, db] = await Tag.createMany([{ name: "ts" }, { name: "db" }]);
  const books = await Book.createMany(
    [1, 2, 3, 4, 5, 6].map((number) => ({
      title: `Book ${number}`,
      price: `${number}.50`,
      pages: number * 10,
      meta: { lang: number % 2 === 0 ? "de" : "en" },
      author: number > 4 ? bob : ada,
      created: new Date(Date.UTC(2026, number % 3, 1)),
    })),
  );
  await books[0]!.tags.add([ts!, db!]);
  await books[1]!.tags.add(ts!);
}

describeOnDatabases("queries", models, (open) => {
  const titles = (books: ReadonlyArray<{ readonly title: string }>): string[] => books.map(({ title }) => title.slice(5));

  it("find rows by key, by filter, by several keys", async () => {
    await fill();
    assert.equal((await Book.get(2)).title, "Book 2");
    assert.equal((await Book.get({ slug: "book-3" })).title, "Book 3");
    assert.equal(await Book.find(99), undefined);
    assert.equal(await Book.find({ title: "none" }), undefined);
    await assert.rejects(Book.get(99), { code: "E_ROW_MISSING", status: 404, message: "There is no such book." });
    await assert.rejects(Book.get({ author: 1 }), { code: "E_ROW_AMBIGUOUS" });
    await assert.rejects(Book.find({ author: 1 }), { code: "E_ROW_AMBIGUOUS" });
    await assert.rejects(Book.get("1" as never), { code: "E_FILTER_VALUE" });
    await assert.rejects(Book.get(undefined as never), { code: "E_FILTER_UNDEFINED" });
    const { statements } = open();
    statements.length = 0;
    assert.deepEqual(titles(await Book.getMany([5, 1, 99, 5, 3])), ["5", "1", "5", "3"]);
    assert.equal(statements.length, 1);
    assert.deepEqual(titles(await Book.where({ author: 1 }).getMany([5, 1])), ["1"]);
    assert.equal(
      (await Book.where({ pages: { gt: 30 } })
        .orderBy("pages")
        .first())!.title,
      "Book 4",
    );
    assert.equal(await Book.where({ pages: { gt: 300 } }).first(), undefined);
    assert.equal((await Book.where({ author: 1 }).get(1)).title, "Book 1");
    await assert.rejects(Book.where({ author: 2 }).get(1), { code: "E_ROW_MISSING" });
  });

  it("find rows by keys of several fields", async () => {
    await Order.createMany([{ number: 7 }, { number: 8 }]);
    await Line.createMany([
      { orderNumber: 7, line: 1 },
      { orderNumber: 7, line: 2 },
      { orderNumber: 8, line: 1 },
    ]);
    assert.equal((await Line.get({ orderNumber: 7, line: 2 })).line, 2);
    await assert.rejects(Line.get(7 as never), {
      code: "E_FILTER_VALUE",
      message: /key of Line has 2 fields/,
      fix: "Pass an object: { orderNumber, line }.",
    });
    await assert.rejects(Line.getMany([7 as never]), { code: "E_QUERY_FORM" });
    assert.deepEqual((await Line.where({ order: 7 })).map(({ line }) => line).sort(), [1, 2]);
    assert.deepEqual(
      (await Order.where({ lines: { some: { line: 2 } } })).map(({ number }) => number),
      [7],
    );
  });

  it("are lazy and immutable", async () => {
    await fill();
    const base = Book.where({ author: 1 });
    const { statements } = open();
    statements.length = 0;
    const [small, large] = [base.where({ pages: { lt: 20 } }), base.where({ pages: { gt: 20 } }).orderBy("-pages")];
    assert.equal(statements.length, 0);
    assert.deepEqual([titles(await small), titles(await large), (await base).length], [["1"], ["4", "3"], 4]);
    assert.equal(statements.length, 3);
    assert.deepEqual(titles(await small), ["1"]);
    assert.equal(statements.length, 4);
  });

  it("have an order: names, callbacks, the model's default, with null as the largest value", async () => {
    await fill();
    assert.deepEqual(titles(await Book.orderBy("-created", "title")), ["2", "5", "1", "4", "3", "6"]);
    assert.deepEqual(titles(await Book.where().orderBy((book) => [book.author.name.desc(), book.pages.asc()])), [
      "5",
      "6",
      "1",
      "2",
      "3",
      "4",
    ]);
    assert.deepEqual(
      (await Author.where()).map(({ name }) => name),
      ["Ada", "Bob", "Cleo"],
    );
    assert.deepEqual(
      (await Author.orderBy("email", "name")).map(({ name }) => name),
      ["Ada", "Bob", "Cleo"],
    );
    assert.deepEqual(
      (await Author.orderBy("-email", "name")).map(({ name }) => name),
      ["Bob", "Cleo", "Ada"],
    );
    assert.deepEqual(
      (await Author.where().orderBy((a) => a.email.asc({ nulls: "first" }), "name")).map(({ name }) => name),
      ["Bob", "Cleo", "Ada"],
    );
    assert.deepEqual(
      (await Author.where().orderBy((a) => a.email.desc({ nulls: "last" }), "name")).map(({ name }) => name),
      ["Ada", "Bob", "Cleo"],
    );
    assert.throws(() => Book.orderBy("tilte" as never), { code: "E_FIELD_UNKNOWN", fix: 'Write "title".' });
    assert.throws(() => Book.orderBy((() => 5) as never), { code: "E_ORDER", message: "An order got 5." });
  });

  it("limit rows, and filter what was limited", async () => {
    await fill();
    const ordered = Book.orderBy("pages");
    assert.deepEqual(titles(await ordered.limit(2)), ["1", "2"]);
    assert.deepEqual(titles(await ordered.offset(4)), ["5", "6"]);
    assert.deepEqual(titles(await ordered.offset(1).limit(2)), ["2", "3"]);
    assert.deepEqual(titles(await ordered.limit(0)), []);
    assert.deepEqual(titles(await ordered.limit(3).where({ pages: { gt: 10 } })), ["2", "3"]);
    assert.equal(await ordered.limit(3).count(), 3);
    assert.equal(
      await ordered
        .limit(3)
        .where({ pages: { gt: 10 } })
        .count(),
      2,
    );
    assert.equal((await ordered.limit(2).first())!.title, "Book 1");
    assert.equal(await ordered.limit(0).exists(), false);
    for (const wrong of [-1, 1.5, Number.NaN, "2", 2 ** 53] as number[])
      assert.throws(() => ordered.limit(wrong), { code: "E_LIMIT" }, String(wrong));
    assert.throws(() => ordered.offset(-1), { code: "E_LIMIT", message: "offset() is -1." });
  });

  it("remove duplicate rows, or keep one row per value", async () => {
    await fill();
    assert.deepEqual(await Book.where().distinct().pluck("authorId").orderBy("authorId"), [1, 2]);
    assert.deepEqual(titles(await Book.orderBy("authorId", "-pages").distinct("authorId")), ["4", "6"]);
    assert.equal(await Book.where().distinct("authorId").count(), 2);
    assert.deepEqual(titles(await Book.orderBy("authorId", "-pages").distinct("author")), ["4", "6"]);
    await assert.rejects(async () => Book.where().distinct("tags" as never), { code: "E_FIELD_UNKNOWN" });
  });

  it("return plain objects and columns", async () => {
    await fill();
    assert.deepEqual(
      await Book.where({ id: { lte: 2 } })
        .orderBy("id")
        .select({ title: true, author: { name: true, mentor: { name: true } }, tags: { name: true } }),
      [
        { title: "Book 1", author: { name: "Ada", mentor: null }, tags: [{ name: "ts" }, { name: "db" }] },
        { title: "Book 2", author: { name: "Ada", mentor: null }, tags: [{ name: "ts" }] },
      ],
    );
    assert.deepEqual(await Author.orderBy("id").select({ id: true, mentorId: true, books: { id: true } }), [
      { id: 1, mentorId: null, books: [{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }] },
      { id: 2, mentorId: 1, books: [{ id: 5 }, { id: 6 }] },
      { id: 3, mentorId: 2, books: [] },
    ]);
    assert.deepEqual(
      await Book.where({ pages: { lte: 20 } })
        .orderBy("id")
        .pluck("price"),
      ["1.50", "2.50"],
    );
    assert.deepEqual(
      await Book.where({ id: 3 }).values((book) => ({
        name: book.author.name,
        long: book.title.concat(" by ", book.author.name),
        lang: book.meta.at("lang"),
      })),
      [{ name: "Ada", long: "Book 3 by Ada", lang: "en" }],
    );
    assert.throws(() => Book.where().select({ tilte: true } as never), { code: "E_FIELD_UNKNOWN" });
    assert.throws(() => Book.where().select({ autor: { id: true } } as never), { code: "E_RELATION_UNKNOWN", fix: 'Write "author".' });
    assert.throws(() => Book.where().select({}), { code: "E_FILTER_VALUE" });
    assert.throws(() => Book.where().values((() => ({ a: 1 })) as never), { code: "E_QUERY_FORM", message: /"a" as 1/ });
    assert.throws(() => Book.where().values((() => 1) as never), { code: "E_QUERY_FORM" });
  });

  it("compute: arithmetic, texts, dates, conditions", async () => {
    await fill();
    const [row] = await Book.where({ id: 2 }).values((book) => ({
      sum: book.pages.add(5),
      half: book.pages.div(8),
      rest: book.pages.mod(8),
      none: book.pages.div(0),
      twice: book.price.mul(2),
      more: book.price.add("0.25"),
      ratio: book.pages.mul(0.5),
      upper: book.title.upper(),
      length: book.title.length(),
      part: book.title.substring(1, 4),
      replaced: book.title.replace("Book", "Text"),
      year: book.created.year(),
      day: book.created.date(),
      month: book.created.truncate("month"),
      big: when(book.pages.gt(15), "thick").else("thin"),
      rank: cases([book.pages.gt(50), 3], [book.pages.gt(10), 2]).else(1),
      empty: book.secretNote.coalesce("nothing"),
      gone: book.title.nullIf("Book 2"),
      rounded: book.price.round(0),
      raw: sql<number>`length(${book.title}) + ${1}`,
      whole: book.price.floor(),
      isLong: book.pages.gt(15),
    }));
    assert.deepEqual(
      { ...row, raw: Number(row!.raw) },
      {
        sum: 25,
        half: 2,
        rest: 4,
        none: null,
        twice: "5.00",
        more: "2.75",
        ratio: 10,
        upper: "BOOK 2",
        length: 6,
        part: "Book",
        replaced: "Text 2",
        year: 2026,
        day: "2026-03-01",
        month: new Date("2026-03-01T00:00:00Z"),
        big: "thick",
        rank: 2,
        empty: "nothing",
        gone: null,
        rounded: "3.00",
        raw: 7,
        whole: "2.00",
        isLong: true,
      },
    );
    assert.throws(() => Book.where().values((book) => ({ a: book.title.substring(0) })), { code: "E_EXPRESSION_ARGUMENT" });
    assert.throws(() => Book.where().values((book) => ({ a: book.created.truncate("decade" as never) })), {
      code: "E_EXPRESSION_ARGUMENT",
      fix: /year, quarter, month, week, day, hour/,
    });
    assert.throws(() => Book.where().values((book) => ({ a: book.meta.at({} as never) })), { code: "E_EXPRESSION_ARGUMENT" });
    assert.throws(() => Book.where().values((book) => ({ a: (book.title as never as { add: (n: number) => typeof book.pages }).add(1) })), {
      code: "E_EXPRESSION_TYPE",
    });
  });

  it("aggregate rows, no rows, and relations without multiplying them", async () => {
    assert.deepEqual(
      await Book.aggregate((book) => ({ total: book.price.sum(), mean: book.pages.avg(), last: book.created.max(), count: book.count() })),
      {
        total: null,
        mean: null,
        last: null,
        count: 0,
      },
    );
    await fill();
    assert.deepEqual(
      await Book.where({ author: 1 }).aggregate((book) => ({
        total: book.price.sum(),
        mean: book.pages.avg(),
        least: book.title.min(),
        count: book.count(),
        german: book.count({ where: book.meta.at("lang").eq("de") }),
        langs: book.meta.at("lang").count({ distinct: true }),
        big: book.pages.sum({ where: book.pages.gt(20) }),
      })),
      { total: "12.00", mean: 25, least: "Book 1", count: 4, german: 2, langs: 2, big: 70 },
    );
    const stats = await Author.orderBy("id").annotate((author) => ({
      bookCount: author.books.count(),
      pages: author.books.pages.sum(),
      cheap: author.books.count({ where: author.books.price.lt("2") }),
      pupilCount: author.pupils.count(),
    }));
    assert.deepEqual(
      stats.map(({ name, bookCount, pages, cheap, pupilCount }) => [name, bookCount, pages, cheap, pupilCount]),
      [
        ["Ada", 4, 100, 1, 1],
        ["Bob", 2, 110, 0, 1],
        ["Cleo", 0, null, 0, 0],
      ],
    );
    assert.ok(stats[0] instanceof Author);
    assert.equal(stats[0].initials, "A");
    await assert.rejects(async () => Book.aggregate((book) => ({ title: book.title })), { code: "E_GROUP_EXPRESSION" });
    assert.throws(() => Author.where().annotate((author) => ({ books: author.books.count() })), {
      code: "E_QUERY_FORM",
      message: /annotate\(\) of "books"/,
    });
  });

  it("group rows", async () => {
    await fill();
    const groups = Book.where().groupBy((book) => [book.author.name, book.created.month()]);
    assert.deepEqual(
      await groups
        .values((book) => ({ name: book.author.name, month: book.created.month(), count: book.count(), pages: book.pages.sum().add(1) }))
        .having((book) => book.count().gt(1))
        .orderBy((book) => [book.author.name.asc(), book.created.month().asc()]),
      [{ name: "Ada", month: 2, count: 2, pages: 51 }],
    );
    assert.deepEqual(
      await Book.where()
        .groupBy((book) => [book.authorId])
        .values((book) => ({ authorId: book.authorId, n: book.count() }))
        .orderBy((book) => book.count().desc())
        .limit(1),
      [{ authorId: 1, n: 4 }],
    );
    assert.throws(() => groups.values((book) => ({ title: book.title })), { code: "E_GROUP_EXPRESSION", message: /"title"/ });
    assert.throws(() => groups.where({ id: 1 }), { code: "E_QUERY_FORM", message: /where\(\) after groupBy\(\)/ });
    assert.throws(() => Book.where().groupBy((() => []) as never), { code: "E_QUERY_FORM" });
    assert.throws(
      () =>
        Book.where()
          .groupBy((book) => [book.pages])
          .having((book) => book.title.eq("x")),
      { code: "E_GROUP_EXPRESSION" },
    );
    assert.equal(
      await Book.where()
        .groupBy((book) => [book.authorId])
        .values((book) => ({ a: book.authorId }))
        .count(),
      2,
    );
  });

  it("use other queries", async () => {
    await fill();
    assert.deepEqual(titles(await Book.where((book) => book.pages.gte(book.author.books.pages.max().coalesce(0))).orderBy("id")), [
      "4",
      "6",
    ]);
    assert.deepEqual(
      (await Author.where((author) => author.books.some((book) => book.pages.gt(author.id.mul(20)))).orderBy("id")).map(({ name }) => name),
      ["Ada", "Bob"],
    );
    let foreign: unknown;
    void Author.where((author) => ((foreign = author.name), author.id.eq(1)));
    assert.throws(() => Book.where((book) => book.title.eq(foreign as string)).toSql(), { code: "E_EXPRESSION_SCOPE" });
  });

  it("have keyset pages, forward and back, with null values", async () => {
    await fill();
    // Half of the rows have no value.
    const half = (book: Refs<typeof Book>): ExpressionOf<number | null> => book.pages.div(40).nullIf(0);
    const orders = [
      "-created",
      "title",
      (book: Refs<typeof Book>) => half(book).asc(),
      (book: Refs<typeof Book>) => half(book).desc(),
    ] as const;
    for (const order of orders) {
      const all = (await Book.orderBy(order, "id")).map(({ id }) => id);
      const forward: number[] = [];
      const back: number[] = [];
      let page = await Book.orderBy(order).page({ size: 2 });
      assert.equal(page.previous, undefined);
      for (;;) {
        forward.push(...page.items.map(({ id }) => id));
        if (page.next === undefined) break;
        page = await Book.orderBy(order).page({ size: 2, after: page.next });
        assert.notEqual(page.previous, undefined);
      }
      assert.deepEqual(forward, all, String(order));
      for (;;) {
        back.unshift(...page.items.map(({ id }) => id));
        if (page.previous === undefined) break;
        page = await Book.orderBy(order).page({ size: 2, before: page.previous });
      }
      assert.deepEqual(back, all, `${String(order)} back`);
    }
    const page = await Book.orderBy("-pages").with({ author: true }).page({ size: 1 });
    assert.equal(page.items[0]!.author.name, "Bob");
    assert.deepEqual(Object.keys(page.items[0]!), Object.keys(await Book.get(1)));
    for (const cursor of ["", "x", page.next!.slice(1), `${page.next!}A`, btoa("[1]"), btoa('["x",{}]'), "é"])
      await assert.rejects(Book.orderBy("-pages").page({ size: 1, after: cursor }), { code: "E_CURSOR", status: 400 }, cursor);
    await assert.rejects(Book.orderBy("pages").page({ size: 1, after: page.next! }), { code: "E_CURSOR" });
    await assert.rejects(Book.orderBy("-pages").page({ size: 1, after: page.next!, before: page.next! }), { code: "E_CURSOR" });
    await Book.orderBy("id").page({ size: 1_000 });
    for (const size of [0, 1_001, 1.5]) await assert.rejects(Book.orderBy("id").page({ size }), { code: "E_LIMIT" });
  });

  it("send no statement if no row can match", async () => {
    await fill();
    const { statements } = open();
    statements.length = 0;
    const never = Book.where({ id: { in: [] } });
    assert.deepEqual(
      [await never, await never.count(), await never.exists(), await never.first(), await never.pluck("id")],
      [[], 0, false, undefined, []],
    );
    assert.deepEqual(await never.page({ size: 5 }), { items: [], next: undefined, previous: undefined });
    assert.deepEqual([await never.update({ pages: 5 }), await never.delete()], [0, 0]);
    assert.deepEqual(statements, []);
  });

  it("only have pages of rows", async () => {
    await assert.rejects(Book.where().limit(5).page({ size: 2 }), { code: "E_QUERY_FORM", message: /page\(\) together with a limit/ });
    await assert.rejects(Book.where().pluck("id").page({ size: 2 }), { code: "E_QUERY_FORM", message: /plain values/ });
    await assert.rejects(Book.where().offset(5).numberedPage({ number: 1, size: 2 }), { code: "E_QUERY_FORM" });
    await assert.rejects(Book.where().pluck("id").getMany([1]), { code: "E_QUERY_FORM" });
  });

  it("have pages by number", async () => {
    await fill();
    const page = await Book.orderBy("pages").numberedPage({ number: 2, size: 4 });
    assert.deepEqual([titles(page.items), page.number, page.total, page.isTotalExact, page.pageCount], [["5", "6"], 2, 6, true, 2]);
    const counted = await Book.where().numberedPage({ number: 1, size: 2, countMax: 5 });
    assert.deepEqual([counted.total, counted.isTotalExact, counted.pageCount], [5, false, 3]);
    assert.equal((await Book.where().numberedPage({ number: 1, size: 2, countMax: 6 })).isTotalExact, true);
    assert.deepEqual((await Book.where().numberedPage({ number: 101, size: 100 })).items, []);
    await assert.rejects(Book.where().numberedPage({ number: 102, size: 100 }), { code: "E_LIMIT", status: 400, fix: /page\(\)/ });
    await assert.rejects(Book.where().numberedPage({ number: 0, size: 100 }), { code: "E_LIMIT" });
  });

  it("stream rows, with relations for each batch", async () => {
    await fill();
    const { statements } = open();
    statements.length = 0;
    const seen: string[] = [];
    for await (const book of Book.orderBy("id").stream({ batch: 2 })) seen.push(`${book.title} ${(await book.author).name}`);
    assert.deepEqual(seen.slice(3, 5), ["Book 4 Ada", "Book 5 Bob"]);
    // One for the authors of each batch, and the stream itself.
    assert.equal(statements.length, 4);
    for await (const book of Book.orderBy("id").stream()) if (book.id === 2) break;
    const values: unknown[] = [];
    for await (const row of Book.orderBy("id")
      .limit(2)
      .values((book) => ({ id: book.id }))
      .stream({ batch: 1 }))
      values.push(row);
    assert.deepEqual(values, [{ id: 1 }, { id: 2 }]);
    const ids: number[] = [];
    for await (const id of Book.orderBy("id").pluck("id").stream()) ids.push(id);
    assert.deepEqual(ids, [1, 2, 3, 4, 5, 6]);
    await transaction(async () => {
      let count = 0;
      for await (const book of Book.where().stream({ batch: 1 })) count += book.id;
      assert.equal(count, 21);
    });
    await assert.rejects(
      async () => {
        for await (const _row of Book.where().select({ id: true }).stream()) assert.fail();
      },
      { code: "E_QUERY_FORM" },
    );
    assert.equal(await Book.where().count(), 6);
  });

  it("lock rows, only in a transaction", async () => {
    await fill();
    await assert.rejects(async () => Book.where({ id: 1 }).lock("update"), { code: "E_LOCK_OUTSIDE_TRANSACTION" });
    const { statements, kind } = open();
    await transaction(async () => {
      statements.length = 0;
      const book = await Book.where({ author: { name: "Ada" } })
        .orderBy("id")
        .lock("update", { skipLocked: true })
        .first();
      assert.equal(book!.id, 1);
      assert.equal(statements[0]!.endsWith('FOR UPDATE OF "books" SKIP LOCKED'), kind === "PostgreSQL");
      await Book.where({ id: 2 }).lock("share", { noWait: true });
    });
  });

  it("return their SQL and their plan", async () => {
    await fill();
    const { sql: text, parameters } = Book.where({ title: "x'; --", pages: { in: [1, 2] } })
      .limit(3)
      .toSql();
    assert.ok(!text.includes("x'"));
    assert.equal(parameters[0], "x'; --");
    assert.equal(parameters.length, 3);
    assert.match(await Book.where({ slug: "book-1" }).explain(), /books/i);
    assert.match(await Book.where({ pages: { gt: 1 } }).explain({ analyze: true }), /books/i);
  });

  it("build SQL once for each shape", async () => {
    await fill();
    const { plans } = open().database.$core;
    await Book.where({ pages: { gt: 10 }, secretNote: "x" })
      .orderBy("-id")
      .limit(1);
    await Book.where({ pages: { gt: 10 }, title: { in: ["a"] } })
      .orderBy("-id")
      .limit(1);
    const before = plans.size;
    for (let number = 0; number < 20; number++)
      await Book.where({ pages: { gt: number }, title: { in: Array.from({ length: number + 1 }, String) } })
        .orderBy("-id")
        .limit(number);
    assert.equal(plans.size, before);
    await Book.where({ pages: { gt: 10 }, secretNote: null })
      .orderBy("-id")
      .limit(1);
    assert.equal(plans.size, before + 1);
  });
});

describe("queries with limits of the database", () => {
  it("reject more rows than rowsMax before reading them all", async () => {
    const { url, remove } = await placeSqlite();
    const database = await createDatabase({ url, models, rowsMax: 3 });
    try {
      await database.createTables();
      await Tag.createMany(["a", "b", "c"].map((name) => ({ name })));
      assert.equal((await Tag.where()).length, 3);
      await Tag.create({ name: "d" });
      await assert.rejects(async () => Tag.where(), { code: "E_ROWS_TOO_MANY", fix: "Use page(), limit() or stream()." });
      assert.equal((await Tag.where().limit(4)).length, 4);
      assert.equal(await Tag.count(), 4);
    } finally {
      await database.close();
      await remove();
    }
  });
});
