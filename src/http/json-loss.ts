/** Finds what JSON would change or lose in a value that must arrive as it is. */
import { describeValue } from "../errors/option-errors.ts";

/** What a value may have. */
export interface JsonRules {
  /** Deepest nesting. */
  readonly depthMax: number;
  /** Whether objects with `toJSON()`, such as dates and rows, may stand for what it returns. Default false. */
  readonly takesToJson?: boolean;
}

/**
 * Returns what JSON would change or lose in a value; undefined if nothing. Properties that are undefined may be left out, and -0 may become 0.
 * `path` names the value.
 */
export function findJsonLoss(value: unknown, path: string, rules: JsonRules): string | undefined {
  return findLoss(value, path, rules, rules.depthMax);
}

function findLoss(given: unknown, path: string, rules: JsonRules, depth: number): string | undefined {
  const value = rules.takesToJson === true ? toShown(given) : given;
  if (value === undefined || value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : `${path} is ${value}, which JSON cannot hold`;
  if (typeof value !== "object") return `${path} is ${describeValue(value)}, which JSON cannot hold`;
  if (depth === 0) return `it is nested deeper than ${rules.depthMax} levels`;
  const symbol = Object.getOwnPropertySymbols(value).find((key) => Object.prototype.propertyIsEnumerable.call(value, key));
  if (symbol !== undefined) return `${path} has the key ${String(symbol)}, which JSON would leave out`;
  if (Array.isArray(value)) {
    // findIndex() also visits holes.
    const index = value.findIndex((item) => (rules.takesToJson === true ? toShown(item) : item) === undefined);
    if (index >= 0) return `${path}[${index}] is undefined, which JSON would turn into null`;
    return findFirst(
      value.map((item, position) => [`${path}[${position}]`, item] as const),
      rules,
      depth,
    );
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `${path} is ${describeValue(value)}, which JSON would change`;
  return findFirst(
    Object.entries(value).map(([key, item]) => [`${path}.${key}`, item] as const),
    rules,
    depth,
  );
}

function findFirst(items: ReadonlyArray<readonly [string, unknown]>, rules: JsonRules, depth: number): string | undefined {
  for (const [path, item] of items) {
    const wrong = findLoss(item, path, rules, depth - 1);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** What JSON.stringify() writes for an object. An invalid date has no JSON: it would be null. */
function toShown(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("toJSON" in value) || typeof value.toJSON !== "function") return value;
  if (value instanceof Date && Number.isNaN(value.getTime())) return Number.NaN;
  return value.toJSON() as unknown; // As JSON.stringify() calls it.
}
