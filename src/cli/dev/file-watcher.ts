/**
 * Watches the files of a project, and reports what was created, changed and deleted.
 *
 * An event of the system only says where to look: each folder is compared with what was known of it. A slow scan of all
 * folders finds what no event told: files behind links, network disks, and folders beyond the limits of the system.
 */
import type { FSWatcher } from "node:fs";
import { watch } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { toErrorText } from "../../errors/error-text.ts";

/** A file that differs from what was known of it. */
export interface FileChange {
  /** Absolute path. */
  readonly path: string;
  readonly kind: "created" | "changed" | "deleted";
}

/** Options of {@link FileWatcher}. */
export interface FileWatcherOptions {
  /** Folder of the project. */
  readonly folder: string;
  /** Whether a file or a folder is left out, by its name and its path below the folder. */
  readonly isIgnored: (name: string, path: string) => boolean;
  /** Called with changes that belong together: an editor writes several files in one go. */
  readonly onChanges: (changes: readonly FileChange[]) => void;
  /** Called once when the system cannot watch all folders. */
  readonly onLimit: (reason: string) => void;
  /** Pause between two scans of everything, in milliseconds. Default 1,000. */
  readonly scanMs?: number;
}

interface WatchedFolder {
  /** Fingerprints of its files by name. */
  files: Map<string, string>;
  /** Names of its folders. */
  folders: Set<string>;
  /** Number of the folder on its disk: another folder of the same name needs another watch. */
  inode: bigint;
  watcher: FSWatcher | undefined;
}

/** Quiet time after an event: what an editor does in one save is one change, in milliseconds. */
const settleMs = 20;
/** Longest time that an empty file waits for its content, in milliseconds. */
const emptyMs = 200;
const foldersMax = 10_000;

/** A watcher that runs between `start()` and `stop()`. */
export class FileWatcher {
  readonly #options: FileWatcherOptions;
  readonly #folders = new Map<string, WatchedFolder>();
  /** Real paths of folders, so that a link to a parent ends. */
  readonly #real = new Map<string, string>();
  readonly #dirty = new Set<string>();
  /** Changes that wait for the rest of their save. */
  #pending = new Map<string, FileChange["kind"]>();
  #emptySince = 0;
  #settleTimer: NodeJS.Timeout | undefined;
  #scanTimer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #hasLimit = false;
  #isOver = false;

  constructor(options: FileWatcherOptions) {
    this.#options = options;
  }

  /** Reads the existing files: everything later is a change. */
  async start(): Promise<void> {
    await this.#addFolder(this.#options.folder, undefined);
    this.#scheduleScan();
  }

  /** Also watches a folder outside of the project. */
  async add(folder: string): Promise<void> {
    await this.#enqueue(() => (this.#folders.has(folder) ? Promise.resolve() : this.#addFolder(folder, undefined)));
  }

