/** Errors about options in the program. */
import { GableError } from "./gable-error.ts";
import { findNearestName } from "./nearest-name.ts";

/** Creates the error for an unknown option; the fix names the nearest one. */
export function optionUnknown(owner: string, name: string, known: readonly string[]): GableError {
  const nearest = findNearestName(name, known);
  return new GableError("E_OPTION_UNKNOWN", `${owner} has no option "${name}".`, {
    fix: nearest === undefined ? `Use one of: ${known.join(", ")}.` : `Write "${nearest}" instead of "${name}".`,
    details: { owner, name },
  });
}

/** Creates the error for an invalid value of an option. */
export function optionInvalid(owner: string, name: string, value: unknown, rule: string): GableError {
  return new GableError("E_OPTION_INVALID", `${owner}: option "${name}" is ${describeValue(value)}; it must be ${rule}.`, {
    details: { owner, name },
  });
}

/**
 * Checks that a call has no more arguments than its function takes: what a caller puts after them, such as a guard, would be dropped.
 * Throws `E_OPTION_INVALID`.
 */
export function assertArguments(owner: string, args: readonly unknown[], most: number, form: string): void {
  if (args.slice(most).every((each) => each === undefined)) return;
  throw new GableError("E_OPTION_INVALID", `${owner} was called with ${args.length} arguments; it takes ${form}.`, {
    fix: `Write ${form}.`,
    details: { owner },
  });
}

/**
 * Checks that an argument is a function. Code that calls its work, instead of passing it, passes a promise: the work would run too early.
 * Throws `E_OPTION_INVALID`.
 */
export function assertFunction(owner: string, value: unknown): void {
  if (typeof value === "function") return;
  throw new GableError("E_OPTION_INVALID", `${owner} got ${describeValue(value)} where it takes a function.`, {
    fix: "Pass a function that does the work: () => work().",
    details: { owner },
  });
}

/** Names of kinds. Written out, because inferring them costs each project that compiles models. */
type KindName =
  | "boolean"
  | "string"
  | "number"
  | "whole"
  | "count"
  | "seconds"
  | "milliseconds"
  | "port"
  | "address"
  | "path"
  | "schema"
  | "status"
  | "bytes"
  | "function"
  | "object"
  | "list"
  | "entries"
  | "strings"
  | "functions"
  | "conflict"
  | "objects"
  | "checks"
  | "control"
  | "markup"
  | "date"
  | "pattern"
  | "text"
  | "names";

/** Longest time in milliseconds for a timer of Node, which fires immediately after a longer one. Some code adds seconds to a time. */
export const timerMsMax: number = 2 ** 31 - 10_000;

/** Kinds of values: the words of a message for each, and its check. */
const kinds: Readonly<Record<KindName, readonly [rule: string, check: (value: unknown) => boolean]>> = {
  boolean: ["true or false", (value: unknown) => typeof value === "boolean"],
  string: ["a string", isString],
  number: ["a finite number", Number.isFinite],
  whole: ["a whole number of at least 0", (value: unknown) => isWhole(value, 0)],
  count: ["a whole number above 0", (value: unknown) => isWhole(value, 1)],
  seconds: ["a number of at least 0", (value: unknown) => isFrom(value, 0) && Number.isFinite(value)],
  milliseconds: [
    `a number of milliseconds from 0 to ${timerMsMax}, the longest time of Node's timers`,
    (value: unknown) => isFrom(value, 0) && Number(value) <= timerMsMax,
  ],
  address: ["an address or a name without blanks", (value: unknown) => isString(value) && /^[^\s\0]+$/.test(value)],
  path: ["the path of a file", (value: unknown) => isString(value) && /^[^\0]+$/.test(value)],
  port: ["a whole number from 0 to 65535", (value: unknown) => isWhole(value, 0, 65_535)],
  schema: ["a Standard Schema", (value: unknown) => (typeof value === "function" || isObject(value)) && "~standard" in Object(value)],
  status: ["a whole number from 200 to 599", (value: unknown) => isWhole(value, 200, 599)],
  bytes: ["a string or a Buffer", (value: unknown) => isString(value) || value instanceof Uint8Array],
  function: ["a function", (value: unknown) => typeof value === "function"],
  object: ["an object", isObject],
  list: ["a list", Array.isArray],
  entries: ["an object or a list", (value: unknown) => typeof value === "object" && value !== null],
  strings: ["a list of strings", isStrings],
  functions: ["a list of functions", (value: unknown) => Array.isArray(value) && value.every((each) => typeof each === "function")],
  conflict: ['"ignore" or an object', isObject],
  objects: ["a list of objects", (value: unknown) => Array.isArray(value) && value.every(isObject)],
  checks: ["a function or a list of functions", (value: unknown) => [value].flat().every((each) => typeof each === "function")],
  control: ["a string or a function", (value: unknown) => isString(value) || typeof value === "function"],
  markup: ["a string or an object", (value: unknown) => isString(value) || isObject(value)],
  date: ["a Date", (value: unknown) => value instanceof Date && !Number.isNaN(value.getTime())],
  pattern: ["a regular expression", (value: unknown) => value instanceof RegExp],
  text: ["a string or null", (value: unknown) => value === null || isString(value)],
  names: ["a string or a list of strings", (value: unknown) => isString(value) || isStrings(value)],
};

