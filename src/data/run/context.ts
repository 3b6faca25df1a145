/** Where statements run: on a database, or inside of one of its transactions. The context travels with the async calls. */
import { AsyncLocalStorage } from "node:async_hooks";
import { channel } from "node:diagnostics_channel";
import { describeValue } from "../../errors/option-errors.ts";
import { GableError } from "../../errors/gable-error.ts";
import { suggestName } from "../../errors/nearest-name.ts";
import type { Dialect } from "../sql/dialect.ts";
import type { Driver, Statement, StatementResult } from "../driver/contract.ts";
import type { Plan } from "../sql/plan.ts";
import type { RecentCache } from "../schema/recent-cache.ts";
import type { ModelClass } from "../schema/model.ts";

/** How relations that were not loaded are loaded when they are touched. */
export type FetchMode = "peers" | "one" | "raise";

/** A database, as queries see it. */
export interface DatabaseCore {
  readonly name: string;
  readonly dialect: Dialect;
  readonly driver: Driver;
  readonly plans: RecentCache<Plan>;
  readonly models: ReadonlySet<ModelClass>;
  /** Those of them whose rows belong to owners. */
  readonly scoped: readonly ModelClass[];
  readonly rowsMax: number;
  readonly fetchMode: FetchMode;
  /** Whether those who are told of statements see their values. */
  readonly logParameters: boolean;
  /** Told of each statement that has run; undefined when nobody listens. */
  readonly observe: ((event: StatementEvent) => void) | undefined;
  /** Told of errors that nobody waits for: those of callbacks after a commit. */
  readonly onError: (error: unknown) => void;
  /** Longest wait for a turn, in ms. */
  readonly acquireTimeoutMs: number;
  /** The databases that were opened together with it, by name; undefined of one that was opened alone. */
  siblings: ReadonlyMap<string, DatabaseCore> | undefined;
  /** What it is a replica of; undefined of a database that is written to. */
  primary: DatabaseCore | undefined;
  /** Its replicas. */
  readonly replicas: DatabaseCore[];
  /** What statements run in that no transaction surrounds; while a test isolates the database, the transaction of the test. */
  context: ExecutionContext;
}

/** A statement that has run, as `onStatement` and the channel `gable.data.query` of node:diagnostics_channel get it. */
export interface StatementEvent {
  /** Its text, without values. */
  readonly sql: string;
  /** Name of the database. */
  readonly database: string;
  /** How long it took, in ms. */
  readonly durationMs: number;
  /** Rows that were read or changed. */
  readonly rowCount: number;
  /**
   * Values in the order of their marks, with the option `logParameters` of the database; those of columns with the option `secret`
   * are left out. Values in SQL of one's own are shown as they are.
   */
  readonly parameters?: readonly unknown[];
  /** How the database would run it: asks the database anew. */
  explain(): Promise<string>;
}

/** The open transaction of a context. */
export interface OpenTransaction {
  /** Runs a statement on the connection of the transaction. */
  run(statement: Statement): StatementResult | Promise<StatementResult>;
  /** Batches of rows as they come. */
  cursor(statement: Statement, batch: number): AsyncIterable<StatementResult["rows"]>;
  readonly isReadOnly: boolean;
  /** Whether it has been committed or rolled back. */
  readonly isEnded: boolean;
  /** Calls back when what was done in it is undone. Nothing may be asked of the database then. */
  whenUndone(callback: () => void): void;
}

/** Where statements run. */
export interface ExecutionContext {
  readonly database: DatabaseCore;
  readonly transaction: OpenTransaction | undefined;
  /** Whether queries of any model run here, also of those that live in another database. */
  readonly isForAll?: boolean;
}

/** A transaction that has ended, as the channel `gable.data.transaction` of node:diagnostics_channel gets it. */
export interface TransactionEvent {
  /** Name of the database. */
  readonly database: string;
  readonly outcome: "committed" | "rolled back";
  readonly durationMs: number;
}

