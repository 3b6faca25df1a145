/** Values of a cache as text: JSON, and the few types beyond it that every store keeps the same way. */
import { GableError } from "../errors/gable-error.ts";
import { describeValue } from "../errors/option-errors.ts";

/** Marks an object that stands for a type beyond JSON. A plain object with this key is marked itself. */
const mark = "$gable";

/** Not every runtime has it. */
const { Buffer: nodeBuffer } = globalThis as { readonly Buffer?: { readonly prototype: object } }; // As the comment says.

/** Deepest nesting of a value. */
const depthMax = 64;

type Tagged = { readonly [mark]: string; readonly value: unknown };

/**
 * Encodes a value: what JSON has, and `Date`, `bigint`, `Map`, `Set`, `Uint8Array` and `undefined`.
 * Throws `E_CACHE_VALUE` for anything else, naming the place.
 */
export function encodeValue(value: unknown): string {
  return JSON.stringify(toJson(value, "the value", 0));
}

/** Decodes what {@link encodeValue} has written. Each call returns new objects. */
export function decodeValue(text: string): unknown {
  const json: unknown = JSON.parse(text);
  return text.includes(`"${mark}"`) ? fromJson(json) : json;
}

function toJson(value: unknown, place: string, depth: number): unknown {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return toNumber(value);
  if (typeof value === "bigint") return tagged("bigint", String(value));
  if (value === undefined) return tagged("undefined", null);
  if (typeof value !== "object") throw refused(value, place);
  if (depth >= depthMax) throw new GableError("E_CACHE_VALUE", `${place} is nested deeper than ${depthMax} levels.`);
  return toObject(value, place, depth + 1);
}

function toNumber(value: number): unknown {
  if (Object.is(value, -0)) return tagged("number", "-0");
  if (Number.isFinite(value)) return value;
  return tagged("number", String(value));
}

function toObject(value: object, place: string, depth: number): unknown {
  if (Array.isArray(value)) return toList(value, place, depth);
  if (value instanceof Uint8Array) return toBytes(value, place);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return toInstance(value, place, depth);
  const names = Object.keys(value);
  assertNamed(value, names.length, place);
  const entries = Object.entries(value).map(([name, item]) => [name, toJson(item, `${place}.${name}`, depth)]);
  const plain: unknown = Object.fromEntries(entries);
  return Object.hasOwn(value, mark) ? tagged("object", plain) : plain;
}

/** A Buffer, which is what files and requests give, comes back as its base. */
function toBytes(value: Uint8Array, place: string): Tagged {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isKnown = prototype === Uint8Array.prototype || prototype === nodeBuffer?.prototype;
  if (!isKnown || !ArrayBuffer.isView(value) || Object.getOwnPropertySymbols(value).length > 0) throw refused(value, place);
  return tagged("bytes", toBase64(value));
}

/** A subclass would come back as its base. */
function toInstance(value: object, place: string, depth: number): unknown {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isKnown = prototype === Date.prototype || prototype === Set.prototype || prototype === Map.prototype;
  if (isKnown) assertNamed(value, 0, place);
  if (isKnown && value instanceof Date) return tagged("date", value.getTime());
  if (isKnown && value instanceof Set) return tagged("set", toJson([...value], `${place} (Set)`, depth));
  if (isKnown && value instanceof Map) return tagged("map", toJson([...value], `${place} (Map)`, depth));
  throw refused(value, place);
}

function toList(value: readonly unknown[], place: string, depth: number): unknown {
  if (Object.getPrototypeOf(value) !== Array.prototype) throw refused(value, place);
  // Its length is a property, too. Not map(), which passes holes over.
  assertNamed(value, value.length + 1, place);
  return Array.from(value, (item, index) => {
    if (Object.hasOwn(value, index)) return toJson(item, `${place}[${index}]`, depth);
    throw notKept("an array with an empty item", `${place}[${index}]`);
  });
}

/** Asserts that an object has only as many properties as are kept. */
function assertNamed(value: object, keptCount: number, place: string): void {
  if (Reflect.ownKeys(value).length <= keptCount) return;
  const what = Array.isArray(value) ? "an array with properties" : "a symbol key, or a property that is not enumerable";
  throw notKept(what, place);
}

function tagged(type: string, value: unknown): Tagged {
  return { [mark]: type, value };
}

function refused(value: unknown, place: string): GableError {
  return notKept(describeValue(value), place);
}

function notKept(what: string, place: string): GableError {
  return new GableError("E_CACHE_VALUE", `A cache cannot keep ${what}: ${place}.`);
}

function fromJson(json: unknown): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (!Object.hasOwn(json, mark)) return replaceParts(json);
  const { [mark]: type, value } = json as Tagged; // Only toJson() writes this key.
  switch (type) {
    case "bigint":
      return BigInt(String(value));
    case "number":
      return Number(value);
    case "date":
      return new Date(value === null ? Number.NaN : Number(value));
    case "bytes":
      return Uint8Array.from(atob(String(value)), (character) => character.charCodeAt(0));
    case "set":
      return new Set(fromJson(value) as unknown[]); // A list, as it was written.
    case "map":
      return new Map(fromJson(value) as Array<[unknown, unknown]>); // As above, of pairs.
    case "object":
      return replaceParts(value as object); // As above.
    default:
      return undefined;
  }
}

/** Puts decoded values in place of the parts of a list or an object. All keys are its own, also one named "__proto__". */
function replaceParts(json: object): object {
  const parts = json as Record<string, unknown>; // A list has keys, too.
  for (const name of Object.keys(json)) {
    const part = parts[name];
    if (typeof part === "object" && part !== null) parts[name] = fromJson(part);
  }
  return json;
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 8_192) text += String.fromCharCode(...bytes.subarray(start, start + 8_192));
  return btoa(text);
}
