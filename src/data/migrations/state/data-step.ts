/** Steps of migrations that change rows with code: what they are given. */
import type { Query } from "../../query/query.ts";

/** A row of a model as of the migration: its columns by their names. */
export type HistoricalRow = Record<string, unknown> & {
  save(): Promise<unknown>;
  delete(): Promise<void>;
};

/** A table as of the migration: columns are fields by their own names, without methods, hooks or checks of today's code. */
export interface HistoricalModel {
  /** Rows by a filter. */
  where(filter?: Readonly<Record<string, unknown>>): Query<unknown, HistoricalRow>;
  /** One row by its key. Throws `E_ROW_MISSING`. */
  get(key: unknown): Promise<HistoricalRow>;
  /** One row by its key, or undefined. */
  find(key: unknown): Promise<HistoricalRow | undefined>;
  /** All rows. */
  all(): Query<unknown, HistoricalRow>;
  /** Number of rows. */
  count(): Promise<number>;
  /** Makes a row. */
  create(values: Readonly<Record<string, unknown>>): Promise<HistoricalRow>;
  /** Makes rows, all or none. */
  createMany(list: ReadonlyArray<Readonly<Record<string, unknown>>>): Promise<HistoricalRow[]>;
}

/** What a data step works with. */
export interface DataStepContext {
  /** Tables by name, as of this point. */
  readonly models: Readonly<Record<string, HistoricalModel>>;
  /** Rows of this batch; none of a step without batches. */
  readonly rows: readonly HistoricalRow[];
}

/**
 * A change of rows. Without `batch` it runs once, in the transaction of the migration. With `table` and `batch` it
 * runs for the rows of that table, so many at a time, each time in a transaction of its own that remembers the
 * last key: a run that was interrupted goes on behind it.
 */
export interface DataStep {
  /** Name in messages and progress. */
  readonly name: string;
  /** Table whose rows are read in batches. */
  readonly table?: string;
  /** Rows of one batch. */
  readonly batch?: number;
  /** Rows that the step is about; all by default. */
  readonly where?: Readonly<Record<string, unknown>>;
  /** What is done. With `table`, once for each batch. */
  readonly up: (context: DataStepContext) => void | Promise<void>;
  /** What undoes it: a function of the same kind, or "nothing". Without it, the migration cannot be undone. */
  readonly down?: "nothing" | ((context: DataStepContext) => void | Promise<void>);
}
