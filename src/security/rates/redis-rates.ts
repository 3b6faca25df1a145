/** Rate limits in Redis: one script for each request, shared by all processes. */
import type { RedisOptions } from "../../redis/connect-redis.ts";
import { RedisLink } from "../../redis/redis-link.ts";
import type { RateRule, RateStore, RateVerdict } from "./rate.ts";

/** Decides as decide() of rate.ts does: interval, burst, now. Numbers go as texts, since Lua would write them shorter. */
const takeScript = `
local interval, burst, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local stored = tonumber(redis.call('GET', KEYS[1]) or now)
local owed = stored
if owed < now then owed = now end
if owed > now + burst then owed = now + burst end
local allowed = owed + interval <= now + burst
if allowed then owed = owed + interval end
if owed ~= stored then
  redis.call('SET', KEYS[1], string.format('%.0f', owed), 'PX', string.format('%.0f', math.ceil((owed - now) / 1000)))
end
return { allowed and 1 or 0, string.format('%.0f', owed) }
`;

/** Creates a store in Redis, by the package `redis`. */
export function redisRates(options: RedisOptions): RateStore {
  return new RedisRates(new RedisLink("redisRates()", options));
}

class RedisRates implements RateStore {
  readonly #link: RedisLink;

  constructor(link: RedisLink) {
    this.#link = link;
  }

  open(): Promise<void> {
    return this.#link.open();
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  async take(key: string, { intervalUs, burstUs }: RateRule, nowUs: number): Promise<RateVerdict> {
    // The script returns a number and a string.
    const [isAllowed, paidAtUs] = (await this.#run(takeScript, key, [intervalUs, burstUs, nowUs])) as [number, string];
    return { isAllowed: isAllowed === 1, paidAtUs: Number(paidAtUs) };
  }

  async reset(key: string): Promise<void> {
    await this.#run("return redis.call('DEL', KEYS[1])", key, []);
  }

  /** Redis forgets them on its own. */
  async deleteExpired(): Promise<number> {
    return 0;
  }

  #run(script: string, key: string, values: readonly number[]): Promise<unknown> {
    return this.#link.run(script, [`${this.#link.prefix}rate:${key}`], values.map(String));
  }
}
