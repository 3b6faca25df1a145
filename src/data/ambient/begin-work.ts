/** Starts work inside an ambient context. */

/**
 * Runs work and starts the query that it returns. A query runs only when it is awaited, and the caller awaits it outside the
 * context: `transaction(() => Book.where())` would read outside of the transaction.
 */
export function beginWork<Result>(work: () => Result): Result {
  const result = work();
  const isLazy = typeof result === "object" && result !== null && "then" in result && !(result instanceof Promise);
  return isLazy ? (Promise.resolve(result) as Result) : result; // Awaiting it returns the same value.
}
