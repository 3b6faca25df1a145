/**
 * Types of expressions in callbacks of queries: `book => book.pages.gt(3)`. Each type of value has the methods that make
 * sense for it. Methods are written as methods, so that an expression without null fits where null is allowed.
 */

/** What a method takes: a value, or an expression of the same type. */
type Argument<Value> = NonNullable<Value> | AnyExpression<NonNullable<Value> | null>;

/** Where rows without a value come in an order. */
export interface OrderOptions {
  /** By default rows without a value come as if theirs were the largest. */
  readonly nulls?: "first" | "last";
}

/** A step of an order, made by `asc()` or `desc()`. */
export interface Order {
  /** @internal */
  readonly $order: true;
}

/** Which values an aggregate reads. */
export interface AggregateOptions {
  /** Reads rows alone where this holds. All by default. */
  readonly where?: Condition;
  /** Whether each value counts once. Default false. */
  readonly distinct?: boolean;
}

/** Which texts are joined, and in which order. */
export interface StringAggregateOptions extends AggregateOptions {
  /** The order of the texts. Their own by default. */
  readonly orderBy?: Order | AnyExpression<unknown> | ReadonlyArray<Order | AnyExpression<unknown>>;
}

/** The rows among which a value is computed. */
export interface WindowOptions {
  /** What rows of one window have in common. All rows are one window by default. */
  readonly partitionBy?: AnyExpression<unknown> | ReadonlyArray<AnyExpression<unknown>>;
  /** The order of the rows in a window. None by default. */
  readonly orderBy?: Order | AnyExpression<unknown> | ReadonlyArray<Order | AnyExpression<unknown>>;
  /**
   * Which rows around the row count, for aggregates and first and last values: `[-2, 0]` are the two before and the row itself.
   * By default, with an order, those up to the row and its equals; without one, all of the window.
   */
  readonly rows?: readonly [from: number | "start", to: number | "end"];
}

/** An expression of some type: what all expressions share for the compiler. */
export interface AnyExpression<Value> {
  /** Type of the value; never set. */
  readonly $value: Value;
  /** @internal The expression as data, which only queries read. */
  readonly $node: object;
}

/** A query that reads one column, for `in`. */
export interface ColumnQuery<Value> {
  /** Type of the column; never set. */
  readonly $column: Value;
}

/** What every expression can do. */
export interface Expression<Value> extends AnyExpression<Value> {
  /** Whether it equals a value. */
  eq(value: Argument<Value>): Condition;
  /** Whether it differs from a value; no value differs from each. */
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
  /** Whether it is one of a list, or of what a query of one column reads. */
  in(values: ReadonlyArray<Value | null> | ColumnQuery<Value | null>): Condition;
  /** Whether it is none of the values, or of those that a query gives. */
  notIn(values: ReadonlyArray<Value | null> | ColumnQuery<Value | null>): Condition;
  /** Whether there is no value. */
  isNull(): Condition;
  /** Whether there is a value. */
  isNotNull(): Condition;
  /** The value, or another one where there is none. */
  coalesce(value: Argument<Value>): ExpressionOf<NonNullable<Value>>;
  /**
   * It as a value of another type, that of a field: `cast(field.int())`. Numbers are rounded half away from zero; a text that is no
   * number becomes no value. Throws `E_EXPRESSION_TYPE` for types that are not turned into each other.
   */
  cast<Target>(to: { readonly kind: "column"; readonly value: Target }): ExpressionOf<Target | null>;
  /** No value where it equals another one. */
  nullIf(value: Argument<Value>): ExpressionOf<Value | null>;
  /** Rows in its order, the least first. */
  asc(options?: OrderOptions): Order;
  /** Rows in its order, the greatest first. */
  desc(options?: OrderOptions): Order;
  /** Number of rows that have a value. */
  count(options?: AggregateOptions): NumberExpression<number>;
  /** Smallest value; null of no rows. */
  min(options?: AggregateOptions): ExpressionOf<Value | null>;
  /** Largest value; null of no rows. */
  max(options?: AggregateOptions): ExpressionOf<Value | null>;
  /** An aggregate of each row's neighbours instead of all rows: `book.price.sum().over({ partitionBy: book.authorId })`. */
  over(window: WindowOptions): ExpressionOf<Value>;
}

/** Arithmetic, for numbers and for decimals, which are texts. */
interface Arithmetic<Value> {
  add(value: Argument<Value> | number): ExpressionOf<Value>;
  sub(value: Argument<Value> | number): ExpressionOf<Value>;
  mul(value: Argument<Value> | number): ExpressionOf<Value>;
  /** Whole numbers give a whole number: what is behind the point is cut off. */
  div(value: Argument<Value> | number): ExpressionOf<Value>;
  mod(value: Argument<Value> | number): ExpressionOf<Value>;
  abs(): ExpressionOf<Value>;
  /** Rounded to so many digits behind the point. Default 0. */
  round(digits?: number): ExpressionOf<Value>;
  floor(): ExpressionOf<Value>;
  ceil(): ExpressionOf<Value>;
  /** Sum of all rows; null of no rows. */
  sum(options?: AggregateOptions): ExpressionOf<Value | null>;
  /** Mean of all rows; null of no rows. */
  avg(options?: AggregateOptions): NumberExpression<number | null>;
}

