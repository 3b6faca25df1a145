/** The project that a command works on: its application, its settings, its folders. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseEnv } from "node:util";
import type { Application, Mode } from "gable";
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";
import { suggestName } from "../errors/nearest-name.ts";
import type { Terminal } from "./terminal.ts";

/** A project in a folder. */
export interface Project {
  readonly folder: string;
  readonly mode: Mode;
  /** Path of the module that exports the application. Throws `E_APP_FILE` when there is none. */
  findAppFile(): string;
  /** Imports the application. Nothing is opened. */
  loadApp(): Promise<Application>;
  /** Starts the application for some work, without its background tasks, and closes it. */
  withApp<Result>(work: (app: Application) => Promise<Result>): Promise<Result>;
  /** The path of a file below the project, for messages. */
  toShown(path: string): string;
}

/** Files that are tried in turn. */
const appFiles = ["app.ts", "app.js", "app.mjs", "src/app.ts"];

/**
 * Finds the mode: the flag, then `GABLE_MODE` of the environment, of `.env.local` and `.env`, then that of the command,
 * then production. Throws `E_COMMAND_USAGE` for an unknown one.
 */
export function findMode(terminal: Terminal, flag: string | undefined, ofCommand: Mode | undefined): Mode {
  const mode =
    flag ??
    (terminal.environment["GABLE_MODE"] ||
      readVariable(terminal.folder, [".env.local", ".env"], "GABLE_MODE") ||
      ofCommand ||
      "production");
  if (mode === "development" || mode === "test" || mode === "production") return mode;
  throw new GableError("E_COMMAND_USAGE", `"${mode}" is not a mode.`, {
    fix: suggestName(mode, ["development", "test", "production"], "Use development, test or production."),
  });
}

/** Reads a variable of files such as `.env`: the first file that has it counts. An empty variable counts as missing. */
export function readVariable(folder: string, names: readonly string[], variable: string): string | undefined {
  for (const name of names) {
    const file = join(folder, name);
    const value = existsSync(file) ? parseEnv(readText(file, name))[variable] : undefined;
    if (value) return value;
  }
  return undefined;
}

/** Reads a file without its byte-order mark, which would become a part of the first name. */
function readText(file: string, name: string): string {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw new GableError("E_SETTINGS_INVALID", `${name} cannot be read: ${toErrorText(error)}.`, {
      fix: `Make ${name} a file that the process may read, or remove it.`,
      cause: error,
    });
  }
}

/** Makes the project of the folder that a terminal is in. `appFile` is the flag `--app`. */
export function createProject({ folder, environment }: Terminal, mode: Mode, appFile: string | undefined): Project {
  const findAppFile = (): string => {
    const named = appFile ?? readPackage(folder)?.gable?.app;
    const candidates = named === undefined ? appFiles : [named];
    const found = candidates.map((name) => resolve(folder, name)).find((file) => existsSync(file));
    if (found !== undefined) return assertModule(found, relative(folder, found));
    throw new GableError("E_APP_FILE", `There is no application in ${folder}: none of ${candidates.join(", ")} exists.`);
  };
  const loadApp = async (): Promise<Application> => {
    const file = findAppFile();
    const module = await importInTime(file, relative(folder, file));
    if (isApplication(module.default)) return module.default;
    throw new GableError("E_APP_FILE", `${relative(folder, file)} does not export an application as its default.`, {
      fix: "Write: export default gable({ ... }), and start it with `gable dev` or `gable start`.",
    });
  };
  return {
    folder,
    mode,
    findAppFile,
    loadApp,
    async withApp(work) {
      // Background tasks belong to `gable start` and `gable worker`, which starts its own worker.
      environment["GABLE_TASKS"] = "off";
      const app = await loadApp();
      await app.start();
      try {
        return await work(app);
      } finally {
        await app.close();
      }
    },
    toShown: (path) => {
      const shown = relative(folder, path);
      return shown.startsWith("..") ? path : shown;
    },
  };
}

/** Returns the path of a module. Throws `E_APP_FILE` for a folder and for a file that is not a module, such as `package.json`. */
export function assertModule(file: string, shown: string): string {
  const isFolder = statSync(file).isDirectory();
  if (!isFolder && /\.[cm]?[jt]sx?$/.test(file)) return file;
  throw new GableError("E_APP_FILE", `${shown || "."} is ${isFolder ? "a folder" : "not a module"}.`, {
    fix: "Name a file that ends in .ts, .js or .mjs.",
  });
}

/** Time that a module may take to be loaded, as that of a worker. */
const importMsMax = 60_000;

/** Imports a module. Throws `E_APP_FILE` if its code waits for something that never comes. */
async function importInTime(file: string, shown: string): Promise<{ readonly default?: unknown }> {
  const late = Promise.withResolvers<never>();
  const fix = "Look at each await at the top level of your modules: the code may wait for a server that does not answer.";
  const refuse = (when: string) => () =>
    late.reject(new GableError("E_APP_FILE", `${shown} waits for something that never comes: ${when}.`, { fix }));
  const onIdle = refuse("nothing is left to wait for");
  process.once("beforeExit", onIdle);
  const timer = setTimeout(refuse(`it was not loaded within ${importMsMax / 1_000} s`), importMsMax).unref();
  try {
    // Any module may be one.
    return (await Promise.race([import(pathToFileURL(file).href), late.promise])) as { readonly default?: unknown };
  } finally {
    process.off("beforeExit", onIdle);
    clearTimeout(timer);
  }
}

/** The part of `package.json` that commands read. */
interface PackageFile {
  readonly name?: string;
  readonly version?: string;
  readonly gable?: { readonly app?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Reads `package.json` of a folder; undefined where there is none. */
export function readPackage(folder: string): PackageFile | undefined {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, "")) as PackageFile; // Only npm and people write it.
  } catch (error) {
    throw new GableError("E_APP_FILE", `${file} is not JSON.`, { cause: error });
  }
}

/** A second copy of the package makes applications of another class. */
function isApplication(value: unknown): value is Application {
  return typeof value === "object" && value !== null && "listen" in value && "fetch" in value && "routes" in value;
}
