/**
 * Serves requests with a listener. Throws `E_LISTEN`, `E_LIMIT_INVALID`, `E_OPTION_UNKNOWN`, `E_TLS_OPTIONS`.
 *
 * @example
 * const server = await serve((request) => ({ status: 200, headers: [["content-type", "text/plain"]], body: `hello ${request.path}` }), { port: 0 });
 * await server.stop();
 */
export declare function serve(listener: RequestListener, options?: ServeOptions): Promise<RunningServer>;

/** Makes a listener for an existing node:http or node:https server. */
export declare function toNodeListener(listener: RequestListener, options?: NodeListenerOptions): (request: IncomingMessage, response: ServerResponse) => void;

/** Options of {@link serve}. */
export interface ServeOptions extends ListenAddress {
    /** Limits and timeouts; see {@link ServerLimits} for the defaults. */
    limits?: ServerLimits;
    /** Key and certificate: the server then speaks TLS. None by default. */
    https?: HttpsOptions;
    /** `gable` is the engine of this package, `node` the parser of node:http. Default "gable". */
    engine?: "gable" | "node";
    /** Methods beyond the standard ones that the listener knows. None by default. */
    methods?: readonly string[];
    /** Whether a peer may state another scheme in an absolute target. Default: nobody may. */
    isTrustedPeer?: (address: string) => boolean;
    /** Called with errors that no reply can tell. By default they go to standard error. */
    onError?: (error: unknown, request: RawRequest | null) => void;
}

/** A server that listens. */
export interface RunningServer {
    /** Port; 0 for a Unix socket. */
    readonly port: number;
    /** Address of the first page, such as `http://127.0.0.1:3000`. */
    readonly url: string;
    /** Number of open connections. */
    readonly connectionCount: number;
    /** Stops: no new connections, running requests may end within the grace time, then they are aborted. */
    stop(options?: StopOptions): Promise<void>;
}

/** How a server stops. */
export interface StopOptions {
    /** Time for running requests, in milliseconds. By default the limit `stopGraceMs`. */
    graceMs?: number;
    /** Time that idle connections get for one more request, in milliseconds; null: as promised to them. Default 0. */
    idleMs?: number | null;
}

/** Options of {@link toNodeListener}. */
export interface NodeListenerOptions {
    /** Limits that hold above those of the server it is put into. See {@link ServerLimits}. */
    limits?: ServerLimits;
    /** Methods beyond the standard ones. None by default. */
    methods?: readonly string[];
    /** Called with errors that no reply can tell. By default they go to standard error. */
    onError?: (error: unknown, request: RawRequest | null) => void;
}

