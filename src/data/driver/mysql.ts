/** MariaDB and MySQL on `mysql2`: a pool of connections; statements are prepared by the server. */
import type { Connection as MysqlSession, ConnectionOptions } from "mysql2";
import { GableError } from "../../errors/gable-error.ts";
import type { AcquireOptions, Connection, Driver, DriverValue, Statement, StatementResult } from "./contract.ts";
import { Pool } from "./pool.ts";

/** How a server is reached. */
export interface MysqlOptions {
  /** `mariadb://user:password@host:port/name`, or `mysql://`. */
  readonly url: string;
  /** Most connections. */
  readonly poolMax: number;
  /** Longest wait for a connection, in ms. */
  readonly acquireTimeoutMs: number;
  /** Longest duration of a statement, in ms. */
  readonly statementTimeoutMs: number;
}

const idleMs = 30_000;
const lockTimeoutSeconds = 10;
/** Most prepared statements of one connection; the server has room for 16,382 of all. */
const statementsMax = 200;
const modes = "STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION";

/** Opens a pool. The first connection is made when it is wanted. Throws `E_DRIVER_MISSING` without the package `mysql2`. */
export async function createMysql(options: MysqlOptions): Promise<Driver> {
  const module = await import("mysql2").catch((error: unknown) => {
    throw new GableError("E_DRIVER_MISSING", "The package mysql2 is not installed.", { fix: "Run: npm install mysql2", cause: error });
  });
  return new Mysql(options, module.default.createConnection);
}

class Mysql implements Driver {
  readonly dialect = "mariadb";
  readonly #pool: Pool<Session>;

  constructor({ url, poolMax, acquireTimeoutMs, statementTimeoutMs }: MysqlOptions, connect: (config: ConnectionOptions) => MysqlSession) {
    const config: ConnectionOptions = {
      uri: url.replace(/^mariadb:/, "mysql:"),
      connectTimeout: acquireTimeoutMs,
      maxPreparedStatements: statementsMax,
      rowsAsArray: true,
      supportBigNumbers: true,
      // As Date, the driver takes the year 1 for 1901. Its texts cost more than the rest of a row, and are right.
      dateStrings: true,
      charset: "utf8mb4",
      multipleStatements: false,
    };
    this.#pool = new Pool<Session>({
      open: async () => {
        const session = new Session(connect(config));
        await session.begin(
          `SET time_zone = '+00:00', sql_mode = '${modes}', innodb_lock_wait_timeout = ${lockTimeoutSeconds}, max_statement_time = ${statementTimeoutMs / 1000}`,
        );
        return session;
      },
      close: (session) => session.close(),
      isAlive: (session) => session.isAlive,
      max: poolMax,
      acquireTimeoutMs,
      idleMs,
    });
  }

  acquire({ signal }: AcquireOptions): Connection | Promise<Connection> {
    const idle = this.#pool.tryAcquire();
    return idle === undefined ? this.#acquire(signal) : new MysqlConnection(idle, this.#pool);
  }

  async #acquire(signal: AbortSignal | undefined): Promise<Connection> {
    return new MysqlConnection(await this.#pool.acquire(signal), this.#pool);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** What the driver gives for a statement without rows. */
interface Header {
  readonly affectedRows: number;
  readonly insertId: number | string;
}

/** One session of the server. */
class Session {
  readonly client: MysqlSession;
  isAlive = true;

  constructor(client: MysqlSession) {
    this.client = client;
    const leave = (): void => {
      this.isAlive = false;
    };
    // A connection that breaks while nobody uses it must not end the process.
    client.on("error", leave);
    client.on("end", leave);
  }

  /** The first statement of the session. A session that cannot begin is closed. */
  begin(sql: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.client.query(sql, (error) => {
        if (error === null) return resolve();
        this.close();
        reject(error);
      });
    });
  }

  run({ sql, parameters, rows, wantsNames = false }: Statement): Promise<StatementResult> {
    return new Promise((resolve, reject) => {
      const done = (error: unknown, result: unknown, fields?: ReadonlyArray<{ readonly name: string }>): void => {
        if (error !== null) reject(error as Error); // The driver gives errors.
        else resolve(wantsNames ? { ...toResult(result, rows), names: fields?.map(({ name }) => name) ?? [] } : toResult(result, rows));
      };
      // What takes no values is not worth a prepared statement; some of it cannot be prepared.
      if (parameters.length === 0) this.client.query(sql, done);
      else this.client.execute(sql, parameters as never, done); // Values as the codec makes them.
    });
  }

  close(): void {
    this.isAlive = false;
    this.client.destroy();
  }
}

function toResult(result: unknown, rows: Statement["rows"]): StatementResult {
  if (Array.isArray(result)) return { rows: rows === "arrays" ? result : [], affected: 0, insertId: 0 };
  const { affectedRows, insertId } = result as Header; // A statement without rows has a header.
  return { rows: [], affected: affectedRows, insertId: Number(insertId) };
}

class MysqlConnection implements Connection {
  readonly #session: Session;
  readonly #pool: Pool<Session>;
  #isReleased = false;
  #isInTransaction = false;
  #isReading = false;

  constructor(session: Session, pool: Pool<Session>) {
    this.#session = session;
    this.#pool = pool;
  }

  run(statement: Statement): Promise<StatementResult> {
    this.#assertHeld();
    if (statement.parameters.length === 0 && statement.rows === "none") {
      if (statement.sql.startsWith("START TRANSACTION")) this.#isInTransaction = true;
      else if (statement.sql === "COMMIT" || statement.sql === "ROLLBACK") this.#isInTransaction = false;
    }
    return this.#session.run(statement);
  }

  async *cursor({ sql, parameters }: Statement, batch: number): AsyncGenerator<ReadonlyArray<readonly DriverValue[]>> {
    this.#assertHeld();
    this.#isReading = true;
    let rows: DriverValue[][] = [];
    const command = this.#session.client.execute(sql, parameters as never); // Values as the codec makes them.
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

  release(error?: unknown): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    // An error without a number of the server is one of the connection.
    const isServers = error === undefined || (error instanceof Error && "errno" in error && "sqlState" in error);
    // What was begun and not ended is nobody's any more, and rows that nobody reads would come to the next one.
    this.#pool.release(this.#session, isServers && !this.#isInTransaction && !this.#isReading);
  }

  #assertHeld(): void {
    if (this.#isReleased) throw new GableError("E_CONNECTION_RELEASED", "A statement was run on a connection that was given back.");
  }
}
