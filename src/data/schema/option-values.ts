/** Checks the values of field options. */
import { suggestName } from "../../errors/nearest-name.ts";
import { describeValue } from "../../errors/option-errors.ts";
import { compareDecimals } from "./check-value.ts";
import { isColumn } from "./column.ts";
import type { AnyColumnOptions, ColumnType } from "./column.ts";

/** Whether a whole number is in a range, both ends included. */
export function isBetween(value: number | undefined, min: number, max: number): value is number {
  return value !== undefined && Number.isInteger(value) && value >= min && value <= max;
}

/** Whether one limit is above another of the same type. */
export function isAbove(min: unknown, max: unknown): boolean {
  if (typeof min === "string" && typeof max === "string") return compareDecimals(min, max) > 0;
  const isComparable = (typeof min === "number" && typeof max === "number") || (typeof min === "bigint" && typeof max === "bigint");
  return isComparable && Number(min) > Number(max);
}

/** Whether a limit is valid: a value of its type, or a count of characters, bytes or items. */
export function isLimit(type: ColumnType, value: unknown, isCount: boolean): boolean {
  if (isCount) return Number.isInteger(value) && (value as number) > 0; // isInteger() has checked it.
  if (type === "bigint") return typeof value === "bigint";
  return type === "decimal"
    ? typeof value === "string" && /^-?[0-9]+(?:\.[0-9]+)?$/.test(value)
    : typeof value === "number" && Number.isFinite(value);
}

/** Whether a pattern takes linear time, judged by its source: no nested repetition, no back reference. */
export function isLinear({ source }: RegExp): boolean {
  const plain = source.replace(/\\[^]/g, (escaped) => (/[1-9k]/.test(escaped[1]!) ? "\u0001" : "x")).replace(/\[[^\]]*\]/g, "x");
  if (plain.includes("\u0001")) return false;
  const repeats = /[*+]|\{[0-9]+,[0-9]*\}/;
  for (let text = plain; ;) {
    const group = /\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?([^()]*)\)(\*|\+|\{[0-9]+,[0-9]*\})?/.exec(text);
    if (group === null) return true;
    if (group[2] !== undefined && (repeats.test(group[1]!) || group[1]!.includes("|"))) return false;
    // A repetition inside a group makes the group a repetition.
    text =
      text.slice(0, group.index) +
      (repeats.test(group[1]!) || group[2] !== undefined ? "x+" : "x") +
      text.slice(group.index + group[0].length);
  }
}

const queryNames = ["postgres", "mariadb", "mysql", "sqlite", "others"];

/** Finds a mistake in the query of a view; undefined if there is none. */
export function findQueryMistake(sql: unknown): { readonly message: string; readonly fix: string } | undefined {
  const isNamed = typeof sql === "object" && sql !== null;
  const texts: readonly unknown[] = isNamed ? Object.values(sql) : [sql];
  const unknown = isNamed ? Object.keys(sql).find((name) => !queryNames.includes(name)) : undefined;
  if (unknown !== undefined) return { message: `the query is for "${unknown}"`, fix: `Name some of ${queryNames.join(", ")}.` };
  const [wrong] =
    texts.length === 0 ? [describeValue(sql)] : texts.filter((text) => typeof text !== "string" || text.trim() === "").map(describeValue);
  if (wrong !== undefined)
    return { message: `the query is ${wrong}`, fix: 'Give a SELECT statement, or one for each database: { others: "SELECT ..." }.' };
  // The query becomes a part of other statements.
  return texts.some((text) => String(text).trimEnd().endsWith(";"))
    ? { message: "the query ends with a semicolon", fix: "Leave the semicolon out." }
    : undefined;
}

/** Finds the mistakes in the options of a file field: each with its fix. */
export function findFileMistakes({
  accept,
  bytesMax,
  prefix,
  default: initial,
}: AnyColumnOptions): ReadonlyArray<readonly [what: string, fix: string]> {
  const isTypes = Array.isArray(accept) && accept.length > 0 && accept.every((type) => /^[a-z]+\/(?:\*|[\w.+-]+)$/.test(String(type)));
  const isSize = typeof bytesMax === "number" && Number.isSafeInteger(bytesMax) && bytesMax > 0;
  const isStart = typeof prefix === "string" && /^(?:[A-Za-z0-9_-]{1,50}\/){0,4}[A-Za-z0-9_-]{1,50}$/.test(prefix);
  return [
    ...(initial !== undefined && initial !== null
      ? [["a file has a default", "Two rows would share one file. Use null: true."] as const]
      : []),
    ...(accept !== undefined && !isTypes
      ? [[`accept is ${describeValue(accept)}`, 'Give a list of media types such as ["image/png"].'] as const]
      : []),
    ...(bytesMax !== undefined && !isSize ? [[`bytesMax is ${describeValue(bytesMax)}`, "Give a whole number above 0."] as const] : []),
    ...(prefix !== undefined && !isStart
      ? [
          [
            `prefix is ${describeValue(prefix)}`,
            'Give the start of a key, such as "covers": letters, digits, hyphens and slashes.',
          ] as const,
        ]
      : []),
  ];
}

/** Types of fields that a slug can be made from. */
const slugSources: ReadonlySet<string> = new Set("text slug email url choice uuid ip date time int bigint decimal".split(" "));

/** Finds the mistake in the option `from` of a slug, with its fix. */
export function findSlugMistakes(
  { from }: AnyColumnOptions,
  fields: Readonly<Record<string, unknown>>,
): ReadonlyArray<readonly [what: string, fix: string]> {
  if (from === undefined) return [];
  const source = Object.hasOwn(fields, from) ? fields[from] : undefined;
  if (isColumn(source) && slugSources.has(source.type)) return [];
  const what = source === undefined ? "there is no such field" : "no slug can be made from it";
  return [
    [
      `from is ${describeValue(from)}, but ${what}`,
      suggestName(from, Object.keys(fields), 'Name a field with text, such as from: "title".'),
    ],
  ];
}
