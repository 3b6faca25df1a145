/** Functions for callbacks of queries: conditional values, and custom SQL. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { identifier } from "../schema/names.ts";
import { RuntimeExpression, toCondition, toExpression } from "./expression.ts";
import type { AnyExpression, Condition, ExpressionOf } from "../schema/expression-types.ts";
import { literal } from "./literal.ts";
import type { Node } from "./node.ts";
import { hideNextToSecrets } from "./secrets.ts";
import { unifyTypes } from "./outcomes.ts";
import type { ValueType } from "./value-type.ts";
import { valueTypes } from "./value-type.ts";

/** A value, or an expression of one. */
type Outcome<Value> = Value | AnyExpression<Value>;

/** The type of a literal value, widened. */
type Widened<Value> = Value extends string ? string : Value extends number ? number : Value extends boolean ? boolean : Value;

/** Conditions with values, until `else()` ends them. */
export interface OpenCases<Value> {
  /** The value if no condition is true. */
  else<Other>(value: Outcome<Other>): ExpressionOf<Widened<Value> | Widened<Other>>;
  /** Null if no condition is true. */
  end(): ExpressionOf<Widened<Value> | null>;
}

/** Returns a value if a condition is true: `when(book.pages.gt(300), "thick").else("thin")`. */
export function when<Value>(condition: Condition, value: Outcome<Value>): OpenCases<Value> {
  return cases([condition, value]);
}

/** Returns the value of the first condition that is true. */
export function cases<Value>(...list: ReadonlyArray<readonly [condition: Condition, value: Outcome<Value>]>): OpenCases<Value> {
  if (list.length === 0)
    throw new GableError("E_EXPRESSION_ARGUMENT", "cases() got no branches.", { fix: "Pass pairs of a condition and a value." });
  const conditions = list.map(([condition]) => toCondition(condition));
  const close = <Result>(values: readonly unknown[]): ExpressionOf<Result> => {
    const { nodes, type } = toOutcomes(values);
    const branches = conditions.map((condition, index) => ({ condition, result: nodes[index]! }));
    const otherwise = nodes[conditions.length];
    const isNullable = otherwise === undefined || nodes.some((node) => node.isNullable);
    return toExpression({ kind: "case", branches, otherwise, type, isNullable });
  };
  const values = list.map(([, value]) => value);
  return {
    else: (value) => close([...values, value]),
    end: () => close(values),
  };
}

/** Values take the type of the expressions next to them; null has none. */
function toOutcomes(values: readonly unknown[]): { readonly nodes: readonly Node[]; readonly type: ValueType } {
  const expressions = values.filter((value) => value instanceof RuntimeExpression);
  const plain = values.filter((value) => !(value instanceof RuntimeExpression) && value !== null);
  const next =
    unifyTypes(
      expressions.map(({ $node }) => $node.type),
      "when()",
    ) ?? unifyTypes(plain.map(plainTypeOf), "when()");
  const base = next ?? valueTypes.text;
  const nodes = values.map((value) => (value instanceof RuntimeExpression ? value.$node : literal(value, base, "when()")));
  const known = nodes.filter((node) => node.kind !== "value" || node.value !== null).map((node) => node.type);
  return { nodes, type: unifyTypes(known, "when()") ?? base };
}

/** Returns the type of a value that is not compared with a column. */
function plainTypeOf(value: unknown): ValueType {
  if (typeof value === "number") return Number.isSafeInteger(value) ? valueTypes.int : valueTypes.float;
  if (typeof value === "bigint") return valueTypes.bigint;
  if (typeof value === "boolean") return valueTypes.boolean;
  if (value instanceof Date) return valueTypes.datetime;
  return value instanceof Uint8Array ? valueTypes.bytes : valueTypes.text;
}

/** Returns the time of the statement. */
export function now(): ExpressionOf<Date> {
  return toExpression({ kind: "call", name: "now", parts: [], type: valueTypes.datetime, isNullable: false });
}

/** A name in custom SQL. */
class SqlName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * Custom SQL. Values in `${}` are bound as parameters; expressions and names are quoted for the database.
 * Throws `E_SQL_PART` for anything else.
 *
 * @example
 * Book.where().values(book => ({ size: sql<number>`length(${book.title})` }))
 */
export function sql<Value = boolean>(texts: TemplateStringsArray, ...parts: readonly unknown[]): ExpressionOf<Value> {
  if (!Array.isArray(texts) || !("raw" in texts))
    throw new GableError("E_SQL_PART", `sql() got ${describeValue(texts)}.`, {
      fix: "Write it as a tag: sql`...`; values in ${} are bound.",
    });
  const nodes = hideNextToSecrets(parts.map(toSqlNode));
  return new RuntimeExpression({
    kind: "sql",
    texts: [...texts],
    parts: nodes,
    type: undefined,
    isNullable: true,
  }) as unknown as ExpressionOf<Value>; // The caller gives its type.
}

function toSqlNode(part: unknown): Node {
  if (part instanceof RuntimeExpression) return part.$node;
  if (part instanceof SqlName) return { kind: "name", name: part.name, type: undefined, isNullable: false };
  if (typeof part === "function" && "$table" in part)
    return { kind: "name", name: String(part.$table), type: undefined, isNullable: false };
  if (part === undefined || typeof part === "function" || typeof part === "symbol")
    throw new GableError("E_SQL_PART", `SQL got ${describeValue(part)}.`, {
      fix: "Pass a value, an expression, a model, or sql.identifier(name).",
    });
  const isPlain = typeof part === "object" && part !== null && !(part instanceof Date) && !(part instanceof Uint8Array);
  if (isPlain)
    throw new GableError("E_SQL_PART", `SQL got ${describeValue(part)}.`, { fix: "Pass its values one by one, or sql.join([...])." });
  return literal(part, plainTypeOf(part), "sql");
}

/** Returns a quoted name. Throws `E_SQL_NAME` for a name with other characters than letters, digits and underscores. */
sql.identifier = (name: string): object => {
  if (typeof name === "string" && identifier.test(name)) return new SqlName(name);
  throw new GableError("E_SQL_NAME", `${describeValue(name)} cannot be a name in SQL.`, {
    fix: "Use letters, digits and underscores, at most 63, and no digit first.",
  });
};

/** Returns a string as unescaped SQL: never pass user input. `checkViews()` lists its uses on demand. Throws `E_SQL_PART` for another value. */
sql.unsafe = <Value = boolean>(text: string): ExpressionOf<Value> => {
  if (typeof text !== "string")
    throw new GableError("E_SQL_PART", `sql.unsafe() got ${describeValue(text)}.`, { fix: "Pass a string; sql`...` binds values." });
  return toExpression({ kind: "sql", texts: [text], parts: [], type: undefined, isNullable: true });
};

/** Joins values or parts with commas. Throws `E_SQL_PART` for an empty list. */
sql.join = (parts: readonly unknown[]): AnyExpression<unknown> => {
  if (parts.length === 0) throw new GableError("E_SQL_PART", "sql.join() got an empty list.");
  const texts = ["", ...parts.slice(1).map(() => ", "), ""];
  return toExpression({ kind: "sql", texts, parts: parts.map(toSqlNode), type: undefined, isNullable: true });
};
