/** Numbers of rows as databases remember them, for tables that take long to count. */
import type { ModelClass } from "../schema/model-class.ts";
import type { ExecutionContext } from "./database-core.ts";
import { contextOf } from "./context.ts";
import { runStatement } from "./execute.ts";

const statements = {
  postgres: "SELECT reltuples::float8 FROM pg_class WHERE oid = to_regclass($1)",
  mariadb: "SELECT table_rows FROM information_schema.tables WHERE table_schema = database() AND table_name = ?",
  mysql: "SELECT table_rows FROM information_schema.tables WHERE table_schema = database() AND table_name = ?",
  sqlite: "SELECT CAST(stat AS INTEGER) FROM sqlite_stat1 WHERE tbl = ? LIMIT 1",
} as const;

/** About how many rows the table of a model has, as the database has last counted them; undefined where it never has. */
export async function estimateRows(model: ModelClass): Promise<number | undefined> {
  const context = contextOf(model);
  const { dialect } = context.database;
  if (dialect.name === "sqlite" && !(await hasStatistics(context))) return undefined;
  const name = dialect.name === "postgres" ? dialect.quote(model.$table) : model.$table;
  const { rows } = await runStatement(context, { sql: statements[dialect.name], parameters: [name], rows: "arrays" }, false);
  const count = rows[0]?.[0];
  return count === undefined || count === null || Number(count) < 0 ? undefined : Math.round(Number(count));
}

/** The table of statistics is there once somebody has asked SQLite to look at its tables. */
async function hasStatistics(context: ExecutionContext): Promise<boolean> {
  const sql = "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'";
  return (await runStatement(context, { sql, parameters: [], rows: "arrays" }, false)).rows.length > 0;
}
