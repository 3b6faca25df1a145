/** Tables of MariaDB: how names are quoted, which types columns have, and the statements that make them. */
import { GableError } from "../../errors/gable-error.ts";
import { maxOf } from "../schema/check-value.ts";
import { Column } from "../schema/column.ts";
import type { DefinitionMistake } from "../schema/definitions.ts";
import type { DriverValue } from "../driver/contract.ts";
import type { TableDefinition } from "./table-definition.ts";
import type { JoinColumn } from "../schema/join-table.ts";
import { listJoinTables } from "../schema/join-table.ts";
import type { FieldMeta, ModelMeta } from "../schema/metadata.ts";
import { toConstraintName } from "../schema/names.ts";

/** A name in a statement. Names come from models alone, where they were checked; this is the second lock on the door. */
export function quoteMariadb(name: string): string {
  if (name.includes("\0") || name === "") throw new GableError("E_SQL_NAME", "A name for the database is empty or holds NUL.");
  return `\`${name.replaceAll("`", "``")}\``;
}

/** A text as a literal, for the few places of a table's definition that take no parameter. */
function quoteText(text: string): string {
  if (text.includes("\0")) throw new GableError("E_SQL_NAME", "A text for the definition of a table holds NUL.");
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** A value that has been encoded, as a literal. */
export function writeMariadbLiteral(value: DriverValue): string {
  if (value === null) return "NULL";
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString("hex")}'`;
  return typeof value === "string" ? quoteText(value) : String(value);
}

/** Most bytes of a value in an index of InnoDB: 3,072, at four bytes for each character. */
const indexedMax = 768;

/** The type of a column. */
function typeOf({ type, options, choices }: FieldMeta): string {
  switch (type) {
    case "id":
    case "bigint":
      return "bigint";
    case "int":
    case "date":
    case "time":
    case "uuid":
      return type;
    case "float":
      return "double";
    case "decimal":
      return `decimal(${options.digits}, ${options.scale})`;
    case "boolean":
      return "tinyint(1)";
    case "datetime":
      return "datetime(3)";
    case "json":
      return "longtext";
    case "bytes":
      return typeof options.max === "number" && options.max <= indexedMax ? `varbinary(${options.max})` : "longblob";
    case "choice":
      return `varchar(${Math.max(50, ...Object.keys(choices ?? {}).map((key) => key.length))})`;
    default: {
      const max = maxOf(new Column(type, options));
      return max === undefined || max > 16_000 ? "longtext" : `varchar(${max})`;
    }
  }
}

const list = (meta: ModelMeta, names: readonly string[]): string =>
  names.map((name) => quoteMariadb(meta.fields.get(name)!.column)).join(", ");

/** Texts are compared character by character, as on every database; blanks at the end count. */
const tableOptions = "ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";

function createTable({ meta, checks, conditions }: TableDefinition): string[] {
  const lines = [...meta.fields.values()].map((field) => toColumn(meta, field));
  lines.push(`PRIMARY KEY (${list(meta, meta.primary)})`);
  for (const { name, sql } of checks) lines.push(`CONSTRAINT ${quoteMariadb(name)} CHECK (${sql})`);
  for (const { name, fields } of meta.uniques) {
    const condition = conditions.get(name);
    const columns = condition === undefined ? list(meta, fields) : addConditionalColumns(meta, name, fields, condition, lines);
    lines.push(`CONSTRAINT ${quoteMariadb(name)} UNIQUE (${columns})`);
  }
  // MariaDB has no indexes of some rows: they are of all.
  for (const { name, fields } of meta.indexes) lines.push(`INDEX ${quoteMariadb(name)} (${list(meta, fields)})`);
  return [`CREATE TABLE ${quoteMariadb(meta.table)} (\n  ${lines.join(",\n  ")}\n) ${tableOptions}`];
}

/** Columns that have a value where a condition holds alone: no value is unique beside any other. Gives their names. */
function addConditionalColumns(meta: ModelMeta, key: string, names: readonly string[], condition: string, lines: string[]): string {
  return names
    .map((name) => {
      const field = meta.fields.get(name)!;
      const made = quoteMariadb(toConstraintName(key, field.column));
      lines.push(`${made} ${typeOf(field)} GENERATED ALWAYS AS (CASE WHEN ${condition} THEN ${quoteMariadb(field.column)} END) VIRTUAL`);
      return made;
    })
    .join(", ");
}

