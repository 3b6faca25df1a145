/** Header fields of a reply, in order, with names in lower case. */
export declare class HeaderTable implements HeaderReader {
    #private;
    /** Makes a table from pairs or a copy of another one; checks every name and value. */
    constructor(init?: HeaderInit);
    /** Makes a table that starts with the fields of a frozen one, without copying them. */
    static on(base: HeaderTable): HeaderTable;
    /** Makes further changes an error, and gives the table itself. */
    freeze(): this;
    /** Value of a field, its lines joined; null when absent. */
    get(name: string): string | null;
    /** Whether the field is there. */
    has(name: string): boolean;
    /** One value per line of the field. */
    all(name: string): string[];
    /** Replaces all lines of a field by one. */
    set(name: string, value: string): this;
    /** Adds a line to a field. */
    append(name: string, value: string): this;
    /** Removes all lines of a field. */
    delete(name: string): this;
    /** Pairs of lower-case name and value, one per line, in order. */
    [Symbol.iterator](): IterableIterator<[string, string]>;
    /** The fields as they go over the wire, each line ended by CR LF. */
    toWire(): string;
}

/**
 * Parses a media type. Throws `E_MEDIA_TYPE_MALFORMED` for anything off the grammar, a doubled parameter included.
 *
 * @example
 * parseMediaType('text/html; charset="UTF-8"'); // => { type: "text/html", params: Map { "charset" => "UTF-8" } }
 */
export declare function parseMediaType(text: string): MediaType;

/**
 * The media type that a client prefers; undefined when it accepts none of them.
 *
 * @example
 * preferredType("text/*;q=0.5, text/html", ["application/json", "text/html"]); // => "text/html"
 */
export declare function preferredType<Type extends string>(accept: string | null, types: readonly Type[]): Type | undefined;

/** The language that a client prefers, by prefix of the tag (RFC 4647 section 3.3.1); undefined when none fits. */
export declare function preferredLanguage<Tag extends string>(acceptLanguage: string | null, tags: readonly Tag[]): Tag | undefined;

/** The content coding that a client prefers; `identity` is acceptable unless excluded (RFC 9110 section 12.5.3). */
export declare function preferredEncoding<Coding extends string>(acceptEncoding: string | null, codings: readonly Coding[]): Coding | undefined;

/**
 * Parses a Cookie field into names and values. The first of equal names wins. Two cookies with the same `__Host-` or
 * `__Secure-` name make it absent, because one of them was planted. A name that is not a token and a value with a
 * character that `serializeCookie()` refuses are absent, too. Throws `E_COOKIES_TOO_MANY` above 180 pairs.
 */
export declare function parseCookies(field: string | null): ReadonlyMap<string, string>;

/**
 * Writes the value of a Set-Cookie field, with `Path=/; HttpOnly; SameSite=Lax` by default. Nothing is repaired: throws
 * `E_COOKIE_NAME`, `E_COOKIE_VALUE`, `E_COOKIE_TOO_LONG` above 4,096 bytes, `E_OPTION_UNKNOWN`, and `E_COOKIE_INVALID`
 * for options that a browser refuses.
 *
 * @example
 * serializeCookie("theme", "dark mode"); // => "theme=dark%20mode; Path=/; HttpOnly; SameSite=Lax"
 */
export declare function serializeCookie(name: string, value: string, options?: CookieOptions): string;

/** An ordered, immutable multi-map of names and values. */
export declare class FieldMap implements Iterable<[string, string]> {
    #private;
    constructor(pairs: ReadonlyArray<readonly [string, string]>);
    /** The first value of a name; null when absent. */
    get(name: string): string | null;
    /** All values of a name, in order. */
    getAll(name: string): string[];
    /** Whether the name is there. */
    has(name: string): boolean;
    /** Number of pairs. */
    get size(): number;
    /** All pairs, in order. */
    [Symbol.iterator](): IterableIterator<[string, string]>;
    /**
     * One value per name, or an array where a name came more than once; without a prototype.
     * The order of the names is that of their first appearance.
     */
    toRecord(): Record<string, string | string[]>;
}

/** Parses a query string without its "?". Throws `E_QUERY_TOO_LARGE` above 1,000 pairs. */
export declare function parseQuery(queryString: string): FieldMap;

/** Writes a query with its "?"; "" without values. Null and undefined are left out, arrays repeat the name. */
export declare function serializeQuery(values: Readonly<Record<string, QueryValue | readonly QueryValue[]>>): string;

/**
 * Parses a JSON body. Throws `E_JSON_MALFORMED`, `E_JSON_DEPTH` above 64 levels, and `E_JSON_KEY_FORBIDDEN` for a
 * key `__proto__`, however it is escaped.
 */
