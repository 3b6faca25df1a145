import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import type { MigrationDialect, MigrationSession } from "../migrations/plan/migration-dialect.ts";
import { migrations as mariadb } from "./mariadb/migrations.ts";
import { migrations as postgres } from "./postgres/migrations.ts";
import { migrations as sqlite } from "./sqlite/migrations.ts";

type Rows = Awaited<ReturnType<MigrationSession["read"]>>;

const sessionOf = (rows: Rows): MigrationSession => ({
  run: async () => 0,
  read: async () => rows,
  on: () => sessionOf(rows),
});

describe("the holder of the migration lock", () => {
  const rows: ReadonlyArray<readonly [database: string, dialect: MigrationDialect, rows: Rows, text: string]> = [
    ["MariaDB", mariadb, [{ id: 7 }], ": the connection 7"],
    ["MariaDB, once the lock is free", mariadb, [{ id: null }], ""],
    ["MariaDB, without an answer", mariadb, [], ""],
    ["PostgreSQL", postgres, [{ pid: 7, address: "::1" }], ": the session 7 from ::1"],
    ["PostgreSQL, once the lock is free", postgres, [], ""],
  ];
  for (const [database, dialect, found, text] of rows)
    it(`is named on ${database}`, async () => {
      assert.equal(await (await dialect.prepareLock(sessionOf(found))).holder(), text);
    });

  it("is named on SQLite only for a database in a file", async () => {
    const attempt = await sqlite.prepareLock(sessionOf([{ name: "main", file: "" }]));
    const free = await attempt.take();
    assert.equal(await attempt.holder(), "");
    await free!();
    assert.equal(existsSync("-migrate"), false);
  });
});
