/** The interface of task queues: where tasks wait, and who runs them. */

import { GableError } from "../errors/gable-error.ts";
import type { QueueStats } from "./queue-stats.ts";
import type { TaskProgress } from "./task-progress.ts";

/** States of a task. */
export type TaskState = "queued" | "running" | "done" | "failed" | "cancelled";

/** All states of tasks. */
export const taskStates: readonly TaskState[] = ["queued", "running", "done", "failed", "cancelled"];

/** A task to add to a queue. Times are milliseconds since 1970. */
export interface NewTask {
  /** Unique id. */
  readonly id: string;
  /** Name of the task's definition. */
  readonly name: string;
  /** Name of the queue. */
  readonly queue: string;
  /** From -100 to 100. Tasks with a higher priority run first. */
  readonly priority: number;
  /** Input as JSON. */
  readonly input: string;
  /** Attempts before the task fails. */
  readonly attemptsMax: number;
  /** When the task may run. */
  readonly dueAt: number;
  /** When the task was added. */
  readonly createdAt: number;
  /** While a task of the same name with this key is queued or running, no other one is added. None by default. */
  readonly uniqueKey?: string | null;
  /** Whether the same task may have been added before, with the same id: then nothing is added. Default false. */
  readonly isOnce?: boolean;
}

/** What became of a task that was added. */
export interface AddedTask {
  /** Id of the task, or of the one that holds its key. */
  readonly id: string;
  /** Whether the task was added; false if another one holds its key, or it was added before. */
  readonly created: boolean;
}

/** A task that a worker may run until its lease ends. */
export interface ClaimedTask {
  /** Id of the task. */
  readonly id: string;
  /** Name of the task's definition. */
  readonly name: string;
  /** Input as JSON. */
  readonly input: string;
  /** Number of this attempt, from 1. */
  readonly attempt: number;
  /** Attempts before the task fails. */
  readonly attemptsMax: number;
  /** What `save()` of earlier attempts has kept of its steps; null if nothing. */
  readonly steps: string | null;
}

/** What an attempt keeps: texts of JSON. What is left out stays as it was. */
export interface TaskNotes {
  /** How far it is. */
  readonly progress?: string;
  /** Steps that have finished, and cursors. */
  readonly steps?: string;
}

/** What a worker asks for. */
export interface ClaimRequest {
  /** Names of the definitions that the worker has. Other tasks stay in the queue. */
  readonly names: readonly string[];
  /** Queues to read. By default all. */
  readonly queues?: readonly string[] | undefined;
  /** Most tasks to return. */
  readonly count: number;
  /** The current time. */
  readonly now: number;
  /** When the lease ends. */
  readonly leaseUntil: number;
  /** Random text that identifies the holder of the lease. */
  readonly token: string;
}

/** The right to run a task. */
export interface TaskLease {
  /** Id of the task. */
  readonly id: string;
  /** The token it was claimed with. */
  readonly token: string;
}

/** How an attempt ended. */
export interface TaskOutcome {
  /** State of the task from now on. "queued" is another attempt. */
  readonly state: "done" | "failed" | "queued" | "cancelled";
  /** The current time. */
  readonly now: number;
  /** When the next attempt may start. Required for "queued". */
  readonly dueAt?: number;
  /** Why the attempt failed. None by default. */
  readonly error?: string;
  /** Whether the attempt does not count, because the worker stopped. Default false. */
  readonly isFree?: boolean;
  /** Whether the input of a task that is done is replaced by null. Default false. */
  readonly forgetsInput?: boolean;
}

/** Limits of a sweep. */
export interface SweepRequest {
  /** The current time. */
  readonly now: number;
  /** Finished and cancelled tasks that ended before are deleted. */
  readonly doneBefore: number;
  /** Failed tasks that ended before are deleted. */
  readonly failedBefore: number;
  /** Most tasks to change and to delete. */
  readonly rowsMax: number;
  /**
   * How long a lease must stay unchanged before the queue counts it as ended, in ms: clocks can be set, and a worker that
   * lives renews its lease. Default 0: the time of the lease decides.
   */
  readonly unchangedMs?: number;
}

