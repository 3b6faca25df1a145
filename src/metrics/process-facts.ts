/** Reads what a process uses: CPU time, memory, and the delay of its event loop. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Snapshot } from "../channels/gathering.ts";

/** Time between two looks at the event loop, in milliseconds. */
const resolutionMs = 10;

/** The facts of this process. */
export class ProcessFacts {
  readonly #delay: ReturnType<typeof monitorEventLoopDelay> = monitorEventLoopDelay({ resolution: resolutionMs });

  constructor() {
    this.#delay.enable();
  }

  /** Stops to watch the event loop. */
  stop(): void {
    this.#delay.disable();
  }

  /** Reads all facts. The delay of the event loop is that since the last call. */
  read(): Snapshot {
    const { user, system } = process.cpuUsage();
    const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
    const delay = this.#delay;
    const gauges = {
      process_resident_memory_bytes: one(rss),
      process_start_time_seconds: one(performance.timeOrigin / 1000),
      nodejs_heap_size_total_bytes: one(heapTotal),
      nodejs_heap_size_used_bytes: one(heapUsed),
      nodejs_external_memory_bytes: one(external),
      nodejs_eventloop_lag_mean_seconds: one(toDelay(delay.mean)),
      nodejs_eventloop_lag_p50_seconds: one(toDelay(delay.percentile(50))),
      nodejs_eventloop_lag_p99_seconds: one(toDelay(delay.percentile(99))),
      nodejs_eventloop_lag_max_seconds: one(toDelay(delay.max)),
    };
    delay.reset();
    return {
      sums: {
        process_cpu_user_seconds_total: { "": [user / 1e6] },
        process_cpu_system_seconds_total: { "": [system / 1e6] },
        process_cpu_seconds_total: { "": [(user + system) / 1e6] },
      },
      gauges,
    };
  }
}

/** A family with one series, which has no labels. */
function one(value: number): Record<string, number> {
  return { "": value };
}

/** Node measures the time between two looks, in nanoseconds: what is longer than planned is delay. Without a look, it says NaN. */
function toDelay(nanoseconds: number): number {
  return Math.max(0, (nanoseconds || 0) / 1e9 - resolutionMs / 1000);
}
