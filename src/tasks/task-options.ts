/** Checks definitions of tasks and options of `enqueue()`. */
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import type { SourcePlace } from "../errors/source-place.ts";
import type { Schedule } from "./schedule.ts";
import type { AnyTask, EnqueueOptions, TaskOptions } from "./task.ts";
import type { TaskFilter } from "./task-queue.ts";
import { taskStates } from "./task-queue.ts";

/** Names of tasks and schedules. */
export const taskNames: RegExp = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}$/;
const queueNames = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,49}$/;
const optionNames: Readonly<Record<keyof TaskOptions, true>> = {
  input: true,
  queue: true,
  attemptsMax: true,
  timeoutSeconds: true,
  priority: true,
  transactional: true,
  inputBytesMax: true,
  keepsInput: true,
};
const enqueueNames: Readonly<Record<keyof EnqueueOptions, true>> = { delaySeconds: true, priority: true, uniqueKey: true };
const filterNames = kindsOf<TaskFilter>({ state: true, name: "string", limit: true });
/** Most tasks of a list. */
const listedMax = 1_000_000;
/** Longest unique key. */
const keyCharactersMax = 200;

/** Largest limit of an input: databases take statements of 16 MiB by default. */
const inputBytesLimit = 8_388_608;
/** Longest delay: a year. */
const delaySecondsMax = 31_536_000;

/** Checks the arguments of `task()`. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`. */
export function assertTask(name: unknown, options: TaskOptions<unknown>, work: unknown): void {
  if (typeof name !== "string" || !taskNames.test(name))
    throw optionInvalid("task()", "name", name, "1 to 100 letters, digits and _ . : / -, starting with a letter or digit");
  const owner = `task("${name}")`;
  if (typeof options !== "object" || options === null) throw optionInvalid(owner, "options", options, "an object; pass {} for none");
  if (typeof work !== "function") throw optionInvalid(owner, "work", work, "a function");
  assertKnownOptions(owner, options, Object.keys(optionNames));
  const { queue, attemptsMax, timeoutSeconds, priority, transactional, inputBytesMax, keepsInput } = options;
  if (queue !== undefined) assertQueueName(owner, "queue", queue);
  assertInteger(owner, "attemptsMax", attemptsMax, [1, 100]);
  assertPriority(owner, priority);
  if (timeoutSeconds !== undefined && !(Number.isFinite(timeoutSeconds) && timeoutSeconds > 0 && timeoutSeconds <= 86_400))
    throw optionInvalid(owner, "timeoutSeconds", timeoutSeconds, "a number above 0, at most 86,400");
  for (const [option, value] of Object.entries({ transactional, keepsInput }))
    if (value !== undefined && typeof value !== "boolean") throw optionInvalid(owner, option, value, "true or false");
  assertInteger(owner, "inputBytesMax", inputBytesMax, [1, inputBytesLimit]);
}

/** Checks the options of `enqueue()`. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`. */
export function assertEnqueueOptions(name: string, options: EnqueueOptions): void {
  const owner = `enqueue() of "${name}"`;
  if (typeof options !== "object" || options === null) throw optionInvalid(owner, "options", options, "an object");
  assertKnownOptions(owner, options, Object.keys(enqueueNames));
  const { delaySeconds, priority, uniqueKey } = options;
  if (uniqueKey !== undefined && !isUniqueKey(uniqueKey))
    throw optionInvalid(owner, "uniqueKey", uniqueKey, `a string of 1 to ${keyCharactersMax} characters without NUL and lone surrogates`);
  assertPriority(owner, priority);
  if (delaySeconds !== undefined && !(Number.isFinite(delaySeconds) && delaySeconds >= 0 && delaySeconds <= delaySecondsMax))
    throw optionInvalid(owner, "delaySeconds", delaySeconds, `a number from 0 to ${delaySecondsMax.toLocaleString("en")}`);
}

function isUniqueKey(key: unknown): boolean {
  if (typeof key !== "string" || key === "" || key.length > keyCharactersMax) return false;
  // Every lone surrogate has the same hash, and no database stores one.
  return key.isWellFormed() && !key.includes("\u0000");
}

