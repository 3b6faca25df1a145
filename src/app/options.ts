/** Options of gable(), checked at start. */
import { GableError } from "../errors/gable-error.ts";
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { RouteEntry } from "../handlers/group.ts";
import type { Logger } from "../handlers/logger.ts";
import type { ContentSecurityPolicy } from "../http/content-security-policy.ts";
import { assertPolicy } from "../http/content-security-policy.ts";
import type { ProxyOptions } from "../http/proxies.ts";
import { checkLimits } from "../http/request-limits.ts";
import type { StrictTransportOptions } from "../http/strict-transport.ts";
import { assertStrictTransport } from "../http/strict-transport.ts";
import type { LogSetting } from "../log/log-levels.ts";
import { assertLogSetting } from "../log/log-levels.ts";
import type { Mode } from "../parts/mode.ts";
import type { CheckSettings } from "../parts/check.ts";
import { assertCheckSettings } from "../parts/check.ts";
import type { AnyPart } from "../parts/part.ts";
import type { Converter } from "../routing/converters.ts";
import { createHostCheck } from "../security/hosts.ts";
import type { CorsOptions } from "../handlers/cors-options.ts";
import { assertCorsOptions } from "../handlers/cors-options.ts";
import type { RateOptions } from "../handlers/rate-options.ts";
import { assertRateOptions } from "../handlers/rate-options.ts";
import { isSettings } from "../settings/define-settings.ts";
import type { ServerLimits } from "../server/limits.ts";
import { defaultLimits } from "../server/limits.ts";
import type { ErrorHook } from "./error-replies.ts";
import type { FeatureOptions } from "./features.ts";
import { assertFeatureOptions, featureNames, featureOptionNames } from "./features.ts";

/** Protections of the application. */
export interface SecurityOptions {
  /** Other origins whose scripts may read replies, also of 404 and 405. None by default. */
  cors?: CorsOptions;
  /** Sources of the content security policy that replace the defaults. None by default. */
  csp?: ContentSecurityPolicy;
  /** Sources of a second policy that browsers report and do not enforce: to try a stricter one. None by default. */
  cspReportOnly?: ContentSecurityPolicy;
  /**
   * Where browsers send reports about both policies: a path, such as `/csp-reports`, whose reports the application writes to its log
   * as the part `csp-reports`, or an address of another service. None by default.
   */
  cspReports?: string;
  /** The header that tells browsers to use only https, on replies over https in production; false sends none. Default: one year, without sub-domains. */
  hsts?: StrictTransportOptions | false;
  /** Why the policy may have unsafe sources. Without it they are errors at start. */
  allowUnsafe?: string;
  /** Other origins that may send unsafe requests: exact `scheme://host[:port]`. None by default. */
  trustedOrigins?: readonly string[];
}

/** Limits of an application: those of its server, and how many requests may come. */
export interface ApplicationLimits extends ServerLimits {
  /** Limit for requests to routes without their own limit, and to addresses without a route. None by default. */
  readonly rate?: RateOptions;
}

/** Options of {@link gable} that settings may hold as well, under the same names. */
const settingNames = [
  "origin",
  "hosts",
  "proxies",
  "secretKeys",
  "port",
  "host",
  "database",
  "databases",
  "cache",
  "mail",
  "storage",
  "uploads",
  "tasks",
  "locale",
  "timeZone",
  "session",
  "security",
  "limits",
  "log",
  "earlyHints",
] as const;

/** Settings that {@link gable} takes from a value of `defineSettings()`. Other names are your own. */
export type FrameworkSettings = {
  readonly [Name in (typeof settingNames)[number]]?: GableOptions[Name] | undefined;
} & {
  /** How many processes `gable start` runs without `--workers`: a number, or `auto` for one per core. Default 1. */
  readonly workers?: number | "auto" | undefined;
  readonly [name: string]: unknown;
};

