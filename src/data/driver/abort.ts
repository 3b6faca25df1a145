/** The reason why a statement was cancelled. */
import { GableError } from "../../errors/gable-error.ts";

/** Returns the reason of a signal. A time limit becomes the same error as that of the server: `E_STATEMENT_TIMEOUT`. */
export function readAbort({ reason }: AbortSignal): unknown {
  const isLimit = reason instanceof DOMException && reason.name === "TimeoutError";
  return isLimit ? new GableError("E_STATEMENT_TIMEOUT", "A statement took too long and was cancelled.", { cause: reason }) : reason;
}
