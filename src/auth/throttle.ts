/** Slows down guessing: of passwords, and of who has an account. The same for accounts that do not exist. */
import { GableError } from "../errors/gable-error.ts";
import { tooManyRequests } from "../errors/status-errors.ts";
import { toNetworkKey } from "../http/ip-address.ts";
import type { AnyContext } from "../handlers/context.ts";
import type { Rate, RateDecision } from "../handlers/rate-limits.ts";
import { logStoreFailure } from "../security/rates/store-failure.ts";

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

/** Wrong API tokens of a client. */
const tokenRate = { requestsMax: 50, windowSeconds: 600 };

/** Counts an attempt at the password of an account, by what it signs in with. Throws `E_LOGIN_THROTTLED` with the seconds to wait, and `E_RATE_STORE`. */
export async function takeLogin(context: AnyContext, login: string): Promise<void> {
  await takeAll(context, [
    [`accounts:ip:${toNetworkKey(context.ip)}`, addressRate],
    ...accountRates.map((rate, index) => [accountKey(login, index), rate] as const),
  ]);
}

async function takeAll(context: AnyContext, rates: ReadonlyArray<readonly [key: string, rate: Rate]>): Promise<void> {
  for (const [key, rate] of rates) {
    const { isAllowed, retryAfterSeconds } = await takeOne(context, key, rate);
    if (isAllowed) continue;
    const seconds = Math.ceil(retryAfterSeconds);
    throw new GableError("E_LOGIN_THROTTLED", `Too many attempts to sign in. Try again in ${seconds} seconds.`, {
      headers: [["retry-after", String(seconds)]],
    });
  }
}

/** Without its counts, guessing has no limit: a store that fails refuses the attempt with `E_RATE_STORE`. */
async function takeOne(context: AnyContext, key: string, rate: Rate): Promise<RateDecision> {
  try {
    return await context.rateLimits.take(key, rate);
  } catch (error) {
    throw logStoreFailure(context, error);
  }
}

/** Counts an attempt at a code of a user: five in a row, then one each 2 minutes, 30 in a day. Throws `E_LOGIN_THROTTLED` and `E_RATE_STORE`. */
export async function takeCode(context: AnyContext, userId: string): Promise<void> {
  await takeAll(context, [
    [`accounts:ip:${toNetworkKey(context.ip)}`, addressRate],
    ...codeRates.map((rate, index) => [codeKey(userId, index), rate] as const),
  ]);
}

/** Forgets the attempts at the codes of a user, after a right one. */
export async function resetCodes(context: AnyContext, userId: string): Promise<void> {
  await resetAll(
    context,
    codeRates.map((_rate, index) => codeKey(userId, index)),
  );
}

/** Forgets the attempts at an account, after the right password. Those of the client's address stay. */
export async function resetLogin(context: AnyContext, login: string): Promise<void> {
  await resetAll(
    context,
    accountRates.map((_rate, index) => accountKey(login, index)),
  );
}

/** The password or the code was right, and the code is used up, so a store that fails now must not refuse the user. */
async function resetAll(context: AnyContext, keys: readonly string[]): Promise<void> {
  try {
    for (const key of keys) await context.rateLimits.reset(key);
  } catch (error) {
    logStoreFailure(context, error);
  }
}

/** Counts a request that sends mail: five an hour for a client, and for a mailbox if there is one. Throws `E_RATE_LIMITED` and `E_RATE_STORE`. */
export async function takeMail(context: AnyContext, email: string | null): Promise<void> {
  for (const key of [`accounts:mail:ip:${toNetworkKey(context.ip)}`, ...(email === null ? [] : [`accounts:mail:to:${email}`])])
    assertAllowed(await takeOne(context, key, mailRate), "Too many requests for mail. Try again later.");
}

/** Counts a wrong API token: 50 in ten minutes for a client. Throws `E_RATE_LIMITED` and `E_RATE_STORE`. */
export async function takeWrongToken(context: AnyContext): Promise<void> {
  const decision = await takeOne(context, `accounts:token:${toNetworkKey(context.ip)}`, tokenRate);
  assertAllowed(decision, "Too many wrong tokens. Try again later.");
}

function assertAllowed({ isAllowed, retryAfterSeconds }: RateDecision, message: string): void {
  if (!isAllowed) throw tooManyRequests(message, { code: "E_RATE_LIMITED", retryAfterSeconds });
}

function codeKey(userId: string, index: number): string {
  return `accounts:code:${index}:${userId}`;
}

function accountKey(login: string, index: number): string {
  return `accounts:login:${index}:${login}`;
}
