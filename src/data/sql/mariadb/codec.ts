/** Encodes and decodes values that MariaDB stores differently. */
import type { DriverValue } from "../../schema/driver-value.ts";
import type { ValueType } from "../../tree/value-type.ts";
import type { Codec, Codecs } from "../codec.ts";
import { decoderOf, encodeWith, takeBoolean, takeBytes, takeMoment, takeWhole, usualCodecs } from "../codec.ts";
import { readText, readWhole } from "../stored-value.ts";

/** Whole numbers are bound as strings: the driver would send doubles, which the server does not accept everywhere. */
const whole: Codec = { encode: (value, field) => String(takeWhole(value, field)), decode: readWhole };

/** Binary columns, such as varbinary, contain bytes instead. */
const text: Codec = { ...usualCodecs.text, decode: readText };

/** The end of the last millisecond of the year 9999 is beyond the server's last datetime. */
function writeMoment(text: string): string {
  return text.startsWith("+") ? "9999-12-31 23:59:59.999999" : text.slice(0, -1).replace("T", " ");
}

const codecs: Codecs = {
  ...usualCodecs,
  text,
  slug: text,
  email: text,
  url: text,
  file: text,
  choice: text,
  id: whole,
  int: whole,
  duration: whole,
  boolean: { ...usualCodecs.boolean, encode: (value, field) => (takeBoolean(value, field) ? "1" : "0") },
  datetime: { ...usualCodecs.datetime, encode: (value, field) => writeMoment(takeMoment(value, field)) },
  bytes: {
    ...usualCodecs.bytes,
    encode: (value, field) => {
      return Buffer.from(takeBytes(value, field));
    },
  },
};

/** Encodes a value for MariaDB. Throws `E_VALUE_TYPE` for a value of another type. */
export function encodeMariadb(value: unknown, field: ValueType): DriverValue {
  return encodeWith(codecs, value, field);
}

/** Returns the decoder of a type; undefined if stored values need none. */
export function mariadbDecoder(field: ValueType): ((value: DriverValue) => unknown) | undefined {
  return decoderOf(codecs, field);
}
