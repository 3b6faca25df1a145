/** A client for tests: cookies kept, redirects followed on demand, forms and files sent, protections on. */
import type { Application } from "gable";

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
  /** Goes where the Location of the reply leads; throws when there is none. */
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
  const jar = new Map<string, string>();
  const failures = new Map<string, unknown>();
  const stopObserving = app.observeErrors((requestId, error) => failures.set(requestId, error));
  const connection = options.transport === "socket" ? createSocketConnection(app) : createMemoryConnection(app);

  async function request(method: string, path: string, what: TestRequest = {}): Promise<TestReply> {
    // As a browser's own page would: the cross-site check stays on and lets it pass.
    const headers = new Headers({ "sec-fetch-site": "same-origin", ...options.headers, ...what.headers });
    if (jar.size > 0 && !headers.has("cookie")) headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const body = toBody(what, headers);
    const response = await connection.send(path, { method, headers, redirect: "manual", ...(body === undefined ? {} : { body }) });
    keepCookies(jar, response.headers.getSetCookie());
    const bytes = new Uint8Array(await response.arrayBuffer());
    await connection.settle();
    const requestId = response.headers.get("x-request-id") ?? "";
    if (options.errors !== "page" && failures.has(requestId)) throw failures.get(requestId);
    return createReply(response, bytes, path, request);
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
    cookies: jar,
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

function createReply(
  response: Response,
  bytes: Uint8Array,
  path: string,
  request: (method: string, path: string) => Promise<TestReply>,
): TestReply {
  const body = new TextDecoder().decode(bytes);
  return {
    status: response.status,
    headers: response.headers,
    body,
    bytes,
    path,
    // The test says which value it expects.
    json: <Value>() => JSON.parse(body) as Value,
    follow: () => {
      const location = response.headers.get("location");
      if (location === null) throw new Error(`The reply to ${path} has the status ${response.status} and no Location to follow.`);
      const target = new URL(location, new URL(path, "http://localhost"));
      return request("GET", target.pathname + target.search);
    },
  };
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

function keepCookies(jar: Map<string, string>, lines: readonly string[]): void {
  for (const line of lines) {
    const [pair = "", ...attributes] = line.split("; ");
    const equals = pair.indexOf("=");
    const name = pair.slice(0, equals);
    if (attributes.some((attribute) => attribute === "Max-Age=0")) jar.delete(name);
    else jar.set(name, pair.slice(equals + 1));
  }
}
