/** Files that came with a form, as handlers see them. */

/** A file of a form. It is gone when the request ends: save it, or read it, before. */
export interface UploadedFile {
  /** Name that the client gave it. It is data: never use it as a path. */
  readonly fileName: string;
  /** Media type, detected from the content where possible, else the client's claim. */
  readonly type: string;
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** Whether the type was detected from the content. */
  readonly isSniffed: boolean;
  /** Gives the content, piece by piece. You can call it more than once. */
  stream(): AsyncGenerator<Uint8Array>;
  /** Gives the whole content. */
  bytes(): Promise<Uint8Array>;
  /**
   * Saves the content under a path that you choose, completely or not at all: Gable writes a file next to the path
   * and renames it. An existing file is replaced.
   */
  saveTo(path: string): Promise<void>;
}
