/** One line of the log for each request, when its reply is made; for a stream or a file, when it is sent. */
import { findUserIdOf } from "../handlers/request-user.ts";
import type { AppLogger } from "../handlers/logger.ts";
import type { Reply } from "../http/message.ts";
import { isFileBody } from "../http/message.ts";
import type { Redactor } from "../errors/secret-redactor.ts";
import type { RequestContext } from "./request-context.ts";

/** Where lines go. */
export interface RequestLogSettings {
  readonly logger: AppLogger;
  /** Takes a finished line of JSON: the built-in logger of production. Undefined for other loggers, which get facts. */
  readonly writeLine: ((line: string) => void) | undefined;
  readonly redact: Redactor;
}

/** Writes the lines of requests. */
export class RequestLog {
  readonly #settings: RequestLogSettings;
  /** Patterns as JSON: each route is written many times. */
  readonly #patterns = new Map<string, string>();

  constructor(settings: RequestLogSettings) {
    this.#settings = settings;
  }

  /** Writes the line of a request. */
  write(context: RequestContext, { status, body }: Reply): void {
    const { writeLine, logger, redact } = this.#settings;
    const path = redact(context.shownPath);
    const { method, requestId, route, ip, queryCount } = context;
    const pattern = route === undefined ? undefined : (route.binding?.pattern ?? route.pattern);
    const bytes = method === "HEAD" ? 0 : bytesOf(body);
    const ms = Math.round((performance.now() - context.startedMs) * 100) / 100;
    const userId = findUserIdOf(context);
    if (writeLine === undefined) {
      const facts = { requestId, method, route: pattern, path, status, ms, queries: queryCount, bytes, ip, userId };
      return logger.info(facts, `${method} ${path} ${status}`);
    }
    // Written by hand: JSON.stringify() of such an object takes several times as long, for each request.
    const text = JSON.stringify(path);
    writeLine(
      `{"level":30,"time":${Date.now()},"requestId":"${requestId}","method":"${method}"${pattern === undefined ? "" : `,"route":${this.#toJson(pattern)}`}` +
        `,"path":${text},"status":${status},"ms":${ms},"queries":${queryCount}${bytes === undefined ? "" : `,"bytes":${bytes}`}` +
        `,"ip":"${ip}"${userId === undefined ? "" : `,"userId":${JSON.stringify(userId)}`},"message":"${method} ${text.slice(1, -1)} ${status}"}`,
    );
  }

  #toJson(pattern: string): string {
    let text = this.#patterns.get(pattern);
    if (text === undefined) this.#patterns.set(pattern, (text = JSON.stringify(pattern)));
    return text;
  }
}

/** Bytes of a body before it is compressed; undefined for a stream, whose length nobody knows. */
function bytesOf(body: Reply["body"]): number | undefined {
  if (body === null) return 0;
  if (typeof body === "string") return Buffer.byteLength(body);
  if (body instanceof Uint8Array) return body.byteLength;
  return isFileBody(body) ? body.lengthBytes : undefined;
}
