/** How databases write what their tables are made of: names, literals, columns. */
import { GableError } from "../../errors/gable-error.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { DefinitionMistake } from "../schema/definitions.ts";
import type { ModelMeta } from "../schema/model-class.ts";
import type { ColumnState } from "../schema/table-state.ts";

/** A database's own ways with tables. */
export interface TableSyntax {
  /** A name, in quotes. */
  readonly quote: (name: string) => string;
  /** A text as a literal. */
  readonly quoteText: (text: string) => string;
  /** The type of a column. */
  readonly typeOf: (column: ColumnState) => string;
  /** What counts the values of a key: it stands behind the type. */
  readonly counted: string;
  /** Whether that makes the column the primary key, so that no line of the table does. */
  readonly isCountedKey: boolean;
  /** A condition that the database itself must hold of a type that it does not have; "" where there is none. */
  readonly checkOf: (name: string, column: ColumnState) => string;
  /** A value as the default of a column. */
  readonly defaultOf: (value: string, column: ColumnState) => string;
  /** What stands behind the lines of a table. */
  readonly options: string;
  /** Whether foreign keys may name tables that come later. */
  readonly hasForwardKeys: boolean;
  /** Whether views may keep their rows. */
  readonly hasMaterializedViews: boolean;
  /** Whether keys and indexes may be of some rows alone. */
  readonly hasConditionalKeys: boolean;
  /** Whether indexes may be of expressions. */
  readonly hasExpressionIndexes: boolean;
  /** Whether indexes have methods, and further columns. */
  readonly hasIndexMethods: boolean;
  /** What stands in a column and behind a table to comment on it; "" where comments are statements, or are not kept. */
  readonly commentOf: (text: string) => string;
  /** Whether comments are statements. */
  readonly hasCommentStatements: boolean;
  /** Whether unique keys can be checked later than with each row. */
  readonly hasDeferrableKeys: boolean;
  /** Whether unique keys can treat rows without a value as equal. */
  readonly hasEqualNulls: boolean;
  /** Whether the primary key has a name. */
  readonly namesPrimaryKey: boolean;
  /** Whether tables can fold case. Elsewhere only connections of Gable can, by functions of its own. */
  readonly foldsCase: boolean;
  /** Whether conditions cannot name columns whose values the database makes or changes. */
  readonly refusesMovedColumns: boolean;
  /** Rewrites a condition into a form that tables can hold. */
  readonly toTableCondition: (sql: string) => string;
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

/** The condition that a choice is one of its keys; "" where the database does not check it. */
export function writeChoices(quoted: string, { choices, check }: ColumnState, quote: (text: string) => string): string {
  return choices === undefined || check === false ? "" : `${quoted} IN (${choices.map(quote).join(", ")})`;
}

/** Unique keys in a form that a database does not have: another one would be a rule of its own. */
export function findUniqueMistakes(database: string, { name: model, uniques }: ModelMeta): DefinitionMistake[] {
  const mistake = (message: string, fix: string): DefinitionMistake => ({ code: "E_MODEL_OPTION", where: model, message, fix });
  return uniques.flatMap(({ name, deferrable, areNullsDistinct }) => [
    ...(deferrable === undefined
      ? []
      : [mistake(`${database} looks at the unique key "${name}" with each row`, "Leave out deferrable, or use PostgreSQL.")]),
    ...(areNullsDistinct
      ? []
      : [mistake(`${database} lets rows of the unique key "${name}" have no value`, "Leave out nullsDistinct, or use PostgreSQL.")]),
  ]);
}
