/** The queue in the memory of the process: for tests, and for tasks that may be lost when the process ends. */
import type {
  AddedTask,
  CancelResult,
  ClaimedTask,
  ClaimRequest,
  ListedTask,
  NewTask,
  SweepRequest,
  TaskDirectory,
  TaskFilter,
  TaskLease,
  TaskNotes,
  TaskOutcome,
  TaskQueue,
} from "./task-queue.ts";
import { LeaseWatch, toWatchedTimes } from "./lease-watch.ts";
import type { QueueStats } from "./queue-stats.ts";
import { failedWithinMs, measuredTasksMax, toQueueStats } from "./queue-stats.ts";
import { withoutOrigin } from "./task-origin.ts";
import { readProgress } from "./task-progress.ts";
import { keyHeld, leaseEndedMessage } from "./task-queue.ts";

type Writable<Value> = { -readonly [Name in keyof Value]: Value[Name] };

interface KeptTask extends Writable<ListedTask> {
  token: string | undefined;
  leaseUntil: number;
  steps: string | null;
}

/** A queue in memory, which tests can look into. */
export interface MemoryTaskQueue extends TaskQueue, TaskDirectory {
  /** All tasks, the first one first. */
  readonly tasks: readonly ListedTask[];
  /** Forgets all tasks. */
  clear(): void;
}

/** Creates a queue in memory. */
export function memoryTasks(): MemoryTaskQueue {
  return new MemoryQueue();
}

class MemoryQueue implements MemoryTaskQueue {
  readonly isShared = false;
  readonly #tasks = new Map<string, KeptTask>();
  /** When tasks ended that somebody has deleted since: a schedule must not add them again. */
  readonly #discarded = new Map<string, number>();
  readonly #watch = new LeaseWatch();

  get tasks(): readonly ListedTask[] {
    return [...this.#tasks.values()].map((task) => withoutOrigin(toListed(task)));
  }

  clear(): void {
    this.#tasks.clear();
    this.#discarded.clear();
  }

  async add(tasks: readonly NewTask[]): Promise<readonly AddedTask[]> {
    return tasks.map((task) => this.#add(task));
  }

  #add({ uniqueKey = null, isOnce = false, ...task }: NewTask): AddedTask {
    const holder = uniqueKey === null ? undefined : this.#findHolder(task.name, uniqueKey);
    if (holder !== undefined) return { id: holder, created: false };
    const isNew = !isOnce || !(this.#tasks.has(task.id) || this.#discarded.has(task.id));
    if (isNew)
      this.#tasks.set(task.id, {
        ...task,
        uniqueKey,
        progress: null,
        cancelAt: null,
        steps: null,
        state: "queued",
        attempts: 0,
        error: null,
        startedAt: null,
        finishedAt: null,
        token: undefined,
        leaseUntil: 0,
      });
    return { id: task.id, created: isNew };
  }

  async findHolder(name: string, uniqueKey: string): Promise<string | undefined> {
    return this.#findHolder(name, uniqueKey);
  }

  #findHolder(name: string, uniqueKey: string): string | undefined {
    const isHeld = (task: KeptTask): boolean =>
      task.name === name && task.uniqueKey === uniqueKey && (task.state === "queued" || task.state === "running");
    return [...this.#tasks.values()].find(isHeld)?.id;
  }

  async save(lease: TaskLease, { progress, steps }: TaskNotes): Promise<boolean> {
    const task = this.#findHeld(lease);
    if (task === undefined) return false;
    if (progress !== undefined) task.progress = readProgress(progress);
    if (steps !== undefined) task.steps = steps;
    return true;
  }

