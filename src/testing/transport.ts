/** How a test client reaches its application: in memory, or over a socket. Both give the same results. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage, RequestOptions } from "node:http";
import { Agent, request as sendRequest } from "node:http";
import type { Socket } from "node:net";
import type { Application } from "gable";
import type { Reply, RequestListener } from "gable/http";
import type { RunningServer } from "gable/server";
import { isKept } from "./test-apps.ts";

/** A request as it is sent. */
interface OutgoingRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
}

/** A reply, read whole. */
export interface IncomingReply {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** A way to an application. */
export interface Transport {
  send(request: OutgoingRequest): Promise<IncomingReply>;
  /** Closes the connection and stops the application unless `testDatabase()` needs it. */
  close(): Promise<void>;
}

/** Where requests of test clients come from. */
const clientAddress = "127.0.0.1";

/** Connects in memory: `app.fetch()` answers. Waits for work that goes on after a reply. */
export function connectInMemory(app: Application): Transport {
  return {
    async send({ method, url, headers, body }) {
      const works: Array<Promise<unknown>> = [];
      const init = { method, headers, redirect: "manual" as const, ...(body !== undefined && { body: new Uint8Array(body) }) };
      const response = await app.request(url.pathname + url.search, init, {
        remote: { address: clientAddress, port: 0 },
        waitUntil: (work) => void works.push(work),
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      await settle(works);
      return { status: response.status, headers: response.headers, bytes };
    },
    close: async () => (isKept(app) ? undefined : app.close()),
  };
}

/** Waits for work, and for what it leaves behind. */
async function settle(works: Array<Promise<unknown>>): Promise<void> {
  while (works.length > 0) await Promise.all(works.splice(0));
}

/** Runs work in the asynchronous context of the test that sent a request. */
type RunAsTest = <Result>(work: () => Result) => Result;

/** Connects over a socket on a free port of loopback, with the engine that production has. */
export function connectBySocket(app: Application): Transport {
  const agent = new Agent({ keepAlive: true });
  /** By the port that the request came from: over a socket, the context of the test is lost. */
  const senders = new Map<number, Sender>();
  let running: Promise<RunningServer> | undefined;
  return {
    async send(request) {
      // Here, where the caller is: an event of a socket belongs to nobody.
      const run: RunAsTest = AsyncLocalStorage.snapshot();
      running ??= serveApplication(app, senders);
      const { port } = await running;
      const works: Array<Promise<unknown>> = [];
      const reply = await sendOver({ port, agent, request }, (localPort) => senders.set(localPort, { run, works }));
      await settle(works);
      return reply;
    },
    async close() {
      agent.destroy();
      await (await running)?.stop({ graceMs: 1000 });
      running = undefined;
      if (!isKept(app)) await app.close();
    },
  };
}

interface Sender {
  readonly run: RunAsTest;
  /** Work that goes on after the reply. */
  readonly works: Array<Promise<unknown>>;
}

async function serveApplication(app: Application, senders: ReadonlyMap<number, Sender>): Promise<RunningServer> {
  const { serve } = await import("gable/server");
  await app.start();
  const { rate: _rate, ...limits } = app.options.limits ?? {};
  const isSecure = app.options.origin?.startsWith("https:") === true;
  const listener: RequestListener = async (raw) => {
    const sender = senders.get(raw.remote.port);
    // As if a proxy had taken TLS off: pages of an https site have its cookies in tests as well.
    if (isSecure) Object.defineProperty(raw, "scheme", { value: "https" });
    Object.defineProperty(raw, "remote", { value: { address: clientAddress, port: 0 } });
    if (sender === undefined) return app.listener(raw);
    Object.defineProperty(raw, "waitUntil", { value: (work: Promise<unknown>) => void sender.works.push(work) });
    return waitForEnd(await sender.run(() => app.listener(raw)), sender);
  };
  const onError = (error: unknown): void => app.reportError(error);
  return serve(listener, { port: 0, host: "127.0.0.1", methods: app.methods, limits, onError });
}

/** A client may have read a reply before the engine knows that it was sent: work after the reply begins then. */
function waitForEnd(reply: Reply, { works }: Sender): Reply {
  const { onSettled } = reply;
  if (onSettled === undefined) return reply;
  let end: () => void = () => undefined;
  works.push(new Promise<void>((resolve) => (end = resolve)));
  return {
    ...reply,
    onSettled: () => {
      onSettled();
      end();
    },
  };
}

interface SocketSending {
  readonly port: number;
  readonly agent: Agent;
  readonly request: OutgoingRequest;
}

function sendOver({ port, agent, request }: SocketSending, onPort: (localPort: number) => void): Promise<IncomingReply> {
  const { method, url, headers, body } = request;
  const fields = Object.fromEntries(headers);
  const options: RequestOptions = {
    host: "127.0.0.1",
    port,
    agent,
    method,
    path: url.pathname + url.search,
    headers: { ...fields, host: fields["host"] ?? url.host, ...(body !== undefined && { "content-length": String(body.length) }) },
  };
  return new Promise((resolve, reject) => {
    const sent = sendRequest(options, (response) => void readReply(response).then(resolve, reject));
    sent.on("error", reject);
    sent.on("socket", (socket: Socket) => {
      const begin = (): void => {
        onPort(socket.localPort ?? 0);
        sent.end(body);
      };
      if (socket.connecting) socket.once("connect", begin);
      else begin();
    });
  });
}

async function readReply(response: IncomingMessage): Promise<IncomingReply> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer); // Streams of node:http give buffers.
  const headers = new Headers();
  const { rawHeaders } = response;
  for (let index = 0; index < rawHeaders.length; index += 2) headers.append(rawHeaders[index]!, rawHeaders[index + 1]!);
  return { status: response.statusCode ?? 0, headers, bytes: new Uint8Array(Buffer.concat(chunks)) };
}
