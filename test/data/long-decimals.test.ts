/** Decimals of more digits than a number of SQLite has: they are equal to values, and come from other types and go to them. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Refs } from "../../src/data.ts";
import { createDatabase, field as f, Model, sql } from "../../src/data.ts";
import { toDecimal } from "../../src/data/driver/decimal-function.ts";
import { checkLive, makeMigration, migrate, rollback } from "../../src/migrations.ts";
import { databaseKinds, describeOnDatabases } from "./databases.ts";

class Account extends Model(
  "long_accounts",
  {
    id: f.id(),
    name: f.text({ max: 20 }),
    total: f.decimal({ digits: 30, scale: 2, storage: "text" }),
    other: f.decimal({ digits: 30, scale: 2, storage: "text", null: true, unique: true }),
    fine: f.decimal({ digits: 30, scale: 4, storage: "text", null: true }),
    price: f.decimal({ digits: 10, scale: 2, null: true }),
    pages: f.int({ default: 1 }),
  },
  {
    checks: { notZero: (account) => account.total.ne("0") },
    uniques: [{ on: ["name"], where: (account) => account.total.ne("1.50") }],
  },
) {}

describeOnDatabases("long decimals", [Account], () => {
  it("equal values written in any form, in lists, groups and keys", async () => {
    const large = "1234567890123456789012345678.90";
    await Account.createMany([
      { name: "a", total: large, other: "7" },
      { name: "b", total: "1.5", other: "+007.10" },
      { name: "b", total: "1.50", price: "1.50" },
    ]);
    const names = (filter: object): Promise<string[]> => Promise.resolve(Account.where(filter).orderBy("name", "id").pluck("name"));
    assert.deepEqual(await names({ total: large }), ["a"]);
    assert.deepEqual(await names({ total: "1.5" }), ["b", "b"]);
    assert.deepEqual(await names({ total: "01.500" }), ["b", "b"]);
    assert.deepEqual(await names({ total: "1.501" }), []);
    assert.deepEqual(await names({ total: { ne: "1.5" } }), ["a"]);
    assert.deepEqual(await names({ total: { in: ["1.5", large] } }), ["a", "b", "b"]);
    assert.deepEqual(await names({ other: { notIn: ["7.00", null] } }), ["b"]);
    assert.deepEqual(await names({ other: { isNull: true } }), ["b"]);
    assert.deepEqual(await Account.where((account) => account.total.eq("1.5").or(account.other.in(["7"]))).count(), 3);
    assert.deepEqual(await Account.where((account) => account.total.eq(account.other.coalesce("1.5"))).count(), 1);
    assert.deepEqual(
      (
        await Account.where()
          .groupBy((account) => [account.total])
          .values((account) => ({ total: account.total, count: account.count() }))
      ).sort((one, other) => one.count - other.count),
      [
        { total: large, count: 1 },
        { total: "1.50", count: 2 },
      ],
    );
    const found = await Account.getOrCreate({ other: "7.0" }, { name: "c", total: "1" });
    assert.equal(found.name, "a");
    await assert.rejects(Account.create({ name: "d", total: "2", other: "7.10" }), { code: "E_VALIDATION" });
    await assert.rejects(Account.create({ name: "d", total: "0.00" }), { code: "E_VALIDATION" });
    await assert.rejects(Account.create({ name: "a", total: "3" }), { code: "E_VALIDATION" });
    await assert.rejects(Account.create({ name: "e", total: "12345678901234567890123456789" }), {
      code: "E_VALIDATION",
      message: /28 digits before the decimal point/,
    });
    assert.equal(await Account.where({ name: "a" }).update({ total: "9.9" }), 1);
    assert.equal((await Account.get({ name: "a" })).total, "9.90");
  });

  it("support neither orders nor calculations", async () => {
    type Row = Refs<typeof Account>;
    const refused = (method: string): object => ({
      code: "E_EXPRESSION_TYPE",
      message: `Account.total is stored as text, which ${method}() does not accept.`,
    });
    for (const [method, use] of Object.entries({
      gt: (row: Row) => row.total.gt("1"),
      lte: (row: Row) => row.total.lte("1"),
      between: (row: Row) => row.total.between("1", "2"),
      asc: (row: Row) => row.total.asc(),
      desc: (row: Row) => row.total.desc(),
      min: (row: Row) => row.total.min(),
      max: (row: Row) => row.total.max(),
      sum: (row: Row) => row.total.sum(),
      avg: (row: Row) => row.total.avg(),
      add: (row: Row) => row.total.add("1"),
      mul: (row: Row) => row.price.mul(row.total),
      round: (row: Row) => row.total.round(1),
      eq: (row: Row) => row.price.eq(row.total),
      ne: (row: Row) => row.fine.ne(row.total),
    }))
      assert.throws(() => Account.where(use as never), refused(method), method);
    assert.throws(() => Account.where((row) => row.total.eq(row.price)), refused("eq"));
    assert.throws(() => Account.orderBy("-total"), refused("orderBy"));
    for (const operator of ["gt", "gte", "lt", "lte", "between"])
      assert.throws(() => Account.where({ total: { [operator]: "1" } }), { code: "E_FILTER_UNKNOWN" }, operator);
    await assert.rejects(
      createDatabase({
        url: "sqlite::memory:",
        models: [class Keyed extends Model("keyed", { a: f.decimal({ digits: 20, scale: 2, storage: "text", primary: true }) }) {}],
        bind: false,
      }),
      { code: "E_MODEL_INVALID", message: /a key is stored as text/ },
    );
    await assert.rejects(
      createDatabase({
        url: "sqlite::memory:",
        models: [
          class Checked extends Model(
            "checked",
            { id: f.id(), a: f.decimal({ digits: 20, scale: 2, storage: "text", null: true }) },
            { checks: { any: (row) => row.a.coalesce("1").ne("2") } },
          ) {},
        ],
        bind: false,
      }),
      { code: "E_MODEL_CONDITION" },
    );
  });
});

/** A column as it changes, with what its row is by then. */
const chain = [
  [f.int(), 1],
  [f.decimal({ digits: 30, scale: 2, storage: "text" }), "1.00"],
  [f.decimal({ digits: 30, scale: 4, storage: "text" }), "1.0000"],
  [f.decimal({ digits: 9, scale: 2 }), "1.00"],
  [f.decimal({ digits: 9, scale: 2, storage: "text" }), "1.00"],
  [f.text({ max: 40 }), "1.00"],
  [f.decimal({ digits: 25, scale: 2, storage: "text" }), "1.00"],
  [f.float(), 1],
  [f.decimal({ digits: 25, scale: 1, storage: "text" }), "1.0"],
  [f.bigint(), 1n],
  [f.decimal({ digits: 25, scale: 1, storage: "text" }), "1.0"],
  [f.boolean(), true],
] as const;

