/** Values that other programs have stored: each finds its row again, or reading it is an error that says what to do. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createDatabase, field as f, Model, sql } from "../../src/data.ts";
import { GableError } from "../../src/errors/gable-error.ts";
import type { DatabaseKind } from "./databases.ts";
import { databaseKinds } from "./databases.ts";

type Field = Parameters<typeof f.array>[0];
/** A type of column, its field, values in SQL that are read, and values that are refused. */
type Row = readonly [type: string, field: Field, read: Readonly<Record<string, unknown>>, refused: readonly string[]];

const uuid = "0190163d-8694-739b-aea5-966c26f8ad91";
const upper = `'${uuid.toUpperCase()}'`;
const decimal = f.decimal({ digits: 8, scale: 2 });
const exact = f.decimal({ digits: 30, scale: 2, storage: "text" });
const fine = f.datetime({ precision: 6 });

const onPostgres: readonly Row[] = [
  ["real", f.float(), { "0.1": Math.fround(0.1), "3.14": Math.fround(3.14), "16777217": 16_777_216 }, ["'NaN'", "'Infinity'"]],
  ["double precision", f.float(), { "0.1": 0.1 }, ["'NaN'", "'-Infinity'"]],
  ["char(5)", f.text({ max: 5 }), { "'ab'": "ab", "'a b'": "a b" }, []],
  ["time", f.time(), { "'10:12:00'": "10:12:00" }, ["'10:12:00.5'", "'24:00:00'"]],
  ["timetz", f.time(), {}, ["'10:12:00+02'"]],
  ["date", f.date(), { "'2024-02-29'": "2024-02-29" }, ["'infinity'", "'10000-01-01'", "'0044-01-01 BC'"]],
  ["timestamptz", fine, { "'9999-12-31 23:59:59.999'": new Date("9999-12-31T23:59:59.999Z") }, ["'10000-01-01'", "'0044-01-01 BC'"]],
  ["numeric", decimal, { "1.5": "1.50", "1.500": "1.50" }, ["1.234", "'NaN'"]],
  ["inet", f.ip(), { "'192.0.2.1'": "192.0.2.1", "'::102:304'": "::102:304" }, ["'10.0.0.0/8'", "'::ffff:1.2.3.4'"]],
  ["text[]", f.array(f.text()), { "'{}'": [], [`'{"NULL","a,b"}'`]: ["NULL", "a,b"] }, ["'{a,NULL}'", "'{{a},{b}}'", "'[0:1]={a,b}'"]],
  ["integer", f.boolean(), {}, ["1"]],
  ["numeric", f.int(), { "5": 5 }, ["5.5"]],
  ["text", f.bigint(), {}, ["''", "'x'"]],
  ["json", f.json(), { "'{\"a\":1}'": { a: 1 } }, ["'{\"n\":12345678901234567890}'", "'[1e400]'"]],
  ["text", f.json(), {}, ["'{a'"]],
];
const onMysql: readonly Row[] = [
  ["float", f.float(), { "0.1": Math.fround(0.1), "3.14": Math.fround(3.14), "16777217": 16_777_216 }, []],
  ["time(3)", f.time(), { "'10:12:00'": "10:12:00" }, ["'10:12:00.5'", "'838:00:00'", "'-01:00:00'"]],
  ["decimal(30, 15)", decimal, { "1.5": "1.50" }, ["1.234"]],
  ["varchar(20)", exact, { "'1.50'": "1.50" }, ["'1.5'", "'01.50'"]],
  ["varchar(40)", f.uuid(), { [`'${uuid}'`]: uuid }, [upper, "'x'"]],
  ["binary(16)", f.uuid(), {}, [`x'${uuid.replaceAll("-", "")}'`]],
  ["varbinary(20)", f.text({ max: 20 }), {}, ["'abc'"]],
  ["varchar(20)", f.bytes(), {}, ["'abc'"]],
  ["varchar(20)", f.date(), {}, ["'2021-1-1'", "'2021-02-30'", "'x'"]],
  ["datetime", f.date(), {}, ["'2021-01-01 10:00:00'"]],
  ["datetime(6)", fine, { "'9999-12-31 23:59:59.9991'": new Date("9999-12-31T23:59:59.999Z") }, []],
  ["varchar(45)", f.ip(), { "'192.0.2.1'": "192.0.2.1" }, ["'::FFFF'", "'x'"]],
  ["varchar(20)", f.int(), {}, ["''", "'x'"]],
  ["bit(8)", f.int(), {}, ["b'101'"]],
  ["double", f.bigint(), { "5": 5n }, ["5.5"]],
  ["longtext", f.json(), { "'{\"a\":1}'": { a: 1 } }, ["'{a'", "'{\"n\":12345678901234567890}'"]],
  ["varchar(30)", f.array(f.int()), {}, ["'1,2'", "'{\"a\":1}'", "'[1,null]'", "'[\"a\"]'"]],
];
const onSqlite: readonly Row[] = [
  ["", f.int(), { "5": 5 }, ["'x'", "5.5", "x'00'"]],
  ["", f.bigint(), { "9007199254740993": 9_007_199_254_740_993n }, ["5.5", "'12'"]],
  ["", f.float(), { "5": 5, "0.1": 0.1 }, ["'x'", "9e999"]],
  ["", f.duration(), { "5": 5 }, ["5.5"]],
  ["", decimal, { "1.5": "1.50", "-0.0": "0.00" }, ["1.234", "'x'", "'1.5'"]],
  ["", exact, { "'1.50'": "1.50" }, ["1.5", "'1.5'", "'01.50'"]],
  ["", f.boolean(), { "1": true }, ["2", "'1'", "'true'"]],
  ["", f.date(), { "'2024-02-29'": "2024-02-29" }, ["'2021-1-1'", "'2021-02-30'", "20210101"]],
  ["", f.time(), { "'10:12:00'": "10:12:00" }, ["'10:12'", "'25:00:00'"]],
  ["", f.datetime(), { "'2021-01-01T00:00:00.000Z'": new Date("2021-01-01T00:00:00Z") }, ["'2021-01-01'", "'+010000-01-01T00:00:00.000Z'"]],
  ["", f.uuid(), { [`'${uuid}'`]: uuid }, [upper, "'x'", "x'00'"]],
  ["", f.ip(), { "'::1'": "::1" }, ["'::FFFF'", "'x'"]],
  ["", f.text({ max: 9 }), { "'a'": "a" }, ["5", "x'61'"]],
  ["", f.bytes(), { "x'61'": new Uint8Array([97]) }, ["'a'"]],
  ["", f.json(), { "'{\"n\":1152921504606846976}'": { n: 2 ** 60 } }, ["'{a'", "x'7b7d'", "'[12345678901234567890]'"]],
  ["", f.array(f.text()), { "'[\"a\"]'": ["a"] }, ["'x'", "'{}'", "'[1]'", "'[null]'"]],
];
const tables: Readonly<Record<DatabaseKind["name"], readonly Row[]>> = {
  SQLite: onSqlite,
  PostgreSQL: onPostgres,
  MariaDB: onMysql,
  MySQL: onMysql,
};

