/** Sends signed requests to S3: each is tried three times, and its reply is read with a limit of time. */
import { toErrorText } from "../../errors/error-text.ts";
import { isGableError } from "../../errors/gable-error.ts";
import { storageUnavailable } from "../storage-errors.ts";
import type { Aws4 } from "./load-package.ts";
import { loadAws4 } from "./load-package.ts";
import type { S3Place } from "./s3-options.ts";

/** A request about a key; without one it is about the bucket. */
export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** The reply to a request. `ok` says whether its status is 2xx. */
export interface S3Reply {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  /** Reads the body, which must have the length of the header. */
  chunks(): AsyncGenerator<Uint8Array>;
  /** Reads a body that is a short text. */
  text(): Promise<string>;
  /** Leaves the rest of the body. */
  close(): void;
}

/** An answer that is not the one that was asked for. */
export class S3Failure extends Error {
  readonly code: string;
  readonly isTemporary: boolean;

  constructor(message: string, { code = "", isTemporary = false }: { readonly code?: string; readonly isTemporary?: boolean } = {}) {
    super(message);
    this.code = code;
    this.isTemporary = isTemporary;
  }
}

const triesMax = 3;
const firstDelayMs = 100;
const textBytesMax = 65_536;

/** Requests to one bucket. */
export class S3Client {
  readonly #place: S3Place;
  #aws4: Aws4 | undefined;

  constructor(place: S3Place) {
    this.#place = place;
  }

  /** Loads what signs. Throws `E_STORAGE_PACKAGE`. */
  async load(): Promise<Aws4> {
    return (this.#aws4 ??= await loadAws4());
  }

  /**
   * Sends a request and returns what `use` makes of the reply. Both are done again after a failure that may pass. `use` closes the
   * reply or reads it to its end; what it throws fails the try. Throws `E_STORAGE_UNAVAILABLE` and the errors of Gable of `use`.
   */
  async send<Result>(action: string, request: S3Request, use: (reply: S3Reply) => Result | Promise<Result>): Promise<Result> {
    await this.load();
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#try(request, use);
      } catch (error) {
        if (isGableError(error)) throw error;
        if (attempt === triesMax || (error instanceof S3Failure && !error.isTemporary)) throw storageUnavailable(action, toReason(error));
        // At random: processes that failed together do not come back together.
        const delayMs = firstDelayMs * 4 ** (attempt - 1) * (0.5 + Math.random());
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
    }
  }

