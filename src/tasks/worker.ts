/** Runs the tasks of a queue: claims what is due, renews leases, and cleans up. */
import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { Logger } from "../handlers/logger.ts";
import { leaseMs } from "./lease-watch.ts";
import type { AnyTask } from "./task.ts";
import type { TaskQueue } from "./task-queue.ts";
import type { TaskTraces } from "./task-run.ts";
import { TaskRun } from "./task-run.ts";

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
  /** How long a lease must stay unchanged before its task runs again: longer than `renewMs`. `runOnce()` goes by the clock. */
  readonly unchangedMs: number;
  /** How long running tasks may go on after `stop()`. */
  readonly stopMs: number;
  /** How long a task that ignores its signal keeps its place. */
  readonly graceMs: number;
}

const defaultTimes: WorkerTimes = { pollMs: 1_000, renewMs: 20_000, sweepMs: 5_000, unchangedMs: 25_000, stopMs: 20_000, graceMs: 10_000 };

/** A worker of one process. */
export class Worker {
  readonly #settings: WorkerSettings;
  readonly #times: WorkerTimes;
  // Arrays: a Set that grows and shrinks all the time keeps what was in it until the next full collection.
  /** A task may run twice here for a while: when its lease has ended, and the attempt before ignores its signal. */
  readonly #runs: TaskRun[] = [];
  readonly #ends: Promise<void>[] = [];
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
    this.#every(this.#times.sweepMs, () => this.#sweep(this.#times.unchangedMs));
    this.#every(this.#times.pollMs, () => this.#findCancelled());
    this.#loop = this.#run();
  }

  /** Runs what is due, and what becomes due meanwhile. Returns how many attempts it made. */
  async runOnce(): Promise<number> {
    await this.#sweep(0);
    this.#every(this.#times.renewMs, () => this.#renew());
    let count = 0;
    try {
      while (!this.#isStopping) {
        const started = await this.#claim();
        count += started;
        if (started === 0 && this.#ends.length === 0) break;
        if (this.#ends.length > 0) await Promise.race(this.#ends);
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
    for (const run of this.#runs) if (run.lease.id === id && !run.isLost) run.cancel();
  }

  /** Takes no more tasks. */
  drain(): void {
    this.#isStopping = true;
    for (const run of this.#runs) run.drain();
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
      for (const run of this.#runs) run.stop(graceMs - abortMs);
    }, abortMs);
    while (this.#ends.length > 0) await Promise.all(this.#ends);
    clearTimeout(timer);
    this.#clearTimers();
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      this.#isAwake = false;
      const free = this.#settings.concurrency - this.#runs.length;
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
    const count = concurrency - this.#runs.length;
    if (count === 0 || tasks.size === 0) return 0;
    const token = randomUUID();
    const startedAt = now();
    const claimed = await queue.claim({ names: [...tasks.keys()], queues, count, now: startedAt, leaseUntil: startedAt + leaseMs, token });
    for (const each of claimed) {
      // The lease of an earlier attempt here has ended.
      for (const before of this.#runs) if (before.lease.id === each.id) before.lose();
      const run = new TaskRun(tasks.get(each.name)!, each, token, { ...this.#settings, graceMs: this.#times.graceMs });
      this.#runs.push(run);
      const end: Promise<void> = run.run().finally(() => {
        remove(this.#runs, run);
        remove(this.#ends, end);
        this.wake();
      });
      this.#ends.push(end);
    }
    return claimed.length;
  }

  async #renew(): Promise<void> {
    const runs = this.#heldRuns();
    if (runs.length === 0) return;
    const leases = runs.map(({ lease }) => lease);
    const held = new Set(await this.#settings.queue.renew(leases, this.#settings.now() + leaseMs));
    // One that has ended meanwhile is not held either.
    for (const run of runs) if (!held.has(run.lease.id) && this.#runs.includes(run)) run.lose();
  }

  #heldRuns(): TaskRun[] {
    return this.#runs.filter(({ isLost }) => !isLost);
  }

  /** Other processes ask for a stop in the queue. */
  async #findCancelled(): Promise<void> {
    const runs = this.#heldRuns();
    if (runs.length === 0) return;
    const asked = await this.#settings.queue.findCancelled(runs.map(({ lease }) => lease));
    for (const id of asked) this.cancel(id);
  }

  async #sweep(unchangedMs: number): Promise<void> {
    const now = this.#settings.now();
    const changed = await this.#settings.queue.sweep({
      now,
      doneBefore: now - doneDays * dayMs,
      failedBefore: now - failedDays * dayMs,
      rowsMax: sweepRowsMax,
      unchangedMs,
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

function remove<Item>(list: Item[], item: Item): void {
  list.splice(list.indexOf(item), 1);
}
