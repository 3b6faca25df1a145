/** Error codes of background tasks and their schedules. */
import { entry } from "./catalogue-entry.ts";

/** What tasks, their queues and schedules refuse. */
export const taskErrors = {
  E_TASK_INPUT: entry(500, "The input of a task cannot be used", "Pass JSON that fits the input of the task, at most 64 KiB."),
  E_TASK_UNKNOWN: entry(500, "The application does not have this task", "Add the task to the option tasks of gable()."),
  E_TASK_DUPLICATE: entry(500, "Two tasks have the same name", "Rename one of the tasks."),
  E_SCHEDULE_DUPLICATE: entry(500, "Two schedules have the same name", "Rename one of the schedules."),
  E_SCHEDULE_CRON: entry(
    500,
    "A cron expression cannot be used",
    'Write minute, hour, day of the month, month and weekday, such as "0 3 * * *" for each day at 03:00.',
  ),
  E_TASK_MISSING: entry(500, "This application has no tasks", "Pass the option tasks to gable(), and start the application."),
  E_TASK_STORE: entry(
    500,
    "The queue of the tasks cannot be used",
    'Export its table from your models: export const TaskRow = taskModel(); import it from "gable/tasks".',
  ),
  E_BULLMQ_MISSING: entry(500, "The package bullmq is not installed", "Run: npm install bullmq redis."),
  E_TASK_STEP: entry(
    500,
    "The steps of a task cannot be kept",
    "Give each step of a task a different name and a small JSON result, and keep large results in your own tables.",
  ),
  E_TASK_KEY_HELD: entry(409, "Another task holds this unique key", "Wait until the other task has ended, or cancel it."),
  E_TASK_TIMEOUT: entry(500, "A task took too long", "Raise timeoutSeconds of the task, or split its work."),
  E_TASK_CANCELLED: entry(500, "A task no longer belongs to its worker", "End the work when `signal` aborts."),
  E_TASK_STOPPED: entry(500, "The worker of a task is stopping", "End the work when `signal` aborts. Another worker runs the task again."),
} as const;
