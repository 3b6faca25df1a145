/** The queue in a table of the application's database. */
import type { Database } from "../data/database.ts";
import { currentContext } from "../data/run/context.ts";
import { transaction } from "../data/run/transaction.ts";
import type { taskModel } from "./task-model.ts";
import type {
  ClaimedTask,
  ClaimRequest,
  ListedTask,
  NewTask,
  SweepRequest,
  TaskDirectory,
  TaskFilter,
  TaskLease,
  TaskOutcome,
  TaskQueue,
  TaskState,
} from "./task-queue.ts";
import { leaseEndedMessage } from "./task-queue.ts";

/** The model of the table of tasks. */
type TaskModel = ReturnType<typeof taskModel>;

/** How often a statement is repeated when another transaction was in the way. */
const retries = 5;

/** Creates a queue in a database that has the model. */
export function databaseTasks(database: Database, model: TaskModel): TaskQueue & TaskDirectory {
  return new DatabaseQueue(database, model);
}

class DatabaseQueue implements TaskQueue, TaskDirectory {
  readonly #database: Database;
  readonly #model: TaskModel;

  constructor(database: Database, model: TaskModel) {
    this.#database = database;
    this.#model = model;
  }

  /** Adds to the transaction of the caller, if there is one: its rollback then removes the tasks, too. */
  async add(tasks: readonly NewTask[]): Promise<void> {
    await this.#run(() => this.#model.createMany(tasks.map(toRow)));
  }

  async claim({ names, queues, count, now, leaseUntil, token }: ClaimRequest): Promise<readonly ClaimedTask[]> {
    const isDue = { state: "queued", name: { in: names }, dueAt: { lte: new Date(now) } };
    const due = this.#model.where(queues === undefined ? isDue : { ...isDue, queue: { in: queues } });
    // A worker without work must not take the lock for writing of SQLite each second.
    const hasDue = await this.#database.run(() => due.on("primary").select({ id: true }).limit(1));
    if (hasDue.length === 0) return [];
    return this.#inTransaction(async () => {
      const rows = await due.orderBy("turn", "dueAt", "id").limit(count).lock("update", { skipLocked: true });
      if (rows.length === 0) return [];
      await this.#model.where({ id: { in: rows.map(({ id }) => id) } }).update({
        state: "running",
        token,
        leaseUntil: new Date(leaseUntil),
        startedAt: new Date(now),
        attempts: (row) => row.attempts.add(1),
      });
      return rows.map(({ id, name, input, attempts, attemptsMax }) => ({ id, name, input, attempt: attempts + 1, attemptsMax }));
    });
  }

  renew(leases: readonly TaskLease[], leaseUntil: number): Promise<readonly string[]> {
    return this.#database.run(async () => {
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

  async settle({ id, token }: TaskLease, { state, now, dueAt, error, isFree = false }: TaskOutcome): Promise<boolean> {
    const count = await this.#run(() =>
      this.#model.where({ id, token, state: "running" }).update({
        state,
        token: null,
        leaseUntil: null,
        ...(error !== undefined && { error }),
        ...(state === "queued" ? { dueAt: new Date(dueAt ?? now) } : { finishedAt: new Date(now) }),
        attempts: (row) => row.attempts.add(isFree ? -1 : 0),
      }),
    );
    return count === 1;
  }

  sweep({ now, doneBefore, failedBefore, rowsMax }: SweepRequest): Promise<number> {
    return this.#database.run(async () => {
      const isExpired = { state: "running", leaseUntil: { lte: new Date(now) } };
      const expired = await this.#model.where(isExpired).orderBy("leaseUntil").limit(rowsMax).on("primary");
      let changed = 0;
      for (const { id, attempts, attemptsMax } of expired) {
        const next =
          attempts < attemptsMax ? { state: "queued" } : { state: "failed", error: leaseEndedMessage, finishedAt: new Date(now) };
        // Asked again: the worker may have renewed the lease meanwhile.
        changed += await this.#model.where({ id }, isExpired).update({ ...next, token: null, leaseUntil: null });
      }
      const ended = [
        { state: { in: ["done", "cancelled"] }, finishedAt: { lt: new Date(doneBefore) } },
        { state: "failed", finishedAt: { lt: new Date(failedBefore) } },
      ];
      for (const isOld of ended) {
        const rows = await this.#model.where(isOld).orderBy("finishedAt").limit(rowsMax).select({ id: true });
        if (rows.length > 0) changed += await this.#model.where({ id: { in: rows.map(({ id }) => id) } }, isOld).delete();
      }
      return changed;
    });
  }

  transaction<Result>(work: () => Promise<Result>): Promise<Result> {
    return transaction(work, { database: this.#database });
  }

  list({ state, name, limit = 100 }: TaskFilter = {}): Promise<readonly ListedTask[]> {
    return this.#run(async () => {
      const filter = { ...(state !== undefined && { state }), ...(name !== undefined && { name }) };
      return (await this.#model.where(filter).orderBy("-createdAt", "-id").limit(limit).on("primary")).map(toListed);
    });
  }

  async retry(id: string, now: number): Promise<boolean> {
    const queued = { state: "queued", attempts: 0, dueAt: new Date(now), finishedAt: null };
    return (await this.#run(() => this.#model.where({ id, state: { in: ["failed", "cancelled"] } }).update(queued))) === 1;
  }

  async cancel(id: string, now: number): Promise<boolean> {
    const cancelled = { state: "cancelled", token: null, leaseUntil: null, finishedAt: new Date(now) };
    return (await this.#run(() => this.#model.where({ id, state: { in: ["queued", "running"] } }).update(cancelled))) === 1;
  }

  #run<Result>(work: () => Promise<Result>): Promise<Result> {
    return currentContext()?.database === this.#database.$core ? work() : this.#database.run(work);
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

function toRow({ priority, dueAt, createdAt, ...task }: NewTask): Omit<NewTask, "priority" | "dueAt" | "createdAt"> & {
  state: TaskState;
  turn: number;
  dueAt: Date;
  createdAt: Date;
} {
  return { ...task, state: "queued", turn: 0 - priority, dueAt: new Date(dueAt), createdAt: new Date(createdAt) };
}

function toListed(row: InstanceType<TaskModel>): ListedTask {
  const { id, name, queue, state, turn, input, attempts, attemptsMax, dueAt, createdAt, startedAt, finishedAt, error } = row;
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
    dueAt: dueAt.getTime(),
    createdAt: createdAt.getTime(),
    startedAt: startedAt?.getTime() ?? null,
    finishedAt: finishedAt?.getTime() ?? null,
  };
}
