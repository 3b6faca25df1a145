/** Columns of models: what a field stores, and what forms, the admin and the database know about it. */
import { assertColumnKinds, assertLabels } from "./option-kinds.ts";

/** Column types, in the order of the documentation. */
const columnTypes = [
  "id",
  "uuid",
  "text",
  "slug",
  "email",
  "url",
  "int",
  "bigint",
  "float",
  "decimal",
  "boolean",
  "date",
  "time",
  "datetime",
  "json",
  "bytes",
  "choice",
  "duration",
  "ip",
  "array",
  "file",
] as const;

/** A column type. Each maps to one TypeScript type and to one type of each database. */
export type ColumnType = (typeof columnTypes)[number];

/** Whether a string names a column type. */
export function isColumnType(text: string): text is ColumnType {
  return (columnTypes as readonly string[]).includes(text); // A list of strings.
}

/** The input that a form shows for a value. */
export type Widget =
  | "hidden"
  | "text"
  | "textarea"
  | "email"
  | "url"
  | "number"
  | "checkbox"
  | "select"
  | "radio"
  | "date"
  | "time"
  | "datetime"
  | "none";

/** Checks one value. Returns an error message for people, or nothing. */
export type ValueCheck<Value> = (value: Value) => string | undefined | Promise<string | undefined>;

/** Base class of expressions that the database computes, so that definitions can tell them from values. */
export class DatabaseValue {}

/** A default that the database computes: an expression without columns, such as `now()` or `` sql`gen_random_uuid()` ``. */
interface DatabaseDefault {
  /** The expression as data. */
  readonly $node: unknown;
}

/** Options of every column. */
export interface ColumnOptions<Value = unknown> {
  /** Whether the value may be null. Default false. */
  readonly null?: boolean;
  /**
   * Value of new rows that give none: a value, a function that returns one, or an expression that the database computes. None by
   * default.
   */
  readonly default?: Value | (() => Value) | DatabaseDefault | null;
  /** Whether each value may occur only once. Default false. */
  readonly unique?: boolean;
  /** Whether the column has a separate index. Default false. */
  readonly index?: boolean;
  /** Whether the column is the primary key. Default false, or true for `f.id()`. */
  readonly primary?: boolean;
  /** Name of the column. By default the name of the field in snake_case. */
  readonly column?: string;
  /** Display name. By default derived from the name of the field. */
  readonly label?: string;
  /** Help text below the field in a form. None by default. */
  readonly help?: string;
  /** Placeholder of an empty form field. None by default. */
  readonly placeholder?: string;
  /** Comment in the database. None by default. */
  readonly comment?: string;
  /** Whether forms and schemas include the field; code may always set it. Default true. */
  readonly editable?: boolean;
  /** Whether the value is left out of JSON, logs, exports and history. Default false. */
  readonly secret?: boolean;
  /** Additional validators. They only run on values that pass the checks of the type. None by default. */
  readonly validate?: ValueCheck<Value> | ReadonlyArray<ValueCheck<Value>>;
  /** The input that forms show. By default one that fits the type. */
  readonly widget?: Widget;
  /** Previous name of the field, for the migration that renames it. None by default. */
  readonly was?: string;
  /** Whether code no longer uses the column, which still exists. Default false. */
  readonly retired?: boolean;
}

/** Options of text fields. */
export interface TextOptions extends ColumnOptions<string> {
  /** Maximum number of characters (code points). No limit by default. */
  readonly max?: number;
  /** Minimum number of characters. None by default. */
  readonly min?: number;
  /** Pattern that the value must match. None by default. */
  readonly pattern?: RegExp;
  /** Whether the empty string is allowed. Default false. */
  readonly blank?: boolean;
}

/** Options of slug fields. */
export interface SlugOptions extends TextOptions {
  /** Field from which the slug is made if you give none. None by default. */
  readonly from?: string;
}

/** Options of number fields. */
export interface NumberOptions<Value> extends ColumnOptions<Value> {
  /** Smallest value. By default that of the type. */
  readonly min?: Value;
  /** Largest value. By default that of the type. */
  readonly max?: Value;
}

/** Options of decimal fields. Decimals are strings in TypeScript, so that no digit is lost. */
export interface DecimalOptions extends NumberOptions<string> {
  /** Total number of digits, 1 to 38. */
  readonly digits: number;
  /** Digits after the decimal point, 0 to `digits`. */
  readonly scale: number;
  /**
   * "text" lets SQLite keep more than 15 digits, by storing a string. You can then test the column for equality, but not order by it
   * or compute with it, on any database. By default the value is stored as a number.
   */
  readonly storage?: "text";
}

