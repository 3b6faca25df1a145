/** Filters of days and years at the first and the last day that can be stored. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { Filter } from "../../src/data.ts";
import { field as f, Model } from "../../src/data.ts";
import { describeOnDatabases } from "./databases.ts";

class Term extends Model("terms", { id: f.id(), day: f.date(), moment: f.datetime() }) {}

const days = ["0001-01-01", "0001-12-31", "2026-11-20", "9999-12-30", "9999-12-31"];
const ends = ["0001-01-01", "9999-12-31"];

describeOnDatabases("filters of time", [Term], () => {
  for (const [filter, expected] of [
    [{ day: { year: 9999 } }, ["9999-12-30", "9999-12-31"]],
    [{ moment: { year: 9999 } }, ["9999-12-30", "9999-12-31"]],
    [{ day: { year: 1 } }, ["0001-01-01", "0001-12-31"]],
    [{ moment: { year: 1 } }, ["0001-01-01", "0001-12-31"]],
    [{ day: { year: 10_000 } }, []],
    [{ moment: { year: 0 } }, []],
    ...ends.map((on) => [{ moment: { on } }, [on]] as const),
    [{ moment: { on: "9999-12-30" } }, ["9999-12-30"]],
    [{ moment: { within: "700000d" } }, ["2026-11-20"]],
    [{ moment: { within: "999999999w" } }, ["0001-01-01", "0001-12-31", "2026-11-20"]],
  ] as const)
    it(JSON.stringify(filter), async () => {
      await Term.createMany(days.map((day) => ({ day, moment: new Date(`${day}T23:59:59.999Z`) })));
      assert.deepEqual(
        await Term.where(filter as Filter<typeof Term>)
          .orderBy("id")
          .pluck("day"),
        expected,
      );
    });
});
