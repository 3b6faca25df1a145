/** Columns of models: what a field stores, and everything that forms, the admin and the database know of it. */

/** Kinds of columns, in the order of the documentation. */
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
] as const;

/** Kinds of columns: each is one type of TypeScript and one of each database. */
export type ColumnType = (typeof columnTypes)[number];

/** Whether a text is a kind of columns. */
export function isColumnType(text: string): text is ColumnType {
  return (columnTypes as readonly string[]).includes(text); // A list of texts.
}

/** How a form asks for a value. */
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

/** A check of one value: gives what is wrong with it, as a sentence to a person, or nothing. */
export type ValueCheck<Value> = (value: Value) => string | undefined | Promise<string | undefined>;

/** What the database itself computes: the base of expressions, so that definitions can tell them from values. */
export class DatabaseValue {}

/** A default that the database gives: an expression without columns, such as `now()` or `` sql`gen_random_uuid()` ``. */
interface DatabaseDefault {
  /** The expression as data. */
  readonly $node: unknown;
}

/** Options that every column has. */
export interface ColumnOptions<Value = unknown> {
  /** Whether the value may be absent. Default false. */
  readonly null?: boolean;
  /**
   * Value of new rows that give none: a value, a function that makes one, or an expression that the database computes. None by
   * default.
   */
  readonly default?: Value | (() => Value) | DatabaseDefault | null;
  /** Whether no two rows may have the same value. Default false. */
  readonly unique?: boolean;
  /** Whether the column has an index of its own. Default false. */
  readonly index?: boolean;
  /** Whether the column is the primary key. Default false, true of `f.id()`. */
  readonly primary?: boolean;
  /** Name of the column. By default the name of the field in snake_case. */
  readonly column?: string;
  /** Name for people. By default made of the name of the field. */
  readonly label?: string;
  /** A sentence below the field of a form. None by default. */
  readonly help?: string;
  /** Example in an empty field of a form. None by default. */
  readonly placeholder?: string;
  /** Comment in the database. None by default. */
  readonly comment?: string;
  /** Whether forms and schemas have the field; code may always set it. Default true. */
  readonly editable?: boolean;
  /** Whether the value is kept out of JSON, logs, exports and history. Default false. */
  readonly secret?: boolean;
  /** Checks beyond those of the type; they see values alone that pass these. None by default. */
  readonly validate?: ValueCheck<Value> | ReadonlyArray<ValueCheck<Value>>;
  /** How a form asks for the value. By default what fits the type. */
  readonly widget?: Widget;
  /** Former name of the field, for the migration that renames it. None by default. */
  readonly was?: string;
  /** Whether code has stopped to use the column, which still exists. Default false. */
  readonly retired?: boolean;
}

/** Options of texts. */
export interface TextOptions extends ColumnOptions<string> {
  /** Most characters (code points). Without it, the text may be of any length. */
  readonly max?: number;
  /** Fewest characters. None by default. */
  readonly min?: number;
  /** What the text must look like. None by default. */
  readonly pattern?: RegExp;
  /** Whether the empty text is allowed. Default false. */
  readonly blank?: boolean;
}

/** Options of slugs. */
export interface SlugOptions extends TextOptions {
  /** Name of the field that the slug is made of when none is given. None by default. */
  readonly from?: string;
}

/** Options of numbers. */
export interface NumberOptions<Value> extends ColumnOptions<Value> {
  /** Smallest value. That of the type by default. */
  readonly min?: Value;
  /** Largest value. That of the type by default. */
  readonly max?: Value;
}

/** Options of decimal numbers, which are texts in TypeScript: no digit is lost. */
export interface DecimalOptions extends NumberOptions<string> {
  /** Digits in all, 1 to 38. */
  readonly digits: number;
  /** Digits behind the point, 0 to `digits`. */
  readonly scale: number;
  /**
   * "text" lets SQLite keep more than 15 digits, as a text: such a column can be equal to a value, and is neither ordered nor
   * computed with, on any database. By default it is a number.
   */
  readonly storage?: "text";
}

/** Options of moments. */
export interface DatetimeOptions extends ColumnOptions<Date> {
  /** "create" sets the moment when a row is made, "update" also when it is changed. Never by default. */
  readonly auto?: "create" | "update";
  /**
   * Digits of a second that the column stores, for columns that somebody else has made. With 6, comparisons mean the millisecond, as
   * values have no more digits; with 0, values are whole seconds. Default 3, as Gable creates columns.
   */
  readonly precision?: MomentPrecision;
}

/** Digits of a second. */
export type MomentPrecision = 0 | 3 | 6;

/** Options of keys. */
export interface IdOptions {
  /** "integer" counts up; "uuid" makes UUIDs of version 7. Default "integer". */
  readonly kind?: "integer" | "uuid";
  /** Name of the column. Default that of the field. */
  readonly column?: string;
}

/** Options of bytes. */
export interface BytesOptions extends ColumnOptions<Uint8Array> {
  /** Most bytes. Without it, as many as the database takes. */
  readonly max?: number;
}

/** Options of lists. */
export interface ArrayOptions<Item> extends ColumnOptions<readonly Item[]> {
  /** Fewest items. None by default. */
  readonly min?: number;
  /** Most items. As many as the database takes by default. */
  readonly max?: number;
}

/** Options of choices. */
export interface ChoiceOptions<Key extends string> extends ColumnOptions<Key> {
  /** Whether the database checks the value, too. Default true. */
  readonly check?: boolean;
}

/** Every option that a column of any type has, as it is kept. */
export type AnyColumnOptions = ColumnOptions &
  Partial<
    Omit<TextOptions, keyof ColumnOptions> &
      Omit<SlugOptions, keyof TextOptions> &
      Pick<DecimalOptions, "digits" | "scale" | "storage"> &
      Pick<DatetimeOptions, "auto" | "precision"> &
      Pick<ChoiceOptions<string>, "check">
  > & { readonly min?: unknown; readonly max?: unknown };

/** What a column is made of beside its options. */
interface ColumnParts {
  readonly choices?: Readonly<Record<string, string>> | undefined;
  readonly items?: AnyColumn | undefined;
}

/**
 * A column. Three facts exist for the compiler alone: the type of the value, whether an insert must give it, and whether
 * it is the key. They are all that types of rows and inserts read, which keeps them cheap.
 */
export class Column<Value, Insert extends "required" | "optional", IsKey extends boolean = false> {
  /** Tells it from relations. */
  readonly kind = "column";
  /** Type of the value; never set. */
  declare readonly value: Value;
  /** Whether an insert must give a value; never set. */
  declare readonly insert: Insert;
  /** Whether it is the primary key; never set. */
  declare readonly isKey: IsKey;
  /** Type of its values. */
  readonly type: ColumnType;
  /** The options as they were written. */
  readonly options: AnyColumnOptions;
  /** Labels by key, of a choice; undefined of other columns. */
  readonly choices: Readonly<Record<string, string>> | undefined;
  /** The column of each item, of a list; undefined of other columns. */
  readonly items: AnyColumn | undefined;

  /** @internal Use `field`. */
  constructor(type: ColumnType, options: AnyColumnOptions, { choices, items }: ColumnParts = {}) {
    this.type = type;
    this.options = Object.freeze({ ...options });
    this.choices = choices === undefined ? undefined : Object.freeze({ ...choices });
    this.items = items;
    Object.freeze(this);
  }
}

/** A column of any type. */
export type AnyColumn = Column<unknown, "required" | "optional", boolean>;

/** Whether a value is a column. */
export function isColumn(value: unknown): value is AnyColumn {
  return value instanceof Column;
}
