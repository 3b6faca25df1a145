/** How long a task waits before its next attempt. */

const firstMs = 15_000;
const longestMs = 3_600_000;
/** Tasks that failed together must not all come back together. */
const jitter = 0.2;

/** Returns the delay after an attempt: 15 seconds, doubled each time, at most an hour, 20 % shorter or longer. `random` is from 0 to 1. */
export function retryDelayMs(attempt: number, random: number = Math.random()): number {
  const plain = Math.min(longestMs, firstMs * 2 ** (attempt - 1));
  return Math.round(plain * (1 - jitter + 2 * jitter * random));
}
