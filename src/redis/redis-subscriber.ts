/** A connection to Redis that receives published messages. */
import { setTimeout as wait } from "node:timers/promises";
import { GableError } from "../errors/gable-error.ts";
import { toErrorText } from "../errors/error-text.ts";
import { describeUrl } from "./connect-redis.ts";
import { loadPackage } from "./load-package.ts";

/** Receives messages. */
export interface RedisSubscriber {
  /** Receives the messages of a channel. Resolves with the function that ends it. Throws `E_REDIS_COMMAND` when Redis stays away. */
  subscribe(channel: string, onMessage: (text: string) => void): Promise<() => void>;
  /** Closes the connection. */
  close(): Promise<void>;
}

const connectMs = 5_000;
const reconnectMsMax = 3_000;
/** How long a subscription is tried while Redis is away. */
const subscribeMsMax = 10_000;
const retryMs = 100;

/** Opens a connection. Calls `onReconnected` when it is open again after a failure. Throws `E_REDIS_MISSING` and `E_REDIS_CONNECT`. */
export async function openSubscriber(url: string, onReconnected: () => void): Promise<RedisSubscriber> {
  const { createClient } = await loadPackage();
  let wasReady = false;
  const client = createClient({
    url,
    socket: {
      connectTimeout: connectMs,
      // As for commands: the first connection fails immediately, later ones are tried until they work.
      reconnectStrategy: (attempts: number) => (wasReady ? Math.min(50 * 2 ** attempts, reconnectMsMax) : false),
    },
  });
  // Without a listener, an error of the connection would end the process.
  client.on("error", () => undefined);
  // A message that arrives before readers know of the interruption would look as if it came next.
  let held: Array<() => void> | undefined;
  client.on("reconnecting", () => (held ??= []));
  client.on("ready", () => {
    if (wasReady) onReconnected();
    wasReady = true;
    const messages = held ?? [];
    held = undefined;
    for (const deliver of messages) deliver();
  });
  try {
    await client.connect();
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw new GableError("E_REDIS_CONNECT", `Cannot connect to Redis at ${describeUrl(url)}: ${toErrorText(error)}.`, { cause: error });
  }
  return {
    subscribe: async (channel, onMessage) => {
      const listener = (text: string): void => void (held === undefined ? onMessage(text) : held.push(() => onMessage(text)));
      const endsAt = performance.now() + subscribeMsMax;
      // What is asked while Redis is away may fail with the next attempt to connect.
      for (;;) {
        try {
          await client.subscribe(channel, listener);
          break;
        } catch (error) {
          if (!client.isOpen || performance.now() > endsAt)
            throw new GableError("E_REDIS_COMMAND", "Redis did not answer the subscription to a channel.", { cause: error });
          await wait(retryMs, undefined, { ref: false });
        }
      }
      // A connection that has closed receives nothing anyway.
      return () => void client.unsubscribe(channel, listener).catch(() => undefined);
    },
    close: async () => client.destroy(),
  };
}
