/** Reads the tables of MariaDB and MySQL from their information schemas. */
import { mariadbSearchColumn } from "./search.ts";
import type { DriverValue } from "../../schema/driver-value.ts";
import type { DeleteAction } from "../../schema/relation.ts";
import type { ColumnType } from "../../migrations/plan/table-finding.ts";
import { sqlCondition, sqlDefault, TableFinding, toViewState } from "../../migrations/plan/table-finding.ts";
import type { MigrationSession, SessionRow } from "../../migrations/plan/migration-dialect.ts";
import { checkName } from "../table-writer.ts";

const types: Readonly<Record<string, ColumnType>> = {
  "tinyint(1)": { type: "boolean" },
  int: { type: "int" },
  bigint: { type: "bigint" },
  double: { type: "float" },
  float: { type: "float", isNear: true },
  date: { type: "date" },
  time: { type: "time" },
  "datetime(3)": { type: "datetime" },
  uuid: { type: "uuid" },
  longtext: { type: "text" },
  longblob: { type: "bytes" },
  json: { type: "json" },
};
const whole = new Set(["tinyint", "smallint", "mediumint", "int"]);

function parseType(
  raw: string,
  { data_type: kind, character_maximum_length: max, numeric_precision: digits, numeric_scale: scale, collation_name: order }: SessionRow,
): ColumnType | undefined {
  if (raw === "char(36)" && order === "ascii_bin") return { type: "uuid" };
  const plain = raw.replace(/^(int|bigint)\(\d+\)$/, "$1");
  if (Object.hasOwn(types, plain)) return types[plain];
  if (kind === "varchar" || kind === "char") return { type: "text", max: Number(max), ...(kind === "char" && { isNear: true }) };
  if (kind === "varbinary" || kind === "binary") return { type: "bytes", max: Number(max), ...(kind === "binary" && { isNear: true }) };
  if (kind === "decimal" && Number(digits) <= 38)
    return { type: "decimal", digits: Number(digits), scale: Number(scale), ...(raw.includes("unsigned") && { isNear: true }) };
  if (kind === "enum") return { type: "choice", choices: readTexts(raw), check: false, isNear: true };
  if (kind === "datetime" || kind === "timestamp") return { type: "datetime", isNear: true };
  if (whole.has(String(kind))) return { type: /^int\b/.test(raw) && raw.includes("unsigned") ? "bigint" : "int", isNear: true };
  if (kind === "bigint") return { type: "bigint", isNear: true };
  if (String(kind).endsWith("text")) return { type: "text", isNear: true };
  return String(kind).endsWith("blob") ? { type: "bytes", isNear: true } : undefined;
}

/** Returns the strings of a list in the syntax of the server. */
function readTexts(list: string): string[] {
  return [...list.matchAll(/'((?:[^'\\]|''|\\.)*)'/g)].map(([, text = ""]) => text.replaceAll("''", "'").replace(/\\(.)/g, "$1"));
}

/** What MariaDB and MySQL store differently in their information schemas. */
interface SchemaTexts {
  /** The query of all checks. */
  readonly checks: string;
  readonly readExpression: (text: DriverValue) => string;
  readonly readDefault: (row: SessionRow) => DriverValue;
}

const checks =
  "SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = database() ORDER BY constraint_name";

/** Reads the tables and views of the current database of MariaDB. */
export const readMariadbTables: (session: MigrationSession) => Promise<TableFinding[]> = createTablesReader({
  checks,
  readExpression: String,
  readDefault: (row) => row["column_default"]!,
});

/** Creates a function that reads the tables and views of the current database. */
export function createTablesReader(texts: SchemaTexts): (session: MigrationSession) => Promise<TableFinding[]> {
  return (session) => readTables(session, texts);
}

