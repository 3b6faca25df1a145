/** A client for tests: cookies kept, redirects followed on demand, forms and files sent, protections on. */
import type { Application } from "gable";
import { CookieJar } from "./cookie-jar.ts";

/** How the client reaches the application. */
export interface TestClientOptions {
  /** `memory` calls app.fetch, `socket` listens on a free port of loopback. Default "memory". */
  transport?: "memory" | "socket";
  /** `throw` throws errors of handlers into the test, `page` gives their replies. Default "throw". */
  errors?: "throw" | "page";
  /** Header fields of each request. None by default. */
  headers?: Readonly<Record<string, string>>;
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

interface Connection {
  readonly send: (path: string, init: RequestInit) => Promise<Response>;
  /** Waits for the work that requests left behind, where the client can know of it. */
  readonly settle: () => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** Makes a client for an application. */
export function createTestClient(app: Application, options: TestClientOptions = {}): TestClient {
  const jar = new CookieJar();
  const base = findBase(app);
  const failures = new Map<string, unknown>();
  const stopObserving = app.observeErrors((requestId, error) => failures.set(requestId, error));
  const connection = options.transport === "socket" ? createSocketConnection(app) : createMemoryConnection(app);

  async function request(method: string, path: string, what: TestRequest = {}): Promise<TestReply> {
    // As a browser's own page would: the cross-site check stays on and lets it pass.
    const headers = new Headers({ "sec-fetch-site": "same-origin", ...options.headers, ...what.headers });
    const url = toUrl(base, path);
    const cookies = jar.toField(url);
    if (cookies !== undefined && !headers.has("cookie")) headers.set("cookie", cookies);
    const body = toBody(what, headers);
    const response = await connection.send(path, { method, headers, redirect: "manual", ...(body === undefined ? {} : { body }) });
    jar.keep(response.headers.getSetCookie(), url);
    const bytes = new Uint8Array(await response.arrayBuffer());
    await connection.settle();
    const requestId = response.headers.get("x-request-id") ?? "";
    if (options.errors !== "page" && failures.has(requestId)) throw failures.get(requestId);
    return createReply(response, bytes, path, () => follow(response, { method, path, url, what }));
  }

  function follow(response: Response, sent: { method: string; path: string; url: URL; what: TestRequest }): Promise<TestReply> {
    const location = response.headers.get("location");
    if (location === null) throw new Error(`The reply to ${sent.path} has the status ${response.status} and no Location to follow.`);
    const target = new URL(location, sent.url);
    if (!isOwn(app, base, target)) throw new Error(`The reply leads to another site, ${target.href}, which a test client does not ask.`);
    const isRepeated = response.status === 307 || response.status === 308;
    const isKept = isRepeated || sent.method === "HEAD" || (response.status !== 303 && sent.method !== "POST");
    const { headers } = sent.what;
    return request(
      isKept ? sent.method : "GET",
      target.pathname + target.search,
      isKept ? sent.what : headers === undefined ? {} : { headers: withoutBody(headers) },
    );
  }

  const send = (method: string) => (path: string, what?: TestRequest) => request(method, path, what);
  return {
    get: send("GET"),
    head: send("HEAD"),
    post: send("POST"),
    put: send("PUT"),
    patch: send("PATCH"),
    delete: send("DELETE"),
    request,
    setCookie: (name, value) => jar.keep([`${name}=${value}; Path=/${base.protocol === "https:" ? "; Secure" : ""}`], base),
    get cookies() {
      return jar.toMap();
    },
    close: async () => {
      stopObserving();
      await connection.close();
    },
  };
}

function createMemoryConnection(app: Application): Connection {
  const works = new Set<Promise<unknown>>();
  return {
    send: (path, init) => app.request(path, init, { waitUntil: (work) => void works.add(work) }),
    settle: async () => {
      const ending = [...works];
      works.clear();
      await Promise.all(ending);
    },
    close: () => app.close(),
  };
}

function createSocketConnection(app: Application): Connection {
  const running = app.listen({ port: 0, quiet: true, signals: false });
  return {
    send: async (path, init) => fetch(new URL(path, (await running).url), init),
    settle: async () => undefined,
    close: async () => (await running).stop({ graceMs: 1000 }),
  };
}

function createReply(response: Response, bytes: Uint8Array, path: string, follow: () => Promise<TestReply>): TestReply {
  const body = new TextDecoder().decode(bytes);
  return {
    status: response.status,
    headers: response.headers,
    body,
    bytes,
    path,
    // The test says which value it expects.
    json: <Value>() => JSON.parse(body) as Value,
    follow,
  };
}

/** The address that a page of the application has in tests. */
function findBase(app: Application): URL {
  const host = app.options.hosts?.find((name) => !name.startsWith(".")) ?? "localhost";
  return new URL(app.options.origin ?? `http://${host}`);
}

/** Joined as text: "//a" is a path with an empty segment, not another host. */
function toUrl(base: URL, path: string): URL {
  return new URL(base.origin + path);
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

function toBody(what: TestRequest, headers: Headers): string | FormData | URLSearchParams | Blob | undefined {
  if (what.json !== undefined) {
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return JSON.stringify(what.json);
  }
  if (what.files !== undefined) return toFormData(what.form ?? {}, what.files);
  if (what.form !== undefined) return new URLSearchParams(toPairs(what.form));
  return what.body instanceof Uint8Array ? new Blob([new Uint8Array(what.body)]) : what.body;
}

function toPairs(form: NonNullable<TestRequest["form"]>): string[][] {
  // Lists were flattened: what is left is text or a file's name.
  return Object.entries(form).flatMap(([name, value]) => [value].flat().map((item) => [name, item as string]));
}

function toFormData(form: NonNullable<TestRequest["form"]>, files: NonNullable<TestRequest["files"]>): FormData {
  const data = new FormData();
  for (const [name, value] of toPairs(form)) data.append(name!, value!);
  for (const [name, { name: fileName, type = "application/octet-stream", content }] of Object.entries(files)) {
    data.append(name, new Blob([typeof content === "string" ? content : new Uint8Array(content)], { type }), fileName);
  }
  return data;
}
