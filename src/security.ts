export { databaseRates } from "./security/rates/database-rates.ts";
export { memoryRates } from "./security/rates/memory-rates.ts";
export { rateModel } from "./security/rates/rate-model.ts";
export { redisRates } from "./security/rates/redis-rates.ts";
export { ratesPart } from "./security/rates/part.ts";
export type { RateRule, RateStore, RateVerdict } from "./security/rates/rate.ts";
export type { RedisClient, RedisOptions } from "./redis/connect-redis.ts";
