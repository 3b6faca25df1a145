/** What callers see of queries and refusals: JSON, events of statements, codes of refused values. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { belongsTo, field as f, hasMany, Model, transaction } from "../../src/data.ts";
import { GableError } from "../../src/errors/gable-error.ts";
import { describeOnDatabases } from "./databases.ts";

class Shelf extends Model("seen_shelves", { id: f.id(), name: f.text({ max: 20 }), volumes: () => hasMany(Volume) }) {}
class Volume extends Model(
  "seen_volumes",
  {
    id: f.id(),
    title: f.text({ max: 20, unique: true }),
    pages: f.int(),
    code: f.bigint({ null: true }),
    password: f.text({ secret: true, null: true }),
    shelf: () => belongsTo(Shelf, { null: true }),
  },
  { computed: (row) => ({ sheets: row.pages.div(2) }), checks: { pages_positive: (row) => row.pages.gt(0) } },
) {
  /** A property of the class, which is not a value of the row. */
  note = "kept";
}

describeOnDatabases("what callers see", [Shelf, Volume], (open) => {
  it("has annotated and computed values in JSON, without secrets and without other properties", async () => {
    await Volume.create({ title: "Sails", pages: 10, code: 2n ** 60n, password: "hidden" });
    const [row] = await Volume.where().annotate((volume) => ({
      letters: volume.title.length(),
      twin: volume.code,
      secret: volume.password,
    }));
    const json = JSON.parse(JSON.stringify(row)) as Record<string, unknown>;
    assert.equal(json["letters"], 5);
    assert.equal(json["twin"], String(2n ** 60n));
    assert.equal(Number(json["sheets"]), 5);
    for (const name of ["note", "secret", "password"]) assert.ok(!(name in json), name);
  });

  it("has annotated values in JSON of pages and streams, and keeps them after detach()", async () => {
    await Volume.create({ title: "Sails", pages: 10 });
    const query = Volume.orderBy("id").annotate((row) => ({ letters: row.title.length() }));
    const { items } = await query.page({ size: 5 });
    assert.equal((JSON.parse(JSON.stringify(items[0])) as { letters: number }).letters, 5);
    for await (const row of query.stream()) assert.equal((row.toJSON() as { letters?: unknown }).letters, 5);
  });

  it("notifies listeners of a stream, when it ends and when it is left early", async () => {
    await Volume.createMany([1, 2, 3].map((number) => ({ title: `v${number}`, pages: number })));
    const { statements } = open();
    statements.length = 0;
    for await (const row of Volume.orderBy("id").stream({ batch: 2 })) assert.ok(row);
    assert.equal(statements.filter((sql) => sql.startsWith("SELECT")).length, 1);
    for await (const row of Volume.orderBy("id").stream({ batch: 2 })) if (row.id === 1) break;
    assert.equal(statements.filter((sql) => sql.startsWith("SELECT")).length, 2);
    await transaction(async () => {
      for await (const row of Volume.orderBy("id").stream()) assert.ok(row);
    });
    assert.equal(statements.filter((sql) => sql.startsWith("SELECT")).length, 3);
  });

  it("has a stable code, the field and the constraint of a value that the database rejected", async () => {
    await Volume.create({ title: "Sails", pages: 10 });
    const issuesOf = async (work: Promise<unknown>): Promise<unknown> => {
      const error = await work.then(
        () => assert.fail("stored"),
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof GableError && error.code === "E_VALIDATION");
      const issues = error.details["issues"] as ReadonlyArray<{ field: string; code: string; constraint?: string }>;
      return issues.map(({ field, code }) => ({ field, code }));
    };
    assert.deepEqual(await issuesOf(Volume.create({ title: "Sails", pages: 1 })), [{ field: "title", code: "unique" }]);
    assert.deepEqual(await issuesOf(Volume.create({ title: "Ropes", pages: 1, shelf: 999 })), [{ field: "shelf", code: "foreign_key" }]);
    assert.deepEqual(await issuesOf(Volume.create({ title: "Knots", pages: 0 })), [{ field: "$model", code: "check" }]);
  });

  it("runs queries of one transaction in turn, without a warning of the driver", async () => {
    const warnings: string[] = [];
    // Node 22 calls its own SQLite experimental.
    const listen = ({ name, message }: Error): void => void (name === "ExperimentalWarning" || warnings.push(message));
    process.on("warning", listen);
    try {
      await Volume.create({ title: "Sails", pages: 10 });
      const counts = await transaction(() => Promise.all([Volume.count(), Volume.count(), Volume.where({ pages: 1 }).count()]));
      assert.deepEqual(counts, [1, 1, 0]);
      await assert.rejects(
        transaction(() => Promise.all([Volume.create({ title: "Sails", pages: 1 }), Volume.count(), Volume.count()])),
        (error: unknown) => error instanceof GableError,
      );
      assert.equal(await Volume.count(), 1);
      await new Promise((resolve) => setImmediate(resolve));
    } finally {
      process.off("warning", listen);
    }
    assert.deepEqual(warnings, []);
  });
});
