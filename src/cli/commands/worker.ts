/** `gable worker`: runs tasks in a separate process. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { GableError } from "gable";
import type { AppTasks } from "gable/tasks";
import { tasksPart } from "gable/tasks";
import { suggestName } from "../../errors/nearest-name.ts";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";

const flags = {
  queues: { type: "list", help: "Name of a queue to read, repeatable; by default all" },
  concurrency: { type: "int", help: "Most tasks at a time; by default that of the application" },
  tasksMax: { type: "int", help: "Ends after this many tasks, so that a service manager starts a new process" },
  once: { type: "boolean", help: "Runs what is due, and ends" },
} as const;

/** Runs tasks until a signal stops it. */
export const worker = builtIn({
  examples: ["worker", "worker --queues images --concurrency 4", "worker --tasks-max 1000", "worker --once"],
  flags,
  run({ flags: { queues, concurrency, tasksMax, once }, project, print, signal }: BuiltInContext<{}, typeof flags>) {
    if (tasksMax !== undefined && (tasksMax < 1 || once))
      throw new GableError("E_COMMAND_USAGE", once ? "--tasks-max and --once are both given." : `--tasks-max is ${tasksMax}.`, {
        fix: once ? "Give one of them." : "Pass a number above 0.",
      });
    return project.withApp(async (app) => {
      const tasks = app.part(tasksPart);
      assertKnownQueues(queues, tasks.queueNames);
      const options = { queues: queues.length === 0 ? undefined : queues, concurrency };
      if (once) {
        const attempts = await tasks.runAll(options);
        print(`Ran ${attempts} ${attempts === 1 ? "task" : "tasks"}.`);
        return { attempts };
      }
      print(`Runs tasks of ${queues.length === 0 ? "all queues" : queues.join(", ")} (${project.mode})`);
      const ended = await runUntilStopped(tasks, options, { signal, tasksMax });
      return { ended };
    });
  },
});

function assertKnownQueues(queues: readonly string[], known: readonly string[]): void {
  const unknown = queues.find((queue) => !known.includes(queue));
  if (unknown !== undefined)
    throw new GableError("E_COMMAND_USAGE", `No task has the queue "${unknown}".`, {
      fix: known.length === 0 ? "The application has no tasks." : suggestName(unknown, known),
    });
}

async function runUntilStopped(
  tasks: AppTasks,
  options: { readonly queues: readonly string[] | undefined; readonly concurrency: number | undefined },
  { signal, tasksMax = Infinity }: { readonly signal: AbortSignal; readonly tasksMax: number | undefined },
): Promise<number> {
  let ended = 0;
  let stop: () => void = () => undefined;
  const count = (): void => void (++ended >= tasksMax && stop());
  subscribe("gable.task.finish", count);
  const running = tasks.startWorker(options);
  // Nothing else keeps the process alive where the database is a file.
  const alive = setInterval(() => undefined, 60_000);
  await new Promise<void>((resolve) => {
    stop = resolve;
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
    process.once("SIGTERM", () => resolve());
  });
  clearInterval(alive);
  await running.stop();
  unsubscribe("gable.task.finish", count);
  return ended;
}
