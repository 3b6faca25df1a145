/** Migrations on databases: made from models, run, undone, interrupted, refused. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { belongsTo, createDatabase, field as f, hasMany, manyToMany, Model, sql } from "../../src/data.ts";
import type { Database } from "../../src/data.ts";
import {
  checkLive,
  checkMigrations,
  makeMigration,
  mergeMigrations,
  migrate,
  previewMigrations,
  readStatus,
  rollback,
  squashMigrations,
} from "../../src/migrations.ts";
import type { MigrateOptions, MigrationProgress } from "../../src/migrations.ts";
import type { DatabaseKind, DatabasePlace } from "./databases.ts";
import { databaseKinds } from "./databases.ts";

class Author extends Model("authors", { id: f.id(), name: f.text({ max: 100 }), books: () => hasMany(Book) }) {}
class Book extends Model(
  "books",
  {
    id: f.id(),
    title: f.text({ max: 200 }),
    status: f.choice({ draft: "Draft", done: "Done" }, { default: "draft" }),
    meta: f.json<object | null>({ null: true }),
    author: () => belongsTo(Author, { onDelete: "cascade" }),
    tags: () => manyToMany(Tag),
  },
  { checks: { titled: (book) => book.title.length().gt(0) } },
) {}
class Tag extends Model("tags", { id: f.id(), name: f.text({ max: 50, unique: true }), books: () => manyToMany(Book) }) {}

/** The same tables, some time later. */
class LaterAuthor extends Model("authors", {
  id: f.id(),
  name: f.text({ max: 100 }),
  email: f.email({ null: true, unique: true }),
  books: () => hasMany(LaterBook),
}) {}
class LaterBook extends Model(
  "books",
  {
    id: f.id(),
    heading: f.text({ max: 200, was: "title" }),
    status: f.choice({ draft: "Draft", done: "Done", gone: "Gone" }),
    meta: f.json<object | null>({ null: true }),
    pages: f.bigint(),
    author: () => belongsTo(LaterAuthor, { onDelete: "restrict" }),
    tags: () => manyToMany(LaterTag),
  },
  {
    checks: { titled: (book) => book.heading.length().gt(0) },
    uniques: [{ on: ["author", "heading"], where: (book) => book.status.eq("done") }],
  },
) {}
class LaterTag extends Model("tags", { id: f.id(), name: f.text({ max: 50, unique: true }), books: () => manyToMany(LaterBook) }) {}

const first = [Author, Book, Tag];
const later = [LaterAuthor, LaterBook, LaterTag];
const answers = { fills: { "books.pages": { bigint: "1" } } } as const;

/** A file with custom steps. */
const fileOf = (ops: string, options = "after: []"): string =>
  `import { migration, op } from "gable/migrations";\nexport default migration({ ${options}, schema: "x", ops: [${ops}] });\n`;
const things = 'op.createTable("things", { columns: { id: { type: "id" }, size: { type: "int", null: true } }, primary: ["id"] })';

function describeMigrations(kind: DatabaseKind, suite: (open: () => { database: Database; folder: string; url: string }) => void): void {
  describe(`migrations on ${kind.name}`, { skip: kind.skip }, () => {
    let place: DatabasePlace;
    let database: Database;
    let folder: string;
    beforeEach(async () => {
      place = await kind.place();
      folder = await mkdtemp(join(tmpdir(), "gable-migrations-"));
      database = await createDatabase({ url: place.url, models: first });
    });
    afterEach(async () => {
      await database.close();
      await place.remove();
      await rm(folder, { recursive: true });
    });
    suite(() => ({ database, folder, url: place.url }));
  });
}

