/** The tree that finds a route: by segment, in the order literal, parameters by converter, rest. */
import { decodeSegment } from "../http/path.ts";
import type { ParamSegment, Segment } from "./pattern.ts";
import { isPlainText } from "./converters.ts";

/** What is found: the entry of a method, and the values of its parameters in the order of the pattern. */
export interface RouteMatch<Entry> {
  readonly entry: Entry;
  readonly values: readonly unknown[];
}

interface ParamEdge<Entry> {
  readonly segment: ParamSegment;
  readonly node: TreeNode<Entry>;
}

class TreeNode<Entry> {
  literals: Map<string, TreeNode<Entry>> | null = null;
  params: Array<ParamEdge<Entry>> | null = null;
  path: Map<string, Entry> | null = null;
  rest: Map<string, Entry> | null = null;
  entries: Map<string, Entry> | null = null;
}

/** Routes by path and method. */
export class RadixTree<Entry> {
  readonly #root = new TreeNode<Entry>();
  /** Patterns without parameters need no walk. */
  readonly #literals = new Map<string, Map<string, Entry>>();

  /** Adds an entry; gives the one that stands there already, unchanged. */
  add(method: string, segments: readonly Segment[], entry: Entry): Entry | undefined {
    const entries = this.#entriesOf(segments);
    const present = entries.get(method);
    if (present !== undefined) return present;
    entries.set(method, entry);
    return undefined;
  }

  #entriesOf(segments: readonly Segment[]): Map<string, Entry> {
    if (segments.every((segment) => segment.kind === "literal")) {
      const key = segments.map((segment) => `/${segment.text}`).join("");
      let entries = this.#literals.get(key);
      if (entries === undefined) this.#literals.set(key, (entries = new Map()));
      return entries;
    }
    let node = this.#root;
    for (const segment of segments) {
      if (segment.kind === "rest") return segment.isPath ? (node.path ??= new Map()) : (node.rest ??= new Map());
      node = segment.kind === "literal" ? literalChild(node, segment.text) : paramChild(node, segment);
    }
    return (node.entries ??= new Map());
  }

  /** Finds the entry for a method and an encoded path without its query. HEAD falls back to GET at each place. */
  find(method: string, path: string): RouteMatch<Entry> | undefined {
    const isPlain = !path.includes("%");
    const literal = this.#literals.get(isPlain ? path : decodeLiteral(path));
    if (literal !== undefined) {
      const entry = entryOf(literal, method);
      if (entry !== undefined) return { entry, values: noValues };
    }
    return walk(this.#root, path, 1, isPlain, method, []);
  }

  /** All methods that some route has for a path, in order of definition. */
  methodsOf(path: string): string[] {
    const methods = new Set<string>();
    const literal = this.#literals.get(path.includes("%") ? decodeLiteral(path) : path);
    for (const method of literal?.keys() ?? []) methods.add(method);
    collect(this.#root, path, 1, methods);
    return [...methods];
  }
}

const noValues: readonly unknown[] = Object.freeze([]);

function literalChild<Entry>(node: TreeNode<Entry>, text: string): TreeNode<Entry> {
  node.literals ??= new Map();
  let child = node.literals.get(text);
  if (child === undefined) node.literals.set(text, (child = new TreeNode()));
  return child;
}

function paramChild<Entry>(node: TreeNode<Entry>, segment: ParamSegment): TreeNode<Entry> {
  node.params ??= [];
  const present = node.params.find((edge) => edge.segment.prefix === segment.prefix && edge.segment.type === segment.type);
  if (present !== undefined) return present.node;
  const edge = { segment, node: new TreeNode<Entry>() };
  // Stable order: longer prefixes are more special; between equals the order of definition decides.
  const index = node.params.findIndex(
    ({ segment: other }) =>
      other.prefix.length < segment.prefix.length || (other.prefix.length === segment.prefix.length && other.priority > segment.priority),
  );
  node.params.splice(index === -1 ? node.params.length : index, 0, edge);
  return edge.node;
}

function entryOf<Entry>(entries: Map<string, Entry>, method: string): Entry | undefined {
  return entries.get(method) ?? (method === "HEAD" ? entries.get("GET") : undefined);
}

/** The literal key of a path with escapes; an escaped slash makes it no literal. */
function decodeLiteral(path: string): string {
  if (/%(?:2f|5c)/i.test(path)) return "";
  return decodeURIComponent(path);
}

/** Walks from the segment that starts at `from`; backtracks, and visits each node at most once. */
function walk<Entry>(
  node: TreeNode<Entry>,
  path: string,
  from: number,
  isPlain: boolean,
  method: string,
  values: unknown[],
): RouteMatch<Entry> | undefined {
  const slash = path.indexOf("/", from);
  const end = slash === -1 ? path.length : slash;
  const raw = path.slice(from, end);
  const text = isPlain ? raw : decodeSegment(raw);
  const isLast = slash === -1;
  const child = node.literals?.get(text);
  if (child !== undefined && (isPlain || !hasSlash(text))) {
    const found = isLast ? matchEnd(child, method, values) : walk(child, path, end + 1, isPlain, method, values);
    if (found !== undefined) return found;
  }
  if (node.params !== null && text !== "") {
    for (const { segment, node: next } of node.params) {
      const value = parseParam(segment, text, isPlain);
      if (value === undefined) continue;
      values.push(value);
      const found = isLast ? matchEnd(next, method, values) : walk(next, path, end + 1, isPlain, method, values);
      if (found !== undefined) return found;
      values.pop();
    }
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
  const entry =
    (node.path === null ? undefined : entryOf(node.path, method)) ?? (node.rest === null ? undefined : entryOf(node.rest, method));
  const rest = entry === undefined ? undefined : decodeRest(path, from);
  return rest === undefined ? undefined : { entry: entry!, values: [...values, rest] };
}

function decodeRest(path: string, from: number): string | undefined {
  const parts = path.slice(from).split("/").map(decodeSegment);
  return parts.every(isPlainText) ? parts.join("/") : undefined;
}

function hasSlash(text: string): boolean {
  return text.includes("/") || text.includes("\\");
}

function parseParam(segment: ParamSegment, text: string, isPlain: boolean): unknown {
  const { prefix, converter } = segment;
  if (!isPlain && converter.allowEncodedSlash !== true && hasSlash(text)) return undefined;
  if (prefix === "") return converter.parse(text);
  return text.startsWith(prefix) ? converter.parse(text.slice(prefix.length)) : undefined;
}

function collect<Entry>(node: TreeNode<Entry>, path: string, from: number, methods: Set<string>): void {
  const slash = path.indexOf("/", from);
  const text = decodeSegment(path.slice(from, slash === -1 ? path.length : slash));
  const next: Array<TreeNode<Entry>> = [];
  const child = hasSlash(text) ? undefined : node.literals?.get(text);
  if (child !== undefined) next.push(child);
  for (const edge of node.params ?? []) if (text !== "" && parseParam(edge.segment, text, false) !== undefined) next.push(edge.node);
  for (const other of next) {
    if (slash !== -1) collect(other, path, slash + 1, methods);
    else for (const method of other.entries?.keys() ?? []) methods.add(method);
  }
  if ((node.path !== null || node.rest !== null) && decodeRest(path, from) !== undefined) {
    for (const method of [...(node.path?.keys() ?? []), ...(node.rest?.keys() ?? [])]) methods.add(method);
  }
}
