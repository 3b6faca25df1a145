/** An application with background tasks for tests of the supervisor. Each task writes which process has run it. */
import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { gable, get } from "gable";
import { field as f, Model, transaction } from "gable/data";
import { memoryTasks, task, taskModel } from "gable/tasks";
import { silentLogger } from "../../silent-logger.ts";
import { deploy } from "./deploy.ts";

const folder = process.env["TASKS_FOLDER"] ?? "";
/** Shows the metrics. */
export const metricsToken = "b5de3ef0a8fc4d2d9e0f8a6f31c7d9aa";
// The process for tasks cannot start, and workers can.
if (deploy === "broken tasks" && process.env["GABLE_TASKS"] === undefined) throw new Error("the process for tasks is broken");

export class Effect extends Model("supervised_effects", { id: f.id(), number: f.int(), pid: f.int(), deploy: f.text({ max: 50 }) }) {}
export const TaskRow = taskModel();

const input = { number: f.int() };
const record = task("record", { input }, async ({ input: { number } }) => {
  await Effect.create({ number, pid: process.pid, deploy });
});
/** Says that it runs, and ends when a file exists, or when its signal aborts. */
const waiting = task("waiting", { input }, async ({ input: { number }, signal }) => {
  await Effect.create({ number, pid: process.pid, deploy });
  while (!existsSync(`${folder}/go`)) await wait(20, undefined, { signal });
});

const queue = process.env["TASKS_QUEUE"] === "memory" ? { queue: memoryTasks() } : {};
export default gable({
  mode: "production",
  logger: silentLogger,
  hosts: ["127.0.0.1"],
  database: `sqlite:${folder}/app.db`,
  models: [Effect, TaskRow],
  tasks: { tasks: [record, waiting], ...queue },
  metrics: { token: metricsToken },
  routes: [
    get("/record/:number(int)", async ({ params }) => {
      await transaction(() => record.enqueue({ number: params.number }));
      return { pid: process.pid };
    }),
    get("/waiting/:number(int)", async ({ params }) => {
      await waiting.enqueue({ number: params.number });
      return { pid: process.pid };
    }),
  ],
});
