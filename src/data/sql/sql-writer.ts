/**
 * Writes SQL from the nodes of a query. Parameters are written as marks with the position of their value, and become the
 * database's own at the end, so that parts may be written in any order.
 */
import { GableError } from "../../errors/gable-error.ts";
import type { FieldMeta } from "../schema/model-class.ts";
import type {
  AggregateNode,
  ColumnNode,
  JsonPath,
  Node,
  OrderTerm,
  RootSource,
  SelectState,
  Source,
  Through,
  ValueNode,
} from "../tree/node.ts";
import type { ValueType } from "../tree/value-type.ts";
import { isSourceNullable, listsOf } from "../tree/node.ts";
import { valueTypes } from "../tree/value-type.ts";
import { isTextOperator } from "../tree/shape.ts";
import { scopedWhere } from "../tree/scope.ts";
import { searchTargetOf } from "../tree/search.ts";
import type { Dialect } from "./dialect.ts";
import type { ParameterSlot } from "./marks.ts";
import { finishMarks, writeMark } from "./marks.ts";

/** Rows in scope, and the joins made for them. */
interface Scope {
  readonly alias: string;
  /** Whether the rows are those of a query. */
  readonly isDerived: boolean;
  readonly joins: Map<string, { readonly alias: string; readonly sql: string }>;
}

type Compare = Extract<Node, { kind: "compare" }>;

