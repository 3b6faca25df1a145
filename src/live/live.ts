/** The live connections of one application: event streams and WebSockets. */
import { GableError } from "../errors/gable-error.ts";
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { LiveCarrier } from "../channels/carrier.ts";
import type { AnyContext } from "../handlers/context.ts";
import type { SocketRoute } from "../handlers/define-socket.ts";
import type { ServerEvent } from "../http/event-stream.ts";
import type { PartHost, PartInstance } from "../parts/part.ts";
import type { EventsOptions } from "../replies/events.ts";
import { HandlerReply } from "../replies/handler-reply.ts";
import { UpgradeReply } from "../replies/upgrade-reply.ts";
import type { EndedSessions, ReadSession, SessionIdentity } from "../session/session-identity.ts";
import type { Sessions } from "../session/sessions.ts";
import type { AppChannels } from "./app-channels.ts";
import { Connections } from "./connections.ts";
import { EventBody } from "./event-body.ts";
import { assertHandshake, chooseProtocol } from "./handshake.ts";
import { SessionEnds } from "./session-ends.ts";
import type { LiveTimes } from "./times.ts";

/** A request whose connection stays open. */
export interface LiveRequest {
  readonly context: AnyContext;
  /** Whether its route has guards. */
  readonly hasGuards: boolean;
  /** Runs the guards of its route again, and finds out whether a session still exists. */
  readonly recheck: (session: SessionIdentity | undefined) => Promise<boolean>;
  /** Runs work that belongs to it: its statements, its tasks and its lines in the log have the id of the request. */
  readonly enter: <Result>(work: () => Result) => Result;
  /** Closes its connection. */
  readonly cut: (() => void) | undefined;
}

/** What the live connections need of their application. */
export interface LiveParts {
  readonly host: Pick<PartHost, "enter" | "logger">;
  readonly sessions: Sessions | undefined;
  readonly times: LiveTimes;
  /** Channels of the application; undefined for one without the option `live`. */
  readonly channels: AppChannels | undefined;
  /** Opens what reaches the other processes of an application without channels; undefined for one without other processes. */
  readonly openCarrier: (() => Promise<LiveCarrier>) | undefined;
}

const eventOptionNames: OptionKinds<EventsOptions> = { headers: "entries", retryMs: true };
const retryMsMin = 2_000;
const retryMsMax = 5_000;

