/** Checks the smallest and largest values of fields, when a field is made: no value is within impossible ones. */
import { compareDecimals, isInYears } from "../data/schema/check-value.ts";
import { isLimit } from "../data/schema/option-values.ts";
import type { AnyFieldOptions, FieldType } from "./definition.ts";
import { isDay, toFullTime } from "./values/date.ts";

/** Limits of one type. */
interface LimitRules {
  /** What a limit must be, in words. */
  readonly rule: string;
  /** Whether a value can be a limit. */
  readonly isLimit: (value: unknown) => boolean;
  /** Returns a limit as a value that compares with `>`. By default the limit as it is. */
  readonly toOrder?: (value: unknown) => unknown;
}

const limitRules: Readonly<Partial<Record<FieldType, LimitRules>>> = {
  int: { rule: "a whole number that a double holds exactly", isLimit: Number.isSafeInteger },
  bigint: { rule: "a bigint such as 5n", isLimit: (value) => typeof value === "bigint" },
  number: { rule: "a finite number", isLimit: Number.isFinite },
  decimal: { rule: 'a string such as "12.50"', isLimit: (value) => isLimit("decimal", value, false) },
  date: { rule: 'a day of the calendar such as "2026-11-20"', isLimit: (value) => typeof value === "string" && isDay(value) },
  time: {
    rule: 'a time of day such as "10:12"',
    isLimit: (value) => typeof value === "string" && toFullTime(value) !== undefined,
    toOrder: (value) => toFullTime(String(value)),
  },
  datetime: { rule: "a Date in the years 1 to 9999", isLimit: (value) => value instanceof Date && isInYears(value) },
};

/** Refuses limits of another type, and a smallest value above the largest one. */
export function assertLimits(
  type: FieldType,
  options: AnyFieldOptions,
  refuse: (name: keyof AnyFieldOptions, rule: string) => never,
): void {
  const rules = limitRules[type];
  if (rules === undefined) return;
  for (const name of ["min", "max"] as const) if (options[name] !== undefined && !rules.isLimit(options[name])) refuse(name, rules.rule);
  const { min, max } = options;
  if (min === undefined || max === undefined || !isAbove(type, rules, { min, max })) return;
  refuse("min", `at most max, which is ${max instanceof Date ? max.toISOString() : String(max)}`);
}

function isAbove(type: FieldType, { toOrder }: LimitRules, { min, max }: { readonly min: unknown; readonly max: unknown }): boolean {
  if (type === "decimal") return compareDecimals(String(min), String(max)) > 0;
  // Both are of the type of the limits, which compares with `>`.
  const [first, second] = [min, max].map((limit) => (toOrder === undefined ? limit : toOrder(limit)) as number);
  return first! > second!;
}
