/** Puts an application together: its services, its parts, and what its routes are compiled with. */
import { cachePart } from "../cache/part.ts";
import type { Logger } from "../handlers/logger.ts";
import type { RouteEntry } from "../handlers/group.ts";
import { removeTimeZone, withTimeZone } from "../input/current-time-zone.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { metricsPart } from "../metrics/part.ts";
import type { LifecycleSettings } from "../parts/lifecycle.ts";
import { Lifecycle } from "../parts/lifecycle.ts";
import type { Mode } from "../parts/mode.ts";
import { orderParts } from "../parts/order-parts.ts";
import type { PartHost, PartInstance, TypedPart } from "../parts/part.ts";
import type { RouteTable } from "../routing/route-table.ts";
import { SecretPaths } from "../routing/secret-paths.ts";
import { createCorsPolicies } from "../security/cors.ts";
import { ratesPart } from "../security/rates/part.ts";
import type { Rates } from "../security/rates/rates.ts";
import { createSecretRedactor, rememberSecrets } from "../errors/secret-redactor.ts";
import type { CompileSettings, CompiledRoute } from "./compile-routes.ts";
import { compileRoutes } from "./compile-routes.ts";
import { createContextClass } from "./context-class.ts";
import type { ContextServices } from "./context-services.ts";
import type { ApplicationListener, ListenerSettings } from "./create-listener.ts";
import { createListener } from "./create-listener.ts";
import { createAppLogger } from "./create-app-logger.ts";
import type { ServiceSettings } from "./create-services.ts";
import { createServices } from "./create-services.ts";
import type { RequestObserver } from "./error-replies.ts";
import { createErrorReplies } from "./error-replies.ts";
import { createLiveRequests } from "./live-requests.ts";
import { featureNames, findFeatures } from "./features.ts";
import { readEnvironment } from "./mode.ts";
import { findSecretOptions, findSecretVariables } from "./option-secrets.ts";
import type { GableOptions } from "./options.ts";
import { createRateCheck } from "./rate-checks.ts";
import { renderOutside } from "./render-outside.ts";
import { tracesPart } from "../traces/part.ts";
import { toViewOptions } from "../views/part.ts";
import type { FindTrace } from "./trace-steps.ts";
import { traceLogger, traceTable } from "./trace-steps.ts";
import { developmentPart } from "../diagnostics/development/part.ts";
import { createRouteFinder } from "./route-url.ts";

/** What assembling needs of the application object. */
export interface AssemblySettings {
  readonly mode: Mode;
  readonly table: RouteTable<CompiledRoute>;
  readonly observers: ReadonlySet<RequestObserver>;
  /** Takes work that goes on after a reply. */
  readonly onWork: (work: Promise<void>) => void;
  /** Takes the listener, once the parts are running. */
  readonly onStarted: (listener: ApplicationListener) => void;
  /** Called when the parts are about to stop: requests that come now start them again. */
  readonly onStopping: () => void;
}

/** What an application is made of. */
export interface Assembly {
  readonly services: ContextServices;
  readonly lifecycle: Lifecycle;
  /** Adds routes to the table. */
  readonly compile: (entries: readonly RouteEntry[]) => void;
}

/** Puts an application together, and adds the routes of its parts. Throws what its parts and their routes throw. */
export function assemble(options: GableOptions, settings: AssemblySettings): Assembly {
  const { mode, table, observers, onStarted, onStopping } = settings;
  const { secrets, hidden, redact } = readSecrets(options, mode);
  const findTrace: FindTrace | undefined = mode === "development" ? () => lifecycle.find(developmentPart)?.trace : undefined;
  const logger = traceLogger(createAppLogger(options, { mode, redact: secrets.length === 0 ? undefined : redact }), findTrace);
  const ofRoutes = toRouteServices(table);
  const parts = orderParts([...findFeatures(options), ...(options.parts ?? [])]);
  const lifecycle = new Lifecycle({
    parts,
    options,
    host: { ...toHost(options, mode, logger), ...toRouteHost(table), hidePath: ofRoutes.hidePath, ...toServiceHost(() => services) },
    nameOf: ({ name }) => (featureNames.includes(name) ? `gable.${name}` : name),
    ...toZoneHooks(() => services, onStopping),
    onStarted: (instances) => {
      findTrace?.()?.noteSecrets(hidden);
      const finder = { table: traceTable(table, findTrace), findRates, ...findWatches(find, redact) };
      onStarted(createListener({ options, mode, instances, services, Context, toErrorReply, cors, ...finder }));
    },
  });
  const find = <Instance extends PartInstance>(part: TypedPart<Instance>): Instance | undefined => lifecycle.find(part);
  const { events, createSocketHandler } = createLiveRequests({ table, lifecycle, services: () => services, Context: () => Context });
  const services = createServices(options, {
    mode,
    logger,
    find,
    events,
    observers,
    ...ofRoutes,
    onWork: toWorkHook(settings),
  });
  const { Context, names } = createContextClass(parts, find);
  const views = options.views === undefined ? [] : toViewOptions(options.views).directories;
  const answerError = createErrorReplies({ mode, onError: options.onError, table, observers, views, secrets: hidden, redact });
  const toErrorReply = noteErrors(answerError, () => find(metricsPart));
  const toCorsPolicy = createCorsPolicies(options.security?.trustedOrigins);
  const cors = options.security?.cors === undefined ? undefined : toCorsPolicy(options.security.cors);
  const findRates = (): Rates => lifecycle.get(ratesPart);
  const compileSettings: CompileSettings = {
    ...toCompileOptions(options, mode, lifecycle),
    createSocketHandler,
    contextNames: names,
    toErrorReply,
    findTrace,
    cors,
    toCorsPolicy,
    createRateCheck: (scoped) => createRateCheck(scoped, findRates),
  };
  const compile: Assembly["compile"] = (entries) => compileRoutes(entries, table, compileSettings);
  // Each part reads its own instance and its own options.
  for (const part of parts) compile(part.routes?.(() => lifecycle.get(part) as never, options as never, mode) ?? []);
  return { services, lifecycle, compile };
}

