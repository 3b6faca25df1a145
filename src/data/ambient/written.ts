/** The databases that the current work has written to, so that it reads what it wrote. */
import { AsyncLocalStorage } from "node:async_hooks";
import { beginWork } from "./begin-work.ts";

const written = new AsyncLocalStorage<Set<object>>();

/**
 * Runs work, such as a request, that reads what it has written: after a write, queries that could read a replica read the
 * database itself.
 */
export function readYourWrites<Result>(work: () => Result): Result {
  return written.run(new Set(), beginWork, work);
}

/** Records that the current work wrote to a database. */
export function noteWritten(database: object): void {
  written.getStore()?.add(database);
}

/** Whether the current work wrote to a database. */
export function isWritten(database: object): boolean {
  return written.getStore()?.has(database) === true;
}
