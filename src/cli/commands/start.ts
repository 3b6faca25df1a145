/** `gable start`: serves the application. */
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Application } from "gable";
import { GableError, isGableError } from "gable";
import { migrate } from "gable/migrations";
import { portOf, readAddress } from "../address.ts";
import type { BuiltInContext, Problem } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import type { BinaryOutcome } from "../binary.ts";
import { runBinary } from "../binary.ts";
import { announce, findStartProblems } from "../checks/at-start.ts";
import { checkMigrationFiles } from "../checks/migrations.ts";
import { listDue } from "../due-migrations.ts";
import { withDatabase } from "../open-database.ts";
import { findTaskRun } from "../task-run.ts";
import { findSettings } from "../project-settings.ts";
import { withSteps } from "./db-run.ts";

const flags = {
  port: { type: "int", help: "Port; by default that of the settings, else PORT, else 3000" },
  host: { type: "string", help: "Address; by default that of the settings, else HOST, else 127.0.0.1" },
  unixPath: { type: "string", help: "Path of a Unix socket instead of a port" },
  workers: { type: "string", help: "Number of worker processes, or auto: one per core; by default that of the settings, else 1" },
  noTasks: { type: "boolean", help: "Runs no background tasks: run `gable worker` elsewhere" },
  gracefulSeconds: { type: "int", help: "Time for running requests and tasks when it stops", default: 30 },
  stopDelaySeconds: { type: "int", help: "Time for which /ready returns 503 before the listener closes; by default 0, Kubernetes needs 5" },
  requestsMax: { type: "int", help: "Requests after which a worker is replaced; by default 0: never" },
  rssBytesMax: { type: "int", help: "Memory in bytes above which a worker is replaced; by default 0: never" },
  bootSeconds: { type: "int", help: "Time for a worker to become ready; by default 60" },
  stallSeconds: { type: "int", help: "Time after which a worker that does not respond is killed; by default 10, 0 for never" },
  migrate: { type: "boolean", help: "Runs the migrations that are due before it starts" },
} as const;

/** Smallest and largest value of each number. Node has no timers for much longer times; numbers of flags have 15 digits. */
const ranges = {
  port: [0, 65_535],
  gracefulSeconds: [0, 86_400],
  stopDelaySeconds: [0, 86_400],
  requestsMax: [0, 1e15 - 1],
  rssBytesMax: [0, 1e15 - 1],
  bootSeconds: [1, 86_400],
  stallSeconds: [0, 86_400],
} as const;

type Context = BuiltInContext<{}, typeof flags>;

/** Serves until a signal stops it; then the process ends. */
export const start = builtIn({
  examples: ["start", "start --workers auto --migrate", "start --port 8080"],
  flags,
  async run(context: Context) {
    const { flags: given, project } = context;
    assertRanges(given);
    readAddress(context.terminal, project.mode);
    const settings = (await findSettings(project)) ?? {};
    const workers = given.workers ?? String(settings["workers"] ?? 1);
    if (given.noTasks) context.terminal.environment["GABLE_TASKS"] = "off";
    if (workers !== "1") {
      assertWorkers(workers);
      const prepare = (): Promise<undefined> => withStep(context, "Migrations", () => prepareElsewhere(context));
      // Both load the application, each in a separate process. A check that stops the start must come before migrations that run.
      const [problems] = await Promise.all([checkElsewhere(context), given.migrate || prepare()]);
      if (announce(context, problems)) return {};
      if (given.migrate) await prepare();
      return serveWithWorkers(context, workers, settings);
    }
    const app = await withStep(context, "Application", async () => [await project.loadApp(), "loaded"]);
    const migrations = project.mode === "test" ? [] : await checkMigrationFiles(project, app.describe(), "error");
    if (announce(context, await findStartProblems(project, app, migrations))) return {};
    await withStep(context, "Migrations", () => prepareHere(context, app));
    return hasTasks(app, context) || needsSupervisor(given) ? serveWithWorkers(context, workers, settings) : serveAlone(app, context);
  },
});

