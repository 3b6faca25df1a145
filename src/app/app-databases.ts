/** The databases of an application: opened when it starts, asked by the readiness check, closed when it stops. */
import type { Database, DatabaseOptions } from "../data/database.ts";
import type { Databases, NamedDatabaseOptions } from "../data/databases.ts";
import type { SyncedTables } from "../data/migrations/run/sync-tables.ts";
import { optionInvalid } from "../errors/option-errors.ts";
import { loadFileSystem } from "../replies/node-modules.ts";
import { readEnvironment } from "./mode.ts";

/** A database of an application, without its models. */
type AppDatabaseOptions = Omit<DatabaseOptions, "models" | "name" | "bind">;

/** The options of `gable()` that are about databases. */
export interface DatabaseSettings {
  /** The models: a list, or a module that exports them. None by default. */
  models?: DatabaseOptions["models"];
  /** The address of the database, or more about it. Default: the variable DATABASE_URL, else `sqlite:var/app.db`. */
  database?: string | AppDatabaseOptions;
  /** Several databases by name, in place of one: models live where their option `database` says. None by default. */
  databases?: Readonly<Record<string, NamedDatabaseOptions>>;
}

/** Names of the options that are about databases. */
export const databaseOptionNames: ReadonlyArray<keyof DatabaseSettings> = ["models", "database", "databases"];

/** Whether an application has databases. */
export function hasDatabases(options: DatabaseSettings): boolean {
  return databaseOptionNames.some((name) => options[name] !== undefined);
}

/** Whether requests must be told apart, so that each reads what it has written: where there are replicas. */
export function hasReplicas({ databases = {} }: DatabaseSettings): boolean {
  return Object.values(databases).some(({ of }) => of !== undefined);
}

/** Checks the options. Throws `E_OPTION_INVALID`. */
export function assertDatabaseSettings({ database, databases }: DatabaseSettings): void {
  if (database !== undefined && databases !== undefined)
    throw optionInvalid("gable()", "database", database, "absent where databases are given: name the usual one default there");
}

/** Opens the databases. Throws as `createDatabases()` does. */
export async function openAppDatabases(options: DatabaseSettings): Promise<AppDatabases> {
  const { createDatabases } = await import("../data/databases.ts");
  const { models = [], database, databases } = options;
  const only: NamedDatabaseOptions = typeof database === "object" ? database : { url: database ?? (await findUrl()) };
  return new AppDatabases(await createDatabases({ models, databases: databases ?? { default: only } }));
}

/** The address that the environment gives, or that of a file whose folder is made. */
async function findUrl(): Promise<string> {
  const given = readEnvironment("DATABASE_URL");
  if (given !== undefined && given !== "") return given;
  const { mkdir } = await loadFileSystem();
  await mkdir("var", { recursive: true });
  return "sqlite:var/app.db";
}

/** The open databases of an application. */
export class AppDatabases {
  readonly #databases: Databases;

  constructor(databases: Databases) {
    this.#databases = databases;
  }

  /** A database by its name. Throws `E_DATABASE_UNKNOWN`. */
  get(name: string): Database {
    return this.#databases.get(name);
  }

  /** Asks each database for an answer. Throws what the first one says that has none. */
  async check(): Promise<void> {
    const { sql } = await import("../data/tree/functions.ts");
    await Promise.all(this.#databases.names.map((name) => this.get(name).query(sql`SELECT 1`)));
  }

  /** Makes what is missing of their tables, where no migrations do that. Gives what was done, by database. */
  async sync(): Promise<Array<SyncedTables & { readonly name: string }>> {
    const { syncTables } = await import("../data/migrations/run/sync-tables.ts");
    const synced: Array<SyncedTables & { readonly name: string }> = [];
    for (const name of this.#databases.names) {
      const database = this.get(name);
      const done = database.$core.primary === undefined ? await syncTables(database, "migrations") : undefined;
      if (done !== undefined) synced.push({ ...done, name });
    }
    return synced;
  }

  /** Closes all of them. */
  close(): Promise<void> {
    return this.#databases.close();
  }
}
