/** Databases in tests: what a test writes is gone when it ends. */
import { afterEach, beforeEach } from "node:test";
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
export function useDatabase(database: Database | (() => Database), options: UseDatabaseOptions = {}): void {
  let rollBack: (() => Promise<void>) | undefined;
  (options.beforeEach ?? beforeEach)(async () => {
    rollBack = await (typeof database === "function" ? database() : database).isolate();
  });
  (options.afterEach ?? afterEach)(async () => {
    await rollBack?.();
    rollBack = undefined;
  });
}
