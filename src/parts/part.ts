/** The shape that every feature of an application has. A part is a plain value: nothing happens until an application takes it. */
import type { SourcePlace } from "../errors/source-place.ts";
import { findCallerPlace } from "../errors/source-place.ts";
import type { AnyContext } from "../handlers/context.ts";
import type { RouteEntry } from "../handlers/group.ts";
import type { Logger } from "../handlers/logger.ts";
import type { RawRequest, Reply } from "../http/message.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import type { Route } from "../routing/route.ts";
import type { AnyCheck } from "./check.ts";
import type { Mode } from "./mode.ts";

/** A value, or a promise of it: what is ready is passed on without waiting. */
export type Pending<Value> = Value | Promise<Value>;

/** A feature of an application. */
export interface Part<Name extends string = string, Instance extends PartInstance = PartInstance, Options extends object = {}> {
  /** Name, unique in an application: lower-case letters, digits and hyphens, starting with a letter. */
  readonly name: Name;
  /** Parts that start before this one and stop after it. The application takes them, too. None by default. */
  readonly needs?: readonly AnyPart[];
  /** Options of `gable()` that bring a built-in part. None by default: your own part takes its options where you create it. */
  readonly option?: PartOption<Options>;
  /**
   * Creates the routes that the part adds. `instance` gives what `start` returned, once the application has started.
   * None by default. `mode` is that of the application. Import heavy code inside the handlers.
   */
  readonly routes?: (instance: () => Instance, options: Options, mode: Mode) => readonly RouteEntry[];
  /** Properties of the context, computed once per request when something reads them. None by default. */
  readonly properties?: Readonly<Record<string, (context: AnyContext, instance: Instance) => unknown>>;
  /** Checks that run before an application with the part serves: see `defineCheck()`. None by default. */
  readonly checks?: readonly AnyCheck[];
  /** Starts the part for one application. Load modules and open connections here. */
  readonly start: (host: PartHost, options: Options) => Pending<Instance>;
  /** Where the part was defined, for messages. Set by `definePart()`. */
  readonly place?: SourcePlace | undefined;
}

/** What one application gets from a part. All state lives here, so that two applications never share any. */
export type PartInstance = PartHooks & object;

/** What the instance of a part may offer to its application. */
export interface PartHooks {
  /** Runs around every request: for tracing, or to carry a value through its asynchronous work. */
  around?(request: RawRequest, work: () => Pending<Reply>): Pending<Reply>;
  /** Runs the work of a request or of a task so that its code finds this part, as `sendMail()` finds the mail of its application. */
  enter?<Result>(work: () => Result): Result;
  /** Answers requests before hosts and routes are checked; undefined passes a request on. */
  early?(request: RawRequest): Pending<HandlerReply> | undefined;
  /** Checks whether the part can serve: it throws, or gives false, when it cannot. */
  health?(): unknown;
  /** Called when all parts have started: begin work that comes from no request, such as tasks. */
  started?(): void;
  /** Called when the stop begins: take no new work, and end long replies. */
  drain?(): void;
  /** Releases what `start` opened. Parts stop in reverse order; one that fails does not keep the others from stopping. */
  stop?(): Pending<void>;
}

/** The options of `gable()` that bring a built-in part. */
export interface PartOption<Options extends object> {
  /** Names of the options. */
  readonly names: Readonly<Record<keyof Options, true>>;
  /** Checks their values. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`. */
  readonly check: (options: Options) => void;
  /** Whether these values bring the part. By default one of the options must be set. */
  readonly isEnabled?: (options: Options) => boolean;
}

/** What a part may ask of its application. */
export interface PartHost {
  /** Mode of the application. */
  readonly mode: Mode;
  /** Logger of the application. */
  readonly logger: Logger;
  /** Prefix of all routes of the application; "" for none. */
  readonly basePath: string;
  /** Returns the instance of a part that is listed in `needs`. Throws `E_PART_NEEDS` for another one. */
  part<Instance extends PartInstance>(part: TypedPart<Instance>): Instance;
  /** Returns the instance of a part that started before; undefined when the application does not have it. */
  find<Instance extends PartInstance>(part: TypedPart<Instance>): Instance | undefined;
  /** Returns the health checks of all parts that have started, by the name of the part. */
  healthChecks(): ReadonlyMap<string, () => unknown>;
  /** Whether the application has a route for GET with exactly this pattern. */
  hasRoute(pattern: string): boolean;
  /** Returns the route of the application that has this name; undefined without one. */
  findRoute(name: string): Route | undefined;
  /** @internal Hides the secrets in a path of the application, for logs. */
  hidePath(method: string, path: string): string;
  /** Runs work that comes from no request, such as a task, so that its code finds all parts of the application. */
  enter<Result>(work: () => Result): Result;
  /** @internal Returns the id of the request whose work runs; undefined outside of requests, and before the application listens. */
  requestId(): string | undefined;
  /** Reads a variable of the environment; undefined when it is not set. */
  environment(name: string): string | undefined;
  /** Renders a template file outside of a request; undefined when the application has none of that name. */
  renderView(name: string, props: Readonly<Record<string, unknown>>, locale?: string): Promise<string> | undefined;
}

/** A part by what its instance is. */
export interface TypedPart<Instance extends PartInstance> {
  /** Name of the part. */
  readonly name: string;
  /** Starts the part. */
  readonly start: (host: PartHost, options: never) => Pending<Instance>;
}

/** A part, whatever its instance and its options are. */
export interface AnyPart extends TypedPart<PartInstance> {
  /** Parts that start before this one. */
  readonly needs?: readonly AnyPart[];
  /** Options of `gable()` that bring it. */
  readonly option?: PartOption<never>;
  /** Creates its routes. */
  readonly routes?: (instance: () => never, options: never, mode: Mode) => readonly RouteEntry[];
  /** Properties of the context. */
  readonly properties?: Readonly<Record<string, (context: AnyContext, instance: never) => unknown>>;
  /** Checks of it. */
  readonly checks?: readonly AnyCheck[];
  /** Where it was defined. */
  readonly place?: SourcePlace | undefined;
}

/**
 * Defines a part: infers its types, and notes where it was written, for messages.
 *
 * @example
 * export const uptime = definePart({
 *   name: "uptime",
 *   properties: { uptimeMs: (_context, clock) => performance.now() - clock.startedMs },
 *   start: () => ({ startedMs: performance.now() }),
 * });
 */
export function definePart<const Name extends string, Instance extends PartInstance, Options extends object = {}>(
  part: Part<Name, Instance, Options>,
): Part<Name, Instance, Options> {
  return Object.freeze({ place: findCallerPlace(definePart), ...part });
}
