/** `gable db create`, `drop`, `reset`, `seed`, `shell` and `size`: the database as a whole. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { GableError } from "gable";
import type { Database } from "gable/data";
import { createDatabase, sql } from "gable/data";
import { migrate, readStatus, runSeeds } from "gable/migrations";
import type { BuiltInContext } from "../built-in.ts";
import { builtIn } from "../built-in.ts";
import type { DatabaseAddress } from "../database-url.ts";
import { parseDatabaseUrl, toShellCommand } from "../database-url.ts";
import { assertFolder, databaseFlags, optionsOf, withDatabase } from "../open-database.ts";
import { withSteps } from "./db-run.ts";

type Context = BuiltInContext<{}, typeof databaseFlags>;

async function readAddress({ project, flags }: Context): Promise<DatabaseAddress> {
  const app = await project.loadApp();
  const options = optionsOf(app, flags.database);
  assertFolder("folder", flags.folder);
  if (options.url !== undefined) return parseDatabaseUrl(options.url);
  throw new GableError("E_DATABASE_MISSING", `The database "${flags.database}" has no address.`, { fix: "Pass its url to gable()." });
}

async function withServer<Result>(url: string, work: (server: Database) => Promise<Result>): Promise<Result> {
  const server = await createDatabase({ url, models: [], bind: false });
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

/** Returns whether it was missing. */
async function create(address: DatabaseAddress, isDry = false): Promise<boolean> {
  if (address.kind === "sqlite") {
    if (existsSync(address.file) || isDry) return !existsSync(address.file);
    await mkdir(dirname(address.file), { recursive: true });
    // Opening the file creates it.
    await withServer(`sqlite:${address.file}`, async () => undefined);
    return true;
  }
  const { name, kind, serverUrl } = address;
  return withServer(serverUrl, async (server) => {
    const [found] =
      kind === "postgres"
        ? await server.query(sql`SELECT 1 AS one FROM pg_database WHERE datname = ${name}`)
        : await server.query(sql`SELECT 1 AS one FROM information_schema.schemata WHERE schema_name = ${name}`);
    if (found !== undefined || isDry) return found === undefined;
    await server.query(sql`CREATE DATABASE ${sql.identifier(name)}`);
    return true;
  });
}

async function drop(address: DatabaseAddress): Promise<void> {
  if (address.kind === "sqlite") {
    for (const ending of ["", "-wal", "-shm", "-journal"]) await rm(`${address.file}${ending}`, { force: true });
    return;
  }
  await withServer(address.serverUrl, (server) => server.query(sql`DROP DATABASE IF EXISTS ${sql.identifier(address.name)}`));
}

function nameOf(address: DatabaseAddress): string {
  return address.kind === "sqlite" ? address.file : address.name;
}

/** Asks before everything in a database is lost. In production `--force` is needed as well. */
async function assertConsent({ project, common, confirm }: Context, address: DatabaseAddress): Promise<void> {
  if (project.mode === "production" && !common.force)
    throw new GableError("E_COMMAND_CONFIRM", `The database "${nameOf(address)}" is in production.`, {
      fix: "Pass --force --yes when you are sure.",
    });
  if (!(await confirm(`Delete everything in the database "${nameOf(address)}"?`)))
    throw new GableError("E_COMMAND_CONFIRM", "You cancelled. Nothing was deleted.");
}

const createFlags = {
  ...databaseFlags,
  dryRun: { type: "boolean", help: "Says whether it would create it, and creates nothing" },
} as const;

/** Creates the database. */
export const dbCreate = builtIn({
  examples: ["db create", "db create --dry-run"],
  flags: createFlags,
  async run(context: BuiltInContext<{}, typeof createFlags>) {
    const { dryRun: isDry } = context.flags;
    const address = await readAddress(context);
    const created = await create(address, isDry);
    const done = isDry ? "Would create" : "Created";
    context.print(created ? `${done} the database "${nameOf(address)}".` : `The database "${nameOf(address)}" exists already.`);
    return { created, isDry };
  },
});

const dryFlag = { dryRun: { type: "boolean", help: "Says what it would delete, and deletes nothing" } } as const;
const dropFlags = { ...databaseFlags, ...dryFlag } as const;

/** Drops the database. */
export const dbDrop = builtIn({
  examples: ["db drop", "db drop --dry-run"],
  flags: dropFlags,
  async run(context: BuiltInContext<{}, typeof dropFlags>) {
    const address = await readAddress(context);
    if (context.flags.dryRun) return showDeletion(context, address);
    await assertConsent(context, address);
    await drop(address);
    context.print(`Deleted the database "${nameOf(address)}".`);
    return { dropped: nameOf(address) };
  },
});

function showDeletion({ print }: Context, address: DatabaseAddress): object {
  print(`Would delete everything in the database "${nameOf(address)}".`);
  return { dropped: nameOf(address), isDry: true };
}

