/** Reads the tables of SQLite from its pragmas, and from their definitions where pragmas are not enough. */
import { searchName } from "../../tree/search-syntax.ts";
import type { DeleteAction } from "../../schema/relation.ts";
import { toConstraintName } from "../../schema/names.ts";
import type { ColumnType } from "../../migrations/plan/table-finding.ts";
import { sqlCondition, sqlDefault, TableFinding, toViewState } from "../../migrations/plan/table-finding.ts";
import type { MigrationSession } from "../../migrations/plan/migration-dialect.ts";
import { listChecks, splitDefinition } from "./definition.ts";
import { checkName } from "../table-writer.ts";

const types: Readonly<Record<string, ColumnType>> = {
  INTEGER: { type: "int" },
  REAL: { type: "float" },
  TEXT: { type: "text" },
  BLOB: { type: "bytes" },
  DATE: { type: "date", isNear: true },
  TIME: { type: "time", isNear: true },
  UUID: { type: "uuid", isNear: true },
  JSON: { type: "json", isNear: true },
  BOOLEAN: { type: "boolean", isNear: true },
  BOOL: { type: "boolean", isNear: true },
};

/** Returns the type that a declared type means, by the rules of SQLite (sqlite.org/datatype3.html). */
function parseType(declared: string): ColumnType | undefined {
  const raw = declared.toUpperCase();
  if (Object.hasOwn(types, raw)) return types[raw];
  const [, digits = "", scale = "0"] = /^(?:DECIMAL|NUMERIC)\s*\((\d+)(?:\s*,\s*(\d+))?\)$/.exec(raw) ?? [];
  if (digits !== "" && Number(digits) <= 15) return { type: "decimal", digits: Number(digits), scale: Number(scale), isNear: true };
  if (/BIGINT/.test(raw)) return { type: "bigint", isNear: true };
  if (/INT/.test(raw)) return { type: "int", isNear: true };
  const [, max = ""] = /CHAR.*\((\d+)\)/.exec(raw) ?? [];
  if (/CHAR|CLOB|TEXT/.test(raw)) return { type: "text", ...(max !== "" && { max: Number(max) }), isNear: true };
  // SQLite has no format for datetimes: the program that wrote them chose one.
  if (/^(?:DATETIME|TIMESTAMP)/.test(raw)) return { type: "text", isNear: true };
  if (/BLOB/.test(raw)) return { type: "bytes", isNear: true };
  return /REAL|FLOA|DOUB|NUMERIC|DECIMAL/.test(raw) ? { type: "float", isNear: true } : undefined;
}

/** Reads all tables and views of the file. */
export async function readSqliteTables(session: MigrationSession): Promise<TableFinding[]> {
  const rows = await session.read(
    "SELECT s.name, s.sql, s.type FROM pragma_table_list t JOIN sqlite_schema s ON s.type = t.type AND s.name = t.name " +
      "WHERE t.schema = 'main' AND t.type IN ('table', 'view') AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY s.name",
  );
  const found: TableFinding[] = [];
  for (const { name, sql, type } of rows) {
    const table = new TableFinding(String(name));
    const text = String(sql);
    found.push(table);
    if (type === "view") {
      await readColumns(session, table, "");
      table.state.view = toViewState(readQuery(text), false);
      continue;
    }
    const definitions = new Map(splitDefinition(text));
    await readColumns(session, table, text);
    readChecks(table, text);
    await readForeignKeys(session, table, definitions);
    await readIndexes(session, table, definitions);
    await readSearch(session, table);
  }
  // A key without columns refers to the key of the other table.
  for (const { state } of found) {
    for (const [name, key] of state.foreignKeys) {
      const target = found.find((table) => table.name === key.table);
      if (key.references.length === 0) state.foreignKeys.set(name, { ...key, references: target?.state.primary ?? [] });
    }
  }
  return found;
}

/** Returns the query of a view. Column names declared outside of the query become those of a common table expression. */
function readQuery(sql: string): string {
  const name =
    /^CREATE\s+(?:TEMP\w*\s+)?VIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|\[[^\]]+\]|\w+)\s*/i.exec(sql)?.[0] ?? "";
  const [head = "", columns] = /^(?:(\([^)]*\))\s*)?AS\s+/i.exec(sql.slice(name.length)) ?? [];
  const query = sql.slice(name.length + head.length);
  return columns === undefined ? query : `WITH gable_view ${columns} AS (${query}\n) SELECT * FROM gable_view`;
}

async function readColumns(session: MigrationSession, table: TableFinding, text: string): Promise<void> {
  const rows = await session.read(`SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)`, [table.name]);
  const keys = rows.filter(({ pk }) => Number(pk) > 0).sort((one, other) => Number(one["pk"]) - Number(other["pk"]));
  for (const { name, type, notnull, dflt_value: value, hidden } of rows) {
    const column = String(name);
    if (Number(hidden) !== 0) {
      table.note(column, "the database computes it");
      continue;
    }
    const isKey = keys.length === 1 && keys[0]!["name"] === name;
    table.column(column, parseType(String(type)), String(type) || "none", {
      ...(Number(notnull) === 0 && !isKey && { null: true }),
      ...sqlDefault(value),
    });
    if (isKey && String(type).toUpperCase() === "INTEGER") {
      table.state.columns.set(column, { type: "id" });
      if (!/\bAUTOINCREMENT\b/i.test(text)) table.note(column, "keys of deleted rows are used again");
    }
  }
  const primary = keys.map(({ name }) => String(name));
  if (table.has(primary)) table.state.primary.push(...primary);
}

