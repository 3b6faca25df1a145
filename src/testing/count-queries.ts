/** The statements that some work sends to databases. */
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import type { StatementEvent } from "gable/data";
import { findCaller } from "./caller.ts";
import { assertTestFunction, testError } from "./test-error.ts";

/** A statement that was sent to a database. */
export interface RecordedStatement {
  /** SQL with placeholders. */
  readonly sql: string;
  /** Duration in ms. */
  readonly durationMs: number;
  /** File and line of the project that sent it; undefined if it is unknown. */
  readonly place: string | undefined;
}

/** Recordings that are open, the innermost first. */
interface Recording {
  readonly statements: RecordedStatement[];
  readonly outer: Recording | undefined;
}

const recordings = new AsyncLocalStorage<Recording>();
let isSubscribed = false;
/** Statements of the current test, whatever sends them; undefined where nobody asks. */
let ofTest: RecordedStatement[] | undefined;

function subscribeOnce(): void {
  if (isSubscribed) return;
  isSubscribed = true;
  const note = (event: unknown): void => {
    let recording = recordings.getStore();
    if (recording === undefined && ofTest === undefined) return;
    const { sql, durationMs } = event as StatementEvent; // What the channel has.
    const statement: RecordedStatement = { sql, durationMs, place: findCaller(note).place };
    ofTest?.push(statement);
    for (; recording !== undefined; recording = recording.outer) recording.statements.push(statement);
  };
  subscribe("gable.data.query", note);
}

/** Most statements of a test that are kept. */
const ofTestMax = 50;

/** Begins the list of the statements of a test. */
export function beginTestQueries(): void {
  subscribeOnce();
  ofTest = [];
}

/** Ends the list. Returns its lines, for a test that has failed; none if the test sent no statement. */
export function endTestQueries(): readonly string[] {
  const statements = ofTest ?? [];
  ofTest = undefined;
  if (statements.length === 0) return [];
  const left = statements.length - ofTestMax;
  const count = statements.length === 1 ? "1 statement" : `${statements.length} statements`;
  return [
    `The test sent ${count}${left > 0 ? `. The last ${ofTestMax} are` : ""}:`,
    ...statements.slice(-ofTestMax).map((statement) => `  ${toLine(statement)}`),
  ];
}

/** Runs work, and returns its result with the statements that it sent. What runs at the same time elsewhere does not count. */
export async function recordQueries<Result>(
  work: () => Result | Promise<Result>,
): Promise<{ readonly result: Result; readonly statements: readonly RecordedStatement[] }> {
  subscribeOnce();
  const statements: RecordedStatement[] = [];
  const result = await recordings.run({ statements, outer: recordings.getStore() }, async () => work());
  return { result, statements };
}

/** Returns the statements that work sends to databases, in their order. */
export async function queries(work: () => unknown): Promise<readonly RecordedStatement[]> {
  assertTestFunction("queries()", work);
  return (await recordQueries(work)).statements;
}

/**
 * Returns the number of statements that work sends to databases.
 */
export async function countQueries(work: () => unknown): Promise<number> {
  assertTestFunction("countQueries()", work);
  return (await queries(work)).length;
}

/** Fails when work sends another number of statements to databases, and lists them. */
export async function assertQueries(count: number, work: () => unknown): Promise<void> {
  assertTestFunction("assertQueries()", work);
  const statements = await queries(work);
  const list = statements.map(toLine).join("\n");
  assert.equal(statements.length, count, `${statements.length} statements instead of ${count}:\n${list}`);
}

/** Statements that are repeated this often come from a loop, most likely. */
const repeatedMin = 5;

/** Throws `E_TEST_QUERIES` when a query was sent again and again. Changes in a loop are normal. */
export function assertNoLoop(statements: readonly RecordedStatement[], request: string): void {
  const counts = new Map<string, number>();
  for (const statement of statements) {
    // Gable repeats a query for a session or a rate limit when another request has changed it in between.
    if (!/^\s*(?:select|with)\b/i.test(statement.sql) || /\bfrom\s+["`]?gable_/i.test(statement.sql)) continue;
    const count = (counts.get(statement.sql) ?? 0) + 1;
    counts.set(statement.sql, count);
  }
  for (const [sql, count] of counts) {
    if (count < repeatedMin) continue;
    const place = statements.findLast((statement) => statement.sql === sql)?.place;
    throw testError(
      "E_TEST_QUERIES",
      `${request} sends ${count} queries that differ only in their values${place === undefined ? "" : ` (${place})`}: ${sql}`,
      'Load the rows together, for example with({ author: true }), or create the client with { nPlusOne: "allow" }.',
    );
  }
}

function toLine({ sql, place }: RecordedStatement): string {
  return place === undefined ? sql : `${sql} (${place})`;
}
