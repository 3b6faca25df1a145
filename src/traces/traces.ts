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
  /** The path without secrets. */
  readonly shownPath: string;
  /** The error that was answered; undefined without one. */
  readonly failure: unknown;
}

/** What a span needs of a task. */
export interface TracedTask {
  readonly task: string;
  readonly taskId: string;
  /** Name of its queue. */
  readonly queue: string;
}

/** The span that a task was enqueued in. It is kept with the task. */
export interface TaskOrigin {
  /** The span, as in the field `traceparent`. */
  readonly traceParent: string;
  /** Whether the task was enqueued for a later time. */
  readonly isDelayed: boolean;
}

/** What a span needs of an attempt of a task. */
interface TracedAttempt extends TracedTask {
  readonly attempt: number;
  /** Undefined for a task that no span of an application has enqueued. */
  readonly origin: TaskOrigin | undefined;
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
  /** Adds a task to its queue inside a span. `add` gets the span for {@link TaskOrigin}; undefined outside of requests and tasks. */
  readonly sendTask: <Added>(facts: TracedTask, add: (traceParent: string | undefined) => Promise<Added>) => Promise<Added>;
  /** Runs an attempt of a task inside a span. */
  readonly runTask: <End extends TracedEnd>(facts: TracedAttempt, run: () => Promise<End>) => Promise<End>;
  /** Takes the function that removes the secrets of the application from texts. */
  redactWith(redact: (text: string) => string): void;
}
