/** Tracks the databases that the current work has written to, so that it reads its own writes. */
import { AsyncLocalStorage } from "node:async_hooks";
import { assertFunction } from "../../errors/option-errors.ts";
import { beginWork } from "./begin-work.ts";

const written = new AsyncLocalStorage<Set<object>>();

/**
 * Runs work, such as a request, that reads its own writes: after a write, queries that could read a replica read the
 * primary database.
 */
export function readYourWrites<Result>(work: () => Result): Result {
  assertFunction("readYourWrites()", work);
  return written.run(new Set(), beginWork, work);
}

/** Records that the current work wrote to a database. */
export function noteWritten(database: object): void {
  written.getStore()?.add(database);
}

/** Returns whether the current work has written to a database. */
export function isWritten(database: object): boolean {
  return written.getStore()?.has(database) === true;
}
