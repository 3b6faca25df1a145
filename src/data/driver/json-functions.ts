/** Comparisons of values of JSON that SQLite does not have: connections register them as functions. */

/** Whether two values of JSON are equal, whatever the order of keys: 1 or 0; null where one is missing. */
export function jsonEquals(one: unknown, other: unknown): number | null {
  if (typeof one !== "string" || typeof other !== "string") return null;
  return isEqual(JSON.parse(one), JSON.parse(other)) ? 1 : 0;
}

/** Whether one value of JSON holds another one, as PostgreSQL's `@>` does between values of one kind: 1 or 0. */
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
