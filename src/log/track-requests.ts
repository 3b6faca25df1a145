/** Finds the request that runs, across its asynchronous work, and counts its statements. Only a server loads this module. */
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";

/** What is counted. */
export interface CountedRequest {
  queryCount: number;
}

let isCounting = false;
const running = new AsyncLocalStorage<CountedRequest>();

/** Returns the tracker of the process. With it, requests count their statements. */
export function trackRequests<Request extends CountedRequest>(): AsyncLocalStorage<Request> {
  // One subscription for all applications of the process.
  if (!isCounting)
    subscribe("gable.data.query", () => {
      const request = running.getStore();
      if (request !== undefined) request.queryCount++;
    });
  isCounting = true;
  // All requests of a process are of one class.
  return running as AsyncLocalStorage<never> as AsyncLocalStorage<Request>;
}
