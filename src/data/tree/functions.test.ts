import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { describeOnDatabases } from "../../../test/data/databases.ts";
import { Author, Book, models } from "../../../test/data/library-models.ts";
import { transaction } from "../run/transaction.ts";
import { now, sql, when } from "./functions.ts";

describeOnDatabases("custom SQL", models, (open) => {
  it("binds values, and quotes expressions and names", async () => {
    const ada = await Author.create({ name: "x'); DROP TABLE books; --" });
    await Book.create({ title: "T", price: "1", meta: { lang: "en" }, author: ada });
    const evil = "x'); DROP TABLE books; --";
    assert.deepEqual(
      (await Author.where((author) => sql`${author.name} = ${evil}`)).map(({ id }) => id),
      [ada.id],
    );
    const rows = await Book.where().values((book) => ({
      name: sql<string>`(SELECT ${sql.identifier("name")} FROM ${Author} WHERE ${sql.identifier("id")} = ${book.authorId})`,
      isListed: sql<boolean>`CASE WHEN ${book.title} IN (${sql.join(["T", "U"])}) THEN 1 ELSE 0 END`,
    }));
    assert.deepEqual(rows, [{ name: evil, isListed: 1 }]);
    assert.equal(await Book.where((book) => sql`${book.pages} > ${0}`.and(book.title.eq("T"))).count(), 1);
    const [moment] = await Book.where().values(() => ({ now: now() }));
    assert.ok(Math.abs(moment!.now.getTime() - Date.now()) < 60_000);
    assert.deepEqual(
      await Book.where().values((book) => ({ a: when(book.pages.gt(5), 1).end(), b: when(book.pages.gt(0), "x").else(book.title) })),
      [{ a: null, b: "x" }],
    );
  });

  it("keeps its meaning next to other conditions", async () => {
    await Author.createMany([{ name: "a" }, { name: "b", status: "retired" }, { name: "c" }]);
    const either = () => sql`name = ${"a"} OR name = ${"b"}`;
    assert.equal(await Author.where(either).where({ status: "retired" }).count(), 1);
    assert.equal(await Author.where(() => either().and(sql`status = ${"retired"}`)).count(), 1);
    assert.equal(await Author.exclude(either).count(), 1);
    const rows = await Author.orderBy("name").values((author) => ({
      isA: author.name.eq("a").eq(author.status.eq("active")),
      n: author.name.gt("a").ne(true),
    }));
    assert.deepEqual(
      rows.map(({ isA, n }) => [isA, n]),
      [
        [true, true],
        [true, false],
        [false, false],
      ],
    );
  });

  it("can be a whole statement, with plain rows or rows of a model", async () => {
    const { database, kind } = open();
    const ada = await Author.create({ name: "Ada", email: "ada@example.com" });
    await Author.create({ name: "Bob" });
    assert.deepEqual(
      await database.query<{ size: number }>(
        sql`SELECT ${kind === "MariaDB" ? sql`char_length(name)` : sql`length(name)`} AS size FROM ${Author} WHERE name = ${"Ada"}`,
      ),
      [{ size: 3 }],
    );
    assert.deepEqual(await database.query(sql`UPDATE ${Author} SET name = ${"Eve"} WHERE id = ${ada.id}`), []);
    const [row] = await Author.fromSql(sql`SELECT authors.*, 1 + 1 AS two FROM ${Author} WHERE id = ${ada.id}`);
    assert.ok(row instanceof Author);
    assert.deepEqual([row.name, row.created, (row as unknown as { two: number }).two], ["Eve", ada.created, 2]);
    row.name = "Ida";
    await row.save();
    assert.equal((await Author.get(ada.id)).name, "Ida");
    await transaction(async () => {
      await database.query(sql`DELETE FROM ${Author} WHERE id = ${ada.id}`);
      assert.equal(await Author.count(), 1);
      throw new Error("undone");
    }).catch(() => undefined);
    assert.equal(await Author.count(), 2);
    await assert.rejects(Author.fromSql(sql`SELECT id, name FROM ${Author}`), {
      code: "E_SQL_COLUMNS",
      message: /email, status, mentor_id/,
    });
    await assert.rejects(database.query("SELECT 1" as never), { code: "E_SQL_PART" });
  });

  it("has an exact complement, too", async () => {
    await Author.createMany([{ name: "a", email: "a@example.com" }, { name: "b" }]);
    const filter = (author: { email: unknown }) => sql`${author.email} = ${"a@example.com"}`;
    assert.deepEqual(
      (await Author.where(filter as never)).map(({ name }) => name),
      ["a"],
    );
    assert.deepEqual(
      (await Author.exclude(filter as never)).map(({ name }) => name),
      ["b"],
    );
  });
});

describe("invalid custom SQL", () => {
  it("rejects values that can neither be bound nor quoted", () => {
    for (const part of [undefined, {}, [], Symbol("x"), () => 1]) assert.throws(() => sql`SELECT ${part}`, { code: "E_SQL_PART" });
    assert.throws(() => sql("SELECT 1" as never), { code: "E_SQL_PART", fix: /tag/ });
    assert.throws(() => sql(["SELECT 1"] as never), { code: "E_SQL_PART" });
    assert.throws(() => sql.join([]), { code: "E_SQL_PART" });
    for (const text of [undefined, 1, ["SELECT 1"], new String("x")])
      assert.throws(() => sql.unsafe(text as never), { code: "E_SQL_PART" });
    assert.throws(() => sql`${"a\0b"}`, { code: "E_FILTER_VALUE" });
    for (const name of ["", "a b", 'a"b', "a`b", "a]b", "a.b", "a;", "--", "1a", "a\0", "a\n", "x".repeat(64), "é", 5, undefined])
      assert.throws(() => sql.identifier(name as string), { code: "E_SQL_NAME" }, String(name));
    assert.doesNotThrow(() => sql.identifier("x".repeat(63)));
    assert.throws(() => Book.where((book) => sql`${book.title}`.eq("x" as never)), {
      code: "E_EXPRESSION_TYPE",
      message: /custom SQL has none/,
    });
  });
});
