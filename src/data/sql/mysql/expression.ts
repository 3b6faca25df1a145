/** Expressions of tables as MySQL keeps them: with escapes around escapes, and a word about the characters of each text. */
import type { DriverValue } from "../../schema/driver-value.ts";
import { quoteMariadbText } from "../mariadb/tables.ts";
import type { SessionRow } from "../../migrations/plan/migration-dialect.ts";

/** Texts and names of an expression, which nothing is looked for in. */
const quoted = /'(?:[^'\\]|''|\\.)*'|`(?:[^`]|``)*`/.source;
const introducers = new RegExp(`${quoted}|\\b_[a-z0-9]+(?=')`, "gs");
const parentheses = new RegExp(`${quoted}|[()]`, "gs");

/** An expression of the information schema as one would write it. */
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

/** The default of a column as an expression: plain values stand in the information schema as they are. */
export function readMysqlDefault({ column_default: value = null, extra, data_type: type }: SessionRow): DriverValue {
  if (value === null || String(extra).startsWith("DEFAULT_GENERATED")) return value === null ? null : readMysqlExpression(value);
  return /int$|decimal|double|float|bit/.test(String(type)) ? value : quoteMariadbText(String(value));
}
