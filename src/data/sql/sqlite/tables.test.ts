import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { endValues, Every } from "../../../../test/data/every-model.ts";
import { Author, Line, models, Order, Part } from "../../../../test/data/library-models.ts";
import type { Connection, Driver } from "../../driver/contract.ts";
import type { DriverValue } from "../../schema/driver-value.ts";
import { createNodeSqlite } from "../../driver/node-sqlite.ts";
import { field as f } from "../../schema/field.ts";
import { Model } from "../../model.ts";
import type { ModelClass } from "../../schema/model-class.ts";
import { manyToMany } from "../../schema/relation.ts";
import type { ValueType } from "../../tree/value-type.ts";
import { describeModels } from "../model-state.ts";
import { TableWriter } from "../table-writer.ts";
import { sqlite } from "./dialect.ts";
import { encodeSqlite, sqliteDecoder } from "./codec.ts";
import { findSqliteMistakes, quoteSqlite } from "./tables.ts";
import { quoteText } from "../table-syntax.ts";

let driver: Driver;
let connection: Connection;
beforeEach(async () => {
  driver = createNodeSqlite({ path: ":memory:" });
  connection = await driver.acquire({ write: true });
});
afterEach(async () => {
  connection.release();
  await driver.close();
});
const run = (sql: string, ...parameters: DriverValue[]) => connection.run({ sql, parameters, rows: "none" });
const read = async (sql: string, ...parameters: DriverValue[]) =>
  (await connection.run({ sql, parameters, rows: "arrays", readsBigInts: true })).rows;
const create = async (...made: readonly ModelClass[]): Promise<void> => {
  for (const sql of new TableWriter(sqlite).createAll(describeModels(made))) await run(sql);
};

const decode = (stored: DriverValue, field: ValueType): unknown => {
  const decoder = sqliteDecoder(field, true);
  return decoder === undefined ? stored : decoder(stored);
};
const codecField = (name: string): ValueType => {
  const field = Every.$meta.fields.get(name)!;
  return { where: `Every.${name}`, type: field.type, scale: field.scale, storage: field.storage, items: field.items };
};

describe("values in SQLite", () => {
  for (const [name, cases] of Object.entries(endValues)) {
    it(`of the type ${name} are read as they were written`, async () => {
      await create(Every);
      const field = codecField(name);
      for (const [value, ...back] of [...cases, [null] as const]) {
        await run("DELETE FROM every");
        await run(`INSERT INTO every (${quoteSqlite(name)}) VALUES (?)`, encodeSqlite(value, field));
        const [[stored]] = (await read(`SELECT ${quoteSqlite(name)} FROM every`)) as [[DriverValue]];
        assert.deepEqual(decode(stored, field), back.length === 0 ? value : back[0]);
        // Equal in a filter, too.
        if (value !== null)
          assert.equal((await read(`SELECT 1 FROM every WHERE ${quoteSqlite(name)} = ?`, encodeSqlite(value, field))).length, 1);
      }
    });
  }

  it("without bytes are not stored as NULL, whatever memory they have", async () => {
    await create(Every);
    const touched = new Uint8Array(0);
    assert.equal(touched.buffer.byteLength, 0);
    for (const value of [touched, new Uint8Array(0), new Uint8Array(new ArrayBuffer(0)), new Uint8Array(8).subarray(8), Buffer.alloc(0)]) {
      const encoded = encodeSqlite(value, codecField("bytes"));
      await run('INSERT INTO every ("bytes") VALUES (?)', encoded);
      assert.deepEqual(await read("SELECT typeof(?)", encoded), [["blob"]]);
    }
    assert.deepEqual(await read("SELECT count(*) FROM every WHERE bytes = x''"), [[5n]]);
  });

  it("of another type are rejected", () => {
    for (const [name, wrong] of [
      ["text", 5],
      ["int", "5"],
      ["int", 1.5],
      ["bigint", 5],
      ["float", Number.NaN],
      ["decimal", 1.5],
      ["boolean", 1],
      ["datetime", "2026-01-01"],
      ["datetime", new Date(Number.NaN)],
      ["bytes", "x"],
      ["choice", 5],
      ["json", 5n],
      ["json", { list: [1n] }],
      ["json", () => 5],
    ] as const)
      assert.throws(() => encodeSqlite(wrong, codecField(name)), {
        code: "E_VALUE_TYPE",
        message: new RegExp(`Every\\.${name} is of the type ${name}`),
      });
    assert.throws(() => decode(2n ** 53n, codecField("int")), {
      code: "E_VALUE_RANGE",
      message: /9007199254740992/,
      fix: /field\.bigint/,
    });
    assert.equal(decode(2n ** 53n - 1n, codecField("int")), 2 ** 53 - 1);
    assert.equal(encodeSqlite(undefined, codecField("int")), null);
  });
});

