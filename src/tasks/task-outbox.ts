/** The outbox: tasks of a transaction for a queue outside of its database. They commit with the work, and then move to the queue. */
import type { Database } from "../data/database.ts";
import { isInTransaction } from "../data/run/transaction.ts";
import type { Logger } from "../handlers/logger.ts";
import { toRow } from "./database-queue.ts";
import type { taskModel } from "./task-model.ts";
import { outboxState as state } from "./task-model.ts";
import type { NewTask, TaskQueue } from "./task-queue.ts";

const rowsMax = 100;
/** Time from the start to the first look: in development, tables are made meanwhile. */
const firstLookMs = 1_000;

/** Times in ms. */
export interface OutboxTimes {
  /** How often it looks for tasks that a process has left behind. */
  readonly lookMs: number;
  /** How long other processes may take to move their own tasks. */
  readonly graceMs: number;
  /** Wait after the first failure; it doubles up to `lookMs`. */
  readonly retryMs: number;
}

const defaultTimes: OutboxTimes = { lookMs: 60_000, graceMs: 60_000, retryMs: 1_000 };

/** What an outbox is made of. */
interface OutboxParts {
  readonly database: Database;
  readonly model: ReturnType<typeof taskModel>;
  readonly queue: TaskQueue;
  readonly logger: Logger;
  /** Called when tasks have moved. */
  readonly onMoved: () => Promise<void>;
  readonly times?: Partial<OutboxTimes>;
}

/** The outbox of one process. A task may move twice, but the queue adds it once: `isOnce` of {@link NewTask}. */
export class TaskOutbox {
  readonly #parts: OutboxParts;
  readonly #times: OutboxTimes;
  /** How often in a row tasks could not move. */
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #moving: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#times = { ...defaultTimes, ...parts.times };
  }

  /** Whether the caller is in a transaction of this database. */
  get isInTransaction(): boolean {
    return isInTransaction(this.#parts.database.$core);
  }

  /**
   * Adds a task to the transaction of the caller. Two transactions may add the same task, for they share its unique key: each has its own
   * row then, with the id of the task in place of a token.
   */
  async add(task: NewTask, rowId: string): Promise<void> {
    // The queue looks after unique keys.
    const { keyHash: _keyHash, ...row } = toRow(task);
    await this.#parts.model.createMany([{ ...row, state, id: rowId, token: rowId === task.id ? null : task.id }]);
  }

  /** Moves a task whose transaction has committed. If the queue does not take it, it tries again later. */
  async move(task: NewTask, rowId: string): Promise<void> {
    try {
      await this.#moveAll([task], [rowId]);
    } catch (error) {
      return this.#fail(error);
    }
    await this.#parts.onMoved();
  }

  /** Moves tasks that a process has left behind, from now on. */
  start(): void {
    this.#later(firstLookMs);
  }

  /** Ends all waits, and returns when nothing moves any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#moving;
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => (this.#moving = this.#look()), ms);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const { model, database } = this.#parts;
    try {
      // After a failure, its own tasks wait as well, however new they are.
      const before = this.#failures > 0 ? {} : { createdAt: { lt: new Date(Date.now() - this.#times.graceMs) } };
      const left = { state, ...before };
      for (;;) {
        const rows = await database.run(async () => model.where(left).orderBy("createdAt").limit(rowsMax).on("primary"));
        if (rows.length === 0) break;
        await this.#moveAll(
          rows.map(toTask),
          rows.map(({ id }) => id),
        );
        await this.#parts.onMoved();
      }
      this.#failures = 0;
      this.#later(this.#times.lookMs);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #moveAll(tasks: readonly NewTask[], rowIds: readonly string[]): Promise<void> {
    const { queue, database, model } = this.#parts;
    await queue.add(tasks.map((task) => ({ ...task, isOnce: true })));
    await database.run(() => model.where({ id: { in: [...rowIds] }, state }).delete());
  }

  #fail(error: unknown): void {
    const waitMs = Math.min(this.#times.retryMs * 2 ** this.#failures++, this.#times.lookMs);
    this.#parts.logger.error(
      { error },
      "Tasks cannot move from the table gable_tasks to their queue. They wait there, and move as soon as they can.",
    );
    this.#later(waitMs);
  }
}

function toTask(row: InstanceType<ReturnType<typeof taskModel>>): NewTask {
  const { name, queue, turn, input, attemptsMax, dueAt, createdAt, uniqueKey } = row;
  const id = row.token ?? row.id;
  return { id, name, queue, priority: 0 - turn, input, attemptsMax, dueAt: dueAt.getTime(), createdAt: createdAt.getTime(), uniqueKey };
}