/** The live connections. */
export class Live implements PartInstance {
  readonly #parts: LiveParts;
  readonly #connections: Connections;
  /** Reaches other processes; undefined where sessions or other processes are missing. */
  readonly #ends: SessionEnds | undefined;
  readonly #removeListener: (() => void) | undefined;
  /** @internal Runs work that finds the channels of this application. */
  readonly enter?: NonNullable<PartInstance["enter"]>;

  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#connections = new Connections(parts.times);
    this.#ends = this.#createEnds(parts);
    this.#removeListener = parts.sessions?.onEnded((ended) => this.#endSessions(ended));
    const { channels } = parts;
    // A method of the class would be called around every request, also without channels.
    if (channels !== undefined) this.enter = (work) => channels.enter(work);
  }

  /** @internal Opens the carrier of the channels. */
  async open(): Promise<this> {
    const { channels } = this.#parts;
    await channels?.open();
    // A carrier with a connection is asked now, so that no visitor waits for it.
    if (channels !== undefined) await this.#ends?.listen();
    return this;
  }

  /** Number of open event streams and WebSockets. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /** @internal Replies with the events of a source. */
  events(request: LiveRequest, source: AsyncIterable<ServerEvent>, options: EventsOptions = {}): HandlerReply {
    assertEventsArguments(source, options);
    const { context } = request;
    const { retryMs = retryMsMin + Math.random() * (retryMsMax - retryMsMin) } = options;
    let session: ReadSession | undefined;
    if (this.#parts.sessions !== undefined) {
      // The session is read while it may be: before the head of the reply is made.
      const identified = this.#identify(context);
      context.beforeReply(async () => void (session = await identified));
    }
    const body = new EventBody({
      source,
      retryMs,
      connections: this.#connections,
      signal: context.signal,
      cut: request.cut,
      recheck: () => toRecheck(request, session),
      session: () => session,
      enter: request.enter,
      log: () => context.log,
      onStalled: () => context.log.info({}, "A client read no events for too long: its connection was closed."),
    });
    const reply = new HandlerReply(200, "text/event-stream", body, options.headers);
    // Nothing on the way may wait for more, keep it, or compress it.
    reply.headers.set("x-accel-buffering", "no");
    if (!reply.headers.has("cache-control")) reply.headers.set("cache-control", "no-store, no-transform");
    return reply;
  }

  /** @internal Opens a WebSocket. Throws `E_SOCKET_UPGRADE`, `E_SOCKET_HANDSHAKE`, and `E_SERVER_STOPPING`. */
  async openSocket(route: SocketRoute, request: LiveRequest): Promise<HandlerReply> {
    const { context } = request;
    const { method, headers } = context;
    assertHandshake(method, headers);
    if (this.#connections.isDraining)
      throw new GableError("E_SERVER_STOPPING", "The application is stopping.", { headers: [["retry-after", "1"]] });
    const session = await this.#identify(context);
    // The package `ws` is loaded where there are sockets.
    const [{ LiveSocket }, { sharedServer }] = await Promise.all([import("./live-socket.ts"), import("./socket-server.ts")]);
    const { host, times } = this.#parts;
    const handshake = { headers, protocol: chooseProtocol(headers, route.protocols), closeMs: times.closeMs };
    return new UpgradeReply((connection) =>
      sharedServer.open(connection, handshake, (socket) => {
        const recheck = toRecheck(request, session);
        const enter = <Result>(work: () => Result): Result => request.enter(() => host.enter(work));
        LiveSocket.start(socket, { context, recheck, route, session, connections: this.#connections, enter });
      }),
    );
  }

  /** @internal Returns whether a request still has the session that it came with. */
  async hasSession(context: AnyContext, session: SessionIdentity): Promise<boolean> {
    return (await this.#parts.sessions?.identify(context))?.key === session.key;
  }

  /** @internal Closes connections, spread over a few seconds. */
  drain(): void {
    this.#connections.drain();
  }

  /** @internal Closes what is still open. */
  async stop(): Promise<void> {
    this.#removeListener?.();
    this.#connections.stop();
    await this.#ends?.close();
    await this.#parts.channels?.close();
  }

  /** Sessions that end here end in all processes. */
  #endSessions(ended: EndedSessions): void {
    this.#connections.endSessions(ended);
    this.#ends?.announce(ended);
  }

  #createEnds({ channels, openCarrier, sessions, host }: LiveParts): SessionEnds | undefined {
    const open = channels === undefined ? openCarrier : async () => channels.carrier;
    if (sessions === undefined || open === undefined) return undefined;
    const onEnded = (ended: EndedSessions): void => this.#connections.endSessions(ended);
    const onMissed = (): void => this.#connections.missEnds();
    const keyIds = (): readonly string[] => sessions.keyIds;
    return new SessionEnds({ open, ownsCarrier: channels === undefined, logger: host.logger, keyIds, onEnded, onMissed });
  }

  async #identify(context: AnyContext): Promise<ReadSession | undefined> {
    const { sessions } = this.#parts;
    if (sessions === undefined || !context.headers.has("cookie")) return undefined;
    const [session] = await Promise.all([sessions.identifyRead(context), this.#ends?.listen()]);
    return session;
  }
}

/** What is checked again and again: the guards, and the session of a user, which can end where nobody announces it. */
function toRecheck({ hasGuards, recheck }: LiveRequest, session: SessionIdentity | undefined): (() => Promise<boolean>) | undefined {
  const signedIn = session?.userId === null ? undefined : session;
  return hasGuards || signedIn !== undefined ? () => recheck(signedIn) : undefined;
}

function assertEventsArguments(source: unknown, options: EventsOptions): void {
  const owner = "reply.events()";
  if (typeof source !== "object" || source === null || !(Symbol.asyncIterator in source))
    throw optionInvalid(owner, "source", source, "an async iterable of events, such as an async generator");
  assertKnownOptions(owner, options, eventOptionNames);
  const { retryMs } = options;
  if (retryMs !== undefined && !(Number.isSafeInteger(retryMs) && retryMs >= 0))
    throw optionInvalid(owner, "retryMs", retryMs, "a whole number of milliseconds");
}
