/**
 * Rate limits by GCRA, the generic cell rate algorithm: one number for each key, the time at which all its requests are paid off.
 * Each request moves it by one interval; a request that would move it too far is refused, and moves nothing. All times and
 * spans are whole microseconds, so that sums are exact.
 */
import type { Rate, RateDecision } from "../../handlers/rate-limits.ts";

/** A rate, prepared for the algorithm. */
export interface RateRule {
  /** Time that one request takes up. */
  readonly intervalUs: number;
  /** Time that all requests of a burst take up. */
  readonly burstUs: number;
}

/** What a store says of a request. */
export interface RateVerdict {
  /** Whether the request may pass. */
  readonly isAllowed: boolean;
  /** The time at which all allowed requests are paid off. */
  readonly paidAtUs: number;
}

/** Counts requests. `testRateStore()` of gable/testing checks yours. */
export interface RateStore {
  /** Whether other processes do not see what it counts. Default false. */
  readonly isLocal?: boolean;
  /** Counts a request of a key, as one step. */
  take(key: string, rule: RateRule, nowUs: number): RateVerdict | Promise<RateVerdict>;
  /** Forgets a key. */
  reset(key: string): void | Promise<void>;
  /** Forgets keys whose requests are paid off, at most `rowsMax`, and returns how many. Called until it returns 0. */
  deleteExpired(nowUs: number, rowsMax: number): number | Promise<number>;
  /** Opens connections; called at start. */
  open?(): Promise<void>;
  /** Closes what `open()` has opened. */
  close?(): Promise<void>;
}

/** Prepares a rate that was checked. */
export function toRule({ requestsMax, windowSeconds }: Rate): RateRule {
  const intervalUs = Math.max(1, Math.floor((windowSeconds * 1_000_000) / requestsMax));
  return { intervalUs, burstUs: intervalUs * requestsMax };
}

/** Decides on a request. `paidAtUs` is what is stored of its key, undefined when nothing is. */
export function decide(paidAtUs: number | undefined, { intervalUs, burstUs }: RateRule, nowUs: number): RateVerdict {
  // A clock that was put back must not block a key for longer than a window.
  const present = Math.min(Math.max(paidAtUs ?? nowUs, nowUs), nowUs + burstUs);
  const next = present + intervalUs;
  return next <= nowUs + burstUs ? { isAllowed: true, paidAtUs: next } : { isAllowed: false, paidAtUs: present };
}

/** Says what a verdict means for the client. */
export function toDecision({ isAllowed, paidAtUs }: RateVerdict, { intervalUs, burstUs }: RateRule, nowUs: number): RateDecision {
  const owedUs = Math.max(0, paidAtUs - nowUs);
  return {
    isAllowed,
    remaining: Math.max(0, Math.floor((burstUs - owedUs) / intervalUs)),
    retryAfterSeconds: toSeconds(Math.max(0, owedUs + intervalUs - burstUs)),
    resetSeconds: toSeconds(owedUs),
  };
}

/** Up: who waits as long as this must not be refused again. */
function toSeconds(spanUs: number): number {
  return Math.ceil(spanUs / 1_000_000);
}