for (const kind of databaseKinds) {
  describeMigrations(kind, (open) => {
    const put = (name: string, text: string): Promise<void> => writeFile(join(open().folder, `${name}.ts`), text);
    const run = (options: Partial<MigrateOptions> = {}): Promise<string[]> =>
      migrate({ database: open().database, folder: open().folder, ...options });
    const place = (): { database: Database; folder: string } => ({ database: open().database, folder: open().folder });
    const rows = (text: TemplateStringsArray): Promise<object[]> => open().database.query(sql(text));

    it("are written from models, run once, and produce the structure of the models", async () => {
      const { database, folder } = open();
      const now = new Date("2026-11-20T10:12:00Z");
      const dry = await makeMigration({ models: first, folder, now, isDry: true });
      assert.deepEqual(await readdir(folder), []);
      const made = await makeMigration({ models: first, folder, now });
      assert.deepEqual(dry, made);
      assert.equal(made!.name, "20261120_1012_initial");
      assert.deepEqual(await makeMigration({ models: first, folder }), undefined);
      assert.deepEqual(
        (await readStatus({ database, folder })).map(({ state }) => state),
        ["due"],
      );
      assert.deepEqual(await run(), ["20261120_1012_initial"]);
      assert.deepEqual(await run(), []);
      const [status] = await readStatus({ database, folder });
      assert.equal(status!.state, "applied");
      assert.match(status!.appliedAt, /^20\d\d-.*Z$/);
      assert.deepEqual(await checkLive({ database, folder }), []);
      assert.deepEqual(await checkMigrations({ models: first, folder }), []);
      const author = await Author.create({ name: "Le Guin" });
      const book = await Book.create({ title: "The Dispossessed", author });
      await book.tags.add(await Tag.create({ name: "sf" }));
      assert.equal(await Book.where({ tags: { some: { name: "sf" } } }).count(), 1);
      await assert.rejects(Book.create({ title: "x", author, status: "gone" as "done" }), { code: "E_VALIDATION" });
    });

    it("keep rows and their links through changes, and back", async () => {
      const { database, folder } = open();
      await makeMigration({ models: first, folder, now: new Date("2026-11-20T10:12:00Z") });
      await run();
      const author = await Author.create({ name: "Le Guin" });
      const book = await Book.create({ title: "The Dispossessed", author, meta: { a: 1 } });
      await book.tags.add(await Tag.create({ name: "sf" }));
      const made = await makeMigration({ models: later, folder, answers, now: new Date("2026-11-21T10:12:00Z") });
      assert.deepEqual(await checkMigrations({ models: later, folder }), []);
      assert.deepEqual(await run(), [made!.name]);
      assert.deepEqual(await checkLive({ database, folder }), []);
      const changed = await createDatabase({ url: open().url, models: later });
      try {
        const [found] = await LaterBook.where({ tags: { some: { name: "sf" } } });
        assert.equal(found!.heading, "The Dispossessed");
        assert.deepEqual([found!.pages, found!.meta, (await found!.author).name], [1n, { a: 1 }, "Le Guin"]);
        await found!.set({ status: "done" }).save();
        await assert.rejects(LaterBook.create({ heading: "The Dispossessed", author: found!.authorId, status: "done", pages: 2n }), {
          code: "E_VALIDATION",
        });
        await LaterBook.create({ heading: "The Dispossessed", author: found!.authorId, status: "draft", pages: 2n });
        await assert.rejects((await found!.author).delete(), { code: "E_DELETE_RESTRICTED" });
      } finally {
        await changed.close();
      }
      await assert.rejects(rollback({ database, folder }), {
        code: "E_MIGRATION_CONSENT",
        message: /The rollback would lose data: Drop the column/,
      });
      assert.deepEqual(await rollback({ database, folder, allowDataLoss: true }), [made!.name]);
      assert.deepEqual(await Book.where().orderBy("id").pluck("title"), ["The Dispossessed", "The Dispossessed"]);
      assert.equal(await Book.where({ tags: { some: { name: "sf" } } }).count(), 1);
      assert.equal((await rollback({ database, folder, target: "zero", allowDataLoss: true })).length, 1);
      assert.deepEqual(
        (await readStatus({ database, folder })).map(({ state }) => state),
        ["due", "due"],
      );
    });

    it("ask questions that only a person can answer", async () => {
      const { folder } = open();
      await makeMigration({ models: first, folder });
      await assert.rejects(makeMigration({ models: later, folder }), (error: Error & { code: string; fix: string }) => {
        assert.equal(error.code, "E_MIGRATION_QUESTION");
        assert.match(error.message, /The new column books\.pages needs a value.* --default books\.pages=VALUE/);
        assert.equal(error.fix, "Give one of the flags: --default books.pages=VALUE");
        return true;
      });
      for (const given of [{ fills: { "books.pagse": 1 } }, { shortens: ["books.title"] }, { recreates: ["none"] }])
        await assert.rejects(makeMigration({ models: later, folder, answers: { ...given, fills: { ...answers.fills, ...given.fills } } }), {
          code: "E_MIGRATION_ANSWER",
        });
      assert.equal((await readdir(folder)).length, 1);
      const [problem] = await checkMigrations({ models: later, folder });
      assert.equal(problem!.kind, "due");
    });

    it("change rows in batches, and continue after the last one when they were interrupted", async () => {
      const { database, folder } = open();
      await put("0001_things", fileOf(things));
      await run();
      for (let count = 0; count < 25; count++) await rows`INSERT INTO things (size) VALUES (NULL)`;
      const seen: number[] = [];
      let failAt = 11;
      Object.assign(globalThis, {
        fillThings: async (found: ReadonlyArray<{ id: number; size: number; save(): Promise<unknown> }>) => {
          for (const thing of found) {
            if (thing.id === failAt) throw new Error("stopped");
            thing.size = thing.id * 2;
            await thing.save();
          }
          seen.push(found.length);
        },
      });
      const step = '{ name: "fill", table: "things", batch: 10, up: ({ rows }) => globalThis.fillThings(rows), down: "nothing" }';
      await put("0002_fill", fileOf(`op.run(${step})`, 'after: ["0001_things"]'));
      await assert.rejects(run(), { code: "E_MIGRATION_FAILED", message: /"0002_fill" failed: stopped/ });
      assert.deepEqual(
        (await readStatus({ database, folder })).map(({ state }) => state),
        ["applied", "interrupted"],
      );
      failAt = 0;
      const told: MigrationProgress[] = [];
      await run({ onProgress: (progress) => told.push(progress) });
      // The first ten were stored; those that came after them were not.
      assert.deepEqual(seen, [10, 10, 5]);
      assert.deepEqual(
        told.map((each) => each.rows),
        [undefined, 10, 15],
      );
      const [{ wrong }] = (await rows`SELECT count(*) AS wrong FROM things WHERE size IS NULL OR size <> id * 2`) as [{ wrong: unknown }];
      assert.equal(Number(wrong), 0);
      assert.deepEqual(await rollback({ database, folder }), ["0002_fill"]);
    });

    it("run code once in a separate transaction, with the tables of that time", async () => {
      await put(
        "0001_things",
        fileOf(`${things}, op.run({ name: "seed", up: async ({ models }) => { await models.things.create({ size: 7 }); } })`),
      );
      await put("0002_rename", fileOf('op.renameColumn("things", "size", "width")', 'after: ["0001_things"]'));
      await run();
      assert.deepEqual(await rows`SELECT id, width FROM things`, [{ id: 1, width: 7 }]);
      await assert.rejects(rollback({ ...place(), target: "zero", allowDataLoss: true }), {
        code: "E_MIGRATION_IRREVERSIBLE",
        message: 'This migration cannot be undone: it has the step "seed" without down.',
      });
      assert.equal((await readStatus(place())).filter(({ state }) => state === "applied").length, 2);
    });

    it("give new columns defaults of the database, also in existing rows", async () => {
      await put("0001_things", fileOf(`${things}, op.sql({ others: "INSERT INTO things (size) VALUES (1)" })`));
      const state = '{ type: "text", max: 9, default: ["sql", [{ text: "lower(\'NEW\')" }]] }';
      const seed = 'op.run({ name: "seed", up: async ({ models }) => { await models.things.create({ size: 2, grade: 5 }); } })';
      const grade = '{ type: "int", default: ["add:int", 3, 4] }';
      await put(
        "0002_state",
        fileOf(
          `op.addColumn("things", "state", ${state}), op.addColumn("things", "grade", ${grade}, { fill: 9 }), ${seed}`,
          'after: ["0001_things"]',
        ),
      );
      await run();
      await rows`INSERT INTO things (size) VALUES (3)`;
      assert.deepEqual(await rows`SELECT size, state, grade FROM things ORDER BY size`, [
        { size: 1, state: "new", grade: 9 },
        { size: 2, state: "new", grade: 5 },
        { size: 3, state: "new", grade: 7 },
      ]);
      const after = '{ type: "int" }';
      await put("0003_plain", fileOf(`op.alterColumn("things", "grade", ${after}, { from: ${grade} })`, 'after: ["0002_state"]'));
      await run();
      await assert.rejects(rows`INSERT INTO things (size) VALUES (4)`);
      await rollback({ ...place(), target: "0002_state", allowDataLoss: true });
      await rows`INSERT INTO things (size) VALUES (4)`;
      assert.deepEqual(await rows`SELECT grade FROM things WHERE size = 4`, [{ grade: 7 }]);
    });

    it("keep the search of a table through changes of its names and columns", async () => {
      class Stuff extends Model(
        "stuff",
        { id: f.id(), label: f.text({ max: 80 }), note: f.text({ null: true }) },
        { search: { index: ["label", "note"] } },
      ) {}
      const { database } = open();
      const made = await createDatabase({ url: open().url, models: [Stuff], bind: false });
      const find = (text: string): Promise<string[]> => made.run(async () => Stuff.search(text).pluck("label"));
      try {
        const columns = '{ id: { type: "id" }, name: { type: "text", max: 50 }, note: { type: "text", null: true } }';
        await put("0001_things", fileOf(`op.createTable("things", { columns: ${columns}, primary: ["id"], search: ["name"] })`));
        await run();
        await rows`INSERT INTO things (name, note) VALUES ('red rose', 'thorny')`;
        const changes = [
          'op.renameColumn("things", "name", "label")',
          'op.renameTable("things", "stuff")',
          'op.setSearch("stuff", ["label", "note"])',
          'op.alterColumn("stuff", "label", { type: "text", max: 80 }, { from: { type: "text", max: 50 } })',
          'op.addColumn("stuff", "size", { type: "int" }, { fill: 1 })',
        ];
        await put("0002_stuff", fileOf(changes.join(", "), 'after: ["0001_things"]'));
        await run();
        assert.deepEqual(await find("ros thorn"), ["red rose"]);
        await made.run(() => Stuff.where({ label: "red rose" }).update({ note: "soft" }));
        await rows`INSERT INTO stuff (label, size) VALUES ('blue', 2)`;
        assert.deepEqual(await find("thorn"), []);
        assert.deepEqual(await find("blu"), ["blue"]);
        assert.deepEqual(await checkLive({ database, folder: open().folder }), []);
        await rollback({ ...place(), target: "0001_things", allowDataLoss: true });
        await put("0002_none", fileOf('op.setSearch("things", [])', 'after: ["0001_things"]'));
        await rm(join(open().folder, "0002_stuff.ts"));
        await run();
        assert.deepEqual(await checkLive({ database, folder: open().folder }), []);
        await rollback({ ...place(), target: "zero", allowDataLoss: true });
      } finally {
        await made.close();
      }
    });

    it("run custom statements for each kind of database", async () => {
      const by =
        '{ sqlite: "INSERT INTO things (size) VALUES (1)", postgres: ["INSERT INTO things (size) VALUES (2)"], others: "INSERT INTO things (size) VALUES (3)" }';
      await put("0001_things", fileOf(`${things}, op.sql(${by}, { down: { others: "DELETE FROM things" } })`));
      await run();
      const expected = { SQLite: 1, PostgreSQL: 2, MariaDB: 3, MySQL: 3 }[kind.name];
      assert.deepEqual(await rows`SELECT size FROM things`, [{ size: expected }]);
      await rollback({ ...place(), allowDataLoss: true });
      await put(
        "0001_things",
        fileOf(`${things}, op.sql({ sqlite: "SELECT 1", postgres: "SELECT 1", mariadb: "SELECT 1", mysql: "SELECT 1" })`),
      );
      await run();
      await assert.rejects(rollback({ ...place(), allowDataLoss: true }), { code: "E_MIGRATION_IRREVERSIBLE" });
    });

    it("are rejected if their files were changed or lost after they ran", async () => {
      await put("0001_things", fileOf(things));
      await run();
      await put("0001_things", fileOf(things.replace("int", "bigint")));
      await assert.rejects(run(), { code: "E_MIGRATION_EDITED", message: 'The migration "0001_things" was changed after it ran.' });
      await rm(join(open().folder, "0001_things.ts"));
      await assert.rejects(run(), {
        code: "E_MIGRATION_GRAPH",
        message: 'The database has the migration "0001_things", but its file is missing.',
      });
    });

    it("can be corrected after the steps that ran, when they were interrupted", async () => {
      const { database, folder } = open();
      await put("0001_things", fileOf(things));
      await run();
      await rows`INSERT INTO things (size) VALUES (5)`;
      await rows`INSERT INTO things (size) VALUES (5)`;
      const index = 'op.addIndex("things", "by_size", ["size"])';
      const unique = 'op.addUnique("things", "one_size", ["size"])';
      await put("0002_keys", fileOf(`${index}, ${unique}`, 'after: ["0001_things"]'));
      await assert.rejects(run(), { code: "E_MIGRATION_FAILED" });
      // SQLite has undone all of it; the others have the index.
      if (kind.name !== "SQLite") {
        await put("0002_keys", fileOf(`op.addIndex("things", "other", ["size"]), ${unique}`, 'after: ["0001_things"]'));
        await assert.rejects(run(), {
          code: "E_MIGRATION_EDITED",
          message: 'The migration "0002_keys" was changed in its first 1 steps, which have already run.',
        });
      }
      await put("0002_keys", fileOf(`${index}, op.addUnique("things", "one_size", ["size", "id"])`, 'after: ["0001_things"]'));
      assert.deepEqual(await run({ allowDrift: true }), ["0002_keys"]);
      // What PostgreSQL has left of the first try has the name of the key.
      assert.deepEqual(await checkLive({ database, folder }), []);
    });

    it("can be marked as applied without running, also when they were interrupted", async () => {
      await put("0001_things", fileOf(`${things}, op.addIndex("things", "by_size", ["size"])`));
      await put("0002_more", fileOf('op.addColumn("things", "more", { type: "int", null: true })', 'after: ["0001_things"]'));
      await rows`CREATE TABLE things (id integer)`;
      await assert.rejects(run(), { code: "E_MIGRATION_FAILED" });
      await assert.rejects(run({ fake: true }), {
        code: "E_MIGRATION_TARGET",
        message: 'migrate({ fake: true }) would record 2 migrations as applied: "0001_things", "0002_more".',
        fix: 'Name the last one that the database has: migrate({ fake: true, target: "0001_things" }).',
      });
      assert.deepEqual(await run({ fake: true, target: "0001_things" }), ["0001_things"]);
      assert.deepEqual(await run({ fake: true }), ["0002_more"]);
      assert.deepEqual(
        (await readStatus(place())).map(({ state }) => state),
        ["applied", "applied"],
      );
    });

    it("detect manual changes", async () => {
      const { database, folder } = open();
      await put("0001_things", fileOf(things));
      await run();
      await rows`ALTER TABLE things ADD COLUMN more integer`;
      await rows`CREATE TABLE theirs (id integer)`;
      const [difference, ...others] = await checkLive({ database, folder });
      assert.deepEqual([difference!.table, difference!.object, difference!.expected, others], ["things", "column more", undefined, []]);
      await put("0002_size", fileOf('op.addIndex("things", "things_size", ["size"])', 'after: ["0001_things"]'));
      await assert.rejects(run(), { code: "E_MIGRATION_DRIFT", message: /column more of "things" should not be there/ });
      assert.deepEqual(await run({ allowDrift: true }), ["0002_size"]);
      await put("0003_adopt", fileOf('op.stateOnly(op.addColumn("things", "more", { type: "int", null: true }))', 'after: ["0002_size"]'));
      await run();
      assert.deepEqual((await checkLive({ database, folder })).length, 0);
      assert.deepEqual(await rollback({ database, folder }), ["0003_adopt"]);
    });

    it("can change only the database, or only the recorded structure", async () => {
      const { database, folder } = open();
      await put("0001_things", fileOf(`${things}, op.databaseOnly(op.addIndex("things", "hidden", ["size"]))`));
      await run();
      const [difference] = await checkLive({ database, folder });
      assert.equal(difference!.object.endsWith("hidden"), true);
      await rollback({ database, folder, allowDataLoss: true });
      assert.deepEqual(await run({ fake: true }), ["0001_things"]);
      await assert.rejects(rows`SELECT * FROM things`);
    });

    it("stop at a target, and before migrations that wait for new code", async () => {
      const { database, folder } = open();
      await put("0001_things", fileOf(things));
      await put("0002_more", fileOf('op.addColumn("things", "more", { type: "int", null: true })', 'after: ["0001_things"]'));
      await put("0003_drop", fileOf('op.dropColumn("things", "size")', 'after: ["0002_more"], phase: "after-deploy"'));
      assert.deepEqual(await run({ target: "0001_things" }), ["0001_things"]);
      assert.deepEqual(await run({ phase: "before" }), ["0002_more"]);
      assert.deepEqual(await run({ phase: "before" }), []);
      assert.deepEqual(await run(), ["0003_drop"]);
      await assert.rejects(run({ target: "0002_mroe" }), { code: "E_MIGRATION_TARGET", fix: 'Write "0002_more".' });
      assert.deepEqual(await rollback({ database, folder, target: "0001_things", allowDataLoss: true }), ["0003_drop", "0002_more"]);
    });

    it("wait for another process that migrates, and name it when it takes too long", async () => {
      await put("0001_things", fileOf(`${things}, op.run({ name: "wait", up: () => globalThis.waitForOther() })`));
      const { folder, url } = open();
      const other = await createDatabase({ url, models: [], bind: false });
      try {
        let refusal: unknown;
        Object.assign(globalThis, {
          waitForOther: async () => {
            refusal = await migrate({ database: other, folder, waitSeconds: 0 }).catch((error: unknown) => error);
          },
        });
        assert.deepEqual(await run(), ["0001_things"]);
        assert.equal((refusal as { code: string }).code, "E_MIGRATION_LOCKED");
        assert.match((refusal as Error).message, /^Another process is migrating the database.+\.$/);
        await put("0002_more", fileOf('op.addColumn("things", "more", { type: "int", null: true })', 'after: ["0001_things"]'));
        // Of two that start at the same time, one runs. The other waits and then has nothing to do.
        const both = await Promise.all([run(), migrate({ database: other, folder })]);
        assert.deepEqual(both.flat(), ["0002_more"]);
      } finally {
        await other.close();
      }
    });

    it("report their statements and risks without running them", async () => {
      const { database, folder } = open();
      await makeMigration({ models: first, folder, now: new Date("2026-11-20T10:12:00Z") });
      await makeMigration({ models: later, folder, answers, now: new Date("2026-11-21T10:12:00Z"), name: "later" });
      const [initial, second] = await previewMigrations({ database, folder });
      assert.equal(initial!.sql.filter((text) => text.startsWith("CREATE TABLE")).length, 4);
      assert.deepEqual(initial!.risks, []);
      const ids = second!.risks.map(({ id }) => id);
      assert.ok(ids.includes("renamed") && ids.includes("required-column"), ids.join());
      const [back] = await previewMigrations({ database, folder, name: "20261121_1012_later", backwards: true });
      assert.ok(back!.risks.some(({ id, risk }) => id === "column-dropped" && risk === "loses-data"));
      assert.deepEqual(
        (await readStatus({ database, folder })).map(({ state }) => state),
        ["due", "due"],
      );
    });

    it("are merged from two branches that touch different objects", async () => {
      const { database, folder } = open();
      await put("0001_things", fileOf(things));
      await put("0002_left", fileOf('op.addColumn("things", "left_size", { type: "int", null: true })', 'after: ["0001_things"]'));
      await put("0002_right", fileOf('op.addIndex("things", "things_size", ["size"])', 'after: ["0001_things"]'));
      assert.equal((await checkMigrations({ models: [], folder }))[0]!.kind, "heads");
      await assert.rejects(makeMigration({ models: first, folder }), { code: "E_MIGRATION_HEADS" });
      const dry = await mergeMigrations({ folder, isDry: true });
      assert.equal((await readdir(folder)).length, 3);
      const merged = await mergeMigrations({ folder });
      assert.equal(dry?.name.slice(-6), merged!.name.slice(-6));
      assert.match(await readFile(merged!.path, "utf8"), /after: \["0002_left", "0002_right"\]/);
      assert.equal(await mergeMigrations({ folder }), undefined);
      assert.equal((await run()).length, 4);
      assert.deepEqual(await checkLive({ database, folder }), []);
      await rm(merged!.path);
      await put("0002_right", fileOf('op.dropColumn("things", "left_size")', 'after: ["0001_things"]'));
      await assert.rejects(mergeMigrations({ folder }), {
        code: "E_MIGRATION_HEADS",
        message: '"0002_left" and "0002_right" both change things.left_size.',
      });
    });

    it("are squashed into one, which does not run where the old ones have run", async () => {
      const { database, folder } = open();
      await put("0001_things", fileOf(things));
      await put("0002_more", fileOf('op.addColumn("things", "more", { type: "text" }, { fill: { text: "" } })', 'after: ["0001_things"]'));
      await put("0003_rename", fileOf('op.renameColumn("things", "more", "label")', 'after: ["0002_more"]'));
      await run();
      const squashed = await squashMigrations({ folder, to: "0003_rename" });
      assert.deepEqual(squashed.changes, ['Create the table "things"']);
      assert.deepEqual(await run(), []);
      for (const name of ["0001_things", "0002_more", "0003_rename"]) await rm(join(folder, `${name}.ts`));
      assert.deepEqual(await run(), []);
      assert.deepEqual(await checkLive({ database, folder }), []);
      await assert.rejects(squashMigrations({ folder, to: "nothing" }), { code: "E_MIGRATION_TARGET" });
    });

    it("are squashed with the statements that insert rows, and those after them", async () => {
      const { database, folder } = open();
      await put("0001_things", fileOf(things));
      await put(
        "0002_more",
        fileOf(
          'op.addColumn("things", "more", { type: "int", null: true }), op.sql({ others: "INSERT INTO things (more) VALUES (7)" })',
          'after: ["0001_things"]',
        ),
      );
      await put("0003_rename", fileOf('op.renameColumn("things", "more", "label")', 'after: ["0002_more"]'));
      const { name, changes } = await squashMigrations({ folder, to: "0003_rename" });
      assert.deepEqual(changes, ['Create the table "things"', "Run custom statements", 'Rename the column "more" of "things" to "label"']);
      assert.deepEqual(await run(), [name]);
      assert.deepEqual(await database.query(sql`SELECT label FROM things`), [{ label: 7 }]);
    });

    it("run one by one on a database that has some of the squashed ones", async () => {
      const { folder } = open();
      await put("0001_things", fileOf(things));
      await run();
      await put("0002_more", fileOf('op.addColumn("things", "more", { type: "int", null: true })', 'after: ["0001_things"]'));
      const { name } = await squashMigrations({ folder, to: "0002_more" });
      await put("0003_last", fileOf('op.renameColumn("things", "more", "label")', `after: ["${name}"]`));
      assert.deepEqual(await run(), ["0002_more", "0003_last"]);
      assert.deepEqual(
        (await readStatus(place())).map((each) => each.name),
        [name, "0003_last"],
      );
      assert.deepEqual(await run(), []);
      assert.deepEqual(await checkLive({ ...place() }), []);
    });

    it("report if their hash differs from that of the models", async () => {
      const { folder } = open();
      const made = await makeMigration({ models: first, folder });
      await writeFile(made!.path, (await readFile(made!.path, "utf8")).replace(/schema: "[0-9a-f]{12}"/, 'schema: "000000000000"'));
      const [problem] = await checkMigrations({ models: first, folder });
      assert.equal(problem!.kind, "schema");
      assert.match(problem!.text, /has the schema hash 000000000000, but leads to [0-9a-f]{12}\.$/);
    });
  });
}

