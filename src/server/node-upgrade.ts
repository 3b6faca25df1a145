/** Requests that want to leave HTTP, on node:http: Node hands over their socket, and this file answers on it. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { emptyBody } from "../http/body.ts";
import type { RawRequest, Reply } from "../http/message.ts";
import { toHeaderTable } from "./reply-head.ts";

/** A response on a socket that Node has let go of. */
class UpgradeResponse extends ServerResponse {
  /** Bytes that came after the head of the request. */
  readonly received: Buffer;

  constructor(incoming: IncomingMessage, received: Buffer) {
    super(incoming);
    this.received = received;
  }
}

/** Whether a request asks for a WebSocket. Other protocols are ignored, as by the engine (RFC 9110 section 7.8). */
export function isWebSocketUpgrade({ upgrade, connection }: IncomingHttpHeaders): boolean {
  return upgrade?.toLowerCase() === "websocket" && /(?:^|,)[\t ]*upgrade[\t ]*(?:,|$)/i.test(connection ?? "");
}

/** Creates the response to a request whose socket Node has let go of. The connection ends with it. */
export function toResponse(incoming: IncomingMessage, socket: Socket, received: Buffer): ServerResponse {
  const response = new UpgradeResponse(incoming, received);
  socket.on("error", () => socket.destroy());
  // Node reads no body of such a request.
  incoming.complete = true;
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once("finish", () => socket.destroySoon());
  return response;
}

/** Lets a reply take over the connection. Returns whether it could. */
export function handOver(request: RawRequest, reply: Reply, response: ServerResponse): boolean {
  const { socket } = response;
  if (
    !(response instanceof UpgradeResponse) ||
    socket === null ||
    request.httpVersion === "1.0" ||
    request.body !== emptyBody ||
    reply.takeOver === undefined
  )
    return false;
  response.detachSocket(socket);
  // The request lives as long as its connection.
  socket.once("close", () => response.emit("close"));
  reply.takeOver({ socket, received: response.received, headers: toHeaderTable(reply.headers) });
  reply.onSettled?.();
  return true;
}
