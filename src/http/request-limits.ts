/** The limits that a route or a group may change, and the check of limits. */
import { GableError } from "../errors/gable-error.ts";
import { findNearestName } from "../errors/nearest-name.ts";
import { describeValue, timerMsMax } from "../errors/option-errors.ts";
import type { RequestLimits } from "./message.ts";

const requestLimits: Readonly<Record<keyof RequestLimits, true>> = {
  bodyBytesMax: true,
  bodyIdleMs: true,
  bodyMs: true,
  bodyBytesPerSecondMin: true,
  bodyRateGraceMs: true,
  handlerMs: true,
  replyStallMs: true,
};

/** Names of the limits that a route or a group may change. */
export const requestLimitNames: readonly string[] = Object.keys(requestLimits);

/** Checks limits. Throws `E_LIMIT_INVALID` for an unknown name, with the nearest one, and for a value that is not a whole number. */
export function checkLimits(limits: object, owner: string, names: readonly string[]): void {
  // Object.entries of an object gives values of any type.
  for (const [name, value] of Object.entries(limits) as Array<[string, unknown]>) {
    if (!names.includes(name)) {
      const nearest = findNearestName(name, names);
      throw new GableError("E_LIMIT_INVALID", `${owner} has no limit "${name}".`, {
        fix: nearest === undefined ? `Use one of: ${names.join(", ")}.` : `Write "${nearest}" instead of "${name}".`,
      });
    }
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
      throw new GableError(
        "E_LIMIT_INVALID",
        `${owner}: limit "${name}" is ${describeValue(value)}; it must be a whole number of at least 0.`,
      );
    }
    if (name.endsWith("Ms") && value > timerMsMax)
      throw new GableError(
        "E_LIMIT_INVALID",
        `${owner}: limit "${name}" is ${value}; it must be at most ${timerMsMax} milliseconds, the longest time of Node's timers.`,
      );
  }
}
