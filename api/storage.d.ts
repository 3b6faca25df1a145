/**
 * The storage of your application. Throws `E_STORAGE_DISABLED` when no application with a storage runs.
 *
 * @example
 * await storage.put("reports/2026.csv", csv, { type: "text/csv" });
 */
export declare const storage: Storage;

/** Creates a store in a folder. Throws `E_OPTION_INVALID` without one. */
export declare function diskStorage(options: DiskStorageOptions): FileStore;

/** Creates a store in the memory of this process. Other processes do not see its files, and a restart loses them. */
export declare function memoryStorage(): FileStore;

/**
 * Creates a store in a bucket of S3 or of a compatible service. It needs the package `aws4`. Throws `E_OPTION_INVALID` and
 * `E_OPTION_UNKNOWN`; the start throws `E_STORAGE_PACKAGE`, and `E_STORAGE_UNAVAILABLE` for a bucket that cannot be used.
 *
 * @example
 * s3Storage({ bucket: "site-media", region: "eu-central-1", credentials: { accessKeyId, secretAccessKey } });
 */
export declare function s3Storage(options: S3StorageOptions): FileStore;

/** Stores files for an application, and serves them at `/media`. */
export declare const storagePart: import("../parts/part.ts").Part<"storage", AppStorage, StorageSetting>;

/** Stored files of an application. */
export declare class AppStorage implements FormStorage {
    #private;
    /** The store that keeps the files. */
    get store(): FileStore;
    /** Stores a file. Throws `E_STORAGE_KEY` and `E_STORAGE_UNAVAILABLE`. */
    put(key: string, source: StorageSource, options: PutOptions): Promise<void>;
    /** Opens a file. Throws `E_STORAGE_KEY`, `E_STORAGE_MISSING` and `E_STORAGE_UNAVAILABLE`. */
    read(key: string, options?: ReadOptions): Promise<StorageContent>;
    /** Returns the facts of a file; undefined when there is none. Throws `E_STORAGE_KEY` and `E_STORAGE_UNAVAILABLE`. */
    find(key: string): Promise<StorageFile | undefined>;
    /** Deletes a file. Does nothing when there is none. Throws `E_STORAGE_KEY` and `E_STORAGE_UNAVAILABLE`. */
    delete(key: string): Promise<void>;
    /** Returns the address of a file. Throws `E_STORAGE_KEY` and `E_SECRET_KEYS_MISSING`. */
    url(key: string, options?: UrlOptions): string;
}

/** Options of {@link diskStorage}. */
export interface DiskStorageOptions {
    /** Folder of the files, relative to the working directory or absolute. It is created when it does not exist. */
    readonly directory: string;
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

/** A stored file that is open for reading. Read it to its end, or close it. */
export interface StorageContent extends StorageFile {
    /** Yields the content, or the part that was asked for. Can be called once; closes the file at its end. */
    stream(): AsyncGenerator<Uint8Array>;
    /** Closes the file when nobody reads it. */
    close(): Promise<void>;
}

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

/** A part of a file: both ends are included. */
export interface StorageRange {
    /** First byte, from 0. */
    readonly start: number;
    /** Last byte. An end after the last byte of the file means its last byte. */
    readonly end: number;
}

/** What can be stored: a string, bytes, or their pieces, such as a stream. */
export type StorageSource = string | Uint8Array | AsyncIterable<Uint8Array>;

/** Options of `url()`. */
export interface UrlOptions {
    /** Seconds until the address expires, 1 to 604,800 (a week). Default 3,600. Addresses of public files do not expire. */
    readonly ttlSeconds?: number;
    /** Whether browsers save the file instead of showing it: `true`, or the name to save it under. Default false. */
    readonly download?: boolean | string;
}

/** Who uses a bucket. */
export interface S3Credentials {
    /** Id of the access key. */
    readonly accessKeyId: string;
    /** The access key. */
    readonly secretAccessKey: string;
    /** Token of temporary credentials. None by default. */
    readonly sessionToken?: string;
}

/** Options of {@link s3Storage}. */
export interface S3StorageOptions {
    /** Name of the bucket. It must exist. */
    readonly bucket: string;
    /** Who uses the bucket; a function is called for each request, for credentials that change. Never shown in messages. */
    readonly credentials: S3Credentials | (() => S3Credentials);
    /** Region of the bucket. Default "us-east-1". */
    readonly region?: string;
    /** Origin of a compatible service, such as "https://s3.example.com". AWS by default. */
    readonly endpoint?: string;
    /** Origin of the service for browsers, where they cannot reach `endpoint`. Default: that of `endpoint`. */
    readonly publicEndpoint?: string;
    /** Whether the bucket is the first segment of paths, not a part of the host name. Default true with `endpoint`, otherwise false. */
    readonly pathStyle?: boolean;
    /** Milliseconds that each try waits for the service: for the head of a reply, then for each piece of its body. Default 60,000. */
    readonly timeoutMs?: number;
}

/** The option of `gable()` for stored files. */
export interface StorageSetting {
    /** Folder of the files, or more about them. None by default: the application stores no files. */
    storage?: string | StorageSettings;
}

/** How an application stores files. */
export interface StorageSettings {
    /** Folder of the files, such as "var/media", or a store. */
    store: string | FileStore;
    /** Path of the files for clients. Default "/media". */
    at?: string;
    /**
     * Files that everybody may see: `true` for all, or the starts of their keys, such as `["covers/"]`. All other files are private:
     * only addresses from `storage.url()` show them. Default: none.
     */
    public?: boolean | readonly string[];
}

/** How an application handles uploads. */
export interface UploadSettings {
    /** Folder of temporary files, which must exist. Default: that of the system. */
    directory: string;
}

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
