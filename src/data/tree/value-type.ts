/** Types of values: of a column, or of a value without a column. */
import type { ColumnType, MomentPrecision } from "../schema/column.ts";

/** The type of a value, for the codec, and its name for messages. */
export interface ValueType {
  readonly type: ColumnType;
  readonly scale: number;
  readonly where: string;
  /** Whether logs hide the value. */
  readonly isSecret?: boolean;
  /** "text" for a decimal that only supports equality. */
  readonly storage?: "text" | undefined;
  /** Fraction digits of a second that a column stores, if not 3. */
  readonly precision?: MomentPrecision | undefined;
  /** Type of each item of a list; absent for other types. */
  readonly items?: ValueType | undefined;
}

/** Types of values without a column. */
export const valueTypes = {
  boolean: { type: "boolean", scale: 0, where: "condition" },
  int: { type: "int", scale: 0, where: "number" },
  bigint: { type: "bigint", scale: 0, where: "number" },
  float: { type: "float", scale: 0, where: "number" },
  text: { type: "text", scale: 0, where: "text" },
  datetime: { type: "datetime", scale: 0, where: "moment" },
  date: { type: "date", scale: 0, where: "day" },
  json: { type: "json", scale: 0, where: "json" },
  bytes: { type: "bytes", scale: 0, where: "bytes" },
} as const satisfies Readonly<Record<string, ValueType>>;

/** Numeric types by rank: the result of two types has the higher one. */
export const numericRank: Readonly<Partial<Record<ColumnType, number>>> = { id: 1, int: 1, duration: 2, bigint: 2, decimal: 3, float: 4 };

/** Types that methods of expressions accept. */
export const typeSets: Readonly<
  Record<"text" | "moment" | "time" | "json" | "array" | "number" | "added" | "boolean" | "datetime", ReadonlySet<ColumnType>>
> = {
  text: new Set(["text", "slug", "email", "url", "choice", "uuid", "file"]),
  moment: new Set(["date", "datetime"]),
  time: new Set(["time", "datetime"]),
  json: new Set(["json"]),
  array: new Set(["array"]),
  number: new Set(["id", "int", "bigint", "decimal", "float", "duration"]),
  added: new Set(["id", "int", "bigint", "decimal", "float", "duration", "date", "datetime"]),
  boolean: new Set(["boolean"]),
  datetime: new Set(["datetime"]),
};
