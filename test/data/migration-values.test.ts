/** Values on the way through migrations and back: none is cut off, none is invented, and what stops changes nothing. */
import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { createDatabase, field as f, Model, sql } from "../../src/data.ts";
import type { Database } from "../../src/data.ts";
import { checkLive, makeMigration, migrate, previewMigrations, readStatus, rollback } from "../../src/migrations.ts";
import { Ledger } from "../../src/data/migrations/run/ledger.ts";
import { hashWholeSchema } from "../../src/data/migrations/run/live-schema.ts";
import { Session } from "../../src/data/migrations/run/session.ts";
import { hashData } from "../../src/data/migrations/state/table-data.ts";
import type { DatabasePlace } from "./databases.ts";
import { databaseKinds } from "./databases.ts";

/** A file with operations. */
const fileOf = (ops: string, after = ""): string =>
  `import { migration, op } from "gable/migrations";\nexport default migration({ after: [${after}], schema: "x", ops: [${ops}] });\n`;
const tableOf = (column: string): string => `op.createTable("things", { columns: { id: { type: "id" }, v: ${column} }, primary: ["id"] })`;
const alter = (from: string, to: string, fill = ""): string => `op.alterColumn("things", "v", ${to}, { from: ${from}${fill} })`;

/** Columns that need a value on the way back, and a value for each. */
const requiredColumns = {
  int: ['{ type: "int" }', "7", 7],
  text: ['{ type: "text", max: 9 }', '{ text: "x" }', "x"],
  choice: ['{ type: "choice", choices: ["a", "b"] }', '{ text: "b" }', "b"],
} as const;

