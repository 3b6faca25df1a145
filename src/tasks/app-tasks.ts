/** The tasks of one application: what enqueues them, and the worker of the process. */
import { assertKnownOptions, kindsOf } from "../errors/option-errors.ts";
import { randomBytes } from "node:crypto";
import { isInTransaction, onCommit, onRollback } from "../data/run/transaction.ts";
import { GableError } from "../errors/gable-error.ts";
import type { Logger } from "../handlers/logger.ts";
import type { PartHost } from "../parts/part.ts";
import { currentTasks } from "./current-tasks.ts";
import { createTaskAnnouncer, listenForTasks } from "./supervised-wake.ts";
import type { TaskRunMode, TaskSetupOptions } from "./setup-options.ts";
import { assertQueuesExist, assertWorkerOptions } from "./setup-options.ts";
import type { AnyTask, EnqueuedTask, EnqueueOptions } from "./task.ts";
import type { Schedule } from "./schedule.ts";
import { Scheduler } from "./scheduler.ts";
import { nextTick } from "./cron.ts";
import type { QueueStats } from "./queue-stats.ts";
import { toUuid } from "./task-id.ts";
import type { TaskDefinitions } from "./task-options.ts";
import type { TaskOutbox } from "./task-outbox.ts";
import { assertEnqueueOptions, assertTaskFilter, taskNames } from "./task-options.ts";
import type { AddedTask, CancelResult, ListedTask, NewTask, TaskDirectory, TaskFilter, TaskQueue } from "./task-queue.ts";
import type { TaskTraces } from "./task-run.ts";
import { withoutOrigin, writeOrigin } from "./task-origin.ts";
import { WaitingKeys } from "./waiting-keys.ts";
import type { WorkerTimes } from "./worker.ts";
import { Worker } from "./worker.ts";

/** What the tasks of an application are made of. */
export interface AppTasksParts {
  readonly options: TaskSetupOptions;
  readonly definitions: TaskDefinitions;
  readonly run: TaskRunMode;
  /** Whether another process of the same supervisor runs the tasks. */
  readonly isSupervised: boolean;
  readonly queue: TaskQueue & Partial<TaskDirectory>;
  /** Where tasks of transactions wait for a queue outside of the database. Absent without the table of tasks. */
  readonly openOutbox?: ((onMoved: () => Promise<void>) => TaskOutbox) | undefined;
  /** Runs work so that its code finds all parts of the application. */
  readonly enter: PartHost["enter"];
  /** Finds the request that enqueues a task. */
  readonly requestId: PartHost["requestId"];
  /** Makes spans of what is enqueued and of attempts; undefined without traces. */
  readonly traces: TaskTraces | undefined;
  readonly logger: Logger;
}

/** Options for a worker. */
export interface WorkerOptions {
  /** Queues to read. Default: those of the application. */
  readonly queues?: readonly string[] | undefined;
  /** Most tasks at a time. Default: that of the application. */
  readonly concurrency?: number | undefined;
  /** @internal Clock, in ms since 1970. */
  readonly now?: () => number;
  /** @internal How often a worker does what. */
  readonly times?: Partial<WorkerTimes>;
  /** @internal Receives each failed attempt, for tests. */
  readonly onFailure?: (task: string, error: unknown) => void;
}

const workerNames = kindsOf<WorkerOptions>({ queues: true, concurrency: true, now: true, times: true, onFailure: true });

/** A schedule as lists show it. */
export interface ListedSchedule {
  /** Name of the schedule. */
  readonly name: string;
  /** Name of its task. */
  readonly task: string;
  /** The cron expression. */
  readonly expression: string;
  /** Time zone of the expression. */
  readonly timeZone: string;
  /** Whether a time that was missed is made up for. */
  readonly catchUp: boolean;
  /** Its next times, in ms since 1970. */
  readonly next: readonly number[];
}

/** A worker that runs. */
export interface RunningWorker {
  /** Takes no more tasks, and waits for those that run. */
  stop(): Promise<void>;
}

