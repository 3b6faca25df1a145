/** Prepares the worker of `gable dev`: runs in its process, before the application is imported. */
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { dirname, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Application, ApplicationFacts } from "gable";
import { GableError } from "gable";
import { createErrorReport, generationVariable } from "gable/development";
import { checkMigrations, readStatus } from "gable/migrations";
import type { WorkerSetup } from "gable/server";
import type { Problem } from "../built-in.ts";
import { findStartProblems } from "../checks/at-start.ts";
import type { ProjectFacts } from "./changes.ts";

/** What migrations lack. */
export interface MigrationState {
  /** Whether models have changed since the last migration. */
  readonly isDue: boolean;
  /** Names of the migrations that have not run. */
  readonly waiting: readonly string[];
}

/** What the worker tells `gable dev`, next to what its application sends. */
export type SetupMessage =
  | { readonly type: "facts"; readonly facts: ProjectFacts }
  | { readonly type: "migrations"; readonly state: MigrationState }
  | { readonly type: "checks"; readonly warnings: readonly Problem[] }
  /** Addresses of the modules of packages that the next worker can load before a save: those of the framework, and those that it imports. */
  | { readonly type: "modules"; readonly modules: readonly string[] };

/** Folders of loaded modules outside of the project. */
const outside = new Set<string>();
/** Addresses of loaded modules that are not of the application. */
const modules = new Set<string>();
/** Address of the folder with the code of the framework. */
const framework = new URL("../../", import.meta.url).href;
let viewFolders: readonly string[] = [];

const setup: WorkerSetup = {
  prepare(generation) {
    // The supervisor's own value tells one run of `gable dev` from another one.
    process.env[generationVariable] = `${process.env[generationVariable] ?? "0"}-${generation}`;
    watchModules();
  },
  async loaded(app) {
    const problems = await findStartProblems({ folder: process.cwd() }, app as Application); // As below.
    send({ type: "checks", warnings: problems.filter(({ level = "error" }) => level === "warning") });
    const errors = problems.filter(({ level = "error" }) => level === "error");
    if (errors.length > 0) throw checksFailed(errors);
  },
  started(app) {
    // The supervisor has checked that it is an application.
    const started = app as Application;
    const facts = started.describe();
    viewFolders = facts.views ?? [];
    send({ type: "facts", facts: toProjectFacts(facts) });
    // The first request must not wait for this.
    setTimeout(() => {
      send({ type: "modules", modules: [...modules] });
      void tellMigrations(started, facts);
    }, 100);
  },
  describeError: (error) => createErrorReport(error, { views: viewFolders }),
};

export default setup;

/** An application with these mistakes is not served: the page of the error lists them. */
function checksFailed(errors: readonly Problem[]): GableError {
  const lines = errors.map(({ id, message }) => `${id}: ${message}`);
  const what = errors.length === 1 ? "A check found an error" : `Checks found ${errors.length} errors`;
  const [{ fix = "" }] = errors as [Problem]; // There is one at least.
  return new GableError("E_CHECK_FAILED", `${what}:\n${lines.join("\n")}`, { fix, details: { problems: errors } });
}

function send(event: SetupMessage): void {
  process.send?.({ kind: "development", event });
}

/** Modules of a workspace are outside of the project, and belong to it all the same. */
function watchModules(): void {
  const folder = process.cwd() + sep;
  const frameworkFolder = fileURLToPath(new URL("../", framework));
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      // What an application imports from other packages may depend on what it did before: only its worker loads that.
      if (isOurs(resolved.url) || (isInPackage(resolved.url) && isOurs(context.parentURL))) modules.add(resolved.url);
      return resolved;
    },
    load(url, context, nextLoad) {
      if (url.startsWith("file:") && !isOurs(url)) {
        const path = fileURLToPath(url);
        if (!path.startsWith(folder) && !path.startsWith(frameworkFolder) && !isInPackage(url)) outside.add(dirname(path));
      }
      return nextLoad(url, context);
    },
  });
}

function isOurs(url: string | undefined): boolean {
  return url?.startsWith(framework) === true && !isInPackage(url.slice(framework.length));
}

function isInPackage(url: string): boolean {
  return url.startsWith("file:") && url.includes("/node_modules/");
}

function toProjectFacts({ views, options }: ApplicationFacts): ProjectFacts {
  const { static: files, hosts = [], origin } = options;
  const { directory, at = "/static", root = [] } = typeof files === "object" ? files : { directory: files };
  return {
    views: (views ?? []).map((folder) => resolve(folder)),
    statics: directory === undefined ? undefined : { folder: resolve(directory), at: at.replace(/\/$/, ""), root },
    hosts: origin === undefined ? hosts : [...hosts, new URL(origin).host],
    outside: [...outside],
  };
}

async function tellMigrations(app: Application, { models }: ApplicationFacts): Promise<void> {
  const folder = "migrations";
  if (models === undefined || !existsSync(folder)) return;
  try {
    const due = await checkMigrations({ models, folder });
    const status = await readStatus({ database: app.database(), folder });
    const waiting = status.filter(({ state }) => state !== "applied").map(({ name }) => name);
    send({ type: "migrations", state: { isDue: due.some(({ kind }) => kind === "due"), waiting } });
  } catch (error) {
    // The commands of migrations say it with all details.
    app.reportError(error);
  }
}
