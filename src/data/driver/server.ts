/** What drivers of servers share: a pool of sessions, and connections that know whether they are inside of a transaction. */
import { GableError } from "../../errors/gable-error.ts";
import { readAbort } from "./abort.ts";
import type { AcquireOptions, Connection, Driver, Statement, StatementResult } from "./contract.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import { Pool } from "./pool.ts";
import type { TlsMode } from "./tls.ts";

/** How a server is reached. */
export interface ServerOptions {
  /** `postgres://user:password@host:port/name`, `mariadb://` or `mysql://`. */
  readonly url: string;
  /** Most connections. */
  readonly poolMax: number;
  /** Longest wait for a connection, in ms. */
  readonly acquireTimeoutMs: number;
  /** Longest duration of a statement, in ms. */
  readonly statementTimeoutMs: number;
  /** How the way there is encrypted. By default it is checked to other machines, and plain on this one. */
  readonly tls?: TlsMode | undefined;
  /** Whether statements are prepared by name, once for each connection. Default true. */
  readonly prepares?: boolean;
}

/** A session of a server. */
export interface ServerSession {
  /** Whether it can be used: not when it has broken, nor while rows are on their way that nobody reads any more. */
  readonly isUsable: boolean;
  /** Runs a statement. Where the server has no limit for it, the session has one, unless it is unlimited. */
  run(statement: Statement, isUnlimited: boolean): Promise<StatementResult>;
  /** Ends the statement that is running. Gives no error: where it fails, the limit of the server ends the statement. */
  cancel(): Promise<void>;
  /** Rows in batches; inside of a transaction, it belongs to that. */
  cursor(statement: Statement, batch: number, isInTransaction: boolean): AsyncGenerator<ReadonlyArray<readonly DriverValue[]>>;
  close(): void;
}

/** A kind of server. */
export interface Server<Session extends ServerSession> {
  readonly dialect: Driver["dialect"];
  /** Opens a session. */
  readonly open: () => Promise<Session>;
  /** What statements begin with that begin a transaction. */
  readonly beginning: string;
  /** Whether an error is one of the server, which leaves the session as it was; others are of the connection. */
  readonly isRefusal: (error: unknown) => boolean;
}

const idleMs = 30_000;

/** A driver of a server. The first session is opened when it is wanted. */
export class ServerDriver<Session extends ServerSession> implements Driver {
  readonly dialect: Driver["dialect"];
  readonly #server: Server<Session>;
  readonly #pool: Pool<Session>;

  constructor(server: Server<Session>, { poolMax, acquireTimeoutMs }: ServerOptions) {
    this.dialect = server.dialect;
    this.#server = server;
    this.#pool = new Pool<Session>({
      open: server.open,
      close: (session) => session.close(),
      isAlive: (session) => session.isUsable,
      max: poolMax,
      acquireTimeoutMs,
      idleMs,
    });
  }

  acquire(options: AcquireOptions): Connection | Promise<Connection> {
    const idle = this.#pool.tryAcquire(options.opened);
    return idle === undefined ? this.#acquire(options) : new ServerConnection(this.#server, idle, this.#pool, options);
  }

  async #acquire(options: AcquireOptions): Promise<Connection> {
    return new ServerConnection(this.#server, await this.#pool.acquire(options.signal, options.opened), this.#pool, options);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

class ServerConnection<Session extends ServerSession> implements Connection {
  readonly #server: Server<Session>;
  readonly #session: Session;
  readonly #pool: Pool<Session>;
  readonly #isUnlimited: boolean;
  #isReleased = false;
  #isInTransaction = false;
  /** Whether a statement was ended: a word to end it that comes late must not meet the statement of another one. */
  #isSpent = false;

  constructor(server: Server<Session>, session: Session, pool: Pool<Session>, { isUnlimited = false }: AcquireOptions) {
    this.#server = server;
    this.#session = session;
    this.#pool = pool;
    this.#isUnlimited = isUnlimited;
  }

  run(statement: Statement): Promise<StatementResult> {
    this.#assertHeld();
    const { sql, parameters, rows } = statement;
    if (parameters.length === 0 && rows === "none") {
      if (sql.startsWith(this.#server.beginning)) this.#isInTransaction = true;
      else if (sql === "COMMIT" || sql === "ROLLBACK") this.#isInTransaction = false;
    }
    return statement.signal === undefined ? this.#session.run(statement, this.#isUnlimited) : this.#runUntil(statement, statement.signal);
  }

  async #runUntil(statement: Statement, signal: AbortSignal): Promise<StatementResult> {
    if (signal.aborted) throw readAbort(signal);
    let cancelling: Promise<void> | undefined;
    const cancel = (): void => {
      this.#isSpent = true;
      cancelling = this.#session.cancel();
    };
    signal.addEventListener("abort", cancel, { once: true });
    try {
      return await this.#session.run(statement, this.#isUnlimited);
    } catch (error) {
      throw cancelling === undefined ? error : readAbort(signal);
    } finally {
      signal.removeEventListener("abort", cancel);
      await cancelling;
    }
  }

  cursor(statement: Statement, batch: number): AsyncIterable<ReadonlyArray<readonly DriverValue[]>> {
    this.#assertHeld();
    return this.#session.cursor(statement, batch, this.#isInTransaction);
  }

  release(error?: unknown): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    // What was begun and not ended is nobody's any more.
    this.#pool.release(this.#session, (error === undefined || this.#server.isRefusal(error)) && !this.#isInTransaction && !this.#isSpent);
  }

  #assertHeld(): void {
    if (this.#isReleased) throw new GableError("E_CONNECTION_RELEASED", "A statement was run on a connection that was given back.");
  }
}
