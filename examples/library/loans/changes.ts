/** Says that the free copies of a book have changed: to all processes, after the commit. */
import { channel } from "gable/live";

const changes = channel("books/:id(int)/copies");

/** Tells everybody who watches a book that its copies have changed. In a transaction, after its commit. */
export const announceCopies = (bookId: number): Promise<void> => changes.publish({ id: bookId }, "changed");

/** Reads such news from now on, until the signal aborts. */
export const readChanges = (bookId: number, signal: AbortSignal): AsyncIterable<unknown> => changes.subscribe({ id: bookId }, { signal });
