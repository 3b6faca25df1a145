/** A request on a connection of the engine. */
import type { GableError } from "../errors/gable-error.ts";
import type { BodySource } from "../http/body.ts";
import type { HeaderReader } from "../http/header-table.ts";
import type { RawRequest, RemotePeer, RequestLimits } from "../http/message.ts";
import { EngineBody } from "./engine-body.ts";

/** What a request needs of its connection. */
export interface RequestConnection {
  /** The peer's address. */
  readonly remote: RemotePeer;
  /** Whether the connection is TLS. */
  readonly isSecure: boolean;
  /** The handler's deadline starts anew. */
  onHandlerLimit(handlerMs: number): void;
}

/** Request of the engine; plain fields, made once per request. */
export class EngineRequest implements RawRequest {
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
  #controller: AbortController | null = null;
  #abortReason: GableError | null = null;

  constructor(
    connection: RequestConnection,
    line: { method: string; path: string; queryString: string; minor: 0 | 1 },
    authority: string,
    headers: HeaderReader,
    body: BodySource,
  ) {
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

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#abortReason !== null) this.#controller.abort(this.#abortReason);
    }
    return this.#controller.signal;
  }

  /** Tells the handler that nobody waits any more. */
  abort(reason: GableError): void {
    if (this.#abortReason !== null) return;
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }

  applyLimits(limits: RequestLimits): void {
    this.limits = limits;
    if (limits.bodyBytesMax !== undefined && this.body instanceof EngineBody) this.body.limit(limits.bodyBytesMax);
    if (limits.handlerMs !== undefined) this.#connection.onHandlerLimit(limits.handlerMs);
  }
}
