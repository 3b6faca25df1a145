/** Random chains of migrations, squashed: the structure and the rows are those that the chain makes. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Database } from "../../src/data/database.ts";
import { createDatabase } from "../../src/data/database.ts";
import { squashMigrations } from "../../src/data/migrations/files/squash.ts";
import { writeMigration } from "../../src/data/migrations/files/write-file.ts";
import { migrate } from "../../src/data/migrations/run/migrate.ts";
import { applyAll } from "../../src/data/migrations/state/apply.ts";
import type { Operation } from "../../src/data/migrations/state/operation.ts";
import { migration } from "../../src/data/migrations/state/operation.ts";
import { reduceOperations } from "../../src/data/migrations/state/reduce.ts";
import { hashState } from "../../src/data/migrations/state/table-data.ts";
import type { State } from "../../src/data/schema/table-state.ts";
import { tablesOf } from "../../src/data/schema/table-state.ts";
import { databaseKinds } from "./databases.ts";
import { answered, assertLike, insertRows, withSession } from "./random-chains.ts";
import { changeState, Random } from "./random-states.ts";

/** Chains on each database, and 40 times as many without one. */
const chains = Number(process.env["GABLE_TEST_CHAINS"] ?? 4);
/** Among the usual chains, 26 drops a column and adds another of its name. */
const firstSeed = Number(process.env["GABLE_TEST_SEED"] ?? 24);

interface Chain {
  /** The structure before each file, and after the last one. */
  readonly states: readonly State[];
  readonly steps: ReadonlyArray<readonly Operation[]>;
  /** Index of the first file to squash. */
  readonly first: number;
}

function makeChain(seed: number): Chain {
  const random = new Random(seed);
  const states: State[] = [new Map()];
  const steps: Array<readonly Operation[]> = [];
  const count = 3 + random.below(6);
  while (steps.length < count) {
    const to = changeState(states.at(-1)!, random);
    steps.push(answered(states.at(-1)!, to, random));
    states.push(to);
  }
  return { states, steps, first: random.chance(0.25) ? 0 : 1 + random.below(count - 1) };
}

const nameOf = (index: number): string => `${String(index + 1).padStart(4, "0")}_step`;

async function writeChain(folder: string, { states, steps }: Chain): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [index, ops] of steps.entries()) {
    const after = index === 0 ? [] : [nameOf(index - 1)];
    await writeFile(join(folder, `${nameOf(index)}.ts`), writeMigration(migration({ after, schema: hashState(states[index + 1]!), ops })));
  }
}

/** All rows as text. The time of a migration is in no column that is compared. */
async function readRows(database: Database, state: State): Promise<Record<string, unknown>> {
  return withSession(database, async (session, writer) => {
    const rows: Record<string, unknown> = {};
    for (const [name, { columns }] of tablesOf(state)) {
      const kept = [...columns].filter(([, { type }]) => type !== "datetime").map(([column]) => column);
      const found = await session.readArrays(`SELECT ${writer.list(kept)} FROM ${writer.quote(name)}`, []);
      rows[name] = found.map((row) => JSON.stringify(row, (_key, value: unknown) => (typeof value === "bigint" ? String(value) : value)));
    }
    return rows;
  });
}

describe("squashed chains", () => {
  it("lead to the same structure, with at most as many operations", () => {
    let [before, after] = [0, 0];
    for (let seed = firstSeed; seed < firstSeed + chains * 40; seed++) {
      const { states, steps, first } = makeChain(seed);
      const operations = steps.slice(first).flat();
      const reduced = reduceOperations(states[first]!, operations);
      assert.equal(hashState(applyAll(states[first]!, reduced)), hashState(states.at(-1)!), `seed ${seed}`);
      assert.ok(reduced.length <= operations.length, `seed ${seed}`);
      [before, after] = [before + operations.length, after + reduced.length];
    }
    assert.ok(after < before * 0.9, `${after} of ${before} operations are left`);
  });
});

for (const { name, skip, place } of databaseKinds) {
  describe(`squashed chains on ${name}`, { skip }, () => {
    for (let seed = firstSeed; seed < firstSeed + chains; seed++)
      it(`make the tables and the rows of their originals, chain ${seed}`, async () => {
        const chain = makeChain(seed);
        const folder = await mkdtemp(join(tmpdir(), "gable-squash-"));
        const places = [await place(), await place()];
        const databases: Database[] = [];
        const replaced = chain.steps.map((_, index) => nameOf(index)).slice(chain.first);
        try {
          await writeChain(folder, chain);
          for (const { url } of places) {
            const database = await createDatabase({ url, models: [], bind: false });
            databases.push(database);
            if (chain.first > 0) await migrate({ database, folder, target: nameOf(chain.first - 1) });
            await insertRows(database, chain.states[chain.first]!);
          }
          const [old, squashed] = databases as [Database, Database];
          assert.deepEqual(await migrate({ database: old, folder, allowCopies: true }), replaced);
          const made = await squashMigrations({ folder, to: replaced.at(-1)!, ...(chain.first > 0 && { from: replaced[0]! }) });
          for (const each of replaced) await rm(join(folder, `${each}.ts`));
          assert.deepEqual(await migrate({ database: squashed, folder, allowCopies: true }), [made.name]);
          assert.deepEqual(await migrate({ database: old, folder }), []);
          for (const database of databases) await assertLike(database, chain.states.at(-1)!, `seed ${seed}\n${made.changes.join("\n")}`);
          assert.deepEqual(await readRows(squashed, chain.states.at(-1)!), await readRows(old, chain.states.at(-1)!), `seed ${seed}`);
        } finally {
          for (const database of databases) await database.close();
          for (const { remove } of places) await remove();
          await rm(folder, { recursive: true });
        }
      });
  });
}
