/**
 * Creates an application. Options are checked here and when it starts; requests only run.
 * Throws `E_OPTION_UNKNOWN`, `E_OPTION_INVALID`, `E_ROUTE_DUPLICATE`, `E_PATTERN_MALFORMED` and similar errors.
 *
 * @example
 * const app = gable();
 * app.get("/", () => html`<h1>Hello</h1>`);
 * app.listen(3000);
 */
export declare function gable(options?: GableOptions): Application;

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
export declare function definePart<const Name extends string, Instance extends PartInstance, Options extends object = {}>(part: Part<Name, Instance, Options>): Part<Name, Instance, Options>;

/** Creates a route for GET, and for HEAD unless HEAD has its own route. */
export declare const get: RouteFactory;

/** Creates a route for POST. */
export declare const post: RouteFactory;

/** Creates a route for PUT. */
export declare const put: RouteFactory;

/** Creates a route for PATCH. */
export declare const patch: RouteFactory;

/** Creates a route for DELETE; `delete` is a reserved word. */
export declare const del: RouteFactory;

/** Creates a route for HEAD that replaces the one derived from GET. */
export declare const head: RouteFactory;

/** Creates a route for OPTIONS that replaces the automatic reply. */
export declare const options: RouteFactory;

/**
 * Creates a WebSocket route. It has the middleware, guards, session and cross-site check of every other route.
 * @example
 * export const chat = socket("/chat/:room", { guard: signedIn }, { message: (socket, text) => socket.send(text) });
 */
export declare const socket: SocketFactory;

/**
 * Groups routes below a prefix.
 * With a list, the prefix is literal. Without a list, you create routes with the group, so that they get the types of
 * the prefix's parameters and of the middleware.
 * @example
 * const team = group("/teams/:team(slug)", { use: [loadTeam], guard: signedIn });
 * export const showProject = team.get("/projects/:id(int)", ({ params }) => params);
 */
export declare function group<const Prefix extends string, const Options extends SharedOptions = SharedOptions>(prefix: Prefix, ...rest: [options?: Options] | [routes: ListBelow<Prefix>, options?: SharedOptions]): Group<Prefix, AddedBy<Options>>;

/**
 * Maps a class to routes: index, new, create, show, edit, update, destroy. The instance is created once, at the start.
 * HTML forms reach update and destroy with POST and a field `_method`.
 */
export declare function resource(prefix: string, Controller: new () => ResourceController, options?: ResourceOptions): Resource;

/**
 * Passes requests below a prefix to a fetch handler, with the prefix removed. The checks of the application (hosts,
 * cross-site requests, limits) run before it.
 */
export declare function mount(prefix: string, handler: FetchHandler): Group;

/** Creates a middleware that adds typed properties: `middleware<{ team: Team }>((context, next) => next({ team }))`. */
export declare function middleware<Added = {}>(layer: Middleware<Added>): Middleware<Added>;

/** Replies with a value as JSON; dates become ISO strings, bigints become strings. */
export declare function json(value: unknown, options?: ReplyOptions): HandlerReply;

/** Replies with plain text. */
export declare function text(value: string, options?: ReplyOptions): HandlerReply;

/** Replies with markup and a custom status or headers. */
export declare function page(markup: Html, options?: PageOptions): HandlerReply;

/**
 * Redirects to a same-origin path. Throws `E_REDIRECT_UNSAFE` for other targets, unless their host is listed.
 * @example
 * return redirect(showPost.url({ slug }));
 */
export declare function redirect(target: string, options?: RedirectOptions): HandlerReply;

/** Replies with a problem of RFC 9457. */
export declare function problem(options: ProblemOptions): HandlerReply;

/** Sends pieces as they arrive, no faster than the client reads them. */
export declare function stream(source: AsyncIterable<string | Uint8Array>, options?: StreamOptions): HandlerReply;

/**
 * Replies with a file below a folder, including conditions and ranges. A path that leaves the folder, does not exist or
 * does not name a regular file is `E_FILE_NOT_FOUND` (404). Throws `E_FILE_ROOT_MISSING` without a root.
 * @example
 * get("/covers/:name", ({ params }) => file(params.name, { root: "var/covers" }));
 */
export declare function file(path: string, options: FileOptions): Promise<HandlerReply>;

/** Like {@link file}, as a download with a file name. */
export declare function download(path: string, options: DownloadOptions): Promise<HandlerReply>;

/**
 * Checks the conditions of a request against the current state. Returns the reply (304 or 412) if you can skip the
 * work; otherwise undefined, and the validators are sent with your reply.
 * @example
 * const early = checkConditions(context, { etag: `"${post.version}"` });
 * if (early) return early;
 */
export declare function checkConditions(context: ConditionsContext, validators: Validators): HandlerReply | undefined;

/** A reply with a status, its own header fields, and a body. */
export declare class HandlerReply {
    #private;
    /** Status, 200 to 599. */
    status: number;
    /** Body; a view is rendered when the reply is sent. */
    body: ReplyBody | Rendered;
    /** Media type; "" for none. A `content-type` in `headers` wins. */
    contentType: string;
    /** Whether a view with pending values is sent only when it is complete, with its length. */
    isBuffered: boolean;
    /** Identifies the content: sent with the reply, and compared with the conditions of the request. */
    validators: Validators | undefined;
    constructor(status: number, contentType: string, body: ReplyBody | Rendered, headers?: ReplyOptions["headers"]);
    /** Header fields of this reply; they override those of every reply. */
    get headers(): HeaderTable;
    /** Whether it has its own header fields. */
    get hasHeaders(): boolean;
}

/** Defines a custom converter; list it in `gable({ converters })`. */
export declare function defineConverter<Value>(converter: Converter<Value>): Converter<Value>;

/**
 * Creates markup from a template. Values are escaped for their context when it is rendered.
 * Throws `E_VIEW_PLACE` for a value where none is allowed, and `E_VIEW_UNCLOSED` for a template that ends inside a tag.
 * @example
 * html`<a href="/u/${user.id}" title="${user.name}">${user.name}</a>`;
 */
export declare function html(strings: TemplateStringsArray, ...holes: readonly Hole[]): Html;

/**
 * Marks a string as markup. It is sent unchanged: never pass user input.
 * The reason is for readers of the code: search for `raw` to find every use. Write literals as raw`<hr>`.
 * In an application with `views: { raw: "strict" }`, rendering any other use throws `E_VIEW_UNSAFE`: pass the string
 * through a {@link sanitizer} instead.
 * @example
 * raw(markdown.render(post.body), "rendered by markdown-it, sanitised at save");
 */
export declare function raw(markup: string | TemplateStringsArray, reason?: string): Html;

/** Marks a value to be written as JSON: in a script, in a `data-*` attribute, or as text. */
export declare function toJson<Value>(value: Value): Json<Value>;

/** Markup that is not rendered yet. Created by {@link html} and {@link raw}. */
export declare class Html {
    /** Returns the markup, without a request: no nonces. Throws `E_VIEW_CONTEXT` while a promise in it is pending. */
    toString(): string;
}

/**
 * Creates a signer. A token of one purpose never verifies for another one.
 *
 * @example
 * const invite = createSigner<{ team: number }>("team-invite", { ttlSeconds: 86_400 });
 * const token = invite.sign({ team: 7 });
 * invite.verify(token); // => { team: 7 }
 */
export declare function createSigner<Value>(purpose: string, options?: SignerOptions): Signer<Value>;

/**
 * An error with a code, a status and a fix.
 *
 * @example
 * throw new GableError("E_STOCK_EMPTY", "Only 2 are left.", { status: 409, expose: true });
 */
export declare class GableError extends Error {
    /** Permanent code: of the catalogue, or of your application. */
    readonly code: string;
    /** HTTP status of the reply. */
    readonly status: number;
    /** One imperative sentence that fixes it; empty when the code is not in the catalogue. */
    readonly fix: string;
    /** Facts for programs. */
    readonly details: Readonly<Record<string, unknown>>;
    /** Whether `message` is safe to show to a client. */
    readonly expose: boolean;
    /** Header fields for the reply. */
    readonly headers: ReadonlyArray<readonly [string, string]>;
    constructor(code: ErrorCode | (string & {}), message: string, options?: GableErrorOptions);
    /** Returns the page of the reference that explains the code, relative to the root of the documentation. */
    get docsUrl(): string;
}

/** Returns whether a value is a {@link GableError}, including one from a second copy of the package. */
export declare function isGableError(value: unknown): value is GableError;

/**
 * A target that came from outside, such as a `next` parameter: itself when it is safe, else the fallback.
 *
 * @example
 * safeRedirectTarget("//evil.example", "/"); // => "/"
 */
export declare function safeRedirectTarget(target: string | null | undefined, fallback: string): string;

/** 400: the request cannot be understood. */
export declare const badRequest: StatusError;

/** 401: credentials are needed. */
export declare const unauthorized: StatusError;

/** 403: the client is known, but not allowed. */
export declare const forbidden: StatusError;

/** 404: nothing exists at this address. */
export declare const notFound: StatusError;

/** 405: the path exists, the method does not. */
export declare const methodNotAllowed: StatusError;

/** 406: no representation that the client accepts. */
export declare const notAcceptable: StatusError;

/** 409: conflict with the current state. */
export declare const conflict: StatusError;

/** 410: removed permanently. */
export declare const gone: StatusError;

/** 412: a condition of the request failed. */
export declare const preconditionFailed: StatusError;

/** 413: the content is too large. */
export declare const contentTooLarge: StatusError;

/** 415: the media type is not supported. */
export declare const unsupportedMediaType: StatusError;

/** 416: no range can be satisfied. */
export declare const rangeNotSatisfiable: StatusError;

/** 421: sent to the wrong host. */
export declare const misdirected: StatusError;

/** 422: well-formed, but not valid. */
export declare const unprocessable: StatusError;

/** 423: locked. */
export declare const locked: StatusError;

/** 425: could be a replay. */
export declare const tooEarly: StatusError;

/** 428: a condition is required. */
export declare const preconditionRequired: StatusError;

/** 429: too many requests. */
export declare const tooManyRequests: StatusError;

/** 503: temporarily unavailable. */
export declare const unavailable: StatusError;

/** 507: no space left. */
export declare const insufficientStorage: StatusError;

/** An application: routes, and the protections around them. */
export declare class Application {
    #private;
    /** The mode it runs in. */
    readonly mode: Mode;
    /** Adds a route for GET. */
    readonly get: RouteFactory;
    /** Adds a route for POST. */
    readonly post: RouteFactory;
    /** Adds a route for PUT. */
    readonly put: RouteFactory;
    /** Adds a route for PATCH. */
    readonly patch: RouteFactory;
    /** Adds a route for DELETE. */
    readonly delete: RouteFactory;
    /** Adds a WebSocket route. */
    readonly socket: SocketFactory;
    /** Routes in order of definition: method, whole pattern, name and place. */
    get routes(): readonly Route[];
    /** Methods that some route has. */
    get methods(): readonly string[];
    /** Returns facts about the application, for the command line and for tools. Nothing is opened. */
    describe(): ApplicationFacts;
    /** Finds the route that takes a path; undefined when none does. */
    findRoute(method: string, path: string): RouteFacts | undefined;
    /** Returns what a part made for this application. Throws `E_PART_MISSING` while it is not running. */
    part<Instance extends PartInstance>(part: TypedPart<Instance>): Instance;
    /** Returns the address of a static file; in production with a name that changes with its content. Throws `E_ASSET_UNKNOWN`. */
    assetUrl(name: string): string;
    /** Renders a template file outside of a request: for mail, tasks and tests. */
    readonly view: ViewFunction;
    /** Returns the database, or one of several by its name. Throws `E_DATABASE_MISSING` before the application has started. */
    database(name?: string): Database;
    /** Starts all parts, once: listen(), fetch() and request() wait for it. After a failure, you can start again. */
    start(): Promise<void>;
    /** Tells all parts that the application is about to stop: `/ready` answers 503. A server that stops does this. */
    drain(): void;
    /** Stops what listen() started, waits for work after replies, then stops all parts. You can start the application again. */
    close(): Promise<void>;
    /** Answers requests of the engine and of other servers. Starts the application when it has not started. */
    readonly listener: RequestListener;
    /** Answers a web-standard request: for other runtimes, for mounting, for tests. */
    readonly fetch: (request: Request, runtime?: FetchRuntime) => Promise<Response>;
    /** Answers a request in memory: a path of the application, and what `new Request()` takes. */
    request(path: string, init?: RequestInit, runtime?: FetchRuntime): Promise<Response>;
    /**
     * Listens: on loopback unless a host is given. Prints the address, and stops in order on SIGTERM and SIGINT.
     * Throws `E_LISTEN`, and `E_HOSTS_MISSING` for an open address in production without a list of hosts.
     */
    listen(where?: number | ListenOptions): Promise<RunningApp>;
    /** Reports an error that no reply can show. If a reply was being sent, pass its request: the log line then names it. */
    reportError(error: unknown, request?: RawRequest | null): void;
}

