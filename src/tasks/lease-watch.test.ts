import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { leaseMs, LeaseWatch, toWatchedTimes } from "./lease-watch.ts";

const unchangedMs = 25_000;
const sweepMs = 5_000;
const renewMs = 20_000;
const hourMs = 3_600_000;

/** What one worker sees of the lease of another one, from the first renewal on. */
interface Case {
  readonly title: string;
  /** How far the clock of the sweeping worker is ahead of the other one. */
  readonly aheadMs: number;
  /** When that changes, and to what. */
  readonly step?: { readonly atMs: number; readonly aheadMs: number };
  /** When the worker of the task dies. By default never. */
  readonly diesAtMs?: number;
  /** When the task is taken from it: after this time, and at the latest after that one. Never without. */
  readonly ended?: readonly [afterMs: number, byMs: number];
}

const cases: readonly Case[] = [
  { title: "its worker lives", aheadMs: 0 },
  { title: "its worker lives, and this clock is an hour ahead", aheadMs: hourMs },
  { title: "its worker lives, and this clock is an hour behind", aheadMs: -hourMs },
  { title: "its worker lives, and this clock is set forward by an hour", aheadMs: 0, step: { atMs: 98_000, aheadMs: hourMs } },
  { title: "its worker lives, and this clock is set back by an hour", aheadMs: 0, step: { atMs: 98_000, aheadMs: -hourMs } },
  // Its last renewal is at 100 s.
  { title: "its worker died", aheadMs: 0, diesAtMs: 119_000, ended: [160_000, 165_000] },
  { title: "its worker died, and this clock is an hour ahead", aheadMs: hourMs, diesAtMs: 119_000, ended: [125_000, 130_000] },
  { title: "its worker died, and this clock is an hour behind", aheadMs: -hourMs, diesAtMs: 119_000, ended: [125_000, 130_000] },
  {
    title: "its worker died, and this clock is then set back by an hour",
    aheadMs: 0,
    step: { atMs: 121_000, aheadMs: -hourMs },
    diesAtMs: 119_000,
    ended: [145_000, 155_000],
  },
];

describe("a lease that a worker watches", () => {
  for (const { title, aheadMs, step, diesAtMs = Infinity, ended } of cases)
    it(`${ended === undefined ? "holds" : "ends"} when ${title}`, () => {
      let passed = 0;
      let until = leaseMs;
      let endedAt: number | undefined;
      const watch = new LeaseWatch(() => passed);
      for (; passed <= 600_000 && endedAt === undefined; passed += 1_000) {
        if (passed % renewMs === 0 && passed < diesAtMs) until = passed + leaseMs;
        // Sweeps and renewals do not meet.
        if (passed % sweepMs !== 1_000) continue;
        const now = passed + (step !== undefined && passed >= step.atMs ? step.aheadMs : aheadMs);
        const rule = { now, unchangedMs };
        const times = toWatchedTimes(rule);
        const seen = until <= times.until || until > times.after ? [{ id: "one", token: "a", until }] : [];
        if (watch.selectEnded(seen, rule).length > 0) endedAt = passed;
      }
      if (ended === undefined) assert.equal(endedAt, undefined);
      else assert.ok(endedAt! >= ended[0] && endedAt! <= ended[1], `it ended after ${endedAt} ms`);
    });

  /** Time between two looks, what the second one finds, and whether it counts as ended. */
  const looks: ReadonlyArray<readonly [title: string, ms: number, found: { token: string; until: number }, isEnded: boolean]> = [
    ["unchanged to the millisecond", unchangedMs, { token: "a", until: 0 }, true],
    ["unchanged for less", unchangedMs - 1, { token: "a", until: 0 }, false],
    ["renewed", unchangedMs, { token: "a", until: 1 }, false],
    ["of another attempt", unchangedMs, { token: "b", until: 0 }, false],
    ["soon over, and unchanged", unchangedMs, { token: "a", until: 1_001 }, false],
  ];
  for (const [title, ms, found, isEnded] of looks)
    it(`${isEnded ? "ends" : "holds"} when it is ${title}`, () => {
      let passed = 0;
      const watch = new LeaseWatch(() => passed);
      const rule = { now: 1_000, unchangedMs };
      const first = title.startsWith("soon") ? found : { token: "a", until: 0 };
      assert.deepEqual(watch.selectEnded([{ id: "one", ...first }], rule), []);
      passed = ms;
      assert.equal(watch.selectEnded([{ id: "one", ...found }], rule).length, isEnded ? 1 : 0);
    });

  it("with no wait, ends leases by their time only, at the limit and one before it", () => {
    const watch = new LeaseWatch(() => 0);
    for (const [until, isEnded] of [
      [1_000, true],
      [1_001, false],
      [hourMs, false],
    ] as const)
      assert.equal(watch.selectEnded([{ id: "one", token: "a", until }], { now: 1_000, unchangedMs: 0 }).length, isEnded ? 1 : 0);
  });
});
