/** Random chains of changes: however a database came to a structure, it is the same, and it comes back the same way. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { Database } from "../../src/data/database.ts";
import { createDatabase } from "../../src/data/database.ts";
import { applyAll } from "../../src/data/migrations/state/apply.ts";
import { diffStates } from "../../src/data/migrations/state/diff.ts";
import { listNeeded } from "../../src/data/migrations/state/fills.ts";
import { invertAll } from "../../src/data/migrations/state/inverse.ts";
import { compareSchemas, readLiveSchema } from "../../src/data/migrations/run/live-schema.ts";
import { migrate, rollback } from "../../src/data/migrations/run/migrate.ts";
import { migration } from "../../src/data/migrations/state/operation.ts";
import type { Operation } from "../../src/data/migrations/state/operation.ts";
import { readExpectedSchema } from "../../src/data/migrations/run/scratch.ts";
import { Session } from "../../src/data/migrations/run/session.ts";
import { hashState } from "../../src/data/migrations/state/table-data.ts";
import { TableWriter } from "../../src/data/sql/table-writer.ts";
import { writeMigration } from "../../src/data/migrations/files/write-file.ts";
import type { State } from "../../src/data/schema/table-state.ts";
import { sortTables, tablesOf } from "../../src/data/schema/table-state.ts";
import { databaseKinds } from "./databases.ts";
import { assertParsed } from "./parsed-statements.ts";
import { changeState, Random, valueOf } from "./random-states.ts";

/** Chains on each database; 6 in a usual run. */
const chains = Number(process.env["GABLE_TEST_CHAINS"] ?? 6);
const firstSeed = Number(process.env["GABLE_TEST_SEED"] ?? 1);
const stepsMax = 6;

/** The operations from one structure to another, with every question answered by chance. */
function answered(from: State, to: State, random: Random): readonly Operation[] {
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

/** Values for all columns that need one when operations are undone. */
function fillsBack(before: State, operations: readonly Operation[]): Record<string, ReturnType<typeof valueOf>> {
  let state = applyAll(before, operations);
  const fills: Record<string, ReturnType<typeof valueOf>> = {};
  for (const operation of invertAll(before, operations)) {
    for (const subject of listNeeded(state, [operation])) {
      const column = operation.kind === "addColumn" || operation.kind === "alterColumn" ? operation.column : assert.fail();
      fills[subject] = valueOf(column);
    }
    state = applyAll(state, [operation]);
  }
  return fills;
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

function withSession<Result>(database: Database, work: (session: Session, writer: TableWriter) => Promise<Result>): Promise<Result> {
  return Session.use(database.$core, (session) => work(session, new TableWriter(session.dialect)));
}

async function assertLike(database: Database, state: State, what: string): Promise<void> {
  await withSession(database, async (session, writer) => {
    const expected = await readExpectedSchema(session, writer, state);
    const found = await readLiveSchema(session);
    assert.deepEqual(compareSchemas(expected, found, new Set([...expected.keys(), ...found.keys()])), [], what);
  });
}

/** One row in each table that has none. */
async function insertRows(database: Database, state: State): Promise<void> {
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

async function countRows(database: Database, state: State): Promise<Record<string, number>> {
  return withSession(database, async (session, writer) => {
    const counts: Record<string, number> = {};
    for (const name of tablesOf(state).keys()) {
      const [row] = await session.read(`SELECT count(*) AS count FROM ${writer.quote(name)}`);
      counts[name] = Number(row!["count"]);
    }
    return counts;
  });
}

for (const { name, skip, place } of databaseKinds) {
  describe(`chains of migrations on ${name}`, { skip }, () => {
    const sent = new Set<string>();
    after(() => (name === "PostgreSQL" ? assertParsed(sent) : undefined));

    for (let seed = firstSeed; seed < firstSeed + chains; seed++) {
      it(`produce the structure of the models and roll it back, chain ${seed}`, async () => {
        const random = new Random(seed);
        const folder = await mkdtemp(join(tmpdir(), "gable-chain-"));
        const { url, remove } = await place();
        const database = await createDatabase({ url, models: [] });
        try {
          const states: State[] = [new Map()];
          const steps: Array<readonly Operation[]> = [];
          let last: string[] = [];
          for (let step = 1; step <= 2 + random.below(stepsMax - 1); step++) {
            const from = states.at(-1)!;
            const to = changeState(from, random);
            const ops = answered(from, to, random);
            assert.equal(hashState(applyAll(from, ops)), hashState(to), "the operations lead to the structure");
            const file = `${String(step).padStart(4, "0")}_step`;
            const text = writeMigration(migration({ after: last, schema: hashState(to), ops }));
            await writeFile(join(folder, `${file}.ts`), text);
            last = [file];
            const counts = await countRows(database, new Map([...from].filter(([table]) => to.has(table))));
            const done = await migrate({ database, folder, allowCopies: true, onStatement: (sql) => void sent.add(sql) }).catch(
              (error: unknown) => {
                throw new Error(`seed ${seed}, step ${step}: ${String(error)}\n${text}`, { cause: error });
              },
            );
            assert.deepEqual(done, [file]);
            await assertLike(database, to, `seed ${seed}, step ${step}\n${text}`);
            const renamed = ops.some(({ kind }) => kind === "renameTable");
            const dropped = ops.flatMap((each) => (each.kind === "dropTable" || each.kind === "createTable" ? [each.table] : []));
            const kept = Object.entries(await countRows(database, to)).filter(([table]) => !renamed && !dropped.includes(table));
            for (const [table, count] of kept) assert.equal(count, counts[table], `rows of ${table}, seed ${seed}, step ${step}`);
            await insertRows(database, to);
            states.push(to);
            steps.push(ops);
          }
          while (states.length > 1) {
            states.pop();
            const undone = steps.pop()!;
            const hasDropped = undone.some(({ kind }) => kind === "dropTable");
            const fills = fillsBack(states.at(-1)!, undone);
            const options = {
              database,
              folder,
              fills,
              allowDataLoss: true,
              allowCopies: true,
              onStatement: (sql: string) => void sent.add(sql),
            };
            const error: unknown = await rollback(options).then(
              () => undefined,
              (failure: unknown) => failure,
            );
            // A table comes back without its rows: those that have stayed elsewhere may lead to them.
            if (hasDropped && /foreign ?key/i.test(String(error))) return;
            if (error !== undefined) throw new Error(`seed ${seed}, back to ${states.length - 1}: ${String(error)}`, { cause: error });
            await assertLike(database, states.at(-1)!, `seed ${seed}, back to step ${states.length - 1}`);
          }
        } finally {
          await database.close();
          await remove();
          await rm(folder, { recursive: true });
        }
      });
    }
  });
}
