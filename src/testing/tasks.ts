/** The tasks that tests have enqueued. */
import type { Application } from "gable";
import { isGableError } from "gable";
import type { AppTasks, ListedTask, MemoryTaskQueue } from "gable/tasks";
import { tasksPart } from "gable/tasks";
import { assertTestOptions, suggest, testError } from "./test-error.ts";
import { findTestApp } from "./test-apps.ts";

/** Options for `tasks.runAll()`. */
export interface RunTasksOptions {
  /** `throw` throws the error of the first attempt that fails, `keep` leaves it in the queue as in production. Default "throw". */
  readonly errors?: "throw" | "keep";
  /** The application. By default the only one with tasks. */
  readonly app?: Application;
}

/** The tasks of the current test. `testDatabase()` empties the queue before each test. */
export interface TestTasks {
  /**
   * Returns the inputs of the tasks with a name that were enqueued, whether they have run or not, the first one first.
   * Throws `E_TEST_SETUP` for a name that the application does not have, and for a queue that is not in memory.
   */
  enqueued(name: string, app?: Application): readonly unknown[];
  /** Returns all tasks with their states, the first one first. Throws `E_TEST_SETUP`. */
  list(app?: Application): readonly ListedTask[];
  /** Runs the tasks that are due, and those that become due meanwhile. Returns how many attempts it made. Throws what a task throws. */
  runAll(options?: RunTasksOptions): Promise<number>;
}

/**
 * The tasks of the current test: they are recorded when the code's own transaction ends, and run when the test says so.
 *
 * @example
 * assert.deepEqual(tasks.enqueued("resize-photo"), [{ photoId: 1 }]);
 * await tasks.runAll();
 */
export const tasks: TestTasks = Object.freeze({
  enqueued(name: string, app: Application = findTestApp({ call: "tasks.enqueued()", option: "tasks" })): readonly unknown[] {
    const running = findTasks(app);
    if (running !== undefined && !running.names.includes(name))
      throw testError("E_TEST_SETUP", `tasks.enqueued(): the application has no task "${name}".`, suggest(name, running.names));
    return listTasks(running)
      .filter((task) => task.name === name)
      .map(({ input }): unknown => JSON.parse(input));
  },
  list(app: Application = findTestApp({ call: "tasks.list()", option: "tasks" })): readonly ListedTask[] {
    return listTasks(findTasks(app));
  },
  async runAll(options: RunTasksOptions = {}): Promise<number> {
    assertTestOptions("tasks.runAll()", options, { errors: true, app: "object" });
    const { errors = "throw", app } = options;
    if (errors !== "throw" && errors !== "keep")
      throw testError("E_TEST_SETUP", `tasks.runAll(): errors is ${JSON.stringify(errors)}.`, 'Pass "throw" or "keep".');
    const running = findTasks(app ?? findTestApp({ call: "tasks.runAll()", option: "tasks" }));
    if (running === undefined) return 0;
    const failures: unknown[] = [];
    const count = await running.runAll({ onFailure: (_task, error) => void failures.push(error) });
    if (errors === "throw" && failures.length > 0) throw failures[0];
    return count;
  },
});

/** Empties the queue of an application, if it is in memory. */
export function clearTasks(app: Application): void {
  const queue = findTasks(app)?.queue;
  if (queue !== undefined && isInMemory(queue)) queue.clear();
}

function listTasks(running: AppTasks | undefined): readonly ListedTask[] {
  if (running === undefined) return [];
  if (isInMemory(running.queue)) return running.queue.tasks;
  throw testError(
    "E_TEST_SETUP",
    "The tasks of the application wait in a queue that is not in memory.",
    "Leave tasks.queue out in tests, or ask it: await app.part(tasksPart).enqueued(name).",
  );
}

function isInMemory(queue: object): queue is MemoryTaskQueue {
  return "tasks" in queue && "clear" in queue;
}

/** The tasks of an application; undefined before it starts. */
function findTasks(app: Application): AppTasks | undefined {
  try {
    return app.part(tasksPart);
  } catch (error) {
    if (isGableError(error) && error.code === "E_PART_MISSING") return undefined;
    throw error;
  }
}
