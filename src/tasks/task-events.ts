/** Publishes the start and the end of attempts of tasks on channels of node:diagnostics_channel. */
import { openChannel } from "../parts/event-channel.ts";

/** The event on the channel `gable.task.start` when an attempt begins. */
export interface TaskStartEvent {
  /** Name of the task. */
  readonly task: string;
  readonly taskId: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

/** How an attempt ended: `lost` when another worker has the task. */
export interface TaskEnd {
  readonly outcome: "done" | "failed" | "queued" | "cancelled" | "lost";
  /** What the attempt threw; undefined when it is done. */
  readonly error: unknown;
}

/** The event on the channel `gable.task.finish` when an attempt has ended. */
interface TaskFinishEvent extends TaskStartEvent, TaskEnd {
  readonly durationMs: number;
}

const starts = openChannel<TaskStartEvent>("gable.task.start");
const finishes = openChannel<TaskFinishEvent>("gable.task.finish");

/** Runs an attempt, and publishes its start and its end where somebody listens. `run` never rejects. */
export async function publishTask(facts: TaskStartEvent, run: () => Promise<TaskEnd>): Promise<TaskEnd> {
  if (!starts.hasSubscribers && !finishes.hasSubscribers) return run();
  const startedMs = performance.now();
  starts.publish(facts);
  const end = await run();
  finishes.publish({ ...facts, ...end, durationMs: performance.now() - startedMs });
  return end;
}