const seedsFlags = { ...databaseFlags, seeds: { type: "string", help: "Folder of the seeds", default: "seeds" } } as const;
const resetFlags = { ...seedsFlags, ...dryFlag } as const;
const seedFlags = { ...seedsFlags, dryRun: { type: "boolean", help: "Lists and checks the files, and runs none" } } as const;
type ResetContext = BuiltInContext<{}, typeof resetFlags>;
type SeedContext = BuiltInContext<{}, typeof seedFlags>;

/** Drops, creates, migrates and seeds. */
export const dbReset = builtIn({
  examples: ["db reset"],
  flags: resetFlags,
  async run(context: ResetContext) {
    const address = await readAddress(context);
    // A misspelt folder is found before the rows are lost.
    assertFolder("seeds", context.flags.seeds);
    if (context.flags.dryRun) return showDeletion(context, address);
    await assertConsent(context, address);
    await drop(address);
    await create(address);
    const done = await withDatabase(context.project, context.flags, async (database) => {
      const { folder, seeds } = context.flags;
      const due = await readStatus({ database, folder });
      const migrations = await withSteps(context, due.length, (onProgress) => migrate({ database, folder, onProgress }));
      return { migrations, seeds: existsSync(seeds) ? await runAllSeeds(context, database) : [] };
    });
    context.print(`The database "${nameOf(address)}" is new: ${done.migrations.length} migrations and ${done.seeds.length} seeds ran.`);
    return done;
  },
});

/** Shows each seed when it begins. */
function runAllSeeds({ progress, flags: { seeds } }: Pick<SeedContext, "progress" | "flags">, database: Database): Promise<string[]> {
  return progress("Seeds", {}, (bar) => runSeeds({ database, folder: seeds, onProgress: (name) => bar.step(name) }));
}

/** Runs the seeds. */
export const dbSeed = builtIn({
  examples: ["db seed", "db seed --dry-run"],
  flags: seedFlags,
  run: (context: SeedContext) => {
    const { flags, project, common, print } = context;
    const { dryRun: isDry } = flags;
    if (project.mode === "production" && !common.force && !isDry)
      throw new GableError("E_COMMAND_CONFIRM", "Seeds would write to the production database.", {
        fix: "Pass --force when you are sure.",
      });
    if (!existsSync(flags.seeds))
      throw new GableError("E_COMMAND_USAGE", `The folder "${flags.seeds}" does not exist.`, {
        fix: "Write a seed into it: export default async () => { ... }; or name another folder with --seeds.",
      });
    return withDatabase(project, flags, async (database) => {
      const seeds = await (isDry ? runSeeds({ database, folder: flags.seeds, isDry }) : runAllSeeds(context, database));
      print(
        `${isDry ? "Would run" : "Ran"} ${seeds.length === 1 ? "1 seed" : `${seeds.length} seeds`}${isDry ? `: ${seeds.join(", ")}` : ""}.`,
      );
      return { seeds, isDry };
    });
  },
});

/** Opens the shell of the database. */
export const dbShell = builtIn({
  examples: ["db shell"],
  flags: databaseFlags,
  async run(context: Context) {
    const { program, words, environment } = toShellCommand(await readAddress(context));
    const output = context.common.json ? 2 : "inherit";
    const child = spawn(program, words, {
      stdio: ["inherit", output, "inherit"],
      env: { ...context.terminal.environment, ...environment },
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", (error) =>
        reject(
          new GableError("E_COMMAND_PROGRAM", `The program ${program} cannot be started.`, { cause: error, fix: `Install ${program}.` }),
        ),
      );
      child.once("exit", resolve);
    });
    if (code !== 0) throw new GableError("E_COMMAND_PROGRAM", `${program} ended with ${code ?? "a signal"}.`);
    return {};
  },
});

/** Shows how much space the database takes. */
export const dbSize = builtIn({
  examples: ["db size"],
  flags: databaseFlags,
  async run(context: Context) {
    const address = await readAddress(context);
    const tables = await withDatabase(context.project, context.flags, (database) => readSizes(database, address));
    const bytes = address.kind === "sqlite" ? (await stat(address.file)).size : tables.reduce((sum, table) => sum + table.bytes, 0);
    context.table(tables.map((row) => ({ table: row.table, bytes: row.bytes.toLocaleString("en") })));
    context.print(`In all ${bytes.toLocaleString("en")} bytes.`);
    return { bytes, tables };
  },
});

/** A table with what it takes on the disk, indexes included. */
interface TableSize {
  readonly table: string;
  readonly bytes: number;
}

async function readSizes(database: Database, { kind }: DatabaseAddress): Promise<TableSize[]> {
  const statement = {
    sqlite: sql`SELECT name AS "table", sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY 2 DESC`,
    postgres: sql`SELECT relname AS "table", pg_total_relation_size(relid) AS bytes FROM pg_catalog.pg_statio_user_tables ORDER BY 2 DESC`,
    mariadb: sql`SELECT table_name AS ${sql.identifier("table")}, data_length + index_length AS bytes FROM information_schema.tables WHERE table_schema = database() ORDER BY 2 DESC`,
  }[kind === "mysql" ? "mariadb" : kind];
  const rows = await database.query<{ table: string; bytes: unknown }>(statement);
  return rows.map(({ table, bytes }) => ({ table, bytes: Number(bytes) }));
}
