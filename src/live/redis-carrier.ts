/** Channels of all processes and machines that share one Redis. */
import { setTimeout as wait } from "node:timers/promises";
import type { CarriedMessage, CarrierListener, LiveCarrier, ReplayedMessages } from "../channels/carrier.ts";
import { createEpoch, selectAfter, toId } from "../channels/message-log.ts";
import { assertKnownOptions } from "../errors/option-errors.ts";
import { RedisLink } from "../redis/redis-link.ts";
import type { RedisSubscriber } from "../redis/redis-subscriber.ts";
import { openSubscriber } from "../redis/redis-subscriber.ts";

/** Where the messages travel. */
export interface RedisCarrierOptions {
  /** Address, such as `redis://localhost:6379`. Required. */
  readonly url: string;
  /** What the names of all keys start with. Default "gable:". */
  readonly prefix?: string;
}

/** Milliseconds between two tries of commands after an interruption, and after which replays fail. Reconnecting takes up to 3 s. */
const probeMs = 50;
const returnMsMax = 10_000;

/**
 * Drops messages whose time has ended. KEYS[3] has "number endsAtMs" of each message; a message of an earlier release has none, and ends
 * with one after it.
 */
const dropScript = `
local function drop(last)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local ended
  while true do
    local number, ends = string.match(redis.call('LINDEX', KEYS[3], 0) or '', '^(%d+) (%d+)$')
    if not number or tonumber(ends) > now then break end
    ended = tonumber(number)
    redis.call('LPOP', KEYS[3])
  end
  if ended then redis.call('LTRIM', KEYS[2], math.max(0, ended - last + redis.call('LLEN', KEYS[2])), -1) end
  return now
end
`;

/** Numbers a message, keeps it and publishes it, as one step: all processes see one order without holes. */
const publishScript = `${dropScript}
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
  epoch = ARGV[2]
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'last', 0)
end
local now = drop(tonumber(redis.call('HGET', KEYS[1], 'last')))
local last = redis.call('HINCRBY', KEYS[1], 'last', 1)
redis.call('RPUSH', KEYS[2], ARGV[3])
redis.call('RPUSH', KEYS[3], string.format('%.0f %.0f', last, now + ARGV[5] * 1000))
for place = 2, 3 do
  redis.call('LTRIM', KEYS[place], -tonumber(ARGV[4]), -1)
  redis.call('EXPIRE', KEYS[place], ARGV[5])
end
redis.call('EXPIRE', KEYS[1], tonumber(ARGV[5]) + 600)
redis.call('PUBLISH', ARGV[1], epoch .. '-' .. last .. '\\n' .. ARGV[3])
return last`;

const replayScript = `${dropScript}
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then
  epoch = ARGV[1]
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'last', 0)
  redis.call('EXPIRE', KEYS[1], 600)
end
local last = redis.call('HGET', KEYS[1], 'last')
drop(tonumber(last))
return { epoch, last, redis.call('LRANGE', KEYS[2], 0, -1) }`;

/**
 * Creates a carrier for several machines, over Redis.
 * Messages that are kept for replays are in Redis, and outlive all processes. Throws `E_OPTION_INVALID` and `E_OPTION_UNKNOWN`; opening it throws `E_REDIS_MISSING` and `E_REDIS_CONNECT`.
 * @example
 * gable({ live: { carrier: redisCarrier({ url: "redis://localhost:6379" }) } });
 */
export function redisCarrier(options: RedisCarrierOptions): LiveCarrier {
  assertKnownOptions("redisCarrier()", options, ["url", "prefix"]);
  return new RedisCarrier(options);
}

class RedisCarrier implements LiveCarrier {
  readonly #link: RedisLink;
  readonly #url: string;
  readonly #interrupted = new Set<() => void>();
  #subscriber: RedisSubscriber | undefined;
  /** The last message, and the listeners that have it. */
  #last: { readonly published: string; readonly message: CarriedMessage; readonly listeners: Set<CarrierListener> } | undefined;
  /** Resolves when commands work again after an interruption. */
  #returning: Promise<void> | undefined;

  constructor(options: RedisCarrierOptions) {
    this.#link = new RedisLink("redisCarrier()", options);
    this.#url = options.url;
  }

  async open(): Promise<void> {
    await this.#link.open();
    this.#subscriber = await openSubscriber(this.#url, () => this.#interrupt());
  }

  async publish(...[topic, text, replay]: Parameters<LiveCarrier["publish"]>): Promise<void> {
    const channel = this.#channelOf(topic);
    if (replay === undefined)
      return void (await this.#link.run("return redis.call('PUBLISH', ARGV[1], ARGV[2])", [], [channel, `\n${text}`]));
    const values = [channel, createEpoch(), text, String(replay.messagesMax), String(replay.seconds)];
    await this.#link.run(publishScript, this.#keysOf(topic), values);
  }

  async subscribe(...[topic, listener]: Parameters<LiveCarrier["subscribe"]>): Promise<() => void> {
    const interrupted = (): void => listener.onInterrupted();
    // The carrier is open while its application runs.
    const end = await this.#subscriber!.subscribe(this.#channelOf(topic), (published) =>
      listener.onMessage(this.#toMessage(published, listener)),
    );
    this.#interrupted.add(interrupted);
    return () => {
      this.#interrupted.delete(interrupted);
      end();
    };
  }

  async replay(topic: string, after: string | undefined): Promise<ReplayedMessages> {
    await this.#returning;
    // The script returns this.
    const [epoch, last, texts] = (await this.#link.run(replayScript, this.#keysOf(topic), [createEpoch()])) as [string, string, string[]];
    const place = { epoch, last: Number(last) };
    const kept = texts.map((text, index) => ({ id: toId(place, place.last - texts.length + 1 + index), text }));
    return selectAfter(place, kept, after);
  }

  async close(): Promise<void> {
    const subscriber = this.#subscriber;
    this.#subscriber = undefined;
    await subscriber?.close();
    await this.#returning;
    await this.#link.close();
  }

  /** Readers ask for what they have missed, as soon as the connection for commands is back as well. */
  #interrupt(): void {
    const returning = this.#untilCommandsWork().finally(() => {
      if (this.#returning === returning) this.#returning = undefined;
    });
    this.#returning = returning;
    for (const interrupted of this.#interrupted) interrupted();
  }

  async #untilCommandsWork(): Promise<void> {
    const endsAt = performance.now() + returnMsMax;
    while (this.#subscriber !== undefined && performance.now() < endsAt) {
      try {
        return void (await this.#link.run("return 1", [], []));
      } catch {
        await wait(probeMs, undefined, { ref: false });
      }
    }
  }

  /** Messages are published as an id, a line break and the text. All listeners get one object, so that a message is parsed once. */
  #toMessage(published: string, listener: CarrierListener): CarriedMessage {
    // A listener that comes again has the next message, with the same text.
    if (this.#last?.published !== published || this.#last.listeners.has(listener)) {
      const end = published.indexOf("\n");
      const message = { id: published.slice(0, end), text: published.slice(end + 1) };
      this.#last = { published, message, listeners: new Set() };
    }
    this.#last.listeners.add(listener);
    return this.#last.message;
  }

  #channelOf(topic: string): string {
    return `${this.#link.prefix}channel:${topic}`;
  }

  /** The braces keep the keys on one server of a cluster. */
  #keysOf(topic: string): string[] {
    return ["place", "messages", "ends"].map((kind) => `${this.#link.prefix}channel:{${topic}}:${kind}`);
  }
}
