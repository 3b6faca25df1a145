/** Collects what the checks before a deployment look at: options, databases and files. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ApplicationFacts } from "gable";
import { isGableError } from "gable";
import { createDatabases } from "gable/data";
import type { Databases } from "gable/data";
import { findSqliteFile } from "../database-url.ts";
import type { Project } from "../project.ts";
import type { Terminal } from "../terminal.ts";
import { readAccounts } from "./accounts.ts";
import type { CheckSubject } from "./check.ts";
import { readDatabases } from "./databases.ts";
import { readFiles } from "./files.ts";
import { readQueue } from "./queue.ts";

/** Collects the facts of a project. Changes nothing. */
export async function collectSubject(
  project: Project,
  facts: ApplicationFacts,
  environment: Terminal["environment"],
): Promise<CheckSubject> {
  const { folder } = project;
  return {
    facts,
    folder,
    readFile: (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : undefined),
    areTasksOff: environment["GABLE_TASKS"] === "off",
    files: await readFiles(folder, project.findAppFile()),
    ...(await readStored(facts, folder)),
  };
}

/** Opens the databases one time for everything that checks read. Where the check runs, they may not be reachable, or not migrated yet. */
async function readStored(facts: ApplicationFacts, folder: string): Promise<Pick<CheckSubject, "queue" | "databases" | "accounts">> {
  const { models, databases: named } = facts;
  if (models === undefined || !Object.values(named).every(({ url }) => isThere(url, folder))) return {};
  const databases = await orNothing(() => createDatabases({ models, databases: named, bind: "shared" }));
  if (databases === undefined) return {};
  try {
    return await readAll(facts, folder, databases);
  } finally {
    await databases.close();
  }
}

async function readAll(
  facts: ApplicationFacts,
  folder: string,
  databases: Databases,
): Promise<Pick<CheckSubject, "queue" | "databases" | "accounts">> {
  return {
    queue: await orNothing(() => readQueue(facts, databases)),
    accounts: await orNothing(() => readAccounts(facts, databases)),
    databases: (await orNothing(() => readDatabases(databases, { folder, options: facts.databases }))) ?? {},
  };
}

/** Returns undefined where the database refuses. */
async function orNothing<Result>(read: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isGableError(error)) return undefined;
    throw error;
  }
}

/** Opening a file of SQLite would create it. */
function isThere(url: string | undefined, folder: string): boolean {
  const file = findSqliteFile(url);
  return file === undefined || existsSync(resolve(folder, file));
}
