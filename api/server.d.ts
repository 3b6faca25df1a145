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
