/** Changes many rows with one statement. Hooks of rows do not run. */
import { toPrecision } from "../schema/default-values.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { Dialect } from "../sql/dialect.ts";
import type { SqlWriter } from "../sql/sql-writer.ts";
import { after } from "../schema/eventual.ts";
import { runStatement } from "../run/execute.ts";
import { RuntimeExpression } from "../tree/expression.ts";
import type { Node, RootSource, SelectState } from "../tree/node.ts";
import { columnNode } from "../tree/node.ts";
import { isNever } from "../tree/conditions.ts";
import { valueTypes } from "../tree/value-type.ts";
import type { BoundPlan } from "../sql/plan.ts";
import { findPlan } from "../sql/plan.ts";
import { readCallback } from "../tree/refs.ts";
import { assertScope, scopedWhere } from "../tree/scope.ts";
import type { ShapeWalk } from "../tree/shape.ts";
import type { FieldMeta, ModelMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { checkRow } from "../schema/validate-row.ts";
import type { ExecutionContext } from "../run/database-core.ts";
import { contextOf } from "../run/context.ts";
import { assertTableRows, toFieldValues } from "./assignments.ts";
import { toDeleteError, toFieldError, validationError } from "../run/database-error.ts";

/** An assigned column, and its value. */
export interface Assignment {
  readonly field: FieldMeta;
  readonly node: Node;
}

/** Updates the rows of a query. Throws `E_VALIDATION` for values that cannot be stored. */
export async function updateRows(model: ModelClass, select: SelectState, changes: object): Promise<number> {
  const context = contextOf(model);
  const assignments = await readAssignments(model, select, changes);
  if (assignments.length === 0 || isNever(select)) return 0;
  return runWrite(context, model, planUpdate(context, assignments, select), toFieldError, select.signal);
}

/** Deletes the rows of a query. */
export async function deleteRows(model: ModelClass, select: SelectState): Promise<number> {
  if (isNever(select)) return 0;
  const context = contextOf(model);
  return runWrite(context, model, planDelete(context, select), toDeleteError, select.signal);
}

/** Runs a statement that writes, and converts rejections of the database to errors of the model's fields. */
export async function runWrite(
  context: ExecutionContext,
  model: ModelClass,
  { plan, parameters }: BoundPlan,
  explain: (meta: ModelMeta, error: unknown) => unknown = toFieldError,
  signal?: AbortSignal,
): Promise<number> {
  try {
    return await after(runStatement(context, { sql: plan.sql, parameters, rows: "none", signal }, true), ({ affected }) => affected);
  } catch (error) {
    throw explain(model.$meta, error);
  }
}

/** Validates values like those of one row; the database computes expressions. */
async function readAssignments(model: ModelClass, select: SelectState, changes: object): Promise<Assignment[]> {
  const { $meta: meta } = model;
  const constants: Record<string, unknown> = {};
  const assignments: Assignment[] = [];
  for (const [name, value] of Object.entries(toFieldValues(model, changes))) {
    const node = typeof value === "function" ? readCallback(value as (row: never) => unknown, select.root) : value; // The types have checked it.
    if (node instanceof RuntimeExpression) {
      assertScope(model, meta.fields.get(name)!, node);
      assignments.push({ field: meta.fields.get(name)!, node: storedNode(node, meta.fields.get(name)!) });
    } else constants[name] = node;
  }
  const given = Object.keys(constants).map((name) => meta.fields.get(name)!);
  const { checked, errors } = await checkRow(model, given, constants, { isPartial: true, skipsModel: true });
  if (Object.keys(errors).length > 0) throw validationError(meta.name, errors);
  for (const field of given) {
    assertScope(model, field, checked[field.name]);
    assignments.push({ field, node: valueOf(checked[field.name], field) });
  }
  return assignments.length === 0 ? [] : [...assignments, ...automatic(model, select.root, assignments)];
}

/** Returns a computed value as its column stores it. The value of another column of the same definition needs no change. */
export function storedNode({ $node: node }: RuntimeExpression, field: FieldMeta): Node {
  if (node.kind === "value" || (node.kind === "column" && node.field === field)) return node;
  return { kind: "call", name: "store", parts: [node], type: field, isNullable: node.isNullable };
}

function valueOf(value: unknown, field: FieldMeta): Node {
  return { kind: "value", value, type: field, isNullable: value === null };
}

/** Adds what every update changes: the timestamp, and the version. */
export function automatic(model: ModelClass, root: RootSource, given: readonly Assignment[]): Assignment[] {
  const { fields, version } = model.$meta;
  const added: Assignment[] = [];
  for (const field of fields.values()) {
    if (given.some((assignment) => assignment.field === field)) continue;
    if (field.options.auto === "update") added.push({ field, node: valueOf(toPrecision(new Date(), field.precision), field) });
    if (field.name !== version) continue;
    const one: Node = { kind: "value", value: 1, type: valueTypes.int, isNullable: false };
    added.push({
      field,
      node: { kind: "call", name: "add", parts: [columnNode(root, field), one], type: field, isNullable: false },
    });
  }
  return added;
}

/** Returns the plan of an update of a query's rows. */
export function planUpdate({ database }: ExecutionContext, assignments: readonly Assignment[], select: SelectState): BoundPlan {
  const { dialect } = database;
  assertTableRows(select.root.model.$meta);
  return findPlan(dialect, database.plans, {
    walk: (walk) => {
      walk.token(`update ${select.root.model.$table}`);
      walk.enter(select.root);
      for (const { field, node } of assignments) {
        walk.token(`,${field.name}=`);
        walk.node(node);
      }
      walkRows(walk, select);
    },
    write: (writer) => {
      writer.enter(select.root);
      const sets = assignments.map(({ field, node }) => ({ column: dialect.quote(field.column), sql: writer.ofRow(node) }));
      if (writer.hasJoins(select.root))
        throw new GableError("E_UPDATE_RELATION", `An update of ${select.root.model.$meta.name} reads columns of a relation.`, {
          fix: "Read them first, or use custom SQL.",
        });
      const text = dialect.hasOrderedAssignments
        ? writeOrdered(dialect, select.root.model.$meta, sets, writeRows(writer, select))
        : `UPDATE ${dialect.quote(select.root.model.$table)} SET ${joinSets(sets)}${writeRows(writer, select)}`;
      return { text, columns: [] };
    },
  });
}

/** Writes an assignment. */
interface SetSql {
  readonly column: string;
  readonly sql: string;
}

function joinSets(sets: readonly SetSql[]): string {
  return sets.map(({ column, sql }) => `${column} = ${sql}`).join(", ");
}

/**
 * Writes an update for a database whose assignments see the results of earlier ones: in an order in which none reads an assigned column.
 * If there is no such order, all values are read before.
 */
function writeOrdered({ quote }: Dialect, { table, primary, fields }: ModelMeta, sets: readonly SetSql[], rows: string): string {
  const ordered = orderSets(sets);
  if (ordered !== undefined) return `UPDATE ${quote(table)} SET ${joinSets(ordered)}${rows}`;
  const read = quote("$read");
  const columnOf = (place: number): string => quote(`v${place}`);
  const keys = primary.map((name) => quote(fields.get(name)!.column));
  const values = [...keys.map((key) => `${quote(table)}.${key}`), ...sets.map(({ sql }, place) => `${sql} AS ${columnOf(place)}`)];
  const links = keys.map((key) => `${quote(table)}.${key} = ${read}.${key}`);
  const given = sets.map(({ column }, place) => ({ column: `${quote(table)}.${column}`, sql: `${read}.${columnOf(place)}` }));
  // The subquery must be materialized: otherwise it would be merged into the update.
  const source = `(SELECT ${values.join(", ")} FROM ${quote(table)}${rows}) AS ${read}`;
  return `UPDATE /*+ NO_MERGE(${read}) */ ${quote(table)} JOIN ${source} ON ${links.join(" AND ")} SET ${joinSets(given)}`;
}

/** Sorts assignments so that each comes after those that read its column; undefined for a cycle. */
function orderSets(sets: readonly SetSql[]): SetSql[] | undefined {
  const left = [...sets];
  const ordered: SetSql[] = [];
  while (left.length > 0) {
    // A name inside a longer one only affects the order.
    const free = left.findIndex(({ column }, place) => left.every(({ sql }, other) => other === place || !sql.includes(column)));
    if (free === -1) return undefined;
    ordered.push(...left.splice(free, 1));
  }
  return ordered;
}

function planDelete({ database }: ExecutionContext, select: SelectState): BoundPlan {
  const { dialect } = database;
  assertTableRows(select.root.model.$meta);
  return findPlan(dialect, database.plans, {
    walk: (walk) => {
      walk.token(`delete ${select.root.model.$table}`);
      walk.enter(select.root);
      walkRows(walk, select);
    },
    write: (writer) => {
      writer.enter(select.root);
      return { text: `DELETE FROM ${dialect.quote(select.root.model.$table)}${writeRows(writer, select)}`, columns: [] };
    },
  });
}

/** Whether a condition only uses columns of the rows; other rows are selected by their keys. */
function isDirect({ limit, offset, from, distinct, order, through }: SelectState): boolean {
  return (
    through === undefined && limit === undefined && offset === undefined && from === undefined && distinct === false && order.length === 0
  );
}

function walkRows(walk: ShapeWalk, select: SelectState): void {
  walk.token("|");
  if (!isDirect(select)) walk.select(keysOf(select));
  else {
    const where = scopedWhere(select);
    if (where !== undefined) walk.node(where);
  }
}

function writeRows(writer: SqlWriter, select: SelectState): string {
  if (!isDirect(select)) return ` WHERE ${writer.keysIn(keysOf(select))}`;
  const condition = scopedWhere(select);
  if (condition === undefined) return "";
  const where = writer.ofRow(condition);
  // Rows selected through a relation are found by their keys, because databases join differently in an update.
  return ` WHERE ${writer.hasJoins(select.root) ? writer.keysIn(keysOf(select)) : where}`;
}

/** Returns the keys of the rows of a query. */
function keysOf(select: SelectState): SelectState {
  const { $meta: meta } = select.root.model;
  const columns = meta.primary.map((name) => ({ name, node: columnNode(select.root, meta.fields.get(name)!) }));
  return { ...select, columns, extra: [], order: select.limit === undefined ? [] : select.order };
}
