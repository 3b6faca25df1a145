/** Functions, patterns and lists in SQL: what the databases share. */
import type { CallName, OrderTerm } from "../tree/node.ts";
import type { ValueType } from "../tree/value-type.ts";
import type { ColumnType } from "../schema/column.ts";

/** Writes a function of values; the last type is that of its first part. */
export type Call = (parts: readonly string[], type: ValueType, partType: ValueType) => string;

/** Types of whole numbers, which are divided as such. */
export const wholeTypes: ReadonlySet<ColumnType> = new Set<ColumnType>(["id", "int", "bigint", "duration"]);

/** Types of texts, whatever their form. */
export const textTypes: ReadonlySet<ColumnType> = new Set<ColumnType>(["text", "slug", "email", "url", "choice"]);

/** Decimals have as many digits as their type says; `prepare` turns what is rounded into what the database rounds. */
export function rounded(write: (parts: readonly string[]) => string, prepare = (sql: string) => sql): Call {
  return (parts, { type, scale }) => (type === "decimal" ? `round(${prepare(write(parts))}, ${scale})` : write(parts));
}

/** A function that the database has under the same name. */
export function sameName(name: CallName): Call {
  return (parts) => `${name}(${parts.join(", ")})`;
}

/** The pattern of a search by LIKE: what means something in patterns is escaped. A whole text has no ends that are open. */
export function toPattern(operator: string, text: string, escape: "\\" | "!"): string {
  const escaped = text.replace(escape === "!" ? /[%_!]/g : /[%_\\]/g, `${escape}$&`);
  if (operator === "ieq") return escaped;
  const start = operator.toLowerCase().endsWith("startswith") ? "" : "%";
  const end = operator.toLowerCase().endsWith("endswith") ? "" : "%";
  return `${start}${escaped}${end}`;
}

/** Where missing values are wanted, in a database that has them as the smallest; undefined where they are anyway. */
export function movedNulls({ node, isDescending, nulls }: OrderTerm): "first" | "last" | undefined {
  const wanted = nulls ?? (isDescending ? "first" : "last");
  return !node.isNullable || wanted === (isDescending ? "last" : "first") ? undefined : wanted;
}