  /** Looks at everything now, and reports what has changed. For tests, and after a pause of the machine. */
  async scan(): Promise<void> {
    await this.#enqueue(async () => {
      for (const folder of Array.from(this.#folders.keys())) await this.#compare(folder);
    });
    this.#settle();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#settleTimer);
    clearTimeout(this.#scanTimer);
    for (const { watcher } of this.#folders.values()) watcher?.close();
    await this.#work;
    // A scan that ran may have added some.
    for (const { watcher } of this.#folders.values()) watcher?.close();
  }

  /** One comparison at a time: two of the same folder would report a change twice. */
  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(() => (this.#isOver ? undefined : work()));
    return this.#work;
  }

  #scheduleScan(lastMs = 0): void {
    const { scanMs = 1000 } = this.#options;
    // A large project must not spend its time with scans.
    this.#scanTimer = setTimeout(() => void this.#scanLater(), Math.max(scanMs, lastMs * 20));
  }

  async #scanLater(): Promise<void> {
    const startedAt = performance.now();
    await this.scan();
    if (!this.#isOver) this.#scheduleScan(performance.now() - startedAt);
  }

  /** Adds a folder with all below it. `report` gets its files, when they are new. */
  async #addFolder(folder: string, report: ((file: string) => void) | undefined): Promise<void> {
    const facts = await stat(folder, { bigint: true }).catch(() => undefined);
    if (facts === undefined || this.#isOver || !(await this.#isFirstVisit(folder))) return;
    if (this.#folders.size >= foldersMax) return this.#tellLimit(`there are more than ${foldersMax} folders`);
    // The watch comes first: what changes while the folder is read is an event.
    const watched: WatchedFolder = { files: new Map(), folders: new Set(), inode: facts.ino, watcher: this.#watch(folder) };
    this.#folders.set(folder, watched);
    const found = await this.#read(folder);
    watched.files = found.files;
    watched.folders = found.folders;
    if (report !== undefined) for (const name of found.files.keys()) report(join(folder, name));
    for (const name of found.folders) await this.#addFolder(join(folder, name), report);
  }

  async #isFirstVisit(folder: string): Promise<boolean> {
    const real = await realpath(folder).catch(() => folder);
    const known = this.#real.get(real);
    if (known !== undefined && known !== folder && this.#folders.has(known)) return false;
    this.#real.set(real, folder);
    return true;
  }

  #watch(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, { persistent: true }, () => this.#onEvent(folder));
      watcher.on("error", () => this.#onEvent(folder));
      return watcher;
    } catch (error) {
      this.#tellLimit(toErrorText(error));
      return undefined;
    }
  }

  #tellLimit(reason: string): void {
    if (!this.#hasLimit) this.#options.onLimit(reason);
    this.#hasLimit = true;
  }

  #onEvent(folder: string): void {
    this.#dirty.add(folder);
    clearTimeout(this.#settleTimer);
    this.#settleTimer = setTimeout(() => void this.#compareDirty(), settleMs);
  }

  async #compareDirty(): Promise<void> {
    await this.#enqueue(async () => {
      for (const folder of this.#dirty) {
        this.#dirty.delete(folder);
        await this.#compare(folder);
      }
    });
    this.#settle();
  }

  /** Reports what waits; an empty file may be the first half of a save. */
  #settle(): void {
    if (this.#isOver || this.#pending.size === 0) return;
    const isEmpty = [...this.#pending].some(([path, kind]) => kind !== "deleted" && this.#isEmpty(path));
    if (isEmpty && this.#emptySince === 0) this.#emptySince = performance.now();
    if (isEmpty && performance.now() - this.#emptySince < emptyMs) {
      clearTimeout(this.#settleTimer);
      this.#settleTimer = setTimeout(() => void this.#compareDirty(), emptyMs / 4);
      return;
    }
    this.#emptySince = 0;
    const changes = [...this.#pending].map(([path, kind]) => ({ path, kind }));
    this.#pending = new Map();
    this.#options.onChanges(changes);
  }

  #isEmpty(path: string): boolean {
    const at = path.lastIndexOf("/");
    return (
      this.#folders
        .get(path.slice(0, at))
        ?.files.get(path.slice(at + 1))
        ?.endsWith(":0") === true
    );
  }

  /** Compares a folder with what is known of it. */
  async #compare(folder: string): Promise<void> {
    const known = this.#folders.get(folder);
    if (known === undefined) return;
    const facts = await stat(folder, { bigint: true }).catch(() => undefined);
    if (facts === undefined) return this.#remove(folder);
    if (facts.ino !== known.inode) {
      known.watcher?.close();
      known.inode = facts.ino;
      known.watcher = this.#watch(folder);
    }
    const found = await this.#read(folder);
    for (const [name, stamp] of found.files) {
      const before = known.files.get(name);
      if (before !== stamp) this.#note(join(folder, name), before === undefined ? "created" : "changed");
    }
    for (const name of known.files.keys()) if (!found.files.has(name)) this.#note(join(folder, name), "deleted");
    for (const name of known.folders) if (!found.folders.has(name)) this.#remove(join(folder, name));
    known.files = found.files;
    known.folders = found.folders;
    for (const name of found.folders)
      if (!this.#folders.has(join(folder, name))) await this.#addFolder(join(folder, name), (file) => this.#note(file, "created"));
  }

  /** Several changes of a file before they are reported are one. */
  #note(path: string, kind: FileChange["kind"]): void {
    const before = this.#pending.get(path);
    // Many editors delete a file, or rename it, and write another one.
    this.#pending.set(path, before === "deleted" && kind === "created" ? "changed" : kind);
  }

  #remove(folder: string): void {
    for (const [path, { files, watcher }] of this.#folders) {
      if (path !== folder && !path.startsWith(`${folder}/`)) continue;
      watcher?.close();
      this.#folders.delete(path);
      for (const name of files.keys()) this.#note(join(path, name), "deleted");
    }
  }

  async #read(folder: string): Promise<{ files: Map<string, string>; folders: Set<string> }> {
    const files = new Map<string, string>();
    const folders = new Set<string>();
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    await Promise.all(
      entries.map(async (entry) => {
        const path = join(folder, entry.name);
        if (this.#options.isIgnored(entry.name, path)) return;
        // Links count as what they lead to. A file may be gone meanwhile.
        const facts = await stat(path, { bigint: true }).catch(() => undefined);
        if (facts?.isDirectory() === true) folders.add(entry.name);
        else if (facts?.isFile() === true) files.set(entry.name, `${facts.ino}:${facts.mtimeNs}:${facts.ctimeNs}:${facts.size}`);
      }),
    );
    return { files, folders };
  }
}
