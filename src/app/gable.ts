/** gable(): the application object. */
import { GableError } from "../errors/gable-error.ts";
import { findNearestName } from "../errors/nearest-name.ts";
import type { ViewProject } from "../views/files/view-project.ts";
import { describeValue } from "../errors/option-errors.ts";
import type { RawRequest, Reply, RequestListener } from "../http/message.ts";
import { createForwardedReader } from "../http/proxies.ts";
import { RouteTable } from "../routing/route-table.ts";
import type { QueryFinding, QueryWatch } from "../diagnostics/query-report.ts";
import type { Route } from "../routing/route.ts";
import { createHostCheck } from "../security/hosts.ts";
import { SecurityHeaders } from "../security/response-headers.ts";
import type { StaticFiles, StaticOptions } from "../files/static-files.ts";
import type { PlainReply } from "../replies/file-reply.ts";
import type { HandlerReply } from "../replies/handler-reply.ts";
import type { ServerLimits } from "../server/limits.ts";
import { defaultLimits } from "../server/limits.ts";
import type { CompileSettings, CompiledRoute } from "./compile-routes.ts";
import { compileRoutes } from "./compile-routes.ts";
import type { RequestContext } from "./request-context.ts";
import type { AppDatabases } from "./app-databases.ts";
import { hasDatabases, hasReplicas, openAppDatabases } from "./app-databases.ts";
import type { ContextServices } from "./context-services.ts";
import type { RouteFactory } from "../handlers/define-route.ts";
import { RequestRenderContext } from "./request-render-context.ts";
import { createRoute, createRouteFactory } from "../handlers/define-route.ts";
import { createDispatch } from "./dispatch.ts";
import type { ErrorObserver } from "./error-replies.ts";
import { createErrorReplies } from "./error-replies.ts";
import { fromFetchRequest, holdSmallFile, toFetchRequest, toResponse } from "./fetch-request.ts";
import { fromPlainReply } from "../replies/files.ts";
import type { Database } from "../data/database.ts";
import type { HealthOptions } from "./health.ts";
import { Health } from "./health.ts";
import { refusalReply } from "../server/refusals.ts";
import type { ListenOptions, RunningApp } from "./listen.ts";
import { createLogger } from "./create-logger.ts";
import { resolveMode } from "./mode.ts";
import type { Mode } from "../parts/mode.ts";
import type { GableOptions } from "./options.ts";
import { assertGableOptions } from "./options.ts";
import { toViewReply } from "../replies/replies.ts";
import type { PageOptions } from "../replies/replies.ts";
import { createRequestIds } from "./request-id.ts";
import { toViewOptions } from "./view-options.ts";
import type { ViewFunction } from "../handlers/view-function.ts";
import { MemoryFragments } from "../views/rendering/fragment-cache.ts";
import { toRenderOptions } from "../views/rendering/render-options.ts";
import type { ErrorCode } from "../errors/catalogue.ts";

/**
 * Makes an application. Everything is checked here and when it starts; requests only run.
 * Throws `E_OPTION_UNKNOWN`, `E_OPTION_INVALID`, `E_ROUTE_DUPLICATE`, `E_PATTERN_MALFORMED` and their kin.
 *
 * @example
 * const app = gable();
 * app.get("/", () => html`<h1>Hello</h1>`);
 * app.listen(3000);
 */
export function gable(options: GableOptions = {}): Application {
  return new Application(options);
}

/** An application: routes, and the protections around them. */
export class Application {
  /** The mode it runs in. */
  readonly mode: Mode;
  /** @internal Options as given. */
  readonly options: GableOptions;
  /** @internal Health endpoints. */
  readonly health: Health | undefined;
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
  readonly #table = new RouteTable<CompiledRoute>();
  readonly #services: ContextServices;
  readonly #compileSettings: CompileSettings;
  readonly #listener: RequestListener;
  readonly #fetchLimits: Required<ServerLimits>;
  /** Static files, once they are loaded. */
  #static: StaticFiles | undefined;
  /** Template files, once they are loaded. */
  #views: ViewProject | undefined;
  /** The databases, while the application runs. */
  #databases: AppDatabases | undefined;
  #opening: Promise<void> | undefined;
  #endScopeLog: (() => void) | undefined;
  /** What lets a request read what it has written, where there are replicas. */
  #readYourWrites: (<Result>(work: () => Result) => Result) | undefined;
  readonly #observers = new Set<ErrorObserver>();
  /** What looks at the statements of requests, in development. */
  #queryWatch: QueryWatch | undefined;
  #ready: Promise<void> | undefined;
  #isStarted = false;

