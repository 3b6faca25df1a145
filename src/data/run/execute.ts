/** Runs statements: on the connection of the transaction, or on one that is acquired for the statement. */
import { GableError } from "../../errors/gable-error.ts";
import type { Eventual } from "../schema/eventual.ts";
import { after } from "../schema/eventual.ts";
import { readAbort } from "../driver/abort.ts";
import type { AcquireOptions, Connection, Statement, StatementResult } from "../driver/contract.ts";
import type { DriverValue } from "../schema/driver-value.ts";
import { explainError, readDatabaseError } from "./database-error.ts";
import type { DatabaseCore, ExecutionContext, StatementEvent } from "./database-core.ts";
import { isObserved, isPoolObserved, publishPool, publishStatement } from "./events.ts";
import { noteWritten } from "../ambient/written.ts";
import type { SelectState } from "../tree/node.ts";
import type { BoundPlan } from "../sql/plan.ts";
import { planSelect } from "../sql/plan.ts";
import { showParameters } from "../sql/secret-parameters.ts";

/** Runs a statement. Converts errors of the database to errors with codes. */
export function runStatement(context: ExecutionContext, statement: Statement, isWrite: boolean): Eventual<StatementResult> {
  if (statement.signal?.aborted === true) throw readAbort(statement.signal);
  const { database } = context;
  if (isWrite) {
    assertWritten(database);
    const { guardWrite } = database;
    if (guardWrite !== undefined) return guardWrite().then(() => runAllowed(context, statement, isWrite));
  }
  return runAllowed(context, statement, isWrite);
}

function runAllowed(context: ExecutionContext, statement: Statement, isWrite: boolean): Eventual<StatementResult> {
  const { database } = context;
  if (!isObserved(database)) return runUnobserved(context, statement, isWrite);
  const start = performance.now();
  const succeed = (result: StatementResult): StatementResult => {
    const rowCount = statement.rows === "arrays" ? result.rows.length : result.affected;
    publishStatement(database, toEvent(context, statement, { start, rowCount }));
    return result;
  };
  const fail = (error: unknown): never => {
    publishStatement(database, toEvent(context, statement, { start, rowCount: 0, error }));
    throw error;
  };
  let result: Eventual<StatementResult>;
  try {
    result = runUnobserved(context, statement, isWrite);
  } catch (error) {
    return fail(error);
  }
  return result instanceof Promise ? result.then(succeed, fail) : succeed(result);
}

/** Creates the event about a statement that has run, or failed. */
function toEvent(
  { database, transaction }: ExecutionContext,
  { sql, parameters }: Statement,
  { start, rowCount, error }: { readonly start: number; readonly rowCount: number; readonly error?: unknown },
): StatementEvent {
  return {
    sql,
    database: database.name,
    dialect: database.dialect.name,
    durationMs: performance.now() - start,
    rowCount,
    ...(error !== undefined && { error }),
    ...(database.logParameters && { parameters: showParameters(parameters) }),
    isInTransaction: transaction !== undefined,
    showParameters: () => showParameters(parameters),
    explain: async () => explainStatement(database.context, sql, parameters),
  };
}

/** Returns how a database would run a statement. Publishes no event. */
async function explainStatement(context: ExecutionContext, sql: string, parameters: readonly DriverValue[]): Promise<string> {
  const statement = { sql: context.database.dialect.explain(sql, false), parameters, rows: "arrays" } as const;
  const { rows } = await runUnobserved(context, statement, false);
  return toPlanText(rows);
}

/** Returns the database's description of how it runs a statement. */
export function toPlanText(rows: StatementResult["rows"]): string {
  return rows.map((row) => row.filter((value) => value !== null).join("  ")).join("\n");
}

/** Records a write. Throws `E_DATABASE_REPLICA` for a write to a replica. */
function assertWritten(database: DatabaseCore): void {
  if (database.replicas.length > 0) noteWritten(database);
  if (database.primary === undefined) return;
  throw new GableError("E_DATABASE_REPLICA", `The database "${database.name}" is a replica, so you cannot write to it.`, {
    fix: `Write to "${database.primary.name}".`,
  });
}

function runUnobserved({ database, transaction }: ExecutionContext, statement: Statement, isWrite: boolean): Eventual<StatementResult> {
  if (transaction === undefined) return runWithoutTransaction(database, statement, isWrite);
  if (isWrite && transaction.isReadOnly) throw readOnlyRefused();
  return transaction.run(statement);
}

/** Creates the error about a write in a read-only transaction. */
export function readOnlyRefused(): GableError {
  return new GableError("E_TRANSACTION_READ_ONLY", "A read-only transaction cannot write.");
}

function runWithoutTransaction(database: DatabaseCore, statement: Statement, isWrite: boolean): Eventual<StatementResult> {
  const connection = acquireFrom(database, { write: isWrite, signal: statement.signal });
  // Creates no function per statement if the connection is available immediately: every query of SQLite goes this way.
  return connection instanceof Promise
    ? connection.then((acquired) => runOn(acquired, statement, database))
    : runOn(connection, statement, database);
}

