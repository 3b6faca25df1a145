/** Encodes and decodes values that PostgreSQL stores differently. */
import { toShortIpAddress } from "../../../http/ip-address.ts";
import type { DriverValue } from "../../schema/driver-value.ts";
import type { ValueType } from "../../tree/value-type.ts";
import type { Codecs } from "../codec.ts";
import { decoderOf, encodeWith, takeBoolean, takeList, takeMoment, usualCodecs } from "../codec.ts";
import { momentError, readStoredMoment, storedError } from "../stored-moment.ts";
import { notList } from "../stored-value.ts";

const codecs: Codecs = {
  ...usualCodecs,
  boolean: { encode: takeBoolean, decode: readBoolean },
  // The end of the last millisecond of the year 9999 is in the next one.
  datetime: {
    encode: (value, field) => takeMoment(value, field).replace(/^\+0/, ""),
    decode: (value, field) => toDate(String(value), field),
  },
  ip: { ...usualCodecs.ip, decode: readAddress },
  array: {
    encode: (value, field) => {
      const { list, items } = takeList(value, field);
      return toArrayText(list.map((item) => encodePostgres(item, items)));
    },
    decode: (value, field) => {
      const items = field.items!; // Columns of lists have it.
      const list = readArrayText(String(value)) ?? fail(notList(value, field));
      if (items.type === "boolean") return list.map((text) => text === "t" || text === "true");
      const decode = postgresDecoder(items);
      return decode === undefined ? list : list.map(decode);
    },
  },
};

/** Parses the items of a one-dimensional array from 1: quoted, or without quotes if they need none. Undefined for others, and for null. */
function readArrayText(text: string): string[] | undefined {
  const items: string[] = [];
  for (const [plain, quoted] of text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|[^,]+/gs)) {
    if (quoted === undefined && (plain === "NULL" || /[{}]/.test(plain))) return undefined;
    items.push(quoted === undefined ? plain : quoted.replace(/\\(.)/gs, "$1"));
  }
  return text.startsWith("{") ? items : undefined;
}

function fail(error: Error): never {
  throw error;
}

function readBoolean(value: DriverValue, field: ValueType): boolean {
  if (typeof value === "boolean") return value;
  throw storedError(value, field, "That is not a PostgreSQL boolean.", { fix: "Declare the field with the type of its column." });
}

/** Decodes an address. PostgreSQL writes some IPv6 addresses with an IPv4 part, and keeps IPv4 addresses within IPv6 apart. */
function readAddress(value: DriverValue, field: ValueType): string {
  const text = String(value);
  const address = toShortIpAddress(text);
  if (address !== undefined && address.includes(":") === text.includes(":")) return address;
  throw storedError(value, field, "An address is stored in its shortest form, without a network.", {
    fix: "Change it in the database, or declare the field with the type of its column.",
  });
}

/** Decodes a datetime in the format of the server, `2026-11-20 10:12:00.12+00`. Sessions use UTC; values without a zone are UTC, too. */
function toDate(value: string, field: ValueType): Date {
  const separator = value.charCodeAt(10);
  // Values that this process wrote have ISO 8601 format; years above 9999 and before Christ have other formats.
  if ((separator !== 0x20 && separator !== 0x54) || value.endsWith("BC")) throw momentError(value, field);
  return readStoredMoment(value.endsWith("+00") ? value.slice(0, -3) : value, field);
}

/** Encodes a value for PostgreSQL. Throws `E_VALUE_TYPE` for a value of another type. */
export function encodePostgres(value: unknown, field: ValueType): DriverValue {
  return encodeWith(codecs, value, field);
}

/** Returns the decoder of a type; undefined if stored values need none. */
export function postgresDecoder(field: ValueType): ((value: DriverValue) => unknown) | undefined {
  return decoderOf(codecs, field);
}

/** Encodes a list as an array literal. */
export function encodePostgresList(values: readonly unknown[], field: ValueType): DriverValue {
  return toArrayText(values.map((value) => encodePostgres(value, field)));
}

/** Writes values as an array literal (PostgreSQL manual, section 8.15.2): quoted, except null. */
function toArrayText(values: readonly DriverValue[]): string {
  return `{${values.map((value) => (value === null ? "NULL" : `"${toText(value).replace(/["\\]/g, "\\$&")}"`)).join(",")}}`;
}

function toText(value: Exclude<DriverValue, null>): string {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : String(value);
}
