/** Stores rows that are there, several at once: updateMany, saveMany. */
import { GableError } from "../../errors/gable-error.ts";
import type { ModelClass } from "../schema/model.ts";
import { assertField } from "../schema/validate-row.ts";
import { contextOf } from "../transaction/context.ts";
import { transaction } from "../transaction/transaction.ts";
import type { RowRecord } from "./row.ts";
import { Row } from "./row.ts";
import { insertRows } from "./write-bulk.ts";
import { saveFields, saveRow } from "./write-row.ts";

/** Stores some columns of rows, all or none. Versions, moments and checks are those of save(). */
export async function updateRowsOf(model: ModelClass, rows: readonly RowRecord[], names: readonly string[]): Promise<number> {
  const fields = new Set(names.map((name) => assertField(model, name)));
  const { database } = contextOf(model);
  let count = 0;
  await transaction(
    async () => {
      for (const row of rows) {
        if (Row.storedOf(row) === undefined)
          throw new GableError("E_ROW_UNSAVED", `A ${model.$meta.name} that is not stored cannot be updated.`);
        if (await saveFields(row, fields)) count++;
      }
    },
    { database: { $core: database } },
  );
  return count;
}

/** Stores rows of several models, new ones first, in the order of their relations, all or none. */
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
        for (const row of own) if (!added.includes(row)) await saveRow(row);
      }
    },
    { database: { $core: database } },
  );
}

/** Models so that each comes behind those that it belongs to. Circles are left in their order. */
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
