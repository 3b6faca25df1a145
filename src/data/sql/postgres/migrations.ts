/** Migrations of PostgreSQL: advisory locks, session limits, and structural changes in transactions. */
import { randomBytes } from "node:crypto";
import type { LiveObject, LockAttempt, MigrationDialect, MigrationSession } from "../../migrations/plan/migration-dialect.ts";
import { statementLimit } from "../../migrations/plan/step.ts";
import { readPostgresTables } from "./introspect.ts";
import { planPostgres } from "./plan.ts";
import { quotePostgres } from "./tables.ts";

/** The number of the advisory lock: "gable" in ASCII. */
const lockNumber = "444234460261";

/** How PostgreSQL is migrated. */
export const migrations: MigrationDialect = {
  costs: { locksForIndexes: false, rewritesForDefaults: true, widensTextsFreely: true },
  asksBeforeRewrites: true,
  hasStructureTransactions: true,
  dropsReferringRows: false,
  keepsConnection: false,
  settings: (lockTimeoutSeconds) => [
    `SET lock_timeout = ${Math.round(lockTimeoutSeconds * 1_000)}`,
    statementLimit,
    "SET idle_in_transaction_session_timeout = 0",
  ],
  ledgerText: (length) => `varchar(${length})`,
  findTable: (name) => `SELECT 1 AS found FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = '${name}'`,
  plan: planPostgres,
  prepareLock,
  readLive,
  withScratch,
  introspect: readPostgresTables,
};

async function prepareLock(session: MigrationSession): Promise<LockAttempt> {
  return {
    async take() {
      const [row] = await session.read(`SELECT pg_try_advisory_lock(${lockNumber}) AS taken`);
      return row!["taken"] === true ? async () => void (await session.read(`SELECT pg_advisory_unlock(${lockNumber})`)) : undefined;
    },
    async holder() {
      const [row] = await session.read(
        `SELECT l.pid AS pid, coalesce(host(a.client_addr), 'a local socket') AS address FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid ` +
          `WHERE l.locktype = 'advisory' AND l.granted AND ((l.classid::bigint << 32) | l.objid::bigint) = ${lockNumber}`,
      );
      return row === undefined ? "" : `: the session ${row["pid"]} from ${row["address"]}`;
    },
  };
}

async function readLive(session: MigrationSession): Promise<LiveObject[]> {
  const inSchema = "n.nspname = current_schema() AND c.relkind IN ('r', 'p')";
  const from = "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace";
  const columns = await session.read(
    `SELECT c.relname AS "table", 'column ' || a.attname AS object, format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END || ` +
      `CASE a.attidentity WHEN '' THEN '' ELSE ' IDENTITY' END || coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '') || ` +
      `coalesce(' COMMENT ' || quote_literal(col_description(c.oid, a.attnum)), '') AS definition ${from} ` +
      `JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE ${inSchema}`,
  );
  const constraints = await session.read(
    `SELECT c.relname AS "table", 'constraint ' || k.conname AS object, pg_get_constraintdef(k.oid) AS definition ${from} ` +
      `JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f', 'c', 'x') WHERE ${inSchema}`,
  );
  // The names of schemas are removed from indexes, because comparisons run in another schema.
  const indexes = await session.read(
    `SELECT c.relname AS "table", 'index ' || i.relname AS object, replace(pg_get_indexdef(i.oid), ' ON ' || quote_ident(n.nspname) || '.', ' ON ') || ` +
      `CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END AS definition ${from} JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid ` +
      `WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'm') AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x'))`,
  );
  const comments = await session.read(
    `SELECT c.relname AS "table", 'comment' AS object, obj_description(c.oid, 'pg_class') AS definition ${from} WHERE ${inSchema} AND obj_description(c.oid, 'pg_class') IS NOT NULL`,
  );
  const views = await session.read(
    `SELECT c.relname AS "table", 'view' AS object, CASE c.relkind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END || pg_get_viewdef(c.oid) AS definition ${from} ` +
      `WHERE n.nspname = current_schema() AND c.relkind IN ('v', 'm')`,
  );
  return [...columns, ...constraints, ...indexes, ...comments, ...views].map(({ table, object, definition }): LiveObject => [
    String(table),
    String(object),
    String(definition),
  ]);
}

/** Creates a schema in a transaction that is rolled back. */
async function withScratch<Result>(session: MigrationSession, work: (scratch: MigrationSession) => Promise<Result>): Promise<Result> {
  const name = quotePostgres(`gable_scratch_${randomBytes(6).toString("hex")}`);
  await session.run("BEGIN");
  try {
    const [row] = await session.read("SELECT current_setting('search_path') AS path");
    await session.run(`CREATE SCHEMA ${name}`);
    // Types and functions of extensions remain visible.
    await session.run(`SET LOCAL search_path = ${name}, ${String(row!["path"])}`);
    return await work(session);
  } finally {
    await session.run("ROLLBACK");
  }
}
