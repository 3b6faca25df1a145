/** One open WebSocket: its messages in order, its limits, its end. */
import type { RawData, WebSocket } from "ws";
import { toErrorText } from "../errors/error-text.ts";
import { GableError, isGableError } from "../errors/gable-error.ts";
import { optionInvalid } from "../errors/option-errors.ts";
import type { AnyContext } from "../handlers/context.ts";
import type { Logger } from "../handlers/logger.ts";
import type { SocketConnection, SocketEnd, SocketRoute } from "../handlers/define-socket.ts";
import { validateWith } from "../handlers/standard-schema.ts";
import { parseJsonBody } from "../http/json-body.ts";
import { toJsonText } from "../replies/json-text.ts";
import type { ReadSession } from "../session/session-identity.ts";
import { assertClose, closeCodes } from "./close-codes.ts";
import type { Connections, LeaveReason, LiveConnection } from "./connections.ts";
import { queuedBytesMax } from "./times.ts";

/** What a socket is made of. */
export interface LiveSocketParts {
  readonly route: SocketRoute;
  readonly context: AnyContext;
  readonly connections: Connections;
  readonly session: ReadSession | undefined;
  readonly recheck: (() => Promise<boolean>) | undefined;
  /** Runs work so that its code finds the parts of the application. */
  readonly enter: <Result>(work: () => Result) => Result;
}

/** A close code and its reason. */
interface CloseReason {
  readonly code: number;
  readonly reason: string;
}

/** A byte order mark is a character of a message, as in browsers. */
const textDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Value of `readyState` of `ws`. */
const openState = 1;

/** A socket. */
export class LiveSocket implements SocketConnection, LiveConnection {
  readonly #parts: LiveSocketParts;
  readonly #socket: WebSocket;
  /** Work that waits for the work before it. */
  readonly #waiting: Array<() => Promise<void>> = [];
  #isWorking = false;
  #heardAt = performance.now();
  #pingedAt = performance.now();
  #controller: AbortController | undefined;
  #end: SocketEnd | undefined;

  private constructor(socket: WebSocket, parts: LiveSocketParts) {
    this.#socket = socket;
    this.#parts = parts;
  }

  /** Takes a socket that has just opened. */
  static start(socket: WebSocket, parts: LiveSocketParts): void {
    const live = new LiveSocket(socket, parts);
    parts.connections.add(live);
    socket.on("message", (data, isBinary) => live.#receive(data, isBinary));
    socket.on("pong", () => (live.#heardAt = performance.now()));
    socket.on("ping", () => (live.#heardAt = performance.now()));
    // Frames against the protocol: `ws` closes with the code of the standard.
    socket.on("error", (error) => live.context.log.debug({ error }, "A WebSocket broke the protocol."));
    socket.once("close", (code, reason) => live.#onClose({ code, reason: reason.toString("utf8") }));
    const { open } = parts.route.handlers;
    if (open !== undefined) live.#schedule(async () => open(live));
    // The application may have begun to stop since the handshake.
    if (parts.connections.isDraining) live.leave("stopping");
  }

  get context(): AnyContext {
    return this.#parts.context;
  }

  get params(): never {
    // The pattern of the route types its parameters; here they have any type.
    return this.context.params as never;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === openState;
  }

  get queuedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get session(): ReadSession | undefined {
    return this.#parts.session;
  }

  get recheck(): (() => Promise<boolean>) | undefined {
    return this.#parts.recheck;
  }

  get log(): Logger {
    return this.context.log;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#end !== undefined) this.#abort();
    }
    return this.#controller.signal;
  }

  send(data: string | Uint8Array): void {
    if (typeof data !== "string" && !(data instanceof Uint8Array))
      throw optionInvalid("socket.send()", "data", data, "a string or a Uint8Array; sendJson() takes other values");
    if (!this.isOpen) return;
    this.#socket.send(data, { binary: typeof data !== "string" });
    if (this.#socket.bufferedAmount > queuedBytesMax) this.#closeWith(closeCodes.slow);
  }

  sendJson(value: unknown): void {
    this.send(toJsonText(value));
  }

  close(code = 1000, reason = ""): void {
    assertClose(code, reason);
    this.#socket.close(code, reason);
  }

  tick(now: number): void {
    const { pingMs, deadMs } = this.#parts.connections.times;
    // A socket that is not read cannot be heard.
    if (this.#socket.isPaused) return;
    if (now - this.#heardAt >= deadMs) return this.#socket.terminate();
    if (now - this.#pingedAt < pingMs || !this.isOpen) return;
    this.#pingedAt = now;
    this.#socket.ping();
  }

  leave(reason: LeaveReason): void {
    this.#closeWith(reason === "stopping" ? closeCodes.stopping : closeCodes.denied);
  }

  #closeWith({ code, reason }: CloseReason): void {
    if (this.isOpen) this.#socket.close(code, reason);
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#heardAt = performance.now();
    const bytes = toBytes(data);
    this.#schedule(() => this.#handle(bytes, isBinary));
    // What a client sends while its last message is handled waits at the client.
    this.#socket.pause();
  }

  async #handle(bytes: Uint8Array, isBinary: boolean): Promise<void> {
    if (!this.isOpen) return;
    const { route } = this.#parts;
    const { message: handler } = route.handlers;
    if (handler === undefined) return this.#closeWith(closeCodes.unexpected);
    if (route.message === undefined) return handler(this, isBinary ? bytes : textDecoder.decode(bytes));
    if (isBinary) return this.#closeWith(closeCodes.bytes);
    const message = await this.#readMessage(bytes);
    if (message !== undefined) await handler(this, message.value);
  }

  /** Parses and checks a message; closes the socket and returns undefined where that fails. */
  async #readMessage(bytes: Uint8Array): Promise<{ readonly value: unknown } | undefined> {
    let json: unknown;
    try {
      json = parseJsonBody(bytes);
    } catch (error) {
      if (!isGableError(error)) throw error;
      this.context.log.debug({ error }, "A WebSocket sent a message that is not JSON.");
      this.#closeWith(closeCodes.notJson);
      return undefined;
    }
    const checked = await validateWith(this.#parts.route.message!, json); // Its caller has asked.
    if (checked.isValid) return checked;
    this.context.log.debug({ errors: checked.errors }, "A WebSocket sent a message that its schema refuses.");
    this.#closeWith(closeCodes.refused);
    return undefined;
  }

  #schedule(work: () => Promise<void>): void {
    this.#waiting.push(work);
    if (!this.#isWorking) void this.#work();
  }

  /** Runs what waits, one after the other. */
  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let work = this.#waiting.shift(); work !== undefined; work = this.#waiting.shift()) {
      try {
        await this.#parts.enter(work);
      } catch (error) {
        this.context.log.error({ error }, `A handler of the WebSocket "${this.#parts.route.pattern}" failed: ${toErrorText(error)}`);
        this.#closeWith(closeCodes.failed);
      }
    }
    this.#isWorking = false;
    this.#heardAt = performance.now();
    this.#socket.resume();
  }

  #onClose(end: SocketEnd): void {
    this.#end = end;
    this.#parts.connections.delete(this);
    this.#abort();
    const { close } = this.#parts.route.handlers;
    if (close !== undefined) this.#schedule(async () => close(this, end));
  }

  #abort(): void {
    this.#controller?.abort(new GableError("E_CLIENT_GONE", "The WebSocket has closed."));
  }
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
