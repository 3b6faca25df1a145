/** JSON comparisons that SQLite lacks: connections register them as functions. */

/** Returns whether two JSON values are equal, whatever the order of keys: 1 or 0; null if one is missing. */
export function jsonEquals(one: unknown, other: unknown): number | null {
  if (typeof one !== "string" || typeof other !== "string") return null;
  return isEqual(JSON.parse(one), JSON.parse(other)) ? 1 : 0;
}

/** Returns whether a JSON value contains another, as PostgreSQL's `@>` does for values of one kind: 1 or 0. */
export function jsonContains(one: unknown, other: unknown): number | null {
  if (typeof one !== "string" || typeof other !== "string") return null;
  return holds(JSON.parse(one), JSON.parse(other)) ? 1 : 0;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isEqual(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => isEqual(item, other[index]));
  if (!isRecord(one) || !isRecord(other)) return one === other;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => Object.hasOwn(other, key) && isEqual(one[key], other[key]));
}

function holds(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) return other.every((item) => one.some((own) => holds(own, item)));
  if (!isRecord(one) || !isRecord(other)) return one === other;
  return Object.entries(other).every(([key, value]) => Object.hasOwn(one, key) && holds(one[key], value));
}
