/** Arguments of query callbacks: a row as expressions, `book.title`, `book.author.name`, `author.books.count()`. */
import { GableError } from "../../errors/gable-error.ts";
import { suggestName } from "../../errors/nearest-name.ts";
import { describeJoinTable } from "../schema/join-table.ts";
import type { ModelMeta, RelationMeta } from "../schema/model-class.ts";
import type { ManyRows } from "./many-rows.ts";
import { aggregateOf, readNode, RuntimeExpression } from "./expression.ts";
import { keyNodes } from "./keys.ts";
import { onlyLive } from "./live-rows.ts";
import type { Node, RootSource, SelectState, Source, Through } from "./node.ts";
import { columnNode, joinSource, selectAll } from "./node.ts";
import { allOf, compare, constant, isNull, notOf } from "./conditions.ts";
import { valueTypes } from "./value-type.ts";

/** A row in a callback. */
type RuntimeRefs = object;

/** Creates the row of a source. Many rows know the relation that they come from. */
function createRefs(source: Source, many?: ManyRows): RuntimeRefs {
  const { $meta: meta } = source.model;
  const kept = new Map<string, unknown>();
  const read = (name: string): unknown => {
    const field = meta.fields.get(name);
    if (field !== undefined) return new RuntimeExpression(columnNode(source, field), many);
    const relation = meta.relations.get(name);
    if (relation !== undefined) return toRelationRefs(source, relation, many);
    return ownMethods.get(name)?.(source, many) ?? unknownField(meta, name);
  };
  // A proxy, because names are only known at run time. Each is created once, so that two mentions of a relation are one.
  return new Proxy(Object.create(null) as object, {
    get: (_target, name) => {
      if (typeof name === "symbol" || name === "then") return name === sourceOf ? source : undefined;
      if (!kept.has(name)) kept.set(name, read(name));
      return kept.get(name);
    },
    has: () => false,
  });
}

/** Returns the source of a row in a callback, for comparisons of relations. */
const sourceOf = Symbol("source");

type Method = (source: Source, many: ManyRows | undefined) => unknown;

const quantifier =
  (word: "some" | "none" | "every"): Method =>
  (source, many) =>
  (pick?: (row: never) => unknown) =>
    new RuntimeExpression(quantify(source, many, word, pick));

/** Members of a row besides its fields. */
const ownMethods: ReadonlyMap<string, Method> = new Map<string, Method>([
  ["count", (_source, many) => (options?: { where?: unknown }) => countRows(many, options?.where)],
  ["isNull", (source) => () => new RuntimeExpression(isMissing(source))],
  ["isNotNull", (source) => () => new RuntimeExpression(notOf(isMissing(source)))],
  ["eq", (source) => (value: unknown) => new RuntimeExpression(isRow(source, value, `${source.model.$meta.name}.eq()`))],
  ["some", quantifier("some")],
  ["none", quantifier("none")],
  ["every", quantifier("every")],
]);

/** Counts rows: of the group, or of a relation. */
export function countRows(many: ManyRows | undefined, condition: unknown): RuntimeExpression {
  const where = condition === undefined ? undefined : readNode(condition, many);
  const node: Node = {
    kind: "aggregate",
    name: "count",
    part: undefined,
    where,
    isDistinct: false,
    type: valueTypes.int,
    isNullable: false,
  };
  return new RuntimeExpression(many === undefined ? node : aggregateOf(many, node));
}

function unknownField(meta: ModelMeta, name: string): never {
  const known = [...meta.fields.keys(), ...meta.relations.keys()];
  throw new GableError("E_FIELD_UNKNOWN", `${meta.name} has no field "${name}".`, {
    fix: suggestName(name, known),
  });
}

