/** What each request asks of databases, in development: what is repeated, slow, large, or held open for long is told with the request. */
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";

/** A statement of a database, as the channel `gable.data.query` tells of it. */
interface StatementEvent {
  readonly sql: string;
  readonly durationMs: number;
  readonly rowCount: number;
  explain(): Promise<string>;
}

/** A call of `fetch` inside of a transaction, as the channel `gable.data.fetch` tells of it. */
interface FetchEvent {
  readonly method: string;
  readonly origin: string;
}

/** Something that should be looked at. */
export interface QueryFinding {
  /** What the request does, as the rest of a sentence. */
  readonly text: string;
  /** Facts for the log. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Runs the work of a request, and tells what should be looked at when it is done. */
export type QueryWatch = <Result>(work: () => Result, onFinding: (finding: QueryFinding) => void) => Result;

/** Queries that are sent so often by one request are told: a loop most likely sends them. */
const repeatedMin = 5;
/** A statement that takes so long is told, in ms. */
const slowMs = 50;
/** A query that reads so many rows is told. */
const largeMin = 10_000;

/** What a request has done so far. */
interface Watched {
  readonly statements: StatementEvent[];
  readonly fetches: FetchEvent[];
}

const requests = new AsyncLocalStorage<Watched>();
let isSubscribed = false;

function subscribeOnce(): void {
  // Once for all applications of the process. The channels are the data layer's: what they publish is such an event.
  if (isSubscribed) return;
  isSubscribed = true;
  subscribe("gable.data.query", (event) => requests.getStore()?.statements.push(event as StatementEvent)); // As said above.
  subscribe("gable.data.fetch", (event) => requests.getStore()?.fetches.push(event as FetchEvent)); // As said above.
}

/** Makes what watches requests. Other requests at the same time do not count. */
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
      text: `waits for ${method} ${origin} inside of a transaction, which holds its locks meanwhile`,
      facts: { method, origin },
    });
  const groups = new Map<string, StatementEvent[]>();
  for (const event of statements) groups.set(event.sql, [...(groups.get(event.sql) ?? []), event]);
  for (const [sql, events] of groups) {
    const count = events.length;
    const durationMs = Math.round(events.reduce((sum, event) => sum + event.durationMs, 0));
    const isQuery = /^\s*(?:select|with)\b/i.test(sql);
    // Changes may well be sent one after the other.
    if (count >= repeatedMin && isQuery)
      onFinding({ text: `sends ${count} queries that differ in their values alone`, facts: { sql, count, durationMs } });
    const rowCount = Math.max(...events.map((event) => event.rowCount));
    if (rowCount >= largeMin && isQuery) onFinding({ text: `reads ${rowCount} rows by one query`, facts: { sql, rowCount } });
    const slowest = events.reduce((one, other) => (other.durationMs > one.durationMs ? other : one));
    if (slowest.durationMs >= slowMs) onFinding(await describeSlow(slowest));
  }
}

/** A slow statement, with how the database runs it, where it says that. */
async function describeSlow({ sql, durationMs, explain }: StatementEvent): Promise<QueryFinding> {
  const duration = Math.round(durationMs);
  const plan = /^\s*(?:select|with|insert|update|delete)\b/i.test(sql) ? await explain().catch(() => undefined) : undefined;
  return { text: `sends a statement of ${duration} ms`, facts: { sql, durationMs: duration, ...(plan !== undefined && { plan }) } };
}
