/** Rows as files, and back; seeds: the same on every database. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import type { Database } from "../../src/data.ts";
import { belongsTo, createDatabase, field as f, hasMany, manyToMany, Model } from "../../src/data.ts";
import { checkLive, dumpData, loadData, migrate, runSeeds } from "../../src/migrations.ts";
import type { DatabasePlace } from "./databases.ts";
import { databaseKinds, describeOnDatabases, placeSqlite } from "./databases.ts";
import { endValues, Every } from "./every-model.ts";

class Person extends Model(
  "dump_people",
  {
    id: f.id(),
    name: f.text({ max: 50 }),
    password: f.text({ null: true, secret: true }),
    deletedAt: f.datetime({ null: true, editable: false }),
    boss: () => belongsTo(Person, { null: true, onDelete: "set null" }),
    favourite: () => belongsTo(Thing, { null: true, onDelete: "set null" }),
    groups: () => manyToMany(Group),
  },
  { softDelete: "deletedAt" },
) {}
class Thing extends Model("dump_things", {
  id: f.id({ kind: "uuid" }),
  name: f.text({ max: 50 }),
  owner: () => belongsTo(Person, { onDelete: "cascade" }),
}) {}
class Group extends Model("dump_groups", {
  code: f.text({ max: 10, primary: true }),
  label: f.text({ max: 90 }),
  people: () => manyToMany(Person),
  parts: () => hasMany(Part),
}) {}
class Part extends Model(
  "dump_parts",
  { group: () => belongsTo(Group), number: f.int(), note: f.text({ null: true }) },
  { primary: ["group", "number"] },
) {}

const models = [Person, Thing, Group, Part, Every];

async function fill(): Promise<void> {
  const boss = await Person.create({ name: "Boss", password: "hidden" });
  // Whoever comes first refers to who comes later.
  const [ada, ben] = await Person.createMany([{ name: "Ada" }, { name: "Ben", boss }]);
  await boss.set({ boss: ben! }).save();
  const thing = await Thing.create({ name: "It", owner: ada! });
  await ada!.set({ favourite: thing }).save();
  await ben!.delete();
  const group = await Group.create({ code: "g", label: "line\nseparator\u2028and 'quotes' \"too\" \\" });
  await group.people.add([ada!, boss]);
  await Part.createMany([1, 2].map((number) => ({ group, number, note: null })));
  const width = Math.max(...Object.values(endValues).map((values) => values.length));
  for (let index = 0; index < width; index++)
    await Every.create(
      Object.fromEntries(
        Object.entries(endValues).flatMap(([name, values]) => (values[index] === undefined ? [] : [[name, values[index]![0]]])),
      ) as never,
    );
}

for (const kind of databaseKinds) {
  describe(`dumps of ${kind.name}`, { skip: kind.skip }, () => {
    let places: DatabasePlace[];
    let from: Database;
    let folder: string;
    before(async () => {
      places = [await kind.place(), await kind.place(), await placeSqlite()];
      from = await createDatabase({ url: places[0]!.url, models });
      await from.createTables();
      await fill();
    });
    after(async () => {
      await from.close();
      for (const place of places) await place.remove();
    });
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "gable-dump-"));
    });
    afterEach(() => rm(folder, { recursive: true }));
    const textsOf = async (path: string): Promise<Record<string, string>> =>
      Object.fromEntries(
        await Promise.all((await readdir(path)).sort().map(async (name) => [name, await readFile(join(path, name), "utf8")])),
      );

    it("can be loaded into another database, of the same or another kind, and dumped again unchanged", async () => {
      const dry = await dumpData({ database: from, folder: join(folder, "one"), secrets: true, isDry: true });
      assert.deepEqual(await readdir(folder), []);
      const counts = await dumpData({ database: from, folder: join(folder, "one"), secrets: true });
      assert.deepEqual(dry, counts);
      assert.deepEqual(Object.fromEntries(counts.filter(({ table }) => table.startsWith("dump")).map(({ table, rows }) => [table, rows])), {
        dump_people: 3,
        dump_things: 1,
        dump_groups: 1,
        dump_parts: 2,
        dump_groups_dump_people: 2,
      });
      for (const [index, { url }] of places.slice(1).entries()) {
        const to = await createDatabase({ url, models, bind: false });
        await to.createTables();
        assert.deepEqual(new Set(await loadData({ database: to, folder: join(folder, "one"), isDry: true })), new Set(counts));
        // Nothing is left: the same rows can be loaded.
        assert.deepEqual(new Set(await loadData({ database: to, folder: join(folder, "one") })), new Set(counts));
        await dumpData({ database: to, folder: join(folder, `again${index}`), secrets: true });
        assert.deepEqual(await textsOf(join(folder, `again${index}`)), await textsOf(join(folder, "one")));
        await to.run(async () => {
          const ada = await Person.get({ name: "Ada" });
          assert.equal((await ada.favourite)?.name, "It");
          assert.deepEqual(
            (await ada.groups).map(({ code }) => code),
            ["g"],
          );
          assert.equal(await Person.withDeleted().count(), 3);
          // Keys are counted on.
          assert.equal((await Person.create({ name: "New" })).id, 4);
        });
        await assert.rejects(loadData({ database: to, folder: join(folder, "one") }), {
          code: "E_LOAD_TABLE",
          message: /^The table "\w+" already has rows\.$/,
        });
        await to.close();
      }
    });

    it("leave out secrets, and can be compressed", async () => {
      await dumpData({ database: from, folder, gzip: true });
      const text = gunzipSync(await readFile(join(folder, "dump_people.jsonl.gz"))).toString();
      const [boss] = text.split("\n");
      assert.deepEqual(JSON.parse(boss!), { id: 1, name: "Boss", deleted_at: null, boss_id: 3, favourite_id: null });
      const to = await createDatabase({ url: "sqlite::memory:", models, bind: false });
      await to.createTables();
      await loadData({ database: to, folder });
      assert.equal(await to.run(() => Every.count()), await Every.count());
      await to.close();
    });
  });
}

describeOnDatabases("dump files that do not fit", [Person, Thing, Group, Part], (open) => {
  it("are never searched without a folder", async () => {
    for (const folder of [undefined, "", 5]) {
      const options = { database: open().database, folder } as never;
      for (const work of [dumpData, loadData, runSeeds, checkLive, migrate])
        await assert.rejects(work(options), {
          code: "E_OPTION_INVALID",
          message: /option "folder" is .*; it must be the path of a folder\./,
        });
    }
  });

  it("are rejected with the line, and nothing is loaded", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gable-load-"));
    const load = async (): Promise<unknown> => {
      const options = { database: open().database, folder };
      const dry = await loadData({ ...options, isDry: true }).catch((error: unknown) => error);
      const found = await loadData(options).catch((error: unknown) => error);
      assert.equal(String(dry), String(found));
      throw found;
    };
    const put = (name: string, ...lines: unknown[]): Promise<void> =>
      writeFile(join(folder, name), lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
    try {
      await put("dump_groups.jsonl", { code: "a", label: "A" }, "", { code: "b", lable: "B" });
      await assert.rejects(load(), {
        code: "E_LOAD_LINE",
        message: /^Line 2 of .*dump_groups\.jsonl is not a valid row of "dump_groups"\.$/,
        fix: 'Write "label".',
      });
      await put("dump_groups.jsonl", { code: "a", label: "A" }, "{");
      await assert.rejects(load(), { code: "E_LOAD_LINE", message: /^Line 2/ });
      await put("dump_groups.jsonl", { code: "a", label: "A" }, { code: "a", label: "again" });
      await assert.rejects(load(), { code: "E_VALIDATION" });
      await rm(join(folder, "dump_groups.jsonl"));
      await put("dump_grups.jsonl", {});
      await assert.rejects(load(), { code: "E_LOAD_TABLE", fix: 'Write "dump_groups".' });
      assert.equal(await Group.count(), 0);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describeOnDatabases("seeds", [Person, Thing, Group, Part], (open) => {
  it("run in the order of their names, each all or nothing, and repeatedly without changes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gable-seeds-"));
    const { database } = open();
    const told: string[] = [];
    Object.assign(globalThis, { seeded: { Group, Part } });
    try {
      await writeFile(
        join(folder, "020-parts.ts"),
        `export default async () => { const group: any = await seeded.Group.get("a"); await seeded.Part.upsert({ where: { groupCode: "a", number: 1 }, create: { group, note: "x" }, update: { note: "x" } }); };`
          .replaceAll("seeded", "(globalThis as any).seeded")
          .replace('groupCode: "a"', 'groupId: "a"'),
      );
      await writeFile(
        join(folder, "010-groups.mjs"),
        `export default async ({ database }) => { await globalThis.seeded.Group.getOrCreate({ code: "a" }, { label: database.dialect }); };`,
      );
      await writeFile(join(folder, "notes.txt"), "no seed");
      assert.deepEqual(await runSeeds({ database, folder, isDry: true }), ["010-groups.mjs", "020-parts.ts"]);
      assert.equal(await Group.count(), 0);
      for (const round of [1, 2]) {
        assert.deepEqual(await runSeeds({ database, folder, onProgress: (name) => told.push(`${round} ${name}`) }), [
          "010-groups.mjs",
          "020-parts.ts",
        ]);
        await mkdir(join(folder, "dumps"), { recursive: true });
        await dumpData({ database, folder: join(folder, "dumps", String(round)) });
      }
      assert.deepEqual(told, ["1 010-groups.mjs", "1 020-parts.ts", "2 010-groups.mjs", "2 020-parts.ts"]);
      const read = (round: number): Promise<string> => readFile(join(folder, "dumps", String(round), "dump_parts.jsonl"), "utf8");
      assert.equal(await read(1), await read(2));
      await writeFile(
        join(folder, "030-broken.mjs"),
        `export default async () => { await globalThis.seeded.Group.create({ code: "z", label: "Z" }); throw new Error("no more"); };`,
      );
      await assert.rejects(runSeeds({ database, folder }), {
        code: "E_SEED_FAILED",
        message: "The seed 030-broken.mjs failed: no more",
      });
      assert.equal(await Group.find("z"), undefined);
      await writeFile(join(folder, "030-broken.mjs"), "export default 5;");
      await rm(join(folder, "030-broken.mjs"));
      await writeFile(join(folder, "040-none.mjs"), "export const seed = 5;");
      for (const isDry of [true, false])
        await assert.rejects(runSeeds({ database, folder, isDry }), {
          code: "E_SEED_INVALID",
          message: "The seed 040-none.mjs does not export a function.",
        });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
