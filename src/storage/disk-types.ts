/**
 * Types of the files of a disk store that the extensions of their keys do not tell. A note belongs to one version of a file, by its numbers in
 * the file system: content and type change together, in the rename that gives a version its key, without locks.
 */
import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import * as fs from "node:fs/promises";
import { dirname, join } from "node:path";
import { codeOf, ignoreMissing, isConflict, isMissing, resolveInside, syncFolders } from "./disk-files.ts";

/** Names one version of a file: a rename keeps these numbers, and no two files that exist have the same ones. */
export interface FileVersion {
  readonly size: bigint;
  readonly ino: bigint;
  readonly mtimeNs: bigint;
}

/** Returns the name of a version. */
export function nameOfVersion({ ino, size, mtimeNs }: FileVersion): string {
  return `${ino}-${size}-${mtimeNs}`;
}

/** A note about the type of a version. */
interface Note {
  readonly type: string;
  /** Whether it was written here. A copied note belongs to a copied file, whose numbers have changed as well. */
  readonly isNative: boolean;
}

/** What is noted about a version. */
export interface FoundType {
  /** The type; undefined where the extension tells it. */
  readonly type: string | undefined;
  /** Whether it holds even if the file was replaced meanwhile. */
  readonly isCertain: boolean;
}

/** What a file that gets or loses its key leaves behind. */
interface Leftovers {
  /** Removes the notes about it. */
  remove(): Promise<void>;
  /** Keeps the notes. */
  keep(): Promise<void>;
}

/** Folder of the notes: for each key one folder, in it for each version one file. */
const notesFolder = ".notes";
/** Folder where earlier releases kept one type for each key. */
const typesFolder = ".types";
/** After a day, a note about a version that never got its key is removed. */
const leftoverMs = 86_400_000;
const attemptsMax = 10;

/** The types of one store. */
export class DiskTypes {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Returns the type of a version. */
  async find(key: string, version: FileVersion): Promise<FoundType> {
    // In this order: a put writes its note before it removes an earlier type.
    const earlier = await this.#readEarlier(key);
    const names = await this.#list(key);
    if (names.includes(nameOfVersion(version))) {
      const note = await readNote(join(this.#folderOf(key), nameOfVersion(version)));
      if (note !== undefined) return { type: note.type, isCertain: true };
    }
    return { type: (await this.#findCopied(key, names, version)) ?? earlier, isCertain: false };
  }

  /** Notes the type of a version that is about to get its key. `usual` is what the extension tells. Returns the function that removes the note. */
  async write(key: string, version: FileVersion, type: string, usual: string): Promise<() => Promise<void>> {
    // Where there are other notes, a version without one could be taken for a copied file.
    if (type === usual && (await this.#list(key)).length === 0 && (await this.#readEarlier(key)) === undefined)
      return async () => undefined;
    const folder = this.#folderOf(key);
    const path = join(folder, nameOfVersion(version));
    const created = await writeNote(folder, path, type);
    await syncFolders(folder, created === undefined ? folder : dirname(created));
    return () => fs.rm(path, { force: true });
  }

  /** Call it before the file at `path` loses its key. It holds that file open, so that no other version gets its numbers before its notes are removed. */
  async holdLeftovers(key: string, path: string, next?: FileVersion): Promise<Leftovers> {
    const names = await this.#list(key);
    const held = names.length === 0 ? undefined : await openRegular(path).catch(() => undefined);
    const old = held === undefined ? undefined : nameOfVersion(await held.stat({ bigint: true }));
    return {
      keep: async () => held?.close(),
      remove: async () => {
        try {
          for (const name of names)
            if (next === undefined || name !== nameOfVersion(next)) await this.#removeNote(join(this.#folderOf(key), name), name === old);
          if ((await this.#resolveEarlier(key)) !== undefined) await fs.rm(join(this.#directory, typesFolder, key), { force: true });
          // The last note has gone, or others are left.
          if (next === undefined && names.length > 0) await fs.rmdir(this.#folderOf(key)).catch(() => undefined);
        } finally {
          await held?.close();
        }
      },
    };
  }

  #folderOf(key: string): string {
    return join(this.#directory, notesFolder, createHash("sha256").update(key).digest("hex"));
  }

  async #list(key: string): Promise<string[]> {
    return (await ignoreMissing(() => fs.readdir(this.#folderOf(key)))) ?? [];
  }

  /** Another writer may need its note soon: only what nobody can need is removed. */
  async #removeNote(path: string, isOld: boolean): Promise<void> {
    const facts = await ignoreMissing(() => fs.stat(path));
    if (facts === undefined) return;
    const isUnused = isOld || Date.now() - facts.mtimeMs > leftoverMs || (await readNote(path))?.isNative === false;
    if (isUnused) await fs.rm(path, { force: true });
  }

  /** Copying changes the numbers of files. The size stays, and most tools keep the time. */
  async #findCopied(key: string, names: readonly string[], version: FileVersion): Promise<string | undefined> {
    let found: string | undefined;
    for (const name of names.toSorted()) {
      const [, size, mtimeNs] = name.split("-");
      if (size !== String(version.size)) continue;
      const note = await readNote(join(this.#folderOf(key), name));
      if (note === undefined || note.isNative) continue;
      if (mtimeNs === String(version.mtimeNs)) return note.type;
      found = note.type;
    }
    return found;
  }

  #resolveEarlier(key: string): Promise<string | undefined> {
    return resolveInside(join(this.#directory, typesFolder), key);
  }

  async #readEarlier(key: string): Promise<string | undefined> {
    try {
      const path = await this.#resolveEarlier(key);
      return path === undefined ? undefined : await fs.readFile(path, "utf8");
    } catch (error) {
      if (isMissing(error) || isConflict(error)) return undefined;
      throw error;
    }
  }
}

/** Writes a note, which holds its own number: a copy has another one. Returns the first folder that was created. */
async function writeNote(folder: string, path: string, type: string): Promise<string | undefined> {
  let created: string | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      created = (await fs.mkdir(folder, { recursive: true })) ?? created;
      const handle = await fs.open(path, "wx", 0o644);
      try {
        const { ino } = await handle.stat({ bigint: true });
        await handle.writeFile(`${ino}\n${type}\n`);
        await handle.sync();
        return created;
      } catch (error) {
        await fs.rm(path, { force: true });
        throw error;
      } finally {
        await handle.close();
      }
    } catch (error) {
      if (attempt === attemptsMax) throw error;
      // A file that no longer exists had these numbers.
      if (codeOf(error) === "EEXIST") await fs.rm(path, { force: true });
      // Somebody has deleted the file, and with it the empty folder.
      else if (codeOf(error) !== "ENOENT") throw error;
    }
  }
}

/** Returns a note; undefined for none, and for one that a process could not finish. */
async function readNote(path: string): Promise<Note | undefined> {
  const handle = await openRegular(path);
  if (handle === undefined) return undefined;
  try {
    const { ino } = await handle.stat({ bigint: true });
    const [, number, type] = /^(\d+)\n(.+)\n$/s.exec(await handle.readFile("utf8")) ?? [];
    return type === undefined ? undefined : { type, isNative: number === String(ino) };
  } finally {
    await handle.close();
  }
}

/** Opens a file; undefined for none, and for anything else. */
async function openRegular(path: string): Promise<FileHandle | undefined> {
  const { O_RDONLY, O_NONBLOCK = 0 } = fs.constants as Record<string, number>; // Flags that a platform does not have are undefined there.
  const handle = await ignoreMissing(() => fs.open(path, O_RDONLY! | O_NONBLOCK));
  if (handle === undefined || (await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}
