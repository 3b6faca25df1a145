/** Loads the package `bullmq`. Public declarations must not reach this file: they name no optional package. */
import { GableError } from "../../errors/gable-error.ts";

/** Loads the package `bullmq`. Throws `E_BULLMQ_MISSING`. */
export async function loadBullmq(): Promise<typeof import("bullmq")> {
  try {
    return await import("bullmq");
  } catch (error) {
    throw new GableError("E_BULLMQ_MISSING", "The package bullmq is not installed.", { cause: error });
  }
}
