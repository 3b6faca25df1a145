/** Finds routes in a tree of segments, in the order literal, parameters by converter, rest. */
import { decodeSegment } from "../http/path.ts";
import { isListItem, isPlainText } from "./converters.ts";
import type { Param, ParamSegment, RestKind, Segment } from "./pattern.ts";
import { toSegmentShape } from "./pattern.ts";
import { hasSlash, splitParams } from "./split-params.ts";

/** A match: the entry of a method, and the values of its parameters in the order of the pattern. */
export interface RouteMatch<Entry> {
  readonly entry: Entry;
  readonly values: readonly unknown[];
}

interface ParamEdge<Entry> {
  readonly segment: ParamSegment;
  readonly node: TreeNode<Entry>;
}

/** A literal child; children with the same hash form a list. */
interface LiteralEdge<Entry> {
  readonly text: string;
  readonly node: TreeNode<Entry>;
  next: LiteralEdge<Entry> | undefined;
}

/** An entry that takes the rest of a path. */
interface RestEntry<Entry> {
  readonly entry: Entry;
  readonly type: RestKind;
}

class TreeNode<Entry> {
  /** Literal children by the hash of their text: the search does not have to create a string for each segment. */
  literals: Map<number, LiteralEdge<Entry>> | null = null;
  params: Array<ParamEdge<Entry>> | null = null;
  /** Routes that take the rest of the path as `:name(path)` or `:name(segments)`. */
  path: Map<string, RestEntry<Entry>> | null = null;
  /** Routes that take the rest of the path as `*name`. */
  rest: Map<string, RestEntry<Entry>> | null = null;
  entries: Map<string, Entry> | null = null;
}

/** Routes by path and method. */
export class RadixTree<Entry> {
  readonly #root = new TreeNode<Entry>();

  /** Adds an entry. If the place is taken, returns the existing entry and changes nothing. */
  add(method: string, segments: readonly Segment[], entry: Entry): Entry | undefined {
    let node = this.#root;
    for (const segment of segments) {
      if (segment.kind === "rest") {
        const { type } = segment;
        const rest = type === "rest" ? (node.rest ??= new Map()) : (node.path ??= new Map());
        return addEntry(rest, method, { entry, type })?.entry;
      }
      node = segment.kind === "literal" ? literalChild(node, segment.text) : paramChild(node, segment);
    }
    return addEntry((node.entries ??= new Map()), method, entry);
  }

