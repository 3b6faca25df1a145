/** What differs between databases, as the writer of statements and the executor need it. */
import type { AggregateName, CallName, CompareOperator, JsonOperator, JsonPath, OrderTerm, RowLock } from "../tree/node.ts";
import type { ValueType } from "../tree/value-type.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { Driver } from "../driver/contract.ts";
import type { ModelClass, ModelMeta } from "../schema/model-class.ts";
import type { SearchSyntax } from "../tree/search-syntax.ts";
import type { TableSyntax } from "./table-syntax.ts";
import type { TruncateUnit } from "../schema/zones.ts";
import type { DefinitionMistake } from "../schema/definitions.ts";

/** A comparison of a text with a pattern or another text, as SQL. */
export interface TextComparison {
  readonly operator: CompareOperator;
  readonly left: string;
  /** The bound text: the SQL of the parameter, in one of the forms that encodeText() makes. */
  readonly right: (form: 0 | 1) => string;
}

/** Why a database has refused a statement. */
type RefusalKind =
  | "unique"
  | "foreignKey"
  | "check"
  | "notNull"
  | "tooLong"
  | "range"
  | "joined"
  | "conflict"
  | "lock"
  | "timeout"
  | "connection";

/** A refusal of the database, with what it names. */
export interface Refusal {
  readonly kind: RefusalKind;
  /** Name of the constraint; undefined where the database does not say it. */
  readonly constraint?: string | undefined;
  /** Names of the columns; empty where the database does not say them. */
  readonly columns: readonly string[];
  /** Table that holds the rows in the way; undefined where the database does not say it. */
  readonly table?: string | undefined;
}

/** How a transaction is isolated from others. */
export type Isolation = "read committed" | "repeatable read" | "serializable";

/** A database's own ways. */
export interface Dialect {
  readonly name: "sqlite" | "postgres" | "mariadb" | "mysql";
  /** Its name for people. */
  readonly title: string;
  /** A name, in quotes. */
  quote(name: string): string;
  /** A parameter of a type, around its mark. */
  parameter(mark: string, type: ValueType, isList: boolean): string;
  /** Whether each mention of a parameter is bound again: `?` instead of `$1`. */
  readonly isPositional: boolean;
  /** No value, of a type. */
  nullOf(type: ValueType): string;
  /** A value on its way to the database. */
  encode(value: unknown, type: ValueType): DriverValue;
  /** A list on its way to the database. */
  encodeList(values: readonly unknown[], type: ValueType): DriverValue;
  /** What turns a value of the database into one of the model; undefined when it is that already. */
  decoder(type: ValueType, readsBigInts: boolean): ((value: DriverValue) => unknown) | undefined;
  /** Whether two values differ of which either may be missing. */
  differ(left: string, right: string): string;
  /** A comparison of texts. */
  compareText(comparison: TextComparison): string;
  /** What is bound for a comparison of texts: patterns are escaped. Form 1 is the second value, where one needs two. */
  encodeText(operator: CompareOperator, text: string, form: 0 | 1): DriverValue;
  /** Whether a value is one of a bound list. */
  inList(part: string, list: string, isNegated: boolean, type: ValueType): string;
  /** A function of values. */
  call(name: CallName, parts: readonly string[], type: ValueType, partType: ValueType): string;
  /** A moment on the clocks of a zone, or the moment at which a unit began there. */
  zone(part: string, zone: string, unit: TruncateUnit | undefined): string;
  /** A function of many rows; `over` says of which ones around each row. */
  aggregate(name: AggregateName, inner: string, type: ValueType, over: string): string;
  /** The texts of many rows as one, in an order that was written; the separator is a literal. */
  joinTexts(text: string, isDistinct: boolean, order: string, separator: string): string;
  /** The part of a value of JSON as a text. The path counts in lists, whose own paths are given. */
  jsonText(part: string, path: string, lists: readonly string[]): string;
  /** A comparison of a part of a value of JSON. */
  jsonCompare(comparison: JsonComparison): string;
  encodeJsonPath(path: JsonPath): DriverValue;
  encodeJsonOperand(value: string | number | boolean | null): DriverValue;
  /** A step of an order. */
  order(sql: string, term: OrderTerm): string;
  /** A query inside of a statement that changes the same table; some databases want it wrapped. */
  derive(sql: string): string;
  /** What locks the rows of a query's own table; "" where the database has no such thing. */
  lock(lock: RowLock, table: string): string;
  /** A bound number of rows, behind LIMIT or OFFSET. */
  count(parameter: string): string;
  /** A limit without one, for an offset alone; "" where none is needed. */
  readonly noLimit: string;
  /** The statements that begin a transaction. */
  begin(options: { readonly isolation: Isolation | undefined; readonly readOnly: boolean }): string[];
  /** A statement that tells how another one is run. */
  explain(sql: string, isAnalyzed: boolean): string;
  /** Why the database has refused a statement; undefined of other errors. */
  readRefusal(error: unknown): Refusal | undefined;
  /** What makes an insert leave rows alone that are there already; the columns are those of the key. */
  ignoreConflict(columns: readonly string[]): string;
  /** Whether an insert can name the key whose conflict it minds; others mind any. */
  readonly hasConflictTarget: boolean;
  /**
   * How many rows are inserted: one statement for each ("single"), lists of values for each column in one ("lists"), or up to so
   * many rows in one. Each form has few statements, whatever the number of rows.
   */
  readonly insertsMany: "single" | "lists" | number;
  /** Whether statements that write can give rows back. */
  readonly hasReturning: boolean;
  /** Whether an insert gives keys back as rows; others tell one beside the result. */
  readonly returnsKeys: boolean;
  /** Whether an assignment of an update reads what those before it have set; elsewhere all read the row as it was. */
  readonly hasOrderedAssignments: boolean;
  /** What an insert without any values says. */
  readonly defaultValues: string;
  /** How it searches for words. */
  readonly search: SearchSyntax;
  /** What tables are made of. */
  readonly tables: TableSyntax;
  /** A value that has been encoded, as a part of a definition. */
  literal(value: DriverValue): string;
  /** What the database cannot hold of a model. */
  findMistakes(meta: ModelMeta): DefinitionMistake[];
  /** Looks for stored values that filters would miss; absent where types of columns leave none. Throws `E_VALUE_STORED`. */
  readonly assertStored?: (driver: Driver, models: readonly ModelClass[]) => Promise<void>;
  /** How the database estimates the rows of a table. */
  readonly estimate: RowEstimate;
  /** The statement after which the database counts keys after the stored ones; "" where it does so on its own. */
  countOn(table: string, column: string): string;
}

/** How a database estimates the rows of a table. */
interface RowEstimate {
  /** The query, with the table as its parameter. */
  readonly sql: string;
  /** Returns the parameter of a table. */
  readonly subject: (table: string) => string;
  /** A query that finds nothing while the database has no estimates; undefined where it always has them. */
  readonly needs?: string;
}

/** A comparison of a part of a value of JSON. */
export interface JsonComparison {
  readonly operator: JsonOperator;
  /** Type of the value that is compared; "null" for null. */
  readonly valueType: "string" | "number" | "boolean" | "null";
  readonly part: string;
  readonly path: string;
  /** Paths of the lists that the path counts in. */
  readonly lists: readonly string[];
  readonly value: string;
}