/** Acquires a connection. A failure becomes an error with a code, too. */
export function acquireFrom(database: DatabaseCore, options: AcquireOptions): Eventual<Connection> {
  if (isPoolObserved()) return acquireObserved(database, options);
  const connection = database.driver.acquire(options);
  return connection instanceof Promise ? connection.catch((error: unknown) => refuseConnection(database, options, error)) : connection;
}

function refuseConnection({ dialect }: DatabaseCore, { signal }: AcquireOptions, error: unknown): never {
  throw signal?.aborted === true ? readAbort(signal) : readDatabaseError(dialect, error);
}

function acquireObserved(database: DatabaseCore, options: AcquireOptions): Eventual<Connection> {
  const start = performance.now();
  const connection = database.driver.acquire(options);
  if (!(connection instanceof Promise)) {
    publishPool(database, true, start);
    return connection;
  }
  return connection.then(
    (acquired) => {
      publishPool(database, true, start);
      return acquired;
    },
    (error: unknown) => {
      publishPool(database, false, start);
      return refuseConnection(database, options, error);
    },
  );
}

function runOn(connection: Connection, statement: Statement, database: DatabaseCore): Eventual<StatementResult> {
  let result: Eventual<StatementResult>;
  try {
    result = connection.run(statement);
  } catch (error) {
    connection.release(error);
    throw explainError(database, error);
  }
  if (!(result instanceof Promise)) {
    connection.release();
    return result;
  }
  return result.then(
    (value) => {
      connection.release();
      return value;
    },
    (error: unknown) => {
      connection.release(error);
      throw explainError(database, error);
    },
  );
}

/** Runs a query, and returns its raw rows. */
function sendQuery(context: ExecutionContext, { plan, parameters }: BoundPlan, { lock, signal }: SelectState): Eventual<StatementResult> {
  const { sql, readsBigInts } = plan;
  return runStatement(context, { sql, parameters, rows: "arrays", readsBigInts, signal }, lock !== undefined);
}

/** A query without a limit may read this many rows, plus one to detect that there are more. */
function withLimit(state: SelectState, rowsMax: number): SelectState {
  if (state.limit !== undefined || state.perParent !== undefined) return state;
  return { ...state, limit: rowsMax + 1 };
}

function assertRows(state: SelectState, count: number, rowsMax: number): void {
  if (state.limit !== undefined || count <= rowsMax) return;
  throw new GableError("E_ROWS_TOO_MANY", `A query of ${state.root.model.name} has no limit, and found more than ${rowsMax} rows.`, {
    fix: "Use page(), limit() or stream().",
  });
}

/** Reads raw rows, with their plan. */
export function readRaw(
  context: ExecutionContext,
  state: SelectState,
  isOneRow = false,
): Eventual<{ plan: BoundPlan["plan"]; rows: StatementResult["rows"] }> {
  const { dialect, plans, rowsMax } = context.database;
  const planned = planSelect(dialect, plans, isOneRow ? state : withLimit(state, rowsMax));
  return after(sendQuery(context, planned, state), ({ rows }) => {
    assertRows(state, rows.length, rowsMax);
    return { plan: planned.plan, rows };
  });
}

/** Reads rows in batches, on a separate connection or on that of the transaction. Publishes one event at the end. */
export async function* streamRaw(
  context: ExecutionContext,
  state: SelectState,
  batch: number,
): AsyncGenerator<{ plan: BoundPlan["plan"]; rows: StatementResult["rows"] }> {
  const { database } = context;
  const { plan, parameters } = planSelect(database.dialect, database.plans, state);
  const statement: Statement = { sql: plan.sql, parameters, rows: "arrays", readsBigInts: plan.readsBigInts };
  const start = performance.now();
  let rowCount = 0;
  let error: unknown;
  try {
    for await (const rows of readBatches(context, statement, { batch, signal: state.signal })) {
      if (state.signal?.aborted === true) throw readAbort(state.signal);
      rowCount += rows.length;
      yield { plan, rows };
    }
  } catch (thrown) {
    error = thrown;
    throw thrown;
  } finally {
    if (isObserved(database)) publishStatement(database, toEvent(context, statement, { start, rowCount, error }));
  }
}

async function* readBatches(
  context: ExecutionContext,
  statement: Statement,
  { batch, signal }: { readonly batch: number; readonly signal: AbortSignal | undefined },
): AsyncGenerator<StatementResult["rows"]> {
  if (context.transaction !== undefined) return yield* context.transaction.cursor(statement, batch);
  const connection = await acquireFrom(context.database, { write: false, isOwn: true, signal });
  let failure: unknown;
  try {
    yield* connection.cursor(statement, batch);
  } catch (error) {
    failure = error;
    throw explainError(context.database, error);
  } finally {
    connection.release(failure);
  }
}
