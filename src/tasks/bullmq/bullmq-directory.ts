/** What people see and change of tasks in BullMQ. */
import type { Job, JobType } from "bullmq";
import type { QueueCounts, QueueStats } from "../queue-stats.ts";
import { failedWithinMs, measuredTasksMax, toQueueStats } from "../queue-stats.ts";
import { readProgress } from "../task-progress.ts";
import type { CancelResult, ListedTask, TaskFilter, TaskState } from "../task-queue.ts";
import { keyHeld } from "../task-queue.ts";
import type { OwnFacts } from "./bullmq-attempts.ts";
import { ifHeld, readFacts } from "./bullmq-attempts.ts";
import type { BullmqLink, Lane, TaskData } from "./bullmq-link.ts";
import { cancelledResult, cancelScript, retryScript, statsScript } from "./scripts.ts";

/** Where BullMQ has the tasks of a state. */
const places: Readonly<Record<TaskState, readonly JobType[]>> = {
  queued: ["wait", "prioritized", "delayed"],
  running: ["active"],
  done: ["completed"],
  cancelled: ["completed"],
  failed: ["failed"],
};
const pageSize = 200;
/** The most urgent task of Gable has 100, that of BullMQ 1. */
const priorityTop = 101;

/** Returns the priority of BullMQ for one of Gable, and the reverse. */
export function toOtherPriority(priority: number): number {
  return priorityTop - priority;
}

/** Returns tasks, the latest first. */
export async function listTasks(link: BullmqLink, filter: TaskFilter = {}): Promise<ListedTask[]> {
  const { state, limit = 100 } = filter;
  const types = state === undefined ? new Set(Object.values(places).flat()) : places[state];
  const found: ListedTask[] = [];
  for (const lane of await link.lanes()) for (const type of types) found.push(...(await listPlace(link, lane, { ...filter, type, limit })));
  // A task may move while pages are read.
  const unique = [...new Map(found.map((task) => [task.id, task])).values()];
  return unique.sort((one, other) => other.createdAt - one.createdAt || (one.id < other.id ? 1 : -1)).slice(0, limit);
}

/** Reads one place of a queue, until there are enough tasks. */
async function listPlace(
  link: BullmqLink,
  lane: Lane,
  { type, state, name, limit }: TaskFilter & { readonly type: JobType; readonly limit: number },
): Promise<ListedTask[]> {
  const isWanted = (task: ListedTask): boolean => (state ?? task.state) === task.state && (name ?? task.name) === task.name;
  const found: ListedTask[] = [];
  for (let start = 0; found.length < limit; start += pageSize) {
    const jobs = await lane.queue.getJobs([type], start, start + pageSize - 1);
    if (jobs.length === 0) break;
    const facts = await readFacts(link, lane, jobs);
    found.push(...jobs.map((job, index) => toListed(lane, type, job, facts[index]!)).filter(isWanted));
  }
  return found;
}

/** Cancels a queued task, or asks a running one to stop. */
export async function cancelTask(link: BullmqLink, id: string, now: number): Promise<CancelResult> {
  for (const { queue } of await link.lanes()) {
    const key = (type: string): string => queue.toKey(type);
    const keys = [key(id), `${key(id)}:lock`, ...["active", "completed", "failed", "wait", "prioritized", "delayed"].map(key)];
    const result = await link.eval<CancelResult | "missing">(cancelScript, keys, [id, String(now), key("")]);
    if (result !== "missing") return result;
  }
  return "ended";
}

/** Queues a failed or cancelled task again. */
export async function retryTask(link: BullmqLink, id: string, now: number): Promise<boolean> {
  const found = await findJob(link, id);
  if (found === undefined) return false;
  const { lane, job } = found;
  const keys = [id, "completed", "failed"].map((type) => lane.queue.toKey(type));
  const state = await link.eval<string>(retryScript, keys, [id, String(now), lane.queue.toKey("")]);
  if (state === "none") return false;
  if (state !== "failed" && state !== "completed") throw keyHeld(job.data.uniqueKey!, state);
  return ifHeld(() => job.retry(state, { resetAttemptsMade: true, resetAttemptsStarted: true }));
}

/** Deletes a failed or cancelled task. */
export async function discardTask(link: BullmqLink, id: string): Promise<boolean> {
  const found = await findJob(link, id);
  if (found === undefined) return false;
  const { job } = found;
  const isCancelled = job.finishedOn !== undefined && job.returnvalue === cancelledResult;
  if (!isCancelled && !(await job.isFailed())) return false;
  await job.remove();
  return true;
}

/** Returns figures of each queue that has tasks. */
export async function readStats(link: BullmqLink, now: number): Promise<QueueStats[]> {
  const due: Array<QueueCounts["due"][number]> = [];
  const later: Counts = [];
  const running: Counts = [];
  const failed: Counts = [];
  const done: Array<{ queue: string; durationMs: number; endedAt: number }> = [];
  for (const { name, queue } of await link.lanes()) {
    const keys = ["wait", "prioritized", "delayed", "active", "failed", "completed"].map((type) => queue.toKey(type));
    const values = [now, now - failedWithinMs, measuredTasksMax].map(String);
    const [dueCount = 0, oldest = 0, ...more] = await link.eval<number[]>(statsScript, keys, [...values, queue.toKey("")]);
    if (dueCount > 0) due.push({ queue: name, count: dueCount, oldest: oldest < 0 ? now : oldest });
    for (const [index, list] of [later, running, failed].entries()) if (more[index]! > 0) list.push({ queue: name, count: more[index]! });
    for (let place = 3; place < more.length; place += 2) done.push({ queue: name, endedAt: more[place]!, durationMs: more[place + 1]! });
  }
  done.sort((one, other) => other.endedAt - one.endedAt);
  return toQueueStats({ due, later, running, failed, done: done.slice(0, measuredTasksMax) }, now);
}

type Counts = Array<QueueCounts["later"][number]>;

async function findJob(link: BullmqLink, id: string): Promise<{ readonly lane: Lane; readonly job: Job<TaskData> } | undefined> {
  for (const lane of await link.lanes()) {
    const job = await lane.queue.getJob(id);
    if (job !== undefined) return { lane, job };
  }
  return undefined;
}

function toListed({ name: queue }: Lane, type: JobType, job: Job<TaskData>, facts: OwnFacts): ListedTask {
  const { input, attemptsMax, uniqueKey, createdAt, dueAt } = job.data;
  const attempts = job.attemptsStarted - facts.free;
  return {
    id: job.id!,
    name: job.name,
    queue,
    state: toState(type, job),
    priority: toOtherPriority(job.priority),
    input,
    attempts,
    attemptsMax,
    uniqueKey,
    progress: typeof job.progress === "object" ? readProgress(JSON.stringify(job.progress)) : null,
    cancelAt: facts.cancelAt,
    error: job.failedReason ?? facts.error,
    dueAt: facts.dueAt ?? dueAt,
    createdAt,
    startedAt: attempts > 0 ? (job.processedOn ?? null) : null,
    finishedAt: job.finishedOn ?? null,
  };
}

function toState(type: JobType, { returnvalue }: Job<TaskData>): TaskState {
  if (type === "failed") return "failed";
  if (type === "active") return "running";
  if (type === "completed") return returnvalue === cancelledResult ? "cancelled" : "done";
  return "queued";
}
