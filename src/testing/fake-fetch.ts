/** Outgoing requests in tests: answered by the test, or refused. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";
import type { Socket } from "node:net";
import { after } from "node:test";
import { findCaller } from "./caller.ts";
import { testError } from "./test-error.ts";

/** The answer to an outgoing request: a response, a value that is sent as JSON, or a function of the request. */
export type FakeAnswer =
  | Response
  | object
  | string
  | ((request: Request) => Response | object | string | Promise<Response | object | string>);

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

/** What answers outgoing requests. */
export interface FakeFetch {
  /** Requests that were answered, the first one first. */
  readonly requests: readonly SentFetch[];
  /** Ends it before the test ends. */
  restore(): void;
}

interface Fake {
  readonly answers: ReadonlyArray<{ readonly method: string | undefined; readonly pattern: RegExp; readonly answer: FakeAnswer }>;
  readonly names: readonly string[];
  readonly requests: SentFetch[];
}

/** The newest fake is asked first. */
const fakes: Fake[] = [];
let realFetch: typeof fetch | undefined;

/**
 * Answers calls of `fetch()` until the current test ends; any other outgoing request fails with `E_TEST_OUTGOING`.
 *
 * A key is an address, or a method and an address; `*` stands for any characters. Connections to loopback are let through, so
 * that databases and test servers work.
 *
 * @example
 * fakeFetch({ "https://api.example/rates/*": { eur: 1.1 }, "POST https://api.example/orders": new Response(null, { status: 201 }) });
 */
export function fakeFetch(answers: Readonly<Record<string, FakeAnswer>>): FakeFetch {
  const fake: Fake = { answers: Object.entries(answers).map(parseAnswer), names: Object.keys(answers), requests: [] };
  if (fakes.length === 0) begin();
  fakes.unshift(fake);
  const restore = (): void => {
    const index = fakes.indexOf(fake);
    if (index === -1) return;
    fakes.splice(index, 1);
    if (fakes.length === 0) end();
  };
  after(restore);
  return { requests: fake.requests, restore };
}

function parseAnswer([key, answer]: [string, FakeAnswer]): Fake["answers"][number] {
  const [, method, address] = /^(?:([A-Z]+) )?(https?:\/\/.+)$/s.exec(key) ?? [];
  if (address === undefined)
    throw testError(
      "E_TEST_OUTGOING",
      `fakeFetch(): "${key}" is not an address.`,
      'Write "https://api.example/*", or "POST https://api.example/orders".',
    );
  const pattern = new RegExp(`^${address.split("*").map(escape).join(".*")}$`, "s");
  return { method, pattern, answer };
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

function begin(): void {
  realFetch = globalThis.fetch;
  globalThis.fetch = answer;
  subscribe("net.client.socket", refuseSocket);
  subscribe("http.client.request.created", refuseRequest);
}

function end(): void {
  if (realFetch !== undefined) globalThis.fetch = realFetch;
  unsubscribe("net.client.socket", refuseSocket);
  unsubscribe("http.client.request.created", refuseRequest);
}

async function answer(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  request.signal.throwIfAborted();
  for (const fake of fakes) {
    const found = fake.answers.find(
      ({ method, pattern }) => (method === undefined || method === request.method) && pattern.test(request.url),
    );
    if (found === undefined) continue;
    const { method, url, headers } = request;
    fake.requests.push({ method, url, headers, body: await request.clone().text() });
    const result = typeof found.answer === "function" ? await untilAborted(request, found.answer(request)) : found.answer;
    // A response can be read once, and an answer is for many requests.
    if (result instanceof Response) return result.clone();
    return typeof result === "string" ? new Response(result) : Response.json(result);
  }
  if (isLoopback(new URL(request.url).hostname)) return realFetch!(request);
  throw outgoing(`${request.method} ${request.url}`);
}

/** Waits for an answer, and rejects as fetch() does when the request is aborted before. */
async function untilAborted<Answer>({ signal }: Request, answer: Answer | Promise<Answer>): Promise<Answer> {
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([answer, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** Requests of node:http and node:https end with the same error. */
function refuseRequest(event: unknown): void {
  const { request } = event as { readonly request: ClientRequest }; // What this channel of Node has.
  if (!isLoopback(request.host)) request.destroy(outgoing(`${request.method} ${request.protocol}//${request.host}${request.path}`));
}

/** Connections of other libraries, too; those of Gable, such as to a database, are let through. */
function refuseSocket(event: unknown): void {
  if (findCaller(refuseSocket).owner === "gable") return;
  const { socket } = event as { readonly socket: Socket }; // What this channel of Node has.
  const refuse = (host: string): void => {
    if (!isLoopback(host)) socket.destroy(outgoing(`a connection to ${host}`));
  };
  socket.once("lookup", (_error, _address, _family, host) => refuse(host));
  // Node goes on with the socket when this event has returned.
  socket.once("connectionAttempt", (address: string) => process.nextTick(refuse, address));
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function outgoing(what: string): Error {
  const names = fakes.flatMap((fake) => fake.names);
  return testError(
    "E_TEST_OUTGOING",
    `The code under test sends ${what}, which fakeFetch() does not answer.`,
    `It answers: ${names.length === 0 ? "nothing" : names.join(", ")}.`,
  );
}
