/** `gable check`: finds mistakes before the application runs. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApplicationFacts, RouteFacts } from "gable";
import { GableError, isGableError } from "gable";
import { checkViews } from "gable/check";
import { checkMigrations } from "gable/migrations";
import { suggestName } from "../../errors/nearest-name.ts";
import type { BuiltInContext, Problem } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import { runChecks } from "../checks/check.ts";
import { deployChecks, startErrorIds } from "../checks/deploy.ts";
import { collectSubject } from "../checks/subject.ts";
import type { Project } from "../project.ts";
import { runCompiler } from "../project-compiler.ts";

const flags = {
  deploy: { type: "boolean", help: "Also checks what must be right in production" },
  tag: { type: "list", help: "Only problems of this kind, such as database or types; repeatable" },
  unsafe: { type: "boolean", help: "Also lists code that goes around a protection: raw(), sql.unsafe(), security of routes" },
  noTypes: { type: "boolean", help: "Leaves out the TypeScript compiler" },
  failLevel: { type: "string", help: "Lowest level that makes the check fail", choices: ["error", "warning", "info"], default: "error" },
} as const;
type Context = BuiltInContext<{}, typeof flags>;

/** Checks the project. */
export const check = builtIn({
  examples: ["check", "check --fail-level warning", "check --deploy", "check --deploy --tag database", "check --unsafe"],
  flags,
  mode: "development",
  forcedMode: ({ deploy }) => (deploy === true ? "production" : undefined),
  async run(context: Context) {
    const { flags: given, print, report } = context;
    assertTags(given);
    const found = (await checkApp(context)).filter(({ id }) => given.tag.length === 0 || given.tag.includes(tagOf(id)));
    const failing = new Set(levels.slice(0, levels.indexOf(given.failLevel) + 1));
    for (const { level = "error", ...problem } of found) report({ ...problem, level: failing.has(level) ? "error" : level });
    if (found.length === 0) print("No problems found.");
    return { problems: found };
  },
});

/** Kinds of problems that need no flag. */
const plainTags = ["application", "migrations", "settings", "tasks", "types", "unsafe", "views"];
const deployTags = [...new Set(deployChecks.map(({ id }) => id.split(".")[0]!))];

/** The kind of a problem: the first part of its id, or where its code comes from. */
function tagOf(id: string): string {
  if (id.includes(".")) return id.split(".")[0]!;
  if (id === "unsafe") return "unsafe";
  if (/^TS\d+$/.test(id)) return "types";
  return /^E_VIEW|^[a-z]/.test(id) ? "views" : "application";
}

/** Throws `E_COMMAND_USAGE` for a kind that does not exist. */
function assertTags({ tag, deploy }: Context["flags"]): void {
  const known = [...new Set([...plainTags, ...(deploy ? deployTags : [])])].sort();
  for (const name of tag) {
    if (known.includes(name)) continue;
    const fix = !deploy && deployTags.includes(name) ? "Pass --deploy as well." : suggestName(name, known);
    throw new GableError("E_COMMAND_USAGE", `No check has the tag "${name}".`, { fix });
  }
}

const levels = ["error", "warning", "info"] as const;

/** Ids of errors of gable() that are checks as well. */
const optionErrorIds: Readonly<Record<string, string>> = { E_SETTINGS_BOTH: "settings.both", E_TASK_UNKNOWN: "tasks.unknown" };

/** Loading the application checks its options and its routes. */
async function checkApp({ project, terminal, flags: { noTypes, deploy, unsafe } }: Context): Promise<Problem[]> {
  try {
    const app = await project.loadApp();
    const facts = app.describe();
    const { models, views } = facts;
    const hasMigrations = models !== undefined && existsSync(join(project.folder, "migrations"));
    const drift = hasMigrations ? await checkMigrations({ models, folder: "migrations" }) : [];
    const types = unsafe ? listUnsafe(project, facts, noTypes) : noTypes ? [] : await checkTypes(project, views);
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

/** Without template files, the compiler is enough. */
async function checkTypes(project: Project, views: readonly string[] | undefined): Promise<readonly Problem[]> {
  if (views !== undefined) return toViewProblems(project, views);
  return (await runCompiler(project.folder, ["--noEmit"]))?.problems ?? [];
}

/** Everything that goes around a protection, and with types the other problems of template files as well. */
function listUnsafe(project: Project, { views, routes }: ApplicationFacts, noTypes: boolean): Problem[] {
  const exceptions = routes.flatMap((route) =>
    route.exceptions.map((exception) => ({
      id: "unsafe",
      level: "warning" as const,
      message: `${toPlace(project, route)}${route.method} ${route.path}: ${exception}`,
      fix: "Make sure that the route needs it.",
    })),
  );
  const found =
    views === undefined ? withEmptyFolder((folder) => toViewProblems(project, [folder], true)) : toViewProblems(project, views, true);
  return [...(noTypes ? found.filter(({ id }) => id === "unsafe") : found), ...exceptions];
}

/** The check of TypeScript sources needs a folder of template files. */
function withEmptyFolder<Result>(work: (folder: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), "gable-views-"));
  try {
    // Compiled files go next to it.
    mkdirSync(join(folder, "views"));
    return work(join(folder, "views"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function toPlace(project: Project, { place }: RouteFacts): string {
  return place === undefined ? "" : `${project.toShown(place.file)}:${place.line}: `;
}

/** Template files, and the whole project with the same compiler. */
function toViewProblems(project: Project, directories: readonly string[], listsUnsafe = false): Problem[] {
  return checkViews({ project: project.folder, directories, listsUnsafe }).map(({ file, line, code, message, fix, severity }) => ({
    id: code,
    message: `${file}:${line}: ${message}`,
    level: severity,
    ...(fix !== "" && { fix }),
  }));
}
