/**
 * The shape of a query: a string that is equal for queries with equal SQL. One walk writes the shape and collects the
 * values, in the order in which the SQL refers to them. The cached SQL is found by the shape, without building anything.
 */
import type { CompareOperator, JsonPath, Node, OrderTerm, OutputColumn, RootSource, SelectState, Source } from "./node.ts";
import { listsOf } from "./node.ts";
import type { ValueType } from "./value-type.ts";
import { valueTypes } from "./value-type.ts";
import { scopedWhere } from "./scope.ts";

/** A value that a statement binds; a list is a single value if the database supports it. */
export interface BoundValue {
  readonly value: unknown;
  readonly type: ValueType;
  /** How it is used, if that decides how it is bound. */
  readonly use: ValueUse;
}

/** Uses of values that are bound in a special form. */
export type ValueUse = "value" | "list" | "jsonPath" | "jsonOperand" | "search" | CompareOperator;

/** Walks queries. Afterwards it has the shape, the values, and the position of the first value of each node. */
export class ShapeWalk {
  shape = "";
  readonly values: BoundValue[] = [];
  readonly #roots: RootSource[] = [];
  /** Positions of values by node, for writing the SQL; undefined if only the shape is needed. */
  readonly #places: Map<object, number> | undefined;

  constructor(places?: Map<object, number>) {
    this.#places = places;
  }

  /** Adds a part of the shape that is not a node. */
  token(text: string): void {
    this.shape += text;
  }

  /** Adds a value, with the object by which the SQL finds it. */
  bind(owner: object, value: unknown, type: ValueType, use: ValueUse = "value"): void {
    this.#places?.set(owner, this.values.length);
    const name = typeToken(type);
    this.shape += use === "value" ? `?${name}` : `?${use}:${name}`;
    this.values.push({ value, type, use });
  }

  /** Adds the rows of a statement that is not a query. */
  enter(root: RootSource): void {
    this.#roots.push(root);
  }

  select(state: SelectState): void {
    this.shape += `{${state.root.model.$table}`;
    this.#roots.push(state.root);
    if (state.from !== undefined) this.select(state.from);
    for (const { operator, query } of state.combined) {
      this.shape += operator;
      this.select(query);
    }
    if (state.isNamed) this.shape += "|n";
    if (state.through !== undefined) {
      this.shape += `~${state.through.table}`;
      for (const { column, field } of state.through.on) this.shape += `(${column}=${field.column})`;
      for (const { column, node } of state.through.to) {
        this.shape += column;
        if (node !== undefined) this.node(node);
      }
    }
    if (state.columns !== undefined) this.#outputs(state.columns);
    if (state.fields !== undefined) this.shape += `|o${state.fields.map(({ name }) => name).join()}`;
    if (state.extra.length > 0) this.#outputs(state.extra);
    const where = scopedWhere(state);
    if (where !== undefined) this.#part("|w", where);
    for (const node of state.group) this.#part("|g", node);
    if (state.having !== undefined) this.#part("|h", state.having);
    if (typeof state.distinct !== "boolean") for (const node of state.distinct) this.#part("|d", node);
    else if (state.distinct) this.shape += "|d";
    if (state.perParent !== undefined) {
      for (const node of state.perParent.nodes) this.#part("|p", node);
      this.node(state.perParent.limit);
    }
    this.#order(state.order);
    if (typeof state.limit === "number") this.shape += `|l#${state.limit}`;
    else if (state.limit !== undefined) this.#part("|l", state.limit);
    if (state.offset !== undefined) this.#part("|f", state.offset);
    if (state.lock !== undefined) this.shape += `|k${state.lock.strength}${state.lock.wait}`;
    this.#roots.pop();
    this.shape += "}";
  }

