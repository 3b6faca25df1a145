/** Checks of migrations: two last ones, models that have changed since, and migrations that have not run. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ApplicationFacts } from "gable";
import { checkMigrations } from "gable/migrations";
import type { Problem } from "../built-in.ts";
import { listDue } from "../due-migrations.ts";
import { withDatabase } from "../open-database.ts";
import type { Project } from "../project.ts";
import { isThere, orNothing } from "./stored.ts";

/** Ids of the checks in this file. */
export const migrationIds = ["migrations.branches", "migrations.drift", "migrations.pending"] as const;

const folder = "migrations";

function hasMigrations({ folder: root }: Project, { models }: ApplicationFacts): boolean {
  return models !== undefined && existsSync(join(root, folder));
}

/** Compares the files of migrations with each other and with the models. Opens no database. */
export async function checkMigrationFiles(project: Project, facts: ApplicationFacts, level: "error" | "warning"): Promise<Problem[]> {
  if (!hasMigrations(project, facts)) return [];
  const found = await checkMigrations({ models: facts.models!, folder: join(project.folder, folder) });
  return found.map(({ kind, text }) =>
    kind === "heads"
      ? { id: "migrations.branches", level, message: text, fix: "Run: npx gable db make --merge" }
      : { id: "migrations.drift", level, message: text, fix: "Run: npx gable db make" },
  );
}

/** Lists the migrations that a database lacks. A database that does not answer has no problem here. */
export async function checkPending(project: Project, facts: ApplicationFacts): Promise<Problem[]> {
  if (!hasMigrations(project, facts) || !Object.values(facts.databases).every(({ url }) => isThere(url, project.folder))) return [];
  const due = await orNothing(() =>
    withDatabase(project, { database: "default" }, (database) =>
      listDue({ database, folder: join(project.folder, folder), phase: "after" }),
    ),
  );
  if (due === undefined || due.length === 0) return [];
  const message = `${due.length === 1 ? "1 migration has" : `${due.length} migrations have`} not run: ${due.join(", ")}.`;
  return [{ id: "migrations.pending", level: "warning", message, fix: "Run: npx gable db migrate" }];
}
