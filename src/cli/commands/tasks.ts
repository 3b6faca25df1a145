/** `gable tasks list`, `stats`, `retry`, `cancel`, `discard` and `schedule`: looks at tasks and changes them. */
import { GableError } from "gable";
import type { AppTasks, ListedTask, TaskState } from "gable/tasks";
import { tasksPart } from "gable/tasks";
import { suggestName } from "../../errors/nearest-name.ts";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";

const states = ["queued", "running", "done", "failed", "cancelled"] as const satisfies readonly TaskState[];
const listFlags = {
  state: { type: "string", help: "State of the tasks", choices: states },
  name: { type: "string", help: "Name of the tasks" },
  limit: { type: "int", help: "Most tasks to list", default: 100 },
} as const;
const scheduleFlags = { count: { type: "int", help: "How many times of each schedule", default: 1 } } as const;
const idArguments = { id: { help: "Id of the task" } } as const;

/** Opens the application without starting a worker. */
function withTasks<Result>({ project }: BuiltInContext, work: (tasks: AppTasks) => Promise<Result>): Promise<Result> {
  return project.withApp((app) => work(app.part(tasksPart)));
}

/** How far a task is, in a column. */
function toProgressText({ progress, state, cancelAt }: ListedTask): string {
  if (state === "running" && cancelAt !== null) return "asked to stop";
  if (progress === null) return "";
  const { label, done, total, note } = progress;
  return `${label} ${done}${total === null ? "" : `/${total}`}${note === null ? "" : ` ${note}`}`;
}

/** Prints tasks, the latest first. */
export const tasksList = builtIn({
  examples: ["tasks list", "tasks list --state failed"],
  flags: listFlags,
  run(context: BuiltInContext<{}, typeof listFlags>) {
    const { state, name, limit } = context.flags;
    if (limit < 1 || limit > 10_000) throw new GableError("E_COMMAND_USAGE", `--limit is ${limit}; it must be from 1 to 10000.`);
    return withTasks(context, async (tasks) => {
      // The parser has checked the choices.
      const filter = { limit, ...(state !== undefined && { state: state as TaskState }), ...(name !== undefined && { name }) };
      const found = await tasks.list(filter);
      const rows = found.map((task) => ({
        id: task.id,
        name: task.name,
        queue: task.queue,
        // Nothing here would run it.
        state: task.state === "queued" && !tasks.names.includes(task.name) ? "parked" : task.state,
        attempts: `${task.attempts}/${task.attemptsMax}`,
        due: new Date(task.dueAt).toISOString(),
        progress: toProgressText(task),
        error: task.error,
      }));
      // A name that neither the code nor the queue has is misspelt.
      if (rows.length === 0 && name !== undefined && !tasks.names.includes(name) && (await tasks.list({ limit: 1, name })).length === 0)
        throw new GableError("E_COMMAND_USAGE", `No task has the name "${name}".`, {
          fix: tasks.names.length === 0 ? "The application has no tasks." : suggestName(name, tasks.names),
        });
      context.table(rows);
      if (rows.length === 0) context.print("No tasks.");
      return { tasks: rows };
    });
  },
});

/** Prints figures of each queue. */
export const tasksStats = builtIn({
  examples: ["tasks stats"],
  run(context: BuiltInContext) {
    return withTasks(context, async (tasks) => {
      const queues = (await tasks.stats()).map((stats) => ({ ...stats }));
      context.table(queues);
      if (queues.length === 0) context.print("No tasks.");
      return { queues };
    });
  },
});

/** Deletes a failed or cancelled task. */
export const tasksDiscard = builtIn({
  examples: ["tasks discard 0190d2a4-7c1e-7000-8000-00000000000a"],
  arguments: idArguments,
  run(context: BuiltInContext<{ id: string }>) {
    return withTasks(context, async (tasks) => {
      const { id } = context.arguments;
      if (!(await context.confirm(`Delete the task "${id}"?`)))
        throw new GableError("E_COMMAND_CONFIRM", "You cancelled. Nothing was deleted.");
      if (!(await tasks.discard(id))) throw new GableError("E_COMMAND_USAGE", `No failed or cancelled task has the id "${id}".`);
      context.print(`Deleted ${id}.`);
      return { id };
    });
  },
});

/** Queues a failed or cancelled task again. */
export const tasksRetry = builtIn({
  examples: ["tasks retry 0190d2a4-7c1e-7000-8000-00000000000a"],
  arguments: idArguments,
  run(context: BuiltInContext<{ id: string }>) {
    return withTasks(context, async (tasks) => {
      const { id } = context.arguments;
      if (!(await tasks.retry(id))) throw new GableError("E_COMMAND_USAGE", `No failed or cancelled task has the id "${id}".`);
      context.print(`Queued ${id} again.`);
      return { id };
    });
  },
});

/** Cancels a queued or running task. */
export const tasksCancel = builtIn({
  examples: ["tasks cancel 0190d2a4-7c1e-7000-8000-00000000000a"],
  arguments: idArguments,
  run(context: BuiltInContext<{ id: string }>) {
    return withTasks(context, async (tasks) => {
      const { id } = context.arguments;
      const result = await tasks.cancel(id);
      if (result === "ended") throw new GableError("E_COMMAND_USAGE", `No queued or running task has the id "${id}".`);
      context.print(result === "cancelled" ? `Cancelled ${id}.` : `Asked ${id} to stop: its state changes when it has.`);
      return { id, result };
    });
  },
});

/** Prints the schedules with their next times. */
export const tasksSchedule = builtIn({
  examples: ["tasks schedule", "tasks schedule --count 5"],
  flags: scheduleFlags,
  run(context: BuiltInContext<{}, typeof scheduleFlags>) {
    const { count } = context.flags;
    if (count < 1 || count > 100) throw new GableError("E_COMMAND_USAGE", `--count is ${count}; it must be from 1 to 100.`);
    return withTasks(context, async (tasks) => {
      const schedules = tasks
        .schedules(count)
        .map(({ next, ...schedule }) => ({ ...schedule, next: next.map((time) => new Date(time).toISOString()) }));
      context.table(
        schedules.flatMap(({ name, task, expression, timeZone, catchUp, next }) =>
          next.map((time) => ({
            name,
            task,
            expression,
            timeZone,
            catchUp: catchUp ? "yes" : "no",
            next: time,
            local: toLocal(time, timeZone),
          })),
        ),
      );
      if (schedules.length === 0) context.print("No schedules.");
      return { schedules };
    });
  },
});

/** What a clock of the zone shows. */
function toLocal(time: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  return format.format(new Date(time));
}