  #part(token: string, node: Node): void {
    this.shape += token;
    this.node(node);
  }

  #outputs(columns: readonly OutputColumn[]): void {
    this.shape += "|c";
    for (const { name, node } of columns) {
      this.shape += `${name}=`;
      this.node(node);
    }
  }

  #order(order: readonly OrderTerm[]): void {
    for (const { node, isDescending, nulls } of order) {
      this.shape += isDescending ? "|-" : "|+";
      if (nulls !== undefined) this.shape += nulls;
      this.node(node);
    }
  }

  node(node: Node): void {
    switch (node.kind) {
      case "column":
        this.#source(node.source);
        this.shape += `.${node.field.name}`;
        break;
      case "value":
        if (node.value === null) this.shape += `null:${typeToken(node.type)}`;
        else this.bind(node, node.value, node.type);
        break;
      case "call":
        this.#list(`${node.name}:${typeToken(node.type)}${node.type.scale}(`, node.parts);
        break;
      case "compare":
        this.shape += `${node.operator}(`;
        this.node(node.left);
        // Strings to search for are bound in a special form.
        if (isTextOperator(node.operator) && node.right.kind === "value")
          this.bind(node.right, node.right.value, node.right.type, node.operator);
        else this.node(node.right);
        this.shape += ")";
        break;
      case "isNull":
        this.#part(node.isNegated ? "!null(" : "null(", node.part);
        break;
      case "inList":
        this.#part(node.isNegated ? "!in(" : "in(", node.part);
        this.bind(node, node.values, node.part.type ?? valueTypes.text, "list");
        break;
      case "logic":
        this.#list(`${node.operator}(`, node.parts);
        break;
      case "not":
        this.#part("!(", node.part);
        this.shape += ")";
        break;
      default:
        this.#rare(node);
    }
  }

  #jsonCompare(node: Extract<Node, { kind: "jsonCompare" }>): void {
    this.#part(`json${node.operator}(${node.value === null ? "null" : typeof node.value}`, node.part);
    this.#path(node.path, node.path);
    this.bind(node, node.value, valueTypes.json, "jsonOperand");
  }

  /** Adds a path, and those of the lists in which it has positions: some databases test whether they are lists. */
  #path(owner: object, path: JsonPath): void {
    this.bind(owner, path, valueTypes.json, "jsonPath");
    for (const list of listsOf(path)) this.bind(list, list, valueTypes.json, "jsonPath");
  }

  #rare(node: Exclude<Node, { kind: "column" | "value" | "call" | "compare" | "isNull" | "inList" | "logic" | "not" }>): void {
    switch (node.kind) {
      case "between":
        this.#list("between(", [node.part, node.low, node.high]);
        break;
      case "inQuery":
        this.#part(node.isNegated ? "!inq(" : "inq(", node.part);
        this.select(node.query);
        break;
      case "exists":
        this.shape += node.isNegated ? "!exists" : "exists";
        this.select(node.query);
        break;
      case "subquery":
        this.shape += "sub";
        this.select(node.query);
        break;
      case "constant":
        // The sign separates the word from the name of a field before it.
        this.shape += node.isTrue ? "=true" : "=false";
        break;
      case "json":
        this.#part("json(", node.part);
        this.#path(node, node.path);
        break;
      case "zone":
        this.#part(`zone:${node.zone}:${node.unit ?? Object.values(node.span ?? {}).join()}(`, node.part);
        break;
      case "jsonCompare":
        this.#jsonCompare(node);
        break;
      case "aggregate":
        this.#aggregate(node);
        break;
      case "window":
        this.#window(node);
        break;
      case "case":
        for (const { condition, result } of node.branches) this.#list("case(", [condition, result]);
        if (node.otherwise !== undefined) this.#part("else", node.otherwise);
        break;
      case "search":
        this.#search(node);
        break;
      case "late":
        this.bind(node, node.read().value, node.type);
        break;
      case "through":
        this.shape += `~${node.column}`;
        break;
      case "name":
        this.shape += `"${node.name}"`;
        break;
      case "sql":
        // The strings themselves: two fragments are only the same if they have the same SQL.
        node.texts.forEach((text, index) => {
          this.shape += `\`${text}\``;
          if (node.parts[index] !== undefined) this.node(node.parts[index]);
        });
        break;
    }
  }

  #aggregate({ name, isDistinct, part, where, joined }: Extract<Node, { kind: "aggregate" }>): void {
    const parts = [part, where].filter((each) => each !== undefined);
    this.#list(`${name}${isDistinct ? "!" : ""}[`, parts);
    this.shape += part === undefined ? "*" : "";
    if (joined === undefined) return;
    this.shape += JSON.stringify(joined.separator);
    this.#order(joined.order);
  }

  #search(node: Extract<Node, { kind: "search" }>): void {
    const { words, isRank, root, plain } = node;
    this.shape += `search${isRank ? "!" : ""}${words.kept.length > 0 ? "+" : ""}${words.short.length > 0 ? "-" : ""}`;
    this.#source(root);
    this.bind(node, words, valueTypes.text, "search");
    this.node(plain);
  }

  #window({ name, count, part, partition, order, frame }: Extract<Node, { kind: "window" }>): void {
    this.shape += `${name}${count ?? ""}over(`;
    if (part !== undefined) this.node(part);
    for (const each of partition) this.#part("|p", each);
    this.#order(order);
    this.shape += `${frame?.join(":") ?? ""})`;
  }

  #list(open: string, parts: readonly Node[]): void {
    this.shape += open;
    for (const part of parts) this.node(part);
    this.shape += ")";
  }

  #source(source: Source): void {
    if (source.kind === "root") {
      // Counted from the innermost query: 0 for its own rows.
      const depth = this.#roots.length - 1 - this.#roots.lastIndexOf(source);
      if (depth > 0) this.shape += `^${depth}`;
      return;
    }
    this.#source(source.parent);
    this.shape += `.${source.relation.name}`;
  }
}

const plainOperators: ReadonlySet<CompareOperator> = new Set<CompareOperator>(["eq", "ne", "gt", "gte", "lt", "lte"]);

/** Returns the part of a type that affects the SQL. A list is bound by the type of its items. */
function typeToken({ type, items }: ValueType): string {
  return items === undefined ? type : `${type}<${typeToken(items)}>`;
}

/** Whether a comparison searches within a string. */
export function isTextOperator(operator: CompareOperator): boolean {
  return !plainOperators.has(operator);
}

/** Returns a query with its values as a string: equal for queries with the same meaning. */
export function describeQuery(state: SelectState): string {
  const walk = new ShapeWalk();
  walk.select(state);
  return `${walk.shape}${describeValues(walk.values)}`;
}

/** Returns an expression with its values as a string. */
export function describeNode(node: Node): string {
  const walk = new ShapeWalk();
  walk.node(node);
  return `${walk.shape}${describeValues(walk.values)}`;
}

/** Returns values as a string: equal for equal values. */
function describeValues(values: readonly BoundValue[]): string {
  return values.map(({ value }) => `|${typeof value}:${describeOne(value)}`).join("");
}

function describeOne(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(describeOne).join()}]`;
  if (value instanceof Date) return String(value.getTime());
  return typeof value === "object" ? JSON.stringify(value) : `${typeof value}${String(value).length}:${String(value)}`;
}
