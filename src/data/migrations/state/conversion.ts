/**
 * The rules of type changes: which columns can be converted, and which values fit. They are the same on every database and never
 * lose a value: either a value becomes an equal one that converts back to the original, or the change is refused.
 */
import { checkValue, countCharacters } from "../../schema/check-value.ts";
import { Column } from "../../schema/column.ts";
import type { ColumnKind, ColumnState } from "../../schema/table-state.ts";
import { isSame } from "./table-data.ts";

/**
 * What a column change requires of the existing values: nothing ("free"), a conversion that always works ("converts"), a check that
 * each value fits ("fits"), or dropping them, because no conversion keeps them ("recreates").
 */
export type Conversion = "free" | "converts" | "fits" | "recreates";

/** Returns what a column change requires of the existing values. */
export function conversionOf(before: ColumnState, after: ColumnState): Conversion {
  if (before.type === after.type) return narrowing(before, after);
  if (isNumber(before) && isNumber(after)) return numberConversion(before, after);
  if (isText(after)) return textConversion(before, after);
  // Choice keys have a meaning in code, so they do not convert to other types.
  if (isText(before)) return before.type === "text" && readable.has(after.type) ? "fits" : "recreates";
  if (before.type === "date" && after.type === "datetime") return "converts";
  return before.type === "datetime" && after.type === "date" ? "fits" : "recreates";
}

const wholeKinds: ReadonlySet<ColumnKind> = new Set<ColumnKind>(["id", "int", "bigint", "duration"]);
const isWhole = ({ type }: ColumnState): boolean => wholeKinds.has(type);
const isNumber = (column: ColumnState): boolean => isWhole(column) || ["float", "decimal", "boolean"].includes(column.type);
const isText = ({ type }: ColumnState): boolean => type === "text" || type === "choice";

/** Kinds whose values have exactly one string form that converts back. */
const readable: ReadonlySet<ColumnKind> = new Set<ColumnKind>([
  ...wholeKinds,
  "float",
  "decimal",
  "boolean",
  "uuid",
  "date",
  "time",
  "datetime",
  "ip",
]);

function narrowing(before: ColumnState, after: ColumnState): Conversion {
  const freeIf = (isFree: boolean): Conversion => (isFree ? "free" : "fits");
  switch (before.type) {
    case "text":
    case "bytes":
      return freeIf((after.max ?? Infinity) >= (before.max ?? Infinity));
    case "choice":
      return freeIf(holdsChoices(before, after));
    case "decimal":
      return freeIf(wholeDigits(after) >= wholeDigits(before) && scaleOf(after) >= scaleOf(before));
    case "array":
      return isSame(before.items, after.items) ? "free" : "recreates";
    default:
      return "free";
  }
}

/** Returns whether every key of a choice is also a key of another. Without a check, a column holds any string that is short enough. */
function holdsChoices(before: ColumnState, after: ColumnState): boolean {
  if (after.check === false) return choiceLength(after) >= choiceLength(before);
  return before.check !== false && before.choices!.every((key) => after.choices!.includes(key));
}

/** Maximum characters of a choice on databases that limit them. */
function choiceLength({ choices = [] }: ColumnState): number {
  return Math.max(50, ...choices.map((key) => key.length));
}

const scaleOf = ({ scale = 0 }: ColumnState): number => scale;
const wholeDigits = ({ digits = 0, scale = 0 }: ColumnState): number => digits - scale;

/** Bits of integer types, without the sign. */
const bits: Readonly<Partial<Record<ColumnKind, number>>> = { int: 31, id: 53, duration: 53, bigint: 63 };
/** Maximum digits of integer types. */
const digitsMax: Readonly<Partial<Record<ColumnKind, number>>> = { boolean: 1, int: 10, id: 16, duration: 16, bigint: 19 };
/** Number of decimal digits that a double always keeps. */
const floatDigits = 15;

function numberConversion(before: ColumnState, after: ColumnState): Conversion {
  if (after.type === "boolean" || before.type === "float") return "fits";
  if (before.type === "decimal") return after.type === "float" && before.digits! <= floatDigits ? "converts" : "fits";
  if (after.type === "decimal") return wholeDigits(after) >= digitsMax[before.type]! ? "converts" : "fits";
  if (after.type === "float") return before.type === "bigint" ? "fits" : "converts";
  // Keys of type id are positive.
  if (after.type === "id") return "fits";
  if (before.type === "boolean") return "converts";
  return bits[after.type]! >= bits[before.type]! ? "free" : "fits";
}

/** Maximum length of the string forms of values. */
const textLengths: Readonly<Partial<Record<ColumnKind, number>>> = {
  uuid: 36,
  id: 16,
  int: 11,
  bigint: 20,
  duration: 17,
  boolean: 5,
  date: 10,
  time: 8,
  datetime: 24,
};

function textConversion(before: ColumnState, after: ColumnState): Conversion {
  if (after.type === "choice") return before.type === "text" ? "fits" : "recreates";
  const max = after.max ?? Infinity;
  if (before.type === "choice") {
    const isKnown = before.check !== false && before.choices!.every((key) => countCharacters(key) <= max);
    return isKnown || max >= choiceLength(before) ? "free" : "fits";
  }
  // Databases format some of these values differently.
  if (before.type === "float" || before.type === "ip") return "fits";
  const length = before.type === "decimal" ? before.digits! + 2 : textLengths[before.type];
  if (length === undefined) return "recreates";
  return max >= length ? "converts" : "fits";
}

