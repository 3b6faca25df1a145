/** Stores uploaded files: small files in memory, others in an unlinked temporary file. */
import type { FileHandle } from "node:fs/promises";
import { joinChunks } from "../http/body.ts";
import type { SavedUpload, SaveUploadOptions, UploadedFile, UploadTarget, UploadTextOptions } from "../handlers/uploaded-file.ts";
import { loadFileSystem, loadOperatingSystem, loadPaths } from "../replies/node-modules.ts";
import { toDiskError } from "./disk-full.ts";
import { sniffBytes, sniffMediaType } from "./sniff.ts";

/** Maximum number of bytes in memory. */
const memoryBytesMax = 65_536;

/** Metadata of the file. */
export interface UploadFacts {
  readonly fileName: string;
  readonly claimedType: string;
}

/** A part to store, and where. */
export interface SpoolRequest extends UploadFacts {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Folder of the temporary file; undefined for that of the system. */
  readonly directory: string | undefined;
}

/** An uploaded file during a request. */
export class SpooledFile implements UploadedFile {
  readonly fileName: string;
  readonly type: string;
  readonly sizeBytes: number;
  readonly isSniffed: boolean;
  readonly #content: Uint8Array | FileHandle;

  constructor(facts: UploadFacts, sizeBytes: number, content: Uint8Array | FileHandle, start: Uint8Array) {
    this.fileName = facts.fileName;
    const sniffed = sniffMediaType(start);
    this.type = sniffed ?? facts.claimedType;
    this.isSniffed = sniffed !== undefined;
    this.sizeBytes = sizeBytes;
    this.#content = content;
  }

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

  bytes(): Promise<Uint8Array> {
    return joinChunks(this.stream());
  }

  async text(options: UploadTextOptions): Promise<string> {
    return (await import("./upload-text.ts")).readUploadText(this, options);
  }

  saveTo(path: string): Promise<void>;
  saveTo(storage: UploadTarget, options?: SaveUploadOptions): Promise<SavedUpload>;
  async saveTo(target: string | UploadTarget, options: SaveUploadOptions = {}): Promise<SavedUpload | void> {
    if (typeof target === "string") return (await import("./save-to-path.ts")).saveToPath(target, this.stream());
    const { saveUpload } = await import("./save-upload.ts");
    return saveUpload(this, target, options);
  }

  /** Releases the temporary file. */
  async close(): Promise<void> {
    if (!(this.#content instanceof Uint8Array)) await this.#content.close();
  }
}

/**
 * Stores the content of a part: in memory up to 64 KiB, above that in a temporary file whose name is removed.
 * Throws `E_UPLOAD_DISK_FULL`.
 */
export async function spoolUpload({ chunks, directory, ...facts }: SpoolRequest): Promise<SpooledFile> {
  const memory: Uint8Array[] = [];
  let file: FileHandle | undefined;
  let sizeBytes = 0;
  try {
    for await (const chunk of chunks) {
      sizeBytes += chunk.length;
      if (file !== undefined) await file.writeFile(chunk);
      else if (memory.push(chunk) > 0 && sizeBytes > memoryBytesMax) file = await moveToFile(memory, directory);
    }
  } catch (error) {
    await file?.close();
    throw toDiskError(error);
  }
  const inMemory = concatenate(memory);
  return new SpooledFile(facts, sizeBytes, file ?? inMemory, inMemory.subarray(0, sniffBytes));
}

async function moveToFile(memory: readonly Uint8Array[], directory: string | undefined): Promise<FileHandle> {
  const file = await openUnlinked(directory);
  try {
    for (const part of memory) await file.writeFile(part);
  } catch (error) {
    await file.close();
    throw error;
  }
  return file;
}

/** Opens a new file with mode 0600 and removes its name: however the process ends, no file is left. */
export async function openUnlinked(directory: string | undefined): Promise<FileHandle> {
  const [fs, os, paths] = await Promise.all([loadFileSystem(), loadOperatingSystem(), loadPaths()]);
  const path = paths.join(directory ?? os.tmpdir(), `gable-upload-${crypto.randomUUID()}`);
  const file = await fs.open(path, "wx+", 0o600);
  try {
    await fs.unlink(path);
  } catch (error) {
    await file.close();
    await fs.rm(path, { force: true });
    throw error;
  }
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
