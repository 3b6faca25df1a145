/** The queue in a table of the application's database. */
import { createHash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../data/database.ts";
import { joinDatabase } from "../data/run/context.ts";
import { isInTransaction, repeatConflicts, transaction } from "../data/run/transaction.ts";
import { sql } from "../data/tree/functions.ts";
import { GableError } from "../errors/gable-error.ts";
import { GatheredCalls } from "./gathered-calls.ts";
import type { LeaseRule, WatchedLease } from "./lease-watch.ts";
import { LeaseWatch, toWatchedTimes } from "./lease-watch.ts";
import type { taskModel } from "./task-model.ts";
import { discardedState, outboxState } from "./task-model.ts";
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
  TaskState,
} from "./task-queue.ts";
import { keyHeld, leaseEndedMessage, taskStates } from "./task-queue.ts";
import type { QueueCounts, QueueStats } from "./queue-stats.ts";
import { failedWithinMs, measuredTasksMax, toQueueStats } from "./queue-stats.ts";
import { readProgress } from "./task-progress.ts";

/** The model of the table of tasks. */
type TaskModel = ReturnType<typeof taskModel>;

/** The values of a new row. */
interface NewRow extends Omit<NewTask, "priority" | "dueAt" | "createdAt" | "uniqueKey" | "isOnce"> {
  readonly state: TaskState;
  readonly turn: number;
  readonly dueAt: Date;
  readonly createdAt: Date;
  readonly uniqueKey?: string;
  readonly keyHash?: string;
}

/** A task that is done. */
interface DoneTask extends TaskLease {
  readonly now: number;
  readonly forgetsInput: boolean;
}

/** A task as its claim returns it: with what the order depends on. */
interface ClaimedRow extends ClaimedTask {
  readonly turn: number;
  readonly due: number;
}

/** A running task whose lease may have ended. */
interface WatchedRow extends WatchedLease {
  readonly attempts: number;
  readonly attemptsMax: number;
  readonly cancelAt: Date | null;
}

/** How often a statement is repeated when another transaction was in the way. */
const retries = 5;
/**
 * How often a claim looks again, and after how many milliseconds, while all due tasks are locked: MariaDB and MySQL lock rows that a statement
 * only passes. Without this, a worker that runs what is due and ends would leave tasks behind.
 */
const [lockedTriesMax, lockedMs] = [20, 25];

/** Creates a queue in a database that has the model. */
export function databaseTasks(database: Database, model: TaskModel): TaskQueue & TaskDirectory {
  return new DatabaseQueue(database, model);
}

class DatabaseQueue implements TaskQueue, TaskDirectory {
  readonly #database: Database;
  readonly #model: TaskModel;
  readonly #newTasks = new GatheredCalls((tasks: readonly NewTask[]) => this.#run(() => this.#addPlain(tasks)));
  readonly #doneTasks = new GatheredCalls((tasks: readonly DoneTask[]) => this.#endAll(tasks));
  readonly #watch = new LeaseWatch();
  /** Whether the last claim got as many tasks as it asked for. */
  #hasMore = false;

  constructor(database: Database, model: TaskModel) {
    this.#database = database;
    this.#model = model;
  }

  get isInTransaction(): boolean {
    return isInTransaction(this.#database.$core);
  }

  /** Adds to the transaction of the caller in this database, if there is one: its rollback then removes the tasks, too. */
  add(tasks: readonly NewTask[]): Promise<readonly AddedTask[]> {
    const isPlain = ({ uniqueKey = null, isOnce = false }: NewTask): boolean => uniqueKey === null && !isOnce;
    if (tasks.length === 1 && isPlain(tasks[0]!) && !this.isInTransaction) return this.#newTasks.call(tasks[0]!).then((added) => [added]);
    return this.#run(async () => {
      await this.#addPlain(tasks.filter(isPlain));
      const added: AddedTask[] = [];
      for (const task of tasks) added.push(isPlain(task) ? { id: task.id, created: true } : await this.#addOnce(task));
      return added;
    });
  }