describe("tables in SQLite", () => {
  it("are created for every model of the example, with its constraints", async () => {
    for (const model of models) assert.deepEqual(findSqliteMistakes(model.$meta), []);
    for (const sql of new TableWriter(sqlite).createAll(describeModels(models))) await run(sql);
    const [[table]] = (await read("SELECT sql FROM sqlite_schema WHERE name = 'books'")) as [[string]];
    assert.equal(
      table,
      [
        'CREATE TABLE "books" (',
        '  "id" INTEGER PRIMARY KEY AUTOINCREMENT,',
        '  "title" TEXT NOT NULL,',
        '  "slug" TEXT NOT NULL,',
        '  "price" REAL NOT NULL,',
        '  "pages" INTEGER NOT NULL,',
        '  "meta" TEXT NOT NULL,',
        '  "secret_note" TEXT,',
        '  "version" INTEGER NOT NULL,',
        '  "author_id" INTEGER NOT NULL,',
        '  "created" TEXT NOT NULL,',
        '  "updated" TEXT NOT NULL,',
        '  CONSTRAINT "books_meta_check" CHECK (json_valid("meta")),',
        '  CONSTRAINT "books_slug_unique" UNIQUE ("slug"),',
        '  CONSTRAINT "books_author_id_title_unique" UNIQUE ("author_id", "title"),',
        '  CONSTRAINT "books_author_foreign" FOREIGN KEY ("author_id") REFERENCES "authors" ("id") ON DELETE CASCADE',
        ") STRICT",
      ].join("\n"),
    );
    const indexes = await read("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name");
    assert.deepEqual(indexes.flat(), [
      "authors_mentor_id_index",
      "books_author_id_created_index",
      "books_author_id_index",
      "books_tags_tag_id_index",
    ]);
  });

  const wrong: ReadonlyArray<[what: string, sql: string, message: RegExp]> = [
    [
      "a value of another type",
      `INSERT INTO authors (name, status, created, updated) VALUES (x'00', 'active', '', '')`,
      /cannot store BLOB value in TEXT column authors\.name/,
    ],
    [
      "null in a required column",
      `INSERT INTO authors (status, created, updated) VALUES ('active', '', '')`,
      /NOT NULL constraint failed: authors\.name/,
    ],
    [
      "a key that is not one of the choices",
      `INSERT INTO authors (name, status, created, updated) VALUES ('x', 'gone', '', '')`,
      /CHECK constraint failed: authors_status_check/,
    ],
    ["a row that belongs to nobody", `INSERT INTO profiles VALUES ('x', 5, '')`, /FOREIGN KEY constraint failed/],
    ["a second row of one", `INSERT INTO orders VALUES (1), (1)`, /UNIQUE constraint failed: orders\.number/],
  ];
  for (const [what, sql, message] of wrong) {
    it(`refuse ${what}`, async () => {
      await create(...models);
      await assert.rejects(async () => run(sql), message);
    });
  }

  it("delete, empty or protect rows that refer to a deleted row", async () => {
    await create(...models);
    const author = "INSERT INTO authors (id, name, status, mentor_id, created, updated) VALUES (?, 'x', 'active', ?, '', '')";
    await run(author, 1, null);
    await run(author, 2, 1);
    await run("INSERT INTO books VALUES (1, 't', 's', 1, 1, '{}', NULL, 0, 1, '', '')");
    await run("DELETE FROM authors WHERE id = 1");
    assert.deepEqual(await read("SELECT mentor_id FROM authors"), [[null]]);
    assert.deepEqual(await read("SELECT count(*) FROM books"), [[0n]]);
    await run("INSERT INTO orders VALUES (7)");
    await run("INSERT INTO lines VALUES (7, 1)");
    await run("INSERT INTO parts VALUES (1, 7, 1)");
    await assert.rejects(async () => run("DELETE FROM lines"), /FOREIGN KEY constraint failed/);
    await assert.rejects(async () => run("INSERT INTO parts VALUES (2, 7, 2)"), /FOREIGN KEY/);
    assert.deepEqual(
      [Order.$meta.primary, Line.$meta.primary, Part.$meta.primary, Author.$meta.primary],
      [["number"], ["orderNumber", "line"], ["id"], ["id"]],
    );
  });

  it("between models have the keys of both, also of one model twice and of keys of several fields", async () => {
    class User extends Model("users", { id: f.id({ kind: "uuid" }), friends: () => manyToMany(User, { symmetric: true }) }) {}
    class Seat extends Model("boxes", { row: f.int(), number: f.int(), users: () => manyToMany(User) }, { primary: ["row", "number"] }) {}
    for (const sql of new TableWriter(sqlite).createAll(describeModels([User, Seat]))) await run(sql);
    const columns = async (table: string): Promise<unknown[]> =>
      (await read(`SELECT name, pk FROM pragma_table_info('${table}')`)).map(([name, pk]) => [name, Number(pk)]);
    assert.deepEqual(await columns("users_users"), [
      ["from_user_id", 1],
      ["to_user_id", 2],
    ]);
    assert.deepEqual(await columns("boxes_users"), [
      ["box_row", 1],
      ["box_number", 2],
      ["user_id", 3],
    ]);
    await run("INSERT INTO users VALUES ('a'), ('b')");
    await run("INSERT INTO users_users VALUES ('a', 'b')");
    await assert.rejects(async () => run("INSERT INTO users_users VALUES ('a', 'c')"), /FOREIGN KEY/);
    await run("DELETE FROM users WHERE id = 'b'");
    assert.deepEqual(await read("SELECT * FROM users_users"), []);
  });

  it("quote any name and any string", async () => {
    for (const name of ['a"b', "a;--", "select", "a b", "a.b", "[x]", "`x`", "é'", "x".repeat(200)]) {
      await run(`CREATE TABLE ${quoteSqlite(name)} (${quoteSqlite(name)} TEXT DEFAULT ${quoteText(name)}) STRICT`);
      await run(`INSERT INTO ${quoteSqlite(name)} DEFAULT VALUES`);
      assert.deepEqual(await read(`SELECT ${quoteSqlite(name)} FROM ${quoteSqlite(name)}`), [[name]]);
    }
    for (const name of ["", "a\0b"]) assert.throws(() => quoteSqlite(name), { code: "E_SQL_NAME" });
    assert.throws(() => quoteText("a\0b"), { code: "E_SQL_NAME" });
    // A quoted name that is not a column is an error, not a string.
    await assert.rejects(async () => read('SELECT "no such column"'), /no such column/);
  });

  it("reject decimals with more digits than SQLite keeps", () => {
    class Wide extends Model("wide", {
      id: f.id(),
      a: f.decimal({ digits: 16, scale: 2 }),
      b: f.decimal({ digits: 15, scale: 2 }),
      c: f.decimal({ digits: 38, scale: 2, storage: "text" }),
    }) {}
    const [mistake, ...more] = findSqliteMistakes(Wide.$meta);
    assert.equal(more.length, 0);
    assert.match(`${mistake!.where}: ${mistake!.message}`, /^Wide\.a: SQLite keeps 15 digits of a decimal, and the field has 16$/);
  });
});
