/** Counts for metrics why processes were started again. */
import type { Sums } from "../../channels/gathering.ts";
import { Gathering } from "../../channels/gathering.ts";
import type { WorkerProcess } from "./worker-process.ts";

const family = "gable_worker_restarts_total";
const roles: ReadonlyArray<WorkerProcess["role"]> = ["web", "tasks"];

/** Why a process was started again. */
type RestartReason = "died" | "replaced";

const noRestarts: Sums = {
  [family]: Object.fromEntries([
    ...roles.map((role) => [toLabels(role, "died"), [0]]),
    ...roles.map((role) => [toLabels(role, "replaced"), [0]]),
  ]),
};

/** Creates what adds up the metrics of workers. Those that have been ready can answer. */
export function createGathering(workers: ReadonlySet<WorkerProcess>): Gathering {
  return new Gathering(() => [...workers].filter(({ readyAt }) => readyAt !== undefined), noRestarts);
}

/** Counts a restart. */
export function countRestart(gathering: Gathering, { role }: WorkerProcess, reason: RestartReason): void {
  gathering.count(family, toLabels(role, reason));
}

function toLabels(role: WorkerProcess["role"], reason: RestartReason): string {
  return `role="${role}",reason="${reason}"`;
}