export declare function parseJsonBody(bytes: Uint8Array): unknown;

/**
 * Gives the parts of a multipart body, one at a time.
 *
 * Throws `E_MULTIPART_MALFORMED` off the grammar and when the closing boundary is missing,
 * `E_MULTIPART_TOO_LARGE` over a limit, and what reading the body throws.
 */
export declare function readMultipart(body: AsyncIterable<Uint8Array>, contentType: string, limits?: MultipartLimits): AsyncGenerator<MultipartPart>;

/** Decides a request's conditions against the current state. */
export declare function evaluateConditions(method: string, headers: HeaderReader, validators: Validators): ConditionResult;

/**
 * Reads a Range field for a body of `sizeBytes`.
 *
 * One satisfiable range gives it. "unsatisfiable" means 416. Undefined means: send the whole, because the field is
 * absent, malformed, of another unit, asks for several ranges, for more than ten, or for more than there is.
 *
 * @example
 * parseRange("bytes=0-99", 1000); // => { start: 0, end: 99 }
 */
export declare function parseRange(field: string | null, sizeBytes: number): ByteRange | "unsatisfiable" | undefined;

/** Reads one tag such as `"a1"` or `W/"a1"`; undefined when it is malformed. */
export declare function parseEntityTag(text: string): EntityTag | undefined;

/** Reads a list of tags; "*" stays; undefined when it is malformed. */
export declare function parseEntityTags(text: string): readonly EntityTag[] | "*" | undefined;

/** Reads a date of HTTP; undefined when it is none, or its day of the week is wrong. `now` places two-digit years. */
export declare function parseHttpDate(text: string, now?: Date): Date | undefined;

/** Writes a date as IMF-fixdate, such as `Sun, 06 Nov 1994 08:49:37 GMT`. */
export declare function toHttpDate(date: Date): string;

/** Directives of Cache-Control by lower-case name; true for one without a value (RFC 9111 section 5.2). */
export declare function parseCacheControl(field: string): ReadonlyMap<string, string | true>;

/** Writes Cache-Control; without options `private, no-cache`. */
export declare function toCacheControl(options?: CacheControlOptions): string;

/**
 * Writes Content-Disposition: an ASCII `filename` for old clients, and `filename*` where the name has more
 * (RFC 6266, RFC 8187). Path separators and control characters are replaced, so the name is never a path.
 *
 * @example
 * toContentDisposition("attachment", "Bücher.csv"); // => attachment; filename="B_cher.csv"; filename*=UTF-8''B%C3%BCcher.csv
 */
export declare function toContentDisposition(type: DispositionType, name?: string): string;

/** Writes a Link field. */
export declare function toLink(links: readonly LinkValue[]): string;

/** Adds names to Vary without doubling; "*" swallows the others. */
export declare function addVary(headers: HeaderTable, ...names: readonly string[]): void;

/** Reads Retry-After: seconds to wait from `now`; undefined when it is malformed. */
export declare function parseRetryAfter(field: string, now?: Date): number | undefined;

/**
 * A target that came from outside, such as a `next` parameter: itself when it is safe, else the fallback.
 *
 * @example
 * safeRedirectTarget("//evil.example", "/"); // => "/"
 */
export declare function safeRedirectTarget(target: string | null | undefined, fallback: string): string;

/** Whether a target is a path at the own origin: exactly one leading "/", and it resolves there. */
export declare function isSafeRedirectTarget(target: string): boolean;

/** Makes the function that reads the facts of a request. Throws `E_PROXY_LIST` for an entry that cannot be used. */
export declare function createForwardedReader(options: ProxyOptions): (facts: ConnectionFacts) => ForwardedFacts;

/** Parses an IPv4 or IPv6 address; undefined when it is none. IPv4-mapped IPv6 equals IPv4. */
export declare function parseIpAddress(text: string): IpNumber | undefined;

/** Parses `10.0.0.0/8`, `fd00::/8` or a single address; undefined when it is malformed or has bits behind its length. */
export declare function parseCidr(text: string): CidrBlock | undefined;

/** Whether an address lies in a block. */
export declare function isInBlock(address: IpNumber, block: CidrBlock): boolean;

/** The members of a problem answer, in order; `extra` cannot replace the standard ones. */
export declare function toProblem(options: ProblemOptions, requestId?: string): Record<string, unknown>;

/** What can be read of header fields: those of a request, and those of a reply. */
export interface HeaderReader {
    /** Value of a field, lines of one name joined; null when absent. Names have no case. */
    get(name: string): string | null;
    /** Whether the field is there. */
    has(name: string): boolean;
    /** One value per line of the field; an empty array when absent. */
    all(name: string): string[];
    /** Pairs of lower-case name and value, one per line, in order. */
    [Symbol.iterator](): IterableIterator<[string, string]>;
}

