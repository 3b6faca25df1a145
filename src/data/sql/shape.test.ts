/**
 * The shape of a statement is the key of its plan. Two walks over the same tree produce the shape and the SQL, so a property
 * that only one of them reads would run the SQL of another query. This test changes every property of every kind of node, and of a
 * query, and requires a different shape wherever a database gets a different statement.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Author, Book } from "../../../test/data/library-models.ts";
import { Tag } from "../../../test/data/tag-model.ts";
import { Model } from "../model.ts";
import { field as f } from "../schema/field.ts";
import type { Node, RootSource, SelectState } from "../tree/node.ts";
import { columnNode, joinSource, selectAll } from "../tree/node.ts";
import { ShapeWalk } from "../tree/shape.ts";
import type { ValueType } from "../tree/value-type.ts";
import { valueTypes } from "../tree/value-type.ts";
import { mariadb } from "./mariadb/dialect.ts";
import { mysql } from "./mysql/dialect.ts";
import { createSelectPlan } from "./plan.ts";
import { postgres } from "./postgres/dialect.ts";
import { sqlite } from "./sqlite/dialect.ts";

class Entry extends Model("entries", { id: f.id(), body: f.text() }, { search: { index: ["body"] } }) {}
/** Boolean properties that are named like another property, with the word for a constant. */
class Flag extends Model("flags", { id: f.id(), is: f.boolean(), istrue: f.boolean() }) {}

const { int, text, boolean, json, datetime } = valueTypes;
const decimal: ValueType = { type: "decimal", scale: 2, where: "price" };
const book: RootSource = { kind: "root", model: Book };
const entry: RootSource = { kind: "root", model: Entry };
const fieldOf = (name: string) => Book.$meta.fields.get(name)!;
const [title, pages, price, meta, created] = ["title", "pages", "price", "meta", "created"].map((name) => columnNode(book, fieldOf(name)));
const value = (given: unknown, type: ValueType): Extract<Node, { kind: "value" }> => ({
  kind: "value",
  value: given,
  type,
  isNullable: given === null,
});
const isLong: Node = { kind: "compare", operator: "gt", left: pages!, right: value(100, int), type: boolean, isNullable: false };
const isNamed: Node = { kind: "compare", operator: "icontains", left: title!, right: value("a", text), type: boolean, isNullable: false };

/** A one-column query of another model, like the ones in subqueries. */
function inner(name: string): SelectState {
  const root: RootSource = { kind: "root", model: Book };
  return { ...selectAll(root), columns: [{ name, node: columnNode(root, fieldOf(name)) }] };
}

