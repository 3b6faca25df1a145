/** Describes how to migrate a kind of database: its steps, its locks, and how to read its structure. Each database folder has one. */
import type { Connection } from "../../driver/contract.ts";
import type { DriverValue } from "../../schema/driver-value.ts";
import type { State } from "../../schema/table-state.ts";
import type { TableWriter } from "../../sql/table-writer.ts";
import type { Operation } from "../state/operation.ts";
import type { PlannedStep } from "./step.ts";
import type { TableFinding } from "./table-finding.ts";

/** A row as an object with lower-case column names. */
export type SessionRow = Readonly<Record<string, DriverValue>>;

/** A connection that is held for a migration. */
export interface MigrationSession {
  /** Runs a statement. Returns the number of changed rows. */
  run(sql: string, parameters?: readonly DriverValue[]): Promise<number>;
  /** Reads rows as objects with column names. */
  read(sql: string, parameters?: readonly DriverValue[]): Promise<SessionRow[]>;
  /** Returns a session on another connection. */
  on(connection: Connection): MigrationSession;
}

/** An attempt to take the migration lock. */
export interface LockAttempt {
  /** Takes the lock. Returns a function that releases it, or undefined while another process holds it. */
  take(): Promise<(() => Promise<void>) | undefined>;
  /** Returns the holder as the end of a sentence, or "" if it is unknown. */
  holder(): Promise<string>;
}

/** A part of the live structure: its table, its name, and its definition as the server writes it. */
export type LiveObject = readonly [table: string, object: string, definition: string];

/** What table changes cost on a database. */
export interface MigrationCosts {
  /** Whether writes wait while an index is built. */
  readonly locksForIndexes: boolean;
  /** Whether a default that differs from row to row rewrites the table. */
  readonly rewritesForDefaults: boolean;
  /** Whether removing the length limit of a column works without a rewrite. */
  readonly widensTextsFreely: boolean;
}

/** How to migrate a kind of database. */
export interface MigrationDialect {
  readonly costs: MigrationCosts;
  /** Whether rewriting a large table needs consent, because other connections wait meanwhile. */
  readonly asksBeforeRewrites: boolean;
  /** Whether a transaction can undo schema changes. Other databases commit each change on its own. */
  readonly hasStructureTransactions: boolean;
  /** Whether dropping a table deletes the rows that refer to it. If so, foreign keys are turned off and checked at the end. */
  readonly dropsReferringRows: boolean;
  /** Whether the connection returns to the pool afterwards. Otherwise it is closed, because its settings were changed. */
  readonly keepsConnection: boolean;
  /** Returns the statements that set the limits of the connection. */
  settings(lockTimeoutSeconds: number): string[];
  /** Returns the type of short text columns in the ledger. */
  ledgerText(length: number): string;
  /** Returns a query that checks whether a table exists. */
  findTable(name: string): string;
  /** Returns the steps of operations that start from the given structure. */
  plan(writer: TableWriter, before: State, operations: readonly Operation[]): PlannedStep[];
  /** Prepares an attempt to take the migration lock. */
  prepareLock(session: MigrationSession): Promise<LockAttempt>;
  /** Reads all tables and views as the server defines them. */
  readLive(session: MigrationSession): Promise<LiveObject[]>;
  /** Runs work in an empty scratch schema or database on the same server, and removes it afterwards. */
  withScratch<Result>(session: MigrationSession, work: (scratch: MigrationSession) => Promise<Result>): Promise<Result>;
  /** Reads all tables and views in the form that models can express. */
  introspect(session: MigrationSession): Promise<TableFinding[]>;
}
