/** Options for the rate limits of routes. */
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { AnyContext } from "./context.ts";
import type { Rate } from "./rate-limits.ts";

/** What a rate limit counts by: a client, a user, or the result of a function. */
export type RateKey = "ip" | "user" | ((context: AnyContext) => string | Promise<string>);

/** A rate limit of a route, a group or an application. */
export interface RateOptions extends Rate {
  /**
   * What is limited: a client address (IPv6 by its first 64 bits), the user of the session (otherwise the address), or
   * the result of a function. Default "ip".
   */
  readonly by?: RateKey;
  /** Routes with the same name count together. By default, each route, each group and the application count separately. */
  readonly name?: string;
  /** Whether requests pass or get 503 while the store does not respond. Default "pass". */
  readonly whenStoreFails?: "pass" | "refuse";
}

const optionNames: Readonly<Record<keyof RateOptions, true>> = {
  requestsMax: true,
  windowSeconds: true,
  by: true,
  name: true,
  whenStoreFails: true,
};
const requestsMaxMax = 1_000_000;
const windowSecondsMax = 31 * 86_400;

/** Checks the options of a rate limit. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export function assertRateOptions(owner: string, options: RateOptions): void {
  if (typeof options !== "object" || options === null) throw optionInvalid(owner, "rate", options, "an object, or false");
  assertKnownOptions(`${owner} rate`, options, Object.keys(optionNames));
  assertRate(`${owner} rate`, options);
  const { by = "ip", name = "default", whenStoreFails = "pass" } = options;
  if (by !== "ip" && by !== "user" && typeof by !== "function")
    throw optionInvalid(`${owner} rate`, "by", by, '"ip", "user" or a function');
  if (typeof name !== "string" || !/^[\w.-]{1,64}$/.test(name))
    throw optionInvalid(`${owner} rate`, "name", name, 'at most 64 letters, digits, "_", "-" and "."');
  if (whenStoreFails !== "pass" && whenStoreFails !== "refuse")
    throw optionInvalid(`${owner} rate`, "whenStoreFails", whenStoreFails, '"pass" or "refuse"');
}

/** Checks the numbers of a rate. Throws `E_OPTION_INVALID`. */
export function assertRate(owner: string, { requestsMax, windowSeconds }: Rate): void {
  assertWhole(owner, "requestsMax", requestsMax, requestsMaxMax);
  assertWhole(owner, "windowSeconds", windowSeconds, windowSecondsMax);
}

function assertWhole(owner: string, name: string, value: unknown, most: number): void {
  if (Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= most) return;
  throw optionInvalid(owner, name, value, `a whole number from 1 to ${most}`);
}
