/** Transactions: every query inside the work joins, through any number of calls. */
import { assertFunction, assertKnownOptions, kindsOf } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import type { Isolation } from "../sql/dialect.ts";
import type { Connection, Statement, StatementResult } from "../driver/contract.ts";
import { WriteLock } from "../driver/write-lock.ts";
import { acquireFrom } from "./execute.ts";
import { explainError, toCommitError } from "./database-error.ts";
import type { DatabaseCore, ExecutionContext, OpenTransaction } from "./database-core.ts";
import { currentContext, defaultContext, runIn } from "./context.ts";
import { publishTransaction } from "./events.ts";

/** Options for a transaction. */
export interface TransactionOptions {
  /** Isolation level. By default that of the database; SQLite is always serializable. */
  readonly isolation?: Isolation;
  /** Whether it rejects writes. Default false. */
  readonly readOnly?: boolean;
  /** How often the work is repeated after a conflict with another transaction. Default 0. */
  readonly retries?: number;
  /** Longest duration of the work, in ms. None by default. */
  readonly timeoutMs?: number;
  /** Whether it must not be inside another transaction. Default false. */
  readonly outermost?: boolean;
  /** The database. By default that of the caller, or the only one. */
  readonly database?: { readonly $core: DatabaseCore };
}

/** Kinds of the options. */
export const transactionKinds = kindsOf<TransactionOptions>({
  isolation: ["read committed", "repeatable read", "serializable"],
  readOnly: "boolean",
  retries: "whole",
  timeoutMs: "milliseconds",
  outermost: "boolean",
  database: "object",
});

type Callback = () => unknown;

/** What runs when a transaction is rolled back, with the error that ended it. */
type UndoCallback = (error: unknown) => unknown;

/**
 * Runs work in a transaction. Inside another one it is a savepoint: an error rolls back this part, and is rethrown.
 * Throws the errors of the work, `E_TRANSACTION_CONFLICT`, `E_TRANSACTION_ABORTED`, `E_TRANSACTION_TIMEOUT` and `E_COMMIT_UNKNOWN`.
 */
export async function transaction<Result>(work: () => Result | Promise<Result>, options: TransactionOptions = {}): Promise<Result> {
  assertFunction("transaction()", work);
  assertKnownOptions("transaction()", options, transactionKinds);
  const current = options.database === undefined ? defaultContext() : (currentOf(options.database.$core) ?? options.database.$core.context);
  if (current.transaction instanceof Transaction) {
    if (options.outermost === true && !current.transaction.isIsolation)
      throw new GableError("E_TRANSACTION_NESTED", "A transaction with the option outermost was started inside another one.", {
        fix: "Call it outside, or wrap the call in outside().",
      });
    return current.transaction.nest(current, work, options);
  }
  // Created here, while the caller is still on the stack.
  const opened = openedHere();
  return repeatConflicts(options.retries ?? 0, () => runOutermost(current, work, options, opened));
}

/** Runs work, and repeats it at most so many times after a conflict with another transaction. */
export async function repeatConflicts<Result>(retries: number, work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const isConflict = error instanceof GableError && error.code === "E_TRANSACTION_CONFLICT";
      // Written so that NaN repeats nothing.
      if (!isConflict || !(attempt < retries)) throw error;
      // Random delays, so that the same transactions do not conflict again.
      await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** Math.min(attempt, 6) * (0.5 + Math.random())));
    }
  }
}

/** Runs work outside of the caller's transaction, on another connection. */
export function outside<Result>(work: () => Result): Result {
  assertFunction("outside()", work);
  return runIn(defaultContext().database.context, work);
}

/**
 * Runs a callback after the transaction is committed, or immediately without one. Errors of the callback are reported and
 * roll back nothing. Throws `E_DATABASE_MISSING` if no database is open.
 */
export function onCommit(callback: Callback): void {
  assertFunction("onCommit()", callback);
  const open = currentContext()?.transaction;
  if (open instanceof Transaction && !open.isIsolation) open.committed.push(callback);
  else void runAll(defaultContext().database, [callback]);
}

/**
 * Runs a callback with the error that rolls the transaction back.
 *
 * The code `E_COMMIT_UNKNOWN` says that it may have
 * been committed all the same. Without a transaction the callback never runs.
 */
export function onRollback(callback: UndoCallback): void {
  assertFunction("onRollback()", callback);
  const open = currentContext()?.transaction;
  if (open instanceof Transaction) open.undone.push(callback);
}

