import { gable } from "gable";
import { field as f } from "gable/data";
import { task, taskModel, tasksPart } from "gable/tasks";
import type { QueueSubject } from "./measure.ts";

/** Gable with its own table. */
export async function open(url: string): Promise<QueueSubject> {
  let onRun = (): void => undefined;
  const nothing = task("nothing", { input: { number: f.int() } }, async () => onRun());
  const app = gable({
    mode: "development",
    log: { level: "warn" },
    database: url,
    models: [taskModel()],
    tasks: { tasks: [nothing], run: "elsewhere", concurrency: 10 },
  });
  await app.start();
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
