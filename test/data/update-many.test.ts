/** Many rows that are stored with different values: as few statements as the database has for that, all rows or none. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { belongsTo, field as f, Model, saveMany, withoutScope } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";
import { endValues, Every } from "./every-model.ts";

class Sheet extends Model(
  "many_sheets",
  {
    id: f.id(),
    name: f.text({ max: 20, unique: true }),
    size: f.int({ default: 0 }),
    low: f.int({ default: 1 }),
    high: f.int({ default: 9 }),
    note: f.text({ null: true }),
    changed: f.datetime({ auto: "update" }),
    version: f.int({ default: 0, editable: false }),
  },
  { version: "version" },
) {}
class Cell extends Model(
  "many_cells",
  { line: f.int(), place: f.text({ max: 5 }), value: f.bigint({ null: true }), sheet: () => belongsTo(Sheet, { null: true }) },
  { primary: ["line", "place"] },
) {}
class Owned extends Model("many_owned", { id: f.id(), team: f.int(), text: f.text({ max: 20 }) }, { scope: { team: () => team } }) {}
let team = 1;

describeOnDatabases("updates of many rows", [Every, Sheet, Cell, Owned], (open) => {
  /** Statements that update, since the last call. */
  const updates = (): number => {
    const count = open().statements.filter((text) => text.startsWith("UPDATE")).length;
    open().statements.length = 0;
    return count;
  };

  it("store values of every type in the right rows", async () => {
    for (const [name, ends] of Object.entries(endValues)) {
      const rows = (await Every.createMany(ends.flatMap(() => [{}, {}]))) as unknown as Array<Record<string, unknown> & { id: number }>;
      rows.forEach((row, index) => (row[name] = index % 2 === 0 ? ends[index / 2]![0] : null));
      await Every.updateMany(rows as never, [name as "text"]);
      for (const [index, [value, ...back]] of ends.entries()) {
        const [stored, other] = [await Every.get(rows[index * 2]!.id), await Every.get(rows[index * 2 + 1]!.id)];
        assert.deepEqual((stored as unknown as typeof rows)[name as never], back.length === 0 ? value : back[0], name);
        assert.equal((other as unknown as typeof rows)[name as never], null);
      }
      // What was stored is not taken for changed.
      assert.equal(await Every.updateMany(rows as never, [name as "text"]), 0, name);
      // And goes away again.
      rows.forEach((row) => (row[name] = null));
      await saveMany(rows as never);
      assert.equal(await Every.where({ [name]: { isNull: true } } as never).count(), rows.length);
      await Every.all().delete();
    }
  });

  it("need one statement for many rows of the same columns", async () => {
    const sheets = await Sheet.createMany(Array.from({ length: 250 }, (_, index) => ({ name: `s${index}` })));
    const before = sheets[0]!.changed;
    updates();
    for (const sheet of sheets) {
      sheet.size = sheet.id * 2;
      sheet.note = `it's ${sheet.id}`;
    }
    assert.equal(await Sheet.updateMany(sheets, ["size"]), 250);
    assert.equal(updates(), { SQLite: 250, PostgreSQL: 1, MariaDB: 3, MySQL: 3 }[open().kind]);
    const stored = await Sheet.orderBy("id");
    assert.deepEqual(
      stored.map(({ size, note, version }) => [size, note, version]),
      sheets.map(({ id }) => [id * 2, null, 1]),
    );
    assert.ok(stored.every(({ changed }) => changed >= before));
    assert.equal(await Sheet.updateMany(sheets.slice(0, 1), ["note"]), 1);
    assert.equal(updates(), 1);
    await saveMany([...sheets, Sheet.build({ name: "new" })]);
    assert.equal(updates(), { SQLite: 249, PostgreSQL: 1, MariaDB: 3, MySQL: 3 }[open().kind]);
    assert.deepEqual(
      (await Sheet.orderBy("id")).map(({ note, version }) => [note, version]),
      [...sheets.map(({ id }) => [`it's ${id}`, 2] as const), [null, 0]],
    );
    // Rows of other columns go by themselves.
    sheets.forEach((sheet, index) => (index % 2 === 0 ? (sheet.size = -1) : (sheet.note = null)));
    assert.equal(await Sheet.updateMany(sheets.slice(0, 20), ["size", "note"]), 20);
    assert.equal(updates(), open().kind === "SQLite" ? 20 : 2);
    assert.equal(await Sheet.updateMany([], ["size"]), 0);
  });

  it("store all or none: stale rows, deleted rows, taken keys, invalid values", async () => {
    const sheets = await Sheet.createMany(["a", "b", "c"].map((name) => ({ name })));
    const sizes = async (): Promise<number[]> => await Sheet.orderBy("id").pluck("size");
    const fresh = await Sheet.get(sheets[1]!.id);
    fresh.note = "elsewhere";
    await fresh.save();
    for (const sheet of sheets) sheet.size = 5;
    await assert.rejects(Sheet.updateMany(sheets, ["size"]), { code: "E_ROW_STALE" });
    assert.deepEqual(await sizes(), [0, 0, 0]);
    assert.deepEqual(
      sheets.map(({ version }) => version),
      [0, 0, 0],
    );
    await sheets[1]!.reload();
    for (const sheet of sheets) sheet.size = 6;
    sheets[2]!.name = "a";
    await assert.rejects(Sheet.updateMany(sheets, ["size", "name"]), { code: "E_VALIDATION", message: /name/ });
    assert.deepEqual(await sizes(), [0, 0, 0]);
    sheets[2]!.name = "x".repeat(21);
    await assert.rejects(saveMany(sheets), { code: "E_VALIDATION" });
    assert.deepEqual(await sizes(), [0, 0, 0]);
    sheets[2]!.name = "c";
    await Sheet.updateMany(sheets, ["size", "name"]);
    assert.deepEqual(await sizes(), [6, 6, 6]);
    const cells = await Cell.createMany([
      { line: 1, place: "a" },
      { line: 1, place: "b" },
      { line: 2, place: "a" },
    ]);
    await Cell.where({ line: 1, place: "b" }).delete();
    for (const cell of cells) cell.value = 9n;
    await assert.rejects(Cell.updateMany(cells, ["value"]), { code: "E_ROW_MISSING" });
    assert.equal(await Cell.where({ value: 9n }).count(), 0);
  });

  it("find rows by keys of several columns, as they were read", async () => {
    const cells = await Cell.createMany(
      Array.from({ length: 120 }, (_, index) => ({ line: Math.trunc(index / 10), place: `p${index % 10}`, value: 0n })),
    );
    updates();
    for (const cell of cells) {
      cell.value = BigInt(cell.line) * 10n ** 15n + BigInt(cell.place.slice(1)) + 1n;
      cell.line += 100;
    }
    assert.equal(await Cell.updateMany(cells, ["value", "line"]), 120);
    assert.equal(updates(), { SQLite: 120, PostgreSQL: 1, MariaDB: 2, MySQL: 2 }[open().kind]);
    assert.equal((await Cell.get({ line: 107, place: "p3" })).value, 7_000_000_000_000_004n);
    assert.equal(await Cell.where({ line: { lt: 100 } }).count(), 0);
  });

  it("read rows before the update: two columns can be swapped", async () => {
    const { id } = await Sheet.create({ name: "a" });
    await Sheet.where({ id }).update({ low: (sheet) => sheet.high, high: (sheet) => sheet.low, size: (sheet) => sheet.low });
    const { low, high, size } = await Sheet.get(id);
    assert.deepEqual([low, high, size], [9, 1, 1]);
  });

  it("store two objects of one row in turn, and a repeated object once", async () => {
    const { id } = await Cell.create({ line: 1, place: "a" }).then(() => Sheet.create({ name: "one" }));
    const [one, other] = [await Cell.get({ line: 1, place: "a" }), await Cell.get({ line: 1, place: "a" })];
    one.value = 1n;
    other.value = 2n;
    assert.equal(await Cell.updateMany([one, other, one], ["value"]), 2);
    assert.equal((await Cell.get({ line: 1, place: "a" })).value, 2n);
    const [first, second] = [await Sheet.get(id), await Sheet.get(id)];
    first.size = 1;
    second.size = 2;
    await assert.rejects(Sheet.updateMany([first, second], ["size"]), { code: "E_ROW_STALE" });
    assert.equal((await Sheet.get(id)).size, 0);
  });

  it("only change rows of the owner", async () => {
    const rows = await withoutScope("test", () =>
      Owned.createMany([
        { team: 1, text: "a" },
        { team: 2, text: "b" },
        { team: 1, text: "c" },
      ]),
    );
    team = 1;
    for (const row of rows) row.text += "!";
    await assert.rejects(Owned.updateMany(rows, ["text"]), { code: "E_ROW_MISSING" });
    await Owned.updateMany([rows[0]!, rows[2]!], ["text"]);
    const texts = (await withoutScope("test", () => Owned.orderBy("id").pluck("text"))) as unknown as string[];
    assert.deepEqual(texts, ["a!", "b", "c!"]);
  });
});
