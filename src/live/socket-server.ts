/** The protocol of WebSockets, by the package `ws`: loaded when the first socket opens. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { ServerOptions } from "ws";
import type { WebSocket } from "ws";
import { WebSocketServer } from "ws";
import type { HeaderReader } from "../http/header-table.ts";
import type { TakenConnection } from "../http/message.ts";
import { messageBytesMax } from "./times.ts";

/** Frames of one message. */
const fragmentsMax = 1_000;

/** What `ws` reads of a request, and the fields of our reply. */
interface Handshake {
  readonly method: "GET";
  readonly url: "/";
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly reply: HeaderReader;
}

/** A handshake that was accepted. */
interface AcceptedHandshake {
  /** Fields of the request. */
  readonly headers: HeaderReader;
  /** Chosen subprotocol; undefined for none. */
  readonly protocol: string | undefined;
  /** Time for the answer to a close frame, in milliseconds. */
  readonly closeMs: number;
}

/** The types of `ws` lack an option. */
interface FrameOptions extends ServerOptions {
  readonly closeTimeout: number;
}

/** Opens WebSockets on connections that left HTTP. */
class SocketServer {
  readonly #servers = new Map<number, WebSocketServer>();

  /** Writes the head of the reply, and calls back with the socket. */
  open({ socket, received, headers: reply }: TakenConnection, handshake: AcceptedHandshake, onOpen: (socket: WebSocket) => void): void {
    const request: Handshake = { method: "GET", url: "/", headers: toHandshakeFields(handshake), reply };
    // `ws` reads of a request what a handshake has.
    this.#server(handshake.closeMs).handleUpgrade(request as unknown as IncomingMessage, socket as Duplex, Buffer.from(received), onOpen);
  }

  #server(closeMs: number): WebSocketServer {
    let server = this.#servers.get(closeMs);
    if (server === undefined) this.#servers.set(closeMs, (server = createServer(closeMs)));
    return server;
  }
}

/** It keeps nothing of the sockets: all applications of a process can use it. */
export const sharedServer: SocketServer = new SocketServer();

function createServer(closeMs: number): WebSocketServer {
  const options: FrameOptions = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: messageBytesMax,
    maxFragments: fragmentsMax,
    closeTimeout: closeMs,
  };
  const server = new WebSocketServer(options);
  // What it gets is the handshake from above; the fields of our reply were checked when they were set.
  server.on("headers", (lines, request) => {
    const { reply } = request as unknown as Handshake; // open() has made it.
    for (const [name, value] of reply) if (name !== "content-length") lines.push(`${name}: ${value}`);
  });
  return server;
}

/** The one protocol that was chosen stands for those of the client: `ws` takes the first. */
function toHandshakeFields({ headers, protocol }: AcceptedHandshake): Handshake["headers"] {
  return {
    upgrade: "websocket",
    "sec-websocket-key": headers.get("sec-websocket-key") ?? undefined,
    "sec-websocket-version": "13",
    "sec-websocket-protocol": protocol,
  };
}
