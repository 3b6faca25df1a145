/** Makes a span of each event that tells how long something took. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { TimedEvent } from "./child-spans.ts";
import { childSpans } from "./child-spans.ts";
import { typeOf } from "./error-writer.ts";
import type { Tracing } from "./tracing.ts";

/** Makes spans of the events inside requests and tasks of an application. Returns the function that ends it. */
export function followEvents(tracing: Tracing): () => void {
  const { tracer, errors } = tracing;
  const { SpanKind } = tracing.api;
  const ends = Object.entries(childSpans).map(([channel, toSpan]) => {
    const onEvent = (message: unknown): void => {
      const active = tracing.own;
      if (active === undefined) return;
      const { durationMs, error } = message as TimedEvent; // These channels publish such events.
      const { name, isClient, attributes, isAnswer } = toSpan(message as never); // As above: the name of the channel says which.
      const endTime = performance.timeOrigin + performance.now();
      const kind = isClient ? SpanKind.CLIENT : SpanKind.INTERNAL;
      const span = tracer.startSpan(name, { kind, attributes, startTime: endTime - durationMs }, active);
      if (isAnswer === true) span.setAttribute("error.type", typeOf(error));
      else if (error !== undefined) errors.write(span, error);
      span.end(endTime);
    };
    subscribe(channel, onEvent);
    return () => void unsubscribe(channel, onEvent);
  });
  return () => ends.forEach((end) => end());
}
