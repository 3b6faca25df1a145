/** Routes as values: get(), post() and their siblings, groups, resources, mounts. */
import { GableError } from "../errors/gable-error.ts";
import { assertKnownOptions, describeValue, optionInvalid } from "../errors/option-errors.ts";
import { isToken } from "../http/byte-classes.ts";
import type { PathParams } from "../routing/path-params.ts";
import { Route } from "../routing/route.ts";
import type { SourcePlace } from "../errors/source-place.ts";
import { findCallerPlace } from "../errors/source-place.ts";
import type { RequestContext } from "./context.ts";
import type { AddedBy, Handler, QueryOf, RouteOptions, SharedOptions, TypeError_ } from "./handler.ts";
import { checkLimits, routeLimitNames } from "../server/limits.ts";

/** Runs a handler whatever its types are: the types hold at the definition. */
export type AnyHandler = (context: RequestContext) => unknown;

/** A route with its options and its handler, as an application takes it. */
export class HandlerRoute<Params = unknown, Query = never> extends Route<Params, Query> {
  readonly options: RouteOptions;
  readonly handler: AnyHandler;
  /** The group that made it with `group.get()`; undefined for a route that stands alone. */
  readonly parent: Group | undefined;

  constructor(
    definition: { method: string; pattern: string; place: SourcePlace | undefined },
    options: RouteOptions,
    handler: AnyHandler,
    parent?: Group,
  ) {
    super({ ...definition, name: options.name });
    this.options = options;
    this.handler = handler;
    this.parent = parent;
  }
}

/** Makes routes of one method: with a handler, or with options and a handler. */
export interface RouteFactory<Prefix extends string = "", Added = {}> {
  /** A route with a handler. */
  <const Pattern extends string>(
    pattern: Pattern,
    handler: Handler<`${Prefix}${Pattern}`, {}, Added>,
  ): Route<PathParams<`${Prefix}${Pattern}`>>;
  /** A route with options and a handler. */
  <const Pattern extends string, const Options extends RouteOptions>(
    pattern: Pattern,
    options: Options,
    handler: Handler<`${Prefix}${Pattern}`, Options, Added & AddedBy<Options>>,
  ): Route<PathParams<`${Prefix}${Pattern}`>, QueryOf<Options>>;
}

const sharedNames = ["use", "guard", "limits", "cache", "security"];
const routeNames = [...sharedNames, "query", "form", "files", "json", "returns", "name"];
const cacheNames = ["public", "maxAgeSeconds", "sharedMaxAgeSeconds", "staleWhileRevalidateSeconds", "immutable", "transform", "etag"];

function assertSharedOptions(owner: string, options: SharedOptions): void {
  if (options.limits !== undefined) checkLimits(options.limits, owner, routeLimitNames);
  if (options.cache !== undefined) assertKnownOptions(`${owner} cache`, options.cache, cacheNames);
  if (options.security !== undefined) assertKnownOptions(`${owner} security`, options.security, ["crossSite", "csp", "allowUnsafe"]);
  const reason = options.security?.crossSite?.allow;
  if (options.security?.crossSite !== undefined && (typeof reason !== "string" || reason.trim() === "")) {
    throw optionInvalid(owner, "security.crossSite.allow", reason, "the reason in words");
  }
  for (const layer of options.use ?? []) if (typeof layer !== "function") throw optionInvalid(owner, "use", layer, "a list of functions");
  for (const guard of [options.guard ?? []].flat())
    if (typeof guard !== "function") throw optionInvalid(owner, "guard", guard, "a function or a list of them");
}

function assertRouteOptions(owner: string, options: RouteOptions): void {
  assertKnownOptions(owner, options, routeNames);
  assertSharedOptions(owner, options);
  for (const name of ["query", "form", "json", "returns"] as const) {
    const schema = options[name];
    if (schema !== undefined && typeof schema["~standard"]?.validate !== "function")
      throw optionInvalid(owner, name, schema, "a Standard Schema, such as one of zod, valibot or arktype");
  }
  if (options.files !== undefined && options.form === undefined)
    throw optionInvalid(owner, "files", options.files, "used together with form");
  if (options.form !== undefined && options.json !== undefined)
    throw optionInvalid(owner, "json", options.json, "left out when form is there: a route takes one of them");
}

/** Makes a route from the arguments of a factory. `factory` is the function that the program called. */
export function createRoute(
  method: string,
  args: readonly unknown[],
  factory: (...args: never[]) => unknown,
  parent?: Group,
): HandlerRoute {
  const [pattern, second, third] = args;
  const owner = `${method} ${describeValue(pattern)}`;
  const handler = third ?? second;
  // With three arguments, the second is the options: the signatures say so.
  const options = (third === undefined ? {} : second) as RouteOptions;
  if (typeof pattern !== "string") throw optionInvalid(`${method.toLowerCase()}()`, "pattern", pattern, "a text that starts with /");
  if (typeof handler !== "function") throw optionInvalid(owner, "handler", handler, "a function");
  if (typeof options !== "object" || options === null) throw optionInvalid(owner, "options", options, "an object");
  if (!isToken(method) || method === "TRACE" || method === "CONNECT")
    throw optionInvalid(owner, "method", method, "a method other than TRACE and CONNECT");
  assertRouteOptions(owner, options);
  // The signatures have tied the handler to its input; behind them all handlers are one type.
  return new HandlerRoute({ method, pattern, place: findCallerPlace(factory) }, options, handler as AnyHandler, parent);
}

