/** MariaDB and MySQL on `mysql2`: a pool of connections with statements prepared by the server. */
import type { Connection as Client, ConnectionOptions } from "mysql2";
import { GableError } from "../../errors/gable-error.ts";
import type { Driver, Statement, StatementResult } from "./contract.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { ServerOptions, ServerSession } from "./server.ts";
import { ServerDriver } from "./server.ts";
import { assertServer } from "./server-version.ts";
import { readTls, readTlsError } from "./tls.ts";

const lockTimeoutSeconds = 10;
/** Most prepared statements of one connection. The server allows 16,382 in total. */
const statementsMax = 200;
const modes = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/** A kind of server that `mysql2` supports. */
type MysqlKind = "mariadb" | "mysql";

/** Statement that configures a session. */
function settingsOf(kind: MysqlKind, statementTimeoutMs: number): string {
  const shared = `SET time_zone = '+00:00', innodb_lock_wait_timeout = ${lockTimeoutSeconds}`;
  return kind === "mariadb"
    ? // Without the last mode, `SET a = b, b = a` reads the new a. Other databases read the row before the update.
      `${shared}, sql_mode = '${modes},SIMULTANEOUS_ASSIGNMENT', max_statement_time = ${statementTimeoutMs / 1000}, ` +
        // The server would silently cut joined strings after 1 MiB.
        "group_concat_max_len = 4294967295"
    : // Strings of statements use the collation of columns. Table statistics are not cached for a day.
      `${shared}, sql_mode = '${modes}', max_execution_time = ${statementTimeoutMs}, group_concat_max_len = 4294967295, ` +
        "collation_connection = utf8mb4_0900_bin, information_schema_stats_expiry = 0";
}

/** Opens a pool, which connects when it needs a connection. Throws `E_DRIVER_MISSING` without the package `mysql2`. */
export async function createMysql(options: ServerOptions, kind: MysqlKind): Promise<Driver> {
  const module = await import("mysql2").catch((error: unknown) => {
    throw new GableError("E_DRIVER_MISSING", "The package mysql2 is not installed.", { fix: "Run: npm install mysql2", cause: error });
  });
  const { url, acquireTimeoutMs, statementTimeoutMs, tls } = options;
  const ssl = readTls(url, tls);
  const config: ConnectionOptions = {
    ...(ssl !== undefined && { ssl }),
    uri: url.replace(/^mariadb:/, "mysql:"),
    connectTimeout: acquireTimeoutMs,
    maxPreparedStatements: statementsMax,
    rowsAsArray: true,
    supportBigNumbers: true,
    // As Date, the driver reads the year 1 as 1901. Its strings are correct, and parsing them is the most expensive part of a row.
    dateStrings: true,
    // The codec parses strings.
    jsonStrings: true,
    charset: "utf8mb4",
    multipleStatements: false,
  };
  // MariaDB cancels every statement that takes too long; MySQL only those that read.
  const writeTimeoutMs = kind === "mysql" ? statementTimeoutMs : undefined;
  const open = async (): Promise<MysqlSession> => {
    const makeClient = (): Client => module.default.createConnection(config);
    const session = new MysqlSession(makeClient(), makeClient, writeTimeoutMs);
    try {
      await session.begin(kind, settingsOf(kind, statementTimeoutMs));
    } catch (error) {
      session.close();
      throw readTlsError(error);
    }
    return session;
  };
  return new ServerDriver({ dialect: kind, open, beginning: "START TRANSACTION", isRefusal }, options);
}

/** Errors of the server have an error number and a SQLSTATE. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && "errno" in error && "sqlState" in error;
}

/** A column of a result. */
interface Column {
  readonly name: string;
  readonly columnType: number;
}

/** The type FLOAT. Without a prepared statement, the server sends six of its digits, which are another number. */
const floatType = 4;

/** Result of the driver for a statement without rows. */
interface Header {
  readonly affectedRows: number;
  readonly insertId: number | string;
}

/** One session of the server. */
class MysqlSession implements ServerSession {
  readonly client: Client;
  #isAlive = true;
  /** Whether rows of a cursor are still arriving. */
  #isReading = false;

  readonly #makeClient: () => Client;
  /** Longest duration of a statement that writes, in ms; undefined if the server enforces a limit. */
  readonly #writeTimeoutMs: number | undefined;
  /** Distance between counted keys. */
  #step = 1;

