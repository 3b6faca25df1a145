/** A task and models that several processes of a test share. */
import { field as f, Model } from "gable/data";
import { task, taskModel } from "gable/tasks";

export class Effect extends Model("bullmq_effects", { id: f.id(), number: f.int() }) {}
export const TaskRow = taskModel();
export const record = task("record", { input: { number: f.int() } }, async ({ input }) => {
  await Effect.create({ number: input.number });
});