/** Throws `E_COMMAND_USAGE` for a number that cannot be meant. */
function assertRanges(given: Context["flags"]): void {
  // Its own keys.
  for (const name of Object.keys(ranges) as ReadonlyArray<keyof typeof ranges>) {
    const [value, [min, max]] = [given[name], ranges[name]];
    if (value === undefined || (value >= min && value <= max)) continue;
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new GableError("E_COMMAND_USAGE", `--${flag} is ${value}; it must be a whole number from ${min} to ${max}.`);
  }
}

/** Whether a flag is about watched workers: then one worker has a parent, too. */
function needsSupervisor(given: Context["flags"]): boolean {
  return [given.stopDelaySeconds, given.requestsMax, given.rssBytesMax, given.bootSeconds, given.stallSeconds].some(
    (value) => value !== undefined,
  );
}

function toSupervision({
  gracefulSeconds,
  stopDelaySeconds,
  requestsMax,
  rssBytesMax,
  bootSeconds,
  stallSeconds,
}: Context["flags"]): object {
  return {
    stopGraceMs: gracefulSeconds * 1_000,
    ...(stopDelaySeconds !== undefined && { stopDelayMs: stopDelaySeconds * 1_000 }),
    ...(requestsMax !== undefined && { requestsMax }),
    ...(rssBytesMax !== undefined && { rssBytesMax }),
    ...(bootSeconds !== undefined && { bootMs: bootSeconds * 1_000 }),
    ...(stallSeconds !== undefined && { stallMs: stallSeconds * 1_000 }),
  };
}

function addressOf({ port, host, unixPath }: Context["flags"]): { port?: number; host?: string; unixPath?: string } {
  return { ...(port !== undefined && { port }), ...(host !== undefined && { host }), ...(unixPath !== undefined && { unixPath }) };
}

/** Whether the application has tasks that a separate process should run. Windows cannot hand connections to other processes. */
function hasTasks(app: Application, { terminal }: Context): boolean {
  const found = findTaskRun(app.describe().options);
  if (found === undefined || terminal.environment["GABLE_TASKS"] === "off" || process.platform === "win32") return false;
  return found.run === "worker" && found.queue?.isShared !== false && app.mode !== "test";
}

/** Runs a step of the start, and prints what it came to and how long it took. It prints nothing for a step without work. */
async function withStep<Result>(
  context: Context,
  name: string,
  work: () => Promise<readonly [result: Result, text: string | undefined]>,
): Promise<Result> {
  const startedMs = performance.now();
  const [result, text] = await work();
  if (text !== undefined) tell(context, `${name}: ${text} (${Math.round(performance.now() - startedMs)} ms)`);
  return result;
}

/** Prints a line; in production a program reads it, as it does the log. */
function tell({ print, project, terminal }: Context, message: string): void {
  const isLog = project.mode === "production" && !terminal.isOutputTerminal;
  print(isLog ? JSON.stringify({ level: 30, time: Date.now(), message }) : message);
}

const migrationsFolder = "migrations";

/** Runs the migrations that are due, or makes sure that none is. Throws `E_MIGRATION_PENDING`. */
async function prepareHere(context: Context, app: Application): Promise<readonly [undefined, string | undefined]> {
  const { flags, project } = context;
  const hasMigrations = existsSync(join(project.folder, migrationsFolder));
  if (app.describe().models === undefined || !(flags.migrate || (hasMigrations && project.mode !== "test"))) return [undefined, undefined];
  return withDatabase(project, { database: "default" }, async (database) => {
    const phase = flags.migrate ? "after" : "before";
    const due = hasMigrations ? await listDue({ database, folder: migrationsFolder, phase }) : [];
    if (due.length === 0) return [undefined, "all have run"] as const;
    if (!flags.migrate) throw pending(due);
    const done = await withSteps(context, due.length, (onProgress) => migrate({ database, folder: migrationsFolder, onProgress }));
    return [undefined, `ran ${done.join(", ")}`] as const;
  });
}

