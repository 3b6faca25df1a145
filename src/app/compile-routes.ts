/** From lists of routes and groups to what runs for each route: done once, at start. */
import { takesBearerFirst } from "../handlers/bearer-guard.ts";
import { GableError } from "../errors/gable-error.ts";
import { describeValue, optionInvalid } from "../errors/option-errors.ts";
import { forbidden, methodNotAllowed } from "../errors/status-errors.ts";
import type { RequestLimits } from "../http/message.ts";
import type { ConverterTable } from "../routing/pattern.ts";
import { Route } from "../routing/route.ts";
import type { RouteTable } from "../routing/route-table.ts";
import type { ContentSecurityPolicy } from "../http/content-security-policy.ts";
import { assertPolicy } from "../http/content-security-policy.ts";
import { askGuard } from "./guard-events.ts";
import type { RequestContext } from "./request-context.ts";
import type { RouteEntry } from "../handlers/group.ts";
import type { RouteParent } from "../handlers/define-route.ts";
import { HandlerRoute } from "../handlers/define-route.ts";
import { Group } from "../handlers/group.ts";
import type { SentForm } from "../input/form-reader.ts";
import { withRecordForm } from "./record-form.ts";
import type { AnyMiddleware, CacheOptions, Guard, RouteOptions, SharedOptions } from "../handlers/handler.ts";
import type { CorsOptions } from "../handlers/cors-options.ts";
import type { CorsPolicy } from "../security/cors.ts";
import type { RateOptions } from "../handlers/rate-options.ts";
import type { RateCheck } from "../security/rates/rates.ts";
import type { ScopedRate } from "./rate-checks.ts";
import { findRate, withoutRate } from "./rate-checks.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import { toHandlerReply } from "../replies/handler-result.ts";
import { findFormBytesMax, readDeclaredForm, readInput } from "../input/input.ts";
import { OverrideRoute } from "../handlers/resource.ts";
import { SocketRoute } from "../handlers/define-socket.ts";
import { validateWith } from "../handlers/standard-schema.ts";
import type { PageCache } from "../cache/page-cache.ts";
import type { StoredPages } from "./stored-pages.ts";
import { createStoredPages } from "./stored-pages.ts";
import type { FindTrace } from "./trace-steps.ts";
import { traceGuards, traceStep } from "./trace-steps.ts";

/** A route, ready to run. */
export interface CompiledRoute {
  readonly route: HandlerRoute;
  /** Options of its groups from the outside in, then its own. */
  readonly levels: readonly SharedOptions[];
  /** Method and whole pattern, for messages. */
  readonly label: string;
  /** What returned the result, in errors: the handler, or a middleware around it. */
  readonly owner: string;
  /** Runs middleware, guards, input and handler; gives what the handler returned. */
  readonly run: (context: RequestContext) => unknown;
  readonly limits: RequestLimits | undefined;
  readonly cache: CacheOptions | undefined;
  readonly csp: ContentSecurityPolicy | undefined;
  /** Other origins whose scripts may read replies. */
  readonly cors: CorsPolicy | undefined;
  /** Whether requests from other sites pass. */
  readonly isCrossSiteAllowed: boolean;
  /** Whether the token of a request decides who sends it, whatever cookies come with it. */
  readonly takesBearer: boolean;
  /** Whether it is a route of `socket()`. */
  readonly isSocket: boolean;
  /** Runs middleware and guards, then `onPassed`; undefined for a route without guards. */
  readonly authorize: Authorize | undefined;
}

/** Runs middleware and guards, and calls back when all guards have let the request pass. */
type Authorize = (context: RequestContext, onPassed: () => void) => unknown;

/** What compiling needs of the application. */
export interface CompileSettings {
  readonly basePath: string;
  readonly converters: ConverterTable;
  /** Names that the context has: no middleware may add them. */
  readonly contextNames: ReadonlySet<string>;
  /** Whether declared answers are checked. */
  readonly checksReturns: boolean;
  /** CORS of the application. */
  readonly cors: CorsPolicy | undefined;
  /** Returns the policy of options: the same one each time. */
  readonly toCorsPolicy: (options: CorsOptions) => CorsPolicy;
  /** The rate limit of the application. */
  readonly rate: RateOptions | undefined;
  /** Creates the check of a rate limit. */
  readonly createRateCheck: (scoped: ScopedRate) => RateCheck;
  /** Creates the handler of a WebSocket route. */
  readonly createSocketHandler: (route: SocketRoute) => (context: RequestContext) => unknown;
  /** Finds where whole replies are stored; undefined for an application without a cache. */
  readonly findPages: (() => PageCache | undefined) | undefined;
  /** Follows requests; undefined outside of development. */
  readonly findTrace: FindTrace | undefined;
  /** Makes the reply of an error between two layers. */
  readonly toErrorReply: (context: RequestContext, error: unknown) => Promise<HandlerReply>;
}

