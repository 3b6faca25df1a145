/** Defines uploaded files for handlers. */

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
  /**
   * Saves the content under a path that you choose. The operation is atomic: Gable writes a file next to the path and
   * renames it. An existing file is replaced.
   */
  saveTo(path: string): Promise<void>;
}
