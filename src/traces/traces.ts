/** What traces offer to their application. Nothing here needs the package of OpenTelemetry, so that published types do not. */
import type { ForwardedFacts } from "../http/proxies.ts";
import type { Reply } from "../http/message.ts";
import type { FollowedRequest } from "../parts/follow-request.ts";
import type { PartHooks, Pending } from "../parts/part.ts";

/** What a span needs of a request. */
export interface TracedRequest extends FollowedRequest {
  /** What the trusted proxies say. Throws `E_PROXY_HEADER_MALFORMED`. */
  readonly forwarded: ForwardedFacts;
  readonly requestId: string;
  /** The error that was answered; undefined without one. */
  readonly failure: unknown;
}

/** What a span needs of an attempt of a task. */
interface TracedTask {
  readonly task: string;
  readonly taskId: string;
  readonly attempt: number;
}

/** How an attempt of a task ended. */
interface TracedEnd {
  readonly outcome: string;
  readonly error: unknown;
}

/** The traces of one application. */
export interface Traces extends PartHooks {
  /** Returns what answers requests, with a span around each one. */
  measure<Request extends TracedRequest>(answer: (request: Request) => Pending<Reply>): (request: Request) => Pending<Reply>;
  /** Runs an attempt of a task inside a span. */
  readonly runTask: <End extends TracedEnd>(facts: TracedTask, run: () => Promise<End>) => Promise<End>;
  /** Takes the function that removes the secrets of the application from texts. */
  redactWith(redact: (text: string) => string): void;
}
