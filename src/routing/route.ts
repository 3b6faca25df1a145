/** A route as a value: method, pattern, handler, and the URL that leads to it. */
import { GableError } from "../errors/gable-error.ts";
import type { QueryValue } from "../http/urlencoded.ts";
import { serializeQuery } from "../http/urlencoded.ts";
import type { ConverterTable, Segment } from "./pattern.ts";
import { formatPath, parsePattern } from "./pattern.ts";
import type { SourcePlace } from "../errors/source-place.ts";

/** Values for the query of a URL. */
export type QueryValues = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;

/** Arguments of `url()`: parameters may be left out where the pattern has none. */
export type UrlArguments<Params, Query> = keyof Params extends never ? [params?: Params, query?: Query] : [params: Params, query?: Query];

/** Where a route lives once an application took it. */
export interface RouteBinding {
  /** Whole pattern, with the prefixes of its groups and of the application. */
  readonly pattern: string;
  /** The parsed pattern. */
  readonly segments: readonly Segment[];
}

/** What defines a route. */
export interface RouteDefinition {
  readonly method: string;
  readonly pattern: string;
  readonly name: string | undefined;
  readonly place: SourcePlace | undefined;
}

/**
 * A route. Made by `get()`, `post()` and their siblings; it belongs to one place of one application.
 *
 * `Params` are the values that its pattern needs, `Query` those that its query takes.
 */
export class Route<Params = unknown, Query = QueryValues> {
  /** HTTP method. */
  readonly method: string;
  /** Pattern as written, without the prefixes of groups. */
  readonly pattern: string;
  /** Name for lists and templates; undefined when none was given. */
  readonly name: string | undefined;
  /** File and line that defined it. */
  readonly place: SourcePlace | undefined;
  #binding: RouteBinding | undefined;

  constructor(definition: RouteDefinition) {
    this.method = definition.method;
    this.pattern = definition.pattern;
    this.name = definition.name;
    this.place = definition.place;
  }

  /** Where it lives; undefined until an application took it. */
  get binding(): RouteBinding | undefined {
    return this.#binding;
  }

  /** Ties the route to a whole pattern. Throws `E_ROUTE_BOUND_TWICE` when it lives elsewhere. */
  bind(pattern: string, converters: ConverterTable): RouteBinding {
    if (this.#binding !== undefined) {
      throw new GableError("E_ROUTE_BOUND_TWICE", `The route ${this.method} "${pattern}" is bound already, as "${this.#binding.pattern}".`);
    }
    this.#binding = Object.freeze({ pattern, segments: parsePattern(pattern, converters) });
    return this.#binding;
  }

  /**
   * The path that leads to this route, with its query.
   * Throws `E_ROUTE_PARAM` for a value that would not match, `E_ROUTE_UNBOUND` before an application took the route.
   *
   * @example
   * showPost.url({ slug: "a b" }, { page: 2 }); // => "/posts/a%20b?page=2"
   */
  url(...[params, query]: UrlArguments<Params, Query>): string {
    if (this.#binding === undefined)
      throw new GableError("E_ROUTE_UNBOUND", `The route ${this.method} "${this.pattern}" belongs to no application yet.`);
    // The signature has checked the names; the formatter reads them by name.
    const path = formatPath(this.#binding.segments, (params ?? {}) as Record<string, unknown>, this.#binding.pattern);
    // The signature has checked the values.
    return query === undefined ? path : path + serializeQuery(query as QueryValues);
  }
}
