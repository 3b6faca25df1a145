/** The path of a request through the application, on one screen. */
import { GableError } from "../errors/gable-error.ts";
import { describeValue } from "../errors/option-errors.ts";
import { readBearer } from "../handlers/bearer-guard.ts";
import type { RawRequest, Reply, RequestListener } from "../http/message.ts";
import type { CorsPolicy } from "../security/cors.ts";
import { isPreflight } from "../security/cors.ts";
import type { CrossSiteRefusal } from "../security/cross-site.ts";
import { findCrossSiteRefusal, isSafeMethod } from "../security/cross-site.ts";
import type { HostCheck } from "../security/hosts.ts";
import type { RateCheck } from "../security/rates/rates.ts";
import { toParams } from "../routing/route-table.ts";
import type { CompiledRoute } from "./compile-routes.ts";
import type { RequestContext } from "./request-context.ts";
import type { ContextServices } from "./context-services.ts";
import type { FinishSettings } from "./finish-reply.ts";
import { finishReply } from "./finish-reply.ts";
import { HandlerReply } from "../replies/handler-reply.ts";
import { toHandlerReply } from "../replies/handler-result.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { composeEarly } from "../parts/compose-listener.ts";
import type { Traces } from "../traces/traces.ts";
import { answerPreflight } from "./preflight.ts";
import type { Answer } from "./request-events.ts";
import { publishRequests } from "./request-events.ts";
import type { RouteFinder } from "./trace-steps.ts";
import { answerUnmatched } from "./unmatched.ts";

/** What the dispatch needs of the application. */
export interface DispatchSettings extends FinishSettings {
  readonly services: ContextServices;
  readonly table: RouteFinder;
  readonly isKnownHost: HostCheck;
  readonly trustedOrigins: ReadonlySet<string>;
  readonly trailingSlash: "redirect" | "strict";
  readonly isDevelopment: boolean;
  readonly isProduction: boolean;
  /** Other origins whose scripts may read replies of addresses without a route. */
  readonly cors: CorsPolicy | undefined;
  /** Counts requests for addresses without a route; undefined without a limit of the application. */
  readonly limitUnmatched: RateCheck | undefined;
  /** Asks the parts for an answer before hosts and routes are checked; undefined when none of them has one. */
  readonly early: ReturnType<typeof composeEarly>;
  /** Counts requests; undefined for an application without metrics. */
  readonly metrics: Metrics | undefined;
  /** Makes spans of requests; undefined for an application without traces. */
  readonly traces: Traces | undefined;
  /** Class of the contexts: it has the properties that parts add. */
  readonly Context: typeof RequestContext;
  readonly toErrorReply: (context: RequestContext, error: unknown) => Promise<HandlerReply>;
}

/** Makes the listener of an application. */
export function createDispatch(settings: DispatchSettings): RequestListener {
  const { services, table, Context, metrics } = settings;
  const watched = watchRequests(answer, settings);
  const early = metrics === undefined || settings.early === undefined ? settings.early : metrics.noteEarly(settings.early);

  /** Early answers of parts, host, route, cross-site check, limits, then everything that the route declares. */
  const dispatch = (raw: RawRequest): Reply | Promise<Reply> => track(new Context(raw, services), watched);

  function answer(context: RequestContext): Reply | Promise<Reply> {
    const raw = context.ownRaw();
    let compiled: CompiledRoute | undefined;
    try {
      const earlyReply = early?.(raw);
      if (earlyReply !== undefined) return finish(context, earlyReply, undefined);
      assertHost(context);
      if (isPreflight(raw.method, raw.headers)) {
        const preflightReply = answerPreflight(context, table);
        if (preflightReply !== undefined) return finish(context, preflightReply, undefined);
      }
      const match = table.find(raw.method, raw.path) ?? table.findFolder(raw.method, raw.path);
      if (match === undefined) {
        context.cors = settings.cors;
        assertSameSite(context);
        const pending = settings.limitUnmatched?.(context);
        const answer = (): HandlerReply => answerUnmatched(context, table, settings.trailingSlash);
        return finish(context, pending instanceof Promise ? pending.then(answer) : answer(), undefined);
      }
      compiled = match.entry.compiled;
      context.route = match.entry.route;
      context.params = toParams(match.entry.paramNames, match.values);
      context.cors = compiled.cors;
      context.takesBearer = compiled.takesBearer;
      if (!compiled.isCrossSiteAllowed && !isByBearer(context, compiled)) assertSameSite(context, compiled.isSocket);
      if (compiled.limits !== undefined) raw.applyLimits(compiled.limits);
      const result = compiled.run(context);
      return isPending(result) ? finishLater(context, result, compiled) : finish(context, toHandlerReply(result, compiled.owner), compiled);
    } catch (error) {
      return fail(context, error);
    }
  }

  async function finishLater(context: RequestContext, result: PromiseLike<unknown>, compiled: CompiledRoute): Promise<Reply> {
    try {
      return await finish(context, toHandlerReply(await result, compiled.owner), compiled);
    } catch (error) {
      return fail(context, error);
    }
  }

  function finish(
    context: RequestContext,
    reply: HandlerReply | Promise<HandlerReply>,
    compiled: CompiledRoute | undefined,
  ): Reply | Promise<Reply> {
    const finished =
      reply instanceof HandlerReply
        ? finishReply(context, reply, compiled, settings)
        : reply.then((settled) => finishReply(context, settled, compiled, settings));
    return finished instanceof Promise ? finished.catch((error: unknown) => fail(context, error)) : finished;
  }

  async function fail(context: RequestContext, error: unknown): Promise<Reply> {
    try {
      const reply = await settings.toErrorReply(context, error);
      // The hooks before the reply may fail in turn: they have run then, and the next error gets its page.
      if (context.hooks?.hasBefore === true) return await finish(context, reply, undefined);
      return await finishReply(context, reply, undefined, settings);
    } catch (failure) {
      context.settle();
      throw failure;
    }
  }

  function assertHost(context: RequestContext): void {
    if (!settings.isKnownHost(context.authority)) throw hostUnknown(context.authority, settings.isProduction);
  }

  /** A script of any site may open a WebSocket with the cookies of this one, so its GET is checked. */
  function assertSameSite(context: RequestContext, isSocket = false): void {
    if (!isSocket && isSafeMethod(context.method)) return;
    const origin = services.origin ?? `${context.scheme}://${context.authority}`;
    const exemption = context.cors?.exemptionOf(context.method) ?? { trustedOrigins: settings.trustedOrigins };
    const refusal = findCrossSiteRefusal({ headers: context.headers, origin, ...exemption });
    if (refusal === undefined) return;
    throw refuseCrossSite(context, { row: refusal, origin, isSet: services.origin !== undefined, isDevelopment: settings.isDevelopment });
  }

  return dispatch;
}

