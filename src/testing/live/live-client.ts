/** The live connections of a test client. */
import { after } from "node:test";
import { findCaller } from "../caller.ts";
import { isWatchingLeaks } from "../leaks.ts";
import { assertTestOptions, testError } from "../test-error.ts";
import type { LiveConnector, LiveRequest } from "./connect.ts";
import { noteConnection } from "./open-connections.ts";
import type { TestEvents, TestEventsOptions } from "./test-events.ts";
import { assertEventStream, createTestEvents, toStart } from "./test-events.ts";
import type { TestSocket, TestSocketOptions } from "./test-socket.ts";
import { createTestSocket } from "./test-socket.ts";

/** What live connections need of their client. */
export interface LiveClientParts {
  readonly connector: LiveConnector;
  /** Makes a request with the cookies and the fields of the client, and with more of them. */
  readonly prepare: (path: string, accept: string, given: readonly HeaderFields[]) => LiveRequest;
  /** Keeps the cookies of a reply. Throws what the application has thrown, unless the client shows errors as pages. */
  readonly receive: (headers: Headers, url: URL) => void;
}

type HeaderFields = Readonly<Record<string, string>>;

/** Names of subprotocols are tokens of HTTP, each once (RFC 6455, section 4.1). */
function assertProtocols(protocols: unknown = []): void {
  const areNames = Array.isArray(protocols) && protocols.every((name) => typeof name === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(name));
  if (!areNames || new Set(protocols).size < protocols.length)
    throw testError(
      "E_TEST_SETUP",
      `socket(): protocols is ${JSON.stringify(protocols)}.`,
      'Pass a list of different names, such as ["chat.v1"].',
    );
}

/** Opens connections, and ends those that are left open. */
export class LiveClient {
  readonly #parts: LiveClientParts;
  readonly #ends = new Set<() => void>();

  constructor(parts: LiveClientParts) {
    this.#parts = parts;
  }

  async openEvents(path: string, options: TestEventsOptions = {}, extra: HeaderFields): Promise<TestEvents> {
    assertTestOptions("liveEvents()", options, { lastEventId: true, headers: "object" });
    const caller = findCaller(LiveClient.prototype.openEvents);
    const { lastEventId, headers = {} } = options;
    if (lastEventId !== undefined && (typeof lastEventId !== "string" || /[\r\n\0]/.test(lastEventId)))
      throw testError("E_TEST_SETUP", `liveEvents(): lastEventId is ${JSON.stringify(lastEventId)}.`, "Pass the id of an event.");
    const given = { ...(lastEventId !== undefined && { "last-event-id": lastEventId }), ...headers };
    const request = this.#parts.prepare(path, "text/event-stream, application/json;q=0.5", [extra, given]);
    const reply = await this.#parts.connector.openReply(request);
    try {
      this.#parts.receive(reply.headers, request.url);
      await assertEventStream(path, reply);
    } catch (error) {
      reply.cut();
      throw error;
    }
    const onClosed = this.#note(`a stream of events of ${path}`, caller, reply.cut);
    return createTestEvents(path, reply, onClosed);
  }

  async openSocket(path: string, options: TestSocketOptions = {}, extra: HeaderFields): Promise<TestSocket> {
    assertTestOptions("socket()", options, { protocols: true, headers: "object" });
    assertProtocols(options.protocols);
    const caller = findCaller(LiveClient.prototype.openSocket);
    const request = this.#parts.prepare(path, "application/json", [extra, options.headers ?? {}]);
    let forget: () => void = () => undefined;
    let settle: () => Promise<void> = async () => undefined;
    let opened: TestSocket | undefined;
    let end: () => void = () => undefined;
    const handshake = await this.#parts.connector.openSocket(request, options.protocols ?? [], (socket) => {
      end = () => socket.terminate();
      opened = createTestSocket(path, socket, { onClosed: () => forget(), settle: () => settle() });
    });
    settle = handshake.settle;
    const reply = await handshake.reply;
    this.#parts.receive(reply.headers, request.url);
    if (reply.status !== 101)
      throw testError("E_TEST_LIVE", `GET ${path} answered ${reply.status}, and opened no WebSocket.${toStart(reply.body)}`);
    if (opened!.isOpen) forget = this.#note(`a WebSocket to ${path}`, caller, end); // The connector has called back.
    return opened!;
  }

  /** Ends what is open. */
  endAll(): void {
    for (const end of this.#ends) end();
  }

  /** Notes a connection: it ends with its test at the latest. */
  #note(what: string, caller: ReturnType<typeof findCaller>, end: () => void): () => void {
    const forget = noteConnection({ what, caller, end });
    this.#ends.add(end);
    // What looks for leaks reports it first.
    after(() => isWatchingLeaks() || end());
    return () => {
      forget();
      this.#ends.delete(end);
    };
  }
}
