/** The rate limits of one application. */
import { GableError } from "../../errors/gable-error.ts";
import { assertKnownOptions, kindsOf, optionInvalid } from "../../errors/option-errors.ts";
import type { AnyContext } from "../../handlers/context.ts";
import type { Logger } from "../../handlers/logger.ts";
import type { Rate, RateDecision, RateLimits } from "../../handlers/rate-limits.ts";
import type { RateKey, RateOptions } from "../../handlers/rate-options.ts";
import { assertRate } from "../../handlers/rate-options.ts";
import { toNetworkKey } from "../../http/ip-address.ts";
import type { Pending } from "../../parts/part.ts";
import { everyHour } from "../../parts/hourly.ts";
import { getNodeCrypto } from "../../replies/node-crypto.ts";
import type { RateRule, RateStore, RateVerdict } from "./rate.ts";
import { toDecision, toRule } from "./rate.ts";
import { logStoreFailure } from "./store-failure.ts";

const rateNames = kindsOf<Rate>({ requestsMax: true, windowSeconds: true });

/** All objects would count together, under "[object Object]". */
function assertRateKey(owner: string, key: unknown): void {
  if (typeof key !== "string" || !key.isWellFormed()) throw optionInvalid(owner, "key", key, "a string, such as `login:${email}`");
}

/** Checks a request. Throws `E_RATE_LIMITED`, and `E_RATE_STORE` when the store fails and the limit refuses requests then. */
export type RateCheck = (context: AnyContext) => Pending<void>;

const batchRowsMax = 1_000;
/** Counts requests in the store of an application. */
export class Rates implements RateLimits {
  readonly #store: RateStore;
  readonly #stopClearing: (() => void) | undefined;

  /** `isCleared` says whether the store needs somebody who deletes what has expired. */
  constructor(store: RateStore, logger: Logger, isCleared: boolean) {
    this.#store = store;
    if (isCleared)
      this.#stopClearing = everyHour(
        () => this.#deleteExpired(),
        (error) => logger.error({ error }, "Old rate limits could not be deleted."),
      );
  }

  /**
   * Counts something under your own key, such as failed logins of an account. Throws what the store throws.
   *
   * @example
   * const { isAllowed, retryAfterSeconds } = await context.rateLimits.take(`login:${email}`, { requestsMax: 5, windowSeconds: 600 });
   */
  async take(key: string, rate: Rate): Promise<RateDecision> {
    assertRateKey("rateLimits.take()", key);
    assertKnownOptions("rateLimits.take()", rate, rateNames);
    assertRate("rateLimits.take()", rate);
    return this.#take(`own\n${key}`, toRule(rate));
  }

  /** Forgets what was counted under your own key. */
  async reset(key: string): Promise<void> {
    assertRateKey("rateLimits.reset()", key);
    await this.#store.reset(toStoreKey(`own\n${key}`));
  }

  /** Creates the check of a limit. Limits with the same scope count together. */
  createCheck(options: RateOptions, scope: string): RateCheck {
    const rule = toRule(options);
    const policy = `"${options.name ?? "default"}";q=${options.requestsMax};w=${options.windowSeconds}`;
    const decide = (context: AnyContext, key: string): Pending<void> => {
      const settle = (decision: RateDecision): void => applyDecision(context, decision, options, policy);
      const fail = (error: unknown): void => this.#onFailure(context, error, options);
      return whenReady(() => this.#take(`${scope}\n${key}`, rule), settle, fail);
    };
    return (context) => {
      const key = findKey(context, options.by ?? "ip");
      return typeof key === "string" ? decide(context, key) : key.then((found) => decide(context, found));
    };
  }

  async stop(): Promise<void> {
    this.#stopClearing?.();
    await this.#store.close?.();
  }

  #take(key: string, rule: RateRule): Pending<RateDecision> {
    const nowUs = Date.now() * 1_000;
    const verdict = this.#store.take(toStoreKey(key), rule, nowUs);
    const decide = (known: RateVerdict): RateDecision => toDecision(known, rule, nowUs);
    return verdict instanceof Promise ? verdict.then(decide) : decide(verdict);
  }

  /** A store that is away must not take the site with it, unless the limit guards something. */
  #onFailure(context: AnyContext, error: unknown, { whenStoreFails = "pass" }: RateOptions): void {
    const failure = logStoreFailure(context, error);
    if (whenStoreFails === "refuse") throw failure;
  }

  async #deleteExpired(): Promise<void> {
    while ((await this.#store.deleteExpired(Date.now() * 1_000, batchRowsMax)) > 0);
  }
}

/** Runs `settle` or `fail` with what comes, without waiting for what is ready. */
function whenReady<Value>(work: () => Pending<Value>, settle: (value: Value) => void, fail: (error: unknown) => void): Pending<void> {
  let value: Pending<Value>;
  try {
    value = work();
  } catch (error) {
    return fail(error);
  }
  return value instanceof Promise ? value.then(settle, fail) : settle(value);
}

function applyDecision(
  context: AnyContext,
  decision: RateDecision,
  { requestsMax, windowSeconds, name = "default" }: RateOptions,
  policy: string,
): void {
  const { isAllowed, remaining, retryAfterSeconds, resetSeconds } = decision;
  context.reply.headers.set("ratelimit-policy", policy).set("ratelimit", `"${name}";r=${remaining};t=${resetSeconds}`);
  if (isAllowed) return;
  throw new GableError("E_RATE_LIMITED", `More than ${requestsMax} requests came in ${windowSeconds} seconds.`, {
    headers: [["retry-after", String(retryAfterSeconds)]],
    details: { retryAfterSeconds },
  });
}

function findKey(context: AnyContext, by: RateKey): Pending<string> {
  if (by === "ip") return `ip:${toNetworkKey(context.ip)}`;
  if (by === "user")
    return context.session.findUserId().then((user) => (user === null ? `ip:${toNetworkKey(context.ip)}` : `user:${user}`));
  const key = by(context);
  return key instanceof Promise ? key.then(toOwnKey) : toOwnKey(key);
}

function toOwnKey(key: unknown): string {
  if (typeof key === "string") return `key:${key}`;
  throw new GableError("E_OPTION_INVALID", `The function "by" of a rate limit returned ${typeof key}; it must return a string.`);
}

/** A digest: keys have one length everywhere, and tell nobody who reads the store who the clients are. */
function toStoreKey(key: string): string {
  return getNodeCrypto().hash("sha256", key, "hex");
}