/** Returns whether a value of one column converts to an equal value of another. */
export function fitsColumn(value: unknown, before: ColumnState, after: ColumnState): boolean {
  if (after.type === "bytes") return (value as Uint8Array).length <= (after.max ?? Infinity); // Bytes only convert to bytes.
  if (after.type === "json" || after.type === "array") return true;
  if (isNumber(before) && isNumber(after)) return fitsNumber(value, before, after);
  const text = toText(value, before);
  if (text === undefined) return false;
  if (before.type === "date" && after.type === "datetime") return isTextOf(text, before);
  if (before.type === "datetime" && after.type === "date") return text.endsWith("T00:00:00.000Z");
  return isTextOf(text, after);
}

/** Returns the only string form of a value, or undefined if databases disagree on it. */
function toText(value: unknown, { type }: ColumnState): string | undefined {
  if (type === "datetime") {
    const moment = (value as Date).toISOString(); // The column holds datetimes.
    return moment.length === 24 && !moment.startsWith("0000") ? moment : undefined;
  }
  if (type === "ip") return isPlainAddress(String(value)) ? String(value) : undefined;
  return type === "float" && !isPlainFloat(Number(value)) ? undefined : String(value);
}

/** Returns whether databases agree on the form of an address: they format IPv4 addresses within IPv6 differently. */
function isPlainAddress(address: string): boolean {
  return !(address.includes(":") && address.includes(".")) && !/^::(?:ffff:)?[0-9a-f]+:[0-9a-f]+$/.test(address);
}

/** Returns whether databases agree on the form of a number: they format very small and large ones with different exponents. */
function isPlainFloat(value: number): boolean {
  return value === 0 || (Math.abs(value) >= 1e-4 && Math.abs(value) < 1e15);
}

/** Returns whether a string is the only string form of a value of a column. */
function isTextOf(text: string, column: ColumnState): boolean {
  const { type, max = Infinity, choices = [], check } = column;
  switch (type) {
    case "text":
      return countCharacters(text) <= max;
    case "choice":
      return choices.includes(text) || (check === false && countCharacters(text) <= choiceLength(column));
    case "boolean":
      return text === "true" || text === "false";
    case "float":
      return String(Number(text)) === text && isPlainFloat(Number(text));
    case "datetime": {
      const moment = new Date(text);
      return !Number.isNaN(moment.getTime()) && toText(moment, column) === text;
    }
    case "bigint":
      return /^(?:0|-?[1-9][0-9]*)$/.test(text) && isValue(BigInt(text), column);
    case "id":
    case "int":
    case "duration":
      return String(Number(text)) === text && isValue(Number(text), column);
    case "ip":
      return isPlainAddress(text) && isValue(text, column);
    default:
      return isValue(text, column);
  }
}

/** Returns whether a value is in the exact form that the column stores. */
function isValue(value: unknown, { type, digits = 0, scale = 0 }: ColumnState): boolean {
  const column = new Column<unknown, "required">(type, type === "decimal" ? { digits, scale } : {});
  const checked = checkValue(column, value);
  return checked.message === undefined && checked.value === value;
}

function fitsNumber(value: unknown, before: ColumnState, after: ColumnState): boolean {
  const text = toNumberText(value, before);
  if (text === undefined) return false;
  if (before.type === "float" && !isExactFloat(text, after)) return false;
  switch (after.type) {
    case "boolean":
      return text === "0" || text === "1";
    case "float":
      return isExactFloat(text, before);
    case "decimal":
      return (
        checkValue(new Column<unknown, "required">("decimal", { digits: after.digits!, scale: after.scale! }), text).message === undefined
      );
    default:
      return isTextOf(text, after);
  }
}

/** Returns the digits of a number without trailing zeros, or undefined if it has an exponent. */
function toNumberText(value: unknown, { type }: ColumnState): string | undefined {
  const text = type === "boolean" ? String(Number(value)) : String(value);
  if (!/^-?[0-9]+(?:\.[0-9]+)?$/.test(text)) return undefined;
  const short = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return /^-0+$/.test(short) ? "0" : short;
}

/** Returns whether a double represents a number exactly, and databases read the same number from it again. */
function isExactFloat(text: string, { type }: ColumnState): boolean {
  const significant = text.replace(/[-.]/g, "").replace(/^0+|0+$/g, "");
  return significant.length <= floatDigits || (wholeKinds.has(type) && Number.isSafeInteger(Number(text)) && !text.includes("."));
}

/** Describes what a column holds, as a part of a sentence. */
export function describeColumn({ type, max, digits, scale, choices = [], check }: ColumnState): string {
  if (type === "decimal") return `decimal with ${digits} digits, ${scale} of them after the decimal point`;
  if (type === "choice") return check === false ? "choice" : `choice of ${choices.map((key) => JSON.stringify(key)).join(", ")}`;
  if (max === undefined) return type;
  return type === "bytes" ? `${max} bytes` : `${type} of at most ${max} characters`;
}