for (const { name, skip, place } of databaseKinds)
  describe(`values that other programs stored on ${name}`, { skip }, () => {
    for (const [index, [type, field, read, refused]] of tables[name].entries())
      it(`of ${type || "any type"} as ${field.type} (${index}) find their rows, or are refused`, async () => {
        const { url, remove } = await place();
        const first = await createDatabase({ url, models: [], bind: false });
        class Stored extends Model("stored_values", { id: f.int({ primary: true }), v: field }, { managed: false }) {}
        const load = async (value: string): Promise<unknown> => {
          await first.query(sql.unsafe("DELETE FROM stored_values"));
          await first.query(sql.unsafe(`INSERT INTO stored_values (id, v) VALUES (1, ${value})`));
          // On SQLite, some values are refused when the table is opened.
          const database = await createDatabase({ url, models: [Stored] });
          try {
            const [row] = await Stored.all();
            const found = (row as unknown as { v: unknown }).v; // The type of the field is one of many.
            if (field.type !== "json") assert.equal(await Stored.where({ v: found } as never).count(), 1, `${value} finds its row`);
            return found;
          } finally {
            await database.close();
          }
        };
        try {
          await first.query(sql.unsafe(`CREATE TABLE stored_values (id integer PRIMARY KEY, v ${type})`));
          for (const [value, expected] of Object.entries(read)) assert.deepEqual(await load(value), expected, value);
          for (const value of refused)
            await assert.rejects(load(value), (error) => error instanceof GableError && error.code === "E_VALUE_STORED", value);
        } finally {
          await first.close();
          await remove();
        }
      });
  });

describe("values of other types in tables of SQLite", () => {
  class Mixed extends Model("mixed", { id: f.int({ primary: true }), at: f.datetime(), n: f.int() }, { managed: false }) {}
  for (const [values, fix] of [
    ["1609459200, 1", /^Convert them once: UPDATE "mixed" SET "at" = strftime\('%Y-%m-%dT%H:%M:%fZ', "at", 'unixepoch'\) WHERE/],
    [
      "1609459200123, 1",
      /^Convert them once: UPDATE "mixed" SET "at" = strftime\(.*CASE WHEN abs\("at"\) < 100000000000 THEN .*'unixepoch'\)/,
    ],
    ["'2021-01-01', 1", /^Convert them once: UPDATE "mixed" SET "at" = strftime\('%Y-%m-%dT%H:%M:%fZ', "at"\) WHERE/],
    ["'soon', 1", /^Change the rows that this finds, or the types of the fields: SELECT \* FROM "mixed" WHERE "at" IS NOT NULL AND NOT/],
    ["'2021-01-01', 'one'", /^Convert them once: UPDATE .* Change the rows that this finds, .* SELECT \* FROM "mixed" WHERE "n"/],
  ] as const)
    it(`get a statement that loses none: ${values}`, async () => {
      const { url, remove } = await databaseKinds.find(({ name }) => name === "SQLite")!.place();
      const first = await createDatabase({ url, models: [], bind: false });
      try {
        await first.query(sql.unsafe("CREATE TABLE mixed (id integer PRIMARY KEY, at, n)"));
        await first.query(sql.unsafe(`INSERT INTO mixed (id, at, n) VALUES (1, ${values})`));
        const refused: unknown = await createDatabase({ url, models: [Mixed], bind: false }).catch((error: unknown) => error);
        assert.ok(refused instanceof GableError && refused.code === "E_VALUE_STORED");
        assert.match(refused.fix, fix);
        for (const [update] of refused.fix.matchAll(/UPDATE .*?';/g)) await first.query(sql.unsafe(update));
        const [row] = await first.query(sql.unsafe("SELECT at FROM mixed"));
        assert.match(String(row!["at"]), /^20\d\d-01-01T00:00:00\.(?:000|123)Z$|^soon$/);
      } finally {
        await first.close();
        await remove();
      }
    });
});
