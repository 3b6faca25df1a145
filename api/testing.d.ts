/** Makes a client for an application. */
export declare function createTestClient(app: Application, options?: TestClientOptions): TestClient;

/** Defines the tests of a driver in the current file. Each test has a separate driver, which it closes. */
export declare function testDriver(name: string, create: CreateDriver): void;

/** Defines the tests of a store in the current file. Each test creates its own with `create`. */
export declare function testCacheStore(name: string, create: () => Promise<CacheStoreUnderTest>): void;

/** Defines the tests of a transport in the current file. Each test makes its own with `create`. */
export declare function testMailTransport(name: string, create: () => Promise<MailTransportUnderTest>): void;

/** Defines the tests of a transport in the current file. */
export declare function testListenerContract(name: string, start: StartTransport): void;

/** Defines the tests of a part in the current file. Throws `E_TEST_SETUP`. */
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
 * A factory with its own values: plain ones, or functions of the number of the row, from 1.
 *
 * @example
 * const books = defineFactory(Book, { title: (n) => `Book ${n}` });
 */
export declare function defineFactory<Class extends AnyModel>(model: Class, shape: {
    readonly [Name in keyof Insert<Class>]?: Insert<Class>[Name] | ((number: number) => Insert<Class>[Name]);
}): Factory<Class>;

/**
 * Runs each test of a file or a suite in a transaction that is rolled back.
 *
 * The database itself holds the transaction, so requests over a socket are inside, too. Transactions of the code become savepoints;
 * what `onCommit()` was given runs when they end.
 *
 * The report of a test that fails has the statements that it sent.
 *
 * Leaks fail the test as with `testLeaks()`, and so does a transaction that is still open when the test ends.
 *
 * For an application it also creates the tables, empties the outbox and the tasks before each test, and stops the application
 * after the last one. A database in a file of SQLite is replaced by one in memory, so that files of tests that run at the same
 * time never wait for each other. Call it before the application starts. Throws `E_OPTION_INVALID`.
 *
 * @example
 * testDatabase(app);
 */
export declare function testDatabase(database: Application | Database | (() => Database), options?: TestDatabaseOptions): void;

/**
 * Fails when a page breaks a rule of axe-core.
 *
 * Needs the package `axe-core`. Throws `E_TEST_ACCESSIBILITY` and `E_TEST_BROWSER`.
 */
export declare function expectAccessible(page: Pick<BrowserPage, "evaluate" | "url">): Promise<void>;

/**
 * Returns why tests in a browser cannot run here; false where they can. For the option `skip` of a test.
 *
 * With GABLE_TEST_REQUIRE=all it is always false: a machine without a browser then fails.
 *
 * @example
 * test("signs up", { skip: skipWithoutBrowser() }, () => withBrowser(app, async (page) => { await page.goto("/"); }));
 */
export declare function skipWithoutBrowser(): string | false;

/**
 * Serves an application on a free port, and runs work with a page of a new browser.
 *
 * Needs the package `playwright-core`, and a Chromium at the path of the variable CHROMIUM or at a usual path. Throws `E_TEST_BROWSER`
 * without one of them, and what a handler or a script of the page throws.
 */
export declare function withBrowser<Page = BrowserPage>(app: Application, work: (page: Page) => unknown): Promise<void>;

/**
 * A page of a browser, as far as most tests use it.
 *
 * Annotate the parameter with `Page` of playwright-core to have all of it.
 */
export interface BrowserPage {
    /** Goes to an address; paths are those of the application. */
    goto(path: string): Promise<unknown>;
    /** Returns the address that is shown. */
    url(): string;
    /** Returns the title of the page. */
    title(): Promise<string>;
    /** Returns the HTML of the page. */
    content(): Promise<string>;
    /** Fills a field. */
    fill(selector: string, value: string): Promise<void>;
    /** Clicks an element. */
    click(selector: string): Promise<void>;
    /** Presses a key in an element. */
    press(selector: string, key: string): Promise<void>;
    /** Returns the text of an element; null without one. */
    textContent(selector: string): Promise<string | null>;
    /** Waits for an element. */
    waitForSelector(selector: string): Promise<unknown>;
    /** Waits for an address. */
    waitForURL(path: string): Promise<void>;
    /** Runs code in the page, and returns its JSON value. */
    evaluate(code: string): Promise<unknown>;
}

/**
 * Answers calls of `fetch()` until the current test ends; any other outgoing request fails with `E_TEST_OUTGOING`.
 *
 * A key is an address, or a method and an address; `*` stands for any characters. Connections to loopback are let through, so
 * that databases and test servers work.
 *
 * @example
 * fakeFetch({ "https://api.example/rates/*": { eur: 1.1 }, "POST https://api.example/orders": new Response(null, { status: 201 }) });
 */
