/** A WebSocket of a test client. */
import type { RawMessage, SocketEnd } from "gable";
import { testError } from "../test-error.ts";
import type { LiveWaitOptions } from "./arrivals.ts";
import { Arrivals } from "./arrivals.ts";

/** Options for opening a WebSocket. */
export interface TestSocketOptions {
  /** Subprotocols that the client offers. None by default. */
  protocols?: readonly string[];
  /** Header fields of the handshake. None by default. */
  headers?: Readonly<Record<string, string>>;
}

/** An open WebSocket. */
export interface TestSocket {
  /** Subprotocol that the route has chosen; "" without one. */
  readonly protocol: string;
  /** Whether messages can be sent. */
  readonly isOpen: boolean;
  /** All messages so far. */
  readonly received: readonly RawMessage[];
  /** Sends a string or bytes. Throws `E_TEST_LIVE` once the socket is closed. */
  send(data: string | Uint8Array): void;
  /** Sends a value as JSON. Throws `E_TEST_LIVE` once the socket is closed. */
  sendJson(value: unknown): void;
  /** Takes the next message. Throws `E_TEST_LIVE` with what has arrived when the socket closes before, and after the timeout. */
  next(options?: LiveWaitOptions): Promise<RawMessage>;
  /** Takes the next message, and parses it as JSON. Throws `E_TEST_LIVE` as `next()`, and for a message that is not JSON. */
  nextJson(options?: LiveWaitOptions): Promise<unknown>;
  /** Waits until the socket has closed, and returns its close code and reason. Throws `E_TEST_LIVE` after the timeout. */
  closed(options?: LiveWaitOptions): Promise<SocketEnd>;
  /** Closes the socket, and waits until it has closed. Default code 1000. */
  close(code?: number, reason?: string): Promise<SocketEnd>;
}

/** What a test needs of a client of `ws`. Declarations of the package name no types of `ws`. */
export interface ClientSocket {
  readonly readyState: number;
  readonly protocol: string;
  on(event: "message", listener: (data: Buffer | ArrayBuffer | Buffer[], isBinary: boolean) => void): unknown;
  on(event: "error", listener: () => void): unknown;
  once(event: "close", listener: (code: number, reason: Buffer) => void): unknown;
  send(data: string | Uint8Array, options: { readonly binary: boolean }): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** Value of its `readyState`. */
const openState = 1;

/** Makes the socket of a test. `onClosed` is called once; `settle` waits for work that the application does after it. */
export function createTestSocket(
  path: string,
  socket: ClientSocket,
  { onClosed, settle }: { readonly onClosed: () => void; readonly settle: () => Promise<void> },
): TestSocket {
  const owner = `The WebSocket ${path}`;
  const arrivals = new Arrivals<RawMessage, SocketEnd>({ owner, noun: "message", show: showMessage });
  socket.on("message", (data, isBinary) => arrivals.add(toMessage(data, isBinary)));
  socket.on("error", () => undefined); // The code of the close says it.
  socket.once("close", (code, reason) => {
    onClosed();
    const text = reason.toString("utf8");
    arrivals.end({ code, reason: text }, `closed with ${code}${text === "" ? "" : ` (${text})`}`);
  });
  const assertOpen = (call: string): void => {
    if (socket.readyState !== openState)
      throw testError("E_TEST_LIVE", `${owner} is closed: ${call} cannot send.`, "Call it before the socket closes.");
  };
  const test: TestSocket = {
    get protocol() {
      return socket.protocol;
    },
    get isOpen() {
      return socket.readyState === openState;
    },
    get received() {
      return arrivals.all;
    },
    send(data) {
      assertOpen("send()");
      socket.send(data, { binary: typeof data !== "string" });
    },
    sendJson(value) {
      assertOpen("sendJson()");
      socket.send(JSON.stringify(value), { binary: false });
    },
    next: (options) => arrivals.next("next()", options),
    nextJson: async (options) => parseJson(owner, await arrivals.next("nextJson()", options)),
    closed: async (options) => {
      const end = await arrivals.ended("closed()", options);
      await settle();
      return end;
    },
    close: (code = 1000, reason = "") => {
      socket.close(code, reason);
      return test.closed();
    },
  };
  return test;
}

function toMessage(data: Buffer | ArrayBuffer | Buffer[], isBinary: boolean): RawMessage {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  // A byte order mark is a character of a message, as in browsers.
  return isBinary ? new Uint8Array(bytes) : new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function showMessage(message: RawMessage): string {
  return typeof message === "string" ? JSON.stringify(message) : `${message.length} bytes`;
}

/** Parses the data of a message or an event. Throws `E_TEST_LIVE`. */
export function parseJson(owner: string, data: RawMessage): unknown {
  if (typeof data === "string")
    try {
      return JSON.parse(data);
    } catch {
      // Below.
    }
  throw testError("E_TEST_LIVE", `${owner} got ${showMessage(data)}, which is not JSON.`, "Read it with next().");
}
