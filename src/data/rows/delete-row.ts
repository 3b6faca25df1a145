/** Deletes single rows, or marks them as deleted. */
import { GableError } from "../../errors/gable-error.ts";
import { contextOf } from "../run/context.ts";
import type { ModelClass, ModelMeta } from "../schema/model-class.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";
import { allOf, compare } from "../tree/conditions.ts";
import type { RootSource, SelectState } from "../tree/node.ts";
import { columnNode, selectAll } from "../tree/node.ts";
import { deleteWithFollowers, restoreWithFollowers } from "./soft-delete.ts";
import { deleteRows } from "./write-many.ts";
import { goneError, storedRow, updateRow, valueNode } from "./write-row.ts";

/** Records when a row was deleted, or that it is not. Throws the errors of {@link deleteRow}; leaves an unchanged row as it is. */
export async function markDeleted(row: RowRecord, isDeleted: boolean): Promise<void> {
  const model = Row.modelOf(row);
  const { $meta: meta } = model;
  const stored = Row.storedOf(row);
  if (stored === undefined) throw unsavedError(meta);
  if ((row[meta.softDelete] !== null) === isDeleted) return;
  const before = { ...row };
  const marked = row[meta.softDelete];
  contextOf(model).transaction?.whenUndone(() => {
    row[meta.softDelete] = marked;
  });
  const moment = isDeleted ? new Date() : null;
  row[meta.softDelete] = moment;
  const save = (): Promise<void> => updateRow(contextOf(model), row, {}, new Set([meta.fields.get(meta.softDelete)!]));
  try {
    if (moment === null) await restoreWithFollowers(model, rowByKey(model, row), save);
    else await deleteWithFollowers(model, moment, save);
  } catch (error) {
    // The mark may have been rolled back together with the rows that follow.
    Object.assign(row, before);
    Row.setStored(row, stored);
    throw error;
  }
}

/** Writes the condition of a row's key. */
function rowByKey(model: ModelClass, row: RowRecord): SelectState {
  const root: RootSource = { kind: "root", model };
  const keys = model.$meta.primary.map((name) => model.$meta.fields.get(name)!);
  return {
    ...selectAll(root),
    where: allOf(keys.map((field) => compare("eq", columnNode(root, field), valueNode(row[field.name], field)))),
  };
}

function unsavedError({ name }: ModelMeta): GableError {
  return new GableError("E_ROW_UNSAVED", `A ${name} that is not saved cannot be deleted.`);
}

/** Deletes a row. Throws `E_ROW_STALE` or `E_ROW_MISSING` if the stored row differs. */
export async function deleteRow(row: RowRecord): Promise<void> {
  const model = Row.modelOf(row);
  const { $meta: meta } = model;
  const stored = Row.storedOf(row);
  if (stored === undefined) throw unsavedError(meta);
  const context = contextOf(model);
  const affected = await deleteRows(model, storedRow(context, model, stored));
  if (affected === 0) throw goneError(meta);
  context.transaction?.whenUndone(() => Row.setStored(row, stored));
  Row.setStored(row, undefined);
}
