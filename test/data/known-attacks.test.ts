/** Attacks that other libraries of data were open to: each class by the number of one of them. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { sql, transaction } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";
import { Author, Book, models } from "./library-models.ts";
import { Tag } from "./tag-model.ts";

/** What a program gets that reads JSON from a request, and trusts it. */
const fromJson = (text: string): never => JSON.parse(text) as never;

describeOnDatabases("known attacks", models, (open) => {
  let author: Author;
  beforeEach(async () => {
    author = await Author.create({ name: "Ada", email: "ada@example.com" });
    await Book.create({ title: "One", slug: "one", price: "1", meta: { lang: "en" }, author, secretNote: "password" } as never);
    open().statements.length = 0;
  });
  const refuses = async (run: () => unknown, code: string | RegExp): Promise<void> => {
    await assert.rejects(
      async () => run(),
      (error: Error & { code: string }) => (typeof code === "string" ? error.code === code : code.test(error.code)),
    );
    assert.deepEqual(open().statements, []);
  };

  it("keys of a filter that join or negate its conditions (CVE-2025-64459)", async () => {
    for (const key of ["_connector", "_negated", "$or", "OR", "AND", "and", "or", "not", "__proto__", "constructor"])
      await refuses(() => Book.where(fromJson(`{ "status": "draft", "${key}": "OR 1=1 OR" }`)), "E_FILTER_UNKNOWN");
    // The words that join are symbols, which no JSON can hold.
    await refuses(() => Book.where(fromJson('{ "[or]": [{}, {}] }')), "E_FILTER_UNKNOWN");
    await refuses(() => Book.exclude(fromJson('{ "title": "x", "_connector": "OR" }')), "E_FILTER_UNKNOWN");
    await refuses(() => Book.get(fromJson('{ "_negated": true }')), "E_FILTER_UNKNOWN");
  });

  it("names of annotated values that become aliases (CVE-2025-57833, CVE-2025-59681)", async () => {
    const names = ['x" FROM authors; --', "x` FROM authors; --", "x'; --", 'a"b', "a\\", "a;b", "a -- b", "a/*", "?", ":a", "@a"];
    for (const name of names) {
      const [row] = await Book.where().annotate((book) => ({ [name]: book.title.upper() }));
      assert.equal((row as never as Record<string, unknown>)[name], "ONE");
      assert.deepEqual(await Book.where().values((book) => ({ [name]: book.title })), [{ [name]: "One" }]);
      assert.deepEqual(await Book.where().aggregate((books) => ({ [name]: books.count() })), { [name]: 1 });
    }
    assert.equal(await Author.count(), 1);
  });

  it("control characters in names (CVE-2026-1287)", async () => {
    for (const name of ["\u0001", "\u00010.0;", "a\u0000b", "\u001f", "\u007f", "\n", "\r"]) {
      assert.deepEqual(await Book.where().values((book) => ({ [name]: book.title })), [{ [name]: "One" }]);
      await assert.rejects(async () => Book.where(fromJson(JSON.stringify({ [name]: 1 }))), { code: "E_FILTER_UNKNOWN" });
    }
  });

  it("orders by names with points and parentheses (CVE-2026-1312)", async () => {
    for (const name of [
      "author.name",
      "author.name); DROP TABLE books",
      "books.id",
      "1",
      "(SELECT 1)",
      "id,title",
      "id desc",
      "-id--",
      "?",
    ])
      await refuses(() => Book.orderBy(name as never), "E_FIELD_UNKNOWN");
  });

  it("names in custom SQL (CVE-2026-39356)", async () => {
    for (const name of ['id"; DROP TABLE books; --', "id`", 'a"', "a b", "a.b", "", "a\u0000"])
      assert.throws(() => sql.identifier(name), { code: "E_SQL_NAME" });
    // A string is always a bound value.
    const text = "books; DROP TABLE books";
    assert.deepEqual(await Book.where().values((book) => ({ text: sql<string>`coalesce(${text}, ${book.title})` })), [{ text }]);
  });

  it("objects in place of values (CVE-2025-60542)", async () => {
    await refuses(() => Book.find(fromJson('{ "title": { "title": 1 } }')), "E_FILTER_UNKNOWN");
    await refuses(() => Author.find(fromJson('{ "email": { "ne": "" }, "name": { "password": 1 } }')), "E_FILTER_UNKNOWN");
    await refuses(() => Book.where(fromJson('{ "slug": ["one", "two"] }')), "E_FILTER_VALUE");
    await refuses(
      () => Book.create(fromJson('{ "title": { "id": 1 }, "price": "1", "meta": {}, "authorId": { "id": 1 } }')),
      /^E_(?:FILTER_VALUE|VALIDATION|FILTER_UNKNOWN)$/,
    );
    await refuses(() => Book.where({ id: 1 }).update(fromJson('{ "title": { "slug": 1 } }')), "E_VALIDATION");
    await refuses(() => Tag.upsert({ where: fromJson('{ "name": { "id": 1 } }'), update: {} }), "E_VALIDATION");
  });

  it("operators on secrets from JSON, which would reveal them part by part", async () => {
    for (const operator of [
      "ne",
      "gt",
      "gte",
      "lt",
      "lte",
      "in",
      "notIn",
      "between",
      "contains",
      "startsWith",
      "endsWith",
      "ieq",
      "icontains",
      "istartsWith",
      "iendsWith",
      "isNull",
      "eq",
      "year",
    ])
      await refuses(() => Book.where(fromJson(`{ "secretNote": { "${operator}": "" } }`)), "E_FILTER_SECRET");
    assert.equal(await Book.where({ secretNote: "password" }).count(), 1);
  });

  it("several statements in one string", async () => {
    const { database } = open();
    await assert.rejects(database.query(sql`SELECT 1; DROP TABLE books`));
    await database.query(sql`SELECT 1 ; `);
    await assert.rejects(transaction(() => database.query(sql`SELECT ${"1"}; DROP TABLE books`)));
    assert.equal(await Book.count(), 1);
  });

  it("keep the SQL of a statement unchanged, whatever strings it gets", () => {
    const payloads = ["'", "'; DROP TABLE books; --", "\\", "$1", "$$", '"', "/*", "?", "%", "\u2019", "E'\\''", "x' OR '1'='1"];
    const statementsOf = (text: string): string[] =>
      [
        Book.where({
          title: text,
          meta: { path: [text], eq: text },
          author: { name: { contains: text } },
          tags: { some: { name: { in: [text] } } },
        }),
        Book.where((book) => sql`${book.title} = ${text}`).orderBy((book) => book.title.replace(text, "").asc()),
        Author.where({ name: { startsWith: text, endsWith: text, ieq: text, icontains: text } }).limit(3),
        Book.where().values((book) => ({ a: book.title.concat(text), b: book.meta.at(text) })),
      ].map((query) => query.toSql().sql);
    for (const payload of payloads) assert.deepEqual(statementsOf(payload), statementsOf("x"));
  });
});

describe("data from JSON that is passed on unchecked", () => {
  it("never becomes an option", async () => {
    // Options are separate arguments: no object contains both fields and options.
    await assert.rejects(async () => Book.where(fromJson('{ "where": {}, "limit": 1 }')), { code: "E_FILTER_UNKNOWN" });
    await assert.rejects(async () => Book.create(fromJson('{ "validate": false }')), { code: "E_FIELD_UNKNOWN" });
  });
});
