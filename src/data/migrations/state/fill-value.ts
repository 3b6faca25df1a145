/** Values that a migration gives existing rows: whether one fits the type of its column. */
import { GableError } from "../../../errors/gable-error.ts";
import { describeValue } from "../../../errors/option-errors.ts";
import { countCharacters } from "../../schema/check-value.ts";
import type { ColumnType } from "../../schema/column.ts";
import { isColumnType } from "../../schema/column.ts";
import type { ColumnState, ValueData } from "../../schema/table-state.ts";

/** Whether a value in a migration fits, and an example of one that does. */
interface FillForm {
  readonly fits: (value: unknown, column: ColumnState) => boolean;
  readonly example: string;
}

const matches =
  (pattern: RegExp) =>
  (value: unknown): boolean =>
    typeof value === "string" && pattern.test(value);
const whole: FillForm = { fits: Number.isSafeInteger, example: "0" };
const text: FillForm = {
  fits: (value, { max = Infinity }) => typeof value === "string" && countCharacters(value) <= max,
  example: '{ text: "draft" }',
};

const forms: Readonly<Record<ColumnType, FillForm>> = {
  id: { ...whole, fits: (value) => Number.isSafeInteger(value) && Number(value) > 0, example: "1" },
  int: { ...whole, fits: (value) => Number.isInteger(value) && Number(value) === (Number(value) | 0) },
  bigint: { fits: (value) => Number.isSafeInteger(value) || isBigint(value), example: '{ bigint: "0" }' },
  duration: { fits: (value) => Number.isSafeInteger(value) || matches(/^\d{1,15}$/)(value), example: '{ duration: "0" }' },
  float: { fits: Number.isFinite, example: "{ float: 0.5 }" },
  decimal: {
    fits: (value, { digits = 38, scale = 0 }) =>
      (typeof value === "number" || typeof value === "string") && fitsDecimal(String(value), digits, scale),
    example: '{ decimal: "0.50" }',
  },
  boolean: { fits: (value) => typeof value === "boolean", example: "false" },
  text,
  slug: text,
  email: text,
  url: text,
  file: text,
  choice: {
    ...text,
    fits: (value, { choices = [], check }) => typeof value === "string" && (check === false || choices.includes(value)),
  },
  uuid: { fits: matches(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i), example: '{ uuid: "0190163d-8694-739b-aea5-966c26f8ad91" }' },
  ip: { fits: matches(/^[0-9a-f.:]{2,45}$/i), example: '{ ip: "127.0.0.1" }' },
  date: { fits: isDay, example: '{ date: "2026-11-20" }' },
  time: { fits: matches(/^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.0+)?$/), example: '{ time: "09:30:00" }' },
  datetime: {
    fits: isMoment,
    example: '{ datetime: "2026-11-20T09:30:00.000Z" }',
  },
  bytes: {
    fits: (value, { max = Infinity }) => matches(/^(?:[0-9a-f]{2})*$/i)(value) && String(value).length <= max * 2,
    example: '{ bytes: "00ff" }',
  },
  json: { fits: (value) => value !== undefined, example: "{ json: {} }" },
  array: {
    fits: (value, { items }) => Array.isArray(value) && items !== undefined && value.every((item) => forms[items.type].fits(item, items)),
    example: "{ array: [] }",
  },
};

/** Returns whether a string is a whole number of 64 bits. */
function isBigint(value: unknown): boolean {
  return matches(/^-?\d{1,19}$/)(value) && BigInt.asIntN(64, BigInt(String(value))) === BigInt(String(value));
}

/** Returns whether a column stores all digits of a number. */
function fitsDecimal(text: string, digits: number, scale: number): boolean {
  const [, whole = "", fraction = ""] = /^-?0*(\d*?)(?:\.(\d*?)0*)?$/.exec(text) ?? [];
  return /^-?\d+(?:\.\d+)?$/.test(text) && whole.length <= digits - scale && fraction.length <= scale;
}

function isDay(value: unknown): boolean {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

/** A date without a time means midnight in UTC. A time needs a zone: without one, its meaning depends on the machine. */
function isMoment(value: unknown): boolean {
  const [, day] = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(String(value)) ?? [];
  return typeof value === "string" && isDay(day) && !Number.isNaN(new Date(value).getTime());
}

/** Returns the example of columns with limits. */
function exampleOf({ type, choices: [first] = [], max = Infinity, digits = 1, scale = 0 }: ColumnState): { readonly example?: string } {
  if (type === "choice" && first !== undefined) return { example: `{ text: ${JSON.stringify(first)} }` };
  if (type === "text" && max < 5) return { example: '{ text: "-" }' };
  return type === "decimal" && (scale === 0 || digits === scale) ? { example: '{ decimal: "0" }' } : {};
}

/** Returns an example of a value that fits, also the limits of the column; undefined when this one does. */
export function findFillExample(fill: unknown, column: ColumnState): string | undefined {
  const form = { ...forms[column.type], ...exampleOf(column) };
  if (typeof fill === "number" || typeof fill === "boolean") return form.fits(fill, column) ? undefined : form.example;
  if (typeof fill !== "object" || fill === null) return form.example;
  const [[type, value] = ["", undefined], ...others] = Object.entries(fill);
  return others.length === 0 && isColumnType(type) && form.fits(value, column) ? undefined : form.example;
}

/** Whether a value has the form of one in a migration, whatever the type of its column. */
export function isValueData(value: unknown): value is ValueData {
  if (typeof value !== "object") return typeof value === "boolean" || Number.isFinite(value);
  const types = Object.keys(value ?? {});
  return value === null || (types.length === 1 && isColumnType(types[0]!));
}

/**
 * Throws `E_MIGRATION_OPERATION` for a value that would not fill rows: one that the column cannot hold, or null where the fill would never
 * end. `before` is the definition of a column that is changed.
 */
export function assertFill(where: string, column: ColumnState, fill: ValueData | undefined, before?: ColumnState): void {
  if (fill === undefined) return;
  if (fill === null && column.null !== true)
    refuse(`${where} fills rows with null, but the column is not nullable.`, "Give another value.");
  if (before !== undefined && (column.null === true || before.null !== true))
    refuse(
      `${where} has fill, which replaces null where a nullable column becomes not nullable: it would change no row here.`,
      "Leave fill out. To change values, use op.sql() or op.run().",
    );
  const example = fill === null ? undefined : findFillExample(fill, column);
  if (example === undefined) return;
  const given = typeof fill === "object" ? JSON.stringify(fill) : describeValue(fill);
  const { type, max, digits, scale } = column;
  const limits = max !== undefined ? ` with max: ${max}` : digits !== undefined ? ` with digits: ${digits}, scale: ${scale}` : "";
  refuse(`${where} fills rows with ${given}, but the column has the type ${type}${limits}.`, `Write fill: ${example}.`);
}

function refuse(what: string, fix: string): never {
  throw new GableError("E_MIGRATION_OPERATION", what, { fix });
}
