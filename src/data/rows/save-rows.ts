/** Updates several existing rows together: updateMany, saveMany. */
import { GableError } from "../../errors/gable-error.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { assertField } from "../schema/validate-row.ts";
import type { ExecutionContext } from "../run/database-core.ts";
import { contextOf } from "../run/context.ts";
import { transaction } from "../run/transaction.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";
import { planBatch, toBatches } from "./update-batch.ts";
import { insertRows } from "./write-bulk.ts";
import { runWrite } from "./write-many.ts";
import type { RowUpdate } from "./write-row.ts";
import { finishUpdate, goneError, prepareUpdate, runUpdate, undoUpdate } from "./write-row.ts";

/**
 * Updates some columns of rows, all or none, with as few statements as the database allows. Versions, timestamps and
 * validators work as in save(). Returns the number of changed rows.
 */
export async function updateRowsOf(model: ModelClass, rows: readonly RowRecord[], names: readonly string[]): Promise<number> {
  const fields = new Set(names.map((name) => assertField(model, name)));
  if (rows.some((row) => Row.storedOf(row) === undefined))
    throw new GableError("E_ROW_UNSAVED", `A ${model.$meta.name} that is not saved cannot be updated.`);
  return updateAll(model, rows, fields);
}

async function updateAll(model: ModelClass, rows: readonly RowRecord[], only?: Parameters<typeof prepareUpdate>[3]): Promise<number> {
  const updates: RowUpdate[] = [];
  const context = contextOf(model);
  try {
    for (const row of new Set(rows)) {
      const update = await prepareUpdate(context, row, {}, only);
      if (update !== undefined) updates.push(update);
    }
    const batches = toBatches(context, model, updates);
    const run = async (): Promise<void> => {
      for (const batch of batches) await runBatch(contextOf(model), model, batch);
    };
    // If a row is missing, the others have been stored.
    await (updates.length > 1 ? transaction(run, { database: { $core: context.database } }) : run());
    for (const update of updates) finishUpdate(context, update);
  } catch (error) {
    for (const update of updates) undoUpdate(update);
    throw error;
  }
  return updates.length;
}

async function runBatch(context: ExecutionContext, model: ModelClass, batch: readonly RowUpdate[]): Promise<void> {
  if (batch.length === 1) return runUpdate(context, batch[0]!);
  const affected = await runWrite(context, model, planBatch(context, model, batch));
  if (affected < batch.length) throw goneError(model.$meta);
}

/** Saves rows of several models, new ones first, in the order of their relations, all or none. */
export async function saveRows(rows: readonly RowRecord[]): Promise<void> {
  if (rows.length === 0) return;
  const models = sortModels([...new Set(rows.map((row) => Row.modelOf(row)))]);
  const { database } = contextOf(models[0]!);
  await transaction(
    async () => {
      for (const model of models) {
        const own = rows.filter((row) => Row.modelOf(row) === model);
        const added = own.filter((row) => Row.storedOf(row) === undefined);
        await insertRows(model, added, {});
        await updateAll(
          model,
          own.filter((row) => !added.includes(row)),
        );
      }
    },
    { database: { $core: database } },
  );
}

/** Sorts models so that each comes after those that it belongs to. Keeps the order of cycles. */
function sortModels<Class extends ModelClass>(models: readonly Class[]): Class[] {
  const sorted: Class[] = [];
  const visit = (model: Class, path: readonly Class[]): void => {
    if (sorted.includes(model) || path.includes(model)) return;
    for (const { kind, target } of model.$meta.relations.values()) {
      const before = kind === "belongsTo" ? models.find((each) => each === target) : undefined;
      if (before !== undefined) visit(before, [...path, model]);
    }
    sorted.push(model);
  };
  for (const model of models) visit(model, []);
  return sorted;
}
