/** The features of an application, in order of start: each one is a part, brought by its options. */
import type { AccountsSetting } from "../auth/part.ts";
import { accountsPart } from "../auth/part.ts";
import type { CacheSetting } from "../cache/part.ts";
import { cachePart } from "../cache/part.ts";
import type { CompressionSetting } from "../compression/part.ts";
import { compressionPart } from "../compression/part.ts";
import type { DatabaseSettings } from "../data/part.ts";
import { databasesPart } from "../data/part.ts";
import { developmentPart } from "../diagnostics/development/part.ts";
import { diagnosticsPart } from "../diagnostics/part.ts";
import type { StaticSetting } from "../files/part.ts";
import { staticFilesPart } from "../files/part.ts";
import type { HealthSetting } from "../health/part.ts";
import { healthPart } from "../health/part.ts";
import type { LiveSetting } from "../live/part.ts";
import { livePart } from "../live/part.ts";
import type { MailSetting } from "../mail/part.ts";
import { mailPart } from "../mail/part.ts";
import type { MetricsSetting } from "../metrics/part.ts";
import { metricsPart } from "../metrics/part.ts";
import type { AnyPart, PartOption } from "../parts/part.ts";
import type { SecretKeysSetting } from "../security/secrets-part.ts";
import { secretsPart } from "../security/secrets-part.ts";
import { cspReportsPart } from "../security/csp-reports.ts";
import type { RateLimitsSetting } from "../security/rates/part.ts";
import { ratesPart } from "../security/rates/part.ts";
import type { SessionSetting } from "../session/part.ts";
import { sessionPart } from "../session/part.ts";
import type { StorageSetting } from "../storage/part.ts";
import { storagePart } from "../storage/part.ts";
import type { UploadsSetting } from "../storage/uploads-part.ts";
import { uploadsPart } from "../storage/uploads-part.ts";
import { tasksPart } from "../tasks/part.ts";
import type { TaskSetting } from "../tasks/setup-options.ts";
import type { ViewSetting } from "../views/part.ts";
import type { TracesSetting } from "../traces/part.ts";
import { tracesPart } from "../traces/part.ts";
import { viewsPart } from "../views/part.ts";

/** All built-in parts. One line for each feature. */
const features: readonly AnyPart[] = [
  // Outermost: others change what is sent before it is compressed.
  compressionPart,
  developmentPart,
  diagnosticsPart,
  secretsPart,
  databasesPart,
  // Before what runs inside spans.
  tracesPart,
  sessionPart,
  ratesPart,
  cspReportsPart,
  cachePart,
  viewsPart,
  staticFilesPart,
  storagePart,
  uploadsPart,
  mailPart,
  tasksPart,
  accountsPart,
  livePart,
  healthPart,
  metricsPart,
];

/** Names of all built-in parts. */
export const featureNames: readonly string[] = features.map(({ name }) => name);

/** The options of all features. One line for each. */
export interface FeatureOptions
  extends
    AccountsSetting,
    CacheSetting,
    CompressionSetting,
    DatabaseSettings,
    HealthSetting,
    LiveSetting,
    MailSetting,
    MetricsSetting,
    RateLimitsSetting,
    SecretKeysSetting,
    SessionSetting,
    StaticSetting,
    StorageSetting,
    TaskSetting,
    TracesSetting,
    UploadsSetting,
    ViewSetting {}

/** Names of the options of `gable()` that belong to features. */
export const featureOptionNames: readonly string[] = features.flatMap(({ option }) => Object.keys(option?.names ?? {}));

/** Checks the options of all features. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`. */
export function assertFeatureOptions(options: object): void {
  for (const feature of features) if (isEnabled(feature, options)) feature.option?.check(options as never); // Each one reads its own options.
}

/** Returns the features that the options of an application bring. */
export function findFeatures(options: object): AnyPart[] {
  return features.filter((feature) => isEnabled(feature, options));
}

/** Returns whether the options of an application bring a part. */
export function isEnabled({ option }: AnyPart, options: object): boolean {
  if (option === undefined) return true;
  // Each feature reads its own options.
  const { names, isEnabled: decide } = option as PartOption<object>;
  if (decide !== undefined) return decide(options);
  return Object.entries(options).some(([name, value]) => value !== undefined && Object.hasOwn(names, name));
}
