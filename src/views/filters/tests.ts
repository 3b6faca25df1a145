/** Lists all tests of Jinja 3.1. */
import { filterSignatures, testSignatures } from "./signatures.ts";
import { contains, equal, isPlainObject } from "../runtime/semantics.ts";
import { isHtml } from "../values.ts";

type Ordered = number | string | bigint | Date;

const less = (value: Ordered, other: Ordered): boolean => value < other;
const lessOrEqual = (value: Ordered, other: Ordered): boolean => value <= other;
const isText = (value: unknown): value is string => typeof value === "string" || isHtml(value);
const isIterable = (value: unknown): boolean =>
  typeof value === "string" || (typeof value === "object" && value !== null && (Symbol.iterator in value || isPlainObject(value)));

/** The tests by name. */
export const tests = {
  boolean: (value: unknown): value is boolean => typeof value === "boolean",
  callable: (value: unknown): boolean => typeof value === "function",
  defined: (value: unknown): boolean => value !== undefined,
  divisibleby: (value: number, divisor: number): boolean => value % divisor === 0,
  eq: (value: unknown, other: unknown): boolean => equal(value, other),
  equalto: (value: unknown, other: unknown): boolean => equal(value, other),
  escaped: (value: unknown): boolean => isHtml(value),
  even: (value: number): boolean => value % 2 === 0,
  false: (value: unknown): value is false => value === false,
  filter: (value: unknown): boolean => filterSignatures.has(String(value)),
  float: (value: unknown): boolean => typeof value === "number" && !Number.isInteger(value),
  ge: (value: Ordered, other: Ordered): boolean => lessOrEqual(other, value),
  greaterthan: (value: Ordered, other: Ordered): boolean => less(other, value),
  gt: (value: Ordered, other: Ordered): boolean => less(other, value),
  in: (value: unknown, container: unknown): boolean => contains(value, container),
  integer: (value: unknown): boolean => typeof value === "bigint" || Number.isInteger(value),
  iterable: isIterable,
  le: lessOrEqual,
  lessthan: less,
  lower: (value: unknown): boolean =>
    isText(value) && String(value) === String(value).toLowerCase() && String(value) !== String(value).toUpperCase(),
  lt: less,
  mapping: (value: unknown): boolean => value instanceof Map || isPlainObject(value),
  ne: (value: unknown, other: unknown): boolean => !equal(value, other),
  none: (value: unknown): boolean => value === null || value === undefined,
  number: (value: unknown): value is number => typeof value === "number" || typeof value === "bigint",
  odd: (value: number): boolean => Math.abs(value % 2) === 1,
  sameas: (value: unknown, other: unknown): boolean => Object.is(value, other),
  sequence: (value: unknown): boolean => Array.isArray(value) || typeof value === "string",
  string: (value: unknown): value is string => isText(value),
  test: (value: unknown): boolean => testSignatures.has(String(value)),
  true: (value: unknown): value is true => value === true,
  undefined: (value: unknown): value is undefined => value === undefined,
  upper: (value: unknown): boolean =>
    isText(value) && String(value) === String(value).toUpperCase() && String(value) !== String(value).toLowerCase(),
} as const;