/** Makes the factory of a method; `onCreate` is told of each route. */
export function createRouteFactory<Prefix extends string = "", Added = {}>(
  method: string,
  onCreate?: (route: HandlerRoute) => void,
  parent?: Group,
): RouteFactory<Prefix, Added> {
  const factory = (...args: unknown[]): HandlerRoute => {
    const route = createRoute(method, args, factory, parent);
    onCreate?.(route);
    return route;
  };
  // The signatures of the factory say what the arguments are; one implementation serves all of them.
  return factory as unknown as RouteFactory<Prefix, Added>;
}

/** A route for GET, and for HEAD without a route of its own. */
export const get: RouteFactory = createRouteFactory("GET");
/** A route for POST. */
export const post: RouteFactory = createRouteFactory("POST");
/** A route for PUT. */
export const put: RouteFactory = createRouteFactory("PUT");
/** A route for PATCH. */
export const patch: RouteFactory = createRouteFactory("PATCH");
/** A route for DELETE; `delete` is a word of the language. */
export const del: RouteFactory = createRouteFactory("DELETE");
/** A route for HEAD that replaces the one made from GET. */
export const head: RouteFactory = createRouteFactory("HEAD");
/** A route for OPTIONS that replaces the automatic answer. */
export const options: RouteFactory = createRouteFactory("OPTIONS");

/** A route whatever its types are. */
export type AnyRoute = Pick<Route, "method" | "pattern" | "name" | "place" | "binding">;

/** A group whatever its types are. */
export interface AnyGroup {
  /** Prefix of all its routes. */
  readonly prefix: string;
  /** Its routes and groups. */
  readonly entries: readonly RouteEntry[];
}

/** Anything that can stand in a list of routes: routes, groups, and modules that export them. */
export type RouteEntry = AnyRoute | AnyGroup | Readonly<Record<string, unknown>>;

/** Routes below a common prefix, with options that add up from the outside in. */
export class Group<Prefix extends string = string, Added = {}> {
  /** Prefix of all its routes. */
  readonly prefix: Prefix;
  /** @internal Options of the group. */
  readonly options: SharedOptions;
  /** @internal Its routes and groups, in order. */
  readonly entries: RouteEntry[];
  /** Makes a route for GET in this group. */
  readonly get: RouteFactory<Prefix, Added>;
  /** Makes a route for POST in this group. */
  readonly post: RouteFactory<Prefix, Added>;
  /** Makes a route for PUT in this group. */
  readonly put: RouteFactory<Prefix, Added>;
  /** Makes a route for PATCH in this group. */
  readonly patch: RouteFactory<Prefix, Added>;
  /** Makes a route for DELETE in this group. */
  readonly delete: RouteFactory<Prefix, Added>;

  /** @internal Use {@link group}. */
  constructor(prefix: Prefix, settings: SharedOptions, entries: readonly RouteEntry[]) {
    assertPrefix(prefix, entries.length > 0);
    assertKnownOptions(`group("${prefix}")`, settings, sharedNames);
    assertSharedOptions(`group("${prefix}")`, settings);
    this.prefix = prefix;
    this.options = settings;
    this.entries = [...entries];
    const make = (method: string): RouteFactory<Prefix, Added> =>
      // A group is its own parent, whatever its middleware adds.
      createRouteFactory(method, (route) => this.entries.push(route), this as unknown as Group);
    this.get = make("GET");
    this.post = make("POST");
    this.put = make("PUT");
    this.patch = make("PATCH");
    this.delete = make("DELETE");
  }
}

function assertPrefix(prefix: string, hasEntries: boolean): void {
  const isUsable = typeof prefix === "string" && (prefix === "" || (prefix.startsWith("/") && !prefix.endsWith("/")));
  if (!isUsable) throw new GableError("E_GROUP_PREFIX", `The group prefix ${describeValue(prefix)} does not start with / or ends with it.`);
  if (hasEntries && /[:*]/.test(prefix))
    throw new GableError("E_GROUP_PREFIX", `The group prefix "${prefix}" has parameters, which the listed routes cannot know.`);
}

/** The list that a prefix takes: routes, unless it has parameters, whose types the routes could not know. */
export type ListBelow<Prefix extends string> = Prefix extends `${string}${":" | "*"}${string}`
  ? TypeError_<"a prefix with parameters takes its routes by group.get(...)">
  : readonly RouteEntry[];

/**
 * Groups routes below a prefix.
 *
 * With a list, the prefix is literal. Without one, routes are made by the group, so that the types of the prefix's
 * parameters and of the middleware flow into them.
 *
 * @example
 * const team = group("/teams/:team(slug)", { use: [loadTeam], guard: signedIn });
 * export const showProject = team.get("/projects/:id(int)", ({ params }) => params);
 */
export function group<const Prefix extends string, const Options extends SharedOptions = SharedOptions>(
  prefix: Prefix,
  ...rest: [options?: Options] | [routes: ListBelow<Prefix>, options?: SharedOptions]
): Group<Prefix, AddedBy<Options>> {
  // The signatures allow these two forms alone.
  const [second, third] = rest as unknown as readonly [SharedOptions | readonly RouteEntry[] | undefined, SharedOptions | undefined];
  const isList = Array.isArray(second);
  // The list has been told from the options by isList.
  return new Group(prefix, (isList ? third : (second as SharedOptions | undefined)) ?? {}, isList ? (second as readonly RouteEntry[]) : []);
}
