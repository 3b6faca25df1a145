/** Tables of SQLite: how names are quoted, which types columns have, and the statements that make them. */
import { GableError } from "../../errors/gable-error.ts";
import type { DriverValue } from "../driver/contract.ts";
import type { ColumnType } from "../schema/column.ts";
import type { DefinitionMistake } from "../schema/definitions.ts";
import type { TableDefinition } from "./table-definition.ts";
import type { JoinColumn, JoinTable } from "../schema/join-table.ts";
import { listJoinTables } from "../schema/join-table.ts";
import type { FieldMeta, KeyMeta, ModelMeta } from "../schema/metadata.ts";
import { toConstraintName } from "../schema/names.ts";

/** A name in a statement. Names come from models alone, where they were checked; this is the second lock on the door. */
export function quoteSqlite(name: string): string {
  if (name.includes("\0") || name === "") throw new GableError("E_SQL_NAME", "A name for the database is empty or holds NUL.");
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a literal, for the few places of a table's definition that take no parameter. */
export function quoteSqliteText(text: string): string {
  if (text.includes("\0")) throw new GableError("E_SQL_NAME", "A text for the definition of a table holds NUL.");
  return `'${text.replaceAll("'", "''")}'`;
}

/** A value that has been encoded, as a literal. */
export function writeSqliteLiteral(value: DriverValue): string {
  if (value === null) return "NULL";
  if (value instanceof Uint8Array) return `x'${Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")}'`;
  return typeof value === "string" ? quoteSqliteText(value) : String(value);
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

/** The statements that make the table of a model, its unique keys and its indexes, in their order. */
export function createSqliteTable({ meta, checks, conditions }: TableDefinition): string[] {
  const column = (name: string): string => quoteSqlite(meta.fields.get(name)!.column);
  const list = (names: readonly string[]): string => names.map(column).join(", ");
  const [key] = meta.primary;
  const counted = meta.primary.length === 1 && meta.fields.get(key!)!.type === "id" ? key : undefined;
  const lines = [...meta.fields.values()].map((field) => toColumn(meta.table, field, field.name === counted));
  if (counted === undefined) lines.push(`PRIMARY KEY (${list(meta.primary)})`);
  for (const { name, sql } of checks) lines.push(`CONSTRAINT ${quoteSqlite(name)} CHECK (${sql})`);
  for (const { name, fields, where } of meta.uniques)
    if (where === undefined) lines.push(`CONSTRAINT ${quoteSqlite(name)} UNIQUE (${list(fields)})`);
  for (const { kind, isConstrained, fields, target, onDelete, name } of meta.relations.values()) {
    if (kind !== "belongsTo" || !isConstrained) continue;
    const keys = target.$meta.primary.map((field) => quoteSqlite(target.$meta.fields.get(field)!.column)).join(", ");
    const constraint = quoteSqlite(toConstraintName(meta.table, name, "foreign"));
    lines.push(
      `CONSTRAINT ${constraint} FOREIGN KEY (${list(fields)}) REFERENCES ${quoteSqlite(target.$table)} (${keys}) ON DELETE ${onDelete.toUpperCase()}`,
    );
  }
  // STRICT: a column holds values of its own type alone (sqlite.org/stricttables.html).
  const table = `CREATE TABLE ${quoteSqlite(meta.table)} (\n  ${lines.join(",\n  ")}\n) STRICT`;
  const index = (unique: string, { name, fields }: KeyMeta): string => {
    const where = conditions.has(name) ? ` WHERE ${conditions.get(name)}` : "";
    return `CREATE ${unique}INDEX ${quoteSqlite(name)} ON ${quoteSqlite(meta.table)} (${list(fields)})${where}`;
  };
  const partial = meta.uniques.filter(({ where }) => where !== undefined).map((key) => index("UNIQUE ", key));
  const indexes = [...partial, ...meta.indexes.map((key) => index("", key))];
  return [table, ...indexes];
}

/** The statements that make the table between of a relation of many to many. */
function createSqliteJoinTable({ table, near, far }: JoinTable, from: ModelMeta, to: ModelMeta): string[] {
  const list = (side: readonly JoinColumn[]): string => side.map(({ column }) => quoteSqlite(column)).join(", ");
  const columns = [...near, ...far].map(({ column, field }) => `${quoteSqlite(column)} ${types[field.type]} NOT NULL`);
  const foreignKey = (side: readonly JoinColumn[], meta: ModelMeta): string => {
    const target = side.map(({ field }) => quoteSqlite(field.column)).join(", ");
    return `FOREIGN KEY (${list(side)}) REFERENCES ${quoteSqlite(meta.table)} (${target}) ON DELETE CASCADE`;
  };
  const index = toConstraintName(table, ...far.map(({ column }) => column), "index");
  const lines = [...columns, foreignKey(near, from), foreignKey(far, to), `PRIMARY KEY (${list(near)}, ${list(far)})`];
  return [
    `CREATE TABLE ${quoteSqlite(table)} (\n  ${lines.join(",\n  ")}\n) STRICT, WITHOUT ROWID`,
    `CREATE INDEX ${quoteSqlite(index)} ON ${quoteSqlite(table)} (${list(far)})`,
  ];
}

/** The statements that make the tables of models and those between them. */
export function createSqliteTables(tables: readonly TableDefinition[]): string[] {
  const between = listJoinTables(tables.map(({ meta }) => meta)).flatMap(({ join, from, to }) => createSqliteJoinTable(join, from, to));
  return [...tables.flatMap(createSqliteTable), ...between];
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

function toColumn(table: string, field: FieldMeta, isCounted: boolean): string {
  const { type, column, isNullable, choices, options } = field;
  const parts = [quoteSqlite(column), types[type]];
  if (isCounted) parts.push("PRIMARY KEY AUTOINCREMENT");
  else if (!isNullable) parts.push("NOT NULL");
  const check = toCheck(field);
  if (check !== "" && (choices === undefined || options.check !== false))
    parts.push(`CONSTRAINT ${quoteSqlite(toConstraintName(table, column, "check"))} CHECK (${check})`);
  return parts.join(" ");
}

/** What the database itself holds of a type that SQLite does not have. */
function toCheck({ type, column, choices }: FieldMeta): string {
  const name = quoteSqlite(column);
  if (type === "boolean") return `${name} IN (0, 1)`;
  if (type === "json") return `json_valid(${name})`;
  return choices === undefined ? "" : `${name} IN (${Object.keys(choices).map(quoteSqliteText).join(", ")})`;
}