export declare function fakeFetch(answers: Readonly<Record<string, FakeAnswer>>): FakeFetch;

/** The answer to an outgoing request: a response, a value that is sent as JSON, or a function of the request. */
export type FakeAnswer = Response | object | string | ((request: Request) => Response | object | string | Promise<Response | object | string>);

/** What answers outgoing requests. */
export interface FakeFetch {
    /** Requests that were answered, the first one first. */
    readonly requests: readonly SentFetch[];
    /** Ends it before the test ends. */
    restore(): void;
}

/** A request that the code under test has sent. */
export interface SentFetch {
    /** Method in upper case. */
    readonly method: string;
    /** Whole address. */
    readonly url: string;
    /** Header fields. */
    readonly headers: Headers;
    /** Body as text; "" without one. */
    readonly body: string;
}

/**
 * Fails each test of a file that leaves a timer or a socket behind, or a rejection that nobody handles.
 *
 * Event streams and WebSockets of test clients count as sockets. `testDatabase()` does this as well. A timer that the process does not wait for (`unref()`) is not a leak, and neither is what Gable
 * itself holds for an application that runs. The check comes after all hooks of the test. Fails with `E_TEST_LEAK`.
 *
 * @example
 * testLeaks();
 */
export declare function testLeaks(): void;

/**
 * The clock of tests.
 *
 * @example
 * await time.travel({ days: 15 }, async () => assert.equal((await client.get("/account")).status, 303));
 */
export declare const time: TestTime;

/** The clock of tests. */
export interface TestTime {
    /**
     * Moves the clock, fires the timers that are due then, runs work, and moves the clock back. Returns what the work returns.
     *
     * `Date`, sessions, signed values, rate limits, caches and tasks obey it. Clocks of database servers, of Redis, and
     * `performance.now()` do not. Timers fire once each, as after a machine has slept. Timers that were
     * set before the first `travel()`, `testLeaks()` or `testDatabase()` of the file are not fired. Throws `E_TEST_TIME`.
     */
    travel<Result>(by: TimeSpan, work: () => Result | Promise<Result>): Promise<Result>;
}

/** A length of time. Its parts are added; negative ones go back. */
export interface TimeSpan {
    /** Weeks. */
    readonly weeks?: number;
    /** Days of 24 hours. */
    readonly days?: number;
    /** Hours. */
    readonly hours?: number;
    /** Minutes. */
    readonly minutes?: number;
    /** Seconds. */
    readonly seconds?: number;
    /** Milliseconds. */
    readonly ms?: number;
}

/** A statement that was sent to a database. */
export interface RecordedStatement {
    /** SQL with placeholders. */
    readonly sql: string;
    /** Duration in ms. */
    readonly durationMs: number;
    /** File and line of the project that sent it; undefined if it is unknown. */
    readonly place: string | undefined;
}

/**
 * Returns the mails that the current test has sent, the first one first.
 *
 * `testDatabase()` empties the outbox before each test. Throws `E_TEST_SETUP` for an application without mail, or whose transport really sends.
 *
 * @example
 * assert.equal(outbox()[0]?.subject, "Your post is online");
 */
export declare function outbox(app?: Application): readonly MailMessage[];

/**
 * The tasks of the current test: they are recorded when the code's own transaction ends, and run when the test says so.
 *
 * @example
 * assert.deepEqual(tasks.enqueued("resize-photo"), [{ photoId: 1 }]);
 * await tasks.runAll();
 */
export declare const tasks: TestTasks;

/** Options for `tasks.runAll()`. */
export interface RunTasksOptions {
    /** `throw` throws the error of the first attempt that fails, `keep` leaves it in the queue as in production. Default "throw". */
    readonly errors?: "throw" | "keep";
    /** The application. By default the only one with tasks. */
    readonly app?: Application;
}

/** The tasks of the current test. `testDatabase()` empties the queue before each test. */
export interface TestTasks {
    /**
     * Returns the inputs of the tasks with a name that were enqueued, whether they have run or not, the first one first.
     * Throws `E_TEST_SETUP` for a name that the application does not have, and for a queue that is not in memory.
     */
    enqueued(name: string, app?: Application): readonly unknown[];
    /** Returns all tasks with their states, the first one first. Throws `E_TEST_SETUP`. */
    list(app?: Application): readonly ListedTask[];
    /** Runs the tasks that are due, and those that become due meanwhile. Returns how many attempts it made. Throws what a task throws. */
    runAll(options?: RunTasksOptions): Promise<number>;
}

