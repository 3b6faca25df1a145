/** How many processes serve a site, as far as its settings say. */
import { availableParallelism } from "node:os";
import { findTaskRun } from "../task-run.ts";
import type { CheckSubject, Options } from "./check.ts";

/** Whether several processes of `gable start` answer requests. */
export function hasSeveralWorkers({ settings: { workers = 1 } = {} }: Options): boolean {
  return workers !== 1;
}

/** Returns how many processes `gable start` runs that use the databases: its workers, and one for tasks. */
export function countProcesses({ facts: { options }, areTasksOff = false }: CheckSubject): number {
  const workers = options.settings?.workers ?? 1;
  const hasTaskProcess = findTaskRun(options)?.run === "worker" && !areTasksOff;
  return (workers === "auto" ? availableParallelism() : workers) + (hasTaskProcess ? 1 : 0);
}
