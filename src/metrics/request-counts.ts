/** Counts the requests of one process: how many by method, route and status, how long they took, and how many run. */
import type { RawRequest, Reply } from "../http/message.ts";
import type { FollowedRequest } from "../parts/follow-request.ts";
import { followRequest, patternOf } from "../parts/follow-request.ts";
import type { Pending } from "../parts/part.ts";
import { bucketSeconds } from "./families.ts";
import { toLabels } from "./exposition.ts";

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
  measure<Request extends FollowedRequest>(answer: (request: Request) => Pending<Reply>): (request: Request) => Pending<Reply> {
    return (request) => {
      const startedMs = performance.now();
      this.inFlight++;
      return followRequest(request, answer, (status) => {
        this.inFlight--;
        this.#add(request, status, (performance.now() - startedMs) / 1000);
      });
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

  #add(request: FollowedRequest, status: number, seconds: number): void {
    const { method, raw } = request;
    const pattern = patternOf(request) ?? (this.#early.has(raw) ? early : unmatched);
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
