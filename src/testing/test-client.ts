/** A client for tests: cookies kept, redirects followed on demand, forms and files sent, protections on. */
import type { Application, Context, FlashMessage } from "gable";
import { LiveClient } from "./live/live-client.ts";
import type { TestEvents, TestEventsOptions } from "./live/test-events.ts";
import type { TestSocket, TestSocketOptions } from "./live/test-socket.ts";
import type { Transport } from "./transport.ts";
import { connectBySocket, connectInMemory } from "./transport.ts";
import { CookieJar } from "./cookie-jar.ts";
import { assertNoLoop, recordQueries } from "./count-queries.ts";
import type { RenderedView, TestReply } from "./reply.ts";
import { ClientReply } from "./reply.ts";
import { addTestApp, removeTestApp } from "./test-apps.ts";
import { assertTestOptions, testError } from "./test-error.ts";
import type { SentRequest, TestRequest } from "./test-request.ts";
import { encodeBody } from "./test-request.ts";
import type { TestSession, TestUser } from "./visits.ts";
import { createSession, readFlash, signInUser, signOutUser } from "./visits.ts";

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

/** Makes a client for an application. */
export function createTestClient(app: Application, options: TestClientOptions = {}): TestClient {
  return new Client(app, options).open();
}

class Client {
  readonly #app: Application;
  readonly #options: TestClientOptions;
  readonly #jar = new CookieJar();
  readonly #base: URL;
  readonly #transport: Transport;
  readonly #failures = new Map<string, unknown>();
  readonly #views = new Map<string, RenderedView[]>();
  readonly #stopObserving: () => void;
  readonly #live: LiveClient;

