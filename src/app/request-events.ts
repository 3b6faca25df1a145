/** Publishes the start and the end of requests on channels of node:diagnostics_channel. */
import type { Reply } from "../http/message.ts";
import { openChannel } from "../parts/event-channel.ts";
import { followRequest, hasClientLeft, patternOf } from "../parts/follow-request.ts";
import type { Pending } from "../parts/part.ts";
import type { RequestContext } from "./request-context.ts";

/** The event on the channel `gable.request.start` when a request comes to an application. */
interface RequestStartEvent {
  /** Id of the request; undefined when a trusted proxy sent forwarding fields that cannot be read. */
  readonly requestId: string | undefined;
  readonly method: string;
  /** Path as it came, without the query. */
  readonly path: string;
}

/** The event on the channel `gable.request.finish` when its reply is sent or given up; for what stays open, when it opens. */
interface RequestFinishEvent extends RequestStartEvent {
  /** Pattern of the route; undefined when none matched. */
  readonly route: string | undefined;
  readonly status: number;
  readonly durationMs: number;
  /** Whether the client left before the reply was sent. */
  readonly hasClientLeft: boolean;
  /** The error that was answered; undefined without one. */
  readonly error: unknown;
}

const starts = openChannel<RequestStartEvent>("gable.request.start");
const finishes = openChannel<RequestFinishEvent>("gable.request.finish");

/** Answers a request. */
export type Answer = (context: RequestContext) => Pending<Reply>;

/** Returns what answers requests, with the start and the end of each one published where somebody listens. */
export function publishRequests(answer: Answer): Answer {
  return (context) => publishRequest(context, answer);
}

function publishRequest(context: RequestContext, answer: Answer): Pending<Reply> {
  if (!starts.hasSubscribers && !finishes.hasSubscribers) return answer(context);
  const facts = { requestId: findRequestId(context), method: context.method, path: context.ownRaw().path };
  const startedMs = performance.now();
  starts.publish(facts);
  return followRequest(context, answer, (status) => {
    finishes.publish({
      ...facts,
      route: patternOf(context),
      status,
      durationMs: performance.now() - startedMs,
      hasClientLeft: hasClientLeft(context),
      error: context.failure,
    });
  });
}

function findRequestId(context: RequestContext): string | undefined {
  try {
    return context.requestId;
  } catch {
    // The dispatch meets the same error, and answers it.
    return undefined;
  }
}
