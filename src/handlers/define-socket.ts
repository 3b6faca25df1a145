/** Creates WebSocket routes: socket(). */
import { GableError } from "../errors/gable-error.ts";
import { assertArguments, assertKnownOptions, describeValue, optionInvalid } from "../errors/option-errors.ts";
import type { SourcePlace } from "../errors/source-place.ts";
import { findCallerPlace } from "../errors/source-place.ts";
import { isToken } from "../http/byte-classes.ts";
import type { PathParams } from "../routing/path-params.ts";
import type { Route } from "../routing/route.ts";
import type { AnyContext, Context } from "./context.ts";
import type { RouteParent } from "./define-route.ts";
import { HandlerRoute, assertSharedOptions, isSchema, sharedKinds } from "./define-route.ts";
import type { AddedBy, InputOf, QueryOf, SharedOptions } from "./handler.ts";
import type { OutputOfSchema, StandardSchema } from "./standard-schema.ts";

/** Options of a WebSocket route. */
export interface SocketOptions extends SharedOptions {
  /**
   * Schema of the messages that clients send as JSON. A message that is not JSON closes the socket with 1007, JSON that the schema refuses
   * with 1008, bytes with 1003. None by default: messages are texts or bytes.
   */
  message?: StandardSchema;
  /** Schema of the query; invalid queries get 400. By default, `context.query` has all pairs. */
  query?: StandardSchema;
  /** Subprotocols that the route speaks: the client's first one of them is chosen. None by default. */
  protocols?: readonly string[];
  /** Name for lists and templates. None by default. */
  name?: string;
}

/** A message of a route without a schema. */
export type RawMessage = string | Uint8Array;

/** An open WebSocket. */
export interface SocketConnection<SocketContext = AnyContext> {
  /** Context of the request that opened it. Its reply is sent: sessions and cookies can be read, and not changed. */
  readonly context: SocketContext;
  /** Path parameters. */
  readonly params: SocketContext extends { readonly params: infer Params } ? Params : unknown;
  /** Chosen subprotocol; "" without one. */
  readonly protocol: string;
  /** Whether messages can be sent. */
  readonly isOpen: boolean;
  /** Bytes that wait because the client reads more slowly than you send. Above 1 MiB the socket closes with 1013. */
  readonly queuedBytes: number;
  /** Aborts when the socket closes. */
  readonly signal: AbortSignal;
  /** Sends a string or bytes. Does nothing once the socket closes. */
  send(data: string | Uint8Array): void;
  /** Sends a value as JSON. Does nothing once the socket closes. */
  sendJson(value: unknown): void;
  /**
   * Closes the socket. Codes are 1000, 1001, 1003, 1007 to 1014, and 3000 to 4999; default 1000. The reason has at most 123 bytes.
   * Throws `E_SOCKET_CLOSE`.
   */
  close(code?: number, reason?: string): void;
}

/** How a WebSocket ended. */
export interface SocketEnd {
  /** Close code (RFC 6455 section 7.4); 1005 for none, 1006 for a connection that broke. */
  readonly code: number;
  /** Reason that the client gave; "" without one. */
  readonly reason: string;
}

/** What a WebSocket route does. The functions of one socket run one after the other. An error closes it with 1011. */
export interface SocketHandlers<SocketContext = AnyContext, Message = unknown> {
  /** Called when a socket is open. */
  open?: (socket: SocketConnection<SocketContext>) => void | Promise<void>;
  /** Called with each message. Without it, each message closes the socket with 1008. */
  message?: (socket: SocketConnection<SocketContext>, message: Message) => void | Promise<void>;
  /** Called once when the socket has closed. */
  close?: (socket: SocketConnection<SocketContext>, end: SocketEnd) => void | Promise<void>;
}

/** Type of the messages that a route receives. */
export type MessageOf<Options> = Options extends { message: infer Schema } ? OutputOfSchema<Schema> : RawMessage;

