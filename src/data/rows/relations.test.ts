import assert from "node:assert/strict";
import { it } from "node:test";
import { describeOnDatabases } from "../../../test/data/databases.ts";
import { Author, Book, Line, models, Order, Part, Profile } from "../../../test/data/library-models.ts";
import { Tag } from "../../../test/data/tag-model.ts";
import { Model } from "../model.ts";
import { field as f } from "../schema/field.ts";
import { belongsTo, manyToMany } from "../schema/relation.ts";
import { transaction } from "../run/transaction.ts";
import { detach } from "./instance.ts";

/** Fifty authors, a hundred books, three tags. */
async function fill(): Promise<void> {
  const authors = await Author.createMany(Array.from({ length: 50 }, (_, index) => ({ name: `Author ${index + 1}` })));
  await Author.where({ id: { gt: 10 } }).update({ mentor: 1 });
  const tags = await Tag.createMany(["a", "b", "c"].map((name) => ({ name })));
  const books = await Book.createMany(
    Array.from({ length: 100 }, (_, index) => ({
      title: `Book ${index + 1}`,
      price: "1",
      pages: index + 1,
      meta: { lang: "en" },
      author: authors[index % 50]!,
    })),
  );
  for (const [index, book] of books.slice(0, 30).entries()) await book.tags.add(tags.slice(0, 1 + (index % 3)));
}

