/** Defines what expressions of template files mean where Python and JavaScript differ. */
import { GableError } from "../../errors/gable-error.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { escapeInWalk } from "../rendering/walk-context.ts";
import { toPlainJson } from "../escape/json.ts";
import { asHtml, Html, isHtml, isJson } from "../values.ts";

/** Properties that give access to prototypes and constructors. */
const forbidden = /^(?:__.*|constructor|prototype)$/;

/** Empty lists, maps, sets and strings are falsy, like 0, NaN, null and undefined; plain objects are truthy. */
export function truthy(value: unknown): boolean {
  if (!value) return false;
  if (typeof value !== "object") return true;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map || value instanceof Set) return value.size > 0;
  return isHtml(value) ? String(value) !== "" : true;
}

/** The type of a value if it is falsy. */
type Falsy<Value> = 0 extends 1 & Value
  ? any
  : Value extends
        | string
        | number
        | bigint
        | boolean
        | null
        | undefined
        | Html
        | readonly unknown[]
        | ReadonlyMap<any, any>
        | ReadonlySet<any>
    ? Value
    : never;

/** Returns a falsy value, with the type it then has. */
export function falsy<Value>(value: Value): Falsy<Value> {
  return value as Falsy<Value>; // The caller has tested it.
}

/** Returns the first operand if it is falsy, otherwise the second. */
export function and<One, Other>(one: One, other: () => Other): Falsy<One> | Other {
  return truthy(one) ? other() : falsy(one);
}

/** Returns the first operand if it is truthy, otherwise the second. */
export function or<One, Other>(one: One, other: () => Other): NonNullable<One> | Other {
  return truthy(one) ? (one as NonNullable<One>) : other(); // A truthy value is not null.
}

/** Joins strings. Markup stays markup, and text joined to it is escaped. */
export function concat(one: unknown, other: unknown): string | Html {
  if (isHtml(one) || isHtml(other)) return asHtml(toMarkup(one) + toMarkup(other));
  return toText(one) + toText(other);
}

function toMarkup(value: unknown): string {
  return isHtml(value) ? String(value) : escapeInWalk(toText(value));
}

/** Returns a value as a string; "" for null. Throws `E_VIEW_VALUE` for objects. */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" || isHtml(value)) return String(value);
  if (Array.isArray(value)) return value.map(toText).join(", ");
  if (value instanceof Date) return value.toISOString();
  if (isJson(value)) return toPlainJson(value.value, value.indent);
  throw new GableError("E_VIEW_VALUE", `${describeValue(value)} cannot be converted to text.`);
}

/** Whether two values are equal: lists and plain objects by content, dates by time. */
export function equal(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one))
    return Array.isArray(other) && one.length === other.length && one.every((item, index) => equal(item, other[index]));
  if (one instanceof Date) return other instanceof Date && one.getTime() === other.getTime();
  if (!isPlainObject(one) || !isPlainObject(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && equal(one[key], other[key]));
}

/** Whether a value is an object without a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Whether a list, a string, a map, a set or an object contains a value. */
export function contains(value: unknown, container: unknown): boolean {
  if (typeof container === "string") return container.includes(toText(value));
  if (Array.isArray(container)) return container.some((item) => equal(item, value));
  if (container instanceof Map || container instanceof Set) return container.has(value);
  if (isPlainObject(container)) return Object.hasOwn(container, String(value));
  if (container === null || container === undefined) return false;
  if (typeof container === "object" && Symbol.iterator in container) return [...toIterable(container)].some((item) => equal(item, value));
  throw new GableError("E_VIEW_VALUE", `"in" got ${describeValue(container)} on its right side.`);
}