/** Limits of an application: those of its server, and how many requests may come. */
export interface ApplicationLimits extends ServerLimits {
    /** Limit for requests to routes without their own limit, and to addresses without a route. None by default. */
    readonly rate?: RateOptions;
}

/** Settings that {@link gable} takes from a value of `defineSettings()`. Other names are your own. */
export type FrameworkSettings = {
    readonly [Name in (typeof settingNames)[number]]?: GableOptions[Name] | undefined;
} & {
    /** How many processes `gable start` runs without `--workers`: a number, or `auto` for one per core. Default 1. */
    readonly workers?: number | "auto" | undefined;
    readonly [name: string]: unknown;
};

/** Options of {@link gable}. All of them are optional. */
export interface GableOptions extends FeatureOptions, LogSetting {
    /**
     * A value of `defineSettings()`. The application takes `origin`, `hosts`, `proxies`, `secretKeys`, `port`, `host`, `database`,
     * `databases`, `cache`, `mail`, `storage`, `uploads`, `tasks`, `locale`, `timeZone`, `session`, `security`, `limits`, `log` and `earlyHints` from
     * it, and removes its secrets from logs and error pages. None by default.
     */
    settings?: FrameworkSettings;
    /** Port of `app.listen()`; 0 takes a free one. Default: the variable PORT, else 3000. */
    port?: number;
    /** Address that `app.listen()` binds. Default: the variable HOST, else 127.0.0.1. */
    host?: string;
    /** Routes, groups, and modules that export them. None by default. */
    routes?: readonly RouteEntry[];
    /** Parts: your own features, or those of packages, which start and stop with the application. None by default. */
    parts?: readonly AnyPart[];
    /** Checks that run before the application serves, and checks whose problems are not reported. */
    checks?: CheckSettings;
    /** `development`, `test` or `production`. Default: the variable GABLE_MODE, else production. */
    mode?: Mode;
    /** Hosts that the application answers for; `.example.com` adds sub-domains. Default: names of loopback. */
    hosts?: readonly string[];
    /** Public origin, such as `https://example.com`, for absolute links. Default: that of the request. */
    origin?: string;
    /** Trusted proxies. Default: nobody. */
    proxies?: ProxyOptions;
    /** Limits and timeouts. Defaults in {@link ServerLimits}. */
    limits?: ApplicationLimits;
    /** Protections. All are on by default. */
    security?: SecurityOptions;
    /** Custom converters for path parameters by name. None by default. */
    converters?: Readonly<Record<string, Converter<unknown>>>;
    /** What happens when only the other form of a path with or without `/` at its end exists. Default "redirect". */
    trailingSlash?: "redirect" | "strict";
    /** Language of dates and numbers in views, as a tag of BCP 47. Default "en". */
    locale?: string;
    /** Time zone of dates in views and forms, as an IANA name. Default "UTC". */
    timeZone?: string;
    /**
     * Whether the links of `reply.earlyHints()` are also sent in a reply 103, before the page, to browsers that open a page. Set it to true
     * when each proxy in front passes it on. Default false: an older proxy takes it for the reply, and the visitor gets no page.
     */
    earlyHints?: boolean;
    /** Prefix of all routes. Default "". */
    basePath?: string;
    /** Called for each error; may answer it. None by default. */
    onError?: ErrorHook;
    /** Logger with the interface of pino. Default: lines of JSON on standard output in production, text on standard error elsewhere. */
    logger?: Logger;
}

/** Protections of the application. */
export interface SecurityOptions {
    /** Other origins whose scripts may read replies, also of 404 and 405. None by default. */
    cors?: CorsOptions;
    /** Sources of the content security policy that replace the defaults. None by default. */
    csp?: ContentSecurityPolicy;
    /** Sources of a second policy that browsers report and do not enforce: to try a stricter one. None by default. */
    cspReportOnly?: ContentSecurityPolicy;
    /**
     * Where browsers send reports about both policies: a path, such as `/csp-reports`, whose reports the application writes to its log
     * as the part `csp-reports`, or an address of another service. None by default.
     */
    cspReports?: string;
    /** The header that tells browsers to use only https, on replies over https in production; false sends none. Default: one year, without sub-domains. */
    hsts?: StrictTransportOptions | false;
    /** Why the policy may have unsafe sources. Without it they are errors at start. */
    allowUnsafe?: string;
    /** Other origins that may send unsafe requests: exact `scheme://host[:port]`. None by default. */
    trustedOrigins?: readonly string[];
}

/** Options of `app.listen()`. */
export interface ListenOptions {
    /** Port; 0 takes a free one. Default: that of `gable()` or its settings, else the variable PORT, else 3000. */
    port?: number;
    /** Address to bind. Default: that of `gable()` or its settings, else the variable HOST, else 127.0.0.1. */
    host?: string;
    /** Path of a Unix socket instead of a port. None by default. */
    unixPath?: string;
    /** Descriptor of a socket that listens already. None by default. */
    fd?: number;
    /** Key and certificate for https. None by default. */
    https?: HttpsOptions;
    /** `gable` is the engine of this package, `node` the parser of node:http. Default "gable". */
    engine?: "gable" | "node";
    /** Whether the address is printed. Default true, false in tests. */
    quiet?: boolean;
    /** Whether SIGTERM and SIGINT stop the server. Default true, false in tests. */
    signals?: boolean;
    /** Milliseconds that running requests get after a signal. Default: `limits.stopGraceMs`. */
    stopGraceMs?: number;
}

/** An application that listens. */
export interface RunningApp extends RunningServer {
    /** The application. */
    readonly app: Application;
}

/** How an application behaves. */
export type Mode = "development" | "test" | "production";

/** The logger of an application: every level exists. */
export interface AppLogger extends Logger {
    /** Writes steps of the program. */
    trace: LogMethod;
    /** Writes an error that ends the process. */
    fatal: LogMethod;
    /** Returns whether lines of a level are written: ask before you compute expensive facts. */
    isLevelEnabled(level: LogLevel): boolean;
    /** Returns a logger that adds facts to each line. The fact `part` names the part whose level holds. */
    child(facts: object): AppLogger;
}

/** The part of pino's interface that the framework uses; any such logger fits. */
export interface Logger {
    /** Writes steps of the program. By default they are written as details for debugging. */
    trace?: LogMethod;
    /** Writes details for debugging. */
    debug: LogMethod;
    /** Writes an event. */
    info: LogMethod;
    /** Writes a warning. */
    warn: LogMethod;
    /** Writes an error. */
    error: LogMethod;
    /** Writes an error that ends the process. By default it is written as an error. */
    fatal?: LogMethod;
    /** Returns whether lines of a level are written. By default all are. */
    isLevelEnabled?(level: LogLevel): boolean;
    /** Returns a logger that adds facts to each line. The fact `part` names the part whose level holds. */
    child(facts: object): Logger;
}

/** Level of a line. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** Writes one kind of line: a message, or facts and a message. */
export type LogMethod = (facts: string | object, message?: string) => void;

/** What an application writes to its log. */
export interface LogOptions {
    /** Lowest level that is written; `silent` writes nothing. Default `debug` in development, else `info`. */
    readonly level?: LogLevel | "silent";
    /** Whether each request writes a line when its reply is made, while the application listens. Default true in production, else false. */
    readonly requests?: boolean;
    /** Levels of parts by name: `gable.sql` for statements, `gable.tasks` and others for features, or your own names. */
    readonly [part: string]: LogLevel | "silent" | boolean | undefined;
}

/** The option of `gable()` for its log. */
export interface LogSetting {
    /** Lowest level of the log, or more about it. Default: `debug` in development, else `info`. */
    log?: LogLevel | "silent" | LogOptions;
}

/** Options of the health endpoints. */
export interface HealthOptions {
    /** Path that answers while the process is responsive. Default "/up". */
    up?: string;
    /** Path that answers 200 when all checks pass, 503 otherwise and while stopping. Default "/ready". */
    ready?: string;
    /** Checks by name. None by default. */
    checks?: Readonly<Record<string, HealthCheck>>;
    /**
     * Token for details: `/ready` shows each check with its time as JSON to those who send `Authorization: Bearer TOKEN`, and to everybody
     * in development. At least 32 visible ASCII characters, without spaces. None by default.
     */
    token?: string;
}

/** A check of readiness. It throws, or gives false, when the application cannot serve. */
export type HealthCheck = () => unknown;

/** The option of `gable()` for health endpoints. */
export interface HealthSetting {
    /** Health endpoints, or false for none. Default `/up` and `/ready`. */
    health?: HealthOptions | false;
}

/** Options of the metrics of an application. */
export interface MetricsOptions {
    /** Token that a scraper sends as `Authorization: Bearer TOKEN`: at least 32 visible ASCII characters, without spaces. */
    token: string;
    /** Path of the endpoint. Default "/metrics". */
    path?: string;
}

/** The option of `gable()` for metrics. */
export interface MetricsSetting {
    /** Counts requests, and shows metrics in the text format of Prometheus to those who have the token. None by default. */
    metrics?: MetricsOptions;
}

/** The option of `gable()` for traces. */
export interface TracesSetting {
    /**
     * Whether requests and tasks become spans of OpenTelemetry, and requests of `fetch()` inside them carry `traceparent`. Needs the
     * package `@opentelemetry/api`; throws `E_TRACES_PACKAGE` at start without it. Default false.
     */
    traces?: boolean;
}

/** Types that an application declares: `declare module "gable" { interface AppTypes { user: User } }`. */
export interface AppTypes {
}

/** Type of a declared part of {@link AppTypes}; unknown if it is not declared. */
export type AppType<Name extends string> = Name extends keyof AppTypes ? AppTypes[Name] : unknown;

/** The argument of a handler. Every property is lazy: a handler pays only for what it reads. */
export interface Context<Input extends ContextInput = AnyInput> extends ContextProperties {
    /** The request as a web-standard object. Its body can be read once, here or by a declared input. */
    readonly request: Request;
    /** HTTP method. */
    readonly method: string;
    /** Complete URL of the request. */
    readonly url: URL;
    /** Path in canonical form: unreserved characters decoded, hex digits in upper case. */
    readonly path: string;
    /** Path parameters by name. */
    readonly params: Input["params"];
    /** Query: the checked value of `{ query: schema }`, or all pairs. */
    readonly query: Input["query"];
    /** The form of `{ form: schema }`, valid or not. */
    readonly form: Input["form"];
    /** The checked body of `{ json: schema }`. */
    readonly json: Input["json"];
    /** Header fields of the request. */
    readonly headers: HeaderReader;
    /** Cookies. */
    readonly cookies: Cookies;
    /** The session of the visitor. Throws an explanation if sessions are not enabled. */
    readonly session: Session;
    /** Messages for the next page: `flash("success", "Saved.")`. Throws an explanation if sessions are not enabled. */
    readonly flash: Flash;
    /** The signed-in user. Throws an explanation if accounts are not enabled. */
    readonly user: AppType<"user">;
    /** Base64 nonce of this reply, for `script` and `style` elements; reading it adds it to the policy. */
    readonly nonce: string;
    /** Address of the client, as reported by trusted proxies. */
    readonly ip: string;
    /** Scheme that the client used. */
    readonly scheme: "http" | "https";
    /** ID of the request, also sent as `x-request-id`. */
    readonly requestId: string;
    /** Aborts when the client disconnects, the request times out, or the server stops. */
    readonly signal: AbortSignal;
    /** Counts actions that you want to limit: `context.rateLimits.take(key, { requestsMax: 5, windowSeconds: 600 })`. */
    readonly rateLimits: RateLimits;
    /** Logger that adds the request's id. */
    readonly log: AppLogger;
    /** Status and headers for a reply that is created from a plain value. */
    readonly reply: ReplyDraft;
    /** The matched route; undefined on error pages without one. */
    readonly route: Route | undefined;
    /** Makes a path absolute with the configured origin, or with that of the request if none is configured. */
    absoluteUrl(path: string): string;
    /** Renders a template file of the option `views`. */
    readonly view: ViewFunction;
    /** Returns the URL of a static file, with its hash; views accept it as a source of code. Throws `E_ASSET_UNKNOWN`. */
    asset(name: string): TrustedUrl;
    /** Marks the reply as private to this visitor: no cache stores it. Throws `E_HEAD_SENT` if the head was sent already. */
    markPersonal(): void;
    /**
     * Runs a hook after the body is rendered, before headers, cookies and caching are final; in reverse order of
     * registration.
     * A hook that fails turns the reply into an error. Throws `E_HEAD_SENT` if the head was sent already.
     */
    beforeReply(hook: BeforeReplyHook): void;
    /** Runs work after the reply is sent, or abandoned because the client disconnected. Errors go to the log. */
    afterReply(work: () => void | Promise<void>): void;
    /** Redirects to the page that the request came from if it has the same origin. */
    redirectBack(options: {
        fallback: string;
    }): HandlerReply;
}

