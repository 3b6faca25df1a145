/** Connections to Redis, by the package `redis`. Stores need one command of it: EVAL. */
import { setTimeout as wait } from "node:timers/promises";
import { GableError } from "../errors/gable-error.ts";
import { toErrorText } from "../errors/error-text.ts";
import { loadPackage } from "./load-package.ts";

/** A client of Redis, as far as the stores use it. The clients of the package `redis` are such clients. */
export interface RedisClient {
  /** Runs a script as one step. */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** Where stores find Redis. */
export interface RedisOptions {
  /** Address, such as `redis://localhost:6379`. Needed without `client`. */
  readonly url?: string;
  /** Your own connected client, which you close. None by default. */
  readonly client?: RedisClient;
  /** What the names of all keys start with. Default "gable:". */
  readonly prefix?: string;
}

/** An open connection. */
export interface RedisConnection {
  readonly client: RedisClient;
  close(): Promise<void>;
}

const connectMs = 5_000;
const commandMs = 5_000;
const reconnectMsMax = 3_000;
/** How long `close()` waits for commands that Redis does not answer. */
const closeMs = 2_000;

/** Opens a connection; a client of the caller's own is used as it is. Throws `E_REDIS_MISSING` and `E_REDIS_CONNECT`. */
export async function connectRedis({ url, client: own }: RedisOptions): Promise<RedisConnection> {
  if (own !== undefined) return { client: own, close: async () => undefined };
  const { createClient } = await loadPackage();
  let wasReady = false;
  const client = createClient({
    url: url!, // Checked with the options of the store.
    // A request must fail while Redis is away, not wait for it.
    disableOfflineQueue: true,
    commandOptions: { timeout: commandMs },
    socket: {
      connectTimeout: connectMs,
      // The first connection fails without a retry, so that the start reports the reason.
      reconnectStrategy: (attempts: number) => (wasReady ? Math.min(50 * 2 ** attempts, reconnectMsMax) : false),
    },
  });
  // Without a listener, an error of the connection would end the process. Commands fail with it, so it is not lost.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw new GableError("E_REDIS_CONNECT", `Cannot connect to Redis at ${describeUrl(url!)}: ${toErrorText(error)}.`, { cause: error });
  }
  wasReady = true;
  return {
    client,
    close: async () => {
      // Redis answers in order, so all commands before have their answer then. The close() of the package waits for them without an end.
      await untilClosed(client.ping());
      if (client.isOpen) client.destroy();
    },
  };
}

/** Waits for the end of work before a connection closes, but not long: Redis may never answer. Ignores its failure. */
export async function untilClosed(work: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const end = wait(closeMs, undefined, { signal: timer.signal });
  await Promise.race([work, end]).catch(() => undefined);
  timer.abort();
  await end.catch(() => undefined);
}

/** Returns the address without its password. */
export function describeUrl(url: string): string {
  if (!URL.canParse(url)) return "an address that is not a URL";
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}
