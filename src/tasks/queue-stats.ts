/** Figures of queues, for people who look at them. */

/** Figures of one queue. */
export interface QueueStats {
  /** Name of the queue. */
  readonly queue: string;
  /** Tasks that are due and wait. */
  readonly waiting: number;
  /** How long the oldest of them has been due, in seconds; null without one. */
  readonly oldestSeconds: number | null;
  /** Tasks that are queued for later. */
  readonly later: number;
  /** Tasks that run. */
  readonly running: number;
  /** Tasks that failed in the last 24 hours. */
  readonly failed: number;
  /** Duration within which half of this queue's tasks ended, among the latest 1,000 finished tasks of all queues, in ms; null if it has none. */
  readonly p50Ms: number | null;
  /** The same for 95 %. */
  readonly p95Ms: number | null;
}

/** What the figures are made of. */
export interface QueueCounts {
  readonly due: ReadonlyArray<{ readonly queue: string; readonly count: number; readonly oldest: number }>;
  readonly later: readonly QueueCount[];
  readonly running: readonly QueueCount[];
  readonly failed: readonly QueueCount[];
  /** The latest tasks that are done, with their durations in ms. */
  readonly done: ReadonlyArray<{ readonly queue: string; readonly durationMs: number }>;
}

interface QueueCount {
  readonly queue: string;
  readonly count: number;
}

/** How many finished tasks durations are taken from. */
export const measuredTasksMax = 1_000;
/** How far failures count, in ms. */
export const failedWithinMs = 86_400_000;

/** Puts the figures of each queue together, in the order of their names. */
export function toQueueStats({ due, later, running, failed, done }: QueueCounts, now: number): QueueStats[] {
  const queues = [...new Set([due, later, running, failed, done].flatMap((list) => list.map(({ queue }) => queue)))].toSorted();
  const countIn = (list: readonly QueueCount[], name: string): number => list.find(({ queue }) => queue === name)?.count ?? 0;
  return queues.map((queue) => {
    const oldest = due.find((each) => each.queue === queue)?.oldest;
    // The clock may have been set back while a task ran.
    const durations = done.filter((each) => each.queue === queue).map(({ durationMs }) => Math.max(0, durationMs));
    return {
      queue,
      waiting: countIn(due, queue),
      oldestSeconds: oldest === undefined ? null : Math.round((now - oldest) / 1_000),
      later: countIn(later, queue),
      running: countIn(running, queue),
      failed: countIn(failed, queue),
      p50Ms: findPercentile(durations, 0.5),
      p95Ms: findPercentile(durations, 0.95),
    };
  });
}

/** The smallest duration within which the share ended. */
function findPercentile(durations: readonly number[], share: number): number | null {
  const sorted = durations.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? null;
}
