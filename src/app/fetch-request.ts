/** Between web-standard requests and responses and our own messages. */
import { GableError } from "../errors/gable-error.ts";
import { parseAuthority, toAuthorityText } from "../http/authority.ts";
import { toPieceBytes } from "../http/body-piece.ts";
import { ChunkedBody, bodyUsed, emptyBody, joinChunks } from "../http/body.ts";
import type { BodySource } from "../http/body.ts";
import type { HeaderReader } from "../http/header-table.ts";
import { HeaderTable } from "../http/header-table.ts";
import { parseJsonBody } from "../http/json-body.ts";
import { standardMethods } from "../http/known-fields.ts";
import type { FileBody, RawRequest, RemotePeer, Reply, ReplyBody, RequestLimits, RequestListener } from "../http/message.ts";
import { isBodylessStatus, isFileBody } from "../http/message.ts";
import { assertPath } from "../http/path.ts";
import type { ErrorCode } from "../errors/catalogue.ts";
import type { ServerLimits } from "../server/limits.ts";
import { defaultLimits } from "../server/limits.ts";
import { refusalReply } from "../server/refusals.ts";
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

/** What a runtime offers to the requests that it passes to `app.fetch()`. */
export interface FetchRuntime {
  /** Keeps the runtime alive until work after the reply is done, as in workers. By default Gable assumes that the process lives on. */
  waitUntil?: (work: Promise<unknown>) => void;
  /** The client, as far as the runtime knows it. By default its address is "". */
  remote?: RemotePeer;
  /**
   * Called when a request opens a WebSocket, with a function that takes its connection: a duplex stream of Node, and the bytes after the
   * head. Ignore the response then. Without this option, WebSockets are refused with 501 (`E_SOCKET_UNSUPPORTED`).
   */
  onUpgrade?: (take: (connection: { readonly socket: object; readonly received: Uint8Array }) => void) => void;
}

/** The application, as far as answering web-standard requests needs it. */
export interface FetchedApplication {
  readonly options: { readonly limits?: ServerLimits };
  readonly listener: RequestListener;
  start(): Promise<void>;
}

/** Creates the function that answers web-standard requests. */
export function createFetch(
  app: FetchedApplication,
  table: { readonly methods: ReadonlySet<string> },
): (request: Request, runtime?: FetchRuntime) => Promise<Response> {
  return async (request, runtime) => {
    await app.start();
    let raw: RawRequest;
    try {
      raw = fromFetchRequest(request, { ...defaultLimits, ...app.options.limits }, table.methods, runtime);
    } catch (error) {
      if (!(error instanceof GableError)) throw error;
      // Errors of a message carry codes of the catalogue.
      return toResponse(refusalReply(error.code as ErrorCode), request.method);
    }
    const reply = await holdSmallFile(await app.listener(raw), request.method);
    return isTaken(reply, runtime) ? new Response(null) : toResponse(reply, request.method);
  };
}

/** Hands the connection of a request over to a reply that opens a WebSocket. Returns whether it did. */
function isTaken({ takeOver, headers, onSettled }: Reply, runtime: FetchRuntime | undefined): boolean {
  if (takeOver === undefined || runtime?.onUpgrade === undefined) return false;
  const table = headers instanceof HeaderTable ? headers : new HeaderTable(headers);
  runtime.onUpgrade((connection) => takeOver({ ...connection, headers: table }));
  onSettled?.();
  return true;
}

/** Makes our request of a web-standard one, with the same checks as the engine where they apply. */
export function fromFetchRequest(
  request: Request,
  limits: FetchLimits,
  extraMethods: ReadonlySet<string>,
  runtime: FetchRuntime = {},
): RawRequest {
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
  const raw = new FetchRawRequest(request, url, scheme, toAuthorityText(authority, scheme), limits);
  raw.waitUntil = runtime.waitUntil;
  if (runtime.remote !== undefined) raw.remote = runtime.remote;
  return raw;
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
  remote: RemotePeer = { address: "", port: 0 };
  readonly httpVersion = "1.1";
  readonly signal: AbortSignal;
  waitUntil: FetchRuntime["waitUntil"] = undefined;

  constructor(request: Request, url: URL, scheme: "http" | "https", authority: string, limits: FetchLimits) {
    this.method = request.method;
    this.scheme = scheme;
    this.authority = authority;
    this.path = url.pathname;
    this.queryString = url.search.slice(1);
    this.headers = new FetchHeaders(request.headers, authority);
    this.signal = request.signal;
    this.body =
      request.body === null
        ? emptyBody
        : new ChunkedBody(readStream(request.body, isMultipart(request)), readLength(request.headers), limits.bodyBytesMax);
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

function isMultipart({ headers }: Request): boolean {
  return /^multipart\/form-data\b/i.test(headers.get("content-type") ?? "");
}

/** How long a stream of a form may go on filling its queue before it is cancelled, in ms. */
const cancelAfterMs = 500;

/**
 * Reads a stream, and cancels it when the reader stops early. Node reads the files of a `FormData` ahead, and a cancel meanwhile is an
 * error that nobody can catch, which ends the process. With `isForm`, it is cancelled later, when Node has stopped.
 */
async function* readStream(stream: ReadableStream<Uint8Array>, isForm = false): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  let isDone = false;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
    isDone = true;
  } finally {
    if (isForm && !isDone) cancelLater(reader);
    else await reader.cancel().catch(() => undefined);
  }
}

