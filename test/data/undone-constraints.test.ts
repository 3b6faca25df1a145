/** Rollbacks that rows prevent: nothing of them stays, and migrate() continues as if there had been none. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createDatabase, sql } from "../../src/data.ts";
import { migrate, readStatus, rollback } from "../../src/data/migrations/run/migrate.ts";
import { applyAll } from "../../src/data/migrations/state/apply.ts";
import type { Operation } from "../../src/data/migrations/state/operation.ts";
import { migration, op } from "../../src/data/migrations/state/operation.ts";
import { hashState } from "../../src/data/migrations/state/table-data.ts";
import { writeMigration } from "../../src/data/migrations/files/write-file.ts";
import { databaseKinds } from "./databases.ts";

const start: readonly Operation[] = [
  op.createTable("owners", { columns: { id: { type: "int" } }, primary: ["id"] }),
  op.createTable("parts", { columns: { id: { type: "int" }, size: { type: "int" }, owner: { type: "int" } }, primary: ["id"] }),
];

/** Constraints, and the columns of a row that breaks each one. */
const constraints: Readonly<Record<string, readonly [add: Operation, row: string]>> = {
  parts_size_unique: [op.addUnique("parts", "parts_size_unique", ["size"]), "1, 1"],
  parts_owner_foreign: [
    op.addForeignKey("parts", "parts_owner_foreign", ["owner"], { table: "owners", references: ["id"], onDelete: "restrict" }),
    "2, 9",
  ],
  parts_size_check: [op.addCheck("parts", "parts_size_check", ["gt", "size", 0]), "-1, 1"],
};

for (const { name, skip, place } of databaseKinds)
  describe(`constraints that rows break on ${name}`, { skip }, () => {
    for (const [constraint, [add, row]] of Object.entries(constraints))
      it(`leave nothing of ${constraint}, back and forth`, async () => {
        const folder = await mkdtemp(join(tmpdir(), "gable-undone-"));
        const { url, remove } = await place();
        const database = await createDatabase({ url, models: [], bind: false });
        try {
          let state = new Map() as ReturnType<typeof applyAll>; // The structure of an empty database.
          const write = async (file: string, after: readonly string[], ops: readonly Operation[]): Promise<void> => {
            state = applyAll(state, ops);
            await writeFile(join(folder, `${file}.ts`), writeMigration(migration({ after, schema: hashState(state), ops })));
          };
          await write("0001_start", [], [...start, add]);
          await write("0002_drop", ["0001_start"], [op.dropConstraint("parts", constraint)]);
          await migrate({ database, folder });
          await database.query(sql.unsafe("INSERT INTO owners (id) VALUES (1)"));
          await database.query(sql.unsafe(`INSERT INTO parts (id, size, owner) VALUES (1, 1, 1), (2, ${row})`));

          await assert.rejects(rollback({ database, folder }), { code: "E_MIGRATION_FAILED", message: /It changed nothing/ });
          assert.deepEqual(
            (await readStatus({ database, folder })).map((each) => each.state),
            ["applied", "applied"],
          );

          await write("0003_again", ["0002_drop"], [add]);
          await assert.rejects(migrate({ database, folder }), { code: "E_MIGRATION_FAILED", message: /It changed nothing/ });
          await database.query(sql.unsafe(`INSERT INTO parts (id, size, owner) VALUES (3, ${row})`));
          await database.query(sql.unsafe("DELETE FROM parts WHERE id > 1"));
          assert.deepEqual(await migrate({ database, folder }), ["0003_again"]);
          await assert.rejects(database.query(sql.unsafe(`INSERT INTO parts (id, size, owner) VALUES (2, ${row})`)));
        } finally {
          await database.close();
          await remove();
          await rm(folder, { recursive: true });
        }
      });
  });
