/** Maps REST resources: seven actions of a plain class become routes. */
import { GableError } from "../errors/gable-error.ts";
import { assertArguments, assertKnownOptions, describeValue, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import type { HandlerResult } from "../replies/handler-result.ts";
import type { Context } from "./context.ts";
import type { AnyHandler } from "./define-route.ts";
import { HandlerRoute, createRoute, sharedKinds } from "./define-route.ts";
import { Group } from "./group.ts";
import type { RouteOptions, SharedOptions } from "./handler.ts";

/** Names of the actions. */
export type ResourceAction = "index" | "new" | "create" | "show" | "edit" | "update" | "destroy";

/** A controller: any of the seven actions as methods. Input that an action declares in `actions` is on the context. */
export type ResourceController = Partial<Record<ResourceAction, (context: never) => HandlerResult | PromiseLike<HandlerResult>>>;

/** Options for a resource. */
export interface ResourceOptions extends SharedOptions {
  /** Actions to map. By default, all that the class has. */
  only?: readonly ResourceAction[];
  /** Parameter of a member, with its converter. Default `id`. */
  param?: string;
  /** Route options per action. None by default. */
  actions?: Partial<Record<ResourceAction, RouteOptions>>;
}

const actions: Readonly<Record<ResourceAction, { methods: readonly string[]; path: (param: string) => string }>> = {
  index: { methods: ["GET"], path: () => "/" },
  new: { methods: ["GET"], path: () => "/new" },
  create: { methods: ["POST"], path: () => "/" },
  show: { methods: ["GET"], path: (param) => `/:${param}` },
  edit: { methods: ["GET"], path: (param) => `/:${param}/edit` },
  update: { methods: ["PUT", "PATCH"], path: (param) => `/:${param}` },
  destroy: { methods: ["DELETE"], path: (param) => `/:${param}` },
};

const resourceKinds = kindsOf<ResourceOptions>({ ...sharedKinds, only: "strings", param: "string", actions: "object" });

/** A resource: a group with the route of each action under its name. */
export class Resource extends Group {
  /** Route of each mapped action; `update` is the one for PATCH. */
  readonly actions: Readonly<Partial<Record<ResourceAction, HandlerRoute<Record<string, unknown>>>>>;

  /** @internal Use {@link resource}. */
  constructor(
    prefix: string,
    settings: SharedOptions,
    routes: ReadonlyMap<ResourceAction, readonly HandlerRoute[]>,
    extra: readonly HandlerRoute[],
  ) {
    super(prefix, settings, [...[...routes.values()].flat(), ...extra]);
    this.actions = Object.fromEntries([...routes].map(([action, list]) => [action, list.at(-1)]));
  }
}

/**
 * Maps a class to routes: index, new, create, show, edit, update, destroy. The instance is created once, at the start.
 * HTML forms reach update and destroy with POST and a field `_method`.
 */
export function resource(prefix: string, Controller: new () => ResourceController, options: ResourceOptions = {}): Resource {
  const owner = `resource(${describeValue(prefix)})`;
  if (typeof Controller !== "function") throw optionInvalid(owner, "Controller", Controller, "a class with the actions as methods");
  assertArguments(owner, [...arguments], 3, "(prefix, Controller, options)");
  assertKnownOptions(owner, options, resourceKinds);
  const { only, param = "id", actions: actionOptions = {}, ...shared } = options;
  // Object.keys gives plain strings for keys it has just read.
  const names = Object.keys(actions) as ResourceAction[];
  assertKnownOptions(`${owner} actions`, actionOptions, names);
  for (const name of only ?? []) if (!names.includes(name)) throw optionInvalid(owner, "only", name, `one of ${names.join(", ")}`);
  const controller = new Controller();
  const routes = new Map<ResourceAction, HandlerRoute[]>();
  for (const name of names) {
    const action = controller[name];
    if (only?.includes(name) === false) continue;
    if (typeof action !== "function") {
      if (only === undefined) continue;
      throw optionInvalid(owner, "only", name, `an action that the class ${Controller.name} has`);
    }
    // The controller's own method decides which context it takes.
    const handler: AnyHandler = (context) => action.call(controller, context as never);
    routes.set(
      name,
      actions[name].methods.map((method) => createRoute(method, [actions[name].path(param), actionOptions[name] ?? {}, handler], resource)),
    );
  }
  if (routes.size === 0)
    throw new GableError("E_OPTION_INVALID", `${owner}: the class ${Controller.name} has none of the actions ${names.join(", ")}.`);
  return new Resource(prefix, shared, routes, createOverride(param, routes));
}

/** POST to a member with `_method` in its form: never read from the query, and only after the cross-site check. */
function createOverride(param: string, routes: ReadonlyMap<ResourceAction, readonly HandlerRoute[]>): OverrideRoute[] {
  const [put, patch] = routes.get("update") ?? [];
  const [destroy] = routes.get("destroy") ?? [];
  const targets = { ...(put && { PUT: put }), ...(patch && { PATCH: patch }), ...(destroy && { DELETE: destroy }) };
  if (put === undefined && destroy === undefined) return [];
  const { limits }: RouteOptions = { ...destroy?.options, ...put?.options };
  const route = createRoute("POST", [`/:${param}`, () => null], resource);
  return [new OverrideRoute(route, limits === undefined ? {} : { limits }, { targets })];
}

/** The route that a `_method` field selects. */
export interface OverrideTargets {
  /** Routes by method. */
  readonly targets: Readonly<Partial<Record<string, HandlerRoute>>>;
}

/** A route whose form names the route to run. */
export class OverrideRoute extends HandlerRoute {
  readonly override: OverrideTargets;

  constructor(route: HandlerRoute, options: RouteOptions, override: OverrideTargets) {
    super(route, options, route.handler);
    this.override = override;
  }
}

/** Context of an action, for the types of a controller's methods. */
export type ActionContext<Params = { id: string }> = Context<{ params: Params; query: Context["query"]; form: unknown; json: unknown }>;