function toColumn(meta: ModelMeta, field: FieldMeta): string {
  const { column, isNullable, choices, options, type } = field;
  const isCounted = type === "id" && meta.primary.length === 1 && meta.primary[0] === field.name;
  const name = quoteMariadb(column);
  const parts = [name, typeOf(field), isNullable ? "NULL" : "NOT NULL"];
  if (isCounted) parts.push("AUTO_INCREMENT");
  const constraint = `CONSTRAINT ${quoteMariadb(toConstraintName(meta.table, column, "check"))} CHECK`;
  if (choices !== undefined && options.check !== false)
    parts.push(`, ${constraint} (${name} IN (${Object.keys(choices).map(quoteText).join(", ")}))`);
  if (type === "json") parts.push(`, ${constraint} (json_valid(${name}))`);
  return parts.join(" ");
}

/** Foreign keys come when all tables are there: models may refer to each other. */
function addForeignKeys(meta: ModelMeta): string[] {
  return [...meta.relations.values()]
    .filter(({ kind, isConstrained }) => kind === "belongsTo" && isConstrained)
    .map(({ name, fields, target, onDelete }) => {
      const constraint = quoteMariadb(toConstraintName(meta.table, name, "foreign"));
      const keys = list(target.$meta, target.$meta.primary);
      return `ALTER TABLE ${quoteMariadb(meta.table)} ADD CONSTRAINT ${constraint} FOREIGN KEY (${list(meta, fields)}) REFERENCES ${quoteMariadb(target.$table)} (${keys}) ON DELETE ${onDelete.toUpperCase()}`;
    });
}

/** The statements that make the tables of models and those between them, in their order. */
export function createMariadbTables(tables: readonly TableDefinition[]): string[] {
  const models = tables.map(({ meta }) => meta);
  const between = listJoinTables(models).map(({ join: { table, near, far }, from, to }) => {
    const names = (side: readonly JoinColumn[]): string => side.map(({ column }) => quoteMariadb(column)).join(", ");
    const columns = [...near, ...far].map(({ column, field }) => `${quoteMariadb(column)} ${typeOf(field)} NOT NULL`);
    const foreignKey = (side: readonly JoinColumn[], meta: ModelMeta): string =>
      `FOREIGN KEY (${names(side)}) REFERENCES ${quoteMariadb(meta.table)} (${list(meta, meta.primary)}) ON DELETE CASCADE`;
    const index = `INDEX ${quoteMariadb(toConstraintName(table, ...far.map(({ column }) => column), "index"))} (${names(far)})`;
    const lines = [...columns, `PRIMARY KEY (${names(near)}, ${names(far)})`, index, foreignKey(near, from), foreignKey(far, to)];
    return `CREATE TABLE ${quoteMariadb(table)} (\n  ${lines.join(",\n  ")}\n) ${tableOptions}`;
  });
  return [...tables.flatMap(createTable), ...models.flatMap(addForeignKeys), ...between];
}

const sizedTypes = new Set(["text", "slug", "email", "url", "bytes"]);

/** What MariaDB cannot hold of a model. */
export function findMariadbMistakes(meta: ModelMeta): DefinitionMistake[] {
  const keys = [meta.primary, ...meta.uniques.map(({ fields }) => fields), ...meta.indexes.map(({ fields }) => fields)];
  const indexed = new Set(keys.flat());
  const long = [...meta.fields.values()].filter(
    (field) =>
      indexed.has(field.name) && sizedTypes.has(field.type) && (maxOf(new Column(field.type, field.options)) ?? Infinity) > indexedMax,
  );
  const actions = [...meta.relations.values()].filter(({ kind, onDelete }) => kind === "belongsTo" && onDelete === "set default");
  return [
    ...long.map((field) => ({
      code: "E_FIELD_OPTION_VALUE" as const,
      where: `${meta.name}.${field.name}`,
      message: `MariaDB has indexes of at most ${indexedMax} characters`,
      fix: `Add max: ${indexedMax} or less, or leave out the index.`,
    })),
    ...actions.map(({ name }) => ({
      code: "E_RELATION_OPTION" as const,
      where: `${meta.name}.${name}`,
      message: "MariaDB has no action SET DEFAULT",
      fix: 'Use "set null", "cascade" or "restrict".',
    })),
  ];
}
