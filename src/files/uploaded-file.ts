/** Files that came with a form: small ones in memory, others in an unlinked temporary file. */
import type { FileHandle } from "node:fs/promises";
import { joinChunks } from "../http/body.ts";
import { loadFileSystem, loadOperatingSystem, loadPaths } from "./node-modules.ts";
import { sniffBytes, sniffMediaType } from "./sniff.ts";

/** Bytes that stay in memory. */
const memoryBytesMax = 65_536;

/** What came with the file. */
export interface UploadFacts {
  readonly fileName: string;
  readonly claimedType: string;
}

/** A file of a form. It is gone when the request ends: save it, or read it, before. */
export class UploadedFile {
  /** Name that the client gave it. It is data: never use it as a path. */
  readonly fileName: string;
  /** Media type by the content where it can be told, else what the client claims. */
  readonly type: string;
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** Whether the type was told from the content. */
  readonly isSniffed: boolean;
  readonly #content: Uint8Array | FileHandle;

  /** @internal Made by {@link spoolUpload}. */
  constructor(facts: UploadFacts, sizeBytes: number, content: Uint8Array | FileHandle, start: Uint8Array) {
    this.fileName = facts.fileName;
    const sniffed = sniffMediaType(start);
    this.type = sniffed ?? facts.claimedType;
    this.isSniffed = sniffed !== undefined;
    this.sizeBytes = sizeBytes;
    this.#content = content;
  }

  /** The content, piece by piece; it can be asked for again. */
  async *stream(): AsyncGenerator<Uint8Array> {
    if (this.#content instanceof Uint8Array) {
      yield this.#content;
      return;
    }
    for (let position = 0; position < this.sizeBytes;) {
      const { bytesRead, buffer } = await this.#content.read(
        new Uint8Array(Math.min(memoryBytesMax, this.sizeBytes - position)),
        0,
        null,
        position,
      );
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }

  /** The whole content. */
  bytes(): Promise<Uint8Array> {
    return joinChunks(this.stream());
  }

  /**
   * Saves the content under a path of the program's choice, all of it or nothing: it is written beside the path
   * and renamed. Replaces what is there.
   */
  async saveTo(path: string): Promise<void> {
    const fs = await loadFileSystem();
    const partial = `${path}.${crypto.randomUUID()}.part`;
    try {
      const file = await fs.open(partial, "wx", 0o644);
      try {
        for await (const chunk of this.stream()) await file.writeFile(chunk);
        await file.sync();
      } finally {
        await file.close();
      }
      await fs.rename(partial, path);
    } catch (error) {
      await fs.rm(partial, { force: true });
      throw error;
    }
  }

  /** @internal Releases the temporary file. */
  async close(): Promise<void> {
    if (!(this.#content instanceof Uint8Array)) await this.#content.close();
  }
}

/** Takes the content of a part: to memory first, above 64 KiB to a temporary file that has no name any more. */
export async function spoolUpload(facts: UploadFacts, chunks: AsyncIterable<Uint8Array>): Promise<UploadedFile> {
  const memory: Uint8Array[] = [];
  let file: FileHandle | undefined;
  let sizeBytes = 0;
  try {
    for await (const chunk of chunks) {
      sizeBytes += chunk.length;
      if (file !== undefined) await file.writeFile(chunk);
      else if (memory.push(chunk) > 0 && sizeBytes > memoryBytesMax) file = await moveToFile(memory);
    }
  } catch (error) {
    await file?.close();
    throw error;
  }
  const inMemory = concatenate(memory);
  return new UploadedFile(facts, sizeBytes, file ?? inMemory, inMemory.subarray(0, sniffBytes));
}

async function moveToFile(memory: readonly Uint8Array[]): Promise<FileHandle> {
  const file = await openUnlinked();
  try {
    for (const part of memory) await file.writeFile(part);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}

/** Opens a new file of mode 0600 and removes its name: however the process ends, nothing stays behind. */
async function openUnlinked(): Promise<FileHandle> {
  const [fs, os, paths] = await Promise.all([loadFileSystem(), loadOperatingSystem(), loadPaths()]);
  const path = paths.join(os.tmpdir(), `gable-upload-${crypto.randomUUID()}`);
  const file = await fs.open(path, "wx+", 0o600);
  await fs.unlink(path);
  return file;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
