/** What the data layer requires of a database: connections that run statements and return rows as arrays. */
import type { DriverValue } from "../schema/driver-value.ts";

/** A statement, with its values separate from its SQL. */
export interface Statement {
  /** The SQL, with a placeholder for each parameter. */
  readonly sql: string;
  /** Values in the order of their placeholders. */
  readonly parameters: readonly DriverValue[];
  /** Whether the statement returns rows. */
  readonly rows: "arrays" | "none";
  /** Whether to return the column names. Default false. */
  readonly wantsNames?: boolean;
  /** Whether the statement itself returns at most one row. Default false. */
  readonly isOneRow?: boolean;
  /** Whether integers are returned as bigint, for 64-bit columns. Default false. */
  readonly readsBigInts?: boolean;
  /** Cancels the statement, on databases that support it. Never by default. */
  readonly signal?: AbortSignal | undefined;
}

/** Result of a statement. */
export interface StatementResult {
  /** Rows as arrays; empty for a statement without rows. */
  readonly rows: ReadonlyArray<readonly DriverValue[]>;
  /** Number of changed rows. */
  readonly affected: number;
  /** Column names, if they were requested. */
  readonly names?: readonly string[];
  /** Key of the last inserted row, if the database generates it; on MySQL, of the first one. */
  readonly insertId: number | bigint;
  /** Difference between the keys of rows that one MySQL statement has inserted. */
  readonly insertStep?: number;
}

/** A connection that is held. A driver may return plain values instead of promises. */
export interface Connection {
  /** Runs one statement. */
  run(statement: Statement): StatementResult | Promise<StatementResult>;
  /** Returns rows in batches, for results that are too large for memory. */
  cursor(statement: Statement, batch: number): AsyncIterable<ReadonlyArray<readonly DriverValue[]>>;
  /** Returns the connection. With an error, rolls back open work. */
  release(error?: unknown): void;
}

/** Options for acquiring a connection. */
export interface AcquireOptions {
  /** Whether it is used for writing. */
  readonly write: boolean;
  /** Whether it is held for long. A stream has its own connection if the database has several. Default false. */
  readonly isOwn?: boolean;
  /** Whether statements may take any time, if the driver itself limits them. Default false. */
  readonly isUnlimited?: boolean;
  /** Where the work that holds it started, for the errors of those who wait for a connection. Unknown by default. */
  readonly opened?: Error | undefined;
  /** Cancels the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** What the connections of a driver do now. */
export interface PoolFacts {
  /** Open connections, including those that are being opened. */
  readonly size: number;
  /** Connections that are held. */
  readonly busy: number;
  /** Most connections. */
  readonly max: number;
  /** Calls of `acquire()` that wait. */
  readonly waiting: number;
}

/** A database. */
export interface Driver {
  /** The SQL dialect. */
  readonly dialect: "sqlite" | "postgres" | "mariadb" | "mysql";
  /** Returns a connection; waits for a free one. Throws `E_POOL_TIMEOUT` if none becomes free in time. */
  acquire(options: AcquireOptions): Connection | Promise<Connection>;
  /** Closes all connections, after held ones are returned or a time limit has passed. */
  close(): Promise<void>;
  /** What its connections do now, for metrics. Unknown by default. */
  readonly pool?: PoolFacts;
}
