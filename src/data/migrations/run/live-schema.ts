/**
 * What is in a database, as its own texts: by table, each column, key, constraint and index by its name. Texts of one server can
 * be compared with each other, never with what was sent: PostgreSQL and MariaDB write expressions anew.
 */
import { normalizeDefinition, splitDefinition } from "../../sql/sqlite/definition.ts";
import type { Session } from "./session.ts";
import { hashData } from "../state/table-data.ts";

/** Definitions by name, `column title` or `index books_title_index`, by table. */
export type LiveSchema = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Tables that migrations keep for themselves. */
export const ledgerTable = "gable_migrations";

/** What is in the database of a session: all tables but that of the ledger, and all views. */
export async function readLiveSchema(session: Session): Promise<LiveSchema> {
  const read = { sqlite: readSqlite, postgres: readPostgres, mariadb: readMariadb, mysql: readMariadb }[session.dialect.name];
  return read(session);
}

/** A hash of tables of a schema. */
export function hashLiveSchema(schema: LiveSchema, tables: Iterable<string>): string {
  const wanted = [...tables].sort().map((name) => [name, [...(schema.get(name) ?? [])].sort(([one], [other]) => (one < other ? -1 : 1))]);
  return hashData(wanted, 16);
}

/** Returns a hash of all that is in the database. */
export async function hashWholeSchema(session: Session): Promise<string> {
  const schema = await readLiveSchema(session);
  return hashLiveSchema(schema, schema.keys());
}

/** A difference between what should be there and what is. */
export interface SchemaDifference {
  /** Name of the table. */
  readonly table: string;
  /** The object: `column title`. */
  readonly object: string;
  /** undefined of what should not be there. */
  readonly expected: string | undefined;
  /** undefined of what is missing. */
  readonly found: string | undefined;
}

/** What differs in some tables. */
export function compareSchemas(expected: LiveSchema, found: LiveSchema, tables: Iterable<string>): SchemaDifference[] {
  const differences: SchemaDifference[] = [];
  for (const table of tables) {
    const [wanted, there] = [expected.get(table) ?? new Map<string, string>(), found.get(table) ?? new Map<string, string>()];
    for (const object of new Set([...wanted.keys(), ...there.keys()]))
      if (wanted.get(object) !== there.get(object))
        differences.push({ table, object, expected: wanted.get(object), found: there.get(object) });
  }
  return differences;
}

function collect(entries: Iterable<readonly [table: string, object: string, definition: string]>): LiveSchema {
  const schema = new Map<string, Map<string, string>>();
  for (const [table, object, definition] of entries) {
    if (table === ledgerTable) continue;
    const known = schema.get(table) ?? new Map<string, string>();
    schema.set(table, known.set(object, definition));
  }
  return schema;
}

async function readSqlite(session: Session): Promise<LiveSchema> {
  const rows = await session.read(
    "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type DESC",
  );
  return collect(
    rows.flatMap(({ type, name, tbl_name: table, sql }) =>
      type === "table"
        ? splitDefinition(String(sql)).map(([object, definition]) => [String(name), object, definition] as const)
        : [[String(table), type === "view" ? "view" : `${type} ${name}`, normalizeDefinition(String(sql))] as const],
    ),
  );
}

async function readPostgres(session: Session): Promise<LiveSchema> {
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
  // The names of schemas are no part of an index: they differ where it is compared.
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
  return collect(
    [...columns, ...constraints, ...indexes, ...comments, ...views].map(
      ({ table, object, definition }) => [String(table), String(object), String(definition)] as const,
    ),
  );
}

async function readMariadb(session: Session): Promise<LiveSchema> {
  const tables = await session.read(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND table_type = 'BASE TABLE' ORDER BY table_name",
  );
  const entries: Array<readonly [string, string, string]> = [];
  for (const { table_name: name } of tables) {
    const [row] = await session.read(`SHOW CREATE TABLE ${session.dialect.quote(String(name))}`);
    entries.push(...splitMariadb(String(row!["create table"])).map(([object, definition]) => [String(name), object, definition] as const));
  }
  const views = await session.read(
    "SELECT table_name, view_definition, database() AS name FROM information_schema.views WHERE table_schema = database() ORDER BY table_name",
  );
  // The name of the database is no part of a view: it differs where it is compared.
  for (const { table_name: view, view_definition: sql, name } of views)
    entries.push([String(view), "view", String(sql).replaceAll(`${session.dialect.quote(String(name))}.`, "")]);
  return collect(entries);
}

/** The lines that the server writes of a table. */
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
  // The server makes an index of a foreign key's name where none is there, and may drop it when it is not needed.
  return found.filter(([object]) => !(object.startsWith("key ") && foreign.has(object.slice(4))));
}