/** A connection that was wanted, as the channel `gable.data.pool` of node:diagnostics_channel gets it. */
export interface PoolEvent {
  /** Name of the database. */
  readonly database: string;
  /** How long it was waited for, in ms. */
  readonly durationMs: number;
  /** Whether there was one in time. */
  readonly isTaken: boolean;
}

const statements = channel("gable.data.query");
const transactions = channel("gable.data.transaction");
const pools = channel("gable.data.pool");

/** Whether anybody wants to know of statements. */
export function isObserved(database: DatabaseCore): boolean {
  return database.observe !== undefined || statements.hasSubscribers;
}

/** Tells of a statement that has run. */
export function tellOfStatement(database: DatabaseCore, event: StatementEvent): void {
  database.observe?.(event);
  if (statements.hasSubscribers) statements.publish(event);
}

/** Tells of a transaction that has ended. */
export function tellOfTransaction({ name: database }: DatabaseCore, outcome: TransactionEvent["outcome"], start: number): void {
  if (!transactions.hasSubscribers) return;
  transactions.publish({ database, outcome, durationMs: performance.now() - start } satisfies TransactionEvent);
}

/** Whether anybody wants to know of connections. */
export function isPoolObserved(): boolean {
  return pools.hasSubscribers;
}

/** Tells of a connection that was wanted. */
export function tellOfPool({ name: database }: DatabaseCore, isTaken: boolean, start: number): void {
  pools.publish({ database, durationMs: performance.now() - start, isTaken } satisfies PoolEvent);
}

/** Databases that are open and bound to their models. */
const open = new Set<DatabaseCore>();
const ambient = new AsyncLocalStorage<ExecutionContext>();
const bound = new WeakMap<object, DatabaseCore>();

/** Lets models find the database that was opened with them. Throws `E_DATABASE_BOUND` when one of them has another. */
export function bindModels(database: DatabaseCore): void {
  for (const model of database.models) {
    const other = bound.get(model);
    if (other !== undefined)
      throw new GableError("E_DATABASE_BOUND", `${model.name} was opened with the database "${other.name}" already.`, {
        fix: "Close that database first, or open this one with bind: false and use database.run().",
      });
  }
  for (const model of database.models) bound.set(model, database);
  open.add(database);
}

/** Sets models free that were bound to a database. */
export function releaseModels(database: DatabaseCore): void {
  for (const model of database.models) if (bound.get(model) === database) bound.delete(model);
  open.delete(database);
}

/** Runs work so that its queries run in a context. */
export function runIn<Result>(context: ExecutionContext, work: () => Result): Result {
  return ambient.run(context, begin, work);
}

/** Runs work. A query that it gives, which would run where it is awaited, begins here: `transaction(() => Book.where())`. */
function begin<Result>(work: () => Result): Result {
  const result = work();
  const isLazy = typeof result === "object" && result !== null && "then" in result && !(result instanceof Promise);
  return isLazy ? (Promise.resolve(result) as Result) : result; // Awaiting it gives the same.
}

/** The context of the caller; undefined where none was set. */
export function currentContext(): ExecutionContext | undefined {
  return ambient.getStore();
}

/** The context of work that names no model: that of the caller, or the only database. Throws `E_DATABASE_MISSING`. */
export function defaultContext(): ExecutionContext {
  const current = ambient.getStore();
  if (current !== undefined) return current;
  const [only, ...more] = open;
  if (only !== undefined && more.length === 0) return only.context;
  // Of several, the one that models without a wish of their own live in.
  const usual = [...open].filter(({ name }) => name === "default");
  if (usual.length === 1) return usual[0]!.context;
  throw new GableError(
    "E_DATABASE_MISSING",
    only === undefined ? "No database is open." : `${more.length + 1} databases are open, and none is named.`,
    {
      fix: "Open one with createDatabase(), or name it: { database }.",
    },
  );
}

