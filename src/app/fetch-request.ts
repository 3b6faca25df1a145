/** Between web-standard requests and responses and our own messages. */
import { GableError } from "../errors/gable-error.ts";
import { parseAuthority, toAuthorityText } from "../http/authority.ts";
import { ChunkedBody, emptyBody, joinChunks } from "../http/body.ts";
import type { BodySource } from "../http/body.ts";
import type { HeaderReader } from "../http/header-table.ts";
import { HeaderTable } from "../http/header-table.ts";
import { standardMethods } from "../http/known-fields.ts";
import type { RawRequest, Reply, RequestLimits } from "../http/message.ts";
import { isBodylessStatus, isFileBody } from "../http/message.ts";
import { assertPath } from "../http/path.ts";
import type { RequestContext } from "./request-context.ts";

/** Limits of requests that come by app.fetch. */
export interface FetchLimits {
  readonly bodyBytesMax: number;
  readonly targetBytesMax: number;
  readonly fieldCountMax: number;
}

/** Header fields of a web-standard request. */
class FetchHeaders implements HeaderReader {
  readonly #headers: Headers;
  readonly #host: string;

  constructor(headers: Headers, host: string) {
    this.#headers = headers;
    this.#host = host;
  }

  get(name: string): string | null {
    if (name.includes("_")) return null;
    return this.#headers.get(name) ?? (name.toLowerCase() === "host" ? this.#host : null);
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }

  all(name: string): string[] {
    const value = this.get(name);
    return value === null ? [] : [value];
  }

