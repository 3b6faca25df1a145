/** The HTTP/1.1 engine on node:net: accepts connections, shares what they share, stops in order. */
import type { Server, Socket } from "node:net";
import { createServer } from "node:net";
import { toHttpDate } from "../http/http-date.ts";
import type { RawRequest, Reply, RequestListener } from "../http/message.ts";
import type { HttpsOptions } from "./https-options.ts";
import { HttpConnection } from "./connection.ts";
import type { ConnectionHost } from "./connection.ts";
import { DeadlineWheel } from "./deadlines.ts";
import type { ServerLimits } from "./limits.ts";
import { toKeepAliveLines } from "./reply-head.ts";

/** What the engine needs. */
export interface EngineOptions {
  readonly limits: Required<ServerLimits>;
  /** Key and certificate, for the adapter. */
  readonly https?: HttpsOptions | undefined;
  /** Makes the listening server of TLS; undefined for plain TCP. */
  readonly createSecureServer?: ((handshakeMs: number, accept: (socket: Socket) => void) => Server) | undefined;
  readonly methods?: readonly string[] | undefined;
  readonly isTrustedPeer?: ((address: string) => boolean) | undefined;
  readonly onError: (error: unknown, request: RawRequest | null) => void;
}

/** The connection of a socket, without a closure per listener. */
const connectionKey = Symbol("gable.connection");
type EngineSocket = Socket & { [connectionKey]: HttpConnection };

const tickMsMax = 1000;
const crowdedIdleMs = 5000;
/** Connections above `connectionsMax` that may read their 503 at one time. */
const turnedAwayMax = 1000;

/** The engine. */
export class Engine implements ConnectionHost {
  readonly limits: Required<ServerLimits>;
  readonly wheel: DeadlineWheel<HttpConnection>;
  readonly keepAliveLines: string;
  readonly extraMethods: ReadonlySet<string>;
  readonly server: Server;
  isStopping = false;
  dateLine = "";
  readonly #listener: RequestListener;
  readonly #options: EngineOptions;

  constructor(listener: RequestListener, options: EngineOptions) {
    this.#listener = listener;
    this.#options = options;
    this.limits = options.limits;
    this.keepAliveLines = toKeepAliveLines(options.limits.keepAliveMs);
    this.extraMethods = new Set(options.methods ?? []);
    this.wheel = new DeadlineWheel(chooseTick(options.limits), () => {
      this.dateLine = `date: ${toHttpDate(new Date())}\r\n`;
    });
    this.server = this.#createServer();
    // libuv closes what it cannot accept when descriptors run out, so this reports and never spins.
    // An error before that is the one of listening, which the caller gets.
    this.server.on("error", (error) => this.server.listening && options.onError(error, null));
  }

  #createServer(): Server {
    const { createSecureServer } = this.#options;
    if (createSecureServer === undefined)
      return createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#open(socket, false));
    return createSecureServer(this.limits.tlsHandshakeMs, (socket) => this.#open(socket, true));
  }

  #open(socket: Socket, isSecure: boolean): void {
    const { connectionsMax } = this.limits;
    const isFull = this.wheel.size >= connectionsMax;
    if (this.wheel.size >= connectionsMax + turnedAwayMax) return void socket.destroy();
    // The one place that gives a socket its connection.
    const engineSocket = socket as EngineSocket;
    const connection = new HttpConnection(socket, this, isSecure);
    engineSocket[connectionKey] = connection;
    this.wheel.add(connection);
    socket.on("data", onData);
    socket.on("end", onEnd);
    socket.on("close", onClose);
    // An error is followed by close, which tells the connection.
    socket.on("error", ignore);
    if (this.isStopping || isFull) connection.turnAway(this.isStopping ? "E_SERVER_STOPPING" : "E_SERVER_FULL");
  }

  idleMs(): number {
    return this.wheel.size > this.limits.connectionsMax * 0.8 ? Math.min(crowdedIdleMs, this.limits.keepAliveMs) : this.limits.keepAliveMs;
  }

  isTrustedPeer(address: string): boolean {
    return this.#options.isTrustedPeer?.(address) ?? false;
  }

  listen(request: RawRequest): Reply | Promise<Reply> {
    return this.#listener(request);
  }

  release(socket: Socket): void {
    socket.off("data", onData);
    socket.off("end", onEnd);
  }

  report(error: unknown, request: RawRequest | null): void {
    this.#options.onError(error, request);
  }

  /** Number of open connections. */
  get connectionCount(): number {
    return this.wheel.size;
  }

  /** Takes a connection that another process has accepted. */
  accept(socket: Socket): void {
    // A socket from another process does not know the options of this server.
    socket.allowHalfOpen = true;
    socket.setNoDelay(true);
    this.server.emit("connection", socket);
  }

  /**
   * Stops accepting, lets running requests end, then aborts what is left; resolves when all is closed.
   * An idle connection may send one more request within `idleMs`; null lets it stay as long as it was promised.
   */
  async stop(graceMs: number, idleMs: number | null = 0): Promise<void> {
    if (this.isStopping) return this.abort(graceMs);
    this.isStopping = true;
    if (this.server.listening) this.server.close();
    for (const connection of this.wheel.items) connection.stop(idleMs);
    await this.abort(graceMs);
  }

  /** Aborts what is left after a time; resolves when all is closed. */
  async abort(graceMs: number): Promise<void> {
    const forced = setTimeout(() => {
      for (const connection of this.wheel.items) connection.abort();
    }, graceMs);
    await this.wheel.whenEmpty();
    clearTimeout(forced);
  }
}

/** A tick that is fine enough for the shortest limit, and at most a second. */
function chooseTick(limits: Required<ServerLimits>): number {
  const times = [
    limits.headMs,
    limits.drainIdleMs,
    limits.drainMs,
    limits.halfCloseMs,
    limits.bodyIdleMs,
    limits.bodyMs,
    limits.handlerMs,
    limits.replyStallMs,
    limits.keepAliveMs,
  ];
  return Math.max(10, Math.min(tickMsMax, Math.floor(Math.min(...times) / 2)));
}

function onData(this: Socket, chunk: Buffer): void {
  // These listeners are only ever put on sockets that carry a connection.
  (this as EngineSocket)[connectionKey].onData(chunk);
}

function onEnd(this: Socket): void {
  // As above.
  (this as EngineSocket)[connectionKey].onEnd();
}

function onClose(this: Socket): void {
  // As above.
  (this as EngineSocket)[connectionKey].onClose();
}

function ignore(): void {}
