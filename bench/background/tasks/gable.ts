import type { GableOptions } from "gable";
import { gable } from "gable";
import { field as f } from "gable/data";
import type { TaskQueue } from "gable/tasks";
import { task, taskModel, tasksPart } from "gable/tasks";
import type { QueueSubject } from "./measure.ts";

/** Gable with its own table. */
export function open(url: string): Promise<QueueSubject> {
  return openGable("database", { database: url, models: [taskModel()] });
}

/** Gable with a queue. */
export async function openGable(queue: "database" | TaskQueue, options: Pick<GableOptions, "database" | "models">): Promise<QueueSubject> {
  let onRun = (): void => undefined;
  const nothing = task("nothing", { input: { number: f.int() } }, async () => onRun());
  const app = gable({
    ...options,
    mode: "production",
    hosts: ["localhost"],
    log: { level: "fatal" },
    tasks: { tasks: [nothing], queue, run: "elsewhere", concurrency: 10 },
  });
  await app.start();
  if (options.database !== undefined) await app.database().createTables();
  const tasks = app.part(tasksPart);
  return {
    enqueue: (number) => nothing.enqueue({ number }),
    async work(given) {
      onRun = given;
      const worker = tasks.startWorker();
      return () => worker.stop();
    },
    close: () => app.close(),
  };
}
