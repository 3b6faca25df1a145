/** Encodes values for a database and decodes them: what the codecs of all databases share. */
import { GableError } from "../../errors/gable-error.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { ValueType } from "../tree/value-type.ts";
import type { ColumnType } from "../schema/column.ts";
import { describeFieldValue } from "../schema/describe-value.ts";
import { readStoredMoment } from "./stored-moment.ts";
import {
  readAddress,
  readBigint,
  readBoolean,
  readBytes,
  readDay,
  readDecimal,
  readFloat,
  readJson,
  readList,
  readTime,
  readUuid,
  readWhole,
} from "./stored-value.ts";

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

function typeError(value: unknown, field: ValueType, cause?: unknown): GableError {
  const message = `${field.where} is of the type ${field.type}, and got ${describeFieldValue(value, field)}.`;
  return new GableError("E_VALUE_TYPE", message, { cause });
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

/** What is stored is compared with the row later, which may change its bytes in place. */
function copyBytes(value: unknown, field: ValueType): Uint8Array {
  return new Uint8Array(takeBytes(value, field));
}

/** JSON has no functions, 64-bit integers or circles. */
function takeJson(value: unknown, field: ValueType): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw typeError(value, field, error);
  }
  if (text === undefined) throw typeError(value, field);
  return text;
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
  decode: (value, field) => {
    const items = field.items!; // Columns of lists have it.
    const { decode } = usualCodecs[items.type];
    return readList(value, field, decode && ((item) => decode(item, items)));
  },
};

const text: Codec = { encode: takeText };
const whole: Codec = { encode: takeWhole, decode: readWhole };

/** The codecs of most databases. A database overrides the types that it stores differently. */
export const usualCodecs: Codecs = {
  id: whole,
  int: whole,
  uuid: { ...text, decode: readUuid },
  text,
  slug: text,
  email: text,
  url: text,
  file: text,
  date: { ...text, decode: readDay },
  time: { ...text, decode: readTime },
  choice: text,
  bigint: {
    encode: (value, field) => String(takeBigint(value, field)),
    decode: readBigint,
  },
  float: { encode: takeFloat, decode: readFloat },
  decimal: { encode: takeDecimal, decode: readDecimal },
  duration: whole,
  ip: { ...text, decode: readAddress },
  array: jsonList,
  boolean: { encode: takeBoolean, decode: readBoolean },
  datetime: { encode: takeMoment, decode: (value, field) => readStoredMoment(String(value), field) },
  json: { encode: takeJson, decode: readJson },
  bytes: { encode: copyBytes, decode: readBytes },
};
