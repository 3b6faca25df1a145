/** Makes a client for an application. */
export declare function createTestClient(app: Application, options?: TestClientOptions): TestClient;

/** Defines the tests of a driver in the current file. Each test has a driver of its own, which it closes. */
export declare function testDriver(name: string, create: CreateDriver): void;

/** Defines the tests of a store in the current file. Each test creates its own with `create`. */
export declare function testCacheStore(name: string, create: () => Promise<CacheStoreUnderTest>): void;

/** Defines the tests of a transport in the current file. Each test makes its own with `create`. */
export declare function testMailTransport(name: string, create: () => Promise<MailTransportUnderTest>): void;

/** Defines the tests of a transport in the current file. */
export declare function testListenerContract(name: string, start: StartTransport): void;

/** Defines the tests of a part in the current file. */
export declare function testPart(part: AnyPart, options?: TestPartOptions): void;

/** How a part is tested. */
export interface TestPartOptions {
    /** Options of the application that takes the part, such as `models`. None by default. */
    options?: GableOptions;
    /** How often the application starts and stops. Default 100. */
    rounds?: number;
    /** Work to do while the application runs, such as a request. None by default. */
    use?: (app: Application) => unknown;
}

/** Stores a row. Fields and relations that are not given get values that pass their checks. */
export declare function create<Class extends AnyModel>(model: Class, values?: Values<Class>): Promise<RowOf<Class>>;

/** Stores several rows. */
export declare function createMany<Class extends AnyModel>(model: Class, count: number, values?: Values<Class>): Promise<Array<RowOf<Class>>>;

/**
 * A factory with values of its own: plain ones, or functions of the number of the row, from 1.
 *
 * @example
 * const books = defineFactory(Book, { title: (n) => `Book ${n}` });
 */
export declare function defineFactory<Class extends AnyModel>(model: Class, shape: {
    readonly [Name in keyof Insert<Class>]?: Insert<Class>[Name] | ((number: number) => Insert<Class>[Name]);
}): Factory<Class>;

/**
 * Runs each test of a file or a suite in a transaction that is rolled back. It is held by the database itself: requests
 * over a socket are inside, too. Transactions of the code become savepoints; what `onCommit()` was given runs when they end.
 */
export declare function useDatabase(database: Database | Application | (() => Database), options?: UseDatabaseOptions): void;

/** Makes rows of one model. */
export interface Factory<Class> {
    /** Stores one row. */
    create(values?: Values<Class>): Promise<RowOf<Class>>;
    /** Stores several rows. */
    createMany(count: number, values?: Values<Class>): Promise<Array<RowOf<Class>>>;
}

/** How tests are told apart. */
export interface UseDatabaseOptions {
    /** What registers work before each test. Default that of `node:test`. */
    readonly beforeEach?: (work: () => Promise<void>) => unknown;
    /** What registers work after each test. Default that of `node:test`. */
    readonly afterEach?: (work: () => Promise<void>) => unknown;
}

/** Fails when work sends another number of statements to databases, and lists them. */
export declare function assertQueries(count: number, work: () => unknown): Promise<void>;

/** Number of statements that work sends to databases. */
export declare function countQueries(work: () => unknown): Promise<number>;

/** A client with a jar of cookies. */
export interface TestClient {
    /** Sends a GET. */
    get(path: string, request?: TestRequest): Promise<TestReply>;
    /** Sends a HEAD. */
    head(path: string, request?: TestRequest): Promise<TestReply>;
    /** Sends a POST. */
    post(path: string, request?: TestRequest): Promise<TestReply>;
    /** Sends a PUT. */
    put(path: string, request?: TestRequest): Promise<TestReply>;
    /** Sends a PATCH. */
    patch(path: string, request?: TestRequest): Promise<TestReply>;
    /** Sends a DELETE. */
    delete(path: string, request?: TestRequest): Promise<TestReply>;
    /** Sends any method. */
    request(method: string, path: string, request?: TestRequest): Promise<TestReply>;
    /** Cookies by name. */
    readonly cookies: ReadonlyMap<string, string>;
    /** Puts a cookie into the jar, as if a reply had set it for the whole site. */
    setCookie(name: string, value: string): void;
    /** Ends the client, and stops the application: a request that comes later starts it again. */
    close(): Promise<void>;
}

/** How the client reaches the application. */
export interface TestClientOptions {
    /** `memory` calls app.fetch, `socket` listens on a free port of loopback. Default "memory". */
    transport?: "memory" | "socket";
    /** `throw` throws errors of handlers into the test, `page` gives their replies. Default "throw". */
    errors?: "throw" | "page";
    /** Header fields of each request. None by default. */
    headers?: Readonly<Record<string, string>>;
}

