import { bullmqQueue } from "gable/tasks";
import { Redis } from "ioredis";
import { openGable } from "./gable.ts";
import type { QueueSubject } from "./measure.ts";

/** Gable with its tasks in BullMQ. */
export async function open(url: string): Promise<QueueSubject> {
  const prefix = `gable-bench-${process.pid}:`;
  const subject = await openGable(bullmqQueue({ url, prefix }), {});
  return {
    ...subject,
    async close() {
      await subject.close();
      const client = new Redis(url);
      const keys = await client.keys(`${prefix}*`);
      for (let start = 0; start < keys.length; start += 1_000) await client.del(keys.slice(start, start + 1_000));
      await client.quit();
    },
  };
}