/** Creates WebSocket routes: with handlers, or with options and handlers. */
export interface SocketFactory<Prefix extends string = "", Added = {}> {
  /** A route with handlers. */
  <const Pattern extends string>(
    pattern: Pattern,
    handlers: SocketHandlers<Context<InputOf<`${Prefix}${Pattern}`, {}>> & Added, RawMessage>,
  ): Route<PathParams<`${Prefix}${Pattern}`>>;
  /** A route with options and handlers. */
  <const Pattern extends string, const Options extends SocketOptions>(
    pattern: Pattern,
    options: Options,
    handlers: SocketHandlers<Context<InputOf<`${Prefix}${Pattern}`, Options>> & Added & AddedBy<Options>, MessageOf<Options>>,
  ): Route<PathParams<`${Prefix}${Pattern}`>, QueryOf<Options>>;
}

/** A WebSocket route: a GET that asks for an upgrade. */
export class SocketRoute extends HandlerRoute {
  readonly handlers: SocketHandlers;
  /** Schema of its messages. */
  readonly message: StandardSchema | undefined;
  /** Subprotocols that it speaks. */
  readonly protocols: readonly string[];

  constructor(
    definition: { pattern: string; place: SourcePlace | undefined },
    { message, protocols, ...options }: SocketOptions,
    handlers: SocketHandlers,
    parent?: RouteParent,
  ) {
    super({ ...definition, method: "GET" }, options, answerByApplication, parent);
    this.handlers = handlers;
    this.message = message;
    this.protocols = protocols ?? [];
  }
}

/** The application replaces this handler when it compiles the route. */
function answerByApplication(): never {
  throw new GableError("E_SOCKET_UNSUPPORTED", "A WebSocket route was called as a handler.");
}

const optionKinds = { ...sharedKinds, message: true, query: true, protocols: true, name: "string" } as const;
const handlerNames: Readonly<Record<keyof SocketHandlers, true>> = { open: true, message: true, close: true };

function assertSocket(owner: string, options: SocketOptions, handlers: SocketHandlers): void {
  if (typeof options !== "object" || options === null) throw optionInvalid(owner, "options", options, "an object");
  assertKnownOptions(owner, options, optionKinds);
  assertSharedOptions(owner, options);
  for (const name of ["message", "query"] as const)
    if (options[name] !== undefined && !isSchema(options[name]))
      throw optionInvalid(owner, name, options[name], "a Standard Schema, for example from zod, valibot or arktype");
  const { protocols } = options;
  if (protocols !== undefined && !(Array.isArray(protocols) && protocols.every((each) => typeof each === "string" && isToken(each))))
    throw optionInvalid(owner, "protocols", protocols, "a list of tokens");
  if (typeof handlers !== "object" || handlers === null) throw optionInvalid(owner, "handlers", handlers, "an object, such as { message }");
  assertKnownOptions(`${owner} handlers`, handlers, Object.keys(handlerNames));
  for (const [name, handler] of Object.entries(handlers))
    if (handler !== undefined && typeof handler !== "function") throw optionInvalid(`${owner} handlers`, name, handler, "a function");
}

/** Creates the function that creates WebSocket routes; it calls `onCreate` with each one. */
export function createSocketFactory<Prefix extends string = "", Added = {}>(
  onCreate?: (route: HandlerRoute) => void,
  parent?: RouteParent,
): SocketFactory<Prefix, Added> {
  const factory = (...args: unknown[]): SocketRoute => {
    const [pattern, second, third] = args;
    if (typeof pattern !== "string") throw optionInvalid("socket()", "pattern", pattern, "a string that starts with /");
    assertArguments(`socket(${describeValue(pattern)})`, args, 3, "(pattern, handlers) or (pattern, options, handlers)");
    // With three arguments, the second is the options: the signatures guarantee it, and the checks below.
    const options = (third === undefined ? {} : second) as SocketOptions;
    const handlers = (third ?? second) as SocketHandlers; // As above.
    assertSocket(`socket(${describeValue(pattern)})`, options, handlers);
    const route = new SocketRoute({ pattern, place: findCallerPlace(factory) }, options, handlers, parent);
    onCreate?.(route);
    return route;
  };
  // The signatures of the factory describe the arguments; one implementation serves all of them.
  return factory as unknown as SocketFactory<Prefix, Added>;
}

/**
 * Creates a WebSocket route. It has the middleware, guards, session and cross-site check of every other route.
 * @example
 * export const chat = socket("/chat/:room", { guard: signedIn }, { message: (socket, text) => socket.send(text) });
 */
export const socket: SocketFactory = createSocketFactory();