/** Parts of days and moments: in UTC, or of moments on the clocks of a zone such as "Europe/Berlin". */
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

/** A text. Decimals, days and times are texts, too: their methods stand here beside those of texts. */
export interface TextExpression<Value> extends Expression<Value>, Arithmetic<Value>, Calendar {
  /** Whether it has a text in it, case counted. */
  contains(text: string): Condition;
  /** Whether it begins with a text, case counted. */
  startsWith(text: string): Condition;
  /** Whether it ends with a text, case counted. */
  endsWith(text: string): Condition;
  /** Whether it equals a text but for upper and lower case. */
  ieq(text: string): Condition;
  /** Whether it has a text in it, in any case. */
  icontains(text: string): Condition;
  /** Whether it begins with a text, in any case. */
  istartsWith(text: string): Condition;
  /** Whether it ends with a text, in any case. */
  iendsWith(text: string): Condition;
  /** It in small letters. */
  lower(): TextExpression<Value>;
  /** It in capital letters. */
  upper(): TextExpression<Value>;
  /** Without blanks at both ends. */
  trim(): TextExpression<Value>;
  /** Number of characters (code points). */
  length(): NumberExpression<number>;
  /** So many characters from a place; the first one is 1. */
  substring(start: number, length?: number): TextExpression<Value>;
  /** It with each occurrence of a text replaced. */
  replace(search: string, replacement: string): TextExpression<Value>;
  /** Joined with others; no value counts as an empty text. */
  concat(...parts: ReadonlyArray<string | AnyExpression<unknown>>): TextExpression<string>;
  /**
   * The texts of all rows as one, with another text between them: `book.tags.name.stringAggregate(", ")`; null of no rows. Rows
   * without a text are left out. Throws `E_EXPRESSION_ARGUMENT`; the query throws `E_TEXT_TOO_LONG` for more than a packet of MariaDB.
   */
  stringAggregate(separator: string, options?: StringAggregateOptions): TextExpression<string | null>;
}

/** A number. */
export interface NumberExpression<Value> extends Expression<Value>, Arithmetic<Value> {}

/** A moment. */
export interface DateExpression<Value> extends Expression<Value>, Calendar {
  /** The first moment of its year, month, day or hour: in UTC, or on the clocks of a zone. Throws `E_EXPRESSION_ARGUMENT`. */
  truncate(unit: "year" | "month" | "day" | "hour", zone?: string): DateExpression<Value>;
}

/** True or false. */
export interface Condition extends Expression<boolean> {
  /** Whether this and all others hold. */
  and(...conditions: readonly Condition[]): Condition;
  /** Whether this or one of the others holds. */
  or(...conditions: readonly Condition[]): Condition;
  /** The exact complement: what is unknown counts as not true. */
  not(): Condition;
}

/** A value of JSON, or bytes. */
export interface JsonExpression<Value> extends AnyExpression<Value> {
  /** Whether there is no value. */
  isNull(): Condition;
  /** Whether there is a value. */
  isNotNull(): Condition;
  /** A part of the value, as a text. Keys are texts; numbers count items, from the end when negative. */
  at(...path: ReadonlyArray<string | number>): TextExpression<string | null>;
  /** Whether it is a value, whatever the order of keys. */
  equals(value: unknown): Condition;
  /** Whether it holds a value: an object some of its entries, a list some of its items. */
  contains(value: unknown): Condition;
  /** Whether it is an object with a key. */
  hasKey(key: string): Condition;
  /** Number of rows that have a value. */
  count(options?: AggregateOptions): NumberExpression<number>;
}

/** A list: of a column of lists, or in JSON. */
export interface ArrayExpression<Value, Item> extends JsonExpression<Value> {
  /** Whether an item is in it. */
  has(item: Item): Condition;
  /** Whether all of some items are in the list. */
  hasAll(items: readonly Item[]): Condition;
  /** Whether one of some items is in the list. */
  hasAny(items: readonly Item[]): Condition;
  /** Whether the list has no items. */
  isEmpty(): Condition;
  /** Number of items. */
  length(): NumberExpression<number>;
  /** Whether the lists are the same, item by item. */
  eq(value: NonNullable<Value>): Condition;
  /** Whether the lists differ. */
  ne(value: NonNullable<Value>): Condition;
}

/** The expression of a type of value. */
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
  /** Whether this and all others hold. */
  and(...conditions: readonly Condition[]): Condition;
  /** Whether this or one of the others holds. */
  or(...conditions: readonly Condition[]): Condition;
  /** Whether this does not hold. */
  not(): Condition;
}
