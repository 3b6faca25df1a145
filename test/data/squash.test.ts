/** Squashed migrations: which files a database runs and records, what is written, what is refused. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import type { Database } from "../../src/data.ts";
import { createDatabase, sql } from "../../src/data.ts";
import { checkLive, migrate, previewMigrations, readStatus, rollback, squashMigrations } from "../../src/migrations.ts";
import type { SquashedMigration } from "../../src/migrations.ts";
import type { DatabasePlace } from "./databases.ts";
import { databaseKinds } from "./databases.ts";

const fileOf = (after: readonly string[], ops: string, options = ""): string =>
  `import { migration, op } from "gable/migrations";\n\nexport default migration({\n  after: ${JSON.stringify(after)},\n  schema: "x",\n${options}  ops: [${ops}],\n});\n`;
const column = (name: string): string => `op.addColumn("things", "${name}", { type: "int", null: true })`;

/** A table, a column, another column. */
const a = fileOf([], 'op.createTable("things", { columns: { id: { type: "id" }, size: { type: "int", null: true } }, primary: ["id"] })');
const b = fileOf(["a"], column("weight"));
const c = fileOf(["b"], column("height"));
const later = fileOf(["c"], column("depth"));
const now = new Date("2026-11-29T10:00:00Z");
const squashed = "20261129_1000_squashed";

class Folder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async put(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, text] of Object.entries(files)) await writeFile(join(this.path, `${name}.ts`), text);
  }

  async remove(...names: string[]): Promise<void> {
    for (const name of names) await rm(join(this.path, `${name}.ts`));
  }

  squash(to: string, options: { from?: string; name?: string; isDry?: boolean } = {}): Promise<SquashedMigration> {
    return squashMigrations({ folder: this.path, to, now, ...options });
  }
}

let folder: Folder;
beforeEach(async () => {
  folder = new Folder(await mkdtemp(join(tmpdir(), "gable-squash-")));
});
afterEach(() => rm(folder.path, { recursive: true }));

/** What a database has run before the squash, what is deleted after it, and what the next run does. */
const ledgerCases: ReadonlyArray<{
  title: string;
  ran: string | undefined;
  deleted: readonly string[];
  due: readonly string[];
  runs: readonly string[];
}> = [
  { title: "nothing, with the old files", ran: undefined, deleted: [], due: [squashed, "later"], runs: [squashed, "later"] },
  {
    title: "nothing, without the old files",
    ran: undefined,
    deleted: ["a", "b", "c"],
    due: [squashed, "later"],
    runs: [squashed, "later"],
  },
  { title: "all, with the old files", ran: "c", deleted: [], due: ["later"], runs: ["later"] },
  { title: "all, without the old files", ran: "c", deleted: ["a", "b", "c"], due: ["later"], runs: ["later"] },
  { title: "all and a later one", ran: "later", deleted: ["a", "b", "c"], due: [], runs: [] },
  { title: "the first one, with the old files", ran: "a", deleted: [], due: ["b", "c", "later"], runs: ["b", "c", "later"] },
  { title: "all but the last one, with the old files", ran: "b", deleted: [], due: ["c", "later"], runs: ["c", "later"] },
];

