/** Creates the tables of models without migrations: in development, adds what is missing until you write the first migration. */
import { stat } from "node:fs/promises";
import type { Database } from "../../database.ts";
import { columnsOf } from "../../schema/condition-columns.ts";
import type { State, TableState } from "../../schema/table-state.ts";
import { keyColumns } from "../state/apply.ts";
import { diffStates } from "../state/diff.ts";
import { describeOperation } from "../state/inverse.ts";
import { Ledger } from "./ledger.ts";
import type { LiveSchema, SchemaDifference } from "./live-schema.ts";
import { compareSchemas, readLiveSchema } from "./live-schema.ts";
import { lockMigrations } from "./lock.ts";
import { describeModels } from "../../sql/model-state.ts";
import { writeStep } from "../plan/plan.ts";
import { checkForeignKeys, rebuildTable } from "./rebuild.ts";
import type { Risk } from "../plan/risk.ts";
import { findRisks } from "../plan/risk.ts";
import { readExpectedSchema } from "./scratch.ts";
import { Session } from "./session.ts";
import type { Step } from "../plan/step.ts";
import { TableWriter } from "../../sql/table-writer.ts";

/** Result of a synchronization. */
export interface SyncedTables {
  /** What was created, in sentences. */
  readonly made: readonly string[];
  /** Whether the tables now match the models. */
  readonly isSame: boolean;
  /** Remaining differences, and why they were not applied, in sentences. */
  readonly left: readonly string[];
}

/** Risks that do not matter before the first release. */
const harmless: ReadonlySet<Risk> = new Set<Risk>(["safe", "locks", "scans"]);

/**
 * Creates the missing tables and columns of a database's models. Returns undefined if the database uses migrations: if their folder
 * or the ledger exists. Never changes existing tables or columns, and creates nothing while a question is open.
 */
export async function syncTables(database: Database, folder: string): Promise<SyncedTables | undefined> {
  if (await isThere(folder)) return undefined;
  return Session.use(database.$core, async (session) => {
    if (await new Ledger(session).exists()) return undefined;
    const free = await lockMigrations(session, 30);
    try {
      return await sync(session, describeModels(database.models));
    } finally {
      await free();
    }
  });
}

async function isThere(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => undefined)) !== undefined;
}

async function sync(session: Session, wanted: State): Promise<SyncedTables> {
  const writer = new TableWriter(session.dialect);
  const live = await readLiveSchema(session);
  const from = keepLive(wanted, live);
  const { operations, questions } = diffStates(from, wanted);
  const risky = findRisks(from, operations, session.kind.costs).filter(({ risk }) => !harmless.has(risk));
  const isReady = questions.length === 0 && risky.length === 0;
  const steps = isReady ? session.kind.plan(writer, from, operations).map(({ step }) => step) : [];
  await runSteps(session, writer, steps);
  const made = isReady ? operations.map(describeOperation) : [];
  const open = [...questions.map(({ text }) => text), ...risky.map(({ operation, reason }) => `${operation}. ${reason}`)];
  // Without the permission to create a scratch database, only missing objects are reported.
  const expected = await readExpectedSchema(session, writer, wanted).catch(() => undefined);
  const differences =
    expected === undefined ? [] : compareSchemas(expected, steps.length === 0 ? live : await readLiveSchema(session), wanted.keys());
  return { made, isSame: open.length === 0 && differences.length === 0, left: [...open, ...differences.map(describeDifference)] };
}

/** Runs steps. On SQLite, all or none take effect. No step changes existing data, but SQLite rebuilds tables to change their keys. */
async function runSteps(session: Session, writer: TableWriter, steps: readonly Step[]): Promise<void> {
  const run = async (): Promise<void> => {
    for (const step of steps)
      if (step.kind === "rebuild") await rebuildTable(session, step.table, step.rebuild);
      else await session.run(writeStep(writer, step)[0]!);
  };
  if (steps.length === 0) return;
  if (!session.kind.dropsReferringRows) return run();
  // Dropping the old table would delete the rows that refer to it.
  await session.run("PRAGMA foreign_keys = OFF");
  await session.run("BEGIN IMMEDIATE");
  try {
    await run();
    await checkForeignKeys(session);
    await session.run("COMMIT");
  } catch (error) {
    await session.run("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    await session.run("PRAGMA foreign_keys = ON");
  }
}

function describeDifference({ table, object, expected, found }: SchemaDifference): string {
  if (expected === undefined) return `The table "${table}" has ${object}, which the model does not have.`;
  return found === undefined
    ? `The table "${table}" lacks ${object}, which the model has.`
    : `In the table "${table}", ${object} differs from the model.`;
}

/** Returns the part of a structure that exists in a database: its tables and views by name, and of each table the parts whose columns exist. */
function keepLive(wanted: State, live: LiveSchema): State {
  const kept = new Map<string, TableState>();
  for (const [name, table] of wanted) {
    const objects = live.get(name);
    if (objects === undefined) continue;
    if (table.view !== undefined) kept.set(name, table);
    else kept.set(name, keepColumns(table, new Set([...table.columns.keys()].filter((column) => objects.has(`column ${column}`)))));
  }
  return kept;
}

/** Returns a table with only some of its columns, and the keys over them. */
function keepColumns(table: TableState, columns: ReadonlySet<string>): TableState {
  const keep = <Value>(map: ReadonlyMap<string, Value>, namesOf: (value: Value) => readonly string[]): Map<string, Value> =>
    new Map([...map].filter(([, value]) => namesOf(value).every((column) => columns.has(column))));
  return {
    ...table,
    columns: new Map([...table.columns].filter(([column]) => columns.has(column))),
    uniques: keep(table.uniques, keyColumns),
    indexes: keep(table.indexes, keyColumns),
    checks: keep(table.checks, columnsOf),
    foreignKeys: keep(table.foreignKeys, (key) => key.columns),
    search: table.search.every((column) => columns.has(column)) ? table.search : [],
  };
}
