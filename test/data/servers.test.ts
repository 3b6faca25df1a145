/** Servers that are down, slow or gone: clear errors, and all is well again when they are back. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { openDriver } from "../../src/data/database-kinds.ts";
import type { Database } from "../../src/data/database.ts";
import { createDatabase } from "../../src/data/database.ts";
import { sql } from "../../src/data/tree/functions.ts";
import { transaction } from "../../src/data/run/transaction.ts";
import type { DatabasePlace } from "./databases.ts";
import {
  endMariadb,
  endMysql,
  placeMariadb,
  placeMysql,
  placePostgres,
  runOnServer,
  skipMariadb,
  skipMysql,
  skipPostgres,
} from "./databases.ts";
import { Author, models } from "./library-models.ts";
import { Tag } from "./tag-model.ts";

/** Servers, and how they are brought into trouble. */
const servers = [
  {
    name: "PostgreSQL",
    skip: skipPostgres,
    place: placePostgres,
    down: "postgres://postgres@127.0.0.1:1/none",
    sleep: () => sql`pg_sleep(5) IS NULL`,
    endAll: (name: string) => runOnServer(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`),
  },
  {
    name: "MariaDB",
    skip: skipMariadb,
    place: placeMariadb,
    down: "mariadb://root@127.0.0.1:1/none",
    sleep: () => sql`sleep(5) = 0`,
    endAll: endMariadb,
  },
  {
    name: "MySQL",
    skip: skipMysql,
    place: placeMysql,
    down: "mysql://root@127.0.0.1:1/none",
    sleep: () => sql`sleep(5) = 0`,
    endAll: endMysql,
  },
];

for (const server of servers) {
  describe(`${server.name} in trouble`, { skip: server.skip }, () => {
    let place: DatabasePlace;
    let database: Database;
    const name = (): string => new URL(place.url).pathname.slice(1);
    const endAll = (): Promise<void> => server.endAll(name());
    before(async () => {
      place = await server.place();
      database = await createDatabase({ url: place.url, models, poolMax: 4, acquireTimeoutMs: 300, statementTimeoutMs: 400 });
      await database.createTables();
    });
    after(async () => {
      await database.close();
      await place.remove();
    });

    it("causes a 503 error when it cannot be reached", async () => {
      await database.close();
      await assert.rejects(createDatabase({ url: server.down, models, acquireTimeoutMs: 300 }), { code: "E_DATABASE_OPEN" });
      // A custom driver connects with its first query.
      const { driver } = await openDriver({ url: server.down, acquireTimeoutMs: 300 });
      const down = await createDatabase({ driver, models, acquireTimeoutMs: 300 });
      await assert.rejects(Tag.count(), {
        code: "E_DATABASE_GONE",
        status: 503,
        message: "The database cannot be reached.",
        expose: false,
      });
      await assert.rejects(
        transaction(() => Tag.count()),
        { code: "E_DATABASE_GONE" },
      );
      await down.close();
      database = await createDatabase({ url: place.url, models, poolMax: 4, acquireTimeoutMs: 300, statementTimeoutMs: 400 });
    });

    it("is used again after it has ended all connections", async () => {
      await Promise.all([Tag.count(), Tag.count(), Tag.count()]);
      await endAll();
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => Tag.count()));
      for (const result of results)
        if (result.status === "rejected") assert.equal((result.reason as { code: string }).code, "E_DATABASE_GONE");
      assert.equal(await Tag.count(), 0);
    });

    it("rolls back a transaction whose connection was lost, and reports an unknown result during a commit", async () => {
      await assert.rejects(
        transaction(async () => {
          await Tag.create({ name: "lost" });
          await endAll();
          await Tag.create({ name: "too late" });
        }),
        { code: "E_DATABASE_GONE" },
      );
      await assert.rejects(
        transaction(
          async () => {
            await Tag.create({ name: "unknown" });
            await endAll();
          },
          { retries: 3 },
        ),
        { code: "E_COMMIT_UNKNOWN", status: 503 },
      );
      assert.equal(await Tag.count(), 0);
    });

    it("cancels statements that take too long, and limits waits for locks", async () => {
      await Tag.create({ name: "slow" });
      await assert.rejects(async () => Tag.where(() => server.sleep()), { code: "E_STATEMENT_TIMEOUT", status: 503 });
      await assert.rejects(async () => Tag.where(() => server.sleep()).update({ name: "never" }), { code: "E_STATEMENT_TIMEOUT" });
      assert.deepEqual(await Tag.where().pluck("name"), ["slow"]);
      const row = await Author.create({ name: "A" });
      await transaction(async () => {
        await Author.where({ id: row.id }).lock("update");
        const other = transaction(() => Author.where({ id: row.id }).lock("update", { noWait: true }).first(), { database });
        void other.catch(() => undefined);
      });
      assert.equal(await Author.count(), 1);
    });

    it("immediately rejects a locked row on request", async () => {
      const row = await Author.create({ name: "B" });
      let release: (() => void) | undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      let isLocked: (() => void) | undefined;
      const locked = new Promise<void>((resolve) => (isLocked = resolve));
      const first = transaction(async () => {
        await Author.where({ id: row.id }).lock("update");
        isLocked!();
        await held;
      });
      await locked;
      await assert.rejects(
        transaction(async () => Author.where({ id: row.id }).lock("update", { noWait: true })),
        { code: "E_LOCK_TIMEOUT", status: 503 },
      );
      assert.deepEqual(await transaction(async () => Author.where({ id: row.id }).lock("update", { skipLocked: true })), []);
      release!();
      await first;
    });

    it("reports a conflict of two transactions", async () => {
      const rows = await Author.createMany([{ name: "x" }, { name: "y" }]);
      let attempts = 0;
      let meet: (() => void) | undefined;
      const met = new Promise<void>((resolve) => (meet = resolve));
      const swap = (from: number, to: number): Promise<void> =>
        transaction(
          async () => {
            await Author.where({ id: rows[from]!.id }).update({ name: "z" });
            if (++attempts === 2) meet!();
            await met;
            await Author.where({ id: rows[to]!.id }).update({ name: "z" });
          },
          { retries: 2 },
        );
      await Promise.all([swap(0, 1), swap(1, 0)]).catch((error: { code: string }) =>
        assert.ok(["E_TRANSACTION_CONFLICT", "E_STATEMENT_TIMEOUT"].includes(error.code)),
      );
      assert.ok(attempts >= 2);
    });
  });
}

describe("drivers", () => {
  it("need their packages", async () => {
    const script = `
      import { registerHooks } from "node:module";
      registerHooks({ resolve(name, context, next) { if (name === "pg" || name === "mysql2") throw new Error("not found"); return next(name, context); } });
      const { createPg } = await import(${JSON.stringify(new URL("../../src/data/driver/pg.ts", import.meta.url).href)});
      const { createMysql } = await import(${JSON.stringify(new URL("../../src/data/driver/mysql.ts", import.meta.url).href)});
      const options = { url: "x://x/y", poolMax: 1, acquireTimeoutMs: 1, statementTimeoutMs: 1 };
      for (const create of [createPg, createMysql]) await create(options).catch((error) => console.log(error.code, error.fix));`;
    const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", "--input-type=module", "-e", script]);
    assert.equal(stdout.trim(), "E_DRIVER_MISSING Run: npm install pg\nE_DRIVER_MISSING Run: npm install mysql2");
  });
});
