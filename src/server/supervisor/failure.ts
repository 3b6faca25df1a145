/** Why workers could not start, as values and as errors. */
import { GableError } from "../../errors/gable-error.ts";
import type { WorkerFailure } from "./protocol.ts";

/** Returns a failure that no error has caused. */
export function failureOf(message: string): WorkerFailure {
  return { message, code: undefined, fix: undefined, stack: undefined };
}

/** Returns the error of a supervisor that could not start. */
export function toError(what: string, failure: WorkerFailure | undefined): GableError {
  return new GableError("E_WORKERS_FAILED", `${what}: ${failure?.message ?? "the supervisor was stopped"}`, {
    ...(failure?.fix !== undefined && { fix: failure.fix }),
    details: { failure },
  });
}