type Chain = readonly RouteParent[];
interface Placement {
  readonly route: HandlerRoute;
  readonly chain: Chain;
}

/** Compiles all routes of a list into a table. Throws for duplicates and for routes in two places. */
export function compileRoutes(entries: readonly RouteEntry[], table: RouteTable<CompiledRoute>, settings: CompileSettings): void {
  const placed: Placement[] = [];
  const loose: Placement[] = [];
  for (const entry of entries) collect(entry, [], placed, loose);
  const known = new Set(placed.map(({ route }) => route));
  for (const { route, chain } of loose) {
    if (known.has(route)) continue;
    known.add(route);
    placed.push({ route, chain: [...chain, route.parent!] });
  }
  const places = new Map<HandlerRoute, Chain>();
  for (const placement of placed) {
    const present = places.get(placement.route);
    // A module exports its group and the routes of the group: that is one place.
    if (present !== undefined && isSameChain(present, placement.chain)) continue;
    places.set(placement.route, placement.chain);
    addRoute(placement, table, settings);
  }
}

function isSameChain(first: Chain, second: Chain): boolean {
  return first.length === second.length && first.every((group, index) => group === second[index]);
}

function collect(entry: unknown, chain: Chain, placed: Placement[], loose: Placement[]): void {
  if (entry instanceof Group) {
    for (const inner of entry.entries) collect(inner, [...chain, entry], placed, loose);
  } else if (entry instanceof HandlerRoute) {
    (entry.parent === undefined || chain.at(-1) === entry.parent ? placed : loose).push({ route: entry, chain });
  } else if (Array.isArray(entry)) {
    for (const inner of entry) collect(inner, chain, placed, loose);
  } else if (typeof entry === "object" && entry !== null) {
    for (const value of Object.values(entry)) {
      if (value instanceof Group || value instanceof Route) collect(value, chain, placed, loose);
    }
  } else throw optionInvalid("gable()", "routes", entry, "a list of routes, groups, or modules that export them");
}

function addRoute({ route, chain }: Placement, table: RouteTable<CompiledRoute>, settings: CompileSettings): void {
  const prefix = settings.basePath + chain.map((group) => group.prefix).join("");
  const pattern = prefix !== "" && route.pattern === "/" ? prefix : prefix + route.pattern;
  const binding = route.bind(pattern, settings.converters);
  const levels: SharedOptions[] = [...chain.map((group) => group.options), route.options];
  const label = `${route.method} "${pattern}"`;
  // Object.assign forgets its type when spread over a list.
  const security = Object.assign({}, ...levels.map((level) => level.security)) as NonNullable<SharedOptions["security"]>;
  if (security.csp !== undefined) assertPolicy(security.csp, security.allowUnsafe);
  const cache = mergeLevels(levels.map((level) => level.cache));
  const pages = findStoredPages(route, { label, cache, csp: security.csp }, settings);
  table.add(route, binding, {
    route,
    levels,
    label,
    owner: levels.some(({ use = [] }) => use.length > 0) ? `A middleware of ${label}` : `The handler of ${label}`,
    run: withRate(
      compileRun(route, { levels, label, pages }, settings),
      findRate({ label, chain, limits: route.options.limits, ofApplication: settings.rate }),
      settings,
    ),
    limits: mergeLimits(levels, declaredBy(route)),
    cache,
    csp: security.csp,
    cors: findCors(security.cors, settings),
    isCrossSiteAllowed: security.crossSite !== undefined,
    takesBearer: takesBearerFirst(levels.flatMap((level) => level.guard ?? [])),
    isSocket: route instanceof SocketRoute,
    authorize: compileAuthorize(levels, label, settings),
  });
}

function findCors(cors: CorsOptions | false | undefined, settings: CompileSettings): CorsPolicy | undefined {
  if (cors === undefined) return settings.cors;
  return cors === false ? undefined : settings.toCorsPolicy(cors);
}

function mergeLevels<Part extends object>(parts: ReadonlyArray<Part | undefined>): Part | undefined {
  const present = parts.filter((part) => part !== undefined);
  return present.length === 0 ? undefined : Object.assign({}, ...present);
}

/** Options of the routes whose input may come with a request: one route, or those that a form chooses from. */
function declaredBy(route: HandlerRoute): readonly RouteOptions[] {
  const routes = route instanceof OverrideRoute ? Object.values(route.override.targets) : [route];
  return routes.flatMap((each) => (each === undefined ? [] : withRecordForm(each.options)));
}

