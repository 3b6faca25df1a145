/** Random chains of migrations on databases: operations between structures, rows, and what a database looks like. */
import assert from "node:assert/strict";
import type { Database } from "../../src/data/database.ts";
import { compareSchemas, readLiveSchema } from "../../src/data/migrations/run/live-schema.ts";
import { readExpectedSchema } from "../../src/data/migrations/run/scratch.ts";
import { Session } from "../../src/data/migrations/run/session.ts";
import { diffStates } from "../../src/data/migrations/state/diff.ts";
import type { Operation } from "../../src/data/migrations/state/operation.ts";
import type { State } from "../../src/data/schema/table-state.ts";
import { sortTables, tablesOf } from "../../src/data/schema/table-state.ts";
import { TableWriter } from "../../src/data/sql/table-writer.ts";
import type { Random } from "./random-states.ts";
import { valueOf } from "./random-states.ts";

/** The operations from one structure to another, with every question answered by chance. */
export function answered(from: State, to: State, random: Random): readonly Operation[] {
  const answers = {
    renames: [] as string[],
    notRenames: [] as string[],
    fills: {} as Record<string, ReturnType<typeof valueOf>>,
    shortens: [] as string[],
    recreates: [] as string[],
  };
  for (let turn = 0; turn < 50; turn++) {
    const { operations, questions } = diffStates(from, to, answers);
    if (questions.length === 0) return operations;
    for (const { kind, subject, candidate } of questions) {
      if (kind === "fill") {
        const [table, column] = subject.split(".") as [string, string];
        answers.fills[subject] = valueOf(to.get(table)!.columns.get(column)!);
      } else if (kind === "recreate") answers.recreates.push(subject);
      else if (kind === "shorten") answers.shortens.push(subject);
      else if (random.chance(0.5) && isSameType(from, to, subject, candidate!)) answers.renames.push(`${subject}:${candidate}`);
      else answers.notRenames.push(`${subject}:${candidate}`);
    }
  }
  assert.fail("the questions do not end");
}

/** Whether a rename leaves the type of a column as it is: not every value of one type is one of another. */
function isSameType(from: State, to: State, subject: string, candidate: string): boolean {
  const [table, column] = subject.split(".") as [string, string | undefined];
  if (column !== undefined) return from.get(table)?.columns.get(column)?.type === to.get(table)?.columns.get(candidate)?.type;
  const [one, other] = [from.get(table)!, to.get(candidate)!];
  return (
    [...one.columns].every(([name, { type }]) => (other.columns.get(name)?.type ?? type) === type) &&
    one.primary.join() === other.primary.join()
  );
}

export function withSession<Result>(database: Database, work: (session: Session, writer: TableWriter) => Promise<Result>): Promise<Result> {
  return Session.use(database.$core, (session) => work(session, new TableWriter(session.dialect)));
}

export async function assertLike(database: Database, state: State, what: string): Promise<void> {
  await withSession(database, async (session, writer) => {
    const expected = await readExpectedSchema(session, writer, state);
    const found = await readLiveSchema(session);
    assert.deepEqual(compareSchemas(expected, found, new Set([...expected.keys(), ...found.keys()])), [], what);
  });
}

/** One row in each table that has none. */
export async function insertRows(database: Database, state: State): Promise<void> {
  await withSession(database, async (session, writer) => {
    for (const name of sortTables(tablesOf(state))) {
      const table = state.get(name)!;
      const [{ count } = { count: 0 }] = await session.read(`SELECT count(*) AS count FROM ${writer.quote(name)}`);
      if (Number(count) > 0) continue;
      const columns = [...table.columns].filter(([column]) => ![...table.foreignKeys.values()].some((key) => key.columns.includes(column)));
      const values = columns.map(([, column]) => writer.value(valueOf(column), column));
      await session.run(
        `INSERT INTO ${writer.quote(name)} (${writer.list(columns.map(([column]) => column))}) VALUES (${values.join(", ")})`,
      );
    }
  });
}
