/** Functions that statements for SQLite use but SQLite lacks: each connection of a driver registers them. */
import { GableError } from "../../errors/gable-error.ts";
import { foldCase } from "./fold-case.ts";
import { toDecimal, toNumberText, toRemainder } from "./decimal-function.ts";
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
  gable_round: (value, places) => (typeof value === "number" ? Number(toDecimal(String(value), Number(places))) : asIs(value)),
  gable_mod: (left, right, scale) => toRemainder(left, right, Number(scale)),
  gable_zone: (value, zone, unit) => zoneMoment(value, zone, unit),
  gable_add: (value, zone, months, days, seconds) => addSpan(value, zone, months, days, seconds),
  gable_store_number: (value, scale, least, most, column) => storeNumber(value, Number(scale), [Number(least), Number(most)], column),
  gable_store_text: (value, max, column) => storeText(value, Number(max), column),
  gable_join: (list, separator) => joinTexts(list, separator),
  gable_json_equals: (one, other) => jsonEquals(one, other),
  gable_json_contains: (one, other) => jsonContains(one, other),
};

/** Returns a number as its column stores it. Throws `E_CONSTRAINT` for one out of its limits. */
function storeNumber(value: unknown, scale: number, [least, most]: readonly [number, number], column: unknown): number | null {
  if (value === null) return null;
  const number = Number(toDecimal(String(value), scale));
  if (number >= least && number <= most) return number;
  throw refused("range", column);
}

/** Returns text with at most so many characters. Throws `E_CONSTRAINT` for a longer one. */
function storeText(value: unknown, max: number, column: unknown): ReturnType<SqliteFunction> {
  if (typeof value === "string" && value.length > max && [...value].length > max) throw refused("tooLong", column);
  return asIs(value);
}

/** Returns the error of the other databases, which have limits of columns. */
function refused(kind: "range" | "tooLong", column: unknown): GableError {
  const details = { kind, constraint: undefined, columns: [String(column)] };
  return new GableError("E_CONSTRAINT", `The database refused a value: ${kind} ${String(column)}.`, { details });
}

/** Joins the strings of a JSON list; returns null for an empty list. */
function joinTexts(list: unknown, separator: unknown): string | null {
  const texts = (JSON.parse(String(list)) as unknown[]).filter((text) => text !== null); // What json_group_array() gave.
  return texts.length === 0 ? null : texts.join(String(separator));
}
