/**
 * Serves static files. Production serves a fixed list that is read once at the start: a request is one lookup in a map,
 * and no path is computed from client input. Development reads the disk each time, with the same rules.
 */
import { toErrorText } from "../errors/error-text.ts";
import { GableError } from "../errors/gable-error.ts";
import { findNearestName } from "../errors/nearest-name.ts";
import type { HeaderReader } from "../http/header-table.ts";
import { toHttpDate } from "../http/http-date.ts";
import { preferredEncoding } from "../http/negotiation.ts";
import type { OpenFile } from "../replies/disk-file.ts";
import { createFileBody, openRegularFile } from "../replies/disk-file.ts";
import type { PlainReply, SendableFile } from "../replies/file-reply.ts";
import { createFileReply } from "../replies/file-reply.ts";
import { fileTypeOf } from "../http/file-types.ts";
import { loadFileSystem, loadPaths } from "../replies/node-modules.ts";

/** Options for static files. */
export interface StaticOptions {
  /** Folder with the files, relative to the working directory or absolute. */
  directory: string;
  /** URL prefix of the files. Default "/static". */
  at?: string;
  /** Files of the folder that are also served at the root, such as `favicon.ico`. None by default. */
  root?: readonly string[];
  /** Whether the address of a folder, which ends with a slash, shows its `index.html`. Default false. */
  index?: boolean;
  /** `inside` serves links whose target is inside the folder, `none` serves no links. Default "inside". */
  symlinks?: "inside" | "none";
}

interface ListedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modified: Date;
  readonly modifiedText: string;
  readonly hash: string;
  /** Of the file when its hash was read. */
  readonly version: string;
  /** The bytes of files that are kept in memory. */
  content: Uint8Array | undefined;
  /** Precompressed variants by encoding. */
  readonly variants: Map<string, ListedFile>;
}

/** The reply for a name: "folder" when the name lacks the slash at its end, undefined when there is no file. */
export type StaticAnswer = PlainReply | "folder" | undefined;

const filesMax = 100_000;
const contentBytesMax = 65_536;
const contentBytesMaxAll = 64 * 1_048_576;
const codings: Readonly<Record<string, string>> = { ".br": "br", ".zst": "zstd", ".gz": "gzip" };
const forever = "public, max-age=31536000, immutable";

/** Serves the files of one folder. */
export class StaticFiles {
  readonly at: string;
  readonly options: StaticOptions;
  readonly #isClosed: boolean;
  #directory = "";
  readonly #files = new Map<string, ListedFile>();
  /** Hashed names and their plain names. */
  readonly #hashed = new Map<string, string>();

  /** `isClosed`: whether the list is read once, as in production. */
  constructor(options: StaticOptions, isClosed: boolean) {
    this.options = options;
    this.at = (options.at ?? "/static").replace(/\/$/, "");
    this.#isClosed = isClosed;
  }

