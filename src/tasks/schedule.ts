/** Schedules: tasks that are enqueued at the times of a cron expression. */
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { SourcePlace } from "../errors/source-place.ts";
import { findCallerPlace } from "../errors/source-place.ts";
import type { Cron } from "./cron.ts";
import { parseCron } from "./cron.ts";
import type { AnyTask, SentInput, Task } from "./task.ts";
import { taskNames } from "./task-options.ts";

/** When and how a schedule enqueues its task. */
export type ScheduleOptions<Input = undefined> = ScheduleTimes &
  (undefined extends SentInput<Input>
    ? {
        /** The input of the task. None by default. */
        readonly input?: SentInput<Input>;
      }
    : {
        /** The input of the task. */
        readonly input: SentInput<Input>;
      });

/** The times of a schedule. */
export interface ScheduleTimes {
  /** Time zone of the expression, such as "Europe/Berlin". Default "UTC". */
  readonly timeZone?: string;
  /**
   * Whether the last time is made up for when no process was there to run it, up to six days later. Default false: a time that
   * nobody has seen within a minute is left out.
   */
  readonly catchUp?: boolean;
}

/** The last argument of `schedule()`: a task without input needs none. */
export type ScheduleArguments<Input> =
  undefined extends SentInput<Input> ? [options?: ScheduleOptions<Input>] : [options: ScheduleOptions<Input>];

/** A schedule. Pass it to `gable({ tasks })`. */
export interface Schedule {
  /** Name of the schedule. */
  readonly name: string;
  /** @internal What the scheduler needs. */
  readonly $schedule: ScheduleParts;
}

/** @internal What the scheduler needs. */
interface ScheduleParts {
  readonly task: AnyTask;
  readonly expression: string;
  readonly cron: Cron;
  readonly timeZone: string;
  readonly catchUp: boolean;
  readonly input: unknown;
  readonly place: SourcePlace | undefined;
}

const optionNames = ["timeZone", "catchUp", "input"];

/**
 * Enqueues a task at the times of a cron expression. Pass it to `gable({ tasks })` with its task.
 *
 * The fields are minute, hour, day of the month, month and weekday; `@hourly`, `@daily`, `@weekly`, `@monthly` and `@yearly` are shortcuts.
 * Each time counts once, however many processes run tasks.
 *
 * Throws `E_SCHEDULE_CRON`, `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`.
 *
 * @example
 * export const nightly = schedule("nightly-report", "0 3 * * *", report, { timeZone: "Europe/Berlin" });
 */
export function schedule<Input = undefined>(
  name: string,
  expression: string,
  task: Task<Input>,
  ...[options]: ScheduleArguments<Input>
): Schedule {
  if (typeof name !== "string" || !taskNames.test(name))
    throw optionInvalid("schedule()", "name", name, "1 to 100 letters, digits and _ . : / -, starting with a letter or digit");
  const owner = `schedule("${name}")`;
  if (typeof task !== "object" || task === null || !("$task" in task))
    throw optionInvalid(owner, "task", task, "a task such as task(name, {}, work)");
  const given: object = options ?? {};
  assertKnownOptions(owner, given, optionNames);
  const { timeZone = "UTC", catchUp = false, input } = given as ScheduleTimes & { readonly input?: unknown }; // The names were checked.
  if (!isTimeZone(timeZone)) throw optionInvalid(owner, "timeZone", timeZone, 'a time zone such as "Europe/Berlin"');
  if (typeof catchUp !== "boolean") throw optionInvalid(owner, "catchUp", catchUp, "true or false");
  const cron = parseCron(owner, expression);
  return Object.freeze({ name, $schedule: { task, expression, cron, timeZone, catchUp, input, place: findCallerPlace(schedule) } });
}

function isTimeZone(timeZone: unknown): timeZone is string {
  try {
    return typeof timeZone === "string" && new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
