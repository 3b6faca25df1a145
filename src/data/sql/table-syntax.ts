/** How databases write table definitions: names, literals, columns. */
import { GableError } from "../../errors/gable-error.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { DefinitionMistake } from "../schema/definition-mistake.ts";
import type { ModelMeta } from "../schema/model-class.ts";
import type { ColumnState } from "../schema/table-state.ts";

/** What is specific to one kind of database in table definitions. */
export interface TableSyntax {
  /** A name, in quotes. */
  readonly quote: (name: string) => string;
  /** Writes a string literal. */
  readonly quoteText: (text: string) => string;
  /** Returns the type of a column. */
  readonly columnTypeOf: (column: ColumnState) => string;
  /** Clause after the type that makes the database count the values of a key. */
  readonly counted: string;
  /** Whether that clause makes the column the primary key, so that the table needs no separate line. */
  readonly isCountedKey: boolean;
  /** The condition for a type that the database does not have; "" if none. */
  readonly checkOf: (name: string, column: ColumnState) => string;
  /** Writes a value as the default of a column. */
  readonly defaultOf: (value: string, column: ColumnState) => string;
  /** Clauses after the lines of a table. */
  readonly options: string;
  /** Whether foreign keys may name tables that are created later. */
  readonly hasForwardKeys: boolean;
  /** Whether views can store their rows. */
  readonly hasMaterializedViews: boolean;
  /** Whether keys and indexes can have conditions. */
  readonly hasConditionalKeys: boolean;
  /** Whether indexes can have expressions. */
  readonly hasExpressionIndexes: boolean;
  /** Whether indexes can have methods, and further columns. */
  readonly hasIndexMethods: boolean;
  /** Comment clause of a column or a table; "" if comments are statements, or not supported. */
  readonly commentOf: (text: string) => string;
  /** Whether comments are statements. */
  readonly hasCommentStatements: boolean;
  /** Whether unique keys can be checked later than with each row. */
  readonly hasDeferrableKeys: boolean;
  /** Whether unique keys can treat null values as equal. */
  readonly hasEqualNulls: boolean;
  /** Whether the primary key has a name. */
  readonly namesPrimaryKey: boolean;
  /** Whether tables can fold case. Otherwise only Gable's connections can, with functions that they register. */
  readonly foldsCase: boolean;
  /** Whether conditions cannot name columns whose values the database makes or changes. */
  readonly refusesMovedColumns: boolean;
  /** Rewrites a condition into a form that table definitions can contain. */
  readonly toTableCondition: (sql: string) => string;
}

/** Quotes a name. Names only come from models, which have checked them; this is a second check. */
export function quoteName(name: string, mark: '"' | "`"): string {
  if (name.includes("\0") || name === "") throw new GableError("E_SQL_NAME", "A name for the database is empty or holds NUL.");
  return mark + name.replaceAll(mark, mark + mark) + mark;
}

/** Writes a string literal, for the few parts of a table definition without parameters. A backslash has no special meaning. */
export function quoteText(text: string): string {
  if (text.includes("\0")) throw new GableError("E_SQL_NAME", "A string in a table definition contains U+0000.");
  return `'${text.replaceAll("'", "''")}'`;
}

/** Writes an encoded value as a literal. */
export function writeLiteral(value: DriverValue, quote: (text: string) => string, writeBytes: (hex: string) => string): string {
  if (value === null) return "NULL";
  if (value instanceof Uint8Array) return writeBytes(Buffer.from(value).toString("hex"));
  return typeof value === "string" ? quote(value) : String(value);
}

/** Writes the condition that a choice is one of its keys; "" if the database does not check it. */
export function writeChoices(quoted: string, { choices, check }: ColumnState, quote: (text: string) => string): string {
  return choices === undefined || check === false ? "" : `${quoted} IN (${choices.map(quote).join(", ")})`;
}

/** Reports forms of unique keys that a database does not support: any replacement would be a different rule. */
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
