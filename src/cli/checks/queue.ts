/** What the queue of a project holds, for the checks about tasks. */
import type { ApplicationFacts } from "gable";
import type { Database, Databases } from "gable/data";
import type { TaskDirectory, taskModel, TaskQueue } from "gable/tasks";
import { findTaskRun } from "../task-run.ts";

/** What waits in a queue, and whether somebody works on it. */
export interface QueueFacts {
  /** Number of tasks that are due. */
  readonly waiting: number;
  /** How long the oldest of them has been due, in ms; 0 without one. */
  readonly oldestMs: number;
  /** Whether a worker runs a task, or has finished one in the last ten minutes. */
  readonly isMoving: boolean;
}

type TaskModel = ReturnType<typeof taskModel>;

const recentMs = 600_000;

/** Names of the tasks of an application; undefined if it has none in a table. */
function findNames({ options }: ApplicationFacts): readonly string[] | undefined {
  const found = findTaskRun(options);
  if (found === undefined || found.queue !== undefined) return undefined;
  const isTask = (value: unknown): value is { readonly name: string } => typeof value === "object" && value !== null && "$task" in value;
  return found.definitions.filter(isTask).map(({ name }) => name);
}

/** Reads the queue of an application; undefined where there is none. Changes nothing. */
export async function readQueue(facts: ApplicationFacts, databases: Databases): Promise<QueueFacts | undefined> {
  const names = findNames(facts);
  return names === undefined ? undefined : readOneOf(databases, names);
}

/** Reads a queue of the application's own, such as one in BullMQ; undefined where there is none, or it cannot list its tasks. Changes nothing. */
export async function readOwnQueue({ options }: ApplicationFacts): Promise<QueueFacts | undefined> {
  const queue = findTaskRun(options)?.queue;
  // Another process does not see tasks in the memory of this one.
  if (queue === undefined || queue.isShared === false || !isDirectory(queue)) return undefined;
  await queue.open?.();
  try {
    const now = Date.now();
    const queues = await queue.stats(now);
    const [latest] = await queue.list({ state: "done", limit: 1 });
    const sum = (count: (stats: (typeof queues)[0]) => number): number => queues.reduce((total, stats) => total + count(stats), 0);
    return {
      waiting: sum(({ waiting }) => waiting),
      oldestMs: Math.max(0, ...queues.map(({ oldestSeconds }) => (oldestSeconds ?? 0) * 1_000)),
      isMoving: sum(({ running }) => running) > 0 || (latest?.finishedAt ?? 0) >= now - recentMs,
    };
  } finally {
    await queue.close?.();
  }
}

function isDirectory(queue: TaskQueue & Partial<TaskDirectory>): queue is TaskQueue & TaskDirectory {
  return queue.list !== undefined && queue.stats !== undefined;
}

async function readOneOf(databases: Databases, names: readonly string[]): Promise<QueueFacts | undefined> {
  for (const name of databases.names) {
    const database = databases.get(name);
    const model = database.models.find(({ $meta }) => $meta.table === "gable_tasks");
    // The table is that of taskModel().
    if (model !== undefined) return databases.run(() => readTable(database, model as unknown as TaskModel, names));
  }
  return undefined;
}

async function readTable(database: Database, model: TaskModel, names: readonly string[]): Promise<QueueFacts> {
  return database.run(async () => {
    const now = Date.now();
    const due = model.where({ state: "queued", name: { in: names }, dueAt: { lte: new Date(now) } });
    const [waiting, oldest] = [await due.count(), await due.orderBy("dueAt").first()];
    const running = await model.where({ state: "running", leaseUntil: { gt: new Date(now) } }).count();
    const done = await model.where({ state: "done", finishedAt: { gte: new Date(now - recentMs) } }).count();
    return { waiting, oldestMs: oldest === undefined ? 0 : now - oldest.dueAt.getTime(), isMoving: running + done > 0 };
  });
}
