/** Turns values of programs into plain JSON values that are safe to show: redacted, capped, and without running into what throws. */
import { isSecretName } from "../../errors/secret-names.ts";
import { isErrorValue, readProperty } from "../../errors/thrown-value.ts";

/** A value that JSON can hold. */
export type PlainValue = string | number | boolean | null | readonly PlainValue[] | { readonly [name: string]: PlainValue };

/** Longest text of one value, in characters. */
const valueLengthMax = 4_096;
const entriesMax = 100;
const depthMax = 6;

/** What stands for a value that is secret. */
export const secretText = "[secret]";

/** Returns a description of a value whose inspection threw. */
function toRefusal(error: unknown): string {
  const message = isErrorValue(error) ? readProperty(error, "message") : undefined;
  return `[cannot be shown: ${typeof message === "string" ? capText(message, 200) : "its inspection throws"}]`;
}

/** Cuts a string at a length, and marks the cut. */
export function capText(text: string, lengthMax = valueLengthMax): string {
  return text.length > lengthMax ? `${text.slice(0, lengthMax)} ... (${text.length} characters)` : text;
}

/** Returns a value as plain JSON. Properties with secret names are redacted, getters are not called, and long texts are cut. */
export function toPlainValue(value: unknown, name = ""): PlainValue {
  return toPlain(value, name, []);
}

/** Returns a value as one text of at most 4 KiB. A string stays as it is. */
export function showValue(value: unknown, name = ""): string {
  const plain = toPlainValue(value, name);
  return capText(typeof plain === "string" ? plain : JSON.stringify(plain));
}

function toPlain(value: unknown, name: string, parents: readonly unknown[]): PlainValue {
  if (name !== "" && value !== null && value !== undefined && isSecretName(name)) return secretText;
  switch (typeof value) {
    case "string":
      return capText(value);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      return value;
    case "undefined":
      return "[undefined]";
    case "bigint":
    case "symbol":
      return capText(String(value));
    default:
      return toPlainObject(value, parents);
  }
}

function toPlainObject(value: unknown, parents: readonly unknown[]): PlainValue {
  if (value === null) return null;
  if (parents.includes(value)) return "[circular]";
  if (parents.length >= depthMax) return "[deeper than shown]";
  try {
    if (typeof value === "function") return `[function ${String(readProperty(value, "name") ?? "")}]`.replace(" ]", "]");
    return toPlainParts(value as object, [...parents, value]); // Neither null nor a function.
  } catch (error) {
    return toRefusal(error);
  }
}

function toPlainParts(value: object, parents: readonly unknown[]): PlainValue {
  if (value instanceof Error) return capText(`${String(readProperty(value, "name"))}: ${String(readProperty(value, "message"))}`);
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  const { toJSON } = value as { readonly toJSON?: unknown }; // Any object may have one.
  if (typeof toJSON === "function") return toPlain(toJSON.call(value), "", parents);
  if (value instanceof Map) return toPlainEntries([...value].slice(0, entriesMax), parents);
  if (Array.isArray(value) || value instanceof Set) {
    const items: unknown[] = [...value];
    const shown = items.slice(0, entriesMax).map((item) => toPlain(item, "", parents));
    return items.length > entriesMax ? [...shown, `... (${items.length} items)`] : shown;
  }
  const names = Object.keys(value);
  const entries = names.slice(0, entriesMax).map((name): [string, unknown] => [name, readData(value, name)]);
  if (names.length > entriesMax) entries.push(["...", `${names.length} properties`]);
  return toPlainEntries(entries, parents);
}

function toPlainEntries(entries: ReadonlyArray<readonly [unknown, unknown]>, parents: readonly unknown[]): PlainValue {
  // A plain object could not hold a property named "__proto__".
  const plain: Record<string, PlainValue> = Object.create(null) as Record<string, PlainValue>;
  for (const [key, value] of entries) {
    const name = typeof key === "string" ? capText(key, 200) : showValue(key);
    plain[name] = toPlain(value, name, parents);
  }
  return plain;
}

/** Reads a property without calling a getter, which could be code with effects. A proxy may still throw. */
export function readData(value: object, name: string): unknown {
  const descriptor = Object.getOwnPropertyDescriptor(value, name);
  return descriptor !== undefined && "get" in descriptor ? "[getter]" : descriptor?.value;
}