/** Makes rows of one model. */
export interface Factory<Class> {
    /** Stores one row. */
    create(values?: Values<Class>): Promise<RowOf<Class>>;
    /** Stores several rows. */
    createMany(count: number, values?: Values<Class>): Promise<Array<RowOf<Class>>>;
}

/** How tests get their database. */
export interface TestDatabaseOptions {
    /**
     * Where the tables of an application come from: `migrations` runs its migrations, `models` creates the tables that the models
     * describe, which is faster, `none` leaves the database as it is. Default "migrations" if the folder has any, else "models".
     */
    readonly tables?: "migrations" | "models" | "none";
    /** Folder of the migrations. Default "migrations". */
    readonly folder?: string;
}

/** Fails when work sends another number of statements to databases, and lists them. */
export declare function assertQueries(count: number, work: () => unknown): Promise<void>;

/**
 * Returns the number of statements that work sends to databases.
 */
export declare function countQueries(work: () => unknown): Promise<number>;

/** Returns the statements that work sends to databases, in their order. */
export declare function queries(work: () => unknown): Promise<readonly RecordedStatement[]>;

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
    /**
     * Opens a stream of server-sent events. It ends with its test. In files that check for leaks, a test that leaves one open fails
     * (`E_TEST_LEAK`). Throws `E_TEST_LIVE` for any other reply.
     */
    liveEvents(path: string, options?: TestEventsOptions): Promise<TestEvents>;
    /** Opens a WebSocket, which ends like a stream of `liveEvents()`. Throws `E_TEST_LIVE` if the address opens none, or refuses it. */
    socket(path: string, options?: TestSocketOptions): Promise<TestSocket>;
    /** Cookies by name. */
    readonly cookies: ReadonlyMap<string, string>;
    /** The session of this client, as the next request finds it. Its functions throw `E_CONTEXT_UNAVAILABLE` without the option `session`. */
    readonly session: TestSession;
    /** Puts a cookie into the jar, as if a reply had set it for the whole site. */
    setCookie(name: string, value: string): void;
    /** Returns the flash messages that wait for the next page, and leaves them there. */
    flash(): Promise<readonly FlashMessage[]>;
    /**
     * Signs a user in without a password: writes a session. Works with `accounts`, and with your own sessions, which then
     * belong to the user's id. Throws `E_TEST_SETUP` for an application without sessions, and for an account that is not active.
     */
    signIn(user: TestUser): Promise<void>;
    /** Ends the session. */
    signOut(): Promise<void>;
    /** Returns a client with the same cookies that sends more header fields with each request. */
    withHeaders(headers: Readonly<Record<string, string>>): TestClient;
    /** Returns a client with the same cookies that sends an API token with each request. Throws `E_TEST_SETUP` for an empty one. */
    withToken(token: string): TestClient;
    /**
     * Ends the client, and stops the application: a request that comes later starts it again. The application of `testDatabase()`
     * runs until the last test has ended.
     */
    close(): Promise<void>;
}

/** How the client reaches the application. */
export interface TestClientOptions {
    /** `memory` calls app.fetch, `socket` listens on a free port of loopback. Default "memory". */
    transport?: "memory" | "socket";
    /** `throw` throws errors of handlers into the test, `page` gives their replies. Default "throw". */
    errors?: "throw" | "page";
    /** Header fields of each request. By default `Accept` prefers HTML, and JSON for a request with `json`. */
    headers?: Readonly<Record<string, string>>;
    /**
     * `checked` refuses each HTML reply that uses an id twice, or has a control without a label or a field without a name
     * (`E_TEST_PAGE`); `any` accepts it. Default "checked".
     */
    markup?: "checked" | "any";
    /**
     * `throw` refuses a request that sends the same query five times or more, as a loop over rows does (`E_TEST_QUERIES`); `allow`
     * accepts it. Default "throw".
     */
    nPlusOne?: "throw" | "allow";
}