async function readTables(
  session: MigrationSession,
  { checks: checksQuery, readExpression, readDefault }: SchemaTexts,
): Promise<TableFinding[]> {
  const read = (columns: string, table: string, rest: string): Promise<SessionRow[]> =>
    session.read(`SELECT ${columns} FROM information_schema.${table} WHERE table_schema = database() ${rest}`);
  const tables = await read("table_name, table_comment", "tables", "AND table_type IN ('BASE TABLE', 'VIEW') ORDER BY table_name");
  const queries = await read("table_name, replace(view_definition, concat('`', database(), '`.'), '') AS query", "views", "");
  const views = new Map(queries.map(({ table_name: name, query }) => [name, query]));
  const found = new Map<unknown, TableFinding>();
  for (const { table_name: name, table_comment: comment } of tables) {
    const table = new TableFinding(String(name));
    table.state.comment = String(comment);
    if (views.has(name)) table.state.view = toViewState(views.get(name), false);
    found.set(name, table);
  }
  const columns = await read(
    "table_name, column_name, column_type, data_type, is_nullable, column_default, extra, column_comment, nullif(generation_expression, '') AS made, character_maximum_length, numeric_precision, numeric_scale, collation_name",
    "columns",
    "ORDER BY ordinal_position",
  );
  const made = new Map<string, string>();
  for (const row of columns) {
    const table = found.get(row["table_name"])!;
    if (row["made"] === null) {
      addColumn(table, row, readDefault(row));
      continue;
    }
    const expression = readExpression(row["made"]!);
    made.set(`${table.name} ${row["column_name"]}`, expression);
    if (row["column_name"] === mariadbSearchColumn) table.state.search.push(...readSearch(expression));
  }
  const checks = await session.read(checksQuery);
  for (const row of checks)
    addCheck(found.get(row["table_name"])!, String(row["constraint_name"]), readExpression(String(row["check_clause"])));
  const keys = await session.read(
    "SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_name, k.referenced_column_name, r.delete_rule, r.update_rule FROM information_schema.key_column_usage k " +
      "JOIN information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name " +
      "WHERE k.table_schema = database() ORDER BY k.constraint_name, k.ordinal_position",
  );
  for (const rows of groupRows(keys, "constraint_name")) addForeignKey(found.get(rows[0]!["table_name"])!, rows);
  const parts = await read(
    "table_name, index_name, non_unique, column_name, collation, sub_part, index_type",
    "statistics",
    "ORDER BY table_name, index_name, seq_in_index",
  );
  for (const rows of groupRows(parts, "index_name")) addIndex(found.get(rows[0]!["table_name"])!, rows, made);
  return [...found.values()];
}

function groupRows(rows: readonly SessionRow[], name: string): SessionRow[][] {
  const groups = new Map<string, SessionRow[]>();
  for (const row of rows) {
    const key = `${row["table_name"]} ${row[name]}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

function addColumn(table: TableFinding, row: SessionRow, given: SessionRow[string]): void {
  const name = String(row["column_name"]);
  const raw = String(row["column_type"]);
  const extra = String(row["extra"]).replace(/^DEFAULT_GENERATED ?/, "");
  const digits = /^(?:datetime|timestamp)(?:\((\d)\))?$/.exec(raw);
  if (digits !== null) table.digits(name, Number(digits[1] ?? 0));
  table.column(name, parseType(raw, row), raw, {
    ...(row["is_nullable"] === "YES" && { null: true }),
    ...(!extra.includes("auto_increment") && sqlDefault(given)),
    ...(row["column_comment"] !== "" && { comment: String(row["column_comment"]) }),
  });
  if (extra.includes("auto_increment") && table.state.columns.has(name)) {
    table.retype(name, { type: "id" });
    if (!/^bigint(?:\(\d+\))?$/.test(raw)) table.note(name, `the type is ${raw}`);
    return;
  }
  if (/on update/i.test(extra)) table.note(name, `the database sets it: ${extra}`);
}

/** Returns the columns of the full-text search, in the order of the search. */
function readSearch(expression: string): string[] {
  const [, columns = ""] = /^(?:lcase|lower)\(regexp_replace\(concat_ws\(' ',((?:`(?:[^`]|``)+`,?)+)\),/.exec(expression) ?? [];
  return Array.from(columns.matchAll(/`((?:[^`]|``)+)`/g), ([, column = ""]) => column.replaceAll("``", "`"));
}

