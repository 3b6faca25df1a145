/** Opens files safely, and sends exactly the announced bytes. */
import type { Stats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { FileBody } from "../http/message.ts";
import { loadFileSystem } from "./node-modules.ts";

const sliceBytes = 65_536;

/** An open regular file. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly sizeBytes: number;
  readonly modified: Date;
  /** Tells a file from one that replaced it or was written over it. */
  readonly version: string;
}

/** Returns what changes when a file is replaced or written to. */
export function versionOf({ ino, size, mtimeMs }: Stats): string {
  return `${ino} ${size} ${mtimeMs}`;
}

/**
 * Opens a regular file by its real path; undefined if it does not exist. Never follows a link at the end, never blocks
 * on a pipe, and verifies that the opened file is the one that the path named.
 */
export async function openRegularFile(realPath: string): Promise<OpenFile | undefined> {
  const fs = await loadFileSystem();
  // Flags that a platform does not have are undefined there.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants as Record<string, number>;
  let handle: FileHandle;
  try {
    handle = await fs.open(realPath, O_RDONLY! | (O_NOFOLLOW ?? 0) | (O_NONBLOCK ?? 0));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    const [facts, named] = await Promise.all([handle.stat(), fs.lstat(realPath)]);
    if (facts.isFile() && facts.ino === named.ino && facts.dev === named.dev)
      return { handle, sizeBytes: facts.size, modified: facts.mtime, version: versionOf(facts) };
  } catch (error) {
    await handle.close();
    if (isMissing(error)) return undefined;
    throw error;
  }
  await handle.close();
  return undefined;
}

/** Whether an error means that the file does not exist or is not accessible. */
function isMissing(error: unknown): boolean {
  // Errors of node:fs carry a code.
  const { code } = error as NodeJS.ErrnoException;
  return (
    code === "ENOENT" ||
    code === "ENOTDIR" ||
    code === "ELOOP" ||
    code === "ENXIO" ||
    code === "EACCES" ||
    code === "ENAMETOOLONG" ||
    code === "EISDIR"
  );
}

/**
 * Returns a part of an open file as a body; the handle is closed after sending, and also if nothing is sent. If the file is written to
 * while it is sent, the body ends early, so that no client takes a mixture of two files for the whole.
 */
export function createFileBody({ handle, version }: Pick<OpenFile, "handle" | "version">, start: number, lengthBytes: number): FileBody {
  let isOpen = true;
  const close = async (): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await handle.close();
  };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      // When the reply ends early, the connection is closed.
      for (let sent = 0; sent < lengthBytes;) {
        const wanted = Math.min(sliceBytes, lengthBytes - sent);
        const { bytesRead, buffer } = await handle.read(new Uint8Array(wanted), 0, wanted, start + sent);
        if (bytesRead === 0) return;
        sent += bytesRead;
        if (sent === lengthBytes && versionOf(await handle.stat()) !== version) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await close();
    }
  }
  return { kind: "file", lengthBytes, chunks, close };
}
