/** JSON texts of values that come back exactly as they were. */

const depthMax = 64;

/** Says why a value does not survive JSON. */
type Refuse = (path: string, reason: string) => Error;

/**
 * Writes a value as JSON. What JSON would drop, change or refuse is an error with its path: dates, maps, class instances,
 * `undefined` in lists, NaN, bigints, functions, symbols, keys named `__proto__`, cycles and more than 64 levels.
 */
export function toStrictJson(value: unknown, refuse: Refuse): string {
  assertJson(value, { path: "", depth: 0, refuse });
  return JSON.stringify(value);
}

interface Place {
  readonly path: string;
  readonly depth: number;
  readonly refuse: Refuse;
}

function assertJson(value: unknown, place: Place): void {
  const { path, depth, refuse } = place;
  if (value === null || typeof value === "string" || typeof value === "boolean") return;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw refuse(path, `is ${value}`);
    return;
  }
  if (typeof value !== "object") throw refuse(path, value === undefined ? "is undefined" : `is a ${typeof value}`);
  // A cycle is endless, so it ends here.
  if (depth >= depthMax) throw refuse("", `has more than ${depthMax} levels`);
  if (Array.isArray(value)) return assertItems(value, place);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw refuse(path, `is an instance of ${value.constructor?.name ?? "a class"}; store a plain object`);
  assertEntries(value, place);
}

function assertItems(items: readonly unknown[], { path, depth, refuse }: Place): void {
  for (let index = 0; index < items.length; index++) assertJson(items[index], { path: `${path}[${index}]`, depth: depth + 1, refuse });
  if (Object.keys(items).length !== items.length) throw refuse(path, "is a list with extra properties");
}

function assertEntries(value: object, { path, depth, refuse }: Place): void {
  if (Object.getOwnPropertySymbols(value).length > 0) throw refuse(path, "has a symbol as a key");
  if ("toJSON" in value && typeof value.toJSON === "function") throw refuse(path, "has a method toJSON()");
  for (const [key, item] of Object.entries(value)) {
    const inner = `${path}.${key}`;
    if (key === "__proto__") throw refuse(inner, "has a forbidden name");
    // JSON leaves out such a property, and reading it gives undefined again.
    if (item !== undefined) assertJson(item, { path: inner, depth: depth + 1, refuse });
  }
}
