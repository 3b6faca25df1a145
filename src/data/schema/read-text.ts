/** Reads the values of columns from the strings that forms and queries send. */
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
