/** Slows down guessing: of passwords, and of who has an account. The same for accounts that do not exist. */
import { GableError } from "../errors/gable-error.ts";
import { tooManyRequests } from "../errors/status-errors.ts";
import { toNetworkKey } from "../http/ip-address.ts";
import type { RateLimits } from "../handlers/rate-limits.ts";
import type { AnyContext } from "../handlers/context.ts";

/** A burst of five attempts, then one every 12 seconds: ten in the first minute. After 20, one each 3 minutes. */
const accountRates = [
  { requestsMax: 5, windowSeconds: 60 },
  { requestsMax: 20, windowSeconds: 3_600 },
] as const;
/** Three of a million codes are right at any time: whoever has the password must not guess for weeks. */
const codeRates = [
  { requestsMax: 5, windowSeconds: 600 },
  { requestsMax: 30, windowSeconds: 86_400 },
] as const;
const addressRate = { requestsMax: 50, windowSeconds: 600 };
const mailRate = { requestsMax: 5, windowSeconds: 3_600 };

/** Counts an attempt at a password. Throws `E_LOGIN_THROTTLED` with the seconds to wait. */
export async function takeLogin({ rateLimits, ip }: AnyContext, email: string): Promise<void> {
  await takeAll(rateLimits, [
    [`accounts:ip:${toNetworkKey(ip)}`, addressRate],
    ...accountRates.map((rate, index) => [accountKey(email, index), rate] as const),
  ]);
}

async function takeAll(
  rateLimits: RateLimits,
  rates: ReadonlyArray<readonly [key: string, rate: Parameters<RateLimits["take"]>[1]]>,
): Promise<void> {
  for (const [key, rate] of rates) {
    const { isAllowed, retryAfterSeconds } = await rateLimits.take(key, rate);
    if (isAllowed) continue;
    const seconds = Math.ceil(retryAfterSeconds);
    throw new GableError("E_LOGIN_THROTTLED", `Too many attempts to sign in. Try again in ${seconds} seconds.`, {
      headers: [["retry-after", String(seconds)]],
    });
  }
}

/** Counts an attempt at a code of a user: five in a row, then one each 2 minutes, 30 in a day. Throws `E_LOGIN_THROTTLED`. */
export async function takeCode({ rateLimits, ip }: AnyContext, userId: string): Promise<void> {
  await takeAll(rateLimits, [
    [`accounts:ip:${toNetworkKey(ip)}`, addressRate],
    ...codeRates.map((rate, index) => [codeKey(userId, index), rate] as const),
  ]);
}

/** Forgets the attempts at the codes of a user, after a right one. */
export async function resetCodes(rateLimits: RateLimits, userId: string): Promise<void> {
  for (const index of codeRates.keys()) await rateLimits.reset(codeKey(userId, index));
}

/** Forgets the attempts at an account, after the right password. Those of the client's address stay. */
export async function resetLogin(rateLimits: RateLimits, email: string): Promise<void> {
  for (const index of accountRates.keys()) await rateLimits.reset(accountKey(email, index));
}

/** Counts a request that sends mail: five an hour for a client and for a mailbox. Throws `E_RATE_LIMITED`. */
export async function takeMail({ rateLimits, ip }: AnyContext, email: string): Promise<void> {
  for (const key of [`accounts:mail:ip:${toNetworkKey(ip)}`, `accounts:mail:to:${email}`]) {
    const { isAllowed, retryAfterSeconds } = await rateLimits.take(key, mailRate);
    if (!isAllowed) throw tooManyRequests("Too many requests for mail. Try again later.", { code: "E_RATE_LIMITED", retryAfterSeconds });
  }
}

function codeKey(userId: string, index: number): string {
  return `accounts:code:${index}:${userId}`;
}

function accountKey(email: string, index: number): string {
  return `accounts:login:${index}:${email}`;
}
