/** Steps: what a migration does to one kind of database, one after the other. */
import type { Dialect } from "../../sql/dialect.ts";
import type { ColumnState, State } from "../../schema/table-state.ts";
import type { DataStep } from "../state/data-step.ts";
import type { Operation, SqlByDialect } from "../state/operation.ts";

/** Where a step runs: with those before it in one transaction, as the first of a new one, or outside of any. */
export type StepPlace = "joined" | "fresh" | "alone";

/** A step. */
export type Step = { readonly place: StepPlace } &
  /** One that looks at all rows may take longer than others. */
  (
    | { readonly kind: "sql"; readonly sql: string; readonly isLong?: boolean }
    /** A statement that changes some rows at a time, and is repeated until it changes none. */
    | { readonly kind: "repeat"; readonly sql: string }
    /** An index that is built beside the work of others; one that was left unfinished is dropped before. */
    | { readonly kind: "index"; readonly sql: string; readonly table: string; readonly name: string; readonly drop: string }
    /** A change of a table whose cheapest form the database chooses; copying a large table needs consent. */
    | {
        readonly kind: "alter";
        readonly table: string;
        readonly changes: string;
        readonly isAgreed: boolean;
        /** Number of the error that says that there is nothing to change. */
        readonly ignored?: number;
      }
    /** A look at rows before they are changed. */
    | { readonly kind: "check"; readonly check: RowCheck }
    /** A table that is made anew, with its rows (SQLite). */
    | { readonly kind: "rebuild"; readonly table: string; readonly rebuild: Rebuild }
    | { readonly kind: "run"; readonly step: DataStep; readonly state: State }
  );

/**
 * What rows must be like before a column changes: their values fit the new column, the column has a value in each of them, or there
 * is no row at all.
 */
export type RowCheck = {
  readonly table: string;
  readonly column: string;
  /** Columns of the key of the table. */
  readonly primary: readonly string[];
} & ({ readonly rule: "values"; readonly before: ColumnState; readonly after: ColumnState } | { readonly rule: "present" | "empty" });

/** How a table is made anew. */
export interface Rebuild {
  /** Makes the new table under another name, and copies the rows. */
  readonly copy: readonly string[];
  /** Name of the new table while both are there. */
  readonly copyName: string;
  /** Takes the place of the old one, and makes the indexes. */
  readonly replace: readonly string[];
  /** Names of indexes that are made by these statements; others are kept as they were. */
  readonly indexes: readonly string[];
}

/** A step with the operation that it belongs to. */
export interface PlannedStep {
  readonly operation: Operation;
  readonly step: Step;
}

/** A statement that runs with those before it. */
export function joined(sql: string): Step {
  return { kind: "sql", sql, place: "joined" };
}

/** A statement that no transaction holds. */
export function alone(sql: string): Step {
  return { kind: "sql", sql, place: "alone" };
}

/** The statements of one's own for a kind of database. */
export function chooseSql(by: SqlByDialect, dialect: Dialect["name"]): readonly string[] {
  const chosen = by[dialect] ?? by.others ?? "nothing";
  if (chosen === "nothing") return [];
  return typeof chosen === "string" ? [chosen] : chosen;
}

/** Rows that one repetition of a statement changes. */
export const repeatedRows = 10_000;

/** Longest statement of a migration on PostgreSQL, but for those that build indexes and look at all rows. */
export const statementLimit = "SET statement_timeout = '5min'";