  /** @internal Use {@link gable}. */
  constructor(options: GableOptions) {
    assertGableOptions(options);
    this.options = options;
    this.mode = resolveMode(options.mode);
    this.#fetchLimits = { ...defaultLimits, ...options.limits };
    const isProduction = this.mode === "production";
    const views = toViewOptions(options.views ?? "views");
    const logger = options.logger ?? createLogger(this.mode);
    this.#services = createServices(options, {
      isProduction,
      logger,
      assetUrl: (name) => this.assetUrl(name),
      routeUrl: (name, params) => this.#routeUrl(name, params),
      renderView: (name, props, context) => this.#assertViews(name).render(name, props, context),
      findView: (name) => this.#views?.find(name),
      renderOptions: toRenderOptions({ ...views, keepsComments: this.mode === "development" }),
      fragments: views.fragments ?? (this.mode === "development" ? undefined : new MemoryFragments()),
    });
    this.health = options.health === false ? undefined : new Health(this.#withDatabaseCheck(options.health));
    const toErrorReply = createErrorReplies({
      isDevelopment: this.mode === "development",
      onError: options.onError,
      table: this.#table,
      observers: this.#observers,
    });
    this.#compileSettings = {
      basePath: options.basePath ?? "",
      converters: options.converters ?? {},
      checksReturns: !isProduction,
      toErrorReply,
    };
    this.#listener = createDispatch({
      services: this.#services,
      table: this.#table,
      isKnownHost: createHostCheck(options.hosts, options.hosts === undefined || !isProduction),
      trustedOrigins: new Set(options.security?.trustedOrigins ?? []),
      trailingSlash: options.trailingSlash ?? "redirect",
      health: this.health,
      toErrorReply,
      securityHeaders: new SecurityHeaders({ csp: options.security?.csp ?? {}, allowUnsafe: options.security?.allowUnsafe, isProduction }),
      refresh: this.mode === "development" && options.views !== undefined ? () => this.#views?.refresh() : undefined,
      watch: this.mode === "development" || hasReplicas(options) ? (raw, work) => this.#watch(raw, work) : undefined,
      onPublicRefused: (label) => refusePublic(label, isProduction, logger),
    });
    this.#addStaticRoutes();
    compileRoutes(options.routes ?? [], this.#table, this.#compileSettings);
  }

  /** Routes in order of definition: method, whole pattern, name and place. */
  get routes(): readonly Route[] {
    return this.#table.entries.map(({ route }) => route);
  }

  /** The address of a static file; in production with a name that changes with its content. Throws `E_ASSET_UNKNOWN`. */
  assetUrl(name: string): string {
    if (this.#static !== undefined) return this.#static.assetUrl(name);
    const reason = this.options.static === undefined ? "the application has no option static" : "the application has not started";
    throw new GableError("E_ASSET_UNKNOWN", `There is no static file ${describeValue(name)}: ${reason}.`);
  }

  /** Renders a template file outside of a request: for mail, tasks and tests. */
  readonly view: ViewFunction = ((name: string, props: Readonly<Record<string, unknown>> = {}, options?: PageOptions): unknown => {
    const rendered = this.#assertViews(name).render(name, props, { options: this.#services.renderOptions });
    return options === undefined ? rendered : toViewReply(rendered, options);
  }) as ViewFunction; // The signatures come from the generated list of views.

  #assertViews(name: string): ViewProject {
    if (this.#views !== undefined) return this.#views;
    const reason = this.options.views === undefined ? "the application has no option views" : "the application has not started";
    throw new GableError("E_VIEW_NOT_FOUND", `There is no view ${describeValue(name)}: ${reason}.`);
  }

  /** The database, or one of several by its name. Throws `E_DATABASE_MISSING` before the application has started. */
  database(name = "default"): Database {
    if (this.#databases !== undefined) return this.#databases.get(name);
    const reason = hasDatabases(this.options) ? "has not started" : "has no option models";
    throw new GableError("E_DATABASE_MISSING", `The application ${reason}: it has no open database.`, {
      fix: hasDatabases(this.options) ? "Await app.start() first." : "Pass models to gable().",
    });
  }

  #withDatabaseCheck(health: HealthOptions = {}): HealthOptions {
    if (!hasDatabases(this.options)) return health;
    return { ...health, checks: { database: () => this.#databases?.check(), ...health.checks } };
  }

  /** Prepares what needs the disk, and opens the databases, once; listen(), fetch() and request() wait for it. */
  async start(): Promise<void> {
    await this.#prepare();
    if (hasDatabases(this.options)) await (this.#opening ??= this.#open());
  }

  async #open(): Promise<void> {
    try {
      if (hasReplicas(this.options)) ({ readYourWrites: this.#readYourWrites } = await import("../data/ambient/written.ts"));
      if (this.mode === "development") (await import("../data/run/fetch-watch.ts")).watchFetches();
      const { watchScopes } = await import("../diagnostics/scope-log.ts");
      this.#databases = await openAppDatabases(this.options);
      if (this.mode === "development") await this.#syncTables(this.#databases);
      this.#endScopeLog = watchScopes((reason) => this.#services.logger.info({ reason }, "Work left the scopes of models."));
    } catch (error) {
      // What was wrong may be right when it is started again.
      this.#opening = undefined;
      throw error;
    }
  }

  /** Lets a site begin without migrations: what is missing of its tables is made, in development alone. */
  async #syncTables(databases: AppDatabases): Promise<void> {
    const { logger } = this.#services;
    for (const { name, made, isSame, left } of await databases.sync()) {
      if (made.length > 0) logger.info({ database: name, made }, "Tables of models were made: there are no migrations yet.");
      const fix = "Write a migration: makeMigration() of gable/migrations.";
      if (!isSame) logger.warn({ database: name, left, fix }, "Tables differ from the models, and nothing of it was changed.");
    }
  }

  /** Closes the databases: what stops a server does it. An application that is started again opens them again. */
  async close(): Promise<void> {
    await this.#opening;
    const databases = this.#databases;
    this.#databases = undefined;
    this.#opening = undefined;
    this.#endScopeLog?.();
    await databases?.close();
  }

  #prepare(): Promise<void> {
    this.#ready ??= (async () => {
      if (this.options.static !== undefined) this.#static = await loadStaticFiles(this.options.static, this.mode !== "development");
      if (this.options.views !== undefined)
        this.#views = await loadViews(toViewOptions(this.options.views), this.mode, this.#services.logger);
      if (this.mode === "development") this.#queryWatch = (await import("../diagnostics/query-report.ts")).createQueryWatch();
      this.#isStarted = true;
    })();
    return this.#ready;
  }

  /** Runs the work of a request: it reads what it has written; of what it asks too often or too slowly, the log is told. */
  #watch(raw: RawRequest, answer: () => Reply | Promise<Reply>): Reply | Promise<Reply> {
    const separate = this.#readYourWrites;
    const work = separate === undefined ? answer : () => separate(answer);
    if (this.#queryWatch === undefined) return work();
    const tell = ({ text, facts }: QueryFinding): void => this.#services.logger.warn(facts, `${raw.method} ${raw.path} ${text}.`);
    return this.#queryWatch(work, tell);
  }

  /** The listener for the engine and other servers; give it requests after {@link start}. */
  get listener(): RequestListener {
    return this.#listener;
  }

  /** Methods that some route has. */
  get methods(): readonly string[] {
    return [...this.#table.methods];
  }

  /** Answers a web-standard request: for other runtimes, for mounting, for tests. */
  readonly fetch = async (request: Request): Promise<Response> => {
    await this.start();
    let raw: RawRequest;
    try {
      raw = fromFetchRequest(request, this.#fetchLimits, this.#table.methods);
    } catch (error) {
      if (!(error instanceof GableError)) throw error;
      // Faults of a body carry codes of the catalogue.
      const refusal = refusalReply(error.code as ErrorCode);
      return toResponse(refusal, request.method);
    }
    return toResponse(await holdSmallFile(await this.#listener(raw), request.method), request.method);
  };

  /** Answers a request in memory: a path of the application, and what `new Request()` takes. */
  request(path: string, init: RequestInit = {}): Promise<Response> {
    const host = this.options.hosts?.find((name) => !name.startsWith(".")) ?? "localhost";
    // Joined as text: "//a" is a path with an empty segment, not another host.
    return this.fetch(new Request((this.options.origin ?? `http://${host}`) + path, init));
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

  /** Reports an error that no reply can tell. */
  reportError(error: unknown): void {
    this.#services.logger.error({ error }, error instanceof Error ? error.message : String(error));
  }

  /** @internal Tells a test client of errors behind its replies; gives the function that ends it. */
  observeErrors(observer: ErrorObserver): () => void {
    this.#observers.add(observer);
    return () => void this.#observers.delete(observer);
  }

  #routeUrl(name: string, params: Readonly<Record<string, unknown>>): string {
    const route = this.routes.find((each) => each.name === name);
    if (route !== undefined) return route.url(params as never); // The signature of a route found by name is not known here.
    const names = this.routes.map((each) => each.name).filter((each) => each !== undefined);
    const nearest = findNearestName(name, names);
    throw new GableError("E_ROUTE_NAME_UNKNOWN", `There is no route named ${describeValue(name)}.`, {
      fix: nearest === undefined ? "Give the route a name, or import it and call its url()." : `Write "${nearest}" instead of "${name}".`,
    });
  }

  #factory(method: string): RouteFactory {
    return createRouteFactory(method, (route) => {
      if (this.#isStarted)
        throw new GableError("E_APP_STARTED", `The route ${method} "${route.pattern}" came after the application had started.`);
      compileRoutes([route], this.#table, this.#compileSettings);
    });
  }

  #addStaticRoutes(): void {
    if (this.options.static === undefined) return;
    const { at = "/static", root = [] } = toStaticOptions(this.options.static);
    const answer = (context: RequestContext, name: string): unknown => {
      const reply = this.#static?.answer(context.method, context.headers, name);
      return reply instanceof Promise ? reply.then(toStaticReply) : toStaticReply(reply);
    };
    // The pattern of the route has the parameter.
    const folder = (context: RequestContext): unknown => answer(context, (context.params as { name: string }).name);
    const routes = [createRoute("GET", [`${at.replace(/\/$/, "")}/*name`, folder], gable)];
    for (const name of root) routes.push(createRoute("GET", [`/${name}`, (context: RequestContext) => answer(context, name)], gable));
    compileRoutes(routes, this.#table, this.#compileSettings);
  }
}

function toStaticReply(reply: PlainReply | undefined): HandlerReply {
  if (reply === undefined) throw new GableError("E_FILE_NOT_FOUND", "There is no such file.");
  return fromPlainReply(reply);
}

/** Loaded where there are template files alone. */
async function loadViews(options: ReturnType<typeof toViewOptions>, mode: Mode, logger: ContextServices["logger"]): Promise<ViewProject> {
  const module = await import("../views/files/view-project.ts");
  const { fragments: _fragments, mustache: _mustache, raw: _raw, markIncludes = false, ...compiled } = options;
  const views = new module.ViewProject({
    ...compiled,
    markIncludes: markIncludes && mode === "development",
    watches: mode === "development",
    keepsComments: mode === "development",
    onWarning: (facts, message) => logger.warn(facts, message),
  });
  await views.start();
  return views;
}

function toStaticOptions(option: string | StaticOptions): StaticOptions {
  return typeof option === "string" ? { directory: option } : option;
}

/** Loaded where there are static files alone: an application without them starts without it. */
async function loadStaticFiles(option: string | StaticOptions, isClosed: boolean): Promise<StaticFiles> {
  const module = await import("../files/static-files.ts");
  const files = new module.StaticFiles(toStaticOptions(option), isClosed);
  await files.load();
  return files;
}

function createServices(
  options: GableOptions,
  own: Pick<
    ContextServices,
    "isProduction" | "logger" | "assetUrl" | "routeUrl" | "renderView" | "findView" | "renderOptions" | "fragments"
  >,
): ContextServices {
  const readForwarded = createForwardedReader(options.proxies ?? { trust: [] });
  return {
    ...own,
    csp: options.security?.csp ?? {},
    locale: options.locale ?? "en",
    timeZone: options.timeZone ?? "UTC",
    origin: options.origin,
    defaultAuthority: options.hosts?.find((name) => !name.startsWith(".")) ?? "localhost",
    hasProxies: (options.proxies?.trust.length ?? 0) > 0,
    readForwarded: (raw) =>
      readForwarded({ address: raw.remote.address, scheme: raw.scheme, authority: raw.authority, headers: raw.headers }),
    createRequestId: createRequestIds(),
    createRequest: toFetchRequest,
    createRenderContext: (context) => new RequestRenderContext(context),
  };
}

/** A route that calls a personal reply public is a bug that must not reach a shared cache. */
function refusePublic(label: string, isProduction: boolean, logger: ContextServices["logger"]): void {
  const message = `${label} is declared public, and its reply depends on a person.`;
  if (!isProduction)
    throw new GableError("E_OPTION_INVALID", message, {
      fix: "Remove cache.public, or do not set cookies or use Authorization in this route.",
    });
  logger.warn(message);
}
