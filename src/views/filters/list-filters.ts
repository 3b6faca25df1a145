/** Filters of lists. */
import { GableError } from "../../errors/gable-error.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { escapeInWalk } from "../rendering/walk-context.ts";
import { isPlainObject, item, toIterable, toText, truthy } from "../runtime/semantics.ts";
import type { Html } from "../values.ts";
import { asHtml, isHtml } from "../values.ts";

type Items<Item> = Iterable<Item> | null | undefined;

/** A group of {@link listFilters.groupby}: also a pair for loops with two names. */
type Group<Item> = [grouper: any, list: Item[]] & { readonly grouper: any; readonly list: Item[] };

/** Returns the value of a dotted path: own properties, numbers are indexes. */
export function readPath(value: unknown, path: unknown): any {
  if (path === undefined || path === null) return value;
  let found = value;
  for (const part of String(path).split(".")) {
    if (found === null || found === undefined) return undefined;
    found = /^\d+$/.test(part) ? item(found, Number(part)) : readProperty(found, part);
  }
  return found;
}

function readProperty(value: unknown, name: string): unknown {
  if (/^(?:__.*|constructor|prototype)$/.test(name)) return undefined;
  if (value instanceof Map) return value.get(name);
  if (typeof value !== "object" || value === null) return undefined;
  const found: unknown = Reflect.get(value, name);
  return typeof found === "function" ? undefined : found;
}

function ignoreCase(value: unknown): unknown {
  return typeof value === "string" ? value.toLowerCase() : value;
}

/** Compares two values: numbers, dates and strings naturally, missing values last. */
function compare(one: unknown, other: unknown): number {
  if (Array.isArray(one) && Array.isArray(other)) {
    for (let index = 0; index < Math.min(one.length, other.length); index++) {
      const order = compare(one[index], other[index]);
      if (order !== 0) return order;
    }
    return one.length - other.length;
  }
  if (one === other) return 0;
  if (one === null || one === undefined) return 1;
  if (other === null || other === undefined) return -1;
  return (one as number) < (other as number) ? -1 : (one as number) > (other as number) ? 1 : 0; // JavaScript compares strings and dates with the same operators.
}

function keyBy(attribute: unknown, caseSensitive: boolean): (value: unknown) => unknown {
  const paths = attribute === undefined ? undefined : String(attribute).split(",");
  return (value) => {
    const keys = paths === undefined ? [value] : paths.map((path) => readPath(value, path.trim()));
    const folded = caseSensitive ? keys : keys.map(ignoreCase);
    return folded.length === 1 ? folded[0] : folded;
  };
}

function sort<Item>(values: Items<Item>, reverse = false, caseSensitive = false, attribute?: string): Item[] {
  const key = keyBy(attribute, caseSensitive);
  const sorted = [...toIterable(values)]
    .map((value) => ({ value, key: key(value) }))
    .sort((one, other) => (reverse ? compare(other.key, one.key) : compare(one.key, other.key)));
  return sorted.map(({ value }) => value);
}

function groupby<Item>(values: Items<Item>, attribute: string, fallback?: unknown, caseSensitive = false): Array<Group<Item>> {
  const found = new Map<unknown, { key: unknown; grouper: unknown; list: Item[] }>();
  for (const value of toIterable(values)) {
    const grouper = readPath(value, attribute) ?? fallback;
    const key = caseSensitive ? grouper : ignoreCase(grouper);
    const mark = toMark(key);
    const group = found.get(mark);
    if (group === undefined) found.set(mark, { key, grouper, list: [value] });
    else group.list.push(value);
  }
  const groups = [...found.values()];
  groups.sort((one, other) => compare(one.key, other.key));
  return groups.map(({ grouper, list }) => Object.assign([grouper, list] as [unknown, Item[]], { grouper, list })); // The pair of its two parts.
}

function unique<Item>(values: Items<Item>, caseSensitive = false, attribute?: string): Item[] {
  const key = keyBy(attribute, caseSensitive);
  const seen = new Set<unknown>();
  const kept: Item[] = [];
  for (const value of toIterable(values)) {
    const mark = toMark(key(value));
    if (seen.has(mark)) continue;
    seen.add(mark);
    kept.push(value);
  }
  return kept;
}

/** Returns a key that two values share exactly if they are equal: dates by time, lists and plain objects by content. */
function toMark(value: unknown): unknown {
  if (typeof value === "string") return `text ${value}`;
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return `date ${value.getTime()}`;
  if (Array.isArray(value)) return `list [${value.map((each) => toMarkText(toMark(each))).join(",")}]`;
  if (!isPlainObject(value)) return value;
  const keys = Object.keys(value).sort();
  return `object {${keys.map((name) => `${JSON.stringify(name)}:${toMarkText(toMark(value[name]))}`).join(",")}}`;
}

/** Numbers of objects that are compared by identity, for their keys. */
const numbers = new WeakMap<object, number>();
let lastNumber = 0;

