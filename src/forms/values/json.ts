/** JSON that a person types: limited in depth, without duplicate keys. */
import type { FieldDefinition, Parsed } from "../definition.ts";
import type { ScalarType } from "./scalar-type.ts";
import { broken } from "./scalar-type.ts";

const depthMax = 64;

/** A value of JSON, shown as indented text. */
export const json: ScalarType = {
  parse: (typed) => {
    if (!typed.isWellFormed() || !isSafeJson(typed)) return broken("json");
    try {
      return { value: JSON.parse(typed, exactNumber as never) as unknown }; // The library's type lacks the source.
    } catch {
      return broken("json");
    }
  },
  toText: (value) => (value === undefined ? undefined : JSON.stringify(value, undefined, 2)),
  attributes: () => ({ spellcheck: "false" }),
};

/** Throws for a number that JavaScript cannot hold, and for a whole one that it would round. */
function exactNumber(_key: string, value: unknown, { source = "" }: { readonly source?: string } = {}): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  if (!Number.isFinite(value) || (/^-?[0-9]+$/.test(source) && BigInt(source) !== BigInt(value))) throw new RangeError(source);
  return value;
}

/** Whether JSON nests at most 64 levels and has neither duplicate keys nor `__proto__`. The parser checks everything else. */
function isSafeJson(text: string): boolean {
  const keys: Array<Set<string> | undefined> = [];
  let isKey = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === "{" || character === "[") {
      if (keys.length >= depthMax) return false;
      keys.push(character === "{" ? new Set() : undefined);
      isKey = character === "{";
    } else if (character === "}" || character === "]") {
      keys.pop();
      isKey = false;
    } else if (character === ",") isKey = keys.at(-1) !== undefined;
    else if (character === '"') {
      const end = findStringEnd(text, index);
      if (end === -1) return false;
      if (isKey && !addKey(keys.at(-1)!, text.slice(index, end + 1))) return false;
      isKey = false;
      index = end;
    }
  }
  return true;
}

function findStringEnd(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === '"') return index;
  }
  return -1;
}

/** Notes a key; false when it is there already. Keys count as what they mean: `"\u0061"` is `"a"`. */
function addKey(keys: Set<string>, quoted: string): boolean {
  const key = quoted.includes("\\") ? unquote(quoted) : quoted.slice(1, -1);
  if (key === undefined || key === "__proto__" || keys.has(key)) return false;
  keys.add(key);
  return true;
}

function unquote(quoted: string): string | undefined {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}

/** One value for each line, of a column that holds a list. */
export const list: ScalarType = {
  parse: (typed): Parsed => ({
    value: typed
      .split(/\r\n?|\n/)
      .map((line) => line.trim())
      .filter((line) => line !== ""),
  }),
  toText: (value) => (Array.isArray(value) && value.every(isItem) ? value.map(String).join("\n") : undefined),
  attributes: (_field: FieldDefinition) => ({}),
};

/** Whether a list can hold an item: no list, and no object of JSON. */
function isItem(item: unknown): boolean {
  return item instanceof Date || (typeof item !== "object" && item !== undefined);
}