  *[Symbol.iterator](): IterableIterator<[string, string]> {
    if (!this.#headers.has("host")) yield ["host", this.#host];
    for (const [name, value] of this.#headers) if (!name.includes("_")) yield [name, value];
  }
}

/** Makes our request of a web-standard one, with the same checks as the engine where they apply. */
export function fromFetchRequest(request: Request, limits: FetchLimits, extraMethods: ReadonlySet<string>): RawRequest {
  const url = new URL(request.url);
  const target = url.pathname + url.search;
  const scheme = url.protocol === "https:" ? "https" : "http";
  if (target.length > limits.targetBytesMax)
    throw new GableError("E_TARGET_TOO_LONG", `The address has more than ${limits.targetBytesMax} bytes.`);
  assertPath(url.pathname);
  assertMethod(request.method, extraMethods);
  let fieldCount = 0;
  for (const _ of request.headers)
    if (++fieldCount > limits.fieldCountMax)
      throw new GableError("E_HEAD_TOO_LARGE", `The request has more than ${limits.fieldCountMax} fields.`);
  const authority = parseAuthority(request.headers.get("host") ?? url.host);
  if (authority === undefined) throw new GableError("E_HOST_MALFORMED", "The Host of the request is malformed.");
  return new FetchRawRequest(request, url, scheme, toAuthorityText(authority, scheme), limits);
}

function assertMethod(method: string, extraMethods: ReadonlySet<string>): void {
  if (method === "TRACE") throw new GableError("E_METHOD_TRACE", "TRACE is not allowed.");
  if (!standardMethods.has(method) && !extraMethods.has(method)) throw new GableError("E_METHOD_UNKNOWN", "The method is not known.");
}

class FetchRawRequest implements RawRequest {
  readonly method: string;
  readonly scheme: "http" | "https";
  readonly authority: string;
  readonly path: string;
  readonly queryString: string;
  readonly headers: HeaderReader;
  readonly body: BodySource;
  readonly remote = { address: "", port: 0 };
  readonly httpVersion = "1.1";
  readonly signal: AbortSignal;

  constructor(request: Request, url: URL, scheme: "http" | "https", authority: string, limits: FetchLimits) {
    this.method = request.method;
    this.scheme = scheme;
    this.authority = authority;
    this.path = url.pathname;
    this.queryString = url.search.slice(1);
    this.headers = new FetchHeaders(request.headers, authority);
    this.signal = request.signal;
    this.body =
      request.body === null ? emptyBody : new ChunkedBody(readStream(request.body), readLength(request.headers), limits.bodyBytesMax);
  }

  applyLimits(limits: RequestLimits): void {
    if (limits.bodyBytesMax !== undefined && this.body instanceof ChunkedBody) this.body.limit(limits.bodyBytesMax);
  }
}

function readLength(headers: Headers): number | undefined {
  const length = headers.get("content-length");
  if (length === null) return undefined;
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(length)) throw new GableError("E_CONTENT_LENGTH_MALFORMED", "The Content-Length is malformed.");
  return Number(length);
}

async function* readStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Files up to this size are read before the response is made, in bytes. */
const heldFileBytesMax = 65_536;

/**
 * Reads a small file into the reply. Nobody tells us of a response that is dropped unread: its file would stay open
 * until the garbage collector finds it.
 */
export async function holdSmallFile(reply: Reply, method: string): Promise<Reply> {
  const { body } = reply;
  if (!isFileBody(body) || method === "HEAD" || body.lengthBytes > heldFileBytesMax) return reply;
  const bytes = await joinChunks(body.chunks());
  // A file that shrank is sent as a stream would be: cut.
  if (bytes.length !== body.lengthBytes) throw new GableError("E_BODY_INCOMPLETE", "The file shrank while it was read.");
  return { ...reply, body: bytes };
}

/** Makes a web-standard response of a reply. */
export function toResponse(reply: Reply, method: string): Response {
  const table = reply.headers instanceof HeaderTable ? reply.headers : new HeaderTable(reply.headers);
  const headers = new Headers([...table]);
  const { body, status } = reply;
  if (isBodylessStatus(status) || body === null || method === "HEAD") {
    if (isFileBody(body)) {
      headers.set("content-length", String(body.lengthBytes));
      void body.close();
    } else if (body !== null && !isBodylessStatus(status)) setLength(headers, body);
    else if (body === null && !isBodylessStatus(status)) headers.set("content-length", "0");
    return new Response(null, { status, headers });
  }
  if (isFileBody(body)) headers.set("content-length", String(body.lengthBytes));
  else setLength(headers, body);
  const content =
    typeof body === "string" ? body : body instanceof Uint8Array ? new Uint8Array(body) : toStream(isFileBody(body) ? body.chunks() : body);
  return new Response(content, { status, headers });
}

function setLength(headers: Headers, body: string | Uint8Array | AsyncIterable<unknown>): void {
  if (typeof body === "string") headers.set("content-length", String(new TextEncoder().encode(body).length));
  else if (body instanceof Uint8Array) headers.set("content-length", String(body.length));
}

function toStream(chunks: AsyncIterable<string | Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done === true) controller.close();
      else controller.enqueue(typeof value === "string" ? encoder.encode(value) : value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}

/** Makes the web-standard request of a context; reading its body reads that of the connection. */
export function toFetchRequest(context: RequestContext): Request {
  const { raw } = context;
  const headers = new Headers();
  for (const [name, value] of raw.headers) headers.append(name, value);
  const hasBody = raw.body !== emptyBody && raw.method !== "GET" && raw.method !== "HEAD";
  const init: RequestInit & { duplex?: "half" } = { method: raw.method, headers, signal: raw.signal };
  if (hasBody) Object.assign(init, { body: lazyStream(raw.body), duplex: "half" });
  return new Request(context.url, init);
}

/** A stream that touches the body when it is read for the first time: a second reader gets `E_BODY_USED`. */
function lazyStream(body: BodySource): ReadableStream<Uint8Array> {
  let iterator: AsyncIterator<Uint8Array> | undefined;
  return new ReadableStream(
    {
      async pull(controller) {
        iterator ??= body.chunks()[Symbol.asyncIterator]();
        const { done, value } = await iterator.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator?.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
