/**
 * A store in a folder of this machine. A file is written under a temporary name, synced and renamed: whoever reads sees the old
 * content or the whole new one, and a process that dies leaves no half file under a key.
 */
import { createHash, randomUUID } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import * as fs from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import { isGableError } from "../errors/gable-error.ts";
import { fileTypeOf } from "../http/file-types.ts";
import { createFileBody, versionOf } from "../replies/disk-file.ts";
import type { FileStore, PutOptions, ReadOptions, StorageContent, StorageFile, StorageSource } from "./file-store.ts";
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
/** Folder of the types that the extension of a key does not tell. */
const typesFolder = ".types";
/** What a process that died left behind is removed after a day: others may be writing now. */
const leftoverMs = 86_400_000;
const missingCodes = new Set(["ENOENT", "ENOTDIR", "ELOOP"]);
/** A folder is where a file was expected, or the other way round. */
const conflictCodes = new Set(["EISDIR", "ENOTDIR", "EEXIST", "ENOTEMPTY"]);
const optionNames: Readonly<Record<keyof DiskStorageOptions, true>> = { directory: true };

/** Creates a store in a folder. Throws `E_OPTION_INVALID` without one. */
export function diskStorage(options: DiskStorageOptions): FileStore {
  assertKnownOptions("diskStorage()", options, Object.keys(optionNames));
  if (typeof options.directory !== "string" || options.directory === "")
    throw optionInvalid("diskStorage()", "directory", options.directory, 'a folder such as "var/media"');
  return new DiskStore(resolve(options.directory));
}

class DiskStore implements FileStore {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
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
        undo = await this.#writeType(key, type);
        sync = await this.#place(partial, "", key);
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
      const path = await this.#resolve(key);
      const facts = path === undefined ? undefined : await ignoreMissing(() => fs.stat(path, { bigint: true }));
      return facts?.isFile() === true ? this.#toFile(key, facts) : undefined;
    });
  }

  /** Notes a type that the extension of the key does not tell. Returns the function that brings back the old note. */
  async #writeType(key: string, type: string): Promise<() => Promise<void>> {
    const path = join(this.directory, typesFolder, key);
    const old = await this.#readType(key);
    const write = async (text: string | undefined): Promise<void> => {
      if (text === undefined) return fs.rm(path, { force: true });
      const partial = await this.#writePartial(key, text);
      const sync = await this.#place(partial, typesFolder, key).catch(async (error: unknown) => {
        await fs.rm(partial, { force: true });
        throw error;
      });
      await sync();
    };
    const wanted = type === fileTypeOf(key) ? undefined : type;
    if (wanted === old) return async () => undefined;
    try {
      await write(wanted);
    } catch (error) {
      // The first error is the one to tell.
      await write(old).catch(() => undefined);
      throw error;
    }
    return () => write(old);
  }

  async #readType(key: string): Promise<string | undefined> {
    try {
      const path = await this.#resolve(key, typesFolder);
      return path === undefined ? undefined : await fs.readFile(path, "utf8");
    } catch (error) {
      if (missingCodes.has(codeOf(error)) || conflictCodes.has(codeOf(error))) return undefined;
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    await this.#do(`delete "${key}"`, async () => {
      const path = await this.#resolve(key);
      if (path === undefined || (await ignoreMissing(() => fs.stat(path)))?.isFile() !== true) return;
      // The key itself, which may be a link: never what a link names.
      await fs.rm(join(this.directory, key), { force: true });
      if ((await this.#resolve(key, typesFolder)) !== undefined) await fs.rm(join(this.directory, typesFolder, key), { force: true });
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
  async #place(partial: string, folder: string, key: string): Promise<() => Promise<void>> {
    const root = join(this.directory, folder);
    const path = join(root, key);
    try {
      const created = await fs.mkdir(dirname(path), { recursive: true });
      const [realRoot, realParent] = await Promise.all([fs.realpath(root), fs.realpath(dirname(path))]);
      if (realParent !== realRoot && !realParent.startsWith(realRoot + sep))
        throw storageKeyError(key, `it leads out of the folder "${this.directory}"`);
      await fs.rename(partial, path);
      return () => syncFolders(dirname(path), created === undefined ? dirname(path) : dirname(created));
    } catch (error) {
      if (conflictCodes.has(codeOf(error)))
        throw storageKeyError(key, "a stored file has a part of this key as its key, or this key is the start of other ones");
      throw error;
    }
  }

  async #open(key: string): Promise<{ readonly handle: FileHandle; readonly file: StorageFile } | undefined> {
    const path = await this.#resolve(key);
    if (path === undefined) return undefined;
    // Flags that a platform does not have are undefined there.
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants as Record<string, number>;
    const handle = await ignoreMissing(() => fs.open(path, O_RDONLY! | O_NOFOLLOW | O_NONBLOCK));
    if (handle === undefined) return undefined;
    try {
      const facts = await handle.stat({ bigint: true });
      if (facts.isFile()) return { handle, file: await this.#toFile(key, facts) };
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return undefined;
  }

  /** Returns the real path of a key below a folder of the store; undefined when there is none, and when it is outside of the folder. */
  async #resolve(key: string, below = ""): Promise<string | undefined> {
    const folder = join(this.directory, below);
    return ignoreMissing(async () => {
      const [root, path] = await Promise.all([fs.realpath(folder), fs.realpath(join(folder, key))]);
      // With the separator: "/srv/media-evil" is not inside "/srv/media".
      return path.startsWith(root + sep) ? path : undefined;
    });
  }

  async #toFile(key: string, { size, ino, mtimeNs }: FileFacts): Promise<StorageFile> {
    const type = await this.#readType(key);
    // A put makes a new file with another number and time. Hashed: clients need not learn numbers of the file system.
    const tag = createHash("sha256").update(`${ino}-${size}-${mtimeNs}`).digest("base64url").slice(0, 22);
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

interface FileFacts {
  readonly size: bigint;
  readonly ino: bigint;
  readonly mtimeNs: bigint;
}

/** A write may take fewer bytes than it was given, on a disk that is nearly full. */
async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length;) {
    const { bytesWritten } = await handle.write(chunk, written, chunk.length - written);
    if (bytesWritten === 0) throw new Error("the disk took no more bytes");
    written += bytesWritten;
  }
}

/** Syncs a folder and those above it, up to and with `top`. */
async function syncFolders(folder: string, top: string): Promise<void> {
  for (let current = folder; ; current = dirname(current)) {
    const handle = await ignoreUnsupported(() => fs.open(current, "r"));
    try {
      await ignoreUnsupported(async () => handle?.sync());
    } finally {
      await handle?.close();
    }
    if (current === top || current === dirname(current)) return;
  }
}

/** What systems say that have no sync of folders, such as Windows. */
const unsupportedCodes = new Set(["EISDIR", "EPERM", "EACCES", "EINVAL", "EBADF", "ENOTSUP", "ENOSYS"]);

async function ignoreUnsupported<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (unsupportedCodes.has(codeOf(error))) return undefined;
    throw error;
  }
}

async function removeLeftover(path: string): Promise<void> {
  const facts = await ignoreMissing(() => fs.stat(path));
  if (facts !== undefined && Date.now() - facts.mtimeMs > leftoverMs) await fs.rm(path, { force: true });
}

async function ignoreMissing<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    if (missingCodes.has(codeOf(error))) return undefined;
    throw error;
  }
}

/** Errors of node:fs carry a code. */
function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
