/** What a failing store of rate limits looks like in the log, and to the client. */
import { GableError } from "../../errors/gable-error.ts";
import type { AnyContext } from "../../handlers/context.ts";

/** Logs that the store has failed, and returns `E_RATE_STORE` for a limit that refuses requests then. */
export function logStoreFailure({ log }: AnyContext, error: unknown): GableError {
  log.error({ code: "E_RATE_STORE", error }, "The store of the rate limits failed.");
  return new GableError("E_RATE_STORE", "The store of the rate limits failed.", { cause: error });
}
