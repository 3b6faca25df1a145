/** Time travel in tests. */
import { AsyncLocalStorage } from "node:async_hooks";
import { currentTime, fireDueTimers, moveClock, nextTurn, watchClock } from "./clock.ts";
import { assertTestFunction, suggest, testError } from "./test-error.ts";

/** A length of time. Its parts are added; negative ones go back. */
export interface TimeSpan {
  /** Weeks. */
  readonly weeks?: number;
  /** Days of 24 hours. */
  readonly days?: number;
  /** Hours. */
  readonly hours?: number;
  /** Minutes. */
  readonly minutes?: number;
  /** Seconds. */
  readonly seconds?: number;
  /** Milliseconds. */
  readonly ms?: number;
}

/** The clock of tests. */
export interface TestTime {
  /**
   * Moves the clock, fires the timers that are due then, runs work, and moves the clock back. Returns what the work returns.
   *
   * `Date`, sessions, signed values, rate limits, caches and tasks obey it. Clocks of database servers, of Redis, and
   * `performance.now()` do not. Timers fire once each, as after a machine has slept. Timers that were
   * set before the first `travel()`, `testLeaks()` or `testDatabase()` of the file are not fired. Throws `E_TEST_TIME`.
   */
  travel<Result>(by: TimeSpan, work: () => Result | Promise<Result>): Promise<Result>;
}

const unitMs: Readonly<Record<keyof TimeSpan, number>> = {
  weeks: 604_800_000,
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1_000,
  ms: 1,
};
/** What a Date can hold, in ms from 1970. */
const timeMax = 8.64e15;

interface Journey {
  readonly outer: Journey | undefined;
}

const journeys = new AsyncLocalStorage<Journey>();
let current: Journey | undefined;

/**
 * The clock of tests.
 *
 * @example
 * await time.travel({ days: 15 }, async () => assert.equal((await client.get("/account")).status, 303));
 */
export const time: TestTime = Object.freeze({
  async travel<Result>(by: TimeSpan, work: () => Result | Promise<Result>): Promise<Result> {
    assertTestFunction("time.travel()", work);
    const byMs = toMs(by);
    const outer = journeys.getStore();
    if (current !== outer)
      throw testError(
        "E_TEST_TIME",
        "time.travel() was called while another one runs.",
        "Await the first one, or call the second one inside it.",
      );
    watchClock();
    const journey: Journey = { outer };
    current = journey;
    moveClock(byMs);
    try {
      return await journeys.run(journey, async () => {
        await fireDueTimers();
        return work();
      });
    } finally {
      // What the work has begun without waiting runs at the time that it began at.
      await nextTurn();
      moveClock(-byMs);
      current = outer;
    }
  },
});

function toMs(by: TimeSpan): number {
  const parts: ReadonlyArray<[string, unknown]> = typeof by === "object" && by !== null ? Object.entries(by) : [];
  if (parts.length === 0) throw testError("E_TEST_TIME", "time.travel() got no time.", "Pass a duration such as { days: 15 }.");
  let total = 0;
  for (const [unit, value] of parts) {
    if (!Object.hasOwn(unitMs, unit))
      throw testError("E_TEST_TIME", `time.travel() knows no unit "${unit}".`, suggest(unit, Object.keys(unitMs)));
    if (typeof value !== "number" || !Number.isFinite(value))
      throw testError("E_TEST_TIME", `time.travel(): ${unit} is ${String(value)}.`, "Pass a number.");
    total += value * unitMs[unit as keyof TimeSpan]; // Known, as checked above.
  }
  const byMs = Math.round(total);
  if (Math.abs(currentTime() + byMs) > timeMax)
    throw testError("E_TEST_TIME", "time.travel() leads further than a Date can hold.", "Pass a shorter time.");
  return byMs;
}
