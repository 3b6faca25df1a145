/** The database of a project, for commands that work on it before the application could start. */
import type { Application } from "gable";
import { GableError } from "gable";
import type { Database } from "gable/data";
import { createDatabases } from "gable/data";
import type { Project } from "./project.ts";

/** Flags of all commands about databases. */
export const databaseFlags = {
  database: { type: "string", help: "Name of the database, where the application has several", default: "default" },
  folder: { type: "string", help: "Folder of the migrations", default: "migrations" },
} as const;

/** Returns the models of an application. Throws `E_DATABASE_MISSING` when it has none. */
export function modelsOf(app: Application): readonly object[] | Readonly<Record<string, unknown>> {
  const { models } = app.describe();
  if (models !== undefined) return models;
  throw new GableError("E_DATABASE_MISSING", "This application has no models, so it has no database.", { fix: "Pass models to gable()." });
}

/** Opens the database of a project for some work, and closes it. Nothing else of the application starts. */
export async function withDatabase<Result>(project: Project, name: string, work: (database: Database) => Promise<Result>): Promise<Result> {
  const app = await project.loadApp();
  const models = modelsOf(app);
  const databases = await createDatabases({ models, databases: app.describe().databases });
  try {
    return await work(databases.get(name));
  } finally {
    await databases.close();
  }
}
