/** Writes values as JSON: `toJSON()` is respected, dates become ISO strings in UTC, bigints become strings. */
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";

/**
 * Writes a value as JSON. Throws `E_JSON_VALUE` for a value that JSON would silently write as `{}`, for example a
 * promise without `await` or a Map, and a TypeError for what JSON does not support: functions, symbols, cycles.
 */
export function toJsonText(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    if (!/BigInt/.test(toErrorText(error))) throw error;
    text = JSON.stringify(value, (_key, item: unknown) => (typeof item === "bigint" ? String(item) : item));
  }
  if (text === undefined) throw new TypeError("This value has no JSON form.");
  // Values that JSON empties leave this mark, so other values cost only one search.
  if (text.includes("{}")) assertNothingLost(value, "");
  return text;
}

/** Finds a value that JSON writes as `{}` although it has content. */
function assertNothingLost(value: unknown, path: string): void {
  if (typeof value !== "object" || value === null) return;
  if ("toJSON" in value && typeof value.toJSON === "function") return;
  const names = Object.keys(value);
  if (names.length === 0 && !isPlain(value)) throw valueLost(value, path);
  // Own enumerable properties, as JSON.stringify reads them.
  for (const name of names) assertNothingLost((value as Record<string, unknown>)[name], path === "" ? name : `${path}.${name}`);
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

function valueLost(value: object, path: string): GableError {
  const place = path === "" ? "The value" : `"${path}"`;
  const isAwaitable = "then" in value && typeof value.then === "function";
  const { name = "" } = value.constructor ?? {};
  const what = isAwaitable ? "was not awaited" : `is ${/^[AEIOU]/.test(name) ? "an" : "a"} ${name || "object without a name"}`;
  const fix = isAwaitable
    ? `Write await before ${path === "" ? "the value" : `the value of ${place}`}.`
    : "Convert it to a plain object or an array first, or give its class a method toJSON().";
  return new GableError("E_JSON_VALUE", `${place} ${what}: JSON would write it as {}.`, { fix });
}
