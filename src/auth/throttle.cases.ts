/**
 * The throttle of accounts: a row for each count. Per account 5 free failures, then growing delays
 * with at most 10 evaluations a minute; per address 50 failures in 10 minutes; never a permanent lock; registration and forgotten
 * passwords 5 an hour per address and per mailbox; codes 5 tries in 10 minutes.
 */

/** A count. */
export interface ThrottleCase {
  /** What is counted: attempts at a password or a code, requests for mail, wrong API tokens. */
  readonly counted: "password" | "code" | "mail" | "token";
  /** By which key: the account, whether it exists or not, from any client; or the client (IPv6 by 64 bits), at any account. */
  readonly by: "account" | "client";
  /** How many pass in a burst. */
  readonly free: number;
  /** Over which time, in seconds: one more passes after each `windowSeconds / free`. */
  readonly windowSeconds: number;
  /** Seconds between attempts in the test: more than 0 where another row refuses a burst before this one does. */
  readonly spacedSeconds: number;
  /** How many pass with that pause before the first refusal, and the seconds to wait that it names. */
  readonly allowed: number;
  readonly waitSeconds: number;
  /** Code of the refusal. */
  readonly code: "E_LOGIN_THROTTLED" | "E_RATE_LIMITED";
  /** Whether a right password or code forgets the count. */
  readonly isForgotten: boolean;
}

const login = { code: "E_LOGIN_THROTTLED", spacedSeconds: 0 } as const;
const limited = { code: "E_RATE_LIMITED", spacedSeconds: 0, isForgotten: false } as const;

/** All counts. */
export const throttleCases: readonly ThrottleCase[] = [
  // 5 in a burst, and one each 12 s: 10 in the first minute.
  { ...login, counted: "password", by: "account", free: 5, windowSeconds: 60, allowed: 5, waitSeconds: 12, isForgotten: true },
  // One each 12 s takes 240 s for 20 attempts; meanwhile one more has become free.
  {
    ...login,
    counted: "password",
    by: "account",
    free: 20,
    windowSeconds: 3_600,
    spacedSeconds: 12,
    allowed: 21,
    waitSeconds: 108,
    isForgotten: true,
  },
  { ...login, counted: "password", by: "client", free: 50, windowSeconds: 600, allowed: 50, waitSeconds: 12, isForgotten: false },
  { ...login, counted: "code", by: "account", free: 5, windowSeconds: 600, allowed: 5, waitSeconds: 120, isForgotten: true },
  // One each 120 s takes an hour for 30 attempts; meanwhile one more has become free.
  {
    ...login,
    counted: "code",
    by: "account",
    free: 30,
    windowSeconds: 86_400,
    spacedSeconds: 120,
    allowed: 31,
    waitSeconds: 2_040,
    isForgotten: true,
  },
  { ...login, counted: "code", by: "client", free: 50, windowSeconds: 600, allowed: 50, waitSeconds: 12, isForgotten: false },
  { ...limited, counted: "mail", by: "account", free: 5, windowSeconds: 3_600, allowed: 5, waitSeconds: 720 },
  { ...limited, counted: "mail", by: "client", free: 5, windowSeconds: 3_600, allowed: 5, waitSeconds: 720 },
  { ...limited, counted: "token", by: "client", free: 50, windowSeconds: 600, allowed: 50, waitSeconds: 12 },
];
