/** Implements file() and download(): replies with files from disk. */
import { assertKinds, assertKnownOptions, describeValue, optionInvalid } from "../errors/option-errors.ts";
import { GableError } from "../errors/gable-error.ts";
import { createFileBody, openRegularFile } from "./disk-file.ts";
import type { PlainReply, SendableFile } from "./file-reply.ts";
import { createFileReply } from "./file-reply.ts";
import { fileTypeOf } from "../http/file-types.ts";
import { loadFileSystem, loadPaths } from "./node-modules.ts";
import type { HeaderReader } from "../http/header-table.ts";
import { HandlerReply } from "./handler-reply.ts";
import { withDisposition } from "./replies.ts";

/** Options for sending a file. */
export interface FileOptions {
  /** Folder that the path is relative to and cannot leave. Required. */
  root: string;
  /** Media type. By default that of the extension. */
  type?: string;
  /** Header fields to add. None by default. */
  headers?: ReadonlyArray<readonly [string, string]>;
}

/** Options for sending a file as a download. */
export interface DownloadOptions extends FileOptions {
  /** File name for the download. By default, the name of the file. */
  name?: string;
}

/** A reply with a file: conditions and ranges are decided when the request is known. */
export class FileHandlerReply extends HandlerReply {
  readonly #file: SendableFile;

  /** @internal Created by {@link file}. */
  constructor(sendable: SendableFile, headers: FileOptions["headers"]) {
    super(200, sendable.type, null, headers);
    this.#file = sendable;
  }

  /** @internal Returns the reply for a request. */
  resolve(method: string, requestHeaders: HeaderReader): HandlerReply {
    return fromPlainReply(createFileReply(method, requestHeaders, this.#file, this.hasHeaders ? [...this.headers] : []));
  }
}

/**
 * Replies with a file below a folder, including conditions and ranges. A path that leaves the folder, does not exist or
 * does not name a regular file is `E_FILE_NOT_FOUND` (404). Throws `E_FILE_ROOT_MISSING` without a root.
 * @example
 * get("/covers/:name", ({ params }) => file(params.name, { root: "var/covers" }));
 */
export async function file(path: string, options: FileOptions): Promise<HandlerReply> {
  if (typeof options?.root !== "string" || options.root === "")
    throw new GableError("E_FILE_ROOT_MISSING", `file(${describeValue(path)}) was called without a root.`);
  if (typeof path !== "string") throw optionInvalid("file()", "path", path, "a path below the root, as a string");
  assertKnownOptions("file()", options, { root: true, type: "string", headers: "list" });
  const realPath = await resolveInside(options.root, path);
  const open = realPath === undefined ? undefined : await openRegularFile(realPath);
  if (open === undefined) throw new GableError("E_FILE_NOT_FOUND", "There is no such file.");
  const { handle, sizeBytes, modified } = open;
  return new FileHandlerReply(
    {
      type: options.type ?? fileTypeOf(path),
      sizeBytes,
      modified,
      etag: `W/"${sizeBytes.toString(36)}-${Math.floor(modified.getTime()).toString(36)}"`,
      body: (start, length) => createFileBody(open, start, length),
      close: () => handle.close(),
    },
    options.headers,
  );
}

/** Like {@link file}, as a download with a file name. */
export async function download(path: string, options: DownloadOptions): Promise<HandlerReply> {
  assertKinds("download()", options, { name: "string" });
  const { name = path.split("/").at(-1)!, ...rest } = options;
  return withDisposition(await file(path, rest), "attachment", name);
}

/** Converts the reply of a file to the reply of a handler. */
export function fromPlainReply(plain: PlainReply): HandlerReply {
  return new HandlerReply(plain.status, plain.contentType, plain.body, plain.headers);
}

async function resolveInside(root: string, path: string): Promise<string | undefined> {
  const [fs, paths] = await Promise.all([loadFileSystem(), loadPaths()]);
  if (path.includes("\0")) return undefined;
  try {
    const realRoot = await fs.realpath(root);
    const real = await fs.realpath(paths.resolve(realRoot, path));
    return real.startsWith(realRoot + paths.sep) ? real : undefined;
  } catch {
    return undefined;
  }
}
