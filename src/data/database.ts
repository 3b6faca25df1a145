/** Opens databases with their models. The models then find their database on their own. */
import type { OptionKind } from "../errors/option-errors.ts";
import { assertFunction, assertKnownOptions, optionInvalid, timerMsMax } from "../errors/option-errors.ts";
import { toErrorText } from "../errors/error-text.ts";
import { GableError, isGableError } from "../errors/gable-error.ts";
import { assertReachable } from "./driver/assert-reachable.ts";
import { openDriver } from "./database-kinds.ts";
import type { Dialect } from "./sql/dialect.ts";
import type { Driver } from "./driver/contract.ts";
import { isModel } from "./model.ts";
import { runStatement } from "./run/execute.ts";
import type { AnyExpression } from "./schema/expression-types.ts";
import { queryRaw } from "./rows/raw.ts";
import { assertTable } from "./sql/table-conditions.ts";
import type { StatementPlan } from "./sql/plan.ts";
import { RecentCache } from "./schema/recent-cache.ts";
import { assertModels, modelsInvalid } from "./schema/definitions.ts";
import type { ModelClass } from "./schema/model-class.ts";
import { deriveCursorKeys } from "./run/cursor-seal.ts";
import type { DatabaseCore, ExecutionContext, FetchMode, StatementEvent } from "./run/database-core.ts";
import { bindModels, currentContext, releaseModels, runIn } from "./run/context.ts";
import { isolateDatabase } from "./run/transaction.ts";

/** Options for `createDatabase()`. */
export interface DatabaseOptions {
  /** Address: `sqlite:var/app.db`, `sqlite::memory:`, `postgres://user@host/name`. Required unless you pass a driver. */
  readonly url?: string;
  /** A custom driver in place of an address. `testDriver()` of gable/testing checks it. None by default. */
  readonly driver?: Driver;
  /** The models whose tables the database holds: a list, or a module that exports them. */
  readonly models: readonly object[] | Readonly<Record<string, unknown>>;
  /**
   * Whether the models find it on their own. With "shared", other databases can be open with the same models: queries then run in
   * `databases.run()` or `database.run()`, and find this database elsewhere while no other is open. Default true.
   */
  readonly bind?: boolean | "shared";
  /** Name in messages. Default "default". */
  readonly name?: string;
  /** Maximum number of rows that a query without a limit reads. Default 100,000. */
  readonly rowsMax?: number;
  /** How a relation is loaded when code first touches it: for all rows of the result, for one row, or not at all. Default "peers". */
  readonly fetchMode?: FetchMode;
  /** Maximum number of connections to a server. Default 10. */
  readonly poolMax?: number;
  /** Maximum wait for a connection, or for the turn to write, in ms. Default 5000. */
  readonly acquireTimeoutMs?: number;
  /** Maximum duration of a statement on a server, in ms. Default 30,000. */
  readonly statementTimeoutMs?: number;
  /**
   * How connections to a server are encrypted: with a verified certificate ("verify"), with any certificate ("encrypt"), or not at all
   * ("off"). By default "verify" for other machines and "off" for this one. An address can set it too (`?sslmode=...`).
   */
  readonly tls?: "verify" | "encrypt" | "off";
  /**
   * Whether statements are prepared by name (PostgreSQL). Use "off" behind a pooler that assigns a connection per transaction and does
   * not support prepared statements (PgBouncer before 1.21). Default "named".
   */
  readonly prepare?: "named" | "off";
  /** With "full", no commit is lost in a power failure (SQLite). Default "normal". */
  readonly durability?: "normal" | "full";
  /** Whether `onStatement` gets the parameters of statements, except secret ones. Default false. */
  readonly logParameters?: boolean;
  /**
   * Secret that seals the cursors of `page()`, the same in every process that reads them; at least 32 characters. By default the
   * first of the secret keys of `gable()`, otherwise the address of the database with its password. An address without a password, and that of SQLite, is not secret: whoever knows it can
   * read the values in cursors. With a driver and no address, cursors end with the process.
   */
  readonly cursorSecret?: string;
  /** Called after each statement. None by default. */
  readonly onStatement?: (event: StatementEvent) => void;
  /** Called with errors of callbacks that run after a commit. By default they go to the log of the application, else to the console. */
  readonly onError?: (error: unknown) => void;
}

