/** What an application watches of its requests while it listens: the line that each one writes, and which one runs. */
import type { RawRequest } from "../http/message.ts";
import type { RequestContext } from "./request-context.ts";
import type { RequestLog } from "./request-log.ts";

/** Finds the request that runs, across its asynchronous work. */
interface RequestTracker {
  run<Result>(context: RequestContext, work: (context: RequestContext) => Result, argument: RequestContext): Result;
  getStore(): RequestContext | undefined;
}

/** The watch of one application. Both members are set when it listens: requests in memory pay nothing. */
export interface RequestWatch {
  /** Writes a line for each request. */
  log: RequestLog | undefined;
  /** Finds the request that runs. */
  tracker: RequestTracker | undefined;
  /** Contexts of the requests whose replies are sent piece by piece: an error may come after the head. */
  readonly replies: WeakMap<RawRequest, RequestContext>;
}
