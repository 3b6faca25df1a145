/**
 * A store in a folder of this machine. A file is written under a temporary name, synced and renamed: whoever reads sees the old
 * content or the whole new one, and a process that dies leaves no half file under a key.
 */
import { createHash, randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import * as fs from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { isGableError } from "../errors/gable-error.ts";
import { fileTypeOf } from "../http/file-types.ts";
import { createFileBody, versionOf } from "../replies/disk-file.ts";
import type { FileStore, PutOptions, ReadOptions, StorageContent, StorageFile, StorageSource } from "./file-store.ts";
import { ignoreMissing, isConflict, resolveInside, syncFolders, writeAll } from "./disk-files.ts";
import type { FileVersion } from "./disk-types.ts";
import { DiskTypes, nameOfVersion } from "./disk-types.ts";
import { toChunks, toSpan } from "./storage-content.ts";
import { storageMissing, storageUnavailable } from "./storage-errors.ts";
import { storageKeyError } from "./storage-key.ts";

/** Options of {@link diskStorage}. */
export interface DiskStorageOptions {
  /** Folder of the files, relative to the working directory or absolute. It is created when it does not exist. */
  readonly directory: string;
}

/** Folder of files that are being written. No key starts with a dot, so none of them has a key. */
const partialFolder = ".partial";
/** What a process that died left behind is removed after a day: others may be writing now. */
const leftoverMs = 86_400_000;
/** Attempts to read a file that is replaced again and again. */
const attemptsMax = 100;
const optionNames: Readonly<Record<keyof DiskStorageOptions, true>> = { directory: true };

/** Creates a store in a folder. Throws `E_OPTION_INVALID` without one. */
export function diskStorage(options: DiskStorageOptions): FileStore {
  assertKnownOptions("diskStorage()", options, Object.keys(optionNames));
  if (typeof options.directory !== "string" || options.directory === "")
    throw optionInvalid("diskStorage()", "directory", options.directory, 'a folder such as "var/media"');
  return new DiskStore(resolve(options.directory));
}

/** An open file with its facts. */
interface OpenContent {
  readonly handle: FileHandle;
  readonly file: StorageFile;
}

class DiskStore implements FileStore {
  readonly directory: string;
  readonly #types: DiskTypes;

  constructor(directory: string) {
    this.directory = directory;
    this.#types = new DiskTypes(directory);
  }

  /** Creates the folder, tries whether it can be written, and removes what processes that died left behind. */
  async start(): Promise<void> {
    const partials = join(this.directory, partialFolder);
    const probe = join(partials, randomUUID());
    await this.#do(`use the folder "${this.directory}"`, async () => {
      await fs.mkdir(partials, { recursive: true });
      await fs.writeFile(probe, "");
      await fs.rm(probe);
      for (const name of await fs.readdir(partials)) await removeLeftover(join(partials, name));
    });
  }

  async put(key: string, source: StorageSource, { type }: PutOptions): Promise<void> {
    const partial = await this.#writePartial(key, source);
    await this.#do(`store "${key}"`, async () => {
      let undo = async (): Promise<void> => undefined;
      let sync: () => Promise<void>;
      try {
        const version = await fs.stat(partial, { bigint: true });
        const old = await this.#types.holdLeftovers(key, join(this.directory, key), version);
        try {
          undo = await this.#types.write(key, version, type, fileTypeOf(key));
          sync = await this.#place(partial, key);
        } catch (error) {
          await old.keep();
          throw error;
        }
        // A note that stays does no harm.
        await old.remove().catch(() => undefined);
      } catch (error) {
        await fs.rm(partial, { force: true });
        await undo();
        throw error;
      }
      // The file has its key: an error says that a loss of power may take it back.
      await sync();
    });
  }

  async read(key: string, { range }: ReadOptions = {}): Promise<StorageContent> {
    return this.#do(`read "${key}"`, async () => {
      const found = await this.#open(key);
      if (found === undefined) throw storageMissing(key);
      const { handle, file } = found;
      try {
        const { start, length } = toSpan(range, file.bytes);
        const body = createFileBody({ handle, version: versionOf(await handle.stat()) }, start, length);
        return { ...file, stream: () => this.#stream(key, body.chunks()), close: async () => body.close() };
      } catch (error) {
        await handle.close();
        throw error;
      }
    });
  }

  async find(key: string): Promise<StorageFile | undefined> {
    return this.#do(`find "${key}"`, async () => {
      for (let attempt = 1; ; attempt++) {
        const facts = await this.#stat(key);
        if (facts?.isFile() !== true) return undefined;
        const file = await this.#toFile(key, facts, attempt);
        if (file !== undefined) return file;
      }
    });
  }

  async delete(key: string): Promise<void> {
    await this.#do(`delete "${key}"`, async () => {
      if ((await this.#stat(key))?.isFile() !== true) return;
      // The key itself, which may be a link: never what a link names.
      const path = join(this.directory, key);
      const old = await this.#types.holdLeftovers(key, path);
      try {
        await fs.rm(path, { force: true });
      } catch (error) {
        await old.keep();
        throw error;
      }
      await old.remove();
    });
  }

  /** Writes a source under a temporary name. What the source throws is passed on. */
  async #writePartial(key: string, source: StorageSource): Promise<string> {
    const path = join(this.directory, partialFolder, randomUUID());
    const action = `store "${key}"`;
    const handle = await this.#do(action, async () => {
      await fs.mkdir(dirname(path), { recursive: true });
      return fs.open(path, "wx", 0o644);
    });
    try {
      try {
        for await (const chunk of toChunks(source)) await this.#do(action, () => writeAll(handle, chunk));
        await this.#do(action, () => handle.sync());
      } finally {
        await handle.close();
      }
      return path;
    } catch (error) {
      await fs.rm(path, { force: true });
      throw error;
    }
  }

  /** Gives a finished file its key. Returns the function that makes the name last through a loss of power. */
  async #place(partial: string, key: string): Promise<() => Promise<void>> {
    const path = join(this.directory, key);
    try {
      const created = await fs.mkdir(dirname(path), { recursive: true });
      const [realRoot, realParent] = await Promise.all([fs.realpath(this.directory), fs.realpath(dirname(path))]);
      if (realParent !== realRoot && !realParent.startsWith(realRoot + sep))
        throw storageKeyError(key, `it leads out of the folder "${this.directory}"`);
      await fs.rename(partial, path);
      return () => syncFolders(dirname(path), created === undefined ? dirname(path) : dirname(created));
    } catch (error) {
      if (isConflict(error))
        throw storageKeyError(key, "a stored file has a part of this key as its key, or this key is the start of other ones");
      throw error;
    }
  }

  /** Opens a file. Tries again when it was replaced before its type was known. */
  async #open(key: string): Promise<OpenContent | undefined> {
    for (let attempt = 1; ; attempt++) {
      const path = await resolveInside(this.directory, key);
      if (path === undefined) return undefined;
      // Flags that a platform does not have are undefined there.
      const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants as Record<string, number>;
      const handle = await ignoreMissing(() => fs.open(path, O_RDONLY! | O_NOFOLLOW | O_NONBLOCK));
      if (handle === undefined) return undefined;
      const opened = await this.#check(key, handle, attempt);
      if (opened === "no file") return undefined;
      if (opened !== "replaced") return opened;
    }
  }

  /** Returns an open file with its facts. Otherwise closes it and returns the reason. */
  async #check(key: string, handle: FileHandle, attempt: number): Promise<OpenContent | "no file" | "replaced"> {
    let result: "no file" | "replaced" = "no file";
    try {
      const facts = await handle.stat({ bigint: true });
      if (facts.isFile()) {
        const file = await this.#toFile(key, facts, attempt);
        if (file !== undefined) return { handle, file };
        result = "replaced";
      }
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return result;
  }

  async #stat(key: string): Promise<BigIntStats | undefined> {
    const path = await resolveInside(this.directory, key);
    return path === undefined ? undefined : ignoreMissing(() => fs.stat(path, { bigint: true }));
  }

  /** Returns the facts of a version of a file; undefined when it was replaced before its type was known. */
  async #toFile(key: string, version: FileVersion, attempt: number): Promise<StorageFile | undefined> {
    const { type, isCertain } = await this.#types.find(key, version);
    // A file system without lasting numbers never agrees.
    if (!isCertain && attempt < attemptsMax) {
      const now = await this.#stat(key);
      if (now === undefined || nameOfVersion(now) !== nameOfVersion(version)) return undefined;
    }
    const { size, mtimeNs } = version;
    // A put makes a new file with another number and time. Hashed: clients need not learn numbers of the file system.
    const tag = createHash("sha256").update(nameOfVersion(version)).digest("base64url").slice(0, 22);
    return { key, bytes: Number(size), type: type ?? fileTypeOf(key), modified: new Date(Number(mtimeNs / 1_000_000n)), etag: `"${tag}"` };
  }

  async *#stream(key: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks;
    } catch (error) {
      throw storageUnavailable(`read "${key}"`, error);
    }
  }

  /** Runs work whose failures are those of the disk. */
  async #do<Result>(action: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw isGableError(error) ? error : storageUnavailable(action, error);
    }
  }
}

async function removeLeftover(path: string): Promise<void> {
  const facts = await ignoreMissing(() => fs.stat(path));
  if (facts !== undefined && Date.now() - facts.mtimeMs > leftoverMs) await fs.rm(path, { force: true });
}