/** Options of {@link gable}. All of them are optional. */
export interface GableOptions extends FeatureOptions, LogSetting {
  /**
   * A value of `defineSettings()`. The application takes `origin`, `hosts`, `proxies`, `secretKeys`, `port`, `host`, `database`,
   * `databases`, `cache`, `mail`, `storage`, `uploads`, `tasks`, `locale`, `timeZone`, `session`, `security`, `limits`, `log` and `earlyHints` from
   * it, and removes its secrets from logs and error pages. None by default.
   */
  settings?: FrameworkSettings;
  /** Port of `app.listen()`; 0 takes a free one. Default: the variable PORT, else 3000. */
  port?: number;
  /** Address that `app.listen()` binds. Default: the variable HOST, else 127.0.0.1. */
  host?: string;
  /** Routes, groups, and modules that export them. None by default. */
  routes?: readonly RouteEntry[];
  /** Parts: your own features, or those of packages, which start and stop with the application. None by default. */
  parts?: readonly AnyPart[];
  /** Checks that run before the application serves, and checks whose problems are not reported. */
  checks?: CheckSettings;
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
  /** Time zone of dates in views and forms, as an IANA name. Default "UTC". */
  timeZone?: string;
  /**
   * Whether the links of `reply.earlyHints()` are also sent in a reply 103, before the page, to browsers that open a page. Set it to true
   * when each proxy in front passes it on. Default false: an older proxy takes it for the reply, and the visitor gets no page.
   */
  earlyHints?: boolean;
  /** Prefix of all routes. Default "". */
  basePath?: string;
  /** Called for each error; may answer it. None by default. */
  onError?: ErrorHook;
  /** Logger with the interface of pino. Default: lines of JSON on standard output in production, text on standard error elsewhere. */
  logger?: Logger;
}

/** Options that belong to no feature. */
type OwnOptions = Omit<GableOptions, keyof FeatureOptions>;

const ownKinds: OptionKinds<OwnOptions> = {
  settings: true,
  port: true,
  host: true,
  routes: "list",
  parts: true,
  checks: "object",
  mode: ["development", "test", "production"],
  hosts: "strings",
  origin: true,
  proxies: "object",
  limits: "object",
  earlyHints: "boolean",
  security: "object",
  converters: "object",
  trailingSlash: true,
  locale: true,
  timeZone: true,
  basePath: true,
  onError: "function",
  logger: "object",
  log: true,
};
const securityKinds: OptionKinds<SecurityOptions> = {
  cors: true,
  csp: "object",
  cspReportOnly: "object",
  cspReports: true,
  hsts: true,
  allowUnsafe: "string",
  trustedOrigins: "strings",
};
const proxyNames: OptionKinds<ProxyOptions> = {
  trust: "strings",
  header: ["x-forwarded", "forwarded"],
  host: "boolean",
  prefix: "boolean",
};

/**
 * Returns the options with those of the settings. A setting that is undefined counts as not given.
 * Throws `E_SETTINGS_BOTH` and `E_OPTION_INVALID`.
 */
export function withSettings(options: GableOptions): GableOptions {
  if (typeof options !== "object" || options === null) throw optionInvalid("gable()", "options", options, "an object");
  const { settings } = options;
  if (settings === undefined) return options;
  if (!isSettings(settings)) throw optionInvalid("gable()", "settings", settings, "the value of defineSettings()");
  const { workers } = settings;
  if (workers !== undefined && workers !== "auto" && !(Number.isSafeInteger(workers) && workers > 0))
    throw optionInvalid("settings", "workers", workers, 'a whole number above 0, or "auto"');
  const given = settingNames.filter((name) => settings[name] !== undefined);
  const both = given.filter((name) => options[name] !== undefined);
  if (both.length > 0) {
    const names = both.map((name) => `"${name}"`).join(", ");
    throw new GableError("E_SETTINGS_BOTH", `${names} ${both.length === 1 ? "is" : "are"} given twice: in settings, and to gable().`, {
      details: { names: both },
    });
  }
  return { ...options, ...Object.fromEntries(given.map((name) => [name, settings[name]])) };
}

