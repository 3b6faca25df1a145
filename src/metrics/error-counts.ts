/** Counts the errors of one process that were answered, by code. */
import { isErrorCode } from "../errors/catalogue.ts";
import { isGableError } from "../errors/gable-error.ts";
import { toLabels } from "./exposition.ts";

/** Codes of an application that are counted on their own. The others share a label, so that codes made of values cannot fill the memory. */
const ownCodesMax = 200;

/** The errors of one process. */
export class ErrorCounts {
  readonly #codes = new Map<string, number>();
  #ownCount = 0;

  /** Counts an error as it was thrown: one without a code is `E_INTERNAL`. */
  add(error: unknown): void {
    const code = this.#toLabel(codeOf(error));
    this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1);
  }

  /** Returns the numbers by labels. */
  toSums(): Record<string, readonly number[]> {
    return Object.fromEntries([...this.#codes].map(([code, count]) => [toLabels({ code }), [count]]));
  }

  #toLabel(code: string): string {
    if (isErrorCode(code) || this.#codes.has(code)) return code;
    if (this.#ownCount >= ownCodesMax) return "other";
    this.#ownCount++;
    return code;
  }
}

function codeOf(error: unknown): string {
  try {
    return isGableError(error) ? error.code : "E_INTERNAL";
  } catch {
    // Reading a proxy may throw: it is not an error of Gable.
    return "E_INTERNAL";
  }
}
