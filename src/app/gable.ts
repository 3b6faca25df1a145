/** gable(): the application object. */
import { assertArguments } from "../errors/option-errors.ts";
import type { Database } from "../data/database.ts";
import { databasesMissing, databasesPart } from "../data/part.ts";
import { GableError } from "../errors/gable-error.ts";
import { toErrorText } from "../errors/error-text.ts";
import type { HandlerRoute, RouteFactory } from "../handlers/define-route.ts";
import type { Context } from "../handlers/context.ts";
import { createRouteFactory } from "../handlers/define-route.ts";
import type { SocketFactory } from "../handlers/define-socket.ts";
import { createSocketFactory } from "../handlers/define-socket.ts";
import type { AppLogger } from "../handlers/logger.ts";
import type { ViewFunction } from "../handlers/view-function.ts";
import type { RawRequest, RequestListener } from "../http/message.ts";
import type { Lifecycle } from "../parts/lifecycle.ts";
import type { Mode } from "../parts/mode.ts";
import type { PartInstance, TypedPart } from "../parts/part.ts";
import type { PageOptions } from "../replies/replies.ts";
import { toViewReply } from "../replies/replies.ts";
import type { Route } from "../routing/route.ts";
import { RouteTable } from "../routing/route-table.ts";
import { tasksPart } from "../tasks/part.ts";
import { defaultLimits } from "../server/limits.ts";
import type { Assembly } from "./assemble.ts";
import { assemble } from "./assemble.ts";
import type { CompiledRoute } from "./compile-routes.ts";
import type { ApplicationListener } from "./create-listener.ts";
import type { ContextServices } from "./context-services.ts";
import type { ApplicationFacts, RouteFacts } from "./describe.ts";
import { describeApplication, describeRoute } from "./describe.ts";
import type { RequestObserver } from "./error-replies.ts";
import { logLateError } from "./error-replies.ts";
import type { RequestWatch } from "./request-watch.ts";
import { replacePath } from "./failed-request.ts";
import { isEnabled } from "./features.ts";
import type { FetchRuntime } from "./fetch-request.ts";
import { createFetch, fromFetchRequest, toResponse } from "./fetch-request.ts";
import type { ListenOptions, RunningApp } from "./listen.ts";
import { resolveMode } from "./mode.ts";
import type { GableOptions } from "./options.ts";
import { assertGableOptions, withSettings } from "./options.ts";
import { PendingWork } from "./pending-work.ts";

/**
 * Creates an application. Options are checked here and when it starts; requests only run.
 * Throws `E_OPTION_UNKNOWN`, `E_OPTION_INVALID`, `E_ROUTE_DUPLICATE`, `E_PATTERN_MALFORMED` and similar errors.
 *
 * @example
 * const app = gable();
 * app.get("/", () => html`<h1>Hello</h1>`);
 * app.listen(3000);
 */
export function gable(options: GableOptions = {}): Application {
  assertArguments("gable()", [...arguments], 1, "one object of options");
  return new Application(options);
}

