/** Checks of single values by the type and the options of their column. */
import { toShortIpAddress } from "../../http/ip-address.ts";
import type { AnyColumn, ColumnType } from "./column.ts";

/** The value in its stored form, or a message that says how to correct it. */
export type CheckedValue = { readonly value: unknown; readonly message?: undefined } | { readonly message: string };

const [intMin, intMax] = [-2_147_483_648, 2_147_483_647];
const [bigintMin, bigintMax] = [-(2n ** 63n), 2n ** 63n - 1n];
/** Maximum lengths of types whose options set no limit. */
const defaultMax: Readonly<Partial<Record<ColumnType, number>>> = { slug: 50, email: 254, url: 2048, file: 512 };

/** Checks a value against the type and options of its column. Validators of the model run later. */
export function checkValue(column: AnyColumn, value: unknown): CheckedValue {
  if (value === null || value === undefined) return column.options.null === true ? { value: null } : { message: "This is needed." };
  return checks[column.type](value, column);
}

/** The maximum number of characters or bytes of a column; undefined without a limit. */
export function maxOf({ type, options }: Pick<AnyColumn, "type" | "options">): number | undefined {
  // The limit of a list applies to each item.
  if (type === "array") return undefined;
  return typeof options.max === "number" ? options.max : defaultMax[type];
}

const checks: Readonly<Record<ColumnType, (value: unknown, column: AnyColumn) => CheckedValue>> = {
  id: (value) => (isIntegerIn(value, 1, Number.MAX_SAFE_INTEGER) ? { value } : { message: "Give a whole number above 0." }),
  uuid: (value) =>
    typeof value === "string" && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value)
      ? { value: value.toLowerCase() }
      : { message: "Give a UUID, such as 0190163d-8694-739b-aea5-966c26f8ad91." },
  text: checkText,
  slug: (value, column) => checkText(value, column, /^[A-Za-z0-9_-]+$/, "Use letters, digits, hyphens and underscores only."),
  email: (value, column) => checkText(value, column, mailAddress, "Give an address such as name@example.com."),
  url: (value, column) => {
    const checked = checkText(value, column);
    return checked.message !== undefined || isWebAddress(checked.value)
      ? checked
      : { message: "Give an address that begins with https:// or http://." };
  },
  int: (value, column) =>
    isIntegerIn(value, intMin, intMax) ? checkRange(value, column) : { message: "Give a whole number of at most 10 digits." },
  bigint: (value, column) =>
    typeof value === "bigint" && value >= bigintMin && value <= bigintMax
      ? checkRange(value, column)
      : { message: "Give a whole number of at most 19 digits." },
  // Databases disagree about negative zero.
  float: (value, column) =>
    typeof value === "number" && Number.isFinite(value) ? checkRange(value === 0 ? 0 : value, column) : { message: "Give a number." },
  decimal: checkDecimal,
  boolean: (value) => (typeof value === "boolean" ? { value } : { message: "Choose yes or no." }),
  date: (value) => (typeof value === "string" && isDay(value) ? { value } : { message: "Give a day such as 2026-11-20." }),
  time: checkTime,
  datetime: (value, { options }) => {
    if (!(value instanceof Date) || Number.isNaN(value.getTime())) return { message: "Give a valid date and time." };
    if (!isInYears(value)) return { message: "Give a date and time in the years 1 to 9999." };
    const isFine = options.precision === 0 && value.getTime() % 1_000 !== 0;
    return isFine ? { message: "Give a time in whole seconds." } : { value };
  },
  json: (value) => (isJsonValue(value, 0) ? { value } : { message: "Give a value that JSON can hold." }),
  bytes: (value, column) => {
    if (!(value instanceof Uint8Array)) return { message: "Give bytes." };
    const max = maxOf(column);
    return max === undefined || value.length <= max ? { value } : { message: `Give at most ${max} bytes. These are ${value.length}.` };
  },
  duration: (value, column) =>
    isIntegerIn(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
      ? checkRange(value, column)
      : { message: "Give a whole number of milliseconds." },
  ip: (value) => {
    const address = typeof value === "string" ? toShortIpAddress(value) : undefined;
    return address === undefined ? { message: "Give an address such as 192.0.2.1 or 2001:db8::1." } : { value: address };
  },
  array: checkList,
  file: (value, column) => checkText(value, column, storageKey, "Give the key of a stored file, such as covers/2026/11/4k0q.png."),
  choice: (value, { choices = {} }) =>
    typeof value === "string" && Object.hasOwn(choices, value)
      ? { value }
      : { message: `Choose one of: ${Object.values(choices).join(", ")}.` },
};

/** A key of a storage: segments between `/`, none of them empty or with a dot first. The storage checks the rest. */
export const storageKey = /^(?!\.)[^/\\\p{Cc}]+(?:\/(?!\.)[^/\\\p{Cc}]+)*$/u;

/** Checks a list: its length, and each item. */
function checkList(value: unknown, { items, options }: AnyColumn): CheckedValue {
  if (!Array.isArray(value)) return { message: "Give a list." };
  const { min, max } = options;
  if (typeof min === "number" && value.length < min) return { message: `Give at least ${min}. These are ${value.length}.` };
  if (typeof max === "number" && value.length > max) return { message: `Give at most ${max}. These are ${value.length}.` };
  const list: unknown[] = [];
  for (const [index, item] of value.entries()) {
    const checked = checkValue(items!, item);
    if (checked.message !== undefined) return { message: `Number ${index + 1}: ${checked.message}` };
    list.push(checked.value);
  }
  return { value: list };
}

