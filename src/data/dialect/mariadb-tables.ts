/** Tables of MariaDB: how names are quoted, which types columns have, and the statements that make them. */
import type { DriverValue } from "../driver/contract.ts";
import { maxOf } from "../schema/check-value.ts";
import type { DefinitionMistake } from "../schema/definitions.ts";
import type { FieldMeta, KeyMeta, ModelMeta } from "../schema/metadata.ts";
import { toConstraintName } from "../schema/names.ts";
import type { TableDefinition } from "./table-definition.ts";
import type { TableSyntax } from "./table-writer.ts";
import { findCountedField, quoteName, quoteText, writeLiteral, writeTables } from "./table-writer.ts";

/** A name in a statement. */
export function quoteMariadb(name: string): string {
  return quoteName(name, "`");
}

/** A text as a literal: a backslash begins an escape. */
function quoteMariadbText(text: string): string {
  return quoteText(text.replaceAll("\\", "\\\\"));
}

/** A value that has been encoded, as a literal. */
export function writeMariadbLiteral(value: DriverValue): string {
  return writeLiteral(value, quoteMariadbText, (hex) => `x'${hex}'`);
}

/** The statements that make the tables of models and those between them. */
export function createMariadbTables(tables: readonly TableDefinition[]): string[] {
  return writeTables(syntax, tables);
}

/** Texts are compared character by character, as on every database; blanks at the end count. */
const tableOptions = " ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin";

const syntax: TableSyntax = {
  quote: quoteMariadb,
  typeOf,
  writeColumn,
  hasKeyInColumn: false,
  writeConditionalUnique,
  hasForwardKeys: false,
  options: tableOptions,
  joinOptions: tableOptions,
};

/** Most bytes of a value in an index of InnoDB: 3,072, at four bytes for each character. */
const indexedMax = 768;

/** The type of a column. */
function typeOf(field: FieldMeta): string {
  const { type, options, choices } = field;
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
      const max = maxOf(field);
      return max === undefined || max > 16_000 ? "longtext" : `varchar(${max})`;
    }
  }
}

/** Columns that have a value where a condition holds alone, and their key: no value is unique beside any other. */
function writeConditionalUnique(meta: ModelMeta, { name: key, fields }: KeyMeta, condition: string): string[] {
  const made = fields.map((name) => {
    const field = meta.fields.get(name)!;
    const column = quoteMariadb(toConstraintName(key, field.column));
    const value = `CASE WHEN ${condition} THEN ${quoteMariadb(field.column)} END`;
    return { column, line: `${column} ${typeOf(field)} GENERATED ALWAYS AS (${value}) VIRTUAL` };
  });
  const columns = made.map(({ column }) => column).join(", ");
  return [...made.map(({ line }) => line), `CONSTRAINT ${quoteMariadb(key)} UNIQUE (${columns})`];
}

function writeColumn(meta: ModelMeta, field: FieldMeta): string {
  const { column, isNullable, choices, options, type } = field;
  const name = quoteMariadb(column);
  const parts = [name, typeOf(field), isNullable ? "NULL" : "NOT NULL"];
  if (field === findCountedField(meta)) parts.push("AUTO_INCREMENT");
  const constraint = `CONSTRAINT ${quoteMariadb(toConstraintName(meta.table, column, "check"))} CHECK`;
  if (choices !== undefined && options.check !== false)
    parts.push(`, ${constraint} (${name} IN (${Object.keys(choices).map(quoteMariadbText).join(", ")}))`);
  if (type === "json") parts.push(`, ${constraint} (json_valid(${name}))`);
  return parts.join(" ");
}

const sizedTypes = new Set(["text", "slug", "email", "url", "bytes"]);

/** What MariaDB cannot hold of a model. */
export function findMariadbMistakes(meta: ModelMeta): DefinitionMistake[] {
  const keys = [meta.primary, ...meta.uniques.map(({ fields }) => fields), ...meta.indexes.map(({ fields }) => fields)];
  const indexed = new Set(keys.flat());
  const long = [...meta.fields.values()].filter(
    (field) => indexed.has(field.name) && sizedTypes.has(field.type) && (maxOf(field) ?? Infinity) > indexedMax,
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
