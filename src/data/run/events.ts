/** What a database publishes: statements, transactions, and waits for connections. */
import { channel } from "node:diagnostics_channel";
import type { DatabaseCore, StatementEvent } from "./database-core.ts";

/** The event on the channel `gable.data.transaction` of node:diagnostics_channel when a transaction ends. */
export interface TransactionEvent {
  /** Name of the database. */
  readonly database: string;
  readonly outcome: "committed" | "rolled back";
  readonly durationMs: number;
}

/** The event on the channel `gable.data.pool` of node:diagnostics_channel when a wait for a connection ends. */
interface PoolEvent {
  /** Name of the database. */
  readonly database: string;
  /** Duration of the wait, in ms. */
  readonly durationMs: number;
  /** Whether a connection was free in time. */
  readonly isTaken: boolean;
}

const statements = channel("gable.data.query");
const transactions = channel("gable.data.transaction");
const pools = channel("gable.data.pool");

/** Whether anybody listens for statements. */
export function isObserved(database: DatabaseCore): boolean {
  return database.observe !== undefined || statements.hasSubscribers;
}

/** Publishes a statement that has run. */
export function publishStatement(database: DatabaseCore, event: StatementEvent): void {
  database.observe?.(event);
  if (statements.hasSubscribers) statements.publish(event);
}

/** Publishes the end of a transaction. */
export function publishTransaction({ name: database }: DatabaseCore, outcome: TransactionEvent["outcome"], start: number): void {
  if (!transactions.hasSubscribers) return;
  transactions.publish({ database, outcome, durationMs: performance.now() - start } satisfies TransactionEvent);
}

/** Whether anybody listens for waits for connections. */
export function isPoolObserved(): boolean {
  return pools.hasSubscribers;
}

/** Publishes the end of a wait for a connection. */
export function publishPool({ name: database }: DatabaseCore, isTaken: boolean, start: number): void {
  pools.publish({ database, durationMs: performance.now() - start, isTaken } satisfies PoolEvent);
}