for (const kind of databaseKinds)
  describe(`squashed migrations on ${kind.name}`, { skip: kind.skip }, () => {
    let place: DatabasePlace;
    let database: Database;
    const run = (): Promise<string[]> => migrate({ database, folder: folder.path });
    const recorded = async (): Promise<string[]> => {
      const rows: Array<{ name: string }> = await database.query(sql`SELECT name FROM gable_migrations ORDER BY name`);
      return rows.map(({ name }) => name);
    };
    const columns = async (): Promise<string[]> => Object.keys((await database.query(sql`SELECT * FROM things`))[0] ?? {}).sort();
    const statuses = async (): Promise<string[]> => {
      const list = await readStatus({ database, folder: folder.path });
      return list.flatMap(({ name, state }) => (state === "due" ? [name] : []));
    };
    beforeEach(async () => {
      place = await kind.place();
      database = await createDatabase({ url: place.url, models: [], bind: false });
    });
    afterEach(async () => {
      await database.close();
      await place.remove();
    });

    for (const { title, ran, deleted, due, runs } of ledgerCases)
      it(`are recorded once in a database that has run ${title}`, async () => {
        await folder.put({ a, b, c, later });
        if (ran !== undefined) await migrate({ database, folder: folder.path, target: ran });
        assert.deepEqual((await folder.squash("c")).replaces, ["a", "b", "c"]);
        await folder.remove(...deleted);
        assert.deepEqual(await statuses(), due);
        assert.deepEqual(await run(), runs);
        assert.deepEqual(await recorded(), [squashed, "later"]);
        assert.deepEqual(await run(), []);
        assert.deepEqual(await checkLive({ database, folder: folder.path }), []);
        await database.query(sql`INSERT INTO things (size) VALUES (1)`);
        assert.deepEqual(await columns(), ["depth", "height", "id", "size", "weight"]);
      });

    it("are refused by a database that has some of the originals, when one of their files is missing", async () => {
      await folder.put({ a, b, c });
      await migrate({ database, folder: folder.path, target: "a" });
      await folder.squash("c");
      await folder.remove("a", "c");
      const refusal = {
        code: "E_MIGRATION_GRAPH",
        message: `The database has only 1 of the 3 migrations that "${squashed}" replaces ("a"), so it needs the original files, and "a", "c" are missing.`,
        fix: `Restore the files that "${squashed}" replaces, run the migrations, and delete them again.`,
      };
      await assert.rejects(run(), refusal);
      await assert.rejects(readStatus({ database, folder: folder.path }), refusal);
      assert.deepEqual(await recorded(), ["a"]);
      await folder.put({ a, c });
      assert.deepEqual(await run(), ["b", "c"]);
      assert.deepEqual(await recorded(), [squashed]);
    });

    it("leave an interrupted original to its file", async () => {
      await folder.put({ a, b, c: fileOf(["b"], `${column("height")}, op.sql({ others: "BROKEN" })`) });
      await assert.rejects(run(), { code: "E_MIGRATION_FAILED" });
      await folder.put({ c });
      await folder.squash("c");
      assert.deepEqual(await run(), ["c"]);
      assert.deepEqual(await recorded(), [squashed]);
    });

    it("are rolled back as a whole, and run again", async () => {
      await folder.put({ a, b, c, later });
      await run();
      await folder.squash("c");
      assert.deepEqual(await rollback({ database, folder: folder.path, target: "zero", allowDataLoss: true }), ["later", squashed]);
      assert.deepEqual(await recorded(), []);
      await assert.rejects(database.query(sql`SELECT * FROM things`));
      assert.deepEqual(await run(), [squashed, "later"]);
    });

    it("are not rolled back without the inverse of each step", async () => {
      await folder.put({ a, b: fileOf(["a"], 'op.sql({ others: "UPDATE things SET size = 1" })') });
      await run();
      await folder.squash("b");
      await assert.rejects(rollback({ database, folder: folder.path, allowDataLoss: true }), {
        code: "E_MIGRATION_IRREVERSIBLE",
        message: "This migration cannot be undone: it has a custom statement without down.",
      });
      assert.deepEqual(await recorded(), [squashed]);
    });

    it("are squashed again", async () => {
      await folder.put({ a, b, c });
      await migrate({ database, folder: folder.path, target: "b" });
      await folder.squash("b", { name: "one" });
      const two = await folder.squash("c", { name: "two" });
      assert.deepEqual(two.replaces, ["20261129_1000_one", "c"]);
      assert.deepEqual(await run(), ["c"]);
      assert.deepEqual(await recorded(), [two.name]);
      await folder.remove("a", "b", "c", "20261129_1000_one");
      assert.deepEqual(await run(), []);
    });

    it("run code that was copied, on rows, without elidable steps", async () => {
      const step = `op.run({
      name: "double",
      table: "things",
      batch: 2,
      where: { weight: null },
      async up({ rows }: { rows: readonly Record<string, any>[] }) {
        for (const row of rows) {
          row["weight"] = Number(row["size"]) * 2; // twice
          await row["save"]();
        }
      },
      down: "nothing",
    }), op.sql({ others: "BROKEN" }, { elidable: true })`;
      await folder.put({ a, b, run: fileOf(["b"], step), last: fileOf(["run"], 'op.renameColumn("things", "weight", "mass")') });
      await migrate({ database, folder: folder.path, target: "a" });
      for (const size of [1, 2, 3]) await database.query(sql`INSERT INTO things (size) VALUES (${size})`);
      const made = await folder.squash("last", { from: "b" });
      assert.deepEqual(made.changes, [
        'Add the column "weight" to "things"',
        'Run the step "double"',
        'Rename the column "weight" of "things" to "mass"',
      ]);
      assert.match(await readFile(made.path, "utf8"), /async up\(\{ rows \}: \{ rows: readonly Record<string, any>\[\] \}\) \{/);
      assert.deepEqual(await run(), [made.name]);
      const found: Array<{ mass: number }> = await database.query(sql`SELECT mass FROM things ORDER BY id`);
      assert.deepEqual(
        found.map(({ mass }) => Number(mass)),
        [2, 4, 6],
      );
    });
  });

describe("squashMigrations()", () => {
  const dropped = fileOf(["b"], 'op.dropColumn("things", "weight")');
  const run = 'op.run({ name: "fill", up: fill })';
  const start = 'import { migration, op } from "gable/migrations";\n';
  const shared = `${start}const size = 1;\nexport default migration({ after: ["a"], schema: "", ops: [op.run({ name: "fill", up: () => void size })] });\n`;
  const imported = `import { setTimeout } from "node:timers/promises";\n${shared}`;
  const branch = fileOf(["a"], column("branch"));

  const refused: ReadonlyArray<
    readonly [title: string, files: Readonly<Record<string, string>>, range: readonly [from: string | undefined, to: string], error: object]
  > = [
    [
      "an unknown last name",
      { a, b },
      [undefined, "bb"],
      { code: "E_MIGRATION_TARGET", message: 'No migration has the name "bb".', fix: 'Write "b".' },
    ],
    ["an unknown first name", { a, b }, ["aa", "b"], { code: "E_MIGRATION_TARGET", message: 'No migration has the name "aa".' }],
    [
      "a reversed range",
      { a, b },
      ["b", "a"],
      { code: "E_MIGRATION_TARGET", message: 'The range is reversed: "b" comes after "a".', fix: "Begin with the first one: a..b." },
    ],
    [
      "a range from one branch to another",
      { a, b, branch },
      ["b", "branch"],
      { code: "E_MIGRATION_TARGET", message: '"branch" does not depend on "b": they are in different branches.' },
    ],
    [
      "a range in which another migration begins that needs what the range drops",
      {
        a,
        b,
        inner: fileOf(["b"], 'op.addIndex("things", "things_weight", ["weight"])'),
        z: fileOf(["b"], 'op.renameColumn("things", "weight", "mass")'),
        zz: fileOf(["inner", "z"], ""),
      },
      [undefined, "z"],
      { code: "E_MIGRATION_GRAPH", message: 'Migrations outside of the range have to run within it: "inner".' },
    ],
    [
      "files for before and after a deploy, with others before them",
      { a, b, c: fileOf(["b"], 'op.dropColumn("things", "weight")', '  phase: "after-deploy",\n') },
      ["b", "c"],
      { code: "E_MIGRATION_TARGET", message: '"b" runs before a deploy, and "c" after a deploy: one file cannot do both.' },
    ],
    [
      "a name that another migration replaces",
      { a, b, s: fileOf([], "", '  replaces: ["a", "b"],\n') },
      [undefined, "a"],
      { code: "E_MIGRATION_TARGET", message: 'The migration "a" is a part of "s", which replaces it.', fix: 'Write "s".' },
    ],
    [
      "a step that uses a constant of its file",
      { a, b: shared },
      [undefined, "b"],
      {
        code: "E_MIGRATION_OPERATION",
        message: 'The data step "fill" of "b" cannot be copied: its file has more than the migration, which the step may use.',
        fix: "Move that into the step, or mark it as elidable if new databases do without it.",
      },
    ],
    ["a step that uses an import of its file", { a, b: imported }, [undefined, "b"], { code: "E_MIGRATION_OPERATION" }],
    [
      "a step that uses a later statement of its file",
      { a, b: `${start}export default migration({ after: ["a"], schema: "", ops: [${run}] });\nfunction fill(): void {}\n` },
      [undefined, "b"],
      { code: "E_MIGRATION_OPERATION" },
    ],
    [
      "a step whose filter is more than data",
      { a, b: fileOf(["a"], 'op.run({ name: "fill", where: { size: new Date(0) }, up: () => {} })') },
      [undefined, "b"],
      {
        code: "E_MIGRATION_OPERATION",
        message: 'The data step "fill" of "b" cannot be copied: its filter has values that are not plain data.',
        fix: "Filter in the step itself, or mark it as elidable if new databases do without it.",
      },
    ],
    [
      "two files that replace the same one",
      { a, b: fileOf([], "", '  replaces: ["a"],\n'), c: fileOf([], "", '  replaces: ["a"],\n') },
      [undefined, "b"],
      { code: "E_MIGRATION_GRAPH", message: '"b" and "c" both replace the migration "a".', fix: "Delete one of the two files." },
    ],
    [
      "files that replace each other",
      { a: fileOf([], "", '  replaces: ["b"],\n'), b: fileOf([], "", '  replaces: ["a"],\n') },
      [undefined, "b"],
      { code: "E_MIGRATION_GRAPH", message: "Migrations replace each other in a cycle: b -> a -> b." },
    ],
  ];
  for (const [title, files, [from, to], error] of refused)
    it(`refuses ${title}`, async () => {
      await folder.put(files);
      await assert.rejects(folder.squash(to, from === undefined ? {} : { from }), error);
      await assert.rejects(readFile(join(folder.path, `${squashed}.ts`)), { code: "ENOENT" });
    });

  const written: ReadonlyArray<
    readonly [
      title: string,
      files: Readonly<Record<string, string>>,
      range: readonly [from: string | undefined, to: string],
      after: string,
      replaces: readonly string[],
      changes: readonly string[],
    ]
  > = [
    ["all migrations", { a, b, c: dropped }, [undefined, "c"], "[]", ["a", "b", "c"], ['Create the table "things"']],
    ["a range from the first one", { a, b, c }, ["a", "b"], "[]", ["a", "b"], ['Create the table "things"']],
    ["a range in the middle", { a, b, c: dropped, later: fileOf(["c"], column("depth")) }, ["b", "c"], '["a"]', ["b", "c"], []],
    ["one migration", { a, b, c }, ["b", "b"], '["a"]', ["b"], ['Add the column "weight" to "things"']],
    [
      "branches that meet in the range",
      { a, b, branch, merge: fileOf(["b", "branch"], column("height")) },
      ["b", "merge"],
      '["a"]',
      ["b", "branch", "merge"],
      ['Add the column "weight" to "things"', 'Add the column "branch" to "things"', 'Add the column "height" to "things"'],
    ],
    [
      "one of two branches",
      { a, b, branch, c, merge: fileOf(["c", "branch"], "") },
      ["b", "c"],
      '["a"]',
      ["b", "c"],
      ['Add the column "weight" to "things"', 'Add the column "height" to "things"'],
    ],
    [
      "files that wait for a deploy",
      { a, b: fileOf(["a"], column("weight"), '  phase: "after-deploy",\n') },
      ["b", "b"],
      '["a"]',
      ["b"],
      ['Add the column "weight" to "things"'],
    ],
  ];
  for (const [title, files, [from, to], after, replaces, changes] of written)
    it(`replaces ${title}`, async () => {
      await folder.put(files);
      const made = await folder.squash(to, from === undefined ? {} : { from });
      assert.deepEqual([made.name, made.replaces, made.changes], [squashed, replaces, changes]);
      const text = await readFile(made.path, "utf8");
      assert.ok(text.includes(`  after: ${after},\n`), text);
      assert.equal(text.includes('phase: "after-deploy"'), files["b"]!.includes("after-deploy"));
      await folder.remove(...replaces);
      const database = await createDatabase({ url: "sqlite::memory:", models: [], bind: false });
      try {
        assert.ok((await migrate({ database, folder: folder.path })).includes(squashed));
        assert.deepEqual(await checkLive({ database, folder: folder.path }), []);
        assert.equal((await previewMigrations({ database, folder: folder.path, name: squashed })).length, 1);
      } finally {
        await database.close();
      }
    });

  it("lets a file that has run mark a step as elidable, and change nothing else of it", async () => {
    const step = (text: string, options: string): string =>
      fileOf([], `op.assured("tested", op.sql({ others: "${text}" }${options})), op.databaseOnly(op.sql({ others: "${text}" }${options}))`);
    await folder.put({ a: step("SELECT 1", "") });
    const database = await createDatabase({ url: "sqlite::memory:", models: [], bind: false });
    try {
      await migrate({ database, folder: folder.path });
      await folder.put({ a: step("SELECT 1", ", { elidable: true }") });
      assert.deepEqual(await migrate({ database, folder: folder.path }), []);
      await folder.put({ a: step("SELECT 2", ", { elidable: true }") });
      await assert.rejects(migrate({ database, folder: folder.path }), { code: "E_MIGRATION_EDITED" });
    } finally {
      await database.close();
    }
  });

  it("refuses to record a file in place of originals that were edited", async () => {
    await folder.put({ a, b });
    const database = await createDatabase({ url: "sqlite::memory:", models: [], bind: false });
    try {
      await migrate({ database, folder: folder.path });
      await folder.squash("b");
      await folder.put({ b: fileOf(["a"], column("other")) });
      await assert.rejects(migrate({ database, folder: folder.path }), {
        code: "E_MIGRATION_EDITED",
        message: 'The migration "b" was changed after it ran.',
      });
    } finally {
      await database.close();
    }
  });
});
