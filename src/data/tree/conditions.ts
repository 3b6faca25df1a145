/** Makes conditions from nodes, in the simplest form that means the same. */
import type { ColumnNode, CompareOperator, ConditionNode, Node, SelectState } from "./node.ts";
import { valueTypes } from "./value-type.ts";

const { boolean } = valueTypes;

/** A condition that is always true, or never. */
export function constant(isTrue: boolean): ConditionNode {
  return { kind: "constant", isTrue, type: boolean, isNullable: false };
}

/** Whether a query never has rows, so that it need not run. */
export function isNever({ where }: SelectState): boolean {
  return where?.kind === "constant" && !where.isTrue;
}

/** Combines conditions with AND; a condition that is never true replaces the others. */
export function allOf(parts: readonly Node[]): Node {
  return combine("and", parts);
}

/** Combines conditions with OR. */
export function anyOf(parts: readonly Node[]): Node {
  return combine("or", parts);
}

function combine(operator: "and" | "or", all: readonly Node[]): Node {
  const neutral = operator === "and";
  const parts = all.filter((part) => part.kind !== "constant" || part.isTrue !== neutral);
  if (parts.some((part) => part.kind === "constant")) return constant(!neutral);
  if (parts.length === 0) return constant(neutral);
  if (parts.length === 1) return parts[0]!;
  return { kind: "logic", operator, parts, type: boolean, isNullable: parts.some((part) => part.isNullable) };
}

/** Returns the exact complement of a condition: null counts as not true. */
export function notOf(part: Node): Node {
  if (part.kind === "constant") return constant(!part.isTrue);
  if (part.kind === "isNull" || part.kind === "exists") return { ...part, isNegated: !part.isNegated };
  return { kind: "not", part, type: boolean, isNullable: false };
}

/** Returns a comparison. With `ne`, null differs from every value. */
export function compare(operator: CompareOperator, left: Node, right: Node): Node {
  return (isFine(left) ? compareFine(operator, left, right) : undefined) ?? compareExactly(operator, left, right);
}

/** Whether a column stores more digits of a second than JavaScript dates. */
function isFine(node: Node): node is ColumnNode {
  return node.kind === "column" && node.field.precision === 6;
}

/** Compares such a column with a date, which covers its whole millisecond; undefined for other comparisons. */
function compareFine(operator: CompareOperator, left: ColumnNode, right: Node): Node | undefined {
  if (right.kind !== "value" || !(right.value instanceof Date)) return undefined;
  const next: Node = { ...right, value: new Date(right.value.getTime() + 1) };
  const [from, before] = [compareExactly("gte", left, right), compareExactly("lt", left, next)];
  if (operator === "eq") return allOf([from, before]);
  if (operator === "ne") return anyOf([compareExactly("lt", left, right), compareExactly("gte", left, next), isNull(left)]);
  if (operator === "gt") return compareExactly("gte", left, next);
  return operator === "lte" ? before : undefined;
}

/** Whether a value is between two others, both included. */
export function between(part: Node, low: Node, high: Node): Node {
  if (isFine(part)) return allOf([compare("gte", part, low), compare("lte", part, high)]);
  return { kind: "between", part, low, high, type: boolean, isNullable: part.isNullable || low.isNullable || high.isNullable };
}

function compareExactly(operator: CompareOperator, left: Node, right: Node): Node {
  const isNullable = operator !== "ne" && (left.isNullable || right.isNullable);
  return { kind: "compare", operator, left, right, type: boolean, isNullable };
}

/** Whether a node is null. */
export function isNull(part: Node, isNegated = false): Node {
  return part.isNullable ? { kind: "isNull", part, isNegated, type: boolean, isNullable: false } : constant(isNegated);
}

/** The same for a column that stores more digits of a second than JavaScript dates: each date covers its millisecond. */
function inFineList(part: ColumnNode, values: readonly unknown[], ...[hasNull, isNegated]: [hasNull: boolean, isNegated: boolean]): Node {
  const nodes = values.map((value): Node => ({ kind: "value", value, type: part.type, isNullable: false }));
  if (isNegated) {
    const others = nodes.map((node) => compare("ne", part, node));
    return allOf(hasNull ? [...others, isNull(part, true)] : others);
  }
  const found = nodes.map((node) => compare("eq", part, node));
  return anyOf(hasNull ? [...found, isNull(part)] : found);
}

/** Whether a value is in a list; null in the list matches null. */
export function inList(part: Node, list: readonly unknown[], isNegated: boolean): Node {
  const values = list.filter((value) => value !== null);
  const hasNull = values.length < list.length;
  if (isFine(part)) return inFineList(part, values, hasNull, isNegated);
  const found: Node =
    values.length === 0 ? constant(isNegated) : { kind: "inList", part, values, isNegated, type: boolean, isNullable: part.isNullable };
  if (isNegated) return hasNull ? allOf([found, isNull(part, true)]) : values.length === 0 ? found : anyOf([found, isNull(part)]);
  return hasNull ? anyOf([found, isNull(part)]) : found;
}