  /** Finds the folder and, in production, reads the list. Throws `E_STATIC_DIRECTORY`. */
  async load(): Promise<void> {
    const fs = await loadFileSystem();
    try {
      this.#directory = await fs.realpath(this.options.directory);
      if (!(await fs.stat(this.#directory)).isDirectory()) throw new Error("it is not a folder");
    } catch (error) {
      throw new GableError(
        "E_STATIC_DIRECTORY",
        `The static directory "${this.options.directory}" cannot be served: ${toErrorText(error)}.`,
        { cause: error },
      );
    }
    if (this.#isClosed) await this.#readList();
  }

  /** Returns the URL of a file for pages; in production, with a name that changes with the content. */
  assetUrl(name: string): string {
    if (!this.#isClosed) return `${this.at}/${name}`;
    const file = this.#files.get(name);
    if (file === undefined) {
      const nearest = findNearestName(name, this.#files.keys());
      throw new GableError(
        "E_ASSET_UNKNOWN",
        `There is no static file "${name}" in "${this.options.directory}".`,
        nearest === undefined ? {} : { fix: `Write "${nearest}" instead of "${name}".` },
      );
    }
    return `${this.at}/${toHashedName(name, file.hash)}`;
  }

  /**
   * Returns the reply for a name below the prefix; undefined if the file does not exist, and "folder" for a folder with an index.
   * `isFolder`: whether the name ended with a slash, so that it is a folder, or the directory itself if it is empty.
   */
  answer(method: string, headers: HeaderReader, name: string, isFolder = false): StaticAnswer | Promise<StaticAnswer> {
    if (name.split("/").some(isHiddenName)) return undefined;
    const path = isFolder ? toIndexName(name) : name;
    return this.#isClosed ? this.#answerListed(method, headers, path, isFolder) : this.#answerLive(method, headers, path, isFolder);
  }

  #answerListed(method: string, headers: HeaderReader, name: string, isFolder: boolean): StaticAnswer | Promise<PlainReply> {
    const plainName = this.#hashed.get(name);
    const file = this.#files.get(plainName ?? name);
    if (file === undefined) return !isFolder && this.options.index === true && this.#files.has(toIndexName(name)) ? "folder" : undefined;
    const cacheControl = plainName === undefined ? "public, no-cache" : forever;
    const coding = file.variants.size === 0 ? undefined : chooseVariant(file, headers);
    const chosen = coding === undefined ? file : file.variants.get(coding)!;
    const extra: Array<readonly [string, string]> = [["cache-control", cacheControl]];
    if (file.variants.size > 0) extra.push(["vary", "Accept-Encoding"]);
    if (coding !== undefined) extra.push(["content-encoding", coding]);
    const type = fileTypeOf(file.path);
    const etag = `"${chosen.hash}"`;
    const { content } = chosen;
    if (content !== undefined)
      return createFileReply(
        method,
        headers,
        { ...chosen, type, etag, body: (start, length) => content.subarray(start, start + length), close: () => undefined },
        extra,
      );
    return openRegularFile(chosen.path).then((open) => {
      if (open === undefined) throw new GableError("E_FILE_NOT_FOUND", "A listed static file no longer exists.");
      if (open.version === chosen.version) return createFileReply(method, headers, toSendable(open, { ...chosen, type, etag }), extra);
      // The file was replaced: its list entry is outdated, and its hashed URL does not match its content.
      const { sizeBytes, modified } = open;
      const changed = extra.map(([name, value]) => [name, name === "cache-control" ? "public, no-cache" : value] as const);
      return createFileReply(method, headers, toSendable(open, { type, sizeBytes, modified, etag: toWeakTag(open) }), changed);
    });
  }

  async #answerLive(method: string, headers: HeaderReader, name: string, isFolder: boolean): Promise<StaticAnswer> {
    const open = await this.#open(name);
    if (open === undefined) {
      const index = isFolder || this.options.index !== true ? undefined : await this.#open(toIndexName(name));
      await index?.handle.close();
      return index === undefined ? undefined : "folder";
    }
    const etag = toWeakTag(open);
    return createFileReply(
      method,
      headers,
      toSendable(open, { type: fileTypeOf(name), sizeBytes: open.sizeBytes, modified: open.modified, etag }),
      [["cache-control", "public, no-cache"]],
    );
  }

  /** Opens the file of a name; undefined if there is no such file in the folder. */
  async #open(name: string): ReturnType<typeof openRegularFile> {
    const realPath = await this.#resolve(name);
    return realPath === undefined ? undefined : openRegularFile(realPath);
  }

  /** Returns the real path of a name if it is inside the folder. */
  async #resolve(name: string): Promise<string | undefined> {
    const [fs, paths] = await Promise.all([loadFileSystem(), loadPaths()]);
    const path = paths.join(this.#directory, ...name.split("/"));
    try {
      const real = await fs.realpath(path);
      if (real !== path && this.options.symlinks === "none") return undefined;
      // With the separator: "/srv/root-evil" is not inside "/srv/root".
      return real.startsWith(this.#directory + paths.sep) ? real : undefined;
    } catch {
      return undefined;
    }
  }

  async #readList(): Promise<void> {
    const names: string[] = [];
    await this.#walk("", names);
    let heldBytes = 0;
    for (const name of names) {
      const realPath = await this.#resolve(name);
      const open = realPath === undefined ? undefined : await openRegularFile(realPath);
      if (open === undefined) continue;
      const isHeld = open.sizeBytes <= contentBytesMax && heldBytes + open.sizeBytes <= contentBytesMaxAll;
      const { hash, content } = await readHash(open, isHeld);
      if (isHeld) heldBytes += open.sizeBytes;
      this.#files.set(name, {
        path: realPath!,
        sizeBytes: open.sizeBytes,
        modified: open.modified,
        modifiedText: toHttpDate(open.modified),
        version: open.version,
        hash,
        content,
        variants: new Map(),
      });
      this.#hashed.set(toHashedName(name, hash), name);
    }
    this.#attachVariants();
  }

  async #walk(folder: string, names: string[]): Promise<void> {
    const fs = await loadFileSystem();
    const path = folder === "" ? this.#directory : `${this.#directory}/${folder}`;
    for (const entry of await fs.readdir(path, { withFileTypes: true })) {
      if (isHiddenName(entry.name)) continue;
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) await this.#walk(name, names);
      else if (names.push(name) > filesMax)
        throw new GableError("E_STATIC_DIRECTORY", `The static directory "${this.options.directory}" has more than ${filesMax} files.`);
    }
  }

  /** `app.js.br` next to `app.js` is a variant of it, not a separate file. */
  #attachVariants(): void {
    for (const [name, file] of this.#files) {
      const suffix = Object.keys(codings).find((ending) => name.endsWith(ending));
      const plain = suffix === undefined ? undefined : this.#files.get(name.slice(0, -suffix.length));
      if (plain === undefined) continue;
      this.#files.delete(name);
      this.#hashed.delete(toHashedName(name, file.hash));
      if (file.modified >= plain.modified) plain.variants.set(codings[suffix!]!, file);
    }
  }
}

