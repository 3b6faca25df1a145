/** The connection of one store to Redis: opened at start or at the first use, and again after an attempt that failed. */
import { GableError } from "../errors/gable-error.ts";
import type { OptionKinds } from "../errors/option-errors.ts";
import { assertKnownOptions, optionInvalid } from "../errors/option-errors.ts";
import type { RedisConnection, RedisOptions } from "./connect-redis.ts";
import { connectRedis } from "./connect-redis.ts";

const optionNames: OptionKinds<RedisOptions> = { url: true, client: "object", prefix: true };

/** Checks where a store finds Redis. No message shows the address: it may have a password. Throws `E_OPTION_INVALID`. */
export function assertRedisOptions(owner: string, { url, client, prefix }: RedisOptions): void {
  if (client === undefined && (typeof url !== "string" || !/^rediss?:\/\//.test(url)))
    throw optionInvalid(owner, "url", typeof url === "string" ? "(hidden)" : url, 'an address such as "redis://localhost:6379"');
  if (prefix !== undefined && typeof prefix !== "string") throw optionInvalid(owner, "prefix", prefix, "a string");
}

/** Runs scripts for one store. */
export class RedisLink {
  /** What the names of all keys start with. */
  readonly prefix: string;
  readonly #owner: string;
  readonly #options: RedisOptions;
  #connection: Promise<RedisConnection> | undefined;

  constructor(owner: string, options: RedisOptions) {
    assertKnownOptions(owner, options, optionNames);
    assertRedisOptions(owner, options);
    this.#owner = owner;
    this.#options = options;
    this.prefix = options.prefix ?? "gable:";
  }

  async open(): Promise<void> {
    await this.#connect();
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    await (await connection)?.close();
  }

  /** Runs a script as one step. Throws `E_REDIS_MISSING`, `E_REDIS_CONNECT` and `E_REDIS_COMMAND`. */
  async run(script: string, keys: string[], values: string[]): Promise<unknown> {
    const { client } = await this.#connect();
    try {
      return await client.eval(script, { keys, arguments: values });
    } catch (error) {
      throw new GableError("E_REDIS_COMMAND", `Redis did not answer a command of ${this.#owner}.`, { cause: error });
    }
  }

  #connect(): Promise<RedisConnection> {
    this.#connection ??= connectRedis(this.#options).catch((error: unknown) => {
      this.#connection = undefined;
      throw error;
    });
    return this.#connection;
  }
}