/** The context that queries of a model run in. Throws `E_DATABASE_MISSING` when there is none. */
export function contextOf(model: ModelClass): ExecutionContext {
  const current = ambient.getStore();
  if (current !== undefined && (current.isForAll === true || hasModel(current.database, model))) return current;
  // The chain of classes: a prototype is an object or null.
  for (let owner: object | null = model; typeof owner === "function"; owner = Object.getPrototypeOf(owner) as object | null) {
    const database = bound.get(owner);
    if (database !== undefined) return database.context;
  }
  throw new GableError("E_DATABASE_MISSING", `No database is open that has the model ${model.name}.`, {
    fix: `Open one first: await createDatabase({ url: "sqlite:var/app.db", models: [${model.name}] }), or use database.run().`,
  });
}

/** Whether a database was opened with a model, or with one that it extends. */
function hasModel({ models }: DatabaseCore, model: ModelClass): boolean {
  if (models.has(model)) return true;
  for (const known of models) if (Object.prototype.isPrototypeOf.call(known, model)) return true;
  return false;
}

const contextsForAll = new WeakMap<ExecutionContext, ExecutionContext>();

/** The context of any model in a database: that of the caller's transaction there, if there is one. */
export function contextIn(database: DatabaseCore): ExecutionContext {
  const current = ambient.getStore();
  const context = current?.database === database ? current : database.context;
  if (context.isForAll === true) return context;
  const known = contextsForAll.get(context) ?? { ...context, isForAll: true };
  contextsForAll.set(context, known);
  return known;
}

/** The context of any model in a database by its name. Throws `E_DATABASE_UNKNOWN`. */
export function contextOfSibling({ siblings, name: own }: DatabaseCore, name: string): ExecutionContext {
  const database = siblings?.get(name);
  if (database === undefined) throw databaseUnknown(name, siblings === undefined ? [own] : [...siblings.keys()]);
  return contextIn(database);
}

/** The error about a name of no database. */
export function databaseUnknown(name: unknown, known: readonly string[]): GableError {
  return new GableError("E_DATABASE_UNKNOWN", `No database is named ${describeValue(name)}.`, {
    fix: suggestName(String(name), known, `Use one of: ${known.join(", ")}.`),
  });
}

/** The databases that work has written to, so that it reads what it wrote. */
const written = new AsyncLocalStorage<Set<DatabaseCore>>();

/**
 * Runs work, such as a request, whose reads see what it has written: after a write, queries that may read a
 * replica read the database itself.
 */
export function readYourWrites<Result>(work: () => Result): Result {
  return written.run(new Set(), begin, work);
}

/** Notes that a database was written to. */
export function noteWrite(database: DatabaseCore): void {
  if (database.replicas.length > 0) written.getStore()?.add(database);
}

const unscoped = new AsyncLocalStorage<true>();
const lifted = channel("gable.data.scope");

/**
 * Runs work about rows of all owners, whatever the scopes of models say. The reason is published on the channel
 * `gable.data.scope` of node:diagnostics_channel, and an application writes it to its log.
 */
export function withoutScope<Result>(reason: string, work: () => Result): Result {
  if (typeof reason !== "string" || reason.trim() === "")
    throw new GableError("E_SCOPE_REASON", `withoutScope() got ${describeValue(reason)} as its reason.`);
  if (lifted.hasSubscribers) lifted.publish({ reason });
  return unscoped.run(true, begin, work);
}

/** Whether the caller works with rows of all owners. */
export function isUnscoped(): boolean {
  return unscoped.getStore() === true;
}

let turn = 0;

/** Where a query reads that may read a replica: one of them, each in its turn, unless the caller must see what it has written. */
export function contextOfReplica(context: ExecutionContext): ExecutionContext {
  const { database, transaction } = context;
  const { replicas } = database;
  if (transaction !== undefined || replicas.length === 0 || written.getStore()?.has(database) === true) return context;
  return replicas[turn++ % replicas.length]!.context;
}

/** Whether rows of a replica may be behind what the caller has written. */
export function isBehind({ primary }: DatabaseCore): boolean {
  return primary !== undefined && written.getStore()?.has(primary) === true;
}