/** Returns the name of the index of a folder; the folder of all files is "". */
function toIndexName(folder: string): string {
  return folder === "" ? "index.html" : `${folder}/index.html`;
}

function toSendable(
  open: Pick<OpenFile, "handle" | "version">,
  facts: Pick<SendableFile, "type" | "sizeBytes" | "modified" | "etag">,
): SendableFile {
  return { ...facts, body: (start, length) => createFileBody(open, start, length), close: () => open.handle.close() };
}

/** Returns an ETag from size and time of a file whose content was not read. */
function toWeakTag({ sizeBytes, modified }: Pick<SendableFile, "sizeBytes" | "modified">): string {
  return `W/"${sizeBytes.toString(36)}-${Math.floor(modified.getTime()).toString(36)}"`;
}

/** Names that are never served: dot files, and leftovers of editors. */
function isHiddenName(name: string): boolean {
  return (name.startsWith(".") && name !== ".well-known") || name.endsWith("~");
}

function toHashedName(name: string, hash: string): string {
  const dot = name.lastIndexOf(".");
  return dot <= name.lastIndexOf("/") + 1 ? `${name}.${hash}` : `${name.slice(0, dot)}.${hash}${name.slice(dot)}`;
}

/** Returns the smallest variant that the client accepts; undefined for the plain one. */
function chooseVariant(file: ListedFile, headers: HeaderReader): string | undefined {
  const bySize = [...file.variants]
    .filter(([, variant]) => variant.sizeBytes < file.sizeBytes)
    .sort(([, first], [, second]) => first.sizeBytes - second.sizeBytes);
  const chosen = preferredEncoding(headers.get("accept-encoding"), [...bySize.map(([coding]) => coding), "identity"]);
  return chosen === "identity" ? undefined : chosen;
}

async function readHash(open: OpenFile, isKept: boolean): Promise<{ hash: string; content: Uint8Array | undefined }> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  const parts: Uint8Array[] = [];
  for await (const chunk of createFileBody(open, 0, open.sizeBytes).chunks()) {
    hash.update(chunk);
    if (isKept) parts.push(chunk);
  }
  return { hash: hash.digest("hex").slice(0, 12), content: isKept ? new Uint8Array(Buffer.concat(parts)) : undefined };
}
