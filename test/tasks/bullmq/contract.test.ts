/** The contract of queues in BullMQ over Redis. */
import { describe } from "node:test";
import { bullmqQueue } from "gable/tasks";
import { testTaskQueue } from "gable/testing";
import { createPrefix, redisUrl, removeKeys, skipRedis } from "../../session/redis.ts";

describe("bullmqQueue()", { skip: skipRedis }, () => {
  testTaskQueue("BullMQ", () => {
    const prefix = createPrefix();
    return { queue: bullmqQueue({ url: redisUrl, prefix }), hasOwnClock: true, close: async () => void (await removeKeys(prefix)) };
  });
});
