/** Reads the tables of PostgreSQL from its catalogue. */
import { postgresSearchName } from "./search.ts";
import type { DeleteAction } from "../../schema/relation.ts";
import type { ColumnType } from "../../migrations/plan/table-finding.ts";
import { sqlCondition, sqlDefault, TableFinding, toViewState } from "../../migrations/plan/table-finding.ts";
import type { MigrationSession, SessionRow } from "../../migrations/plan/migration-dialect.ts";
import { checkName } from "../table-writer.ts";

const types: Readonly<Record<string, ColumnType>> = {
  bigint: { type: "bigint" },
  integer: { type: "int" },
  smallint: { type: "int", isNear: true },
  "double precision": { type: "float" },
  real: { type: "float", isNear: true },
  boolean: { type: "boolean" },
  date: { type: "date" },
  "time(0) without time zone": { type: "time" },
  "time without time zone": { type: "time", isNear: true },
  "timestamp(3) with time zone": { type: "datetime" },
  jsonb: { type: "json" },
  json: { type: "json", isNear: true },
  bytea: { type: "bytes" },
  uuid: { type: "uuid" },
  inet: { type: "ip" },
  text: { type: "text" },
  // Values with more digits are refused when they are read.
  numeric: { type: "decimal", digits: 38, scale: 10, isNear: true },
  "character varying": { type: "text", isNear: true },
};

function parseType(raw: string): ColumnType | undefined {
  if (Object.hasOwn(types, raw)) return types[raw];
  if (raw.endsWith("[]")) return listOf(parseType(raw.slice(0, -2)));
  const [, name = "", first = "", second = "0"] = /^([a-z ]+?)\((\d+)(?:,(\d+))?\)$/.exec(raw) ?? [];
  if (name === "character varying") return { type: "text", max: Number(first) };
  if (name === "character") return { type: "text", max: Number(first), isNear: true };
  if (name === "numeric" && Number(first) <= 38) return { type: "decimal", digits: Number(first), scale: Number(second) };
  return raw.startsWith("timestamp") ? { type: "datetime", isNear: true } : undefined;
}

/** Returns the list type for an item type; undefined if models have no such list. */
function listOf(items: ColumnType | undefined): ColumnType | undefined {
  if (items === undefined || ["array", "json", "bytes"].includes(items.type)) return undefined;
  const { isNear = false, max, ...rest } = items;
  const isWider = items.type === "int" || max !== undefined;
  return { type: "array", items: rest, ...((isNear || isWider) && { isNear: true }) };
}

const inSchema = "n.nspname = current_schema() AND c.relkind IN ('r', 'p')";
const withViews = "n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm')";
const from = "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace";
const namesOf = (keys: string, relation: string): string =>
  `(SELECT coalesce(json_agg(own.attname ORDER BY part.place), '[]') FROM unnest(${keys}) WITH ORDINALITY part (number, place) LEFT JOIN pg_attribute own ON own.attrelid = ${relation} AND own.attnum = part.number)::text`;

