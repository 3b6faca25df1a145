/** A store in a bucket of S3, or of a service with the same protocol. */
import { randomUUID } from "node:crypto";
import { toContentDisposition } from "../../http/fields.ts";
import type {
  FileStore,
  PutOptions,
  ReadOptions,
  StorageContent,
  StorageFile,
  StorageRange,
  StorageSource,
  UrlOptions,
} from "../file-store.ts";
import { nameOfKey, toServedType } from "../served-type.ts";
import { toSpan } from "../storage-content.ts";
import { storageMissing, storageUnavailable } from "../storage-errors.ts";
import type { S3Reply } from "./s3-client.ts";
import { readElement, S3Client, S3Failure, toFailure } from "./s3-client.ts";
import type { S3StorageOptions } from "./s3-options.ts";
import { toPlace } from "./s3-options.ts";
import type { S3Part } from "./s3-parts.ts";
import { toParts } from "./s3-parts.ts";

/** How large files are sent. */
export interface S3Sizes {
  readonly partBytes: number;
  readonly partsMax: number;
}

/** The limits of the protocol are 5 MiB for all parts but the last, and this number of parts. */
const sizes: S3Sizes = { partBytes: 8_388_608, partsMax: 10_000 };
/** The media type that `put()` got, where the service has another one: what people upload must not run in browsers. */
const typeHeader = "x-amz-meta-gable-type";
/** Which upload made a file. */
const uploadHeader = "x-amz-meta-gable-upload";

/**
 * Creates a store in a bucket of S3 or of a compatible service. It needs the package `aws4`. Throws `E_OPTION_INVALID` and
 * `E_OPTION_UNKNOWN`; the start throws `E_STORAGE_PACKAGE`, and `E_STORAGE_UNAVAILABLE` for a bucket that cannot be used.
 *
 * @example
 * s3Storage({ bucket: "site-media", region: "eu-central-1", credentials: { accessKeyId, secretAccessKey } });
 */
export function s3Storage(options: S3StorageOptions): FileStore {
  return new S3Store(options);
}

/** @internal Files in a bucket. */
export class S3Store implements FileStore {
  readonly origin: string;
  readonly #bucket: string;
  readonly #client: S3Client;
  readonly #sizes: S3Sizes;

  constructor(options: S3StorageOptions, ofTest: S3Sizes = sizes) {
    const place = toPlace(options);
    this.origin = place.publicOrigin;
    this.#bucket = place.bucket;
    this.#client = new S3Client(place);
    this.#sizes = ofTest;
  }

