/**
 * The same listener on node:http: for odd platforms, for embedding, and as an independent opinion in tests.
 *
 * Node's parser accepts more than ours, so what it gives is written down again as a head and goes through our
 * own parser: one set of rules decides on both.
 */
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { assertKnownOptions } from "../errors/option-errors.ts";
import type { ErrorCode } from "../errors/catalogue.ts";
import { catalogue, isErrorCode } from "../errors/catalogue.ts";
import { GableError, isGableError } from "../errors/gable-error.ts";
import { ChunkedBody, emptyBody } from "../http/body.ts";
import { toPieceBytes } from "../http/body-piece.ts";
import type { BodySource } from "../http/body.ts";
import { standardMethods } from "../http/known-fields.ts";
import type { RawRequest, RemotePeer, Reply, RequestLimits, RequestListener } from "../http/message.ts";
import { isBodylessStatus, isFileBody } from "../http/message.ts";
import { AbortableRequest } from "./abortable-request.ts";
import type { EngineOptions } from "./engine.ts";
import type { FieldBlock } from "./field-block.ts";
import { HeadParser } from "./head-parser.ts";
import type { ServerLimits } from "./limits.ts";
import { resolveLimits } from "./limits.ts";
import { readNodeBody, toTrailers } from "./node-body.ts";
import { publishRefusal } from "./refusal-events.ts";
import { refusalReply } from "./refusals.ts";
import { giveUpReply } from "./reply-body.ts";
import { toHeaderTable } from "./reply-head.ts";
import { handOver, isWebSocketUpgrade, toResponse } from "./node-upgrade.ts";
import type { RequestLine } from "./request-line.ts";

/** A server on node:http with the interface of the engine. */
export class NodeServer {
  readonly server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #active = new Set<NodeRequest>();

