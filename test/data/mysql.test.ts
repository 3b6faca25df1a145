/** What MySQL does not do as MariaDB does: it gives nothing back from what writes, and updates read what they have set. */
import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import type { Database, Driver } from "../../src/data.ts";
import { createDatabase, field as f, Model, sql, transaction } from "../../src/data.ts";
import { migrate } from "../../src/migrations.ts";
import { describeOnDatabases, placeMysql, skipMariadb, skipMysql, placeMariadb } from "./databases.ts";

class Thing extends Model("mysql_things", {
  id: f.id(),
  a: f.int(),
  b: f.int({ default: 2 }),
  c: f.int({ default: 3 }),
  made: f.text({ max: 40, default: sql`concat('made ', 1 + 1)` }),
}) {}
class Token extends Model("mysql_tokens", {
  code: f.uuid({ primary: true, default: sql`uuid()` }),
  size: f.int({ default: sql`(5)` }),
}) {}

describeOnDatabases("updates that read assigned columns", [Thing], (open) => {
  const values = async (): Promise<unknown> => (await Thing.orderBy("id")).map(({ a, b, c }) => [a, b, c]);

  it("read the row before the update", async () => {
    await Thing.createMany([{ a: 1 }, { a: 10 }]);
    const { statements } = open();
    await Thing.where({ a: 1 }).update({ a: (row) => row.a.add(5), b: (row) => row.a });
    assert.deepEqual(await values(), [
      [6, 1, 3],
      [10, 2, 3],
    ]);
    statements.length = 0;
    await Thing.all().update({ a: (row) => row.b, b: (row) => row.c, c: (row) => row.a.add(100) });
    assert.equal(statements.length, 1);
    assert.deepEqual(await values(), [
      [1, 3, 106],
      [2, 3, 110],
    ]);
    const count = await Thing.where({ c: { gt: 100 } })
      .orderBy("-id")
      .limit(1)
      .update({ a: (row) => row.b, b: (row) => row.a });
    assert.equal(count, 1);
    assert.deepEqual(await values(), [
      [1, 3, 106],
      [3, 2, 110],
    ]);
  });
});

describe("MySQL", { skip: skipMysql }, () => {
  let database: Database;
  let place: Awaited<ReturnType<typeof placeMysql>>;
  const statements: string[] = [];
  before(async () => {
    place = await placeMysql();
    database = await createDatabase({
      url: place.url,
      models: [Thing, Token],
      statementTimeoutMs: 300,
      onStatement: (statement) => statements.push(statement.sql),
    });
    await database.createTables();
  });
  after(async () => {
    await database.close();
    await place.remove();
  });
  beforeEach(async () => {
    await Thing.all().delete();
    await Token.all().delete();
    statements.length = 0;
  });

  it("reads generated values with a query after the insert, in one transaction", async () => {
    let transactions = 0;
    const note = (): void => void transactions++;
    subscribe("gable.data.transaction", note);
    const thing = await Thing.create({ a: 1 }).finally(() => unsubscribe("gable.data.transaction", note));
    assert.equal(thing.made, "made 2");
    assert.deepEqual([statements.map((text) => text.split(" ")[0]), transactions], [["INSERT", "SELECT"], 1]);
    statements.length = 0;
    await transaction(() => Thing.create({ a: 1 }));
    assert.equal(statements.length, 2);
    const things = await Thing.createMany([{ a: 1 }, { a: 2 }, { a: 3, made: "given" }]);
    assert.deepEqual(
      things.map(({ made }) => made),
      ["made 2", "made 2", "given"],
    );
    const found = await Thing.where({ id: { in: things.map(({ id }) => id) } }).orderBy("id");
    assert.deepEqual(found.map(({ a, made }) => [a, made]).sort(), [
      [1, "made 2"],
      [2, "made 2"],
      [3, "given"],
    ]);
    for (const each of things) assert.equal((await Thing.get(each.id)).a, each.a);
  });

  it("is queried for generated keys before the insert", async () => {
    const tokens = await Token.createMany([{}, {}, { size: 7 }]);
    assert.equal(new Set(tokens.map(({ code }) => code)).size, 3);
    assert.deepEqual(
      tokens.map(({ size }) => size),
      [5, 5, 7],
    );
    for (const { code, size } of tokens) assert.equal((await Token.get(code)).size, size);
    assert.match((await Token.create({})).code, /^[0-9a-f-]{36}$/);
  });

  it("cancels writes that take too long, except those of a migration", async () => {
    await Thing.create({ a: 1 });
    const slow = (): Promise<number> => Thing.all().update({ b: sql`sleep(5)` as never });
    await assert.rejects(slow(), { code: "E_STATEMENT_TIMEOUT", status: 503 });
    await assert.rejects(transaction(slow), { code: "E_STATEMENT_TIMEOUT" });
    assert.deepEqual(await Thing.where().pluck("b"), [2]);
    const folder = await mkdtemp(join(tmpdir(), "gable-mysql-"));
    try {
      const ops = 'op.sql({ mysql: "UPDATE mysql_things SET b = 7 + sleep(1)" })';
      await writeFile(
        join(folder, "0001_slow.ts"),
        `import { migration, op } from "${import.meta.resolve("../../src/migrations.ts")}";\nexport default migration({ after: [], schema: "", ops: [${ops}] });`,
      );
      assert.deepEqual(await migrate({ database, folder }), ["0001_slow"]);
    } finally {
      await rm(folder, { recursive: true });
    }
    assert.deepEqual(await Thing.where().pluck("b"), [7]);
  });

  it("is not accepted in place of MariaDB, nor the reverse", { skip: skipMariadb }, async () => {
    const mariadb = await placeMariadb();
    try {
      for (const url of [place.url.replace(/^mysql/, "mariadb"), mariadb.url.replace(/^mariadb/, "mysql")]) {
        await assert.rejects(createDatabase({ url, models: [Thing], bind: false }), { code: "E_DATABASE_VERSION", status: 503 });
      }
    } finally {
      await mariadb.remove();
    }
  });
});

it("spaces the keys of one statement like the server", async () => {
  const driver: Driver = {
    dialect: "mysql",
    acquire: () => ({
      run: ({ sql: text }) => ({ rows: [], affected: 1, insertId: text.startsWith("INSERT") ? 7 : 0, insertStep: 5 }),
      cursor: () => assert.fail("no rows are asked for"),
      release: () => undefined,
    }),
    close: async () => undefined,
  };
  class Row extends Model("stepped_rows", { id: f.id(), name: f.text({ max: 9 }) }) {}
  const database = await createDatabase({ driver, models: [Row] });
  const rows = await Row.createMany(Array.from({ length: 10 }, () => ({ name: "x" })));
  assert.deepEqual(
    rows.map(({ id }) => id),
    [7, 12, 17, 22, 27, 32, 37, 42, 47, 52],
  );
  await database.close();
});
