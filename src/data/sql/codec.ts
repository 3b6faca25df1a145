/** Encodes values for a database and decodes them: what the codecs of all databases share. */
import { GableError } from "../../errors/gable-error.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { ValueType } from "../tree/value-type.ts";
import type { ColumnType } from "../schema/column.ts";
import { describeFieldValue } from "../schema/describe-value.ts";
import { readStoredMoment, storedError } from "./stored-moment.ts";

/** Both directions of one type. Null never reaches them; without `decode`, values arrive in the form of models. */
export interface Codec {
  readonly encode: (value: unknown, field: ValueType) => DriverValue;
  readonly decode?: (value: DriverValue, field: ValueType) => unknown;
}

/** One codec per type. */
export type Codecs = Readonly<Record<ColumnType, Codec>>;

/** A value in the form of the database, which is sent back unchanged. */
export class StoredValue {
  readonly stored: DriverValue;

  constructor(stored: DriverValue) {
    this.stored = stored;
  }
}

/** Encodes a value for the database. Throws `E_VALUE_TYPE` for a value of another type, which validation has already rejected. */
export function encodeWith(codecs: Codecs, value: unknown, field: ValueType): DriverValue {
  if (value instanceof StoredValue) return value.stored;
  return value === null || value === undefined ? null : codecs[field.type].encode(value, field);
}

/** Returns the decoder of a type; undefined if stored values need none. Null stays null. */
export function decoderOf(codecs: Codecs, field: ValueType): ((value: DriverValue) => unknown) | undefined {
  const { decode } = codecs[field.type];
  return decode === undefined ? undefined : (value) => (value === null ? null : decode(value, field));
}

function typeError(value: unknown, field: ValueType): GableError {
  return new GableError("E_VALUE_TYPE", `${field.where} is of the type ${field.type}, and got ${describeFieldValue(value, field)}.`);
}

function takeText(value: unknown, field: ValueType): string {
  if (typeof value === "string") return value;
  throw typeError(value, field);
}

/** A whole number, without negative zero. */
export function takeWhole(value: unknown, field: ValueType): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  throw typeError(value, field);
}

/** A 64-bit integer. */
export function takeBigint(value: unknown, field: ValueType): bigint {
  if (typeof value === "bigint") return value;
  throw typeError(value, field);
}

function takeFloat(value: unknown, field: ValueType): number {
  if (typeof value === "number" && Number.isFinite(value)) return value === 0 ? 0 : value;
  throw typeError(value, field);
}

/** A decimal, as a string of its digits. */
export function takeDecimal(value: unknown, field: ValueType): string {
  if (typeof value === "string" && /^[-+]?[0-9]+(?:\.[0-9]+)?$/.test(value)) return value;
  throw typeError(value, field);
}

/** A boolean. */
export function takeBoolean(value: unknown, field: ValueType): boolean {
  if (typeof value === "boolean") return value;
  throw typeError(value, field);
}

/** A datetime, as an ISO 8601 string in UTC. */
export function takeMoment(value: unknown, field: ValueType): string {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  throw typeError(value, field);
}

/** Bytes. */
export function takeBytes(value: unknown, field: ValueType): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw typeError(value, field);
}

/** Decodes a whole number as a number. One that would be rounded is an error, never another number. */
export function toSafeNumber(value: DriverValue, { where }: ValueType): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new GableError("E_VALUE_RANGE", `${where} holds ${String(value)}, which a number of JavaScript cannot hold.`, {
    fix: "Declare the field as field.bigint().",
  });
}

/** Decodes a decimal with exactly this many digits after the decimal point; the database has already rounded it. */
function toScale(value: string, scale: number): string {
  const point = value.indexOf(".");
  const digits = point === -1 ? 0 : value.length - point - 1;
  if (digits === scale) return value;
  if (digits > scale) return scale === 0 ? value.slice(0, point) : value.slice(0, point + scale + 1);
  return `${value}${digits === 0 ? "." : ""}${"0".repeat(scale - digits)}`;
}

/** A list, and its item type. */
export function takeList(value: unknown, field: ValueType): { readonly list: readonly unknown[]; readonly items: ValueType } {
  if (Array.isArray(value) && field.items !== undefined) return { list: value, items: field.items };
  throw typeError(value, field);
}

/** Encodes a list as JSON. 64-bit integers, decimals and datetimes become strings. */
const jsonList: Codec = {
  encode: (value, field) => {
    const { list, items } = takeList(value, field);
    return JSON.stringify(list.map((item) => usualCodecs[items.type].encode(item, items)));
  },
  decode: (value, { items }) => {
    const decode = usualCodecs[items!.type].decode;
    const list = JSON.parse(String(value)) as DriverValue[]; // As it was written.
    return decode === undefined ? list : list.map((item) => decode(item, items!));
  },
};

const text: Codec = { encode: takeText };
const whole: Codec = { encode: takeWhole, decode: toSafeNumber };

/** Decodes a boolean from a number. Other numbers are errors, because no filter would find them. */
function readBoolean(value: DriverValue, field: ValueType): boolean {
  const number = Number(value);
  if (number === 0 || number === 1) return number === 1;
  throw storedError(value, field, "A boolean is 0 or 1.", { fix: "Change it in the database, or declare the field as field.int()." });
}

/** The codecs of most databases. A database overrides the types that it stores differently. */
export const usualCodecs: Codecs = {
  id: whole,
  int: whole,
  uuid: text,
  text,
  slug: text,
  email: text,
  url: text,
  file: text,
  date: text,
  time: text,
  choice: text,
  bigint: {
    encode: (value, field) => String(takeBigint(value, field)),
    decode: (value) => BigInt(value as string | number | bigint), // The column is a whole number.
  },
  float: { encode: takeFloat, decode: Number },
  decimal: { encode: takeDecimal, decode: (value, { scale }) => toScale(String(value), scale) },
  duration: whole,
  ip: text,
  array: jsonList,
  boolean: { encode: takeBoolean, decode: readBoolean },
  datetime: { encode: takeMoment, decode: (value, field) => readStoredMoment(String(value), field) },
  json: { encode: (value) => JSON.stringify(value), decode: (value): unknown => JSON.parse(String(value)) },
  bytes: {
    encode: takeBytes,
    // A plain array of bytes, whatever the driver returns: a Buffer compares differently.
    decode: (value) => new Uint8Array(value as Uint8Array), // The driver gives bytes.
  },
};
