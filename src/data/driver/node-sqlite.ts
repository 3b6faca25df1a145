/**
 * SQLite on `node:sqlite`: one connection that writes, one that reads. Other work never sees uncommitted changes,
 * and a write waits for its turn without blocking the event loop.
 */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { SQLInputValue, StatementSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { toErrorText } from "../../errors/error-text.ts";
import { GableError } from "../../errors/gable-error.ts";
import { sqliteFunctions } from "./sqlite-functions.ts";
import type { AcquireOptions, Connection, Driver, PoolFacts, Statement, StatementResult } from "./contract.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import { RecentCache } from "../schema/recent-cache.ts";
import { WriteLock } from "./write-lock.ts";

/** Options for opening a database file. */
export interface NodeSqliteOptions {
  /** Path of the file; `:memory:` for an in-memory database that ends with the process. */
  readonly path: string;
  /** "full" loses no commit on a power failure; "normal" may lose the last ones. A killed process loses none. Default "normal". */
  readonly durability?: "normal" | "full";
  /** Longest wait for the write lock, within the process or held by another process, in ms. Default 5000. */
  readonly lockTimeoutMs?: number;
}

/** Result code of SQLite if another process holds the lock: the lowest byte says so, the others say why (sqlite.org/rescode.html). */
const busy = 5;
const statementsMax = 500;

/** Opens a database. Throws `E_DATABASE_OPEN` if the file cannot be opened. */
export function createNodeSqlite(options: NodeSqliteOptions): Driver {
  return new NodeSqlite(options);
}

class NodeSqlite implements Driver {
  readonly dialect = "sqlite";
  readonly #writer: SqliteHandle;
  /** The same connection if there can only be one, for an in-memory database. */
  readonly #reader: SqliteHandle;
  /** Single reads finish before they return, so all of them share one connection. */
  readonly #shared: Connection;
  readonly #lock: WriteLock;
  readonly #path: string;
  readonly #lockTimeoutMs: number;
  #held = 0;
  #onIdle: (() => void) | undefined;
  #isClosed = false;

  constructor({ path, durability = "normal", lockTimeoutMs = 5000 }: NodeSqliteOptions) {
    this.#path = path;
    this.#lockTimeoutMs = lockTimeoutMs;
    this.#lock = new WriteLock(lockTimeoutMs);
    this.#writer = openHandle(path, false, durability, lockTimeoutMs);
    this.#reader = path === ":memory:" ? this.#writer : openHandle(path, true, undefined, lockTimeoutMs);
    this.#shared = new NodeSqliteConnection(this.#reader, lockTimeoutMs, undefined);
  }

  acquire({ write, isOwn = false, signal, opened }: AcquireOptions): Connection | Promise<Connection> {
    if (this.#isClosed) throw new GableError("E_DATABASE_CLOSED", "The database is closed.");
    // In memory, a read between the statements of a transaction would see uncommitted changes.
    if (write || this.#reader === this.#writer) return this.#acquireWriter(signal, opened, !write && isOwn);
    // A stream or a long read would hide newer commits from other reads, so it gets a separate connection.
    if (!isOwn) return this.#shared;
    const own = openHandle(this.#path, true, undefined, this.#lockTimeoutMs);
    return this.#hold(own, () => own.close());
  }

  /** The connection that writes: reads never wait for another one. */
  get pool(): PoolFacts {
    return { size: this.#isClosed ? 0 : 1, busy: this.#lock.isHeld ? 1 : 0, max: 1, waiting: this.#lock.waitingCount };
  }

  #acquireWriter(signal: AbortSignal | undefined, opened: Error | undefined, isStream: boolean): Connection | Promise<Connection> {
    const free = this.#lock.tryAcquire(opened);
    if (free !== undefined) return this.#hold(this.#writer, free, isStream);
    return this.#lock.acquire(signal, opened).then((later) => this.#hold(this.#writer, later, isStream));
  }

  #hold(handle: SqliteHandle, free: () => void, isStreamOfAll = false): Connection {
    this.#held++;
    const onRelease = (): void => {
      free();
      if (--this.#held === 0) this.#onIdle?.();
    };
    return new NodeSqliteConnection(handle, this.#lockTimeoutMs, onRelease, isStreamOfAll);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // A connection that is never released must not delay the end of the process.
    if (this.#held > 0) await Promise.race([new Promise<void>((resolve) => (this.#onIdle = resolve)), wait(this.#lockTimeoutMs)]);
    if (this.#reader !== this.#writer) this.#reader.close();
    this.#writer.optimize();
    this.#writer.close();
  }
}

function openHandle(path: string, ...[readOnly, durability, timeout]: [boolean, "normal" | "full" | undefined, number]): SqliteHandle {
  const database = open(path, readOnly, timeout);
  try {
    return new SqliteHandle(database, durability, timeout);
  } catch (error) {
    database.close();
    // SQLite reads the file only now.
    throw new GableError("E_DATABASE_OPEN", `The database "${path}" cannot be opened: ${toErrorText(error)}.`, {
      fix: "Check that the file is a SQLite database, and let the process read and write it.",
      cause: error,
    });
  }
}

function open(path: string, readOnly: boolean, timeout: number): DatabaseSync {
  try {
    // The writer opens first. SQLite creates files, but no folders.
    if (!readOnly && path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
    return new DatabaseSync(path, { readOnly, timeout, allowExtension: false, enableDoubleQuotedStringLiterals: false });
  } catch (error) {
    throw new GableError("E_DATABASE_OPEN", `The database "${path}" cannot be opened.`, {
      fix: "Let the process read and write the file and its folder.",
      cause: error,
    });
  }
}

/**
 * Switches a file to write-ahead logging. If two processes do so at the same time, SQLite fails in one of them immediately
 * instead of letting it wait, so this function tries again.
 */
function useWal(database: DatabaseSync, lockTimeoutMs: number): void {
  const until = performance.now() + lockTimeoutMs;
  for (;;) {
    try {
      return database.exec("PRAGMA journal_mode = WAL");
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw error;
      // During the start nothing else waits for this thread.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + Math.random() * 9);
    }
  }
}

/** SQLite prepares the first statement of a string and ignores the rest. Throws `E_SQL_SEVERAL` if the rest is not blank. */
function assertWhole(sql: string, prepared: string): void {
  const rest = sql.slice(prepared.length);
  if (/^[\s;]*$/.test(rest)) return;
  throw new GableError("E_SQL_SEVERAL", `A statement is followed by more: "${rest.trim().slice(0, 40)}".`);
}

/** One connection with its statements. */
class SqliteHandle {
  readonly database: DatabaseSync;
  readonly #statements = new RecentCache<StatementSync>(statementsMax);

  constructor(database: DatabaseSync, durability: "normal" | "full" | undefined, lockTimeoutMs: number) {
    this.database = database;
    // Only the writer creates the file: the reader opens it later.
    if (durability !== undefined) {
      useWal(database, lockTimeoutMs);
      database.exec(`PRAGMA synchronous = ${durability}`);
      database.exec("PRAGMA journal_size_limit = 67108864");
    }
    // SQLite itself only waits for other processes while it opens the file: later that would block the event loop.
    for (const pragma of [
      "foreign_keys = ON",
      "trusted_schema = OFF",
      "temp_store = MEMORY",
      "cache_size = -16000",
      "mmap_size = 134217728",
      // This comes last: the statements before may read the file.
      "busy_timeout = 0",
    ])
      database.exec(`PRAGMA ${pragma}`);
    const options = { deterministic: true, directOnly: false } as const;
    for (const [name, work] of Object.entries(sqliteFunctions)) database.function(name, options, work);
  }

  prepare({ sql, rows, readsBigInts = false }: Statement): StatementSync {
    const key = readsBigInts ? `big ${sql}` : sql;
    const known = this.#statements.get(key);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    assertWhole(sql, statement.sourceSQL);
    if (rows === "arrays") statement.setReturnArrays(true);
    if (readsBigInts) statement.setReadBigInts(true);
    this.#statements.set(key, statement);
    return statement;
  }

  run(statement: Statement): StatementResult {
    const prepared = this.prepare(statement);
    if (statement.rows === "arrays") {
      const rows = readAll(prepared, statement);
      return statement.wantsNames === true
        ? { rows, affected: 0, insertId: 0, names: prepared.columns().map(({ name }) => name) }
        : { rows, affected: 0, insertId: 0 };
    }
    const { changes, lastInsertRowid } = prepared.run(...toSqlite(statement.parameters));
    return { rows: [], affected: Number(changes), insertId: lastInsertRowid };
  }

  get isInTransaction(): boolean {
    return this.database.isTransaction;
  }

  /** Lets SQLite update its statistics. Does nothing while another process writes. */
  optimize(): void {
    try {
      this.database.exec("PRAGMA optimize");
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.database.close();
  }
}

class NodeSqliteConnection implements Connection {
  readonly #handle: SqliteHandle;
  readonly #lockTimeoutMs: number;
  /** Releases the connection; undefined for a shared one, which is never held. */
  readonly #onRelease: (() => void) | undefined;
  /** Whether a cursor reads all rows before it gives the first: the only connection is then free for other work. */
  readonly #isStreamOfAll: boolean;
  #isReleased = false;

  constructor(handle: SqliteHandle, lockTimeoutMs: number, onRelease: (() => void) | undefined, isStreamOfAll = false) {
    this.#isStreamOfAll = isStreamOfAll;
    this.#handle = handle;
    this.#lockTimeoutMs = lockTimeoutMs;
    this.#onRelease = onRelease;
  }

  run(statement: Statement): StatementResult | Promise<StatementResult> {
    this.#assertHeld();
    try {
      return this.#handle.run(statement);
    } catch (error) {
      if (!isBusy(error) || this.#handle.isInTransaction) throw error;
      return this.#retry(statement);
    }
  }

  /** Another process is writing: tries again every few milliseconds, and lets other work continue. */
  async #retry(statement: Statement): Promise<StatementResult> {
    const until = performance.now() + this.#lockTimeoutMs;
    for (;;) {
      await wait(1 + Math.random() * 9);
      this.#assertHeld();
      try {
        return this.#handle.run(statement);
      } catch (error) {
        if (!isBusy(error)) throw error;
        if (performance.now() < until) continue;
        throw new GableError("E_LOCK_TIMEOUT", `Another process held the write lock of the database for ${this.#lockTimeoutMs} ms.`, {
          cause: error,
        });
      }
    }
  }

  async *cursor(statement: Statement, batch: number): AsyncGenerator<ReadonlyArray<readonly DriverValue[]>> {
    this.#assertHeld();
    let rows: DriverValue[][] = [];
    // Not a cached statement: a second reader of the same SQL would restart it.
    const prepared = this.#handle.database.prepare(statement.sql);
    prepared.setReturnArrays(true);
    prepared.setReadBigInts(statement.readsBigInts ?? false);
    if (this.#isStreamOfAll) {
      const all = readAll(prepared, statement);
      this.release();
      for (let start = 0; start < all.length; start += batch) yield all.slice(start, start + batch);
      return;
    }
    for (const row of prepared.iterate(...toSqlite(statement.parameters))) {
      rows.push(row as unknown as DriverValue[]); // As in #runNow.
      if (rows.length < batch) continue;
      yield rows;
      rows = [];
    }
    if (rows.length > 0) yield rows;
  }

  release(): void {
    if (this.#isReleased || this.#onRelease === undefined) return;
    this.#isReleased = true;
    // Nobody can finish an open transaction any more.
    if (this.#handle.isInTransaction) this.#handle.database.exec("ROLLBACK");
    this.#onRelease();
  }

  #assertHeld(): void {
    if (this.#isReleased) throw new GableError("E_CONNECTION_RELEASED", "A statement was run on a released connection.");
  }
}

/** Returns all rows. The driver rejects a whole number that would be rounded; the error gets a code here. */
function readAll(prepared: StatementSync, { parameters, isOneRow = false }: Statement): DriverValue[][] {
  try {
    if (isOneRow) {
      const row = prepared.get(...toSqlite(parameters)) as unknown as DriverValue[] | undefined; // setReturnArrays() changes the result of get().
      return row === undefined ? [] : [row];
    }
    return prepared.all(...toSqlite(parameters)) as unknown as DriverValue[][]; // setReturnArrays() changes the result of all().
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ERR_OUT_OF_RANGE")) throw error;
    throw new GableError("E_VALUE_RANGE", "A column holds a whole number that a JavaScript number cannot hold.", {
      fix: "Declare the field as field.bigint().",
      cause: error,
    });
  }
}

/** SQLite has no booleans: the codec turns them into numbers. */
function toSqlite(values: readonly DriverValue[]): readonly SQLInputValue[] {
  return values as readonly SQLInputValue[]; // All but booleans.
}

function isBusy(error: unknown): boolean {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  return (code & 0xff) === busy;
}
