/** The tasks of the application whose request or task runs, else those of the only application that runs. */
import { Ambient } from "../parts/ambient.ts";
import type { AnyTask, EnqueuedTask, EnqueueOptions } from "./task.ts";

/** What definitions need of the tasks of an application. */
export interface TaskEntry {
  /** Adds a task. */
  enqueue(task: AnyTask, input: unknown, options?: EnqueueOptions): Promise<EnqueuedTask>;
}

/** The tasks of applications that run. */
export const currentTasks: Ambient<TaskEntry> = new Ambient({
  what: "tasks",
  code: "E_TASK_MISSING",
  call: "app.part(tasksPart).enqueue(task, input)",
});