  async start(): Promise<void> {
    await this.#client.send(`use the bucket "${this.#bucket}"`, { method: "HEAD" }, async (reply) => {
      if (!reply.ok) throw await toFailure(reply);
    });
  }

  async put(key: string, source: StorageSource, { type }: PutOptions): Promise<void> {
    const parts = toParts(source, this.#sizes.partBytes);
    try {
      const first: S3Part = (await parts.next()).value; // There is always a last part.
      if (!first.isLast) return await this.#putParts(key, first, parts, type);
      await this.#client.send(`store "${key}"`, { method: "PUT", key, headers: toHeaders(key, type), body: first.bytes }, expectOk);
    } finally {
      await parts.return(undefined);
    }
  }

  async read(key: string, { range }: ReadOptions = {}): Promise<StorageContent> {
    // Checks the shape of the range; the service knows the size.
    toSpan(range, Infinity);
    const action = `read "${key}"`;
    const headers: Record<string, string> = range === undefined ? {} : { range: `bytes=${range.start}-${range.end}` };
    const content = await this.#client.send<StorageContent | undefined>(action, { method: "GET", key, headers }, async (reply) => {
      if (reply.status === 416) {
        reply.close();
        return undefined;
      }
      if (!reply.ok) throw await toMissing(key, reply);
      return toContent(key, action, reply, range);
    });
    if (content !== undefined) return content;
    const file = await this.find(key);
    if (file === undefined) throw storageMissing(key);
    toSpan(range, file.bytes);
    throw storageUnavailable(action, new S3Failure("the service refused the range"));
  }

  async find(key: string): Promise<StorageFile | undefined> {
    return this.#client.send(`find "${key}"`, { method: "HEAD", key }, (reply) => {
      reply.close();
      return reply.status === 404 ? undefined : toFile(key, reply, readLength(reply));
    });
  }

  async delete(key: string): Promise<void> {
    await this.#client.send(`delete "${key}"`, { method: "DELETE", key }, async (reply) => {
      if (reply.ok) await reply.text();
      else {
        const failure = await toFailure(reply);
        if (failure.code !== "" && failure.code !== "NoSuchKey") throw failure;
      }
    });
  }

  url(key: string, { ttlSeconds = 3_600, download = false }: UrlOptions): string {
    const name = download === true ? nameOfKey(key) : download;
    const query: Record<string, string> =
      name === false ? {} : { "response-content-disposition": toContentDisposition("attachment", name) };
    return this.#client.presign({ method: "GET", key, query }, ttlSeconds);
  }

  async #putParts(key: string, first: S3Part, rest: AsyncIterable<S3Part>, type: string): Promise<void> {
    const action = `store "${key}"`;
    const mark = randomUUID();
    const start = { method: "POST", key, query: { uploads: "" }, headers: { ...toHeaders(key, type), [uploadHeader]: mark } } as const;
    const uploadId = await this.#client.send(action, start, async (reply) => {
      const id = reply.ok ? readElement(await reply.text(), "UploadId") : undefined;
      return id ?? Promise.reject(reply.ok ? new S3Failure("the service sent no id of the upload") : await toFailure(reply));
    });
    try {
      const tags = [await this.#putPart(key, uploadId, 1, first)];
      for await (const part of rest) {
        if (tags.length === this.#sizes.partsMax)
          throw storageUnavailable(
            action,
            new S3Failure(`it has more than ${this.#sizes.partsMax} parts of ${this.#sizes.partBytes} bytes`),
          );
        tags.push(await this.#putPart(key, uploadId, tags.length + 1, part));
      }
      await this.#complete(key, uploadId, tags, mark);
    } catch (error) {
      // What cannot be aborted now, the service removes by a rule of the bucket. The first error is the one to report.
      await this.#client.send(action, { method: "DELETE", key, query: { uploadId } }, (reply) => reply.close()).catch(() => undefined);
      throw error;
    }
  }

  async #putPart(key: string, uploadId: string, partNumber: number, { bytes }: S3Part): Promise<string> {
    const query = { partNumber: String(partNumber), uploadId };
    return this.#client.send(`store "${key}"`, { method: "PUT", key, query, body: bytes }, async (reply) => {
      await expectOk(reply);
      return readTag(reply);
    });
  }

  async #complete(key: string, uploadId: string, tags: readonly string[], mark: string): Promise<void> {
    const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
    const parts = tags.map((tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escape(tag)}</ETag></Part>`);
    const body = `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join("")}</CompleteMultipartUpload>`;
    const headers = { "content-type": "application/xml" };
    try {
      await this.#client.send(`store "${key}"`, { method: "POST", key, query: { uploadId }, headers, body }, async (reply) => {
        if (!reply.ok) throw await toFailure(reply);
        // The service answers 200 before it knows the outcome, to keep the connection open.
        const xml = await reply.text();
        if (xml.includes("<CompleteMultipartUploadResult")) return;
        const code = readElement(xml, "Code") ?? "no result";
        throw new S3Failure(`the service answered 200 ${code}`, { code, isTemporary: true });
      });
    } catch (error) {
      // The reply to a try that succeeded may have been lost.
      const stored = await this.#client
        .send(`find "${key}"`, { method: "HEAD", key }, (reply) => (reply.close(), reply.headers.get(uploadHeader)))
        .catch(() => null);
      if (stored !== mark) throw error;
    }
  }
}

/** What the service tells browsers is what `/media` would tell them. */
function toHeaders(key: string, type: string): Record<string, string> {
  const served = toServedType(type);
  return {
    "content-type": served.type,
    ...(served.type !== type && { [typeHeader]: encodeURIComponent(type) }),
    ...(!served.isInline && { "content-disposition": toContentDisposition("attachment", nameOfKey(key)) }),
  };
}

async function expectOk(reply: S3Reply): Promise<void> {
  if (!reply.ok) throw await toFailure(reply);
  await reply.text();
}

async function toMissing(key: string, reply: S3Reply): Promise<Error> {
  const failure = await toFailure(reply);
  return failure.code === "" || failure.code === "NoSuchKey" ? storageMissing(key) : failure;
}

function toContent(key: string, action: string, reply: S3Reply, range: StorageRange | undefined): StorageContent {
  const length = readLength(reply);
  const { bytes, wanted } = range === undefined ? { bytes: length, wanted: length } : readRange(reply, range, length);
  async function* stream(): AsyncGenerator<Uint8Array> {
    let rest = wanted;
    try {
      for await (const chunk of reply.chunks()) {
        yield chunk.subarray(0, rest);
        rest -= Math.min(chunk.length, rest);
        if (rest === 0 && wanted < length) return;
      }
    } catch (error) {
      throw storageUnavailable(action, error);
    }
  }
  return { ...toFile(key, reply, bytes), stream, close: async () => reply.close() };
}

/**
 * Returns the size of the file and the number of bytes to read of a reply to a range. A service may send more bytes than it was
 * asked for (RFC 9110 section 15.3.7.1); every other range fails.
 */
function readRange({ status, headers }: S3Reply, { start, end }: StorageRange, length: number): { bytes: number; wanted: number } {
  const [, from, to, size] = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(headers.get("content-range") ?? "") ?? [];
  const last = Math.min(end, Number(size) - 1);
  if (status !== 206 || Number(from) !== start || !(Number(to) >= last) || length !== Number(to) - start + 1)
    throw new S3Failure("the service sent another range than the one that was asked for");
  return { bytes: Number(size), wanted: last - start + 1 };
}

function toFile(key: string, reply: S3Reply, bytes: number): StorageFile {
  const { headers } = reply;
  const type = headers.get(typeHeader);
  const modified = new Date(headers.get("last-modified") ?? Number.NaN);
  if (Number.isNaN(modified.getTime())) throw new S3Failure("the service sent no time of the file");
  return {
    key,
    bytes,
    type: type === null ? (headers.get("content-type") ?? "application/octet-stream") : decodeURIComponent(type),
    modified,
    etag: readTag(reply),
  };
}

function readLength({ headers }: S3Reply): number {
  const length = headers.get("content-length");
  if (length === null || !/^\d{1,15}$/.test(length)) throw new S3Failure("the service sent no length");
  return Number(length);
}

function readTag({ headers }: S3Reply): string {
  const tag = headers.get("etag");
  if (tag === null || !/^"[\x21\x23-\x7e]+"$/.test(tag)) throw new S3Failure("the service sent no strong entity tag");
  return tag;
}