/** Key and certificate of a TLS server. */
export interface HttpsOptions {
    /** Private key, PEM. */
    key: string | Buffer;
    /** Certificate chain, PEM. */
    cert: string | Buffer;
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

/** Where to listen. */
export interface ListenAddress {
    /** Port; 0 takes a free one. Default 3000. */
    port?: number;
    /** Address or name to bind. Default 127.0.0.1: loopback. */
    host?: string;
    /** Path of a Unix socket instead of a port; made with mode 0660, a stale one is removed. None by default. */
    unixPath?: string;
    /** Descriptor of a socket that listens already, for example from systemd. None by default. */
    fd?: number;
}

/**
 * Listens, starts workers that load the application, and keeps them alive. This process loads no code of the
 * application. Resolves when the first worker is ready; `ended` of the result gives the exit code.
 *
 * Signals: TERM and INT stop in order, a second one forces; QUIT stops immediately; HUP reloads; TTIN and TTOU change the
 * number of workers by one; USR2 writes a status line, and calls `reopenLogs()` of applications that have it.
 *
 * Throws `E_LISTEN`, `E_OPTION_INVALID`, `E_OPTION_UNKNOWN`, and `E_WORKERS_FAILED` when no worker can start.
 */
export declare function supervise(options: SuperviseOptions): Promise<RunningSupervisor>;

/** Sends a command to the supervisor that listens on a path. Throws `E_SUPERVISOR_MISSING` when there is none. */
export declare function sendSupervisorCommand(path: string, command: ControlCommand): Promise<ControlAnswer>;

/** What `gable dev` needs of a supervisor. */
export interface DevelopmentSupervision {
    /** Answers requests in the supervisor while the newest worker cannot start; older workers get none. */
    readonly answerFailure: FailureListener;
    /** Address of a module that workers import before the application. */
    readonly setup: string;
    /** Called with what the tools of development in a worker send. */
    readonly onMessage: (event: unknown) => void;
    /** Called when a worker could not start, or has died by an error that nobody caught. */
    readonly onFailure: (failure: WorkerFailure) => void;
    /** Called when a worker serves. */
    readonly onReady: (bootMs: number) => void;
    /** Called when a process is ready to become the next worker. */
    readonly onStandby: (pid: number) => void;
    /** Whether an old worker ends before the next one starts: a debugger has one port. */
    readonly isOneAtATime: boolean;
}

/** Options of {@link supervise}. */
export interface SuperviseOptions extends ListenAddress {
    /** Path of the module whose default export is the application. Only workers load it. */
    app: string;
    /** Number of workers. Default "auto": one per core, at most one per 256 MiB of memory. */
    workers?: number | "auto";
    /**
     * Whether one more process runs the background tasks of the application, if it has some: workers then run none. Default false: each
     * worker runs tasks.
     */
    tasks?: boolean;
    /** Time for a worker to become ready, in milliseconds. Default 60,000. */
    bootMs?: number;
    /** Time without a heartbeat after which a worker is killed, in milliseconds; 0 for never. Default 10,000. */
    stallMs?: number;
    /** Requests after which a worker is replaced, with 10 % of jitter. Default 0: never. */
    requestsMax?: number;
    /** Resident memory above which a worker is replaced, in bytes. Default 0: never. */
    rssBytesMax?: number;
    /** Time between "not ready" and the end of accepting, in milliseconds. Default 0; Kubernetes needs 5,000. */
    stopDelayMs?: number;
    /** Time for running requests when the supervisor stops, in milliseconds. Default 30,000. */
    stopGraceMs?: number;
    /** Time for idle connections when the supervisor stops, in milliseconds. Default 5,000. */
    stopIdleMs?: number;
    /** Longest life of an old generation after a reload, in milliseconds. Default 97,000. */
    reloadGraceMs?: number;
    /** Path of a Unix socket that takes the commands `reload`, `stop` and `status`. None by default. */
    controlPath?: string;
    /** Whether the process's signals control the supervisor. Default true. */
    signals?: boolean;
    /** Arguments of Node for the workers. Default: those of this process. */
    execArgv?: readonly string[];
    /** Variables for the workers, added to those of this process. None by default. */
    env?: Readonly<Record<string, string>>;
    /** Called with what happens. By default it is written to standard error as JSON lines. */
    onEvent?: (event: SupervisorEvent) => void;
}

/** A line of the supervisor's log. */
export interface SupervisorEvent {
    /** How important it is. */
    readonly level: "info" | "warn" | "error";
    /** What has happened, in one sentence. */
    readonly message: string;
    /** Process id of the worker that it is about. */
    readonly pid?: number;
    /** Facts by name. */
    readonly [name: string]: unknown;
}

/** A supervisor that runs. */
export interface RunningSupervisor {
    /** Port; 0 for a Unix socket. */
    readonly port: number;
    /** What it and its workers do now. */
    readonly status: SupervisorStatus;
    /** Resolves when all workers have ended and the listener is closed. */
    readonly ended: Promise<SupervisorEnd>;
    /** Starts a new generation. Resolves with undefined, or with the reason why the old one serves on. */
    reload(): Promise<WorkerFailure | undefined>;
    /** Stops in order; a second call forces the end. */
    stop(): Promise<SupervisorEnd>;
    /** Ends everything now, without grace. */
    stopNow(): Promise<SupervisorEnd>;
    /**
     * @internal Has a process ready for the next `restart()`, which has loaded these modules: addresses of modules of packages, none of the
     * application. Undefined ends the existing process. For `gable dev`.
     */
    standBy(modules: readonly string[] | undefined): void;
}

/** How a supervisor ended. */
export interface SupervisorEnd {
    /** Exit code that the process should have: 0 in order, 1 forced or given up. */
    readonly exitCode: 0 | 1;
    /** Why it gave up; undefined when it was stopped. */
    readonly failure: WorkerFailure | undefined;
}

/** What a supervisor and its workers do now. */
export interface SupervisorStatus {
    /** Process id of the supervisor. */
    readonly pid: number;
    /** Number of the generation that serves; it grows with each reload. */
    readonly generation: number;
    /** Whether it was asked to stop. */
    readonly isStopping: boolean;
    /** Number of connections that wait for a worker. */
    readonly waiting: number;
    /** All workers that live. */
    readonly workers: readonly WorkerStatus[];
}

/** What a worker does now. */
export interface WorkerStatus extends WorkerFacts {
    /** Its process id. */
    readonly pid: number;
    /** Number of its generation. */
    readonly generation: number;
    /** What it does. */
    readonly role: WorkerRole;
    /** Where it is in its life. */
    readonly state: WorkerState;
}

/** Life of a worker; it only moves forward. */
export type WorkerState = "starting" | "ready" | "draining" | "dead";

/** What a worker says about itself each second. */
export interface WorkerFacts {
    /** Number of open connections. */
    readonly connections: number;
    /** Number of requests since the start. */
    readonly requests: number;
    /** Resident memory, in bytes. */
    readonly rssBytes: number;
    /** Longest delay of the event loop in the last second, in milliseconds. */
    readonly loopDelayMs: number;
}

/** Why a worker could not start. */
export interface WorkerFailure {
    /** The reason of the failure. */
    readonly message: string;
    /** Code of the catalogue, where the error has one. */
    readonly code: string | undefined;
    /** How to fix it, where the error says so. */
    readonly fix: string | undefined;
    /** Where it was thrown. */
    readonly stack: string | undefined;
    /** Report of the error as JSON, where a {@link WorkerSetup} makes one. */
    readonly report?: unknown;
}

/** What a process does: it serves connections, or it runs background tasks. */
export type WorkerRole = "web" | "tasks";

/** Default export of a module that prepares workers: `gable dev` has one. */
export interface WorkerSetup {
    /** Called before the application is imported, with the number of the generation. */
    prepare(generation: number): void;
    /** Called with the application before it starts. What it throws ends the start. */
    loaded?(app: unknown): Promise<void>;
    /** Called when the worker serves. */
    started(app: unknown): void;
    /** Makes a report of an error that ended the start, or that nobody caught: plain JSON. Nothing else is written about it. */
    describeError(error: unknown): unknown;
}

/** Answer to a command: whether it has worked, and the reason or the status. */
export interface ControlAnswer {
    /** Whether the command has worked. */
    readonly isDone: boolean;
    /** The status, how the supervisor ended, or the reason of the failure. */
    readonly details: unknown;
}

/** A command. */
export type ControlCommand = "reload" | "stop" | "status";
