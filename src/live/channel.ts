/** Channels: messages from one place of a program to all who listen, in all processes. */
import type { ReplayLimits } from "../channels/carrier.ts";
import { assertKnownOptions, describeValue, kindsOf, optionInvalid } from "../errors/option-errors.ts";
import { isSchema } from "../handlers/define-route.ts";
import type { Logger } from "../handlers/logger.ts";
import type { InputOfSchema, OutputOfSchema, StandardSchema } from "../handlers/standard-schema.ts";
import type { ServerEvent } from "../http/event-stream.ts";
import type { HeaderReader } from "../http/header-table.ts";
import { formatPath } from "../routing/format-path.ts";
import type { PathParams } from "../routing/path-params.ts";
import type { Segment } from "../routing/pattern.ts";
import { parsePattern } from "../routing/pattern.ts";
import { ChannelMessages } from "./channel-messages.ts";
import { currentChannels } from "./current-channels.ts";
import type { PipedSocket } from "./socket-pipe.ts";
import { SocketPipe } from "./socket-pipe.ts";
import type { SubscriptionItem, SubscriptionSink } from "./subscription.ts";
import { Subscription } from "./subscription.ts";

/** Options of a channel. */
export interface ChannelOptions<Schema extends StandardSchema | undefined = StandardSchema | undefined> {
  /** Schema of the messages. They are JSON. None by default: messages are any JSON. */
  message?: Schema;
  /** Keeps messages, so that readers get what they missed: at most so many of each topic, for so many seconds. None by default. */
  replay?: ReplayLimits;
}

/** How messages are read. */
export interface SubscribeOptions {
  /** Ends the reading. Pass `context.signal`, or `socket.signal`. */
  readonly signal: AbortSignal;
  /** Id of the last message that was read: the ones after it come first. Needs `replay`. None by default. */
  readonly after?: string | undefined;
}

/** A message with its id. */
export interface ChannelEntry<Message> {
  /** Where a reader goes on after it; "" in a channel without `replay`. */
  readonly id: string;
  /** The message; undefined where messages were lost: load the data again. */
  readonly message: Message | undefined;
  /** Whether messages before this entry were lost. */
  readonly hasGap: boolean;
}

/** A request whose client may have been connected before; a context is one. */
export interface ResumingRequest {
  /** Aborts when the client leaves. */
  readonly signal: AbortSignal;
  /** Fields of the request. */
  readonly headers: HeaderReader;
}

/** A channel. Each set of parameters of its pattern is a separate topic. */
export interface Channel<Params, Message, Sent> {
  /** Pattern as written. */
  readonly pattern: string;
  /**
   * Sends a message to all who listen, in all processes; in a transaction after its commit. Throws `E_CHANNEL_MESSAGE`, `E_ROUTE_PARAM`,
   * `E_CHANNEL_MISSING` and `E_CHANNEL_CARRIER`.
   */
  publish(params: Params, message: Sent): Promise<void>;
  /** Reads messages from now on, or after an id. Throws `E_CHANNEL_SLOW` when 1 MiB waits. */
  subscribe(params: Params, options: SubscribeOptions): AsyncIterableIterator<Message>;
  /** Reads messages with their ids, and notes gaps. */
  entries(params: Params, options: SubscribeOptions): AsyncIterableIterator<ChannelEntry<Message>>;
  /**
   * Reads events for `reply.events()`: after the `Last-Event-ID` of the request. Where messages were lost, an event `resync` comes.
   * @example
   * get("/posts/:id(int)/changes", (context) => context.reply.events(postChanges.events(context.params, context)));
   */
  events(params: Params, request: ResumingRequest): AsyncIterableIterator<ServerEvent>;
  /**
   * Sends each message to a socket as JSON, until the socket closes. With `replay`, what it sends is `{ id, message }`, `{ id }` for the place where
   * it begins, and `{ hasGap: true }` where messages were lost; a client comes back with its last id as `after`.
   * If reading fails, closes the socket with 1011 and logs the error.
   */
  pipe(params: Params, socket: PipedSocket, options?: Pick<SubscribeOptions, "after">): Promise<void>;
}

const subscribeNames = kindsOf<SubscribeOptions>({ signal: "object", after: true });
const optionNames: Readonly<Record<keyof ChannelOptions, true>> = { message: true, replay: true };

/**
 * Defines a channel. Throws `E_OPTION_INVALID`, `E_OPTION_UNKNOWN` and `E_PATTERN_MALFORMED`.
 * @example
 * export const postChanges = channel("posts/:id(int)", { message: z.object({ title: z.string() }) });
 * await postChanges.publish({ id: 7 }, { title: "New" });
 */
export function channel<const Pattern extends string, Schema extends StandardSchema | undefined = undefined>(
  pattern: Pattern,
  options: ChannelOptions<Schema> = {},
): Channel<
  PathParams<Pattern>,
  Schema extends StandardSchema ? OutputOfSchema<Schema> : unknown,
  Schema extends StandardSchema ? InputOfSchema<Schema> : unknown
> {
  assertChannel(pattern, options);
  // The class reads parameters and messages by what the pattern and the schema say.
  return new DefinedChannel(pattern, options) as never;
}

