/** How many statements some work takes. */
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { StatementEvent } from "gable/data";

const counting = new AsyncLocalStorage<string[]>();
let isSubscribed = false;

/** The statements that work sends, in their order; what runs at the same time elsewhere does not count. */
async function listQueries(work: () => unknown): Promise<string[]> {
  if (!isSubscribed) subscribe("gable.data.query", (event) => counting.getStore()?.push((event as StatementEvent).sql)); // What the channel has.
  isSubscribed = true;
  const statements: string[] = [];
  await counting.run(statements, work);
  return statements;
}

/** Number of statements that work sends to databases. */
export async function countQueries(work: () => unknown): Promise<number> {
  return (await listQueries(work)).length;
}

/** Fails when work sends another number of statements to databases, and lists them. */
export async function assertQueries(count: number, work: () => unknown): Promise<void> {
  const statements = await listQueries(work);
  assert.equal(statements.length, count, `${statements.length} statements instead of ${count}:\n${statements.join("\n")}`);
}
