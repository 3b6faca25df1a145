/** Counts the requests of one process: how many by method, route and status, how long they took, and how many run. */
import { isGableError } from "../errors/gable-error.ts";
import { HeaderTable } from "../http/header-table.ts";
import type { RawRequest, Reply } from "../http/message.ts";
import { isFileBody } from "../http/message.ts";
import type { Pending } from "../parts/part.ts";
import type { Route } from "../routing/route.ts";
import { bucketSeconds } from "./families.ts";
import { toLabels } from "./exposition.ts";

/** What is counted of a request. */
export interface CountedRequest {
  readonly method: string;
  readonly raw: RawRequest;
  /** Known once the request is answered; undefined when none matched. */
  readonly route: Route | undefined;
}

/** Label of requests for which no route was found. Patterns start with "/", so it is none. */
const unmatched = "unmatched";
/** Label of requests that were answered before routes were looked up, as `/up` is. */
const early = "early";

/** The requests of one process. */
export class RequestCounts {
  /** Number of requests whose reply is not sent yet. */
  inFlight = 0;
  readonly #early = new WeakSet<RawRequest>();
  /** By pattern, method and status: the sum of seconds, then the number of requests in each bucket. */
  readonly #patterns = new Map<string, Map<string, Map<number, number[]>>>();

  /** Returns what answers requests, with each one counted. */
  measure<Request extends CountedRequest>(answer: (request: Request) => Pending<Reply>): (request: Request) => Pending<Reply> {
    return (request) => {
      const startedMs = performance.now();
      this.inFlight++;
      let isOpen = true;
      const end = (status: number): void => {
        if (!isOpen) return;
        isOpen = false;
        this.inFlight--;
        this.#add(request, status, (performance.now() - startedMs) / 1000);
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
    };
  }

  /** Returns what answers requests early, with those that it answers noted. */
  noteEarly<Answer>(answer: (request: RawRequest) => Answer | undefined): (request: RawRequest) => Answer | undefined {
    return (request) => {
      const reply = answer(request);
      if (reply !== undefined) this.#early.add(request);
      return reply;
    };
  }

  /** Returns the numbers by labels. */
  toSums(): Record<string, readonly number[]> {
    const sums: Record<string, readonly number[]> = {};
    for (const [route, methods] of this.#patterns)
      for (const [method, statuses] of methods)
        for (const [status, numbers] of statuses) sums[toLabels({ method, route, status: String(status) })] = [...numbers];
    return sums;
  }

  #add({ method, route, raw }: CountedRequest, status: number, seconds: number): void {
    const pattern = route === undefined ? (this.#early.has(raw) ? early : unmatched) : (route.binding?.pattern ?? route.pattern);
    const numbers = this.#find(pattern, method, status);
    let bucket = 0;
    while (bucket < bucketSeconds.length && seconds > bucketSeconds[bucket]!) bucket++;
    numbers[0]! += seconds;
    numbers[bucket + 1]!++;
  }

  #find(pattern: string, method: string, status: number): number[] {
    let methods = this.#patterns.get(pattern);
    if (methods === undefined) this.#patterns.set(pattern, (methods = new Map()));
    let statuses = methods.get(method);
    if (statuses === undefined) methods.set(method, (statuses = new Map()));
    let numbers = statuses.get(status);
    // The sum, the buckets, and the one without an upper bound.
    if (numbers === undefined) statuses.set(status, (numbers = Array.from({ length: bucketSeconds.length + 2 }, () => 0)));
    return numbers;
  }
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

function isEventStream({ body, headers }: Reply): boolean {
  if (typeof body !== "object" || body === null || body instanceof Uint8Array || isFileBody(body)) return false;
  const table = headers instanceof HeaderTable ? headers : new HeaderTable(headers);
  return table.get("content-type")?.startsWith("text/event-stream") === true;
}