/** Reads the tables and views of the current schema. */
export async function readPostgresTables(session: MigrationSession): Promise<TableFinding[]> {
  const tables = await session.read(
    `SELECT c.relname AS name, c.relkind::text AS kind, obj_description(c.oid, 'pg_class') AS comment, CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS query ${from} WHERE ${withViews} ORDER BY c.relname`,
  );
  const found = new Map<unknown, TableFinding>();
  for (const { name, kind, comment, query } of tables) {
    const table = new TableFinding(String(name));
    found.set(name, table);
    table.state.comment = String(comment ?? "");
    if (kind === "p") table.note("", "the table is partitioned");
    if (query !== null) table.state.view = toViewState(query, kind === "m");
  }
  const columns = await session.read(
    `SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull::int AS required, a.attidentity::text AS identity, a.attgenerated::text AS generated, (SELECT t.typtype::text FROM pg_type t WHERE t.oid = a.atttypid) AS kind, ` +
      `pg_get_expr(d.adbin, d.adrelid) AS value, col_description(c.oid, a.attnum) AS comment ${from} ` +
      `JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE ${withViews} ORDER BY a.attnum`,
  );
  for (const row of columns) addColumn(found.get(row["table"])!, row);
  const constraints = await session.read(
    `SELECT c.relname AS "table", k.conname AS name, k.contype::text AS type, ${namesOf("k.conkey", "c.oid")} AS columns, CASE WHEN t.relnamespace = c.relnamespace THEN t.relname ELSE t.oid::regclass::text END AS target, ${namesOf("k.confkey", "k.confrelid")} AS "references", ` +
      `k.confdeltype::text AS on_delete, k.confupdtype::text AS on_update, k.condeferrable::int AS deferrable, k.condeferred::int AS deferred, pg_get_expr(k.conbin, k.conrelid) AS expression, pg_get_constraintdef(k.oid) AS definition ${from} ` +
      `JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'f', 'c', 'x') LEFT JOIN pg_class t ON t.oid = k.confrelid WHERE ${inSchema} ORDER BY k.conname`,
  );
  for (const row of constraints) addConstraint(found.get(row["table"])!, row);
  const indexes = await session.read(
    `SELECT c.relname AS "table", i.relname AS name, x.indisunique::int AS is_unique, x.indnullsnotdistinct::int AS is_full, m.amname AS method, x.indnkeyatts AS keys, x.indoption::text AS options, pg_get_expr(x.indpred, c.oid) AS condition, ` +
      `${namesOf("x.indkey", "c.oid")} AS columns, pg_get_indexdef(x.indexrelid, 1, true) AS first, pg_get_indexdef(x.indexrelid) AS definition ${from} JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam ` +
      `WHERE ${withViews} AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x')) ORDER BY i.relname`,
  );
  for (const row of indexes) addIndex(found.get(row["table"])!, row);
  return [...found.values()];
}

function addColumn(table: TableFinding, row: SessionRow): void {
  const name = String(row["name"]);
  const raw = String(row["type"]);
  if (row["generated"] !== "") return table.note(name, `the database computes it: ${row["value"]}`);
  const isCounted = row["identity"] !== "" || String(row["value"]).startsWith("nextval(");
  const digits = /^timestamp(?:\((\d)\))? with(out)? time zone$/.exec(raw);
  if (digits !== null) table.digits(name, Number(digits[1] ?? 6));
  if (row["kind"] === "e") return table.note(name, `the type is the enum ${raw}; change the column to text to use f.choice()`);
  table.column(name, parseType(raw), digits?.[2] === undefined ? raw : `${raw}, read as UTC`, {
    ...(Number(row["required"]) === 0 && { null: true }),
    ...(!isCounted && sqlDefault(row["value"])),
    ...(row["comment"] !== null && { comment: String(row["comment"]) }),
  });
  if (isCounted && table.state.columns.has(name)) {
    table.retype(name, { type: "id" });
    if (raw !== "bigint" || row["identity"] === "") table.note(name, `the type is ${raw}, and ${row["value"] ?? "the database"} counts it`);
  }
}

const actions: Readonly<Record<string, DeleteAction>> = { a: "no action", r: "restrict", c: "cascade", n: "set null", d: "set default" };

function readNames(value: unknown): Array<string | null> {
  return JSON.parse(String(value)) as Array<string | null>; // The query has made a list of names.
}

