/** Applications on a port, and clients of their WebSockets and event streams. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Application, GableOptions, RouteEntry, RunningApp } from "gable";
import { gable } from "gable";
import { WebSocket } from "ws";
import { silentLogger } from "../silent-logger.ts";

/** Both servers. */
export const engines = ["gable", "node"] as const;

/** Times under which nothing happens by itself. */
const quietTimes = { spreadMs: 0 };

/** Serves routes for one test. */
export async function serving(
  engine: (typeof engines)[number],
  routes: readonly RouteEntry[],
  run: (server: RunningApp, app: Application) => Promise<void>,
  options: GableOptions = {},
): Promise<void> {
  const app = gable({ mode: "test", logger: silentLogger, live: { times: quietTimes }, ...options, routes });
  const server = await app.listen({ port: 0, engine, quiet: true, signals: false });
  try {
    await run(server, app);
  } finally {
    await server.stop({ graceMs: 500 });
  }
}

/** Waits for a condition. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = "what the test waits for",
  limitMs = 20_000,
): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) assert.fail(`${what} did not happen in time`);
    await wait(5);
  }
}

/** A client of `ws` that keeps what comes. */
export class SocketClient {
  readonly socket: WebSocket;
  readonly messages: string[] = [];
  /** Close code and reason, once it has closed. */
  end: { readonly code: number; readonly reason: string } | undefined;
  /** Status of a handshake that was refused. */
  status: number | undefined;
  /** Fields of the reply. */
  headers: NodeJS.Dict<string | string[]> = {};

  constructor(server: RunningApp, path: string, options: { headers?: Record<string, string>; protocols?: string[] } = {}) {
    this.socket = new WebSocket(`${server.url.replace("http", "ws")}${path}`, options.protocols ?? [], { headers: options.headers ?? {} });
    this.socket.on("message", (data) => this.messages.push(String(data)));
    this.socket.on("upgrade", ({ headers }) => (this.headers = headers));
    this.socket.on("unexpected-response", (request, { statusCode, headers }) => {
      this.status = statusCode;
      this.headers = headers;
      request.destroy();
      this.end = { code: 0, reason: "" };
    });
    this.socket.on("error", () => undefined);
    this.socket.on("close", (code, reason) => (this.end ??= { code, reason: String(reason) }));
  }

  /** Waits until the socket is open, or was refused. */
  async opened(): Promise<this> {
    await until(() => this.socket.readyState === WebSocket.OPEN || this.end !== undefined, "the handshake");
    return this;
  }

  /** Waits for a number of messages. */
  async received(count: number): Promise<readonly string[]> {
    await until(() => this.messages.length >= count || this.end !== undefined, `message ${count}`);
    return this.messages;
  }

  /** Waits for the end, and returns its code. */
  async closed(): Promise<number> {
    await until(() => this.end !== undefined, "the close");
    return this.end!.code;
  }
}

/** A client that sends bytes. */
export class WireClient {
  readonly socket: Socket;
  received: Buffer = Buffer.alloc(0);
  isClosed = false;

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1" });
    this.socket.on("data", (chunk: Buffer) => (this.received = Buffer.concat([this.received, chunk])));
    this.socket.on("error", () => undefined);
    this.socket.on("close", () => (this.isClosed = true));
  }

  /** Sends a request that opens a WebSocket, and waits for the head of its reply. */
  async open(path: string, fields: readonly string[] = []): Promise<string> {
    this.socket.write(handshake(path, fields));
    return this.head();
  }

  /** Waits for the head of a reply, and removes it from what was received. */
  async head(): Promise<string> {
    await until(() => this.received.includes("\r\n\r\n") || this.isClosed, "a head");
    const end = this.received.indexOf("\r\n\r\n") + 4;
    const head = this.received.subarray(0, end).toString("latin1");
    this.received = this.received.subarray(end);
    return head;
  }
}

/** A request that opens a WebSocket. */
export function handshake(path: string, fields: readonly string[] = []): string {
  const base = ["Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"];
  return [`GET ${path} HTTP/1.1`, ...base, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", ...fields, "", ""].join("\r\n");
}

/** A frame of a client, masked unless told otherwise. */
export function frame(
  opcode: number,
  payload: string | Uint8Array = "",
  { fin = true, rsv = 0, isMasked = true, length = -1 } = {},
): Buffer {
  const bytes = Buffer.from(typeof payload === "string" ? new TextEncoder().encode(payload) : payload);
  const declared = length < 0 ? bytes.length : length;
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  const masked = isMasked ? 0x80 : 0;
  if (declared < 126) head.push(masked | declared);
  else if (declared < 65_536) head.push(masked | 126, declared >> 8, declared & 255);
  else head.push(masked | 127, 0, 0, 0, 0, (declared >>> 24) & 255, (declared >> 16) & 255, (declared >> 8) & 255, declared & 255);
  if (!isMasked) return Buffer.concat([Buffer.from(head), bytes]);
  const mask = Buffer.from([1, 2, 3, 4]);
  const hidden = Uint8Array.from(bytes, (byte, index) => byte ^ mask[index % 4]!);
  return Buffer.concat([Buffer.from(head), mask, hidden]);
}

/** A frame that a server sent. */
export interface ServerFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Reads whole frames of a server. */
export function readFrames(bytes: Buffer): ServerFrame[] {
  const frames: ServerFrame[] = [];
  let offset = 0;
  while (offset + 2 <= bytes.length) {
    const opcode = bytes[offset]! & 15;
    let length = bytes[offset + 1]! & 127;
    let start = offset + 2;
    if (length === 126) {
      length = bytes.readUInt16BE(start);
      start += 2;
    } else if (length === 127) {
      length = Number(bytes.readBigUInt64BE(start));
      start += 8;
    }
    if (start + length > bytes.length) break;
    frames.push({ opcode, payload: bytes.subarray(start, start + length) });
    offset = start + length;
  }
  return frames;
}

/** Close code of a list of frames; undefined without a close frame. */
export function closeCodeOf(frames: readonly ServerFrame[]): number | undefined {
  const close = frames.find(({ opcode }) => opcode === 8);
  return close === undefined ? undefined : close.payload.length < 2 ? 1005 : close.payload.readUInt16BE(0);
}
