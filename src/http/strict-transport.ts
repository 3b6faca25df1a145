/** The header field that keeps browsers on https (RFC 6797). */
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";

/** How long browsers use https only, and for which hosts. */
export interface StrictTransportOptions {
  /** Seconds that a browser remembers it after each reply: a whole number up to 63,072,000 (two years); 0 makes it forget. Default 31,536,000 (a year). */
  readonly maxAgeSeconds?: number;
  /** Whether it holds for all sub-domains. All of them must answer on https. Default false. */
  readonly includeSubDomains?: boolean;
  /** Whether browsers may ship with the host in their lists. Needs `includeSubDomains` and a year. Default false. */
  readonly preload?: boolean;
}

const yearSeconds = 31_536_000;
const maxAgeSecondsMax = 2 * yearSeconds;
const optionNames: Readonly<Record<keyof StrictTransportOptions, true>> = { maxAgeSeconds: true, includeSubDomains: true, preload: true };

/** Checks the option `security.hsts`. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`. */
export function assertStrictTransport(options: unknown): void {
  if (options === undefined || options === false) return;
  if (typeof options !== "object" || options === null) throw optionInvalid("gable() security", "hsts", options, "an object, or false");
  const owner = "gable() security.hsts";
  assertKnownOptions(owner, options, Object.keys(optionNames));
  const { maxAgeSeconds = yearSeconds, includeSubDomains = false, preload = false } = options as Record<string, unknown>; // Checked below.
  if (typeof maxAgeSeconds !== "number" || !Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 0 || maxAgeSeconds > maxAgeSecondsMax)
    throw optionInvalid(owner, "maxAgeSeconds", maxAgeSeconds, `a whole number of seconds from 0 to ${maxAgeSecondsMax}`);
  for (const [name, value] of Object.entries({ includeSubDomains, preload }))
    if (typeof value !== "boolean") throw optionInvalid(owner, name, value, "true or false");
  // Browsers' lists take no host without both.
  if (preload === true && (includeSubDomains !== true || maxAgeSeconds < yearSeconds))
    throw optionInvalid(owner, "preload", preload, `used with includeSubDomains: true and at least ${yearSeconds} seconds`);
}

/** Returns the value of the field; undefined when it is turned off. */
export function toStrictTransport(options: StrictTransportOptions | false = {}): string | undefined {
  if (options === false) return undefined;
  const { maxAgeSeconds = yearSeconds, includeSubDomains = false, preload = false } = options;
  return `max-age=${maxAgeSeconds}${includeSubDomains ? "; includeSubDomains" : ""}${preload ? "; preload" : ""}`;
}
