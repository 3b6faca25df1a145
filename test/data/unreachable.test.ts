/** Databases that cannot be opened, and tables that are not there: errors with code, place and fix instead of those of drivers. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { createDatabase } from "../../src/data/database.ts";
import { Model } from "../../src/data/model.ts";
import { field as f } from "../../src/data/schema/field.ts";
import { transaction } from "../../src/data/run/transaction.ts";
import { sql } from "../../src/data/tree/functions.ts";
import { databaseKinds, placePostgres, runOnServer, skipPostgres } from "./databases.ts";

class Leaf extends Model("leaves", { id: f.id(), name: f.text({ max: 9 }) }) {}

describe("createDatabase()", () => {
  it("refuses an address that is not a URL, without its password", async () => {
    for (const kind of ["postgres", "mysql", "mariadb"])
      for (const [url, shown] of [
        [`${kind}://u:secret@127.0.0.1:99999/x`, `${kind}://u:***@127.0.0.1:99999/x`],
        [`${kind}://u:se/c@ret@127.0.0.1:5432/x`, `${kind}://u:***@127.0.0.1:5432/x`],
        [`${kind}://u:secret@ho st/x`, `${kind}://u:***@ho st/x`],
      ])
        await assert.rejects(createDatabase({ url: url!, models: [Leaf] }), (error: Error & { code: string }) => {
          assert.deepEqual([error.code, error.message], ["E_DATABASE_URL", `The address "${shown}" is not a valid URL.`]);
          return !JSON.stringify([error.stack, error.cause]).includes("ret");
        });
  });

  it("refuses a file that is not a database", async (test) => {
    const folder = await mkdtemp(join(tmpdir(), "gable-data-"));
    test.after(() => rm(folder, { recursive: true }));
    const path = join(folder, "notes.db");
    await writeFile(path, "Not a database. ".repeat(20));
    await assert.rejects(createDatabase({ url: `sqlite:${path}`, models: [Leaf] }), {
      code: "E_DATABASE_OPEN",
      message: `The database "${path}" cannot be opened: file is not a database.`,
      fix: "Check that the file is a SQLite database, and let the process read and write it.",
    });
  });
});

for (const { name, skip, place } of databaseKinds)
  describe(`a missing table on ${name}`, { skip }, () => {
    it("is E_MIGRATION_PENDING in every call, and E_DATABASE_TABLES where it exists", async (test) => {
      const { url, remove } = await place();
      test.after(remove);
      const database = await createDatabase({ url, models: [Leaf] });
      test.after(() => database.close());
      const calls: ReadonlyArray<() => unknown> = [
        () => Leaf.count(),
        () => Leaf.find(1),
        () => Leaf.create({ name: "x" }),
        () => Leaf.createMany([{ name: "x" }, { name: "y" }]),
        () => Leaf.upsert({ where: { id: 1 }, create: { name: "x" }, update: { name: "x" } }),
        () => Leaf.all().update({ name: "x" }),
        () => Leaf.all().delete(),
        () => Leaf.where().stream().next(),
        () => transaction(() => Leaf.count()),
        () => transaction(() => Leaf.where().stream().next()),
        () => database.query(sql`SELECT * FROM ${Leaf}`),
      ];
      for (const call of calls)
        await assert.rejects(async () => call(), {
          code: "E_MIGRATION_PENDING",
          message: 'The database "default" has no table "leaves", which Leaf needs.',
          fix: "Run npx gable db migrate. In an empty database of a test or a small program, call createTables().",
        });
      // What your own SQL names is yours.
      await assert.rejects(database.query(sql`SELECT * FROM other`), /other/);
      await database.createTables();
      await assert.rejects(database.createTables(), {
        code: "E_DATABASE_TABLES",
        message: /^createTables\(\) failed in the database "default": .*leaves.* already exists$/,
      });
    });
  });

describe("the encoding of a PostgreSQL database", { skip: skipPostgres }, () => {
  for (const [encoding, isTaken] of [
    ["UTF8", true],
    ["LATIN1", true],
    ["SQL_ASCII", false],
  ] as const)
    it(`${encoding} is ${isTaken ? "taken" : "refused, because it has no characters"}`, async (test) => {
      const { url, remove } = await placePostgres();
      test.after(remove);
      const name = `${new URL(url).pathname.slice(1)}_encoded`;
      await runOnServer(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING '${encoding}' LOCALE 'C'`);
      test.after(() => runOnServer(`DROP DATABASE ${name} WITH (FORCE)`));
      const opening = createDatabase({ url: url.replace(/[^/]+$/, name), models: [], bind: false });
      if (isTaken) await (await opening).close();
      else await assert.rejects(opening, { code: "E_DATABASE_OPEN", message: /its encoding SQL_ASCII has bytes, not characters/ });
    });
});