  async #addPlain(tasks: readonly NewTask[]): Promise<readonly AddedTask[]> {
    await this.#model.createMany(tasks.map(toRow));
    return tasks.map(({ id }) => ({ id, created: true }));
  }

  /** Adds a task unless its id or its key is taken. */
  async #addOnce(task: NewTask): Promise<AddedTask> {
    for (let round = 0; round <= retries; round++) {
      const created = await this.#model.createMany([toRow(task)], { onConflict: "ignore" });
      if (created.length === 1 || task.uniqueKey === undefined || task.uniqueKey === null)
        return { id: task.id, created: created.length === 1 };
      const holder = await this.findHolder(task.name, task.uniqueKey);
      if (holder !== undefined) return { id: holder, created: false };
      if (task.isOnce === true && (await this.#model.where({ id: task.id }).on("primary").exists())) return { id: task.id, created: false };
      // It has ended meanwhile.
    }
    throw new GableError("E_TASK_STORE", `The task "${task.name}" cannot be added: others take and leave its unique key all the time.`);
  }

  findHolder(name: string, uniqueKey: string): Promise<string | undefined> {
    return this.#run(async () => {
      const held = this.#model.where({ keyHash: hashKey(name, uniqueKey) });
      // A transaction may have begun before the task was added: a lock shows the row of now.
      return (await (this.isInTransaction ? held.lock("share") : held.on("primary")).first())?.id;
    });
  }

  async save({ id, token }: TaskLease, notes: TaskNotes): Promise<boolean> {
    return (await this.#repeat(() => this.#model.where({ id, token, state: "running" }).update(notes))) === 1;
  }

  findCancelled(leases: readonly TaskLease[]): Promise<readonly string[]> {
    return this.#database.run(async () => {
      const asked: string[] = [];
      for (const [token, ids] of groupByToken(leases)) {
        const isAsked = { id: { in: ids }, token, state: "running", cancelAt: { isNull: false } };
        asked.push(...(await this.#model.where(isAsked).on("primary").select({ id: true })).map(({ id }) => id));
      }
      return asked;
    });
  }

  async claim(request: ClaimRequest): Promise<readonly ClaimedTask[]> {
    if (this.#database.dialect === "postgres") return this.#claimAtOnce(request);
    for (let tries = 1; ; tries++) {
      // A worker without work must not take the lock for writing of SQLite each second.
      if (!this.#hasMore && !(await this.#database.run(() => this.#findDue(request).on("primary").exists()))) return [];
      const claimed = await this.#lockAndTake(request);
      if (claimed.length > 0 || tries === lockedTriesMax) return claimed;
      await sleep(lockedMs);
    }
  }

  #findDue({ names, queues, now }: ClaimRequest) {
    const isDue = { state: "queued", name: { in: names }, dueAt: { lte: new Date(now) } };
    return this.#model.where(queues === undefined ? isDue : { ...isDue, queue: { in: queues } });
  }

  #lockAndTake(request: ClaimRequest): Promise<readonly ClaimedTask[]> {
    const { count, now, leaseUntil, token } = request;
    return this.#inTransaction(async () => {
      // The order of an index: with one more column, PostgreSQL may sort all tasks that wait for each claim.
      const rows = await this.#findDue(request).orderBy("turn", "dueAt").limit(count).lock("update", { skipLocked: true });
      this.#hasMore = rows.length === count;
      if (rows.length === 0) return [];
      await this.#model.where({ id: { in: rows.map(({ id }) => id) } }).update({
        state: "running",
        token,
        leaseUntil: new Date(leaseUntil),
        startedAt: new Date(now),
        attempts: (row) => row.attempts.add(1),
      });
      return rows.map(({ id, name, input, attempts, attemptsMax, steps }) => ({
        id,
        name,
        input,
        attempt: attempts + 1,
        attemptsMax,
        steps,
      }));
    });
  }

  /** In one statement, which has a third of the cost of a transaction. The rows are locked before the others are looked at, so each is taken once. */
  async #claimAtOnce({ names, queues, count, now, leaseUntil, token }: ClaimRequest): Promise<readonly ClaimedTask[]> {
    if (names.length === 0 || queues?.length === 0) return [];
    const inQueues = queues === undefined ? sql`` : sql` AND queue IN (${sql.join(queues)})`;
    const due = sql`SELECT id FROM gable_tasks WHERE state = 'queued' AND name IN (${sql.join(names)}) AND due_at <= ${new Date(now)}${inQueues}
      ORDER BY turn, due_at LIMIT ${count} FOR UPDATE SKIP LOCKED`;
    const claim = sql`WITH due AS MATERIALIZED (${due}) UPDATE gable_tasks SET state = 'running', token = ${token}, lease_until = ${new Date(leaseUntil)},
      started_at = ${new Date(now)}, attempts = attempts + 1 FROM due WHERE gable_tasks.id = due.id
      RETURNING gable_tasks.id, name, input, attempts AS attempt, attempts_max AS "attemptsMax", steps, turn, extract(epoch FROM due_at)::float8 AS due`;
    // Not in the transaction of the caller, if there is one: what it has added may be rolled back.
    const rows = await repeatConflicts(retries, () => this.#database.run(() => this.#database.query<ClaimedRow>(claim)));
    return rows.toSorted((one, other) => one.turn - other.turn || one.due - other.due).map(({ turn: _turn, due: _due, ...task }) => task);
  }

  renew(leases: readonly TaskLease[], leaseUntil: number): Promise<readonly string[]> {
    return this.#repeat(async () => {
      const held: string[] = [];
      for (const [token, ids] of groupByToken(leases)) {
        const isHeld = { id: { in: ids }, token, state: "running" };
        await this.#model.where(isHeld).update({ leaseUntil: new Date(leaseUntil) });
        const rows = await this.#model.where(isHeld).on("primary").select({ id: true });
        held.push(...rows.map(({ id }) => id));
      }
      return held;
    });
  }

  async settle(
    { id, token }: TaskLease,
    { state, now, dueAt, error, isFree = false, forgetsInput = false }: TaskOutcome,
  ): Promise<boolean> {
    if (state === "done") {
      const task = { id, token, now, forgetsInput };
      return this.isInTransaction ? (await this.#endAll([task]))[0]! : this.#doneTasks.call(task);
    }
    const held = { id, token, state: "running" };
    const common = { token: null, leaseUntil: null, ...(error !== undefined && { error }) };
    const end = { ...common, keyHash: null, finishedAt: new Date(now) };
    return this.#repeat(async () => {
      if (state !== "queued") return (await this.#model.where(held).update({ ...end, state })) === 1;
      const again = await this.#model.where({ ...held, cancelAt: null }).update({
        ...common,
        state,
        dueAt: new Date(dueAt ?? now),
        attempts: (row) => row.attempts.add(isFree ? -1 : 0),
      });
      if (again === 1) return true;
      return (await this.#model.where(held).update({ ...end, state: "cancelled" })) === 1;
    });
  }

  /** Ends tasks that are done. Returns whether each was still held. */
  async #endAll(tasks: readonly DoneTask[]): Promise<boolean[]> {
    const ended = new Set<string>();
    const groups = Map.groupBy(tasks, ({ token, forgetsInput }) => `${token} ${forgetsInput}`);
    for (const group of groups.values()) {
      const { token, forgetsInput } = group[0]!;
      const isHeld = { id: { in: group.map(({ id }) => id) }, token, state: "running" };
      // Tells afterwards which rows this statement has changed.
      const mark = randomUUID();
      const end = {
        token: mark,
        leaseUntil: null,
        keyHash: null,
        steps: null,
        finishedAt: new Date(group.at(-1)!.now),
        ...(forgetsInput && { input: "null" }),
      };
      const count = await this.#repeat(() => this.#model.where(isHeld).update({ ...end, state: "done" }));
      const isAll = count === group.length;
      const rows = isAll
        ? group
        : await this.#run(async () => this.#model.where({ token: mark }, { id: isHeld.id }).select({ id: true }).on("primary"));
      for (const { id } of rows) ended.add(id);
    }
    return tasks.map(({ id }) => ended.has(id));
  }

  sweep({ now, doneBefore, failedBefore, rowsMax, unchangedMs = 0 }: SweepRequest): Promise<number> {
    return this.#database.run(async () => {
      const rule = { now, unchangedMs };
      const expired = this.#watch.selectEnded(await this.#findWatched(rule, rowsMax), rule);
      let changed = 0;
      for (const { id, token, until, attempts, attemptsMax, cancelAt } of expired) {
        const end = { keyHash: null, finishedAt: new Date(now) };
        const next =
          cancelAt !== null
            ? { ...end, state: "cancelled" }
            : attempts < attemptsMax
              ? { state: "queued" }
              : { ...end, state: "failed", error: leaseEndedMessage };
        // Asked again: the worker may have renewed the lease meanwhile.
        const isUnchanged = { id, state: "running", token, leaseUntil: new Date(until) };
        changed += await this.#model.where(isUnchanged).update({ ...next, token: null, leaseUntil: null });
      }
      // The application no longer uses the queue that they waited for.
      const isLeft = { state: outboxState };
      if (await this.#model.where(isLeft).on("primary").exists()) changed += await this.#model.where(isLeft).update({ state: "queued" });
      const ended = [
        { state: { in: ["done", "cancelled", discardedState] }, finishedAt: { lt: new Date(doneBefore) } },
        { state: "failed", finishedAt: { lt: new Date(failedBefore) } },
      ];
      for (const isOld of ended) {
        const rows = await this.#model.where(isOld).orderBy("finishedAt").limit(rowsMax).select({ id: true });
        if (rows.length > 0) changed += await this.#model.where({ id: { in: rows.map(({ id }) => id) } }, isOld).delete();
      }
      return changed;
    });
  }

  /** Reads the leases that may have ended, the oldest first. */
  async #findWatched(rule: LeaseRule, rowsMax: number): Promise<WatchedRow[]> {
    const { until, after } = toWatchedTimes(rule);
    const found: WatchedRow[] = [];
    for (const leaseUntil of [{ lte: new Date(until) }, { gt: new Date(after) }]) {
      const leases = this.#model.where({ state: "running", leaseUntil }).orderBy("leaseUntil").limit(rowsMax).on("primary");
      const rows = await leases.select({ id: true, token: true, leaseUntil: true, attempts: true, attemptsMax: true, cancelAt: true });
      found.push(...rows.map(({ leaseUntil: end, ...row }) => ({ ...row, until: end!.getTime() })));
    }
    return found;
  }

  transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    return transaction(work, { database: this.#database });
  }

  list({ state, name, limit = 100 }: TaskFilter = {}): Promise<readonly ListedTask[]> {
    return this.#run(async () => {
      const filter = { state: state ?? { in: taskStates }, ...(name !== undefined && { name }) };
      return (await this.#model.where(filter).orderBy("-createdAt", "-id").limit(limit).on("primary")).map(toListed);
    });
  }

  async retry(id: string, now: number): Promise<boolean> {
    return this.#run(async () => {
      const ended = { id, state: { in: ["failed", "cancelled"] } };
      const task = await this.#model.where(ended).on("primary").first();
      if (task === undefined) return false;
      const { name, uniqueKey } = task;
      const holder = uniqueKey === null ? undefined : await this.findHolder(name, uniqueKey);
      if (holder !== undefined) throw keyHeld(uniqueKey!, holder);
      const keyHash = uniqueKey === null ? null : hashKey(name, uniqueKey);
      const queued = { state: "queued", attempts: 0, dueAt: new Date(now), finishedAt: null, cancelAt: null, progress: null, keyHash };
      return (await this.#model.where(ended).update(queued)) === 1;
    });
  }

  stats(now: number): Promise<readonly QueueStats[]> {
    const [isDue, isLater] = [{ dueAt: { lte: new Date(now) } }, { dueAt: { gt: new Date(now) } }];
    const count = async (filter: object): Promise<QueueCounts["later"]> =>
      await this.#model
        .where(filter)
        .on("primary")
        .groupBy((row) => [row.queue])
        .values((row) => ({ queue: row.queue, count: row.count() }));
    return this.#run(async () => {
      const due = await this.#model
        .where({ state: "queued", ...isDue })
        .on("primary")
        .groupBy((row) => [row.queue])
        .values((row) => ({ queue: row.queue, count: row.count(), oldest: row.dueAt.min() }));
      const latest = this.#model.where({ state: "done" }).on("primary").orderBy("-finishedAt").limit(measuredTasksMax);
      const done = await latest.select({ queue: true, startedAt: true, finishedAt: true });
      const counts = {
        // Each group has a row, and so an oldest one.
        due: due.map(({ oldest, ...each }) => ({ ...each, oldest: oldest!.getTime() })),
        later: await count({ state: "queued", ...isLater }),
        running: await count({ state: "running" }),
        failed: await count({ state: "failed", finishedAt: { gte: new Date(now - failedWithinMs) } }),
        // A task that is done has begun.
        done: done.map(({ queue, startedAt, finishedAt }) => ({ queue, durationMs: finishedAt!.getTime() - startedAt!.getTime() })),
      };
      return toQueueStats(counts, now);
    });
  }

  async discard(id: string): Promise<boolean> {
    const nothing = { input: "null", error: null, uniqueKey: null, progress: null, steps: null };
    const ended = { id, state: { in: ["failed", "cancelled"] } };
    return (await this.#run(() => this.#model.where(ended).update({ ...nothing, state: discardedState }))) === 1;
  }

  cancel(id: string, now: number): Promise<CancelResult> {
    const cancelled = { state: "cancelled", keyHash: null, finishedAt: new Date(now) };
    return this.#run(async () => {
      if ((await this.#model.where({ id, state: "queued" }).update(cancelled)) === 1) return "cancelled";
      if ((await this.#model.where({ id, state: "running" }).update({ cancelAt: new Date(now) })) === 1) return "asked";
      return "ended";
    });
  }

  /**
   * Repeats statements that another transaction was in the way of: an outcome and a renewal of leases change the same rows. In a
   * transaction of the caller, nothing can be repeated on its own.
   */
  async #repeat<Result>(work: () => Promise<Result>): Promise<Result> {
    return repeatConflicts(this.isInTransaction ? 0 : retries, () => this.#run(work));
  }

  #run<Result>(work: () => Promise<Result>): Promise<Result> {
    return joinDatabase(this.#database.$core, work);
  }

  /** Under "read committed", locks of rows that do not match end immediately. SQLite does not need this. */
  #inTransaction<Result>(work: () => Promise<Result>): Promise<Result> {
    const isolation = this.#database.dialect === "sqlite" ? {} : { isolation: "read committed" as const };
    return this.#database.run(() => transaction(work, { database: this.#database, retries, ...isolation }));
  }
}

function groupByToken(leases: readonly TaskLease[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { id, token } of leases) groups.set(token, [...(groups.get(token) ?? []), id]);
  return groups;
}

/** Collations differ between databases: a hash is the same in all of them only for the same text. */
function hashKey(name: string, uniqueKey: string): string {
  return createHash("sha256").update(`${name}\n${uniqueKey}`).digest("hex");
}

/** Returns the values of a new row. */
export function toRow({ priority, dueAt, createdAt, uniqueKey = null, isOnce: _isOnce, ...task }: NewTask): NewRow {
  const key = uniqueKey === null ? {} : { uniqueKey, keyHash: hashKey(task.name, uniqueKey) };
  return { ...task, ...key, state: "queued", turn: 0 - priority, dueAt: new Date(dueAt), createdAt: new Date(createdAt) };
}

function toListed(row: InstanceType<TaskModel>): ListedTask {
  const { id, name, queue, state, turn, input, attempts, attemptsMax, dueAt, createdAt, startedAt, finishedAt, error } = row;
  const { uniqueKey, progress, cancelAt } = row;
  return {
    id,
    name,
    queue,
    // Only this file writes the column.
    state: state as TaskState,
    priority: 0 - turn,
    input,
    attempts,
    attemptsMax,
    error,
    uniqueKey,
    progress: readProgress(progress),
    cancelAt: cancelAt?.getTime() ?? null,
    dueAt: dueAt.getTime(),
    createdAt: createdAt.getTime(),
    startedAt: startedAt?.getTime() ?? null,
    finishedAt: finishedAt?.getTime() ?? null,
  };
}
