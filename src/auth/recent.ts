/** How long what a session notes counts, such as a password that was typed. */

/** Clocks of machines differ. A time that lies further ahead was noted by a clock that was wrong. */
const skewMsMax = 5 * 60_000;

/** Whether a time lies at most so long ago, in milliseconds. A time of 0 is never recent. */
export function isRecent(at: number, now: number, withinMs: number): boolean {
  const ageMs = now - at;
  return ageMs >= -skewMsMax && ageMs <= withinMs;
}