function addCheck(table: TableFinding, name: string, clause: string): void {
  const [, column = ""] = /^json_valid\(`((?:[^`]|``)+)`\)$/.exec(clause) ?? [];
  if (table.state.columns.get(column)?.type === "text") {
    table.retype(column, { type: "json" });
    if (name !== checkName(table.name, column)) table.note(column, `the type is json, checked by ${name}`);
    return;
  }
  const [, chosen = "", list = ""] = /^`((?:[^`]|``)+)` (?:in \((.*)\)|= '.*')$/s.exec(clause) ?? [];
  const state = table.state.columns.get(chosen);
  if (state?.type === "text" && name === checkName(table.name, chosen)) {
    const choices = readTexts(list === "" ? clause.slice(chosen.length + 2) : list);
    table.retype(chosen, { type: "choice", choices });
    return;
  }
  table.state.checks.set(name, sqlCondition(clause));
}

function addForeignKey(table: TableFinding, rows: readonly SessionRow[]): void {
  const [first] = rows;
  const name = String(first!["constraint_name"]);
  const columns = rows.map((row) => String(row["column_name"]));
  const update = String(first!["update_rule"]).toLowerCase();
  if (!table.has(columns)) return table.note("", `${name}: a foreign key of ${columns.join(", ")}`);
  if (update !== "restrict" && update !== "no action") table.note("", `${name}: on update ${update}`);
  table.state.foreignKeys.set(name, {
    columns,
    table: String(first!["referenced_table_name"]),
    references: rows.map((row) => String(row["referenced_column_name"])),
    onDelete: String(first!["delete_rule"]).toLowerCase() as DeleteAction, // The server's words are the same.
  });
}

/** A key column that is only set where a condition is true: this is how MariaDB and MySQL get conditional unique keys. */
const conditional = /^case when ([^]+) then `((?:[^`]|``)+)` end$/i;

function addIndex(table: TableFinding, rows: readonly SessionRow[], made: ReadonlyMap<string, string>): void {
  const name = String(rows[0]!["index_name"]);
  const columns = rows.map((row) => String(row["column_name"] ?? "an expression"));
  const { state } = table;
  if (name === "PRIMARY") {
    if (table.has(columns)) state.primary.push(...columns);
    return;
  }
  const isUnique = Number(rows[0]!["non_unique"]) === 0;
  const parts = columns.map((column) => conditional.exec(made.get(`${table.name} ${column}`) ?? ""));
  if (isUnique && parts.every((part) => part !== null)) {
    const conditions = new Set(parts.map((part) => part[1]!));
    const kept = parts.map((part) => part[2]!);
    if (conditions.size === 1 && table.has(kept)) {
      state.uniques.set(name, { columns: kept, where: sqlCondition([...conditions][0]!) });
      return;
    }
  }
  if (name === mariadbSearchColumn && state.search.length > 0) return;
  const isUsual = rows.every((row) => row["sub_part"] === null && row["index_type"] === "BTREE");
  if (!isUsual || !table.has(columns)) return table.note("", `${name}: an index of ${columns.join(", ")} (${rows[0]!["index_type"]})`);
  // The server creates an index with the name of the foreign key if none exists.
  if (state.foreignKeys.has(name)) return;
  const desc = rows.filter((row) => row["collation"] === "D").map((row) => String(row["column_name"]));
  if (isUnique && desc.length === 0) state.uniques.set(name, { columns });
  else state.indexes.set(name, { columns, ...(isUnique && { unique: true }), ...(desc.length > 0 && { desc }) });
}
