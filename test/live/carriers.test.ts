/** The carriers of channels against their contract. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { memoryCarrier, redisCarrier } from "gable/live";
import { testLiveCarrier } from "gable/testing";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../session/redis.ts";

testLiveCarrier("memory", () => {
  const carrier = memoryCarrier();
  return { carriers: [carrier, carrier] };
});

describe("channels over Redis", { skip: skipRedis }, () => {
  testLiveCarrier("Redis", () => {
    const prefix = createPrefix();
    const create = (): ReturnType<typeof redisCarrier> => redisCarrier({ url: redisUrl, prefix });
    return { carriers: [create(), create()], close: async () => void (await removeKeys(prefix)) };
  });
});

describe("redisCarrier()", () => {
  it("refuses options that it cannot use", () => {
    assert.throws(() => redisCarrier({ url: "http://a.test" }), { code: "E_OPTION_INVALID" });
    assert.throws(() => redisCarrier({ url: "redis://a.test", host: "a" } as never), { code: "E_OPTION_UNKNOWN" });
  });

  it("says at the start that Redis is missing", async () => {
    await assert.rejects(async () => redisCarrier({ url: "redis://127.0.0.1:1" }).open?.(), { code: "E_REDIS_CONNECT" });
  });
});
