/**
 * Types of expressions in callbacks of queries: `book => book.pages.gt(3)`. Each type of value has the methods that
 * fit it. Members use method syntax, so that an expression without null is accepted where null is allowed.
 */

/** An argument of a method: a value, or an expression of the same type. */
type Argument<Value> = NonNullable<Value> | AnyExpression<NonNullable<Value> | null>;

/** Where an order puts rows with null. */
export interface OrderOptions {
  /** By default null counts as the largest value. */
  readonly nulls?: "first" | "last";
}

/** A step of an order, made by `asc()` or `desc()`. */
export interface Order {
  /** @internal */
  readonly $order: true;
}

/** Options of an aggregate. */
export interface AggregateOptions {
  /** Only reads rows that match this condition. All rows by default. */
  readonly where?: Condition;
  /** Whether each value counts once. Default false. */
  readonly distinct?: boolean;
}

/** Options for joining strings: which ones, and in which order. */
export interface StringAggregateOptions extends AggregateOptions {
  /** Order in which the strings are joined. By default their alphabetical order. */
  readonly orderBy?: Order | AnyExpression<unknown> | ReadonlyArray<Order | AnyExpression<unknown>>;
}

/** Options of a window: the rows that a value is computed from. */
export interface WindowOptions {
  /** Expressions whose equal values form one window. By default all rows are one window. */
  readonly partitionBy?: AnyExpression<unknown> | ReadonlyArray<AnyExpression<unknown>>;
  /** The order of the rows in a window. None by default. */
  readonly orderBy?: Order | AnyExpression<unknown> | ReadonlyArray<Order | AnyExpression<unknown>>;
  /**
   * Rows around the current one that aggregates and first and last values read: `[-2, 0]` is the two rows before it and itself.
   * By default, with an order, all rows up to the current one and its equals; without an order, the whole window.
   */
  readonly rows?: readonly [from: number | "start", to: number | "end"];
}

/** An expression of some type: the members that all expressions share for the compiler. */
export interface AnyExpression<Value> {
  /** Type of the value; never set. */
  readonly $value: Value;
  /** @internal The expression as data, for queries. */
  readonly $node: object;
}

/** A query of one column, for `in`. */
export interface ColumnQuery<Value> {
  /** Type of the column; never set. */
  readonly $column: Value;
}

/** Methods of every expression. */
export interface Expression<Value> extends AnyExpression<Value> {
  /** Whether it equals a value. */
  eq(value: Argument<Value>): Condition;
  /** Whether it differs from a value. Null differs from every value. */
  ne(value: Argument<Value>): Condition;
  /** Whether it is greater. */
  gt(value: Argument<Value>): Condition;
  /** Whether it is greater, or the same. */
  gte(value: Argument<Value>): Condition;
  /** Whether it is less. */
  lt(value: Argument<Value>): Condition;
  /** Whether it is less, or the same. */
  lte(value: Argument<Value>): Condition;
  /** Whether it lies between two values, both included. */
  between(low: Argument<Value>, high: Argument<Value>): Condition;
  /** Whether it is one of the values, or in the result of a query of one column. */
  in(values: ReadonlyArray<Value | null> | ColumnQuery<Value | null>): Condition;
  /** Whether it is none of the values, and not in the result of a query. */
  notIn(values: ReadonlyArray<Value | null> | ColumnQuery<Value | null>): Condition;
  /** Whether it is null. */
  isNull(): Condition;
  /** Whether it is not null. */
  isNotNull(): Condition;
  /** The value, or another one if it is null. */
  coalesce(value: Argument<Value>): ExpressionOf<NonNullable<Value>>;
  /**
   * Converts to the type of a field: `cast(field.int())`. Rounds numbers half away from zero; a string that is not a number
   * becomes null. Throws `E_EXPRESSION_TYPE` for types that cannot be converted.
   */
  cast<Target>(to: { readonly kind: "column"; readonly value: Target }): ExpressionOf<Target | null>;
  /** Null if it equals the given value, otherwise the value. */
  nullIf(value: Argument<Value>): ExpressionOf<Value | null>;
  /** Orders rows by it, the smallest value first. */
  asc(options?: OrderOptions): Order;
  /** Orders rows by it, the largest value first. */
  desc(options?: OrderOptions): Order;
  /** Counts rows that are not null. */
  count(options?: AggregateOptions): NumberExpression<number>;
  /** Smallest value; null without rows. */
  min(options?: AggregateOptions): ExpressionOf<Value | null>;
  /** Largest value; null without rows. */
  max(options?: AggregateOptions): ExpressionOf<Value | null>;
  /** Computes an aggregate over a window of rows: `book.price.sum().over({ partitionBy: book.authorId })`. */
  over(window: WindowOptions): ExpressionOf<Value>;
}