function mergeLimits(levels: readonly SharedOptions[], declared: readonly RouteOptions[]): RequestLimits | undefined {
  const merged = mergeLevels(levels.map((level) => (level.limits === undefined ? undefined : withoutRate(level.limits))));
  const limits = merged === undefined || Object.keys(merged).length === 0 ? undefined : merged;
  const bodyBytesMax = limits?.bodyBytesMax ?? findFormBytesMax(declared);
  return bodyBytesMax === undefined ? limits : { ...limits, bodyBytesMax };
}

/** Counts a request before anything else of its route runs. */
function withRate(run: CompiledRoute["run"], scoped: ScopedRate | undefined, settings: CompileSettings): CompiledRoute["run"] {
  if (scoped === undefined) return run;
  const check = settings.createRateCheck(scoped);
  return (context) => {
    const pending = check(context);
    return pending instanceof Promise ? pending.then(() => run(context)) : run(context);
  };
}

/** Creates what stores the replies of a route; undefined for a route that stores none. Throws `E_CACHE_MISSING` and `E_OPTION_INVALID`. */
function findStoredPages(
  route: HandlerRoute,
  { label, cache, csp }: Pick<CompiledRoute, "label" | "cache" | "csp">,
  { findPages }: CompileSettings,
): StoredPages | undefined {
  const { storeSeconds, tags, vary } = cache ?? {};
  const isStored = (route.method === "GET" || route.method === "HEAD") && !(route instanceof SocketRoute);
  if (!isStored) return undefined;
  if (storeSeconds === undefined) {
    if ((tags ?? vary) === undefined) return undefined;
    throw optionInvalid(`${label} cache`, "storeSeconds", undefined, "a number of seconds where tags or vary are given");
  }
  if (findPages === undefined)
    throw new GableError("E_CACHE_MISSING", `${label} has cache.storeSeconds, and the application has no cache.`);
  return createStoredPages({ label, cache: { ...cache, storeSeconds }, csp, hasQuery: route.options.query !== undefined, findPages });
}

/** How a route is placed: the options of its groups and its own, and what stores its replies. */
interface RunPlan {
  readonly levels: readonly SharedOptions[];
  readonly label: string;
  readonly pages: StoredPages | undefined;
}

function compileRun(route: HandlerRoute, { levels, label, pages }: RunPlan, settings: CompileSettings): CompiledRoute["run"] {
  const guards = levels.flatMap((level) => level.guard ?? []);
  const layers = levels.flatMap((level) => level.use ?? []);
  const core = compileCore(route, { guards: traceGuards(guards, settings.findTrace), label, pages }, settings);
  const unwatched = layers.length === 0 ? core : wrapLayers(layers, core, label, settings);
  const run = pages === undefined ? unwatched : pages.watch(unwatched);
  const { findTrace } = settings;
  if (findTrace === undefined) return run;
  return (context) => {
    findTrace()?.noteRoute(context, label, route.place);
    return run(context);
  };
}

/** Runs what a route declares. `sent` are the fields of its form, where they were read to find the route. */
type Run = (context: RequestContext, sent?: SentForm) => unknown;

/** What runs inside the middleware of a route. */
interface CorePlan {
  readonly guards: readonly Guard[];
  readonly label: string;
  readonly pages?: StoredPages | undefined;
}

/** Guards, then declared input, then the stored reply or the handler. */
function compileCore(route: HandlerRoute, { guards, label, pages }: CorePlan, settings: CompileSettings): Run {
  const { findTrace } = settings;
  const own = traceStep("handler", route instanceof SocketRoute ? settings.createSocketHandler(route) : route.handler, findTrace);
  const read = traceStep("parsing", readInput, findTrace);
  const options = withRecordForm(route.options);
  const checked = options.returns !== undefined && settings.checksReturns ? withReturns(own, options.returns, label) : own;
  const handler: (context: RequestContext) => unknown = pages === undefined ? checked : pages.store(checked);
  const hasInput = options.query !== undefined || options.form !== undefined || options.json !== undefined;
  const run: Run = hasInput
    ? async (context, sent) => {
        context.setInput(await read(context, options, sent));
        return handler(context);
      }
    : handler;
  const last = route instanceof OverrideRoute ? withOverride(route, label, settings) : run;
  return guards.length === 0 ? last : withGuards(guards, last, label);
}

function withGuards(guards: readonly Guard[], run: Run, label: string): Run {
  return async (context, sent) => {
    for (const guard of guards) {
      const verdict = await askGuard(guard, context);
      if (verdict === false) throw forbidden();
      if (verdict === undefined)
        throw new GableError("E_ROUTE_RESULT", `A guard of ${label} returned undefined; did it forget to return?`, {
          fix: "Return true to let the request pass, false to refuse it, or a reply.",
        });
      if (verdict !== true) return verdict;
    }
    return run(context, sent);
  };
}

