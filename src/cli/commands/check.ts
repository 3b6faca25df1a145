/** `gable check`: finds mistakes before the application runs. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Application, ApplicationFacts, RouteFacts } from "gable";
import { GableError, isGableError } from "gable";
import type { CheckViewsOptions } from "gable/check";
import { checkViews } from "gable/check";
import { suggestName } from "../../errors/nearest-name.ts";
import type { BuiltInContext, Problem } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import type { Heard } from "../checks/always.ts";
import { runAlways, runOwn, silence } from "../checks/always.ts";
import { alwaysChecks } from "../checks/always-list.ts";
import { runChecks } from "../checks/check.ts";
import { deployChecks, startErrorIds } from "../checks/deploy.ts";
import { optionErrorIds, viewIds } from "../checks/ids.ts";
import { checkMigrationFiles, checkPending, migrationIds } from "../checks/migrations.ts";
import { collectSubject } from "../checks/subject.ts";
import { exitCode, toExitCode } from "../exit-code.ts";
import { withoutSecrets } from "../problem-text.ts";
import type { Project } from "../project.ts";
import { toCompileOptions } from "../view-options.ts";

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
  hasProblemTable: true,
  forcedMode: ({ deploy }) => (deploy === true ? "production" : undefined),
  async run(context: Context) {
    const { flags: given, print, report } = context;
    const { problems, silenced, own } = await checkApp(context);
    if (own !== undefined) assertTags(given, own);
    // Without the application, nothing else is known.
    const isShown = (id: string): boolean => own === undefined || given.tag.length === 0 || given.tag.includes(tagOf(id));
    const found = problems.filter(({ id }) => isShown(id)).map(withoutSecrets);
    const failing = new Set(levels.slice(0, levels.indexOf(given.failLevel) + 1));
    for (const { level = "error", ...problem } of found) report({ ...problem, level: failing.has(level) ? "error" : level });
    if (found.length === 0) print("No problems found.");
    for (const { id, count, reason } of silenced) print(`Silenced: ${id} (${count}), because ${reason}`);
    return { problems: found.map(({ isEnvironment: _machine, ...problem }) => problem), silenced };
  },
});

/** Kinds of problems besides those of ids with a point. */
const plainTags = ["application", "types", "unsafe"];
const alwaysTags = [
  ...plainTags,
  ...[...Object.values(optionErrorIds), ...alwaysChecks.map(({ id }) => id), ...migrationIds, ...viewIds].map(tagOf),
];
const deployTags = deployChecks.map(({ id }) => tagOf(id));

/** The kind of a problem: the first part of its id, or where its code comes from. */
function tagOf(id: string): string {
  if (id.includes(".")) return id.split(".")[0]!;
  if (id === "unsafe") return "unsafe";
  return /^TS\d+$/.test(id) ? "types" : "application";
}

/** Throws `E_COMMAND_USAGE` for a kind that does not exist. `own` are the ids of the application's checks. */
function assertTags({ tag, deploy }: Context["flags"], own: readonly string[]): void {
  const known = [...new Set([...alwaysTags, ...(deploy ? deployTags : []), ...own.map(tagOf)])].sort();
  for (const name of tag) {
    if (known.includes(name)) continue;
    const fix = !deploy && deployTags.includes(name) ? "Pass --deploy as well." : suggestName(name, known);
    throw new GableError("E_COMMAND_USAGE", `No check has the tag "${name}".`, { fix });
  }
}

const levels = ["error", "warning", "info"] as const;

/** Loading the application checks its options and its routes. `own` are the ids of its checks; undefined when it does not load. */
async function checkApp(context: Context): Promise<Heard & { readonly own?: readonly string[] }> {
  const {
    project,
    flags: { deploy },
  } = context;
  let app: Application;
  try {
    app = await project.loadApp();
  } catch (error) {
    if (!isGableError(error)) throw error;
    const id = (deploy ? startErrorIds[error.code] : undefined) ?? optionErrorIds[error.code] ?? error.code;
    const isEnvironment = toExitCode(error) === exitCode.environment;
    return { problems: [{ id, message: error.message, ...(error.fix !== "" && { fix: error.fix }), isEnvironment }], silenced: [] };
  }
  const facts = app.describe();
  const found = await findProblems(context, app, facts);
  return { ...(await silence(found, facts)), own: facts.checks.map(({ id }) => id) };
}

