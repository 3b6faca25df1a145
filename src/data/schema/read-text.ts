/** Reads the values of columns from the strings of forms, queries and JSON. */
import { parseJsonBody } from "../../http/json-body.ts";
import type { CheckedValue } from "./check-value.ts";
import { isDay } from "./check-value.ts";
import type { FieldMeta, ItemMeta } from "./model-class.ts";

/** Returns the value that a string stands for; undefined where it stands for none. Keeps a string of another form, for the check to refuse. */
export function readFieldText(field: FieldMeta, given: unknown, purpose: "create" | "update" | "read"): CheckedValue {
  if (field.type === "array") return readList(field, given, purpose);
  // A hidden field of the same name in front of a box says that the box was there.
  const texts = Array.isArray(given) && field.type === "boolean" ? given.filter((text) => text !== "") : given;
  const text: unknown = Array.isArray(texts) && texts.length < 2 ? (texts[0] ?? "") : texts;
  if (text === undefined) return { value: field.type === "boolean" && purpose === "create" && !field.isNullable ? false : undefined };
  if (typeof text !== "string") return { message: "Give one value." };
  const keepsBlanks = field.isSecret || field.type === "choice";
  const typed = keepsBlanks ? text : text.trim();
  return isBlank(field, typed) ? readBlank(field, purpose) : readText(field, typed);
}

/** A choice may have a blank key. */
function isBlank({ choices }: ItemMeta, text: string): boolean {
  return text === "" && (choices === undefined || !Object.hasOwn(choices, ""));
}

function readBlank({ type, isNullable, hasDefault, options }: FieldMeta, purpose: string): CheckedValue {
  if (isNullable) return { value: null };
  if (options.blank === true) return { value: "" };
  if (type === "boolean") return { value: false };
  // The model fills the value in.
  return hasDefault && purpose === "create" ? { value: undefined } : { value: null };
}

/** A list sends its name once for each value, and a blank one adds nothing. */
function readList({ items, isNullable }: FieldMeta, given: unknown, purpose: string): CheckedValue {
  if (given === undefined) return { value: purpose === "create" && !isNullable ? [] : undefined };
  const texts: readonly unknown[] = Array.isArray(given) ? given : [given];
  const list: unknown[] = [];
  for (const text of texts) {
    if (typeof text !== "string") return { message: "Give texts." };
    const typed = items!.choices === undefined ? text.trim() : text;
    if (isBlank(items!, typed)) continue;
    const read = readText(items!, typed);
    if (read.message !== undefined) return { message: `Number ${list.length + 1}: ${read.message}` };
    list.push(read.value);
  }
  return { value: list.length === 0 && isNullable ? null : list };
}

const wholeNumber = /^-?[0-9]{1,20}$/;
/** A valid floating-point number (WHATWG HTML, section 2.3.4.3). */
const anyNumber = /^-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?$/i;
const moment =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,3})?)?(Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$/;
const [yes, no] = [new Set(["true", "on", "1", "yes"]), new Set(["false", "off", "0", "no"])];

function readText({ type }: ItemMeta, text: string): CheckedValue {
  switch (type) {
    case "id":
    case "int":
    case "duration":
      return { value: wholeNumber.test(text) ? Number(text) : text };
    case "bigint":
      return { value: wholeNumber.test(text) ? BigInt(text) : text };
    case "float":
      return { value: text.length <= 400 && anyNumber.test(text) ? Number(text) : text };
    case "boolean":
      return { value: yes.has(text) ? true : no.has(text) ? false : text };
    case "datetime":
      return readMoment(text);
    case "json":
      return readJson(text);
    case "text":
      // Browsers send both characters for the end of a line.
      return { value: text.replace(/\r\n?/g, "\n") };
    default:
      return { value: text };
  }
}

/** A wall time is refused: nothing here knows the zone of the person. */
function readMoment(text: string): CheckedValue {
  const day = moment.exec(text)?.[1] ?? "";
  const value = new Date(isDay(day) ? text.replace(" ", "T") : NaN);
  if (!Number.isNaN(value.getTime()) && isDay(value.toISOString().slice(0, 10))) return { value };
  return { message: "Give a date and time with its zone, such as 2026-11-20T10:12Z." };
}

function readJson(text: string): CheckedValue {
  try {
    return { value: parseJsonBody(new TextEncoder().encode(text)) };
  } catch {
    return { message: 'Give JSON, such as {"a": 1}.' };
  }
}

/** RFC 3339 with a zone (section 5.6), and no digits beyond milliseconds but zeros: a JavaScript date has no place for others. */
export const momentPatterns = {
  milliseconds: momentPattern("(?:\\.[0-9]{1,3}0{0,6})?"),
  seconds: momentPattern("(?:\\.0{1,9})?"),
};

function momentPattern(fraction: string): string {
  const clock = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";
  return `^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}T${clock}:[0-5][0-9]${fraction}(?:Z|[+-]${clock})$`;
}

/** Whole numbers of 64 bits in their one form, without leading zeros. */
export const bigintPattern = `^(?:0|-?(?:[1-9][0-9]{0,17}|${upTo("9223372036854775807")})|-9223372036854775808)$`;

/** Writes a pattern of the numbers that have as many digits as `most`, and are not above it. */
function upTo(most: string): string {
  let pattern = most;
  for (let index = 0; index < most.length; index++) {
    const first = index === 0 ? 1 : 0;
    const last = Number(most.charAt(index)) - 1;
    if (last >= first) pattern += `|${most.slice(0, index)}[${first}-${last}][0-9]{${most.length - index - 1}}`;
  }
  return `(?:${pattern})`;
}

/** Base64 with its padding (RFC 4648, section 4); unused bits are zero, so that equal bytes have one form. */
export const base64Pattern = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";

const jsonMoment = new RegExp(momentPatterns.milliseconds);
const jsonBigint = new RegExp(bigintPattern);

/** Returns the value that a string of JSON carries for a column. Returns anything else as it is, for the check to judge. */
export function readFieldJson({ type, items }: ItemMeta, given: unknown): unknown {
  if (items !== undefined && Array.isArray(given)) {
    const list: unknown[] = [];
    for (const item of given) list.push(readFieldJson(items, item));
    return list;
  }
  if (typeof given !== "string") return given;
  if (type === "bigint") return jsonBigint.test(given) ? BigInt(given) : given;
  if (type === "datetime") return readJsonMoment(given);
  return type === "bytes" ? readBytes(given) : given;
}

function readJsonMoment(text: string): unknown {
  if (!jsonMoment.test(text) || !isDay(text.slice(0, 10))) return text;
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
