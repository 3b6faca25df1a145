/** Defines groups of routes below a prefix. */
import { GableError } from "../errors/gable-error.ts";
import { assertArguments, assertKnownOptions, describeValue } from "../errors/option-errors.ts";
import type { Route } from "../routing/route.ts";
import type { RouteFactory } from "./define-route.ts";
import type { SocketFactory } from "./define-socket.ts";
import { createSocketFactory } from "./define-socket.ts";
import { assertSharedOptions, createRouteFactory, sharedKinds } from "./define-route.ts";
import type { AddedBy, SharedOptions, TypeError_ } from "./handler.ts";

/** A route of any type. */
export type AnyRoute = Pick<Route, "method" | "pattern" | "name" | "place" | "binding">;

/** A group of any type. */
export interface AnyGroup {
  /** Prefix of all its routes. */
  readonly prefix: string;
  /** Its routes and groups. */
  readonly entries: readonly RouteEntry[];
}

/** An entry of a list of routes: a route, a group, or a module that exports them. */
export type RouteEntry = AnyRoute | AnyGroup | Readonly<Record<string, unknown>>;

/** Routes below a common prefix, whose options are merged from the outside in. */
export class Group<Prefix extends string = string, Added = {}> {
  /** Prefix of all its routes. */
  readonly prefix: Prefix;
  /** Options of all its routes. */
  readonly options: SharedOptions;
  /** Its routes and groups, in order. */
  readonly entries: RouteEntry[];
  /** Creates a route for GET in this group. */
  readonly get: RouteFactory<Prefix, Added>;
  /** Creates a route for POST in this group. */
  readonly post: RouteFactory<Prefix, Added>;
  /** Creates a route for PUT in this group. */
  readonly put: RouteFactory<Prefix, Added>;
  /** Creates a route for PATCH in this group. */
  readonly patch: RouteFactory<Prefix, Added>;
  /** Creates a route for DELETE in this group. */
  readonly delete: RouteFactory<Prefix, Added>;
  /** Creates a WebSocket route in this group. */
  readonly socket: SocketFactory<Prefix, Added>;

  /** Use {@link group}. */
  constructor(prefix: Prefix, settings: SharedOptions, entries: readonly RouteEntry[]) {
    assertPrefix(prefix, entries.length > 0);
    assertKnownOptions(`group("${prefix}")`, settings, sharedKinds);
    assertSharedOptions(`group("${prefix}")`, settings);
    this.prefix = prefix;
    this.options = settings;
    this.entries = [...entries];
    const make = (method: string): RouteFactory<Prefix, Added> => createRouteFactory(method, (route) => this.entries.push(route), this);
    this.get = make("GET");
    this.post = make("POST");
    this.put = make("PUT");
    this.patch = make("PATCH");
    this.delete = make("DELETE");
    this.socket = createSocketFactory((route) => this.entries.push(route), this);
  }
}

function assertPrefix(prefix: string, hasEntries: boolean): void {
  const isUsable = typeof prefix === "string" && (prefix === "" || (prefix.startsWith("/") && !prefix.endsWith("/")));
  if (!isUsable) throw new GableError("E_GROUP_PREFIX", `The group prefix ${describeValue(prefix)} does not start with / or ends with it.`);
  if (hasEntries && /[:*]/.test(prefix))
    throw new GableError("E_GROUP_PREFIX", `The group prefix "${prefix}" has parameters, which the listed routes cannot know.`);
}

/** The list that a prefix accepts: routes, unless it has parameters, whose types the routes could not know. */
export type ListBelow<Prefix extends string> = Prefix extends `${string}${":" | "*"}${string}`
  ? TypeError_<"a prefix with parameters takes its routes by group.get(...)">
  : readonly RouteEntry[];

/**
 * Groups routes below a prefix.
 * With a list, the prefix is literal. Without a list, you create routes with the group, so that they get the types of
 * the prefix's parameters and of the middleware.
 * @example
 * const team = group("/teams/:team(slug)", { use: [loadTeam], guard: signedIn });
 * export const showProject = team.get("/projects/:id(int)", ({ params }) => params);
 */
export function group<const Prefix extends string, const Options extends SharedOptions = SharedOptions>(
  prefix: Prefix,
  ...rest: [options?: Options] | [routes: ListBelow<Prefix>, options?: SharedOptions]
): Group<Prefix, AddedBy<Options>> {
  assertArguments(
    `group(${describeValue(prefix)})`,
    rest,
    Array.isArray(rest[0]) ? 2 : 1,
    "(prefix, options) or (prefix, routes, options)",
  );
  // The signatures allow only these two forms.
  const [second, third] = rest as unknown as readonly [SharedOptions | readonly RouteEntry[] | undefined, SharedOptions | undefined];
  const isList = Array.isArray(second);
  // isList has distinguished the list from the options.
  return new Group(prefix, (isList ? third : (second as SharedOptions | undefined)) ?? {}, isList ? (second as readonly RouteEntry[]) : []);
}
