/** A cache in Redis, which all processes and machines share. */
import type { RedisOptions } from "../redis/connect-redis.ts";
import { RedisLink } from "../redis/redis-link.ts";
import type { CacheStore, CacheWriteOptions } from "./cache-store.ts";
import { numberRefused } from "./counter.ts";

const readScript = "return redis.call('MGET', unpack(KEYS))";

const writeScript = `
if ARGV[3] == '1' and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
if ARGV[4] and redis.call('GET', KEYS[1]) ~= ARGV[4] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;

const deleteScript = `
if ARGV[1] and redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`;

const incrementScript = `
local old = redis.call('GET', KEYS[1])
local max = ${Number.MAX_SAFE_INTEGER}
if old then
  if not string.match(old, '^-?%d+$') then return false end
  local sum = tonumber(old) + tonumber(ARGV[1])
  if sum > max or sum < -max then return false end
end
redis.call('INCRBY', KEYS[1], ARGV[1])
if not old then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
-- A string: the client rounds numbers of 16 digits.
return redis.call('GET', KEYS[1])
`;

/**
 * Creates a store in Redis, by the package `redis`. All processes with the same address and prefix share it.
 * Redis is one server with its replicas, not a cluster.
 *
 * @example
 * gable({ cache: { store: redisCache({ url: "redis://localhost:6379" }) } });
 */
export function redisCache(options: RedisOptions): CacheStore {
  return new RedisCache(new RedisLink("redisCache()", options));
}

class RedisCache implements CacheStore {
  readonly #link: RedisLink;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  async read(keys: readonly string[]): Promise<ReadonlyArray<string | undefined>> {
    if (keys.length === 0) return [];
    // The script returns a string or null for each key.
    const texts = (await this.#run(readScript, keys, [])) as Array<string | null>;
    return texts.map((text) => text ?? undefined);
  }

  async write(key: string, text: string, { ttlMs, onlyNew = false, onlyText }: CacheWriteOptions): Promise<boolean> {
    const values = [text, toWholeMs(ttlMs), onlyNew ? "1" : "0", ...(onlyText === undefined ? [] : [onlyText])];
    return (await this.#run(writeScript, [key], values)) === 1;
  }

  async delete(key: string, onlyText?: string): Promise<void> {
    await this.#run(deleteScript, [key], onlyText === undefined ? [] : [onlyText]);
  }

  async increment(key: string, by: number, ttlMs: number): Promise<number> {
    const sum = await this.#run(incrementScript, [key], [String(by), toWholeMs(ttlMs)]);
    if (sum === null) throw numberRefused();
    return Number(sum);
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  #run(script: string, keys: readonly string[], values: string[]): Promise<unknown> {
    const names = keys.map((key) => `${this.#link.prefix}cache:${key}`);
    return this.#link.run(script, names, values);
  }
}

/** Redis takes whole milliseconds above 0. */
function toWholeMs(ms: number): string {
  return String(Math.max(1, Math.floor(ms)));
}