/** An application: routes, and the protections around them. */
export class Application {
  /** The mode it runs in. */
  readonly mode: Mode;
  /** @internal Options as given, with those of the settings. */
  readonly options: GableOptions;
  /** Adds a route for GET. */
  readonly get: RouteFactory = this.#factory("GET");
  /** Adds a route for POST. */
  readonly post: RouteFactory = this.#factory("POST");
  /** Adds a route for PUT. */
  readonly put: RouteFactory = this.#factory("PUT");
  /** Adds a route for PATCH. */
  readonly patch: RouteFactory = this.#factory("PATCH");
  /** Adds a route for DELETE. */
  readonly delete: RouteFactory = this.#factory("DELETE");
  /** Adds a WebSocket route. */
  readonly socket: SocketFactory = createSocketFactory((route) => this.#add(route));
  readonly #table = new RouteTable<CompiledRoute>();
  readonly #services: ContextServices;
  readonly #compile: Assembly["compile"];
  readonly #parts: Lifecycle;
  readonly #pendingWork = new PendingWork();
  /** What stops the servers of listen(). */
  readonly #servers = new Set<() => Promise<void>>();
  readonly #observers = new Set<RequestObserver>();
  /** Answers requests while the parts are running; undefined before that, and once they begin to stop. */
  #running: ApplicationListener | undefined;

  /** @internal Use {@link gable}. */
  constructor(given: GableOptions) {
    const options = withSettings(given);
    assertGableOptions(options);
    this.options = { ...options };
    this.mode = resolveMode(options.mode);
    const { services, lifecycle, compile } = assemble(this.options, {
      mode: this.mode,
      table: this.#table,
      observers: this.#observers,
      onWork: (work) => this.#pendingWork.add(work),
      onStarted: (running) => (this.#running = running),
      onStopping: () => (this.#running = undefined),
    });
    this.#services = services;
    this.#parts = lifecycle;
    this.#compile = compile;
    compile(options.routes ?? []);
  }

  /** Routes in order of definition: method, whole pattern, name and place. */
  get routes(): readonly Route[] {
    return this.#table.entries.map(({ route }) => route);
  }

  /** Methods that some route has. */
  get methods(): readonly string[] {
    return [...this.#table.methods];
  }

  /** Returns facts about the application, for the command line and for tools. Nothing is opened. */
  describe(): ApplicationFacts {
    return describeApplication(
      this.options,
      this.mode,
      this.#table.entries.map(({ compiled }) => compiled),
    );
  }

  /** Finds the route that takes a path; undefined when none does. */
  findRoute(method: string, path: string): RouteFacts | undefined {
    const match = this.#table.find(method, path);
    return match === undefined ? undefined : describeRoute(match.entry.compiled);
  }

  /** Returns what a part made for this application. Throws `E_PART_MISSING` while it is not running. */
  part<Instance extends PartInstance>(part: TypedPart<Instance>): Instance {
    return this.#parts.get(part);
  }

  /** Returns the address of a static file; in production with a name that changes with its content. Throws `E_ASSET_UNKNOWN`. */
  assetUrl(name: string): string {
    return this.#services.assetUrl(name);
  }

  /** Renders a template file outside of a request: for mail, tasks and tests. */
  readonly view: ViewFunction = ((name: string, props: Readonly<Record<string, unknown>> = {}, options?: PageOptions): unknown => {
    const rendered = this.#services.renderView(name, props, { options: this.#services.renderOptions });
    return options === undefined ? rendered : toViewReply(rendered, options);
  }) as ViewFunction; // The signatures come from the generated list of views.

  /** Returns the database, or one of several by its name. Throws `E_DATABASE_MISSING` before the application has started. */
  database(name = "default"): Database {
    const databases = this.#parts.find(databasesPart);
    if (databases === undefined) throw databasesMissing(isEnabled(databasesPart, this.options));
    return databases.get(name);
  }

  /** Starts all parts, once: listen(), fetch() and request() wait for it. After a failure, you can start again. */
  start(): Promise<void> {
    return this.#parts.start();
  }

  /** Tells all parts that the application is about to stop: `/ready` answers 503. A server that stops does this. */
  drain(): void {
    this.#parts.drain();
  }

  /** Stops what listen() started, waits for work after replies, then stops all parts. You can start the application again. */
  async close(): Promise<void> {
    this.drain();
    if (this.#servers.size > 0) await Promise.all([...this.#servers].map((stop) => stop()));
    await this.#pendingWork.settle();
    await this.#parts.stop();
  }

  /** Answers requests of the engine and of other servers. Starts the application when it has not started. */
  readonly listener: RequestListener = (request) => {
    if (this.#running !== undefined) return this.#running.listener(request);
    // What start() sets is set then.
    return this.start().then(() => this.#running!.listener(request));
  };

  /** Answers a web-standard request: for other runtimes, for mounting, for tests. */
  readonly fetch: (request: Request, runtime?: FetchRuntime) => Promise<Response> = createFetch(this, this.#table);

  /** Answers a request in memory: a path of the application, and what `new Request()` takes. */
  request(path: string, init: RequestInit = {}, runtime: FetchRuntime = {}): Promise<Response> {
    const origin = this.options.origin ?? `http://${this.#services.defaultAuthority}`;
    // Joined as text: "//a" is a path with an empty segment, not another host.
    return this.fetch(new Request(origin + path, init), runtime);
  }

  /**
   * Listens: on loopback unless a host is given. Prints the address, and stops in order on SIGTERM and SIGINT.
   * Throws `E_LISTEN`, and `E_HOSTS_MISSING` for an open address in production without a list of hosts.
   */
  async listen(where: number | ListenOptions = {}): Promise<RunningApp> {
    const { listen } = await import("./listen.ts");
    await this.start();
    return listen(this, typeof where === "number" ? { port: where } : where);
  }

  /** @internal Keeps what stops a server of listen(); returns the function that forgets it. */
  addServer(stop: () => Promise<void>): () => void {
    this.#servers.add(stop);
    return () => this.#servers.delete(stop);
  }

  /** @internal What is watched of requests while the application listens. */
  get watch(): RequestWatch {
    return this.#services.watch;
  }

  /** @internal The logger of the application. */
  get logger(): AppLogger {
    return this.#services.logger;
  }

  /** @internal Whether the supervisor of this process should run the tasks of the application in a separate process. */
  get hasTasksToRun(): boolean {
    return this.#parts.find(tasksPart)?.isSupervised === true;
  }

  /** @internal Runs the tasks of the application, and serves nothing. */
  async runTasks(): Promise<{ stop(options: { graceMs?: number }): Promise<void> }> {
    await this.start();
    return {
      stop: async ({ graceMs }) => {
        this.drain();
        await this.#parts.find(tasksPart)?.stop(graceMs);
        await this.close();
      },
    };
  }

  /** @internal Reports an error that ends the process, with the request whose work it came from. Returns that route. */
  reportFatal(error: unknown, message: string): string | undefined {
    const context = this.#services.watch.tracker?.getStore();
    const { method, shownPath: path, requestId, route } = context ?? {};
    const label = route === undefined ? undefined : `${method} ${route.binding?.pattern ?? route.pattern}`;
    this.#services.logger.fatal({ requestId, method, route: label, path, error }, message);
    return label;
  }

  /** @internal Returns a path without secrets, for logs. */
  toShownPath(method: string, path: string): string {
    return this.#services.hidePath(method, path);
  }

  /** Reports an error that no reply can show. If a reply was being sent, pass its request: the log line then names it. */
  reportError(error: unknown, request?: RawRequest | null): void {
    const context = request === undefined || request === null ? undefined : this.#services.watch.replies.get(request);
    if (context !== undefined) return logLateError(context, error);
    const { method, path } = request ?? {};
    const shown = method === undefined || path === undefined ? undefined : this.toShownPath(method, path);
    const failure = replacePath(error, path, shown);
    this.#services.logger.error({ method, path: shown, error: failure }, toErrorText(failure));
  }

  /** @internal Tells a test client what happens behind its replies; returns the function that ends it. */
  observe(observer: RequestObserver): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  /** @internal Opens other databases than the options say, for tests. Throws `E_APP_STARTED` when they are open. */
  replaceDatabases(databases: NonNullable<GableOptions["databases"]>): void {
    if (this.#parts.hasStarted)
      throw new GableError("E_APP_STARTED", "testDatabase(app) came after the application had started.", {
        fix: "Call testDatabase(app) at the top of the file, and let it start the application.",
      });
    // The parts read the options when they start.
    Object.assign(this.options, { database: undefined, databases });
  }

  /** @internal Runs work of a test with the context of a request. The response has the cookies that the work sets, and no content. */
  async visit(headers: Headers, work: (context: Context) => unknown): Promise<Response> {
    await this.start();
    const url = this.options.origin ?? `http://${this.#services.defaultAuthority}`;
    const raw = fromFetchRequest(new Request(url, { headers }), defaultLimits, this.#table.methods);
    return toResponse(await this.#running!.visit(raw, work), raw.method);
  }

  #factory(method: string): RouteFactory {
    return createRouteFactory(method, (route) => this.#add(route));
  }

  #add(route: HandlerRoute): void {
    if (this.#parts.hasStarted)
      throw new GableError("E_APP_STARTED", `The route ${route.method} "${route.pattern}" came after the application had started.`);
    this.#compile([route]);
  }
}
