/** Window functions: values of a row relative to its neighbours, such as its rank in an order, or a running sum. */
import { describeValue } from "../../errors/option-errors.ts";
import { toExpression } from "./expression.ts";
import type { AnyExpression, ExpressionOf, WindowOptions } from "../schema/expression-types.ts";
import type { Node, WindowName } from "./node.ts";
import { valueTypes } from "./value-type.ts";
import { expressionNode, readWindow, windowError } from "./window-options.ts";

/** A window function before `over()`. */
export interface OpenWindow<Value> {
  /** Computes the value among the rows of a window. */
  over(window: WindowOptions): ExpressionOf<Value>;
}

function open<Value>(name: WindowName, part: Node | undefined, count: number | undefined, isNullable: boolean): OpenWindow<Value> {
  const type = part?.type ?? valueTypes.int;
  return { over: (window) => toExpression<Value>({ kind: "window", name, part, count, type, isNullable, ...readWindow(window, name) }) };
}

/** Number of a row in its window, starting at 1. */
export function rowNumber(): OpenWindow<number> {
  return open("row_number", undefined, undefined, false);
}

/** Rank of a row in its window: equal rows share a rank, and the following ranks are skipped. */
export function rank(): OpenWindow<number> {
  return open("rank", undefined, undefined, false);
}

/** Like {@link rank}, without gaps. */
export function denseRank(): OpenWindow<number> {
  return open("dense_rank", undefined, undefined, false);
}

/** Number of the row's group, if the window is divided into this many groups of about equal size. */
export function ntile(parts: number): OpenWindow<number> {
  return open("ntile", undefined, readCount(parts, "ntile()", 1), false);
}

/** Value of the row this many rows earlier; null if there is none. */
export function lag<Value>(value: AnyExpression<Value>, rows = 1): OpenWindow<Value | null> {
  return open("lag", expressionNode(value, "lag()"), readCount(rows, "lag()", 0), true);
}

/** Value of the row this many rows later; null if there is none. */
export function lead<Value>(value: AnyExpression<Value>, rows = 1): OpenWindow<Value | null> {
  return open("lead", expressionNode(value, "lead()"), readCount(rows, "lead()", 0), true);
}

/** Value of the first row of the window. */
export function firstValue<Value>(value: AnyExpression<Value>): OpenWindow<Value | null> {
  return open("first_value", expressionNode(value, "firstValue()"), undefined, true);
}

/** Value of the last row of the window: of the whole window with `rows: ["start", "end"]`, otherwise up to the row itself. */
export function lastValue<Value>(value: AnyExpression<Value>): OpenWindow<Value | null> {
  return open("last_value", expressionNode(value, "lastValue()"), undefined, true);
}

/** The number becomes part of the statement: databases accept no parameter there. */
function readCount(value: number, where: string, min: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= 1_000_000) return value;
  throw windowError(`${where} got ${describeValue(value)}`, `Pass a whole number from ${min} to 1,000,000.`);
}