/** Returns what a loop iterates over: nothing for null; keys of an object; characters of a string. */
export function toIterable<Item>(items: Iterable<Item> | null | undefined): Iterable<Item>;
export function toIterable(items: unknown): Iterable<unknown>;
export function toIterable(items: unknown): Iterable<unknown> {
  if (items === null || items === undefined) return [];
  if (typeof items === "object" && Symbol.iterator in items) return items as Iterable<unknown>; // This line has checked for it.
  if (typeof items === "string") return items;
  if (isPlainObject(items)) return Object.keys(items);
  throw new GableError("E_VIEW_VALUE", `A loop got ${describeValue(items)}.`, {
    fix: "Pass a list, a map, or an object with |items.",
  });
}

/** Returns an own property by a computed key; negative numbers count from the end of lists. */
export function item(object: unknown, key: unknown): any {
  if (object === null || object === undefined) return undefined;
  if (typeof key === "number" && Array.isArray(object)) return object.at(key);
  // Characters, and never half of one.
  if (typeof key === "number" && typeof object === "string") return (/[\ud800-\udfff]/.test(object) ? [...object] : object).at(key);
  if (object instanceof Map) return object.get(key);
  const name = String(key);
  assertProperty(name);
  return typeof object === "object" && Object.hasOwn(object, name) ? Reflect.get(object, name) : undefined;
}

/** Returns a property in an untyped file. Throws `E_VIEW_NAME` for a property of null or undefined. */
export function get(object: unknown, name: string): any {
  if (object === null || object === undefined)
    throw new GableError("E_VIEW_NAME", `The property "${name}" of ${String(object)} was read.`, {
      fix: "Check the value before, with if or default.",
    });
  assertProperty(name);
  if (object instanceof Map) return object.get(name);
  // On a plain object, only own properties count; classes have getters and methods.
  if (isPlainObject(object)) return Object.hasOwn(object, name) ? object[name] : undefined;
  return Reflect.get(Object(object), name);
}

/** Returns a method in an untyped file, bound to its object. */
export function method(object: unknown, name: string): any {
  const value: unknown = get(object, name);
  if (typeof value !== "function")
    throw new GableError("E_VIEW_NAME", `"${name}" is not a function of ${describeValue(object)}.`, {
      fix: "Use a filter, or a function of views/globals.ts.",
    });
  return value.bind(object);
}

/** Returns a function in an untyped file. Throws `E_VIEW_NAME` for a value that is not a function. */
export function callable(value: unknown, name: string): any {
  if (typeof value === "function") return value;
  const what = name === "the value" ? name : `"${name}"`;
  throw new GableError("E_VIEW_NAME", `${what} is ${describeValue(value)}, which cannot be called.`, {
    fix: "Call a macro, a function that is passed, or an export of views/globals.ts.",
  });
}

/** Returns a key of a dict in a template. */
export function key(value: unknown): string {
  const name = toText(value);
  assertProperty(name);
  return name;
}

function assertProperty(name: string): void {
  if (forbidden.test(name))
    throw new GableError("E_VIEW_NAME", `The property "${name}" cannot be read in a view.`, { fix: "Read another property." });
}

/** Returns a part of a list or a string, as in Python. */
export function slice<Item>(items: readonly Item[], start?: number, stop?: number, step?: number): Item[];
export function slice(items: string, start?: number, stop?: number, step?: number): string;
export function slice(items: unknown, start?: number, stop?: number, step?: number): any;
export function slice(items: unknown, start?: number, stop?: number, step = 1): unknown {
  if (items === null || items === undefined) return [];
  const list = typeof items === "string" ? [...items] : [...toIterable(items)];
  if (step === 0) throw new GableError("E_VIEW_VALUE", "A slice has a step of 0.");
  const { length } = list;
  const clamp = (index: number, low: number, high: number): number => Math.min(Math.max(index < 0 ? index + length : index, low), high);
  const picked: unknown[] = [];
  if (step > 0)
    for (let index = clamp(start ?? 0, 0, length); index < clamp(stop ?? length, 0, length); index += step) picked.push(list[index]);
  else
    for (
      let index = clamp(start ?? length - 1, -1, length - 1);
      index > (stop === undefined ? -1 : clamp(stop, -1, length - 1));
      index += step
    )
      picked.push(list[index]);
  return typeof items === "string" ? picked.join("") : picked;
}
