/** Query strings and urlencoded forms, read as the URL standard says (equal to `URLSearchParams`). */
import { GableError } from "../errors/gable-error.ts";

/** An ordered, immutable multi-map of names and values. */
export class FieldMap implements Iterable<[string, string]> {
  readonly #pairs: ReadonlyArray<readonly [string, string]>;

  constructor(pairs: ReadonlyArray<readonly [string, string]>) {
    this.#pairs = pairs;
  }

  /** The first value of a name; null when absent. */
  get(name: string): string | null {
    return this.#pairs.find((pair) => pair[0] === name)?.[1] ?? null;
  }

  /** All values of a name, in order. */
  getAll(name: string): string[] {
    return this.#pairs.filter((pair) => pair[0] === name).map((pair) => pair[1]);
  }

  /** Whether the name is there. */
  has(name: string): boolean {
    return this.#pairs.some((pair) => pair[0] === name);
  }

  /** Number of pairs. */
  get size(): number {
    return this.#pairs.length;
  }

  /** All pairs, in order. */
  *[Symbol.iterator](): IterableIterator<[string, string]> {
    for (const [name, value] of this.#pairs) yield [name, value];
  }

  /**
   * One value per name, or an array where a name came more than once; without a prototype.
   * The order of the names is that of their first appearance.
   */
  toRecord(): Record<string, string | string[]> {
    const record: Record<string, string | string[]> = Object.create(null);
    for (const [name, value] of this.#pairs) {
      const present = record[name];
      if (present === undefined) record[name] = value;
      else if (Array.isArray(present)) present.push(value);
      else record[name] = [present, value];
    }
    return record;
  }
}

/** Limits of an urlencoded text. */
export interface UrlencodedLimits {
  /** Largest number of pairs. */
  pairsMax: number;
  /** Makes the error of too many pairs. */
  onTooMany: (pairsMax: number) => GableError;
  /** Makes the error of bytes that are not UTF-8. By default such bytes become U+FFFD. */
  onNotUtf8?: () => GableError;
}

/** Largest number of parameters in a query string. */
const queryPairsMax = 1000;

/** Parses a query string without its "?". Throws `E_QUERY_TOO_LARGE` above 1,000 pairs. */
export function parseQuery(queryString: string): FieldMap {
  return parseUrlencoded(queryString, {
    pairsMax: queryPairsMax,
    onTooMany: (pairsMax) => new GableError("E_QUERY_TOO_LARGE", `The query has more than ${pairsMax} parameters.`),
  });
}

/** Parses an urlencoded text; broken percent-encoding stays as text, bad UTF-8 becomes U+FFFD. */
export function parseUrlencoded(text: string, limits: UrlencodedLimits): FieldMap {
  const pairs: Array<readonly [string, string]> = [];
  for (let start = 0; start < text.length;) {
    const ampersand = text.indexOf("&", start);
    const end = ampersand === -1 ? text.length : ampersand;
    if (end > start) {
      if (pairs.length >= limits.pairsMax) throw limits.onTooMany(limits.pairsMax);
      pairs.push(parsePair(text, start, end, limits.onNotUtf8));
    }
    start = end + 1;
  }
  return new FieldMap(pairs);
}

function parsePair(text: string, start: number, end: number, onNotUtf8: UrlencodedLimits["onNotUtf8"]): readonly [string, string] {
  const equals = text.indexOf("=", start);
  if (equals === -1 || equals >= end) return [decodeUrlencoded(text.slice(start, end), onNotUtf8), ""];
  return [decodeUrlencoded(text.slice(start, equals), onNotUtf8), decodeUrlencoded(text.slice(equals + 1, end), onNotUtf8)];
}

function decodeUrlencoded(text: string, onNotUtf8: UrlencodedLimits["onNotUtf8"]): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced.isWellFormed() ? spaced : spaced.toWellFormed();
  try {
    return decodeURIComponent(spaced);
  } catch {
    return decodeLoosely(spaced, onNotUtf8);
  }
}

const looseDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Percent-decodes what is well-formed, keeps the rest, then reads the bytes as UTF-8 with replacement. */
function decodeLoosely(text: string, onNotUtf8: UrlencodedLimits["onNotUtf8"]): string {
  const bytes = encoder.encode(text);
  let length = 0;
  for (let index = 0; index < bytes.length; index++) {
    const value = bytes[index] === 0x25 ? hexValue(bytes[index + 1]) * 16 + hexValue(bytes[index + 2]) : Number.NaN;
    bytes[length++] = Number.isNaN(value) ? bytes[index]! : value;
    if (!Number.isNaN(value)) index += 2;
  }
  const decoded = looseDecoder.decode(bytes.subarray(0, length));
  // A replacement character that was typed is not one that the decoder put in.
  if (onNotUtf8 !== undefined && decoded.includes("\ufffd") && !isUtf8(bytes.subarray(0, length))) throw onNotUtf8();
  return decoded;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictDecoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return Number.NaN;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : Number.NaN;
}

/** A value of a query parameter. */
export type QueryValue = string | number | bigint | boolean | null | undefined;

/** Writes a query with its "?"; "" without values. Null and undefined are left out, arrays repeat the name. */
export function serializeQuery(values: Readonly<Record<string, QueryValue | readonly QueryValue[]>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== null && item !== undefined) params.append(name, String(item));
    }
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
