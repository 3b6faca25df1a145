/** A scheduler in a separate process, whose clock another process sets by messages. It answers whether it has seen to the time. */
import { createDatabase } from "gable/data";
import { databaseTasks } from "gable/tasks";
import { Scheduler } from "../../src/tasks/scheduler.ts";
import { silentLogger } from "../silent-logger.ts";
import { everyMinute, Effect, TaskRow } from "./process-tasks.ts";

const [url = ""] = process.argv.slice(2);
const database = await createDatabase({ url, models: [Effect, TaskRow], bind: false });
let now = 0;
let hasFailed = false;
const scheduler = new Scheduler({
  schedules: [everyMinute],
  queue: databaseTasks(database, TaskRow),
  logger: { ...silentLogger, error: () => (hasFailed = true) },
  now: () => now,
  lookMs: 1_000_000,
  onAdded: () => undefined,
});
process.on("message", (time: number) => {
  now = time;
  hasFailed = false;
  void scheduler.look().then(() => process.send!({ time, hasSeen: !hasFailed }));
});
process.on("disconnect", () => process.exit());
process.send!("started");