/** Arithmetic, for numbers and decimals. Decimals are strings. */
interface Arithmetic<Value> {
  add(value: Argument<Value> | number): ExpressionOf<Value>;
  sub(value: Argument<Value> | number): ExpressionOf<Value>;
  mul(value: Argument<Value> | number): ExpressionOf<Value>;
  /** Divides. Whole numbers give a whole number: the fraction is cut off. */
  div(value: Argument<Value> | number): ExpressionOf<Value>;
  mod(value: Argument<Value> | number): ExpressionOf<Value>;
  abs(): ExpressionOf<Value>;
  /** Rounds to this many digits after the decimal point. Default 0. */
  round(digits?: number): ExpressionOf<Value>;
  floor(): ExpressionOf<Value>;
  ceil(): ExpressionOf<Value>;
  /** Sum of all rows; null without rows. */
  sum(options?: AggregateOptions): ExpressionOf<Value | null>;
  /** Mean of all rows; null without rows. */
  avg(options?: AggregateOptions): NumberExpression<number | null>;
}

/** Parts of days and datetimes: in UTC, or in a time zone such as "Europe/Berlin". */
interface Calendar {
  /** The day, as `"2026-11-20"`. */
  date(zone?: string): TextExpression<string>;
  year(zone?: string): NumberExpression<number>;
  /** 1 to 12. */
  month(zone?: string): NumberExpression<number>;
  /** 1 to 31. */
  day(zone?: string): NumberExpression<number>;
  /** 1 for Monday to 7 for Sunday (ISO 8601). */
  weekDay(zone?: string): NumberExpression<number>;
  /** 0 to 23. */
  hour(zone?: string): NumberExpression<number>;
}

/** Units of days. Weeks start on Monday (ISO 8601). */
export type DayUnit = "year" | "quarter" | "month" | "week" | "day";

/** Days to add to a date: whole numbers, negative ones go back. */
export interface DaySpan {
  /** Each is 12 months. */
  readonly years?: number;
  /** A day that the resulting month does not have becomes its last day: 31 January and one month are 28 or 29 February. */
  readonly months?: number;
  /** Each is 7 days. */
  readonly weeks?: number;
  /** Days after the months are added. */
  readonly days?: number;
}

/** Time to add to a datetime: whole numbers, negative ones go back. Months come first, then days, then hours. */
export interface Span extends DaySpan {
  /** Each is 60 minutes, also across clock changes. */
  readonly hours?: number;
  /** Each is 60 seconds. */
  readonly minutes?: number;
  /** Seconds after everything else is added. */
  readonly seconds?: number;
}

/** A string. Decimals, days and times are strings as well, so they have the same methods. */
export interface TextExpression<Value> extends Expression<Value>, Arithmetic<Value>, Calendar {
  /** Adds a number to a decimal, or days to a date: `{ months: 1 }`. The query throws `E_DATE_RANGE` outside of the years 1 to 9999. */
  add(value: Argument<Value> | number | DaySpan): ExpressionOf<Value>;
  /** Subtracts a number from a decimal, or days from a date. */
  sub(value: Argument<Value> | number | DaySpan): ExpressionOf<Value>;
  /** The first day of the year, quarter, month or week (Monday) of a date. Throws `E_EXPRESSION_ARGUMENT` or `E_EXPRESSION_TYPE`. */
  truncate(unit: DayUnit): TextExpression<Value>;
  /** Whether it contains a string. Case-sensitive. */
  contains(text: string): Condition;
  /** Whether it starts with a string. Case-sensitive. */
  startsWith(text: string): Condition;
  /** Whether it ends with a string. Case-sensitive. */
  endsWith(text: string): Condition;
  /** Whether it equals a string. Case-insensitive. */
  ieq(text: string): Condition;
  /** Whether it contains a string. Case-insensitive. */
  icontains(text: string): Condition;
  /** Whether it starts with a string. Case-insensitive. */
  istartsWith(text: string): Condition;
  /** Whether it ends with a string. Case-insensitive. */
  iendsWith(text: string): Condition;
  /** Converts to lower case. */
  lower(): TextExpression<Value>;
  /** Converts to upper case. */
  upper(): TextExpression<Value>;
  /** Removes spaces at both ends. */
  trim(): TextExpression<Value>;
  /** Number of characters (code points). */
  length(): NumberExpression<number>;
  /** Returns this many characters, starting at a position; the first is 1. */
  substring(start: number, length?: number): TextExpression<Value>;
  /** Replaces each occurrence of a string. */
  replace(search: string, replacement: string): TextExpression<Value>;
  /** Appends other values; null counts as an empty string. */
  concat(...parts: ReadonlyArray<string | AnyExpression<unknown>>): TextExpression<string>;
  /**
   * Joins the strings of all rows with a separator: `book.tags.name.stringAggregate(", ")`; null without rows. Skips rows with
   * null. Throws `E_EXPRESSION_ARGUMENT`; the query throws `E_TEXT_TOO_LONG` for a result larger than a packet of MariaDB.
   */
  stringAggregate(separator: string, options?: StringAggregateOptions): TextExpression<string | null>;
}

