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

/** The event on the channel `gable.data.relation` when code touches a relation that was not loaded with its rows. */
export interface RelationEvent {
  /** Model of the row, such as `Post`. */
  readonly model: string;
  readonly relation: string;
  /** Model that the relation leads to. */
  readonly target: string;
  /** Whether only this row gets the relation, not its peers. */
  readonly isAlone: boolean;
  /** How many rows the query has read together. */
  readonly rowCount: number;
}

/** The event on the channel `gable.data.rows` when a query has read rows of a model. */
interface RowsEvent {
  readonly model: string;
  readonly rows: readonly object[];
}

const statements = channel("gable.data.query");
const transactions = channel("gable.data.transaction");
const pools = channel("gable.data.pool");
const relations = channel("gable.data.relation");
const rowLists = channel("gable.data.rows");

/** Whether anybody listens for statements. */
export function isObserved(database: DatabaseCore): boolean {
  return database.observe !== undefined || statements.hasSubscribers;
}

/** Publishes a statement that has run, or failed. The option `onStatement` gets those that have run. */
export function publishStatement(database: DatabaseCore, event: StatementEvent): void {
  if (event.error === undefined) database.observe?.(event);
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

/** Publishes that code touches a relation that was not loaded with its rows. */
export function publishRelation(read: () => RelationEvent): void {
  if (relations.hasSubscribers) relations.publish(read());
}

/** Publishes the rows that a query has read, for tools that find out which of them are used. */
export function publishRows(model: string, rows: readonly object[]): void {
  if (rowLists.hasSubscribers) rowLists.publish({ model, rows } satisfies RowsEvent);
}
