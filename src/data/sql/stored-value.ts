/**
 * Decodes values that other programs may have written. A value that no value of its field equals is an error, because no filter would
 * find its row again. Each function returns the value in the form of models, or throws `E_VALUE_STORED`.
 */
import { GableError } from "../../errors/gable-error.ts";
import { fitDecimal, isDay } from "../schema/check-value.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import { toShortIpAddress } from "../../http/ip-address.ts";
import type { ValueType } from "../tree/value-type.ts";
import { storedError } from "./stored-moment.ts";

const otherType = { fix: "Change it in the database, or declare the field with the type of its column." };

/** Decodes a whole number as a number. One that would be rounded is an error, never another number. */
export function readWhole(value: DriverValue, field: ValueType): number {
  const number = isBlank(value) ? Number.NaN : Number(value);
  if (Number.isSafeInteger(number)) return number;
  if (!/^-?[0-9]+$/.test(String(value))) throw storedError(value, field, "That is not a whole number.", otherType);
  throw new GableError("E_VALUE_RANGE", `${field.where} holds ${String(value)}, which a JavaScript number cannot hold.`, {
    fix: "Declare the field as field.bigint().",
  });
}

/** Returns whether `Number()` would make a number of something that is none. */
function isBlank(value: DriverValue): boolean {
  return value === null || (typeof value === "string" ? value.trim() === "" : value instanceof Uint8Array);
}

/** Decodes a 64-bit integer. */
export function readBigint(value: DriverValue, field: ValueType): bigint {
  if (!isBlank(value))
    try {
      return BigInt(value as string | number | bigint); // Anything else throws.
    } catch {
      // A number with a fraction, or a string of something else.
    }
  throw storedError(value, field, "That is not a whole number.", otherType);
}

/** Decodes a double. */
export function readFloat(value: DriverValue, field: ValueType): number {
  const number = isBlank(value) ? Number.NaN : Number(value);
  if (Number.isFinite(number)) return number;
  throw storedError(value, field, "That is not a finite number.", { fix: "Change it in the database to a number, or to null." });
}

const plainDecimal = /^-?[0-9]+(?:\.[0-9]+)?$/;

/** Decodes a decimal with exactly the digits after the decimal point that its field has. */
export function readDecimal(value: DriverValue, field: ValueType): string {
  const { scale, storage } = field;
  const text = String(value);
  if (!plainDecimal.test(text))
    throw storedError(value, field, "That is not a decimal number.", { fix: "Change it in the database to a number, or to null." });
  if (storage === "text") return readExactDecimal(text, field);
  const point = text.indexOf(".");
  const digits = point === -1 ? 0 : text.length - point - 1;
  if (digits === scale) return text;
  if (digits < scale) return `${text}${digits === 0 ? "." : ""}${"0".repeat(scale - digits)}`;
  const end = scale === 0 ? point : point + scale + 1;
  if (/[1-9]/.test(text.slice(end))) throw moreDigits(value, field);
  return text.slice(0, end);
}

/** Strings only equal each other if they have the same digits. */
function readExactDecimal(text: string, field: ValueType): string {
  if (fitDecimal(text, field.scale) === text) return text;
  throw storedError(text, field, `With storage: "text", a decimal is stored with exactly ${field.scale} digits after the decimal point.`, {
    fix: `Change it in the database to ${JSON.stringify(fitDecimal(text, field.scale))}.`,
  });
}

/** Returns the error about a decimal that its field would round. */
export function moreDigits(value: unknown, field: ValueType): GableError {
  return storedError(value, field, `It has more than ${field.scale} digits after the decimal point.`, {
    fix: "Declare the field with a larger scale, or round the value in the database.",
  });
}

/** Decodes a boolean from a number. Other numbers are errors, because no filter would find them. */
export function readBoolean(value: DriverValue, field: ValueType): boolean {
  const number = isBlank(value) ? Number.NaN : Number(value);
  if (number === 0 || number === 1) return number === 1;
  throw storedError(value, field, "A boolean is 0 or 1.", { fix: "Change it in the database, or declare the field as field.int()." });
}

