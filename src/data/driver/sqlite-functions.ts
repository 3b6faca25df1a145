/** Functions that statements for SQLite use but SQLite lacks: each connection of a driver registers them. */
import { foldCase } from "./fold-case.ts";
import { toDecimal, toNumberText } from "./decimal-function.ts";
import { jsonContains, jsonEquals } from "./json-functions.ts";
import { addSpan, zoneMoment } from "./zone-function.ts";

type SqliteFunction = (...values: unknown[]) => string | number | bigint | Uint8Array | null;

// Values other than strings stay unchanged.
const asIs = (value: unknown): ReturnType<SqliteFunction> => value as ReturnType<SqliteFunction>; // A value of the database.

/** The functions by name. They are deterministic and only useful in statements. Each takes as many values as it declares. */
export const sqliteFunctions: Readonly<Record<string, SqliteFunction>> = {
  // SQLite's own lower() and upper() only support ASCII.
  gable_lower: (value) => (typeof value === "string" ? foldCase(value) : asIs(value)),
  gable_upper: (value) => (typeof value === "string" ? value.toUpperCase() : asIs(value)),
  gable_decimal: (value, scale) => (value === null ? null : toDecimal(String(value), Number(scale))),
  gable_float: (value) => (value === null ? null : Number(value)),
  gable_float_text: (value) => (value === null ? null : String(value)),
  gable_number: (value, scale) => toNumberText(value, Number(scale)),
  gable_zone: (value, zone, unit) => zoneMoment(value, zone, unit),
  gable_add: (value, zone, months, days, seconds) => addSpan(value, zone, months, days, seconds),
  gable_join: (list, separator) => joinTexts(list, separator),
  gable_json_equals: (one, other) => jsonEquals(one, other),
  gable_json_contains: (one, other) => jsonContains(one, other),
};

/** Joins the strings of a JSON list; returns null for an empty list. */
function joinTexts(list: unknown, separator: unknown): string | null {
  const texts = (JSON.parse(String(list)) as unknown[]).filter((text) => text !== null); // What json_group_array() gave.
  return texts.length === 0 ? null : texts.join(String(separator));
}
