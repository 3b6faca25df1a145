/** Estimates: what the database remembers, and a count where it remembers nothing. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { field as f, Model, sql } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Many extends Model("estimate_many", { id: f.id(), name: f.text({ max: 20, index: true }) }) {}
class Kept extends Model(
  "estimate_kept",
  { id: f.id(), deletedAt: f.datetime({ null: true, editable: false }) },
  { softDelete: "deletedAt" },
) {}

describeOnDatabases("estimates", [Many, Kept], (open) => {
  const analyze = async (): Promise<void> => {
    const { kind, database } = open();
    await database.query(
      sql`${sql.unsafe(["MariaDB", "MySQL"].includes(kind) ? "ANALYZE TABLE" : "ANALYZE")} ${sql.identifier("estimate_many")}`,
    );
  };

  it("are close to the number of rows after statistics are collected, without a count", async () => {
    await Many.createMany(Array.from({ length: 3_000 }, (_, index) => ({ name: `n${index % 7}` })));
    await analyze();
    open().statements.length = 0;
    const estimate = await Many.estimateCount();
    assert.ok(estimate > 2_500 && estimate < 3_500, String(estimate));
    assert.ok(open().statements.every((text) => !/count\(/i.test(text)));
  });

  it("are exact counts if the statistics cover other rows, too", async () => {
    const rows = await Kept.createMany([{}, {}, {}]);
    await rows[0]!.delete();
    assert.equal(await Kept.estimateCount(), 2);
  });
});