describeOnDatabases("relations", models, (open) => {
  const counted = async (work: () => Promise<unknown>): Promise<number> => {
    const { statements } = open();
    statements.length = 0;
    await work();
    return statements.length;
  };

  it("load for all peers with one statement, in each case", async () => {
    await fill();
    const first = await counted(async () => {
      for (const book of await Book.where()) assert.match((await book.author).name, /^Author/);
    });
    assert.equal(first, 2);
    const second = await counted(async () => {
      for (const book of await Book.where()) void (await (await book.author).mentor)?.name;
    });
    assert.equal(second, 3);
    const third = await counted(async () => {
      const books = await Book.where();
      const tags = await Promise.all(books.map((book) => book.tags));
      assert.equal(tags.flat().length, 60);
    });
    assert.equal(third, 2);
    const fourth = await counted(async () => {
      const [even, odd] = [await Book.where({ id: { lte: 10 } }), await Book.where({ id: { gt: 90 } })];
      await Promise.all([even[0]!.author, odd[0]!.author]);
      for (const book of [...even, ...odd]) assert.equal(book.author.isLoaded, true);
    });
    assert.equal(fourth, 3);
    const fifth = await counted(async () => {
      for (const author of await Author.orderBy("id")) {
        const books = await author.books.where({ pages: { gt: 20 } }).limit(1);
        assert.deepEqual(
          books.map(({ pages }) => pages),
          author.id > 20 ? [author.id] : [author.id + 50],
        );
      }
    });
    assert.equal(fifth, 3);
    const sixth = await counted(async () => {
      for (const author of await Author.orderBy("id")) {
        const book = await author.books.where({ pages: { gt: 20 } }).first();
        assert.equal(book?.pages, author.id > 20 ? author.id : author.id + 50);
      }
    });
    assert.equal(sixth, 3);
  });

  it("send no statement when they are read, and know their key", async () => {
    await fill();
    const count = await counted(async () => {
      const book = (await Book.get(1))!;
      assert.equal(book.author.id, 1);
      assert.equal(book.author.isLoaded, false);
      assert.throws(() => book.author.value, { code: "E_RELATION_NOT_LOADED", fix: /with\(\{ author: true \}\)/ });
      void book.tags;
    });
    assert.equal(count, 1);
    const author = await Author.get(1);
    assert.equal(await counted(async () => assert.equal(await author.mentor, null)), 0);
  });

  it("share one object per key, and follow the current key", async () => {
    await fill();
    const books = await Book.where({ id: { in: [1, 51, 2] } }).orderBy("id");
    assert.equal(await books[0]!.author, await books[2]!.author);
    books[1]!.authorId = 30;
    assert.equal((await books[1]!.author).name, "Author 30");
    assert.equal((await books[0]!.author).name, "Author 1");
    const tagged = await Book.where({ id: { lte: 3 } });
    const [one, two] = [await tagged[0]!.tags, await tagged[1]!.tags];
    assert.equal(one[0], two[0]);
  });

  it("load one to one, from both sides, and none", async () => {
    await fill();
    await Profile.create({ author: 3, text: "third" });
    const authors = await Author.where({ id: { lte: 4 } }).orderBy("id");
    const profiles = await Promise.all(authors.map((author) => author.profile));
    assert.deepEqual(
      profiles.map((profile) => profile?.text),
      [undefined, undefined, "third", undefined],
    );
    assert.equal((await profiles[2]!.author).id, 3);
  });

  it("load by keys of several fields", async () => {
    await Order.createMany([{ number: 1 }, { number: 2 }]);
    const lines = await Line.createMany(
      [1, 2, 3].flatMap((line) => [
        { orderNumber: 1, line },
        { orderNumber: 2, line },
      ]),
    );
    await Part.createMany(
      lines.flatMap(({ orderNumber, line }) => [
        { orderNumber, line },
        { orderNumber, line },
      ]),
    );
    assert.equal(
      await counted(async () => {
        for (const part of await Part.where()) assert.deepEqual(part.of.id, { orderNumber: (await part.of).orderNumber, line: part.line });
      }),
      2,
    );
    assert.equal(
      await counted(async () => {
        for (const line of await Line.where()) assert.equal((await line.parts).length, 2);
      }),
      2,
    );
    const many = await Order.createMany([{ number: 3 }]);
    await Line.createMany(Array.from({ length: 450 }, (_, index) => ({ orderNumber: many[0]!.number, line: index })));
    await Part.createMany(Array.from({ length: 450 }, (_, index) => ({ orderNumber: 3, line: index })));
    // Keys of several fields are requested in parts of 200.
    assert.equal(
      await counted(async () => {
        for (const part of await Part.where({ orderNumber: 3 })) assert.equal((await part.of).line, part.line);
      }),
      4,
    );
  });

  it("load with the rows: nested, filtered, ordered, limited per row", async () => {
    await fill();
    const count = await counted(async () => {
      const books = await Book.where({ id: { lte: 3 } })
        .orderBy("id")
        .with({
          author: { with: { mentor: true, books: { orderBy: "-pages", limit: 1 } } },
          tags: { where: { name: { ne: "a" } }, orderBy: "-name" },
        });
      assert.deepEqual(
        books.map((book) => [
          book.author.name,
          book.author.mentor,
          book.author.books.map(({ pages }) => pages),
          book.tags.map(({ name }) => name),
        ]),
        [
          ["Author 1", null, [51], []],
          ["Author 2", null, [52], ["b"]],
          ["Author 3", null, [53], ["c", "b"]],
        ],
      );
      // Awaiting them works as well.
      assert.equal((await books[0]!.author).name, "Author 1");
      assert.deepEqual(Object.keys(books[0]!.toJSON()).slice(-2), ["author", "tags"]);
      assert.equal(JSON.parse(JSON.stringify(books[0])).author.name, "Author 1");
    });
    // None of them has a mentor: no statement is sent.
    assert.equal(count, 4);
    const authors = await Author.where({ id: { in: [1, 11] } })
      .orderBy("id")
      .with({ mentor: true });
    assert.deepEqual(
      authors.map(({ mentor }) => mentor?.name ?? null),
      [null, "Author 1"],
    );
    assert.throws(() => Book.where().with({ autor: true } as never), { code: "E_RELATION_UNKNOWN", fix: 'Write "author".' });
    assert.throws(() => Book.where().with({ author: { wehre: {} } } as never), { code: "E_FILTER_UNKNOWN" });
    assert.throws(() => Book.where().with({ author: 1 } as never), { code: "E_FILTER_VALUE" });
    assert.throws(() => Book.where().with(null as never), { code: "E_FILTER_VALUE" });
  });

  it("may be loaded one by one, or not at all", async () => {
    await fill();
    assert.equal(
      await counted(async () => {
        for (const book of await Book.where({ id: { lte: 5 } }).fetchMode("one")) await book.author;
      }),
      6,
    );
    const [book] = await Book.where({ id: 1 }).fetchMode("raise");
    await assert.rejects(async () => book!.author, { code: "E_RELATION_FETCH", message: /Book\.author was not loaded/ });
    await assert.rejects(async () => book!.tags, { code: "E_RELATION_FETCH" });
    const [loaded] = await Book.where({ id: 11 }).fetchMode("raise").with({ author: true });
    assert.equal(loaded!.author.name, "Author 11");
    await assert.rejects(async () => loaded!.author.mentor, { code: "E_RELATION_FETCH" });
  });

  it("of large results load in slices", async () => {
    const author = await Author.create({ name: "A" });
    const count = 10_001;
    for (let start = 0; start < count; start += 5_000)
      await Book.createMany(
        Array.from({ length: Math.min(5_000, count - start) }, (_, index) => ({
          title: `B${start + index}`,
          price: "1",
          meta: { lang: "en" },
          author,
        })),
      );
    const few = await Book.orderBy("id").limit(10_000);
    const many = await Book.orderBy("id");
    assert.equal(await counted(async () => few[0]!.tags), 1);
    assert.equal(few[9_999]!.tags.isLoaded, true);
    await many[0]!.tags;
    assert.deepEqual([many[999]!.tags.isLoaded, many[1_000]!.tags.isLoaded], [true, false]);
    assert.equal(
      await counted(async () => {
        for (const book of many) await book.tags;
      }),
      10,
    );
  });

  it("are queries themselves", async () => {
    await fill();
    const author = await Author.get(1);
    assert.equal(await author.books.count(), 2);
    assert.equal(await author.books.where({ pages: 51 }).exists(), true);
    assert.deepEqual(await author.books.orderBy("-pages").pluck("pages"), [51, 1]);
    assert.deepEqual(await author.books.aggregate((book) => ({ sum: book.pages.sum() })), { sum: 52 });
    assert.equal((await author.books.orderBy("-pages").page({ size: 1 })).items[0]!.pages, 51);
    const book = await Book.get(3);
    assert.deepEqual(
      await book.tags
        .where({ name: { in: ["b", "c"] } })
        .orderBy("name")
        .pluck("name"),
      ["b", "c"],
    );
    assert.deepEqual((await Tag.where({ id: { in: book.tags.pluck("id") } })).length, 3);
    assert.equal(await author.books.where({ pages: 1 }).update({ pages: 500 }), 1);
    assert.equal(await book.tags.where({ name: "c" }).delete(), 1);
    assert.equal(await author.books.delete(), 2);
    assert.equal(await Book.count(), 98);
    let sum = 0;
    for await (const one of book.tags.stream()) sum += one.id;
    assert.equal(sum, 3);
    assert.match(author.books.toSql().sql, /author_id/);
    assert.match(await author.books.explain(), /books/);
    assert.equal((await author.books.numberedPage({ number: 1, size: 2 })).total, 0);
  });

  it("are changed by create, add, remove, set and clear", async () => {
    await fill();
    const author = await Author.get(40);
    assert.equal((await author.books).length, 2);
    const made = await author.books.create({ title: "New", price: "2", meta: { lang: "en" } });
    assert.equal(made.authorId, 40);
    assert.equal((await author.books).length, 3);
    const book = await Book.get(99);
    const [a, b, c] = await Tag.orderBy("name");
    assert.equal((await book.tags).length, 0);
    await book.tags.add([a!, b!.id]);
    await book.tags.add(a!);
    assert.deepEqual(
      (await book.tags).map(({ name }) => name),
      ["a", "b"],
    );
    assert.equal(await counted(() => book.tags.set([b!, c!])), 3);
    assert.deepEqual(
      (await book.tags).map(({ name }) => name),
      ["b", "c"],
    );
    assert.equal(await counted(() => book.tags.set([c!, b!])), 1);
    await book.tags.remove(b!);
    assert.deepEqual(
      (await book.tags).map(({ name }) => name),
      ["c"],
    );
    const tag = await book.tags.create({ name: "d" });
    assert.deepEqual(
      (await book.tags).map(({ name }) => name),
      ["c", "d"],
    );
    assert.deepEqual(
      (await tag.books).map(({ id }) => id),
      [99],
    );
    await book.tags.clear();
    assert.equal((await book.tags).length, 0);
    await book.tags.add([]);
    await book.tags.remove([]);
    // At the most links that one statement removes, and one above.
    const many = await Tag.createMany(Array.from({ length: 1_501 }, (_, index) => ({ name: `many ${index}` })));
    for (const [removed, statements] of [
      [many.slice(0, 500), 1],
      [many.slice(0, 501), 2],
      [many, 4],
    ] as const) {
      await book.tags.add(many);
      assert.equal(await counted(() => book.tags.remove(removed)), statements);
      assert.equal(await book.tags.count(), many.length - removed.length);
    }
    await book.tags.add(many);
    await book.tags.set([many[0]!]);
    assert.equal(await book.tags.count(), 1);
    await book.tags.clear();
    await Tag.where({ name: { startsWith: "many" } }).delete();
    assert.equal(await Tag.count(), 4);
    await assert.rejects(async () => author.books.add(book), { code: "E_RELATION_ASSIGN", fix: /create\(\)/ });
    await assert.rejects(async () => Book.build({ title: "x" }).tags.add(a!), { code: "E_RELATION_UNSAVED" });
    await assert.rejects(async () => book.tags.add(author as never), { code: "E_FILTER_VALUE", message: /got a Author, but needs a Tag/ });
    assert.throws(() => Object.assign(book, { author }), { code: "E_RELATION_ASSIGN", fix: /set\(\{ author \}\), or set authorId/ });
    assert.throws(() => Object.assign(book, { tags: [] }), { code: "E_RELATION_ASSIGN" });
  });

  it("load in the database of their rows: in the transaction, and after it", async () => {
    await fill();
    const book = await transaction(async () => {
      const found = await Book.get(1);
      assert.equal((await found.author).name, "Author 1");
      return found;
    });
    assert.equal((await book.author).name, "Author 1");
    assert.equal((await book.tags).length, 1);
  });

  it("of detached rows only load for these rows", async () => {
    await fill();
    const books = await Book.where({ id: { lte: 3 } }).orderBy("id");
    const one = detach(books[0]!);
    await one.author;
    assert.equal(books[1]!.author.isLoaded, false);
  });
});