function cancelLater(reader: ReadableStreamDefaultReader<Uint8Array>): void {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), cancelAfterMs);
  // Other runtimes return a number.
  if (typeof timer === "object") timer.unref();
}

/** Files up to this size are read before the response is made, in bytes. */
const heldFileBytesMax = 65_536;

/**
 * Reads a small file into the reply. Nobody tells us of a response that is dropped unread: its file would stay open
 * until the garbage collector finds it.
 */
async function holdSmallFile(reply: Reply, method: string): Promise<Reply> {
  const { body } = reply;
  if (!isFileBody(body) || method === "HEAD" || body.lengthBytes > heldFileBytesMax) return reply;
  const bytes = await joinChunks(body.chunks());
  // A file that shrank is sent as a stream would be: cut.
  if (bytes.length !== body.lengthBytes) throw new GableError("E_BODY_INCOMPLETE", "The file shrank while it was read.");
  return { ...reply, body: bytes };
}

/** Makes a web-standard response of a reply. A whole reply counts as sent then, a streamed one when it has been read. */
export function toResponse(reply: Reply, method: string): Response {
  if (reply.takeOver !== undefined) {
    reply.onSettled?.();
    return toResponse(refusalReply("E_SOCKET_UNSUPPORTED"), method);
  }
  const table = reply.headers instanceof HeaderTable ? reply.headers : new HeaderTable(reply.headers);
  const headers = new Headers([...table]);
  const { body, status } = reply;
  if (isBodylessStatus(status) || body === null || method === "HEAD") {
    if (!isBodylessStatus(status)) setLength(headers, body);
    if (isFileBody(body)) void body.close();
    reply.onSettled?.();
    return new Response(null, { status, headers });
  }
  setLength(headers, body);
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return new Response(toStream(body, reply.onSettled), { status, headers });
  reply.onSettled?.();
  // Response takes no bytes of a buffer that may be shared.
  return new Response(typeof body === "string" ? body : new Uint8Array(body), { status, headers });
}

function setLength(headers: Headers, body: ReplyBody): void {
  if (body === null) headers.set("content-length", "0");
  else if (typeof body === "string") headers.set("content-length", String(new TextEncoder().encode(body).length));
  else if (body instanceof Uint8Array) headers.set("content-length", String(body.length));
  else if (isFileBody(body)) headers.set("content-length", String(body.lengthBytes));
}

/** Closes the files of responses that nobody has read. */
const unreadFiles = new FinalizationRegistry<FileBody>((body) => void body.close());

/** A stream of a body. It calls `onSettled` when it has been read, has failed, or was cancelled, even before its first piece. */
function toStream(body: FileBody | AsyncIterable<string | Uint8Array>, onSettled: (() => void) | undefined): ReadableStream<Uint8Array> {
  const iterator = (isFileBody(body) ? body.chunks() : body)[Symbol.asyncIterator]();
  let leftBytes = isFileBody(body) ? body.lengthBytes : 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (done !== true) {
          const bytes = toPieceBytes(value);
          leftBytes -= bytes.length;
          return controller.enqueue(bytes);
        }
        if (isFileBody(body) && leftBytes > 0) controller.error(new TypeError("The file has changed while it was sent."));
        else controller.close();
      } catch (error) {
        controller.error(error);
      }
      onSettled?.();
    },
    async cancel() {
      try {
        await iterator.return?.();
        // A generator that has not begun never reaches its own end.
        if (isFileBody(body)) await body.close();
      } finally {
        onSettled?.();
      }
    },
  });
  if (isFileBody(body)) unreadFiles.register(stream, body);
  return stream;
}

/** Makes the web-standard request of a context; reading its body reads that of the connection. */
export function toFetchRequest(context: RequestContext): Request {
  const raw = context.ownRaw();
  const headers = new Headers();
  for (const [name, value] of raw.headers) headers.append(name, value);
  const hasBody = raw.body !== emptyBody && raw.method !== "GET" && raw.method !== "HEAD";
  const init: RequestInit & { duplex?: "half" } = { method: raw.method, headers, signal: raw.signal };
  if (hasBody) Object.assign(init, { body: lazyStream(raw.body), duplex: "half" });
  return withReaders(new Request(context.url, init));
}

/** A malformed body is an error of the client, so the reply is 400. The runtime would throw an error without a status, or guess. */
function withReaders(request: Request): Request {
  const clone = request.clone.bind(request);
  // A second read is a mistake of the program.
  const assertUnread = (): void => {
    if (request.bodyUsed || request.body?.locked === true) throw bodyUsed();
  };
  return Object.defineProperties(request, {
    clone: { value: () => withReaders(clone()) },
    json: {
      value: async () => {
        assertUnread();
        return parseJsonBody(new Uint8Array(await request.arrayBuffer()));
      },
    },
    formData: {
      value: async () => {
        assertUnread();
        const { readFormData } = await import("./fetch-form.ts");
        return readFormData(request.headers.get("content-type") ?? "", request.body === null ? noChunks() : readStream(request.body));
      },
    },
  });
}

async function* noChunks(): AsyncGenerator<Uint8Array> {}

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
