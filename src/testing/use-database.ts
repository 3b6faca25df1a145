/** Databases in tests: what a test writes is gone when it ends. */
import { afterEach, beforeEach } from "node:test";
import type { Application } from "gable";
import type { Database } from "gable/data";

/** How tests are told apart. */
export interface UseDatabaseOptions {
  /** What registers work before each test. Default that of `node:test`. */
  readonly beforeEach?: (work: () => Promise<void>) => unknown;
  /** What registers work after each test. Default that of `node:test`. */
  readonly afterEach?: (work: () => Promise<void>) => unknown;
}

/**
 * Runs each test of a file or a suite in a transaction that is rolled back. It is held by the database itself: requests
 * over a socket are inside, too. Transactions of the code become savepoints; what `onCommit()` was given runs when they end.
 */
export function useDatabase(database: Database | Application | (() => Database), options: UseDatabaseOptions = {}): void {
  let rollBack: (() => Promise<void>) | undefined;
  (options.beforeEach ?? beforeEach)(async () => {
    rollBack = await (await toDatabase(database)).isolate();
  });
  (options.afterEach ?? afterEach)(async () => {
    await rollBack?.();
    rollBack = undefined;
  });
}

async function toDatabase(database: Database | Application | (() => Database)): Promise<Database> {
  if (typeof database === "function") return database();
  if (!("start" in database)) return database;
  await database.start();
  return database.database();
}
