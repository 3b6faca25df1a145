/** Makes spans with the API of OpenTelemetry. Where they go is up to the SDK that the application sets up. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Context, Span, Tracer } from "@opentelemetry/api";
import { GableError, isGableError } from "../errors/gable-error.ts";
import type { Reply } from "../http/message.ts";
import { isFileBody } from "../http/message.ts";
import { followRequest, hasClientLeft, isEventStream, patternOf } from "../parts/follow-request.ts";
import type { TimedEvent } from "./child-spans.ts";
import { childSpans } from "./child-spans.ts";
import { parseTraceParent } from "./trace-parent.ts";
import type { TracedRequest, Traces } from "./traces.ts";

type Api = typeof import("@opentelemetry/api");

/** Creates the traces of an application. Throws `E_TRACES_PACKAGE` with the install command when the package is absent. */
export async function createTraces(): Promise<Traces> {
  const api = await loadApi();
  const tracer = api.trace.getTracer("gable");
  /** Marks what belongs to this application: others in the process may have no traces. */
  const owner = api.createContextKey("gable");
  const errors = new ErrorWriter(api);
  const children = followChildren({ api, tracer, errors, isOwn: (context) => context.getValue(owner) === errors });
  const enter = (span: Span): Context => api.trace.setSpan(api.context.active(), span).setValue(owner, errors);
  return {
    measure: (answer) => (request) => {
      const span = startRequest(api, tracer, { request, redact: errors.redact });
      const context = enter(span);
      const end = (status: number): void => endRequest(span, request, { status, errors });
      const reply = api.context.with(context, () => followRequest(request, answer, end));
      return reply instanceof Promise ? reply.then((later) => bindBody(api, later, context)) : bindBody(api, reply, context);
    },
    runTask: async ({ task, taskId, attempt }, run) => {
      const attributes = { "gable.task": task, "gable.task.id": taskId, "gable.task.attempt": attempt };
      // A task may be taken up where a request has enqueued it: it does not belong to that request.
      const span = tracer.startSpan(`task ${task}`, { root: true, attributes });
      const end = await api.context.with(enter(span), run);
      span.setAttribute("gable.task.outcome", end.outcome);
      if (end.error !== undefined) errors.write(span, end.error);
      span.end();
      return end;
    },
    redactWith: (redact) => void (errors.redact = redact),
    stop: children.stop,
  };
}

async function loadApi(): Promise<Api> {
  try {
    return await import("@opentelemetry/api");
  } catch (error) {
    throw new GableError("E_TRACES_PACKAGE", "The package @opentelemetry/api is not installed; gable({ traces: true }) needs it.", {
      cause: error,
    });
  }
}

/** Writes errors into spans, without the secrets of the application. */
class ErrorWriter {
  redact = (text: string): string => text;
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  write(span: Span, error: unknown): void {
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    span.setAttribute("error.type", typeOf(error));
    if (!(error instanceof Error)) return;
    span.recordException({
      name: typeOf(error),
      message: this.redact(error.message),
      ...(error.stack !== undefined && { stack: this.redact(error.stack) }),
    });
  }

  /** Marks a span as failed, with the status of the reply as the type of the error. */
  writeStatus(span: Span, status: number): void {
    span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    span.setAttribute("error.type", String(status));
  }
}

function typeOf(error: unknown): string {
  if (isGableError(error)) return error.code;
  return error instanceof Error ? error.name : "_OTHER";
}

interface StartOptions {
  readonly request: TracedRequest;
  readonly redact: (text: string) => string;
}