/** Kinds of the options. */
export const optionKinds: Readonly<Record<string, OptionKind>> = {
  url: "string",
  driver: "object",
  models: "entries",
  bind: true,
  name: "string",
  rowsMax: true,
  fetchMode: ["peers", "one", "raise"],
  poolMax: true,
  acquireTimeoutMs: true,
  statementTimeoutMs: true,
  tls: true,
  prepare: true,
  durability: ["normal", "full"],
  logParameters: "boolean",
  cursorSecret: true,
  onStatement: "function",
  onError: "function",
};

const numberOptions = ["rowsMax", "poolMax", "acquireTimeoutMs", "statementTimeoutMs"] as const;

/** Checks options that become part of statements. Throws `E_OPTION_INVALID`. */
export function assertValues(
  owner: string,
  options: Pick<DatabaseOptions, (typeof numberOptions)[number] | "tls" | "prepare" | "cursorSecret">,
): void {
  const { cursorSecret } = options;
  // The value is not shown.
  if (cursorSecret !== undefined && !(typeof cursorSecret === "string" && cursorSecret.length >= cursorSecretMin))
    throw new GableError("E_OPTION_INVALID", `${owner}: cursorSecret must be a string of at least ${cursorSecretMin} characters.`);
  for (const name of numberOptions) {
    const value = options[name];
    const most = name.endsWith("Ms") ? timerMsMax : Number.MAX_SAFE_INTEGER;
    if (value === undefined || (Number.isSafeInteger(value) && value > 0 && value <= most)) continue;
    throw optionInvalid(owner, name, value, value > most ? `at most ${most}` : "a whole number above 0");
  }
  if (!tlsModes.includes(options.tls)) throw optionInvalid(owner, "tls", options.tls, '"verify", "encrypt" or "off"');
  if (!prepareModes.includes(options.prepare)) throw optionInvalid(owner, "prepare", options.prepare, '"named" or "off"');
}

/** Checks how a database is bound to its models. Throws `E_OPTION_INVALID`. */
export function assertBind(owner: string, bind: unknown, known: readonly unknown[] = [true, "shared"]): void {
  if (!known.includes(bind)) throw optionInvalid(owner, "bind", bind, known.map((each) => JSON.stringify(each)).join(", "));
}

/** Minimum number of characters of a secret for cursors. */
const cursorSecretMin = 32;

const tlsModes: readonly unknown[] = [undefined, "verify", "encrypt", "off"];
const prepareModes: readonly unknown[] = [undefined, "named", "off"];

/** Maximum number of cached plans. */
const plansMax = 2_000;

/**
 * Opens a database. Throws `E_MODEL_INVALID` for models with mistakes, `E_DATABASE_URL`, `E_DATABASE_OPEN`,
 * `E_DRIVER_MISSING` and `E_DATABASE_BOUND`.
 */
export async function createDatabase(options: DatabaseOptions): Promise<Database> {
  assertKnownOptions("createDatabase()", options, optionKinds);
  assertValues("createDatabase()", options);
  assertBind("createDatabase()", options.bind === undefined ? true : options.bind, [true, false, "shared"]);
  const models = readModels("createDatabase()", options.models);
  assertModels(models);
  return openDatabase(options, models);
}

/** Opens a database with models that have already been checked, and its first connection. */
export async function openDatabase(options: DatabaseOptions, models: readonly ModelClass[]): Promise<Database> {
  const { dialect, driver } = await openDriver(options);
  const mistakes = models.flatMap((model) => dialect.findMistakes(model.$meta));
  if (mistakes.length > 0) {
    await driver.close();
    throw modelsInvalid(mistakes);
  }
  try {
    // A custom driver connects with its first query.
    if (options.driver === undefined) await assertReachable(driver, options.url ?? "");
    for (const model of models) assertTable(dialect, model);
    await dialect.assertStored?.(driver, models);
  } catch (error) {
    await driver.close();
    throw error;
  }
  const database = new Database(options, models, dialect, driver);
  const { bind = true } = options;
  if (bind !== false) {
    try {
      bindModels(database.$core, bind === true ? "alone" : bind);
    } catch (error) {
      await driver.close();
      throw error;
    }
  }
  return database;
}

/** Creates the error about a table that the database refused to create. */
function tablesRefused(name: string, error: unknown): GableError {
  return new GableError("E_DATABASE_TABLES", `createTables() failed in the database "${name}": ${toErrorText(error)}`, { cause: error });
}

