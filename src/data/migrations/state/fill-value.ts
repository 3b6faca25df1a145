/** Values that a migration gives existing rows: whether one fits the type of its column. */
import type { ColumnType } from "../../schema/column.ts";
import { isColumnType } from "../../schema/column.ts";
import type { ColumnState } from "../../schema/table-state.ts";

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
const text: FillForm = { fits: (value) => typeof value === "string", example: '{ text: "draft" }' };

const forms: Readonly<Record<ColumnType, FillForm>> = {
  id: whole,
  int: whole,
  bigint: { fits: (value) => Number.isSafeInteger(value) || matches(/^-?\d{1,19}$/)(value), example: '{ bigint: "0" }' },
  duration: { fits: (value) => Number.isSafeInteger(value) || matches(/^\d{1,15}$/)(value), example: '{ duration: "0" }' },
  float: { fits: Number.isFinite, example: "{ float: 0.5 }" },
  decimal: {
    fits: (value) => Number.isFinite(value) || matches(/^-?\d{1,60}(?:\.\d{1,30})?$/)(value),
    example: '{ decimal: "0.50" }',
  },
  boolean: { fits: (value) => typeof value === "boolean", example: "false" },
  text,
  slug: text,
  email: text,
  url: text,
  file: text,
  choice: text,
  uuid: { fits: matches(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i), example: '{ uuid: "0190163d-8694-739b-aea5-966c26f8ad91" }' },
  ip: { fits: matches(/^[0-9a-f.:]{2,45}$/i), example: '{ ip: "127.0.0.1" }' },
  date: { fits: isDay, example: '{ date: "2026-11-20" }' },
  time: { fits: matches(/^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?$/), example: '{ time: "09:30:00" }' },
  datetime: {
    fits: isMoment,
    example: '{ datetime: "2026-11-20T09:30:00.000Z" }',
  },
  bytes: { fits: matches(/^(?:[0-9a-f]{2})*$/i), example: '{ bytes: "00ff" }' },
  json: { fits: (value) => value !== undefined, example: "{ json: {} }" },
  array: {
    fits: (value, { items }) => Array.isArray(value) && items !== undefined && value.every((item) => forms[items.type].fits(item, items)),
    example: "{ array: [] }",
  },
};

function isDay(value: unknown): boolean {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value)) return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

/** A day alone begins in UTC; a time needs a zone, or each machine would read another time. */
function isMoment(value: unknown): boolean {
  const [, day] = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(String(value)) ?? [];
  return typeof value === "string" && isDay(day) && !Number.isNaN(new Date(value).getTime());
}

/** Returns an example of a value that fits; undefined when this one does. */
export function findFillExample(fill: unknown, column: ColumnState): string | undefined {
  const form = forms[column.type];
  if (typeof fill === "number" || typeof fill === "boolean") return form.fits(fill, column) ? undefined : form.example;
  if (typeof fill !== "object" || fill === null) return form.example;
  const [[type, value] = ["", undefined], ...others] = Object.entries(fill);
  return others.length === 0 && isColumnType(type) && form.fits(value, column) ? undefined : form.example;
}
