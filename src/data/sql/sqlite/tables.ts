/** Table definitions of SQLite: quoting, and types of columns. */
import type { DriverValue } from "../../schema/driver-value.ts";
import type { DefinitionMistake } from "../../schema/definition-mistake.ts";
import type { ModelMeta } from "../../schema/model-class.ts";
import type { ColumnKind, ColumnState } from "../../schema/table-state.ts";
import type { TableSyntax } from "../table-syntax.ts";
import { findUniqueMistakes, quoteName, quoteText, writeChoices, writeLiteral } from "../table-syntax.ts";

/** Quotes a name. */
export function quoteSqlite(name: string): string {
  return quoteName(name, '"');
}

/** Writes an encoded value as a literal. */
export function writeSqliteLiteral(value: DriverValue): string {
  return writeLiteral(value, quoteText, (hex) => `x'${hex}'`);
}

const types: Readonly<Record<ColumnKind, "INTEGER" | "REAL" | "TEXT" | "BLOB">> = {
  id: "INTEGER",
  uuid: "TEXT",
  text: "TEXT",
  int: "INTEGER",
  bigint: "INTEGER",
  float: "REAL",
  decimal: "REAL",
  boolean: "INTEGER",
  date: "TEXT",
  time: "TEXT",
  datetime: "TEXT",
  json: "TEXT",
  bytes: "BLOB",
  choice: "TEXT",
  duration: "INTEGER",
  ip: "TEXT",
  array: "TEXT",
};

/** The table syntax of SQLite. */
export const sqliteTables: TableSyntax = {
  quote: quoteSqlite,
  quoteText,
  columnTypeOf: ({ type, storage }) => (storage === "text" ? "TEXT" : types[type]),
  defaultOf: (value) => value,
  counted: " PRIMARY KEY AUTOINCREMENT",
  isCountedKey: true,
  checkOf,
  // STRICT: a column only holds values of its declared type (sqlite.org/stricttables.html).
  options: " STRICT",
  hasForwardKeys: true,
  hasMaterializedViews: false,
  hasConditionalKeys: true,
  hasExpressionIndexes: true,
  hasIndexMethods: false,
  commentOf: () => "",
  hasCommentStatements: false,
  hasDeferrableKeys: false,
  hasEqualNulls: false,
  namesPrimaryKey: false,
  foldsCase: false,
  refusesMovedColumns: false,
  toTableCondition: (sql) => sql,
};

/** Returns the condition of a type that SQLite does not have. */
function checkOf(name: string, column: ColumnState): string {
  const quoted = quoteSqlite(name);
  if (column.type === "boolean") return `${quoted} IN (0, 1)`;
  if (column.type === "json" || column.type === "array") return `json_valid(${quoted})`;
  return writeChoices(quoted, column, quoteText);
}

/** Number of digits that a double keeps of every decimal. */
const decimalDigitsMax = 15;

/** Returns the parts of a model that SQLite does not support; empty if it supports all. */
export function findSqliteMistakes(meta: ModelMeta): DefinitionMistake[] {
  const { name, fields } = meta;
  const long = [...fields.values()]
    .filter(({ type, options, storage }) => type === "decimal" && storage === undefined && Number(options.digits) > decimalDigitsMax)
    .map((field) => ({
      code: "E_FIELD_OPTION_VALUE" as const,
      where: `${name}.${field.name}`,
      message: `SQLite keeps ${decimalDigitsMax} digits of a decimal, and the field has ${field.options.digits}`,
      fix: `Use at most ${decimalDigitsMax} digits, or storage: "text", which only supports equality.`,
    }));
  return [...long, ...findUniqueMistakes("SQLite", meta)];
}
