/** Converters decide what a path parameter accepts, and convert it to a value. */
import { optionInvalid } from "../errors/option-errors.ts";

/** Converts text to a value and back. The text is decoded; it contains no `/` unless `allowEncodedSlash` is true. */
export interface Converter<Value> {
  /** Returns the value of a string; undefined when the string does not match. */
  parse(text: string): Value | undefined;
  /** Returns the canonical text of a value; undefined when the value does not fit. */
  format(value: Value): string | undefined;
  /** Whether the text may contain an encoded `/` or `\`. Default false. */
  allowEncodedSlash?: boolean;
}

/**
 * Values of the built-in converters by name. A new one needs a line here and a row in `builtInConverters`, where `tsc` asks
 * for its priority, cases in `test/kinds.test.ts`, and its name in `docs/guides/routes.md`.
 */
export interface BuiltInConverters {
  /** `0` or digits without leading zero, up to 2^53-1. */
  int: number;
  /** UUID in canonical lower case. */
  uuid: string;
  /** Letters, digits, `-` and `_`. */
  slug: string;
  /** An existing day, `YYYY-MM-DD`. */
  date: string;
}

/**
 * Values of all converters by name. An application adds its own:
 * `declare module "gable" { interface Converters { isbn: Isbn } }`.
 */
export interface Converters extends BuiltInConverters {
  /** One or more segments; only allowed at the end of a pattern. */
  path: string;
  /** One or more segments as a list, whose items may contain an encoded `/`; only allowed at the end of a pattern. */
  segments: readonly string[];
}

/** Defines a custom converter; list it in `gable({ converters })`. */
export function defineConverter<Value>(converter: Converter<Value>): Converter<Value> {
  for (const name of ["parse", "format"] as const) {
    if (typeof converter[name] !== "function") throw optionInvalid("defineConverter()", name, converter[name], "a function");
  }
  return Object.freeze({ ...converter });
}

/** Longest text of a parameter, in UTF-16 units. */
const paramLengthMax = 1024;

/** Returns whether a string can be the value of a parameter without a converter. */
export function isPlainText(text: string): boolean {
  if (text === "" || text.length > paramLengthMax || text === "." || text === "..") return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code === 0x2f || code === 0x5c || code === 0x7f) return false;
  }
  return true;
}

/** Returns whether a value can be an item of a `segments` parameter: as {@link isPlainText}, but with `/` and `\\` between plain texts. */
export function isListItem(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length <= paramLengthMax &&
    value.split(/[/\\]/).every((part) => part === "" || isPlainText(part)) &&
    value !== ""
  );
}

/** Placeholder in a table of converters for the rest of a path, which the tree of routes reads. */
export const restConverter: Converter<unknown> = { parse: () => undefined, format: () => undefined };

function createTextConverter(isMatch: (text: string) => boolean): Converter<string> {
  return {
    parse: (text) => (isMatch(text) ? text : undefined),
    format: (value) => (typeof value === "string" && isMatch(value) ? value : undefined),
  };
}

/** Integers are the common case: a loop over a few digits is faster than a regular expression. */
function parseInteger(text: string): number | undefined {
  const { length } = text;
  if (length === 0 || length > 16) return undefined;
  let value = 0;
  for (let index = 0; index < length; index++) {
    const digit = text.charCodeAt(index) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  if (length > 1 && text.charCodeAt(0) === 0x30) return undefined;
  return value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

function isDay(text: string): boolean {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** A converter with its rank. Where two patterns differ, Gable tries the lower rank first. */
export interface RankedConverter {
  readonly converter: Converter<unknown>;
  readonly priority: number;
}

/** Rank of custom converters and of regular expressions. */
export const ownPriority = 3;
/** Rank of a parameter without a converter. */
export const plainPriority = 5;

/** The converters that every application has. */
const builtIn = {
  int: rank(0, { parse: parseInteger, format: (value: number) => (Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined) }),
  uuid: rank(
    1,
    createTextConverter((text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)),
  ),
  slug: rank(
    4,
    createTextConverter((text) => text.length <= paramLengthMax && /^[-a-zA-Z0-9_]+$/.test(text)),
  ),
  date: rank(2, createTextConverter(isDay)),
} satisfies Record<keyof BuiltInConverters, RankedConverter>;

/** The built-in converters by name. */
export const builtInConverters: Readonly<Record<string, RankedConverter>> = Object.freeze(builtIn);

function rank<Value>(priority: number, converter: Converter<Value>): RankedConverter {
  // A converter gets only values that it made; the type of the table cannot express that.
  return { priority, converter: converter as Converter<unknown> };
}

/** The converter of a parameter without one. */
export const plainConverter: Converter<string> = createTextConverter(isPlainText);

/** Creates a converter from a checked regular expression; the whole string must match. */
export function createExpressionConverter(source: string): Converter<string> {
  const expression = new RegExp(`^(?:${source})$`, "u");
  return createTextConverter((text) => isPlainText(text) && expression.test(text));
}
