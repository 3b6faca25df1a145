/** Finds out when a request has ended, and with which status. */
import { isGableError } from "../errors/gable-error.ts";
import { HeaderTable } from "../http/header-table.ts";
import type { RawRequest, Reply } from "../http/message.ts";
import { isFileBody } from "../http/message.ts";
import type { Route } from "../routing/route.ts";
import type { Pending } from "./part.ts";

/** A request whose end is awaited. */
export interface FollowedRequest {
  readonly method: string;
  readonly raw: RawRequest;
  /** Known once the request is answered; undefined when none matched. */
  readonly route: Route | undefined;
}

/** Answers a request. Calls `onEnd` once with the status: when the reply is sent or given up, or when answering fails. */
export function followRequest<Request extends FollowedRequest>(
  request: Request,
  answer: (request: Request) => Pending<Reply>,
  onEnd: (status: number) => void,
): Pending<Reply> {
  let isOpen = true;
  const end = (status: number): void => {
    if (!isOpen) return;
    isOpen = false;
    onEnd(status);
  };
  const fail = (error: unknown): never => {
    end(500);
    throw error;
  };
  try {
    const reply = answer(request);
    if (!(reply instanceof Promise)) return follow(reply, end);
    return reply.then((later) => follow(later, (status) => end(findTimeout(request.raw) ?? status)), fail);
  } catch (error) {
    return fail(error);
  }
}

/** Whether the client has left before its reply was sent. */
export function hasClientLeft({ raw }: FollowedRequest): boolean {
  const reason: unknown = raw.signal.reason;
  return isGableError(reason) && reason.code === "E_CLIENT_GONE";
}

/** Returns the pattern of the route of a request; undefined when none matched. */
export function patternOf({ route }: FollowedRequest): string | undefined {
  return route?.binding?.pattern ?? route?.pattern;
}

/** Returns the status that the server has sent in place of a late reply; undefined for one in time. */
function findTimeout({ signal }: RawRequest): number | undefined {
  const reason: unknown = signal.reason;
  return isGableError(reason) && reason.code === "E_HANDLER_TIMEOUT" ? reason.status : undefined;
}

/** A request ends when its reply is sent. WebSockets and event streams stay open for hours: theirs ends when they open. */
function follow(reply: Reply, end: (status: number) => void): Reply {
  const { onSettled, status } = reply;
  if (reply.takeOver === undefined && !isEventStream(reply))
    return {
      ...reply,
      onSettled: () => {
        end(status);
        onSettled?.();
      },
    };
  end(status);
  return reply;
}

/** Whether a reply is an event stream, which stays open. */
export function isEventStream({ body, headers }: Reply): boolean {
  if (typeof body !== "object" || body === null || body instanceof Uint8Array || isFileBody(body)) return false;
  const table = headers instanceof HeaderTable ? headers : new HeaderTable(headers);
  return table.get("content-type")?.startsWith("text/event-stream") === true;
}