  constructor(client: Client, makeClient: () => Client, writeTimeoutMs: number | undefined) {
    this.client = client;
    this.#makeClient = makeClient;
    this.#writeTimeoutMs = writeTimeoutMs;
    const leave = (): void => {
      this.#isAlive = false;
    };
    // An idle connection that breaks must not end the process.
    client.on("error", leave);
    client.on("end", leave);
  }

  get isUsable(): boolean {
    return this.#isAlive && !this.#isReading;
  }

  /** Checks the server, and configures the session. */
  async begin(kind: MysqlKind, settings: string): Promise<void> {
    const { rows } = await this.#query({ sql: "SELECT version(), @@auto_increment_increment", parameters: [], rows: "arrays" });
    const [version, step] = rows[0]!;
    assertServer(kind, String(version));
    this.#step = Number(step);
    await this.#query({ sql: settings, parameters: [], rows: "none" });
  }

  run(statement: Statement, isUnlimited: boolean): Promise<StatementResult> {
    return this.#writeTimeoutMs === undefined || isUnlimited || statement.rows === "arrays"
      ? this.#query(statement)
      : this.#runUntil(statement, this.#writeTimeoutMs);
  }

  /** Runs a statement for which the server has no time limit. */
  async #runUntil(statement: Statement, timeoutMs: number): Promise<StatementResult> {
    let cancelling: Promise<void> | undefined;
    const timer = setTimeout(() => {
      // A late cancellation must not hit the next statement.
      this.#isAlive = false;
      cancelling = this.cancel();
    }, timeoutMs);
    try {
      return await this.#query(statement);
    } finally {
      clearTimeout(timer);
      await cancelling;
    }
  }

  #query({ sql, parameters, rows, wantsNames = false }: Statement): Promise<StatementResult> {
    return new Promise((resolve, reject) => {
      const done = (error: unknown, result: unknown, fields?: readonly unknown[]): void => {
        if (error !== null) return reject(error as Error); // The driver returns errors.
        const columns = (fields ?? []) as readonly Column[]; // Absent for a statement without rows.
        if (isText && columns.some(({ columnType }) => columnType === floatType) && /^\s*SELECT\b/i.test(sql)) return prepare();
        const found = toResult(result, rows, this.#step);
        resolve(wantsNames ? { ...found, names: columns.map(({ name }) => name) } : found);
      };
      const prepare = (): void => {
        isText = false;
        this.client.execute(sql, parameters as never, done); // Values as the codec makes them.
      };
      // Statements without values are not worth preparing, and some cannot be prepared.
      let isText = parameters.length === 0;
      if (isText) this.client.query(sql, done);
      else prepare();
    });
  }

  async cancel(): Promise<void> {
    const other = this.#makeClient();
    await new Promise<void>((resolve) => {
      // The server assigned the number. If the cancellation fails, the time limit of the server ends the statement.
      other.on("error", () => resolve());
      other.query(`KILL QUERY ${Number(this.client.threadId)}`, () => resolve());
    });
    other.destroy();
  }

  async *cursor(
    { sql, parameters }: Statement,
    batch: number,
    isInTransaction: boolean,
  ): AsyncGenerator<ReadonlyArray<readonly DriverValue[]>> {
    if (isInTransaction) {
      // Statements of the transaction run on this connection while the caller works with the rows: it must be free for them.
      const { rows } = await this.#query({ sql, parameters, rows: "arrays" });
      for (let start = 0; start < rows.length; start += batch) yield rows.slice(start, start + batch);
      return;
    }
    // The next statement would receive rows that nobody reads, so the session is not reused before all have arrived.
    this.#isReading = true;
    let rows: DriverValue[][] = [];
    const command = this.client.execute(sql, parameters as never); // Values as the codec makes them.
    // The configuration makes rows arrays.
    const found = command.stream({ highWaterMark: batch, objectMode: true }) as AsyncIterable<DriverValue[]>;
    for await (const row of found) {
      rows.push(row);
      if (rows.length < batch) continue;
      yield rows;
      rows = [];
    }
    this.#isReading = false;
    if (rows.length > 0) yield rows;
  }

  close(): void {
    this.#isAlive = false;
    this.client.destroy();
  }
}

function toResult(result: unknown, rows: Statement["rows"], insertStep: number): StatementResult {
  if (Array.isArray(result)) return { rows: rows === "arrays" ? result : [], affected: 0, insertId: 0 };
  const { affectedRows, insertId } = result as Header; // A statement without rows has a header.
  return { rows: [], affected: affectedRows, insertId: Number(insertId), insertStep };
}
