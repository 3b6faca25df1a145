/** Tasks and models that several processes of a test share. */
import { setTimeout as sleep } from "node:timers/promises";
import { field as f, Model } from "gable/data";
import { task, taskModel } from "gable/tasks";

export class Effect extends Model("task_effects", { id: f.id(), number: f.int() }) {}
export const TaskRow = taskModel();

const record = task("record", { input: { number: f.int() } }, async ({ input }) => {
  await Effect.create({ number: input.number });
});
/** Writes a row, and ends only in its second attempt. */
const stuck = task("stuck", {}, async ({ attempt }) => {
  await Effect.create({ number: attempt });
  if (attempt === 1) await sleep(600_000);
});
export const tasks = [record, stuck] as const;
