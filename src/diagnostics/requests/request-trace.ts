/** Writes what an application tells about a request into its record. */
import type { RequestTrace } from "../../parts/request-trace.ts";
import { currentRecord } from "./request-record.ts";

/** Creates the trace of an application: each request writes into its own record. `secrets` takes what no tool may show. */
export function createRequestTrace(secrets: Set<string>): RequestTrace {
  return {
    measure(step, work) {
      const record = currentRecord();
      if (record === undefined) return work();
      const startMs = record.elapsedMs;
      const end = (): void => record.addStep(step, startMs);
      let result: ReturnType<typeof work>;
      try {
        result = work();
      } catch (error) {
        end();
        throw error;
      }
      if (result instanceof Promise) result.then(end, end);
      else end();
      return result;
    },
    noteRoute(context, label, place) {
      const record = currentRecord();
      if (record !== undefined) Object.assign(record, { context, route: label, place });
    },
    noteGuard(name, verdict) {
      currentRecord()?.guards.push({ name, verdict });
    },
    noteSecrets(values) {
      for (const value of values) secrets.add(value);
    },
    noteLog(level, message, facts) {
      currentRecord()?.addLine({ level, message, facts });
    },
  };
}
