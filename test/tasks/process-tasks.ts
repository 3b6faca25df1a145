/** Tasks and models that several processes of a test share. */
import { setTimeout as sleep } from "node:timers/promises";
import { field as f, Model } from "gable/data";
import { schedule, task, taskModel } from "gable/tasks";

export class Effect extends Model("task_effects", { id: f.id(), number: f.int() }) {}
export const TaskRow = taskModel();

const record = task("record", { input: { number: f.int() } }, async ({ input }) => {
  await Effect.create({ number: input.number });
});
/** Writes a row together with its own end. */
const keep = task("keep", { input: { number: f.int() }, transactional: true }, async ({ input }) => {
  await Effect.create({ number: input.number });
});
/** Writes a row, and ends only in its second attempt. */
const stuck = task("stuck", {}, async ({ attempt }) => {
  await Effect.create({ number: attempt });
  if (attempt === 1) await sleep(600_000);
});
const tick = task("tick", {}, async () => {
  await Effect.create({ number: 0 });
});
/** Not in the list of tasks: only some tests run it. */
export const everyMinute = schedule("every-minute", "* * * * *", tick);
export const tickTasks = [tick];
export const tasks = [record, stuck, keep] as const;