/** Returns what answers requests, with each one published, and counted and traced where the application wants that. */
function watchRequests(answer: Answer, { metrics, traces }: DispatchSettings): Answer {
  const published = publishRequests(metrics === undefined ? answer : metrics.measure(answer));
  return traces === undefined ? published : traces.measure(published);
}

/** Creates the error about a host. In production, replies repeat nothing of a request that nobody checked. */
function hostUnknown(authority: string, isProduction: boolean): GableError {
  const host = isProduction ? "of the request" : describeValue(authority);
  return new GableError("E_HOST_UNKNOWN", `The host ${host} is not one of the application.`);
}

/** A token that a program adds decides, so no page of another site can misuse what a browser adds by itself. */
function isByBearer({ headers }: RequestContext, { takesBearer }: CompiledRoute): boolean {
  return takesBearer && readBearer(headers) !== undefined;
}

/** Runs the work of a request so that errors that nobody catches find it, while the application listens. */
function track<Result>(context: RequestContext, answer: (context: RequestContext) => Result): Result {
  const { tracker } = context.services.watch;
  return tracker === undefined ? answer(context) : tracker.run(context, answer, context);
}

/** Why a request was refused, and who may see the reason. */
interface CrossSiteReason {
  readonly row: CrossSiteRefusal;
  readonly origin: string;
  /** Whether the own origin comes from the option `origin`. */
  readonly isSet: boolean;
  readonly isDevelopment: boolean;
}

/** Logs the refusal, and returns its error. Problem replies contain the details of an error, so only in development do they say what decided. */
function refuseCrossSite(context: RequestContext, reason: CrossSiteReason): GableError {
  const details = reason.isDevelopment ? toCrossSiteDetails(context, reason) : {};
  const error = new GableError("E_REQUEST_CROSS_SITE", "The request comes from another site.", { details });
  logCrossSite(context, reason, error.fix);
  return error;
}

/** What the page of development shows: the row of the decision, the headers that it read, and the own origin. */
function toCrossSiteDetails({ headers }: RequestContext, { row, origin, isSet }: CrossSiteReason): Record<string, string> {
  const shown = (name: string): string => headers.all(name).join(" and ") || "not sent";
  return {
    row,
    "Sec-Fetch-Site": shown("sec-fetch-site"),
    Origin: shown("origin"),
    "own origin": `${origin} (${isSet ? "the option origin" : "scheme and host of the request"})`,
  };
}

function logCrossSite(context: RequestContext, { row, origin }: CrossSiteReason, fix: string): void {
  const { method, shownPath: path, headers } = context;
  context.log.warn(
    {
      code: "E_REQUEST_CROSS_SITE",
      row,
      method,
      path,
      from: headers.get("origin") ?? headers.get("sec-fetch-site") ?? "unknown",
      origin,
      fix,
    },
    `The request ${method} ${path} came from another site and was refused.`,
  );
}

/** Whether a result comes later: a promise, or what can be awaited like one, such as a query of a model. */
function isPending(result: unknown): result is PromiseLike<unknown> {
  return (
    result instanceof Promise || (typeof result === "object" && result !== null && "then" in result && typeof result.then === "function")
  );
}
