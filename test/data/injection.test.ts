/** Strings that try to become SQL, in every place that accepts a string: each is data, or an error. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDatabase } from "../../src/data/database.ts";
import { GableError } from "../../src/errors/gable-error.ts";
import { Model } from "../../src/data/model.ts";
import { sql } from "../../src/data/tree/functions.ts";
import { field as f } from "../../src/data/schema/field.ts";
import { op } from "../../src/data/migrations/state/operation.ts";
import { identifier } from "../../src/data/schema/names.ts";
import { transaction } from "../../src/data/run/transaction.ts";
import { describeOnDatabases } from "./databases.ts";
import { Author, Book, models } from "./library-models.ts";
import { Tag } from "./tag-model.ts";

const payloads: readonly string[] = [
  "'", "''", '"', '""', "`", "``", "]", "[x]", "\\", "\\'", "\0", "a\0b", "\n", "\r\n", "\t", "--", "-- ", "#", "/*", "*/", "/**/", ";", "; --", ".", "a.b", "%", "%s", "_",
  "?", "??", "$1", "$1::text", ":x", "@x", "@@version", "\u0001", "\u00010.0;", "\u00011.0;", "{}", "${x}", "x' OR '1'='1", "x'; DROP TABLE books; --", 'x" OR 1=1 --', "x` OR 1=1 --", "1 OR 1=1",
  "1; SELECT pg_sleep(10)", "x' UNION SELECT * FROM authors --", "') OR ('a'='a", "id) OR (1=1", "first); DROP TABLE books; --", "LAST, (SELECT 1)", "x\\'; --", "\u2019", "\uff07", "\u02bc", "é'", "\ud800", "a".repeat(64),
  "a".repeat(5_000), "0x27", "CHAR(39)", "NULL", "DEFAULT", "__proto__", "constructor", "$or", "AND",
]; // prettier-ignore

/** A place that accepts a string: as a value, which must be read back unchanged, or as a name, which must be rejected. */
type Place = (payload: string) => unknown;

const names: Readonly<Record<string, Place>> = {
  "a field of a filter": (text) => Book.where({ [text]: 1 } as never),
  "a field of a nested filter": (text) => Book.where({ author: { [text]: 1 } } as never),
  "an operator": (text) => Book.where({ title: { [text]: "x" } } as never),
  "a word of a relation": (text) => Book.where({ tags: { [text]: {} } } as never),
  "an order": (text) => Book.orderBy(text as never),
  "a descending order": (text) => Book.orderBy(`-${text}` as never),
  "a place of missing values": (text) => Author.where().orderBy((author) => author.email.asc({ nulls: text as never })),
  "a column of a list": (text) => Book.where().pluck(text as never),
  "a column of a selection": (text) => Book.where().select({ [text]: true } as never),
  "a relation of a selection": (text) => Book.where().select({ [text]: { id: true } } as never),
  "a relation to load": (text) => Book.where().with({ [text]: true } as never),
  "an option of a relation to load": (text) => Book.where().with({ author: { [text]: 1 } } as never),
  "a column of distinct rows": (text) => Book.where().distinct(text as never),
  "a column of rows with some": (text) => Book.where().only(text as never),
  "a place to read": (text) => Book.where().on(text as never),
  "a search string": (text) => Book.search(text),
  "a field of a callback": (text) => Book.where((book) => (book as never as Record<string, { eq(value: unknown): never }>)[text]!.eq(1)),
  "a unit of time": (text) => Book.where().values((book) => ({ a: book.created.truncate(text as never) })),
  "a time zone of truncate()": (text) => Book.where().values((book) => ({ a: book.created.truncate("day", text) })),
  "a time zone of hour()": (text) => Book.where().values((book) => ({ a: book.created.hour(text) })),
  "a time zone of date()": (text) => Book.where().values((book) => ({ a: book.created.date(text) })),
  "a filter of an address": (text) => Book.filterFrom({ [text]: "1" }, { allow: ["title"] }),
  "an operator of an address": (text) => Book.filterFrom({ [`title__${text}`]: "1" }, { allow: ["title"] }),
  "a filter that is allowed": (text) => Book.filterFrom({}, { allow: [text as never] }),
  "an operator that is allowed": (text) => Book.filterFrom({}, { allow: ["title"], operators: [text as never] }),
  "a type to cast to": (text) => Book.where().values((book) => ({ a: book.title.cast({ kind: text } as never) })),
  "a field of a new row": (text) => Book.build({ [text]: 1 } as never),
  "a field that is set": (text) => Book.build({ title: "x" }).set({ [text]: 1 } as never),
}; // prettier-ignore

