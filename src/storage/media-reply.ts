/** Answers requests for stored files: what people upload never runs on the pages of the site. */
import { toContentDisposition } from "../http/fields.ts";
import type { HeaderReader } from "../http/header-table.ts";
import type { FileBody } from "../http/message.ts";
import { createFileReply } from "../replies/file-reply.ts";
import { fromPlainReply } from "../replies/files.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import type { FileStore, StorageContent, StorageFile } from "./file-store.ts";
import { nameOfKey, toServedType } from "./served-type.ts";
import { storageMissing, storageUnavailable } from "./storage-errors.ts";

const policy = "sandbox; default-src 'none'";
/** A file can be replaced between the look at its facts and its opening. */
const openingsMax = 3;

/** A request for a stored file. */
export interface MediaRequest {
  readonly method: string;
  readonly headers: HeaderReader;
  readonly key: string;
  /** Whether shared caches may keep the reply. */
  readonly isPublic: boolean;
  /** Name to save the file under; `true` for that of the key, undefined to show the file. */
  readonly download: string | true | undefined;
}

/** Returns the reply with a stored file, with conditions and ranges. Throws `E_STORAGE_MISSING` and `E_STORAGE_UNAVAILABLE`. */
export async function replyWithMedia(store: FileStore, request: MediaRequest): Promise<HandlerReply> {
  for (let opening = 1; opening <= openingsMax; opening++) {
    const file = await store.find(request.key);
    if (file === undefined) throw storageMissing(request.key);
    const reply = await answerWith(store, file, request);
    if (reply !== undefined) return reply;
  }
  throw storageUnavailable(`read "${request.key}"`, "the file is replaced again and again");
}

/** Returns undefined when the file was replaced meanwhile. */
async function answerWith(store: FileStore, file: StorageFile, request: MediaRequest): Promise<HandlerReply | undefined> {
  const { type, isInline } = toServedType(file.type);
  const wanted: { span?: { readonly start: number; readonly lengthBytes: number } } = {};
  const plain = createFileReply(
    request.method,
    request.headers,
    {
      type,
      sizeBytes: file.bytes,
      modified: file.modified,
      etag: file.etag,
      body: (start, lengthBytes) => ((wanted.span = { start, lengthBytes }), null),
      close: () => undefined,
    },
    [
      ["x-content-type-options", "nosniff"],
      ["content-security-policy", policy],
      ["content-disposition", toDisposition(request, isInline)],
      ["cache-control", request.isPublic ? "public, no-cache" : "private, no-cache"],
    ],
  );
  if (wanted.span === undefined) return fromPlainReply(plain);
  const { start, lengthBytes } = wanted.span;
  if (request.method === "HEAD" || lengthBytes === 0) return fromPlainReply({ ...plain, body: createEmptyBody(lengthBytes) });
  const content = await store.read(request.key, { range: { start, end: start + lengthBytes - 1 } });
  if (content.etag === file.etag) return fromPlainReply({ ...plain, body: toFileBody(content, lengthBytes) });
  await content.close();
  return undefined;
}

function toDisposition({ key, download }: MediaRequest, isInline: boolean): string {
  if (download === undefined && isInline) return "inline";
  return toContentDisposition("attachment", typeof download === "string" ? download : nameOfKey(key));
}

function toFileBody(content: StorageContent, lengthBytes: number): FileBody {
  return { kind: "file", lengthBytes, chunks: () => content.stream(), close: () => content.close() };
}

/** The reply to HEAD tells the length of what GET would send. */
function createEmptyBody(lengthBytes: number): FileBody {
  async function* chunks(): AsyncGenerator<Uint8Array> {}
  return { kind: "file", lengthBytes, chunks, close: () => undefined };
}
