/** Where the background tasks of an application run, as far as its options say. */
import type { ApplicationFacts } from "gable";
import type { TaskQueue } from "gable/tasks";

/** What the option `tasks` says. */
export interface TaskRun {
  /** "worker" for the processes of `gable start`; other values as the option `run` has them. */
  readonly run: string;
  /** A queue of the application's own; undefined for the table. */
  readonly queue: TaskQueue | undefined;
  /** The definitions. */
  readonly definitions: readonly unknown[];
}

/** Reads the option `tasks`; undefined for an application without it. */
export function findTaskRun({ tasks }: ApplicationFacts["options"]): TaskRun | undefined {
  if (tasks === undefined) return undefined;
  if (!("tasks" in tasks)) return { run: "worker", queue: undefined, definitions: tasks };
  const { run = "worker", queue } = tasks;
  return { run, queue: typeof queue === "object" ? queue : undefined, definitions: Object.values(tasks.tasks) };
}