/** Which input the options of a route declare. */
export interface ContextInput {
    /** Path parameters. */
    readonly params: unknown;
    /** Query. */
    readonly query: unknown;
    /** Form. */
    readonly form: unknown;
    /** JSON body. */
    readonly json: unknown;
}

/** The context of a route with any input. */
export type AnyContext = Context<ContextInput>;

/** Input of a route without options. */
export interface AnyInput extends ContextInput {
    /** Path parameters of any name. */
    readonly params: Readonly<Record<string, unknown>>;
    /** All pairs of the query. */
    readonly query: FieldMap;
}

/** Runs before the head of a reply is created. It may set cookies and headers, and throw. */
export type BeforeReplyHook = (reply: ReplyFacts) => void | Promise<void>;

/** Properties that parts add to the context: `declare module "gable" { interface ContextProperties { meter: Meter } }`. */
export interface ContextProperties {
}

/** Cookies of the request, and cookies that the reply will set. */
export interface Cookies {
    /** Returns the value of a cookie, decoded; null when absent. */
    get(name: string, options?: CookieNameOptions): string | null;
    /** Returns whether the cookie exists. */
    has(name: string, options?: CookieNameOptions): boolean;
    /** Sets a cookie on the reply. Throws `E_COOKIE_NAME`, `E_COOKIE_VALUE`, `E_COOKIE_TOO_LONG` and `E_COOKIE_INVALID`. */
    set(name: string, value: string, options?: ContextCookieOptions): void;
    /** Deletes a cookie; pass the path, the domain and the option `host` with which it was set. */
    delete(name: string, options?: Pick<ContextCookieOptions, "path" | "domain" | "host">): void;
    /** Sets a signed cookie that nobody else can change. It expires after `maxAgeSeconds`, even if the browser keeps it. */
    setSigned(name: string, value: string, options?: ContextCookieOptions): void;
    /** Returns the value of a signed cookie; null if it is absent, changed or expired. */
    getSigned(name: string, options?: CookieNameOptions): string | null;
    /** Sets an encrypted cookie that nobody else can read or change. It expires after `maxAgeSeconds`, even if the browser keeps it. */
    setEncrypted(name: string, value: string, options?: ContextCookieOptions): void;
    /** Returns the value of an encrypted cookie; null if it is absent, changed or expired. */
    getEncrypted(name: string, options?: CookieNameOptions): string | null;
}

/** Identifies a cookie. */
export interface CookieNameOptions {
    /**
     * Whether the name gets the prefix `__Host-`, which prevents subdomains and plain http from setting the cookie. In
     * development over plain http, the prefix is omitted. Default false.
     */
    readonly host?: boolean;
}

/** Options for a cookie of a reply. */
export interface ContextCookieOptions extends CookieOptions, CookieNameOptions {
}

/** What a hook before the reply gets. */
export interface ReplyFacts {
    /** Status of the reply. */
    readonly status: number;
}

/** Status and header fields for a reply that is created from a plain value. */
export interface ReplyDraft {
    /** Status; undefined keeps that of the result. */
    status: number | undefined;
    /** Header fields to add. */
    readonly headers: HeaderTable;
    /**
     * Replies with server-sent events. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`.
     * @example
     * get("/feed", ({ reply, signal }) => reply.events(newPosts(signal)));
     */
    readonly events: SendEvents;
    /**
     * Names files that the page will need, before the page is made: as `Link` fields of the reply, and, when the application has the option
     * `earlyHints`, in a reply 103 that is sent immediately. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`.
     * @example
     * get("/", ({ reply, asset }) => reply.earlyHints({ link: `<${asset("app.css")}>; rel=preload; as=style` }));
     */
    earlyHints(hints: EarlyHintsOptions): void;
}

/** The only handler type: context in, result out. */
export type Handler<Pattern extends string = string, Options = {}, Added = {}> = (context: Context<InputOf<Pattern, Options>> & Added) => HandlerResult | PromiseLike<HandlerResult>;

/** Decides whether a request may pass: true lets it pass, false replies 403, and a result becomes the reply. */
export type Guard = (context: Context) => boolean | HandlerResult | PromiseLike<boolean | HandlerResult>;

/** A layer around handlers. It calls `next` for the inner layers, which always return a reply and never throw. */
export interface Middleware<Added = {}> {
    /** Runs around the inner layers. */
    (context: Context, next: Next<Added>): HandlerResult | PromiseLike<HandlerResult>;
    /** Carries the type of the added properties; never set. */
    readonly adds?: Added;
}

/** A middleware with any added properties. */
export type AnyMiddleware = (context: Context, next: never) => HandlerResult | PromiseLike<HandlerResult>;

/** What the next layer accepts: nothing, or the properties that this middleware adds to the context. */
export type Next<Added = {}> = keyof Added extends never ? () => Promise<HandlerReply> : (added: Added) => Promise<HandlerReply>;

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

/** Limits of a route: sizes and times of its requests, and how many are allowed. */
export interface RouteLimits extends RequestLimits {
    /** How many requests are allowed; false for no limit. The limit of a route replaces that of its group. None by default. */
    readonly rate?: RateOptions | false;
}

/** Protections of a route that differ from those of the application. Search for `security:` to find all of them. */
export interface RouteSecurity {
    /** Other origins whose scripts may read replies; false for none. Default: the setting of the group or the application. */
    cors?: CorsOptions | false;
    /** Allows requests from other sites, for the given reason. By default, they are rejected. */
    crossSite?: {
        allow: string;
    };
    /** Sources of the content security policy that replace the application's. None by default. */
    csp?: ContentSecurityPolicy;
    /** The reason why the policy may have unsafe sources. Without it, they are errors at the start. */
    allowUnsafe?: string;
}

/** Options for caching replies of a route, for ETags from their bytes, and for storing whole replies. */
export interface CacheOptions extends CacheControlOptions, StoreOptions {
    /** Whether the reply gets an ETag from its bytes, and 304 is sent if it matches. Default false. */
    etag?: boolean;
}

/** Input of a handler by pattern and options. */
export interface InputOf<Pattern extends string, Options> {
    /** Path parameters. */
    readonly params: PathParams<Pattern>;
    /** Query. */
    readonly query: Options extends {
        query: infer Schema;
    } ? OutputOfSchema<Schema> : FieldMap;
    /** Form. */
    readonly form: Options extends {
        form: infer Schema;
    } ? FormOf<Schema> : TypeError_<"declare { form: schema } in the options of the route">;
    /** JSON body. */
    readonly json: Options extends {
        json: infer Schema;
    } ? OutputOfSchema<Schema> : TypeError_<"declare { json: schema } in the options of the route">;
}

/** Query values that `url()` of a route accepts. */
export type QueryOf<Options> = Options extends {
    query: infer Schema;
} ? Partial<InputOfSchema<Schema>> : QueryValues;

/** Properties that the middleware and the guards of some options add. */
export type AddedBy<Options> = (Options extends {
    use: infer Layers extends readonly unknown[];
} ? AddedByLayers<Layers> : {}) & (Options extends {
    guard: infer Guards;
} ? AddedByLayers<Guards extends readonly unknown[] ? Guards : [Guards]> : {});

/** A sentence that the compiler shows if a type is misused. */
export interface TypeError_<Sentence extends string> {
    /** Never set. */
    readonly "type error": Sentence;
}

/**
 * What a handler may return.
 *
 * A view (`Html`, `Xml`, `PlainText`), a string (sent as text, never as HTML), a plain object or array (JSON), bytes, `null` (204), a `Response`, a reply helper, or an async iterable (streamed). A returned error counts as thrown.
 */
export type HandlerResult = string | PlainResult | null;

/** Creates routes of one method: with a handler, or with options and a handler. */
export interface RouteFactory<Prefix extends string = "", Added = {}> {
    /** A route with a handler. */
    <const Pattern extends string>(pattern: Pattern, handler: Handler<NoInfer<`${Prefix}${Pattern}`>, {}, Added>): Route<PathParams<`${Prefix}${Pattern}`>>;
    /** A route with options and a handler. */
    <const Pattern extends string, const Options extends RouteOptions>(pattern: Pattern, options: Options, handler: Handler<NoInfer<`${Prefix}${Pattern}`>, Options, Added & AddedBy<Options>>): Route<PathParams<`${Prefix}${Pattern}`>, QueryOf<Options>>;
}

/** The group of a route that was created by `group.get()`. */
export interface RouteParent {
    /** Prefix of all its routes. */
    readonly prefix: string;
    /** Options of all its routes. */
    readonly options: SharedOptions;
}

/** Type of the messages that a route receives. */
export type MessageOf<Options> = Options extends {
    message: infer Schema;
} ? OutputOfSchema<Schema> : RawMessage;

/** A message of a route without a schema. */
export type RawMessage = string | Uint8Array;

/** An open WebSocket. */
export interface SocketConnection<SocketContext = AnyContext> {
    /** Context of the request that opened it. Its reply is sent: sessions and cookies can be read, and not changed. */
    readonly context: SocketContext;
    /** Path parameters. */
    readonly params: SocketContext extends {
        readonly params: infer Params;
    } ? Params : unknown;
    /** Chosen subprotocol; "" without one. */
    readonly protocol: string;
    /** Whether messages can be sent. */
    readonly isOpen: boolean;
    /** Bytes that wait because the client reads more slowly than you send. Above 1 MiB the socket closes with 1013. */
    readonly queuedBytes: number;
    /** Aborts when the socket closes. */
    readonly signal: AbortSignal;
    /** Sends a string or bytes. Does nothing once the socket closes. */
    send(data: string | Uint8Array): void;
    /** Sends a value as JSON. Does nothing once the socket closes. */
    sendJson(value: unknown): void;
    /**
     * Closes the socket. Codes are 1000, 1001, 1003, 1007 to 1014, and 3000 to 4999; default 1000. The reason has at most 123 bytes.
     * Throws `E_SOCKET_CLOSE`.
     */
    close(code?: number, reason?: string): void;
}

/** How a WebSocket ended. */
export interface SocketEnd {
    /** Close code (RFC 6455 section 7.4); 1005 for none, 1006 for a connection that broke. */
    readonly code: number;
    /** Reason that the client gave; "" without one. */
    readonly reason: string;
}

/** Creates WebSocket routes: with handlers, or with options and handlers. */
export interface SocketFactory<Prefix extends string = "", Added = {}> {
    /** A route with handlers. */
    <const Pattern extends string>(pattern: Pattern, handlers: SocketHandlers<Context<InputOf<`${Prefix}${Pattern}`, {}>> & Added, RawMessage>): Route<PathParams<`${Prefix}${Pattern}`>>;
    /** A route with options and handlers. */
    <const Pattern extends string, const Options extends SocketOptions>(pattern: Pattern, options: Options, handlers: SocketHandlers<Context<InputOf<`${Prefix}${Pattern}`, Options>> & Added & AddedBy<Options>, MessageOf<Options>>): Route<PathParams<`${Prefix}${Pattern}`>, QueryOf<Options>>;
}