/** The tasks of an application. */
export class AppTasks {
  readonly #parts: AppTasksParts;
  readonly #tasks: Map<string, AnyTask>;
  readonly #schedules: readonly Schedule[];
  readonly #scheduler: Scheduler;
  readonly #workers = new Set<Worker>();
  readonly #remove: () => void;
  readonly #waitingKeys: WaitingKeys;
  /** Tells the process that runs the tasks of this machine. */
  readonly #announce: () => void;
  readonly #outbox: TaskOutbox | undefined;
  #endListening: () => void = () => undefined;

  /** @internal Use {@link tasksPart}. */
  constructor(parts: AppTasksParts) {
    this.#parts = parts;
    const { tasks, schedules } = parts.definitions;
    this.#tasks = new Map(tasks);
    this.#schedules = schedules;
    this.#scheduler = this.#createScheduler();
    this.#waitingKeys = new WaitingKeys((name, uniqueKey) => parts.queue.findHolder(name, uniqueKey));
    this.#remove = currentTasks.add(this);
    this.#announce = parts.isSupervised ? createTaskAnnouncer() : () => undefined;
    this.#outbox = parts.openOutbox?.(() => this.#added());
  }

  /** Where tasks wait. */
  get queue(): TaskQueue & Partial<TaskDirectory> {
    return this.#parts.queue;
  }

