/** `gable worker`: runs tasks in a separate process. */
import type { AppTasks } from "gable/tasks";
import { tasksPart } from "gable/tasks";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";

const flags = {
  queues: { type: "list", help: "Name of a queue to read, repeatable; by default all" },
  concurrency: { type: "int", help: "Most tasks at a time; by default that of the application" },
  once: { type: "boolean", help: "Runs what is due, and ends" },
} as const;

/** Runs tasks until a signal stops it. */
export const worker = builtIn({
  name: "worker",
  help: "Runs background tasks until SIGTERM or Ctrl-C.",
  examples: ["worker", "worker --queues images --concurrency 4", "worker --once"],
  flags,
  run({ flags: { queues, concurrency, once }, project, print, signal }: BuiltInContext<{}, typeof flags>) {
    return project.withApp(async (app) => {
      const tasks = app.part(tasksPart);
      const options = { queues: queues.length === 0 ? undefined : queues, concurrency };
      if (once) {
        const attempts = await tasks.runAll(options);
        print(`Ran ${attempts} ${attempts === 1 ? "task" : "tasks"}.`);
        return { attempts };
      }
      print(`Runs tasks of ${queues.length === 0 ? "all queues" : queues.join(", ")} (${project.mode})`);
      await runUntilStopped(tasks, options, signal);
      return {};
    });
  },
});

async function runUntilStopped(
  tasks: AppTasks,
  options: { readonly queues: readonly string[] | undefined; readonly concurrency: number | undefined },
  signal: AbortSignal,
): Promise<void> {
  const running = tasks.startWorker(options);
  // Nothing else keeps the process alive where the database is a file.
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
    process.once("SIGTERM", () => resolve());
  });
  clearInterval(alive);
  await running.stop();
}