/** What a WebSocket route does. The functions of one socket run one after the other. An error closes it with 1011. */
export interface SocketHandlers<SocketContext = AnyContext, Message = unknown> {
    /** Called when a socket is open. */
    open?: (socket: SocketConnection<SocketContext>) => void | Promise<void>;
    /** Called with each message. Without it, each message closes the socket with 1008. */
    message?: (socket: SocketConnection<SocketContext>, message: Message) => void | Promise<void>;
    /** Called once when the socket has closed. */
    close?: (socket: SocketConnection<SocketContext>, end: SocketEnd) => void | Promise<void>;
}

/** Options of a WebSocket route. */
export interface SocketOptions extends SharedOptions {
    /**
     * Schema of the messages that clients send as JSON. A message that is not JSON closes the socket with 1007, JSON that the schema refuses
     * with 1008, bytes with 1003. None by default: messages are texts or bytes.
     */
    message?: StandardSchema;
    /** Schema of the query; invalid queries get 400. By default, `context.query` has all pairs. */
    query?: StandardSchema;
    /** Subprotocols that the route speaks: the client's first one of them is chosen. None by default. */
    protocols?: readonly string[];
    /** Name for lists and templates. None by default. */
    name?: string;
}

/** What `reply.earlyHints()` sends. */
export interface EarlyHintsOptions {
    /** Values of the field `Link`, such as `</app.css>; rel=preload; as=style`, each with one link. */
    link: string | readonly string[];
}

/** Options of `reply.events()`. */
export interface EventsOptions extends Pick<ReplyOptions, "headers"> {
    /** How long a client waits before it connects again, in milliseconds. Default: 2,000 to 5,000 at random. */
    retryMs?: number;
}

/**
 * Replies with server-sent events, no faster than the client reads them.
 * The reply ends when the source ends, the client leaves, the application stops, or the session of the visitor ends.
 */
export type SendEvents = (source: AsyncIterable<ServerEvent>, options?: EventsOptions) => HandlerReply;

/** An event of a stream. */
export interface ServerEvent {
    /** Name of the event; "message" without one. No line breaks. */
    readonly event?: string | undefined;
    /** Where a client goes on after its connection broke: it sends it as `Last-Event-ID`. No line breaks, no NUL. */
    readonly id?: string | undefined;
    /** A string, sent unchanged, or any other value, sent as JSON. With undefined, a client only notes the id: no event happens. */
    readonly data: unknown;
}

/** Options of the live connections of an application. */
export interface LiveOptions {
    /**
     * What carries the messages of channels: `redisCarrier()`, `postgresCarrier()`, or a custom carrier. Default: messages reach all workers
     * of one supervisor, or stay in the process where there is none.
     */
    readonly carrier?: LiveCarrier;
}

/** The option of `gable()` for live connections. */
export interface LiveSetting {
    /** Enables channels; `{}` for the defaults. None by default: event streams and WebSockets work without it. */
    live?: LiveOptions;
}

/** How often open connections are looked after, and how long they may be silent. All times in milliseconds. */
export interface LiveTimes {
    /** Between two looks at all connections. */
    readonly tickMs: number;
    /** Between two comments of an event stream that has nothing else to send. */
    readonly commentMs: number;
    /** Between two pings of a WebSocket. */
    readonly pingMs: number;
    /** Silence after which the other end of a WebSocket counts as gone. */
    readonly deadMs: number;
    /** Between two evaluations of the guards of an open connection; each is up to a tenth earlier. */
    readonly recheckMs: number;
    /** Time in which a client must take something of a full queue. */
    readonly stallMs: number;
    /** Time for the answer to a close frame. */
    readonly closeMs: number;
    /** Time over which connections are closed when the application stops. */
    readonly spreadMs: number;
}

/** Routes below a common prefix, whose options are merged from the outside in. */
export declare class Group<Prefix extends string = string, Added = {}> {
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
    constructor(prefix: Prefix, settings: SharedOptions, entries: readonly RouteEntry[]);
}

/** The list that a prefix accepts: routes, unless it has parameters, whose types the routes could not know. */
export type ListBelow<Prefix extends string> = Prefix extends `${string}${":" | "*"}${string}` ? TypeError_<"a prefix with parameters takes its routes by group.get(...)"> : readonly RouteEntry[];

/** An entry of a list of routes: a route, a group, or a module that exports them. */
export type RouteEntry = AnyRoute | AnyGroup | Readonly<Record<string, unknown>>;

/** A route of any type. */
export type AnyRoute = Pick<Route, "method" | "pattern" | "name" | "place" | "binding">;

/** A group of any type. */
export interface AnyGroup {
    /** Prefix of all its routes. */
    readonly prefix: string;
    /** Its routes and groups. */
    readonly entries: readonly RouteEntry[];
}

/** A resource: a group with the route of each action under its name. */
export declare class Resource extends Group {
    /** Route of each mapped action; `update` is the one for PATCH. */
    readonly actions: Readonly<Partial<Record<ResourceAction, HandlerRoute<Record<string, unknown>>>>>;
}

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

/** Context of an action, for the types of a controller's methods. */
export type ActionContext<Params = {
    id: string;
}> = Context<{
    params: Params;
    query: Context["query"];
    form: unknown;
    json: unknown;
}>;

/** Anything that handles a web-standard request: another framework's `app.fetch`, a proxy, a test double. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

/** Members that valid and invalid forms have in common. */
export interface CheckedForm<Data> extends DisplayForm<Data> {
    /** Status for the reply that shows the form: 422 with errors, 409 for a row that someone else has changed, 200 otherwise. */
    readonly status: 200 | 409 | 422;
    /** Adds an error to a field, or to the whole form with null. The form is then invalid. Throws `E_FIELD_UNKNOWN`. */
    addError(field: (keyof Data & string) | (string & {}) | null, message: string, options?: {
        readonly code?: string;
    }): void;
    /** Whether the user asked to remove the stored file of a field. */
    isCleared(field: keyof Data & string): boolean;
}

/** Additional attributes of a control by name; undefined and false omit one. */
export type ControlAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A field of a form on a page. As a whole it is markup; you can also place its parts one by one. */
export interface DisplayField extends Renderable {
    /** Name that the control sends. */
    readonly name: string;
    /** ID of the control, or of the `fieldset`. */
    readonly id: string;
    /** The label, or the legend of a field with several controls. */
    readonly label: Html;
    /** Label as plain text. */
    readonly labelText: string;
    /** The help; "" without any. */
    readonly help: Html | "";
    /** The errors; "" without any. */
    readonly errors: Html | "";
    /** The errors as plain text. */
    readonly messages: readonly string[];
    /** Text that the control shows; "" for a blank field. */
    readonly value: string;
    /** Strings of a field with several values. */
    readonly values: readonly string[];
    /** Whether the value is invalid. */
    readonly isInvalid: boolean;
    /** Whether the field must have a value. */
    readonly isRequired: boolean;
    /** Returns the control, with additional attributes if you pass any. */
    control(attributes?: ControlAttributes): Html;
    /** Fields of a group, by name. */
    readonly fields: Readonly<Record<string, DisplayField>>;
    /** Rows of a set. */
    readonly rows: readonly DisplayRow[];
}

/** A form on a page. In a template, `{{ form }}` is the summary of its errors and all its fields. */
export interface DisplayForm<Data = unknown> extends Renderable {
    /** Name of the form. */
    readonly name: string;
    /** Fields by name. */
    readonly fields: {
        readonly [Name in keyof Data]: DisplayField;
    };
    /** The summary of the errors, with a link to each field; "" without errors. */
    readonly summary: Html | "";
    /** Hidden values that belong to the form, for example the version of a row. Place them if you place fields one by one. */
    readonly hidden: readonly Html[];
    /** Script that adds rows of sets in the browser, with the nonce of the page; "" without sets. Place it once, after the form. */
    readonly script: Html | "";
    /** Returns all errors, or those of one field. */
    errors(name?: string): readonly FormError[];
    /** Returns the string that a field shows; "" for a blank field. */
    value(name: string): string;
    /** Returns a field by its full name, for example `address.street`; undefined if it does not exist. */
    find(name: string): DisplayField | undefined;
    /** Returns the same form with other IDs, for a second copy on one page. */
    withId(id: string): DisplayForm<Data>;
    /** Returns the `form` element with all fields and a button. */
    render(options?: RenderOptions): Html;
}

/** A row of a set on a page. */
export interface DisplayRow {
    /** Start of the names in the row, for example `photos.0`. */
    readonly name: string;
    /** Key of the stored row; "" for a new one. */
    readonly key: string;
    /** Fields of the row, by name. */
    readonly fields: Readonly<Record<string, DisplayField>>;
}

/** What a file field accepts. */
export interface FileFieldOptions {
    /** Maximum size of a file, in bytes. It raises the body limit of the route. */
    bytesMax: number;
    /** Accepted media types, detected from the content where possible. By default any. */
    accept?: readonly string[];
    /** Whether the form is invalid without it. Default false. */
    required?: boolean;
    /** Whether the field takes several files. Default false: a second file is an error. */
    multiple?: boolean;
}

/** File fields of a form by name. */
export type FileFields = Readonly<Record<string, FileFieldOptions>>;

/** One error of a form. */
export interface FormError {
    /** Name of the field, for example `address.street`; null for the whole form. */
    readonly field: string | null;
    /** Stable name of the rule, for example `too_long`. */
    readonly code: string;
    /** Sentence that says how to correct it. */
    readonly message: string;
    /** Values of the rule, for example `{ max: 200, count: 214 }`. */
    readonly params: Readonly<Record<string, string | number>>;
}

/** The form on the context, by the option `form`. */
export type FormOf<Option> = Option extends {
    readonly $sent: infer Sent;
} ? Sent : Option extends StandardSchema ? SchemaForm<OutputOfSchema<Option>> : ValidForm<RecordValues<Option>> | InvalidForm<RecordValues<Option>>;

/** What the option `form` of a route accepts: a form, a plain record of fields, or a Standard Schema. */
export type FormOption = StandardSchema | {
    readonly $sent: unknown;
} | FieldsOption;

/** A form with errors, or one whose rows were changed by a button. Reading `data` throws `E_FORM_NOT_VALID`. */
export interface InvalidForm<Data> extends CheckedForm<Data> {
    /** Distinguishes it from a valid form. */
    readonly valid: false;
}