  /** Finds the entry for a method and an encoded path without its query. HEAD falls back to GET at each place. */
  find(method: string, path: string): RouteMatch<Entry> | undefined {
    return path.includes("%") ? walkEncoded(this.#root, path, 1, method, []) : walk(this.#root, path, 1, method, []);
  }

  /** Returns the methods of all routes for a path, in order of definition. */
  methodsOf(path: string): string[] {
    const methods = new Set<string>();
    collect(this.#root, path, 1, methods);
    return [...methods];
  }
}

/** Adds a value to a map. If the key is taken, returns its value and changes nothing. */
function addEntry<Value>(entries: Map<string, Value>, method: string, value: Value): Value | undefined {
  const present = entries.get(method);
  if (present === undefined) entries.set(method, value);
  return present;
}

function literalChild<Entry>(node: TreeNode<Entry>, text: string): TreeNode<Entry> {
  node.literals ??= new Map();
  const present = findLiteral(node, text);
  if (present !== undefined) return present;
  const hash = hashOf(text);
  const edge = { text, node: new TreeNode<Entry>(), next: node.literals.get(hash) };
  node.literals.set(hash, edge);
  return edge.node;
}

function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}

function findLiteral<Entry>(node: TreeNode<Entry>, text: string): TreeNode<Entry> | undefined {
  let edge = node.literals?.get(hashOf(text));
  while (edge !== undefined && edge.text !== text) edge = edge.next;
  return edge?.node;
}

function paramChild<Entry>(node: TreeNode<Entry>, segment: ParamSegment): TreeNode<Entry> {
  node.params ??= [];
  const shape = toSegmentShape(segment);
  const present = node.params.find((edge) => toSegmentShape(edge.segment) === shape);
  if (present !== undefined) return present.node;
  const edge = { segment, node: new TreeNode<Entry>() };
  // Stable order: more literal text is more special; between equals the converter, then the order of definition decides.
  const index = node.params.findIndex(
    ({ segment: other }) =>
      other.literalLength < segment.literalLength || (other.literalLength === segment.literalLength && other.priority > segment.priority),
  );
  node.params.splice(index === -1 ? node.params.length : index, 0, edge);
  return edge.node;
}

function entryOf<Value>(entries: Map<string, Value>, method: string): Value | undefined {
  return entries.get(method) ?? (method === "HEAD" ? entries.get("GET") : undefined);
}

/** Walks a path without escapes from the segment that starts at `from`; backtracks, and visits each node at most once. */
function walk<Entry>(node: TreeNode<Entry>, path: string, from: number, method: string, values: unknown[]): RouteMatch<Entry> | undefined {
  const { length } = path;
  let hash = 0;
  let end = from;
  for (; end < length; end++) {
    const code = path.charCodeAt(end);
    if (code === 0x2f) break;
    hash = (Math.imul(hash, 31) + code) | 0;
  }
  const isLast = end === length;
  let edge = node.literals === null ? undefined : node.literals.get(hash);
  for (; edge !== undefined; edge = edge.next) {
    if (edge.text.length !== end - from || !path.startsWith(edge.text, from)) continue;
    const found = isLast ? matchEnd(edge.node, method, values) : walk(edge.node, path, end + 1, method, values);
    if (found !== undefined) return found;
  }
  if (node.params !== null && end > from) {
    const text = path.slice(from, end);
    for (const { segment, node: next } of node.params) {
      const count = pushValues(segment, text, true, values);
      if (count === 0) continue;
      const found = isLast ? matchEnd(next, method, values) : walk(next, path, end + 1, method, values);
      if (found !== undefined) return found;
      values.length -= count;
    }
  }
  return node.path === null && node.rest === null ? undefined : matchRest(node, path, from, method, values);
}

/** As {@link walk}, for a path with escapes: each segment is decoded once. */
function walkEncoded<Entry>(
  node: TreeNode<Entry>,
  path: string,
  from: number,
  method: string,
  values: unknown[],
): RouteMatch<Entry> | undefined {
  const slash = path.indexOf("/", from);
  const text = decodeSegment(path.slice(from, slash === -1 ? path.length : slash));
  const next = (child: TreeNode<Entry>): RouteMatch<Entry> | undefined =>
    slash === -1 ? matchEnd(child, method, values) : walkEncoded(child, path, slash + 1, method, values);
  const literal = hasSlash(text) ? undefined : findLiteral(node, text);
  const found = literal === undefined ? undefined : next(literal);
  if (found !== undefined) return found;
  for (const edge of text === "" ? [] : (node.params ?? [])) {
    const count = pushValues(edge.segment, text, false, values);
    if (count === 0) continue;
    const match = next(edge.node);
    if (match !== undefined) return match;
    values.length -= count;
  }
  return node.path === null && node.rest === null ? undefined : matchRest(node, path, from, method, values);
}

function matchEnd<Entry>(node: TreeNode<Entry>, method: string, values: unknown[]): RouteMatch<Entry> | undefined {
  const entry = node.entries === null ? undefined : entryOf(node.entries, method);
  return entry === undefined ? undefined : { entry, values };
}

function matchRest<Entry>(
  node: TreeNode<Entry>,
  path: string,
  from: number,
  method: string,
  values: unknown[],
): RouteMatch<Entry> | undefined {
  const found =
    (node.path === null ? undefined : entryOf(node.path, method)) ?? (node.rest === null ? undefined : entryOf(node.rest, method));
  const rest = found === undefined ? undefined : decodeRest(path, from, found.type);
  return rest === undefined ? undefined : { entry: found!.entry, values: [...values, rest] };
}

function decodeRest(path: string, from: number, type: RestKind): string | readonly string[] | undefined {
  const parts = path.slice(from).split("/").map(decodeSegment);
  if (type === "segments") return parts.every(isListItem) ? parts : undefined;
  return parts.every(isPlainText) ? parts.join("/") : undefined;
}

/** Adds the values of a segment to a list. Returns how many; 0 when the text does not match. */
function pushValues(segment: ParamSegment, text: string, isPlain: boolean, values: unknown[]): number {
  const { single } = segment;
  if (single === null) {
    const found = splitParams(segment, text, isPlain);
    if (found === undefined) return 0;
    values.push(...found);
    return found.length;
  }
  const value = parseParam(segment.prefix, single, text, isPlain);
  if (value === undefined) return 0;
  values.push(value);
  return 1;
}

function parseParam(prefix: string, { converter }: Param, text: string, isPlain: boolean): unknown {
  if (!isPlain && converter.allowEncodedSlash !== true && hasSlash(text)) return undefined;
  if (prefix === "") return converter.parse(text);
  return text.length > prefix.length && text.startsWith(prefix) ? converter.parse(text.slice(prefix.length)) : undefined;
}

function collect<Entry>(node: TreeNode<Entry>, path: string, from: number, methods: Set<string>): void {
  const slash = path.indexOf("/", from);
  const text = decodeSegment(path.slice(from, slash === -1 ? path.length : slash));
  const next: Array<TreeNode<Entry>> = [];
  const child = hasSlash(text) ? undefined : findLiteral(node, text);
  if (child !== undefined) next.push(child);
  for (const edge of node.params ?? []) if (text !== "" && pushValues(edge.segment, text, false, []) > 0) next.push(edge.node);
  for (const other of next) {
    if (slash !== -1) collect(other, path, slash + 1, methods);
    else for (const method of other.entries?.keys() ?? []) methods.add(method);
  }
  for (const rest of [node.path, node.rest]) {
    for (const [method, { type }] of rest ?? []) if (decodeRest(path, from, type) !== undefined) methods.add(method);
  }
}
