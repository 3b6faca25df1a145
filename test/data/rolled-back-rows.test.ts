/** Rows whose transaction is rolled back: saving them again stores them. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { GableError } from "../../src/errors/gable-error.ts";
import { Model, saveMany } from "../../src/data/model.ts";
import { transaction } from "../../src/data/run/transaction.ts";
import { field as f } from "../../src/data/schema/field.ts";
import { describeOnDatabases } from "./databases.ts";

class Counter extends Model(
  "counters",
  { id: f.id(), name: f.text({ max: 20, unique: true }), count: f.int({ default: 0 }), version: f.int({ default: 0, editable: false }) },
  { version: "version" },
) {}
class Note extends Model(
  "notes",
  { id: f.id(), text: f.text({ max: 20 }), deletedAt: f.datetime({ null: true }) },
  { softDelete: "deletedAt" },
) {}

/** Ways to write rows, which leave them stored. */
const writes: ReadonlyArray<readonly [what: string, write: (rows: Counter[]) => Promise<unknown>]> = [
  [
    "save()",
    async (rows) => {
      for (const row of rows) await row.save();
    },
  ],
  ["saveMany()", (rows) => saveMany(rows)],
];

class Undo extends Error {}

describeOnDatabases("rows of a transaction that is rolled back", [Counter, Note], () => {
  const undone = (work: () => Promise<unknown>): Promise<void> =>
    assert.rejects(
      transaction(async () => {
        await work();
        throw new Undo();
      }),
      Undo,
    );
  const undoneSavepoint = (work: () => Promise<unknown>): Promise<void> => transaction(() => undone(work));
  const throughSavepoint = (work: () => Promise<unknown>): Promise<void> => undone(() => transaction(work));
  const ends = [
    ["in a transaction", undone],
    ["in a savepoint", undoneSavepoint],
    ["in a transaction around a savepoint", throughSavepoint],
  ] as const;
  const stored = async (): Promise<unknown> => await Counter.where({}).orderBy("name").select({ name: true, count: true, version: true });

  for (const [where, end] of ends)
    for (const [what, write] of writes) {
      it(`are new again after ${what} ${where}`, async () => {
        const rows = [Counter.build({ name: "a" }), Counter.build({ name: "b", count: 5 })];
        await end(async () => {
          await write(rows);
          // Changes of a new row.
          rows[0]!.count = 7;
          await write(rows);
        });
        assert.deepEqual([await Counter.count(), ...rows.map(({ id }) => id)], [0, undefined, undefined]);
        await write(rows);
        assert.deepEqual(await stored(), [
          { name: "a", count: 7, version: 0 },
          { name: "b", count: 5, version: 0 },
        ]);
        for (const row of rows) assert.equal((await Counter.get(row.id)).name, row.name);
      });
      it(`have their changes after ${what} ${where}, and store them again`, async () => {
        const rows = [await Counter.create({ name: "a" }), await Counter.create({ name: "b" })];
        for (const row of rows) row.count = 3;
        await end(async () => {
          await write(rows);
          rows[0]!.count = 4;
          await write(rows);
        });
        await write(rows);
        assert.deepEqual(await stored(), [
          { name: "a", count: 4, version: 1 },
          { name: "b", count: 3, version: 1 },
        ]);
      });
    }
  for (const [where, end] of ends)
    it(`can be changed and deleted after delete() ${where}`, async () => {
      const row = await Counter.create({ name: "a" });
      await end(() => row.delete());
      await row.set({ count: 2 }).save();
      assert.equal((await Counter.get(row.id)).count, 2);
      await row.delete();
      assert.equal(await Counter.count(), 0);
    });
  it("have the mark of a deletion that was stored", async () => {
    const note = await Note.create({ text: "a" });
    await undone(() => note.delete());
    await note.set({ text: "b" }).save();
    assert.deepEqual([note.deletedAt, (await Note.get(note.id)).text], [null, "b"]);
    await note.delete();
    await undone(() => note.restore());
    assert.ok(note.deletedAt instanceof Date);
    await note.restore();
    assert.equal(await Note.count(), 1);
  });
  it("are stored by a repeated transaction", async () => {
    const row = await Counter.create({ name: "a" });
    let attempts = 0;
    await transaction(
      async () => {
        await row.set({ count: 9 }).save();
        attempts++;
        if (attempts === 1) throw new GableError("E_TRANSACTION_CONFLICT", "The transaction conflicts with another one.");
      },
      { retries: 1 },
    );
    assert.deepEqual([attempts, await stored()], [2, [{ name: "a", count: 9, version: 1 }]]);
  });
  it("stay stored after a commit, whatever fails later", async () => {
    const row = Counter.build({ name: "a" });
    await transaction(() => row.save());
    await undone(() => row.reload());
    await row.set({ count: 1 }).save();
    assert.deepEqual(await stored(), [{ name: "a", count: 1, version: 1 }]);
  });
});
