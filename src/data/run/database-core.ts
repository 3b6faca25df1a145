/** A database and its transactions as statements see them. */
import type { GableError } from "../../errors/gable-error.ts";
import type { Driver, Statement, StatementResult } from "../driver/contract.ts";
import type { ModelClass } from "../schema/model-class.ts";
import type { RecentCache } from "../schema/recent-cache.ts";
import type { Dialect } from "../sql/dialect.ts";
import type { StatementPlan } from "../sql/plan.ts";
import type { CursorKeys } from "./cursor-seal.ts";

/** How a relation is loaded when code reads it before it was loaded. */
export type FetchMode = "peers" | "one" | "raise";

/** A database, as queries see it. */
export interface DatabaseCore {
  readonly name: string;
  readonly dialect: Dialect;
  readonly driver: Driver;
  readonly plans: RecentCache<StatementPlan>;
  readonly models: ReadonlySet<ModelClass>;
  /** Its models with a scope. */
  readonly scoped: readonly ModelClass[];
  readonly rowsMax: number;
  /** Seals the cursors of its pages. */
  readonly cursorKeys: CursorKeys;
  readonly fetchMode: FetchMode;
  /** Whether listeners of statements get their parameters. */
  readonly logParameters: boolean;
  /** Called after each statement; undefined if nobody listens. */
  readonly observe: ((event: StatementEvent) => void) | undefined;
  /** Called with errors that no caller awaits: those of callbacks after a commit. */
  readonly onError: (error: unknown) => void;
  /** Longest wait for a connection, or for the write lock, in ms. */
  readonly acquireTimeoutMs: number;
  /** The databases that were opened together with it, by name; undefined for a database that was opened separately. */
  siblings: ReadonlyMap<string, DatabaseCore> | undefined;
  /** The database that it replicates; undefined for a primary database. */
  primary: DatabaseCore | undefined;
  /** Why its structure is older than its application, to explain errors about missing tables. */
  pending: GableError | undefined;
  /** Called before a statement or a transaction that writes; what it throws refuses it. Undefined outside of `gable shell`. */
  guardWrite: (() => Promise<void>) | undefined;
  /** Its replicas. */
  readonly replicas: DatabaseCore[];
  /** The context of statements outside of transactions. While a test isolates the database: the transaction of the test. */
  context: ExecutionContext;
}

/** The event that `onStatement` and the channel `gable.data.query` of node:diagnostics_channel get for each statement. */
export interface StatementEvent {
  /** The SQL text, without values. */
  readonly sql: string;
  /** Name of the database. */
  readonly database: string;
  /** Kind of the database. */
  readonly dialect: Dialect["name"];
  /** Duration in ms. */
  readonly durationMs: number;
  /** Number of rows that were read or changed. */
  readonly rowCount: number;
  /** What failed it, on the channel; absent without an error. `onStatement` gets only statements that have run. */
  readonly error?: unknown;
  /**
   * The parameters in order, if the database has the option `logParameters`. Parameters of fields with the option `secret` are
   * left out. Values in your own SQL are shown as they are.
   */
  readonly parameters?: readonly unknown[];
  /** Whether it ran inside a transaction. */
  readonly isInTransaction: boolean;
  /** Returns the parameters for a developer, whatever `logParameters` says. Those of fields with the option `secret` are left out. */
  showParameters(): readonly unknown[];
  /** Queries the database for how it runs the statement. */
  explain(): Promise<string>;
}

/** The open transaction of a context. */
export interface OpenTransaction {
  /** Runs a statement on the connection of the transaction. */
  run(statement: Statement): StatementResult | Promise<StatementResult>;
  /** Reads rows in batches. */
  cursor(statement: Statement, batch: number): AsyncIterable<StatementResult["rows"]>;
  readonly isReadOnly: boolean;
  /** Whether it has been committed or rolled back. */
  readonly isEnded: boolean;
  /** Registers a callback for a rollback, which restores values in memory. The last one runs first. It must not use the database. */
  whenUndone(callback: () => void): void;
}

/** Where statements run. */
export interface ExecutionContext {
  readonly database: DatabaseCore;
  readonly transaction: OpenTransaction | undefined;
  /** Whether queries of any model run here, even those of models that live in another database. */
  readonly isForAll?: boolean;
}
