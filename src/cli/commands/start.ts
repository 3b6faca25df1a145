/** `gable start`: serves the application. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Application } from "gable";
import { GableError } from "gable";
import { migrate } from "gable/migrations";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { withDatabase } from "../open-database.ts";
import { findTaskRun } from "../task-run.ts";
import { findSettings } from "../project-settings.ts";

const flags = {
  port: { type: "int", help: "Port; by default that of the settings, else PORT, else 3000" },
  host: { type: "string", help: "Address; by default that of the settings, else HOST, else 127.0.0.1" },
  unixPath: { type: "string", help: "Path of a Unix socket instead of a port" },
  workers: { type: "string", help: "Number of worker processes, or auto: one per core; by default that of the settings, else 1" },
  noTasks: { type: "boolean", help: "Runs no background tasks: run `gable worker` elsewhere" },
  gracefulSeconds: { type: "int", help: "Time for running requests and tasks when it stops", default: 30 },
  migrate: { type: "boolean", help: "Runs the migrations that are due before it starts" },
} as const;

type Context = BuiltInContext<{}, typeof flags>;

/** Serves until a signal stops it; then the process ends. */
export const start = builtIn({
  name: "start",
  help: "Serves the application until SIGTERM or Ctrl-C.",
  examples: ["start", "start --workers auto --migrate", "start --port 8080"],
  flags,
  async run(context: Context) {
    const { flags: given, project, print } = context;
    if (given.migrate) {
      const done = await withDatabase(project, "default", (database) => migrate({ database, folder: "migrations" }));
      print(done.length === 0 ? "All migrations have run." : `Ran ${done.join(", ")}.`);
    }
    const settings = (await findSettings(project)) ?? {};
    const workers = given.workers ?? String(settings["workers"] ?? 1);
    if (given.noTasks) context.terminal.environment["GABLE_TASKS"] = "off";
    if (workers !== "1") return serveWithWorkers(context, workers, settings);
    const app = await project.loadApp();
    return hasTasks(app, context) ? serveWithWorkers(context, workers, settings) : serveAlone(app, context);
  },
});

function addressOf({ port, host, unixPath }: Context["flags"]): { port?: number; host?: string; unixPath?: string } {
  return { ...(port !== undefined && { port }), ...(host !== undefined && { host }), ...(unixPath !== undefined && { unixPath }) };
}

/** Whether the application has tasks that a separate process should run. Windows cannot hand connections to other processes. */
function hasTasks(app: Application, { terminal }: Context): boolean {
  const found = findTaskRun(app.describe().options);
  if (found === undefined || terminal.environment["GABLE_TASKS"] === "off" || process.platform === "win32") return false;
  return found.run === "worker" && found.queue?.isShared !== false && app.mode !== "test";
}

async function serveAlone(app: Application, { flags: given, project, print }: Context): Promise<unknown> {
  const { url } = await app.listen({ ...addressOf(given), quiet: true, signals: true });
  print(`Serving ${url} (${project.mode})`);
  // The signal handler of listen() ends the process when the last request has been answered.
  return new Promise(() => undefined);
}

/** This process watches workers. It loads the settings, and no code of the application. */
async function serveWithWorkers(
  { flags: given, project, print, terminal }: Context,
  count: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<object> {
  const workers = count === "auto" ? "auto" : Number(count);
  if (workers !== "auto" && !(Number.isInteger(workers) && workers > 0))
    throw new GableError("E_COMMAND_USAGE", `--workers is "${count}"; it must be a whole number above 0, or auto.`);
  const { supervise } = await import("gable/server");
  const port = given.port ?? Number(settings["port"] ?? (terminal.environment["PORT"] || 3000));
  const host = given.host ?? String(settings["host"] ?? (terminal.environment["HOST"] || "127.0.0.1"));
  await mkdir(join(project.folder, "var"), { recursive: true });
  const running = await supervise({
    ...(given.unixPath === undefined ? { port, host } : { unixPath: given.unixPath }),
    app: project.findAppFile(),
    workers,
    tasks: true,
    stopGraceMs: given.gracefulSeconds * 1_000,
    controlPath: controlPathOf(project.folder),
  });
  print(
    `Serving ${given.unixPath ?? `http://${host}:${running.port}`} with ${count} ${count === "1" ? "worker" : "workers"} (${project.mode})`,
  );
  const { exitCode, failure } = await running.ended;
  if (exitCode === 0) return {};
  throw new GableError(
    "E_COMMAND_PROGRAM",
    failure === undefined ? "The workers were forced to stop." : `The workers cannot start: ${failure.message}`,
    {
      fix: "Read the log lines above.",
    },
  );
}

/** Reloads without losing a request. */
export const reload = builtIn({
  name: "reload",
  help: "Starts new workers with the code of today, and lets the old ones finish. Needs a running `gable start` with workers or tasks.",
  async run({ project, print }: BuiltInContext) {
    const { sendSupervisorCommand } = await import("gable/server");
    const { isDone, details } = await sendSupervisorCommand(controlPathOf(project.folder), "reload");
    if (!isDone)
      throw new GableError("E_COMMAND_PROGRAM", `The new workers cannot start, so the old ones go on: ${JSON.stringify(details)}`, {
        fix: "Correct the application, and reload again.",
      });
    print("Reloaded.");
    return { details };
  },
});

function controlPathOf(folder: string): string {
  return join(folder, "var", "gable.sock");
}