for (const kind of databaseKinds) {
  describe(`columns of long decimals on ${kind.name}`, { skip: kind.skip }, () => {
    it("can be converted from other types, and back", async () => {
      const [place, folder] = [await kind.place(), await mkdtemp(join(tmpdir(), "gable-decimals-"))];
      const database = await createDatabase({ url: place.url, models: [] });
      const open = async <Result>(size: object, work: (model: { first(): Promise<unknown> }) => Promise<Result>): Promise<Result> => {
        class Thing extends Model("things", { id: f.id(), size: size as ReturnType<typeof f.int> }) {}
        const own = await createDatabase({ url: place.url, models: [Thing] });
        try {
          return await work(Thing);
        } finally {
          await own.close();
        }
      };
      try {
        for (const [index, [size, value]] of chain.entries()) {
          class Thing extends Model("things", { id: f.id(), size: size as ReturnType<typeof f.int> }) {}
          const answers = { shortens: ["things.size"] };
          const made = await makeMigration({ models: [Thing], folder, name: `step_${index}`, answers: index === 0 ? {} : answers }).catch(
            async (error: { code: string }) => {
              // Not every change is one to a shorter form.
              assert.equal(error.code, "E_MIGRATION_ANSWER");
              return makeMigration({ models: [Thing], folder, name: `step_${index}` });
            },
          );
          assert.ok(made !== undefined);
          await migrate({ database, folder, allowCopies: true });
          assert.deepEqual(await checkLive({ database, folder }), []);
          if (index === 0) await database.query(sql`INSERT INTO things (size) VALUES (1)`);
          assert.deepEqual(await open(size, async (model) => (await model.first()) as { size: unknown }).then((row) => row.size), value);
        }
        for (const [size, value] of chain.slice(0, -1).toReversed()) {
          await rollback({ database, folder, allowDataLoss: true, allowCopies: true });
          const back = await open(size, async (model) => (await model.first()) as { size: unknown });
          assert.deepEqual(back.size, value);
        }
      } finally {
        await database.close();
        await place.remove();
        await rm(folder, { recursive: true });
      }
    });
  });
}

it("are rounded to their scale as databases do", () => {
  for (const [text, scale, expected] of [
    ["1", 2, "1.00"],
    ["-1.005", 2, "-1.01"],
    ["1.004999", 2, "1.00"],
    ["-0.004", 2, "0.00"],
    [".5", 0, "1"],
    ["1.", 1, "1.0"],
    ["1e21", 1, "1000000000000000000000.0"],
    ["1.5e-7", 8, "0.00000015"],
    ["9.99", 1, "10.0"],
    ["+12345678901234567890.123", 3, "12345678901234567890.123"],
    [" 7 ", 1, "7.0"],
    ["", 2, ""],
    ["x", 2, "x"],
    [".", 2, "."],
  ] as const)
    assert.equal(toDecimal(text, scale), expected, text);
});