const signs = { eq: "=", ne: "<>", gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;

/** Kinds of nodes that are comparisons, which need parentheses inside another comparison. */
const conditionKinds: ReadonlySet<Node["kind"]> = new Set<Node["kind"]>([
  "compare",
  "isNull",
  "between",
  "inList",
  "inQuery",
  "not",
  "exists",
  "jsonCompare",
  "constant",
]);

/** Writes one statement. */
export class SqlWriter {
  readonly #dialect: Dialect;
  readonly #places: ReadonlyMap<object, number>;
  /** Whether it writes a part of a table, where columns have no alias and no other rows are in scope. */
  readonly #isDefinition: boolean;
  readonly #scopes = new Map<RootSource, Scope>();
  #aliases = 0;
  /** Whether it is writing a condition of rows. */
  #isFiltering = false;
  /** Name of the table of the whole statement: no alias may equal it. */
  #table = "";

  constructor(dialect: Dialect, places: ReadonlyMap<object, number>, isDefinition = false) {
    this.#dialect = dialect;
    this.#places = places;
    this.#isDefinition = isDefinition;
  }

  /** Brings the rows of an update into scope, which is not a query. */
  enter(root: RootSource): void {
    this.#table = root.model.$table;
    this.#scopes.set(root, { alias: root.model.$table, isDerived: false, joins: new Map() });
  }

  /** Whether anything was joined to the rows. */
  hasJoins(root: RootSource): boolean {
    return this.#scopes.get(root)!.joins.size > 0;
  }

  /** Writes that the key of a row is in the result of a subquery. */
  keysIn(keys: SelectState): string {
    const { quote } = this.#dialect;
    const { alias } = this.#scopes.get(keys.root)!;
    const columns = keys.columns!.map(({ node }) => `${quote(alias)}.${quote((node as ColumnNode).field.column)}`); // Keys are columns.
    const rows = this.#dialect.derive(this.select(keys));
    return `${columns.length === 1 ? columns[0] : `(${columns.join(", ")})`} IN (${rows})`;
  }

  /** A mark for the value of a node. */
  mark(owner: object, type: ValueType, isList = false, form: 0 | 1 = 0): string {
    return this.#dialect.parameter(this.#placeOf(owner, form), type, isList);
  }

  #placeOf(owner: object, form: 0 | 1): string {
    const place = this.#places.get(owner);
    if (place === undefined) throw new GableError("E_INTERNAL", "A value of a statement was not collected.");
    return writeMark(place, form);
  }

  /** Returns the finished statement, with the positions of its parameters in order. */
  finish(text: string): { sql: string; slots: ParameterSlot[] } {
    return finishMarks(text, this.#dialect.isPositional);
  }

  /** A query, whole. */
  select(state: SelectState): string {
    const before = this.#isFiltering;
    this.#isFiltering = false;
    const sql = this.#select(state);
    this.#isFiltering = before;
    return sql;
  }

  #select(state: SelectState): string {
    const alias = this.#table === "" ? state.root.model.$table : this.#alias();
    if (this.#table === "") this.#table = alias;
    const outer = this.#scopes.get(state.root);
    const scope: Scope = { alias, isDerived: state.from !== undefined, joins: new Map() };
    this.#scopes.set(state.root, scope);
    const columns = this.#columns(state, scope);
    const order = state.order.map((term) => ({ term, sql: this.node(term.node) }));
    const group = state.group.length === 0 ? "" : ` GROUP BY ${state.group.map((node) => this.node(node)).join(", ")}`;
    const having = state.having === undefined ? "" : ` HAVING ${this.ofRow(state.having)}`;
    const condition = scopedWhere(state);
    const where = condition === undefined || isAlways(condition) ? "" : ` WHERE ${this.ofRow(condition)}`;
    const keys = this.#numberKeys(state);
    // All mentioned sources have been joined by now.
    const rows = ` FROM ${this.#from(state, scope)}${where}`;
    // Limited rows of the same source get a separate scope in this query.
    if (outer !== undefined) this.#scopes.set(state.root, outer);
    if (keys !== undefined) return this.#numbered(state, { columns, rows, order, ...keys });
    const ordered = this.#orderBy(order);
    const lock = state.lock === undefined ? "" : this.#dialect.lock(state.lock, this.#dialect.quote(alias));
    const distinct = state.distinct === true ? "DISTINCT " : "";
    return `SELECT ${distinct}${columns.join(", ")}${rows}${group}${having}${ordered}${this.#limit(state)}${lock}`;
  }

  #alias(): string {
    for (;;) {
      const alias = `t${++this.#aliases}`;
      if (alias !== this.#table) return alias;
    }
  }

  #columns(state: SelectState, { alias }: Scope): string[] {
    const { quote } = this.#dialect;
    const own = state.columns?.map(({ name, node }) => (state.isNamed ? `${this.node(node)} AS ${quote(name)}` : this.node(node)));
    const base = own ?? (state.fields ?? state.root.model.$meta.columns).map(({ column }) => `${quote(alias)}.${quote(column)}`);
    const all = [...base, ...state.extra.map(({ node }) => this.node(node))];
    return all.length === 0 ? ["1"] : all;
  }

  #from(state: SelectState, scope: Scope): string {
    const { quote } = this.#dialect;
    const rows = state.from === undefined ? quote(state.root.model.$table) : `(${this.#combine(state.from, state.combined)})`;
    const alias = rows === quote(scope.alias) ? "" : ` AS ${quote(scope.alias)}`;
    const through = state.through === undefined ? "" : this.#through(state.through, scope);
    return `${rows}${alias}${through}${[...scope.joins.values()].map(({ sql }) => sql).join("")}`;
  }

  /** Writes the rows of one query, or of a combination of several. */
  #combine(first: SelectState, others: SelectState["combined"]): string {
    if (others.length === 0) return this.select(first);
    // A query with its own order or limit becomes a derived table: not every database allows parentheses here.
    const member = (query: SelectState): string => {
      const sql = this.select(query);
      const isPlain = query.limit === undefined && query.offset === undefined && query.order.length === 0;
      return isPlain ? sql : `SELECT * FROM (${sql}) AS ${this.#dialect.quote(this.#alias())}`;
    };
    return [member(first), ...others.map(({ operator, query }) => `${operator} ${member(query)}`)].join(" ");
  }

  /** Writes the join table, with its name after an alias. */
  #through({ table, on, to }: Through, scope: Scope): string {
    const { quote } = this.#dialect;
    const alias = quote(throughAlias(scope.alias));
    const links = on.map(({ column, field }) => `${alias}.${quote(column)} = ${quote(scope.alias)}.${quote(field.column)}`);
    const outer = to.filter(({ node }) => node !== undefined).map(({ column, node }) => `${alias}.${quote(column)} = ${this.node(node!)}`);
    return ` INNER JOIN ${quote(table)} AS ${alias} ON ${[...links, ...outer].join(" AND ")}`;
  }

  /** Writes a condition of rows, or a new value of a row. Window functions are rejected here. */
  ofRow(node: Node): string {
    const before = this.#isFiltering;
    this.#isFiltering = true;
    const sql = this.node(node);
    this.#isFiltering = before;
    return sql;
  }

  #jsonCompare(node: Extract<Node, { kind: "jsonCompare" }>): string {
    return this.#dialect.jsonCompare({
      operator: node.operator,
      valueType: node.value === null ? "null" : (typeof node.value as "string" | "number" | "boolean"), // The filter takes no others.
      part: this.node(node.part),
      path: this.#jsonPath(node.path),
      lists: this.#lists(node.path),
      value: this.mark(node, valueTypes.json),
    });
  }

  #lists(path: JsonPath): string[] {
    return listsOf(path).map((list) => this.#jsonPath(list));
  }

  #jsonPath(owner: object): string {
    return this.#dialect.jsonPath(this.#placeOf(owner, 0));
  }

  #orderBy(order: readonly OrderSql[]): string {
    return order.length === 0 ? "" : ` ORDER BY ${order.map(({ sql, term }) => this.#dialect.order(sql, term)).join(", ")}`;
  }

  #limit({ limit, offset }: SelectState): string {
    const count = (node: ValueNode): string => this.#dialect.count(this.node(node));
    const most = typeof limit === "number" ? String(limit) : limit && count(limit);
    const first = most === undefined ? (offset === undefined ? "" : this.#dialect.noLimit) : ` LIMIT ${most}`;
    return offset === undefined ? first : `${first} OFFSET ${count(offset)}`;
  }

  /** Returns the keys that each have a limited number of rows; undefined without such a limit. */
  #numberKeys({ distinct, perParent }: SelectState): { keys: string; limit: string } | undefined {
    const keys = (nodes: readonly Node[]): string => nodes.map((node) => this.node(node)).join(", ");
    if (typeof distinct !== "boolean") return { keys: keys(distinct), limit: "1" };
    return perParent === undefined ? undefined : { keys: keys(perParent.nodes), limit: this.node(perParent.limit) };
  }

  /** Numbers the rows of each key, and cuts off those above the limit. */
  #numbered(state: SelectState, { columns, rows, order, keys, limit }: NumberedRows): string {
    const { quote } = this.#dialect;
    const fields = state.columns === undefined ? (state.fields ?? state.root.model.$meta.columns) : [];
    const inner = columns.map((sql, index) => `${sql} AS ${quote(`$${index}`)}`);
    const outer = columns.map((_, index) => quote(`$${index}`) + (index < fields.length ? ` AS ${quote(fields[index]!.column)}` : ""));
    const terms = order.map(({ sql }, index) => `${sql} AS ${quote(`$o${index}`)}`);
    const number = `ROW_NUMBER() OVER (PARTITION BY ${keys}${this.#orderBy(order)}) AS ${quote("$number")}`;
    const ordered = this.#orderBy(order.map(({ term }, index) => ({ term, sql: quote(`$o${index}`) })));
    const numbered = `SELECT ${[...inner, ...terms, number].join(", ")}${rows}`;
    return `SELECT ${outer.join(", ")} FROM (${numbered}) AS ${quote("$rows")} WHERE ${quote("$number")} <= ${limit}${ordered}${this.#limit(state)}`;
  }

  /** Any node. */
  node(node: Node): string {
    switch (node.kind) {
      case "column":
        return this.#column(node.source, node.field);
      case "value":
        return node.value === null ? this.#dialect.nullOf(node.type) : this.mark(node, node.type);
      case "late":
        return this.mark(node, node.type);
      case "constant":
        return node.isTrue ? "1 = 1" : "1 = 0";
      case "compare":
        return this.#compare(node);
      case "isNull":
        return `${this.#operand(node.part)} IS ${node.isNegated ? "NOT " : ""}NULL`;
      case "between":
        return `${this.#operand(node.part)} BETWEEN ${this.#operand(node.low)} AND ${this.#operand(node.high)}`;
      case "inList": {
        const type = node.part.type!;
        // Table definitions cannot contain subqueries, which some databases need for long lists: values are written one by one.
        if (this.#isDefinition)
          return `${this.#operand(node.part)} ${node.isNegated ? "NOT " : ""}IN (${writeMark(this.#places.get(node)!, 0)})`;
        return this.#dialect.inList(this.#operand(node.part), this.mark(node, type, true), node.isNegated, type);
      }
      case "inQuery":
        return this.#inQuery(node);
      case "logic":
        return `(${node.parts.map((part) => this.node(part)).join(node.operator === "and" ? " AND " : " OR ")})`;
      case "not":
        return node.part.isNullable ? `(${this.node(node.part)}) IS NOT TRUE` : `NOT (${this.node(node.part)})`;
      case "exists":
        return `${node.isNegated ? "NOT " : ""}EXISTS (${this.select(node.query)})`;
      default:
        return this.#value(node);
    }
  }

  #value(
    node: Exclude<
      Node,
      {
        kind:
          | "column"
          | "value"
          | "late"
          | "constant"
          | "compare"
          | "isNull"
          | "between"
          | "inList"
          | "inQuery"
          | "logic"
          | "not"
          | "exists";
      }
    >,
  ): string {
    switch (node.kind) {
      case "call":
        return this.#dialect.call(
          node.name,
          node.parts.map((part) => this.node(part)),
          node.type,
          node.parts[0]?.type ?? node.type,
        );
      case "json":
        return this.#dialect.jsonText(this.node(node.part), this.#jsonPath(node), this.#lists(node.path));
      case "zone":
        return this.#changeDate(node);
      case "jsonCompare":
        return this.#jsonCompare(node);
      case "aggregate":
        return this.#aggregate(node);
      case "window":
        return this.#window(node);
      case "subquery":
        return `(${this.select(node.query)})`;
      case "case": {
        const branches = node.branches.map(({ condition, result }) => ` WHEN ${this.node(condition)} THEN ${this.node(result)}`).join("");
        return `CASE${branches}${node.otherwise === undefined ? "" : ` ELSE ${this.node(node.otherwise)}`} END`;
      }
      case "name":
        return this.#dialect.quote(node.name);
      case "search":
        return this.#search(node);
      case "through":
        return `${this.#dialect.quote(throughAlias(this.#aliasOf(node.root)))}.${this.#dialect.quote(node.column)}`;
      case "sql":
        return `(${this.raw(node)})`;
    }
  }

  #changeDate(node: Extract<Node, { kind: "zone" }>): string {
    const { zone, unit, type } = node;
    const part = this.node(node.part);
    // Conditions of tables also have this form.
    return zone === "UTC" && unit !== undefined
      ? this.#dialect.call("truncate", [part, `'${unit}'`], type, type)
      : this.#dialect.changeDate(part, node, type);
  }

  #search(node: Extract<Node, { kind: "search" }>): string {
    const target = searchTargetOf(node.root.model.$meta);
    const { search, quote } = this.#dialect;
    if (!search.has(target)) return node.isRank ? "0e0" : this.node(node.plain);
    const request = {
      ...target,
      rows: quote(this.#aliasOf(node.root)),
      isDerived: this.#scopes.get(node.root)?.isDerived === true,
      hasKept: node.words.kept.length > 0,
      hasShort: node.words.short.length > 0,
      mark: (form: 0 | 1) => this.mark(node, valueTypes.text, false, form),
    };
    if (!node.isRank) return search.condition(request);
    const alias = this.#alias();
    const { sql, join } = search.rank(request, alias);
    if (join !== "") this.#scopes.get(node.root)!.joins.set(`$${alias}`, { alias, sql: join });
    return sql;
  }

  /** Writes custom SQL unchanged. Elsewhere it gets parentheses, because it may consist of several conditions. */
  raw({ texts, parts }: Extract<Node, { kind: "sql" }>): string {
    const write = (part: Node | undefined): string => (part === undefined ? "" : part.kind === "sql" ? this.raw(part) : this.node(part));
    return texts.map((text, index) => text + write(parts[index])).join("");
  }

  /** Writes one side of a comparison, in parentheses if it is a comparison itself. */
  #operand(node: Node): string {
    const sql = this.node(node);
    return conditionKinds.has(node.kind) ? `(${sql})` : sql;
  }

  #compare({ operator, left, right }: Compare): string {
    const first = this.#operand(left);
    if (isTextOperator(operator)) {
      return this.#dialect.compareText({ operator, left: first, right: (form) => this.mark(right, left.type!, false, form) });
    }
    const second = this.#operand(right);
    if (operator === "ne" && (left.isNullable || right.isNullable)) return this.#dialect.differ(first, second);
    return `${first} ${signs[operator as keyof typeof signs]} ${second}`; // All others search in strings.
  }

  #inQuery({ part, query, isNegated, isNullable }: Extract<Node, { kind: "inQuery" }>): string {
    const rows = query.limit === undefined ? this.select(query) : this.#dialect.derive(this.select(query));
    const column = this.#operand(part);
    if (!isNegated) return `${column} IN (${rows})`;
    // NOT IN is never true if a value is null; the result must be the complement.
    return isNullable ? `(${column} IN (${rows})) IS NOT TRUE` : `${column} NOT IN (${rows})`;
  }

  #aggregate({ name, part, where, isDistinct, joined, type }: AggregateNode, over = ""): string {
    const value = part === undefined ? "*" : this.node(part);
    // Rows that do not count give null. Every database supports CASE, but not every one FILTER.
    const counted = where === undefined ? value : `CASE WHEN ${this.node(where)} THEN ${part === undefined ? "1" : value} END`;
    if (joined !== undefined) {
      // Distinct strings are joined in alphabetical order.
      const order = joined.order.map((term) => ({ term, sql: isDistinct ? counted : this.node(term.node) }));
      return this.#dialect.joinTexts(counted, isDistinct, this.#orderBy(order), this.#dialect.tables.quoteText(joined.separator));
    }
    return this.#dialect.aggregate(name, `${isDistinct ? "DISTINCT " : ""}${counted}`, type, over);
  }

  #window({ name, part, count, partition, order, frame }: Extract<Node, { kind: "window" }>): string {
    if (this.#isFiltering)
      throw new GableError(
        "E_EXPRESSION_WINDOW",
        "A condition or an update uses a window function, which is only computed after all rows are found.",
        {
          fix: "Read the value with the rows and filter them in your code, or use Kysely.",
        },
      );
    const parts = [
      partition.length === 0 ? "" : `PARTITION BY ${partition.map((each) => this.node(each)).join(", ")}`,
      this.#orderBy(order.map((term) => ({ term, sql: this.node(term.node) }))).trim(),
      frame === undefined ? "" : `ROWS BETWEEN ${toBound(frame[0])} AND ${toBound(frame[1])}`,
    ];
    const over = ` OVER (${parts.filter((each) => each !== "").join(" ")})`;
    if (name === "aggregate" && part?.kind === "aggregate") return this.#aggregate(part, over);
    const inner = [part === undefined ? undefined : this.node(part), count].filter((each) => each !== undefined);
    return `${name.toUpperCase()}(${inner.join(", ")})${over}`;
  }

  #column(source: Source, field: FieldMeta): string {
    const { quote } = this.#dialect;
    return this.#isDefinition ? quote(field.column) : `${quote(this.#aliasOf(source))}.${quote(field.column)}`;
  }

  /** Returns the alias of a source. A row behind a relation is joined when it is first mentioned, once per path. */
  #aliasOf(source: Source): string {
    const path: string[] = [];
    let root = source;
    for (; root.kind === "joined"; root = root.parent) path.unshift(root.relation.name);
    const scope = this.#scopes.get(root);
    if (scope === undefined)
      throw new GableError("E_EXPRESSION_SCOPE", `An expression of ${root.model.name} is used in a query that does not read it.`, {
        fix: "Use the columns that the callback of this query gets.",
      });
    if (source.kind === "root") return scope.alias;
    const key = path.join(".");
    const known = scope.joins.get(key);
    if (known !== undefined) return known.alias;
    // The source row comes first: its join must precede this one.
    this.#aliasOf(source.parent);
    const alias = this.#alias();
    scope.joins.set(key, { alias, sql: this.#join(source, alias) });
    return alias;
  }

  #join(source: Extract<Source, { kind: "joined" }>, alias: string): string {
    const { quote } = this.#dialect;
    const { relation, parent, model } = source;
    const [own, other] = [parent.model.$meta, model.$meta];
    const isHere = relation.kind === "belongsTo";
    const back = isHere ? undefined : other.relations.get(relation.by);
    const pairs = isHere
      ? relation.fields.map((name, index) => [own.fields.get(name)!, other.fields.get(other.primary[index]!)!] as const)
      : back!.fields.map((name, index) => [own.fields.get(own.primary[index]!)!, other.fields.get(name)!] as const);
    const on = pairs.map(([near, far]) => `${this.#column(parent, near)} = ${quote(alias)}.${quote(far.column)}`).join(" AND ");
    // Like queries, relations skip deleted rows on the other side; a key still refers to its row.
    const deletedAt = isHere ? undefined : other.fields.get(other.softDelete);
    const live = deletedAt === undefined ? "" : ` AND ${quote(alias)}.${quote(deletedAt.column)} IS NULL`;
    return ` ${isSourceNullable(source) ? "LEFT" : "INNER"} JOIN ${quote(model.$table)} AS ${quote(alias)} ON ${on}${live}`;
  }
}

/** Writes a step of an order. */
interface OrderSql {
  readonly sql: string;
  readonly term: OrderTerm;
}

/** Writes the expressions that partition the rows. */
interface NumberedRows {
  readonly columns: readonly string[];
  readonly rows: string;
  readonly order: readonly OrderSql[];
  readonly keys: string;
  readonly limit: string;
}

/** Writes a bound of a window frame. */
function toBound(place: number): string {
  if (place === 0) return "CURRENT ROW";
  const side = place < 0 ? "PRECEDING" : "FOLLOWING";
  return `${Number.isFinite(place) ? Math.abs(place) : "UNBOUNDED"} ${side}`;
}

function isAlways(node: Node): boolean {
  return node.kind === "constant" && node.isTrue;
}

/** Returns the alias of the join table of some rows. */
function throughAlias(alias: string): string {
  return `${alias}$`;
}
