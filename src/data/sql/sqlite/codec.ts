/** Encodes and decodes values that SQLite stores differently. */
import type { DriverValue } from "../../schema/driver-value.ts";
import type { ValueType } from "../../tree/value-type.ts";
import type { ColumnType } from "../../schema/column.ts";
import { fitDecimal } from "../../schema/check-value.ts";
import { GableError } from "../../../errors/gable-error.ts";
import { readMoment } from "../moment.ts";
import { storedError } from "../stored-moment.ts";
import { isStoredDay, moreDigits, readBigint, readBytes, readDecimal, readFloat } from "../stored-value.ts";
import type { Codecs } from "../codec.ts";
import { decoderOf, encodeWith, takeBigint, takeBoolean, takeBytes, takeDecimal, usualCodecs } from "../codec.ts";

/** An empty array with allocated memory: `node:sqlite` of Node 22 stores NULL for one without. */
const noBytes = new Uint8Array(new ArrayBuffer(1), 0, 0);

const codecs: Codecs = {
  ...usualCodecs,
  bigint: { encode: takeBigint, decode: (value, field) => (typeof value === "bigint" ? value : toBigint(value, field)) },
  // A double keeps every decimal of up to 15 digits; longer ones are stored as strings, or rejected when the models are opened.
  decimal: {
    encode: (value, field) => {
      const text = takeDecimal(value, field);
      return field.storage === "text" ? fitDecimal(text, field.scale) : Number(text);
    },
    decode: (value, field) => (field.storage === "text" ? readDecimal(value, field) : toDecimal(value, field)),
  },
  datetime: { ...usualCodecs.datetime, decode: (value, field) => readText(value, field) },
  date: { ...usualCodecs.date, decode: (value, field) => assertForm(value, field, isStoredDay) },
  time: { ...usualCodecs.time, decode: (value, field) => assertForm(value, field, isTime) },
  boolean: { ...usualCodecs.boolean, encode: (value, field) => (takeBoolean(value, field) ? 1 : 0) },
  bytes: {
    encode: (value, field) => {
      const bytes = takeBytes(value, field);
      return bytes.length === 0 ? noBytes : new Uint8Array(bytes);
    },
    // The row may change its bytes in place, and then differs from what was read.
    decode: readBytes,
  },
};

/** Decodes a datetime in the one format that sorts by time. Values in other formats were written by other programs. */
function readText(value: DriverValue, field: ValueType): Date {
  const text = String(value);
  if (text.length === 24 && text.charCodeAt(10) === 0x54 && text.charCodeAt(23) === 0x5a) return readMoment(text);
  throw formError(value, field);
}

/** Decodes a day or a time. A string in another format would neither sort with the rest nor equal any value. */
function assertForm(value: DriverValue, field: ValueType, hasForm: (text: string) => boolean): DriverValue {
  if (typeof value === "string" && hasForm(value)) return value;
  throw formError(value, field);
}

const isTime = (text: string): boolean => /^(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$/.test(text);

function formError(value: DriverValue, field: ValueType): GableError {
  const forms = { date: "%Y-%m-%d", time: "%H:%M:%S", datetime: "%Y-%m-%dT%H:%M:%fZ" };
  const form = forms[field.type as keyof typeof forms]; // It is one of these.
  const column = "column" in field ? String(field.column) : "the column";
  return storedError(value, field, `SQLite must store a ${field.type} in the format ${form}.`, {
    fix: `Convert the values once: UPDATE ... SET ${column} = strftime('${form}', ${column}).`,
  });
}

/** Types whose values need no decoding, unless whole numbers arrive as bigint: the driver rejects unsafe ones. */
const numberTypes: ReadonlySet<ColumnType> = new Set<ColumnType>(["id", "int", "float", "duration"]);

/** Encodes a value for SQLite. Throws `E_VALUE_TYPE` for a value of another type. */
export function encodeSqlite(value: unknown, field: ValueType): DriverValue {
  return encodeWith(codecs, value, field);
}

/** Returns the decoder of a type; undefined if stored values need none. */
export function sqliteDecoder(field: ValueType, readsBigInts: boolean): ((value: DriverValue) => unknown) | undefined {
  return !readsBigInts && numberTypes.has(field.type) ? undefined : decoderOf(codecs, field);
}

/** Decodes an integer from a column of any type. A result out of range is a double. */
function toBigint(value: DriverValue, field: ValueType): bigint {
  const number = readBigint(value, field);
  if (BigInt.asIntN(64, number) === number) return number;
  throw new GableError("E_CONSTRAINT", "The database refused a value: a computed number is out of range.");
}

/** Decodes a decimal with exactly the digits after the decimal point that its field has, without negative zero. */
function toDecimal(value: DriverValue, field: ValueType): string {
  const number = typeof value === "number" ? value : readFloat(value, field);
  const text = number.toFixed(field.scale);
  if (Number(text) !== number) throw moreDigits(value, field);
  return text.charCodeAt(0) === 0x2d && number === 0 ? text.slice(1) : text;
}
