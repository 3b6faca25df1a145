/** Functions for callbacks of queries: conditions with several outcomes, SQL of one's own. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { identifier } from "../schema/names.ts";
import { RuntimeExpression, toCondition, toExpression } from "./expression.ts";
import type { AnyExpression, Condition, ExpressionOf } from "../schema/expression-types.ts";
import { literal } from "./literal.ts";
import type { Node } from "./node.ts";
import type { ValueType } from "./value-type.ts";
import { valueTypes } from "./value-type.ts";

/** A value, or an expression of one. */
type Outcome<Value> = Value | AnyExpression<Value>;

/** The type of a literal value, widened. */
type Widened<Value> = Value extends string ? string : Value extends number ? number : Value extends boolean ? boolean : Value;

/** Conditions that wait for what holds otherwise. */
export interface OpenCases<Value> {
  /** The value when no condition holds. */
  else<Other>(value: Outcome<Other>): ExpressionOf<Widened<Value> | Widened<Other>>;
  /** No value when no condition holds. */
  end(): ExpressionOf<Widened<Value> | null>;
}

/** A value when a condition holds: `when(book.pages.gt(300), "thick").else("thin")`. */
export function when<Value>(condition: Condition, value: Outcome<Value>): OpenCases<Value> {
  return cases([condition, value]);
}

/** The value of the first condition that holds. */
export function cases<Value>(...list: ReadonlyArray<readonly [condition: Condition, value: Outcome<Value>]>): OpenCases<Value> {
  const branches = list.map(([condition, value]) => ({ condition: toCondition(condition), result: toNode(value) }));
  const close = <Result>(otherwise: Node | undefined): ExpressionOf<Result> => {
    const isNullable = otherwise === undefined || otherwise.isNullable || branches.some(({ result }) => result.isNullable);
    const type = branches[0]?.result.type ?? valueTypes.text;
    return toExpression({ kind: "case", branches, otherwise, type, isNullable });
  };
  return {
    else: (value) => close(toNode(value)),
    end: () => close(undefined),
  };
}

function toNode(value: unknown): Node {
  return value instanceof RuntimeExpression ? value.$node : literal(value, typeOf(value), "when()");
}

/** The type of a value that stands beside no column. */
function typeOf(value: unknown): ValueType {
  if (typeof value === "number") return Number.isSafeInteger(value) ? valueTypes.int : valueTypes.float;
  if (typeof value === "bigint") return valueTypes.bigint;
  if (typeof value === "boolean") return valueTypes.boolean;
  if (value instanceof Date) return valueTypes.datetime;
  return value instanceof Uint8Array ? valueTypes.bytes : valueTypes.text;
}

/** The moment of the statement. */
export function now(): ExpressionOf<Date> {
  return toExpression({ kind: "call", name: "now", parts: [], type: valueTypes.datetime, isNullable: false });
}

/** A name in SQL of one's own. */
class SqlName {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * SQL of one's own. Whatever stands in `${}` is bound as a value; expressions and names are quoted as the database does.
 * Throws `E_SQL_PART` for what is neither.
 *
 * @example
 * Book.where().values(book => ({ size: sql<number>`length(${book.title})` }))
 */
export function sql<Value = boolean>(texts: TemplateStringsArray, ...parts: readonly unknown[]): ExpressionOf<Value> {
  if (!Array.isArray(texts) || !("raw" in texts))
    throw new GableError("E_SQL_PART", `sql() got ${describeValue(texts)}.`, {
      fix: "Write it as a tag: sql`...`; values in ${} are bound.",
    });
  const nodes = parts.map(toSqlNode);
  return new RuntimeExpression({
    kind: "sql",
    texts: [...texts],
    parts: nodes,
    type: undefined,
    isNullable: true,
  }) as unknown as ExpressionOf<Value>; // Its type is what the caller says.
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
  return literal(part, typeOf(part), "sql");
}

/** A name, quoted. Throws `E_SQL_NAME` for one that is no plain name. */
sql.identifier = (name: string): object => {
  if (typeof name === "string" && identifier.test(name)) return new SqlName(name);
  throw new GableError("E_SQL_NAME", `${describeValue(name)} cannot be a name in SQL.`, {
    fix: "Use letters, digits and underscores, at most 63, and no digit first.",
  });
};

/** A text as SQL, as it stands: never one that holds what a user has given. `checkViews()` lists it on demand. Throws `E_SQL_PART` for another value. */
sql.unsafe = <Value = boolean>(text: string): ExpressionOf<Value> => {
  if (typeof text !== "string")
    throw new GableError("E_SQL_PART", `sql.unsafe() got ${describeValue(text)}.`, { fix: "Pass a text; values are bound by sql`...`." });
  return toExpression({ kind: "sql", texts: [text], parts: [], type: undefined, isNullable: true });
};

/** Values or parts, one after the other, with commas between. Throws `E_SQL_PART` for an empty list. */
sql.join = (parts: readonly unknown[]): AnyExpression<unknown> => {
  if (parts.length === 0) throw new GableError("E_SQL_PART", "sql.join() got an empty list.");
  const texts = ["", ...parts.slice(1).map(() => ", "), ""];
  return toExpression({ kind: "sql", texts, parts: parts.map(toSqlNode), type: undefined, isNullable: true });
};
