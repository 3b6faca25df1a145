/** Tasks as a part of an application: its option, its queue, and its worker. */
import type { AppDatabases } from "../data/application/app-databases.ts";
import { databasesPart } from "../data/part.ts";
import { GableError } from "../errors/gable-error.ts";
import { definePart } from "../parts/part.ts";
import { tracesPart } from "../traces/part.ts";
import type { Logger } from "../handlers/logger.ts";
import type { AppTasks, AppTasksParts } from "./app-tasks.ts";
import type { databaseTasks } from "./database-queue.ts";
import type { TaskRunMode, TaskSetting, TaskSetupOptions } from "./setup-options.ts";
import { assertSetting, toSetupOptions } from "./setup-options.ts";
import type { AnyTask } from "./task.ts";
import { toDefinitions } from "./task-options.ts";
import type { TaskDirectory, TaskQueue } from "./task-queue.ts";

/** Runs the tasks of an application. */
export const tasksPart = definePart({
  name: "tasks",
  option: { names: { tasks: true }, check: assertSetting },
  start: async (host, { tasks = [] }: TaskSetting): Promise<AppTasks> => {
    const options = toSetupOptions(tasks);
    const definitions = toDefinitions(options.tasks);
    // A wrong input would fail at night.
    for (const { $schedule } of definitions.schedules) await $schedule.task.$task.reader.write($schedule.input);
    const wanted = options.run ?? (host.mode === "test" ? "record" : "worker");
    const databases = host.find(databasesPart);
    const queue = await findQueue(options.queue, wanted, databases);
    if (wanted === "worker") assertTransactions(definitions.tasks, queue);
    const place = host.environment("GABLE_TASKS");
    // Only this process sees tasks in its memory, so it runs them itself.
    const isSupervised = wanted === "worker" && place === "supervised" && queue.isShared !== false && !(await isInMemory(databases));
    const run = wanted === "worker" && (place === "off" || isSupervised) ? "elsewhere" : wanted;
    // Loaded only where there are tasks.
    const { AppTasks } = await import("./app-tasks.ts");
    await queue.open?.();
    const { enter, logger, requestId } = host;
    const openOutbox = await findOutbox(queue, databases, logger);
    const traces = host.find(tracesPart);
    return new AppTasks({ options, definitions, run, isSupervised, queue, openOutbox, enter, requestId, traces, logger });
  },
});

/** A queue elsewhere takes no part in transactions: their tasks wait in the table of tasks, if there is one. */
async function findOutbox(queue: TaskQueue, databases: AppDatabases | undefined, logger: Logger): Promise<AppTasksParts["openOutbox"]> {
  if (queue.transaction !== undefined || queue.isShared === false) return undefined;
  const found = databases?.findModel("gable_tasks");
  if (found === undefined) return undefined;
  const { TaskOutbox } = await import("./task-outbox.ts");
  // The table is that of taskModel().
  const model = found.model as Parameters<typeof databaseTasks>[1];
  return (onMoved) => new TaskOutbox({ database: found.database, model, queue, logger, onMoved });
}

/** What a transactional task promises needs a queue in the database that the task writes to. */
function assertTransactions(tasks: ReadonlyMap<string, AnyTask>, queue: TaskQueue): void {
  const found = [...tasks.values()].find(({ $task }) => $task.settings.transactional);
  if (found === undefined || queue.transaction !== undefined) return;
  throw new GableError("E_TASK_STORE", `The task "${found.name}" is transactional, and its queue has no transactions.`, {
    fix: "Use the queue in the database, or leave out transactional and write work that can run twice.",
  });
}

/** Whether the table of tasks is in a database in memory. */
async function isInMemory(databases: AppDatabases | undefined): Promise<boolean> {
  const database = databases?.findModel("gable_tasks")?.database;
  if (database?.$core.dialect.name !== "sqlite") return false;
  const { sql } = await import("../data/tree/functions.ts");
  const [main] = await database.query<{ readonly file: string }>(sql`PRAGMA database_list`);
  return main?.file === "";
}

async function findQueue(
  queue: TaskSetupOptions["queue"],
  run: TaskRunMode,
  databases: AppDatabases | undefined,
): Promise<TaskQueue & Partial<TaskDirectory>> {
  if (typeof queue === "object") return queue;
  if (queue === undefined && (run === "inline" || run === "record")) return (await import("./memory-queue.ts")).memoryTasks();
  const found = databases?.findModel("gable_tasks");
  if (found === undefined) throw new GableError("E_TASK_STORE", "The application has tasks, and no model has the table gable_tasks.");
  const { databaseTasks } = await import("./database-queue.ts");
  // The table is that of taskModel().
  return databaseTasks(found.database, found.model as Parameters<typeof databaseTasks>[1]);
}
