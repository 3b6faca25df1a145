/** Numbers of rows: limits, offsets, sizes of pages. */
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { literal } from "./literal.ts";
import type { ValueNode } from "./node.ts";
import { valueTypes } from "./value-type.ts";

/** Returns a number of rows as a value of a statement. Throws `E_LIMIT` for anything but a whole number from 0. */
export function readCount(value: unknown, where: string): ValueNode {
  return literal(assertCount(value, where, 0, Number.MAX_SAFE_INTEGER), valueTypes.int, where);
}

/** A whole number within limits. Throws `E_LIMIT`. */
export function assertCount(value: unknown, where: string, min: number, max: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new GableError("E_LIMIT", `${where} is ${describeValue(value)}.`, {
    fix: max === Number.MAX_SAFE_INTEGER ? `Pass a whole number of at least ${min}.` : `Pass a whole number from ${min} to ${max}.`,
  });
}
