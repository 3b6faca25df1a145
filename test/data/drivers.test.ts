/** The drivers of this package fulfil the contract for custom drivers, and a custom driver works like them. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createDatabase, field as f, Model } from "../../src/data.ts";
import type { Driver } from "../../src/data.ts";
import { createMysql } from "../../src/data/driver/mysql.ts";
import { createNodeSqlite } from "../../src/data/driver/node-sqlite.ts";
import { createPg } from "../../src/data/driver/pg.ts";
import { testDriver } from "../../src/testing.ts";
import type { DatabasePlace } from "./databases.ts";
import { placeMariadb, placeMysql, placePostgres, placeSqlite, skipMariadb, skipMysql, skipPostgres } from "./databases.ts";

const settings = { poolMax: 2, acquireTimeoutMs: 200, statementTimeoutMs: 5_000 };

/** Places of databases, which are removed when all tests have run. */
const places: DatabasePlace[] = [];
async function placeNew(place: () => Promise<DatabasePlace>): Promise<string> {
  const made = await place();
  places.push(made);
  return made.url;
}
after(async () => {
  for (const place of places) await place.remove();
});

testDriver("node:sqlite in a file", async () =>
  createNodeSqlite({ path: (await placeNew(placeSqlite)).slice("sqlite:".length), lockTimeoutMs: 200 }),
);
testDriver("node:sqlite in memory", async () => createNodeSqlite({ path: ":memory:", lockTimeoutMs: 200 }));
if (skipPostgres === false) {
  testDriver("pg", async () => createPg({ url: await placeNew(placePostgres), ...settings }));
  testDriver("pg without prepared statements", async () => createPg({ url: await placeNew(placePostgres), ...settings, prepares: false }));
}
if (skipMariadb === false)
  testDriver("mysql2 on MariaDB", async () => createMysql({ url: await placeNew(placeMariadb), ...settings }, "mariadb"));
if (skipMysql === false) testDriver("mysql2 on MySQL", async () => createMysql({ url: await placeNew(placeMysql), ...settings }, "mysql"));

describe("createDatabase({ driver })", () => {
  class Thing extends Model("driver_things", { id: f.id(), name: f.text({ max: 20 }) }) {}
  let driver: Driver;
  let count = 0;
  before(() => {
    const own = createNodeSqlite({ path: ":memory:" });
    driver = {
      dialect: "sqlite",
      acquire: (options) => {
        count++;
        return own.acquire(options);
      },
      close: () => own.close(),
    };
  });

  it("uses a custom driver", async () => {
    const database = await createDatabase({ driver, models: [Thing] });
    await database.createTables();
    await Thing.create({ name: "a" });
    assert.deepEqual(await Thing.where().pluck("name"), ["a"]);
    assert.ok(count > 0);
    await database.close();
    await assert.rejects(createDatabase({ driver: { ...driver, dialect: "other" as never }, models: [] }), { code: "E_DATABASE_URL" });
    await assert.rejects(createDatabase({ models: [] }), { code: "E_DATABASE_URL" });
  });
});