class Person extends Model("people", {
  id: f.id(),
  name: f.text({ max: 50 }),
  friends: () => manyToMany(Person, { symmetric: true }),
}) {}

class Writer extends Model("writers", {
  id: f.id(),
  follows: () => manyToMany(Writer, { table: "follows" }),
}) {}

class Course extends Model("courses", { id: f.id(), students: () => manyToMany(Student, { through: () => Enrolment }) }) {}
class Student extends Model("students", { id: f.id({ kind: "uuid" }), courses: () => manyToMany(Course, { through: () => Enrolment }) }) {}
class Enrolment extends Model("enrolments", {
  id: f.id(),
  course: () => belongsTo(Course, { onDelete: "cascade" }),
  student: () => belongsTo(Student, { onDelete: "cascade" }),
  mark: f.int({ null: true }),
}) {}

describeOnDatabases("relations of many to many", [Person, Writer, Course, Student, Enrolment], () => {
  it("count in both directions when they are symmetric", async () => {
    const [a, b, c] = await Person.createMany(["a", "b", "c"].map((name) => ({ name })));
    await a!.friends.add([b!, c!]);
    assert.deepEqual(
      (await b!.friends).map(({ name }) => name),
      ["a"],
    );
    await c!.friends.remove(a!);
    assert.deepEqual(
      (await (await Person.get(a!.id)).friends).map(({ name }) => name),
      ["b"],
    );
    assert.deepEqual(
      (await Person.where({ friends: { some: { name: "a" } } })).map(({ name }) => name),
      ["b"],
    );
  });

  it("can lead from a model to itself in one direction", async () => {
    const [a, b] = await Writer.createMany([{}, {}]);
    await a!.follows.add(b!);
    assert.notEqual(a!.id, b!.id);
    assert.deepEqual(
      (await a!.follows).map(({ id }) => id),
      [b!.id],
    );
    assert.deepEqual(await b!.follows, []);
  });

  it("can use a join model", async () => {
    const course = await Course.create({});
    const [one, two] = [await Student.create({}), await Student.create({})];
    await course.students.add(one, { mark: 1 });
    await course.students.add(two.id);
    assert.deepEqual(
      (await Enrolment.orderBy("mark")).map(({ mark }) => mark),
      [1, null],
    );
    assert.deepEqual((await course.students).map(({ id }) => id).sort(), [one.id, two.id].sort());
    assert.deepEqual(
      (await one.courses).map(({ id }) => id),
      [course.id],
    );
    assert.equal(await Course.where({ students: { some: { id: two.id } } }).count(), 1);
    await course.students.set([two]);
    assert.deepEqual(
      (await course.students).map(({ id }) => id),
      [two.id],
    );
    await course.students.set([two, one]);
    assert.equal(await Enrolment.count(), 2);
    await course.students.clear();
    assert.equal(await Enrolment.count(), 0);
  });
});
