/** Reads the values of columns from JSON, which has no datetimes, 64-bit integers and bytes: strings carry them. */
import { isDay } from "./check-value.ts";
import type { ItemMeta } from "./model-class.ts";

/** RFC 3339 with a zone (section 5.6), and no digits beyond milliseconds but zeros: a JavaScript date has no place for others. */
export const momentPatterns = {
  milliseconds: momentPattern("(?:\\.[0-9]{1,3}0{0,6})?"),
  seconds: momentPattern("(?:\\.0{1,9})?"),
} as const;

function momentPattern(fraction: string): string {
  const clock = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
  return `^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}T${clock}:[0-5][0-9]${fraction}(?:Z|[+-]${clock})$`;
}

/** Whole numbers of 64 bits in their one form, without leading zeros. */
export const bigintPattern = `^(?:0|-?(?:[1-9][0-9]{0,17}|${upTo("9223372036854775807")})|-9223372036854775808)$`;

/** Writes a pattern of the numbers that have as many digits as `most`, and are not above it. */
function upTo(most: string): string {
  const below = [...most].flatMap((digit, index) => {
    const first = index === 0 ? 1 : 0;
    if (Number(digit) <= first) return [];
    const rest = most.length - index - 1;
    return [`${most.slice(0, index)}[${first}-${Number(digit) - 1}]${rest === 0 ? "" : `[0-9]{${rest}}`}`];
  });
  return `(?:${[...below, most].join("|")})`;
}

/** Base64 with its padding (RFC 4648, section 4); unused bits are zero, so that equal bytes have one form. */
export const base64Pattern = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";

const [moment, bigint] = [new RegExp(momentPatterns.milliseconds), new RegExp(bigintPattern)];

/** Returns the value that a string of JSON carries for a column. Returns anything else as it is, for the check to judge. */
export function readFieldJson({ type, items }: ItemMeta, given: unknown): unknown {
  if (items !== undefined && Array.isArray(given)) return given.map((item) => readFieldJson(items, item));
  if (typeof given !== "string") return given;
  if (type === "bigint") return bigint.test(given) ? BigInt(given) : given;
  if (type === "datetime") return readMoment(given);
  return type === "bytes" ? readBytes(given) : given;
}

function readMoment(text: string): unknown {
  if (!moment.test(text) || !isDay(text.slice(0, 10))) return text;
  // The pattern only allows zeros from the fourth digit on.
  const value = new Date(text.replace(/(\.[0-9]{3})0+/, "$1"));
  // A zone can move the first and the last day out of the years that databases have.
  return isDay(value.toISOString().slice(0, 10)) ? value : text;
}

/** Compares what Node has read, since a pattern is slow for long strings. */
function readBytes(text: string): unknown {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? new Uint8Array(bytes) : text;
}
