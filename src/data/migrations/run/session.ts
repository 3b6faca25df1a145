/** The connection of a migration. It uses one connection for everything, so that the lock and the work end together. */
import { GableError } from "../../../errors/gable-error.ts";
import type { Connection, StatementResult } from "../../driver/contract.ts";
import type { DriverValue } from "../../schema/driver-value.ts";
import { readDatabaseError } from "../../run/database-error.ts";
import { acquireFrom, readOnlyRefused } from "../../run/execute.ts";
import type { MigrationDialect, MigrationSession, SessionRow } from "../plan/migration-dialect.ts";
import { loadMigrationDialect } from "./migration-dialects.ts";
import type { DatabaseCore } from "../../run/database-core.ts";

/** A held connection. */
export class Session implements MigrationSession {
  readonly database: DatabaseCore;
  readonly connection: Connection;
  /** How to migrate this kind of database. */
  readonly kind: MigrationDialect;
  /** Receives each statement before it runs, except for statements that only read. */
  onStatement: ((sql: string) => void) | undefined;

  constructor(database: DatabaseCore, kind: MigrationDialect, connection: Connection) {
    this.database = database;
    this.kind = kind;
    this.connection = connection;
  }

  /** Holds a connection while the work runs. */
  static async use<Result>(database: DatabaseCore, work: (session: Session) => Promise<Result>): Promise<Result> {
    // Its connection is another one than that of a shell that only reads.
    if (database.context.transaction?.isReadOnly === true) throw readOnlyRefused();
    await database.guardWrite?.();
    const kind = await loadMigrationDialect(database.dialect);
    const session = new Session(database, kind, await acquireFrom(database, { write: true, isOwn: true, isUnlimited: true }));
    try {
      return await work(session);
    } finally {
      // Its settings may have changed, so nobody else gets it. SQLite has one write connection, whose settings are restored.
      session.connection.release(kind.keepsConnection ? undefined : new Error("The connection of a migration is closed."));
    }
  }

  get dialect(): DatabaseCore["dialect"] {
    return this.database.dialect;
  }

  /** Runs a statement. Returns the number of changed rows. */
  async run(sql: string, parameters: readonly DriverValue[] = []): Promise<number> {
    this.onStatement?.(sql);
    const { affected } = await this.#run(sql, parameters, "none", false);
    return affected;
  }

  /** Returns the rows of a statement as objects with column names. */
  async read(sql: string, parameters: readonly DriverValue[] = []): Promise<SessionRow[]> {
    const { rows, names = [] } = await this.#run(sql, parameters, "arrays", true);
    return rows.map((row) => Object.fromEntries(names.map((name, index) => [name.toLowerCase(), row[index]!])));
  }

  /** Returns the rows of a statement as arrays; integers from SQLite are bigint. */
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

  /** Runs work in a transaction. Rolls back if it fails. */
  async inTransaction<Result>(work: () => Promise<Result>): Promise<Result> {
    for (const sql of this.dialect.begin({ isolation: undefined, readOnly: false })) await this.run(sql);
    try {
      const result = await work();
      await this.run("COMMIT");
      return result;
    } catch (error) {
      await this.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }

  on(connection: Connection): Session {
    return new Session(this.database, this.kind, connection);
  }

  /** Returns the parameter with the given number, starting at 1. */
  mark(number: number): string {
    return this.dialect.isPositional ? "?" : `$${number}`;
  }
}

/** Returns whether an error says that a lock was not available in time, so that the statement can be retried. */
export function isLockError(error: unknown): boolean {
  return error instanceof GableError && (error.code === "E_LOCK_TIMEOUT" || error.code === "E_TRANSACTION_CONFLICT");
}