function assertChannel(pattern: unknown, options: ChannelOptions): void {
  if (typeof pattern !== "string" || pattern === "") throw optionInvalid("channel()", "pattern", pattern, 'a pattern such as "posts/:id"');
  const owner = `channel(${describeValue(pattern)})`;
  assertKnownOptions(owner, options, Object.keys(optionNames));
  const { message, replay } = options;
  if (message !== undefined && !isSchema(message))
    throw optionInvalid(owner, "message", message, "a Standard Schema, for example from zod, valibot or arktype");
  if (replay === undefined) return;
  assertKnownOptions(`${owner} replay`, replay, ["seconds", "messagesMax"]);
  for (const [name, max] of [
    ["seconds", 86_400],
    ["messagesMax", 10_000],
  ] as const)
    if (!(Number.isSafeInteger(replay[name]) && replay[name] >= 1 && replay[name] <= max))
      throw optionInvalid(`${owner} replay`, name, replay[name], `a whole number from 1 to ${max}`);
}

type AnyParams = Readonly<Record<string, unknown>>;

class DefinedChannel implements Channel<AnyParams, unknown, unknown> {
  readonly pattern: string;
  readonly #segments: readonly Segment[];
  readonly #messages: ChannelMessages;
  readonly #replay: ReplayLimits | undefined;

  constructor(pattern: string, { message, replay }: ChannelOptions) {
    this.pattern = pattern;
    this.#segments = parsePattern(pattern.startsWith("/") ? pattern : `/${pattern}`);
    this.#messages = new ChannelMessages(pattern, message);
    this.#replay = replay;
  }

  async publish(params: AnyParams, message: unknown): Promise<void> {
    const topic = this.#topicOf(params);
    await currentChannels.get().publish(topic, await this.#messages.toText(message), this.#replay);
  }

  subscribe(params: AnyParams, options: SubscribeOptions): AsyncIterableIterator<unknown> {
    return this.#read(params, options, async (item, logger) => {
      if (item.kind !== "message") return undefined;
      return this.#messages.parse(item.message, logger);
    });
  }

  entries(params: AnyParams, options: SubscribeOptions): AsyncIterableIterator<ChannelEntry<unknown>> {
    return this.#read<ChannelEntry<unknown>>(params, options, async (item, logger) => {
      if (item.kind === "gap") return { value: { id: "", message: undefined, hasGap: true } };
      if (item.kind === "place") return undefined;
      const parsed = await this.#messages.parse(item.message, logger);
      return parsed === undefined ? undefined : { value: { id: item.message.id, message: parsed.value, hasGap: false } };
    });
  }

  events(params: AnyParams, { signal, headers }: ResumingRequest): AsyncIterableIterator<ServerEvent> {
    const after = this.#replay === undefined ? undefined : (headers.get("last-event-id") ?? undefined);
    return this.#read<ServerEvent>(params, { signal, after: after === "" ? undefined : after }, async (item, logger) => {
      if (item.kind === "gap") return { value: { event: "resync", data: "" } };
      if (item.kind === "place") return { value: { id: item.id, data: undefined } };
      const { id } = item.message;
      const data = (await this.#messages.write(item.message, logger))?.value;
      if (id !== "") return { value: { id, data } };
      return data === undefined ? undefined : { value: { data } };
    });
  }

  pipe(params: AnyParams, socket: PipedSocket, options: Pick<SubscribeOptions, "after"> = {}): Promise<void> {
    const { logger } = currentChannels.get();
    const pipe = new SocketPipe({ pattern: this.pattern, messages: this.#messages, logger, socket });
    this.#open(params, { ...options, signal: socket.signal }, pipe);
    return pipe.ended;
  }

  #topicOf(params: AnyParams): string {
    return formatPath(this.#segments, params, this.pattern);
  }

  #read<Value>(
    params: AnyParams,
    options: SubscribeOptions,
    map: (item: SubscriptionItem, logger: Logger) => Promise<{ readonly value: Value } | undefined>,
  ): AsyncIterableIterator<Value> {
    const subscription = this.#open(params, options);
    const { logger } = currentChannels.get();
    return new MappedSubscription(subscription, (item) => map(item, logger));
  }

  #open(params: AnyParams, options: SubscribeOptions, sink?: SubscriptionSink): Subscription {
    assertKnownOptions(`channel(${describeValue(this.pattern)})`, options, subscribeNames);
    const { signal, after } = options;
    if (!(signal instanceof AbortSignal))
      throw optionInvalid(`channel("${this.pattern}")`, "signal", signal, "the signal that ends the reading, such as context.signal");
    if (after !== undefined && this.#replay === undefined)
      throw optionInvalid(`channel("${this.pattern}")`, "after", after, "left out: the channel has no replay");
    const channels = currentChannels.get();
    return new Subscription({ channels, topic: this.#topicOf(params), hasReplay: this.#replay !== undefined, after, signal, sink });
  }
}

/** A subscription whose items become other values; undefined skips one. Its end does not wait for an item. */
class MappedSubscription<Value> implements AsyncIterableIterator<Value> {
  readonly #subscription: Subscription;
  readonly #map: (item: SubscriptionItem) => Promise<{ readonly value: Value } | undefined>;

  constructor(subscription: Subscription, map: (item: SubscriptionItem) => Promise<{ readonly value: Value } | undefined>) {
    this.#subscription = subscription;
    this.#map = map;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Value, undefined>> {
    for (;;) {
      const { done, value } = await this.#subscription.next();
      if (done === true) return { done: true, value: undefined };
      const mapped = await this.#map(value);
      if (mapped !== undefined) return { done: false, value: mapped.value };
    }
  }

  async return(): Promise<IteratorResult<Value, undefined>> {
    await this.#subscription.return();
    return { done: true, value: undefined };
  }
}
