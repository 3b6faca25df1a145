/** Table definitions of MariaDB: quoting, and types of columns. */
import type { DriverValue } from "../../schema/driver-value.ts";
import { maxOf } from "../../schema/check-value.ts";
import type { DefinitionMistake } from "../../schema/definition-mistake.ts";
import type { ModelMeta } from "../../schema/model-class.ts";
import type { ColumnState } from "../../schema/table-state.ts";
import type { TableSyntax } from "../table-syntax.ts";
import { findUniqueMistakes, quoteName, quoteText, writeChoices, writeLiteral } from "../table-syntax.ts";

/** Quotes a name. */
export function quoteMariadb(name: string): string {
  return quoteName(name, "`");
}

/** Writes a string literal. A backslash begins an escape. */
export function quoteMariadbText(text: string): string {
  return quoteText(text.replaceAll("\\", "\\\\"));
}

/** Writes an encoded value as a literal. */
export function writeMariadbLiteral(value: DriverValue): string {
  return writeLiteral(value, quoteMariadbText, (hex) => `x'${hex}'`);
}

/** Maximum bytes of an indexed value in InnoDB: 3,072, with four bytes per character. */
const indexedMax = 768;
/** Texts with more characters than this are stored outside of the row, because several of them would not fit into it. */
const rowTextMax = 16_000;

/** A datetime cast from text, which MariaDB does not allow in computed columns. */
const castMoment = /CAST\(('(?:[^'\\]|''|\\.)*') AS (DATETIME\(3\)|DATE|TIME)\)/g;

function writeMoment(_whole: string, text: string, type: string): string {
  return `${type === "DATETIME(3)" ? "TIMESTAMP" : type}${text}`;
}

/** The table syntax of MariaDB. */
export const mariadbTables: TableSyntax = {
  quote: quoteMariadb,
  quoteText: quoteMariadbText,
  columnTypeOf,
  defaultOf: (value) => value,
  counted: " AUTO_INCREMENT",
  isCountedKey: false,
  checkOf: (name, column) =>
    column.type === "json" || column.type === "array"
      ? `json_valid(${quoteMariadb(name)})`
      : writeChoices(quoteMariadb(name), column, quoteMariadbText),
  // Compares strings character by character, as on every database; trailing spaces count.
  options: " ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin",
  hasForwardKeys: false,
  hasMaterializedViews: false,
  hasConditionalKeys: false,
  hasExpressionIndexes: false,
  hasIndexMethods: false,
  commentOf: (text) => ` COMMENT ${quoteMariadbText(text)}`,
  hasCommentStatements: false,
  hasDeferrableKeys: false,
  hasEqualNulls: false,
  namesPrimaryKey: false,
  foldsCase: true,
  refusesMovedColumns: true,
  toTableCondition: (sql) => sql.replace(castMoment, writeMoment),
};

/** Returns the type of a column. */
function columnTypeOf({ type, digits, scale, max, choices = [] }: ColumnState): string {
  switch (type) {
    case "duration":
    case "id":
    case "bigint":
      return "bigint";
    case "float":
      return "double";
    case "decimal":
      return `decimal(${digits}, ${scale})`;
    case "boolean":
      return "tinyint(1)";
    case "datetime":
      return "datetime(3)";
    case "array":
    case "json":
      return "longtext";
    case "ip":
      return "varchar(45)";
    case "bytes":
      return max !== undefined && max <= indexedMax ? `varbinary(${max})` : "longblob";
    case "choice":
      return `varchar(${Math.max(50, ...choices.map((key) => key.length))})`;
    case "text":
      return max === undefined || max > rowTextMax ? "longtext" : `varchar(${max})`;
    default:
      return type;
  }
}

const sizedTypes = new Set(["text", "slug", "email", "url", "file", "bytes"]);

/** Returns the parts of a model that MariaDB or MySQL does not support. */
export function findMariadbMistakes(meta: ModelMeta, server = "MariaDB"): DefinitionMistake[] {
  const keys = [meta.primary, ...meta.uniques.map(({ fields }) => fields), ...meta.indexes.map(({ fields }) => fields)];
  const indexed = new Set(keys.flat());
  const long = [...meta.fields.values()].filter(
    (field) => indexed.has(field.name) && sizedTypes.has(field.type) && (maxOf(field) ?? Infinity) > indexedMax,
  );
  const lists = keys.flat().filter((name) => meta.fields.get(name)?.type === "array");
  const expressions = meta.indexes.filter(({ expression, isUnique }) => expression !== undefined && isUnique);
  const actions = [...meta.relations.values()].filter(({ kind, onDelete }) => kind === "belongsTo" && onDelete === "set default");
  return [
    ...findUniqueMistakes(server, meta),
    ...long.map((field) => ({
      code: "E_FIELD_OPTION_VALUE" as const,
      where: `${meta.name}.${field.name}`,
      message: `${server} has indexes of at most ${indexedMax} characters`,
      fix: `Add max: ${indexedMax} or less, or leave out the index.`,
    })),
    ...lists.map((name) => ({
      code: "E_MODEL_OPTION" as const,
      where: `${meta.name}.${name}`,
      message: `${server} has no keys and indexes of lists`,
      fix: "Leave it out.",
    })),
    ...expressions.map(({ name }) => ({
      code: "E_MODEL_OPTION" as const,
      where: meta.name,
      message: `${server} has no index of an expression, and would not hold that "${name}" is unique`,
      fix: "Store the value in a separate field, and make that unique.",
    })),
    ...actions.map(({ name }) => ({
      code: "E_RELATION_OPTION" as const,
      where: `${meta.name}.${name}`,
      message: `${server} has no action SET DEFAULT`,
      fix: 'Use "set null", "cascade" or "restrict".',
    })),
  ];
}
