/** Windows: values of a row among its neighbours, such as its place in an order, or a sum up to it. */
import { describeValue } from "../../errors/option-errors.ts";
import { toExpression } from "./expression.ts";
import type { AnyExpression, ExpressionOf, WindowOptions } from "../schema/expression-types.ts";
import type { Node, WindowName } from "./node.ts";
import { valueTypes } from "./value-type.ts";
import { expressionNode, readWindow, windowError } from "./window-options.ts";

/** A function of a window, which still waits for it. */
export interface OpenWindow<Value> {
  /** The value among the rows of a window. */
  over(window: WindowOptions): ExpressionOf<Value>;
}

function open<Value>(name: WindowName, part: Node | undefined, count: number | undefined, isNullable: boolean): OpenWindow<Value> {
  const type = part?.type ?? valueTypes.int;
  return { over: (window) => toExpression<Value>({ kind: "window", name, part, count, type, isNullable, ...readWindow(window, name) }) };
}

/** The number of a row in its window, from 1 on. */
export function rowNumber(): OpenWindow<number> {
  return open("row_number", undefined, undefined, false);
}

/** The place of a row in its window: rows that are equal in the order share one, and the places behind them are left out. */
export function rank(): OpenWindow<number> {
  return open("rank", undefined, undefined, false);
}

/** As {@link rank}, without places that are left out. */
export function denseRank(): OpenWindow<number> {
  return open("dense_rank", undefined, undefined, false);
}

/** The number of a row's part, when the window is divided into so many parts of about one size. */
export function ntile(parts: number): OpenWindow<number> {
  return open("ntile", undefined, readCount(parts, "ntile()", 1), false);
}

/** A value of the row that stands so many rows before; null where none does. */
export function lag<Value>(value: AnyExpression<Value>, rows = 1): OpenWindow<Value | null> {
  return open("lag", expressionNode(value, "lag()"), readCount(rows, "lag()", 0), true);
}

/** A value of the row that stands so many rows behind; null where none does. */
export function lead<Value>(value: AnyExpression<Value>, rows = 1): OpenWindow<Value | null> {
  return open("lead", expressionNode(value, "lead()"), readCount(rows, "lead()", 0), true);
}

/** A value of the first row of the window. */
export function firstValue<Value>(value: AnyExpression<Value>): OpenWindow<Value | null> {
  return open("first_value", expressionNode(value, "firstValue()"), undefined, true);
}

/** A value of the last row of the window: of all of it with `rows: ["start", "end"]`, else of those up to the row itself. */
export function lastValue<Value>(value: AnyExpression<Value>): OpenWindow<Value | null> {
  return open("last_value", expressionNode(value, "lastValue()"), undefined, true);
}

/** It becomes part of the statement: databases take no parameter there. */
function readCount(value: number, where: string, min: number): number {
  if (Number.isSafeInteger(value) && value >= min && value <= 1_000_000) return value;
  throw windowError(`${where} got ${describeValue(value)}`, `Pass a whole number from ${min} to 1,000,000.`);
}
