/** What server drivers share: a pool of sessions, and connections that know whether they are inside a transaction. */
import { GableError } from "../../errors/gable-error.ts";
import { readAbort } from "./abort.ts";
import type { AcquireOptions, Connection, Driver, PoolFacts, Statement, StatementResult } from "./contract.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import { Pool } from "./pool.ts";
import type { TlsMode } from "./tls.ts";

/** Options for connecting to a server. */
export interface ServerOptions {
  /** `postgres://user:password@host:port/name`, `mariadb://` or `mysql://`. */
  readonly url: string;
  /** Most connections. */
  readonly poolMax: number;
  /** Longest wait for a connection, in ms. */
  readonly acquireTimeoutMs: number;
  /** Longest duration of a statement, in ms. */
  readonly statementTimeoutMs: number;
  /** How the connection is encrypted. By default verified TLS to other machines, and none on this one. */
  readonly tls?: TlsMode | undefined;
  /** Whether each connection prepares statements by name. Default true. */
  readonly prepares?: boolean;
}

/** A session of a server. */
export interface ServerSession {
  /** Whether it is usable: it has not broken, and no unread rows are still arriving. */
  readonly isUsable: boolean;
  /** Runs a statement. If the server has no time limit, the session enforces one, unless the statement is unlimited. */
  run(statement: Statement, isUnlimited: boolean): Promise<StatementResult>;
  /** Cancels the running statement. Never fails: if the cancellation does, the time limit of the server ends the statement. */
  cancel(): Promise<void>;
  /** Returns rows in batches; inside a transaction it is a part of it. */
  cursor(statement: Statement, batch: number, isInTransaction: boolean): AsyncGenerator<ReadonlyArray<readonly DriverValue[]>>;
  close(): void;
}

/** A kind of server. */
export interface Server<Session extends ServerSession> {
  readonly dialect: Driver["dialect"];
  /** Opens a session. */
  readonly open: () => Promise<Session>;
  /** Prefix of statements that begin a transaction. */
  readonly beginning: string;
  /** Whether an error comes from the server, which leaves the session intact; others come from the connection. */
  readonly isRefusal: (error: unknown) => boolean;
}

const idleMs = 30_000;

/** A driver for a server. It opens the first session when one is needed. */
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

  get pool(): PoolFacts {
    return this.#pool.facts;
  }
}

class ServerConnection<Session extends ServerSession> implements Connection {
  readonly #server: Server<Session>;
  readonly #session: Session;
  readonly #pool: Pool<Session>;
  readonly #isUnlimited: boolean;
  #isReleased = false;
  #isInTransaction = false;
  /** Whether a statement was cancelled: a late cancellation must not hit the statement of another caller. */
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
    // Nobody can finish an open transaction any more.
    this.#pool.release(this.#session, (error === undefined || this.#server.isRefusal(error)) && !this.#isInTransaction && !this.#isSpent);
  }

  #assertHeld(): void {
    if (this.#isReleased) throw new GableError("E_CONNECTION_RELEASED", "A statement was run on a released connection.");
  }
}