/** How long a reply took. */
export interface ReplyTiming {
    /** From the request to the last byte of the reply, in ms. */
    readonly totalMs: number;
    /** Number of statements that the request sent to databases. */
    readonly queryCount: number;
    /** Time that databases took, in ms. */
    readonly queryMs: number;
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
    /** How long the reply took. */
    readonly timing: ReplyTiming;
    /** Body as a JSON value. Throws `E_TEST_REPLY` when it is none. */
    json<Value = unknown>(): Value;
    /**
     * Requests the address in the Location header, as a browser does. After 307 and 308, it sends the same method and body again. After 303,
     * it sends a GET; after 301 and 302, it sends a GET if the method was POST. Throws without a Location, and if it names another site.
     */
    follow(): Promise<TestReply>;
    /** Returns the text of the first element that a selector fits, with collapsed white space. Throws `E_TEST_ELEMENT` without one. */
    text(selector: string): string;
    /** Returns the texts of all elements that a selector fits. */
    all(selector: string): readonly string[];
    /** Returns an attribute of the first element that a selector fits; undefined when it has none. Throws `E_TEST_ELEMENT` without an element. */
    attribute(selector: string, name: string): string | undefined;
    /** Finds a link by its text. Throws `E_TEST_ELEMENT` without one, and for links of one text that lead to different places. */
    link(text: string): TestLink<TestReply>;
    /** Finds a form by its id, name, action or method, or by a selector; without an argument the only one. Throws `E_TEST_FORM`. */
    form(which?: string): TestForm<TestReply>;
    /** Returns the values that the handler gave to a view, by the name of the view; by default to the last one. Throws `E_TEST_REPLY`. */
    viewProps(name?: string): Readonly<Record<string, unknown>>;
}

