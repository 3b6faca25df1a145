/** A worker in a separate process: runs tasks of a database until it is killed, or until nothing is left. */
import { subscribe } from "node:diagnostics_channel";
import { gable } from "gable";
import { tasksPart } from "gable/tasks";
import { silentLogger } from "../silent-logger.ts";
import { Effect, TaskRow, tasks } from "./process-tasks.ts";

const [url = "", kind = ""] = process.argv.slice(2);
const app = gable({
  mode: "test",
  logger: silentLogger,
  database: url,
  models: [Effect, TaskRow],
  tasks: { tasks, queue: "database", run: "elsewhere", concurrency: 5 },
});
await app.start();
const own = app.part(tasksPart);
if (kind === "once") {
  console.log(await own.runAll());
  await app.close();
} else {
  // Says that it works, or that there is nothing to do.
  let hasSaid = false;
  const say = (): void => {
    if (!hasSaid) console.log("started");
    hasSaid = true;
  };
  subscribe("gable.task.start", say);
  own.startWorker({ times: { pollMs: 20 } });
  setTimeout(say, 2_000);
  setInterval(() => undefined, 60_000);
}
