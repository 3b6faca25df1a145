/** Tells a full disk from other failures of writing. */
import { GableError } from "../errors/gable-error.ts";

/** No space on the disk, and none left in the quota of the user. */
const fullCodes = new Set<unknown>(["ENOSPC", "EDQUOT"]);

/** Returns `E_UPLOAD_DISK_FULL` (507) for an error of a full disk, and every other error as it is. */
export function toDiskError(error: unknown): unknown {
  const isFull = error instanceof Error && "code" in error && fullCodes.has(error.code);
  return isFull ? new GableError("E_UPLOAD_DISK_FULL", "The disk has no space for an upload.", { cause: error }) : error;
}
