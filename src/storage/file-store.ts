/** What a store of files must do: keep bytes under keys, on a disk, in memory, or in a service. */

/** Facts of a stored file. */
export interface StorageFile {
  /** Where the file is kept, such as `2026/11/0f3k….png`. */
  readonly key: string;
  /** Size in bytes. */
  readonly bytes: number;
  /** Media type, as it was given to `put()`. */
  readonly type: string;
  /** When it was stored. */
  readonly modified: Date;
  /** Strong entity tag with its quotes; another content has another one. */
  readonly etag: string;
}

/** A stored file that is open for reading. Read it to its end, or close it. */
export interface StorageContent extends StorageFile {
  /** Yields the content, or the part that was asked for. Can be called once; closes the file at its end. */
  stream(): AsyncGenerator<Uint8Array>;
  /** Closes the file when nobody reads it. */
  close(): Promise<void>;
}

/** A part of a file: both ends are included. */
export interface StorageRange {
  /** First byte, from 0. */
  readonly start: number;
  /** Last byte. An end after the last byte of the file means its last byte. */
  readonly end: number;
}

/** What can be stored: a string, bytes, or their pieces, such as a stream. */
export type StorageSource = string | Uint8Array | AsyncIterable<Uint8Array>;

/** Options of `put()`. */
export interface PutOptions {
  /** Media type of the content. */
  readonly type: string;
}

/** Options of `read()`. */
export interface ReadOptions {
  /** The part to read. The whole file by default. */
  readonly range?: StorageRange;
}

/** Options of `url()`. */
export interface UrlOptions {
  /** Seconds until the address expires, 1 to 604,800 (a week). Default 3,600. Addresses of public files do not expire. */
  readonly ttlSeconds?: number;
  /** Whether browsers save the file instead of showing it: `true`, or the name to save it under. Default false. */
  readonly download?: boolean | string;
}

/** A store of files. Keys were checked before; errors of the store are `E_STORAGE_UNAVAILABLE`. */
export interface FileStore {
  /** Folder of this machine where the files are; undefined for a store that several machines share. */
  readonly directory?: string | undefined;
  /** Origin of the addresses of `url()`: pages may show images, audio and video from it. The own origin by default. */
  readonly origin?: string | undefined;
  /** Stores a file. Other readers see the old content or the whole new one, never a part; a failed call changes nothing. */
  put(key: string, source: StorageSource, options: PutOptions): Promise<void>;
  /** Opens a file. Throws `E_STORAGE_MISSING`, and `E_RANGE_UNSATISFIABLE` for a range that starts after its end. */
  read(key: string, options?: ReadOptions): Promise<StorageContent>;
  /** Returns the facts of a file; undefined when there is none. */
  find(key: string): Promise<StorageFile | undefined>;
  /** Deletes a file. Does nothing when there is none. */
  delete(key: string): Promise<void>;
  /** Returns an address where clients get the file from the store itself. Without it, the application serves the files. */
  url?(key: string, options: UrlOptions): string;
  /** Prepares the store when an application starts: throws when it cannot be used. */
  start?(): Promise<void>;
}
