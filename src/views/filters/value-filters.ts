/** Filters of single values: numbers, dates, JSON, attributes. */
import { GableError } from "../../errors/gable-error.ts";
import { describeValue } from "../../errors/option-errors.ts";
import type { RenderContext } from "../rendering/render-context.ts";
import { isPlainObject, item, truthy } from "../runtime/semantics.ts";
import type { Attributes, Hole } from "../values.ts";
import { attributes, Json } from "../values.ts";
import { intl } from "../rendering/intl.ts";

/** Returns the number that a whole string represents, as in Python: a numeric prefix is not enough. */
function parseInteger(text: string, base: number): number {
  const clean = text.trim().toLowerCase();
  const prefix = { 2: "0b", 8: "0o", 16: "0x" }[base];
  const [, sign = "", rest = ""] = /^([-+]?)(.*)$/s.exec(clean)!;
  const digits = prefix !== undefined && rest.startsWith(prefix) ? rest.slice(2) : rest;
  const isWhole =
    /^[0-9a-z]+(?:_[0-9a-z]+)*$/.test(digits) && [...digits.replaceAll("_", "")].every((digit) => Number.parseInt(digit, 36) < base);
  if (isWhole) return Number(`${sign}1`) * Number.parseInt(digits.replaceAll("_", ""), base);
  return base === 10 && /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/.test(clean) ? Math.trunc(Number(clean)) : Number.NaN;
}

function int(value: unknown, fallback = 0, base = 10): number {
  const number = typeof value === "string" ? parseInteger(value, base) : Math.trunc(Number(value ?? Number.NaN));
  return Number.isFinite(number) ? number : fallback;
}

function float(value: unknown, fallback = 0): number {
  const number = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value ?? Number.NaN);
  return Number.isNaN(number) ? fallback : number;
}

function round(value: number, precision = 0, method: "common" | "ceil" | "floor" = "common"): number {
  const factor = 10 ** precision;
  if (method === "ceil") return Math.ceil(value * factor) / factor;
  if (method === "floor") return Math.floor(value * factor) / factor;
  if (method !== "common")
    throw new GableError("E_VIEW_VALUE", `round got the method ${describeValue(method)}.`, { fix: 'Use "common", "ceil" or "floor".' });
  const scaled = value * factor;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  // Half to even, as in Python.
  const isUp = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return (isUp ? floor + 1 : floor) / factor;
}

function filesizeformat(value: unknown, binary = false): string {
  const bytes = float(value);
  const base = binary ? 1024 : 1000;
  if (bytes === 1) return "1 Byte";
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const units = binary ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"] : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
  const power = Math.min(Math.floor(Math.log(bytes) / Math.log(base)), units.length);
  return `${(bytes / base ** power).toFixed(1)} ${units[power - 1]}`;
}

function toDate(value: unknown): Date {
  const date =
    value instanceof Date ? value : typeof value === "number" || typeof value === "string" ? new Date(value) : new Date(Number.NaN);
  if (Number.isNaN(date.getTime()))
    throw new GableError("E_VIEW_VALUE", `${describeValue(value)} cannot be converted to a date.`, {
      fix: "Pass a Date, or a string in ISO 8601.",
    });
  return date;
}

type DateParts = Intl.DateTimeFormatOptions;
const styles = new Set(["short", "medium", "long", "full"]);

/** Formats a date with a style of Intl, or a pattern of `yyyy MM dd HH mm ss`. */
function formatDate(context: RenderContext, value: unknown, style: string, toOptions: (style: string) => DateParts): string {
  if (value === null || value === undefined) return "";
  const date = toDate(value);
  const zone = { timeZone: context.timeZone ?? "UTC" };
  if (styles.has(style)) return intl("DateTimeFormat", context.locale, { ...toOptions(style), ...zone }).format(date);
  return formatPattern(date, style, zone.timeZone);
}

function formatPattern(date: Date, pattern: string, timeZone: string): string {
  const format = intl("DateTimeFormat", "en-GB", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
    timeZone,
  });
  const parts = Object.fromEntries(format.formatToParts(date).map(({ type, value }) => [type, value]));
  const values: Readonly<Record<string, string | undefined>> = {
    yyyy: parts["year"],
    MM: parts["month"],
    dd: parts["day"],
    HH: parts["hour"],
    mm: parts["minute"],
    ss: parts["second"],
  };
  return pattern.replace(/yyyy|MM|dd|HH|mm|ss/g, (part) => values[part] ?? part);
}

function number(context: RenderContext, value: unknown, options: Intl.NumberFormatOptions): string {
  return value === null || value === undefined ? "" : intl("NumberFormat", context.locale, options).format(float(value, Number.NaN));
}

function digitsOf(digits: number | undefined): Intl.NumberFormatOptions {
  return digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
}

/** Returns a random number from the seed of the render: the same seed gives the same page. */
function randomOf(context: RenderContext, count: number): number {
  if (context.seed === undefined) return Math.floor(Math.random() * count);
  return Math.abs(Math.trunc(Math.sin(context.seed + count) * 1e6)) % count;
}

/** The filters by name. */
export const valueFilters = {
  abs: (value: number): number => Math.abs(value),
  attr: (value: unknown, name: string): any => item(value, name),
  currency: (context: RenderContext, value: unknown, code = "EUR"): string => number(context, value, { style: "currency", currency: code }),
  d: fallbackTo,
  date: (context: RenderContext, value: unknown, style = "medium"): string =>
    formatDate(context, value, style, (dateStyle) => ({ dateStyle }) as DateParts), // The style is one of Intl's.
  datetime: (context: RenderContext, value: unknown, style = "medium"): string =>
    formatDate(context, value, style, (both) => ({ dateStyle: both, timeStyle: "short" }) as DateParts), // As above.
  default: fallbackTo,
  filesizeformat,
  float,
  int,
  number: (context: RenderContext, value: unknown, digits?: number): string => number(context, value, digitsOf(digits)),
  percent: (context: RenderContext, value: unknown, digits?: number): string =>
    number(context, value, { style: "percent", ...digitsOf(digits) }),
  pprint: (value: unknown, _verbose?: boolean): string =>
    JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part), 2) ?? String(value),
  random: <Item>(context: RenderContext, values: Iterable<Item> | null | undefined): Item | undefined => {
    const list = [...(values ?? [])];
    return list[randomOf(context, Math.max(1, list.length))];
  },
  round,
  time: (context: RenderContext, value: unknown, style = "short"): string =>
    formatDate(context, value, style, (timeStyle) => ({ timeStyle }) as DateParts), // As above.
  tojson: (value: unknown, indent?: number): Json => new Json(value, indent),
  xmlattr,
} as const;

/** Attributes write the space before them only if there is one, so `autospace` changes nothing. */
function xmlattr(value: Readonly<Record<string, Hole>> | null | undefined, _autospace?: boolean): Attributes {
  if (value !== null && value !== undefined && !isPlainObject(value))
    throw new GableError("E_VIEW_VALUE", `The filter "xmlattr" got ${describeValue(value)}.`, {
      fix: 'Pass an object with attributes, such as {"class": name}.',
    });
  return attributes(Object.fromEntries(Object.entries(value ?? {}).filter(([, each]) => each !== null && each !== undefined)));
}

function fallbackTo<Value, Fallback = string>(value: Value, fallback?: Fallback, boolean = false): NonNullable<Value> | Fallback {
  const isMissing = boolean ? !truthy(value) : value === undefined || value === null;
  // Without a fallback, it is the empty string, which then is the type of Fallback.
  return isMissing ? (fallback ?? ("" as Fallback)) : (value as NonNullable<Value>);
}
