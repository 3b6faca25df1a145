/** What applications do with stored files. */
import type { PutOptions, ReadOptions, StorageContent, StorageFile, StorageSource, UrlOptions } from "./file-store.ts";

/** Stored files by their keys. */
export interface Storage {
  /**
   * Stores a file; one with the same key is replaced. Readers see the old content or the whole new one, never a part.
   * Throws `E_STORAGE_KEY` and `E_STORAGE_UNAVAILABLE`.
   */
  put(key: string, source: StorageSource, options: PutOptions): Promise<void>;
  /** Opens a file: read its `stream()` or `close()` it. Throws `E_STORAGE_KEY`, `E_STORAGE_MISSING` and `E_STORAGE_UNAVAILABLE`. */
  read(key: string, options?: ReadOptions): Promise<StorageContent>;
  /** Returns the facts of a file; undefined when there is none. Throws `E_STORAGE_KEY` and `E_STORAGE_UNAVAILABLE`. */
  find(key: string): Promise<StorageFile | undefined>;
  /** Deletes a file. Does nothing when there is none. Throws `E_STORAGE_KEY` and `E_STORAGE_UNAVAILABLE`. */
  delete(key: string): Promise<void>;
  /** Returns the address of a file for pages: signed, unless the file is public. Does not look whether the file exists. */
  url(key: string, options?: UrlOptions): string;
}

/** The storage of an application, as its forms use it. */
export interface FormStorage extends Storage {
  /** Signs a string for forms. Without seconds it never expires. Throws `E_SECRET_KEYS_MISSING`. */
  signToken(text: string, ttlSeconds?: number): string;
  /** Returns a string that was signed for forms; undefined for every other one. */
  openToken(token: string): string | undefined;
  /** Deletes a file when some seconds have passed, if the application still runs then. */
  deleteLater(key: string, seconds: number): void;
}
