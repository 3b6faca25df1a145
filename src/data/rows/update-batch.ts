/** Writes statements that store different values in several rows. */
import type { Dialect } from "../sql/dialect.ts";
import type { Node, RootSource } from "../tree/node.ts";
import { columnNode, selectAll } from "../tree/node.ts";
import { allOf, anyOf, compare } from "../tree/conditions.ts";
import type { BoundPlan } from "../sql/plan.ts";
import { findPlan } from "../sql/plan.ts";
import type { FieldMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { ExecutionContext } from "../run/database-core.ts";
import { assertTableRows } from "./assignments.ts";
import { planUpdate } from "./write-many.ts";
import type { RowUpdate } from "./write-row.ts";
import { findingFields, storedValue, valueNode } from "./write-row.ts";

/** Maximum rows of a statement with a CASE branch per row: on average the database compares each row with half of them. */
const casesMax = 100;
/** Maximum rows of a statement with one list per column. */
const listMax = 1_000;

/** Splits changes into statements: each has changes of the same fields, of different rows. */
export function toBatches(context: ExecutionContext, model: ModelClass, updates: readonly RowUpdate[]): RowUpdate[][] {
  const groups = new Map<string, RowUpdate[]>();
  for (const update of updates) {
    const key = [...update.written].map(({ name }) => name).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [update]);
    else group.push(update);
  }
  // The owner is checked row by row.
  const isSingle = model.$options.scope !== undefined;
  return [...groups.values()].flatMap((group) =>
    cut(context, model, group, isSingle ? 1 : sizeOf(context.database.dialect, [...group[0]!.written])),
  );
}

/** Returns how many rows one statement changes. On SQLite nothing is faster than one statement per row. */
function sizeOf({ insertsMany }: Dialect, fields: readonly FieldMeta[]): number {
  if (insertsMany === "single") return 1;
  return isList(insertsMany, fields) ? listMax : casesMax;
}

/** Whether the values are bound as one list per column. Lists of lists would be flattened. */
function isList(insertsMany: Dialect["insertsMany"], fields: readonly FieldMeta[]): boolean {
  return insertsMany === "lists" && !fields.some(({ type }) => type === "array");
}

function cut(context: ExecutionContext, model: ModelClass, updates: readonly RowUpdate[], size: number): RowUpdate[][] {
  const batches: RowUpdate[][] = [];
  let keys = new Set<string>();
  for (const update of updates) {
    const key = keyOf(context, model, update);
    // Two objects for the same row are stored in turn.
    if (batches.length === 0 || batches.at(-1)!.length === size || keys.has(key)) {
      batches.push([]);
      keys = new Set();
    }
    batches.at(-1)!.push(update);
    keys.add(key);
  }
  return batches;
}

function keyOf({ database }: ExecutionContext, { $meta: meta }: ModelClass, { stored }: RowUpdate): string {
  const parts = meta.primary.map((name) => stored[meta.columns.indexOf(meta.fields.get(name)!)]);
  return parts.map((part) => database.dialect.literal(part ?? null)).join();
}

/** Returns the plan of the statement that stores changes of the same fields. */
export function planBatch(context: ExecutionContext, model: ModelClass, batch: readonly RowUpdate[]): BoundPlan {
  const fields = [...batch[0]!.written];
  return isList(context.database.dialect.insertsMany, fields)
    ? planLists(context, model, fields, batch)
    : planCases(context, model, fields, batch);
}

/** Finds rows by lists of their keys and versions, paired with lists of their values. */
function planLists(context: ExecutionContext, model: ModelClass, fields: readonly FieldMeta[], batch: readonly RowUpdate[]): BoundPlan {
  const { dialect, plans } = context.database;
  const { $meta: meta, $table: table } = model;
  assertTableRows(meta);
  const finding = findingFields(meta);
  const lists = [
    ...finding.map((field) => ({ field, values: batch.map(({ stored }) => storedValue(context, meta, stored, field)) })),
    ...fields.map((field) => ({ field, values: batch.map(({ row }) => row[field.name] ?? null) })),
  ];
  return findPlan(dialect, plans, {
    walk: (walk) => {
      walk.token(`update ${table} by lists(${fields.map(({ name }) => name).join()})`);
      for (const { field, values } of lists) walk.bind(values, values, field, "list");
    },
    write: (writer) => {
      const { quote } = dialect;
      const given = lists.map(({ field, values }) => writer.mark(values, field, true)).join(", ");
      const nameOf = (place: number): string => `gable_list.v${place}`;
      const sets = fields.map(({ column }, index) => `${quote(column)} = ${nameOf(finding.length + index)}`).join(", ");
      const found = finding.map(({ column }, index) => `${quote(table)}.${quote(column)} = ${nameOf(index)}`).join(" AND ");
      const names = lists.map((_list, place) => `v${place}`).join(", ");
      return { text: `UPDATE ${quote(table)} SET ${sets} FROM unnest(${given}) AS gable_list (${names}) WHERE ${found}`, columns: [] };
    },
  });
}

/** Each value is a CASE branch of its row. */
function planCases(context: ExecutionContext, model: ModelClass, fields: readonly FieldMeta[], batch: readonly RowUpdate[]): BoundPlan {
  const root: RootSource = { kind: "root", model };
  const finding = findingFields(model.$meta);
  const isRow = ({ stored }: RowUpdate, by: readonly FieldMeta[]): Node =>
    allOf(by.map((field) => compare("eq", columnNode(root, field), valueNode(storedValue(context, model.$meta, stored, field), field))));
  const keys = finding.slice(0, model.$meta.primary.length);
  const assignments = fields.map((field) => {
    const branches = batch.map((update) => ({ condition: isRow(update, keys), result: valueNode(update.row[field.name], field) }));
    return { field, node: { kind: "case", branches, otherwise: undefined, type: field, isNullable: true } as const };
  });
  return planUpdate(context, assignments, { ...selectAll(root), where: anyOf(batch.map((update) => isRow(update, finding))) });
}
