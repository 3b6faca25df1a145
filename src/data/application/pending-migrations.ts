/** Detects at start that a database is behind its application: pending migrations, and missing tables. */
import { GableError } from "../../errors/gable-error.ts";
import type { Database } from "../database.ts";
import { readFiles } from "../migrations/files/read-files.ts";
import { readLiveSchema } from "../migrations/run/live-schema.ts";
import { readStatus } from "../migrations/run/migrate.ts";
import { Session } from "../migrations/run/session.ts";
import { describeModels } from "../sql/model-state.ts";

const runCommand = "npx gable db migrate";

/**
 * Returns the error about a database that is behind its application; undefined if it is not. `folder` holds its migrations; undefined
 * if it is unknown.
 */
export async function findPending(database: Database, folder: string | undefined): Promise<GableError | undefined> {
  const due = folder === undefined ? [] : await findDue(database, folder);
  if (due.length > 0) return pending(database, `pending migrations: ${due.join(", ")}`, `Run ${runCommand}.`, { migrations: due });
  const missing = await findMissing(database);
  if (missing.length === 0) return undefined;
  const fix = `Run ${runCommand}. If no migration creates them yet, write one first: npx gable db make.`;
  return pending(database, `no ${missing.join(", no ")}`, fix, { missing });
}

function pending({ $core }: Database, what: string, fix: string, details: object): GableError {
  const message = `The database "${$core.name}" is behind the application: it has ${what}.`;
  return new GableError("E_MIGRATION_PENDING", message, { fix, details: { database: $core.name, ...details } });
}

/** Returns the migrations that must run before this code serves: not those that wait for the new code, nor the ones after them. */
async function findDue(database: Database, folder: string): Promise<string[]> {
  const phases = new Map((await readFiles(folder)).map(({ name, phase }) => [name, phase]));
  const open = (await readStatus({ database, folder })).filter(({ state }) => state !== "applied").map(({ name }) => name);
  const waiting = open.findIndex((name) => phases.get(name) === "after-deploy");
  return waiting === -1 ? open : open.slice(0, waiting);
}

/** Returns the tables and columns of the models that the database lacks. */
async function findMissing(database: Database): Promise<string[]> {
  const live = await Session.use(database.$core, readLiveSchema);
  return [...describeModels(database.models)].flatMap(([name, { columns, view }]) => {
    const objects = live.get(name);
    if (objects === undefined) return [`${view === undefined ? "table" : "view"} "${name}"`];
    if (view !== undefined) return [];
    return [...columns.keys()].filter((column) => !objects.has(`column ${column}`)).map((column) => `column "${name}.${column}"`);
  });
}
