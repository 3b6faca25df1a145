/** Creates routes as values: get(), post() and the functions for the other methods. */
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertArguments, assertKnownOptions, describeValue, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import { cacheControlKinds } from "../http/fields.ts";
import { isToken } from "../http/byte-classes.ts";
import { checkLimits, requestLimitNames } from "../http/request-limits.ts";
import type { PathParams } from "../routing/path-params.ts";
import type { RouteDefinition } from "../routing/route.ts";
import { Route } from "../routing/route.ts";
import { findCallerPlace } from "../errors/source-place.ts";
import type { AnyContext } from "./context.ts";
import type { FileFieldOptions } from "./form.ts";
import { isFieldRecord } from "./form.ts";
import { assertCorsOptions } from "./cors-options.ts";
import { assertRateOptions } from "./rate-options.ts";
import type { AddedBy, Handler, QueryOf, RouteOptions, SharedOptions } from "./handler.ts";
import type { StandardSchema } from "./standard-schema.ts";
import { assertStoreOptions, assertStoringRoute } from "./store-options.ts";

/** A handler of any type: its types were checked where the route was defined. */
export type AnyHandler = (context: AnyContext) => unknown;

/** The group of a route that was created by `group.get()`. */
export interface RouteParent {
  /** Prefix of all its routes. */
  readonly prefix: string;
  /** Options of all its routes. */
  readonly options: SharedOptions;
}

/** A route with its options and its handler, as an application accepts it. */
export class HandlerRoute<Params = unknown, Query = never> extends Route<Params, Query> {
  readonly options: RouteOptions;
  readonly handler: AnyHandler;
  /** The group that created it with `group.get()`; undefined for a route without one. */
  readonly parent: RouteParent | undefined;

  constructor(definition: Omit<RouteDefinition, "name">, options: RouteOptions, handler: AnyHandler, parent?: RouteParent) {
    super({ ...definition, name: options.name });
    this.options = options;
    this.handler = handler;
    this.parent = parent;
  }
}

/** Creates routes of one method: with a handler, or with options and a handler. */
export interface RouteFactory<Prefix extends string = "", Added = {}> {
  /** A route with a handler. */
  <const Pattern extends string>(
    pattern: Pattern,
    handler: Handler<NoInfer<`${Prefix}${Pattern}`>, {}, Added>,
  ): Route<PathParams<`${Prefix}${Pattern}`>>;
  /** A route with options and a handler. */
  <const Pattern extends string, const Options extends RouteOptions>(
    pattern: Pattern,
    options: Options,
    handler: Handler<NoInfer<`${Prefix}${Pattern}`>, Options, Added & AddedBy<Options>>,
  ): Route<PathParams<`${Prefix}${Pattern}`>, QueryOf<Options>>;
}

/** Kinds of the options that routes and groups have. */
export const sharedKinds: OptionKinds<SharedOptions> = {
  use: "functions",
  guard: "checks",
  limits: "object",
  cache: "object",
  security: "object",
};
const routeKinds: OptionKinds<RouteOptions> = {
  ...sharedKinds,
  query: true,
  form: true,
  files: "object",
  json: true,
  returns: true,
  name: "string",
};
const cacheKinds: OptionKinds<NonNullable<SharedOptions["cache"]>> = {
  ...cacheControlKinds,
  etag: "boolean",
  // Their own check gives their limits.
  storeSeconds: true,
  tags: true,
  vary: true,
};

const fileNames = kindsOf<FileFieldOptions>({ bytesMax: true, accept: "strings", required: "boolean", multiple: "boolean" });

/** Checks options of a route or a group. Throws `E_OPTION_UNKNOWN`, `E_OPTION_INVALID`, `E_LIMIT_INVALID`. */
export function assertSharedOptions(owner: string, options: SharedOptions): void {
  const { rate, ...limits } = options.limits ?? {};
  checkLimits(limits, owner, [...requestLimitNames, "rate"]);
  if (rate !== undefined && rate !== false) assertRateOptions(`${owner} limits`, rate);
  if (options.cache !== undefined) {
    assertKnownOptions(`${owner} cache`, options.cache, cacheKinds);
    assertStoreOptions(owner, options.cache);
  }
  if (options.security !== undefined)
    assertKnownOptions(`${owner} security`, options.security, {
      cors: true,
      crossSite: "object",
      csp: "object",
      allowUnsafe: "string",
    });
  const { cors } = options.security ?? {};
  if (cors !== undefined && cors !== false) assertCorsOptions(`${owner} security`, cors);
  const reason = options.security?.crossSite?.allow;
  if (options.security?.crossSite !== undefined && (typeof reason !== "string" || reason.trim() === "")) {
    throw optionInvalid(owner, "security.crossSite.allow", reason, "the reason in words");
  }
  for (const layer of options.use ?? []) if (typeof layer !== "function") throw optionInvalid(owner, "use", layer, "a list of functions");
  for (const guard of [options.guard ?? []].flat())
    if (typeof guard !== "function") throw optionInvalid(owner, "guard", guard, "a function or a list of them");
}

