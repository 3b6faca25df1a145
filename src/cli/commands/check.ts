/** `gable check`: finds mistakes before the application runs. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { isGableError } from "gable";
import { checkViews } from "gable/check";
import { checkMigrations } from "gable/migrations";
import type { BuiltInContext, Problem } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { runChecks } from "../checks/check.ts";
import { deployChecks, startErrorIds } from "../checks/deploy.ts";
import { collectSubject } from "../checks/subject.ts";
import type { Project } from "../project.ts";

const flags = {
  deploy: { type: "boolean", help: "Also checks what must be right in production" },
  noTypes: { type: "boolean", help: "Leaves out the TypeScript compiler" },
  failLevel: { type: "string", help: "Lowest level that makes the check fail", choices: ["error", "warning", "info"], default: "error" },
} as const;
type Context = BuiltInContext<{}, typeof flags>;

/** Checks the project. */
export const check = builtIn({
  name: "check",
  help: "Checks routes, models, migrations, template files and types; with --deploy, also the settings of production.",
  examples: ["check", "check --fail-level warning", "check --deploy"],
  flags,
  mode: "development",
  forcedMode: ({ deploy }) => (deploy === true ? "production" : undefined),
  async run(context: Context) {
    const { flags: given, print, report } = context;
    const found = [...(await checkApp(context))];
    const failing = new Set(levels.slice(0, levels.indexOf(given.failLevel) + 1));
    for (const { level = "error", ...problem } of found) report({ ...problem, level: failing.has(level) ? "error" : level });
    if (found.length === 0) print("No problems found.");
    return { problems: found };
  },
});

const levels = ["error", "warning", "info"] as const;

/** Ids of errors of gable() that are checks as well. */
const optionErrorIds: Readonly<Record<string, string>> = { E_SETTINGS_BOTH: "settings.both", E_TASK_UNKNOWN: "tasks.unknown" };

/** Loading the application checks its options and its routes. */
async function checkApp({ project, terminal, flags: { noTypes, deploy } }: Context): Promise<Problem[]> {
  try {
    const app = await project.loadApp();
    const facts = app.describe();
    const { models, views } = facts;
    const hasMigrations = models !== undefined && existsSync(join(project.folder, "migrations"));
    const drift = hasMigrations ? await checkMigrations({ models, folder: "migrations" }) : [];
    const types = noTypes ? [] : views === undefined ? await runCompiler(project) : toViewProblems(project, views);
    return [
      ...drift.map(({ text }) => ({ id: "migrations.drift", message: text, level: "warning" as const })),
      ...types,
      ...(deploy ? runChecks(deployChecks, await collectSubject(project, facts, terminal.environment)) : []),
    ];
  } catch (error) {
    if (!isGableError(error)) throw error;
    return [
      {
        id: (deploy ? startErrorIds[error.code] : undefined) ?? optionErrorIds[error.code] ?? error.code,
        message: error.message,
        ...(error.fix !== "" && { fix: error.fix }),
      },
    ];
  }
}

/** Template files, and the whole project with the same compiler. */
function toViewProblems(project: Project, directories: readonly string[]): Problem[] {
  return checkViews({ project: project.folder, directories }).map(({ file, line, code, message, fix, severity }) => ({
    id: code,
    message: `${file}:${line}: ${message}`,
    level: severity,
    ...(fix !== "" && { fix }),
  }));
}

/** Runs the project's own TypeScript; a project without it has no types to check. */
async function runCompiler({ folder }: Project): Promise<Problem[]> {
  const program = join(folder, "node_modules", ".bin", "tsc");
  if (!existsSync(program) || !existsSync(join(folder, "tsconfig.json"))) return [];
  const { stdout } = await promisify(execFile)(program, ["--noEmit", "--pretty", "false"], { cwd: folder }).catch((error: unknown) => {
    // An exit code other than 0 comes with the list of errors.
    if (typeof error === "object" && error !== null && "stdout" in error) return { stdout: String(error.stdout) };
    throw error;
  });
  return [...stdout.matchAll(/^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/gm)].map(([, file, line, code, message]) => ({
    id: code!,
    message: `${file}:${line}: ${message}`,
  }));
}
