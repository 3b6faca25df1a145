/** An application whose queue is in memory or in a database, for tests over both. */
import type { Application, GableOptions } from "gable";
import { gable } from "gable";
import type { AppTasks, TaskSetupOptions } from "gable/tasks";
import { memoryTasks, tasksPart } from "gable/tasks";
import type { DatabaseKind } from "../data/databases.ts";
import { silentLogger } from "../silent-logger.ts";

/** Such an application. */
export interface QueuePlace {
  readonly app: Application;
  readonly tasks: AppTasks;
  /** Address of its database; empty without one. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the application; without `place`, its queue is in memory. Its tasks run elsewhere. */
export async function openQueue(
  place: DatabaseKind["place"] | undefined,
  models: NonNullable<GableOptions["models"]>,
  settings: TaskSetupOptions,
): Promise<QueuePlace> {
  const placed = await place?.();
  const app = gable({
    mode: "test",
    logger: silentLogger,
    ...(placed !== undefined && { database: placed.url, models }),
    tasks: { ...settings, queue: placed === undefined ? memoryTasks() : "database", run: "elsewhere" },
  });
  await app.start();
  if (placed !== undefined) await app.database().createTables();
  const close = async (): Promise<void> => {
    await app.close();
    await placed?.remove();
  };
  return { app, tasks: app.part(tasksPart), url: placed?.url ?? "", close };
}

/** Cancels what waits, and deletes all tasks. */
export async function clearTasks(tasks: AppTasks): Promise<void> {
  for (const { id, state } of await tasks.list()) {
    if (state === "queued") await tasks.cancel(id);
    await tasks.discard(id);
  }
}
