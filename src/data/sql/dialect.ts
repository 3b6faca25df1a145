/** Everything that differs between databases, for the writer of statements and the executor. */
import type { AggregateName, CallName, CompareOperator, JsonOperator, JsonPath, OrderTerm, RowLock } from "../tree/node.ts";
import type { ValueType } from "../tree/value-type.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { Driver } from "../driver/contract.ts";
import type { ModelClass, ModelMeta } from "../schema/model-class.ts";
import type { SearchSyntax } from "../tree/search-syntax.ts";
import type { TableSyntax } from "./table-syntax.ts";
import type { DateChange } from "../schema/zones.ts";
import type { DefinitionMistake } from "../schema/definition-mistake.ts";

/** A comparison of a string with a pattern or another string, as SQL. */
export interface TextComparison {
  readonly operator: CompareOperator;
  readonly left: string;
  /** The bound string: the SQL of its parameter, in one of the forms of encodeText(). */
  readonly right: (form: 0 | 1) => string;
}

/** Why a database rejected a statement. */
type RefusalKind =
  | "unique"
  | "foreignKey"
  | "check"
  | "notNull"
  | "tooLong"
  | "range"
  | "joined"
  | "date"
  | "conflict"
  | "lock"
  | "timeout"
  | "connection";

/** A rejection by the database, with the names that it reports. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** Name of the constraint; undefined if the database does not report it. */
  readonly constraint?: string | undefined;
  /** Names of the columns; empty if the database does not report them. */
  readonly columns: readonly string[];
  /** Table with the conflicting rows; undefined if the database does not report it. */
  readonly table?: string | undefined;
}

/** Isolation level of a transaction. */
export type Isolation = "read committed" | "repeatable read" | "serializable";

/** What is specific to one kind of database. */
export interface Dialect {
  readonly name: "sqlite" | "postgres" | "mariadb" | "mysql";
  /** Display name. */
  readonly title: string;
  /** A name, in quotes. */
  quote(name: string): string;
  /** Writes a parameter of a type, around its mark. */
  parameter(mark: string, type: ValueType, isList: boolean): string;
  /** Whether each mention of a parameter is bound separately: `?` instead of `$1`. */
  readonly isPositional: boolean;
  /** Writes null of a type. */
  nullOf(type: ValueType): string;
  /** Encodes a value for the database. */
  encode(value: unknown, type: ValueType): DriverValue;
  /** Encodes a list for the database. */
  encodeList(values: readonly unknown[], type: ValueType): DriverValue;
  /** Returns the decoder of a type; undefined if stored values need none. */
  decoder(type: ValueType, readsBigInts: boolean): ((value: DriverValue) => unknown) | undefined;
  /** Whether two values differ, either of which may be null. */
  differ(left: string, right: string): string;
  /** Writes a comparison of strings. */
  compareText(comparison: TextComparison): string;
  /** Encodes the string to compare with, and escapes patterns. Form 1 is the second value, for comparisons that need two. */
  encodeText(operator: CompareOperator, text: string, form: 0 | 1): DriverValue;
  /** Writes whether a value is in a bound list. */
  inList(part: string, list: string, isNegated: boolean, type: ValueType): string;
  /** Writes a function of values. */
  call(name: CallName, parts: readonly string[], type: ValueType, partType: ValueType): string;
  /** Writes a changed date or datetime. The statement fails if that is outside of the years 1 to 9999; see `boundsOf()`. */
  changeDate(part: string, change: DateChange, type: ValueType): string;
  /** Writes an aggregate function; `over` is its window. */
  aggregate(name: AggregateName, inner: string, type: ValueType, over: string): string;
  /** Joins strings of many rows, in an order that is already SQL; the separator is a literal. */
  joinTexts(text: string, isDistinct: boolean, order: string, separator: string): string;
  /** Writes a part of a JSON value as a string. The path starts in lists, whose own paths are given. */
  jsonText(part: string, path: string, lists: readonly string[]): string;
  /** Writes a comparison with a part of a JSON value. */
  jsonCompare(comparison: JsonComparison): string;
  /** Writes the parameter of a path in JSON. */
  jsonPath(mark: string): string;
  encodeJsonPath(path: JsonPath): DriverValue;
  encodeJsonOperand(value: string | number | boolean | null): DriverValue;
  /** Writes a step of an order. */
  order(sql: string, term: OrderTerm): string;
  /** Writes a subquery in a statement that changes the same table; some databases require a wrapper. */
  derive(sql: string): string;
  /** Locks the rows of a query's own table; "" if the database has no row locks. */
  lock(lock: RowLock, table: string): string;
  /** Writes a bound number of rows, after LIMIT or OFFSET. */
  count(parameter: string): string;
  /** The LIMIT that an offset without a limit needs; "" if none. */
  readonly noLimit: string;
  /** Returns the statements that begin a transaction. */
  begin(options: { readonly isolation: Isolation | undefined; readonly readOnly: boolean }): string[];
  /** Returns a statement that explains how another one runs. */
  explain(sql: string, isAnalyzed: boolean): string;
  /** Returns why the database rejected a statement; undefined for other errors. */
  readRefusal(error: unknown): Refusal | undefined;
  /** Makes an insert skip rows that already exist; the columns are those of the key. */
  ignoreConflict(columns: readonly string[]): string;
  /** Whether an insert can name the key whose conflicts it handles; other databases handle conflicts of any key. */
  readonly hasConflictTarget: boolean;
  /**
   * How rows are inserted: one statement per row ("single"), one statement with a list of values per column ("lists"), or up to this
   * many rows per statement. Each form produces few different statements, whatever the number of rows.
   */
  readonly insertsMany: "single" | "lists" | number;
  /** Whether statements that write can return rows. */
  readonly hasReturning: boolean;
  /** Whether an insert returns keys as rows; other databases report one key outside of the result. */
  readonly returnsKeys: boolean;
  /** Whether an assignment of an update sees the results of earlier ones; in other databases all see the row before the update. */
  readonly hasOrderedAssignments: boolean;
  /** Clause of an insert without values. */
  readonly defaultValues: string;
  /** How the database searches for words. */
  readonly search: SearchSyntax;
  /** How the database writes table definitions. */
  readonly tables: TableSyntax;
  /** Writes an encoded value as a part of a definition. */
  literal(value: DriverValue): string;
  /** Returns the parts of a model that the database does not support. */
  findMistakes(meta: ModelMeta): DefinitionMistake[];
  /** Looks for stored values that filters would miss; absent if column types rule them out. Throws `E_VALUE_STORED`. */
  readonly assertStored?: (driver: Driver, models: readonly ModelClass[]) => Promise<void>;
  /** How the database estimates the rows of a table. */
  readonly estimate: RowEstimate;
  /** Statement that makes the database continue counting after the stored keys; "" if it does so by itself. */
  countOn(table: string, column: string): string;
}

/** How a database estimates the rows of a table. */
interface RowEstimate {
  /** The query, with the table as its parameter. */
  readonly sql: string;
  /** Returns the parameter of a table. */
  readonly subject: (table: string) => string;
  /** A query without rows while the database has no estimates; undefined if it always has them. */
  readonly needs?: string;
}

/** A comparison with a part of a JSON value. */
export interface JsonComparison {
  readonly operator: JsonOperator;
  /** Type of the compared value; "null" for null. */
  readonly valueType: "string" | "number" | "boolean" | "null";
  readonly part: string;
  readonly path: string;
  /** Paths of the lists in which the path starts. */
  readonly lists: readonly string[];
  readonly value: string;
}
