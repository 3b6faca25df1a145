/** Why a statement was ended. */
import { GableError } from "../../errors/gable-error.ts";

/** The reason of a signal. A limit of time is an error as that of the server is: `E_STATEMENT_TIMEOUT`. */
export function readAbort({ reason }: AbortSignal): unknown {
  const isLimit = reason instanceof DOMException && reason.name === "TimeoutError";
  return isLimit ? new GableError("E_STATEMENT_TIMEOUT", "A statement took too long, and was ended.", { cause: reason }) : reason;
}
