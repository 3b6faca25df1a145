/** Encodes and decodes values that PostgreSQL stores differently. */
import { toShortIpAddress } from "../../../http/ip-address.ts";
import type { DriverValue } from "../../schema/driver-value.ts";
import type { ValueType } from "../../tree/value-type.ts";
import type { Codecs } from "../codec.ts";
import { decoderOf, encodeWith, takeBoolean, takeList, takeMoment, usualCodecs } from "../codec.ts";
import { readStoredMoment } from "../stored-moment.ts";

const codecs: Codecs = {
  ...usualCodecs,
  boolean: { encode: takeBoolean },
  datetime: { encode: takeMoment, decode: (value, field) => toDate(String(value), field) },
  ip: { ...usualCodecs.ip, decode: (value) => toShortIpAddress(String(value)) ?? value },
  array: {
    encode: (value, field) => {
      const { list, items } = takeList(value, field);
      return toArrayText(list.map((item) => encodePostgres(item, items)));
    },
    decode: (value, { items }) => {
      const decode = items!.type === "boolean" ? (text: DriverValue) => text === "t" || text === "true" : postgresDecoder(items!);
      const list = readArrayText(String(value));
      return decode === undefined ? list : list.map(decode);
    },
  },
};

/** Parses the items of a one-dimensional array: quoted, or without quotes if they need none. */
function readArrayText(text: string): string[] {
  const items = text.slice(1, -1).matchAll(/"((?:[^"\\]|\\.)*)"|[^,]+/gs);
  return Array.from(items, ([plain, quoted]) => (quoted === undefined ? plain : quoted.replace(/\\(.)/gs, "$1")));
}

/** Decodes a datetime in the format of the server, `2026-11-20 10:12:00.12+00`. Sessions use UTC; values without a zone are UTC, too. */
function toDate(value: string, field: ValueType): Date {
  // Values that this process wrote have ISO 8601 format; years above 9999 and before Christ have other formats.
  if (value.charCodeAt(10) !== 0x20 || value.endsWith("BC")) return readOther(value, field);
  return readStoredMoment(value.endsWith("+00") ? value.slice(0, -3) : value, field);
}

function readOther(value: string, field: ValueType): Date {
  const moment = new Date(value);
  return Number.isNaN(moment.getTime()) ? readStoredMoment(value, field) : moment;
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
export function toArrayText(values: readonly DriverValue[]): string {
  return `{${values.map((value) => (value === null ? "NULL" : `"${toText(value).replace(/["\\]/g, "\\$&")}"`)).join(",")}}`;
}

function toText(value: Exclude<DriverValue, null>): string {
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString("hex")}` : String(value);
}
