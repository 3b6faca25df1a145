/** Follows what a request does with databases and policies, by the channels that their layers publish on. */
import { subscribe } from "node:diagnostics_channel";
import { captureCaller } from "./caller-place.ts";
import type { ReadRows, RequestRecord } from "./request-record.ts";
import { currentRecord } from "./request-record.ts";

/** A statement on the channel `gable.data.query`. */
interface StatementEvent {
  readonly sql: string;
  readonly database: string;
  readonly durationMs: number;
  readonly rowCount: number;
  readonly isInTransaction?: boolean;
  showParameters?(): readonly unknown[];
  explain(): Promise<string>;
}

/** A relation that was touched, on the channel `gable.data.relation`. */
interface RelationEvent {
  readonly model: string;
  readonly relation: string;
  readonly target: string;
  readonly isAlone: boolean;
  readonly rowCount: number;
}

/** Rows that were read, on the channel `gable.data.rows`. */
interface RowsEvent {
  readonly model: string;
  readonly rows: readonly object[];
}

/** A decision of a policy, on the channel `gable.policy.check`. */
interface PolicyEvent {
  readonly model: string;
  readonly action: string;
  readonly outcome: "allowed" | "denied" | "missing";
  readonly reason: string | undefined;
}

/** From so many rows on, it is found out which of them the code uses. */
const watchedRowsMin = 10;
/** The first rows are all watched, and so many of the rest: more would cost more than the query. */
const watchedFirst = 10;
const watchedRest = 10;
/** Reads of rows that are kept for one request. */
const readsMax = 100;
let isSubscribed = false;

/** Subscribes once for all applications of the process: the record of a request belongs to one of them. */
export function watchData(): void {
  if (isSubscribed) return;
  isSubscribed = true;
  // The data layer publishes events of these shapes.
  subscribe("gable.data.query", (event) => noteStatement(currentRecord(), event as StatementEvent));
  subscribe("gable.data.relation", (event) => noteRelation(currentRecord(), event as RelationEvent)); // As above.
  subscribe("gable.data.rows", (event) => noteRows(currentRecord(), event as RowsEvent)); // As above.
  subscribe("gable.policy.check", (event) => notePolicy(currentRecord(), event as PolicyEvent)); // Accounts publish events of this shape.
}

function notePolicy(record: RequestRecord | undefined, { model, action, outcome, reason }: PolicyEvent): void {
  const why = reason ?? (outcome === "missing" ? `the policy has no rule "${action}"` : "the rule gave no reason");
  record?.addPolicy({ name: `${action} ${model}`, verdict: outcome === "allowed" ? "allowed" : `denied: ${why}` });
}

function noteStatement(record: RequestRecord | undefined, event: StatementEvent): void {
  if (record === undefined) return;
  const { sql, database, durationMs, rowCount, isInTransaction = false } = event;
  const findPlace = captureCaller();
  record.addStatement({
    sql,
    database,
    durationMs,
    startMs: Math.max(0, record.elapsedMs - durationMs),
    rowCount,
    isInTransaction,
    parameters: event.showParameters?.() ?? [],
    get place() {
      return findPlace();
    },
    explain: () => event.explain(),
  });
}

function noteRelation(record: RequestRecord | undefined, event: RelationEvent): void {
  if (record === undefined || record.relations.length >= 1_000) return;
  const findPlace = captureCaller();
  const { model, relation, target, isAlone, rowCount } = event;
  record.relations.push({
    model,
    relation,
    target,
    isAlone,
    rowCount,
    get place() {
      return findPlace();
    },
  });
}

function noteRows(record: RequestRecord | undefined, { model, rows }: RowsEvent): void {
  if (record === undefined || rows.length < watchedRowsMin || record.rows.length >= readsMax) return;
  const findPlace = captureCaller();
  const rest = Math.min(watchedRest, rows.length - watchedFirst);
  // How many rows each watched one stands for.
  const weight = rest === 0 ? 0 : (rows.length - watchedFirst) / rest;
  const read: ReadRows = {
    model,
    rowCount: rows.length,
    usedCount: 0,
    get place() {
      return findPlace();
    },
  };
  record.rows.push(read);
  for (const row of rows.slice(0, watchedFirst)) watchRow(row, () => (read.usedCount += 1));
  for (let index = 0; index < rest; index++) watchRow(rows[watchedFirst + Math.floor(index * weight)]!, () => (read.usedCount += weight));
}

/** Calls a function when code first reads or writes a property of a row. The row has its plain properties again from then on. */
function watchRow(row: object, onUse: () => void): void {
  const plain = Object.getOwnPropertyDescriptors(row);
  const use = (): void => {
    Object.defineProperties(row, plain);
    onUse();
  };
  for (const [name, { value, enumerable = true, configurable, writable }] of Object.entries(plain)) {
    if (configurable !== true || writable !== true) continue;
    const plainValue: unknown = value;
    Object.defineProperty(row, name, {
      configurable: true,
      enumerable,
      get: () => {
        use();
        return plainValue;
      },
      set: (changed: unknown) => {
        use();
        (row as Record<string, unknown>)[name] = changed; // The row has this property.
      },
    });
  }
}
