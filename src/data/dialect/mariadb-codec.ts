/** Values on their way to MariaDB and back: both directions of each type. */
import { GableError } from "../../errors/gable-error.ts";
import { readMoment } from "./moment.ts";
import type { DriverValue } from "../driver/contract.ts";
import type { ValueType } from "../query/node.ts";
import type { ColumnType } from "../schema/column.ts";
import { describeFieldValue } from "../schema/describe-value.ts";

/** Both directions of one type. Null passes them by; without `decode`, values come as models have them. */
interface Codec {
  readonly encode: (value: unknown, field: ValueType) => DriverValue;
  readonly decode?: (value: DriverValue, field: ValueType) => unknown;
}

/** A value as MariaDB takes it. Throws `E_VALUE_TYPE` for one of another type: checks of values come before. */
export function encodeMariadb(value: unknown, field: ValueType): DriverValue {
  return value === null || value === undefined ? null : codecs[field.type].encode(value, field);
}

/** What turns a stored value into one of the model; undefined when it is that already. Null becomes null. */
export function mariadbDecoder(field: ValueType): ((value: DriverValue) => unknown) | undefined {
  const { decode } = codecs[field.type];
  return decode === undefined ? undefined : (value) => (value === null ? null : decode(value, field));
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

/** Whole numbers are bound as texts: the driver would send doubles, which the server does not take everywhere. */
const whole: Codec = {
  encode: (value, field) => {
    if (typeof value === "number" && Number.isSafeInteger(value)) return String(value === 0 ? 0 : value);
    throw typeError(value, field);
  },
  decode: (value, { where }) => {
    if (typeof value === "number") return value;
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    throw new GableError("E_VALUE_RANGE", `${where} holds ${String(value)}, which a number of JavaScript cannot hold.`, {
      fix: "Declare the field as field.bigint().",
    });
  },
};

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
    decode: (value) => BigInt(value as string | number), // The column is a whole number.
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
      if (typeof value === "boolean") return value ? "1" : "0";
      throw typeError(value, field);
    },
    decode: (value) => Number(value) === 1,
  },
  datetime: {
    encode: (value, field) => {
      if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString().slice(0, -1).replace("T", " ");
      throw typeError(value, field);
    },
    decode: (value) => readMoment(String(value)),
  },
  json: {
    encode: (value) => JSON.stringify(value),
    decode: (value): unknown => JSON.parse(String(value)),
  },
  bytes: {
    encode: (value, field) => {
      if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      throw typeError(value, field);
    },
    // A plain array of bytes, as other databases give it: a Buffer compares differently.
    decode: (value) => new Uint8Array(value as Uint8Array), // The driver gives bytes.
  },
};

/** A decimal with exactly so many digits behind the point. */
function toScale(value: string, scale: number): string {
  const point = value.indexOf(".");
  const digits = point === -1 ? 0 : value.length - point - 1;
  if (digits === scale) return value;
  if (digits > scale) return scale === 0 ? value.slice(0, point) : value.slice(0, point + scale + 1);
  return `${value}${digits === 0 ? "." : ""}${"0".repeat(scale - digits)}`;
}