/** Options for rendering a whole form. */
export interface RenderOptions {
    /** URL that the form is sent to. By default, the URL of the page. */
    readonly action?: string;
    /** Text of the button. Default "Save". */
    readonly submit?: string;
    /** Prefix of all IDs, for a second copy of the form on one page. By default, the name of the form. */
    readonly id?: string;
    /** Additional attributes of the `form` element. None by default. */
    readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** A submitted form of a schema. */
export type SchemaForm<Data> = SchemaFormState & ({
    readonly valid: true;
    readonly data: Data;
} | {
    readonly valid: false;
});

/** Members of a form of a schema, valid or not. The page writes its own controls. */
export interface SchemaFormState {
    /** The submitted strings by name. */
    readonly values: Readonly<Record<string, string | string[]>>;
    /** The first file of each field. */
    readonly files: ReadonlyMap<string, UploadedFile>;
    /** All files of a field, in order. */
    filesOf(name: string): readonly UploadedFile[];
    /** 200 for a valid form, 422 for an invalid one. */
    readonly status: 200 | 422;
    /** Returns the string that was submitted for a field; "" without one. */
    value(name: string): string;
    /** Returns all errors, or those of one field. */
    errors(name?: string): readonly FormError[];
    /** Adds an error to a field, or to the whole form with null. The form is then invalid. */
    addError(field: string | null, message: string, options?: {
        readonly code?: string;
    }): void;
}

/** A form whose values are all valid. */
export interface ValidForm<Data> extends CheckedForm<Data> {
    /** Distinguishes it from an invalid form. */
    readonly valid: true;
    /** The values. */
    readonly data: Data;
}

/** The parts of a context that the check reads. */
export interface ConditionsContext {
    /** HTTP method. */
    readonly method: string;
    /** Header fields of the request. */
    readonly headers: HeaderReader;
    /** Status and headers of the reply. */
    readonly reply: ReplyDraft;
}

/** Options for the status and header fields of a reply. */
export interface ReplyOptions {
    /** Status. Default 200, or the default of the helper. */
    status?: number;
    /** Header fields in addition to those of every reply. None by default. */
    headers?: HeaderInit | Readonly<Record<string, string>>;
}

/** Options for sending a view. */
export interface PageOptions extends ReplyOptions {
    /** Whether a view with pending values waits until it is complete. By default, it is streamed. */
    buffer?: boolean;
}

/** Options for a redirect. */
export interface RedirectOptions {
    /** 303 after a form, 307 and 308 keep the method, 301 and 308 are permanent. Default 303. */
    status?: 301 | 302 | 303 | 307 | 308;
    /** Other hosts that the target may name. None by default. */
    hosts?: readonly string[];
}

/** Options for sending a stream. */
export interface StreamOptions extends ReplyOptions {
    /** Media type. Default `application/octet-stream`. */
    type?: string;
    /** File name for the download; makes the reply an attachment. None by default. */
    name?: string;
    /** Length in bytes, if known. By default, the body is chunked. */
    lengthBytes?: number;
}

/** Options for sending a file. */
export interface FileOptions {
    /** Folder that the path is relative to and cannot leave. Required. */
    root: string;
    /** Media type. By default that of the extension. */
    type?: string;
    /** Header fields to add. None by default. */
    headers?: ReadonlyArray<readonly [string, string]>;
}

/** Options for sending a file as a download. */
export interface DownloadOptions extends FileOptions {
    /** File name for the download. By default, the name of the file. */
    name?: string;
}

/** Called for each error; what it returns is the answer, undefined leaves it to the framework. */
export type ErrorHook = (failure: HandledError) => HandlerResult | undefined | void | PromiseLike<HandlerResult | undefined | void>;

/** What an error hook gets. */
export interface HandledError {
    /** The error as it was thrown. Its text may hold secrets: log it, and show `message`. */
    readonly error: unknown;
    /** A message that is safe to show to the client. */
    readonly message: string;
    /** Code of the error; `E_INTERNAL` when the error is not the client's. */
    readonly code: string;
    /** Status of the answer. */
    readonly status: number;
    /** Context of the request. */
    readonly context: Context;
    /** Groups equal errors: the code, the frame of the application that threw it, and the route. */
    readonly fingerprint: string;
    /** Whether to send a report to a service for errors: true at most 10 times a minute for one fingerprint. */
    readonly shouldReport: boolean;
}

/** The part of Standard Schema that Gable uses; any such library fits (standardschema.dev). */
export interface StandardSchema<Input = unknown, Output = Input> {
    /** The interface of the standard. */
    readonly "~standard": {
        /** Version of the standard. */
        readonly version: 1;
        /** Name of the library. */
        readonly vendor: string;
        /** Checks a value. */
        readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
        /** Carries the types; never set. */
        readonly types?: {
            readonly input: Input;
            readonly output: Output;
        } | undefined;
    };
}

/** The result of a schema. */
export type SchemaResult<Output> = {
    readonly value: Output;
    readonly issues?: undefined;
} | {
    readonly issues: ReadonlyArray<SchemaIssue>;
};

/** One error. */
export interface SchemaIssue {
    /** Tells a person how to fix it. */
    readonly message: string;
    /** Keys that lead to the value. */
    readonly path?: ReadonlyArray<PropertyKey | {
        readonly key: PropertyKey;
    }> | undefined;
}

/** Input type of a schema. */
export type InputOfSchema<Schema> = Schema extends StandardSchema<infer Input, unknown> ? Input : never;

/** Output type of a schema. */
export type OutputOfSchema<Schema> = Schema extends {
    readonly "~standard": {
        readonly types?: {
            readonly output: infer Output;
        } | undefined;
    };
} ? Output : never;

/** Renders a template file by its name; its props are type-checked against the generated views. */
export interface ViewFunction {
    /** Returns the output of the file: markup, XML or text. Throws `E_VIEW_NOT_FOUND`. */
    <Name extends ViewName>(name: Name, ...props: ViewArguments<Name>): ViewOutput<Name>;
    /** Returns a reply with a custom status or headers. */
    <Name extends ViewName>(name: Name, props: ViewProps<Name>, options: PageOptions): HandlerReply;
}

/** Options for finding and reading template files. */
export interface ViewOptions {
    /** Folders of template files; the first folder that has a name wins. Default `["views"]`. */
    directories?: readonly string[];
    /** Folder of generated files. Default: `.gable` next to the first folder. */
    generated?: string;
    /** Whether the line end after a `{% %}` tag is dropped. Default true. */
    trimBlocks?: boolean;
    /** Whether whitespace before a `{% %}` tag at the start of a line is dropped. Default true. */
    lstripBlocks?: boolean;
    /** Whether the line end at the end of a file is kept. Default false. */
    keepTrailingNewline?: boolean;
    /** What to do about files that use undeclared names: a warning at the start, or an error. Default "warn". */
    untyped?: "warn" | "error";
    /** Whether `on*` attributes accept a `raw()` value that is the whole attribute. Default false. */
    inlineHandlers?: boolean;
    /** Whether `{% autoescape false %}` may switch escaping off. Default false. */
    unsafe?: boolean;
    /** Stricter rules for custom attributes, for example `{ "data-link": "url" }`. None by default. */
    attributes?: Readonly<Record<string, AttributeClass>>;
    /** Packages whose views are searched after those of the folders. A file with the same name replaces a package's view. None by default. */
    packages?: readonly string[];
    /** Whether whitespace in static text is collapsed, outside of `pre` and `textarea`. Default false. */
    foldBlanks?: boolean;
    /** Whether, in development, each include is surrounded by comments with its name. Default false. */
    markIncludes?: boolean;
    /** "split" separates the braces of `{{` in values, for pages that Angular, Vue or Alpine compile. By default, they are kept. */
    mustache?: "keep" | "split";
    /** "strict" limits `raw()` to literals; other strings then need a `sanitizer()`. Default "any". */
    raw?: "any" | "strict";
    /** Where cached fragments are stored. By default, 32 MiB in memory, and nothing in development. */
    fragments?: FragmentStore;
}

/** The option of `gable()` for template files. */
export interface ViewSetting {
    /** Folder with template files, or options for them. None by default. */
    views?: string | ViewOptions;
}

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
    /** Runs work that comes from no request, such as a task, so that its code finds all parts of the application. */
    enter<Result>(work: () => Result): Result;
    /** Reads a variable of the environment; undefined when it is not set. */
    environment(name: string): string | undefined;
    /** Renders a template file outside of a request; undefined when the application has none of that name. */
    renderView(name: string, props: Readonly<Record<string, unknown>>, locale?: string): Promise<string> | undefined;
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

/** A value, or a promise of it: what is ready is passed on without waiting. */
export type Pending<Value> = Value | Promise<Value>;

/** What a runtime offers to the requests that it passes to `app.fetch()`. */
export interface FetchRuntime {
    /** Keeps the runtime alive until work after the reply is done, as in workers. By default Gable assumes that the process lives on. */
    waitUntil?: (work: Promise<unknown>) => void;
    /** The client, as far as the runtime knows it. By default its address is "". */
    remote?: RemotePeer;
    /**
     * Called when a request opens a WebSocket, with a function that takes its connection: a duplex stream of Node, and the bytes after the
     * head. Ignore the response then. Without this option, WebSockets are refused with 501 (`E_SOCKET_UNSUPPORTED`).
     */
    onUpgrade?: (take: (connection: {
        readonly socket: object;
        readonly received: Uint8Array;
    }) => void) => void;
}

/** The options of `gable()` for databases. */
export interface DatabaseSettings {
    /** The models: a list, or a module that exports them. None by default. */
    models?: DatabaseOptions["models"];
    /** The address of the database, or its options. By default the variable DATABASE_URL, or `sqlite:var/app.db`. */
    database?: string | AppDatabaseOptions;
    /** Several databases by name, instead of one: each model lives where its option `database` says. None by default. */
    databases?: Readonly<Record<string, NamedDatabaseOptions>>;
}

/** The option of `gable()` for static files. */
export interface StaticSetting {
    /** Folder with static files, or options for them. None by default. */
    static?: string | StaticOptions;
}

/** Options for static files. */
export interface StaticOptions {
    /** Folder with the files, relative to the working directory or absolute. */
    directory: string;
    /** URL prefix of the files. Default "/static". */
    at?: string;
    /** Files of the folder that are also served at the root, such as `favicon.ico`. None by default. */
    root?: readonly string[];
    /** Whether the address of a folder, which ends with a slash, shows its `index.html`. Default false. */
    index?: boolean;
    /** `inside` serves links whose target is inside the folder, `none` serves no links. Default "inside". */
    symlinks?: "inside" | "none";
}

/** An upload that a storage keeps. */
export interface SavedUpload {
    /** Where it is: a random name below the year and the month, with the extension of its type. Never the name of the client. */
    readonly key: string;
    /** Size in bytes. */
    readonly bytes: number;
    /** Media type. */
    readonly type: string;
    /** SHA-256 of the content, in hex. */
    readonly sha256: string;
}

/** Options of `saveTo(storage)`. */
export interface SaveUploadOptions {
    /** Start of the key, such as `covers`: the key is `covers/2026/11/….png`. None by default. */
    readonly prefix?: string;
}

/** A file of a form. It is deleted when the request ends: save or read it before. */
export interface UploadedFile {
    /** Name from the client. It is untrusted: never use it as a path. */
    readonly fileName: string;
    /** Media type, detected from the content where possible, otherwise the client's claim. */
    readonly type: string;
    /** Size in bytes. */
    readonly sizeBytes: number;
    /** Whether the type was detected from the content. */
    readonly isSniffed: boolean;
    /** Yields the content in pieces. You can call it more than once. */
    stream(): AsyncGenerator<Uint8Array>;
    /** Returns the whole content. */
    bytes(): Promise<Uint8Array>;
    /** Returns the content as UTF-8 text. Throws `E_UPLOAD_TOO_LARGE` and `E_UPLOAD_NOT_TEXT`. */
    text(options: UploadTextOptions): Promise<string>;
    /**
     * Saves the content under a path that you choose. The operation is atomic: Gable writes a file next to the path and
     * renames it. An existing file is replaced.
     */
    saveTo(path: string): Promise<void>;
    /** Saves the content in a storage, under a new random key. Throws what `put()` of the storage throws. */
    saveTo(storage: UploadTarget, options?: SaveUploadOptions): Promise<SavedUpload>;
}

/** Where uploads can be saved: a storage of `gable/storage`. */
export interface UploadTarget {
    /** Stores a file. */
    put(key: string, source: AsyncIterable<Uint8Array>, options: {
        readonly type: string;
    }): Promise<unknown>;
}

/** Options of `text()`. */
export interface UploadTextOptions {
    /** Largest upload to read, in bytes. Required. */
    readonly bytesMax: number;
}

/** Which proxies are believed, and what they may say. */
export interface ProxyOptions {
    /** Trusted peers: addresses, CIDR blocks, `loopback`, `private`, `unix`. Default: nobody. */
    trust: readonly string[];
    /** Header family to read; the other is ignored. Default "x-forwarded". */
    header?: "x-forwarded" | "forwarded";
    /** Whether the forwarded host replaces Host; the list of hosts still applies. Default false. */
    host?: boolean;
    /** Whether `X-Forwarded-Prefix` is believed. Default false. */
    prefix?: boolean;
}

/** One field that failed. */
export interface FieldError {
    /** Where: names and positions joined by dots, such as `author.name`; "" for the whole. */
    readonly path: string;
    /** Stable name of the rule. */
    readonly code: string;
    /** What a person can do about it. */
    readonly message: string;
}

/** What a problem answer says. */
export interface ProblemOptions {
    /** HTTP status, 400 to 599. */
    status: number;
    /** Stable code for programs. None by default. */
    code?: string;
    /** Address of a page about this kind of problem. Default "about:blank". */
    type?: string;
    /** What kind of problem it is, the same each time. By default the words of the status. */
    title?: string;
    /** What happened this time. None by default. */
    detail?: string;
    /** Further members. None by default. */
    extra?: Readonly<Record<string, unknown>>;
}

/** How a cookie is sent. */
export interface CookieOptions {
    /** Path prefix that the browser sends it for. Default "/". */
    path?: string;
    /** Domain that gets the cookie, with its sub-domains. By default, only the host gets it. */
    domain?: string;
    /** Seconds until it ends, a whole number of at most 400 days. By default it ends with the browser. */
    maxAgeSeconds?: number;
    /** Time at which it expires; prefer `maxAgeSeconds`. None by default. */
    expires?: Date;
    /** Whether browsers send it only over https. Default true on https and in production. */
    secure?: boolean;
    /** Whether scripts cannot read it. Default true. */
    httpOnly?: boolean;
    /** Whether it is sent with requests from other sites. Default "lax". */
    sameSite?: "strict" | "lax" | "none";
    /** Whether each top-level site has its own (CHIPS). Default false. */
    partitioned?: boolean;
}

/** Converts text to a value and back. The text is decoded; it contains no `/` unless `allowEncodedSlash` is true. */
export interface Converter<Value> {
    /** Returns the value of a string; undefined when the string does not match. */
    parse(text: string): Value | undefined;
    /** Returns the canonical text of a value; undefined when the value does not fit. */
    format(value: Value): string | undefined;
    /** Whether the text may contain an encoded `/` or `\`. Default false. */
    allowEncodedSlash?: boolean;
}

/**
 * Values of all converters by name. An application adds its own:
 * `declare module "gable" { interface Converters { isbn: Isbn } }`.
 */
export interface Converters extends BuiltInConverters {
    /** One or more segments; only allowed at the end of a pattern. */
    path: string;
    /** One or more segments as a list, whose items may contain an encoded `/`; only allowed at the end of a pattern. */
    segments: readonly string[];
}

/**
 * Parameters of a pattern: `PathParams<"/teams/:team/:page(int)?">` is `{ team: string; page?: number }`.
 * If the pattern is a plain `string`, the parameters can have any name.
 */
export type PathParams<Pattern extends string> = string extends Pattern ? Record<string, string> : {
    [Key in keyof AllParams<Pattern>]: AllParams<Pattern>[Key];
};

/**
 * A route. `get()`, `post()` and similar functions create it. It can be registered once, in one application.
 *
 * `Params` are the values that its pattern needs, `Query` those that its query takes.
 */
export declare class Route<Params = unknown, Query = QueryValues> {
    #private;
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
    constructor(definition: RouteDefinition);
    /** Returns where the route is registered; undefined before that. */
    get binding(): RouteBinding | undefined;
    /** Registers the route with its whole pattern. Throws `E_ROUTE_BOUND_TWICE` when it is registered already. */
    bind(pattern: string, converters: ConverterTable): RouteBinding;
    /**
     * Returns the path of this route, with its query.
     * Throws `E_ROUTE_PARAM` for a value that would not match, and `E_ROUTE_UNBOUND` before the route is registered.
     *
     * @example
     * showPost.url({ slug: "a b" }, { page: 2 }); // => "/posts/a%20b?page=2"
     */
    url(...[params, query]: UrlArguments<Params, Query>): string;
}

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

/** A place in the source. */
export interface SourcePlace {
    /** File as in the stack, a path or a URL. */
    readonly file: string;
    /** Line, from 1. */
    readonly line: number;
}

/** Sources of a content security policy by directive; a list replaces that of the default. */
export interface ContentSecurityPolicy {
    /** What is not named elsewhere. Default none. */
    defaultSrc?: readonly string[];
    /** Scripts. Default the own origin and the nonce. */
    scriptSrc?: readonly string[];
    /** Stylesheets. Default the own origin and the nonce. */
    styleSrc?: readonly string[];
    /** Images. Default the own origin and data URLs. */
    imgSrc?: readonly string[];
    /** Fonts. Default the own origin. */
    fontSrc?: readonly string[];
    /** Fetch, event streams and sockets. Default the own origin. */
    connectSrc?: readonly string[];
    /** Audio and video. Default the own origin. */
    mediaSrc?: readonly string[];
    /** Frames inside the page. Default none, by `defaultSrc`. */
    frameSrc?: readonly string[];
    /** The web manifest. Default the own origin. */
    manifestSrc?: readonly string[];
    /** Workers. Default the own origin. */
    workerSrc?: readonly string[];
    /** Targets of forms. Default the own origin. */
    formAction?: readonly string[];
    /** Pages that may frame this one. Default none. */
    frameAncestors?: readonly string[];
    /** The base element. Default none. */
    baseUri?: readonly string[];
    /** Plug-ins. Default none. */
    objectSrc?: readonly string[];
}

/** How long browsers use https only, and for which hosts. */
export interface StrictTransportOptions {
    /** Seconds that a browser remembers it after each reply: a whole number up to 63,072,000 (two years); 0 makes it forget. Default 31,536,000 (a year). */
    readonly maxAgeSeconds?: number;
    /** Whether it holds for all sub-domains. All of them must answer on https. Default false. */
    readonly includeSubDomains?: boolean;
    /** Whether browsers may ship with the host in their lists. Needs `includeSubDomains` and a year. Default false. */
    readonly preload?: boolean;
}

/** Values allowed in a template: no plain object, no function, no date. */
export type Hole = string | number | bigint | boolean | null | undefined | Html | SafeUrl | TrustedUrl | Json | Attributes | Css | Renderable | HoleArray | Promise<Hole> | AsyncIterable<Hole>;

/** A list of values in a template. */
export interface HoleArray extends Iterable<Hole> {
}

/** Lets scripts of other origins send requests and read the replies. */
export interface CorsOptions {
    /** Exact origins such as `https://app.example`, or `["*"]` for all origins. */
    readonly origins: readonly string[];
    /** Methods that they may use. Default: all methods that have a route. */
    readonly methods?: readonly string[];
    /** Header fields that they may send in addition to those that every form can send. Default `["content-type"]`. */
    readonly headers?: readonly string[];
    /** Header fields of replies that their scripts may read. None by default. */
    readonly exposedHeaders?: readonly string[];
    /** Whether browsers send cookies, and scripts may read such replies. Not with `["*"]`. Default false. */
    readonly credentials?: boolean;
    /** How long browsers cache the reply to a preflight, in seconds. Default 600. */
    readonly maxAgeSeconds?: number;
}

/** What a rate limit counts by: a client, a user, or the result of a function. */
export type RateKey = "ip" | "user" | ((context: AnyContext) => string | Promise<string>);

/** A rate limit of a route, a group or an application. */
export interface RateOptions extends Rate {
    /**
     * What is limited: a client address (IPv6 by its first 64 bits), the user of the session (otherwise the address), or
     * the result of a function. Default "ip".
     */
    readonly by?: RateKey;
    /** Routes with the same name count together. By default, each route, each group and the application count separately. */
    readonly name?: string;
    /** Whether requests pass or get 503 while the store does not respond. Default "pass". */
    readonly whenStoreFails?: "pass" | "refuse";
}

/** How many requests a key may make. */
export interface Rate {
    /** Requests that may come in a burst; in the long run, the same number may come in each window. */
    readonly requestsMax: number;
    /** Length of the window, in seconds. */
    readonly windowSeconds: number;
}

/** The result of counting an action. */
export interface RateDecision {
    /** Whether it is allowed. */
    readonly isAllowed: boolean;
    /** How many more are allowed now. */
    readonly remaining: number;
    /** Seconds until the next one is allowed; 0 if one is allowed now. */
    readonly retryAfterSeconds: number;
    /** Seconds until the full limit is available again. */
    readonly resetSeconds: number;
}

/** Counts actions that an application limits. */
export interface RateLimits {
    /** Counts one action under a key, and returns whether it is allowed. */
    take(key: string, rate: Rate): Promise<RateDecision>;
    /** Resets the count of a key. */
    reset(key: string): Promise<void>;
}

/** Where rate limits are counted. */
export interface RateLimitsOptions {
    /**
     * The memory of the process, the table of `rateModel()`, or another store such as `redisRates()`. With several processes, each
     * memory counts on its own. Default: "database" when the models have a `rateModel()`, else "memory".
     */
    readonly store?: "memory" | "database" | RateStore;
}

/** Signs values for one purpose. */
export interface Signer<Value> {
    /** What the tokens are for. */
    readonly purpose: string;
    /**
     * Returns a token for a value of JSON. Throws `E_SIGNATURE_VALUE` for other values, and for a token of more than 65,536 characters:
     * about 49,000 bytes of JSON.
     */
    sign(value: Value): string;
    /**
     * Returns the value of a token. Throws `E_SIGNATURE_FORM`, `E_SIGNATURE_KEY_UNKNOWN`, `E_SIGNATURE_MISMATCH` and
     * `E_SIGNATURE_EXPIRED`.
     */
    verify(token: string): Value;
    /** Returns the value of a token; undefined when `verify()` would throw one of its errors. */
    find(token: string): Value | undefined;
}

/** Options of {@link createSigner}. */
export interface SignerOptions {
    /** Seconds until a token expires. By default it never does. */
    readonly ttlSeconds?: number;
    /** Keys of this signer, the first one signs. Default: the keys of the application, `gable({ secretKeys })`. */
    readonly secretKeys?: readonly SecretKey[];
    /** Whether tokens are encrypted, so that clients cannot read them. Default false. */
    readonly encrypted?: boolean;
}

/** A secret key: base64url, base64 or hex text of at least 32 random bytes, or the bytes. */
export type SecretKey = string | Uint8Array;

/** Adds a message for the next page: `flash("success", "Saved.")`. Throws `E_FLASH_TOO_LONG`. */
export interface Flash {
    /** Adds a message. */
    (level: FlashLevel, text: string): void;
    /** Returns all messages, and removes them. */
    take(): readonly FlashMessage[];
    /**
     * Removes all messages and returns them as `<div class="messages">` with a paragraph for each; errors are separate,
     * with the role of an alert.
     */
    render(): Html;
    /** Returns all messages without removing them. */
    toJSON(): readonly FlashMessage[];
}

/** Kinds of flash messages. */
export type FlashLevel = "info" | "success" | "warning" | "error";

/** A message for the next page that shows messages. */
export interface FlashMessage {
    /** Kind of the message. */
    readonly level: FlashLevel;
    /** Text of the message. */
    readonly text: string;
}

/** Options for `session.rotate()`. */
export interface RotateOptions {
    /** The user that the session belongs to from now on; null for nobody. Unchanged by default. */
    readonly userId?: string | null;
}

/**
 * Values that are kept for a visitor from one request to the next.
 * Nothing is read before you access it. Changes are stored before the reply is sent, unless its status is 500 or above.
 */
export interface Session {
    /** Returns the value of a key; undefined without one. */
    find<Key extends SessionKey>(key: Key): Promise<SessionValues[Key] | undefined>;
    /**
     * Sets a JSON value. A key has at most 255 characters, and a session 1,000 keys. Throws `E_SESSION_VALUE`, `E_OPTION_INVALID`, and
     * `E_SESSION_SEALED` after the head of the reply was created.
     */
    set<Key extends SessionKey>(key: Key, value: SessionValues[Key]): void;
    /** Removes a value. Throws `E_SESSION_SEALED`. */
    delete(key: SessionKey): void;
    /**
     * Computes a value from the previous one, and returns it. If another request changes the same key in the meantime,
     * `change` runs again with the new value, so that no change is lost: `change` must not have other effects. Throws
     * `E_SESSION_VALUE` and `E_SESSION_SEALED`.
     */
    update<Key extends SessionKey>(key: Key, change: (value: SessionValues[Key] | undefined) => SessionValues[Key]): Promise<SessionValues[Key]>;
    /** Returns the user that the session belongs to; null for nobody. */
    findUserId(): Promise<string | null>;
    /**
     * Gives the session a new ID; call it when the visitor's permissions change. The old ID becomes invalid. If the session belonged to another
     * user, its stored values are deleted.
     */
    rotate(options?: RotateOptions): void;
    /** Ends the session, whatever the status of the reply: its values are deleted, here and in all parallel requests. */
    end(): void;
}

/** Values of the session by key: those of `AppTypes["session"]`, or any when it is not declared. */
export type SessionValues = AppTypes extends {
    session: infer Values;
} ? Values : Record<string, unknown>;

/** How sessions are stored, and how long they live. */
export interface SessionOptions {
    /**
     * Where sessions are: in an encrypted cookie, in the table of `sessionModel()`, in memory, or in another store such as
     * `redisSessions()`. Default: "database" when the models have a `sessionModel()`, else "cookie".
     */
    readonly store?: "cookie" | "database" | "memory" | SessionStore;
    /** Seconds until a session ends, however much it is used. Default 1,209,600 (14 days). */
    readonly absoluteSeconds?: number;
    /** Seconds without a request until a session ends; null for no such limit. Default null. */
    readonly idleSeconds?: number | null;
    /** Largest sum of all values of a session, in bytes of JSON. A cookie holds 3,800 in any case. Default 65,536 (64 KiB). */
    readonly bytesMax?: number;
}

/**
 * Stores sessions under keys.
 *
 * A key is the SHA-256 of an id, as 64 hex digits. A session whose `expiresAt` is not above `now` counts as missing everywhere.
 */
export interface SessionStore {
    /** Stores a new session. */
    create(key: string, record: SessionRecord): Promise<void>;
    /** Returns a session; undefined when there is none. Deletes it when it has expired: a clock that is put back revives nothing. */
    read(key: string, now: number): Promise<SessionRecord | undefined>;
    /** Changes a session as one step: parallel changes to other keys are kept, and a session that was deleted stays so. */
    patch(key: string, changes: SessionChanges, now: number): Promise<SessionOutcome>;
    /** Deletes a session, if it is there. */
    delete(key: string): Promise<void>;
    /** Deletes sessions that have expired, at most `rowsMax` of them, and returns how many. Called until it returns 0. */
    deleteExpired(now: number, rowsMax: number): Promise<number>;
    /** Deletes the sessions that were last used before a time, and returns how many. None by default: then nobody can ask for it. */
    deleteUnused?(before: number): Promise<number>;
    /** Whether the sessions are in the memory of this process, where other processes cannot see them. Default false. */
    readonly isLocal?: boolean;
    /** Opens connections; called at start. */
    open?(): Promise<void>;
    /** Closes what `open()` has opened. */
    close?(): Promise<void>;
}

/** The stored form of a session. Times are milliseconds since 1970. */
export interface SessionRecord {
    /** Values by key, each as a JSON text. */
    readonly values: Readonly<Record<string, string>>;
    /** The user that it belongs to; null for nobody. */
    readonly userId: string | null;
    /** When it began. */
    readonly createdAt: number;
    /** When it was last used, to a few minutes. */
    readonly seenAt: number;
    /** When it ends. */
    readonly expiresAt: number;
}

/** Changes to a session that exists. What is left out stays as it is. */
export interface SessionChanges {
    /** Values to set by key, each as a JSON text. */
    readonly set?: Readonly<Record<string, string>>;
    /** Keys to remove. */
    readonly delete?: readonly string[];
    /** Texts that these keys must still have, null for none. When one differs, nothing is changed. */
    readonly expected?: Readonly<Record<string, string | null>>;
    /** The user that it belongs to from now on. */
    readonly userId?: string | null;
    /** When it began, for a session that starts again. */
    readonly createdAt?: number;
    /** When it was used. */
    readonly seenAt?: number;
    /** When it ends. */
    readonly expiresAt?: number;
    /** The key under which it is found from now on, and no longer under the old one. */
    readonly moveTo?: string;
}

/** What became of changes: stored, refused because an expected text differs, or there is no such session any more. */
export type SessionOutcome = "saved" | "changed" | "missing";

/** What a {@link GableError} can carry beyond its code and message. */
export interface GableErrorOptions {
    /** HTTP status of the reply. By default the status of the code in the catalogue. */
    status?: number;
    /** One imperative sentence that fixes it. By default the fix of the code in the catalogue. */
    fix?: string;
    /** Facts for programs: field errors, limits, places. None by default. */
    details?: Readonly<Record<string, unknown>>;
    /** The error that led to this one. None by default. */
    cause?: unknown;
    /** Whether `message` is safe to show to a client. By default true for statuses below 500. */
    expose?: boolean;
    /** Header fields for the reply, such as `Allow` or `Retry-After`. None by default. */
    headers?: ReadonlyArray<readonly [string, string]>;
}

/** Creates the error of one status; the client sees `message` if the status is below 500. */
export type StatusError = (message?: string, options?: StatusErrorOptions) => GableError;

/** Options of a status error. */
export interface StatusErrorOptions {
    /** Code of the reply: your own, or one of the catalogue. By default the code of the status. */
    code?: string;
    /** Facts for the client, added to the problem reply. None by default. */
    details?: Readonly<Record<string, unknown>>;
    /** The error that led to this one; logged, never sent. None by default. */
    cause?: unknown;
    /** Seconds after which the client may try again, sent as Retry-After. None by default. */
    retryAfterSeconds?: number;
    /** More header fields of the reply. None by default. */
    headers?: ReadonlyArray<readonly [string, string]>;
}

/** All limits of a server. Sizes are in bytes, times in milliseconds. */
export interface ServerLimits extends RequestLimits {
    /** Largest request target. Default 8 KiB; above it 414. */
    readonly targetBytesMax?: number;
    /** Largest request line with all fields. Default 16 KiB; above it 431. */
    readonly headBytesMax?: number;
    /** Largest field line. Default 8 KiB; above it 431. */
    readonly fieldBytesMax?: number;
    /** Largest number of fields. Default 100; above it 431. */
    readonly fieldCountMax?: number;
    /** Largest body after decoding. Default 1 MiB; above it 413. */
    readonly bodyBytesMax?: number;
    /** Largest sum of chunk extensions of a request. Default 4 KiB; above it 400. */
    readonly chunkExtensionBytesMax?: number;
    /** Largest trailer section. Default 4 KiB; above it 400. */
    readonly trailerBytesMax?: number;
    /** Largest number of open connections. Default 10,000; above it 503. */
    readonly connectionsMax?: number;
    /** Requests on one connection, after which it closes. Default 1,000. */
    readonly requestsPerConnectionMax?: number;
    /** Largest unread rest of a body after which the connection stays open. Default 64 KiB; above it the reply closes. */
    readonly drainBytesMax?: number;
    /** Longest pause of a client that still sends after its reply. Default 5 s; above it the connection closes. */
    readonly drainIdleMs?: number;
    /** Longest time in which a client may still send after its reply. Default 30 s; above it the connection closes. */
    readonly drainMs?: number;
    /** Largest number of bytes discarded after the last reply of a connection. Default 256 MiB; above it a reset. */
    readonly lingerBytesMax?: number;
    /** Time that a request gets after its client closed its sending side. Default 2 s; above it `signal` aborts. */
    readonly halfCloseMs?: number;
    /** Time for a head from its first byte, and for the first byte from accept. Default 10 s. */
    readonly headMs?: number;
    /** Longest pause between two reads of a body. Default 10 s; above it 408. */
    readonly bodyIdleMs?: number;
    /** Longest time for a whole body. Default 60 s; above it 408. */
    readonly bodyMs?: number;
    /** Least rate of a body after the grace time, in bytes per second. Default 500; below it 408. */
    readonly bodyBytesPerSecondMin?: number;
    /** Time until the least rate holds. Default 20 s. */
    readonly bodyRateGraceMs?: number;
    /** Longest time until the head of the reply. Default 30 s; above it 503. */
    readonly handlerMs?: number;
    /** Longest time without a slice of the reply taken by the client. Default 60 s. */
    readonly replyStallMs?: number;
    /** How long an idle connection is promised to stay. Default 65 s. */
    readonly keepAliveMs?: number;
    /** Time for the TLS handshake. Default 10 s. */
    readonly tlsHandshakeMs?: number;
    /** Time that running requests get when the server stops. Default 30 s. */
    readonly stopGraceMs?: number;
}

/**
 * Readers of environment variables for {@link defineSettings}.
 *
 * @example
 * const settings = defineSettings({ newsletterSize: env.int("NEWSLETTER_SIZE", { min: 1, max: 500, default: 50 }) });
 */
export declare const env: Readonly<{
    /** Reads a string. */
    text<const Options extends TextSettingOptions>(variable: string, options?: Options & TextSettingOptions): SettingReader<Given<Options, string>>;
    /** Reads a whole number. */
    int<const Options extends NumberSettingOptions>(variable: string, options?: Options & NumberSettingOptions): SettingReader<Given<Options, number>>;
    /** Reads a number. */
    number<const Options extends NumberSettingOptions>(variable: string, options?: Options & NumberSettingOptions): SettingReader<Given<Options, number>>;
    /** Reads true or false: also yes, no, on, off, 1, 0. */
    boolean<const Options extends SettingOptions<boolean>>(variable: string, options?: Options & SettingOptions<boolean>): SettingReader<Given<Options, boolean>>;
    /** Reads an address with a scheme, such as `https://example.com` or `sqlite:var/app.db`. The value is the text as written. */
    url<const Options extends UrlSettingOptions>(variable: string, options?: Options & UrlSettingOptions): SettingReader<Given<Options, string>>;
    /** Reads texts with commas between them. */
    list<const Options extends SettingOptions<readonly string[]>>(variable: string, options?: Options & SettingOptions<readonly string[]>): SettingReader<Given<Options, readonly string[]>>;
    /** Reads one of some words. */
    choice<const Choice extends string, const Options extends SettingOptions<NoInfer<Choice>>>(variable: string, choices: readonly Choice[], options?: Options & SettingOptions<NoInfer<Choice>>): SettingReader<Given<Options, Choice>>;
    /** Reads a span of time such as `500ms`, `30s`, `15m`, `2h` or `7d`. The value is in seconds. */
    duration<const Options extends NumberSettingOptions>(variable: string, options?: Options & NumberSettingOptions): SettingReader<Given<Options, number>>;
    /** Reads a size such as `64KiB` or `10MB`. The value is in bytes. */
    bytes<const Options extends NumberSettingOptions>(variable: string, options?: Options & NumberSettingOptions): SettingReader<Given<Options, number>>;
    /** Reads JSON. Check its form with {@link env.schema}. */
    json<const Options extends SettingOptions<unknown>>(variable: string, options?: Options & SettingOptions<unknown>): SettingReader<unknown>;
    /** Reads a string that is never shown: a password or an access key. Its value stays out of logs and error pages. */
    secret<const Options extends TextSettingOptions>(variable: string, options?: Options & TextSettingOptions): SettingReader<Given<Options, string>>;
    /** Reads secrets with commas between them, the current one first: keys that rotate. */
    secrets<const Options extends SettingOptions<readonly string[]>>(variable: string, options?: Options & SettingOptions<readonly string[]>): SettingReader<Given<Options, readonly string[]>>;
    /** Reads the path of a file that exists. The value is the absolute path. */
    file<const Options extends SettingOptions<string>>(variable: string, options?: Options & SettingOptions<string>): SettingReader<Given<Options, string>>;
    /** Reads a value with any synchronous Standard Schema. A schema of objects gets the parsed JSON. */
    schema<Schema extends StandardSchema, const Options extends SettingOptions<OutputOfSchema<Schema>>>(variable: string, schema: Schema, options?: Options & SettingOptions<OutputOfSchema<Schema>>): SettingReader<Given<Options, OutputOfSchema<Schema>>>;
}>;

/**
 * Reads all settings, and reports all problems of them together, before anything opens.
 * Throws `E_SETTINGS_INVALID`; its `details.problems` is a list of {@link SettingProblem}.
 *
 * @example
 * export const settings = defineSettings({ origin: env.url("ORIGIN", { development: "http://localhost:3000" }) });
 */
export declare function defineSettings<const Definition extends Readonly<Record<string, unknown>>>(definition: Definition, options?: DefineSettingsOptions): Settings<Definition>;

/** Where settings come from. */
export interface DefineSettingsOptions {
    /** Mode whose defaults hold. Default: the variable `GABLE_MODE`, else production. */
    mode?: Mode;
    /** Folder of the `.env` files. Default: the working directory. */
    folder?: string;
    /** Variables in place of those of the process and of the files, for tests. None by default. */
    variables?: Readonly<Record<string, string | undefined>>;
}

/** One thing to correct. */
export interface SettingProblem {
    /** Variable, or name of the setting. */
    readonly name: string;
    /** The problem, such as `is missing`. */
    readonly problem: string;
    /** What to write. */
    readonly fix: string;
}

/** The value of each setting. A setting that is not a reader keeps its own type. */
export type Settings<Definition> = {
    readonly [Name in keyof Definition]: Definition[Name] extends SettingReader<infer Value> ? Value : Definition[Name];
};

/** Bounds of a number. */
export interface NumberSettingOptions extends SettingOptions<number> {
    /** Smallest value. None by default. */
    min?: number;
    /** Largest value. None by default. */
    max?: number;
}

/** Length and form of a string. */
export interface TextSettingOptions extends SettingOptions<string> {
    /** Fewest characters. Default 1. */
    min?: number;
    /** Most characters. None by default. */
    max?: number;
    /** Form of the whole text. None by default. */
    pattern?: RegExp;
}

/** Which addresses are taken. */
export interface UrlSettingOptions extends SettingOptions<string> {
    /** Schemes without their colon, such as `["postgres", "sqlite"]`. By default any. */
    schemes?: readonly string[];
}

/** A value, or the problem of the string: `is not a whole number`, and what to write. */
export type ReadResult<Value> = {
    readonly value: Value;
} | {
    readonly problem: string;
    readonly fix: string;
};

/** Options that every reader takes. */
export interface SettingOptions<Value> {
    /** Value without the variable, in every mode. Without it and without `optional`, the variable is required. */
    default?: Value;
    /** Value without the variable in development. Default: `default`. */
    development?: Value;
    /** Value without the variable in tests. Default: `default`. */
    test?: Value;
    /** Value without the variable in production. Default: `default`. */
    production?: Value;
    /** Whether the setting may be missing; its value is then `undefined`. Default false. */
    optional?: boolean;
    /** Checks the value: returns the problem, such as "is not a port", or undefined. None by default. */
    check?: (value: Value) => string | undefined;
    /** What the setting is for, in one sentence, for `.env.example`. None by default. */
    help?: string;
}

/** Reads one variable. */
export interface SettingReader<Value> {
    /** Name of the variable, such as `DATABASE_URL`. */
    readonly variable: string;
    /** Kind of the value, such as `int`, for lists of settings. */
    readonly kind: string;
    /** Whether the value is never shown. */
    readonly isSecret: boolean;
    /** What to write, such as `a whole number from 1 to 500`. */
    readonly rule: string;
    /** Options as they were given. */
    readonly options: SettingOptions<Value>;
    /** Reads the text of the variable. */
    parse(text: string): ReadResult<Value>;
}

/** Replaces all secrets of some settings in a string, for logs and error pages. */
export declare function createRedactor(settings: object): Redactor;

/** The facts of each setting, for lists and for `.env.example`. Empty for another object. */
export declare function describeSettings(settings: object): readonly SettingFacts[];

/** Returns a file with one variable per setting: what it is for, what to write, and whether it is required. */
export declare function toEnvExample(facts: readonly SettingFacts[]): string;

/** One setting, for lists. The values of secrets are left out. */
export interface SettingFacts {
    /** Name in the settings. */
    readonly name: string;
    /** Variable that it is read from; undefined for a value of the code. */
    readonly variable: string | undefined;
    /** Kind of the value. */
    readonly kind: string;
    /** What to write. */
    readonly rule: string;
    /** Where the value comes from: `environment`, a file, `default`, `code`, or `missing`. */
    readonly source: string;
    /** The value; `[secret]` for a secret. */
    readonly value: unknown;
    /** Whether it must be given in production. */
    readonly isRequired: boolean;
    /** What it is for. */
    readonly help: string | undefined;
}

/** Checks a command. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`. */
export declare function assertCommand(options: Command<unknown, unknown, never>): void;

/**
 * Defines a command of your application. A module in `commands/` exports it as its default.
 *
 * @example
 * export default defineCommand({
 *   name: "books count",
 *   help: "Counts the books.",
 *   run: async ({ print }) => print(`${await Book.count()} books`),
 * });
 */
export declare function defineCommand<const Arguments extends Readonly<Record<string, ArgumentOptions>> = {}, const Flags extends Readonly<Record<string, FlagOptions>> = {}>(options: CommandOptions<Arguments, Flags>): Command<Arguments, Flags>;

/**
 * Defines a check. It runs in `gable check`, and before `gable dev`, `test` and `start`. Pass it to
 * `gable({ checks: { add } })`, or as `checks` of a part. Throws `E_OPTION_UNKNOWN` and `E_OPTION_INVALID`.
 *
 * @example
 * export const pricesThere = defineCheck({
 *   id: "shop.prices-missing",
 *   level: "error",
 *   run: ({ readFile }) => (readFile("prices.csv") ? [] : [{ message: "The file prices.csv does not exist.", fix: "Export it from your shop." }]),
 * });
 */
export declare function defineCheck(check: Check): Check;

/** A check of an application or of a part. */
export interface Check extends Omit<AnyCheck, "run"> {
    /** Returns the problems; an empty list if there are none. */
    readonly run: (subject: CheckSubject) => readonly CheckFinding[] | Promise<readonly CheckFinding[]>;
}

/** What a check can look at. The application is not started, so its databases are closed. */
export interface CheckSubject {
    /** Facts of the application; `facts.options` are its options as they were given. */
    readonly facts: ApplicationFacts;
    /** Folder of the project. */
    readonly folder: string;
    /** Reads a file of the project; undefined when there is none. */
    readonly readFile: (name: string) => string | undefined;
}

/** A check, whatever it looks at. Make one with `defineCheck()`. */
export interface AnyCheck {
    /** Stable id: the subject and the problem, such as `shop.rates-missing`. */
    readonly id: string;
    /** An `error` stops `gable dev`, `test` and `start`. */
    readonly level: "error" | "warning" | "info";
    /** Whether it runs only with `gable check --deploy`. Default false. */
    readonly deploy?: boolean;
    /** Returns the problems; an empty list if there are none. */
    readonly run: (subject: never) => readonly CheckFinding[] | Promise<readonly CheckFinding[]>;
}

/** A problem that a check found. */
export interface CheckFinding {
    /** The problem, and where it is. */
    readonly message: string;
    /** What to do, as a sentence. */
    readonly fix: string;
    /** Where it is, such as a file and a line. By default the message says it. */
    readonly where?: string;
}

/** Checks of an application. */
export interface CheckSettings {
    /** Your own checks. None by default. */
    readonly add?: readonly AnyCheck[];
    /** Ids of checks whose problems are not reported, each with the reason. None by default. */
    readonly silence?: Readonly<Record<string, string>>;
}

/** Makes the function that reports to a sink. */
export declare function createProgress(sink: ProgressSink, now?: () => number): Progress;

/** A word after the name of the command. */
export interface ArgumentOptions {
    /** What it is, in a few words. */
    readonly help: string;
    /** Whether it may be missing. Default false. */
    readonly optional?: boolean;
    /** Whether all remaining words belong to it. Only for the last argument. Default false. */
    readonly many?: boolean;
}

/** Values of arguments by name. */
export type ArgumentValues<Arguments> = {
    readonly [Name in keyof Arguments]: ArgumentValue<Arguments[Name]>;
};

/** A command. Make one with {@link defineCommand}. */
export interface Command<Arguments = {}, Flags = {}, Context = CommandContext<Arguments, Flags>> {
    /** Words that call it, such as `newsletter send`. */
    readonly name: string;
    /** What it does, in one sentence. */
    readonly help: string;
    /** Examples for its help: the words after `gable`. None by default. */
    readonly examples?: readonly string[];
    /** Words after the name, in order. None by default. */
    readonly arguments?: Arguments;
    /** Flags by name, in camel case: `dryRun` is `--dry-run`. None by default. */
    readonly flags?: Flags;
    /** Does the work. What it returns is `data` of the JSON output. */
    readonly run: (context: Context) => unknown;
}

/** What a command gets when it runs. */
export interface CommandContext<Arguments = {}, Flags = {}> {
    /** Words after the name. */
    readonly arguments: ArgumentValues<Arguments>;
    /** Flags. */
    readonly flags: FlagValues<Flags>;
    /** Prints a line for people. With `--json` and `--quiet` it prints nothing. */
    readonly print: (line?: string) => void;
    /** Prints rows as a table: the keys of the first row are the head. */
    readonly table: (rows: ReadonlyArray<Readonly<Record<string, unknown>>>) => void;
    /** Shows how far long work is. */
    readonly progress: Progress;
    /** Asks a question that is answered with yes or no; `--yes` answers it. Throws `E_COMMAND_CONFIRM` where nobody can answer. */
    readonly confirm: (question: string) => Promise<boolean>;
    /** Aborts on Ctrl-C. */
    readonly signal: AbortSignal;
}

/** Options of {@link defineCommand}. */
export type CommandOptions<Arguments, Flags> = Command<Arguments, Flags>;

/** A flag such as `--size 7`. */
export interface FlagOptions {
    /** Kind of its value. A `boolean` takes no value, a `list` can be given several times. */
    readonly type: "string" | "int" | "boolean" | "list";
    /** What it does, in one sentence without a full stop. */
    readonly help: string;
    /** Values that it takes. By default any. */
    readonly choices?: readonly string[];
    /** Value without the flag. By default `undefined`, `false` for a boolean, an empty list for a list. */
    readonly default?: string | number | boolean;
}

/** Values of flags by name. */
export type FlagValues<Flags> = {
    readonly [Name in keyof Flags]: FlagValue<Flags[Name]>;
};

/** Runs work and shows how far it is. Returns what the work returns. */
export type Progress = <Result>(label: string, options: ProgressOptions, work: (bar: ProgressBar) => Promise<Result>) => Promise<Result>;

/** What the work calls for each step. */
export interface ProgressBar {
    /** Counts one step as done; the note says which. */
    step(note?: string): void;
    /** Sets the number of steps that are done. */
    set(done: number, note?: string): void;
}

/** Options of {@link Progress}. */
export interface ProgressOptions {
    /** Number of steps. By default nobody knows it. */
    readonly total?: number;
}

/** Where states of progress go, and when. */
export interface ProgressSink {
    /** Shows a state. */
    show(state: ProgressState): void;
    /** Whether a state would be shown now: steps in between cost next to nothing. `share` is the part that is done, from 0 to 1, if it is known. */
    isDue(nowMs: number, share: number | undefined): boolean;
}

/** How far some work is. */
export interface ProgressState {
    /** What is being done. */
    readonly label: string;
    /** Steps that are done. */
    readonly done: number;
    /** All steps; undefined when nobody knows. */
    readonly total: number | undefined;
    /** Steps per second since the start. */
    readonly ratePerSecond: number;
    /** Time until the end in seconds; undefined when nobody knows. */
    readonly secondsLeft: number | undefined;
    /** What the last step was. */
    readonly note: string | undefined;
    /** Whether the work has ended. */
    readonly isDone: boolean;
}

/** An application as facts. */
export interface ApplicationFacts {
    /** Mode. */
    readonly mode: Mode;
    /** Routes in the order of their definition. */
    readonly routes: readonly RouteFacts[];
    /** The models as they were given; undefined for an application without any. */
    readonly models: readonly object[] | Readonly<Record<string, unknown>> | undefined;
    /** Databases by name, as they will be opened. */
    readonly databases: Readonly<Record<string, NamedDatabaseOptions>>;
    /** Folders of the template files; undefined for an application without any. */
    readonly views: readonly string[] | undefined;
    /** Names of the features that the options turn on. */
    readonly features: readonly string[];
    /** Checks of its parts, and its own. */
    readonly checks: readonly AnyCheck[];
    /** The options as they were given. They can hold secrets: do not print them. */
    readonly options: Readonly<GableOptions>;
}

/** A route. */
export interface RouteFacts {
    /** HTTP method. */
    readonly method: string;
    /** Whole pattern, with the prefixes of its groups. */
    readonly path: string;
    /** Name; undefined when it has none. */
    readonly name: string | undefined;
    /** Names of the guards, in the order in which they run. */
    readonly guards: readonly string[];
    /** Names of the middleware, the outermost first. */
    readonly middleware: readonly string[];
    /** Declared input: `query`, `form`, `json`, `files`. */
    readonly input: readonly string[];
    /** Protections that the route or its groups change, such as `crossSite: webhooks of the bank`. */
    readonly exceptions: readonly string[];
    /** Sources of the content security policy that the route or its group replaces; undefined for those of the application. */
    readonly csp: ContentSecurityPolicy | undefined;
    /** Security headers that the code of the handler or of a middleware names, in lower case: what they set wins over the default. */
    readonly ownHeaders: readonly string[];
    /** Rate limit of the route or its group; false if it has none on purpose, undefined for that of the application. */
    readonly rate: RateOptions | false | undefined;
    /** Other limits of the route and its groups, such as `bodyBytesMax`: those that replace limits of the application. */
    readonly limits: Readonly<Record<string, unknown>>;
    /** File and line that define it. */
    readonly place: SourcePlace | undefined;
}