function pending(due: readonly string[]): GableError {
  const count = due.length === 1 ? "1 migration is" : `${due.length} migrations are`;
  return new GableError("E_MIGRATION_PENDING", `${count} due: ${due.join(", ")}. Nothing was started.`, {
    fix: "Run: npx gable db migrate. Or start with --migrate.",
  });
}

/** Does the same in a separate process: the one that watches workers loads no code of the application. */
async function prepareElsewhere({ flags, project, terminal: { environment } }: Context): Promise<readonly [undefined, string | undefined]> {
  if (!existsSync(join(project.folder, migrationsFolder)) || (project.mode === "test" && !flags.migrate)) return [undefined, undefined];
  const words = ["db", "migrate", ...(flags.migrate ? [] : ["--check", "--phase", "before"])];
  const common = ["--json", "--mode", project.mode, "--app", project.findAppFile()];
  // Migrations may take as long as they need. They run after the checks have loaded the application.
  const limitMs = flags.migrate ? undefined : bootMsOf(flags);
  const outcome = await runBinary(project.folder, [...words, ...common], { environment, limitMs });
  const { code } = outcome;
  const { data, problems } = readOutcome(outcome, "db migrate", flags);
  const [problem] = problems;
  if (problem?.id === "migrations.pending") throw pending(data?.due ?? []);
  // An application without models has nothing to migrate.
  if (problem?.id === "E_DATABASE_MISSING") return [undefined, undefined];
  if (code !== 0 && problem !== undefined)
    throw new GableError(problem.id as "E_COMMAND_PROGRAM", problem.message, problem.fix === undefined ? {} : { fix: problem.fix }); // A code of the same catalogue.
  const done = data?.done ?? [];
  return [undefined, done.length === 0 ? "all have run" : `ran ${done.join(", ")}`];
}

/** Runs the checks in a separate process, for the same reason. Pending migrations are left to the step before. */
async function checkElsewhere({ flags, project, terminal: { environment } }: Context): Promise<readonly Problem[]> {
  const words = ["check", "--no-types", "--json", "--mode", project.mode, "--app", project.findAppFile()];
  const outcome = await runBinary(project.folder, words, { environment, limitMs: bootMsOf(flags) });
  const found = readOutcome(outcome, "check", flags).problems.filter(({ id, level }) => id !== "migrations.pending" && level !== "info");
  return found.map((problem) => (startErrors.has(problem.id) ? { ...problem, level: "error" as const } : problem));
}

/** Warnings of `gable check` that stop a start. */
const startErrors: ReadonlySet<string> = new Set(["migrations.drift", "migrations.branches"]);

/** What a command prints with `--json`: `db migrate` names migrations. */
interface Outcome {
  readonly data: { readonly due?: readonly string[]; readonly done?: readonly string[] } | null;
  readonly problems: readonly Problem[];
}

function readOutcome({ out, error, isLate, code }: BinaryOutcome, command: string, flags: Context["flags"]): Outcome {
  if (isLate)
    throw new GableError("E_COMMAND_PROGRAM", `gable ${command} did not end within ${bootMsOf(flags) / 1_000} s. Nothing was started.`, {
      fix: "Look for what the application waits for while it is loaded, or give it more time with --boot-seconds.",
    });
  try {
    return JSON.parse(out) as Outcome; // The command of the same version.
  } catch {
    if (error + out === "")
      throw new GableError(
        "E_COMMAND_PROGRAM",
        `gable ${command} ended with exit code ${code}, and printed nothing. Nothing was started.`,
        {
          fix: "Look for process.exit() in what the application loads.",
        },
      );
    throw new GableError("E_COMMAND_PROGRAM", `gable ${command} failed: ${error || out}`);
  }
}

/** How long a worker, and what runs before it, may load the application. */
function bootMsOf({ bootSeconds = 60 }: Context["flags"]): number {
  return bootSeconds * 1_000;
}

