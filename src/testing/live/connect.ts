/** How a test client opens live connections: in memory, or over a socket. Both give the same results. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingMessage } from "node:http";
import { createServer, request as sendRequest } from "node:http";
import type { Socket } from "node:net";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { duplexPair } from "node:stream";
import type { Application, FetchRuntime } from "gable";
import type { ClientSocket } from "./test-socket.ts";
import type { OpenReply } from "./test-events.ts";

/** A request that opens a live connection. */
export interface LiveRequest {
  readonly url: URL;
  readonly headers: Headers;
}

/** What a handshake has led to. */
interface Handshake {
  /** Reply to the handshake: with status 101, the socket is open. */
  readonly reply: Promise<HandshakeReply>;
  /** Waits for work that the application does after the reply. */
  readonly settle: () => Promise<void>;
}

/** The reply to a handshake. The body of one that opens a socket is "". */
interface HandshakeReply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Opens live connections of one application. */
export interface LiveConnector {
  openReply(request: LiveRequest): Promise<OpenReply>;
  /** Begins a handshake. Calls `onSocket` before anything can arrive. */
  openSocket(request: LiveRequest, protocols: readonly string[], onSocket: (socket: ClientSocket) => void): Promise<Handshake>;
}

/** Runs work in the asynchronous context of the test that sent a request. */
type RunAsTest = <Result>(work: () => Result) => Result;

/** Who sent a request over a socket. */
export interface Sender {
  readonly run: RunAsTest;
  /** Work that goes on after the reply. */
  readonly works: Works;
  /** What has broken a reply that had begun. */
  readonly errors: unknown[];
}

/** Work that an application does after a reply. */
type Works = Array<Promise<unknown>>;

/** Waits for work, and for what it leaves behind. */
export async function settle(works: Works): Promise<void> {
  while (works.length > 0) await Promise.all(works.splice(0));
}

const toPath = ({ pathname, search }: URL): string => pathname + search;

/** Opens connections in memory. */
export function connectLiveInMemory(app: Application, remote: NonNullable<FetchRuntime["remote"]>): LiveConnector {
  return {
    async openReply({ url, headers }) {
      const works: Works = [];
      const controller = new AbortController();
      const runtime = { remote, waitUntil: (work: Promise<unknown>) => void works.push(work) };
      const response = await app.request(toPath(url), { headers, signal: controller.signal }, runtime);
      const { status, headers: fields, body } = response;
      const cut = (): void => controller.abort();
      // What breaks the body is what the application has thrown.
      return { status, headers: fields, chunks: body ?? noChunks(), cut, findError: () => undefined, settle: () => settle(works) };
    },
    async openSocket({ url, headers }, protocols, onSocket) {
      const works: Works = [];
      const [clientSide, serverSide] = duplexPair();
      clientSide.once("close", () => serverSide.destroy());
      // The handshake is HTTP, which Node reads and writes here, as between a browser and a server.
      const server = createServer();
      const run: RunAsTest = AsyncLocalStorage.snapshot();
      server.on("upgrade", (incoming, socket, received) =>
        run(() => {
          const runtime = { remote, waitUntil: (work: Promise<unknown>) => void works.push(work) };
          void answer(app, { incoming, socket, received }, runtime).catch((error: unknown) => socket.destroy(error as Error)); // Thrown by the application.
        }),
      );
      server.emit("connection", serverSide);
      return shakeHands(`ws://${url.host}${toPath(url)}`, { headers, protocols, works, onSocket, open: () => clientSide as Socket }); // It uses a stream only.
    },
  };
}

async function* noChunks(): AsyncGenerator<Uint8Array> {
  // Nothing.
}

/** A request that wants to leave HTTP. */
interface Upgrade {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  readonly received: Uint8Array;
}

