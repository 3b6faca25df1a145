/** A connection to Redis that receives published messages. */
import { GableError } from "../errors/gable-error.ts";
import { toErrorText } from "../errors/error-text.ts";
import { describeUrl } from "./connect-redis.ts";
import { loadPackage } from "./load-package.ts";

/** Receives messages. */
export interface RedisSubscriber {
  /** Receives the messages of a channel. Resolves with the function that ends it. */
  subscribe(channel: string, onMessage: (text: string) => void): Promise<() => void>;
  /** Closes the connection. */
  close(): Promise<void>;
}

const connectMs = 5_000;
const reconnectMsMax = 3_000;

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
  client.on("ready", () => {
    if (wasReady) onReconnected();
    wasReady = true;
  });
  try {
    await client.connect();
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw new GableError("E_REDIS_CONNECT", `Cannot connect to Redis at ${describeUrl(url)}: ${toErrorText(error)}.`, { cause: error });
  }
  return {
    subscribe: async (channel, onMessage) => {
      const listener = (text: string): void => onMessage(text);
      await client.subscribe(channel, listener);
      // A connection that has closed receives nothing anyway.
      return () => void client.unsubscribe(channel, listener).catch(() => undefined);
    },
    close: async () => client.destroy(),
  };
}
