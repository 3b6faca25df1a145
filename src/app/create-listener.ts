/** The listener of a running application: the dispatch, with everything that parts put around it. */
import type { RequestListener } from "../http/message.ts";
import { withMediaOrigin } from "../http/content-security-policy.ts";
import { addTimeZone, withTimeZone } from "../input/current-time-zone.ts";
import { composeAround, composeEarly } from "../parts/compose-listener.ts";
import type { Mode } from "../parts/mode.ts";
import type { PartHooks } from "../parts/part.ts";
import { GableError } from "../errors/gable-error.ts";
import { toStrictTransport } from "../http/strict-transport.ts";
import { createHostCheck } from "../security/hosts.ts";
import { toReportTarget } from "../security/csp-reports.ts";
import { SecurityHeaders } from "../security/response-headers.ts";
import type { Rates } from "../security/rates/rates.ts";
import { findStorageOrigin } from "../storage/part.ts";
import type { ContextServices } from "./context-services.ts";
import type { DispatchSettings } from "./dispatch.ts";
import { createDispatch } from "./dispatch.ts";
import type { FinishSettings } from "./finish-reply.ts";
import type { GableOptions } from "./options.ts";
import { createRateCheck, toScoped } from "./rate-checks.ts";
import type { Visit } from "./visit.ts";
import { createVisit } from "./visit.ts";

/** What the listener needs of its application. */
export interface ListenerSettings extends Pick<
  DispatchSettings,
  "services" | "table" | "Context" | "toErrorReply" | "cors" | "metrics" | "traces"
> {
  readonly options: GableOptions;
  readonly mode: Mode;
  /** Returns the counters of the rate limits. */
  readonly findRates: () => Rates;
  /** What runs, in order of start. */
  readonly instances: readonly PartHooks[];
}

/** What answers requests while an application runs. */
export interface ApplicationListener {
  readonly listener: RequestListener;
  readonly visit: Visit;
}

/** Creates the listener. Throws `E_OPTION_INVALID`. */
export function createListener({ options, mode, instances, findRates, ...rest }: ListenerSettings): ApplicationListener {
  const isProduction = mode === "production";
  const { hosts, security = {}, trailingSlash = "redirect" } = options;
  const ofApplication = toScoped(options.limits?.rate, "application");
  const finish: FinishSettings = {
    securityHeaders: new SecurityHeaders({
      csp: withMediaOrigin(security.csp ?? {}, findStorageOrigin(options)),
      cspReportOnly: security.cspReportOnly,
      cspReports: toReportTarget(security.cspReports, options.basePath),
      strictTransport: toStrictTransport(security.hsts),
      isProduction,
    }),
    onPublicRefused: (label) => refusePublic(label, isProduction, rest.services.logger),
  };
  const dispatch = createDispatch({
    ...rest,
    ...finish,
    trailingSlash,
    isDevelopment: mode === "development",
    limitUnmatched: ofApplication === undefined ? undefined : createRateCheck(ofApplication, findRates),
    // Test clients and links use the origin. In production, only the option hosts says which hosts are answered.
    isKnownHost: createHostCheck(hosts, hosts === undefined || !isProduction, isProduction ? undefined : options.origin),
    isProduction,
    trustedOrigins: new Set(security.trustedOrigins ?? []),
    early: composeEarly(instances),
  });
  const { services } = rest;
  addTimeZone(services);
  const around: readonly PartHooks[] = [{ enter: (work) => withTimeZone(services, work) }, ...instances];
  return { listener: composeAround(dispatch, around), visit: createVisit({ ...rest, ...finish, instances: around }) };
}

/** A route that calls a personal reply public is a bug that must not reach a shared cache. */
function refusePublic(label: string, isProduction: boolean, logger: ContextServices["logger"]): void {
  const message = `${label} is declared public, and its reply depends on a person.`;
  if (!isProduction)
    throw new GableError("E_OPTION_INVALID", message, {
      fix: "Remove cache.public, or do not set cookies or use Authorization in this route.",
    });
  logger.warn(message);
}
