/** Makes spans with the API of OpenTelemetry. Where they go is up to the SDK that the application sets up. */
import type { Context, Span } from "@opentelemetry/api";
import { GableError } from "../errors/gable-error.ts";
import type { Reply } from "../http/message.ts";
import { isFileBody } from "../http/message.ts";
import { followRequest, hasClientLeft, isEventStream, patternOf } from "../parts/follow-request.ts";
import type { ErrorWriter } from "./error-writer.ts";
import { followEvents } from "./event-spans.ts";
import { followOutgoing } from "./outgoing-requests.ts";
import { createTaskSpans } from "./task-spans.ts";
import type { TracedRequest, Traces } from "./traces.ts";
import type { Api } from "./tracing.ts";
import { Tracing } from "./tracing.ts";

/** Creates the traces of an application. Throws `E_TRACES_PACKAGE` with the install command when the package is absent. */
export async function createTraces(): Promise<Traces> {
  const api = await loadApi();
  const tracing = new Tracing(api);
  const { errors } = tracing;
  const ends = [followEvents(tracing), followOutgoing(tracing)];
  return {
    measure: (answer) => (request) => {
      const span = startRequest(tracing, request);
      const context = tracing.enter(span);
      const end = (status: number): void => endRequest(span, request, { status, errors });
      const reply = api.context.with(context, () => followRequest(request, answer, end));
      return reply instanceof Promise ? reply.then((later) => bindBody(api, later, context)) : bindBody(api, reply, context);
    },
    ...createTaskSpans(tracing),
    redactWith: (redact) => void (errors.redact = redact),
    stop: () => ends.forEach((end) => end()),
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

/** Starts the span of a request, in the trace that a trusted proxy names, else in a new one. */
function startRequest(tracing: Tracing, request: TracedRequest): Span {
  const { api, tracer, errors } = tracing;
  const { method, raw } = request;
  const { requestId, scheme, field } = readForwarded(request);
  const attributes = {
    // A method of HTTP or of a route: servers and fetch() refuse what a client makes up.
    "http.request.method": method,
    "url.path": errors.redact(request.shownPath),
    "url.scheme": scheme,
    "network.protocol.version": raw.httpVersion,
    ...(requestId !== undefined && { "gable.request.id": requestId }),
  };
  const kind = api.SpanKind.SERVER;
  const parent = field === null ? undefined : tracing.readRemote(field);
  const active = api.context.active();
  if (parent === undefined) return tracer.startSpan(method, { kind, root: true, attributes }, active);
  const state = raw.headers.get("tracestate");
  const remote = { ...parent, ...(state !== null && { traceState: api.createTraceState(state) }) };
  return tracer.startSpan(method, { kind, attributes }, api.trace.setSpanContext(active, remote));
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
