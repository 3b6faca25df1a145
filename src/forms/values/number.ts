/** Fields whose value is a number: whole, of double precision, or decimal without loss. */
import { compareDecimals } from "../../data/schema/check-value.ts";
import type { FieldDefinition, Parsed } from "../definition.ts";
import type { ScalarType } from "./scalar-type.ts";
import { broken } from "./scalar-type.ts";

const charactersMax = 32;

/** A valid floating-point number of HTML (WHATWG HTML, section 2.3.4.3), cut into its parts. */
interface NumberParts {
  readonly isNegative: boolean;
  readonly whole: string;
  readonly fraction: string;
  readonly exponent: number;
}

function splitNumber(text: string): NumberParts | undefined {
  if (text.length > charactersMax) return undefined;
  const match = /^(-?)([0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?$/.exec(text);
  if (match === null || (match[2] === "" && match[3] === undefined)) return undefined;
  return { isNegative: match[1] === "-", whole: match[2]!, fraction: match[3] ?? "", exponent: Number(match[4] ?? 0) };
}

/** Returns a number without exponent: digits before and after the point, without loss. */
function expand({ whole, fraction, exponent }: NumberParts): { readonly whole: string; readonly fraction: string } {
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return { whole: "0", fraction: `${"0".repeat(-point)}${digits}`.replace(/0+$/, "") };
  const padded = digits.padEnd(point, "0");
  return { whole: padded.slice(0, point).replace(/^0+(?=[0-9])/, ""), fraction: padded.slice(point).replace(/0+$/, "") };
}

function findRangeProblem(value: number | bigint, { min, max }: Readonly<{ min?: unknown; max?: unknown }>): Parsed | undefined {
  if (isNumeric(min) && value < min) return broken("too_small", { min: toParam(min) });
  if (isNumeric(max) && value > max) return broken("too_large", { max: toParam(max) });
  return undefined;
}

function toParam(limit: number | bigint): number | string {
  return typeof limit === "number" ? limit : String(limit);
}

function isNumeric(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Smallest and largest value of a whole number. */
function intLimits({ options: { min, max, step } }: FieldDefinition): {
  readonly min: number;
  readonly max: number;
  readonly step: number;
} {
  return {
    min: typeof min === "number" ? min : Number.MIN_SAFE_INTEGER,
    max: typeof max === "number" ? max : Number.MAX_SAFE_INTEGER,
    step: step ?? 1,
  };
}

/** Digits that a double holds exactly. */
const plainInteger = /^(?:0|-?[1-9][0-9]{0,14})$/;

/** Reads a whole number in any form that HTML has, or gives the rule that it breaks. */
function parseInteger(typed: string): number | "number" | "integer" {
  const parts = splitNumber(typed);
  if (parts === undefined) return "number";
  const { whole, fraction } = expand(parts);
  if (fraction !== "") return "integer";
  return Number(parts.isNegative && whole !== "0" ? `-${whole}` : whole);
}

/** A whole number that a double holds exactly. */
export const int: ScalarType = {
  parse: (typed, field) => {
    const value = plainInteger.test(typed) ? Number(typed) : parseInteger(typed);
    if (typeof value === "string") return broken(value);
    const limits = intLimits(field);
    const problem = findRangeProblem(value, limits);
    if (problem !== undefined) return problem;
    const base = typeof field.options.min === "number" ? field.options.min : 0;
    return (value - base) % limits.step === 0 ? { value } : broken("step", { step: limits.step, base });
  },
  toText: (value) => (typeof value === "number" && Number.isSafeInteger(value) ? String(value) : undefined),
  attributes: (field) => {
    const { max, step } = intLimits(field);
    // A smallest value far away would make the browser lose the digits after the point, and take 1.5.
    return { min: typeof field.options.min === "number" ? field.options.min : undefined, max, step };
  },
};

const [bigintMin, bigintMax] = [-(2n ** 63n), 2n ** 63n - 1n];

/** A whole number of 64 bits. */
export const bigint: ScalarType = {
  parse: (typed, { options: { min = bigintMin, max = bigintMax } }) => {
    const parts = splitNumber(typed);
    if (parts === undefined) return broken("number");
    const { whole, fraction } = expand(parts);
    if (fraction !== "") return broken("integer");
    const value = BigInt(parts.isNegative ? `-${whole}` : whole);
    return findRangeProblem(value, { min, max }) ?? { value };
  },
  toText: (value) => (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value)) ? String(value) : undefined),
  // Browsers compute with fewer digits: a limit far away would make them take 1.5.
  attributes: ({ options: { min, max } }) => ({
    min: typeof min === "bigint" ? String(min) : undefined,
    max: typeof max === "bigint" ? String(max) : undefined,
    step: 1,
  }),
};

/** A finite number of double precision. */
export const number: ScalarType = {
  parse: (typed, { options }) => {
    const parts = splitNumber(typed);
    const value = parts === undefined ? NaN : Number(typed);
    if (!Number.isFinite(value)) return broken("number");
    const problem = findRangeProblem(value, options);
    if (problem !== undefined) return problem;
    const { step } = options;
    const base = typeof options.min === "number" ? options.min : 0;
    if (step !== undefined && !isStep(value, { step, base })) return broken("step", { step, base });
    return { value: value === 0 ? 0 : value };
  },
  toText: (value) => (typeof value === "number" && Number.isFinite(value) ? String(value) : undefined),
  attributes: ({ options: { min, max, step } }) => ({
    min: typeof min === "number" ? min : undefined,
    max: typeof max === "number" ? max : undefined,
    step: step ?? "any",
  }),
};

/**
 * Whether a value is a base and a multiple of a step. The decimal digits of all three are compared, without a tolerance: 0.3 is three
 * times 0.1. A program may also have computed the multiple with doubles: 0.1 * 3 is 0.30000000000000004.
 */
function isStep(value: number, { step, base }: { readonly step: number; readonly base: number }): boolean {
  const scale = Math.max(...[value, base, step].map((number) => toDigits(number).fraction.length));
  const toScaled = (number: number): bigint => {
    const { sign, whole, fraction } = toDigits(number);
    return sign * BigInt(whole + fraction.padEnd(scale, "0"));
  };
  if ((toScaled(value) - toScaled(base)) % toScaled(step) === 0n) return true;
  return base + Math.round((value - base) / step) * step === value;
}

/** Returns the fewest decimal digits that stand for a double, without exponent. */
function toDigits(value: number): { readonly sign: bigint; readonly whole: string; readonly fraction: string } {
  const parts = splitNumber(String(value))!; // The text of a finite number has this form.
  return { sign: parts.isNegative ? -1n : 1n, ...expand(parts) };
}

interface DecimalShape {
  readonly scale: number;
  /** Digits before the point. */
  readonly wholeMax: number;
  readonly min: string;
  readonly max: string;
}

const shapes = new WeakMap<FieldDefinition, DecimalShape>();

function decimalShape(field: FieldDefinition): DecimalShape {
  const known = shapes.get(field) ?? makeDecimalShape(field);
  shapes.set(field, known);
  return known;
}

function makeDecimalShape({ options: { digits = 38, scale = 2, min, max } }: FieldDefinition): DecimalShape {
  const wholeMax = digits - scale;
  const most = `${"9".repeat(wholeMax) || "0"}${scale === 0 ? "" : `.${"9".repeat(scale)}`}`;
  return { scale, wholeMax, min: typeof min === "string" ? min : `-${most}`, max: typeof max === "string" ? max : most };
}

/** A decimal number as a string with exactly `scale` digits after the decimal point; it never becomes a float. */
export const decimal: ScalarType = {
  parse: (typed, field) => {
    const parts = splitNumber(typed);
    if (parts === undefined) return broken("number");
    const { whole, fraction } = expand(parts);
    const { scale, wholeMax, min, max } = decimalShape(field);
    if (fraction.length > scale) return broken("scale", { max: scale });
    if (whole !== "0" && whole.length > wholeMax) return broken("digits", { max: wholeMax });
    const isZero = /^0*$/.test(whole + fraction);
    const value = `${parts.isNegative && !isZero ? "-" : ""}${whole}${scale === 0 ? "" : `.${fraction.padEnd(scale, "0")}`}`;
    // The digits are checked; only the options min and max remain.
    if (field.options.min !== undefined && compareDecimals(value, min) < 0) return broken("too_small", { min });
    if (field.options.max !== undefined && compareDecimals(value, max) > 0) return broken("too_large", { max });
    return { value };
  },
  toText: (value) => (typeof value === "string" ? value : typeof value === "number" && Number.isFinite(value) ? String(value) : undefined),
  attributes: (field) => {
    const { scale, min, max } = decimalShape(field);
    return { min, max, step: scale === 0 ? 1 : `0.${"0".repeat(scale - 1)}1` };
  },
};
