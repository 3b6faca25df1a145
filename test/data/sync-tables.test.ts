/** Tables without migrations: missing ones are created, existing ones stay, and impossible changes are reported. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { belongsTo, createDatabase, field as f, hasMany, manyToMany, Model, View } from "../../src/data.ts";
import type { SyncedTables } from "../../src/data/migrations/run/sync-tables.ts";
import { syncTables } from "../../src/data/migrations/run/sync-tables.ts";
import { makeMigration, migrate } from "../../src/migrations.ts";
import type { DatabasePlace } from "./databases.ts";
import { databaseKinds } from "./databases.ts";

class Writer extends Model("sync_writers", { id: f.id(), name: f.text({ max: 50, unique: true }), notes: () => hasMany(Note) }) {}
class Note extends Model("sync_notes", {
  id: f.id(),
  text: f.text({ max: 50 }),
  writer: () => belongsTo(Writer),
  marks: () => manyToMany(Mark),
}) {}
class Mark extends Model("sync_marks", { id: f.id(), name: f.text({ max: 20 }), notes: () => manyToMany(Note) }) {}
class Counts extends View(
  "sync_counts",
  { writer: () => belongsTo(Writer, { unique: true }), notes: f.int() },
  { primary: ["writer"], sql: "SELECT writer_id, count(*) AS notes FROM sync_notes GROUP BY writer_id" },
) {}
const first = [Writer, Note, Mark, Counts];

/** The models with other fields of notes. */
function changed(fields: Readonly<Record<string, object>>, left: readonly string[] = []): readonly object[] {
  class OtherWriter extends Model("sync_writers", { id: f.id(), name: f.text({ max: 50, unique: true }) }) {}
  class OtherMark extends Model("sync_marks", { id: f.id(), name: f.text({ max: 20 }), notes: () => manyToMany(OtherNote) }) {}
  const all: Record<string, object> = {
    id: f.id(),
    text: f.text({ max: 50 }),
    writer: () => belongsTo(OtherWriter),
    marks: () => manyToMany(OtherMark),
    ...fields,
  };
  for (const name of left) delete all[name];
  class OtherNote extends Model("sync_notes", all) {}
  return [OtherWriter, OtherNote, OtherMark];
}

for (const kind of databaseKinds) {
  describe(`tables without migrations on ${kind.name}`, { skip: kind.skip }, () => {
    let place: DatabasePlace;
    let folder = "";
    const sync = async (models: readonly object[]): Promise<SyncedTables | undefined> => {
      const database = await createDatabase({ url: place.url, models });
      try {
        return await syncTables(database, join(folder, "migrations"));
      } finally {
        await database.close();
      }
    };
    before(async () => {
      [place, folder] = [await kind.place(), await mkdtemp(join(tmpdir(), "gable-sync-"))];
    });
    after(async () => {
      await place.remove();
      await rm(folder, { recursive: true });
    });

    it("are created once, with join tables", async () => {
      const synced = await sync(first);
      assert.deepEqual(
        [...synced!.made].sort(),
        ["marks", "marks_sync_notes", "notes", "writers"]
          .map((name) => `Create the table "sync_${name}"`)
          .concat('Create the view "sync_counts"')
          .sort(),
      );
      assert.deepEqual([synced!.isSame, synced!.left], [true, []]);
      const database = await createDatabase({ url: place.url, models: first });
      const note = await Note.create({ text: "one", writer: await Writer.create({ name: "Ada" }) });
      await note.marks.add(await Mark.create({ name: "red" }));
      assert.equal((await Counts.first())!.notes, 1);
      await database.close();
      assert.deepEqual(await sync(first), { made: [], isSame: true, left: [] });
    });

    it("get missing columns, indexes and tables", async () => {
      class Extra extends Model("sync_extras", { id: f.id(), size: f.int() }) {}
      const models = [
        ...changed({ more: f.text({ max: 20, null: true, index: true }), extra: () => belongsTo(Extra, { null: true }) }),
        Extra,
      ];
      const synced = await sync(models);
      assert.deepEqual([synced!.isSame, synced!.left], [true, []]);
      assert.ok(synced!.made.includes('Create the table "sync_extras"'));
      assert.ok(synced!.made.includes('Add the column "more" to "sync_notes"'));
      assert.deepEqual((await sync(models))!.made, []);
      // Rows are where they were.
      const database = await createDatabase({ url: place.url, models: [Writer, Note, Mark], bind: false });
      await database.run(async () => assert.equal((await (await Note.first())!.marks).length, 1));
      await database.close();
    });

    it("stay unchanged if a question is open, a type differs, or there is an extra column", async () => {
      const open = await sync(changed({ needed: f.int(), more: f.text({ max: 20, null: true, index: true }) }));
      assert.deepEqual(open!.made, []);
      assert.equal(open!.isSame, false);
      assert.ok(
        open!.left.includes("The new column sync_notes.needed needs a value. What value should existing rows get?"),
        open!.left.join(),
      );
      const other = await sync(changed({ text: f.int() }));
      assert.deepEqual([other!.made, other!.isSame], [[], false]);
      assert.ok(other!.left.includes('In the table "sync_notes", column text differs from the model.'), other!.left.join());
      const less = await sync(changed({}, ["text"]));
      assert.deepEqual([less!.made, less!.isSame], [[], false]);
      assert.ok(less!.left.includes('The table "sync_notes" has column text, which the model does not have.'), less!.left.join());
    });

    it("are left to migrations once there are any", async () => {
      const fresh = await kind.place();
      const models = [class Fresh extends Model("sync_fresh", { id: f.id() }) {}];
      const database = await createDatabase({ url: fresh.url, models });
      try {
        await makeMigration({ models, folder: join(folder, "migrations") });
        assert.equal(await syncTables(database, join(folder, "migrations")), undefined);
        await migrate({ database, folder: join(folder, "migrations") });
        assert.equal(await syncTables(database, join(folder, "nothing")), undefined);
      } finally {
        await database.close();
        await fresh.remove();
      }
    });
  });
}
