/** MariaDB and MySQL on `mysql2`: a pool of connections; statements are prepared by the server. */
import type { Connection as Client, ConnectionOptions } from "mysql2";
import { GableError } from "../../errors/gable-error.ts";
import type { Driver, Statement, StatementResult } from "./contract.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import type { ServerOptions, ServerSession } from "./server.ts";
import { ServerDriver } from "./server.ts";
import { assertServer } from "./server-version.ts";
import { readTls, readTlsError } from "./tls.ts";

const lockTimeoutSeconds = 10;
/** Most prepared statements of one connection; the server has room for 16,382 of all. */
const statementsMax = 200;
const modes = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/** A kind of server that `mysql2` speaks with. */
type MysqlKind = "mariadb" | "mysql";

/** What a session begins with. */
function settingsOf(kind: MysqlKind, statementTimeoutMs: number): string {
  const shared = `SET time_zone = '+00:00', innodb_lock_wait_timeout = ${lockTimeoutSeconds}`;
  return kind === "mariadb"
    ? // Without the last mode, `SET a = b, b = a` reads the new a: other databases read rows as they were.
      `${shared}, sql_mode = '${modes},SIMULTANEOUS_ASSIGNMENT', max_statement_time = ${statementTimeoutMs / 1000}, ` +
        // Joined texts would be cut after 1 MiB, without an error.
        "group_concat_max_len = 4294967295"
    : // Texts of statements are compared like those of columns. What is known of tables is not a day old.
      `${shared}, sql_mode = '${modes}', max_execution_time = ${statementTimeoutMs}, group_concat_max_len = 4294967295, ` +
        "collation_connection = utf8mb4_0900_bin, information_schema_stats_expiry = 0";
}

/** Opens a pool. The first connection is made when it is wanted. Throws `E_DRIVER_MISSING` without the package `mysql2`. */
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
    // As Date, the driver takes the year 1 for 1901. Its texts cost more than the rest of a row, and are right.
    dateStrings: true,
    // The codec reads texts.
    jsonStrings: true,
    charset: "utf8mb4",
    multipleStatements: false,
  };
  // The server of MariaDB ends all statements that take too long; that of MySQL ends those that read.
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

/** Errors of the server have a number of its own and one of SQL. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && "errno" in error && "sqlState" in error;
}

/** What the driver gives for a statement without rows. */
interface Header {
  readonly affectedRows: number;
  readonly insertId: number | string;
}

/** One session of the server. */
class MysqlSession implements ServerSession {
  readonly client: Client;
  #isAlive = true;
  /** Whether rows are on their way that were asked for by a cursor. */
  #isReading = false;

  readonly #makeClient: () => Client;
  /** Longest duration of a statement that writes, in ms; undefined where the server has a limit itself. */
  readonly #writeTimeoutMs: number | undefined;
  /** How far counted keys are apart. */
  #step = 1;

  constructor(client: Client, makeClient: () => Client, writeTimeoutMs: number | undefined) {
    this.client = client;
    this.#makeClient = makeClient;
    this.#writeTimeoutMs = writeTimeoutMs;
    const leave = (): void => {
      this.#isAlive = false;
    };
    // A connection that breaks while nobody uses it must not end the process.
    client.on("error", leave);
    client.on("end", leave);
  }

  get isUsable(): boolean {
    return this.#isAlive && !this.#isReading;
  }

  /** Looks at the server, and sets what the session needs. */
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

  /** Runs a statement that the server does not end itself. */
  async #runUntil(statement: Statement, timeoutMs: number): Promise<StatementResult> {
    let cancelling: Promise<void> | undefined;
    const timer = setTimeout(() => {
      // A word to end it that comes late must not meet the statement of another one.
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
      const done = (error: unknown, result: unknown, fields?: ReadonlyArray<{ readonly name: string }>): void => {
        if (error !== null) return reject(error as Error); // The driver gives errors.
        const found = toResult(result, rows, this.#step);
        resolve(wantsNames ? { ...found, names: fields?.map(({ name }) => name) ?? [] } : found);
      };
      // What takes no values is not worth a prepared statement; some of it cannot be prepared.
      if (parameters.length === 0) this.client.query(sql, done);
      else this.client.execute(sql, parameters as never, done); // Values as the codec makes them.
    });
  }

  async cancel(): Promise<void> {
    const other = this.#makeClient();
    await new Promise<void>((resolve) => {
      // The number comes from the server. Where the word does not reach it, its limit ends the statement.
      other.on("error", () => resolve());
      other.query(`KILL QUERY ${Number(this.client.threadId)}`, () => resolve());
    });
    other.destroy();
  }

  async *cursor({ sql, parameters }: Statement, batch: number): AsyncGenerator<ReadonlyArray<readonly DriverValue[]>> {
    // Rows that nobody reads would come to the next one: until all are here, the session is of no use to others.
    this.#isReading = true;
    let rows: DriverValue[][] = [];
    const command = this.client.execute(sql, parameters as never); // Values as the codec makes them.
    // Rows are arrays, by the configuration.
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