function toMarkText(mark: unknown): string {
  if (typeof mark !== "object" || mark === null) return `${typeof mark} ${JSON.stringify(String(mark))}`;
  const known = numbers.get(mark) ?? ++lastNumber;
  numbers.set(mark, known);
  return `object ${known}`;
}

function extreme<Item>(values: Items<Item>, sign: 1 | -1, caseSensitive: boolean, attribute: string | undefined): Item | undefined {
  const key = keyBy(attribute, caseSensitive);
  let best: { value: Item; key: unknown } | undefined;
  for (const value of toIterable(values)) {
    const found = { value, key: key(value) };
    if (best === undefined || compare(found.key, best.key) * sign < 0) best = found;
  }
  return best?.value;
}

function batch<Item, Fill = never>(values: Items<Item>, linecount: number, fill?: Fill): Array<Array<Item | Fill>> {
  if (!(linecount >= 1)) throw new GableError("E_VIEW_VALUE", `batch got ${describeValue(linecount)} as the length of a line.`);
  const rows: Array<Array<Item | Fill>> = [];
  for (const value of toIterable(values)) {
    if (rows.length === 0 || rows.at(-1)!.length === linecount) rows.push([]);
    rows.at(-1)!.push(value);
  }
  if (fill !== undefined && rows.length > 0) while (rows.at(-1)!.length < linecount) rows.at(-1)!.push(fill);
  return rows;
}

function slices<Item, Fill = never>(values: Items<Item>, count: number, fill?: Fill): Array<Array<Item | Fill>> {
  if (!(count >= 1)) throw new GableError("E_VIEW_VALUE", `slice got ${describeValue(count)} as the number of slices.`);
  const list = [...toIterable(values)];
  const [size, extra] = [Math.floor(list.length / count), list.length % count];
  return Array.from({ length: count }, (_, index) => {
    const start = index * size + Math.min(index, extra);
    const part: Array<Item | Fill> = list.slice(start, start + size + (index < extra ? 1 : 0));
    if (fill !== undefined && extra > 0 && index >= extra) part.push(fill);
    return part;
  });
}

function join(values: Items<unknown>, separator: unknown = "", attribute?: string): string | Html {
  const parts: unknown[] = [...toIterable(values)].map((value): unknown => readPath(value, attribute));
  if (!isHtml(separator) && !parts.some(isHtml)) return parts.map(toText).join(toText(separator));
  const toMarkup = (value: unknown): string => (isHtml(value) ? String(value) : escapeInWalk(toText(value)));
  return asHtml(parts.map(toMarkup).join(toMarkup(separator)));
}

function length(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === "string") return [...value].length;
  if (isHtml(value)) return String(value).length;
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  if (isPlainObject(value)) return Object.keys(value).length;
  return [...toIterable(value)].length;
}

function dictsort(value: unknown, caseSensitive = false, by: "key" | "value" = "key", reverse = false): Array<[string, any]> {
  const key = (pair: [string, unknown]): unknown => (caseSensitive ? pair[by === "key" ? 0 : 1] : ignoreCase(pair[by === "key" ? 0 : 1]));
  return items(value).sort((one, other) => (reverse ? compare(key(other), key(one)) : compare(key(one), key(other))));
}

function items<Value>(value: Readonly<Record<string, Value>> | ReadonlyMap<string, Value> | null | undefined): Array<[string, Value]>;
function items(value: unknown): Array<[string, any]>;
function items(value: unknown): Array<[string, unknown]> {
  if (value === null || value === undefined) return [];
  if (value instanceof Map) return [...value];
  if (typeof value === "object") return Object.entries(value);
  throw new GableError("E_VIEW_VALUE", `items got ${describeValue(value)}.`);
}

/** The filters that need no other filter. */
export const listFilters = {
  batch,
  count: length,
  dictsort,
  first: <Item>(values: Items<Item>): Item | undefined => [...toIterable(values)][0],
  groupby,
  items,
  join,
  last: <Item>(values: Items<Item>): Item | undefined => [...toIterable(values)].at(-1),
  length,
  list: <Item>(values: Items<Item>): Item[] => [...toIterable(values)],
  max: <Item>(values: Items<Item>, caseSensitive = false, attribute?: string): Item | undefined =>
    extreme(values, -1, caseSensitive, attribute),
  min: <Item>(values: Items<Item>, caseSensitive = false, attribute?: string): Item | undefined =>
    extreme(values, 1, caseSensitive, attribute),
  reverse: (value: any): any => (typeof value === "string" ? [...value].reverse().join("") : [...toIterable(value)].reverse()),
  slice: slices,
  sort,
  sum: (values: Items<unknown>, attribute?: string, start = 0): number =>
    [...toIterable(values)].reduce<number>((total, value) => total + Number(readPath(value, attribute)), start),
  unique,
} as const;

/** Returns the items that a check keeps, or drops. */
export function pick<Item>(values: Items<Item>, check: (value: Item) => unknown, keeps: boolean): Item[] {
  return [...toIterable(values)].filter((value) => truthy(check(value)) === keeps);
}
