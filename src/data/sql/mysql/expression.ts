/** Reads expressions of tables as MySQL stores them: with escaped escapes, and a character set before each string. */
import type { DriverValue } from "../../schema/driver-value.ts";
import { quoteMariadbText } from "../mariadb/tables.ts";
import type { SessionRow } from "../../migrations/plan/migration-dialect.ts";

/** Strings and names in an expression, which are left unchanged. */
const quoted = /'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)*`/.source;
const introducers = new RegExp(`${quoted}|\\b_[a-z0-9]+(?=')`, "gs");
const parentheses = new RegExp(`${quoted}|[()]`, "gs");

/** Converts an expression of the information schema to plain SQL. */
export function readMysqlExpression(text: DriverValue): string {
  const plain = String(text)
    .replace(/\\(.)/gs, "$1")
    .replace(introducers, (part) => (part.startsWith("_") ? "" : part));
  return isWrapped(plain) ? plain.slice(1, -1) : plain;
}

/** Whether the first parenthesis of an expression is closed by its last character. */
function isWrapped(text: string): boolean {
  if (!text.startsWith("(")) return false;
  let depth = 0;
  for (const { 0: part, index } of text.matchAll(parentheses)) {
    if (part === "(") depth++;
    else if (part === ")") depth--;
    if (depth === 0) return index === text.length - 1;
  }
  return false;
}

/** Returns the default of a column as an expression: the information schema stores plain values without quotes. */
export function readMysqlDefault({ column_default: value = null, extra, data_type: type }: SessionRow): DriverValue {
  if (value === null || String(extra).startsWith("DEFAULT_GENERATED")) return value === null ? null : readMysqlExpression(value);
  return /int$|decimal|double|float|bit/.test(String(type)) ? value : quoteMariadbText(String(value));
}
