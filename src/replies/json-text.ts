/** Writes values as JSON: `toJSON()` is respected, dates become ISO strings in UTC, bigints become strings. */
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";
import { describeValue } from "../errors/option-errors.ts";

/**
 * Writes a value as JSON. Throws `E_JSON_VALUE` for a value that JSON would silently write as `{}`, for example a
 * promise without `await` or a Map, for undefined, functions and symbols, and for a value that contains itself.
 */
export function toJsonText(value: unknown): string {
  let text = stringify(value);
  // Bytes, as JSON writes them: an object of numbers by index.
  if (text?.includes('{"0":') === true) text = JSON.stringify(value, writeBytes);
  if (text === undefined)
    throw new GableError("E_JSON_VALUE", `JSON cannot hold ${describeValue(value)}.`, { fix: "Pass null, or a plain value." });
  // Values that JSON empties leave this mark, so other values cost only one search.
  if (text.includes("{}")) assertNothingLost(value, "");
  return text;
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (!/BigInt/.test(toErrorText(error))) throw explain(error, value);
  }
  try {
    return JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? String(item) : item));
  } catch (error) {
    throw explain(error, value);
  }
}

/** The message of the runtime has many lines, and names classes instead of the place. */
function explain(error: unknown, value: unknown): unknown {
  const path = /circular/i.test(toErrorText(error)) ? findCycle(value, [], []) : undefined;
  if (path === undefined) return error;
  return new GableError("E_JSON_VALUE", `"${path.join(".")}" is an object that contains it: JSON cannot hold a cycle.`, {
    fix: `Leave out "${path.join(".")}", or give an id in its place.`,
    cause: error,
  });
}

/** Returns the path of a value that is also around itself. */
function findCycle(given: unknown, path: readonly string[], around: readonly unknown[]): readonly string[] | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  const value: unknown = "toJSON" in given && typeof given.toJSON === "function" ? given.toJSON(path.at(-1) ?? "") : given;
  if (typeof value !== "object" || value === null) return undefined;
  if (around.includes(value)) return path;
  for (const [name, item] of Object.entries(value)) {
    const found = findCycle(item, [...path, name], [...around, value]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Writes bytes as base64, as rows do, and 64-bit integers as strings. */
function writeBytes(_key: string, item: unknown): unknown {
  if (item instanceof Uint8Array) return Buffer.from(item).toString("base64");
  return typeof item === "bigint" ? String(item) : item;
}

/** Finds a value that JSON writes as `{}` although it has content. */
function assertNothingLost(value: unknown, path: string): void {
  if (typeof value !== "object" || value === null) return;
  if (isAwaitable(value)) throw valueLost(value, path);
  if ("toJSON" in value && typeof value.toJSON === "function") {
    const shown: unknown = value.toJSON(path);
    // A value that gives itself, or another one with toJSON(), has been asked.
    if (typeof shown !== "object" || shown === null || "toJSON" in shown) return;
    return assertNothingLost(shown, path);
  }
  const names = Object.keys(value);
  if (names.length === 0 && !isPlain(value)) throw valueLost(value, path);
  // Own enumerable properties, as JSON.stringify reads them.
  const own = value as Record<string, unknown>;
  for (const name of names) assertNothingLost(own[name], path === "" ? name : `${path}.${name}`);
  const [first] = names;
  if (first === undefined || Array.isArray(value) || !names.every((name) => typeof own[name] === "function")) return;
  throw functionLost(path === "" ? first : `${path}.${first}`);
}

function isAwaitable(value: object): boolean {
  return "then" in value && typeof value.then === "function";
}

function functionLost(path: string): GableError {
  return new GableError("E_JSON_VALUE", `"${path}" is a function: JSON would leave it out.`, {
    fix: `Call the function, or leave out "${path}".`,
  });
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

function valueLost(value: object, path: string): GableError {
  const place = path === "" ? "The value" : `"${path}"`;
  const isPending = isAwaitable(value);
  const { name = "" } = value.constructor ?? {};
  const what = isPending
    ? "was not awaited"
    : `is ${name === "" ? "an object without a name" : `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`}`;
  const fix = isPending
    ? `Write await before ${path === "" ? "the value" : `the value of ${place}`}.`
    : "Convert it to a plain object or an array first, or give its class a method toJSON().";
  return new GableError("E_JSON_VALUE", `${place} ${what}: JSON would write it as {}.`, { fix });
}