/** Returns text unchanged. A column of bytes, such as varbinary, holds none. */
export function readText(value: DriverValue, field: ValueType): DriverValue {
  if (!(value instanceof Uint8Array)) return value;
  throw storedError(value, field, "The column holds bytes, not text.", otherType);
}

/** Returns whether a string is a day. Most days are settled without a calendar. */
export function isStoredDay(text: string): boolean {
  return /^(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])$/.test(text) || isDay(text);
}

/** Decodes a day. */
export function readDay(value: DriverValue, field: ValueType): string {
  if (typeof value === "string" && isStoredDay(value)) return value;
  throw storedError(value, field, "That is not a valid day in the years 1 to 9999.", otherType);
}

/** Decodes a time of day, whose fraction of a second may only have zeros. */
export function readTime(value: DriverValue, field: ValueType): string {
  if (typeof value === "string" && /^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.0+)?$/.test(value)) return value.slice(0, 8);
  throw storedError(value, field, "A time has hours from 0 to 23, minutes and whole seconds.", {
    fix: "Change it in the database, or declare the field as field.text().",
  });
}

/** Decodes a UUID, which is written in lower case. */
export function readUuid(value: DriverValue, field: ValueType): string {
  if (typeof value === "string" && value.length === 36 && value.toLowerCase() === value) return value;
  throw storedError(value, field, "A UUID is stored as 36 characters in lower case.", otherType);
}

/** Decodes an address in its shortest form. */
export function readAddress(value: DriverValue, field: ValueType): string {
  if (typeof value === "string" && toShortIpAddress(value) === value) return value;
  throw storedError(value, field, "An address is stored in its shortest form, in lower case and without a network.", otherType);
}

/** Decodes JSON. A whole number that JavaScript would round is an error. */
export function readJson(value: DriverValue, field: ValueType): unknown {
  const text = String(value);
  try {
    // Few texts have numbers that may be rounded, and looking at each number takes long.
    return /[0-9]{16}|[0-9]e\+?[0-9]{3}/i.test(text) ? (JSON.parse(text, exactNumber as never) as unknown) : (JSON.parse(text) as unknown); // The library's type lacks the source.
  } catch (error) {
    const why = error instanceof RangeError ? error.message : "That is not JSON.";
    throw storedError(value, field, why, otherType);
  }
}

function exactNumber(_key: string, value: unknown, { source = "" }: { readonly source?: string } = {}): unknown {
  const isRounded =
    typeof value === "number" &&
    source !== String(value) &&
    /^-?[0-9]{16,}$/.test(source) &&
    BigInt(source) !== BigInt(value) &&
    source !== withoutExponent(value);
  if (isRounded || value === Infinity || value === -Infinity) throw new RangeError(`A JavaScript number cannot hold ${source}.`);
  return value;
}

/** Writes a large number with all its digits: PostgreSQL does so with `1e+23`, whose own value is 99999999999999991611392. */
function withoutExponent(value: number): string {
  const [, whole = "", fraction = "", exponent = ""] = /^(-?[0-9])(?:\.([0-9]+))?e\+([0-9]+)$/.exec(String(value)) ?? [];
  return exponent === "" ? String(value) : `${whole}${fraction.padEnd(Number(exponent), "0")}`;
}

/** Decodes a list in JSON. */
export function readList(value: DriverValue, field: ValueType, decode: ((item: DriverValue) => unknown) | undefined): unknown[] {
  let list: unknown;
  try {
    list = JSON.parse(String(value));
  } catch {
    // It is not a list.
  }
  if (!Array.isArray(list) || list.some((item) => item === null || (decode === undefined && typeof item !== "string")))
    throw notList(value, field);
  return decode === undefined ? list : list.map((item: DriverValue) => decode(item));
}

/** Returns the error about what is not a list of the items of its field. */
export function notList(value: DriverValue, field: ValueType): GableError {
  return storedError(value, field, "That is not a list of values without null.", otherType);
}

/** Decodes bytes as a plain array, whatever the driver returns: a Buffer compares differently. */
export function readBytes(value: DriverValue, field: ValueType): Uint8Array {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  throw storedError(value, field, "The column holds text, not bytes.", otherType);
}
