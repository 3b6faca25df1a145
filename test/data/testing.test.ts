/** What gable/testing has for databases: tests that leave nothing behind, and rows that are filled in. */
import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { field as f, Model, onCommit, transaction } from "../../src/data.ts";
import { assertQueries, countQueries, create, createMany, defineFactory, testDatabase } from "../../src/testing.ts";
import { describeOnDatabases } from "./databases.ts";
import { Author, Book, models, Part } from "./library-models.ts";
import { Tag } from "./tag-model.ts";

describeOnDatabases("tests on a database", models, (open) => {
  describe("isolated", () => {
    let connections = 0;
    testDatabase(() => open().database);
    afterEach(() => void connections++);

    it("start with the rows from before", async () => {
      await Tag.createMany([{ name: "a" }, { name: "b" }]);
      assert.equal(await Tag.count(), 2);
    });

    it("leave no rows", async () => {
      assert.equal(await Tag.count(), 0);
      assert.ok(connections > 0);
    });

    it("can use transactions, which become savepoints", async () => {
      const calls: string[] = [];
      await transaction(
        async () => {
          await Tag.create({ name: "kept" });
          onCommit(() => calls.push("committed"));
        },
        { outermost: true },
      );
      assert.deepEqual(calls, ["committed"]);
      await assert.rejects(
        transaction(async () => (await Tag.create({ name: "lost" }), Promise.reject(new Error("no")))),
        /no/,
      );
      assert.deepEqual(await Tag.where().pluck("name"), ["kept"]);
    });

    it("continue after a rejected statement", async () => {
      await Tag.create({ name: "a" });
      await assert.rejects(Tag.create({ name: "a" }), { code: "E_VALIDATION" });
      await Tag.create({ name: "b" });
      assert.equal(await Tag.count(), 2);
    });

    it("take turns with concurrent work", async () => {
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          index % 2 === 0 ? Tag.create({ name: `t${index}` }) : transaction(() => Tag.create({ name: `t${index}` })),
        ),
      );
      assert.equal(await Tag.count(), 20);
      assert.equal((await Promise.all(Array.from({ length: 20 }, () => Tag.getOrCreate({ name: "one" })))).length, 20);
      let seen = 0;
      for await (const tag of Tag.where().stream({ batch: 5 })) seen += tag.id > 0 ? 1 : 0;
      assert.equal(seen, 21);
    });
  });

  it("count statements, also of a part of the work", async () => {
    const author = await create(Author);
    await createMany(Book, 3, { author });
    await assertQueries(2, async () => {
      for (const book of await Book.where()) assert.equal((await book.author).id, author.id);
    });
    const [one, two] = await Promise.all([
      countQueries(() => Tag.count()),
      countQueries(async () => (await Tag.count(), await Tag.count())),
    ]);
    assert.deepEqual([one, two, await countQueries(() => 5)], [1, 2, 0]);
    await assert.rejects(
      assertQueries(1, () => undefined),
      /0 statements instead of 1/,
    );
    await assert.rejects(
      assertQueries(0, () => Tag.count()),
      /count\(\*\)/,
    );
  });

  it("fill in missing values", async () => {
    const book = await create(Book, { title: "Mine" });
    assert.deepEqual([book.title, book.slug, book.pages], ["Mine", "mine", 1]);
    assert.ok((await book.author) instanceof Author);
    const part = await create(Part);
    assert.equal((await part.of).orderNumber, part.orderNumber);
  });

  it("create many rows, and rows of one shape", async () => {
    const tags = await createMany(Tag, 5);
    assert.equal(new Set(tags.map(({ name }) => name)).size, 5);
    const authors = defineFactory(Author, { name: (number) => `Author ${number}`, status: "retired" });
    const [first, second] = await authors.createMany(2);
    assert.deepEqual([first!.name, second!.name, first!.status], ["Author 1", "Author 2", "retired"]);
    assert.equal((await authors.create({ name: "Own" })).name, "Own");
  });
});

class Coded extends Model("coded", { id: f.id(), code: f.text({ pattern: /^[A-Z]{3}$/ }) }) {}

describe("factories", () => {
  it("require values that they cannot generate", async () => {
    await assert.rejects(create(Coded), { code: "E_FACTORY_VALUE", message: /Coded\.code has a pattern/, fix: "Give the value." });
  });
});
