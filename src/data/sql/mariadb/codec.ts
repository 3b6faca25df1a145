/** Values on their way to MariaDB and back, where its way is another one. */
import type { DriverValue } from "../../schema/driver-value.ts";
import type { ValueType } from "../../tree/value-type.ts";
import type { Codec, Codecs } from "../codec.ts";
import { decoderOf, encodeWith, takeBoolean, takeBytes, takeMoment, takeWhole, toSafeNumber, usualCodecs } from "../codec.ts";

/** Whole numbers are bound as texts: the driver would send doubles, which the server does not take everywhere. */
const whole: Codec = { encode: (value, field) => String(takeWhole(value, field)), decode: toSafeNumber };

const codecs: Codecs = {
  ...usualCodecs,
  id: whole,
  int: whole,
  duration: whole,
  boolean: { ...usualCodecs.boolean, encode: (value, field) => (takeBoolean(value, field) ? "1" : "0") },
  datetime: { ...usualCodecs.datetime, encode: (value, field) => takeMoment(value, field).slice(0, -1).replace("T", " ") },
  bytes: {
    ...usualCodecs.bytes,
    encode: (value, field) => {
      const { buffer, byteOffset, byteLength } = takeBytes(value, field);
      return Buffer.from(buffer, byteOffset, byteLength);
    },
  },
};

/** A value as MariaDB takes it. Throws `E_VALUE_TYPE` for one of another type. */
export function encodeMariadb(value: unknown, field: ValueType): DriverValue {
  return encodeWith(codecs, value, field);
}

/** What turns a stored value into one of the model; undefined when it is that already. */
export function mariadbDecoder(field: ValueType): ((value: DriverValue) => unknown) | undefined {
  return decoderOf(codecs, field);
}