/** A reply, read whole. */
export interface TestReply {
    /** Status. */
    readonly status: number;
    /** Header fields. */
    readonly headers: Headers;
    /** Body as text. */
    readonly body: string;
    /** Body as bytes. */
    readonly bytes: Uint8Array;
    /** Address that was asked for, without the origin. */
    readonly path: string;
    /** Body as a JSON value. */
    json<Value = unknown>(): Value;
    /**
     * Goes where the Location of the reply leads, as a browser does: 307 and 308 repeat the method and the body, 303 makes
     * a GET, 301 and 302 make a GET of a POST. Throws when there is no Location, and when it leads to another site.
     */
    follow(): Promise<TestReply>;
}

/** What to send; at most one of `form`, `json` and `body`. */
export interface TestRequest {
    /** Header fields. None by default. */
    headers?: Readonly<Record<string, string>>;
    /** Fields of a form; with `files` it is sent as multipart. None by default. */
    form?: Readonly<Record<string, string | readonly string[]>>;
    /** Files of a form by field. None by default. */
    files?: Readonly<Record<string, TestFile>>;
    /** A value to send as JSON. None by default. */
    json?: unknown;
    /** A body as it is. None by default. */
    body?: string | Uint8Array;
}

/** A file to send. */
export interface TestFile {
    /** Name that the client gives it. */
    name: string;
    /** Media type. Default `application/octet-stream`. */
    type?: string;
    /** Content. */
    content: string | Uint8Array;
}

/** A store under test. Two stores of one test share what they keep, as two processes do; most have one and the same. */
export interface CacheStoreUnderTest {
    /** The store; each test closes it. */
    readonly store: CacheStore;
    /** Lets time pass for the store: by its clock, or by waiting. */
    readonly pass: (ms: number) => Promise<void>;
}

/** A transport under test, and a way to read what it took. */
export interface MailTransportUnderTest {
    /** The transport; each test closes it. */
    readonly transport: MailTransport;
    /** Subjects of all messages that arrived, in any order. */
    readSubjects(): Promise<readonly string[]>;
}

/** A driver of an empty database, with at most two connections and a wait for one of at most 200 ms. */
export type CreateDriver = () => Promise<Driver>;

/** A transport that serves a listener. */
export interface ContractTransport {
    /** Sends a request and gives the response. */
    fetch(path: string, init?: RequestInit): Promise<Response>;
    /** Stops serving. */
    stop(): Promise<void>;
}

/** Starts to serve a listener. */
export type StartTransport = (listener: RequestListener) => Promise<ContractTransport>;

/**
 * Compiles a template from a string, untyped, with Jinja's whitespace rules. For tests.
 * Throws the errors of compiling a file, and `E_VIEW_UNSAFE` if the process forbids code generation from strings.
 */
export declare function compileString(source: string, options?: CompileStringOptions): CompiledString;

/** A compiled template string. */
export interface CompiledString {
    /** Renders with props. Returns a promise if a value in it is pending. */
    render(props?: AnyProps, context?: RenderContext): string | Promise<string>;
}

/** Options for {@link compileString}. */
export interface CompileStringOptions extends Partial<WhitespaceOptions> {
    /** Name of the template. Its extension decides how values are escaped. Default "string.html". */
    name?: string;
    /** Other templates by name. None by default. */
    templates?: Readonly<Record<string, string>>;
    /** Whether templates may switch escaping off. False by default. */
    unsafe?: boolean;
}

/** Defines the tests of a store of sessions in the current file. Each test uses sessions of its own. */
export declare function testSessionStore(name: string, create: CreateSessionStore, options?: SessionStoreTestOptions): void;

/** Creates a store; `close()` of the store is called at the end. */
export type CreateSessionStore = () => SessionStore | Promise<SessionStore>;

/** Options of {@link testSessionStore}. */
export interface SessionStoreTestOptions {
    /** How often the races run. Default 20. */
    readonly rounds?: number;
}

/** Defines the tests of a store of rate limits in the current file. Each test uses keys of its own. */
export declare function testRateStore(name: string, create: CreateRateStore): void;

/** Creates a store; `close()` of the store is called at the end. */
export type CreateRateStore = () => RateStore | Promise<RateStore>;

/** Defines the tests of a task queue in the current file. Each test uses task names of its own. */
export declare function testTaskQueue(name: string, create: () => TaskQueueUnderTest | Promise<TaskQueueUnderTest>): void;

/** A queue under test. */
export interface TaskQueueUnderTest {
    /** The queue. Nothing else uses it. */
    readonly queue: TaskQueue;
    /** Called after the tests. None by default. */
    readonly close?: () => Promise<void>;
}
