/** Rows that follow the one that they belong to, when it is deleted by soft delete and when it comes back. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { belongsTo, field as f, hasMany, Model } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

const deletedAt = f.datetime({ null: true, editable: false });

class Folder extends Model(
  "follow_folders",
  {
    id: f.id(),
    name: f.text({ max: 20 }),
    version: f.int({ default: 0, editable: false }),
    parent: () => belongsTo(Folder, { null: true, onSoftDelete: "cascade" }),
    files: () => hasMany(File),
    deletedAt,
  },
  { softDelete: "deletedAt", version: "version" },
) {}
class File extends Model(
  "follow_files",
  {
    id: f.id(),
    name: f.text({ max: 20 }),
    folder: () => belongsTo(Folder, { onSoftDelete: "cascade" }),
    version: f.int({ default: 0, editable: false }),
    deletedAt,
  },
  {
    softDelete: "deletedAt",
    version: "version",
    checks: { kept: (file) => file.name.ne("locked").or(file.deletedAt.isNull()) },
  },
) {}
/** One that stays. */
class Label extends Model("follow_labels", { id: f.id(), file: () => belongsTo(File), deletedAt }, { softDelete: "deletedAt" }) {}

const names = async (): Promise<string[]> => [
  ...(await Folder.orderBy("name").pluck("name")),
  ...(await File.orderBy("name").pluck("name")),
];

describeOnDatabases("rows that follow", [Folder, File, Label], () => {
  /** A folder in a folder, each with files; one of them was deleted before. */
  const make = async (): Promise<{ top: Folder; inner: Folder }> => {
    const top = await Folder.create({ name: "top" });
    const inner = await Folder.create({ name: "inner", parent: top });
    await Folder.create({ name: "other" });
    const [a] = await File.createMany([
      { name: "a", folder: top },
      { name: "b", folder: inner },
      { name: "c", folder: inner },
    ]);
    await Label.create({ file: a! });
    await File.where({ name: "c" }).delete();
    // Times have milliseconds: rows deleted earlier have another time.
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { top, inner };
  };

  it("are deleted and restored with a row", async () => {
    const { top } = await make();
    await top.delete();
    assert.deepEqual(await names(), ["other"]);
    assert.equal(await Label.count(), 1);
    assert.deepEqual(await File.withDeleted().orderBy("name").pluck("version"), [1, 1, 1]);
    await top.restore();
    assert.deepEqual(await names(), ["inner", "other", "top", "a", "b"]);
  });

  it("are deleted and restored with the rows of a query", async () => {
    await make();
    assert.equal(await Folder.where({ name: { in: ["top", "inner"] } }).delete(), 2);
    assert.deepEqual(await names(), ["other"]);
    assert.equal(await Folder.where({ name: "inner" }).restore(), 1);
    assert.deepEqual(await names(), ["inner", "other", "b"]);
  });

  it("may form a cycle", async () => {
    const { top, inner } = await make();
    top.set({ parent: inner });
    await top.save();
    await inner.delete();
    assert.deepEqual(await names(), ["other"]);
    await inner.restore();
    assert.deepEqual(await names(), ["inner", "other", "top", "a", "b"]);
  });

  it("are deleted all or none", async () => {
    const { top, inner } = await make();
    await File.create({ name: "locked", folder: inner });
    await assert.rejects(() => top.delete(), { code: "E_VALIDATION" });
    assert.deepEqual([top.deletedAt, top.version], [null, 0]);
    await assert.rejects(() => Folder.where({ name: "top" }).delete(), { code: "E_VALIDATION" });
    assert.deepEqual(await names(), ["inner", "other", "top", "a", "b", "locked"]);
    top.name = "new";
    await top.save();
  });
});