describe("files of migrations", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "gable-files-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("are rejected if they are invalid", async () => {
    await writeFile(join(folder, "0001_wrong.ts"), "export default { operations: [] };\n");
    await assert.rejects(makeMigration({ models: [], folder }), { code: "E_MIGRATION_INVALID", message: /does not export a migration/ });
    await writeFile(join(folder, "0001_wrong.ts"), "export default (;\n");
    await assert.rejects(makeMigration({ models: [], folder }), {
      code: "E_MIGRATION_INVALID",
      // The engine words the reason, and the file says where it is.
      message: /^The migration "0001_wrong" cannot be read: Expression expected/,
    });
  });

  it("depend on each other, but never in a cycle", async () => {
    await writeFile(join(folder, "0001_wrong.ts"), fileOf("", 'after: ["0002_other"]'));
    await assert.rejects(makeMigration({ models: [], folder }), {
      code: "E_MIGRATION_GRAPH",
      message: 'The migration "0001_wrong" comes after "0002_other", which does not exist.',
    });
    await writeFile(join(folder, "0002_other.ts"), fileOf("", 'after: ["0001_wrong"]'));
    await assert.rejects(makeMigration({ models: [], folder }), { code: "E_MIGRATION_GRAPH", message: /cycle: 0001_wrong -> 0002_other/ });
  });
});
