/** Data steps: code in migrations that changes rows. */
import type { Query } from "../../query/query.ts";

/** A row of a historical model: its columns by name. */
export type HistoricalRow = Record<string, unknown> & {
  save(): Promise<unknown>;
  delete(): Promise<void>;
};

/** A table as of the migration. Fields have the names of columns. The code of your current models does not run. */
export interface HistoricalModel {
  /** Finds rows with a filter. */
  where(filter?: Readonly<Record<string, unknown>>): Query<unknown, HistoricalRow>;
  /** Returns a row by its key. Throws `E_ROW_MISSING`. */
  get(key: unknown): Promise<HistoricalRow>;
  /** Returns a row by its key, or undefined. */
  find(key: unknown): Promise<HistoricalRow | undefined>;
  /** Returns all rows. */
  all(): Query<unknown, HistoricalRow>;
  /** Returns the number of rows. */
  count(): Promise<number>;
  /** Creates a row. */
  create(values: Readonly<Record<string, unknown>>): Promise<HistoricalRow>;
  /** Creates rows, all or none. */
  createMany(list: ReadonlyArray<Readonly<Record<string, unknown>>>): Promise<HistoricalRow[]>;
}

/** What a data step receives. */
export interface DataStepContext {
  /** Tables by name, as of this point. */
  readonly models: Readonly<Record<string, HistoricalModel>>;
  /** Rows of this batch; empty for steps without batches. */
  readonly rows: readonly HistoricalRow[];
}

/**
 * A change of rows. Without `batch`, it runs once, in the transaction of the migration. With `table` and `batch`, it
 * runs once for each batch of rows of that table. Each batch has its own transaction, which also stores the
 * last key, so that an interrupted run continues after it.
 */
export interface DataStep {
  /** Name in messages and progress. */
  readonly name: string;
  /** Table whose rows are read in batches. */
  readonly table?: string;
  /** Number of rows in a batch. */
  readonly batch?: number;
  /** Filter for the rows of the step. All by default. */
  readonly where?: Readonly<Record<string, unknown>>;
  /** Changes the rows. With `table`, it runs once for each batch. */
  readonly up: (context: DataStepContext) => void | Promise<void>;
  /** Undoes the change: a function of the same kind, or "nothing". Without it, the migration cannot be undone. */
  readonly down?: "nothing" | ((context: DataStepContext) => void | Promise<void>);
  /** Whether new databases do without it: it then vanishes when the migration is squashed. Default false. */
  readonly elidable?: boolean;
}
