/** The statements that some work sends to databases. */
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { StatementEvent } from "gable/data";

/** Recordings that are open, the innermost first. */
interface Recording {
  readonly statements: StatementEvent[];
  readonly outer: Recording | undefined;
}

const recordings = new AsyncLocalStorage<Recording>();
let isSubscribed = false;

function subscribeOnce(): void {
  if (isSubscribed) return;
  isSubscribed = true;
  subscribe("gable.data.query", (event) => {
    const statement = event as StatementEvent; // What the channel has.
    for (let recording = recordings.getStore(); recording !== undefined; recording = recording.outer) recording.statements.push(statement);
  });
}

/** Runs work, and returns its result with the statements that it sent. What runs at the same time elsewhere does not count. */
export async function recordQueries<Result>(
  work: () => Result | Promise<Result>,
): Promise<{ readonly result: Result; readonly statements: readonly StatementEvent[] }> {
  subscribeOnce();
  const statements: StatementEvent[] = [];
  const result = await recordings.run({ statements, outer: recordings.getStore() }, async () => work());
  return { result, statements };
}

/** Returns the statements that work sends to databases, in their order. */
export async function queries(work: () => unknown): Promise<readonly StatementEvent[]> {
  return (await recordQueries(work)).statements;
}

/**
 * Returns the number of statements that work sends to databases.
 */
export async function countQueries(work: () => unknown): Promise<number> {
  return (await queries(work)).length;
}

/** Fails when work sends another number of statements to databases, and lists them. */
export async function assertQueries(count: number, work: () => unknown): Promise<void> {
  const statements = await queries(work);
  const list = statements.map(({ sql }) => sql).join("\n");
  assert.equal(statements.length, count, `${statements.length} statements instead of ${count}:\n${list}`);
}