for (const kind of databaseKinds)
  describe(`values in migrations on ${kind.name}`, { skip: kind.skip }, () => {
    let place: DatabasePlace;
    let folder: string;
    let database: Database;
    beforeEach(async () => {
      place = await kind.place();
      folder = await mkdtemp(join(tmpdir(), "gable-migration-values-"));
      database = await createDatabase({ url: place.url, models: [], bind: false });
    });
    afterEach(async () => {
      await database.close();
      await place.remove();
      await rm(folder, { recursive: true });
    });

    const put = (name: string, text: string): Promise<void> => writeFile(join(folder, `${name}.ts`), text);
    const change = async (ops: string): Promise<void> => {
      await put("0002_change", fileOf(ops, '"0001_things"'));
      await migrate({ database, folder, allowCopies: true });
    };
    const start = async (column: string, insert: ReturnType<typeof sql>): Promise<void> => {
      await put("0001_things", fileOf(tableOf(column)));
      await migrate({ database, folder });
      await database.query(insert);
    };
    const values = async (): Promise<unknown[]> =>
      (await database.query(sql`SELECT v FROM things ORDER BY id`)).map((row) => (row as { v: unknown }).v);
    const onlyFirst = async (): Promise<string> => {
      const other = await mkdtemp(join(folder, "first-"));
      await copyFile(join(folder, "0001_things.ts"), join(other, "0001_things.ts"));
      return other;
    };
    const states = async (): Promise<string[]> => (await readStatus({ database, folder })).map(({ state }) => state);

    it("reject a shorter text that a value does not fit into, and name the rows", async () => {
      const at = (max: number): object => class extends Model("things", { id: f.id(), v: f.text({ max }) }) {};
      await makeMigration({ models: [at(20)], folder, name: "start" });
      await migrate({ database, folder });
      await database.query(sql`INSERT INTO things (v) VALUES ('abc'), ('abcdef'), ('🦊🦊🦊'), ('🦊🦊🦊🦊')`);
      await assert.rejects(makeMigration({ models: [at(3)], folder }), (error: { message: string }) => {
        assert.match(error.message, /things\.v changes from text of at most 20 characters to text of at most 3 characters\./);
        assert.match(error.message, /--shorten things\.v or --recreate things\.v/);
        return true;
      });
      await makeMigration({ models: [at(3)], folder, name: "shorter", answers: { shortens: ["things.v"] } });
      await assert.rejects(migrate({ database, folder }), {
        code: "E_MIGRATION_VALUES",
        message:
          'The values of "things.v" do not all fit: text of at most 20 characters becomes text of at most 3 characters. Affected: 2 rows, id 2; id 4.',
      });
      assert.deepEqual(await values(), ["abc", "abcdef", "🦊🦊🦊", "🦊🦊🦊🦊"]);
      assert.equal((await states())[1], "due");
      await database.query(sql`UPDATE things SET v = 'ab' WHERE id IN (2, 4)`);
      await migrate({ database, folder });
      assert.deepEqual(await values(), ["abc", "ab", "🦊🦊🦊", "ab"]);
    });

    it("ask before a type change that may not fit every value, and report it in the preview", async () => {
      const at = (v: ReturnType<typeof f.int>): object => class extends Model("things", { id: f.id(), v }) {};
      await makeMigration({ models: [at(f.int())], folder, name: "start" });
      await migrate({ database, folder });
      await database.query(sql`INSERT INTO things (v) VALUES (12), (12345)`);
      const short = at(f.text({ max: 2 }) as never);
      await assert.rejects(makeMigration({ models: [short], folder }), { code: "E_MIGRATION_QUESTION" });
      await makeMigration({ models: [short], folder, name: "text", answers: { shortens: ["things.v"] } });
      const [, preview] = await previewMigrations({ database, folder });
      assert.ok(preview!.risks.some(({ id }) => id === "values-must-fit"));
      await assert.rejects(migrate({ database, folder }), { code: "E_MIGRATION_VALUES", message: /Affected: 1 row, id 2\.$/ });
      assert.deepEqual((await values()).map(Number), [12, 12_345]);
    });

    it("count all rows that do not fit, and name only the keys of the first five", async () => {
      await start('{ type: "text" }', sql`INSERT INTO things (v) VALUES ('secret'), ('b'), ('c'), ('d'), ('e'), ('f'), ('1')`);
      await put("0002_change", fileOf(alter('{ type: "text" }', '{ type: "int" }'), '"0001_things"'));
      await assert.rejects(migrate({ database, folder }), {
        message:
          'The values of "things.v" do not all fit: text becomes int. Affected: 6 rows, the first of them id 1; id 2; id 3; id 4; id 5.',
      });
    });

    it("reject a hand-written conversion that loses values", async () => {
      await start('{ type: "text" }', sql`INSERT INTO things (v) VALUES ('{}')`);
      await put("0002_change", fileOf(alter('{ type: "text" }', '{ type: "json" }'), '"0001_things"'));
      await assert.rejects(migrate({ database, folder }), {
        code: "E_MIGRATION_OPERATION",
        message: 'op.alterColumn("things", "v"): no conversion from text to json keeps the values.',
      });
    });

    it("check before anything changes, with the table names of that time, and again after code", async () => {
      await start('{ type: "text" }', sql`INSERT INTO things (v) VALUES ('x')`);
      const renamed = 'op.renameTable("things", "items"), op.renameColumn("items", "v", "w")';
      const narrow = 'op.alterColumn("items", "w", { type: "int" }, { from: { type: "text" } })';
      await put(
        "0002_change",
        fileOf(`op.addColumn("things", "more", { type: "int", null: true }), ${renamed}, ${narrow}`, '"0001_things"'),
      );
      await assert.rejects(migrate({ database, folder }), {
        code: "E_MIGRATION_VALUES",
        message: /^The values of "things\.v" do not all fit/,
      });
      await database.query(sql`SELECT v FROM things`);
      const code = `op.run({ name: "fit", up: async ({ models }) => { await models.items.all().update({ w: "5" }); }, down: "nothing" })`;
      await put("0002_change", fileOf(`${renamed}, ${code}, ${narrow}`, '"0001_things"'));
      await migrate({ database, folder });
      assert.deepEqual(
        (await database.query(sql`SELECT w FROM items`)).map((row) => Number((row as { w: unknown }).w)),
        [5],
      );
    });

    for (const [type, [column, fill, value]] of Object.entries(requiredColumns)) {
      const nullable = column.replace(" }", ", null: true }");

      it(`do not invent a ${type} for null in a rollback`, async () => {
        await start(column, sql`SELECT 1`);
        await change(alter(column, nullable));
        await database.query(sql`INSERT INTO things (v) VALUES (NULL)`);
        const [preview] = await previewMigrations({ database, folder, name: "0002_change", backwards: true });
        assert.ok(preview!.risks.some(({ id }) => id === "value-missing"));
        await assert.rejects(rollback({ database, folder, allowDataLoss: true }), {
          code: "E_MIGRATION_CONSENT",
          message: 'Some rows have no value for "things.v", which needs one: 1 row, id 1.',
          fix: 'Give the value with fill in the operation, with rollback({ fills: { "things.v": value } }), or with --default things.v=VALUE of db rollback.',
        });
        assert.deepEqual(await values(), [null]);
        assert.deepEqual(await states(), ["applied", "applied"]);
        await assert.rejects(rollback({ database, folder, fills: { "things.w": 1 } }), { code: "E_MIGRATION_ANSWER" });
        const fills = { "things.v": JSON.parse(fill.replace("text:", '"text":')) as number };
        await rollback({ database, folder, fills, allowCopies: true });
        assert.deepEqual(await values(), [value]);
      });

      for (const [what, dropped] of [
        ["required", column],
        ["nullable", nullable],
      ] as const)
        it(`restore a ${what} ${type} with the value that its drop gives`, async () => {
          await start(dropped, sql`INSERT INTO things (v) VALUES (${value}), (${value})`);
          await change(`op.dropColumn("things", "v", { fill: ${fill} }), op.addColumn("things", "w", { type: "int", null: true })`);
          await database.query(sql`INSERT INTO things (w) VALUES (1)`);
          assert.deepEqual(await rollback({ database, folder, allowDataLoss: true, allowCopies: true }), ["0002_change"]);
          assert.deepEqual(await values(), [value, value, value]);
          assert.deepEqual(await checkLive({ database, folder: await onlyFirst() }), []);
          // Later rows do not get the value of the drop.
          const insert = database.query(sql`INSERT INTO things (id) VALUES (9)`);
          await (what === "nullable" ? insert : assert.rejects(insert));
          assert.deepEqual((await values()).at(-1), what === "nullable" ? null : value);
          assert.deepEqual(await migrate({ database, folder }), ["0002_change"]);
          await database.query(sql`INSERT INTO things (w) VALUES (2)`);
        });

      it(`prefer the ${type} of the person who rolls back to that of the drop`, async () => {
        await start(column, sql`INSERT INTO things (v) VALUES (${value})`);
        await change(`op.assured("nobody reads it", op.dropColumn("things", "v", { fill: ${fill} }))`);
        const other = { int: 8, text: { text: "y" }, choice: { text: "a" } }[type]!;
        const fills = { "things.v": other };
        const [preview] = await previewMigrations({ database, folder, name: ["0002_change"], backwards: true, fills });
        assert.match(preview!.sql.join("; "), { int: /8/, text: /'y'/, choice: /'a'/ }[type]!);
        await rollback({ database, folder, fills, allowDataLoss: true, allowCopies: true });
        assert.deepEqual(await values(), [typeof other === "number" ? other : other.text]);
      });

      it(`do not invent a ${type} in a rollback of several migrations, which changes nothing then`, async () => {
        await start(column, sql`SELECT 1`);
        await change(alter(column, nullable));
        await put("0003_rename", fileOf('op.renameTable("things", "items"), op.renameColumn("items", "v", "w")', '"0002_change"'));
        await migrate({ database, folder });
        await database.query(sql`INSERT INTO items (w) VALUES (NULL)`);
        const options = { database, folder, target: "0001_things", allowCopies: true };
        await assert.rejects(rollback(options), {
          code: "E_MIGRATION_CONSENT",
          message: /^Some rows have no value for "items\.w"/,
          fix: /rollback\(\{ fills: \{ "things\.v": value \} \}\), or with --default things\.v=VALUE/,
        });
        assert.deepEqual(await states(), ["applied", "applied", "applied"]);
        await database.query(sql`SELECT w FROM items`);
        const fills = { "things.v": JSON.parse(fill.replace("text:", '"text":')) as number };
        assert.deepEqual(await rollback({ ...options, fills }), ["0003_rename", "0002_change"]);
        assert.deepEqual(await values(), [value]);
      });

      it(`do not invent a ${type} for a restored column`, async () => {
        await start(column, sql`SELECT 1`);
        await change('op.dropColumn("things", "v"), op.addColumn("things", "w", { type: "int", null: true })');
        await rollback({ database, folder, allowDataLoss: true });
        await migrate({ database, folder });
        await database.query(sql`INSERT INTO things (w) VALUES (1)`);
        await assert.rejects(rollback({ database, folder, allowDataLoss: true }), {
          code: "E_MIGRATION_CONSENT",
          message: /^Some rows have no value for "things\.v"/,
        });
        await database.query(sql`SELECT w FROM things`);
        const fills = { "things.v": JSON.parse(fill.replace("text:", '"text":')) as number };
        await rollback({ database, folder, fills, allowDataLoss: true });
        assert.deepEqual(await values(), [value]);
      });

      it(`do not invent a ${type} for a new column`, async () => {
        await start('{ type: "int", null: true }', sql`INSERT INTO things (v) VALUES (1)`);
        await assert.rejects(change(`op.addColumn("things", "w", ${column})`), {
          code: "E_MIGRATION_CONSENT",
          message: /^Some rows have no value for "things\.w"/,
        });
        await database.query(sql`DELETE FROM things`);
        assert.deepEqual(await migrate({ database, folder }), ["0002_change"]);
      });
    }

    it("fill null in a column whose type changes, too", async () => {
      await start('{ type: "boolean", null: true }', sql`INSERT INTO things (v) VALUES (NULL)`);
      await change(alter('{ type: "boolean", null: true }', '{ type: "text", max: 9 }', ', fill: { text: "1" }'));
      assert.deepEqual(await values(), ["1"]);
    });

    it("continue after a rollback that failed before its first change", async () => {
      const unique = '{ columns: { id: { type: "id" }, v: { type: "int" } }, primary: ["id"], uniques: { things_v: { columns: ["v"] } } }';
      await put("0001_things", fileOf(`op.createTable("things", ${unique})`));
      await put("0002_change", fileOf('op.dropConstraint("things", "things_v")', '"0001_things"'));
      await migrate({ database, folder });
      await database.query(sql`INSERT INTO things (v) VALUES (1), (1)`);
      const before = await readStatus({ database, folder });
      await assert.rejects(rollback({ database, folder }), { code: "E_MIGRATION_FAILED" });
      assert.deepEqual(await readStatus({ database, folder }), before);
      await put("0003_more", fileOf('op.addColumn("things", "more", { type: "int", null: true })', '"0002_change"'));
      assert.deepEqual(await migrate({ database, folder }), ["0003_more"]);
      assert.deepEqual(await states(), ["applied", "applied", "applied"]);
    });

    it("continue after a rollback that was killed before its first change", async () => {
      await put("0001_things", fileOf(tableOf('{ type: "int" }')));
      await put("0002_change", fileOf('op.addIndex("things", "things_v", ["v"])', '"0001_things"'));
      await migrate({ database, folder });
      await put("0003_more", fileOf('op.addColumn("things", "more", { type: "int", null: true })', '"0002_change"'));
      // What a kill leaves where no transaction holds the step: it is noted, and nothing else has happened.
      await Session.use(database.$core, async (session) => {
        const ledger = new Ledger(session);
        const row = (await ledger.read()).find(({ name }) => name === "0002_change")!;
        const before = await hashWholeSchema(session);
        const hash = `${hashData([], 16)}:${hashData("begun", 16)}`;
        await ledger.write({ ...row, direction: "down", step: 0, before, hash, appliedAt: "" });
      });
      assert.deepEqual(await states(), ["applied", "interrupted", "due"]);
      assert.deepEqual(await migrate({ database, folder }), ["0003_more"]);
      assert.deepEqual(await states(), ["applied", "applied", "applied"]);
      assert.deepEqual(await rollback({ database, folder, target: "0001_things", allowDataLoss: true }), ["0003_more", "0002_change"]);
    });
  });
