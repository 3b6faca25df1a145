/** What the engine, the node:http adapter and app.fetch all speak: plain data, no sockets. */
import type { BodySource } from "./body.ts";
import type { HeaderInit, HeaderReader } from "./header-table.ts";

/** A request as it came, validated and not interpreted. */
export interface RawRequest {
  /** Method token as received; methods are case-sensitive. */
  readonly method: string;
  /** Scheme of the connection. */
  readonly scheme: "http" | "https";
  /** Validated authority in lower case, without the default port; "" when an HTTP/1.0 request has no Host. */
  readonly authority: string;
  /** Validated path, still percent-encoded; starts with "/", or is "*" for OPTIONS. */
  readonly path: string;
  /** Text after "?"; "" when absent. */
  readonly queryString: string;
  /** Header fields. */
  readonly headers: HeaderReader;
  /** The body, not read yet. */
  readonly body: BodySource;
  /** The peer of the connection. */
  readonly remote: RemotePeer;
  /** Version of the message. */
  readonly httpVersion: "1.0" | "1.1" | "2";
  /** Aborts when the client leaves, the handler takes too long, or the server stops. Made at first touch. */
  readonly signal: AbortSignal;
  /** Changes the limits of this one request; used by the dispatch once the route is known. */
  applyLimits(limits: RequestLimits): void;
  /** Keeps the runtime alive for work that goes on after the reply; undefined where that is not needed. */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** Ends the connection in the middle of a reply, so that the client sees that it is incomplete; undefined where there is none. */
  readonly cut?: (() => void) | undefined;
  /** Sends values of `Link` in a reply 103, before the reply; undefined where only one reply can be sent. */
  readonly sendEarlyHints?: ((links: readonly string[]) => void) | undefined;
}

/** Limits that a route or a group may change. */
export interface RequestLimits {
  /** Largest accepted body, in bytes after decoding. */
  readonly bodyBytesMax?: number;
  /** Longest pause between two reads of a body, in milliseconds. */
  readonly bodyIdleMs?: number;
  /** Longest time for a whole body, in milliseconds. */
  readonly bodyMs?: number;
  /** Least bytes per second of a body after the grace time. */
  readonly bodyBytesPerSecondMin?: number;
  /** Time until `bodyBytesPerSecondMin` holds, in milliseconds. */
  readonly bodyRateGraceMs?: number;
  /** Longest time until the head of the reply, in milliseconds. */
  readonly handlerMs?: number;
  /** Longest time without a slice of the reply taken by the client, in milliseconds. */
  readonly replyStallMs?: number;
}

/** Address and port of the other end of a connection. */
export interface RemotePeer {
  /** IP address; "unix" for a Unix socket, "" in memory. */
  readonly address: string;
  /** Port; 0 where there is none. */
  readonly port: number;
}

/** A body that comes from a file; `files` implements it. */
export interface FileBody {
  /** Marks the kind. */
  readonly kind: "file";
  /** Bytes that will be sent. */
  readonly lengthBytes: number;
  /** Opens the file and gives its bytes; must end after exactly `lengthBytes`. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Releases what the body holds when it is not sent. */
  close(): void | Promise<void>;
}

/** What a reply can carry. */
export type ReplyBody = null | string | Uint8Array | AsyncIterable<string | Uint8Array> | FileBody;

/** An answer: status, fields and body. The engine adds framing, Date and Connection. */
export interface Reply {
  /** Status code, 200 to 599. */
  readonly status: number;
  /** Header fields. */
  readonly headers: HeaderInit;
  /** The body. */
  readonly body: ReplyBody;
  /** Called once, when the reply is sent, or given up because the client left. Must not throw. */
  readonly onSettled?: (() => void) | undefined;
  /** For status 101: takes the connection over, which then no longer speaks HTTP. It writes the head of the reply. */
  readonly takeOver?: ((connection: TakenConnection) => void) | undefined;
}

/** A connection that leaves HTTP. */
export interface TakenConnection {
  /** The duplex stream of the connection, a socket of Node. */
  readonly socket: object;
  /** Bytes that came after the head of the request. */
  readonly received: Uint8Array;
  /** Header fields of the reply. */
  readonly headers: HeaderReader;
}

/** A function that answers requests. */
export type RequestListener = (request: RawRequest) => Reply | Promise<Reply>;

/** Whether a body comes from a file. */
export function isFileBody(body: ReplyBody): body is FileBody {
  return typeof body === "object" && body !== null && "kind" in body && body.kind === "file";
}

/** Whether a status never has a body (RFC 9110 section 6.4.1). */
export function isBodylessStatus(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}
