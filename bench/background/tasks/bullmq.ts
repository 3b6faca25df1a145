import { Queue, Worker } from "bullmq";
import type { QueueSubject } from "./measure.ts";

/** BullMQ with its defaults, and ten tasks at a time. */
export async function open(url: string): Promise<QueueSubject> {
  const { hostname, port } = new URL(url);
  const connection = { host: hostname, port: Number(port), maxRetriesPerRequest: null };
  const name = `gable-bench-${process.pid}`;
  const queue = new Queue(name, { connection });
  return {
    enqueue: (number) => queue.add("nothing", { number }, { attempts: 5, removeOnComplete: { age: 604_800 } }),
    async work(onRun) {
      const worker = new Worker(name, async () => onRun(), { connection, concurrency: 10 });
      await worker.waitUntilReady();
      return () => worker.close();
    },
    async close() {
      await queue.obliterate({ force: true });
      await queue.close();
    },
  };
}
