/** What the data layer needs of a database: connections that run statements and give rows as arrays. */
import type { DriverValue } from "../schema/driver-value.ts";

/** A statement, with its values apart from its text. */
export interface Statement {
  /** Its text, with a mark for each parameter. */
  readonly sql: string;
  /** Values in the order of their marks. */
  readonly parameters: readonly DriverValue[];
  /** Whether rows come back. */
  readonly rows: "arrays" | "none";
  /** Whether the names of the columns are wanted. Default false. */
  readonly wantsNames?: boolean;
  /** Whether there is at most one row, by the statement itself. Default false. */
  readonly isOneRow?: boolean;
  /** Whether whole numbers come as bigint: where a column of 64 bits is read. Default false. */
  readonly readsBigInts?: boolean;
  /** Ends the statement, on databases whose statements can be ended. Never by default. */
  readonly signal?: AbortSignal | undefined;
}

/** What a statement has done. */
export interface StatementResult {
  /** Rows by position; none of a statement without rows. */
  readonly rows: ReadonlyArray<readonly DriverValue[]>;
  /** Rows that were changed. */
  readonly affected: number;
  /** Names of the columns, where they were asked for. */
  readonly names?: readonly string[];
  /** Key of the last row that was inserted, where the database counts it; of MySQL that of the first one. */
  readonly insertId: number | bigint;
  /** How far the keys of rows are apart that one statement of MySQL has inserted. */
  readonly insertStep?: number;
}

/** A connection that is held. A driver may give plain values: nothing waits then. */
export interface Connection {
  /** Runs one statement. */
  run(statement: Statement): StatementResult | Promise<StatementResult>;
  /** Rows in batches, for results that are too large for memory. */
  cursor(statement: Statement, batch: number): AsyncIterable<ReadonlyArray<readonly DriverValue[]>>;
  /** Gives the connection back. With an error, what was begun on it is undone. */
  release(error?: unknown): void;
}

/** How a connection is wanted. */
export interface AcquireOptions {
  /** Whether it writes. */
  readonly write: boolean;
  /** Whether it is held for long: a stream has a connection of its own, where the database has several. Default false. */
  readonly isOwn?: boolean;
  /** Whether statements may take as long as they take, where the driver itself ends long ones. Default false. */
  readonly isUnlimited?: boolean;
  /** Where the work began that holds it, for the messages of those who wait for one in vain. Unknown by default. */
  readonly opened?: Error | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** A database. */
export interface Driver {
  /** Whose SQL it understands. */
  readonly dialect: "sqlite" | "postgres" | "mariadb" | "mysql";
  /** A connection; waits for one where none is free. Throws `E_POOL_TIMEOUT` when none comes. */
  acquire(options: AcquireOptions): Connection | Promise<Connection>;
  /** Closes all connections, when those that are held have been given back, or have not come for a while. */
  close(): Promise<void>;
}