/** Whether the caller is in a transaction: of one database, if it is given. Code does not see the transaction of a test. */
export function isInTransaction(database?: DatabaseCore): boolean {
  const current = currentContext();
  if (database !== undefined && current?.database !== database) return false;
  return current?.transaction instanceof Transaction && !current.transaction.isIsolation;
}

function currentOf(database: DatabaseCore): ExecutionContext | undefined {
  const current = currentContext();
  return current?.database === database ? current : undefined;
}

async function runOutermost<Result>(
  { database, isForAll = false }: ExecutionContext,
  work: () => Result | Promise<Result>,
  options: TransactionOptions,
  opened: Error,
): Promise<Result> {
  const { connection, open } = await begin(database, options, opened);
  const start = performance.now();
  let outcome: { readonly isStored: true; readonly result: Result } | { readonly isStored: false; readonly error: unknown };
  try {
    const result = await withTimeout(() => runIn({ database, transaction: open, isForAll }, work), options.timeoutMs, open);
    open.assertSound();
    await open.commit();
    outcome = { isStored: true, result };
  } catch (error) {
    if (!open.isEnded) await open.rollback();
    outcome = { isStored: false, error };
  }
  connection.release(!outcome.isStored && open.isLost ? outcome.error : undefined);
  publishTransaction(database, outcome.isStored ? "committed" : "rolled back", start);
  // Callbacks may write, so the connection must be free by then.
  await runAll(database, outcome.isStored ? open.committed : undoAll(open, outcome.error));
  if (!outcome.isStored) throw outcome.error;
  return outcome.result;
}

/**
 * For tests: lets everything on a database run in one transaction that is rolled back at the end. The database holds the
 * transaction, not the caller, so that requests over a socket use it as well. Returns a function that rolls it back.
 */
export async function isolateDatabase(database: DatabaseCore, readOnly = false): Promise<() => Promise<void>> {
  // A long transaction that only reads sees what others commit meanwhile, where the database can.
  const { connection, open } = await begin(database, readOnly ? { readOnly, isolation: "read committed" } : {}, openedHere());
  const outer = database.context;
  open.isolate();
  database.context = { database, transaction: open };
  return async () => {
    database.context = outer;
    const left = open.endInner();
    await open.rollback();
    connection.release(open.isLost ? new Error("The transaction of a test was lost.") : undefined);
    if (left !== undefined)
      throw new GableError("E_TRANSACTION_OPEN", "A transaction is still open when the test ends.", {
        fix: "Await transaction() in the test, or in the code that it calls.",
        cause: left,
      });
  };
}

/** Runs work on a connection with an open transaction, and ends it. Transactions of the work become savepoints. */
export async function runOnConnection<Result>(
  database: DatabaseCore,
  connection: Connection,
  work: () => Promise<Result>,
): Promise<Result> {
  const open = new Transaction(database, connection, { isReadOnly: false, savepoint: "", opened: openedHere() });
  const result = await runIn({ database, transaction: open }, work);
  open.assertSound();
  open.isEnded = true;
  return result;
}

/** Number of dead connections that are replaced in a row when a transaction begins. */
const beginningsMax = 20;

/** Begins a transaction. Replaces a connection that died while idle, because no work was done on it. */
async function begin(
  database: DatabaseCore,
  options: TransactionOptions,
  opened: Error,
  tries = beginningsMax,
): Promise<{ connection: Connection; open: Transaction }> {
  const { isolation, readOnly = false } = options;
  // Asked before the transaction holds locks.
  if (!readOnly && database.guardWrite !== undefined) await database.guardWrite();
  const connection = await acquireFrom(database, { write: !readOnly, isOwn: true, opened });
  const open = new Transaction(database, connection, { isReadOnly: readOnly, savepoint: "", opened });
  try {
    for (const sql of database.dialect.begin({ isolation, readOnly })) await open.control(sql);
    return { connection, open };
  } catch (error) {
    connection.release(error);
    if (open.isLost && tries > 1) return begin(database, options, opened, tries - 1);
    throw error;
  }
}

