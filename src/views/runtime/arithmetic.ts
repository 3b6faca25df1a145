/** Implements operators of template files: numbers as in Python, and what Python does with strings and lists. */
import { GableError } from "../../errors/gable-error.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { isHtml } from "../values.ts";

/** Longest string and longest list that `*` creates. */
const repeatedMax = 1_000_000;

function operandError(operator: string, one: unknown, other: unknown, fix?: string): GableError {
  return new GableError("E_VIEW_VALUE", `"${operator}" got ${describeValue(one)} and ${describeValue(other)}.`, {
    fix: fix ?? "Pass two numbers; |int and |float convert strings to numbers.",
  });
}

/** Adds numbers, and joins strings or lists. */
export function add(one: number, other: number): number;
export function add(one: string, other: string): string;
export function add<One, Other>(one: readonly One[], other: readonly Other[]): Array<One | Other>;
export function add(one: any, other: any): any;
export function add(one: unknown, other: unknown): unknown {
  if (typeof one === "number" && typeof other === "number") return one + other;
  if (typeof one === "string" && typeof other === "string") return one + other;
  if (typeof one === "bigint" && typeof other === "bigint") return one + other;
  if (Array.isArray(one) && Array.isArray(other)) return [...(one as unknown[]), ...(other as unknown[])]; // The check gives any[].
  const isText = typeof one === "string" || typeof other === "string" || isHtml(one) || isHtml(other);
  throw operandError("+", one, other, isText ? "Join strings and other values with ~." : undefined);
}

/** Multiplies numbers, and repeats a string or a list. */
export function multiply(one: number, other: number): number;
export function multiply(one: string, other: number): string;
export function multiply<Item>(one: readonly Item[], other: number): Item[];
export function multiply(one: any, other: any): any;
export function multiply(one: unknown, other: unknown): unknown {
  if (typeof one === "number" && typeof other === "number") return one * other;
  if (typeof one === "bigint" && typeof other === "bigint") return one * other;
  const [value, count] = typeof one === "number" ? [other, one] : [one, other];
  if (typeof count === "number" && Number.isInteger(count) && (typeof value === "string" || Array.isArray(value))) {
    const times = Math.max(0, count);
    if (value.length * times > repeatedMax)
      throw new GableError("E_VIEW_VALUE", `"*" would create more than ${repeatedMax} characters or items.`);
    if (typeof value === "string") return value.repeat(times);
    return Array.from({ length: times }, () => value as unknown[]).flat(); // A string has returned already.
  }
  throw operandError("*", one, other);
}

function calculate(operator: string, one: unknown, other: unknown, toResult: (one: number, other: number) => number): number {
  if (typeof one === "number" && typeof other === "number") return toResult(one, other);
  throw operandError(operator, one, other);
}

function assertDivisor(operator: string, divisor: unknown): void {
  if (divisor === 0) throw new GableError("E_VIEW_VALUE", `"${operator}" divides by zero.`, { fix: "Test the divisor before, with if." });
}

/** Subtracts one number from another. */
export function subtract(one: number, other: number): number {
  return calculate("-", one, other, (left, right) => left - right);
}

/** Divides one number by another. */
export function divide(one: number, other: number): number {
  assertDivisor("/", other);
  return calculate("/", one, other, (left, right) => left / right);
}

/** Divides, and rounds down. */
export function floorDivide(one: number, other: number): number {
  assertDivisor("//", other);
  return calculate("//", one, other, (left, right) => Math.floor(left / right));
}

/** Returns the remainder, with the sign of the divisor. */
export function modulo(dividend: number, divisor: number): number {
  assertDivisor("%", divisor);
  return calculate("%", dividend, divisor, (left, right) => left - right * Math.floor(left / right));
}

/** Raises one number to another. */
export function power(base: number, exponent: number): number {
  return calculate("**", base, exponent, (left, right) => left ** right);
}
