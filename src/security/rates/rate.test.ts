import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decide, toDecision, toRule } from "./rate.ts";

/** Five requests in ten seconds: one each two seconds. Times are in microseconds after `now`. */
const rule = toRule({ requestsMax: 5, windowSeconds: 10 });
const now = 1_000_000_000;

describe("toRule()", () => {
  for (const [rate, expected] of [
    [
      { requestsMax: 5, windowSeconds: 10 },
      { intervalUs: 2_000_000, burstUs: 10_000_000 },
    ],
    [
      { requestsMax: 3, windowSeconds: 1 },
      { intervalUs: 333_333, burstUs: 999_999 },
    ],
    [
      { requestsMax: 2_000_000, windowSeconds: 1 },
      { intervalUs: 1, burstUs: 2_000_000 },
    ],
  ] as const)
    it(`takes whole microseconds for ${rate.requestsMax} requests in ${rate.windowSeconds} s`, () =>
      assert.deepEqual(toRule(rate), expected));
});

describe("decide()", () => {
  for (const [name, stored, isAllowed, paidAfterUs] of [
    ["the first request", undefined, true, 2_000_000],
    ["a request after all others are paid off", -5_000_000, true, 2_000_000],
    ["a request with one before", 2_000_000, true, 4_000_000],
    ["the last request of a burst", 8_000_000, true, 10_000_000],
    ["one that comes a microsecond too early", 8_000_001, false, 8_000_001],
    ["one after a whole burst", 10_000_000, false, 10_000_000],
    ["one under a clock that was put back", 100_000_000, false, 10_000_000],
  ] as const)
    it(`${isAllowed ? "lets pass" : "refuses"} ${name}`, () =>
      assert.deepEqual(decide(stored === undefined ? undefined : now + stored, rule, now), { isAllowed, paidAtUs: now + paidAfterUs }));
});

describe("toDecision()", () => {
  for (const [paidAfterUs, isAllowed, remaining, retryAfterSeconds, resetSeconds] of [
    [-1, true, 5, 0, 0],
    [0, true, 5, 0, 0],
    [1, true, 4, 0, 1],
    [2_000_000, true, 4, 0, 2],
    [2_000_001, true, 3, 0, 3],
    [8_000_000, true, 1, 0, 8],
    [8_000_001, false, 0, 1, 9],
    [9_000_000, false, 0, 1, 9],
    [9_000_001, false, 0, 2, 10],
    [10_000_000, false, 0, 2, 10],
  ] as const)
    it(`leaves ${remaining} requests, and the next in ${retryAfterSeconds} s, with ${paidAfterUs} µs to pay off`, () =>
      assert.deepEqual(toDecision({ isAllowed, paidAtUs: now + paidAfterUs }, rule, now), {
        isAllowed,
        remaining,
        retryAfterSeconds,
        resetSeconds,
      }));
});