/** Answers a handshake in memory. */
async function answer(app: Application, { incoming, socket, received }: Upgrade, runtime: FetchRuntime): Promise<void> {
  const controller = new AbortController();
  socket.once("close", () => controller.abort());
  const headers = new Headers();
  for (let index = 0; index < incoming.rawHeaders.length; index += 2)
    headers.append(incoming.rawHeaders[index]!, incoming.rawHeaders[index + 1]!);
  let isTaken = false;
  const onUpgrade: NonNullable<FetchRuntime["onUpgrade"]> = (take) => {
    isTaken = true;
    take({ socket, received });
  };
  const response = await app.request(incoming.url ?? "/", { headers, signal: controller.signal }, { ...runtime, onUpgrade });
  if (isTaken) return;
  const body = Buffer.from(await response.arrayBuffer());
  const fields = [...response.headers].filter(([name]) => name !== "content-length").map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    Buffer.concat([
      Buffer.from(
        `HTTP/1.1 ${response.status} -\r\n${fields.join("")}content-length: ${body.length}\r\nconnection: close\r\n\r\n`,
        "latin1",
      ),
      body,
    ]),
  );
}

/** What a connection over a socket needs. */
export interface SocketPlace {
  /** Starts the application, and returns its port. */
  readonly open: () => Promise<number>;
  /** Notes the port that a connection comes from, and whose it is. */
  readonly onConnect: (localPort: number, sender: Sender) => void;
}

/** Opens connections over a socket. */
export function connectLiveBySocket({ open, onConnect }: SocketPlace): LiveConnector {
  const connectTo = (port: number, sender: Sender): Socket => {
    const socket = connect(port, "127.0.0.1");
    // Before anything is sent.
    return socket.once("connect", () => onConnect(socket.localPort ?? 0, sender));
  };
  return {
    async openReply({ url, headers }) {
      // Here, where the caller is: an event of a socket belongs to nobody.
      const sender = createSender();
      const port = await open();
      const options = { createConnection: () => connectTo(port, sender), path: toPath(url), headers: toFields(headers, url) };
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        sendRequest(options, resolve).on("error", reject).end();
      });
      return {
        status: response.statusCode ?? 0,
        headers: readHeaders(response),
        chunks: response,
        cut: () => void response.destroy(),
        findError: () => sender.errors[0],
        settle: () => settle(sender.works),
      };
    },
    async openSocket({ url, headers }, protocols, onSocket) {
      const sender = createSender();
      const port = await open();
      const address = `ws://127.0.0.1:${port}${toPath(url)}`;
      return shakeHands(address, {
        headers: withHost(headers, url),
        protocols,
        works: sender.works,
        onSocket,
        open: () => connectTo(port, sender),
      });
    },
  };
}

/** Creates the sender of a request in the context of the caller. */
export function createSender(): Sender {
  return { run: AsyncLocalStorage.snapshot(), works: [], errors: [] };
}

function withHost(headers: Headers, { host }: URL): Headers {
  const fields = new Headers(headers);
  if (!fields.has("host")) fields.set("host", host);
  return fields;
}

const toFields = (headers: Headers, url: URL): Record<string, string> => Object.fromEntries(withHost(headers, url));

function readHeaders({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) headers.append(rawHeaders[index]!, rawHeaders[index + 1]!);
  return headers;
}

interface HandshakeParts {
  readonly headers: Headers;
  readonly protocols: readonly string[];
  readonly works: Works;
  readonly onSocket: (socket: ClientSocket) => void;
  readonly open: () => Socket;
}

/** Begins a handshake with the client of the package `ws`. */
async function shakeHands(address: string, { headers, protocols, works, onSocket, open }: HandshakeParts): Promise<Handshake> {
  const { WebSocket: Client } = await import("ws");
  const socket = new Client(address, [...protocols], {
    createConnection: open,
    headers: Object.fromEntries(headers),
    perMessageDeflate: false,
  });
  onSocket(socket);
  const reply = new Promise<HandshakeReply>((resolve, reject) => {
    let fields = new Headers();
    socket.once("upgrade", (response) => (fields = readHeaders(response)));
    socket.once("open", () => resolve({ status: 101, headers: fields, body: "" }));
    socket.once("error", reject);
    socket.once("unexpected-response", (request, response) => {
      readBody(response)
        .then((body) => resolve({ status: response.statusCode ?? 0, headers: readHeaders(response), body }), reject)
        .finally(() => request.destroy());
    });
  });
  return { reply, settle: () => settle(works) };
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer); // Streams of node:http give buffers.
  return Buffer.concat(chunks).toString("utf8");
}
