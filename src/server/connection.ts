/**
 * One connection of the engine: bytes in, requests to the listener, replies out, in order, one at a time.
 *
 * The states: `idle` (nothing of a request is here), `head` (a part of one is), `replying` (the listener works or
 * the reply is being sent), `draining` (the reply is out, the rest of the request's body is thrown away),
 * `lingering` (our side is closed, the peer may still read our last words), `closed`, `taken` (it no longer speaks HTTP).
 */
import type { Socket } from "node:net";
import type { ErrorCode } from "../errors/catalogue.ts";
import { catalogue, isErrorCode } from "../errors/catalogue.ts";
import { GableError, isGableError } from "../errors/gable-error.ts";
import { emptyBody } from "../http/body.ts";
import { standardMethods } from "../http/known-fields.ts";
import type { RemotePeer, Reply, ReplyBody, TakenConnection } from "../http/message.ts";
import { isBodylessStatus, isFileBody } from "../http/message.ts";
import type { DeadlineWheel, Expirable } from "./deadlines.ts";
import { EngineBody, unreadBytesMax } from "./engine-body.ts";
import { EngineRequest } from "./engine-request.ts";
import { HeadParser } from "./head-parser.ts";
import { LingeringClose } from "./lingering-close.ts";
import type { ServerLimits } from "./limits.ts";
import { publishRefusal } from "./refusal-events.ts";
import { refusalReply } from "./refusals.ts";
import { assertStatedLength, discardReply, findLength, giveUpReply, joinBytes, oneChunk } from "./reply-body.ts";
import { closeLine, toEarlyHints, toHeaderTable, toStatusLine } from "./reply-head.ts";
import { ReplyStream } from "./reply-stream.ts";

/** What all connections of a server share. */
export interface ConnectionHost {
  readonly limits: Required<ServerLimits>;
  readonly wheel: DeadlineWheel<HttpConnection>;
  /** Whether the server is stopping: replies close their connection. */
  readonly isStopping: boolean;
  /** The Date line of this second, with its CR LF. */
  readonly dateLine: string;
  /** The lines that promise a kept connection. */
  readonly keepAliveLines: string;
  /** Methods beyond the standard ones that some route has. */
  readonly extraMethods: ReadonlySet<string>;
  /** How long an idle connection may stay now. */
  idleMs(): number;
  /** Whether this peer is trusted to send an absolute https target over plain TCP. */
  isTrustedPeer(address: string): boolean;
  /** Answers a request. */
  listen(request: EngineRequest): Reply | Promise<Reply>;
  /** Reports an error that no reply can tell. */
  report(error: unknown, request: EngineRequest | null): void;
  /** Stops to read a socket that somebody else reads from now on. */
  release(socket: Socket): void;
}

const states = { idle: 0, head: 1, replying: 2, draining: 3, lingering: 4, closed: 5, taken: 6 } as const;
type State = (typeof states)[keyof typeof states];

/** Bytes of further requests that may wait while a reply is pending. */
const waitingBytesMax = 16_384;
/** Joined replies above which one write is made. */
const joinedBytesMax = 65_536;
/** Bodies up to this size go out with their head in one write. */
const oneWriteBytesMax = 65_536;
/** Quiet time after which an idle connection lets go of the fields of its last request. */
const trimMs = 1000;
/** Time for a last reply to a client that was too slow: it had its time already. */
const timedOutLingerMs = 1000;
const noBytes = new Uint8Array(0);
const continueLine = "HTTP/1.1 100 Continue\r\n\r\n";

/** One connection. */
export class HttpConnection implements Expirable {
  deadline: number;
  readonly isSecure: boolean;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #parser: HeadParser;
  #state: State = states.idle;
  #input: Buffer | null = null;
  #inputStart = 0;
  #inputEnd = 0;
  #output = "";
  #request: EngineRequest | null = null;
  #body: EngineBody | null = null;
  #stream: ReplyStream | null = null;
  /** Called when the reply at hand is sent, or given up. */
  #onSettled: (() => void) | undefined = undefined;
  #requestCount = 0;
  #linger: LingeringClose | null = null;
  #isKeepAlive = false;
  #isExpecting = false;
  #mustClose = false;
  #isPeerDone = false;
  #isProcessing = false;
  #isAnswered = false;
  /** Whether the fields of the current reply state its length already. */
  #statesLength = false;
  #idleDeadline = Infinity;
  #halfCloseDeadline = Infinity;
  #handlerDeadline = Infinity;
  #bodyStartedAt = 0;
  #bodyDeadline = Infinity;
  #bodyIdleDeadline = Infinity;
  #remote: RemotePeer | null = null;

