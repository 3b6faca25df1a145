/** The databases of an application, as a part: opened at start, used by each request, checked for readiness, closed at the end. */
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";
import { optionInvalid } from "../errors/option-errors.ts";
import type { PartHost } from "../parts/part.ts";
import { definePart } from "../parts/part.ts";
import type { AppDatabases } from "./application/app-databases.ts";
import type { DatabaseOptions } from "./database.ts";
import type { NamedDatabaseOptions } from "./databases.ts";

/** A database of an application, without its models. */
type AppDatabaseOptions = Omit<DatabaseOptions, "models" | "name" | "bind">;

/** The options of `gable()` for databases. */
export interface DatabaseSettings {
  /** The models: a list, or a module that exports them. None by default. */
  models?: DatabaseOptions["models"];
  /** The address of the database, or its options. By default the variable DATABASE_URL, or `sqlite:var/app.db`. */
  database?: string | AppDatabaseOptions;
  /** Several databases by name, instead of one: each model lives where its option `database` says. None by default. */
  databases?: Readonly<Record<string, NamedDatabaseOptions>>;
}

/** Opens the databases of `models`, and makes each request use them. */
export const databasesPart = definePart({
  name: "database",
  option: {
    names: { models: true, database: true, databases: true },
    check: ({ database, databases }: DatabaseSettings) => {
      if (database !== undefined && databases !== undefined)
        throw optionInvalid("gable()", "database", database, "absent when databases are given: name the usual one default there");
    },
  },
  start: async (host, options): Promise<AppDatabases> => {
    // A part gets all options of gable(); another part has checked the keys.
    const { models = [], database, databases, secretKeys } = options as DatabaseSettings & SecretKeyOption;
    // Only loaded if there are databases: an application without them starts without this code.
    const { openAppDatabases } = await import("./application/app-databases.ts");
    const settings = { models, ...(database !== undefined && { database }), ...(databases !== undefined && { databases }) };
    const named = withErrorLog(withCursorSecret(toNamedDatabases(settings, host.environment), secretKeys), host);
    const { mode, logger } = host;
    const statements = logger.child({ part: "gable.sql" });
    const watched = statements.isLevelEnabled?.("debug") === true ? withStatementLog(named, statements, host) : named;
    return openAppDatabases({ models, databases: watched }, { logger, mode });
  },
});

/** The option of another part that databases use as well. */
interface SecretKeyOption {
  readonly secretKeys?: ReadonlyArray<string | Uint8Array>;
}

/** Seals cursors with the first secret key of the application, if a database has no `cursorSecret`. A replica has the keys of its primary. */
function withCursorSecret(
  databases: Readonly<Record<string, NamedDatabaseOptions>>,
  [key]: ReadonlyArray<string | Uint8Array> = [],
): Readonly<Record<string, NamedDatabaseOptions>> {
  if (key === undefined) return databases;
  const cursorSecret = typeof key === "string" ? key : [...key].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return Object.fromEntries(
    Object.entries(databases).map(([name, options]) => [name, options.of === undefined ? { cursorSecret, ...options } : options]),
  );
}

/** The id of the request that runs, for a line of the log; nothing outside of requests. */
function requestFacts({ requestId }: Pick<PartHost, "requestId">): { readonly requestId?: string } {
  const id = requestId();
  return id === undefined ? {} : { requestId: id };
}

/** Writes errors of callbacks after a commit to the log, with the id of their request. */
function withErrorLog(
  databases: Readonly<Record<string, NamedDatabaseOptions>>,
  host: PartHost,
): Readonly<Record<string, NamedDatabaseOptions>> {
  const onError = (error: unknown): void =>
    host.logger.error({ ...requestFacts(host), error }, `A callback after a commit failed: ${toErrorText(error)}`);
  return Object.fromEntries(Object.entries(databases).map(([name, options]) => [name, { onError, ...options }]));
}

/** Writes each statement to the log. */
function withStatementLog(
  databases: Readonly<Record<string, NamedDatabaseOptions>>,
  logger: PartHost["logger"],
  host: Pick<PartHost, "requestId">,
): Readonly<Record<string, NamedDatabaseOptions>> {
  const watch = (options: NamedDatabaseOptions): NamedDatabaseOptions => ({
    ...options,
    onStatement: (event) => {
      options.onStatement?.(event);
      const { sql, database, durationMs, rowCount, parameters } = event;
      logger.debug(
        { ...requestFacts(host), sql, database, ms: Math.round(durationMs * 100) / 100, rows: rowCount, parameters },
        "A statement ran.",
      );
    },
  });
  return Object.fromEntries(Object.entries(databases).map(([name, options]) => [name, watch(options)]));
}

/** Default address of the database. */
const defaultUrl = "sqlite:var/app.db";

/** Returns the options of an application's databases, by name. */
export function toNamedDatabases(
  { database, databases }: DatabaseSettings,
  environment: PartHost["environment"],
): Readonly<Record<string, NamedDatabaseOptions>> {
  if (databases !== undefined) return databases;
  return { default: typeof database === "object" ? database : { url: database ?? (environment("DATABASE_URL") || defaultUrl) } };
}

/** Returns the error of an application without an open database. */
export function databasesMissing(isEnabled: boolean): GableError {
  const reason = isEnabled ? "has not started" : "has no option models";
  return new GableError("E_DATABASE_MISSING", `The application ${reason}: it has no open database.`, {
    fix: isEnabled ? "Await app.start() first." : "Pass models to gable().",
  });
}