function addConstraint(table: TableFinding, row: SessionRow): void {
  const name = String(row["name"]);
  const definition = `${name}: ${row["definition"]}`;
  const all = readNames(row["columns"]);
  const { state } = table;
  if (!table.has(all)) return table.note("", definition);
  const columns = all.map(String);
  if (Number(row["deferrable"]) === 1 && row["type"] !== "u") table.note("", definition);
  switch (row["type"]) {
    case "p":
      state.primary.push(...columns);
      break;
    case "u":
      state.uniques.set(name, {
        columns,
        ...(Number(row["deferrable"]) === 1 && { deferrable: Number(row["deferred"]) === 1 ? "deferred" : "immediate" }),
        ...(definition.includes("UNIQUE NULLS NOT DISTINCT") && { nullsDistinct: false }),
      });
      break;
    case "f":
      if (row["on_update"] !== "a") table.note("", definition);
      state.foreignKeys.set(name, {
        columns,
        table: String(row["target"]),
        references: readNames(row["references"]).map(String),
        onDelete: actions[String(row["on_delete"])]!,
      });
      break;
    case "c":
      if (!addChoice(table, name, columns, String(row["expression"]))) state.checks.set(name, sqlCondition(String(row["expression"])));
      break;
    default:
      table.note("", definition);
  }
}

/** A condition that a column is one of several strings makes it a choice. */
function addChoice(table: TableFinding, name: string, columns: readonly string[], expression: string): boolean {
  const [column = ""] = columns;
  const isList = /^\(+[^ ]+\)?(?:::text)? = (?:ANY \(+ARRAY\[.*\]\)?(?:::text\[\])?\)+|'(?:[^']|'')*'::[a-z ]+\))$/.test(expression);
  if (columns.length !== 1 || name !== checkName(table.name, column) || !isList) return false;
  const { type, max } = table.state.columns.get(column)!;
  if (type !== "text" || max !== undefined) return false;
  const choices = [...expression.slice(expression.indexOf(" = ")).matchAll(/'((?:[^']|'')*)'/g)].map(([, text = ""]) =>
    text.replaceAll("''", "'"),
  );
  table.retype(column, { type: "choice", choices });
  return true;
}

/** Returns the columns of the full-text search, in the order of the search. */
function readSearch(expression: string): string[] {
  if (!expression.startsWith("to_tsvector('simple'::regconfig, translate(")) return [];
  return Array.from(expression.matchAll(/COALESCE\("?((?:[^",]|"")+)"?, ''/g), ([, column = ""]) => column.replaceAll('""', '"'));
}

function addIndex(table: TableFinding, row: SessionRow): void {
  const name = String(row["name"]);
  const all = readNames(row["columns"]);
  const count = Number(row["keys"]);
  const keys = all.slice(0, count);
  const include = all.slice(count);
  const options = String(row["options"]).split(" ").map(Number);
  const method = String(row["method"]);
  const where = row["condition"] === null ? {} : { where: sqlCondition(String(row["condition"])) };
  const isExpression = keys.length === 1 && keys[0] === null;
  const search = isExpression && name === postgresSearchName(table.name) ? readSearch(String(row["first"])) : [];
  if (search.length > 0 && table.has(search)) return void table.state.search.push(...search);
  if ((!isExpression && !table.has(keys)) || !table.has(include)) return table.note("", String(row["definition"]));
  const isUnique = Number(row["is_unique"]) === 1;
  // PostgreSQL stores a conditional unique key as an index.
  if (isUnique && !isExpression && row["condition"] !== null) {
    table.state.uniques.set(name, { columns: keys.map(String), ...where, ...(Number(row["is_full"]) === 1 && { nullsDistinct: false }) });
    return;
  }
  if (Number(row["is_full"]) === 1) table.note("", String(row["definition"]));
  const desc = keys.filter((_key, place) => ((options[place] ?? 0) & 1) === 1).map(String);
  table.state.indexes.set(name, {
    columns: isExpression ? [] : keys.map(String),
    ...where,
    ...(isExpression && { expression: sqlCondition(String(row["first"])) }),
    ...(isUnique && { unique: true }),
    ...(desc.length > 0 && { desc }),
    ...(method !== "btree" && { using: method }),
    ...(include.length > 0 && { include: include.map(String) }),
  });
}
