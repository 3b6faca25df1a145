/** A request on a connection of the engine. */
import type { BodySource } from "../http/body.ts";
import type { HeaderReader } from "../http/header-table.ts";
import type { RawRequest, RemotePeer, RequestLimits } from "../http/message.ts";
import { AbortableRequest } from "./abortable-request.ts";
import { EngineBody } from "./engine-body.ts";

/** What a request needs of its connection. */
export interface RequestConnection {
  /** The peer's address. */
  readonly remote: RemotePeer;
  /** Whether the connection is TLS. */
  readonly isSecure: boolean;
  /** Restarts the handler's deadline. */
  onHandlerLimit(handlerMs: number): void;
  /** Closes the connection of a request whose reply is being sent. */
  cut(request: EngineRequest): void;
  /** Sends links ahead of the reply of a request. */
  sendEarlyHints(request: EngineRequest, links: readonly string[]): void;
}

/** Request of the engine; plain fields, made once per request. */
export class EngineRequest extends AbortableRequest implements RawRequest {
  readonly method: string;
  readonly path: string;
  readonly queryString: string;
  readonly authority: string;
  readonly headers: HeaderReader;
  readonly body: BodySource;
  readonly httpVersion: "1.0" | "1.1";
  /** Limits of the route; null while those of the server hold. */
  limits: RequestLimits | null = null;
  readonly #connection: RequestConnection;

  constructor(
    connection: RequestConnection,
    line: { method: string; path: string; queryString: string; minor: 0 | 1 },
    authority: string,
    headers: HeaderReader,
    body: BodySource,
  ) {
    super();
    this.#connection = connection;
    this.method = line.method;
    this.path = line.path;
    this.queryString = line.queryString;
    this.authority = authority;
    this.headers = headers;
    this.body = body;
    this.httpVersion = line.minor === 0 ? "1.0" : "1.1";
  }

  get scheme(): "http" | "https" {
    return this.#connection.isSecure ? "https" : "http";
  }

  get remote(): RemotePeer {
    return this.#connection.remote;
  }

  cut(): void {
    this.#connection.cut(this);
  }

  sendEarlyHints(links: readonly string[]): void {
    this.#connection.sendEarlyHints(this, links);
  }

  applyLimits(limits: RequestLimits): void {
    this.limits = limits;
    if (limits.bodyBytesMax !== undefined && this.body instanceof EngineBody) this.body.limit(limits.bodyBytesMax);
    if (limits.handlerMs !== undefined) this.#connection.onHandlerLimit(limits.handlerMs);
  }
}
