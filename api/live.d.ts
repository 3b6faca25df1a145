/**
 * Creates a WebSocket route. It has the middleware, guards, session and cross-site check of every other route.
 * @example
 * export const chat = socket("/chat/:room", { guard: signedIn }, { message: (socket, text) => socket.send(text) });
 */
export declare const socket: SocketFactory;

/** Looks after event streams and WebSockets. Every application has it; nothing is loaded before the first connection. */
export declare const livePart: import("../parts/part.ts").Part<"live", Live, LiveSetting>;

/** The live connections. */
export declare class Live implements PartInstance {
    #private;
    constructor(parts: LiveParts);
    /** Number of open event streams and WebSockets. */
    get connectionCount(): number;
}

/** Options of the live connections of an application. */
export interface LiveOptions {
}

/** The option of `gable()` for live connections. */
export interface LiveSetting {
    /** Carrier of the channels. By default, messages stay in the process, or in the processes of one supervisor. */
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
    /** A string, sent unchanged, or any other value, sent as JSON. */
    readonly data: unknown;
}
