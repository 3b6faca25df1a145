/** Writes JSON inside markup. It contains no `<`, `>` or `&`, so no element can end and no comment can start. */
import { GableError } from "../../errors/gable-error.ts";
import { toErrorText } from "../../errors/error-text.ts";

const unsafe = /[<>&\u2028\u2029]/g;

/** Writes a value as JSON for a data script. `undefined` becomes null. Throws `E_VIEW_VALUE`. */
export function toScriptJson(value: unknown, indent?: number): string {
  return toPlainJson(value, indent).replace(unsafe, toUnicodeEscape);
}

/** Writes a value as a JavaScript expression. Throws `E_VIEW_VALUE`. */
export function toScriptExpression(value: unknown, indent?: number): string {
  const text = toScriptJson(value, indent);
  // In JavaScript, this key would set the prototype; JSON.parse makes a property of it.
  return /"__proto__":/.test(text) ? `JSON.parse(${toScriptJson(text)})` : text;
}

/** Writes a value as plain JSON. Throws `E_VIEW_VALUE`. */
export function toPlainJson(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, null, indent) ?? "null";
  } catch (error) {
    const path = findBigint(value, "value", 0);
    const what = path === undefined ? toErrorText(error) : `${path} is a bigint, which JSON does not support; convert it to a string`;
    throw new GableError("E_VIEW_VALUE", `A value cannot be written as JSON: ${what}.`, { cause: error });
  }
}

function findBigint(value: unknown, path: string, depth: number): string | undefined {
  if (typeof value === "bigint") return path;
  if (typeof value !== "object" || value === null || depth > 100) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const found = findBigint(item, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function toUnicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
