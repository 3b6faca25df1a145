/**
 * The parts of queries: expressions as plain nodes, and the state of a query. Both forms of a filter, objects and
 * callbacks, end in these nodes, from which the shape and the SQL are written.
 */
import type { SearchWords } from "./search-syntax.ts";
import type { DateChange } from "../schema/zones.ts";
import type { FieldMeta, RelationMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { ValueType } from "./value-type.ts";

/** The rows that columns are read from: those of a query or a subquery, or the row behind a relation to one row. */
export type Source = RootSource | JoinedSource;

/** The rows of a query or a subquery, each with its own object. */
export interface RootSource {
  readonly kind: "root";
  readonly model: ModelClass;
}

/** The row that a relation leads to. */
export interface JoinedSource {
  readonly kind: "joined";
  readonly model: ModelClass;
  readonly parent: Source;
  readonly relation: RelationMeta;
  /** Whether the row may be missing. */
  readonly isNullable: boolean;
}

/** Comparisons of two values. */
export type CompareOperator =
  | "eq"
  | "ne"
  | "gt"
  | "gte"
  | "lt"
  | "lte"
  | "contains"
  | "startsWith"
  | "endsWith"
  | "ieq"
  | "icontains"
  | "istartsWith"
  | "iendsWith";

/** Functions of values. */
export type CallName =
  /** A computed value as its column stores it. */
  | "store"
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "mod"
  | "concat"
  | "lower"
  | "upper"
  | "trim"
  | "length"
  | "arrayLength"
  | "arrayHasAll"
  | "arrayHasAny"
  | "jsonEquals"
  | "jsonContains"
  | "substring"
  | "replace"
  | "abs"
  | "round"
  | "floor"
  | "ceil"
  | "coalesce"
  | "nullIf"
  | "cast"
  | "now"
  | "date"
  | "year"
  | "month"
  | "day"
  | "weekDay"
  | "hour"
  | "truncate";

/** Aggregate functions. */
export type AggregateName = "count" | "sum" | "avg" | "min" | "max" | "stringAggregate";

/** A column. */
export interface ColumnNode {
  readonly kind: "column";
  readonly source: Source;
  readonly field: FieldMeta;
  readonly type: ValueType;
  readonly isNullable: boolean;
}

/** A bound value. */
export interface ValueNode {
  readonly kind: "value";
  readonly value: unknown;
  readonly type: ValueType;
  readonly isNullable: boolean;
}

/** A value that is determined when the statement runs, such as the current owner of a scope. */
interface LateNode {
  readonly kind: "late";
  readonly read: () => ValueNode;
  readonly type: ValueType;
  readonly isNullable: boolean;
}

/** A function of values. */
interface CallNode {
  readonly kind: "call";
  readonly name: CallName;
  readonly parts: readonly Node[];
  readonly type: ValueType;
  readonly isNullable: boolean;
}

/** Path to a part of a JSON value: keys, and positions of items, counted from the end when negative. */
export type JsonPath = ReadonlyArray<string | number>;

const lists = new WeakMap<JsonPath, readonly JsonPath[]>();

/** Paths of the lists in which the path has positions, always the same objects. */
export function listsOf(path: JsonPath): readonly JsonPath[] {
  const known = lists.get(path) ?? path.flatMap((step, index) => (typeof step === "number" ? [path.slice(0, index)] : []));
  lists.set(path, known);
  return known;
}

/** Comparisons with a part of a JSON value. */
export type JsonOperator = "eq" | "gt" | "gte" | "lt" | "lte" | "exists";

/** A part of a JSON value. */
interface JsonNode {
  readonly kind: "json";
  readonly part: Node;
  readonly path: JsonPath;
  readonly type: ValueType;
  readonly isNullable: true;
}

/** A datetime in local time of a zone, or truncated to a unit there, or with a span added; the last also for dates. */
interface ZoneNode extends DateChange {
  readonly kind: "zone";
  readonly part: Node;
  readonly type: ValueType;
  readonly isNullable: boolean;
}

/** Conditions: true, false, or (where `isNullable`) unknown. */
export type ConditionNode =
  | { readonly kind: "constant"; readonly isTrue: boolean; readonly type: ValueType; readonly isNullable: false }
  | {
      readonly kind: "compare";
      readonly operator: CompareOperator;
      readonly left: Node;
      readonly right: Node;
      readonly type: ValueType;
      readonly isNullable: boolean;
    }
  | { readonly kind: "isNull"; readonly part: Node; readonly isNegated: boolean; readonly type: ValueType; readonly isNullable: false }
  | {
      readonly kind: "between";
      readonly part: Node;
      readonly low: Node;
      readonly high: Node;
      readonly type: ValueType;
      readonly isNullable: boolean;
    }
  | {
      readonly kind: "inList";
      readonly part: Node;
      readonly values: readonly unknown[];
      readonly isNegated: boolean;
      readonly type: ValueType;
      readonly isNullable: boolean;
    }
  | {
      readonly kind: "inQuery";
      readonly part: Node;
      readonly query: SelectState;
      readonly isNegated: boolean;
      readonly type: ValueType;
      readonly isNullable: boolean;
    }
  | {
      readonly kind: "logic";
      readonly operator: "and" | "or";
      readonly parts: readonly Node[];
      readonly type: ValueType;
      readonly isNullable: boolean;
    }
  | {
      readonly kind: "jsonCompare";
      readonly part: Node;
      readonly path: JsonPath;
      readonly operator: JsonOperator;
      readonly value: string | number | boolean | null;
      readonly type: ValueType;
      readonly isNullable: true;
    }
  | { readonly kind: "not"; readonly part: Node; readonly type: ValueType; readonly isNullable: false }
  | {
      readonly kind: "exists";
      readonly query: SelectState;
      readonly isNegated: boolean;
      readonly type: ValueType;
      readonly isNullable: false;
    };

/** The separator of joined strings, and their order. */
export interface JoinedTexts {
  readonly separator: string;
  readonly order: readonly OrderTerm[];
}

/** An aggregate over the rows of the group, or of a relation (then in a subquery). */
export interface AggregateNode {
  readonly kind: "aggregate";
  readonly name: AggregateName;
  readonly part: Node | undefined;
  readonly where: Node | undefined;
  readonly isDistinct: boolean;
  /** How strings are joined; only for "stringAggregate". */
  readonly joined?: JoinedTexts;
  readonly type: ValueType;
  readonly isNullable: boolean;
}

/** Window functions. */
export type WindowName = "row_number" | "rank" | "dense_rank" | "ntile" | "lag" | "lead" | "first_value" | "last_value";

/** Frame of a window: positions before the row are negative, after it positive; -Infinity is the start, Infinity the end. */
export type WindowFrame = readonly [from: number, to: number];

/** A window function, or an aggregate over a window. */
interface WindowNode {
  readonly kind: "window";
  readonly name: WindowName | "aggregate";
  /** The value that is read, or the aggregate; undefined for functions without a value. */
  readonly part: Node | undefined;
  /** Distance, or number of parts; undefined for functions without a number. */
  readonly count: number | undefined;
  readonly partition: readonly Node[];
  readonly order: readonly OrderTerm[];
  readonly frame: WindowFrame | undefined;
  readonly type: ValueType;
  readonly isNullable: boolean;
}

/** A subquery with one value. */
interface SubqueryNode {
  readonly kind: "subquery";
  readonly query: SelectState;
  readonly type: ValueType;
  readonly isNullable: boolean;
}

/** The value of the first condition that is true. */
interface CaseNode {
  readonly kind: "case";
  readonly branches: ReadonlyArray<{ readonly condition: Node; readonly result: Node }>;
  readonly otherwise: Node | undefined;
  readonly type: ValueType;
  readonly isNullable: boolean;
}

/** SQL as it was written, with nodes between its texts. */
interface SqlNode {
  readonly kind: "sql";
  readonly texts: readonly string[];
  readonly parts: readonly Node[];
  readonly type: ValueType | undefined;
  readonly isNullable: boolean;
}

/** A name in SQL: a custom one, or that of a column of combined queries. Quoted for the database. */
interface NameNode {
  readonly kind: "name";
  readonly name: string;
  readonly type: ValueType | undefined;
  readonly isNullable: boolean;
}

/** A column of the join table. */
interface ThroughNode {
  readonly kind: "through";
  readonly root: RootSource;
  readonly column: string;
  readonly type: ValueType;
  readonly isNullable: false;
}

/** A search for words: whether a row contains them, or how well it matches. */
interface SearchNode {
  readonly kind: "search";
  readonly root: RootSource;
  readonly words: SearchWords;
  /** The condition if the database has no full-text index. */
  readonly plain: Node;
  readonly isRank: boolean;
  readonly type: ValueType;
  readonly isNullable: false;
}

/** A value, a condition, or a part of SQL. */
export type Node =
  | ColumnNode
  | ValueNode
  | LateNode
  | CallNode
  | JsonNode
  | ZoneNode
  | ConditionNode
  | AggregateNode
  | WindowNode
  | SubqueryNode
  | CaseNode
  | SqlNode
  | NameNode
  | SearchNode
  | ThroughNode;

/** One step of an order. */
export interface OrderTerm {
  readonly node: Node;
  readonly isDescending: boolean;
  /** Where null goes. By default it counts as the largest value. */
  readonly nulls: "first" | "last" | undefined;
}

/** A column of a result. */
export interface OutputColumn {
  readonly name: string;
  readonly node: Node;
}

/** Rows that are reached through a join table. */
export interface Through {
  readonly table: string;
  /** Columns of the join table that equal fields of the rows. */
  readonly on: ReadonlyArray<{ readonly column: string; readonly field: FieldMeta }>;
  /** Columns of the join table that equal values outside; read as `$through0`, ... if the result needs them. */
  readonly to: ReadonlyArray<{ readonly column: string; readonly node: Node | undefined; readonly field: FieldMeta }>;
}

/** How rows are locked. */
export interface RowLock {
  readonly strength: "update" | "share";
  readonly wait: "wait" | "skip" | "fail";
}

/** How the rows of two queries are combined. */
export type SetOperator = "UNION" | "UNION ALL" | "INTERSECT" | "EXCEPT";

/** The state of a query. It is never changed. */
export interface SelectState {
  readonly root: RootSource;
  /** Rows that the query reads instead of the table: limited ones, or those of several queries. */
  readonly from: SelectState | undefined;
  /** Queries whose rows are combined with those of `from`. */
  readonly combined: ReadonlyArray<{ readonly operator: SetOperator; readonly query: SelectState }>;
  /** Whether its columns get names, for a query around it. */
  readonly isNamed: boolean;
  readonly through: Through | undefined;
  readonly where: Node | undefined;
  readonly order: readonly OrderTerm[];
  /**
   * Most rows. A number becomes part of the SQL: with a parameter, PostgreSQL plans for a tenth of the rows, and
   * would read a whole table in the order of an index for a query whose limit is only a precaution.
   */
  readonly limit: ValueNode | number | undefined;
  readonly offset: ValueNode | undefined;
  /** The columns to read; undefined for all columns of the model. */
  readonly columns: readonly OutputColumn[] | undefined;
  /** The columns of the model to read; undefined for all. */
  readonly fields: readonly FieldMeta[] | undefined;
  /** Values to read in addition to the columns of the model. */
  readonly extra: readonly OutputColumn[];
  readonly group: readonly Node[];
  readonly having: Node | undefined;
  /** Removes duplicate rows, or keeps one row for each value of these nodes. */
  readonly distinct: boolean | readonly Node[];
  readonly lock: RowLock | undefined;
  /** Cancels the statement. */
  readonly signal: AbortSignal | undefined;
  /** At most this many rows for each value of these nodes. */
  readonly perParent: { readonly nodes: readonly Node[]; readonly limit: ValueNode } | undefined;
}

/** Returns a query of all rows of a model. */
export function selectAll(root: RootSource): SelectState {
  return {
    root,
    from: undefined,
    combined: [],
    isNamed: false,
    through: undefined,
    where: undefined,
    order: [],
    limit: undefined,
    offset: undefined,
    columns: undefined,
    fields: undefined,
    extra: [],
    group: [],
    having: undefined,
    distinct: false,
    lock: undefined,
    signal: undefined,
    perParent: undefined,
  };
}

/** Returns a column of a source. The key of a related row is read from the column that refers to it, without a join. */
export function columnNode(source: Source, field: FieldMeta): ColumnNode {
  if (source.kind === "joined" && source.relation.kind === "belongsTo" && source.relation.isConstrained) {
    const place = source.model.$meta.primary.indexOf(field.name);
    const own = source.relation.fields[place];
    if (own !== undefined) return columnNode(source.parent, source.parent.model.$meta.fields.get(own)!);
  }
  return { kind: "column", source, field, type: field, isNullable: field.isNullable || isSourceNullable(source) };
}

/** Whether the rows of a source may be missing. */
export function isSourceNullable(source: Source): boolean {
  return source.kind === "joined" && source.isNullable;
}

/** Returns the row behind a relation to one row. */
export function joinSource(parent: Source, relation: RelationMeta): JoinedSource {
  // Without a foreign key, a relation may refer to a row that no longer exists.
  const mayMiss = relation.kind === "hasOne" || relation.isNullable || !relation.isConstrained;
  return { kind: "joined", model: relation.target, parent, relation, isNullable: mayMiss || isSourceNullable(parent) };
}