/** Checks the name of a queue. Throws `E_OPTION_INVALID`. */
function assertQueueName(owner: string, option: string, queue: unknown): void {
  if (!isQueueName(queue))
    throw optionInvalid(owner, option, queue, "1 to 50 letters, digits and _ . : / -, starting with a letter or digit");
}

/** Whether a value can be the name of a queue. */
export function isQueueName(name: unknown): name is string {
  return typeof name === "string" && queueNames.test(name);
}

/** Checks which tasks to list. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`. */
export function assertTaskFilter(filter: TaskFilter): void {
  const owner = "list() of tasks";
  assertKnownOptions(owner, filter, filterNames);
  const { state, limit } = filter;
  if (state !== undefined && !taskStates.includes(state)) throw optionInvalid(owner, "state", state, `one of ${taskStates.join(", ")}`);
  assertInteger(owner, "limit", limit, [0, listedMax]);
}

/** Checks a whole number; undefined passes. Throws `E_OPTION_INVALID`. */
export function assertInteger(owner: string, option: string, value: unknown, [least, most]: readonly [number, number]): void {
  if (value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)) return;
  throw optionInvalid(owner, option, value, `a whole number from ${least} to ${most}`);
}

function assertPriority(owner: string, priority: unknown): void {
  assertInteger(owner, "priority", priority, [-100, 100]);
}

/** The definitions of an application. */
export interface TaskDefinitions {
  /** Tasks by name. */
  readonly tasks: ReadonlyMap<string, AnyTask>;
  readonly schedules: readonly Schedule[];
}

/**
 * Sorts definitions. Throws `E_TASK_DUPLICATE` and `E_SCHEDULE_DUPLICATE` for two with one name, `E_TASK_UNKNOWN` for a schedule whose
 * task is missing, and `E_OPTION_INVALID` for other values.
 */
export function toDefinitions(given: readonly unknown[] | Readonly<Record<string, unknown>>): TaskDefinitions {
  const values: readonly unknown[] = Array.isArray(given)
    ? given
    : Object.values(given).filter((value) => isTask(value) || isSchedule(value));
  const [tasks, schedules] = [new Map<string, AnyTask>(), new Map<string, Schedule>()];
  for (const value of new Set(values)) {
    if (isTask(value)) addUnique(tasks, value, { code: "E_TASK_DUPLICATE", what: "tasks", placeOf: ({ $task }) => $task.place });
    else if (isSchedule(value))
      addUnique(schedules, value, { code: "E_SCHEDULE_DUPLICATE", what: "schedules", placeOf: ({ $schedule }) => $schedule.place });
    else throw optionInvalid("gable()", "tasks", value, "a list of tasks and schedules, or a module that exports them");
  }
  for (const { name, $schedule } of schedules.values())
    if (tasks.get($schedule.task.name) !== $schedule.task)
      throw new GableError(
        "E_TASK_UNKNOWN",
        `The schedule "${name}" enqueues the task "${$schedule.task.name}", which the application does not have.`,
      );
  return { tasks, schedules: [...schedules.values()] };
}

interface Uniqueness<Definition> {
  readonly code: "E_TASK_DUPLICATE" | "E_SCHEDULE_DUPLICATE";
  readonly what: string;
  readonly placeOf: (definition: Definition) => SourcePlace | undefined;
}

function addUnique<Definition extends { readonly name: string }>(
  found: Map<string, Definition>,
  value: Definition,
  { code, what, placeOf }: Uniqueness<Definition>,
): void {
  const other = found.get(value.name);
  if (other !== undefined) {
    const places = [other, value].map(placeOf).map((place) => (place === undefined ? "an unknown place" : `${place.file}:${place.line}`));
    throw new GableError(code, `Two ${what} are named "${value.name}": ${places.join(" and ")}.`);
  }
  found.set(value.name, value);
}

function isTask(value: unknown): value is AnyTask {
  return typeof value === "object" && value !== null && "$task" in value;
}

function isSchedule(value: unknown): value is Schedule {
  return typeof value === "object" && value !== null && "$schedule" in value;
}
