/** A route as a value: method, pattern, name, and its URL. */
import { GableError } from "../errors/gable-error.ts";
import type { QueryValue } from "../http/urlencoded.ts";
import { serializeQuery } from "../http/urlencoded.ts";
import type { ConverterTable, Segment } from "./pattern.ts";
import { formatPath } from "./format-path.ts";
import { parsePattern } from "./pattern.ts";
import type { SourcePlace } from "../errors/source-place.ts";

/** Values for the query of a URL. */
export type QueryValues = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;

/** Arguments of `url()`: you can leave out the parameters if the pattern has none. */
export type UrlArguments<Params, Query> = keyof Params extends never ? [params?: Params, query?: Query] : [params: Params, query?: Query];

/** Where a route is registered. */
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
  /** Whether a pattern that ends with `*name` also answers for its folders: paths with a slash at the end. Default false. */
  readonly hasFolders?: boolean;
}

/**
 * A route. `get()`, `post()` and similar functions create it. It can be registered once, in one application.
 *
 * `Params` are the values that its pattern needs, `Query` those that its query takes.
 */
export class Route<Params = unknown, Query = QueryValues> {
  /** HTTP method. */
  readonly method: string;
  /** Pattern as written, without the prefixes of groups. */
  readonly pattern: string;
  /** Name for lists and templates; undefined without one. */
  readonly name: string | undefined;
  /** File and line that define it. */
  readonly place: SourcePlace | undefined;
  /** Whether the route also answers for folders: paths with a slash at the end. */
  readonly hasFolders: boolean;
  #binding: RouteBinding | undefined;

  constructor(definition: RouteDefinition) {
    this.method = definition.method;
    this.pattern = definition.pattern;
    this.name = definition.name;
    this.place = definition.place;
    this.hasFolders = definition.hasFolders === true;
  }

  /** Returns where the route is registered; undefined before that. */
  get binding(): RouteBinding | undefined {
    return this.#binding;
  }

  /** Registers the route with its whole pattern. Throws `E_ROUTE_BOUND_TWICE` when it is registered already. */
  bind(pattern: string, converters: ConverterTable): RouteBinding {
    if (this.#binding !== undefined) {
      throw new GableError(
        "E_ROUTE_BOUND_TWICE",
        `The route ${this.method} "${pattern}" is already registered, as "${this.#binding.pattern}".`,
      );
    }
    this.#binding = Object.freeze({ pattern, segments: parsePattern(pattern, converters) });
    return this.#binding;
  }

  /**
   * Returns the path of this route, with its query.
   * Throws `E_ROUTE_PARAM` for a value that would not match, and `E_ROUTE_UNBOUND` before the route is registered.
   *
   * @example
   * showPost.url({ slug: "a b" }, { page: 2 }); // => "/posts/a%20b?page=2"
   */
  url(...[params, query]: UrlArguments<Params, Query>): string {
    if (this.#binding === undefined)
      throw new GableError("E_ROUTE_UNBOUND", `The route ${this.method} "${this.pattern}" is not registered with an application yet.`);
    // The signature has checked the names; the formatter reads them by name.
    const path = formatPath(this.#binding.segments, (params ?? {}) as Record<string, unknown>, this.#binding.pattern);
    // The signature has checked the values.
    return query === undefined ? path : path + serializeQuery(query as QueryValues);
  }
}
