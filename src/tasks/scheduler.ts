/** Enqueues the tasks of schedules. Each process that runs tasks has one; the queue takes each time once. */
import { createHash } from "node:crypto";
import type { Logger } from "../handlers/logger.ts";
import { lastTick, nextTick } from "./cron.ts";
import type { Schedule } from "./schedule.ts";
import { toUuid } from "./task-id.ts";
import { writeOrigin } from "./task-origin.ts";
import type { TaskQueue } from "./task-queue.ts";

/** How late a time may be seen, in ms: a process may just have been replaced. */
const lateMs = 60_000;
/** How far `catchUp` looks back, in ms. Less than what the queue keeps of finished tasks, so that no time counts twice. */
const catchUpMs = 6 * 86_400_000;

/** What a scheduler needs. */
export interface SchedulerSettings {
  readonly schedules: readonly Schedule[];
  readonly queue: TaskQueue;
  readonly logger: Logger;
  readonly now: () => number;
  /** How often it looks at the clock, in ms. */
  readonly lookMs: number;
  /** Told when a task was added. */
  readonly onAdded: () => void;
}

/** What a scheduler knows of one schedule. */
interface Watched {
  readonly schedule: Schedule;
  /** When it was last looked at. */
  lookedAt: number;
  /** Its next time, as seen then. */
  nextAt: number;
  /** The last time that was enqueued by this process, or found in the queue. */
  lastTick: number | undefined;
}

/** The scheduler of one process. */
export class Scheduler {
  readonly #settings: SchedulerSettings;
  readonly #watched: readonly Watched[];
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(settings: SchedulerSettings) {
    this.#settings = settings;
    this.#watched = settings.schedules.map((schedule) => ({ schedule, lookedAt: -Infinity, nextAt: -Infinity, lastTick: undefined }));
  }

  /** Begins to look at the clock. */
  start(): void {
    if (this.#timer !== undefined || this.#watched.length === 0) return;
    this.#timer = setInterval(() => void this.look(), this.#settings.lookMs).unref();
    void this.look();
  }

  /** Ends, when what it enqueues is enqueued. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#looking;
  }

  /** Enqueues what is due. Never rejects: what fails is tried again with the next look. */
  look(): Promise<void> {
    this.#looking ??= this.#lookAtAll().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #lookAtAll(): Promise<void> {
    for (const watched of this.#watched) {
      const now = this.#settings.now();
      // A clock that was set back has other next times.
      if (now >= watched.lookedAt && now < watched.nextAt) continue;
      try {
        await this.#lookAt(watched, now);
      } catch (error) {
        this.#settings.logger.error({ error }, `The schedule "${watched.schedule.name}" cannot enqueue its task. It tries again.`);
      }
    }
  }

  async #lookAt(watched: Watched, now: number): Promise<void> {
    const { cron, timeZone, catchUp } = watched.schedule.$schedule;
    const tick = lastTick(cron, timeZone, { from: now - (catchUp ? catchUpMs : lateMs) - 1, until: now });
    if (tick !== undefined && tick !== watched.lastTick) await this.#enqueue(watched.schedule, tick, now);
    Object.assign(watched, { lookedAt: now, nextAt: nextTick(cron, timeZone, now), lastTick: tick });
  }

  async #enqueue({ name, $schedule: { task, input } }: Schedule, tick: number, now: number): Promise<void> {
    const { reader, settings } = task.$task;
    const { queue, attemptsMax, priority } = settings;
    const added = {
      name: task.name,
      queue,
      attemptsMax,
      priority,
      input: writeOrigin(await reader.write(input), undefined),
      dueAt: tick,
      createdAt: now,
    };
    const [result] = await this.#settings.queue.add([{ ...added, id: toTickId(name, tick), isOnce: true }]);
    if (result!.created) this.#settings.onAdded();
  }
}

/** The same for each process, so that the queue takes the task once. */
function toTickId(name: string, tick: number): string {
  return toUuid(tick, createHash("sha256").update(`${name}\n${tick}`).digest());
}
