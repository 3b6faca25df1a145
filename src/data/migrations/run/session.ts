/** The connection of a migration: one for everything, so that what is locked and what is done end together. */
import { GableError } from "../../../errors/gable-error.ts";
import type { Connection, StatementResult } from "../../driver/contract.ts";
import type { DriverValue } from "../../schema/driver-value.ts";
import { readDatabaseError } from "../../run/database-error.ts";
import { acquireFrom } from "../../run/execute.ts";
import type { MigrationDialect, MigrationSession, SessionRow } from "../plan/migration-dialect.ts";
import { loadMigrationDialect } from "./migration-dialects.ts";
import type { DatabaseCore } from "../../run/database-core.ts";

/** A held connection. */
export class Session implements MigrationSession {
  readonly database: DatabaseCore;
  readonly connection: Connection;
  /** How the kind of database is migrated. */
  readonly kind: MigrationDialect;
  /** Told of each statement before it runs, but for those that only look. */
  onStatement: ((sql: string) => void) | undefined;

  constructor(database: DatabaseCore, kind: MigrationDialect, connection: Connection) {
    this.database = database;
    this.kind = kind;
    this.connection = connection;
  }

  /** Takes a connection for as long as the work takes. */
  static async use<Result>(database: DatabaseCore, work: (session: Session) => Promise<Result>): Promise<Result> {
    const kind = await loadMigrationDialect(database.dialect);
    const session = new Session(database, kind, await acquireFrom(database, { write: true, isOwn: true, isUnlimited: true }));
    try {
      return await work(session);
    } finally {
      // Its settings may have been changed: nobody else gets it. SQLite has one that writes, whose settings are set back.
      session.connection.release(kind.keepsConnection ? undefined : new Error("The connection of a migration is closed."));
    }
  }

  get dialect(): DatabaseCore["dialect"] {
    return this.database.dialect;
  }

  /** Runs a statement. Gives the number of rows that it has changed. */
  async run(sql: string, parameters: readonly DriverValue[] = []): Promise<number> {
    this.onStatement?.(sql);
    const { affected } = await this.#run(sql, parameters, "none", false);
    return affected;
  }

  /** Rows of a statement, by the names of their columns. */
  async read(sql: string, parameters: readonly DriverValue[] = []): Promise<SessionRow[]> {
    const { rows, names = [] } = await this.#run(sql, parameters, "arrays", true);
    return rows.map((row) => Object.fromEntries(names.map((name, index) => [name.toLowerCase(), row[index]!])));
  }

  /** Rows of a statement by position; whole numbers of SQLite are bigint. */
  async readArrays(sql: string, parameters: readonly DriverValue[]): Promise<StatementResult["rows"]> {
    return (await this.#run(sql, parameters, "arrays", false, true)).rows;
  }

  async #run(
    sql: string,
    parameters: readonly DriverValue[],
    rows: "arrays" | "none",
    ...[wantsNames, readsBigInts = false]: [wantsNames: boolean, readsBigInts?: boolean]
  ): Promise<StatementResult> {
    try {
      return await this.connection.run({ sql, parameters, rows, wantsNames, readsBigInts });
    } catch (error) {
      throw readDatabaseError(this.dialect, error);
    }
  }

  on(connection: Connection): Session {
    return new Session(this.database, this.kind, connection);
  }

  /** A parameter by its number, from 1 on. */
  mark(number: number): string {
    return this.dialect.isPositional ? "?" : `$${number}`;
  }
}

/** Whether an error says that a lock was not had in time: the statement may be tried again. */
export function isLockError(error: unknown): boolean {
  return error instanceof GableError && (error.code === "E_LOCK_TIMEOUT" || error.code === "E_TRANSACTION_CONFLICT");
}