/** What an option may be: a value of a kind, or one of some strings. True: another check looks at it. */
export type OptionKind = KindName | readonly string[] | true;

/** The kind of each option of an object. */
export type OptionKinds<Options extends object> = Readonly<Record<keyof Options, OptionKind>>;

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function isStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every(isString);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isContainer(value);
}

/** Whether what a value holds is not in its properties: read as an object, it would count as empty. */
function isContainer(value: unknown): boolean {
  return value instanceof Map || value instanceof Set || value instanceof Promise;
}

function isFrom(value: unknown, least: number): boolean {
  return typeof value === "number" && value >= least;
}

function isWhole(value: unknown, least: number, most = Number.MAX_SAFE_INTEGER): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most;
}

/**
 * Checks that an options object has only known names, and values of their kinds; undefined means left out.
 * Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
 */
export function assertKnownOptions(owner: string, options: object, known: readonly string[] | Readonly<Record<string, OptionKind>>): void {
  if (!isObject(options)) throw optionInvalid(owner, "options", options, "an object");
  const isList = Array.isArray(known);
  for (const name of Object.keys(options))
    if (!(isList ? known.includes(name) : Object.hasOwn(known, name)))
      throw optionUnknown(owner, name, isList ? known : Object.keys(known));
  // A list has only names. Array.isArray() does not narrow a readonly one.
  if (!isList) assertKinds(owner, options, known as Readonly<Record<string, OptionKind>>);
}

/** Checks the kinds of the values of some options. Throws `E_OPTION_INVALID`. */
export function assertKinds(owner: string, options: object, known: Readonly<Record<string, OptionKind>>): void {
  for (const name of Object.keys(options))
    if (Object.hasOwn(known, name)) assertKind(owner, name, Reflect.get(options, name), known[name]!);
}

/** Checks the value of an option. Throws `E_OPTION_INVALID`. */
export function assertKind(owner: string, name: string, value: unknown, kind: OptionKind): void {
  if (kind === true || value === undefined) return;
  if (typeof kind === "string") {
    const [rule, check] = kinds[kind];
    if (!check(value)) throw optionInvalid(owner, name, value, rule);
  } else if (!kind.some((each) => each === value)) {
    throw optionInvalid(owner, name, value, kind.map((each) => `"${each}"`).join(" or "));
  }
}

/** Returns the kinds of options. The compiler finds one that the record lacks. */
export function kindsOf<Options extends object>(record: OptionKinds<Options>): OptionKinds<Options> {
  return record;
}

/** Characters that would start a log line, move the cursor of a terminal, or reverse the direction of text. */
const moving = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

function escapeMoving(character: string): string {
  return { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Returns a value as one short line for a message: strings in quotes, cut at 80 characters. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return `"${(value.length > 80 ? `${value.slice(0, 77)}...` : value).replace(moving, escapeMoving)}"`;
  if (typeof value === "function") return `function ${value.name || "(anonymous)"}`;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return Array.isArray(value) ? `an array of ${value.length}` : `an object (${String(value.constructor?.name ?? "no prototype")})`;
  } catch {
    // A proxy, or a getter that throws.
    return "an object that cannot be inspected";
  }
}
