/** Tables of SQLite: how names are quoted, which types columns have, and the statements that make them. */
import type { DriverValue } from "../driver/contract.ts";
import type { ColumnType } from "../schema/column.ts";
import type { DefinitionMistake } from "../schema/definitions.ts";
import type { FieldMeta, ModelMeta } from "../schema/metadata.ts";
import { toConstraintName } from "../schema/names.ts";
import type { TableDefinition } from "./table-definition.ts";
import type { TableSyntax } from "./table-writer.ts";
import { findCountedField, quoteName, quoteText, writeLiteral, writeTables } from "./table-writer.ts";

/** A name in a statement. */
export function quoteSqlite(name: string): string {
  return quoteName(name, '"');
}

/** A value that has been encoded, as a literal. */
export function writeSqliteLiteral(value: DriverValue): string {
  return writeLiteral(value, quoteText, (hex) => `x'${hex}'`);
}

const types: Readonly<Record<ColumnType, "INTEGER" | "REAL" | "TEXT" | "BLOB">> = {
  id: "INTEGER",
  uuid: "TEXT",
  text: "TEXT",
  slug: "TEXT",
  email: "TEXT",
  url: "TEXT",
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
};

/** The statements that make the tables of models and those between them. */
export function createSqliteTables(tables: readonly TableDefinition[]): string[] {
  return writeTables(syntax, tables);
}

const syntax: TableSyntax = {
  quote: quoteSqlite,
  typeOf: ({ type }) => types[type],
  writeColumn,
  hasKeyInColumn: true,
  hasForwardKeys: true,
  // STRICT: a column holds values of its own type alone (sqlite.org/stricttables.html).
  options: " STRICT",
  joinOptions: " STRICT, WITHOUT ROWID",
};

function writeColumn(meta: ModelMeta, field: FieldMeta): string {
  const { type, column, isNullable, choices, options } = field;
  const parts = [quoteSqlite(column), types[type]];
  if (field === findCountedField(meta)) parts.push("PRIMARY KEY AUTOINCREMENT");
  else if (!isNullable) parts.push("NOT NULL");
  const check = toCheck(field);
  if (check !== "" && (choices === undefined || options.check !== false))
    parts.push(`CONSTRAINT ${quoteSqlite(toConstraintName(meta.table, column, "check"))} CHECK (${check})`);
  return parts.join(" ");
}

/** What the database itself holds of a type that SQLite does not have. */
function toCheck({ type, column, choices }: FieldMeta): string {
  const name = quoteSqlite(column);
  if (type === "boolean") return `${name} IN (0, 1)`;
  if (type === "json") return `json_valid(${name})`;
  return choices === undefined ? "" : `${name} IN (${Object.keys(choices).map(quoteText).join(", ")})`;
}

/** Most digits that a double keeps of every decimal. */
const decimalDigitsMax = 15;

/** What SQLite cannot hold of a model; none when it can hold all of it. */
export function findSqliteMistakes({ name, fields }: ModelMeta): DefinitionMistake[] {
  return [...fields.values()]
    .filter(({ type, options }) => type === "decimal" && Number(options.digits) > decimalDigitsMax)
    .map((field) => ({
      code: "E_FIELD_OPTION_VALUE" as const,
      where: `${name}.${field.name}`,
      message: `SQLite keeps ${decimalDigitsMax} digits of a decimal, and the field has ${field.options.digits}`,
      fix: `Use at most ${decimalDigitsMax} digits, or another database.`,
    }));
}