  constructor(listener: RequestListener, options: EngineOptions) {
    const { limits, https } = options;
    const handle = createNodeHandler(listener, options, this.#active);
    const settings = {
      maxHeaderSize: limits.headBytesMax,
      headersTimeout: limits.headMs,
      // Whole bodies have their time in readNodeBody(), by the limits of their route.
      requestTimeout: 0,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: 1000,
      insecureHTTPParser: false,
      // Older releases of Node do not know it: they give all upgrades to the listener of "upgrade".
      shouldUpgradeCallback: (incoming: IncomingMessage) => isWebSocketUpgrade(incoming.headers),
    };
    this.server =
      https === undefined ? createServer(settings, handle) : createTlsServer({ ...settings, ...https, minVersion: "TLSv1.2" }, handle);
    this.server.maxHeadersCount = 0;
    this.server.maxRequestsPerSocket = limits.requestsPerConnectionMax;
    this.server.on("checkContinue", handle);
    this.server.on("checkExpectation", (_request: IncomingMessage, response: ServerResponse) =>
      refuse(response, "E_EXPECTATION_UNKNOWN", limits),
    );
    this.server.on("upgrade", (incoming: IncomingMessage, socket: Socket, head: Buffer) =>
      handle(incoming, toResponse(incoming, socket, head)),
    );
    this.server.on("connect", (_request: IncomingMessage, socket: Socket) => endWith(socket, "E_METHOD_CONNECT"));
    this.server.on("clientError", (error: ParserError, socket: Socket) =>
      error.code === "HPE_INVALID_EOF_STATE" ? this.#endAfterReplies(socket) : endWith(socket, toRefusalCode(error), error.rawPacket),
    );
    // Not in the types: without it, node:http takes the end of the client's side for the end of the connection.
    (this.server as { httpAllowHalfOpen?: boolean }).httpAllowHalfOpen = true;
    this.server.on(https === undefined ? "connection" : "secureConnection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("end", () => this.#limitHalfClosed(socket, limits.halfCloseMs));
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Number of open connections. */
  get connectionCount(): number {
    return this.#sockets.size;
  }

  /** The client ended inside a message: what was asked before it is answered, and then the connection ends. */
  #endAfterReplies(socket: Socket): void {
    const running = [...this.#active].filter((request) => request.isOn(socket) && request.isReceived);
    if (running.length === 0) return void socket.end(() => socket.destroy());
    for (const request of running) request.onEnded(() => this.#endAfterReplies(socket));
  }

  /** Gives the requests of a connection whose client closed its side their time, as the engine does. */
  #limitHalfClosed(socket: Socket, halfCloseMs: number): void {
    const timer = setTimeout(() => {
      for (const request of this.#active)
        if (request.isOn(socket)) request.abort(new GableError("E_CLIENT_GONE", "The client closed the connection."));
    }, halfCloseMs).unref();
    socket.once("close", () => clearTimeout(timer));
  }

  /** Stops in order, as the engine does. */
  async stop(graceMs: number, idleMs: number | null = 0): Promise<void> {
    const closed = this.#whenEmpty();
    if (this.server.listening) this.server.close();
    const idle = idleMs === null ? undefined : setTimeout(() => this.server.closeIdleConnections(), idleMs);
    const forced = setTimeout(() => {
      for (const request of this.#active) request.abort(new GableError("E_SERVER_STOPPING", "The server is stopping."));
      this.server.closeAllConnections();
      // The server no longer knows connections that left HTTP.
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(idle);
    clearTimeout(forced);
  }

  /** Takes a connection that another process has accepted. */
  accept(socket: Socket): void {
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    this.server.emit("connection", socket);
  }

  /** Resolves as soon as there are no connections. */
  async #whenEmpty(): Promise<void> {
    while (this.#sockets.size > 0) await new Promise((resolve) => [...this.#sockets][0]!.once("close", resolve));
  }
}

/** Options of {@link toNodeListener}. */
export interface NodeListenerOptions {
  /** Limits that hold above those of the server it is put into. See {@link ServerLimits}. */
  limits?: ServerLimits;
  /** Methods beyond the standard ones. None by default. */
  methods?: readonly string[];
  /** Called with errors that no reply can tell. By default they go to standard error. */
  onError?: (error: unknown, request: RawRequest | null) => void;
}

/** Makes a listener for an existing node:http or node:https server. */
export function toNodeListener(
  listener: RequestListener,
  options: NodeListenerOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  assertKnownOptions("toNodeListener()", options, { limits: "object", methods: "strings", onError: "function" });
  return createNodeHandler(
    listener,
    {
      limits: resolveLimits(options.limits, "toNodeListener()"),
      methods: options.methods,
      onError: options.onError ?? ((error) => console.error(error)),
    },
    new Set(),
  );
}

type NodeHandler = (request: IncomingMessage, response: ServerResponse) => void;

function createNodeHandler(listener: RequestListener, options: EngineOptions, active: Set<NodeRequest>): NodeHandler {
  const methods = new Set([...standardMethods, ...(options.methods ?? [])]);
  return (incoming, response) => {
    const isSecure = "encrypted" in incoming.socket;
    const head = parseAgain(incoming, options.limits, isSecure);
    if (typeof head === "string") return refuse(response, head, options.limits);
    const { line, block } = head;
    if (line.absolute?.scheme === "https" && !isSecure) return refuse(response, "E_REQUEST_MISDIRECTED", options.limits);
    if (line.absolute !== null) block.replaceHost(line.absolute.authority);
    if (line.method === "TRACE")
      return refuse(response, block.framing === "none" ? "E_METHOD_TRACE" : "E_METHOD_TRACE_BODY", options.limits);
    if (!methods.has(line.method)) return refuse(response, "E_METHOD_UNKNOWN", options.limits);
    const request = new NodeRequest(incoming, response, head, options.limits);
    active.add(request);
    response.once("close", () => {
      active.delete(request);
      request.onClose();
    });
    answer(listener, request, response, options);
  };
}

/**
 * Ends a response whose request may not have been read whole. With `Connection: close`, node:http closes the
 * socket as soon as the response ends, and unread bytes make that a reset, which can overtake the reply
 * (RFC 9112 section 9.6). So the end waits while the client still sends, within the times of the limits.
 */
function endReply(response: ServerResponse, body: string | Uint8Array | null, limits: Required<ServerLimits>): void {
  const incoming = response.req;
  if (incoming.complete || incoming.destroyed) return void response.end(body ?? undefined);
  if (body === null || response.req.method === "HEAD") response.flushHeaders();
  else response.write(body);
  const end = (): void => {
    clearTimeout(idle);
    clearTimeout(total);
    response.end();
  };
  const giveUp = (): void => {
    end();
    incoming.socket.destroySoon();
  };
  const idle = setTimeout(giveUp, limits.drainIdleMs).unref();
  const total = setTimeout(giveUp, limits.drainMs).unref();
  incoming.on("data", () => idle.refresh());
  incoming.once("end", end);
  incoming.once("close", end);
  incoming.resume();
}

/** What our parser made of a head. */
interface ParsedHead {
  readonly line: RequestLine;
  readonly block: FieldBlock;
}

function parseAgain(incoming: IncomingMessage, limits: Required<ServerLimits>, isSecure: boolean): ParsedHead | ErrorCode {
  let head = `${incoming.method} ${incoming.url} HTTP/${incoming.httpVersion}\r\n`;
  for (let index = 0; index < incoming.rawHeaders.length; index += 2)
    head += `${incoming.rawHeaders[index]}: ${incoming.rawHeaders[index + 1]}\r\n`;
  const bytes = Buffer.from(`${head}\r\n`, "latin1");
  const parser = new HeadParser(limits, isSecure ? "https" : "http");
  parser.start(0);
  if (parser.parse(bytes, bytes.length)) return { line: parser.line!, block: parser.block! };
  return parser.fault ?? "E_REQUEST_LINE_MALFORMED";
}

class NodeRequest extends AbortableRequest implements RawRequest {
  readonly method: string;
  readonly scheme: "http" | "https";
  readonly path: string;
  readonly queryString: string;
  readonly httpVersion: "1.0" | "1.1";
  readonly body: BodySource;
  readonly remote: RemotePeer;
  readonly headers: FieldBlock;
  readonly #response: ServerResponse;
  /** Whether the body came too slowly: what follows it on the connection is its rest, and no request. */
  isBodyCut = false;
  #timer: NodeJS.Timeout;
  #limits: RequestLimits | undefined;
  readonly #serverLimits: Required<ServerLimits>;

  constructor(incoming: IncomingMessage, response: ServerResponse, { line, block }: ParsedHead, limits: Required<ServerLimits>) {
    super();
    this.method = line.method;
    this.path = line.path;
    this.queryString = line.queryString;
    this.httpVersion = line.minor === 0 ? "1.0" : "1.1";
    this.scheme = "encrypted" in incoming.socket ? "https" : "http";
    this.headers = block;
    this.remote = { address: incoming.socket.remoteAddress ?? "unix", port: incoming.socket.remotePort ?? 0 };
    this.#response = response;
    this.#serverLimits = limits;
    this.body =
      block.framing === "none"
        ? emptyBody
        : new ChunkedBody(
            readNodeBody(incoming, limits.trailerBytesMax, {
              limit: (name) => this.#limits?.[name] ?? limits[name],
              onStart: () => block.isExpecting && response.writeContinue(),
              onFault: () => (this.isBodyCut = true),
            }),
            block.framing === "length" ? block.contentLength : undefined,
            limits.bodyBytesMax,
            () => toTrailers(incoming),
          );
    this.#timer = this.#startTimer(limits.handlerMs);
  }

  /** Whether the request came on a socket. */
  isOn(socket: Socket): boolean {
    return this.#response.req.socket === socket;
  }

  cut(): void {
    this.#response.destroy();
  }

  sendEarlyHints(links: readonly string[]): void {
    if (this.#response.headersSent || this.#response.destroyed) return;
    try {
      this.#response.writeEarlyHints({ link: [...links] });
    } catch (error) {
      // Node refuses links with a quoted blank or comma. They are in the reply, too.
      if ((error as NodeJS.ErrnoException).code !== "ERR_INVALID_ARG_VALUE") throw error;
    }
  }

  /** Whether the whole request has come. */
  get isReceived(): boolean {
    return this.#response.req.complete;
  }

  /** Calls back when the response is over. */
  onEnded(ended: () => void): void {
    this.#response.once("close", ended);
  }

  /** The response is over: sent whole, or cut. */
  onClose(): void {
    clearTimeout(this.#timer);
    if (!this.#response.writableFinished) this.abort(new GableError("E_CLIENT_GONE", "The client closed the connection."));
  }

  get authority(): string {
    return this.headers.authority;
  }

  applyLimits(limits: RequestLimits): void {
    this.#limits = limits;
    if (limits.bodyBytesMax !== undefined && this.body instanceof ChunkedBody) this.body.limit(limits.bodyBytesMax);
    if (limits.handlerMs === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = this.#startTimer(limits.handlerMs);
  }

  /** The handler has answered. */
  stopTimer(): undefined {
    clearTimeout(this.#timer);
  }

  #startTimer(handlerMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      if (this.#response.headersSent) return;
      sendRefusal(this.#response, "E_HANDLER_TIMEOUT", this.#serverLimits);
      this.abort(new GableError("E_HANDLER_TIMEOUT", "The handler took too long."));
    }, handlerMs).unref();
  }
}

/** A plain reply is sent in this turn, as by the engine. */
function answer(listener: RequestListener, request: NodeRequest, response: ServerResponse, options: EngineOptions): void {
  const { onError, limits } = options;
  const fail = (error: unknown): void => {
    const code = isGableError(error) && isErrorCode(error.code) ? error.code : "E_INTERNAL";
    if (catalogue[code].status >= 500) onError(error, request);
    if (response.headersSent) response.destroy();
    else if (code === "E_CLIENT_GONE") response.destroy();
    else sendRefusal(response, code, limits);
  };
  try {
    const reply = listener(request);
    if (reply instanceof Promise) reply.then((settled) => sendReply(request, settled, response, options)).catch(fail);
    else sendReply(request, reply, response, options)?.catch(fail);
  } catch (error) {
    fail(error);
  }
}

function isWhole(body: Reply["body"]): boolean {
  return typeof body === "string" || body instanceof Uint8Array || isFileBody(body);
}

/** Sends a reply; returns a promise only for a streamed one. */
function sendReply(request: NodeRequest, reply: Reply, response: ServerResponse, options: EngineOptions): Promise<void> | undefined {
  const { body, status } = reply;
  // 499 is a word for logs: no client is left to read it.
  if (status === catalogue.E_CLIENT_GONE.status && request.isAborted) response.destroy();
  const limits = request.isBodyCut ? cutLimits(options.limits) : options.limits;
  if (response.headersSent || response.destroyed) {
    giveUpReply(reply);
    return undefined;
  }
  if (reply.takeOver !== undefined) return sendUpgrade(request, reply, response, limits);
  if (reply.onSettled !== undefined) response.once("close", reply.onSettled);
  // The length is ours to state, from the bytes at hand.
  const fields = [...toHeaderTable(reply.headers)].filter(([name]) => name !== "content-length" || !isWhole(body)).flat();
  const isBodyUnread = !request.body.isUsed && request.body !== emptyBody;
  const { drainBytesMax } = limits;
  if (request.isBodyCut || (isBodyUnread && (request.body.lengthBytes ?? Infinity) > drainBytesMax)) fields.push("connection", "close");
  if (isBodylessStatus(status) || body === null) {
    response.writeHead(status, isBodylessStatus(status) ? fields : [...fields, "content-length", "0"]);
    endReply(response, null, limits);
    if (isFileBody(body)) void body.close();
    return undefined;
  }
  if (typeof body === "string" || body instanceof Uint8Array) {
    response.writeHead(status, [...fields, "content-length", String(Buffer.byteLength(body))]);
    endReply(response, body, limits);
    return undefined;
  }
  response.writeHead(status, isFileBody(body) ? [...fields, "content-length", String(body.lengthBytes)] : fields);
  if (request.method !== "HEAD") return pump(isFileBody(body) ? body.chunks() : body, request, response, options);
  if (isFileBody(body)) void body.close();
  endReply(response, null, limits);
  return undefined;
}

function sendUpgrade(request: NodeRequest, reply: Reply, response: ServerResponse, limits: Required<ServerLimits>): undefined {
  if (handOver(request, reply, response)) return request.stopTimer();
  giveUpReply(reply);
  sendRefusal(response, "E_SOCKET_HANDSHAKE", limits);
}

async function pump(
  chunks: AsyncIterable<string | Uint8Array>,
  request: NodeRequest,
  response: ServerResponse,
  { onError, limits }: EngineOptions,
): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (response.destroyed) return;
      if (response.write(toPieceBytes(chunk))) continue;
      await new Promise<void>((resolve) => {
        const goOn = (): void => {
          response.off("drain", goOn).off("close", goOn);
          resolve();
        };
        response.on("drain", goOn).on("close", goOn);
      });
    }
    endReply(response, null, limits);
  } catch (error) {
    if (!request.signal.aborted) onError(error, request);
    response.destroy();
  }
}

/** A client that was too slow had its time already. */
function cutLimits(limits: Required<ServerLimits>): Required<ServerLimits> {
  return { ...limits, drainMs: Math.min(refusedLingerMs, limits.drainMs) };
}

/** Sockets with a final reply: later errors of the parser get no second reply. */
const refusedSockets = new WeakSet<Socket>();

/** Refuses what no application sees. */
function refuse(response: ServerResponse, code: ErrorCode, limits: Required<ServerLimits>): void {
  publishRefusal(code, response.socket ?? {});
  sendRefusal(response, code, limits);
}

function sendRefusal(response: ServerResponse, code: ErrorCode, limits: Required<ServerLimits>): void {
  if (response.socket !== null) refusedSockets.add(response.socket);
  const { status, headers, body } = refusalReply(code);
  response.writeHead(status, [...[...headers].flat(), "content-length", String(body.length), "connection", "close"]);
  endReply(response, body, status === 408 ? cutLimits(limits) : limits);
}

/** Time for a client to read the answer to what the parser could not take, or to what came too slowly. */
const refusedLingerMs = 1000;

/** Answers what Node's parser could not take, once; what follows on the connection is discarded. */
function endWith(socket: Socket, code: ErrorCode, received?: Buffer): void {
  if (refusedSockets.has(socket)) return;
  if (!socket.writable) return void socket.destroy();
  refusedSockets.add(socket);
  publishRefusal(code, socket);
  const { status, headers, body } = refusalReply(code);
  const isHead = received?.subarray(0, 5).toString("latin1") === "HEAD ";
  socket.end(
    `HTTP/1.1 ${status} ${catalogue[code].title}\r\n${headers.toWire()}content-length: ${body.length}\r\nconnection: close\r\n\r\n${isHead ? "" : body}`,
  );
  const timer = setTimeout(() => socket.destroy(), refusedLingerMs).unref();
  socket.once("close", () => clearTimeout(timer));
  socket.resume();
}

/** Error of Node's parser: a code, and the bytes that it was given last. */
interface ParserError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
}

/** Translates the code of Node's parser. */
function toRefusalCode(error: ParserError): ErrorCode {
  const codes: Record<string, ErrorCode> = {
    HPE_HEADER_OVERFLOW: "E_HEAD_TOO_LARGE",
    ERR_HTTP_REQUEST_TIMEOUT: "E_HEAD_TIMEOUT",
    HPE_INVALID_METHOD: "E_METHOD_MALFORMED",
    HPE_INVALID_VERSION: "E_VERSION_MALFORMED",
  };
  return codes[error.code ?? ""] ?? "E_FIELD_MALFORMED";
}