/** Checks the options. Throws `E_OPTION_UNKNOWN`, `E_OPTION_INVALID`, `E_LIMIT_INVALID`. */
export function assertGableOptions(options: GableOptions): void {
  assertKnownOptions("gable()", options, { ...Object.fromEntries(featureOptionNames.map((name) => [name, true] as const)), ...ownKinds });
  assertFeatureOptions(options);
  assertLogSetting(options, ["sql", "requests", ...featureNames]);
  const { rate, ...limits } = options.limits ?? {};
  checkLimits(limits, "gable()", [...Object.keys(defaultLimits), "rate"]);
  if (rate !== undefined) assertRateOptions("gable() limits", rate);
  createHostCheck(options.hosts, true);
  assertSecurity(options.security ?? {});
  if (options.proxies !== undefined) assertKnownOptions("gable() proxies", options.proxies, proxyNames);
  if (options.parts !== undefined && !Array.isArray(options.parts))
    throw optionInvalid("gable()", "parts", options.parts, "a list of parts");
  if (options.checks !== undefined) assertCheckSettings(options.checks);
  if (options.logger !== undefined) assertLogger(options.logger);
  if (options.origin !== undefined) assertOrigin("origin", options.origin);
  assertAddress(options);
  assertIntl("locale", options.locale, 'a tag such as "en" or "de-AT"', (locale) => new Intl.Locale(locale));
  assertIntl("timeZone", options.timeZone, 'a name such as "Europe/Vienna"', (timeZone) => new Intl.DateTimeFormat("en", { timeZone }));
  const { trailingSlash = "redirect", basePath = "" } = options;
  if (trailingSlash !== "redirect" && trailingSlash !== "strict")
    throw optionInvalid("gable()", "trailingSlash", trailingSlash, '"redirect" or "strict"');
  if (basePath !== "" && !/^(?:\/[\w.~-]+)+$/.test(basePath))
    throw optionInvalid("gable()", "basePath", basePath, 'a path such as "/shop"');
}

/** A logger without one of its methods, such as `console`, would fail at its first line. */
function assertLogger(logger: Logger): void {
  const methods = ["debug", "info", "warn", "error", "child"] as const;
  const missing = methods.filter((name) => typeof logger[name] !== "function");
  const rule = "a logger with the methods debug, info, warn, error and child, such as pino()";
  if (missing.length > 0) throw optionInvalid("gable()", "logger", logger, `${rule}; it has no ${missing.join(", no ")}`);
}

function assertSecurity(security: SecurityOptions): void {
  const { csp = {}, cspReportOnly = {}, allowUnsafe, cors, hsts, trustedOrigins = [] } = security;
  assertKnownOptions("gable() security", security, securityKinds);
  assertPolicy(csp, allowUnsafe);
  // A policy that is only reported opens nothing.
  assertPolicy(cspReportOnly, "reported", "security.cspReportOnly");
  assertStrictTransport(hsts);
  if (cors !== undefined) assertCorsOptions("gable() security", cors);
  for (const origin of trustedOrigins) assertOrigin("security.trustedOrigins", origin);
}

function assertAddress({ port, host }: GableOptions): void {
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
    throw optionInvalid("gable()", "port", port, "a whole number from 0 to 65535");
  if (host !== undefined && (typeof host !== "string" || host === ""))
    throw optionInvalid("gable()", "host", host, 'an address such as "127.0.0.1"');
}

function assertOrigin(name: string, origin: string): void {
  const isOrigin =
    typeof origin === "string" && /^https?:\/\/[a-z0-9._[\]:-]+$/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin;
  if (!isOrigin) throw optionInvalid("gable()", name, origin, 'an exact origin such as "https://example.com", without a path or a "*"');
}

function assertIntl(name: string, value: string | undefined, rule: string, check: (value: string) => unknown): void {
  if (value === undefined) return;
  try {
    check(value);
  } catch {
    throw optionInvalid("gable()", name, value, rule);
  }
}