function assertRouteOptions(owner: string, options: RouteOptions): void {
  assertKnownOptions(owner, options, routeKinds);
  assertSharedOptions(owner, options);
  for (const name of ["query", "json", "returns"] as const)
    if (options[name] !== undefined && !isSchema(options[name]))
      throw optionInvalid(owner, name, options[name], "a Standard Schema, for example from zod, valibot or arktype");
  if (options.form !== undefined && !isSchema(options.form) && !(Object(options.form) === options.form && isFieldRecord(options.form)))
    throw optionInvalid(
      owner,
      "form",
      options.form,
      "a form, a record of fields, or a Standard Schema, for example from zod, valibot or arktype",
    );
  if (options.files !== undefined && options.form === undefined)
    throw optionInvalid(owner, "files", options.files, "used together with form");
  for (const [name, file] of Object.entries(options.files ?? {})) {
    assertKnownOptions(`${owner} files.${name}`, file, fileNames);
    if (!(Number.isSafeInteger(file.bytesMax) && file.bytesMax > 0))
      throw optionInvalid(`${owner} files.${name}`, "bytesMax", file.bytesMax, "a whole number of bytes above 0");
  }
  if (options.form !== undefined && options.json !== undefined)
    throw optionInvalid(owner, "json", options.json, "left out when form is there: a route takes one of them");
}

/** Whether a value implements Standard Schema. Some libraries use functions as schemas. */
export function isSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== "object" && typeof value !== "function") || value === null || !("~standard" in value)) return false;
  const standard = value["~standard"];
  return typeof standard === "object" && standard !== null && "validate" in standard && typeof standard.validate === "function";
}

/** Creates a route from the arguments of a factory. `factory` is the function that the program called. */
export function createRoute(
  method: string,
  args: readonly unknown[],
  factory: (...args: never[]) => unknown,
  parent?: RouteParent,
): HandlerRoute {
  const [pattern, second, third] = args;
  const owner = `${method} ${describeValue(pattern)}`;
  const handler = third ?? second;
  // With three arguments, the second is the options: the signatures guarantee it.
  const options = (third === undefined ? {} : second) as RouteOptions;
  if (typeof pattern !== "string") throw optionInvalid(`${method.toLowerCase()}()`, "pattern", pattern, "a string that starts with /");
  if (typeof handler !== "function") throw optionInvalid(owner, "handler", handler, "a function");
  if (typeof options !== "object" || options === null) throw optionInvalid(owner, "options", options, "an object");
  if (!isToken(method) || method === "TRACE" || method === "CONNECT")
    throw optionInvalid(owner, "method", method, "a method other than TRACE and CONNECT");
  assertArguments(owner, args, 3, "(pattern, handler) or (pattern, options, handler)");
  assertRouteOptions(owner, options);
  assertStoringRoute(owner, method, options);
  // The signatures have checked the handler against its input; from here on all handlers have one type.
  return new HandlerRoute({ method, pattern, place: findCallerPlace(factory) }, options, handler as AnyHandler, parent);
}

/** Creates the factory of a method; it calls `onCreate` with each route. */
export function createRouteFactory<Prefix extends string = "", Added = {}>(
  method: string,
  onCreate?: (route: HandlerRoute) => void,
  parent?: RouteParent,
): RouteFactory<Prefix, Added> {
  const factory = (...args: unknown[]): HandlerRoute => {
    const route = createRoute(method, args, factory, parent);
    onCreate?.(route);
    return route;
  };
  // The signatures of the factory describe the arguments; one implementation serves all of them.
  return factory as unknown as RouteFactory<Prefix, Added>;
}

/** Creates a route for GET, and for HEAD unless HEAD has its own route. */
export const get: RouteFactory = createRouteFactory("GET");
/** Creates a route for POST. */
export const post: RouteFactory = createRouteFactory("POST");
/** Creates a route for PUT. */
export const put: RouteFactory = createRouteFactory("PUT");
/** Creates a route for PATCH. */
export const patch: RouteFactory = createRouteFactory("PATCH");
/** Creates a route for DELETE; `delete` is a reserved word. */
export const del: RouteFactory = createRouteFactory("DELETE");
/** Creates a route for HEAD that replaces the one derived from GET. */
export const head: RouteFactory = createRouteFactory("HEAD");
/** Creates a route for OPTIONS that replaces the automatic reply. */
export const options: RouteFactory = createRouteFactory("OPTIONS");