/** Pairs of name and value, or a table. */
export type HeaderInit = HeaderReader | ReadonlyArray<readonly [string, string]>;

/** A request as it came, validated and not interpreted. */
export interface RawRequest {
    /** Method token as received; methods are case-sensitive. */
    readonly method: string;
    /** Scheme of the connection. */
    readonly scheme: "http" | "https";
    /** Validated authority in lower case, without the default port; "" when an HTTP/1.0 request has no Host. */
    readonly authority: string;
    /** Validated path, still percent-encoded; starts with "/", or is "*" for OPTIONS. */
    readonly path: string;
    /** Text after "?"; "" when absent. */
    readonly queryString: string;
    /** Header fields. */
    readonly headers: HeaderReader;
    /** The body, not read yet. */
    readonly body: BodySource;
    /** The peer of the connection. */
    readonly remote: RemotePeer;
    /** Version of the message. */
    readonly httpVersion: "1.0" | "1.1" | "2";
    /** Aborts when the client leaves, the handler takes too long, or the server stops. Made at first touch. */
    readonly signal: AbortSignal;
    /** Changes the limits of this one request; used by the dispatch once the route is known. */
    applyLimits(limits: RequestLimits): void;
    /** Keeps the runtime alive for work that goes on after the reply; undefined where that is not needed. */
    readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
    /** Ends the connection in the middle of a reply, so that the client sees that it is incomplete; undefined where there is none. */
    readonly cut?: (() => void) | undefined;
    /** Sends values of `Link` in a reply 103, before the reply; undefined where only one reply can be sent. */
    readonly sendEarlyHints?: ((links: readonly string[]) => void) | undefined;
}

/** Address and port of the other end of a connection. */
export interface RemotePeer {
    /** IP address; "unix" for a Unix socket, "" in memory. */
    readonly address: string;
    /** Port; 0 where there is none. */
    readonly port: number;
}

/** An answer: status, fields and body. The engine adds framing, Date and Connection. */
export interface Reply {
    /** Status code, 200 to 599. */
    readonly status: number;
    /** Header fields. */
    readonly headers: HeaderInit;
    /** The body. */
    readonly body: ReplyBody;
    /** Called once, when the reply is sent, or given up because the client left. Must not throw. */
    readonly onSettled?: (() => void) | undefined;
    /** For status 101: takes the connection over, which then no longer speaks HTTP. It writes the head of the reply. */
    readonly takeOver?: ((connection: TakenConnection) => void) | undefined;
}

/** What a reply can carry. */
export type ReplyBody = null | string | Uint8Array | AsyncIterable<string | Uint8Array> | FileBody;

/** A body that comes from a file; `files` implements it. */
export interface FileBody {
    /** Marks the kind. */
    readonly kind: "file";
    /** Bytes that will be sent. */
    readonly lengthBytes: number;
    /** Opens the file and gives its bytes; must end after exactly `lengthBytes`. */
    chunks(): AsyncIterable<Uint8Array>;
    /** Releases what the body holds when it is not sent. */
    close(): void | Promise<void>;
}

/** A function that answers requests. */
export type RequestListener = (request: RawRequest) => Reply | Promise<Reply>;

/** Limits that a route or a group may change. */
export interface RequestLimits {
    /** Largest accepted body, in bytes after decoding. */
    readonly bodyBytesMax?: number;
    /** Longest pause between two reads of a body, in milliseconds. */
    readonly bodyIdleMs?: number;
    /** Longest time for a whole body, in milliseconds. */
    readonly bodyMs?: number;
    /** Least bytes per second of a body after the grace time. */
    readonly bodyBytesPerSecondMin?: number;
    /** Time until `bodyBytesPerSecondMin` holds, in milliseconds. */
    readonly bodyRateGraceMs?: number;
    /** Longest time until the head of the reply, in milliseconds. */
    readonly handlerMs?: number;
    /** Longest time without a slice of the reply taken by the client, in milliseconds. */
    readonly replyStallMs?: number;
}

/** A body that waits to be read. Reading it twice throws `E_BODY_USED`. */
export interface BodySource {
    /** Declared length in bytes; undefined when it is chunked; 0 when there is none. */
    readonly lengthBytes: number | undefined;
    /** Whether it was read, or its reading has begun. */
    readonly isUsed: boolean;
    /** Reads all of it. Throws `E_BODY_TOO_LARGE`, `E_BODY_INCOMPLETE`, `E_BODY_TIMEOUT`. */
    read(options?: BodyReadOptions): Promise<Uint8Array>;
    /** Gives it piece by piece; the same errors. */
    chunks(options?: BodyReadOptions): AsyncIterable<Uint8Array>;
    /** Trailer fields, complete once the body was read. */
    readonly trailers: HeaderReader;
}

