/** Spans of tasks, by the conventions of OpenTelemetry for messages: one where a task is enqueued, and one for each attempt. */
import type { Attributes } from "@opentelemetry/api";
import { toTraceParent } from "./trace-parent.ts";
import type { TracedTask, Traces } from "./traces.ts";
import type { Tracing } from "./tracing.ts";

/** Creates what makes the spans of tasks. */
export function createTaskSpans(tracing: Tracing): Pick<Traces, "sendTask" | "runTask"> {
  const { api, tracer, errors } = tracing;
  const { SpanKind, trace, context } = api;
  return {
    sendTask: async (facts, add) => {
      const active = tracing.own;
      if (active === undefined) return add(undefined);
      const span = tracer.startSpan(`send ${facts.task}`, { kind: SpanKind.PRODUCER, attributes: describe("send", facts) }, active);
      try {
        return await context.with(tracing.enter(span), () => add(toTraceParent(span.spanContext())));
      } catch (error) {
        errors.write(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
    runTask: async ({ attempt, origin, ...facts }, run) => {
      const attributes = { ...describe("process", facts), "gable.task.attempt": attempt };
      const sender = origin === undefined ? undefined : tracing.readRemote(origin.traceParent);
      // A worker may take a task up inside any request. A task that waits for its time is not a part of what enqueued it.
      const parent = origin?.isDelayed === true ? undefined : sender;
      const span = tracer.startSpan(
        `process ${facts.task}`,
        {
          kind: SpanKind.CONSUMER,
          attributes,
          root: parent === undefined,
          ...(sender !== undefined && { links: [{ context: sender }] }),
        },
        parent === undefined ? context.active() : trace.setSpanContext(context.active(), parent),
      );
      const end = await context.with(tracing.enter(span), run);
      span.setAttribute("gable.task.outcome", end.outcome);
      if (end.error !== undefined) errors.write(span, end.error);
      span.end();
      return end;
    },
  };
}

function describe(operation: "send" | "process", { task, taskId, queue }: TracedTask): Attributes {
  return {
    "messaging.system": "gable",
    "messaging.operation.name": operation,
    "messaging.operation.type": operation,
    "messaging.destination.name": task,
    "messaging.message.id": taskId,
    "gable.task": task,
    "gable.task.id": taskId,
    "gable.task.queue": queue,
  };
}
