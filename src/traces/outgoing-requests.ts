/** Spans of the requests that an application sends with `fetch()`. Node's HTTP client, undici, publishes them; nothing is patched. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Context, Span } from "@opentelemetry/api";
import { typeOf } from "./error-writer.ts";
import { parseTraceParent, toTraceParent } from "./trace-parent.ts";
import type { Tracing } from "./tracing.ts";

/** A request, as undici publishes it. */
interface OutgoingRequest {
  readonly method: string;
  readonly origin: string | URL;
  /** Path and query. */
  readonly path: string;
  /** Names and values in turn; lines of text in old versions of the package undici. */
  readonly headers: readonly unknown[] | string;
  /** The protocol that it asks for, such as "websocket". */
  readonly upgrade?: unknown;
  addHeader(name: string, value: string): unknown;
}

interface RequestMessage {
  readonly request: OutgoingRequest;
}

interface HeadersMessage extends RequestMessage {
  readonly response: { readonly statusCode: number };
}

interface ErrorMessage extends RequestMessage {
  readonly error: unknown;
}

/** The methods that the conventions of OpenTelemetry know. Others would make too many names. */
const knownMethods: ReadonlySet<string> = new Set([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "QUERY",
  "TRACE",
]);

/** Makes spans of requests that are sent inside requests and tasks of an application. Returns the function that ends it. */
export function followOutgoing(tracing: Tracing): () => void {
  const { errors } = tracing;
  const spans = new WeakMap<OutgoingRequest, Span>();
  /** Returns the span of a request that has ended; undefined for requests of others, and for those that have ended before. */
  const take = (request: OutgoingRequest): Span | undefined => {
    const span = spans.get(request);
    spans.delete(request);
    return span;
  };
  const listeners: Readonly<Record<string, (message: never) => void>> = {
    create: ({ request }: RequestMessage) => {
      const active = tracing.own;
      const span = active === undefined ? undefined : startOutgoing(tracing, request, active);
      if (span !== undefined) spans.set(request, span);
    },
    // The span ends here, as the conventions advise: nobody may ever read the body.
    headers: ({ request, response: { statusCode } }: HeadersMessage) => {
      // An informational reply comes before the real one.
      if (statusCode < 200) return;
      const span = take(request);
      if (span === undefined) return;
      span.setAttribute("http.response.status_code", statusCode);
      if (statusCode >= 400) errors.writeStatus(span, statusCode);
      span.end();
    },
    error: ({ request, error }: ErrorMessage) => {
      const span = take(request);
      if (span === undefined) return;
      errors.write(span, error, codeOf(error));
      span.end();
    },
  };
  const ends = Object.entries(listeners).map(([name, listener]) => {
    const channel = `undici:request:${name}`;
    const onMessage = (message: unknown): void => listener(message as never); // The name of the channel says what it is.
    subscribe(channel, onMessage);
    return () => void unsubscribe(channel, onMessage);
  });
  return () => ends.forEach((end) => end());
}

/** Starts the span of a request, and passes its trace on. Undefined for tunnels and WebSockets, and if another package makes a span. */
function startOutgoing(tracing: Tracing, request: OutgoingRequest, active: Context): Span | undefined {
  const url = readUrl(request);
  if (url === undefined || request.method === "CONNECT" || (request.upgrade ?? false) !== false) return undefined;
  const sent = findTraceParent(request.headers);
  if (sent !== undefined && isMadeByOthers(tracing, sent, active)) return undefined;
  const span = tracing.tracer.startSpan(...describeOutgoing(tracing, request.method, url), active);
  if (sent === undefined) passOn(span, request);
  return span;
}

/** Returns the name of the span and its options. They have neither the query nor credentials. */
function describeOutgoing({ api, errors }: Tracing, method: string, url: URL): [name: string, options: object] {
  const isKnown = knownMethods.has(method);
  const attributes = {
    "http.request.method": isKnown ? method : "_OTHER",
    ...(!isKnown && { "http.request.method_original": method }),
    "server.address": url.hostname.replace(/^\[(.*)\]$/, "$1"),
    "server.port": url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port),
    "url.full": errors.redact(url.origin + url.pathname),
  };
  return [isKnown ? method : "HTTP", { kind: api.SpanKind.CLIENT, attributes }];
}

/** Sends the trace along, with the fields of W3C Trace Context. */
function passOn(span: Span, request: OutgoingRequest): void {
  const { traceState, ...context } = span.spanContext();
  const field = toTraceParent(context);
  // Without an SDK, and where the application suppresses traces, spans have no ids.
  if (field === undefined) return;
  request.addHeader("traceparent", field);
  const state = traceState?.serialize() ?? "";
  if (state !== "") request.addHeader("tracestate", state);
}

/** Whether a request has the field from a package that has made a span of it already: a span of the same trace inside the active one. */
function isMadeByOthers({ api }: Tracing, sent: string, active: Context): boolean {
  const other = parseTraceParent(sent);
  const own = api.trace.getSpanContext(active);
  return other !== undefined && other.traceId === own?.traceId && other.spanId !== own.spanId;
}

function findTraceParent(headers: OutgoingRequest["headers"]): string | undefined {
  if (typeof headers === "string") return /^traceparent:[ \t]*(.*?)[ \t]*$/im.exec(headers)?.[1];
  const index = headers.findIndex((name, place) => place % 2 === 0 && String(name).toLowerCase() === "traceparent");
  return index < 0 ? undefined : String(headers[index + 1]);
}

/** The path of a request to a proxy is a whole address. */
function readUrl({ origin, path }: OutgoingRequest): URL | undefined {
  const base = URL.canParse(String(origin)) ? new URL(String(origin)).origin : "";
  const address = path.startsWith("/") ? base + path : path;
  return URL.canParse(address) ? new URL(address) : undefined;
}

/** Returns the code of an error of the network, such as ECONNREFUSED: its name says only "Error". */
function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : typeOf(error);
}