/** Options of datetime fields. */
export interface DatetimeOptions extends ColumnOptions<Date> {
  /** "create" sets the current time when a row is created, "update" also when it is changed. Never by default. */
  readonly auto?: "create" | "update";
  /**
   * Fraction digits of a second that the column stores. Set it for columns that Gable did not create. With 6, comparisons use
   * milliseconds, since JavaScript dates have no more digits; with 0, values are whole seconds. Default 3.
   */
  readonly precision?: MomentPrecision;
}

/** Fraction digits of a second. */
export type MomentPrecision = 0 | 3 | 6;

/** Options of primary keys. */
export interface IdOptions {
  /** "integer" counts up; "uuid" generates UUIDs of version 7. Default "integer". */
  readonly kind?: "integer" | "uuid";
  /** Name of the column. By default that of the field. */
  readonly column?: string;
}

/** Options of bytes fields. */
export interface BytesOptions extends ColumnOptions<Uint8Array> {
  /** Maximum number of bytes. By default the limit of the database. */
  readonly max?: number;
}

/** Options of list fields. */
export interface ArrayOptions<Item> extends ColumnOptions<readonly Item[]> {
  /** Minimum number of items. None by default. */
  readonly min?: number;
  /** Maximum number of items. By default the limit of the database. */
  readonly max?: number;
}

/** Options of file fields. */
export interface FileOptions extends ColumnOptions<string> {
  /** Media types that forms accept, such as "image/png" or "image/*". Any by default. */
  readonly accept?: readonly string[];
  /** Largest file that forms accept, in bytes. Default 10_485_760 (10 MiB). */
  readonly bytesMax?: number;
  /** Start of the keys of files that forms store, such as "covers". None by default. */
  readonly prefix?: string;
}

/** Options of choice fields. */
export interface ChoiceOptions<Key extends string> extends ColumnOptions<Key> {
  /** Whether the database checks the value as well. Default true. */
  readonly check?: boolean;
}

/** Stored options of a column of any type. */
export type AnyColumnOptions = ColumnOptions &
  Partial<
    Omit<TextOptions, keyof ColumnOptions> &
      Omit<SlugOptions, keyof TextOptions> &
      Pick<DecimalOptions, "digits" | "scale" | "storage"> &
      Pick<DatetimeOptions, "auto" | "precision"> &
      Pick<ChoiceOptions<string>, "check"> &
      Pick<FileOptions, "accept" | "bytesMax" | "prefix">
  > & { readonly min?: unknown; readonly max?: unknown };

/** What a column consists of, besides its options. */
interface ColumnParts {
  readonly choices?: Readonly<Record<string, string>> | undefined;
  readonly items?: AnyColumn | undefined;
}

/**
 * A column. Three members exist only for the compiler: the type of the value, whether an insert requires it, and whether
 * it is the key. The types of rows and inserts read nothing else, which keeps them cheap.
 */
export class Column<Value, Insert extends "required" | "optional", IsKey extends boolean = false> {
  /** Distinguishes columns from relations. */
  readonly kind = "column";
  /** Type of the value; never set. */
  declare readonly value: Value;
  /** Whether an insert requires a value; never set. */
  declare readonly insert: Insert;
  /** Whether it is the primary key; never set. */
  declare readonly isKey: IsKey;
  /** Column type. */
  readonly type: ColumnType;
  /** The options as they were written. */
  readonly options: AnyColumnOptions;
  /** Labels by key of a choice; undefined for other columns. */
  readonly choices: Readonly<Record<string, string>> | undefined;
  /** The column of each item of a list; undefined for other columns. */
  readonly items: AnyColumn | undefined;

  /** @internal Use `field`. */
  constructor(type: ColumnType, options: AnyColumnOptions, { choices, items }: ColumnParts = {}) {
    this.type = type;
    assertColumnKinds(type, options);
    if (choices !== undefined) assertLabels("field.choice()", choices);
    this.options = Object.freeze(Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)));
    this.choices = choices === undefined ? undefined : Object.freeze({ ...choices });
    this.items = items;
    Object.freeze(this);
  }
}

/** A column that holds the key of a stored file. */
export type FileColumn<Value, Insert extends "required" | "optional", IsKey extends boolean = false> = Column<Value, Insert, IsKey> & {
  /** Tells it from other text. */
  readonly type: "file";
};

/** A column of any type. */
export type AnyColumn = Column<unknown, "required" | "optional", boolean>;

/** Whether a value is a column. */
export function isColumn(value: unknown): value is AnyColumn {
  return value instanceof Column;
}
