/** Files and folders of a disk store. */
import type { FileHandle } from "node:fs/promises";
import * as fs from "node:fs/promises";
import { dirname, join, sep } from "node:path";

const missingCodes = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);
/** A folder is where a file was expected, or the other way round. */
const conflictCodes = new Set(["EISDIR", "ENOTDIR", "EEXIST", "ENOTEMPTY"]);

/** Returns the real path of a key in a folder; undefined when there is none, and when it is outside of the folder. */
export async function resolveInside(folder: string, key: string): Promise<string | undefined> {
  return ignoreMissing(async () => {
    const [root, path] = await Promise.all([fs.realpath(folder), fs.realpath(join(folder, key))]);
    // With the separator: "/srv/media-evil" is not inside "/srv/media".
    return path.startsWith(root + sep) ? path : undefined;
  });
}

/** Writes all of a chunk. A write may take fewer bytes than it was given, on a disk that is nearly full. */
export async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written);
    if (bytesWritten === 0) throw new Error("the disk took no more bytes");
    written += bytesWritten;
  }
}

/** Syncs a folder and those above it, up to and with `top`. */
export async function syncFolders(folder: string, top: string): Promise<void> {
  for (let current = folder; ; current = dirname(current)) {
    const handle = await ignoreUnsupported(() => fs.open(current, "r"));
    try {
      await ignoreUnsupported(async () => handle?.sync());
    } finally {
      await handle?.close();
    }
    if (current === top || current === dirname(current)) return;
  }
}

/** What systems say that have no sync of folders, such as Windows. */
const unsupportedCodes = new Set(["EISDIR", "EPERM", "EACCES", "EINVAL", "EBADF", "ENOTSUP", "ENOSYS"]);

async function ignoreUnsupported<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (unsupportedCodes.has(codeOf(error))) return undefined;
    throw error;
  }
}

/** Returns the result of work; undefined when its file does not exist. */
export async function ignoreMissing<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether a file does not exist. */
export function isMissing(error: unknown): boolean {
  return missingCodes.has(codeOf(error));
}

/** Whether a folder is where a file was expected, or the other way round. */
export function isConflict(error: unknown): boolean {
  return conflictCodes.has(codeOf(error));
}

/** Returns the code of an error of node:fs; "" for other errors. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
