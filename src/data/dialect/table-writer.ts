/** The statements that make tables: what the databases share. */
import { GableError } from "../../errors/gable-error.ts";
import type { DriverValue } from "../driver/contract.ts";
import type { JoinColumn, JoinTable } from "../schema/join-table.ts";
import { listJoinTables } from "../schema/join-table.ts";
import type { FieldMeta, KeyMeta, ModelMeta } from "../schema/metadata.ts";
import { toConstraintName } from "../schema/names.ts";
import type { TableDefinition } from "./table-definition.ts";

/** How a database writes its tables. */
export interface TableSyntax {
  readonly quote: (name: string) => string;
  /** The type of a column. */
  readonly typeOf: (field: FieldMeta) => string;
  /** The line of a column. */
  readonly writeColumn: (meta: ModelMeta, field: FieldMeta) => string;
  /** Whether the column of a key that the database counts says so itself, and no line of the table does. */
  readonly hasKeyInColumn: boolean;
  /** The lines of a unique key of some rows, where the database has no indexes of some rows. */
  readonly writeConditionalUnique?: (meta: ModelMeta, key: KeyMeta, condition: string) => string[];
  /** Whether foreign keys may name tables that come later. */
  readonly hasForwardKeys: boolean;
  /** What stands behind the lines of a table, and of a table between. */
  readonly options: string;
  readonly joinOptions: string;
}

/** A name in a statement. Names come from models alone, where they were checked; this is the second lock on the door. */
export function quoteName(name: string, mark: '"' | "`"): string {
  if (name.includes("\0") || name === "") throw new GableError("E_SQL_NAME", "A name for the database is empty or holds NUL.");
  return mark + name.replaceAll(mark, mark + mark) + mark;
}

/** A text as a literal, for the few places of a table's definition that take no parameter; a backslash means itself. */
export function quoteText(text: string): string {
  if (text.includes("\0")) throw new GableError("E_SQL_NAME", "A text for the definition of a table holds NUL.");
  return `'${text.replaceAll("'", "''")}'`;
}

/** A value that has been encoded, as a literal. */
export function writeLiteral(value: DriverValue, quote: (text: string) => string, writeBytes: (hex: string) => string): string {
  if (value === null) return "NULL";
  if (value instanceof Uint8Array) return writeBytes(Buffer.from(value).toString("hex"));
  return typeof value === "string" ? quote(value) : String(value);
}

/** The field whose values the database counts; undefined when it counts none. */
export function findCountedField({ primary, fields }: ModelMeta): FieldMeta | undefined {
  const field = fields.get(primary[0]!)!;
  return primary.length === 1 && field.type === "id" ? field : undefined;
}

/** The statements that make the tables of models and those between them, in their order. */
export function writeTables(syntax: TableSyntax, tables: readonly TableDefinition[]): string[] {
  const models = tables.map(({ meta }) => meta);
  const late = syntax.hasForwardKeys ? [] : models.flatMap((meta) => addForeignKeys(syntax, meta));
  const between = listJoinTables(models).flatMap(({ join, from, to }) => writeJoinTable(syntax, join, from, to));
  return [...tables.flatMap((table) => writeTable(syntax, table)), ...late, ...between];
}

function listColumns({ quote }: TableSyntax, { fields }: ModelMeta, names: readonly string[]): string {
  return names.map((name) => quote(fields.get(name)!.column)).join(", ");
}

function writeTable(syntax: TableSyntax, { meta, checks, conditions }: TableDefinition): string[] {
  const { quote, writeConditionalUnique } = syntax;
  const lines = [...meta.fields.values()].map((field) => syntax.writeColumn(meta, field));
  if (!syntax.hasKeyInColumn || findCountedField(meta) === undefined)
    lines.push(`PRIMARY KEY (${listColumns(syntax, meta, meta.primary)})`);
  for (const { name, sql } of checks) lines.push(`CONSTRAINT ${quote(name)} CHECK (${sql})`);
  const indexes: string[] = [];
  for (const key of meta.uniques) {
    const condition = conditions.get(key.name);
    if (condition === undefined) lines.push(`CONSTRAINT ${quote(key.name)} UNIQUE (${listColumns(syntax, meta, key.fields)})`);
    else if (writeConditionalUnique !== undefined) lines.push(...writeConditionalUnique(meta, key, condition));
    else indexes.push(writeIndex(syntax, meta, key, condition, "UNIQUE INDEX"));
  }
  if (syntax.hasForwardKeys) lines.push(...writeForeignKeys(syntax, meta));
  // Without indexes of some rows, they are of all.
  for (const key of meta.indexes)
    indexes.push(writeIndex(syntax, meta, key, writeConditionalUnique === undefined ? conditions.get(key.name) : undefined, "INDEX"));
  return [`CREATE TABLE ${quote(meta.table)} (\n  ${lines.join(",\n  ")}\n)${syntax.options}`, ...indexes];
}

function writeIndex(syntax: TableSyntax, meta: ModelMeta, key: KeyMeta, condition: string | undefined, what: string): string {
  const where = condition === undefined ? "" : ` WHERE ${condition}`;
  return `CREATE ${what} ${syntax.quote(key.name)} ON ${syntax.quote(meta.table)} (${listColumns(syntax, meta, key.fields)})${where}`;
}

function writeForeignKeys(syntax: TableSyntax, meta: ModelMeta): string[] {
  return [...meta.relations.values()]
    .filter(({ kind, isConstrained }) => kind === "belongsTo" && isConstrained)
    .map(({ name, fields, target, onDelete }) => {
      const constraint = syntax.quote(toConstraintName(meta.table, name, "foreign"));
      const keys = listColumns(syntax, target.$meta, target.$meta.primary);
      return `CONSTRAINT ${constraint} FOREIGN KEY (${listColumns(syntax, meta, fields)}) REFERENCES ${syntax.quote(target.$table)} (${keys}) ON DELETE ${onDelete.toUpperCase()}`;
    });
}

/** Foreign keys when all tables are there: models may refer to each other. */
function addForeignKeys(syntax: TableSyntax, meta: ModelMeta): string[] {
  return writeForeignKeys(syntax, meta).map((key) => `ALTER TABLE ${syntax.quote(meta.table)} ADD ${key}`);
}

/** The table between of a relation of many to many. */
function writeJoinTable(syntax: TableSyntax, { table, near, far }: JoinTable, from: ModelMeta, to: ModelMeta): string[] {
  const { quote } = syntax;
  const list = (side: readonly JoinColumn[]): string => side.map(({ column }) => quote(column)).join(", ");
  const columns = [...near, ...far].map(({ column, field }) => `${quote(column)} ${syntax.typeOf(field)} NOT NULL`);
  const foreignKey = (side: readonly JoinColumn[], meta: ModelMeta): string =>
    `FOREIGN KEY (${list(side)}) REFERENCES ${quote(meta.table)} (${listColumns(syntax, meta, meta.primary)}) ON DELETE CASCADE`;
  const lines = [...columns, foreignKey(near, from), foreignKey(far, to), `PRIMARY KEY (${list(near)}, ${list(far)})`];
  const index = toConstraintName(table, ...far.map(({ column }) => column), "index");
  return [
    `CREATE TABLE ${quote(table)} (\n  ${lines.join(",\n  ")}\n)${syntax.joinOptions}`,
    `CREATE INDEX ${quote(index)} ON ${quote(table)} (${list(far)})`,
  ];
}