/** Where tasks wait. `testTaskQueue()` of gable/testing checks an implementation. */
export interface TaskQueue {
  /** Whether other processes see the tasks. Default true. */
  readonly isShared?: boolean;
  /** Opens connections; called at the start, before all else. One that fails fails the start, and leaves nothing open. None by default. */
  open?(): Promise<void>;
  /** Closes what `open()` has opened; called at the stop, when all workers have stopped. None by default. */
  close?(): Promise<void>;
  /** Whether the caller is in a transaction of the queue's database. Default: with `transaction`, in each transaction of the caller. */
  readonly isInTransaction?: boolean;
  /** Adds tasks. A queue with `transaction` uses the transaction of the caller. Returns what became of each. */
  add(tasks: readonly NewTask[]): Promise<readonly AddedTask[]>;
  /** Returns the id of the queued or running task that holds a unique key; undefined if none does. */
  findHolder(name: string, uniqueKey: string): Promise<string | undefined>;
  /** Returns tasks that are due, the most urgent first, and gives the caller their lease. No two callers get the same task. */
  claim(request: ClaimRequest): Promise<readonly ClaimedTask[]>;
  /** Prolongs leases. Returns the ids of the tasks that the caller still holds. */
  renew(leases: readonly TaskLease[], leaseUntil: number): Promise<readonly string[]>;
  /** Keeps notes of an attempt. Returns false, and changes nothing, if the caller no longer holds the task. */
  save(lease: TaskLease, notes: TaskNotes): Promise<boolean>;
  /** Returns the ids of those tasks that the caller holds and somebody asked to stop. */
  findCancelled(leases: readonly TaskLease[]): Promise<readonly string[]>;
  /**
   * Ends an attempt. Returns false, and changes nothing, if the caller no longer holds the task. A task that somebody asked to stop is
   * not queued again: it is cancelled.
   */
  settle(lease: TaskLease, outcome: TaskOutcome): Promise<boolean>;
  /** Queues tasks again whose lease has ended, fails those without attempts left, cancels those that were asked to, and deletes old ones. Returns how many it changed. */
  sweep(request: SweepRequest): Promise<number>;
  /** Runs work whose effects commit together with `settle()`. Absent if the queue is not in a database of the application. */
  transaction?<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** A task as lists show it. */
export interface ListedTask extends Omit<NewTask, "uniqueKey" | "isOnce"> {
  /** Its unique key; null if it has none. */
  readonly uniqueKey: string | null;
  /** How far it is; null if it does not say. */
  readonly progress: TaskProgress | null;
  /** When somebody asked the running task to stop; null if nobody did. */
  readonly cancelAt: number | null;
  /** State of the task. */
  readonly state: TaskState;
  /** Attempts that have begun. */
  readonly attempts: number;
  /** Why the last attempt failed; null if none did. */
  readonly error: string | null;
  /** When the last attempt began; null before the first. */
  readonly startedAt: number | null;
  /** When the task ended; null before. */
  readonly finishedAt: number | null;
}

/** What became of a task that should be cancelled: it is, its worker was asked, or it is neither queued nor running. */
export type CancelResult = "cancelled" | "asked" | "ended";

/** Which tasks to list. */
export interface TaskFilter {
  /** State of the tasks. By default any. */
  readonly state?: TaskState;
  /** Name of the tasks. By default any. */
  readonly name?: string;
  /** Most tasks to return. Default 100. */
  readonly limit?: number;
}

/** Queues whose tasks people can list and change. */
export interface TaskDirectory {
  /** Returns tasks, the latest first. */
  list(filter?: TaskFilter): Promise<readonly ListedTask[]>;
  /**
   * Queues a failed or cancelled task again, with all its attempts; steps that have finished are not repeated. Returns whether it was in
   * one of these states. Throws `E_TASK_KEY_HELD` if another task holds its unique key.
   */
  retry(id: string, now: number): Promise<boolean>;
  /** Returns figures of each queue that has tasks. `now` is the current time. */
  stats(now: number): Promise<readonly QueueStats[]>;
  /** Deletes a failed or cancelled task. Returns whether it was in one of these states. */
  discard(id: string): Promise<boolean>;
  /** Cancels a queued task, or asks a running one to stop. */
  cancel(id: string, now: number): Promise<CancelResult>;
}

/** The error of a task whose worker died in its last attempt. */
export const leaseEndedMessage = "The worker stopped responding during the last attempt.";

/** The error of a retry whose unique key another task holds. */
export function keyHeld(key: string, holder: string): GableError {
  return new GableError("E_TASK_KEY_HELD", `The task ${holder} with the unique key "${key}" waits or runs.`);
}
