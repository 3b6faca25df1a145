/**
 * Defines a channel. Throws `E_OPTION_INVALID`, `E_OPTION_UNKNOWN` and `E_PATTERN_MALFORMED`.
 * @example
 * export const postChanges = channel("posts/:id(int)", { message: z.object({ title: z.string() }) });
 * await postChanges.publish({ id: 7 }, { title: "New" });
 */
export declare function channel<const Pattern extends string, Schema extends StandardSchema | undefined = undefined>(pattern: Pattern, options?: ChannelOptions<Schema>): Channel<PathParams<Pattern>, Schema extends StandardSchema ? OutputOfSchema<Schema> : unknown, Schema extends StandardSchema ? InputOfSchema<Schema> : unknown>;

/** Creates a carrier for an application that is one process. Messages that are kept for replays are lost when it ends. */
export declare function memoryCarrier(): LiveCarrier;

/**
 * Creates the model of the table `gable_channel`, for `postgresCarrier()`. Export it from your models:
 * `export const ChannelRow = channelModel();`
 */
export declare const channelModel: () => import("../data/model.ts").ModelStatic<{
    /** Of a topic the hash of its name, of a message a random key. */
    key: import("../data.ts").Column<string, "required", true>;
    /** Key of the topic; null in the row of a topic, and for messages that are too long for a notification and are not replayed. */
    topic: import("../data.ts").Column<string | null, "optional", false>;
    /** Number of a message; of a topic the number of its last one. */
    number: import("../data.ts").Column<bigint | null, "optional", false>;
    /** Text of a message; epoch of a topic. */
    text: import("../data.ts").Column<string, "required", false> & {
        readonly access: "secret";
    };
    expiresAtMs: import("../data.ts").Column<bigint, "required", false>;
}> & {
    new (): import("../data/model.ts").RowOf<"gable_channel"> & {
        key: string;
        topic: string | null;
        number: bigint | null;
        text: string;
        expiresAtMs: bigint;
    } & {} & import("../data/model.ts").RelationProperties<{
        /** Of a topic the hash of its name, of a message a random key. */
        key: import("../data.ts").Column<string, "required", true>;
        /** Key of the topic; null in the row of a topic, and for messages that are too long for a notification and are not replayed. */
        topic: import("../data.ts").Column<string | null, "optional", false>;
        /** Number of a message; of a topic the number of its last one. */
        number: import("../data.ts").Column<bigint | null, "optional", false>;
        /** Text of a message; epoch of a topic. */
        text: import("../data.ts").Column<string, "required", false> & {
            readonly access: "secret";
        };
        expiresAtMs: import("../data.ts").Column<bigint, "required", false>;
    }> & import("../data/model.ts").InstanceApi<{
        /** Of a topic the hash of its name, of a message a random key. */
        key: import("../data.ts").Column<string, "required", true>;
        /** Key of the topic; null in the row of a topic, and for messages that are too long for a notification and are not replayed. */
        topic: import("../data.ts").Column<string | null, "optional", false>;
        /** Number of a message; of a topic the number of its last one. */
        number: import("../data.ts").Column<bigint | null, "optional", false>;
        /** Text of a message; epoch of a topic. */
        text: import("../data.ts").Column<string, "required", false> & {
            readonly access: "secret";
        };
        expiresAtMs: import("../data.ts").Column<bigint, "required", false>;
    }> & Readonly<{}>;
    readonly $table: "gable_channel";
};

/**
 * Creates a carrier for several machines, over notifications of PostgreSQL.
 * Messages that are kept for replays, and those above 7,900 bytes, are in the table of `channelModel()`. It has up to four connections.
 * Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`; opening it throws `E_DRIVER_MISSING`, `E_DATABASE_OPEN`, `E_DATABASE_TLS`, and
 * `E_CHANNEL_CARRIER` where notifications do not arrive; using it throws `E_CHANNEL_TABLE`.
 * @example
 * gable({ live: { carrier: postgresCarrier({ url: "postgres://localhost/shop" }) } });
 */
export declare function postgresCarrier(options: PostgresCarrierOptions): LiveCarrier;

/** Where the messages travel. */
export interface PostgresCarrierOptions {
    /**
     * Address, such as `postgres://user:password@host:5432/name`. Not that of a pooler in transaction mode, which loses notifications. Required.
     */
    readonly url: string;
    /** Keeps applications apart that share the database: the same for all processes of one. Default "gable:". */
    readonly prefix?: string;
    /** How connections are encrypted, as for the database. Default "verify", and "off" for a server on this machine. */
    readonly tls?: "verify" | "encrypt" | "off";
}

/**
 * Creates a carrier for several machines, over Redis.
 * Messages that are kept for replays are in Redis, and outlive all processes. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`; opening it throws `E_REDIS_MISSING` and `E_REDIS_CONNECT`.
 * @example
 * gable({ live: { carrier: redisCarrier({ url: "redis://localhost:6379" }) } });
 */
export declare function redisCarrier(options: RedisCarrierOptions): LiveCarrier;

/** Where the messages travel. */
export interface RedisCarrierOptions {
    /** Address, such as `redis://localhost:6379`. Required. */
    readonly url: string;
    /** What the names of all keys start with. Default "gable:". */
    readonly prefix?: string;
}

