/** The limits of the numbers that `increment()` keeps: those that a number of JavaScript holds exactly, in every store. */
import { GableError } from "../errors/gable-error.ts";

/** Adds to the text of a number. Throws `E_CACHE_VALUE`. */
export function addToCounter(text: string, by: number): number {
  const sum = /^-?\d{1,16}$/.test(text) ? Number(text) + by : Number.NaN;
  // A sum beyond the limit may be rounded, but never to one within it.
  if (Number.isSafeInteger(sum)) return sum;
  throw numberRefused();
}

/** Returns the error of an increment that would leave the limits, or that found something else than a whole number. */
export function numberRefused(): GableError {
  return new GableError("E_CACHE_VALUE", "cache.increment() found a value that is not a whole number, or the sum is too large for one.", {
    fix: "Use other keys for numbers than for values, and keep sums between -(2 ** 53) and 2 ** 53.",
  });
}
