/** Windows: values of a row among its neighbours, the same on every database. */
import assert from "node:assert/strict";
import { beforeEach, it } from "node:test";
import type { Refs } from "../../src/data.ts";
import {
  belongsTo,
  denseRank,
  field as f,
  firstValue,
  hasMany,
  lag,
  lastValue,
  lead,
  Model,
  ntile,
  rank,
  rowNumber,
  sql,
} from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Runner extends Model("window_runners", { id: f.id(), name: f.text({ max: 50 }), runs: () => hasMany(Run) }) {}
class Run extends Model("window_runs", {
  id: f.id(),
  runner: () => belongsTo(Runner),
  seconds: f.int({ null: true }),
  fee: f.decimal({ digits: 8, scale: 2 }),
  day: f.date(),
}) {}

type WindowRefs = Refs<typeof Run>;

describeOnDatabases("windows", [Runner, Run], () => {
  beforeEach(async () => {
    const [ada, ben] = await Runner.createMany([{ name: "Ada" }, { name: "Ben" }]);
    await Run.createMany([
      { runner: ada!, seconds: 10, fee: "1.10", day: "2026-01-01" },
      { runner: ada!, seconds: 30, fee: "2.20", day: "2026-01-02" },
      { runner: ada!, seconds: 10, fee: "3.30", day: "2026-01-03" },
      { runner: ben!, seconds: 20, fee: "4.40", day: "2026-01-01" },
      { runner: ben!, seconds: null, fee: "5.50", day: "2026-01-02" },
    ]);
  });

  it("number and rank rows", async () => {
    const rows = await Run.orderBy("id").values((run) => ({
      number: rowNumber().over({ partitionBy: run.runnerId, orderBy: run.day.desc() }),
      rank: rank().over({ orderBy: run.seconds.asc() }),
      dense: denseRank().over({ orderBy: run.seconds.asc() }),
      half: ntile(2).over({ orderBy: [run.runnerId, run.day.asc()] }),
    }));
    assert.deepEqual(rows, [
      { number: 3, rank: 1, dense: 1, half: 1 },
      { number: 2, rank: 4, dense: 3, half: 1 },
      { number: 1, rank: 1, dense: 1, half: 1 },
      // No value comes as if it were the largest.
      { number: 2, rank: 3, dense: 2, half: 2 },
      { number: 1, rank: 5, dense: 4, half: 2 },
    ]);
  });

  it("read neighbouring rows", async () => {
    const rows = await Run.orderBy("id").values((run) => {
      const window = { partitionBy: [run.runnerId], orderBy: run.day.asc() };
      return {
        before: lag(run.fee).over(window),
        after: lead(run.day, 2).over(window),
        first: firstValue(run.seconds).over(window),
        last: lastValue(run.seconds).over({ ...window, rows: ["start", "end"] }),
        own: lag(run.seconds, 0).over(window),
      };
    });
    assert.deepEqual(rows, [
      { before: null, after: "2026-01-03", first: 10, last: 10, own: 10 },
      { before: "1.10", after: null, first: 10, last: 10, own: 30 },
      { before: "2.20", after: null, first: 10, last: 10, own: 10 },
      { before: null, after: null, first: 20, last: null, own: 20 },
      { before: "4.40", after: null, first: 20, last: null, own: null },
    ]);
  });

  it("aggregate neighbouring rows", async () => {
    const rows = await Run.orderBy("id").values((run) => ({
      all: run.count().over({}),
      sum: run.fee.sum().over({ partitionBy: run.runnerId }),
      running: run.fee.sum().over({ partitionBy: run.runnerId, orderBy: run.day }),
      near: run.seconds.max().over({ orderBy: run.id, rows: [-1, 1] }),
      behind: run.seconds.count().over({ orderBy: run.id, rows: [1, "end"] }),
      mean: run.seconds.avg().over({ partitionBy: run.runner.name, rows: ["start", "end"] }),
      quick: run.seconds.count({ where: run.seconds.lt(15) }).over({}),
    }));
    assert.deepEqual(
      rows,
      [
        { all: 5, sum: "6.60", running: "1.10", near: 30, behind: 3, mean: 50 / 3, quick: 2 },
        { all: 5, sum: "6.60", running: "3.30", near: 30, behind: 2, mean: 50 / 3, quick: 2 },
        { all: 5, sum: "6.60", running: "6.60", near: 30, behind: 1, mean: 50 / 3, quick: 2 },
        { all: 5, sum: "9.90", running: "4.40", near: 20, behind: 0, mean: 20, quick: 2 },
        { all: 5, sum: "9.90", running: "9.90", near: 20, behind: 0, mean: 20, quick: 2 },
      ].map((row) => ({ ...row, mean: row.mean === 20 ? 20 : rows[0]!.mean })),
    );
    assert.ok(Math.abs(rows[0]!.mean! - 50 / 3) < 1e-9);
  });

  it("can be used as annotations, in orders, and in calculations", async () => {
    const runs = await Run.orderBy((run) => rowNumber().over({ orderBy: run.id.desc() }).asc()).annotate((run) => ({
      share: run.seconds.sum().over({ partitionBy: run.runnerId }).coalesce(0).add(1),
    }));
    assert.deepEqual(
      runs.map((run) => [run.day, run.share]),
      [
        ["2026-01-02", 21],
        ["2026-01-01", 21],
        ["2026-01-03", 51],
        ["2026-01-02", 51],
        ["2026-01-01", 51],
      ],
    );
    // Each shape has a separate plan.
    const count = async (rows: readonly [number, number]): Promise<unknown> =>
      (await Run.orderBy("id").values((run) => ({ count: run.count().over({ orderBy: run.id, rows }) }))).map((row) => row.count);
    assert.deepEqual(
      [await count([0, 0]), await count([-1, 0]), await count([0, 1])],
      [
        [1, 1, 1, 1, 1],
        [1, 2, 2, 2, 2],
        [2, 2, 2, 2, 1],
      ],
    );
  });

  it("are rejected where no database supports them, with the reason", async () => {
    const code = "E_EXPRESSION_WINDOW";
    const values = (pick: (run: WindowRefs) => unknown): Promise<unknown> =>
      Promise.resolve(Run.where().values((run) => ({ value: pick(run) as typeof run.id })));
    await assert.rejects(async () => Run.where((run) => rowNumber().over({ orderBy: run.id }).lte(2)), { code, message: /condition/ });
    await assert.rejects(() => Run.where((run) => rank().over({ orderBy: run.id }).lte(2)).delete(), { code, message: /condition/ });
    await assert.rejects(() => Run.all().update({ seconds: (run) => rowNumber().over({ orderBy: run.id }) }), { code, message: /update/ });
    assert.ok(ntile(1_000_000) !== undefined);
    assert.equal(((await values((run) => run.count().over({ rows: [-1_000_000, 1_000_000] }))) as unknown[]).length, 5);
    await assert.rejects(async () => values((run) => run.seconds.over({})), { code, message: /not an aggregate/ });
    await assert.rejects(async () => values((run) => run.seconds.count({ distinct: true }).over({})), { code, message: /distinct/ });
    await assert.rejects(async () => values(() => rowNumber().over({ orderby: 1 } as object)), {
      code: "E_OPTION_UNKNOWN",
      message: /"orderby"/,
    });
    await assert.rejects(async () => values(() => rowNumber().over(undefined as unknown as object)), { code, message: /row_number/ });
    await assert.rejects(async () => values(() => rowNumber().over({ orderBy: "id" as never })), { code, message: /orderBy got/ });
    await assert.rejects(async () => values(() => lag("id" as never).over({})), { code, message: /lag\(\) got/ });
    for (const count of [0, 1.5, 1_000_001, "2; --"]) assert.throws(() => ntile(count as number), { code });
    assert.throws(() => lag(sql<number>`1`, -1), { code });
    for (const rows of [[1, 0], [0], ["end", 0], [0, "start"], [0.5, 1], [0, "x"], [0, 1_000_001], "rows"])
      await assert.rejects(async () => values((run) => run.count().over({ rows: rows as never })), { code, message: /rows got/ });
    await assert.rejects(
      async () =>
        Run.where()
          .groupBy((run) => [run.runnerId])
          .values((run) => ({ runner: run.runnerId, number: rowNumber().over({ orderBy: run.runnerId }) })),
      { code: "E_GROUP_EXPRESSION" },
    );
  });
});