  /** Returns an address that works without credentials for some seconds. Throws `E_STORAGE_UNAVAILABLE` before the first use. */
  presign({ method, key, query, headers }: S3Request, ttlSeconds: number): string {
    if (this.#aws4 === undefined) throw storageUnavailable(`make an address for "${key}"`, new S3Failure("call start() first"));
    const path = toPath(this.#place.root, key, { ...query, "X-Amz-Expires": String(ttlSeconds) });
    const { publicOrigin } = this.#place;
    const signed = this.#aws4.sign({ ...this.#target(publicOrigin), method, path, headers: { ...headers }, signQuery: true }, this.#keys());
    return publicOrigin + signed.path;
  }

  #target(origin: string): { readonly host: string; readonly service: "s3"; readonly region: string } {
    return { host: new URL(origin).host, service: "s3", region: this.#place.region };
  }

  /** A copy: nobody else holds the object that is signed with. */
  #keys(): { accessKeyId: string; secretAccessKey: string; sessionToken?: string } {
    return { ...this.#place.credentials() };
  }

  async #try<Result>(request: S3Request, use: (reply: S3Reply) => Result | Promise<Result>): Promise<Result> {
    const { method, key, query, headers, body } = request;
    const { origin, root, timeoutMs } = this.#place;
    const path = toPath(root, key, query);
    // The type of aws4 knows strings only; the package hashes bytes, too.
    const hashed = (body ?? "") as string;
    const signed = this.#aws4!.sign({ ...this.#target(origin), method, path, headers: { ...headers }, body: hashed }, this.#keys());
    // The client of HTTP sets these two itself, to the values that were signed.
    const { Host: _host, "Content-Length": _length, ...rest } = signed.headers as Record<string, string>;
    const controller = new AbortController();
    const limit = <Value>(work: Promise<Value>): Promise<Value> => withLimit(work, timeoutMs, controller);
    const response = await limit(
      fetch(origin + path, {
        method,
        headers: { ...rest, "accept-encoding": "identity" },
        redirect: "manual",
        signal: controller.signal,
        ...(body !== undefined && { body: body as Uint8Array<ArrayBuffer> | string }), // Never shared memory: the parts are copies.
      }),
    );
    const reply = toReply(response, controller, limit);
    try {
      if (!reply.ok && reply.status !== 404 && reply.status !== 416) throw await toFailure(reply, this.#place.region);
      return await use(reply);
    } catch (error) {
      reply.close();
      throw error;
    }
  }
}

/** Fails after some milliseconds, and ends the request then. */
async function withLimit<Value>(work: Promise<Value>, timeoutMs: number, controller: AbortController): Promise<Value> {
  const timer = setTimeout(() => controller.abort(new S3Failure(`no answer within ${timeoutMs} ms`, { isTemporary: true })), timeoutMs);
  try {
    return await work;
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

function toReply(response: Response, controller: AbortController, limit: <Value>(work: Promise<Value>) => Promise<Value>): S3Reply {
  const { ok, status, headers } = response;
  const close = (): void => controller.abort(new S3Failure("the reply was closed"));
  async function* chunks(): AsyncGenerator<Uint8Array> {
    // Not taken out of the response before: fetch cancels the body of a response that was collected as garbage.
    const reader = response.body?.getReader();
    try {
      const length = headers.get("content-length");
      let bytes = 0;
      for (;;) {
        const piece = await limit(reader?.read() ?? Promise.resolve({ done: true, value: undefined } as const));
        if (piece.done) break;
        bytes += piece.value.length;
        yield piece.value;
      }
      if (length !== null && bytes !== Number(length))
        throw new S3Failure(`the body has ${bytes} of ${length} bytes`, { isTemporary: true });
    } finally {
      // Does nothing after the end of the body.
      close();
    }
  }
  async function text(): Promise<string> {
    let whole = "";
    const decoder = new TextDecoder();
    for await (const piece of chunks()) {
      whole += decoder.decode(piece, { stream: true });
      if (whole.length > textBytesMax) throw new S3Failure(`the body is longer than ${textBytesMax} bytes`);
    }
    return whole;
  }
  return { ok, status, headers, chunks, text, close };
}

/** Returns the failure that a reply tells. The message of the service may quote the request, so that its code must do. */
export async function toFailure(reply: S3Reply, region?: string): Promise<S3Failure> {
  const code = readElement(await reply.text().catch(() => ""), "Code") ?? "";
  const bucketRegion = reply.headers.get("x-amz-bucket-region");
  const hint =
    bucketRegion !== null && region !== undefined && bucketRegion !== region ? `; the bucket is in the region "${bucketRegion}"` : "";
  const isTemporary = reply.status >= 500 || reply.status === 429 || reply.status === 408;
  return new S3Failure(`the service answered ${reply.status}${code === "" ? "" : ` ${code}`}${hint}`, { code, isTemporary });
}

/** Returns the text of the first XML element of a name. The names, codes and ids of S3 have no other elements inside. */
export function readElement(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]{1,2000})</${name}>`).exec(xml)?.[1];
  const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text?.replace(/&(lt|gt|quot|apos|amp);/g, (_whole, entity: string) => entities[entity]!);
}

function toPath(root: string, key: string | undefined, query: Readonly<Record<string, string>> = {}): string {
  const path = key === undefined ? root || "/" : `${root}/${key.split("/").map(encode).join("/")}`;
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`;
}

/** As signatures need it: everything but letters, digits and `-._~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The error of fetch says only that it failed; its cause says why. */
function toReason(error: unknown): Error {
  const reason = error instanceof TypeError && error.cause !== undefined ? error.cause : error;
  return reason instanceof Error && reason.message !== "" ? reason : new S3Failure(toErrorText(error));
}