  /** Names of the tasks. */
  get names(): readonly string[] {
    return [...this.#tasks.keys()];
  }

  /** Names of the queues of its tasks. */
  get queueNames(): readonly string[] {
    return [...new Set(Array.from(this.#tasks.values(), ({ $task }) => $task.settings.queue))];
  }

  /** Adds a task to the queue of this application. Throws `E_TASK_INPUT` and `E_TASK_UNKNOWN`. */
  async enqueue(task: AnyTask, input: unknown, options: EnqueueOptions = {}): Promise<EnqueuedTask> {
    assertEnqueueOptions(task.name, options);
    if (this.#tasks.get(task.name) !== task)
      throw new GableError("E_TASK_UNKNOWN", `The application does not have the task "${task.name}": nothing would run it.`);
    const { reader, settings } = task.$task;
    const now = Date.now();
    const { delaySeconds = 0, priority = settings.priority, uniqueKey = null } = options;
    const { queue, attemptsMax } = settings;
    const dueAt = Math.ceil(now + delaySeconds * 1_000);
    const id = toUuid(now, randomBytes(16));
    const requestId = this.#parts.requestId();
    const json = await reader.write(input);
    const add = (traceParent?: string): Promise<EnqueuedTask> => {
      const origin = traceParent === undefined ? undefined : { traceParent, isDelayed: delaySeconds > 0 };
      const stored = writeOrigin(json, origin, requestId);
      return this.#add({ id, name: task.name, queue, priority, input: stored, attemptsMax, dueAt, createdAt: now, uniqueKey });
    };
    return this.#parts.traces?.sendTask({ task: task.name, taskId: id, queue }, add) ?? add();
  }

  /** Schedules with their next times, in ms since 1970. `count` is the number of times of each. */
  schedules(count = 1, after: number = Date.now()): ListedSchedule[] {
    return this.#schedules.map(({ name, $schedule: { task, expression, cron, timeZone, catchUp } }) => {
      const next: number[] = [];
      for (let index = 0; index < count; index++) next.push(nextTick(cron, timeZone, next.at(-1) ?? after));
      return { name, task: task.name, expression, timeZone, catchUp, next };
    });
  }

  /** Starts a worker in this process, and the schedules. */
  startWorker(options: WorkerOptions = {}): RunningWorker {
    const worker = this.#createWorker(options);
    worker.start();
    this.#scheduler.start();
    return {
      stop: async () => {
        if (this.#workers.size === 1) await this.#scheduler.stop();
        await worker.stop();
        this.#workers.delete(worker);
      },
    };
  }

  /** Runs the tasks that are due, and those that become due meanwhile. Returns how many attempts it made. */
  async runAll(options: WorkerOptions = {}): Promise<number> {
    const worker = this.#createWorker(options);
    try {
      return await worker.runOnce();
    } finally {
      await worker.stop();
      this.#workers.delete(worker);
    }
  }

  /** Returns tasks, the latest first. Throws `E_OPTION_INVALID`, `E_OPTION_UNKNOWN`, and `E_TASK_STORE` if the queue cannot list them. */
  async list(filter: TaskFilter = {}): Promise<readonly ListedTask[]> {
    assertTaskFilter(filter);
    // No task has such a name, and not every queue can look for it.
    if (filter.name !== undefined && !taskNames.test(filter.name)) return [];
    return (await this.#directory().list(filter)).map(withoutOrigin);
  }

  /** Returns the inputs of the tasks with a name that were enqueued, the first one first. */
  async enqueued(name: string): Promise<unknown[]> {
    const tasks = await this.list({ name, limit: 1_000 });
    return tasks.toReversed().map(({ input }): unknown => JSON.parse(input));
  }

  /**
   * Queues a failed or cancelled task again; steps that have finished are not repeated. Returns whether it was in one of these states.
   * Throws `E_TASK_KEY_HELD` if another task holds its unique key.
   */
  async retry(id: string): Promise<boolean> {
    const isQueued = isId(id) && (await this.#directory().retry(id, Date.now()));
    if (isQueued) this.#wake();
    if (isQueued) this.#announce();
    return isQueued;
  }

  /** Returns figures of each queue that has tasks. Throws `E_TASK_STORE` if the queue cannot list them. */
  async stats(): Promise<readonly QueueStats[]> {
    return this.#directory().stats(Date.now());
  }

  /** @internal Whether other processes see the tasks of the queue. */
  get isQueueShared(): boolean {
    return this.#parts.queue.isShared !== false;
  }

  /** Deletes a failed or cancelled task. Returns whether it was in one of these states. */
  async discard(id: string): Promise<boolean> {
    return isId(id) && (await this.#directory().discard(id));
  }

  /** Cancels a queued task, or asks a running one to stop: its `signal` aborts within a second or two. */
  async cancel(id: string): Promise<CancelResult> {
    const result = isId(id) ? await this.#directory().cancel(id, Date.now()) : "ended";
    if (result === "asked") for (const worker of this.#workers) worker.cancel(id);
    return result;
  }

  /** @internal Adds the task of a built-in part, before workers start. */
  addOwn(task: AnyTask): void {
    this.#tasks.set(task.name, task);
  }

  /**
   * @internal Enqueues the task of a built-in part. Tests that record tasks expect only their own: there `effect` does the work of the
   * task immediately, or at the end of the transaction.
   */
  async enqueueOwn(task: AnyTask, input: unknown, effect: () => Promise<void>): Promise<void> {
    if (this.#parts.run !== "record") await this.enqueue(task, input);
    else if (isInTransaction()) onCommit(effect);
    else await effect();
  }

  /** @internal Tasks may use every part of the application. Throws `E_OPTION_INVALID` for queues that no task has. */
  started(): void {
    // Checked here, because other parts have added their tasks by now.
    assertQueuesExist("gable() tasks", this.#parts.options.queues ?? [], this.queueNames);
    this.#outbox?.start();
    if (this.#parts.run !== "worker") return;
    this.startWorker();
    this.#endListening = listenForTasks(() => this.#wake());
  }

  /** @internal Each request and each task enqueues tasks of its application. */
  enter<Result>(work: () => Result): Result {
    return currentTasks.enter(this, work);
  }

  /** @internal Takes no more tasks. */
  drain(): void {
    void this.#scheduler.stop();
    for (const worker of this.#workers) worker.drain();
  }

  /** @internal Whether another process of the same supervisor runs the tasks. */
  get isSupervised(): boolean {
    return this.#parts.isSupervised;
  }

  /** @internal Waits for the tasks that run. `graceMs` is the time until they are given back, in milliseconds. */
  async stop(graceMs?: number): Promise<void> {
    this.#remove();
    this.#endListening();
    await this.#scheduler.stop();
    try {
      await Promise.all([...this.#workers].map((worker) => worker.stop(graceMs)));
      await this.#outbox?.stop();
    } finally {
      await this.#parts.queue.close?.();
    }
  }

  async #add(task: NewTask): Promise<AddedTask> {
    const { queue } = this.#parts;
    const isOpen = isInTransaction();
    if (isOpen && !joinsTransaction(queue)) return this.#addAtCommit(task);
    const [added] = await queue.add([task]);
    if (isOpen) onCommit(() => this.#added());
    else await this.#added();
    return added!;
  }

  /** Adds a task to a queue that takes no part in the open transaction. Its key is taken from now on. */
  async #addAtCommit(task: NewTask): Promise<AddedTask> {
    const { id, uniqueKey = null } = task;
    if (uniqueKey === null) {
      await this.#stage(task, id, () => undefined);
      return { id, created: true };
    }
    const turn = await this.#waitingKeys.take(task, uniqueKey);
    if (turn.isAdded) return { id: turn.id, created: false };
    onRollback(turn.gone);
    try {
      // Of transactions that wait with the same key, each has the task: any of them may be rolled back.
      await this.#stage({ ...task, id: turn.id, isOnce: true }, id, turn.committed);
    } catch (error) {
      turn.gone();
      throw error;
    }
    turn.added();
    return { id: turn.id, created: turn.id === id };
  }

  /** Keeps a task until the open transaction commits. `rowId` is that of its row in the outbox. */
  async #stage(task: NewTask, rowId: string, onCommitted: () => void): Promise<void> {
    const outbox = this.#outbox?.isInTransaction === true ? this.#outbox : undefined;
    await outbox?.add(task, rowId);
    onCommit(async () => {
      onCommitted();
      if (outbox !== undefined) return outbox.move(task, rowId);
      await this.#parts.queue.add([task]);
      await this.#added();
    });
  }

  async #added(): Promise<void> {
    if (this.#parts.run === "inline") await this.runAll();
    else this.#wake();
    this.#announce();
  }

  #createScheduler(): Scheduler {
    const { queue, logger } = this.#parts;
    return new Scheduler({
      queue,
      logger,
      schedules: this.#schedules,
      now: () => Date.now(),
      lookMs: 1_000,
      onAdded: () => this.#wake(),
    });
  }

  #wake(): void {
    for (const worker of this.#workers) worker.wake();
  }

  #createWorker(given: WorkerOptions): Worker {
    assertKnownOptions("startWorker()", given, workerNames);
    const { queues, concurrency, now = () => Date.now(), times = {}, onFailure } = given;
    assertWorkerOptions("startWorker()", { queues, concurrency });
    const { options, queue, logger, traces } = this.#parts;
    if (queues !== undefined) assertQueuesExist("startWorker()", queues, this.queueNames);
    const worker = new Worker({
      queue,
      logger,
      now,
      times,
      onFailure,
      traces,
      tasks: this.#tasks,
      queues: queues ?? options.queues,
      concurrency: concurrency ?? options.concurrency ?? 10,
      enter: (work) => this.#enter(work),
    });
    this.#workers.add(worker);
    return worker;
  }

  /** Runs the work of a task as the work of a request runs. */
  #enter<Result>(work: () => Result): Result {
    return this.#parts.enter(work);
  }

  #directory(): TaskDirectory {
    const { queue } = this.#parts;
    if (isDirectory(queue)) return queue;
    throw new GableError("E_TASK_STORE", "The queue of this application cannot list tasks.");
  }
}

/** Whether a task that is added now commits with the open transaction, which may belong to another database. */
function joinsTransaction({ transaction, isInTransaction: isIn = true }: TaskQueue): boolean {
  return transaction !== undefined && isIn;
}

function isDirectory(queue: TaskQueue & Partial<TaskDirectory>): queue is TaskQueue & TaskDirectory {
  return queue.list !== undefined && queue.retry !== undefined && queue.cancel !== undefined;
}

/** A database may refuse to compare another text with its ids. */
function isId(id: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
}
