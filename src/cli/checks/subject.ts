/** Collects what the checks before a deployment look at: options, databases and files. */
import type { ApplicationFacts } from "gable";
import { createDatabases } from "gable/data";
import type { Databases } from "gable/data";
import type { Project } from "../project.ts";
import type { Terminal } from "../terminal.ts";
import { readAccounts } from "./accounts.ts";
import { toSubject } from "./always.ts";
import type { CheckSubject } from "./check.ts";
import { readDatabases } from "./databases.ts";
import { readFiles } from "./files.ts";
import { readOwnQueue, readQueue } from "./queue.ts";
import { isThere, orNothing } from "./stored.ts";

/** Collects the facts of a project. Changes nothing. */
export async function collectSubject(
  project: Project,
  facts: ApplicationFacts,
  environment: Terminal["environment"],
): Promise<CheckSubject> {
  const { folder } = project;
  const stored = await readStored(facts, folder);
  return {
    ...toSubject(project, facts),
    areTasksOff: environment["GABLE_TASKS"] === "off",
    files: await readFiles(folder, project.findAppFile()),
    ...stored,
    queue: stored.queue ?? (await readOwnQueue(facts).catch(() => undefined)),
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