async function findProblems({ project, terminal, flags }: Context, app: Application, facts: ApplicationFacts): Promise<Problem[]> {
  const { noTypes, deploy, unsafe } = flags;
  const found = await runAlways(project, app, facts);
  // Nothing can be said about the migrations of models that no database takes.
  const areModelsRight = !found.some(({ id, level }) => id.startsWith("models.") && level === "error");
  const migrations = areModelsRight
    ? [...(await checkMigrationFiles(project, facts, "warning")), ...(await checkPending(project, facts))]
    : [];
  const types = unsafe ? listUnsafe(project, facts, noTypes) : noTypes ? [] : checkTypes(project, facts);
  return [...migrations, ...found, ...types, ...(deploy ? await checkDeploy(project, facts, terminal) : [])];
}

async function checkDeploy(project: Project, facts: ApplicationFacts, { environment }: Context["terminal"]): Promise<Problem[]> {
  const subject = await collectSubject(project, facts, environment);
  return [...runChecks(deployChecks, subject), ...(await runOwn(facts, subject, true))];
}

function checkTypes(project: Project, { views, options }: ApplicationFacts): readonly Problem[] {
  if (views !== undefined) return toViewProblems(project, compileOptionsOf(project, options), { statics: findStatics(options) });
  // A project in JavaScript has no types to check.
  return existsSync(join(project.folder, "tsconfig.json"))
    ? withEmptyFolder((folder) => toViewProblems(project, { directories: [folder] }))
    : [];
}

/** Everything that goes around a protection, and with types the other problems of template files as well. */
function listUnsafe(project: Project, { views, routes, options }: ApplicationFacts, noTypes: boolean): Problem[] {
  const exceptions = routes.flatMap((route) =>
    route.exceptions.map((exception) => ({
      id: "unsafe",
      level: "warning" as const,
      message: `${toPlace(project, route)}${route.method} ${route.path}: ${exception}`,
      fix: "Make sure that the route needs it.",
    })),
  );
  const found =
    views === undefined
      ? withEmptyFolder((folder) => toViewProblems(project, { directories: [folder] }, { listsUnsafe: true }))
      : toViewProblems(project, compileOptionsOf(project, options), { listsUnsafe: true, statics: findStatics(options) });
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
function toViewProblems(
  project: Project,
  views: CheckViewsOptions,
  { listsUnsafe = false, statics }: { readonly listsUnsafe?: boolean; readonly statics?: string | undefined } = {},
): Problem[] {
  const found = checkViews({ ...views, project: project.folder, listsUnsafe, ...(statics !== undefined && { statics }) });
  return found.map(({ file, line, code, message, fix, severity }) => {
    const where = `${file}:${line}`;
    const isTemplateType = /^TS\d+$/.test(code) && !/\.[cm]?tsx?$/.test(file);
    return {
      id: isTemplateType ? "views.types" : toViewId(code),
      message: `${where}: ${message}${isTemplateType ? ` (${code})` : ""}`,
      level: severity,
      where,
      ...(fix !== "" && { fix }),
    };
  });
}

/** `E_VIEW_NOT_FOUND` is `views.not-found`. Codes of the compiler stay as they are. */
function toViewId(code: string): string {
  if (code === "unlabelled") return "forms.unlabelled";
  if (code === "missing-asset") return "static.missing";
  if (code.startsWith("E_VIEW_")) return `views.${code.slice("E_VIEW_".length).toLowerCase().replaceAll("_", "-")}`;
  return /^[a-z][a-z-]*$/.test(code) && code !== "unsafe" ? `views.${code}` : code;
}

/** An application with folders of template files has the option. */
function compileOptionsOf(project: Project, { views }: ApplicationFacts["options"]): CheckViewsOptions {
  return toCompileOptions(project.folder, views!);
}

function findStatics({ static: files }: ApplicationFacts["options"]): string | undefined {
  return typeof files === "object" ? files.directory : files;
}
