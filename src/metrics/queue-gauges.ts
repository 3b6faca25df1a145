/** How many tasks wait and run in each queue. All processes share a queue, so it is read once, by the process that was asked for metrics. */
import type { Gauges } from "../channels/gathering.ts";
import type { Logger } from "../handlers/logger.ts";
import type { AppTasks } from "../tasks/app-tasks.ts";
import type { QueueStats } from "../tasks/queue-stats.ts";
import { toLabels } from "./exposition.ts";

/** Longest wait for the queue, in milliseconds. */
const queueMs = 1000;
/** Time after which a queue that has not answered is asked again, in milliseconds. */
const forgetMs = 30_000;

/** What gauges need of their application. */
interface GaugeParts {
  readonly tasks: Pick<AppTasks, "stats">;
  readonly logger: Pick<Logger, "warn">;
  /** A clock, in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

/** Reads the queues of an application. */
export class QueueGauges {
  readonly #tasks: GaugeParts["tasks"];
  readonly #logger: GaugeParts["logger"];
  readonly #now: () => number;
  /** A queue that hangs is asked once, however many scrapes wait for it. */
  #asked: Promise<readonly QueueStats[]> | undefined;
  #askedMs = 0;
  /** Whether the log has the error of the queue already. */
  #isLogged = false;

  constructor({ tasks, logger, now = () => performance.now() }: GaugeParts) {
    this.#tasks = tasks;
    this.#logger = logger;
    this.#now = now;
  }

  /** Returns the gauges of all queues; none if the queue fails, or does not answer in time. */
  async read(): Promise<Gauges> {
    const now = this.#now();
    if (this.#asked === undefined || now - this.#askedMs > forgetMs) {
      this.#askedMs = now;
      const asked = this.#ask().finally(() => {
        if (this.#asked === asked) this.#asked = undefined;
      });
      this.#asked = asked;
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<readonly QueueStats[]>((resolve) => (timer = setTimeout(resolve, queueMs, [])));
    try {
      return toGauges(await Promise.race([this.#asked, late]));
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(): Promise<readonly QueueStats[]> {
    try {
      const stats = await this.#tasks.stats();
      this.#isLogged = false;
      return stats;
    } catch (error) {
      // The other metrics are needed most when the database fails.
      if (!this.#isLogged) this.#logger.warn({ error }, "The metrics do not show the queues of tasks: they cannot be read.");
      this.#isLogged = true;
      return [];
    }
  }
}

function toGauges(queues: readonly QueueStats[]): Gauges {
  const toFamily = (read: (stats: QueueStats) => number): Record<string, number> =>
    Object.fromEntries(queues.map((stats) => [toLabels({ queue: stats.queue }), read(stats)]));
  return {
    gable_tasks_waiting: toFamily(({ waiting }) => waiting),
    gable_tasks_running: toFamily(({ running }) => running),
    gable_tasks_oldest_seconds: toFamily(({ oldestSeconds }) => oldestSeconds ?? 0),
  };
}
