/** Runs the tasks of a queue: claims what is due, renews leases, and cleans up. */
import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Logger } from "../handlers/logger.ts";
import type { AnyTask } from "./task.ts";
import type { TaskQueue } from "./task-queue.ts";
import type { TaskTraces } from "./task-run.ts";
import { TaskRun } from "./task-run.ts";

/** Length of a lease, in ms. */
const leaseMs = 60_000;
const dayMs = 86_400_000;
const doneDays = 7;
const failedDays = 30;
const sweepRowsMax = 1_000;

/** When a worker stops, tasks may go on for two parts of the time; the third is for those whose signal has aborted. */
const graceShare = 2;

/** What a worker runs. */
export interface WorkerSettings {
  readonly queue: TaskQueue;
  readonly tasks: ReadonlyMap<string, AnyTask>;
  /** Queues to read. By default all. */
  readonly queues?: readonly string[] | undefined;
  /** Most tasks at a time. */
  readonly concurrency: number;
  readonly logger: Logger;
  readonly now: () => number;
  readonly enter: <Result>(work: () => Result) => Result;
  /** Makes spans of attempts; undefined without traces. */
  readonly traces?: TaskTraces | undefined;
  /** Receives each failed attempt. */
  readonly onFailure?: ((task: string, error: unknown) => void) | undefined;
  /** Times in ms, for tests. */
  readonly times?: Partial<WorkerTimes>;
}

/** How often a worker does what, in ms. */
export interface WorkerTimes {
  readonly pollMs: number;
  readonly renewMs: number;
  readonly sweepMs: number;
  /** How long running tasks may go on after `stop()`. */
  readonly stopMs: number;
}

const defaultTimes: WorkerTimes = { pollMs: 1_000, renewMs: 20_000, sweepMs: 5_000, stopMs: 20_000 };

/** A worker of one process. */
export class Worker {
  readonly #settings: WorkerSettings;
  readonly #times: WorkerTimes;
  readonly #runs = new Map<string, TaskRun>();
  readonly #ends = new Set<Promise<void>>();
  readonly #timers: NodeJS.Timeout[] = [];
  #loop: Promise<void> | undefined;
  #isStopping = false;
  /** Whether something changed since the loop last looked. */
  #isAwake = false;
  #wake: () => void = () => undefined;

  constructor(settings: WorkerSettings) {
    this.#settings = settings;
    this.#times = { ...defaultTimes, ...settings.times };
  }

  /** Begins to run tasks. */
  start(): void {
    this.#every(this.#times.renewMs, () => this.#renew());
    this.#every(this.#times.sweepMs, () => this.#sweep());
    this.#every(this.#times.pollMs, () => this.#findCancelled());
    this.#loop = this.#run();
  }

  /** Runs what is due, and what becomes due meanwhile. Returns how many attempts it made. */
  async runOnce(): Promise<number> {
    await this.#sweep();
    this.#every(this.#times.renewMs, () => this.#renew());
    let count = 0;
    try {
      while (!this.#isStopping) {
        const started = await this.#claim();
        count += started;
        if (started === 0 && this.#ends.size === 0) break;
        if (this.#ends.size > 0) await Promise.race(this.#ends);
      }
    } finally {
      this.#clearTimers();
    }
    return count;
  }

  /** Looks for tasks immediately. */
  wake(): void {
    this.#isAwake = true;
    this.#wake();
  }

  /** Aborts a task that runs here, because somebody asked it to stop. */
  cancel(id: string): void {
    this.#runs.get(id)?.cancel();
  }

  /** Takes no more tasks. */
  drain(): void {
    this.#isStopping = true;
    for (const run of this.#runs.values()) run.drain();
    this.wake();
  }

  /**
   * Waits for running tasks, aborts those that take too long, and returns when all have ended: at the latest after `graceMs`, when those
   * that ignore their signal are given back.
   */
  async stop(graceMs: number = this.#times.stopMs * (1 + 1 / graceShare)): Promise<void> {
    this.drain();
    await this.#loop;
    const abortMs = graceMs / (1 + 1 / graceShare);
    const timer = setTimeout(() => {
      for (const run of this.#runs.values()) run.stop(graceMs - abortMs);
    }, abortMs);
    while (this.#ends.size > 0) await Promise.all(this.#ends);
    clearTimeout(timer);
    this.#clearTimers();
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#isAwake = false;
      const free = this.#settings.concurrency - this.#runs.size;
      const started = free > 0 ? await this.#tryClaim() : 0;
      // A full answer: there may be more.
      if (free > 0 && started === free) continue;
      await this.#rest();
      // Tasks that end together are replaced together.
      await setImmediate();
    }
  }

  /** Waits until something changes, at most until the next poll. */
  #rest(): Promise<void> {
    if (this.#isAwake) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#times.pollMs);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #tryClaim(): Promise<number> {
    try {
      return await this.#claim();
    } catch (error) {
      this.#settings.logger.error({ error }, "The worker cannot read its queue. It tries again.");
      return 0;
    }
  }

  async #claim(): Promise<number> {
    const { queue, tasks, queues, concurrency, now } = this.#settings;
    const count = concurrency - this.#runs.size;
    if (count === 0 || tasks.size === 0) return 0;
    const token = randomUUID();
    const startedAt = now();
    const claimed = await queue.claim({ names: [...tasks.keys()], queues, count, now: startedAt, leaseUntil: startedAt + leaseMs, token });
    for (const each of claimed) {
      const run = new TaskRun(tasks.get(each.name)!, each, token, this.#settings);
      this.#runs.set(each.id, run);
      const end: Promise<void> = run.run().finally(() => {
        this.#runs.delete(each.id);
        this.#ends.delete(end);
        this.wake();
      });
      this.#ends.add(end);
    }
    return claimed.length;
  }

  async #renew(): Promise<void> {
    const runs = [...this.#runs.values()];
    if (runs.length === 0) return;
    const leases = runs.map(({ lease }) => lease);
    const held = new Set(await this.#settings.queue.renew(leases, this.#settings.now() + leaseMs));
    // One that has ended meanwhile is not held either.
    for (const run of runs) if (!held.has(run.lease.id) && this.#runs.get(run.lease.id) === run) run.lose();
  }

  /** Other processes ask for a stop in the queue. */
  async #findCancelled(): Promise<void> {
    if (this.#runs.size === 0) return;
    const asked = await this.#settings.queue.findCancelled([...this.#runs.values()].map(({ lease }) => lease));
    for (const id of asked) this.cancel(id);
  }

  async #sweep(): Promise<void> {
    const now = this.#settings.now();
    const changed = await this.#settings.queue.sweep({
      now,
      doneBefore: now - doneDays * dayMs,
      failedBefore: now - failedDays * dayMs,
      rowsMax: sweepRowsMax,
    });
    if (changed > 0) this.wake();
  }

  /** Repeats work; its errors are logged. The process does not stay alive for it. */
  #every(ms: number, work: () => Promise<void>): void {
    let isBusy = false;
    const timer = setInterval(() => {
      if (isBusy) return;
      isBusy = true;
      void work()
        .catch((error: unknown) => this.#settings.logger.error({ error }, "The worker cannot maintain its queue. It tries again."))
        .finally(() => (isBusy = false));
    }, ms);
    timer.unref();
    this.#timers.push(timer);
  }

  #clearTimers(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
  }
}
