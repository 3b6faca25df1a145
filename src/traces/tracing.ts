/** What everything that makes spans of an application shares. */
import type { Context, Span, SpanContext, Tracer } from "@opentelemetry/api";
import { ErrorWriter } from "./error-writer.ts";
import { parseTraceParent } from "./trace-parent.ts";

/** The API of OpenTelemetry. */
export type Api = typeof import("@opentelemetry/api");

/** The tracing of one application. */
export class Tracing {
  readonly api: Api;
  readonly tracer: Tracer;
  readonly errors: ErrorWriter;
  /** Marks what belongs to this application: others in the process may have no traces. */
  readonly #owner: symbol;

  constructor(api: Api) {
    this.api = api;
    this.tracer = api.trace.getTracer("gable");
    this.errors = new ErrorWriter(api);
    this.#owner = api.createContextKey("gable");
  }

  /** The active context if it is inside a span of this application; undefined elsewhere. */
  get own(): Context | undefined {
    const active = this.api.context.active();
    return active.getValue(this.#owner) === this ? active : undefined;
  }

  /** Returns the active context with a span of this application. */
  enter(span: Span): Context {
    return this.api.trace.setSpan(this.api.context.active(), span).setValue(this.#owner, this);
  }

  /** Returns the span of another program, or of another time, that a `traceparent` names; undefined for a malformed one. */
  readRemote(traceParent: string): SpanContext | undefined {
    const parent = parseTraceParent(traceParent);
    return parent === undefined ? undefined : { ...parent, isRemote: true };
  }
}