const waiting: Readonly<Record<string, (payload: string) => Promise<unknown>>> = {
  "a field of a change": (text) => Book.where({ id: 1 }).update({ [text]: 1 } as never),
  "a field of a unique key": (text) => Tag.upsert({ where: { [text]: 1 } as never, update: {} }),
  "a field of many rows": (text) => Tag.updateMany([], [text as never]),
  "a column that is loaded": (text) => Book.build({ title: "x" }).load(text as never),
  "a database": async (text) => Book.where().using(text),
  "a cursor": (text) => Book.orderBy("id").page({ size: 1, after: text }),
  "an isolation": (text) => transaction(() => 1, { isolation: text as never }),
  "a limit": (text) => Promise.resolve().then(() => Book.where().limit(text as never)),
  "a size": (text) => Book.where().page({ size: text as never }),
  "a batch": async (text) => {
    for await (const _row of Book.where().stream({ batch: text as never })) assert.fail();
  },
};

describeOnDatabases("strings that try to become SQL", models, (open) => {
  it("are rejected as names, before a statement is written", async () => {
    const { statements } = open();
    for (const payload of payloads) {
      for (const [place, use] of Object.entries(names))
        assert.throws(() => use(payload), GableError, `${place}: ${JSON.stringify(payload)}`);
      for (const [place, use] of Object.entries(waiting))
        await assert.rejects(use(payload), GableError, `${place}: ${JSON.stringify(payload)}`);
    }
    for (const payload of payloads) {
      if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(payload) && payload.length <= 63) assert.doesNotThrow(() => sql.identifier(payload));
      else assert.throws(() => sql.identifier(payload), { code: "E_SQL_NAME" }, JSON.stringify(payload));
    }
    // An isolation is refused before the transaction begins, and so is all else.
    assert.deepEqual(statements, []);
  });

  it("are values, and are read back unchanged", async () => {
    const author = await Author.create({ name: "A" });
    for (const payload of payloads) {
      const isStorable = payload.isWellFormed() && !payload.includes("\0") && payload.length <= 50;
      if (!isStorable) {
        await assert.rejects(Tag.create({ name: payload }), { code: "E_VALIDATION" });
        continue;
      }
      const tag = await Tag.create({ name: payload });
      const book = await Book.create({
        title: payload.trim() === "" ? `x${payload}` : payload,
        slug: `s-${tag.id}`,
        price: "1",
        meta: { lang: payload, tags: [payload] },
        author,
      });
      await book.tags.add(tag);
      const read = await Book.get(book.id);
      assert.deepEqual([read.title, read.meta], [book.title, { lang: payload, tags: [payload] }]);
      for (const count of [
        Tag.where({ name: payload }).count(),
        Tag.where({ name: { in: [payload] } }).count(),
        Book.where({ id: book.id, tags: { some: { name: payload } } }).count(),
        Book.where({ id: book.id, meta: { path: ["lang"], eq: payload } }).count(),
        Book.where({ id: book.id, title: { contains: payload } }).count(),
        Book.where({ id: book.id, title: { endsWith: payload } }).count(),
        Book.where((row) => row.id.eq(book.id).and(sql`${row.title} = ${book.title}`)).count(),
        Book.where((row) => row.id.eq(book.id).and(row.title.concat(payload).eq(book.title + payload))).count(),
      ])
        assert.equal(await count, 1, JSON.stringify(payload));
      const hasKey = async (): Promise<number> => Book.where({ id: book.id, meta: { path: [payload], exists: true } }).count();
      if (open().kind === "MariaDB" && payload.startsWith("-")) await assert.rejects(hasKey(), { code: "E_FILTER_VALUE" });
      else assert.equal(await hasKey(), 0);
      const named = (): PromiseLike<unknown[]> => Book.where({ id: book.id }).values((each) => ({ [payload]: each.title }));
      if (payload === "__proto__") assert.throws(named, { code: "E_QUERY_FORM" });
      else assert.deepEqual(await named(), [{ [payload]: book.title }]);
      assert.equal(
        await Book.where((row) => row.title.replace(payload, "").eq(book.title.replaceAll(payload, ""))).count(),
        1,
        JSON.stringify(payload),
      );
      await book.delete();
      await tag.delete();
    }
    assert.equal(await Author.count(), 1);
  });
});