  constructor(app: Application, options: TestClientOptions) {
    if (typeof app?.observe !== "function")
      throw testError("E_TEST_SETUP", "createTestClient() got no application.", "Pass what gable() returns.");
    assertTestOptions("createTestClient()", options, optionKinds);
    addTestApp(app);
    this.#app = app;
    this.#options = options;
    this.#base = findBase(app);
    this.#transport = options.transport === "socket" ? connectBySocket(app) : connectInMemory(app);
    this.#stopObserving = app.observe({
      error: (requestId, error) => void this.#failures.set(requestId, error),
      view: (requestId, name, props) => void this.#views.set(requestId, [...(this.#views.get(requestId) ?? []), { name, props }]),
    });
    this.#live = new LiveClient({
      connector: this.#transport.live,
      prepare: (path, accept, given) => {
        const url = new URL(this.#base.origin + path);
        return { url, headers: this.#toHeaders(url, accept, given) };
      },
      receive: (headers, url) => {
        this.#jar.keep(headers.getSetCookie(), url);
        const error = this.#takeError(headers);
        if (error !== undefined) throw error;
      },
    });
  }

  open(extra: Readonly<Record<string, string>> = {}): TestClient {
    const send = (method: string) => (path: string, what?: TestRequest) => this.#ask(method, path, what, extra);
    const jar = this.#jar;
    return {
      get: send("GET"),
      head: send("HEAD"),
      post: send("POST"),
      put: send("PUT"),
      patch: send("PATCH"),
      delete: send("DELETE"),
      request: (method, path, what) => this.#ask(method, path, what, extra),
      liveEvents: (path, what) => this.#live.openEvents(path, what, extra),
      socket: (path, what) => this.#live.openSocket(path, what, extra),
      get cookies() {
        return jar.toMap();
      },
      session: createSession((work) => this.#visit(work)),
      setCookie: (name, value) => jar.keep([`${name}=${value}; Path=/${this.#base.protocol === "https:" ? "; Secure" : ""}`], this.#base),
      flash: () => readFlash((work) => this.#visit(work)),
      signIn: (user) => signInUser(this.#app, user, (work) => this.#visit(work)),
      signOut: () => signOutUser(this.#app, (work) => this.#visit(work)),
      withHeaders: (headers) => this.open({ ...extra, ...headers }),
      withToken: (token) => this.open({ ...extra, authorization: toBearer(token) }),
      close: async () => {
        this.#live.endAll();
        this.#stopObserving();
        removeTestApp(this.#app);
        await this.#transport.close();
      },
    };
  }

  #ask(method: string, path: string, what: TestRequest = {}, extra: Readonly<Record<string, string>> = {}): Promise<TestReply> {
    return this.#send({ method, url: new URL(this.#base.origin + path), what, extra });
  }

  async #send(sent: Sent): Promise<TestReply> {
    const { method, url, what, extra } = sent;
    // A page is asked for as browsers do, JSON as programs do.
    const accept = what.json === undefined ? "text/html,*/*;q=0.8" : "application/json,*/*;q=0.8";
    const headers = this.#toHeaders(url, accept, [extra, what.headers]);
    const body = await encodeBody(what, headers);
    const start = performance.now();
    const { result: incoming, statements } = await recordQueries(() => this.#transport.send({ method, url, headers, body }));
    const totalMs = performance.now() - start;
    this.#jar.keep(incoming.headers.getSetCookie(), url);
    const requestId = incoming.headers.get("x-request-id") ?? "";
    const views = this.#views.get(requestId) ?? [];
    this.#views.delete(requestId);
    const error = this.#takeError(incoming.headers);
    if (error !== undefined) throw error;
    const queryMs = statements.reduce((sum, { durationMs }) => sum + durationMs, 0);
    const reply = new ClientReply({
      ...incoming,
      method,
      url,
      views,
      timing: { totalMs, queryCount: statements.length, queryMs },
      send: (next, target, form) => this.#leave({ method: next, url: target, what: form, extra }, sent),
      follow: () => this.#follow(incoming.headers.get("location"), incoming.status, sent),
    });
    if (this.#options.nPlusOne !== "allow") assertNoLoop(statements, `${method} ${toPath(url)}`);
    if (this.#options.markup !== "any") reply.assertMarkup();
    return reply;
  }

  /** Returns the fields of a request, with the cookies for its address. */
  #toHeaders(url: URL, accept: string, given: ReadonlyArray<Readonly<Record<string, string>> | undefined>): Headers {
    // As a browser's own page would: the cross-site check stays on and lets it pass.
    const headers = new Headers({ "sec-fetch-site": "same-origin", accept });
    for (const fields of [this.#options.headers, ...given])
      for (const [name, value] of Object.entries(fields ?? {})) headers.set(name, value);
    const cookies = this.#jar.toField(url);
    if (cookies !== undefined && !headers.has("cookie")) headers.set("cookie", cookies);
    return headers;
  }

  /** Returns what the application has thrown for a request, once; undefined for nothing, and for a client that shows errors as pages. */
  #takeError(headers: Headers): unknown {
    const requestId = headers.get("x-request-id") ?? "";
    const error = this.#failures.get(requestId);
    this.#failures.delete(requestId);
    return this.#options.errors === "page" ? undefined : error;
  }

  /** Sends a request that a page leads to. */
  #leave(next: Sent, from: Sent): Promise<TestReply> {
    const { url } = next;
    if (!isOwn(this.#app, this.#base, url))
      throw testError("E_TEST_REPLY", `The page ${toPath(from.url)} leads to another site, ${url.href}, which a test client does not ask.`);
    return this.#send({ ...next, url: new URL(this.#base.origin + toPath(url)) });
  }

  #follow(location: string | null, status: number, sent: Sent): Promise<TestReply> {
    const path = toPath(sent.url);
    if (location === null) throw testError("E_TEST_REPLY", `The reply to ${path} has the status ${status} and no Location to follow.`);
    const url = new URL(location, sent.url);
    if (!isOwn(this.#app, this.#base, url))
      throw testError("E_TEST_REPLY", `The reply leads to another site, ${url.href}, which a test client does not ask.`);
    const isRepeated = status === 307 || status === 308;
    const isKept = isRepeated || sent.method === "HEAD" || (status !== 303 && sent.method !== "POST");
    const { headers } = sent.what;
    const withoutContent = headers === undefined ? {} : { headers: withoutBody(headers) };
    return this.#send({
      method: isKept ? sent.method : "GET",
      url: new URL(this.#base.origin + toPath(url)),
      what: isKept ? sent.what : withoutContent,
      extra: sent.extra,
    });
  }

  /** Runs work with the context of a request of this client, and keeps the cookies that it sets. */
  async #visit(work: (context: Context) => unknown): Promise<void> {
    const headers = new Headers({ ...this.#options.headers });
    const cookies = this.#jar.toField(this.#base);
    if (cookies !== undefined) headers.set("cookie", cookies);
    const response = await this.#app.visit(headers, work);
    this.#jar.keep(response.headers.getSetCookie(), this.#base);
  }
}

interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly what: SentRequest;
  /** Header fields of the client that sent it. */
  readonly extra: Readonly<Record<string, string>>;
}

function toBearer(token: unknown): string {
  if (typeof token === "string" && /^\S+$/.test(token)) return `Bearer ${token}`;
  throw testError(
    "E_TEST_SETUP",
    "withToken() takes the text of a token.",
    "Make one: const { token } = await manageAccounts(app).createToken(user, { name, scopes }).",
  );
}

function toPath({ pathname, search }: URL): string {
  return pathname + search;
}

const optionKinds = {
  transport: ["memory", "socket"],
  errors: ["throw", "page"],
  headers: "object",
  markup: ["checked", "any"],
  nPlusOne: ["throw", "allow"],
} as const;

/** The address that a page of the application has in tests. */
function findBase(app: Application): URL {
  const host = app.options.hosts?.find((name) => !name.startsWith(".")) ?? "localhost";
  return new URL(app.options.origin ?? `http://${host}`);
}

/** Whether an address is the application's own: its origin, a name of its list of hosts, or loopback. */
function isOwn(app: Application, base: URL, { hostname, protocol }: URL): boolean {
  if (protocol !== "http:" && protocol !== "https:") return false;
  if (hostname === base.hostname || hostname === "localhost" || hostname === "127.0.0.1") return true;
  return (app.options.hosts ?? []).some((name) => (name.startsWith(".") ? hostname.endsWith(name) : hostname === name));
}

/** Fields that describe a body do not go with a request that has none. */
function withoutBody(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^content-/i.test(name)));
}
