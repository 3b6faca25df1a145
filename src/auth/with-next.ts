/** The way back in the query of an address, as long as servers take it. */

/** Longest way back, encoded. Servers, Gable too, take addresses of 8,192 bytes: the rest is for the page that carries it. */
const encodedLengthMax = 6_000;

/** Whether an address can carry this path as `next`. */
export function isShortEnough(next: string): boolean {
  return encodeURIComponent(next).length <= encodedLengthMax;
}

/** Returns the address of a page with the way back, without it where it is too long. */
export function withNext(path: string, next: string | undefined): string {
  return next === undefined || !isShortEnough(next) ? path : `${path}?next=${encodeURIComponent(next)}`;
}
