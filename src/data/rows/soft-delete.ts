/** Soft delete of rows, and of the rows that follow them. */
import { readRecords } from "./read-rows.ts";
import { readFilter } from "../tree/filter.ts";
import { onlyLive } from "../tree/live-rows.ts";
import type { Node, RootSource, SelectState } from "../tree/node.ts";
import { columnNode, selectAll } from "../tree/node.ts";
import { allOf, compare } from "../tree/conditions.ts";
import type { RelationMeta } from "../schema/model-class.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { softDeleteField } from "../schema/soft-delete.ts";
import { contextOf } from "../run/context.ts";
import { transaction } from "../run/transaction.ts";
import { linkRelated } from "./loader.ts";
import type { RowRecord } from "../schema/row.ts";
import { updateRows } from "./write-many.ts";

/** A relation whose rows follow those of the model that it leads to. */
interface Follower {
  readonly model: ModelClass;
  readonly relation: RelationMeta;
}

function followersOf(target: ModelClass): Follower[] {
  return [...contextOf(target).database.models].flatMap((model) =>
    [...model.$meta.relations.values()]
      .filter((relation) => relation.followsSoftDelete && relation.target === target)
      .map((relation) => ({ model, relation })),
  );
}

/** Runs work in a transaction if other rows follow: all or none are marked. */
function together<Result>(model: ModelClass, work: () => Promise<Result>): Promise<Result> {
  if (followersOf(model).length === 0) return work();
  return transaction(work, { database: { $core: contextOf(model).database } });
}

/** Marks the rows of a query as deleted, with the values of `mark`, and those that follow them. */
export function deleteWithFollowers<Result>(model: ModelClass, moment: Date, mark: () => Promise<Result>): Promise<Result> {
  return together(model, async () => {
    const result = await mark();
    await followDeleted(model, moment);
    return result;
  });
}

/** Marks rows that follow those deleted at one time. Rows deleted earlier stay unchanged, so a cycle ends. */
async function followDeleted(target: ModelClass, moment: Date): Promise<void> {
  for (const { model, relation } of followersOf(target)) {
    const root: RootSource = { kind: "root", model };
    const field = softDeleteField(model, "delete()");
    const where = readFilter(root, { [relation.name]: { [target.$meta.softDelete]: moment } }, "delete()");
    if ((await updateRows(model, onlyLive({ ...selectAll(root), where }), { [field.name]: moment })) > 0)
      await followDeleted(model, moment);
  }
}

/** Restores the rows of a query, with the values of `mark`, and those that were deleted with them. */
export function restoreWithFollowers<Result>(model: ModelClass, select: SelectState, mark: () => Promise<Result>): Promise<Result> {
  return together(model, async () => {
    const rows = followersOf(model).length === 0 ? [] : await readKeys(model, select);
    const result = await mark();
    await followRestored(model, rows);
    return result;
  });
}

/** Returns the keys of rows, and when they were deleted. */
async function readKeys(model: ModelClass, select: SelectState): Promise<RowRecord[]> {
  const { primary, fields, softDelete } = model.$meta;
  const columns = [...primary, softDelete].map((name) => ({ name, node: columnNode(select.root, fields.get(name)!) }));
  // Only read by name.
  return (await readRecords(contextOf(model), { ...select, columns, extra: [], order: [] })) as unknown as RowRecord[];
}

async function followRestored(target: ModelClass, restored: readonly RowRecord[]): Promise<void> {
  const { softDelete } = target.$meta;
  const moments = new Map<number, RowRecord[]>();
  for (const row of restored) {
    const moment = row[softDelete];
    if (moment instanceof Date) moments.set(moment.getTime(), [...(moments.get(moment.getTime()) ?? []), row]);
  }
  for (const [time, rows] of moments) {
    for (const { model, relation } of followersOf(target)) {
      const root: RootSource = { kind: "root", model };
      const field = softDeleteField(model, "restore()");
      const moment: Node = { kind: "value", value: new Date(time), type: field, isNullable: false };
      const link = linkRelated(target, relationBack(target, model, relation), { root, where: undefined }, rows);
      const select = { ...selectAll(root), where: allOf([link.where, compare("eq", columnNode(root, field), moment)]) };
      const following = await readKeys(model, select);
      if (following.length === 0) continue;
      await updateRows(model, select, { [field.name]: null });
      await followRestored(model, following);
    }
  }
}

/** Returns the relation as the target sees it, whether or not the target's model declares one. */
function relationBack(target: ModelClass, model: ModelClass, relation: RelationMeta): RelationMeta {
  return { ...relation, kind: "hasMany", target: model, by: relation.name, fields: target.$meta.primary };
}
