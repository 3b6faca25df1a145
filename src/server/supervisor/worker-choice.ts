/** Which workers take new connections, and which ones stand still. */
import { availableParallelism } from "node:os";
import type { WorkerRole } from "./protocol.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** Time without a heartbeat after which other workers get the new connections, in milliseconds. */
const silentMs = 2500;
/** A task that computes may block its process as long as the lease of its task lasts, in milliseconds. */
const taskStallMs = 60_000;

/** Workers that take new connections: those of the newest generation that is ready; in development only those of the newest one. */
export function findTakers(workers: ReadonlySet<WorkerProcess>, newest: number, isDevelopment: boolean): readonly WorkerProcess[] {
  const isFresh = ({ generation }: WorkerProcess): boolean => !isDevelopment || generation === newest;
  const ready = [...workers].filter((worker) => worker.role === "web" && worker.takesConnections && isFresh(worker));
  const current = ready.filter(({ generation, isReplaced }) => generation === newest && !isReplaced);
  const now = performance.now();
  const responsive = current.filter(({ lastBeatAt }) => now - lastBeatAt < silentMs);
  return responsive.length > 0 ? responsive : current.length > 0 ? current : ready;
}

/** Number of processes of a generation that stay. */
export function countStaying(workers: ReadonlySet<WorkerProcess>, newest: number, wanted: WorkerRole): number {
  return [...workers].filter(
    ({ generation, role, state, isReplaced }) =>
      role === wanted && generation === newest && !isReplaced && (state === "starting" || state === "ready"),
  ).length;
}

/** Number of workers that may start now: one for each core and at least two at a time, so that the machine keeps answering. */
export function countStartable(workers: ReadonlySet<WorkerProcess>): number {
  const starting = [...workers].filter(({ state }) => state === "starting").length;
  return Math.max(0, Math.max(2, availableParallelism()) - starting);
}

/** A worker without a heartbeat. */
export interface StalledWorker {
  readonly worker: WorkerProcess;
  /** Time since the last one, in milliseconds. */
  readonly silentMs: number;
}

/** Workers whose event loop stands still for longer than `stallMs`; 0 for none. */
export function findStalled(workers: ReadonlySet<WorkerProcess>, stallMs: number): readonly StalledWorker[] {
  if (stallMs === 0) return [];
  const now = performance.now();
  return [...workers]
    .filter(({ role, readyAt, state, lastBeatAt }) => {
      const stallMsMax = role === "web" ? stallMs : Math.max(stallMs, taskStallMs);
      return readyAt !== undefined && state !== "dead" && now - lastBeatAt >= stallMsMax;
    })
    .map((worker) => ({ worker, silentMs: Math.round(now - worker.lastBeatAt) }));
}
