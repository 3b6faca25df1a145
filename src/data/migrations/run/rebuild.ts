/** Rebuilds SQLite tables: copies the rows, counts them, and replaces the old table. Nothing else is lost with the old table. */
import { GableError } from "../../../errors/gable-error.ts";
import type { Session } from "./session.ts";
import type { SessionRow } from "../plan/migration-dialect.ts";
import type { Rebuild } from "../plan/step.ts";

/**
 * Rebuilds a table inside a transaction, with foreign keys off: dropping the old table would otherwise delete the rows that refer
 * to it (sqlite.org/lang_altertable.html, section 7). Throws `E_MIGRATION_FAILED` if a row is missing afterwards.
 */
export async function rebuildTable(session: Session, table: string, { copy, copyName, replace, indexes }: Rebuild): Promise<void> {
  await assertForeignKeysOff(session);
  const relatives = await readReferring(session, table);
  const before = await countRows(session, [table, ...relatives]);
  const kept = await readAttached(session, table, indexes);
  for (const sql of copy) await session.run(sql);
  const [copied] = (await countRows(session, [copyName])).values();
  if (copied !== before.get(table)) throw rowsLost(table, before.get(table)!, copied!);
  const [drop, rename, ...rest] = replace;
  await session.run(drop!);
  // References to the table by name must find the new table, unchanged.
  await session.run("PRAGMA legacy_alter_table = ON");
  try {
    await session.run(rename!);
  } finally {
    await session.run("PRAGMA legacy_alter_table = OFF");
  }
  for (const sql of rest) await session.run(sql);
  for (const { name, sql } of kept) await restore(session, table, String(name), String(sql));
  for (const [name, count] of await countRows(session, [table, ...relatives]))
    if (count !== before.get(name)) throw rowsLost(name, before.get(name)!, count);
}

async function assertForeignKeysOff(session: Session): Promise<void> {
  const [row] = await session.read("PRAGMA foreign_keys");
  if (Number(row?.["foreign_keys"]) !== 0)
    throw new GableError("E_MIGRATION_FAILED", "Foreign keys are on, so rebuilding the table would delete the rows that refer to it.", {
      fix: "Migrate on a connection that can turn them off, outside any transaction.",
    });
}

/** Returns the tables that refer to a table. */
async function readReferring(session: Session, table: string): Promise<string[]> {
  const rows = await session.read(
    "SELECT DISTINCT t.name AS name FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table' AND lower(f.\"table\") = lower(?) AND t.name <> ?",
    [table, table],
  );
  return rows.map(({ name }) => String(name));
}

async function countRows(session: Session, tables: readonly string[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const table of tables) {
    const [row] = await session.read(`SELECT count(*) AS count FROM ${session.dialect.quote(table)}`);
    counts.set(table, Number(row!["count"]));
  }
  return counts;
}

/** Returns the triggers and indexes of a table that this rebuild does not create itself. */
async function readAttached(session: Session, table: string, indexes: readonly string[]): Promise<SessionRow[]> {
  const rows = await session.read(
    "SELECT name, sql FROM sqlite_schema WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
    [table],
  );
  return rows.filter(({ name }) => !indexes.includes(String(name)));
}

async function restore(session: Session, table: string, name: string, sql: string): Promise<void> {
  try {
    await session.run(sql);
  } catch (error) {
    throw new GableError("E_MIGRATION_FAILED", `"${name}" of the table "${table}" does not fit the new table: ${sql}`, {
      fix: "Drop it with op.sql() before the change, and create it again afterwards.",
      cause: error,
    });
  }
}

function rowsLost(table: string, before: number, after: number): GableError {
  return new GableError("E_MIGRATION_FAILED", `The table "${table}" had ${before} rows and would have ${after}: nothing has changed.`);
}

/** Throws if a row refers to a row that does not exist. */
export async function checkForeignKeys(session: Session): Promise<void> {
  const broken = await session.read("PRAGMA foreign_key_check");
  if (broken.length === 0) return;
  const list = broken.slice(0, 5).map(({ table, rowid, parent }) => `row ${rowid} of "${table}" refers to a missing row of "${parent}"`);
  throw new GableError("E_MIGRATION_FAILED", `Rows violate foreign keys, so nothing has changed: ${list.join("; ")}.`, {
    details: { count: broken.length },
  });
}
