/** The database of a project, for commands that work on it before the application could start. */
import { existsSync } from "node:fs";
import type { Application } from "gable";
import { GableError } from "gable";
import type { Database } from "gable/data";
import { createDatabases } from "gable/data";
import { suggestName } from "../errors/nearest-name.ts";
import type { Project } from "./project.ts";

/** Folders that commands use without a flag. */
const defaultFolders = { folder: "migrations", seeds: "seeds" } as const;

/** Flags of all commands about databases. */
export const databaseFlags = {
  database: { type: "string", help: "Name of the database, where the application has several", default: "default" },
  folder: { type: "string", help: "Folder of the migrations", default: defaultFolders.folder },
} as const;

/** Returns the models of an application. Throws `E_DATABASE_MISSING` when it has none. */
export function modelsOf(app: Application): readonly object[] | Readonly<Record<string, unknown>> {
  const { models } = app.describe();
  if (models !== undefined) return models;
  throw new GableError("E_DATABASE_MISSING", "This application has no models, so it has no database.", { fix: "Pass models to gable()." });
}

type NamedOptions = ReturnType<Application["describe"]>["databases"][string];

/** Returns the options of a database of an application. Throws `E_DATABASE_MISSING` if it has none, and `E_COMMAND_USAGE` for an unknown name. */
export function optionsOf(app: Application, name: string): NamedOptions {
  const { databases } = app.describe();
  const options = Object.hasOwn(databases, name) ? databases[name] : undefined;
  if (options !== undefined) return options;
  const names = Object.keys(databases);
  const code = names.length === 0 ? "E_DATABASE_MISSING" : "E_COMMAND_USAGE";
  throw new GableError(code, `The application has no database "${name}".`, {
    fix: names.length === 0 ? "Pass models: [] and database to gable()." : suggestName(name, names),
  });
}

/** Throws `E_COMMAND_USAGE` for a folder that a flag names and that does not exist. A project without migrations has no default folder. */
export function assertFolder(flag: keyof typeof defaultFolders, folder: string): void {
  if (folder === defaultFolders[flag] || existsSync(folder)) return;
  throw new GableError("E_COMMAND_USAGE", `The folder "${folder}" does not exist.`, {
    fix: `Correct --${flag}, or leave it out for ${defaultFolders[flag]}.`,
  });
}

/**
 * Opens the database that the flags name for some work, and closes it. Nothing else of the application starts. Throws `E_COMMAND_USAGE` for a
 * database or a folder that does not exist.
 */
export async function withDatabase<Result>(
  project: Project,
  { database: name, folder }: { readonly database: string; readonly folder?: string },
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const app = await project.loadApp();
  const models = modelsOf(app);
  optionsOf(app, name);
  if (folder !== undefined) assertFolder("folder", folder);
  const databases = await createDatabases({ models, databases: app.describe().databases });
  try {
    return await work(databases.get(name));
  } finally {
    await databases.close();
  }
}