/** What parts take from the services, which are made after the parts. */
function toServiceHost(find: () => ContextServices): Pick<PartHost, "renderView" | "requestId"> {
  return {
    renderView: (...view) => renderOutside(find(), ...view),
    requestId: () => find().watch.tracker?.getStore()?.ownRequestId(),
  };
}

/** Runs work in the time zone of the application, which its listener adds. */
function toZoneHooks(services: () => ContextServices, onStopping: () => void): Pick<LifecycleSettings, "enter" | "onStopping"> {
  return {
    enter: (work) => withTimeZone(services(), work),
    onStopping: () => {
      removeTimeZone(services());
      onStopping();
    },
  };
}

/** Finds what watches requests. */
function findWatches(find: ServiceSettings["find"], redact: (text: string) => string): Pick<ListenerSettings, "metrics" | "traces"> {
  const traces = find(tracesPart);
  traces?.redactWith(redact);
  return { metrics: find(metricsPart), traces };
}

/** Notes and counts each error before it is answered. */
function noteErrors(toErrorReply: CompileSettings["toErrorReply"], find: () => Metrics | undefined): CompileSettings["toErrorReply"] {
  return (context, error) => {
    context.failure = error;
    find()?.addError(error);
    return toErrorReply(context, error);
  };
}

/** The secrets of an application. */
interface AppSecrets {
  readonly secrets: string[];
  /** What reports of development must not show; none in other modes. */
  readonly hidden: string[];
  /** Removes the secrets from texts. */
  readonly redact: (text: string) => string;
}

function readSecrets(options: GableOptions, mode: Mode): AppSecrets {
  const secrets = findSecretOptions(options);
  rememberSecrets(secrets);
  const hidden = mode === "development" ? [...secrets, ...findSecretVariables()] : [];
  return { secrets, hidden, redact: createSecretRedactor(secrets) };
}

/** What compiling reads from the options. */
function toCompileOptions(
  { basePath = "", converters = {}, limits, cache }: GableOptions,
  mode: Mode,
  lifecycle: Pick<Lifecycle, "find">,
): Pick<CompileSettings, "basePath" | "converters" | "checksReturns" | "rate" | "findPages"> {
  const findPages = cache === undefined ? undefined : () => lifecycle.find(cachePart)?.pages;
  return { basePath, converters, checksReturns: mode !== "production", rate: limits?.rate, findPages };
}

/** Work that goes on after a reply keeps the application, and the runtime of the request. */
function toWorkHook({ onWork }: AssemblySettings): ServiceSettings["onWork"] {
  return (work, raw) => {
    onWork(work);
    raw.waitUntil?.(work);
  };
}

/** What requests and parts need of all routes. */
function toRouteServices(table: RouteTable<CompiledRoute>): Pick<ServiceSettings, "routeUrl" | "hidePath"> {
  const paths = new SecretPaths(table);
  return {
    routeUrl: createRouteFinder(() => table.entries.map(({ route }) => route)),
    hidePath: (method, path) => paths.hide(method, path),
  };
}

/** What parts may ask about routes. */
function toRouteHost(table: RouteTable<CompiledRoute>): Pick<PartHost, "hasRoute" | "findRoute"> {
  const patternOf = ({ binding, pattern }: (typeof table.entries)[number]["route"]): string => binding?.pattern ?? pattern;
  return {
    hasRoute: (pattern) => table.entries.some(({ route }) => route.method === "GET" && patternOf(route) === pattern),
    findRoute: (name) => table.entries.find(({ route }) => route.name === name)?.route,
  };
}

/** What parts may ask for before anything has started. */
function toHost(
  { basePath = "" }: GableOptions,
  mode: Mode,
  logger: Logger,
): Pick<PartHost, "mode" | "logger" | "basePath" | "environment"> {
  return { mode, logger, basePath, environment: readEnvironment };
}
