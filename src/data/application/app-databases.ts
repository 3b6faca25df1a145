/** The open databases of one application: each request uses them, whatever other applications of the process have opened. */
import type { Database } from "../database.ts";
import type { Databases, DatabasesOptions } from "../databases.ts";
import type { PoolFacts } from "../driver/contract.ts";
import { createDatabases } from "../databases.ts";
import { readYourWrites } from "../ambient/written.ts";
import { findPending } from "./pending-migrations.ts";
import { syncTables } from "../migrations/run/sync-tables.ts";
import { listCandidates } from "../run/context.ts";
import { watchFetches } from "../run/fetch-watch.ts";
import { watchScopes } from "../run/scope-watch.ts";
import type { ModelClass } from "../schema/model-class.ts";
import { sql } from "../tree/functions.ts";

/** The methods of a logger that are used here. */
export interface DatabaseLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** What the application provides for opening. */
export interface AppDatabasesSettings {
  readonly logger: DatabaseLog;
  readonly mode: "development" | "test" | "production";
}

/** Folder of the migrations of the default database. */
const migrationsFolder = "migrations";

/** Opens the databases of an application. Throws as `createDatabases()` does. */
export async function openAppDatabases(
  options: Omit<DatabasesOptions, "bind">,
  { logger, mode }: AppDatabasesSettings,
): Promise<AppDatabases> {
  const opened = new AppDatabases(await createDatabases({ ...options, bind: "shared" }), logger);
  // Tests create their tables after the start.
  if (mode === "test") return opened;
  try {
    if (mode === "development") {
      watchFetches();
      await opened.syncTables(logger);
    }
    await opened.findPending(logger);
  } catch (error) {
    await opened.stop();
    throw error;
  }
  return opened;
}

/** The open databases of an application. */
export class AppDatabases {
  readonly #databases: Databases;
  readonly #hasReplicas: boolean;
  readonly #endWatch: () => void;

  constructor(databases: Databases, logger: DatabaseLog) {
    this.#databases = databases;
    const cores = new Set(databases.names.map((name) => databases.get(name).$core));
    this.#hasReplicas = [...cores].some(({ replicas }) => replicas.length > 0);
    this.#endWatch = watchScopes((reason) => {
      // The application that entered the work logs it.
      if (listCandidates().some((core) => cores.has(core))) logger.info({ reason }, "Work left the scopes of models.");
    });
  }

  /** Returns a database by its name. Throws `E_DATABASE_UNKNOWN`. */
  get(name: string): Database {
    return this.#databases.get(name);
  }

  /** Returns what the connections of each database do now, by its name. A custom driver may not say. */
  pools(): ReadonlyMap<string, PoolFacts> {
    const pools = new Map<string, PoolFacts>();
    for (const name of this.#databases.names) {
      const { pool } = this.get(name).$core.driver;
      if (pool !== undefined) pools.set(name, pool);
    }
    return pools;
  }

  /** Finds the model of a table, and its database. */
  findModel(table: string): { readonly database: Database; readonly model: ModelClass } | undefined {
    for (const name of this.#databases.names) {
      const database = this.get(name);
      const model = database.$core.primary === undefined ? database.models.find(({ $meta }) => $meta.table === table) : undefined;
      if (model !== undefined) return { database, model };
    }
    return undefined;
  }

  /** Runs a request or a task in these databases. With replicas, it sees its own writes. */
  enter<Result>(work: () => Result): Result {
    return this.#databases.run(this.#hasReplicas ? () => readYourWrites(work) : work);
  }

  /** Queries each database, and checks again one that was behind. Throws the first error. */
  async health(): Promise<void> {
    await Promise.all(this.#databases.names.map((name) => this.get(name).query(sql`SELECT 1`)));
    for (const name of this.#databases.names) {
      const database = this.get(name);
      if (database.$core.pending === undefined) continue;
      database.$core.pending = await findPending(database, folderOf(name));
      if (database.$core.pending !== undefined) throw database.$core.pending;
    }
  }

  /** Records which databases are behind the application, and logs what to run. */
  async findPending(logger: DatabaseLog): Promise<void> {
    for (const name of this.#databases.names) {
      const database = this.get(name);
      if (database.$core.primary !== undefined) continue;
      try {
        database.$core.pending = await findPending(database, folderOf(name));
      } catch (error) {
        // The application still starts if migration files are of another version, or if the role lacks permissions.
        logger.warn({ database: name, error }, "Cannot determine whether the database is behind the application.");
      }
      const { pending } = database.$core;
      if (pending !== undefined) logger.error({ database: name, code: pending.code, fix: pending.fix }, pending.message);
    }
  }

  /** Creates missing tables if there are no migrations, and logs what it did and could not do. */
  async syncTables(logger: DatabaseLog): Promise<void> {
    for (const name of this.#databases.names) {
      const database = this.get(name);
      const done = database.$core.primary === undefined ? await syncTables(database, migrationsFolder) : undefined;
      if (done === undefined) continue;
      const { made, isSame, left } = done;
      if (made.length > 0) logger.info({ database: name, made }, "Created tables for models, because there are no migrations yet.");
      const fix = "Write a migration: makeMigration() of gable/migrations.";
      if (!isSame) logger.warn({ database: name, left, fix }, "Tables differ from the models, and were left unchanged.");
    }
  }

  /** Closes all databases. */
  async stop(): Promise<void> {
    this.#endWatch();
    await this.#databases.close();
  }
}

/** Other databases have folders that only their commands name. */
function folderOf(name: string): string | undefined {
  return name === "default" ? migrationsFolder : undefined;
}