/** One node of each kind, with all of its properties. */
const nodes: { readonly [Kind in Node["kind"]]: ReadonlyArray<Required<Extract<Node, { kind: Kind }>>> } = {
  column: [columnNode(joinSource(book, Book.$meta.relations.get("author")!), Author.$meta.fields.get("name")!) as never],
  value: [value(1, int), value(null, int), value("1.50", decimal), value(["a"], { ...json, type: "array", items: text })],
  late: [{ kind: "late", read: () => value(1, int), type: int, isNullable: false }],
  call: [
    { kind: "call", name: "add", parts: [pages!, value(1, int)], type: int, isNullable: false },
    { kind: "call", name: "div", parts: [price!, value("3.00", decimal)], type: decimal, isNullable: true },
    { kind: "call", name: "cast", parts: [title!], type: int, isNullable: true },
  ],
  json: [{ kind: "json", part: meta!, path: ["tags", 0, "name"], type: text, isNullable: true }],
  zone: [
    { kind: "zone", part: created!, zone: "Europe/Berlin", unit: "day", span: undefined, type: datetime, isNullable: false },
    {
      kind: "zone",
      part: created!,
      zone: "UTC",
      unit: undefined,
      span: { months: 1, days: 0, seconds: 0 },
      type: datetime,
      isNullable: false,
    },
  ],
  constant: [{ kind: "constant", isTrue: true, type: boolean, isNullable: false }],
  compare: [isLong as never, isNamed as never],
  isNull: [{ kind: "isNull", part: title!, isNegated: false, type: boolean, isNullable: false }],
  between: [{ kind: "between", part: pages!, low: value(1, int), high: value(9, int), type: boolean, isNullable: false }],
  inList: [{ kind: "inList", part: pages!, values: [1, 2], isNegated: false, type: boolean, isNullable: false }],
  inQuery: [{ kind: "inQuery", part: pages!, query: inner("pages"), isNegated: true, type: boolean, isNullable: false }],
  logic: [{ kind: "logic", operator: "and", parts: [isLong, isNamed], type: boolean, isNullable: false }],
  jsonCompare: [
    { kind: "jsonCompare", part: meta!, path: ["lang"], operator: "eq", value: "en", type: boolean, isNullable: true },
    { kind: "jsonCompare", part: meta!, path: [-1], operator: "gt", value: 3, type: boolean, isNullable: true },
  ],
  not: [{ kind: "not", part: isLong, type: boolean, isNullable: false }],
  exists: [{ kind: "exists", query: inner("id"), isNegated: false, type: boolean, isNullable: false }],
  aggregate: [
    {
      kind: "aggregate",
      name: "sum",
      part: price!,
      where: isLong,
      isDistinct: false,
      joined: undefined as never,
      type: decimal,
      isNullable: true,
    },
    {
      kind: "aggregate",
      name: "stringAggregate",
      part: title!,
      where: isLong,
      isDistinct: false,
      joined: { separator: ", ", order: [{ node: pages!, isDescending: false, nulls: "first" }] },
      type: text,
      isNullable: true,
    },
  ],
  window: [
    {
      kind: "window",
      name: "lag",
      part: pages!,
      count: 1,
      partition: [title!],
      order: [{ node: price!, isDescending: true, nulls: "last" }],
      frame: [-2, 0],
      type: int,
      isNullable: true,
    },
  ],
  subquery: [{ kind: "subquery", query: inner("pages"), type: int, isNullable: true }],
  case: [
    {
      kind: "case",
      branches: [{ condition: isLong, result: value("a", text) }],
      otherwise: value("b", text),
      type: text,
      isNullable: false,
    },
  ],
  sql: [{ kind: "sql", texts: ["length(", ") + ", ""], parts: [title!, value(1, int)], type: undefined, isNullable: true }],
  name: [{ kind: "name", name: "total", type: int, isNullable: false }],
  search: [
    {
      kind: "search",
      root: entry,
      words: { kept: ["word"], short: ["to"] },
      plain: value(true, boolean),
      isRank: false,
      type: boolean,
      isNullable: false,
    },
    {
      kind: "search",
      root: entry,
      words: { kept: ["word"], short: [] },
      plain: value(true, boolean),
      isRank: true,
      type: boolean,
      isNullable: false,
    },
  ],
  through: [{ kind: "through", root: book, column: "tag_id", type: int, isNullable: false }],
};

/** Queries with every property that a query can have; two of them, because some properties exclude each other. */
const queries: ReadonlyArray<Required<SelectState>> = [
  {
    ...selectAll(book),
    from: { ...selectAll({ kind: "root", model: Book }), limit: value(5, int), isNamed: true },
    combined: [{ operator: "UNION", query: { ...selectAll({ kind: "root", model: Book }), isNamed: true } }],
    isNamed: true,
    through: {
      table: "books_tags",
      on: [{ column: "book_id", field: fieldOf("id") }],
      to: [{ column: "tag_id", node: value(7, int), field: Tag.$meta.fields.get("id")! }],
    },
    where: isLong,
    order: [{ node: title!, isDescending: false, nulls: "first" }],
    limit: value(10, int),
    offset: value(20, int),
    columns: [{ name: "title", node: title! }],
    extra: [{ name: "size", node: pages! }],
    group: [title!],
    having: isNamed,
    distinct: true,
    lock: { strength: "update", wait: "skip" },
    perParent: undefined as never,
    fields: undefined as never,
    signal: undefined as never,
  },
  {
    ...selectAll(book),
    fields: [fieldOf("id"), fieldOf("title")],
    perParent: { nodes: [title!], limit: value(3, int) },
    distinct: false,
    limit: 100,
    from: undefined as never,
    through: undefined as never,
    where: undefined as never,
    offset: undefined as never,
    columns: undefined as never,
    having: undefined as never,
    lock: undefined as never,
    signal: undefined as never,
  },
  { ...({ ...selectAll(book), distinct: [title!] } as Required<SelectState>) },
];

