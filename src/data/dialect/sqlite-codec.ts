/** Values on their way to SQLite and back: one codec for each type, both directions. */
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
  /** Whether values must be turned alone when whole numbers come as bigint. Default false. */
  readonly onlyBigInts?: boolean;
}

/** A value as SQLite takes it. Throws `E_VALUE_TYPE` for one of another type: checks of values come before. */
export function encodeSqlite(value: unknown, field: ValueType): DriverValue {
  return value === null || value === undefined ? null : codecs[field.type].encode(value, field);
}

/**
 * What turns a stored value into one of the model; undefined when it is that already. Null becomes null. Whole numbers
 * that come as numbers are safe: the driver refuses others.
 */
export function sqliteDecoder(field: ValueType, readsBigInts: boolean): ((value: DriverValue) => unknown) | undefined {
  const { decode, onlyBigInts = false } = codecs[field.type];
  if (decode === undefined || (onlyBigInts && !readsBigInts)) return undefined;
  return (value) => (value === null ? null : decode(value, field));
}

function typeError(value: unknown, field: ValueType): GableError {
  return new GableError("E_VALUE_TYPE", `${field.where} is of the type ${field.type}, and got ${describeFieldValue(value, field)}.`);
}

/** No bytes, with memory behind them: `node:sqlite` of Node 22 stores NULL for an empty array that has none. */
const noBytes = new Uint8Array(new ArrayBuffer(1), 0, 0);

const same: Codec = {
  encode: (value, field) => {
    if (typeof value === "string") return value;
    throw typeError(value, field);
  },
};

const integer: Codec = {
  encode: (value, field) => {
    if (typeof value === "number" && Number.isSafeInteger(value)) return value === 0 ? 0 : value;
    throw typeError(value, field);
  },
  decode: toSafeNumber,
  onlyBigInts: true,
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
  id: integer,
  int: integer,
  uuid: same,
  text: same,
  slug: same,
  email: same,
  url: same,
  date: same,
  time: same,
  choice: same,
  bigint: {
    encode: (value, field) => {
      if (typeof value === "bigint") return value;
      throw typeError(value, field);
    },
    decode: (value) => BigInt(value as number | bigint), // The column is an integer.
  },
  float: {
    encode: (value, field) => {
      if (typeof value === "number" && Number.isFinite(value)) return value === 0 ? 0 : value;
      throw typeError(value, field);
    },
    decode: Number,
    onlyBigInts: true,
  },
  decimal: {
    // Up to 15 digits a double keeps every decimal; more are refused when the models are opened.
    encode: (value, field) => {
      if (typeof value === "string" && /^[-+]?[0-9]+(?:\.[0-9]+)?$/.test(value)) return Number(value);
      throw typeError(value, field);
    },
    decode: (value, { scale }) => toDecimal(Number(value), scale),
  },
  boolean: {
    encode: (value, field) => {
      if (typeof value === "boolean") return value ? 1 : 0;
      throw typeError(value, field);
    },
    decode: (value) => Number(value) === 1,
  },
  datetime: {
    encode: (value, field) => {
      if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
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
      if (value instanceof Uint8Array) return value.length === 0 ? noBytes : value;
      throw typeError(value, field);
    },
  },
};

/** A decimal with exactly so many digits behind the point; there is no zero below zero. */
function toDecimal(value: number, scale: number): string {
  const text = value.toFixed(scale);
  return text.charCodeAt(0) === 0x2d && Number(text) === 0 ? text.slice(1) : text;
}
