/** Options of gable(), checked at start. */
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { RouteEntry } from "../handlers/group.ts";
import type { Logger } from "../handlers/logger.ts";
import type { ContentSecurityPolicy } from "../http/content-security-policy.ts";
import { assertPolicy } from "../http/content-security-policy.ts";
import type { ProxyOptions } from "../http/proxies.ts";
import { checkLimits } from "../http/request-limits.ts";
import type { Mode } from "../parts/mode.ts";
import type { AnyPart } from "../parts/part.ts";
import type { Converter } from "../routing/converters.ts";
import { createHostCheck } from "../security/hosts.ts";
import type { CorsOptions } from "../handlers/cors-options.ts";
import { assertCorsOptions } from "../handlers/cors-options.ts";
import type { RateOptions } from "../handlers/rate-options.ts";
import { assertRateOptions } from "../handlers/rate-options.ts";
import type { ServerLimits } from "../server/limits.ts";
import { defaultLimits } from "../server/limits.ts";
import type { ErrorHook } from "./error-replies.ts";
import type { FeatureOptions } from "./features.ts";
import { assertFeatureOptions, featureOptionNames } from "./features.ts";

/** Protections of the application. */
export interface SecurityOptions {
  /** Other origins whose scripts may read replies, also of 404 and 405. None by default. */
  cors?: CorsOptions;
  /** Sources of the content security policy that replace the defaults. None by default. */
  csp?: ContentSecurityPolicy;
  /** Why the policy may have unsafe sources. Without it they are errors at start. */
  allowUnsafe?: string;
  /** Other origins that may send unsafe requests: exact `scheme://host[:port]`. None by default. */
  trustedOrigins?: readonly string[];
}

/** Limits of an application: those of its server, and how many requests may come. */
export interface ApplicationLimits extends ServerLimits {
  /** How many requests may come to routes without a limit of their own, and to addresses without a route. None by default. */
  readonly rate?: RateOptions;
}

/** Options of {@link gable}. All of them are optional. */
export interface GableOptions extends FeatureOptions {
  /** Routes, groups, and modules that export them. None by default. */
  routes?: readonly RouteEntry[];
  /** Parts: features of your own, or of packages, which start and stop with the application. None by default. */
  parts?: readonly AnyPart[];
  /** `development`, `test` or `production`. Default: the variable GABLE_MODE, else production. */
  mode?: Mode;
  /** Hosts that the application answers for; `.example.com` adds sub-domains. Default: names of loopback. */
  hosts?: readonly string[];
  /** Public origin, such as `https://example.com`, for absolute links. Default: that of the request. */
  origin?: string;
  /** Trusted proxies. Default: nobody. */
  proxies?: ProxyOptions;
  /** Limits and timeouts. Defaults in {@link ServerLimits}. */
  limits?: ApplicationLimits;
  /** Protections. All are on by default. */
  security?: SecurityOptions;
  /** Custom converters for path parameters by name. None by default. */
  converters?: Readonly<Record<string, Converter<unknown>>>;
  /** What happens when only the other form of a path with or without `/` at its end exists. Default "redirect". */
  trailingSlash?: "redirect" | "strict";
  /** Language of dates and numbers in views, as a tag of BCP 47. Default "en". */
  locale?: string;
  /** Time zone of dates in views, as a name of IANA. Default "UTC". */
  timeZone?: string;
  /** Prefix of all routes. Default "". */
  basePath?: string;
  /** Called for each error; may answer it. None by default. */
  onError?: ErrorHook;
  /** Logger with the interface of pino. Default: lines on standard error. */
  logger?: Logger;
}

/** Options that belong to no feature. */
type OwnOptions = Omit<GableOptions, keyof FeatureOptions>;

const ownNames: Readonly<Record<keyof OwnOptions, true>> = {
  routes: true,
  parts: true,
  mode: true,
  hosts: true,
  origin: true,
  proxies: true,
  limits: true,
  security: true,
  converters: true,
  trailingSlash: true,
  locale: true,
  timeZone: true,
  basePath: true,
  onError: true,
  logger: true,
};
const securityNames: Readonly<Record<keyof SecurityOptions, true>> = { cors: true, csp: true, allowUnsafe: true, trustedOrigins: true };
const proxyNames: Readonly<Record<keyof ProxyOptions, true>> = { trust: true, header: true, host: true, prefix: true };

/** Checks the options. Throws `E_OPTION_UNKNOWN`, `E_OPTION_INVALID`, `E_LIMIT_INVALID`. */
export function assertGableOptions(options: GableOptions): void {
  assertKnownOptions("gable()", options, [...Object.keys(ownNames), ...featureOptionNames]);
  assertFeatureOptions(options);
  const { rate, ...limits } = options.limits ?? {};
  checkLimits(limits, "gable()", [...Object.keys(defaultLimits), "rate"]);
  if (rate !== undefined) assertRateOptions("gable() limits", rate);
  createHostCheck(options.hosts, true);
  assertPolicy(options.security?.csp ?? {}, options.security?.allowUnsafe);
  if (options.security !== undefined) assertKnownOptions("gable() security", options.security, Object.keys(securityNames));
  if (options.security?.cors !== undefined) assertCorsOptions("gable() security", options.security.cors);
  if (options.proxies !== undefined) assertKnownOptions("gable() proxies", options.proxies, Object.keys(proxyNames));
  if (options.parts !== undefined && !Array.isArray(options.parts))
    throw optionInvalid("gable()", "parts", options.parts, "a list of parts");
  if (options.origin !== undefined) assertOrigin("origin", options.origin);
  for (const origin of options.security?.trustedOrigins ?? []) assertOrigin("security.trustedOrigins", origin);
  assertIntl("locale", options.locale, 'a tag such as "en" or "de-AT"', (locale) => new Intl.Locale(locale));
  assertIntl("timeZone", options.timeZone, 'a name such as "Europe/Vienna"', (timeZone) => new Intl.DateTimeFormat("en", { timeZone }));
  const { trailingSlash = "redirect", basePath = "" } = options;
  if (trailingSlash !== "redirect" && trailingSlash !== "strict")
    throw optionInvalid("gable()", "trailingSlash", trailingSlash, '"redirect" or "strict"');
  if (basePath !== "" && !/^(?:\/[\w.~-]+)+$/.test(basePath))
    throw optionInvalid("gable()", "basePath", basePath, 'a path such as "/shop"');
}

function assertOrigin(name: string, origin: string): void {
  const isOrigin = typeof origin === "string" && URL.canParse(origin) && new URL(origin).origin === origin && /^https?:/.test(origin);
  if (!isOrigin) throw optionInvalid("gable()", name, origin, 'an origin such as "https://example.com", without a path');
}

function assertIntl(name: string, value: string | undefined, rule: string, check: (value: string) => unknown): void {
  if (value === undefined) return;
  try {
    check(value);
  } catch {
    throw optionInvalid("gable()", name, value, rule);
  }
}