/** A file to send. */
export interface TestFile {
    /** Name that the client gives it. */
    readonly name: string;
    /** Media type. By default it follows from usual endings of names, as in a browser. */
    readonly type?: string;
    /** Content. */
    readonly content: string | Uint8Array;
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

/** A form of a page. `Reply` is what sending it gives. */
export interface TestForm<Reply> {
    /** Method in upper case. */
    readonly method: string;
    /** Path that the form is sent to. */
    readonly action: string;
    /** What the form would send now, by name: the file's name for a file, a list for a name that is sent several times. */
    readonly values: Readonly<Record<string, string | readonly string[]>>;
    /**
     * Fills fields by name: strings and numbers for text, `true` or `false` for one checkbox, a list of values for several, a value or
     * a label for selects and radio buttons, `{ name, content }` for files. Returns the form.
     * Throws `E_TEST_FIELD` for an unknown name or choice, and for fields that nobody can change.
     */
    fill(values: Readonly<Record<string, FieldValue>>): TestForm<Reply>;
    /**
     * Presses a button, by its text, name or value; by default the first one, as the Enter key does. `required` and other
     * rules that only browsers check do not stop it. Throws `E_TEST_FORM`.
     */
    submit(button?: string): Promise<Reply>;
}

/** A value for a field: text, a number, a choice, whether a box is checked, or files; a list for several of them. */
export type FieldValue = string | number | boolean | TestFile | ReadonlyArray<string | number | TestFile>;

/** How long a test waits. */
export interface LiveWaitOptions {
    /** Longest wait, in milliseconds, at most 2,147,483,647. Default 5,000. */
    timeoutMs?: number;
}

/** An event that a test has received. */
export interface TestEvent {
    /** Name of the event; "message" without one. */
    readonly event: string;
    /** Its data, as it was sent: JSON unless it was a string. */
    readonly data: string;
    /** The last id that the stream has sent; "" without one. */
    readonly id: string;
    /** Parses the data as JSON. Throws `E_TEST_LIVE` when it is not JSON. */
    json(): unknown;
}

/** An open stream of server-sent events. */
export interface TestEvents {
    /** All events so far. */
    readonly received: readonly TestEvent[];
    /** Whether events can still come. */
    readonly isOpen: boolean;
    /** Takes the next event. Throws `E_TEST_LIVE` with what has arrived when the stream ends before, and after the timeout. */
    next(options?: LiveWaitOptions): Promise<TestEvent>;
    /** Waits until the application has ended the stream, and takes the events that are left. Throws `E_TEST_LIVE` after the timeout. */
    ended(options?: LiveWaitOptions): Promise<readonly TestEvent[]>;
    /** Leaves, as a browser that closes the page. */
    close(): Promise<void>;
}

/** Options for opening a stream of events. */
export interface TestEventsOptions {
    /** Id of the last event that the client knows, as a browser sends it when it connects again. None by default. */
    lastEventId?: string;
    /** Header fields of the request. None by default. */
    headers?: Readonly<Record<string, string>>;
}

/** An open WebSocket. */
export interface TestSocket {
    /** Subprotocol that the route has chosen; "" without one. */
    readonly protocol: string;
    /** Whether messages can be sent. */
    readonly isOpen: boolean;
    /** All messages so far. */
    readonly received: readonly RawMessage[];
    /** Sends a string or bytes. Throws `E_TEST_LIVE` once the socket is closed. */
    send(data: string | Uint8Array): void;
    /** Sends a value as JSON. Throws `E_TEST_LIVE` once the socket is closed. */
    sendJson(value: unknown): void;
    /** Takes the next message. Throws `E_TEST_LIVE` with what has arrived when the socket closes before, and after the timeout. */
    next(options?: LiveWaitOptions): Promise<RawMessage>;
    /** Takes the next message, and parses it as JSON. Throws `E_TEST_LIVE` as `next()`, and for a message that is not JSON. */
    nextJson(options?: LiveWaitOptions): Promise<unknown>;
    /** Waits until the socket has closed, and returns its close code and reason. Throws `E_TEST_LIVE` after the timeout. */
    closed(options?: LiveWaitOptions): Promise<SocketEnd>;
    /** Closes the socket, and waits until it has closed. Default code 1000. */
    close(code?: number, reason?: string): Promise<SocketEnd>;
}

/** Options for opening a WebSocket. */
export interface TestSocketOptions {
    /** Subprotocols that the client offers. None by default. */
    protocols?: readonly string[];
    /** Header fields of the handshake. None by default. */
    headers?: Readonly<Record<string, string>>;
}

/** A link of a page. */
export interface TestLink<Reply> {
    /** Its text. */
    readonly text: string;
    /** Its address, resolved against that of the page. */
    readonly url: URL;
    /** Follows it with a GET. Throws `E_TEST_REPLY` when it leads to another site. */
    follow(): Promise<Reply>;
}

/** The session of a test client. */
export interface TestSession {
    /** Returns the value of a key; undefined without one. */
    find(key: string): Promise<unknown>;
    /** Sets a JSON value. */
    set(key: string, value: unknown): Promise<void>;
    /** Removes a value. */
    delete(key: string): Promise<void>;
    /** Returns the user that the session belongs to; null for nobody. */
    findUserId(): Promise<string | null>;
}

/** A user: a row of the model of accounts, or anything with an id. */
export interface TestUser {
    /** Id of the user. */
    readonly id: unknown;
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

/** Defines the tests of a store of sessions in the current file. Each test uses its own sessions. */
export declare function testSessionStore(name: string, create: CreateSessionStore, options?: SessionStoreTestOptions): void;

/** Creates a store; `close()` of the store is called at the end. */
export type CreateSessionStore = () => SessionStore | Promise<SessionStore>;

/** Options of {@link testSessionStore}. */
export interface SessionStoreTestOptions {
    /** How often the races run. Default 20. */
    readonly rounds?: number;
}

/** Defines the tests of a store of rate limits in the current file. Each test uses its own keys. */
export declare function testRateStore(name: string, create: CreateRateStore): void;

/** Creates a store; `close()` of the store is called at the end. */
export type CreateRateStore = () => RateStore | Promise<RateStore>;

/**
 * Declares tests for a carrier. `create` makes two carriers without messages.
 * @example
 * testLiveCarrier("my carrier", async () => ({ carriers: [myCarrier(), myCarrier()] }));
 */
export declare function testLiveCarrier(name: string, create: () => LiveCarriersUnderTest | Promise<LiveCarriersUnderTest>): void;

/** Two carriers that stand for two processes, and what their messages need. */
export interface LiveCarriersUnderTest {
    /** Carriers of the same messages. One carrier twice for a carrier that lives in one process. */
    readonly carriers: readonly [LiveCarrier, LiveCarrier];
    /** Called after the tests. */
    readonly close?: () => void | Promise<void>;
}

/** Defines the tests of a task queue in the current file. Each test uses its own task names. */
export declare function testTaskQueue(name: string, create: () => TaskQueueUnderTest | Promise<TaskQueueUnderTest>): void;

/** A queue under test. */
export interface TaskQueueUnderTest {
    /** The queue. Nothing else uses it. */
    readonly queue: TaskQueue;
    /**
     * Whether the queue follows the clock of its machine instead of the times that it gets, and lets a task rest that the caller does not
     * know. The tests then use the current time, and wait. Default false.
     */
    readonly hasOwnClock?: boolean;
    /** Called after the tests. None by default. */
    readonly close?: () => Promise<void>;
}

/** Defines the tests of a store in the current file. Each test makes its own with `create`. */
export declare function testStorage(name: string, create: () => Promise<StorageUnderTest>): void;

/** A store under test. */
export interface StorageUnderTest {
    /** The store, without files. */
    readonly store: FileStore;
    /** Removes what the test made. Nothing by default. */
    readonly remove?: () => Promise<void>;
}
