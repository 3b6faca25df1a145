/** How a test client reaches its application: in memory, or over a socket. Both give the same results. */
import type { IncomingMessage, RequestOptions } from "node:http";
import { Agent, request as sendRequest } from "node:http";
import type { Socket } from "node:net";
import type { Application } from "gable";
import type { RawRequest, Reply, RequestListener } from "gable/http";
import type { RunningServer } from "gable/server";
import type { LiveConnector, Sender } from "./live/connect.ts";
import { connectLiveBySocket, connectLiveInMemory, createSender, settle } from "./live/connect.ts";
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
  /** Opens event streams and WebSockets. */
  readonly live: LiveConnector;
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
    live: connectLiveInMemory(app, { address: clientAddress, port: 0 }),
    close: async () => (isKept(app) ? undefined : app.close()),
  };
}

/** Connects over a socket on a free port of loopback, with the engine that production has. */
export function connectBySocket(app: Application): Transport {
  const agent = new Agent({ keepAlive: true });
  /** By the port that the request came from: over a socket, the context of the test is lost. */
  const senders = new Map<number, Sender>();
  let running: Promise<RunningServer> | undefined;
  return {
    async send(request) {
      // Here, where the caller is: an event of a socket belongs to nobody.
      const sender = createSender();
      running ??= serveApplication(app, senders);
      const { port } = await running;
      const reply = await sendOver({ port, agent, request }, (localPort) => senders.set(localPort, sender));
      await settle(sender.works);
      return reply;
    },
    live: connectLiveBySocket({
      open: async () => (await (running ??= serveApplication(app, senders))).port,
      onConnect: (localPort, sender) => senders.set(localPort, sender),
    }),
    async close() {
      agent.destroy();
      await (await running)?.stop({ graceMs: 1000 });
      running = undefined;
      if (!isKept(app)) await app.close();
    },
  };
}

async function serveApplication(app: Application, senders: ReadonlyMap<number, Sender>): Promise<RunningServer> {
  const { serve } = await import("gable/server");
  await app.start();
  const { rate: _rate, ...limits } = app.options.limits ?? {};
  const isSecure = app.options.origin?.startsWith("https:") === true;
  const sendersOf = new WeakMap<RawRequest, Sender>();
  const listener: RequestListener = async (raw) => {
    const sender = senders.get(raw.remote.port);
    // As if a proxy had taken TLS off: pages of an https site have its cookies in tests as well.
    if (isSecure) Object.defineProperty(raw, "scheme", { value: "https" });
    Object.defineProperty(raw, "remote", { value: { address: clientAddress, port: 0 } });
    if (sender === undefined) return app.listener(raw);
    sendersOf.set(raw, sender);
    Object.defineProperty(raw, "waitUntil", { value: (work: Promise<unknown>) => void sender.works.push(work) });
    return waitForEnd(await sender.run(() => app.listener(raw)), sender);
  };
  const onError = (error: unknown, raw: RawRequest | null): void => {
    if (raw !== null) sendersOf.get(raw)?.errors.push(error);
    app.reportError(error, raw);
  };
  // A test client that ends its side of a connection has left: nothing waits for it.
  return serve(listener, { port: 0, host: "127.0.0.1", methods: app.methods, limits: { ...limits, halfCloseMs: 1 }, onError });
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
