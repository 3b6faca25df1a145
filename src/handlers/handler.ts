/** Defines the types of handlers, guards, middleware and route options. */
import { optionInvalid } from "../errors/option-errors.ts";
import type { CacheControlOptions } from "../http/fields.ts";
import type { RequestLimits } from "../http/message.ts";
import type { FieldMap } from "../http/urlencoded.ts";
import type { PathParams } from "../routing/path-params.ts";
import type { QueryValues } from "../routing/route.ts";
import type { ContentSecurityPolicy } from "../http/content-security-policy.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import type { HandlerResult } from "../replies/handler-result.ts";
import type { Context } from "./context.ts";
import type { FileFields, FormOf, FormOption } from "./form.ts";
import type { CorsOptions } from "./cors-options.ts";
import type { RateOptions } from "./rate-options.ts";
import type { StoreOptions } from "./store-options.ts";
import type { InputOfSchema, OutputOfSchema, StandardSchema } from "./standard-schema.ts";

/** What the next layer accepts: nothing, or the properties that this middleware adds to the context. */
export type Next<Added = {}> = keyof Added extends never ? () => Promise<HandlerReply> : (added: Added) => Promise<HandlerReply>;

/** A layer around handlers. It calls `next` for the inner layers, which always return a reply and never throw. */
export interface Middleware<Added = {}> {
  /** Runs around the inner layers. */
  (context: Context, next: Next<Added>): HandlerResult | PromiseLike<HandlerResult>;
  /** Carries the type of the added properties; never set. */
  readonly adds?: Added;
}

/** A middleware with any added properties. */
export type AnyMiddleware = (context: Context, next: never) => HandlerResult | PromiseLike<HandlerResult>;

/** Creates a middleware that adds typed properties: `middleware<{ team: Team }>((context, next) => next({ team }))`. */
export function middleware<Added = {}>(layer: Middleware<Added>): Middleware<Added> {
  if (typeof layer !== "function") throw optionInvalid("middleware()", "layer", layer, "a function of the context and next()");
  return layer;
}

/** Decides whether a request may pass: true lets it pass, false replies 403, and a result becomes the reply. */
export type Guard = (context: Context) => boolean | HandlerResult | PromiseLike<boolean | HandlerResult>;

/** Options for caching replies of a route, for ETags from their bytes, and for storing whole replies. */
export interface CacheOptions extends CacheControlOptions, StoreOptions {
  /** Whether the reply gets an ETag from its bytes, and 304 is sent if it matches. Default false. */
  etag?: boolean;
}

/** Protections of a route that differ from those of the application. Search for `security:` to find all of them. */
export interface RouteSecurity {
  /** Other origins whose scripts may read replies; false for none. Default: the setting of the group or the application. */
  cors?: CorsOptions | false;
  /** Allows requests from other sites, for the given reason. By default, they are rejected. */
  crossSite?: { allow: string };
  /** Sources of the content security policy that replace the application's. None by default. */
  csp?: ContentSecurityPolicy;
  /** The reason why the policy may have unsafe sources. Without it, they are errors at the start. */
  allowUnsafe?: string;
}

/** Limits of a route: sizes and times of its requests, and how many are allowed. */
export interface RouteLimits extends RequestLimits {
  /** How many requests are allowed; false for no limit. The limit of a route replaces that of its group. None by default. */
  readonly rate?: RateOptions | false;
}

/** Options for a route, or for all routes of a group. */
export interface SharedOptions {
  /** Layers around the handler, the outermost first. None by default. */
  use?: readonly AnyMiddleware[];
  /** Conditions for access, checked in order after the middleware. None by default. */
  guard?: Guard | readonly Guard[];
  /** Limits that differ from those of the server. None by default. */
  limits?: RouteLimits;
  /** How replies may be cached. Default: private, revalidated each time. */
  cache?: CacheOptions;
  /** Protections that differ from those of the application. None by default. */
  security?: RouteSecurity;
}

/** Options for a route. */
export interface RouteOptions extends SharedOptions {
  /** Schema of the query; invalid queries get 400. By default, `context.query` has all pairs. */
  query?: StandardSchema;
  /** Form of `gable/forms`, record of fields, or schema; the handler runs with a valid or an invalid form. None by default. */
  form?: FormOption;
  /** File fields of a form that is a schema. None by default: files are skipped. */
  files?: FileFields;
  /** Schema of a JSON body; invalid bodies get 422. None by default. */
  json?: StandardSchema;
  /** Schema of the JSON reply, checked in development and tests. None by default. */
  returns?: StandardSchema;
  /** Name for lists and templates. None by default. */
  name?: string;
}

/** A sentence that the compiler shows if a type is misused. */
export interface TypeError_<Sentence extends string> {
  /** Never set. */
  readonly "type error": Sentence;
}

/** Input of a handler by pattern and options. */
export interface InputOf<Pattern extends string, Options> {
  /** Path parameters. */
  readonly params: PathParams<Pattern>;
  /** Query. */
  readonly query: Options extends { query: infer Schema } ? OutputOfSchema<Schema> : FieldMap;
  /** Form. */
  readonly form: Options extends { form: infer Schema }
    ? FormOf<Schema>
    : TypeError_<"declare { form: schema } in the options of the route">;
  /** JSON body. */
  readonly json: Options extends { json: infer Schema }
    ? OutputOfSchema<Schema>
    : TypeError_<"declare { json: schema } in the options of the route">;
}

/** Query values that `url()` of a route accepts. */
export type QueryOf<Options> = Options extends { query: infer Schema } ? Partial<InputOfSchema<Schema>> : QueryValues;

/** Properties that the middleware and the guards of some options add. */
export type AddedBy<Options> = (Options extends { use: infer Layers extends readonly unknown[] } ? AddedByLayers<Layers> : {}) &
  (Options extends { guard: infer Guards } ? AddedByLayers<Guards extends readonly unknown[] ? Guards : [Guards]> : {});

type AddedByLayers<Layers extends readonly unknown[]> = Layers extends readonly [infer First, ...infer Rest]
  ? (First extends { readonly adds?: infer Added } ? (unknown extends Added ? {} : Added) : {}) & AddedByLayers<Rest>
  : {};

/** The only handler type: context in, result out. */
export type Handler<Pattern extends string = string, Options = {}, Added = {}> = (
  context: Context<InputOf<Pattern, Options>> & Added,
) => HandlerResult | PromiseLike<HandlerResult>;
