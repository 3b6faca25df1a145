/** Holds all routes of an application: they are added at start and searched for each request. */
import { GableError } from "../errors/gable-error.ts";
import { formatPath } from "./format-path.ts";
import type { RouteMatch } from "./radix-tree.ts";
import { RadixTree } from "./radix-tree.ts";
import { expandOptional, paramNamesOf, toPatternShape } from "./pattern.ts";
import type { Route, RouteBinding } from "./route.ts";
import { toPlaceText } from "../errors/source-place.ts";

/** An entry of the table: the route, its compiled form, and the names of its parameters in order. */
export interface TableEntry<Compiled> {
  readonly route: Route;
  readonly compiled: Compiled;
  readonly paramNames: readonly string[];
}

/** Routes by method and path. */
export class RouteTable<Compiled> {
  readonly #tree = new RadixTree<TableEntry<Compiled>>();
  readonly #methods = new Set<string>();
  readonly #entries: Array<TableEntry<Compiled>> = [];
  /** Routes that answer for folders, by method and path of the folder: "GET /" or "GET /docs/". */
  readonly #folders = new Map<string, TableEntry<Compiled>>();

  /** Adds a registered route. Throws `E_ROUTE_DUPLICATE`, which names both places. */
  add(route: Route, binding: RouteBinding, compiled: Compiled): void {
    const variants = expandOptional(binding.segments);
    const entries = variants.map((segments) => ({ route, compiled, paramNames: segments.flatMap(paramNamesOf) }));
    for (const [index, segments] of variants.entries()) {
      const present = this.#tree.add(route.method, segments, entries[index]!);
      if (present !== undefined) throw routeDuplicate(route, present.route, toPatternShape(segments));
    }
    // The last variant has all parameters.
    const entry = entries.at(-1)!;
    this.#entries.push(entry);
    this.#methods.add(route.method);
    if (!route.hasFolders) return;
    const folder = formatPath(binding.segments.slice(0, -1), {}, binding.pattern).replace(/\/?$/, "/");
    this.#folders.set(`${route.method} ${folder}`, entry);
  }

  /** Entries in order of definition. */
  get entries(): ReadonlyArray<TableEntry<Compiled>> {
    return this.#entries;
  }

  /** Methods of all routes. */
  get methods(): ReadonlySet<string> {
    return this.#methods;
  }

  /** Finds the route for a method and an encoded path. */
  find(method: string, path: string): RouteMatch<TableEntry<Compiled>> | undefined {
    return this.#tree.find(method, path);
  }

  /**
   * Finds the route that answers for a folder: a path that ends with a slash. The name of the route's folder is "". A route
   * for the path without the slash comes first: then this returns undefined.
   */
  findFolder(method: string, path: string): RouteMatch<TableEntry<Compiled>> | undefined {
    if (this.#folders.size === 0 || !path.endsWith("/")) return undefined;
    const own = this.#folders.get(`${method} ${path}`) ?? (method === "HEAD" ? this.#folders.get(`GET ${path}`) : undefined);
    if (own !== undefined) return { entry: own, values: [""] };
    const match = this.#tree.find(method, path.slice(0, -1));
    return match?.entry.route.hasFolders === true ? match : undefined;
  }

  /** Returns the value of Allow for a path: the methods of its routes, with HEAD and OPTIONS; undefined when no route matches. */
  allowOf(path: string): string | undefined {
    const methods = this.#tree.methodsOf(path);
    if (methods.length === 0) return undefined;
    const all = new Set(methods);
    if (all.has("GET")) all.add("HEAD");
    all.add("OPTIONS");
    return [...all].sort().join(", ");
  }
}

function routeDuplicate(route: Route, first: Route, shape: string): GableError {
  const pattern = route.binding?.pattern ?? shape;
  return new GableError(
    "E_ROUTE_DUPLICATE",
    `${route.method} "${pattern}" is defined twice: ${toPlaceText(first.place)} and ${toPlaceText(route.place)}.`,
    {
      details: { method: route.method, pattern },
    },
  );
}

/** Returns the values of parameters by name. */
export function toParams(names: readonly string[], values: readonly unknown[]): Record<string, unknown> {
  const params: Record<string, unknown> = {};
  for (let index = 0; index < names.length; index++) params[names[index]!] = values[index];
  return params;
}
