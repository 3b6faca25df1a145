/** Random chains of changes: however a database came to a structure, it is the same, and it comes back the same way. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { Database } from "../../src/data/database.ts";
import { createDatabase } from "../../src/data/database.ts";
import { applyAll } from "../../src/data/migrations/state/apply.ts";
import { listNeeded } from "../../src/data/migrations/state/fills.ts";
import { invertAll } from "../../src/data/migrations/state/inverse.ts";
import { migrate, rollback } from "../../src/data/migrations/run/migrate.ts";
import { migration } from "../../src/data/migrations/state/operation.ts";
import type { Operation } from "../../src/data/migrations/state/operation.ts";
import { hashState } from "../../src/data/migrations/state/table-data.ts";
import { writeMigration } from "../../src/data/migrations/files/write-file.ts";
import type { State } from "../../src/data/schema/table-state.ts";
import { tablesOf } from "../../src/data/schema/table-state.ts";
import { databaseKinds } from "./databases.ts";
import { assertParsed } from "./parsed-statements.ts";
import { answered, assertLike, insertRows, withSession } from "./random-chains.ts";
import { changeState, Random, valueOf } from "./random-states.ts";

/** Chains on each database; 6 in a usual run. */
const chains = Number(process.env["GABLE_TEST_CHAINS"] ?? 6);
const firstSeed = Number(process.env["GABLE_TEST_SEED"] ?? 1);
const stepsMax = 6;

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
