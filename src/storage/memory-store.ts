/** A store in the memory of the process: for tests, and for files that may be lost. */
import { joinChunks } from "../http/body.ts";
import type { FileStore, PutOptions, ReadOptions, StorageContent, StorageFile, StorageSource } from "./file-store.ts";
import { toChunks, toSpan } from "./storage-content.ts";
import { storageMissing } from "./storage-errors.ts";

interface Entry extends StorageFile {
  readonly content: Uint8Array;
}

/** Creates a store in the memory of this process. Other processes do not see its files, and a restart loses them. */
export function memoryStorage(): FileStore {
  return new MemoryStore();
}

class MemoryStore implements FileStore {
  readonly #entries = new Map<string, Entry>();
  /** A tag of an earlier process never fits: its content was lost with that process. */
  readonly #tagStart = crypto.randomUUID().slice(0, 8);
  #writes = 0;

  async put(key: string, source: StorageSource, { type }: PutOptions): Promise<void> {
    // A copy: what the caller changes later does not change the file.
    const content = Uint8Array.from(await joinChunks(toChunks(source)));
    this.#writes += 1;
    this.#entries.set(key, {
      key,
      bytes: content.length,
      type,
      modified: new Date(),
      etag: `"${this.#tagStart}-${this.#writes}"`,
      content,
    });
  }

  async read(key: string, { range }: ReadOptions = {}): Promise<StorageContent> {
    const entry = this.#entries.get(key);
    if (entry === undefined) throw storageMissing(key);
    const { content, ...file } = entry;
    const { start, length } = toSpan(range, content.length);
    return {
      ...file,
      async *stream() {
        yield content.slice(start, start + length);
      },
      close: async () => undefined,
    };
  }

  async find(key: string): Promise<StorageFile | undefined> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const { content: _, ...file } = entry;
    return file;
  }

  async delete(key: string): Promise<void> {
    this.#entries.delete(key);
  }
}
