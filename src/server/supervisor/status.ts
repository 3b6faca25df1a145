/** What a supervisor and its workers do now, for those who look. */
import type { WorkerFacts, WorkerRole } from "./protocol.ts";
import type { WorkerState } from "./worker-process.ts";

/** What a supervisor and its workers do now. */
export interface SupervisorStatus {
  /** Process id of the supervisor. */
  readonly pid: number;
  /** Number of the generation that serves; it grows with each reload. */
  readonly generation: number;
  /** Whether it was asked to stop. */
  readonly isStopping: boolean;
  /** Number of connections that wait for a worker. */
  readonly waiting: number;
  /** All workers that live. */
  readonly workers: readonly WorkerStatus[];
}

/** What a worker does now. */
export interface WorkerStatus extends WorkerFacts {
  /** Its process id. */
  readonly pid: number;
  /** Number of its generation. */
  readonly generation: number;
  /** What it does. */
  readonly role: WorkerRole;
  /** Where it is in its life. */
  readonly state: WorkerState;
}
