/** Migrations of MariaDB, which commits each structural change separately. */
import { randomBytes } from "node:crypto";
import type { LiveObject, LockAttempt, MigrationDialect, MigrationSession } from "../../migrations/plan/migration-dialect.ts";
import { readMariadbTables } from "./introspect.ts";
import { planMariadb } from "./plan.ts";
import { quoteMariadb } from "./tables.ts";

/** How MariaDB is migrated. */
export const migrations: MigrationDialect = {
  costs: { locksForIndexes: true, rewritesForDefaults: false, widensTextsFreely: false },
  asksBeforeRewrites: false,
  hasStructureTransactions: false,
  dropsReferringRows: false,
  keepsConnection: false,
  settings: (lockTimeoutSeconds) => [`SET lock_wait_timeout = ${Math.ceil(lockTimeoutSeconds)}, max_statement_time = 0`],
  ledgerText: (length) => `varchar(${length})`,
  findTable: (name) => `SELECT 1 AS found FROM information_schema.tables WHERE table_schema = database() AND table_name = '${name}'`,
  plan: planMariadb,
  prepareLock,
  readLive,
  withScratch,
  introspect: readMariadbTables,
};

async function prepareLock(session: MigrationSession): Promise<LockAttempt> {
  const name = "sha2(concat('gable_migrations ', database()), 256)";
  return {
    async take() {
      const [row] = await session.read(`SELECT GET_LOCK(${name}, 0) AS taken`);
      return Number(row!["taken"]) === 1 ? async () => void (await session.read(`SELECT RELEASE_LOCK(${name})`)) : undefined;
    },
    async holder() {
      const [row] = await session.read(`SELECT IS_USED_LOCK(${name}) AS id`);
      return row?.["id"] === null || row === undefined ? "" : `: the connection ${row["id"]}`;
    },
  };
}

async function readLive(session: MigrationSession): Promise<LiveObject[]> {
  const tables = await session.read(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_type = 'BASE TABLE' ORDER BY table_name",
  );
  const entries: LiveObject[] = [];
  for (const { table_name: name } of tables) {
    const [row] = await session.read(`SHOW CREATE TABLE ${quoteMariadb(String(name))}`);
    entries.push(
      ...splitMariadb(String(row!["create table"])).map(([object, definition]): LiveObject => [String(name), object, definition]),
    );
  }
  const views = await session.read(
    "SELECT table_name, view_definition, database() AS name FROM information_schema.views WHERE table_schema = database() ORDER BY table_name",
  );
  // The name of the database is removed from views, because comparisons run in another database.
  for (const { table_name: view, view_definition: sql, name } of views)
    entries.push([String(view), "view", String(sql).replaceAll(`${quoteMariadb(String(name))}.`, "")]);
  return entries;
}

/** Returns the lines of a table as the server writes them. */
function splitMariadb(sql: string): Array<[object: string, definition: string]> {
  const lines = sql.split("\n").slice(1, -1);
  const foreign = new Set([...sql.matchAll(/CONSTRAINT `((?:[^`]|``)+)` FOREIGN KEY/g)].map((match) => match[1]));
  const found = lines.map((line): [string, string] => {
    const definition = line.trim().replace(/,$/, "");
    const named = /^(?:(UNIQUE KEY|FULLTEXT KEY|KEY|CONSTRAINT|PRIMARY KEY) ?)?(?:`((?:[^`]|``)+)`)?/.exec(definition)!;
    return [`${named[1]?.toLowerCase() ?? "column"} ${named[2] ?? ""}`.trim(), definition];
  });
  const comment = /\bCOMMENT='((?:[^']|'')*)'/.exec(sql.slice(sql.lastIndexOf("\n")));
  if (comment !== null) found.push(["comment", comment[1]!]);
  // The server creates an index with the name of the foreign key if none exists, and may drop it when it is no longer needed.
  return found.filter(([object]) => !(object.startsWith("key ") && foreign.has(object.slice(4))));
}

/** Creates a database, because structural changes cannot be rolled back. */
async function withScratch<Result>(session: MigrationSession, work: (scratch: MigrationSession) => Promise<Result>): Promise<Result> {
  const [row] = await session.read("SELECT database() AS name");
  const name = quoteMariadb(`gable_scratch_${randomBytes(6).toString("hex")}`);
  await session.run(`CREATE DATABASE ${name}`);
  try {
    await session.run(`USE ${name}`);
    return await work(session);
  } finally {
    await session.run(`USE ${quoteMariadb(String(row!["name"]))}`);
    await session.run(`DROP DATABASE ${name}`);
  }
}