/** The changed value for each property name. An unlisted property fails the test, so each new one needs an entry here. */
const changes: Readonly<Record<string, readonly unknown[]>> = {
  source: [book, joinSource(joinSource(book, Book.$meta.relations.get("author")!), Author.$meta.relations.get("mentor")!)],
  field: [fieldOf("slug"), fieldOf("id")],
  values: [[], [1, 2, 3]],
  value: [null, "text", 12.5, true],
  read: [() => value(null, int)],
  type: [
    text,
    int,
    decimal,
    { ...decimal, scale: 4 },
    json,
    { type: "array", scale: 0, where: "list", items: text },
    { type: "array", scale: 0, where: "list", items: int },
  ],
  name: ["sub", "count", "lead", "ntile", "lower", "other"],
  path: [["other"], [0], ["a", "b"]],
  zone: ["UTC"],
  unit: [undefined, "month"],
  span: [undefined, { months: 2, days: 0, seconds: 0 }, { months: 0, days: 1, seconds: 0 }, { months: 0, days: 0, seconds: 1 }],
  isTrue: [false],
  operator: ["ne", "lt", "startsWith", "or", "exists", "UNION ALL"],
  isNegated: [true, false],
  isDistinct: [true],
  count: [2, undefined],
  frame: [[-2, 1], [-Infinity, 0], undefined],
  separator: [";"],
  isDescending: [true, false],
  nulls: [undefined, "first", "last"],
  texts: [["upper(", ") || ", ""]],
  root: [{ kind: "root", model: Flag }],
  isRank: [true, false],
  kept: [[], ["more", "words"]],
  short: [[], ["of"]],
  column: ["other_id"],
  table: ["others"],
  isNamed: [false, true],
  limit: [undefined, 7, value(1, int)],
  offset: [undefined],
  distinct: [true, false, [pages!]],
  strength: ["share"],
  wait: ["wait", "fail"],
  fields: [undefined, [fieldOf("pages")]],
  signal: [],
};

/** Properties derived from others: a node with the same parts has the same values. */
const derived: ReadonlySet<string> = new Set([
  "kind",
  "isNullable",
  "column.type",
  "name.type",
  "aggregate.type",
  "window.type",
  "subquery.type",
  "case.type",
  "sql.type",
]);
/** Parts of a tree to descend into. Other objects, such as models and fields, are replaced as a whole. */
const containers = new Set([
  "part",
  "parts",
  "left",
  "right",
  "low",
  "high",
  "query",
  "where",
  "joined",
  "order",
  "partition",
  "branches",
  "otherwise",
  "condition",
  "result",
  "node",
  "plain",
  "words",
  "from",
  "combined",
  "through",
  "on",
  "to",
  "columns",
  "extra",
  "group",
  "having",
  "lock",
  "perParent",
  "nodes",
]);

/** All trees that differ from one in a single property, with the path to it. */
function* variants(tree: object, path = ""): Generator<readonly [path: string, tree: object]> {
  const kind = "kind" in tree ? `${String(tree.kind)}.` : "";
  for (const [name, given] of Object.entries(tree)) {
    if (given === undefined || derived.has(name) || derived.has(`${kind}${name}`)) continue;
    const here = `${path}.${name}`;
    const put = (next: unknown): object => ({ ...tree, [name]: next });
    if (containers.has(name)) {
      yield* Array.isArray(given) ? listVariants(given, here, put) : treeVariants(given as object, here, put);
      continue;
    }
    assert.ok(name in changes, `the property ${here} has no change in this test: add one`);
    for (const next of changes[name]!)
      yield [
        `${here} = ${JSON.stringify(next, (key, each: unknown) => (key === "root" || key === "model" ? undefined : each))?.slice(0, 60)}`,
        put(next),
      ];
  }
}

