/** A database that refuses every write, as `gable shell --read-only` makes it, and one that asks before writes. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Database } from "gable/data";
import { createDatabase, field as f, Model, sql, transaction } from "gable/data";
import { migrate } from "gable/migrations";
import type { DatabasePlace } from "./databases.ts";
import { databaseKinds } from "./databases.ts";

class Lamp extends Model("lamps", { id: f.id(), name: f.text({ max: 20 }) }) {}
const writes: ReadonlyArray<readonly [what: string, write: (database: Database) => Promise<unknown>]> = [
  ["rows of a model", () => Lamp.create({ name: "a" })],
  ["a custom statement", (database) => database.query(sql`INSERT INTO lamps (name) VALUES ('a')`)],
  ["a transaction", () => transaction(() => Lamp.create({ name: "a" }))],
];

for (const { name, skip, place: open } of databaseKinds)
  describe(`writes that are refused: ${name}`, { skip }, () => {
    let place: DatabasePlace;
    let database: Database;
    beforeEach(async () => {
      place = await open();
      database = await createDatabase({ url: place.url, models: [Lamp] });
      await database.createTables();
    });
    afterEach(async () => {
      await database.close();
      await place.remove();
    });

    it("throws E_TRANSACTION_READ_ONLY while the database is isolated to read", async () => {
      const end = await database.isolate({ readOnly: true });
      for (const [what, write] of writes) {
        const refused = { code: "E_TRANSACTION_READ_ONLY", message: "A read-only transaction cannot write." };
        await assert.rejects(write(database), refused, what);
        assert.equal(await Lamp.count(), 0, what);
      }
      const folder = await mkdtemp(join(tmpdir(), "gable-read-only-"));
      await writeFile(
        join(folder, "0001_a.ts"),
        'import { migration } from "gable/migrations";\nexport default migration({ after: [], schema: "0", ops: [] });\n',
      );
      await assert.rejects(migrate({ database, folder }), { code: "E_TRANSACTION_READ_ONLY" });
      await rm(folder, { recursive: true });
      await end();
      assert.equal((await Lamp.create({ name: "a" })).name, "a");
    });

    it("refuses a query that writes, by the database itself", { skip: name === "SQLite" && "no query of SQLite writes" }, async () => {
      const end = await database.isolate({ readOnly: true });
      const hidden = name === "PostgreSQL" ? sql`SELECT * INTO copies FROM lamps` : sql`SELECT * FROM lamps FOR UPDATE`;
      if (name === "PostgreSQL") await assert.rejects(database.query(hidden), /read-only transaction/);
      else await assert.rejects(database.query(hidden), { code: "E_TRANSACTION_READ_ONLY" });
      assert.equal(await Lamp.count(), 0);
      await end();
    });

    it("asks a guard before each write, and not before a query", async () => {
      const asked = new Array<string>();
      database.guardWrites(async () => {
        asked.push("write");
        throw new Error("no");
      });
      assert.equal(await Lamp.count(), 0);
      await transaction(() => Lamp.count(), { readOnly: true });
      assert.equal(asked.length, 0);
      for (const [what, write] of writes) await assert.rejects(write(database), /^Error: no$/, what);
      assert.equal(asked.length, 3);
      database.guardWrites(() => Promise.resolve(void asked.push("yes")));
      await Lamp.create({ name: "a" });
      database.guardWrites(undefined);
      await Lamp.create({ name: "b" });
      assert.deepEqual([asked.length, await Lamp.count()], [4, 2]);
    });
  });