async function withTimeout<Result>(
  work: () => Result | Promise<Result>,
  timeoutMs: number | undefined,
  open: Transaction,
): Promise<Result> {
  if (timeoutMs === undefined) return work();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(open.fail(new GableError("E_TRANSACTION_TIMEOUT", `A transaction took longer than ${timeoutMs} ms.`)));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The callbacks of a transaction that an error ended. */
function undoAll({ undone, restoring }: Transaction, error: unknown): readonly Callback[] {
  return [...restoring.toReversed(), ...undone.map((callback) => () => callback(error))];
}

/** Runs callbacks outside of the transaction, in order. Their errors are reported, and change nothing. */
async function runAll(database: DatabaseCore, callbacks: readonly Callback[]): Promise<void> {
  for (const callback of callbacks) {
    try {
      await runIn(database.context, callback);
    } catch (error) {
      database.onError(error);
    }
  }
}

/** State of a transaction, besides its connection. */
interface TransactionParts {
  readonly isReadOnly: boolean;
  /** Name of the savepoint; "" of a transaction itself. */
  readonly savepoint: string;
  readonly opened: Error;
}

/** Records where a transaction is opened, for messages. */
function openedHere(): Error {
  return new Error("The transaction was opened here.");
}

/** An open transaction, or an open savepoint of one. */
class Transaction implements OpenTransaction {
  readonly isReadOnly: boolean;
  /** Callbacks for the commit; those of a savepoint pass to the transaction around it. */
  readonly committed: Callback[] = [];
  readonly undone: UndoCallback[] = [];
  /** What restores values in memory after a rollback, the last change first. */
  readonly restoring: Callback[] = [];
  isEnded = false;
  /** Whether the connection has become unusable. */
  isLost = false;
  readonly #database: DatabaseCore;
  readonly #connection: Connection;
  readonly #savepoint: string;
  readonly #opened: Error;
  /** Savepoints take turns. */
  readonly #turns: WriteLock;
  /** The savepoint that is open. */
  #inner: Transaction | undefined;
  #failure: unknown;
  #hasFailed = false;
  #savepoints = 0;
  /** Whether it isolates a test: work directly inside it counts as a separate transaction. */
  #isIsolation = false;

  constructor(database: DatabaseCore, connection: Connection, { isReadOnly, savepoint, opened }: TransactionParts) {
    this.#database = database;
    this.#connection = connection;
    this.isReadOnly = isReadOnly;
    this.#savepoint = savepoint;
    this.#opened = opened;
    this.#turns = new WriteLock(database.acquireTimeoutMs);
  }

  get isIsolation(): boolean {
    return this.#isIsolation;
  }

  /** Turns it into the transaction around a test. */
  isolate(): void {
    this.#isIsolation = true;
  }

  run(statement: Statement): StatementResult | Promise<StatementResult> {
    if (this.#isIsolation) return this.#runIsolated(statement);
    // A statement next to a savepoint must not be rolled back with it, so it waits for its turn.
    if (this.#inner !== undefined) return this.#runInTurn(statement);
    this.#assertOpen();
    this.assertSound();
    let result: StatementResult | Promise<StatementResult>;
    try {
      result = this.#connection.run(statement);
    } catch (error) {
      throw this.fail(this.#explain(error));
    }
    return result instanceof Promise
      ? result.catch((error: unknown) => {
          throw this.fail(this.#explain(error));
        })
      : result;
  }

  async #runInTurn(statement: Statement): Promise<StatementResult> {
    const free = await this.#turns.acquire();
    free();
    return this.run(statement);
  }

  /** Runs a statement that only rolls back itself if it fails, as it would without the transaction of the test. */
  async #runIsolated(statement: Statement): Promise<StatementResult> {
    const free = await this.#turns.acquire();
    try {
      await this.control("SAVEPOINT gable_statement");
      try {
        const result = await this.#connection.run(statement);
        await this.control("RELEASE SAVEPOINT gable_statement");
        return result;
      } catch (error) {
        await this.control("ROLLBACK TO SAVEPOINT gable_statement");
        await this.control("RELEASE SAVEPOINT gable_statement");
        throw this.#explain(error);
      }
    } finally {
      free();
    }
  }

  cursor(statement: Statement, batch: number): AsyncIterable<StatementResult["rows"]> {
    this.#assertOpen();
    this.assertSound();
    return this.#readBatches(statement, batch);
  }

  async *#readBatches(statement: Statement, batch: number): AsyncGenerator<StatementResult["rows"]> {
    try {
      yield* this.#connection.cursor(statement, batch);
    } catch (error) {
      throw this.#isIsolation ? this.#explain(error) : this.fail(this.#explain(error));
    }
  }

  whenUndone(callback: () => void): void {
    // Code does not see the transaction of a test.
    if (!this.#isIsolation) this.restoring.push(callback);
  }

  /** Records the first error: only a rollback is allowed after it, even if the database would accept more. */
  fail<Failure>(error: Failure): Failure {
    if (!this.#hasFailed) this.#failure = error;
    this.#hasFailed = true;
    return error;
  }

  /** Throws `E_TRANSACTION_ABORTED` if a statement has failed. */
  assertSound(): void {
    if (!this.#hasFailed) return;
    if (this.#failure instanceof GableError && this.#failure.code === "E_TRANSACTION_TIMEOUT") throw this.#failure;
    throw new GableError("E_TRANSACTION_ABORTED", "A statement of this transaction has failed, so it only accepts a rollback.", {
      cause: this.#failure,
    });
  }

  #assertOpen(): void {
    if (!this.isEnded) return;
    throw new GableError("E_TRANSACTION_ENDED", "A query was run in a transaction that has ended.", {
      fix: "Await all queries inside the transaction.",
      cause: this.#opened,
    });
  }

  #explain(error: unknown): unknown {
    const explained = explainError(this.#database, error);
    if (explained instanceof GableError && explained.code === "E_DATABASE_GONE") this.isLost = true;
    return explained;
  }

  /** Ends the savepoint that is open, and those in it: nothing more runs in them. Returns where it was opened; undefined without one. */
  endInner(): Error | undefined {
    const inner = this.#inner;
    if (inner === undefined) return undefined;
    inner.isEnded = true;
    inner.endInner();
    return inner.#opened;
  }

  /** Runs a statement that controls the transaction itself. */
  async control(sql: string): Promise<void> {
    try {
      await this.#connection.run({ sql, parameters: [], rows: "none" });
    } catch (error) {
      throw this.#explain(error);
    }
  }

  async commit(): Promise<void> {
    // A test that ended before has ended the transaction as well.
    this.#assertOpen();
    this.isEnded = true;
    try {
      await this.control(this.#savepoint === "" ? "COMMIT" : `RELEASE SAVEPOINT ${this.#savepoint}`);
    } catch (error) {
      if (!this.isLost) {
        this.isEnded = false;
        throw toCommitError(this.#database.models, error);
      }
      throw new GableError("E_COMMIT_UNKNOWN", "The connection was lost during a commit, so the transaction may or may not be stored.", {
        cause: error,
      });
    }
  }

  /** Rolls back everything. An error means that the connection was lost, and all open changes with it. */
  async rollback(): Promise<void> {
    this.isEnded = true;
    try {
      if (this.#savepoint === "") await this.control("ROLLBACK");
      else {
        await this.control(`ROLLBACK TO SAVEPOINT ${this.#savepoint}`);
        await this.control(`RELEASE SAVEPOINT ${this.#savepoint}`);
      }
    } catch {
      this.isLost = true;
    }
  }

  /** Runs work in a savepoint. Several savepoints take turns. */
  async nest<Result>(context: ExecutionContext, work: () => Result | Promise<Result>, options: TransactionOptions): Promise<Result> {
    const free = await this.#turns.acquire();
    try {
      this.#assertOpen();
      this.assertSound();
      return await this.#nestNow(context, work, options);
    } finally {
      this.#inner = undefined;
      free();
    }
  }

  async #nestNow<Result>(
    { database, isForAll = false }: ExecutionContext,
    work: () => Result | Promise<Result>,
    { readOnly = false, timeoutMs }: TransactionOptions,
  ): Promise<Result> {
    const savepoint = `${this.#savepoint === "" ? "gable" : this.#savepoint}_${++this.#savepoints}`;
    const open = new Transaction(database, this.#connection, { isReadOnly: this.isReadOnly || readOnly, savepoint, opened: openedHere() });
    this.#inner = open;
    await this.control(`SAVEPOINT ${savepoint}`);
    try {
      const result = await withTimeout(() => runIn({ database, transaction: open, isForAll }, work), timeoutMs, open);
      open.assertSound();
      await open.commit();
      if (this.#isIsolation) await runAll(database, open.committed);
      else {
        this.committed.push(...open.committed);
        this.undone.push(...open.undone);
        for (const restore of open.restoring) this.restoring.push(restore);
      }
      return result;
    } catch (error) {
      if (!open.isEnded) await open.rollback();
      if (open.isLost) {
        this.isLost = true;
        this.fail(error);
      }
      await runAll(database, undoAll(open, error));
      throw error;
    }
  }
}