/** Starts the span of a request, in the trace that a trusted proxy names, else in a new one. */
function startRequest({ trace, context, createTraceState, SpanKind }: Api, tracer: Tracer, { request, redact }: StartOptions): Span {
  const { method, raw } = request;
  const { requestId, scheme, field } = readForwarded(request);
  const attributes = {
    // A method of HTTP or of a route: servers and fetch() refuse what a client makes up.
    "http.request.method": method,
    "url.path": redact(raw.path),
    "url.scheme": scheme,
    "network.protocol.version": raw.httpVersion,
    ...(requestId !== undefined && { "gable.request.id": requestId }),
  };
  const parent = field === null ? undefined : parseTraceParent(field);
  const active = context.active();
  if (parent === undefined) return tracer.startSpan(method, { kind: SpanKind.SERVER, root: true, attributes }, active);
  const state = raw.headers.get("tracestate");
  const remote = { ...parent, isRemote: true, ...(state !== null && { traceState: createTraceState(state) }) };
  return tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, trace.setSpanContext(active, remote));
}

interface Forwarded {
  readonly requestId: string | undefined;
  readonly scheme: string;
  /** The field `traceparent` of a trusted proxy; null without one. */
  readonly field: string | null;
}

function readForwarded(request: TracedRequest): Forwarded {
  const { raw } = request;
  try {
    const { isTrusted, scheme } = request.forwarded;
    return { requestId: request.requestId, scheme, field: isTrusted ? raw.headers.get("traceparent") : null };
  } catch {
    // Forwarding fields that cannot be read: the dispatch meets the same error, and answers it.
    return { requestId: undefined, scheme: raw.scheme, field: null };
  }
}

interface EndOptions {
  readonly status: number;
  readonly errors: ErrorWriter;
}

function endRequest(span: Span, request: TracedRequest, { status, errors }: EndOptions): void {
  const route = patternOf(request);
  if (route !== undefined) span.updateName(`${request.method} ${route}`).setAttribute("http.route", route);
  span.setAttribute("http.response.status_code", status);
  // Mistakes of clients are not errors of the server.
  if (status >= 500 && request.failure !== undefined) errors.write(span, request.failure);
  else if (status >= 500) errors.writeStatus(span, status);
  else if (hasClientLeft(request)) span.setAttribute("error.type", "E_CLIENT_GONE");
  span.end();
}

/** The server reads the body of a stream after the handler has returned: its work belongs to the request all the same. */
function bindBody({ context: contexts }: Api, reply: Reply, context: Context): Reply {
  const { body } = reply;
  if (typeof body !== "object" || body === null || body instanceof Uint8Array || isFileBody(body) || isEventStream(reply)) return reply;
  const bound = (): AsyncIterator<string | Uint8Array> => {
    const pieces = contexts.with(context, () => body[Symbol.asyncIterator]());
    return {
      next: () => contexts.with(context, () => pieces.next()),
      return: (value?: unknown) =>
        contexts.with(context, async () => (await pieces.return?.(value)) ?? { done: true as const, value: undefined }),
    };
  };
  return { ...reply, body: { [Symbol.asyncIterator]: bound } };
}

interface ChildSettings {
  readonly api: Api;
  readonly tracer: Tracer;
  readonly errors: ErrorWriter;
  readonly isOwn: (context: Context) => boolean;
}

/** Makes a span of each event that happens inside a request or a task of this application. */
function followChildren({ api, tracer, errors, isOwn }: ChildSettings): { readonly stop: () => void } {
  const { context, SpanKind } = api;
  const ends = Object.entries(childSpans).map(([channel, toSpan]) => {
    const onEvent = (message: unknown): void => {
      const active = context.active();
      if (!isOwn(active)) return;
      const { durationMs, error } = message as TimedEvent; // These channels publish such events.
      const { name, isClient, attributes } = toSpan(message as never); // As above: the name of the channel says which.
      const endTime = performance.timeOrigin + performance.now();
      const kind = isClient ? SpanKind.CLIENT : SpanKind.INTERNAL;
      const span = tracer.startSpan(name, { kind, attributes, startTime: endTime - durationMs }, active);
      if (error !== undefined) errors.write(span, error);
      span.end(endTime);
    };
    subscribe(channel, onEvent);
    return () => void unsubscribe(channel, onEvent);
  });
  return { stop: () => ends.forEach((end) => end()) };
}
