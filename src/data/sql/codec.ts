/** Values on their way to a database and back: what the codecs of all databases share. */
import { GableError } from "../../errors/gable-error.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { ValueType } from "../tree/value-type.ts";
import type { ColumnType } from "../schema/column.ts";
import { describeFieldValue } from "../schema/describe-value.ts";
import { readStoredMoment, storedError } from "./stored-moment.ts";

/** Both directions of one type. Null passes them by; without `decode`, values come as models have them. */
export interface Codec {
  readonly encode: (value: unknown, field: ValueType) => DriverValue;
  readonly decode?: (value: DriverValue, field: ValueType) => unknown;
}

/** One codec for each type. */
export type Codecs = Readonly<Record<ColumnType, Codec>>;

/** A value as the database itself gave it, which goes back as it is. */
export class StoredValue {
  readonly stored: DriverValue;

  constructor(stored: DriverValue) {
    this.stored = stored;
  }
}

/** A value as a database takes it. Throws `E_VALUE_TYPE` for one of another type: checks of values come before. */
export function encodeWith(codecs: Codecs, value: unknown, field: ValueType): DriverValue {
  if (value instanceof StoredValue) return value.stored;
  return value === null || value === undefined ? null : codecs[field.type].encode(value, field);
}

/** What turns a stored value into one of the model; undefined when it is that already. Null becomes null. */
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

/** A whole number; there is no zero below zero. */
export function takeWhole(value: unknown, field: ValueType): number {
  if (typeof value === "number" && Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  throw typeError(value, field);
}

/** A whole number of 64 bits. */
export function takeBigint(value: unknown, field: ValueType): bigint {
  if (typeof value === "bigint") return value;
  throw typeError(value, field);
}

function takeFloat(value: unknown, field: ValueType): number {
  if (typeof value === "number" && Number.isFinite(value)) return value === 0 ? 0 : value;
  throw typeError(value, field);
}

/** A decimal, as the text of its digits. */
export function takeDecimal(value: unknown, field: ValueType): string {
  if (typeof value === "string" && /^[-+]?[0-9]+(?:\.[0-9]+)?$/.test(value)) return value;
  throw typeError(value, field);
}

/** Yes or no. */
export function takeBoolean(value: unknown, field: ValueType): boolean {
  if (typeof value === "boolean") return value;
  throw typeError(value, field);
}

/** A moment, as the text of ISO 8601 in UTC. */
export function takeMoment(value: unknown, field: ValueType): string {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  throw typeError(value, field);
}

/** Bytes. */
export function takeBytes(value: unknown, field: ValueType): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw typeError(value, field);
}

/** A whole number as a number; one that would be rounded is an error, never another number. */
export function toSafeNumber(value: DriverValue, { where }: ValueType): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new GableError("E_VALUE_RANGE", `${where} holds ${String(value)}, which a number of JavaScript cannot hold.`, {
    fix: "Declare the field as field.bigint().",
  });
}

/** A decimal with exactly so many digits behind the point; the database has rounded it before. */
function toScale(value: string, scale: number): string {
  const point = value.indexOf(".");
  const digits = point === -1 ? 0 : value.length - point - 1;
  if (digits === scale) return value;
  if (digits > scale) return scale === 0 ? value.slice(0, point) : value.slice(0, point + scale + 1);
  return `${value}${digits === 0 ? "." : ""}${"0".repeat(scale - digits)}`;
}

/** A list, and what its items are. */
export function takeList(value: unknown, field: ValueType): { readonly list: readonly unknown[]; readonly items: ValueType } {
  if (Array.isArray(value) && field.items !== undefined) return { list: value, items: field.items };
  throw typeError(value, field);
}

/** A list as the text of JSON. Whole numbers of 64 bits, decimals and moments are texts in it. */
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

/** A boolean of a database that has numbers in place of them. Any other number would be a value that no filter finds. */
function readBoolean(value: DriverValue, field: ValueType): boolean {
  const number = Number(value);
  if (number === 0 || number === 1) return number === 1;
  throw storedError(value, field, "A boolean is 0 or 1.", { fix: "Change it in the database, or declare the field as field.int()." });
}

/** What most databases do: one that has another way says so for the type. */
export const usualCodecs: Codecs = {
  id: whole,
  int: whole,
  uuid: text,
  text,
  slug: text,
  email: text,
  url: text,
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
    // A plain array of bytes, whatever the driver has: a Buffer compares differently.
    decode: (value) => new Uint8Array(value as Uint8Array), // The driver gives bytes.
  },
};
