/** Values on their way to PostgreSQL and back, where its way is another one. */
import type { DriverValue } from "../driver/contract.ts";
import type { ValueType } from "../query/node.ts";
import type { Codecs } from "./codec.ts";
import { decoderOf, encodeWith, takeBoolean, takeMoment, usualCodecs } from "./codec.ts";
import { readMoment } from "./moment.ts";

const codecs: Codecs = {
  ...usualCodecs,
  boolean: { encode: takeBoolean },
  datetime: { encode: takeMoment, decode: (value) => toDate(String(value)) },
};

/** A moment in the form of the server, `2026-11-20 10:12:00.12+00`: sessions are in UTC. */
function toDate(value: string): Date {
  // What this process has written itself is in the form of ISO 8601.
  if (value.charCodeAt(10) !== 0x20 || !value.endsWith("+00")) return new Date(value);
  return readMoment(`${value.slice(0, 19)}.${value.slice(20, -3).padEnd(3, "0").slice(0, 3)}`);
}

/** A value as PostgreSQL takes it. Throws `E_VALUE_TYPE` for one of another type. */
export function encodePostgres(value: unknown, field: ValueType): DriverValue {
  return encodeWith(codecs, value, field);
}

/** What turns a stored value into one of the model; undefined when it is that already. */
export function postgresDecoder(field: ValueType): ((value: DriverValue) => unknown) | undefined {
  return decoderOf(codecs, field);
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