  constructor(socket: Socket, host: ConnectionHost, isSecure: boolean) {
    this.#socket = socket;
    this.#host = host;
    this.isSecure = isSecure;
    this.#parser = new HeadParser(host.limits, isSecure ? "https" : "http");
    this.deadline = host.wheel.after(host.limits.headMs);
  }

  /** The peer's address; kept, because a closed socket has forgotten it. */
  get remote(): RemotePeer {
    this.#remote ??= { address: this.#socket.remoteAddress ?? "unix", port: this.#socket.remotePort ?? 0 };
    return this.#remote;
  }

  /** Whether no request is being read or answered. */
  get isIdle(): boolean {
    return this.#state === states.idle;
  }

  // --- bytes in ---------------------------------------------------------------------------------------------

  /** Takes bytes from the peer. */
  onData(chunk: Buffer): void {
    if (this.#linger !== null) return this.#linger.discard(chunk.length);
    if (this.#body !== null && !this.#body.isComplete) return this.#takeBody(chunk);
    if (this.#mustClose && this.#state === states.replying) return;
    this.#appendInput(chunk);
    if (this.#state === states.replying) {
      if (this.#inputEnd - this.#inputStart > waitingBytesMax) this.#socket.pause();
    } else this.#process();
  }

  #appendInput(chunk: Buffer): void {
    if (this.#input === null) {
      this.#input = chunk;
      this.#inputStart = 0;
      this.#inputEnd = chunk.length;
      return;
    }
    const waiting = this.#inputEnd - this.#inputStart;
    const isMoved = this.#inputStart > 0;
    if (isMoved || this.#inputEnd + chunk.length > this.#input.length) {
      let capacity = 1024;
      while (capacity < waiting + chunk.length) capacity *= 4;
      const larger = Buffer.allocUnsafe(capacity);
      this.#input.copy(larger, 0, this.#inputStart, this.#inputEnd);
      this.#input = larger;
      this.#inputStart = 0;
      this.#inputEnd = waiting;
      // Offsets changed: the head is read again from its start, at most once per request.
      if (this.#state === states.head && !isMoved) this.#parser.moveTo(larger);
      else this.#parser.start(0);
    }
    chunk.copy(this.#input, this.#inputEnd);
    this.#inputEnd += chunk.length;
  }

  /** Handles the requests that are here, until one has to be waited for. */
  #process(): void {
    this.#isProcessing = true;
    while (this.#input !== null && this.#state <= states.head) {
      if (this.#state === states.idle) {
        this.#state = states.head;
        this.deadline = this.#host.wheel.after(this.#host.limits.headMs);
        this.#parser.start(this.#inputStart);
      }
      if (!this.#parser.parse(this.#input, this.#inputEnd)) {
        if (this.#parser.fault !== undefined) this.#refuse(this.#parser.fault);
        break;
      }
      this.#inputStart = this.#parser.position;
      this.#startRequest();
      if (this.#output.length > joinedBytesMax && !this.#flush()) break;
      if (this.#socket.writableNeedDrain && this.#state <= states.head) {
        this.#waitForDrain();
        break;
      }
    }
    this.#isProcessing = false;
    this.#flush();
    if (this.#isPeerDone && this.#state <= states.head) this.#close();
  }

  #dropInputIfEmpty(): void {
    if (this.#inputStart < this.#inputEnd) return;
    this.#input = null;
    this.#inputStart = 0;
    this.#inputEnd = 0;
  }

  // --- a request --------------------------------------------------------------------------------------------

  #startRequest(): void {
    const line = this.#parser.line!;
    const block = this.#parser.block!;
    const { method } = line;
    this.#requestCount++;
    this.#isKeepAlive = !block.isClose && (line.minor === 1 || block.isKeepAlive);
    this.#isExpecting = block.isExpecting;
    this.#isAnswered = false;
    if (this.#isPeerDone) this.#halfCloseDeadline = this.#host.wheel.after(this.#host.limits.halfCloseMs);
    if (line.absolute !== null) {
      if (line.absolute.scheme === "https" && !this.isSecure && !this.#host.isTrustedPeer(this.remote.address))
        return this.#refuse("E_REQUEST_MISDIRECTED");
      block.replaceHost(line.absolute.authority);
    }
    this.#state = states.replying;
    this.#body = null;
    if (block.framing === "none") this.#dropInputIfEmpty();
    else {
      if (method === "TRACE") return this.#refuse("E_METHOD_TRACE_BODY");
      this.#startBody(block.framing === "length" ? block.contentLength : undefined);
      // #startBody has set it; the compiler still believes in the null above.
      if (this.#body !== null && (this.#body as EngineBody).error !== null) return this.#refuse(this.#bodyFault());
    }
    const request = new EngineRequest(this, line, block.authority, block, this.#body ?? emptyBody);
    this.#request = request;
    if (method !== "GET" && (method === "TRACE" || !(standardMethods.has(method) || this.#host.extraMethods.has(method)))) {
      const code = method === "TRACE" ? "E_METHOD_TRACE" : "E_METHOD_UNKNOWN";
      publishRefusal(code, this.#socket);
      return this.#sendReply(request, refusalReply(code));
    }
    this.#callListener(request);
  }

  #bodyFault(): ErrorCode {
    // Errors of a body are made by the decoder, with codes of the catalogue.
    return this.#body!.error!.code as ErrorCode;
  }

  #callListener(request: EngineRequest): void {
    let result: Reply | Promise<Reply>;
    try {
      result = this.#host.listen(request);
    } catch (error) {
      return this.#fail(request, error);
    }
    // A plain reply is sent in this very turn: no promise, no closure.
    if (!(result instanceof Promise)) return this.#sendReply(request, result);
    this.deadline = 0;
    if (this.#handlerDeadline === Infinity) this.#handlerDeadline = this.#host.wheel.after(this.#host.limits.handlerMs);
    result.then(
      (reply) => this.#sendReply(request, reply),
      (error: unknown) => this.#fail(request, error),
    );
  }

  /** A listener that throws has no words for the client: the engine has fixed ones. */
  #fail(request: EngineRequest, error: unknown): void {
    if (this.#request !== request || this.#isAnswered) return;
    const code = isGableError(error) && isErrorCode(error.code) ? error.code : "E_INTERNAL";
    if (code === "E_CLIENT_GONE") return this.#close();
    if (catalogue[code].status >= 500) this.#host.report(error, request);
    this.#sendReply(request, refusalReply(code));
  }

  /** The route set its own time for the handler. */
  onHandlerLimit(handlerMs: number): void {
    this.#handlerDeadline = this.#host.wheel.after(handlerMs);
  }

  // --- its body ---------------------------------------------------------------------------------------------

  #startBody(lengthBytes: number | undefined): void {
    const { limits, wheel } = this.#host;
    const body = new EngineBody(this, lengthBytes, limits.bodyBytesMax, limits);
    this.#body = body;
    this.#bodyStartedAt = wheel.now;
    this.#bodyDeadline = wheel.after(limits.bodyMs);
    this.#bodyIdleDeadline = wheel.after(limits.bodyIdleMs);
    if (this.#inputStart === this.#inputEnd) {
      this.#dropInputIfEmpty();
      return;
    }
    const rest = this.#input!.subarray(0, this.#inputEnd);
    this.#inputStart = body.push(rest, this.#inputStart);
    this.#dropInputIfEmpty();
    if (!body.isComplete && body.unreadBytes > unreadBytesMax) this.#socket.pause();
  }

  #takeBody(chunk: Buffer): void {
    const body = this.#body!;
    if (body.error !== null) return;
    this.#bodyIdleDeadline = this.#host.wheel.after(this.#limit("bodyIdleMs"));
    const end = body.push(chunk, 0);
    if (body.error !== null) {
      this.#mustClose = true;
      if (this.#state === states.draining) this.#close();
      return;
    }
    if (end < chunk.length) this.#appendInput(chunk.subarray(end));
    if (!body.isComplete) {
      if (this.#state === states.draining) this.#extendDrain();
      else if (body.unreadBytes > unreadBytesMax) this.#socket.pause();
    } else if (this.#state === states.draining) {
      this.#becomeIdle();
      this.#process();
    }
  }

  /** The handler starts to read: a client that asked may go on. */
  onBodyRead(body: EngineBody): void {
    // A handler may read on after its reply: that body is not the one of the request at hand.
    if (body !== this.#body || !this.#isExpecting || this.#isAnswered) return;
    this.#isExpecting = false;
    if (body.receivedBytes === 0) this.#sendInterim(continueLine);
  }

  /** Sends links ahead of the reply of the request at hand. */
  sendEarlyHints(request: EngineRequest, links: readonly string[]): void {
    if (this.#request === request && !this.#isAnswered && this.#state === states.replying) this.#sendInterim(toEarlyHints(links));
  }

  #sendInterim(head: string): void {
    this.#flush();
    this.#socket.write(head, "latin1");
  }

  /** The handler took bytes of the body. */
  onBodyTaken(body: EngineBody): void {
    if (body === this.#body && this.#state < states.lingering && body.unreadBytes <= unreadBytesMax && this.#socket.isPaused()) {
      this.#bodyIdleDeadline = this.#host.wheel.after(this.#limit("bodyIdleMs"));
      this.#socket.resume();
    }
  }

  #limit(name: "bodyIdleMs" | "bodyMs" | "bodyBytesPerSecondMin" | "bodyRateGraceMs" | "replyStallMs"): number {
    return this.#request?.limits?.[name] ?? this.#host.limits[name];
  }

  // --- the reply --------------------------------------------------------------------------------------------

  #sendReply(request: EngineRequest, reply: Reply): void {
    if (this.#request !== request || this.#isAnswered || this.#state === states.closed) return giveUpReply(reply);
    // 499 is a word for logs: no client is left to read it.
    if (reply.status === catalogue.E_CLIENT_GONE.status && request.isAborted) {
      giveUpReply(reply);
      return this.#close();
    }
    if (reply.status === 101 && reply.takeOver !== undefined) return this.#handOver(request, reply, reply.takeOver);
    let head: string;
    try {
      const table = toHeaderTable(reply.headers);
      head = toStatusLine(reply.status) + table.toWire();
      this.#statesLength = table.statesLength;
      if (table.statesLength && request.method !== "HEAD") assertStatedLength(table, reply.body);
    } catch (error) {
      giveUpReply(reply);
      this.#host.report(error, request);
      return this.#sendReply(request, refusalReply("E_INTERNAL"));
    }
    this.#isAnswered = true;
    this.#onSettled = reply.onSettled;
    this.#handlerDeadline = Infinity;
    const isKept = this.#canKeep();
    const tail = this.#host.dateLine + (isKept ? this.#host.keepAliveLines : closeLine);
    const { body, status } = reply;
    if (isBodylessStatus(status) || body === null) {
      discardReply(reply);
      this.#output += head + (isBodylessStatus(status) || this.#statesLength ? "" : "content-length: 0\r\n") + tail + "\r\n";
      this.#finishReply(isKept);
    } else if (typeof body === "string" || body instanceof Uint8Array) this.#sendWhole(request, head, body, tail, isKept);
    else this.#sendStream(request, head, body, tail, isKept);
  }

  /** The connection leaves HTTP. It counts as open until its socket closes; the request lives as long. */
  #handOver(request: EngineRequest, reply: Reply, takeOver: (connection: TakenConnection) => void): void {
    if (request.httpVersion === "1.0" || this.#body !== null || this.#isPeerDone) {
      giveUpReply(reply);
      return this.#sendReply(request, refusalReply("E_SOCKET_HANDSHAKE"));
    }
    this.#flush();
    const received = this.#input === null ? noBytes : this.#input.subarray(this.#inputStart, this.#inputEnd);
    this.#isAnswered = true;
    this.#state = states.taken;
    this.deadline = Infinity;
    this.#input = null;
    this.#parser.forget();
    this.#host.release(this.#socket);
    takeOver({ socket: this.#socket, received, headers: toHeaderTable(reply.headers) });
    if (this.#socket.isPaused()) this.#socket.resume();
    reply.onSettled?.();
  }

  /** Closes the connection while it sends the reply of a request. */
  cut(request: EngineRequest): void {
    if (this.#request === request && this.#isAnswered) this.#destroy();
  }

  /** Whether the connection can serve another request after this reply. */
  #canKeep(): boolean {
    const { limits } = this.#host;
    if (
      !this.#isKeepAlive ||
      this.#mustClose ||
      (this.#isPeerDone && this.#input === null) ||
      this.#host.isStopping ||
      this.#requestCount >= limits.requestsPerConnectionMax
    )
      return false;
    const body = this.#body;
    if (body === null || body.isComplete) return true;
    if (body.error !== null || this.#isExpecting || body.lengthBytes === undefined) return false;
    return body.lengthBytes - body.receivedBytes <= limits.drainBytesMax;
  }

  #sendWhole(request: EngineRequest, head: string, body: string | Uint8Array, tail: string, isKept: boolean): void {
    const lengthBytes = typeof body === "string" ? Buffer.byteLength(body) : body.length;
    const whole = this.#statesLength ? `${head}${tail}\r\n` : `${head}content-length: ${lengthBytes}\r\n${tail}\r\n`;
    if (request.method === "HEAD" || lengthBytes === 0) {
      this.#output += whole;
    } else if (lengthBytes > oneWriteBytesMax) {
      this.#output += whole;
      this.#flush();
      const bytes = typeof body === "string" ? Buffer.from(body) : body;
      return this.#startStream(request, oneChunk(bytes), lengthBytes, false, isKept);
    } else if (typeof body !== "string") {
      this.#flush();
      this.#socket.write(joinBytes(whole, body));
    } else if (lengthBytes === body.length) this.#output += whole + body;
    else this.#writeText(whole, body);
    this.#finishReply(isKept);
  }

  /** A head may hold Latin-1, a body is UTF-8: they share one write when the head is ASCII. */
  #writeText(head: string, body: string): void {
    this.#flush();
    if (Buffer.byteLength(head) === head.length) this.#socket.write(head + body, "utf8");
    else this.#socket.write(Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body)]));
  }

  #sendStream(
    request: EngineRequest,
    head: string,
    body: Exclude<ReplyBody, null | string | Uint8Array>,
    tail: string,
    isKept: boolean,
  ): void {
    const declared = isFileBody(body) ? body.lengthBytes : findLength(head);
    const isChunked = declared === undefined && request.httpVersion === "1.1";
    const stays = isKept && (declared !== undefined || isChunked);
    const framing = isChunked
      ? "transfer-encoding: chunked\r\n"
      : isFileBody(body) && !this.#statesLength
        ? `content-length: ${declared}\r\n`
        : "";
    this.#output += head + framing + (stays === isKept ? tail : this.#host.dateLine + closeLine) + "\r\n";
    if (request.method === "HEAD") {
      discardReply({ status: 200, headers: [], body });
      return this.#finishReply(stays);
    }
    this.#flush();
    this.#startStream(request, isFileBody(body) ? body.chunks() : body, declared, isChunked, stays);
  }

  #startStream(
    request: EngineRequest,
    chunks: AsyncIterable<string | Uint8Array>,
    lengthBytes: number | undefined,
    isChunked: boolean,
    isKept: boolean,
  ): void {
    this.deadline = 0;
    const stream = new ReplyStream(this.#socket, { lengthBytes, isChunked, stallMs: this.#limit("replyStallMs"), wheel: this.#host.wheel });
    this.#stream = stream;
    void stream.send(chunks).then((failure) => {
      if (this.#stream !== stream) return;
      this.#stream = null;
      if (failure !== undefined) {
        if (this.#state !== states.closed && !request.isAborted) this.#host.report(failure.error, request);
        return this.#destroy();
      }
      this.#finishReply(isKept && !this.#mustClose);
    });
  }

  #finishReply(isKept: boolean): void {
    if (this.#onSettled !== undefined) this.#settleReply();
    const body = this.#body;
    if (!isKept) return this.#close();
    if (body !== null && !body.isComplete) {
      this.#state = states.draining;
      this.#bodyDeadline = this.#host.wheel.after(this.#host.limits.drainMs);
      this.#extendDrain();
      body.discard();
      this.#request = null;
      this.#flush();
      this.#socket.resume();
      return;
    }
    this.#becomeIdle();
    if (this.#isProcessing) return;
    if (this.#socket.isPaused()) this.#socket.resume();
    this.#process();
  }

  /** The client has its time between two reads, within the time for all of them. */
  #extendDrain(): void {
    this.deadline = Math.min(this.#host.wheel.after(this.#host.limits.drainIdleMs), this.#bodyDeadline);
  }

  /** Says that the reply is sent, or given up, once. */
  #settleReply(): void {
    const onSettled = this.#onSettled;
    this.#onSettled = undefined;
    onSettled?.();
  }

  #becomeIdle(): void {
    this.#state = states.idle;
    this.#request = null;
    this.#body = null;
    this.#handlerDeadline = Infinity;
    this.#idleDeadline = this.#host.wheel.after(this.#host.idleMs());
    this.deadline = this.#host.wheel.after(Math.min(trimMs, this.#host.idleMs()));
  }

  /** Writes what is joined; false when the client does not take it: nothing more is read until it does. */
  #flush(): boolean {
    if (this.#output === "") return true;
    const output = this.#output;
    this.#output = "";
    if (this.#socket.write(output, "latin1") || this.#state >= states.lingering) return true;
    if (this.#state <= states.head) this.#waitForDrain();
    return false;
  }

  #waitForDrain(): void {
    this.#socket.pause();
    this.#state = states.replying;
    this.deadline = this.#host.wheel.after(this.#host.limits.replyStallMs);
    this.#isAnswered = true;
    this.#socket.once("drain", () => {
      if (this.#state !== states.replying) return;
      this.#becomeIdle();
      this.#socket.resume();
      this.#process();
    });
  }

  // --- refusals and ends ------------------------------------------------------------------------------------

  /** Answers a connection that the server has no room for. */
  turnAway(code: ErrorCode): void {
    this.#refuse(code);
  }

  /** Answers what cannot be a request, once, and closes. A reply to HEAD has no content (RFC 9110 section 9.3.2). */
  #refuse(code: ErrorCode): void {
    publishRefusal(code, this.#socket);
    const { status, headers, body } = refusalReply(code);
    const isHead = this.#parser.isHead(this.#input, this.#inputEnd);
    this.#isAnswered = true;
    this.#output += `${toStatusLine(status)}${headers.toWire()}content-length: ${body.length}\r\n${this.#host.dateLine}${closeLine}\r\n${isHead ? "" : body}`;
    this.#close(status === 408);
  }

  /** Closes: the last reply goes out, and what the peer still sends is discarded for a while. */
  #close(isTimedOut = false): void {
    this.#flushLast();
    this.#request = null;
    this.#body = null;
    this.#input = null;
    this.#state = states.lingering;
    const { limits, wheel } = this.#host;
    const totalMs = isTimedOut ? Math.min(timedOutLingerMs, limits.drainMs) : limits.drainMs;
    this.#linger = new LingeringClose(this.#socket, { limits, clock: wheel, totalMs, isPeerDone: this.#isPeerDone });
    this.deadline = 0;
  }

  #flushLast(): void {
    if (this.#output !== "") this.#socket.write(this.#output, "latin1");
    this.#output = "";
  }

  #destroy(): void {
    this.#socket.destroy();
  }

  /**
   * The peer closed its side. The connection stays open: the peer may wait for its reply (RFC 9112 section 9.6).
   * Most peers that do this have left, and none of them says so, hence the time of `halfCloseMs`.
   */
  onEnd(): void {
    this.#isPeerDone = true;
    if (this.#linger !== null) return this.#linger.onPeerEnd();
    if (this.#state !== states.replying) return this.#close();
    this.#halfCloseDeadline = this.#host.wheel.after(this.#host.limits.halfCloseMs);
    if (this.#body !== null && !this.#body.isComplete) this.#clientGone();
  }

  #clientGone(): void {
    this.#body?.failWith("E_BODY_INCOMPLETE");
    this.#request?.abort(new GableError("E_CLIENT_GONE", "The client closed the connection."));
  }

  /** The socket is closed. */
  onClose(): void {
    this.#clientGone();
    this.#settleReply();
    this.#state = states.closed;
    this.#request = null;
    this.#input = null;
    this.#parser.forget();
    this.#stream?.stop();
    this.#host.wheel.delete(this);
  }

  /**
   * The server stops: each connection closes with its next reply. An idle one gets `idleMs` for one more request,
   * since a request may be on its way; null means the time that it was promised.
   */
  stop(idleMs: number | null): void {
    if (this.#state !== states.idle || idleMs === null) return;
    if (idleMs === 0) return this.#close();
    this.#idleDeadline = Math.min(this.#idleDeadline, this.#host.wheel.after(idleMs));
    this.deadline = Math.min(this.deadline, this.#idleDeadline);
  }

  /** The server waited long enough. */
  abort(): void {
    this.#request?.abort(new GableError("E_SERVER_STOPPING", "The server is stopping."));
    this.#destroy();
  }

  onDeadline(now: number): void {
    switch (this.#state) {
      case states.head:
        return this.#refuse("E_HEAD_TIMEOUT");
      case states.replying:
        return this.#checkReplying(now);
      case states.idle:
        return this.#checkIdle(now);
      case states.lingering:
        if (now >= this.#linger!.deadline) this.#linger!.check();
        return;
      default:
        this.#destroy();
    }
  }

  /** A quiet connection drops its buffers first, and closes when its time is over. */
  #checkIdle(now: number): void {
    if (this.#requestCount === 0) return this.#destroy();
    if (now >= this.#idleDeadline) return this.#close();
    this.#parser.forget();
    this.deadline = this.#idleDeadline;
  }

  #checkReplying(now: number): void {
    if (now >= this.#halfCloseDeadline) {
      this.#halfCloseDeadline = Infinity;
      this.#clientGone();
    }
    if (this.#stream !== null) {
      if (this.#stream.isStalled(now)) {
        this.#host.report(new GableError("E_REPLY_STALLED", "The client took no bytes of the reply for too long."), this.#request);
        this.#destroy();
      }
    } else if (this.#isAnswered) this.#destroy();
    else if (now >= this.#handlerDeadline) this.#timeOut();
    else this.#checkBody(now);
  }

  #timeOut(): void {
    const request = this.#request!;
    this.#host.report(new GableError("E_HANDLER_TIMEOUT", `${request.method} ${request.path} gave no answer in time.`), request);
    this.#mustClose = true;
    this.#sendReply(request, refusalReply("E_HANDLER_TIMEOUT"));
    request.abort(new GableError("E_HANDLER_TIMEOUT", "The handler took too long."));
  }

  #checkBody(now: number): void {
    const body = this.#body;
    if (body === null || body.isComplete || !body.isAwaited) return;
    const elapsedMs = now - this.#bodyStartedAt;
    const isSlow =
      elapsedMs > this.#limit("bodyRateGraceMs") + this.#host.wheel.tickMs &&
      (body.receivedBytes * 1000) / elapsedMs < this.#limit("bodyBytesPerSecondMin");
    const bodyMs = this.#request?.limits?.bodyMs;
    const totalDeadline = bodyMs === undefined ? this.#bodyDeadline : this.#bodyStartedAt + bodyMs + this.#host.wheel.tickMs;
    if (!isSlow && now < this.#bodyIdleDeadline && now < totalDeadline) return;
    this.#mustClose = true;
    body.failWith(isSlow ? "E_BODY_TOO_SLOW" : "E_BODY_TIMEOUT");
  }
}
