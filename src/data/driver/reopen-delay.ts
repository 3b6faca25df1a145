/** How long to wait before a lost connection is opened again. */
const [msMin, msMax] = [50, 3_000];

/** Returns the wait before the next attempt, in milliseconds; `attempts` have failed. */
export function reopenDelay(attempts: number): number {
  return Math.min(msMin * 2 ** attempts, msMax);
}
