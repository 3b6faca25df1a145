/** Expressions in callbacks: one class for all types, which checks at run time what types cannot express. */
import { assertKnownOptions, describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { ColumnType } from "../schema/column.ts";
import { DatabaseValue } from "../schema/column.ts";
import type { AggregateOptions, ExpressionOf, Order, OrderOptions, StringAggregateOptions } from "../schema/expression-types.ts";
import type { AggregateName, CallName, CompareOperator, JoinedTexts, Node, OrderTerm } from "./node.ts";
import type { ManyRows } from "./many-rows.ts";
import type { ValueType } from "./value-type.ts";
import { allOf, anyOf, between, compare, isNull, notOf } from "./conditions.ts";
import { numericRank, typeSets, valueTypes } from "./value-type.ts";
import { castNode } from "./cast.ts";
import { compareJson, isJsonStep } from "./json-filter.ts";
import { unifyTypes } from "./outcomes.ts";
import { readJoinedTexts } from "./join-texts.ts";
import { literal } from "./literal.ts";
import { assertRanked } from "./secrets.ts";
import {
  assertOrdered,
  assertTypeIn,
  localNode,
  numberLiteral,
  readNulls,
  spanNode,
  toInNode,
  truncateNode,
  wholeNumber,
} from "./operands.ts";
import { readWindow, windowError } from "./window-options.ts";

/** An expression. In types it is one of the interfaces of expression-types.ts. */
export class RuntimeExpression extends DatabaseValue {
  /** Never set: only for types. */
  declare readonly $value: never;
  readonly #node: Node;
  readonly #many: ManyRows | undefined;

  constructor(node: Node, many?: ManyRows) {
    super();
    this.#node = node;
    this.#many = many;
  }

  /** Returns the expression as data. Throws `E_EXPRESSION_MANY` if it stands for many rows. */
  get $node(): Node {
    if (this.#many === undefined) return this.#node;
    throw new GableError("E_EXPRESSION_MANY", `${this.#many.where} has many rows, but is used as a single value.`, {
      fix: "Use an aggregate such as count() or sum(), or some(), none() or every().",
    });
  }

  eq(value: unknown): RuntimeExpression {
    return this.#compare("eq", value);
  }
  ne(value: unknown): RuntimeExpression {
    return this.#compare("ne", value);
  }
  gt(value: unknown): RuntimeExpression {
    return this.#compare("gt", value);
  }
  gte(value: unknown): RuntimeExpression {
    return this.#compare("gte", value);
  }
  lt(value: unknown): RuntimeExpression {
    return this.#compare("lt", value);
  }
  lte(value: unknown): RuntimeExpression {
    return this.#compare("lte", value);
  }
  contains(text: unknown): RuntimeExpression {
    if (this.#node.type?.type === "json") return this.#compareJson("contains", text);
    return this.#match("contains", text);
  }
  startsWith(text: unknown): RuntimeExpression {
    return this.#match("startsWith", text);
  }
  endsWith(text: unknown): RuntimeExpression {
    return this.#match("endsWith", text);
  }
  ieq(text: unknown): RuntimeExpression {
    return this.#match("ieq", text);
  }
  icontains(text: unknown): RuntimeExpression {
    return this.#match("icontains", text);
  }
  istartsWith(text: unknown): RuntimeExpression {
    return this.#match("istartsWith", text);
  }
  iendsWith(text: unknown): RuntimeExpression {
    return this.#match("iendsWith", text);
  }

  between(low: unknown, high: unknown): RuntimeExpression {
    assertOrdered(this.#node.type, "between");
    const [first, last] = [this.#operand(low, "between"), this.#operand(high, "between")];
    return this.#with(between(this.#node, first, last));
  }

  in(values: unknown): RuntimeExpression {
    return this.#in(values, false);
  }
  notIn(values: unknown): RuntimeExpression {
    return this.#in(values, true);
  }
  isNull(): RuntimeExpression {
    return this.#with(isNull(this.#node));
  }
  isNotNull(): RuntimeExpression {
    return this.#with(isNull(this.#node, true));
  }

  and(...conditions: readonly unknown[]): RuntimeExpression {
    return this.#with(allOf([this.#condition("and"), ...conditions.map((each) => toCondition(each))]));
  }
  or(...conditions: readonly unknown[]): RuntimeExpression {
    return this.#with(anyOf([this.#condition("or"), ...conditions.map((each) => toCondition(each))]));
  }
  not(): RuntimeExpression {
    return this.#with(notOf(this.#condition("not")));
  }

  add(value: unknown, zone?: unknown): RuntimeExpression {
    return this.#move("add", value, zone);
  }
  sub(value: unknown, zone?: unknown): RuntimeExpression {
    return this.#move("sub", value, zone);
  }
  #move(name: "add" | "sub", value: unknown, zone: unknown): RuntimeExpression {
    if (typeSets.moment.has(this.#type(name).type)) return this.#with(spanNode(this.#node, name, value, zone));
    return this.#calculate(name, value, typeSets.added);
  }
  mul(value: unknown): RuntimeExpression {
    return this.#calculate("mul", value);
  }
  div(value: unknown): RuntimeExpression {
    return this.#calculate("div", value);
  }
  mod(value: unknown): RuntimeExpression {
    return this.#calculate("mod", value);
  }
  abs(): RuntimeExpression {
    return this.#call("abs", typeSets.number);
  }
  round(digits = 0): RuntimeExpression {
    return this.#call("round", typeSets.number, this.#type("round"), [wholeNumber(digits, "round", 0)]);
  }
  floor(): RuntimeExpression {
    return this.#call("floor", typeSets.number);
  }
  ceil(): RuntimeExpression {
    return this.#call("ceil", typeSets.number);
  }

  lower(): RuntimeExpression {
    return this.#call("lower", typeSets.text, valueTypes.text);
  }
  upper(): RuntimeExpression {
    return this.#call("upper", typeSets.text, valueTypes.text);
  }
  trim(): RuntimeExpression {
    return this.#call("trim", typeSets.text, valueTypes.text);
  }
  length(): RuntimeExpression {
    if (this.#node.type?.type === "array") return this.#call("arrayLength", typeSets.array, valueTypes.int);
    return this.#call("length", typeSets.text, valueTypes.int);
  }
  has(item: unknown): RuntimeExpression {
    return this.#hasItems("arrayHasAll", [item], "has");
  }
  hasAll(items: readonly unknown[]): RuntimeExpression {
    return this.#hasItems("arrayHasAll", items, "hasAll");
  }
  hasAny(items: readonly unknown[]): RuntimeExpression {
    return this.#hasItems("arrayHasAny", items, "hasAny");
  }
  isEmpty(): RuntimeExpression {
    return this.#with(
      compare("eq", this.#call("arrayLength", typeSets.array, valueTypes.int).$node, literal(0, valueTypes.int, "isEmpty()")),
    );
  }
  #hasItems(name: CallName, items: unknown, method: string): RuntimeExpression {
    const list = literal(items, this.#type(method), `${method}()`);
    return this.#call(name, typeSets.array, valueTypes.boolean, [list]);
  }
  substring(start: number, length?: number): RuntimeExpression {
    const parts = [wholeNumber(start, "substring", 1), ...(length === undefined ? [] : [wholeNumber(length, "substring", 0)])];
    return this.#call("substring", typeSets.text, valueTypes.text, parts);
  }
  replace(search: unknown, replacement: unknown): RuntimeExpression {
    return this.#call("replace", typeSets.text, valueTypes.text, [
      literal(search, valueTypes.text, "replace()"),
      literal(replacement, valueTypes.text, "replace()"),
    ]);
  }
  concat(...values: readonly unknown[]): RuntimeExpression {
    const parts = values.map((value) => (value instanceof RuntimeExpression ? value.$node : literal(value, valueTypes.text, "concat()")));
    const node: Node = { kind: "call", name: "concat", parts: [this.#node, ...parts], type: valueTypes.text, isNullable: false };
    return this.#with(node);
  }

  coalesce(value: unknown): RuntimeExpression {
    const other = this.#operand(value, "coalesce");
    const isNullable = this.#node.isNullable && other.isNullable;
    const type = unifyTypes([this.#type("coalesce"), other.type], "coalesce()")!; // The first one is known.
    return this.#with({ kind: "call", name: "coalesce", parts: [this.#node, other], type, isNullable });
  }
  cast(to: unknown): RuntimeExpression {
    return this.#with(castNode(this.#node, this.#type("cast"), to));
  }
  nullIf(value: unknown): RuntimeExpression {
    const parts = [this.#node, this.#operand(value, "nullIf")];
    return this.#with({ kind: "call", name: "nullIf", parts, type: this.#type("nullIf"), isNullable: true });
  }

  date(zone?: string): RuntimeExpression {
    return this.#calendar("date", typeSets.moment, zone, valueTypes.date);
  }
  year(zone?: string): RuntimeExpression {
    return this.#calendar("year", typeSets.moment, zone);
  }
  month(zone?: string): RuntimeExpression {
    return this.#calendar("month", typeSets.moment, zone);
  }
  day(zone?: string): RuntimeExpression {
    return this.#calendar("day", typeSets.moment, zone);
  }
  weekDay(zone?: string): RuntimeExpression {
    return this.#calendar("weekDay", typeSets.moment, zone);
  }
  hour(zone?: string): RuntimeExpression {
    return this.#calendar("hour", typeSets.time, zone);
  }
  truncate(unit: unknown, zone?: unknown): RuntimeExpression {
    return this.#with(truncateNode(this.#node, this.#type("truncate"), unit, zone));
  }
  #calendar(
    name: CallName,
    allowed: ReadonlySet<ColumnType>,
    zone: string | undefined,
    type: ValueType = valueTypes.int,
  ): RuntimeExpression {
    if (zone === undefined) return this.#call(name, allowed, type);
    return this.#with(localNode(this.#node, this.#type(name), name, zone)).#call(name, allowed, type);
  }

  at(...path: ReadonlyArray<string | number>): RuntimeExpression {
    this.#assertType("at", typeSets.json);
    for (const step of path)
      if (!isJsonStep(step))
        throw new GableError("E_EXPRESSION_ARGUMENT", `at() got ${describeValue(step)}.`, {
          fix: "Use strings for keys, and whole numbers of at most 32 bits for items.",
        });
    return this.#with({ kind: "json", part: this.#node, path, type: valueTypes.text, isNullable: true });
  }

  equals(value: unknown): RuntimeExpression {
    return this.#compareJson("equals", value);
  }
  hasKey(key: unknown): RuntimeExpression {
    return this.#compareJson("hasKey", key);
  }
  #compareJson(name: "equals" | "contains" | "hasKey", value: unknown): RuntimeExpression {
    this.#assertType(name, typeSets.json);
    return this.#with(compareJson(this.#node, name, value, `${name}()`));
  }

  asc(options: OrderOptions = {}): OrderTerm {
    return this.#order("asc", options);
  }
  desc(options: OrderOptions = {}): OrderTerm {
    return this.#order("desc", options);
  }
  #order(method: "asc" | "desc", options: OrderOptions): OrderTerm {
    assertRanked(this.#node, method);
    assertKnownOptions(`${method}()`, options, ["nulls"]);
    const [isDescending, nulls] = [method === "desc", readNulls(options)];
    return this.#many === undefined ? { node: this.#node, isDescending, nulls } : new ManyOrder(this, isDescending, nulls);
  }

  count(options: AggregateOptions = {}): RuntimeExpression {
    return this.#aggregate("count", options, valueTypes.int);
  }
  sum(options: AggregateOptions = {}): RuntimeExpression {
    this.#assertType("sum", typeSets.number);
    return this.#aggregate("sum", options, this.#type("sum"));
  }
  avg(options: AggregateOptions = {}): RuntimeExpression {
    this.#assertType("avg", typeSets.number);
    return this.#aggregate("avg", options, valueTypes.float);
  }
  min(options: AggregateOptions = {}): RuntimeExpression {
    assertRanked(this.#node, "min");
    return this.#aggregate("min", options, this.#type("min"));
  }
  max(options: AggregateOptions = {}): RuntimeExpression {
    assertRanked(this.#node, "max");
    return this.#aggregate("max", options, this.#type("max"));
  }

  stringAggregate(separator: unknown, options: StringAggregateOptions = {}): RuntimeExpression {
    this.#assertType("stringAggregate", typeSets.text);
    assertKnownOptions("stringAggregate()", options, { where: true, distinct: "boolean", orderBy: true });
    const { orderBy = [], distinct = false } = options;
    const order = [orderBy].flat().map((step) => readOrderTerm(step, this.#many));
    const { where, isSecret = false } = this.#type("stringAggregate");
    const joined = readJoinedTexts(this.#node, separator, order, distinct);
    return this.#aggregate("stringAggregate", options, { ...valueTypes.text, where, isSecret }, joined);
  }

  /** Expressions derived from many rows belong to the same rows. */
  #with(node: Node): RuntimeExpression {
    return new RuntimeExpression(node, this.#many);
  }

  #type(method: string): ValueType {
    const { type } = this.#node;
    if (type !== undefined) return type;
    throw new GableError("E_EXPRESSION_TYPE", `${method}() needs an expression with a type, but custom SQL has none.`, {
      fix: "Write the whole expression as SQL, or compare columns.",
    });
  }

  #assertType(method: string, allowed: ReadonlySet<ColumnType>): void {
    assertTypeIn(this.#type(method), method, allowed);
  }

  #compare(operator: CompareOperator, value: unknown): RuntimeExpression {
    if (typeSets.json.has(this.#type(operator).type))
      throw new GableError("E_EXPRESSION_TYPE", `${this.#type(operator).where} is JSON, which ${operator}() cannot compare.`, {
        fix: "Compare a part of it: at().",
      });
    if (value === null && (operator === "eq" || operator === "ne")) return this.#with(isNull(this.#node, operator === "ne"));
    if (operator !== "eq" && operator !== "ne") assertOrdered(this.#node.type, operator);
    const other = this.#operand(value, operator);
    // Stored as text, decimals are only equal in one form.
    if (other.type?.storage !== this.#node.type?.storage || (other.type?.storage === "text" && other.type.scale !== this.#node.type?.scale))
      assertOrdered(other.type?.storage === "text" ? other.type : this.#node.type, operator);
    return this.#with(compare(operator, this.#node, other));
  }

  #match(operator: CompareOperator, value: unknown): RuntimeExpression {
    this.#assertType(operator, typeSets.text);
    const { where, isSecret = false } = this.#type(operator);
    const text = literal(value, { ...valueTypes.text, where, isSecret }, `${where} ${operator}()`);
    return this.#with(compare(operator, this.#node, text));
  }

  #in(values: unknown, isNegated: boolean): RuntimeExpression {
    const method = isNegated ? "notIn" : "in";
    const type = this.#type(method);
    return this.#with(toInNode(this.#node, values, isNegated, `${type.where} ${method}()`));
  }

  #operand(value: unknown, method: string): Node {
    if (!(value instanceof RuntimeExpression)) return literal(value, this.#type(method), `${this.#type(method).where} ${method}()`);
    // Rows of the same relation may be compared with each other inside an aggregate.
    return value.#many !== undefined && value.#many === this.#many ? value.#node : value.$node;
  }

  #condition(method: string): Node {
    // Custom SQL counts as a condition where it is used as one.
    if (this.#node.type !== undefined) this.#assertType(method, typeSets.boolean);
    return this.#node;
  }

  #calculate(name: CallName, value: unknown, allowed = typeSets.number): RuntimeExpression {
    this.#assertType(name, allowed);
    const own = this.#type(name);
    const other = typeof value === "number" ? numberLiteral(value, own, name) : this.#operand(value, name);
    assertOrdered(other.type, name);
    // Custom SQL may return any number: a float holds it.
    const otherType = other.type ?? valueTypes.float;
    const wider = (numericRank[otherType.type] ?? 0) > (numericRank[own.type] ?? 0) ? otherType : own;
    const type = { ...wider, type: wider.type === "id" ? "int" : wider.type } as const;
    return this.#with({
      kind: "call",
      name,
      parts: [this.#node, other],
      type,
      isNullable: this.#node.isNullable || other.isNullable || name === "div" || name === "mod",
    });
  }

  #call(
    name: CallName,
    allowed: ReadonlySet<ColumnType>,
    type: ValueType = this.#type(name),
    more: readonly Node[] = [],
  ): RuntimeExpression {
    this.#assertType(name, allowed);
    return this.#with({ kind: "call", name, parts: [this.#node, ...more], type, isNullable: this.#node.isNullable });
  }

  over(window: unknown): RuntimeExpression {
    const part = this.$node;
    if (part.kind !== "aggregate" || part.isDistinct || part.joined !== undefined)
      throw windowError(
        part.kind !== "aggregate"
          ? "over() follows an expression that is not an aggregate"
          : part.joined
            ? "over() follows stringAggregate()"
            : "over() follows an aggregate of distinct values",
        "Use it after sum(), avg(), min(), max() or count().",
      );
    const { type, isNullable } = part;
    return new RuntimeExpression({
      kind: "window",
      name: "aggregate",
      part,
      count: undefined,
      type,
      isNullable,
      ...readWindow(window, part.name),
    });
  }

  #aggregate(name: AggregateName, options: AggregateOptions, type: ValueType, joined?: JoinedTexts): RuntimeExpression {
    if (joined === undefined) assertKnownOptions(`${name}()`, options, { where: "object", distinct: "boolean" });
    const { where, distinct = false } = options;
    const isNullable = name !== "count";
    const condition = where === undefined ? undefined : readNode(where, this.#many);
    const own = { kind: "aggregate", name, part: this.#node, where: condition, isDistinct: distinct, type, isNullable } as const;
    const node: Node = joined === undefined ? own : { ...own, joined };
    return this.#many === undefined ? new RuntimeExpression(node) : new RuntimeExpression(aggregateOf(this.#many, node));
  }

  /** Returns the node of an expression, which may belong to the same many rows. */
  static read(expression: unknown, many: ManyRows | undefined): Node {
    if (!(expression instanceof RuntimeExpression)) return toCondition(expression);
    return expression.#many !== undefined && expression.#many === many ? expression.#node : expression.$node;
  }
}

/** A step of an order of many rows, which is only valid inside an aggregate. */
class ManyOrder implements OrderTerm {
  readonly expression: RuntimeExpression;
  readonly isDescending: boolean;
  readonly nulls: "first" | "last" | undefined;

  constructor(expression: RuntimeExpression, isDescending: boolean, nulls: "first" | "last" | undefined) {
    this.expression = expression;
    this.isDescending = isDescending;
    this.nulls = nulls;
  }

  /** Throws `E_EXPRESSION_MANY`. */
  get node(): Node {
    return this.expression.$node;
  }
}

/** Returns a step of an order inside an aggregate: of one row, or of the same many rows. Throws `E_ORDER`. */
function readOrderTerm(step: unknown, many: ManyRows | undefined): OrderTerm {
  if (step instanceof ManyOrder)
    return { node: RuntimeExpression.read(step.expression, many), isDescending: step.isDescending, nulls: step.nulls };
  if (isOrder(step)) return step;
  if (step instanceof RuntimeExpression) {
    const node = RuntimeExpression.read(step, many);
    assertRanked(node, "stringAggregate");
    return { node, isDescending: false, nulls: undefined };
  }
  throw new GableError("E_ORDER", `stringAggregate() got ${describeValue(step)} in orderBy.`, {
    fix: "Pass expressions, or the results of their asc() and desc().",
  });
}

/** Writes an aggregate over the rows of a relation as a separate subquery, so that two of them never multiply their rows. */
export function aggregateOf({ query }: ManyRows, node: Node): Node {
  return {
    kind: "subquery",
    query: { ...query, columns: [{ name: "value", node }] },
    type: node.type ?? valueTypes.int,
    isNullable: node.isNullable,
  };
}

/** Returns the node of a condition, including conditions on the rows of a relation. */
export function readNode(condition: unknown, many: ManyRows | undefined): Node {
  return RuntimeExpression.read(condition, many);
}

/** Returns the node of a condition. Throws `E_EXPRESSION_TYPE` for anything else. */
export function toCondition(value: unknown): Node {
  const node = value instanceof RuntimeExpression ? value.$node : undefined;
  if (node !== undefined && (node.type === undefined || node.type.type === "boolean")) return node;
  throw new GableError("E_EXPRESSION_TYPE", `Expected a condition, got ${describeValue(value)}.`, {
    fix: "Return a comparison, such as book.pages.gt(3).",
  });
}

/** Returns a node in the form of the public types. */
export function toExpression<Value>(node: Node, many?: ManyRows): ExpressionOf<Value> {
  return new RuntimeExpression(node, many) as unknown as ExpressionOf<Value>; // The interfaces describe the one class.
}

/** Whether a value is a step of an order. */
export function isOrder(value: unknown): value is Order & OrderTerm {
  return typeof value === "object" && value !== null && "isDescending" in value;
}