async function serveAlone(app: Application, context: Context): Promise<unknown> {
  const { flags: given, project } = context;
  const { url } = await app.listen({ ...addressOf(given), quiet: true, signals: true, stopGraceMs: given.gracefulSeconds * 1_000 });
  tell(context, `Serving ${url} (${project.mode})`);
  // The signal handler of listen() ends the process when the last request has been answered.
  return new Promise(() => undefined);
}

function assertWorkers(count: string): void {
  if (count !== "auto" && !(Number.isInteger(Number(count)) && Number(count) > 0))
    throw new GableError("E_COMMAND_USAGE", `--workers is "${count}"; it must be a whole number above 0, or auto.`);
}

/** This process watches workers. It loads the settings, and no code of the application. */
async function serveWithWorkers(context: Context, count: string, settings: Readonly<Record<string, unknown>>): Promise<object> {
  const { flags: given, project, terminal } = context;
  const workers = count === "auto" ? "auto" : Number(count);
  const { supervise } = await import("gable/server");
  const port = given.port ?? (settings["port"] === undefined ? portOf(terminal.environment) : Number(settings["port"]));
  const host = given.host ?? String(settings["host"] ?? (terminal.environment["HOST"] || "127.0.0.1"));
  await mkdir(join(project.folder, "var"), { recursive: true });
  const startedMs = performance.now();
  const running = await supervise({
    ...(given.unixPath === undefined ? { port, host } : addressOf(given)),
    app: project.findAppFile(),
    workers,
    tasks: true,
    ...toSupervision(given),
    controlPath: controlPathOf(project.folder),
  }).catch(async (error: unknown) => {
    throw (await findRunning(project.folder, error)) ?? error;
  });
  tell(context, `First worker: ready (${Math.round(performance.now() - startedMs)} ms)`);
  tell(
    context,
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

/** Returns the error for a start in a folder where another one serves; undefined for an error with another reason. */
async function findRunning(folder: string, error: unknown): Promise<GableError | undefined> {
  if (!isGableError(error) || error.code !== "E_LISTEN") return undefined;
  const { sendSupervisorCommand } = await import("gable/server");
  const status = await sendSupervisorCommand(controlPathOf(folder), "status").catch(() => undefined);
  const { pid } = (status?.details ?? {}) as { readonly pid?: number }; // What a supervisor answers to "status".
  // Where the port is the reason, the supervisor of this process answers.
  if (pid === undefined || pid === process.pid) return undefined;
  return new GableError("E_LISTEN", `\`gable start\` already runs in this folder, as process ${pid}.`, {
    fix: `To load new code into it, run \`npx gable reload\`. To start again, stop it first: \`kill ${pid}\`. A second one needs a folder and a port that differ.`,
    cause: error,
  });
}

/** Why the new workers of a reload cannot start. */
interface ReloadFailure {
  readonly message: string;
  readonly code?: string;
  readonly fix?: string;
}

/** Reloads without losing a request. */
export const reload = builtIn({
  examples: ["reload"],
  async run({ project, print }: BuiltInContext) {
    const { sendSupervisorCommand } = await import("gable/server");
    const { isDone, details } = await sendSupervisorCommand(controlPathOf(project.folder), "reload").catch((error: unknown) => {
      if (!isGableError(error) || error.code !== "E_SUPERVISOR_MISSING") throw error;
      throw new GableError("E_SUPERVISOR_MISSING", "No `gable start` with workers or tasks runs in this folder.", {
        fix: "Run the command in the folder in which it runs, or start it: `npx gable start --workers 2`.",
        cause: error,
      });
    });
    if (!isDone) {
      // What the supervisor answers then: a failure, or the text of an error.
      const { code, message, fix } = typeof details === "string" ? { message: details } : (details as ReloadFailure);
      const reason = code === undefined ? message : `${code}: ${message}`;
      throw new GableError("E_COMMAND_PROGRAM", `The new workers cannot start, so the old ones go on. ${reason}`, {
        fix: fix || "Correct the application, and reload again.",
      });
    }
    print("Reloaded.");
    return { details };
  },
});

function controlPathOf(folder: string): string {
  return join(folder, "var", "gable.sock");
}
