/** The errors of stores. */
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";

/** Creates the error about a file that does not exist. */
export function storageMissing(key: string): GableError {
  return new GableError("E_STORAGE_MISSING", `There is no stored file "${key}".`);
}

/** Creates the error about a store that fails. `action` says what it was doing, such as `read "a.png"`. */
export function storageUnavailable(action: string, cause: unknown): GableError {
  return new GableError("E_STORAGE_UNAVAILABLE", `The storage cannot ${action}: ${toErrorText(cause)}.`, { cause });
}
