/** Steps: what a migration does to one kind of database, in order. */
import type { Dialect } from "../../sql/dialect.ts";
import type { ColumnState, State } from "../../schema/table-state.ts";
import type { DataStep } from "../state/data-step.ts";
import type { Operation, SqlByDialect } from "../state/operation.ts";

/** Where a step runs: in the transaction of the previous steps, at the start of a new transaction, or outside any transaction. */
export type StepPlace = "joined" | "fresh" | "alone";

/** A step. */
export type Step = { readonly place: StepPlace } &
  /** A statement. `isLong` marks one that reads all rows and may take longer than others. If it fails, `undo` reverts the step before it. */
  (
    | { readonly kind: "sql"; readonly sql: string; readonly isLong?: boolean; readonly undo?: string }
    /** A statement that changes a limited number of rows and is repeated until it changes none. */
    | { readonly kind: "repeat"; readonly sql: string }
    /** An index that is built without blocking writes. An unfinished index of the same name is dropped first. */
    | { readonly kind: "index"; readonly sql: string; readonly table: string; readonly name: string; readonly drop: string }
    /** A table change for which the database chooses the cheapest form. Copying a large table needs consent. */
    | {
        readonly kind: "alter";
        readonly table: string;
        readonly changes: string;
        readonly isAgreed: boolean;
        /** The error number for "nothing to change". */
        readonly ignored?: number;
      }
    /** A check of rows before they are changed. */
    | { readonly kind: "check"; readonly check: RowCheck }
    /** A table that is rebuilt with its rows (SQLite). */
    | { readonly kind: "rebuild"; readonly table: string; readonly rebuild: Rebuild }
    | { readonly kind: "run"; readonly step: DataStep; readonly state: State }
  );

/**
 * The condition that rows must meet before a column changes: their values fit the new column ("values"), the column has a value in
 * each row ("present"), or the table has no rows ("empty").
 */
export type RowCheck = {
  readonly table: string;
  readonly column: string;
  /** Columns of the primary key of the table. */
  readonly primary: readonly string[];
  /** Name of the column in its operation, as `"books.isbn"`. It may have another one now. By default it has the same. */
  readonly asked?: string;
} & ({ readonly rule: "values"; readonly before: ColumnState; readonly after: ColumnState } | { readonly rule: "present" | "empty" });

/** How to rebuild a table. */
export interface Rebuild {
  /** Creates the new table under a temporary name, and copies the rows. */
  readonly copy: readonly string[];
  /** Temporary name of the new table while both tables exist. */
  readonly copyName: string;
  /** Replaces the old table, and creates the indexes. */
  readonly replace: readonly string[];
  /** Names of indexes that these statements create. Other indexes are restored unchanged. */
  readonly indexes: readonly string[];
}

/** A step with the operation that it belongs to. */
export interface PlannedStep {
  readonly operation: Operation;
  readonly step: Step;
}

/** Returns a statement that runs in the transaction of the previous steps. */
export function joined(sql: string): Step {
  return { kind: "sql", sql, place: "joined" };
}

/** Returns a statement that runs outside any transaction. */
export function alone(sql: string): Step {
  return { kind: "sql", sql, place: "alone" };
}

/** Returns the custom statements for a kind of database. */
export function chooseSql(by: SqlByDialect, dialect: Dialect["name"]): readonly string[] {
  const chosen = by[dialect] ?? by.others ?? "nothing";
  if (chosen === "nothing") return [];
  return typeof chosen === "string" ? [chosen] : chosen;
}

/** Number of rows that one repetition of a statement changes. */
export const repeatedRows = 10_000;

/** Time limit of statements during a migration on PostgreSQL, except for those that build indexes or read all rows. */
export const statementLimit = "SET statement_timeout = '5min'";
