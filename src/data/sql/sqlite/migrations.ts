/** Migrations of SQLite: one file, one writer, and transactions that roll back everything. */
import type { LiveObject, LockAttempt, MigrationDialect, MigrationSession } from "../../migrations/plan/migration-dialect.ts";
import { normalizeDefinition, splitDefinition } from "./definition.ts";
import { readSqliteTables } from "./introspect.ts";
import { planSqlite } from "./plan.ts";

/** How SQLite is migrated. */
export const migrations: MigrationDialect = {
  costs: { locksForIndexes: true, rewritesForDefaults: false, widensTextsFreely: false },
  asksBeforeRewrites: false,
  hasStructureTransactions: true,
  dropsReferringRows: true,
  keepsConnection: true,
  settings: () => [],
  ledgerText: () => "TEXT",
  findTable: (name) => `SELECT 1 AS found FROM sqlite_schema WHERE type = 'table' AND name = '${name}'`,
  plan: planSqlite,
  prepareLock,
  readLive,
  withScratch,
  introspect: readSqliteTables,
};

/** Locks a second database next to the file. The operating system releases the lock when the process ends. */
async function prepareLock(session: MigrationSession): Promise<LockAttempt> {
  const files = await session.read("PRAGMA database_list");
  const path = String(files.find(({ name }) => name === "main")?.["file"] ?? "");
  if (path === "") return { take: async () => async () => undefined, holder: async () => "" };
  const { DatabaseSync } = await import("node:sqlite");
  const file = new DatabaseSync(`${path}-migrate`);
  file.exec("PRAGMA busy_timeout = 0");
  return {
    async take() {
      try {
        file.exec("BEGIN EXCLUSIVE");
      } catch (error) {
        // SQLITE_BUSY: another process has it (sqlite.org/rescode.html).
        if (error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === 5) return undefined;
        file.close();
        throw error;
      }
      return async () => file.close();
    },
    async holder() {
      file.close();
      return ` (it holds ${path}-migrate)`;
    },
  };
}

async function readLive(session: MigrationSession): Promise<LiveObject[]> {
  const rows = await session.read(
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC",
  );
  return rows.flatMap(({ type, name, tbl_name: table, sql }): LiveObject[] =>
    type === "table"
      ? splitDefinition(String(sql)).map(([object, definition]) => [String(name), object, definition])
      : [[String(table), type === "view" ? "view" : `${type} ${name}`, normalizeDefinition(String(sql))]],
  );
}

async function withScratch<Result>(session: MigrationSession, work: (scratch: MigrationSession) => Promise<Result>): Promise<Result> {
  const { createNodeSqlite } = await import("../../driver/node-sqlite.ts");
  const driver = createNodeSqlite({ path: ":memory:" });
  try {
    const connection = await driver.acquire({ write: true });
    const result = await work(session.on(connection));
    connection.release();
    return result;
  } finally {
    await driver.close();
  }
}
