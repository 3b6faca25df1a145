/** Locks between test files, which run at the same time in processes. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";

/** Returns whether the lock is taken now: a file that its owner deletes. The lock of a process that has ended counts for nothing. */
export function tryLock(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (!isFileError(error, "EEXIST")) throw error;
  }
  try {
    process.kill(Number(readFileSync(path, "utf8")), 0);
  } catch (error) {
    if (isFileError(error, "ESRCH")) rmSync(path, { force: true });
  }
  return false;
}

function isFileError(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