/** Creates the carrier of a worker. The supervisor keeps messages for replays, so they outlive the worker. */
export declare function processCarrier(): LiveCarrier;

/** A channel. Each set of parameters of its pattern is a separate topic. */
export interface Channel<Params, Message, Sent> {
    /** Pattern as written. */
    readonly pattern: string;
    /**
     * Sends a message to all who listen, in all processes; in a transaction after its commit. Throws `E_CHANNEL_MESSAGE`, `E_ROUTE_PARAM`,
     * `E_CHANNEL_MISSING` and `E_CHANNEL_CARRIER`.
     */
    publish(params: Params, message: Sent): Promise<void>;
    /** Reads messages from now on, or after an id. Throws `E_CHANNEL_SLOW` when 1 MiB waits. */
    subscribe(params: Params, options: SubscribeOptions): AsyncIterableIterator<Message>;
    /** Reads messages with their ids, and notes gaps. */
    entries(params: Params, options: SubscribeOptions): AsyncIterableIterator<ChannelEntry<Message>>;
    /**
     * Reads events for `reply.events()`: after the `Last-Event-ID` of the request. Where messages were lost, an event `resync` comes.
     * @example
     * get("/posts/:id(int)/changes", (context) => context.reply.events(postChanges.events(context.params, context)));
     */
    events(params: Params, request: ResumingRequest): AsyncIterableIterator<ServerEvent>;
    /**
     * Sends each message to a socket as JSON, until the socket closes. With `replay`, what it sends is `{ id, message }`, `{ id }` for the place where
     * it begins, and `{ hasGap: true }` where messages were lost; a client comes back with its last id as `after`.
     * If reading fails, closes the socket with 1011 and logs the error.
     */
    pipe(params: Params, socket: PipedSocket, options?: Pick<SubscribeOptions, "after">): Promise<void>;
}

/** A message with its id. */
export interface ChannelEntry<Message> {
    /** Where a reader goes on after it; "" in a channel without `replay`. */
    readonly id: string;
    /** The message; undefined where messages were lost: load the data again. */
    readonly message: Message | undefined;
    /** Whether messages before this entry were lost. */
    readonly hasGap: boolean;
}

/** Options of a channel. */
export interface ChannelOptions<Schema extends StandardSchema | undefined = StandardSchema | undefined> {
    /** Schema of the messages. They are JSON. None by default: messages are any JSON. */
    message?: Schema;
    /** Keeps messages, so that readers get what they missed: at most so many of each topic, for so many seconds. None by default. */
    replay?: ReplayLimits;
}

/** A request whose client may have been connected before; a context is one. */
export interface ResumingRequest {
    /** Aborts when the client leaves. */
    readonly signal: AbortSignal;
    /** Fields of the request. */
    readonly headers: HeaderReader;
}

/** How messages are read. */
export interface SubscribeOptions {
    /** Ends the reading. Pass `context.signal`, or `socket.signal`. */
    readonly signal: AbortSignal;
    /** Id of the last message that was read: the ones after it come first. Needs `replay`. None by default. */
    readonly after?: string | undefined;
}

/** What a channel needs of a socket. */
export type PipedSocket = Pick<SocketConnection, "send" | "signal"> & Partial<Pick<SocketConnection, "close">>;

/** A message on its way. */
export interface CarriedMessage {
    /** Names its place among the messages of its topic; "" where nothing is kept. */
    readonly id: string;
    /** JSON text. */
    readonly text: string;
}

/** Takes the messages of a topic. */
export interface CarrierListener {
    /** Called with each message, in the order of their ids. */
    onMessage(message: CarriedMessage): void;
    /** Called when messages may be missing: the connection to the carrier was lost and is back. */
    onInterrupted(): void;
}

/**
 * Carries the messages of channels. A topic is a path such as `/posts/7`.
 * All listeners of a topic, in all processes, get its messages in the same order. An id is `epoch-number`: letters and digits, and a number
 * that grows by one with each message of the topic.
 */
export interface LiveCarrier {
    /** Opens connections; called at start. */
    open?(): Promise<void>;
    /** Sends a message to all listeners of a topic, and keeps it where `replay` is set. Resolves when it is safe. */
    publish(topic: string, text: string, replay: ReplayLimits | undefined): Promise<void>;
    /** Adds a listener. Resolves when messages that are published from now on reach it, with the function that removes it. */
    subscribe(topic: string, listener: CarrierListener): Promise<() => void>;
    /** Returns what was kept after an id; only the place of the last message where `after` is undefined. */
    replay(topic: string, after: string | undefined): Promise<ReplayedMessages>;
    /** Closes what `open()` has opened. */
    close?(): Promise<void>;
}

/** What a topic has kept after some place. */
export interface ReplayedMessages {
    /** Messages in order. */
    readonly messages: readonly CarriedMessage[];
    /** Place of the last message of the topic: where a later replay goes on. */
    readonly lastId: string;
    /** Whether messages between the place and now are no longer kept. */
    readonly hasGap: boolean;
}

/** How long messages can be replayed. */
export interface ReplayLimits {
    /** Seconds for which a message is kept. */
    readonly seconds: number;
    /** Most messages that are kept of one topic. */
    readonly messagesMax: number;
}

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
    /** A string, sent unchanged, or any other value, sent as JSON. With undefined, a client only notes the id: no event happens. */
    readonly data: unknown;
}