/** Names of tables and columns in operations; those of keys and indexes may be any text, and are quoted (migration-operations.test.ts). */
const operations: Readonly<Record<string, Place>> = {
  "a new table": (text) => op.createTable(text, { columns: { id: { type: "id" } }, primary: ["id"] }),
  "a column of a new table": (text) => op.createTable("t", { columns: { [text]: { type: "id" } }, primary: ["id"] }),
  "a key of a new table": (text) => op.createTable("t", { columns: { id: { type: "id" } }, primary: [text] }),
  "a table that goes": (text) => op.dropTable(text),
  "a table that is renamed": (text) => op.renameTable(text, "t"),
  "a new name of a table": (text) => op.renameTable("t", text),
  "a table of a column": (text) => op.addColumn(text, "a", { type: "int" }),
  "a new column": (text) => op.addColumn("t", text, { type: "int" }),
  "a type of a column": (text) => op.addColumn("t", "a", { type: text as never }),
  "a column that goes": (text) => op.dropColumn("t", text),
  "a column that changes": (text) => op.alterColumn("t", text, { type: "int" }, { from: { type: "text" } }),
  "a column that is renamed": (text) => op.renameColumn("t", text, "a"),
  "a new name of a column": (text) => op.renameColumn("t", "a", text),
  "a column of an index": (text) => op.addIndex("t", "i", [text]),
  "a kind of index": (text) => op.addIndex("t", "i", ["a"], { using: text as never }),
  "a column of a rule": (text) => op.addUnique("t", "u", [text]),
  "a table of a foreign key": (text) => op.addForeignKey("t", "k", ["a"], { table: text, references: ["id"], onDelete: "cascade" }),
  "an action of a foreign key": (text) => op.addForeignKey("t", "k", ["a"], { table: "b", references: ["id"], onDelete: text as never }),
  "a new view": (text) => op.createView(text, { columns: { id: { type: "id" } }, primary: ["id"], sql: "SELECT 1 AS id" }),
  "a column of a view": (text) => op.createView("v", { columns: { [text]: { type: "id" } }, primary: ["id"], sql: "SELECT 1 AS id" }),
  "a key of a view": (text) => op.createView("v", { columns: { id: { type: "id" } }, primary: [text], sql: "SELECT 1 AS id" }),
  "a view that goes": (text) => op.dropView(text),
}; // prettier-ignore

describe("names in operations", () => {
  for (const [place, use] of Object.entries(operations))
    it(`are letters, digits and underscores: ${place}`, () => {
      for (const payload of payloads) {
        if (identifier.test(payload) && !/^an? (?:type|kind|action) of/.test(place)) continue;
        assert.throws(() => use(payload), { code: "E_MIGRATION_OPERATION" }, JSON.stringify(payload));
      }
    });
});

describe("names in models", () => {
  it("are letters, digits and underscores, on every database", async () => {
    for (const payload of payloads) {
      if (/^[A-Za-z_][A-Za-z0-9_]{0,62}$/.test(payload) && payload !== "__proto__" && payload !== "constructor") continue;
      class Table extends Model(payload, { id: f.id() }) {}
      class Column extends Model("t", { id: f.id(), a: f.int({ column: payload }) }) {}
      class Field extends Model("t", { id: f.id(), [payload]: f.int() }) {}
      const wrong = payload === "__proto__" || payload === "constructor" ? [Field] : [Table, Column, Field];
      for (const model of wrong)
        await assert.rejects(
          createDatabase({ url: "sqlite::memory:", models: [model] }),
          { code: "E_MODEL_INVALID" },
          JSON.stringify(payload),
        );
    }
    for (const [name, value] of [
      ["poolMax", "1; --"],
      ["statementTimeoutMs", 0],
      ["acquireTimeoutMs", -1],
      ["rowsMax", 1.5],
    ] as const)
      await assert.rejects(createDatabase({ url: "sqlite::memory:", models: [Tag], [name]: value }), { code: "E_OPTION_INVALID" });
  });
});