/** How much of a body may be read. */
export interface BodyReadOptions {
    /** Largest accepted body, in bytes. By default the limit of the request. */
    bytesMax?: number;
}

/** A parsed media type. */
export interface MediaType {
    /** Type and subtype in lower case, such as `text/html`. */
    readonly type: string;
    /** Parameters by lower-case name; values as given. */
    readonly params: ReadonlyMap<string, string>;
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

/** A value of a query parameter. */
export type QueryValue = string | number | bigint | boolean | null | undefined;

/** Limits of a multipart body. */
export interface MultipartLimits {
    /** Largest number of parts. Default 1,000. */
    partsMax?: number;
    /** Largest number of text fields. Default 1,000. */
    fieldsMax?: number;
    /** Largest number of files. Default 20. */
    filesMax?: number;
    /** Largest sum of all text fields, in bytes. Default 1 MiB. */
    textBytesMax?: number;
    /** Largest single file, in bytes. By default only the limit of the whole body applies. */
    fileBytesMax?: number;
    /** Largest header of a part, in bytes. Default 8 KiB. */
    partHeaderBytesMax?: number;
}

/** One part: a text field or a file. */
export interface MultipartPart extends PartHeader {
    /** The bytes of the part, once. */
    chunks(): AsyncIterable<Uint8Array>;
    /** The part as text, strictly UTF-8. */
    text(): Promise<string>;
}

/** What identifies the current state of a resource. */
export interface Validators {
    /** Entity tag with its quotes, such as `"a1"` or `W/"a1"`. None by default. */
    etag?: string;
    /** Time of the last change; parts of a second are dropped. None by default. */
    lastModified?: Date;
}

/** What a condition decides: go on, 304 or 412. */
export type ConditionResult = "proceed" | "not-modified" | "failed";

/** Bytes to send: `start` is the first, `end` the last, both counted. */
export interface ByteRange {
    /** Position of the first byte. */
    readonly start: number;
    /** Position of the last byte. */
    readonly end: number;
}

/** An entity tag. */
export interface EntityTag {
    /** Whether only the meaning is promised, not the bytes. */
    readonly isWeak: boolean;
    /** Text between the quotes. */
    readonly value: string;
}

/** What a reply says about caching. */
export interface CacheControlOptions {
    /** Whether shared caches may keep it. Default false: private. */
    public?: boolean;
    /** Seconds for which it is fresh. Default: it must be asked for again each time. */
    maxAgeSeconds?: number;
    /** Seconds for which shared caches may take it as fresh. None by default. */
    sharedMaxAgeSeconds?: number;
    /** Seconds after which it may still be shown while it is renewed. None by default. */
    staleWhileRevalidateSeconds?: number;
    /** Whether it never changes. Default false. */
    immutable?: boolean;
    /** Whether proxies may change its form. Default true. */
    transform?: boolean;
}

/** How a body is meant to be used. */
export type DispositionType = "inline" | "attachment";

/** One link of a Link field (RFC 8288). */
export interface LinkValue {
    /** Target. */
    url: string;
    /** Relation, such as `next` or `preload`. */
    rel: string;
    /** Further parameters, such as `as` or `type`. None by default. */
    params?: Readonly<Record<string, string>>;
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

/** What a request says about its client, after the proxies were heard. */
export interface ForwardedFacts {
    /** Address of the client. */
    readonly ip: string;
    /** Scheme that the client used. */
    readonly scheme: "http" | "https";
    /** Authority that the client used. */
    readonly authority: string;
    /** Prefix that a proxy removed; "" when none. */
    readonly prefix: string;
    /** Whether the peer of the connection is a trusted proxy. */
    readonly isTrusted: boolean;
}

/** What the connection itself says. */
export interface ConnectionFacts {
    /** Address of the peer; "unix" for a Unix socket. */
    readonly address: string;
    /** Scheme of the connection. */
    readonly scheme: "http" | "https";
    /** Authority that the request names. */
    readonly authority: string;
    /** Header fields of the request. */
    readonly headers: HeaderReader;
}

/** An address as 128 bits; IPv4 is mapped to `::ffff:0:0/96`. */
export type IpNumber = bigint;

/** A block of addresses. */
export interface CidrBlock {
    /** First bits, the others zero. */
    readonly network: IpNumber;
    /** Number of bits that count, of 128. */
    readonly bits: number;
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

/** One field that failed. */
export interface FieldError {
    /** Where: names and positions joined by dots, such as `author.name`; "" for the whole. */
    readonly path: string;
    /** Stable name of the rule. */
    readonly code: string;
    /** What a person can do about it. */
    readonly message: string;
}
