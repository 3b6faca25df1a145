/** An upload that is kept in a storage until its form is right. Handlers and fields see it as a file that was just sent. */
import { joinChunks } from "../http/body.ts";
import type { SavedUpload, SaveUploadOptions, UploadedFile, UploadTarget, UploadTextOptions } from "../handlers/uploaded-file.ts";
import type { Storage } from "./storage.ts";

/** What a page with a form carries on about a kept upload, signed. */
export interface KeptFacts {
  /** Key of the kept file. */
  readonly key: string;
  /** Name that the client chose. */
  readonly fileName: string;
  /** Media type. */
  readonly type: string;
  /** Whether the type was detected from the content. */
  readonly isSniffed: boolean;
}

/** An upload that was sent with an earlier request. */
export class KeptUpload implements UploadedFile {
  readonly key: string;
  readonly fileName: string;
  readonly type: string;
  readonly isSniffed: boolean;
  readonly sizeBytes: number;
  readonly #storage: Storage;

  constructor({ key, fileName, type, isSniffed }: KeptFacts, sizeBytes: number, storage: Storage) {
    this.key = key;
    this.fileName = fileName;
    this.type = type;
    this.isSniffed = isSniffed;
    this.sizeBytes = sizeBytes;
    this.#storage = storage;
  }

  async *stream(): AsyncGenerator<Uint8Array> {
    const content = await this.#storage.read(this.key);
    yield* content.stream();
  }

  bytes(): Promise<Uint8Array> {
    return joinChunks(this.stream());
  }

  async text(options: UploadTextOptions): Promise<string> {
    return (await import("../input/upload-text.ts")).readUploadText(this, options);
  }

  saveTo(path: string): Promise<void>;
  saveTo(storage: UploadTarget, options?: SaveUploadOptions): Promise<SavedUpload>;
  async saveTo(target: string | UploadTarget, options: SaveUploadOptions = {}): Promise<SavedUpload | void> {
    if (typeof target === "string") return (await import("../input/save-to-path.ts")).saveToPath(target, this.stream());
    return (await import("../input/save-upload.ts")).saveUpload(this, target, options);
  }
}
