/** Types of values: what a column holds, or what a value is that stands in no column. */
import type { ColumnType } from "../schema/column.ts";

/** What a value is: its type, for the codec, and a name for messages. */
export interface ValueType {
  readonly type: ColumnType;
  readonly scale: number;
  readonly where: string;
  /** Whether logs leave the value out. */
  readonly isSecret?: boolean;
  /** "text" of a decimal that is equal to values alone. */
  readonly storage?: "text" | undefined;
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
