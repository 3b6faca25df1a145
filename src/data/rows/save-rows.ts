/** Updates several existing rows together: updateMany, saveMany. */
import { GableError } from "../../errors/gable-error.ts";
import { optionInvalid } from "../../errors/option-errors.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { rowClassOf } from "../schema/model-class.ts";
import { assertField } from "../schema/validate-row.ts";
import type { ExecutionContext } from "../run/database-core.ts";
import { contextOf } from "../run/context.ts";
import { forRow } from "../run/database-error.ts";
import type { ListedRows } from "../run/database-error.ts";
import { transaction } from "../run/transaction.ts";
import type { RowRecord } from "../schema/row.ts";
import { Row } from "../schema/row.ts";
import type { RunningRows } from "./refused-row.ts";
import { storeList } from "./refused-row.ts";
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
  if (!Array.isArray(names)) throw optionInvalid("updateMany()", "names", names, "a list of strings");
  const fields = new Set(names.map((name) => assertField(model, name)));
  assertRows("updateMany()", rows, model);
  const list: ListedRows = { size: rows.length, indexOf: (place) => place };
  const unsaved = rows.findIndex((row) => Row.storedOf(row) === undefined);
  if (unsaved !== -1)
    await forRow(list, unsaved, () => {
      throw new GableError("E_ROW_UNSAVED", `A ${model.$meta.name} that is not saved cannot be updated.`);
    });
  return updateAll(model, rows, list, fields);
}

/** Throws `E_OPTION_INVALID` for anything but a list of rows: of the model, or of any. */
function assertRows(owner: string, rows: readonly unknown[], model?: ModelClass): void {
  const name = model?.$meta.name;
  const rule = name === undefined ? "a list of rows" : `a list of rows of ${name}`;
  if (!Array.isArray(rows)) throw optionInvalid(owner, "rows", rows, rule);
  const Class = model === undefined ? Row : rowClassOf(model);
  const wrong = rows.findIndex((row) => !(row instanceof Class));
  if (wrong !== -1) throw optionInvalid(owner, `rows[${wrong}]`, rows[wrong], name === undefined ? "a row of a model" : `a row of ${name}`);
}

async function updateAll(
  model: ModelClass,
  rows: readonly RowRecord[],
  list: ListedRows,
  only?: Parameters<typeof prepareUpdate>[3],
): Promise<number> {
  const updates: RowUpdate[] = [];
  const context = contextOf(model);
  const seen = new Set<RowRecord>();
  try {
    for (const [place, row] of rows.entries()) {
      if (seen.has(row)) continue;
      seen.add(row);
      const update = await forRow(list, place, () => prepareUpdate(context, row, {}, only));
      if (update !== undefined) updates.push(update);
    }
    const batches = toBatches(context, model, updates);
    const run = async (some: typeof batches, running?: RunningRows): Promise<void> => {
      for (const batch of some) {
        if (running !== undefined) running.rows = batch.map(({ row }) => row);
        await runBatch(contextOf(model), model, batch);
      }
    };
    await storeList({
      model,
      given: rows,
      list,
      inOrder: batches.flat().map(({ row }) => row),
      // If a row is missing, the others have been stored.
      store: (running) =>
        updates.length > 1 ? transaction(() => run(batches, running), { database: { $core: context.database } }) : run(batches, running),
      storeAgain: (some) => run(batches.map((batch) => batch.filter(({ row }) => some.includes(row))).filter((batch) => batch.length > 0)),
    });
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
  assertRows("saveMany()", rows);
  if (rows.length === 0) return;
  const models = sortModels([...new Set(rows.map((row) => Row.modelOf(row)))]);
  const { database } = contextOf(models[0]!);
  await transaction(
    async () => {
      for (const model of models) {
        const own = [...rows.entries()].filter(([, row]) => Row.modelOf(row) === model);
        const added = own.filter(([, row]) => Row.storedOf(row) === undefined);
        const others = own.filter(([, row]) => Row.storedOf(row) !== undefined);
        const listOf = (some: typeof own): ListedRows => ({ size: rows.length, indexOf: (place) => some[place]![0] });
        const rowsOf = (some: typeof own): RowRecord[] => some.map(([, row]) => row);
        await insertRows(model, rowsOf(added), {}, listOf(added));
        await updateAll(model, rowsOf(others), listOf(others));
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
