/** Defines uploaded files for handlers. */

/** Where uploads can be saved: a storage of `gable/storage`. */
export interface UploadTarget {
  /** Stores a file. */
  put(key: string, source: AsyncIterable<Uint8Array>, options: { readonly type: string }): Promise<unknown>;
}

/** Options of `saveTo(storage)`. */
export interface SaveUploadOptions {
  /** Start of the key, such as `covers`: the key is `covers/2026/11/….png`. None by default. */
  readonly prefix?: string;
}

/** Options of `text()`. */
export interface UploadTextOptions {
  /** Largest upload to read, in bytes. Required. */
  readonly bytesMax: number;
}

/** An upload that a storage keeps. */
export interface SavedUpload {
  /** Where it is: a random name below the year and the month, with the extension of its type. Never the name of the client. */
  readonly key: string;
  /** Size in bytes. */
  readonly bytes: number;
  /** Media type. */
  readonly type: string;
  /** SHA-256 of the content, in hex. */
  readonly sha256: string;
}

/** A file of a form. It is deleted when the request ends: save or read it before. */
export interface UploadedFile {
  /** Name from the client. It is untrusted: never use it as a path. */
  readonly fileName: string;
  /** Media type, detected from the content where possible, otherwise the client's claim. */
  readonly type: string;
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** Whether the type was detected from the content. */
  readonly isSniffed: boolean;
  /** Yields the content in pieces. You can call it more than once. */
  stream(): AsyncGenerator<Uint8Array>;
  /** Returns the whole content. */
  bytes(): Promise<Uint8Array>;
  /** Returns the content as UTF-8 text. Throws `E_UPLOAD_TOO_LARGE` and `E_UPLOAD_NOT_TEXT`. */
  text(options: UploadTextOptions): Promise<string>;
  /**
   * Saves the content under a path that you choose. The operation is atomic: Gable writes a file next to the path and
   * renames it. An existing file is replaced.
   */
  saveTo(path: string): Promise<void>;
  /** Saves the content in a storage, under a new random key. Throws what `put()` of the storage throws. */
  saveTo(storage: UploadTarget, options?: SaveUploadOptions): Promise<SavedUpload>;
}
