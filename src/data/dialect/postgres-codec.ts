/** Values on their way to PostgreSQL and back: both directions of each type, as texts. */
import { GableError } from "../../errors/gable-error.ts";
import type { DriverValue } from "../driver/contract.ts";
import type { ValueType } from "../query/node.ts";
import type { ColumnType } from "../schema/column.ts";
import { describeFieldValue } from "../schema/describe-value.ts";

/** Both directions of one type. Null passes them by; without `decode`, values come as models have them. */
interface Codec {
  readonly encode: (value: unknown, field: ValueType) => DriverValue;
  readonly decode?: (value: DriverValue, field: ValueType) => unknown;
}

/** A value as PostgreSQL takes it. Throws `E_VALUE_TYPE` for one of another type: checks of values come before. */
export function encodePostgres(value: unknown, field: ValueType): DriverValue {
  return value === null || value === undefined ? null : codecs[field.type].encode(value, field);
}

/** What turns a stored value into one of the model; undefined when it is that already. Null becomes null. */
export function postgresDecoder(field: ValueType): ((value: DriverValue) => unknown) | undefined {
  const { decode } = codecs[field.type];
  return decode === undefined ? undefined : (value) => (value === null ? null : decode(value, field));
}

/** A list as the text of an array. */
export function encodePostgresList(values: readonly unknown[], field: ValueType): DriverValue {
  return toArrayText(values.map((value) => encodePostgres(value, field)));
}

/** Values as the text of an array (PostgreSQL manual, section 8.15.2): each in quotes, but for no value. */
export function toArrayText(values: readonly DriverValue[]): string {
  return `{${values.map((value) => (value === null ? "NULL" : `"${toText(value).replace(/["\\]/g, "\\$&")}"`)).join(",")}}`;
}

function toText(value: Exclude<DriverValue, null>): string {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : String(value);
}

function typeError(value: unknown, field: ValueType): GableError {
  return new GableError("E_VALUE_TYPE", `${field.where} is of the type ${field.type}, and got ${describeFieldValue(value, field)}.`);
}

const text: Codec = {
  encode: (value, field) => {
    if (typeof value === "string") return value;
    throw typeError(value, field);
  },
};

const whole: Codec = {
  encode: (value, field) => {
    if (typeof value === "number" && Number.isSafeInteger(value)) return value === 0 ? 0 : value;
    throw typeError(value, field);
  },
  decode: (value, field) => (typeof value === "number" ? value : toSafeNumber(value, field)),
};

/** A whole number as a number; one that would be rounded is an error, never another number. */
function toSafeNumber(value: DriverValue, { where }: ValueType): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new GableError("E_VALUE_RANGE", `${where} holds ${String(value)}, which a number of JavaScript cannot hold.`, {
    fix: "Declare the field as field.bigint().",
  });
}

const codecs: Readonly<Record<ColumnType, Codec>> = {
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
    encode: (value, field) => {
      if (typeof value === "bigint") return String(value);
      throw typeError(value, field);
    },
    decode: (value) => BigInt(value as string | number | bigint), // The column is a whole number.
  },
  float: {
    encode: (value, field) => {
      if (typeof value === "number" && Number.isFinite(value)) return value === 0 ? 0 : value;
      throw typeError(value, field);
    },
    decode: Number,
  },
  decimal: {
    encode: (value, field) => {
      if (typeof value === "string" && /^[-+]?[0-9]+(?:\.[0-9]+)?$/.test(value)) return value;
      throw typeError(value, field);
    },
    decode: (value, { scale }) => toScale(String(value), scale),
  },
  boolean: {
    encode: (value, field) => {
      if (typeof value === "boolean") return value;
      throw typeError(value, field);
    },
  },
  datetime: {
    encode: (value, field) => {
      if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
      throw typeError(value, field);
    },
    decode: (value) => toDate(String(value)),
  },
  json: {
    encode: (value) => JSON.stringify(value),
    decode: (value): unknown => JSON.parse(String(value)),
  },
  bytes: {
    encode: (value, field) => {
      if (value instanceof Uint8Array) return value;
      throw typeError(value, field);
    },
    // A plain array of bytes, as other databases give it: a Buffer compares differently.
    decode: (value) => new Uint8Array(value as Uint8Array), // The driver gives bytes.
  },
};

/** A decimal with exactly so many digits behind the point; PostgreSQL has rounded it before. */
function toScale(value: string, scale: number): string {
  const point = value.indexOf(".");
  const digits = point === -1 ? 0 : value.length - point - 1;
  if (digits === scale) return value;
  if (digits > scale) return scale === 0 ? value.slice(0, point) : value.slice(0, point + scale + 1);
  return `${value}${digits === 0 ? "." : ""}${"0".repeat(scale - digits)}`;
}

/** A moment in the form of the server, `2026-11-20 10:12:00.123+00`: sessions are in UTC. */
function toDate(value: string): Date {
  // What this process has written itself is in the form of ISO 8601.
  if (value.charCodeAt(10) !== 0x20 || !value.endsWith("+00") || value.length < 22) return new Date(value);
  const fraction = value.length > 22 ? Number(value.slice(20, -3).padEnd(3, "0").slice(0, 3)) : 0;
  const part = (start: number, end: number): number => Number(value.slice(start, end));
  const date = new Date(Date.UTC(part(0, 4), part(5, 7) - 1, part(8, 10), part(11, 13), part(14, 16), part(17, 19)) + fraction);
  // Two digits of a year mean one of the 20th century to Date.UTC().
  if (part(0, 4) < 100) date.setUTCFullYear(part(0, 4));
  return date;
}
