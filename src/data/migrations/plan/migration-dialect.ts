/** How a kind of database is migrated: its steps, its locks, and how its structure is read. Each folder of a database has one. */
import type { Connection } from "../../driver/contract.ts";
import type { DriverValue } from "../../schema/driver-value.ts";
import type { State } from "../../schema/table-state.ts";
import type { TableWriter } from "../../sql/table-writer.ts";
import type { Operation } from "../state/operation.ts";
import type { PlannedStep } from "./step.ts";
import type { TableFinding } from "./table-finding.ts";

/** A row by the names of its columns, in lower case. */
export type SessionRow = Readonly<Record<string, DriverValue>>;

/** A connection that is held for a migration. */
export interface MigrationSession {
  /** Runs a statement. Returns the number of rows that it has changed. */
  run(sql: string, parameters?: readonly DriverValue[]): Promise<number>;
  /** Reads rows by the names of their columns. */
  read(sql: string, parameters?: readonly DriverValue[]): Promise<SessionRow[]>;
  /** Returns a session on another connection. */
  on(connection: Connection): MigrationSession;
}

/** An attempt to take the lock of migrations. */
export interface LockAttempt {
  /** Takes the lock. Returns what releases it, or undefined while another process holds it. */
  take(): Promise<(() => Promise<void>) | undefined>;
  /** Names the holder as the end of a sentence; "" when it is unknown. */
  holder(): Promise<string>;
}

/** A part of the live structure: its table, its name, and the server's own text of it. */
export type LiveObject = readonly [table: string, object: string, definition: string];

/** What changes of tables cost on a database. */
export interface MigrationCosts {
  /** Whether writes wait while an index is built. */
  readonly locksForIndexes: boolean;
  /** Whether a default that differs from row to row rewrites the table. */
  readonly rewritesForDefaults: boolean;
  /** Whether a text without a limit takes the values of a text with one without a rewrite. */
  readonly widensTextsFreely: boolean;
}

/** How a kind of database is migrated. */
export interface MigrationDialect {
  readonly costs: MigrationCosts;
  /** Whether a large table is only rewritten with consent, since others wait meanwhile. */
  readonly asksBeforeRewrites: boolean;
  /** Whether a transaction can undo changes of the structure. Elsewhere each of them is committed on its own. */
  readonly hasStructureTransactions: boolean;
  /** Whether dropping a table deletes the rows that refer to it, so that foreign keys are turned off and checked at the end. */
  readonly dropsReferringRows: boolean;
  /** Whether the connection goes back to the pool afterwards. Elsewhere it is closed, since its settings were changed. */
  readonly keepsConnection: boolean;
  /** Returns the statements that set limits on the connection. */
  settings(lockTimeoutSeconds: number): string[];
  /** Returns the type of a short text of the ledger. */
  ledgerText(length: number): string;
  /** Returns a query for whether a table exists. */
  findTable(name: string): string;
  /** Returns the steps of operations, from a structure on. */
  plan(writer: TableWriter, before: State, operations: readonly Operation[]): PlannedStep[];
  /** Prepares an attempt to take the lock of migrations. */
  prepareLock(session: MigrationSession): Promise<LockAttempt>;
  /** Reads all tables and views as the server's own texts. */
  readLive(session: MigrationSession): Promise<LiveObject[]>;
  /** Runs work in an empty place on the same server, which is removed afterwards. */
  withScratch<Result>(session: MigrationSession, work: (scratch: MigrationSession) => Promise<Result>): Promise<Result>;
  /** Reads all tables and views as what models can say. */
  introspect(session: MigrationSession): Promise<TableFinding[]>;
}