/** A connection that stays open asks its guards again. Middleware runs with them: guards read what it adds. */
function compileAuthorize(levels: readonly SharedOptions[], label: string, settings: CompileSettings): Authorize | undefined {
  const guards = levels.flatMap((level) => level.guard ?? []);
  if (guards.length === 0) return undefined;
  const layers = levels.flatMap((level) => level.use ?? []);
  return (context, onPassed) => {
    const core = withGuards(
      guards,
      () => {
        onPassed();
        return null;
      },
      label,
    );
    return layers.length === 0 ? core(context) : wrapLayers(layers, core, label, settings)(context);
  };
}

/** A POST with `_method` runs the route that it asks for. */
function withOverride(route: OverrideRoute, label: string, settings: CompileSettings): Run {
  const targets = new Map<string, Run>();
  for (const [method, target] of Object.entries(route.override.targets))
    if (target !== undefined)
      targets.set(
        method,
        compileCore(target, { guards: traceGuards([target.options.guard ?? []].flat(), settings.findTrace), label }, settings),
      );
  const allow = ["GET", "HEAD", "OPTIONS", ...targets.keys()].sort().join(", ");
  const declared = declaredBy(route);
  return async (context) => {
    const sent = await readDeclaredForm(context, declared);
    const run = targets.get(sent.fields.get("_method")?.toUpperCase() ?? "");
    if (run !== undefined) return run(context, sent);
    throw methodNotAllowed('A POST to this address needs a field "_method" of PUT, PATCH or DELETE.', { headers: [["allow", allow]] });
  };
}

function withReturns(run: CompiledRoute["run"], schema: NonNullable<RouteOptions["returns"]>, label: string): CompiledRoute["run"] {
  return async (context) => {
    const result = await run(context);
    const checked = await validateWith(schema, result);
    if (checked.isValid) return result;
    const [first] = checked.errors;
    throw new GableError(
      "E_ROUTE_RESULT",
      `The handler of ${label} returned ${describeValue(result)}, which its { returns } refuses: ${first?.path ?? ""} ${first?.message ?? ""}.`,
    );
  };
}

/** The onion: each layer gets a `next` that always gives a reply. */
function wrapLayers(layers: readonly AnyMiddleware[], core: Run, label: string, settings: CompileSettings): CompiledRoute["run"] {
  const sources = { layer: `A middleware of ${label}`, handler: `The handler of ${label}` };
  const runFrom = (index: number, context: RequestContext): unknown => {
    const layer = layers[index];
    if (layer === undefined) return core(context);
    let isCalled = false;
    const next = (added?: object): Promise<HandlerReply> => {
      if (isCalled) throw new GableError("E_NEXT_REPEATED", `A middleware of ${label} called next() twice.`);
      isCalled = true;
      if (added !== undefined) addProperties(context, added, label, settings.contextNames);
      return runNext(index + 1, context);
    };
    // A layer is typed with what the outer layers added; here they are all one type.
    return layer(context as never, next as never);
  };
  const runNext = async (index: number, context: RequestContext): Promise<HandlerReply> => {
    try {
      return await toHandlerReply(await runFrom(index, context), index < layers.length ? sources.layer : sources.handler);
    } catch (error) {
      return settings.toErrorReply(context, error);
    }
  };
  return (context) => runFrom(0, context);
}

/** Adds the properties of a middleware to a context. Throws `E_PART_PROPERTY` for one that the context has. */
function addProperties(context: RequestContext, added: unknown, label: string, taken: ReadonlySet<string>): void {
  assertAdded(added, label);
  for (const name of Object.keys(added)) {
    if (taken.has(name))
      throw new GableError("E_PART_PROPERTY", `A middleware of ${label} cannot add context.${name}: the context has it already.`);
  }
  Object.assign(context, added);
}

/** In Express, `next(error)` stops the request: it must not go on here. Throws `E_OPTION_INVALID`. */
function assertAdded(added: unknown, label: string): asserts added is object {
  const isObject = typeof added === "object" && added !== null && !Array.isArray(added) && !(added instanceof Error);
  if (isObject && !Object.hasOwn(added, "__proto__")) return;
  throw new GableError(
    "E_OPTION_INVALID",
    `A middleware of ${label} called next() with ${describeValue(added)}; it takes properties of the context.`,
    {
      fix: "Throw the error instead, or pass an object: next({ account }).",
      ...(added instanceof Error && { cause: added }),
    },
  );
}