  async findCancelled(leases: readonly TaskLease[]): Promise<readonly string[]> {
    return leases.filter((lease) => (this.#findHeld(lease)?.cancelAt ?? null) !== null).map(({ id }) => id);
  }

  async claim({ names, queues, count, now, leaseUntil, token }: ClaimRequest): Promise<readonly ClaimedTask[]> {
    const due = [...this.#tasks.values()].filter(
      (task) =>
        task.state === "queued" && task.dueAt <= now && names.includes(task.name) && (queues === undefined || queues.includes(task.queue)),
    );
    due.sort((one, other) => other.priority - one.priority || one.dueAt - other.dueAt);
    return due.slice(0, count).map((task) => {
      task.attempts++;
      Object.assign(task, { state: "running", token, leaseUntil, startedAt: now });
      return { id: task.id, name: task.name, input: task.input, attempt: task.attempts, attemptsMax: task.attemptsMax, steps: task.steps };
    });
  }

  async renew(leases: readonly TaskLease[], leaseUntil: number): Promise<readonly string[]> {
    return leases.flatMap((lease) => {
      const task = this.#findHeld(lease);
      if (task === undefined) return [];
      task.leaseUntil = leaseUntil;
      return [task.id];
    });
  }

  async settle(
    lease: TaskLease,
    { state: wanted, now, dueAt, error, isFree = false, forgetsInput = false }: TaskOutcome,
  ): Promise<boolean> {
    const task = this.#findHeld(lease);
    if (task === undefined) return false;
    const state = wanted === "queued" && task.cancelAt !== null ? "cancelled" : wanted;
    if (state === "done") task.steps = null;
    if (state === "done" && forgetsInput) task.input = "null";
    Object.assign(task, { state, token: undefined });
    if (error !== undefined) task.error = error;
    if (state === "queued") task.dueAt = dueAt ?? now;
    else task.finishedAt = now;
    if (isFree && state === "queued") task.attempts--;
    return true;
  }

  async sweep({ now, doneBefore, failedBefore, rowsMax, unchangedMs = 0 }: SweepRequest): Promise<number> {
    const tasks = [...this.#tasks.values()];
    const rule = { now, unchangedMs };
    const times = toWatchedTimes(rule);
    const leases = tasks.flatMap((task) => {
      const { id, state, token = null, leaseUntil: until } = task;
      const isWatched = state === "running" && (until <= times.until || until > times.after);
      return isWatched ? [{ id, token, until, task }] : [];
    });
    const expired = this.#watch.selectEnded(leases, rule).slice(0, rowsMax);
    for (const { task } of expired) {
      const isLast = task.attempts >= task.attemptsMax;
      Object.assign(task, { token: undefined, state: "queued" });
      if (task.cancelAt !== null) Object.assign(task, { state: "cancelled", finishedAt: now });
      else if (isLast) Object.assign(task, { state: "failed", error: leaseEndedMessage, finishedAt: now });
    }
    const old = tasks.filter(({ state, finishedAt }) => (finishedAt ?? now) < (state === "failed" ? failedBefore : doneBefore));
    const deleted = old.slice(0, rowsMax);
    for (const { id } of deleted) this.#tasks.delete(id);
    for (const [id, endedAt] of this.#discarded) if (endedAt < doneBefore) this.#discarded.delete(id);
    return expired.length + deleted.length;
  }

  async list({ state, name, limit = 100 }: TaskFilter = {}): Promise<readonly ListedTask[]> {
    const found = [...this.#tasks.values()].filter(
      (task) => (state === undefined || task.state === state) && (name === undefined || task.name === name),
    );
    return found.toReversed().slice(0, limit).map(toListed);
  }

  async retry(id: string, now: number): Promise<boolean> {
    const task = this.#tasks.get(id);
    if (task?.state !== "failed" && task?.state !== "cancelled") return false;
    const holder = task.uniqueKey === null ? undefined : this.#findHolder(task.name, task.uniqueKey);
    if (holder !== undefined) throw keyHeld(task.uniqueKey!, holder);
    Object.assign(task, { state: "queued", attempts: 0, dueAt: now, finishedAt: null, cancelAt: null, progress: null });
    return true;
  }

  async stats(now: number): Promise<readonly QueueStats[]> {
    const tasks = [...this.#tasks.values()];
    const count = (isCounted: (task: KeptTask) => boolean): Array<{ queue: string; count: number; oldest: number }> =>
      Object.entries(Object.groupBy(tasks.filter(isCounted), ({ queue }) => queue)).map(([queue, found = []]) => ({
        queue,
        count: found.length,
        oldest: Math.min(...found.map(({ dueAt }) => dueAt)),
      }));
    const done = tasks.filter(({ state }) => state === "done").toSorted((one, other) => (other.finishedAt ?? 0) - (one.finishedAt ?? 0));
    const counts = {
      due: count(({ state, dueAt }) => state === "queued" && dueAt <= now),
      later: count(({ state, dueAt }) => state === "queued" && dueAt > now),
      running: count(({ state }) => state === "running"),
      failed: count(({ state, finishedAt }) => state === "failed" && (finishedAt ?? 0) >= now - failedWithinMs),
      done: done
        .slice(0, measuredTasksMax)
        .map(({ queue, startedAt, finishedAt }) => ({ queue, durationMs: (finishedAt ?? 0) - (startedAt ?? 0) })),
    };
    return toQueueStats(counts, now);
  }

  async discard(id: string): Promise<boolean> {
    const task = this.#tasks.get(id);
    if (task?.state !== "failed" && task?.state !== "cancelled") return false;
    this.#discarded.set(id, task.finishedAt!);
    return this.#tasks.delete(id);
  }

  async cancel(id: string, now: number): Promise<CancelResult> {
    const task = this.#tasks.get(id);
    if (task?.state === "running") {
      task.cancelAt = now;
      return "asked";
    }
    if (task?.state !== "queued") return "ended";
    Object.assign(task, { state: "cancelled", finishedAt: now });
    return "cancelled";
  }

  #findHeld({ id, token }: TaskLease): KeptTask | undefined {
    const task = this.#tasks.get(id);
    return task?.state === "running" && task.token === token ? task : undefined;
  }
}

/** A task without what only its worker needs. */
function toListed({ token: _token, leaseUntil: _leaseUntil, steps: _steps, ...task }: KeptTask): ListedTask {
  return task;
}