function toRelationRefs(source: Source, relation: RelationMeta, many: ManyRows | undefined): RuntimeRefs {
  if (relation.kind === "belongsTo" || relation.kind === "hasOne") return createRefs(joinSource(source, relation), many);
  if (many !== undefined)
    throw new GableError("E_EXPRESSION_MANY", `${many.where} has many rows, and so has its relation "${relation.name}".`, {
      fix: "Query the other model, and use that query in in() or some().",
    });
  const rows = relatedRows(source, relation);
  return createRefs(rows.query.root, rows);
}

/** Returns the rows of a relation to many rows, linked to the row with the relation. */
export function relatedRows(source: Source, relation: RelationMeta): ManyRows {
  const root: RootSource = { kind: "root", model: relation.target };
  const where = `${source.model.$meta.name}.${relation.name}`;
  return { where, query: onlyLive({ ...selectAll(root), ...linkRows(source, relation, root) }) };
}

/** Links the rows of a relation to the row with the relation: a condition, or a join table. */
function linkRows(source: Source, relation: RelationMeta, root: RootSource): Pick<SelectState, "where" | "through"> {
  const meta = source.model.$meta;
  if (relation.kind === "manyToMany") return { where: undefined, through: throughOf(meta, relation, (name) => columnOf(source, name)) };
  const back = relation.target.$meta.relations.get(relation.by)!;
  const parts = back.fields.map((name, index) => compare("eq", columnOf(root, name), columnOf(source, meta.primary[index]!)));
  return { where: allOf(parts), through: undefined };
}

/** Returns the join table of a many-to-many relation, linked to values of this side; undefined ones are linked later. */
export function throughOf(meta: ModelMeta, relation: RelationMeta, valueOf: (name: string) => Node | undefined): Through {
  const join = describeJoinTable(meta, relation);
  return {
    table: join.table,
    on: join.far,
    to: join.near.map(({ column, field }) => ({ column, field, node: valueOf(field.name) })),
  };
}

function columnOf(source: Source, name: string): Node {
  return columnNode(source, source.model.$meta.fields.get(name)!);
}

/** Whether the row that a relation to one row leads to is missing. */
export function isMissing(source: Source): Node {
  return isNull(columnOf(source, source.model.$meta.primary[0]!));
}

/** Whether the row of a source is a given one: an instance, or a key. */
export function isRow(source: Source, value: unknown, where: string): Node {
  const { $meta: meta } = source.model;
  const values = keyNodes(source.model, value, where);
  return allOf(meta.primary.map((name, index) => compare("eq", columnOf(source, name), values[index]!)));
}

/** Whether some, none or every row of the relation matches the callback. */
function quantify(source: Source, many: ManyRows | undefined, word: "some" | "none" | "every", pick?: (row: never) => unknown): Node {
  if (many === undefined)
    throw new GableError("E_FIELD_UNKNOWN", `${source.model.$meta.name} has no field "${word}".`, {
      fix: `Use ${word}() with a relation to many rows.`,
    });
  const condition = pick === undefined ? undefined : readNode(pick(createRefs(many.query.root) as never), undefined); // The types have checked it.
  return existsNode(many.query, word, condition);
}

/** Whether some, none or every row of a query matches a condition. */
export function existsNode(query: SelectState, word: "some" | "none" | "every", condition: Node | undefined): Node {
  // Every row matches if there is none that does not.
  const wanted = word === "every" ? notOf(condition ?? constant(true)) : condition;
  if (wanted?.kind === "constant" && !wanted.isTrue) return constant(word !== "some");
  const where = wanted === undefined ? query.where : allOf([...(query.where === undefined ? [] : [query.where]), wanted]);
  return {
    kind: "exists",
    query: { ...query, where, columns: [] },
    isNegated: word !== "some",
    type: valueTypes.boolean,
    isNullable: false,
  };
}

/** Returns the condition of a callback for rows of a source. */
export function readCallback(pick: (row: never) => unknown, source: Source): unknown {
  return pick(createRefs(source) as never); // The types have checked what the callback does with it.
}
