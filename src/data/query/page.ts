/** Keyset pages: each page starts where the previous one ends, however many rows come before. */
import { GableError } from "../../errors/gable-error.ts";
import type { Dialect } from "../sql/dialect.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { CursorKeys } from "../run/cursor-seal.ts";
import { openText, sealText } from "../run/cursor-seal.ts";
import type { DatabaseCore } from "../run/database-core.ts";
import { StoredValue } from "../sql/codec.ts";
import { literal } from "../tree/literal.ts";
import type { Node, OrderTerm } from "../tree/node.ts";
import { allOf, anyOf, compare, constant, isNull, notOf } from "../tree/conditions.ts";
import { ShapeWalk } from "../tree/shape.ts";

/** One page, with cursors for its neighbours. */
export interface Page<Item> {
  /** The rows of the page. */
  readonly items: readonly Item[];
  /** Cursor for `after`; undefined on the last page. */
  readonly next: string | undefined;
  /** Cursor for `before`; undefined on the first page. */
  readonly previous: string | undefined;
}

/** Options of `page()`. */
export interface PageOptions {
  /** Rows of a page, 1 to 1,000. */
  readonly size: number;
  /** `next` of another page. None by default. */
  readonly after?: string | undefined;
  /** `previous` of another page. None by default. */
  readonly before?: string | undefined;
}

/** One page with its number. */
export interface NumberedPage<Item> {
  /** The rows of the page. */
  readonly items: readonly Item[];
  /** Number of the page, from 1. */
  readonly number: number;
  /** Number of all rows, or `countMax` if there are more. */
  readonly total: number;
  /** Whether `total` is exact; false if there are more rows than were counted. */
  readonly isTotalExact: boolean;
  /** Number of pages of the counted rows. */
  readonly pageCount: number;
}

/** Options of `numberedPage()`. */
export interface NumberedPageOptions {
  /** From 1. */
  readonly number: number;
  /** Rows of a page, 1 to 1,000. */
  readonly size: number;
  /** Maximum number of rows to count. Default 10,000. */
  readonly countMax?: number;
}

/** Returns the cursor of a row: its values in the order, and a hash of the order, sealed. */
export function writeCursor({ cursorKeys }: DatabaseCore, order: readonly OrderTerm[], values: readonly DriverValue[]): string {
  const plain = values.map((value) =>
    typeof value === "bigint" ? { n: String(value) } : value instanceof Uint8Array ? { b: [...value] } : value,
  );
  return sealText(cursorKeys, JSON.stringify([hashOrder(order), ...plain]));
}

/** Returns the condition of the rows after a cursor, or before it. Throws `E_CURSOR` for anything but a cursor of this order. */
export function readCursor({ dialect, cursorKeys }: DatabaseCore, order: readonly OrderTerm[], text: string, isBefore: boolean): Node {
  const [hash, ...values] = parseCursor(cursorKeys, text);
  if (hash !== hashOrder(order) || values.length !== order.length) throw cursorError();
  const nodes = values.map((value, index) => toLiteral(dialect, order[index]!, value));
  // After (a, b): a is after, or a is equal and b is after.
  const parts = order.map((term, index) => {
    const equal = order.slice(0, index).map((each, place) => isEqual(each, nodes[place]!));
    return allOf([...equal, isBeyond(term, nodes[index]!, isBefore)]);
  });
  return anyOf(parts);
}

function cursorError(cause?: unknown): GableError {
  return new GableError("E_CURSOR", "This cursor belongs to a different list.", { cause });
}

function parseCursor(keys: CursorKeys, text: string): readonly unknown[] {
  const opened = openText(keys, text);
  const parsed: unknown = opened === undefined ? undefined : JSON.parse(opened);
  if (Array.isArray(parsed)) return parsed;
  throw cursorError();
}

function toLiteral(dialect: Dialect, { node }: OrderTerm, value: unknown): Node {
  const type = node.type!;
  try {
    const decode = dialect.decoder(type, true);
    const stored = typeof value === "boolean" && type.type === "boolean" ? value : toDriverValue(value);
    const node = literal(decode === undefined ? stored : decode(stored), type, "cursor");
    // The stored value: that of the model may have fewer digits.
    return node.value === null ? node : { ...node, value: new StoredValue(stored) };
  } catch (error) {
    throw cursorError(error);
  }
}

function toDriverValue(value: unknown): DriverValue {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "object" && "n" in value) return BigInt(String(value.n));
  if (typeof value === "object" && "b" in value && Array.isArray(value.b)) return Uint8Array.from(value.b, Number);
  throw cursorError();
}

function isEqual({ node }: OrderTerm, value: Node): Node {
  return isMissing(value) ? isNull(node) : compare("eq", node, value);
}

function isMissing(node: Node): boolean {
  return node.kind === "value" && node.value === null;
}

/** Whether a row comes after a value in the order, or before it. */
function isBeyond(term: OrderTerm, value: Node, isBefore: boolean): Node {
  const { node } = term;
  const isDown = term.isDescending !== isBefore;
  const areNullsLast = ((term.nulls ?? (term.isDescending ? "first" : "last")) === "last") !== isBefore;
  if (isMissing(value)) return areNullsLast ? constant(false) : notOf(isNull(node));
  const beyond = compare(isDown ? "lt" : "gt", node, value);
  return areNullsLast ? anyOf([beyond, isNull(node)]) : beyond;
}

/** Returns 32 bits of FNV-1a of the order, so that a cursor is only valid for its own list. */
function hashOrder(order: readonly OrderTerm[]): string {
  const walk = new ShapeWalk();
  for (const { node, isDescending, nulls } of order) {
    walk.token(`${isDescending ? "-" : "+"}${nulls ?? ""}`);
    walk.node(node);
  }
  let hash = 0x811c9dc5;
  for (let index = 0; index < walk.shape.length; index++) hash = Math.imul(hash ^ walk.shape.charCodeAt(index), 0x01000193);
  return (hash >>> 0).toString(36);
}