function* treeVariants(given: object, path: string, put: (next: unknown) => object): Generator<readonly [string, object]> {
  for (const [inside, next] of variants(given, path)) yield [inside, put(next)];
  yield [`${path} = nothing`, put(undefined)];
}

function* listVariants(given: readonly unknown[], path: string, put: (next: unknown) => object): Generator<readonly [string, object]> {
  for (const [index, item] of given.entries()) {
    for (const [inside, next] of variants(item as object, `${path}[${index}]`)) yield [inside, put(given.with(index, next))];
    yield [`${path} without ${index}`, put(given.filter((_, place) => place !== index))];
  }
  yield [`${path} twice`, put([...given, ...given])];
  yield [`${path} reversed`, put(given.toReversed())];
}

function shapeOf(state: SelectState): string | undefined {
  try {
    const walk = new ShapeWalk();
    walk.select(state);
    return walk.shape;
  } catch {
    return undefined;
  }
}

/** The statement of each database, with the order and secrecy of its parameters; undefined for a tree that no query produces. */
function statementsOf(state: SelectState): Array<string | undefined> {
  return [sqlite, postgres, mariadb, mysql].map((dialect) => {
    try {
      const { sql, slots, secrets, names, readsBigInts } = createSelectPlan(dialect, state);
      return JSON.stringify([sql, slots, secrets, names, readsBigInts]);
    } catch {
      return undefined;
    }
  });
}

/** Finds differences that a shape misses. Returns how many statements were compared. */
function compareAll(original: SelectState, others: Iterable<readonly [string, SelectState]>, missed: string[]): number {
  let count = 0;
  const [shape, statements] = [shapeOf(original), statementsOf(original)];
  for (const [path, other] of others) {
    const changed = statementsOf(other);
    const isAnother = changed.some((sql, index) => sql !== undefined && statements[index] !== undefined && sql !== statements[index]);
    if (isAnother) count++;
    if (isAnother && shapeOf(other) === shape) missed.push(path);
  }
  return count;
}

describe("the shape of a statement", () => {
  const asColumn = (node: Node): SelectState => ({
    ...selectAll(node.kind === "search" ? node.root : book),
    columns: [{ name: "it", node }],
    through: node.kind === "through" ? queries[0]!.through : undefined,
  });
  const asCondition = (node: Node): SelectState => ({
    ...asColumn(node),
    where: { kind: "not", part: node, type: boolean, isNullable: node.isNullable } as Node,
  });

  for (const [kind, samples] of Object.entries(nodes))
    it(`differs wherever a change of ${kind} changes the SQL`, () => {
      const missed: string[] = [];
      let count = 0;
      for (const sample of samples)
        for (const wrap of [asColumn, asCondition])
          count += compareAll(
            wrap(sample),
            variants(sample, kind).map(([path, node]) => [path, wrap(node as Node)] as const),
            missed,
          );
      assert.deepEqual(missed, []);
      assert.ok(count > 0, `no change of ${kind} changed a statement: the sample is wrong`);
    });

  for (const [index, query] of queries.entries())
    it(`differs wherever a change of query ${index + 1} changes the SQL`, () => {
      const missed: string[] = [];
      const count = compareAll(
        query,
        variants(query).map(([path, state]) => [path, state as SelectState] as const),
        missed,
      );
      assert.deepEqual(missed, []);
      assert.ok(count > 1);
    });

  it("separates the name of a field from what follows it", () => {
    const root: RootSource = { kind: "root", model: Flag };
    const flag = (name: string): Node => columnNode(root, Flag.$meta.fields.get(name)!);
    const always: Node = { kind: "constant", isTrue: true, type: boolean, isNullable: false };
    const all = (...parts: Node[]): SelectState => ({
      ...selectAll(root),
      where: { kind: "logic", operator: "and", parts, type: boolean, isNullable: false },
    });
    assert.notEqual(shapeOf(all(flag("is"), always)), shapeOf(all(flag("istrue"))));
  });
});
