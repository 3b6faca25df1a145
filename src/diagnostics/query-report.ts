/** The statements of each request, in development: those that are repeated, and those that are slow, are told with the request. */
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";

/** A statement of a database, as the channel `gable.data.query` tells of it. */
interface StatementEvent {
  readonly sql: string;
  readonly durationMs: number;
}

/** Something that should be looked at. */
export interface QueryFinding {
  readonly kind: "repeated" | "slow";
  readonly sql: string;
  /** How often the statement was sent. */
  readonly count: number;
  /** Time of all of them, in ms. */
  readonly durationMs: number;
}

/** Runs the work of a request, and tells what should be looked at when it is done. */
export type QueryWatch = <Result>(work: () => Result, onFindings: (findings: readonly QueryFinding[]) => void) => Result;

/** Queries that are sent so often by one request are told: a loop most likely sends them. */
const repeatedMin = 5;
/** A statement that takes so long is told, in ms. */
const slowMs = 50;

const requests = new AsyncLocalStorage<StatementEvent[]>();
let isSubscribed = false;

/** Makes what watches requests. Other requests at the same time do not count. */
export function createQueryWatch(): QueryWatch {
  // Once for all applications of the process. The channel is the data layer's: what it publishes is such an event.
  if (!isSubscribed) subscribe("gable.data.query", (event) => requests.getStore()?.push(event as StatementEvent));
  isSubscribed = true;
  return (work, onFindings) => {
    const statements: StatementEvent[] = [];
    const tell = (): void => {
      const findings = findProblems(statements);
      if (findings.length > 0) onFindings(findings);
    };
    const result = requests.run(statements, work);
    if (result instanceof Promise) result.then(tell, tell);
    else tell();
    return result;
  };
}

/** What should be looked at among the statements of a request. Changes may well be sent one after the other. */
function findProblems(statements: readonly StatementEvent[]): QueryFinding[] {
  const groups = new Map<string, { count: number; durationMs: number; longestMs: number }>();
  for (const { sql, durationMs } of statements) {
    const known = groups.get(sql) ?? { count: 0, durationMs: 0, longestMs: 0 };
    groups.set(sql, {
      count: known.count + 1,
      durationMs: known.durationMs + durationMs,
      longestMs: Math.max(known.longestMs, durationMs),
    });
  }
  return [...groups].flatMap(([sql, { count, durationMs, longestMs }]): QueryFinding[] => [
    ...(count >= repeatedMin && /^\s*select\b/i.test(sql) ? [{ kind: "repeated" as const, sql, count, durationMs }] : []),
    ...(longestMs >= slowMs ? [{ kind: "slow" as const, sql, count, durationMs: longestMs }] : []),
  ]);
}