function readChecks(table: TableFinding, text: string): void {
  let unnamed = 0;
  for (const check of listChecks(text)) {
    const [, column = "", rest = ""] = /^"?(\w+)"? IN \((.*)\)$/is.exec(check.text) ?? /^json_valid\("?(\w+)"?\)$/i.exec(check.text) ?? [];
    const state = table.state.columns.get(column);
    const isOwn = check.name === checkName(table.name, column);
    if (state !== undefined && (state.type === "int" || state.type === "boolean") && /^0 ?, 1$/.test(rest)) {
      table.retype(column, { type: "boolean" });
      if (!isOwn) table.note(column, `the type is boolean, checked by ${check.name || "a condition"}`);
    } else if (isOwn && state?.type === "text" && rest !== "") {
      const choices = [...rest.matchAll(/'((?:[^']|'')*)'/g)].map(([, each = ""]) => each.replaceAll("''", "'"));
      table.retype(column, { type: "choice", choices });
    } else if ((state?.type === "text" || state?.type === "json") && /^json_valid/i.test(check.text)) {
      table.retype(column, { type: "json" });
      if (!isOwn) table.note(column, `the type is json, checked by ${check.name || "a condition"}`);
    } else table.state.checks.set(check.name || toConstraintName(table.name, String(++unnamed), "check"), sqlCondition(check.text));
  }
}

async function readForeignKeys(session: MigrationSession, table: TableFinding, definitions: ReadonlyMap<string, string>): Promise<void> {
  const rows = await session.read(
    `SELECT id, "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq`,
    [table.name],
  );
  const groups = new Map<unknown, typeof rows>();
  for (const row of rows) groups.set(row["id"], [...(groups.get(row["id"]) ?? []), row]);
  for (const parts of groups.values()) {
    const [first] = parts;
    const columns = parts.map((row) => String(row["from"]));
    if (!table.has(columns)) {
      table.note("", `a foreign key of ${columns.join(", ")}`);
      continue;
    }
    const target = String(first!["table"]);
    if (first!["on_update"] !== "NO ACTION") table.note("", `the foreign key of ${columns.join(", ")}: on update ${first!["on_update"]}`);
    if ([...table.state.foreignKeys.values()].some((key) => key.columns.join() === columns.join())) {
      table.note("", `another foreign key of ${columns.join(", ")}, to ${target}`);
      continue;
    }
    const name = findName(definitions, columns, "FOREIGN KEY") ?? toConstraintName(table.name, ...columns, "foreign key");
    table.state.foreignKeys.set(name, {
      columns,
      table: target,
      references: parts.flatMap(({ to }) => (to === null ? [] : [String(to)])),
      onDelete: String(first!["on_delete"]).toLowerCase() as DeleteAction, // The database's words are the same.
    });
  }
}

/** Returns the name of a constraint of some columns. */
function findName(definitions: ReadonlyMap<string, string>, columns: readonly string[], kind: string): string | undefined {
  const list = columns.join(" , ").toLowerCase();
  for (const [object, definition] of definitions) {
    const inside = definition.startsWith(`${kind} (`) ? definition.slice(kind.length + 2, definition.indexOf(" )")) : undefined;
    if (object.startsWith("constraint ") && inside?.trim().replaceAll('"', "").toLowerCase() === list)
      return object.slice("constraint ".length);
  }
  return undefined;
}

async function readIndexes(session: MigrationSession, table: TableFinding, definitions: ReadonlyMap<string, string>): Promise<void> {
  const list = await session.read(
    `SELECT l.name, l."unique", l.origin, l.partial, s.sql FROM pragma_index_list(?) l LEFT JOIN sqlite_schema s ON s.type = 'index' AND s.name = l.name ORDER BY l.name`,
    [table.name],
  );
  for (const { name, unique, origin, partial, sql } of list) {
    if (origin === "pk") continue;
    const parts = await session.read(`SELECT name, "desc" FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno`, [name!]);
    const columns = parts.map((part) => (part["name"] === null ? null : String(part["name"])));
    const text = String(sql ?? "");
    const isExpression = columns.length === 1 && columns[0] === null;
    if (!isExpression && !table.has(columns)) {
      table.note("", text);
      continue;
    }
    const keys = isExpression ? [] : columns.map(String);
    const where = Number(partial) === 1 ? { where: sqlCondition(text.slice(text.search(/\bWHERE\b/i) + 5).trim()) } : {};
    if (origin === "u" || (Number(unique) === 1 && Number(partial) === 1 && !isExpression)) {
      const own = origin === "u" ? findName(definitions, keys, "UNIQUE") : String(name);
      table.state.uniques.set(own ?? toConstraintName(table.name, ...keys, "unique"), { columns: keys, ...where });
      continue;
    }
    const desc = parts.filter((part) => Number(part["desc"]) === 1).map((part) => String(part["name"]));
    table.state.indexes.set(String(name), {
      columns: keys,
      ...where,
      ...(isExpression && { expression: sqlCondition(readExpression(text)) }),
      ...(Number(unique) === 1 && { unique: true }),
      ...(desc.length > 0 && { desc }),
    });
  }
}

/** Returns the indexed expression. */
function readExpression(sql: string): string {
  const inside = sql.slice(sql.indexOf("(") + 1, sql.lastIndexOf(")")).trim();
  return inside.startsWith("(") && inside.endsWith(")") ? inside.slice(1, -1) : inside;
}

/** Returns the columns of the search table of a table. */
async function readSearch(session: MigrationSession, table: TableFinding): Promise<void> {
  const columns = await session.read(
    `SELECT c.name FROM sqlite_schema s, pragma_table_info(s.name) c WHERE s.name = ? AND s.sql LIKE 'CREATE VIRTUAL TABLE % USING fts5 (%, content = %' ORDER BY c.cid`,
    [searchName(table.name)],
  );
  table.state.search.push(...columns.map(({ name }) => String(name)));
}