/** An e-mail address as browsers validate it (WHATWG HTML, section 4.10.5.1.5), with a dot in the domain. */
export const mailAddress =
  /^[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$/;

function checkText(value: unknown, column: AnyColumn, shape?: RegExp, shapeMessage = ""): CheckedValue {
  if (typeof value !== "string") return { message: "Give a string." };
  const { min, pattern, blank = false } = column.options;
  if (value === "") return blank ? { value } : { message: "This is needed." };
  // No database stores these characters: PostgreSQL rejects NUL, and lone surrogates are not valid UTF-8.
  if (!value.isWellFormed() || value.includes("\0")) return { message: "The value contains a character that cannot be stored." };
  const max = maxOf(column);
  // A string never has more characters than UTF-16 units, so characters are only counted if the units do not settle the question.
  const length = min === undefined && (max === undefined || value.length <= max) ? value.length : countCharacters(value);
  if (max !== undefined && length > max) return { message: `Use at most ${max} characters. You typed ${length}.` };
  if (typeof min === "number" && length < min) return { message: `Use at least ${min} characters. You typed ${length}.` };
  if (shape !== undefined && !shape.test(value)) return { message: shapeMessage };
  if (pattern !== undefined && !new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, "")).test(value))
    return { message: "The value does not have the right form." };
  return { value };
}

/** Counts characters as people and databases do: code points. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _character of text) count++;
  return count;
}

function isWebAddress(value: unknown): boolean {
  return typeof value === "string" && /^https?:\/\/[^\s]+$/i.test(value) && URL.canParse(value);
}

function isIntegerIn(value: unknown, min: number, max: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max;
}

function checkRange(value: number | bigint, { options }: AnyColumn): CheckedValue {
  const { min, max } = options;
  if ((typeof min === "number" || typeof min === "bigint") && value < min) return { message: `Give at least ${min}.` };
  if ((typeof max === "number" || typeof max === "bigint") && value > max) return { message: `Give at most ${max}.` };
  return { value: Object.is(value, -0) ? 0 : value };
}

/** Checks a decimal and returns it as a string with exactly `scale` digits: `"7"` with scale 2 becomes `"7.00"`. */
function checkDecimal(value: unknown, { options }: AnyColumn): CheckedValue {
  const { digits = 0, scale = 0, min, max } = options;
  const [, sign, whole = "", fraction = ""] = /^([-+]?)([0-9]+)(?:\.([0-9]+))?$/.exec(typeof value === "string" ? value : "") ?? [];
  if (whole === "") return { message: 'Give a number such as "12.50".' };
  const integer = whole.replace(/^0+(?=[0-9])/, "");
  const decimals = fraction.replace(/0+$/, "");
  if (decimals.length > scale)
    return { message: scale === 0 ? "Give a whole number." : `Use at most ${scale} digits after the decimal point.` };
  const integerDigits = integer === "0" ? 0 : integer.length;
  if (integerDigits > digits - scale) return { message: `Use at most ${digits - scale} digits before the decimal point.` };
  const isZero = /^0*$/.test(integer + decimals);
  const text = `${sign === "-" && !isZero ? "-" : ""}${integer}${scale === 0 ? "" : `.${decimals.padEnd(scale, "0")}`}`;
  if (typeof min === "string" && compareDecimals(text, min) < 0) return { message: `Give at least ${min}.` };
  if (typeof max === "string" && compareDecimals(text, max) > 0) return { message: `Give at most ${max}.` };
  return { value: text };
}

/** Returns a decimal in the canonical form for its scale. Keeps digits beyond the scale, because no stored value has them. */
export function fitDecimal(text: string, scale: number): string {
  const [, sign, whole = "", fraction = ""] = /^([-+]?)0*([0-9]+)(?:\.([0-9]+))?$/.exec(text)!; // Codecs and checks have seen its form.
  const decimals = fraction.replace(/0+$/, "").padEnd(scale, "0");
  const isZero = /^0*$/.test(whole + decimals);
  return `${sign === "-" && !isZero ? "-" : ""}${whole}${decimals === "" ? "" : `.${decimals}`}`;
}

/** Whether one decimal is below (negative), equal to (0) or above (positive) another one; no digit is lost. */
export function compareDecimals(one: string, other: string): number {
  const scale = Math.max(countDecimals(one), countDecimals(other));
  const [first, second] = [toScaled(one, scale), toScaled(other, scale)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function countDecimals(text: string): number {
  return text.includes(".") ? text.length - text.indexOf(".") - 1 : 0;
}

function toScaled(text: string, scale: number): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(scale, "0"));
}

/** Whether a string is a valid calendar day: `2026-02-30` is not. */
export function isDay(text: string): boolean {
  const match = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/.exec(text);
  if (match === null || match[1] === "0000") return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** Returns whether a datetime is in the years 1 to 9999 in UTC, which every database stores and sorts. */
export function isInYears(time: Date): boolean {
  const year = time.getUTCFullYear();
  return year >= 1 && year <= 9999;
}

function checkTime(value: unknown): CheckedValue {
  const match = /^([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?$/.exec(typeof value === "string" ? value : "");
  return match === null ? { message: "Give a time such as 10:12." } : { value: `${match[1]}:${match[2]}:${match[3] ?? "00"}` };
}

/** Deepest nesting of JSON, the same as in request bodies. */
const jsonDepthMax = 64;

function isJsonValue(value: unknown, depth: number): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean")
    return typeof value !== "string" || (value.isWellFormed() && !value.includes("\0"));
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || depth >= jsonDepthMax) return false;
  if (Array.isArray(value)) return value.every((item) => isJsonValue(item, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.entries(value).every(([key, item]) => key !== "__proto__" && isJsonValue(key, depth) && isJsonValue(item, depth + 1));
}
