/** An SDK of OpenTelemetry that keeps the spans of this process, for tests. */
import { beforeEach } from "node:test";
import { context, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import type { Application, GableOptions } from "gable";
import { gable } from "gable";
import { silentLogger } from "../silent-logger.ts";

export const exporter = new InMemorySpanExporter();
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
beforeEach(() => exporter.reset());

export const base: GableOptions = { mode: "test", logger: silentLogger, traces: true };

/** Runs work with a started application that has traces. */
export async function withApp(options: GableOptions, work: (app: Application) => Promise<unknown>): Promise<void> {
  const app = gable({ ...base, ...options });
  await app.start();
  try {
    await work(app);
  } finally {
    await app.close();
  }
}

/** Spans that have ended, the first one first. */
export const spans = (): ReadableSpan[] => exporter.getFinishedSpans();
export const names = (): string[] => spans().map(({ name }) => name);
export const isServer = ({ kind }: ReadableSpan): boolean => kind === SpanKind.SERVER;

/** Returns the only span with a name. */
export function spanOf(name: string): ReadableSpan {
  const found = spans().filter((span) => span.name === name);
  if (found.length === 1) return found[0]!;
  throw new Error(`${found.length} spans have the name "${name}": ${names().join(", ")}`);
}

/** The trace and the parent of a span. */
export function placeOf(span: ReadableSpan): { readonly traceId: string; readonly parentId: string | undefined } {
  return { traceId: span.spanContext().traceId, parentId: span.parentSpanContext?.spanId };
}

/** The place of spans inside another one. */
export function placeIn(span: ReadableSpan): { readonly traceId: string; readonly parentId: string | undefined } {
  return { traceId: span.spanContext().traceId, parentId: span.spanContext().spanId };
}

export async function until(isDone: () => boolean): Promise<void> {
  for (let count = 0; count < 500 && !isDone(); count++) await new Promise((resolve) => setTimeout(resolve, 10));
  if (!isDone()) throw new Error("It has not happened in 5 s.");
}
