/** Counting what an application limits. */

/** How many requests a key may make. */
export interface Rate {
  /** Requests that may come at once; in the long run, as many may come in each window. */
  readonly requestsMax: number;
  /** Length of the window, in seconds. */
  readonly windowSeconds: number;
}

/** What came of something that is limited. */
export interface RateDecision {
  /** Whether it may happen. */
  readonly isAllowed: boolean;
  /** How many more may come now. */
  readonly remaining: number;
  /** Seconds until the next one may come; 0 when one may come now. */
  readonly retryAfterSeconds: number;
  /** Seconds until as many as ever may come. */
  readonly resetSeconds: number;
}

/** Counts what an application limits. */
export interface RateLimits {
  /** Counts one more under a key, and says whether it may happen. */
  take(key: string, rate: Rate): Promise<RateDecision>;
  /** Forgets what was counted under a key. */
  reset(key: string): Promise<void>;
}
