/** Types of values: what a column holds, or what a value is that stands in no column. */
import type { ColumnType, MomentPrecision } from "../schema/column.ts";

/** What a value is: its type, for the codec, and a name for messages. */
export interface ValueType {
  readonly type: ColumnType;
  readonly scale: number;
  readonly where: string;
  /** Whether logs leave the value out. */
  readonly isSecret?: boolean;
  /** "text" of a decimal that is equal to values alone. */
  readonly storage?: "text" | undefined;
  /** Digits of a second that a column stores, where these are not 3. */
  readonly precision?: MomentPrecision | undefined;
  /** What each item of a list is; absent of other types. */
  readonly items?: ValueType | undefined;
}

/** Types of values that no column has given. */
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

/** Types that can be added and multiplied, each with its place: of two types the later one holds the result. */
export const numericRank: Readonly<Partial<Record<ColumnType, number>>> = { id: 1, int: 1, duration: 2, bigint: 2, decimal: 3, float: 4 };

/** The types that methods of expressions are for. */
export const typeSets: Readonly<
  Record<"text" | "moment" | "time" | "json" | "array" | "number" | "boolean" | "datetime", ReadonlySet<ColumnType>>
> = {
  text: new Set(["text", "slug", "email", "url", "choice", "uuid"]),
  moment: new Set(["date", "datetime"]),
  time: new Set(["time", "datetime"]),
  json: new Set(["json"]),
  array: new Set(["array"]),
  number: new Set(["id", "int", "bigint", "decimal", "float", "duration"]),
  boolean: new Set(["boolean"]),
  datetime: new Set(["datetime"]),
};
