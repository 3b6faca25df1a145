/** Reports, in development, the database queries of each request that are repeated, slow, large, or open for long. */
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";

/** A database statement, as published on the channel `gable.data.query`. */
interface StatementEvent {
  readonly sql: string;
  readonly durationMs: number;
  readonly rowCount: number;
  explain(): Promise<string>;
}

/** A call of `fetch` inside a transaction, as published on the channel `gable.data.fetch`. */
interface FetchEvent {
  readonly method: string;
  readonly origin: string;
}

/** A finding that you should look at. */
export interface QueryFinding {
  /** What the request does, as the rest of a sentence. */
  readonly text: string;
  /** Facts for the log. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Runs the work of a request, and reports its findings at the end. */
export type QueryWatch = <Result>(work: () => Result, onFinding: (finding: QueryFinding) => void) => Result;

/** A query that one request sends this often is reported: most likely, a loop sends it. */
const repeatedMin = 5;
/** A statement that takes this long is reported, in ms. */
const slowMs = 50;
/** A query that reads this many rows is reported. */
const largeMin = 10_000;

/** What a request has done so far. */
interface Watched {
  readonly statements: StatementEvent[];
  readonly fetches: FetchEvent[];
}

const requests = new AsyncLocalStorage<Watched>();
let isSubscribed = false;

function subscribeOnce(): void {
  // One subscription for all applications of the process. The channels belong to the data layer, which publishes such
  // events.
  if (isSubscribed) return;
  isSubscribed = true;
  subscribe("gable.data.query", (event) => requests.getStore()?.statements.push(event as StatementEvent)); // See above.
  subscribe("gable.data.fetch", (event) => requests.getStore()?.fetches.push(event as FetchEvent)); // See above.
}

/** Creates the watcher of requests. Other requests at the same time do not count. */
export function createQueryWatch(): QueryWatch {
  subscribeOnce();
  return (work, onFinding) => {
    const watched: Watched = { statements: [], fetches: [] };
    const tell = (): void => void tellOf(watched, onFinding);
    const result = requests.run(watched, work);
    if (result instanceof Promise) result.then(tell, tell);
    else tell();
    return result;
  };
}

async function tellOf({ statements, fetches }: Watched, onFinding: (finding: QueryFinding) => void): Promise<void> {
  for (const { method, origin } of fetches)
    onFinding({
      text: `waits for ${method} ${origin} inside a transaction, which holds its locks meanwhile`,
      facts: { method, origin },
    });
  const groups = new Map<string, StatementEvent[]>();
  for (const event of statements) groups.set(event.sql, [...(groups.get(event.sql) ?? []), event]);
  for (const [sql, events] of groups) {
    const count = events.length;
    const durationMs = Math.round(events.reduce((sum, event) => sum + event.durationMs, 0));
    const isQuery = /^\s*(?:select|with)\b/i.test(sql);
    // Sending changes one after the other is normal.
    if (count >= repeatedMin && isQuery)
      onFinding({ text: `sends ${count} queries that differ in their values alone`, facts: { sql, count, durationMs } });
    const rowCount = Math.max(...events.map((event) => event.rowCount));
    if (rowCount >= largeMin && isQuery) onFinding({ text: `reads ${rowCount} rows by one query`, facts: { sql, rowCount } });
    const slowest = events.reduce((one, other) => (other.durationMs > one.durationMs ? other : one));
    if (slowest.durationMs >= slowMs) onFinding(await describeSlow(slowest));
  }
}

/** A slow statement with its query plan, if the database returns one. */
async function describeSlow({ sql, durationMs, explain }: StatementEvent): Promise<QueryFinding> {
  const duration = Math.round(durationMs);
  const plan = /^\s*(?:select|with|insert|update|delete)\b/i.test(sql) ? await explain().catch(() => undefined) : undefined;
  return { text: `sends a statement of ${duration} ms`, facts: { sql, durationMs: duration, ...(plan !== undefined && { plan }) } };
}
