/** The option `tasks` of `gable()`: which tasks an application has, and where they run. */
import { GableError } from "../errors/gable-error.ts";
import { suggestName } from "../errors/nearest-name.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { AnyTask } from "./task.ts";
import type { Schedule } from "./schedule.ts";
import { assertInteger, isQueueName, toDefinitions } from "./task-options.ts";
import type { TaskQueue } from "./task-queue.ts";

/** Where the tasks of an application run. */
export type TaskRunMode = "worker" | "elsewhere" | "inline" | "record";

/** How an application runs tasks. */
export interface TaskSetupOptions {
  /** The tasks and schedules: a list, or a module that exports them. */
  readonly tasks: ReadonlyArray<AnyTask | Schedule> | Readonly<Record<string, unknown>>;
  /** The table of `taskModel()`, or another queue. Default "database"; with `run: "inline"` and "record" a queue in memory. */
  readonly queue?: "database" | TaskQueue;
  /**
   * Where tasks run: in this process ("worker"), in other processes such as `gable worker` ("elsewhere"), in `enqueue()` itself or at
   * the end of its transaction ("inline"), or when a test calls `runAll()` ("record"). Default "record" in tests, else "worker". The
   * variable GABLE_TASKS=off turns "worker" into "elsewhere".
   */
  readonly run?: TaskRunMode;
  /** Queues that this process reads, each of at least one task. By default all. */
  readonly queues?: readonly string[];
  /** Most tasks at a time in this process, from 1 to 1,000. Default 10. */
  readonly concurrency?: number;
}

/** The option of `gable()` for tasks. */
export interface TaskSetting {
  /** The definitions, or more about how they run. None by default. */
  tasks?: ReadonlyArray<AnyTask | Schedule> | TaskSetupOptions;
}

const optionNames: Readonly<Record<keyof TaskSetupOptions, true>> = {
  tasks: true,
  queue: true,
  run: true,
  queues: true,
  concurrency: true,
};
const runModes: readonly unknown[] = [undefined, "worker", "elsewhere", "inline", "record"];

/** Returns the option as an object. */
export function toSetupOptions(setting: ReadonlyArray<AnyTask | Schedule> | TaskSetupOptions): TaskSetupOptions {
  // A list that cannot be changed is a list.
  return Array.isArray(setting) ? { tasks: setting } : (setting as TaskSetupOptions);
}

/** Checks the option `tasks`. Throws `E_OPTION_INVALID`, `E_OPTION_UNKNOWN`, and what {@link toDefinitions} throws. */
export function assertSetting({ tasks = [] }: TaskSetting): void {
  if (typeof tasks !== "object" || tasks === null)
    throw optionInvalid("gable()", "tasks", tasks, "a list of tasks, or an object with the option tasks");
  if (Array.isArray(tasks)) return void toDefinitions(tasks);
  const options = toSetupOptions(tasks);
  const owner = "gable() tasks";
  assertKnownOptions(owner, options, Object.keys(optionNames));
  const { tasks: list, queue, run, queues, concurrency } = options;
  if (typeof list !== "object" || list === null)
    throw optionInvalid(owner, "tasks", list, "a list of tasks, or a module that exports them");
  toDefinitions(list);
  if (!runModes.includes(run)) throw optionInvalid(owner, "run", run, '"worker", "elsewhere", "inline" or "record"');
  if (queue !== undefined && queue !== "database" && typeof queue?.claim !== "function")
    throw optionInvalid(owner, "queue", queue, '"database", or a queue such as memoryTasks()');
  assertWorkerOptions(owner, { queues, concurrency });
}

/** Checks that tasks have the queues that a worker reads: it would find nothing in others. Throws `E_OPTION_INVALID`. */
export function assertQueuesExist(owner: string, queues: readonly string[], known: readonly string[]): void {
  const unknown = queues.find((queue) => !known.includes(queue));
  if (unknown === undefined) return;
  throw new GableError("E_OPTION_INVALID", `${owner}: option "queues" has ${JSON.stringify(unknown)}, and no task has this queue.`, {
    fix: known.length === 0 ? "The application has no tasks." : suggestName(unknown, known),
    details: { owner, name: "queues" },
  });
}

/** Checks what a worker reads. Throws `E_OPTION_INVALID`. */
export function assertWorkerOptions(
  owner: string,
  { queues, concurrency }: { readonly queues?: readonly string[] | undefined; readonly concurrency?: number | undefined },
): void {
  const isList = queues === undefined || (Array.isArray(queues) && queues.length > 0 && queues.every(isQueueName));
  if (!isList) throw optionInvalid(owner, "queues", queues, "a list of names of queues");
  assertInteger(owner, "concurrency", concurrency, [1, 1_000]);
}
