/** Counts actions that an application limits. */

/** How many requests a key may make. */
export interface Rate {
  /** Requests that may come in a burst; in the long run, the same number may come in each window. */
  readonly requestsMax: number;
  /** Length of the window, in seconds. */
  readonly windowSeconds: number;
}

/** The result of counting an action. */
export interface RateDecision {
  /** Whether it is allowed. */
  readonly isAllowed: boolean;
  /** How many more are allowed now. */
  readonly remaining: number;
  /** Seconds until the next one is allowed; 0 if one is allowed now. */
  readonly retryAfterSeconds: number;
  /** Seconds until the full limit is available again. */
  readonly resetSeconds: number;
}

/** Counts actions that an application limits. */
export interface RateLimits {
  /** Counts one action under a key, and returns whether it is allowed. */
  take(key: string, rate: Rate): Promise<RateDecision>;
  /** Resets the count of a key. */
  reset(key: string): Promise<void>;
}