/** A number. */
export interface NumberExpression<Value> extends Expression<Value>, Arithmetic<Value> {}

/** A datetime. */
export interface DateExpression<Value> extends Expression<Value>, Calendar {
  /** The start of its year, quarter, month, week (Monday), day or hour: in UTC, or in a time zone. Throws `E_EXPRESSION_ARGUMENT`. */
  truncate(unit: DayUnit | "hour", zone?: string): DateExpression<Value>;
  /**
   * Adds a span: `{ days: 7 }`. With a time zone, years to days keep the local time. Throws `E_EXPRESSION_ARGUMENT` or
   * `E_OPTION_UNKNOWN`; the query throws `E_DATE_RANGE` outside of the years 1 to 9999.
   */
  add(span: Span, zone?: string): DateExpression<Value>;
  /** Subtracts a span, in the same way. */
  sub(span: Span, zone?: string): DateExpression<Value>;
}

/** True or false. */
export interface Condition extends Expression<boolean> {
  /** Whether this and all the others are true. */
  and(...conditions: readonly Condition[]): Condition;
  /** Whether this or any of the others is true. */
  or(...conditions: readonly Condition[]): Condition;
  /** The exact complement: null counts as not true. */
  not(): Condition;
}

/** A value of JSON, or bytes. */
export interface JsonExpression<Value> extends AnyExpression<Value> {
  /** Whether it is null. */
  isNull(): Condition;
  /** Whether it is not null. */
  isNotNull(): Condition;
  /** A part of the value, as a string. String keys name properties; numbers count items, from the end when negative. */
  at(...path: ReadonlyArray<string | number>): TextExpression<string | null>;
  /** Whether it equals a value, in any order of keys. */
  equals(value: unknown): Condition;
  /** Whether it contains a value: some entries of an object, or some items of a list. */
  contains(value: unknown): Condition;
  /** Whether it is an object with this key. */
  hasKey(key: string): Condition;
  /** Counts rows that are not null. */
  count(options?: AggregateOptions): NumberExpression<number>;
}

/** A list: from a list column, or in JSON. */
export interface ArrayExpression<Value, Item> extends JsonExpression<Value> {
  /** Whether the list contains an item. */
  has(item: Item): Condition;
  /** Whether the list contains all of the items. */
  hasAll(items: readonly Item[]): Condition;
  /** Whether the list contains any of the items. */
  hasAny(items: readonly Item[]): Condition;
  /** Whether the list is empty. */
  isEmpty(): Condition;
  /** Number of items. */
  length(): NumberExpression<number>;
  /** Whether the lists are the same, item by item. */
  eq(value: NonNullable<Value>): Condition;
  /** Whether the lists differ. */
  ne(value: NonNullable<Value>): Condition;
}

/** The expression for a type of value. */
export type ExpressionOf<Value> = [NonNullable<Value>] extends [string]
  ? TextExpression<Value>
  : [NonNullable<Value>] extends [number | bigint]
    ? NumberExpression<Value>
    : [NonNullable<Value>] extends [boolean]
      ? BooleanExpression<Value>
      : [NonNullable<Value>] extends [Date]
        ? DateExpression<Value>
        : [NonNullable<Value>] extends [Uint8Array]
          ? Expression<Value>
          : [NonNullable<Value>] extends [ReadonlyArray<infer Item>]
            ? ArrayExpression<Value, Item>
            : JsonExpression<Value>;

/** A column that is true or false. */
export interface BooleanExpression<Value> extends Expression<Value> {
  /** Whether this and all the others are true. */
  and(...conditions: readonly Condition[]): Condition;
  /** Whether this or any of the others is true. */
  or(...conditions: readonly Condition[]): Condition;
  /** Whether this is not true. */
  not(): Condition;
}