/** Reads the option `models`. Throws `E_OPTION_INVALID`. */
export function readModels(owner: string, models: DatabaseOptions["models"]): ModelClass[] {
  const isList = Array.isArray(models);
  const list: readonly unknown[] = isList ? models : Object.values(models).filter((value) => isModel(value));
  return [...new Set(list)].map((model) => {
    if (isModel(model)) return model;
    throw optionInvalid(owner, "models", model, "a list of model classes, or a module that exports them");
  });
}

/** An open database. */
export class Database {
  /** @internal The part of the database that queries use. */
  readonly $core: DatabaseCore;
  /** Its models. */
  readonly models: readonly ModelClass[];

  /** @internal Use `createDatabase()`. */
  constructor(options: DatabaseOptions, models: readonly ModelClass[], dialect: Dialect, driver: Driver) {
    const context: { database?: DatabaseCore; transaction: undefined } = { transaction: undefined };
    const core: DatabaseCore = {
      name: options.name ?? "default",
      dialect,
      driver,
      plans: new RecentCache<StatementPlan>(plansMax),
      models: new Set(models),
      scoped: models.filter((model) => model.$options.scope !== undefined),
      rowsMax: options.rowsMax ?? 100_000,
      cursorKeys: deriveCursorKeys(options.cursorSecret ?? options.url),
      fetchMode: options.fetchMode ?? "peers",
      logParameters: options.logParameters ?? false,
      observe: options.onStatement,
      onError: options.onError ?? ((error) => console.error(error)),
      acquireTimeoutMs: options.acquireTimeoutMs ?? 5_000,
      siblings: undefined,
      primary: undefined,
      pending: undefined,
      guardWrite: undefined,
      replicas: [],
      context: context as ExecutionContext, // The context and the database know each other.
    };
    context.database = core;
    this.$core = core;
    this.models = models;
  }

  /** The kind of database. */
  get dialect(): "sqlite" | "postgres" | "mariadb" | "mysql" {
    return this.$core.dialect.name;
  }

  /** Runs work whose queries run on this database, whatever database its models are bound to. */
  run<Result>(work: () => Result): Result {
    assertFunction("run()", work);
    return runIn(this.$core.context, work);
  }

  /**
   * Runs your own SQL. Returns rows with the values as the driver delivers them, since Gable does not know their types. Throws
   * `E_SQL_PART` for anything other than a `sql` tag.
   *
   * @example
   * await database.query<{ size: number }>(sql`SELECT length(title) AS size FROM ${Book} WHERE id = ${id}`);
   */
  query<Row = Record<string, unknown>>(statement: AnyExpression<unknown>): Promise<Row[]> {
    const context = currentContext();
    const own = context?.database === this.$core ? context : this.$core.context;
    return queryRaw(own, statement) as Promise<Row[]>; // The caller gives the type of its statement.
  }

  /**
   * Isolates a test: everything runs in one transaction until you call the returned function, which rolls it back. A transaction of
   * the code under test becomes a savepoint. `testDatabase()` of gable/testing calls both. With `readOnly`, the database refuses
   * every write (`E_TRANSACTION_READ_ONLY`).
   */
  async isolate(options: { readonly readOnly?: boolean } = {}): Promise<() => Promise<void>> {
    assertKnownOptions("isolate()", options, { readOnly: "boolean" });
    return isolateDatabase(this.$core, options.readOnly ?? false);
  }

  /** @internal Calls a function before each write, which refuses it by throwing; undefined ends it. */
  guardWrites(guard: (() => Promise<void>) | undefined): void {
    this.$core.guardWrite = guard;
  }

  /** Creates the tables of all models in an empty database. For tests and small programs. */
  async createTables(): Promise<void> {
    const [{ TableWriter }, { describeModels }] = await Promise.all([import("./sql/table-writer.ts"), import("./sql/model-state.ts")]);
    for (const sql of new TableWriter(this.$core.dialect).createAll(describeModels(this.models)))
      try {
        await runStatement(this.$core.context, { sql, parameters: [], rows: "none" }, true);
      } catch (error) {
        throw isGableError(error) ? error : tablesRefused(this.$core.name, error);
      }
  }

  /** Closes all connections and unbinds the models. */
  async close(): Promise<void> {
    releaseModels(this.$core);
    await this.$core.driver.close();
  }
}
