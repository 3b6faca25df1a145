/** Checks of applications and of parts. */
import type { AnyCheck, CheckFinding } from "../parts/check.ts";
import { assertCheck } from "../parts/check.ts";
import type { ApplicationFacts } from "./describe.ts";

/** What a check can look at. The application is not started, so its databases are closed. */
export interface CheckSubject {
  /** Facts of the application; `facts.options` are its options as they were given. */
  readonly facts: ApplicationFacts;
  /** Folder of the project. */
  readonly folder: string;
  /** Reads a file of the project; undefined when there is none. */
  readonly readFile: (name: string) => string | undefined;
}

/** A check of an application or of a part. */
export interface Check extends Omit<AnyCheck, "run"> {
  /** Returns the problems; an empty list if there are none. */
  readonly run: (subject: CheckSubject) => readonly CheckFinding[] | Promise<readonly CheckFinding[]>;
}

/**
 * Defines a check. It runs in `gable check`, and before `gable dev`, `test` and `start`. Pass it to
 * `gable({ checks: { add } })`, or as `checks` of a part. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
 *
 * @example
 * export const pricesThere = defineCheck({
 *   id: "shop.prices-missing",
 *   level: "error",
 *   run: ({ readFile }) => (readFile("prices.csv") ? [] : [{ message: "The file prices.csv does not exist.", fix: "Export it from your shop." }]),
 * });
 */
export function defineCheck(check: Check): Check {
  assertCheck("defineCheck()", check);
  return Object.freeze({ ...check });
}
