/** Functions, patterns and lists in SQL: what the databases share. */
import type { CallName, OrderTerm } from "../tree/node.ts";
import type { ValueType } from "../tree/value-type.ts";
import type { ColumnType } from "../schema/column.ts";

/** Writes a function of values; the last type is that of its first argument. */
export type Call = (parts: readonly string[], type: ValueType, partType: ValueType) => string;

/** Types of whole numbers, which use integer division. */
export const wholeTypes: ReadonlySet<ColumnType> = new Set<ColumnType>(["id", "int", "bigint", "duration"]);

/** Types that are strings, in whatever form. */
export const textTypes: ReadonlySet<ColumnType> = new Set<ColumnType>(["text", "slug", "email", "url", "choice", "file"]);

/** Decimals keep the digits of their type; `prepare` converts the argument into a type that the database can round. */
export function rounded(write: (parts: readonly string[]) => string, prepare = (sql: string) => sql): Call {
  return (parts, { type, scale }) => (type === "decimal" ? `round(${prepare(write(parts))}, ${scale})` : write(parts));
}

/** A function with the same name in the database. */
export function sameName(name: CallName): Call {
  return (parts) => `${name}(${parts.join(", ")})`;
}

/** Returns a LIKE pattern with its special characters escaped. A whole string has no wildcards at its ends. */
export function toPattern(operator: string, text: string, escape: "\\" | "!"): string {
  const escaped = text.replace(escape === "!" ? /[%_!]/g : /[%_\\]/g, `${escape}$&`);
  if (operator === "ieq") return escaped;
  const start = operator.toLowerCase().endsWith("startswith") ? "" : "%";
  const end = operator.toLowerCase().endsWith("endswith") ? "" : "%";
  return `${start}${escaped}${end}`;
}

/** Where to put null in a database that sorts null first; undefined if that is the default position. */
export function movedNulls({ node, isDescending, nulls }: OrderTerm): "first" | "last" | undefined {
  const wanted = nulls ?? (isDescending ? "first" : "last");
  return !node.isNullable || wanted === (isDescending ? "last" : "first") ? undefined : wanted;
}
