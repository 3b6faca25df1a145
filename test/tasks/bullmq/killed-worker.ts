/** Runs tasks of a queue in BullMQ with short leases, until it is killed. Each run is counted in Redis before the task ends. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { bullmqQueue } from "gable/tasks";
import { createClient } from "redis";

const [url = "", prefix = ""] = process.argv.slice(2);
const queue = bullmqQueue({ url, prefix });
const client = createClient({ url });
await client.connect();
const leaseMs = 1_500;
console.log("started");
for (;;) {
  const token = randomUUID();
  const now = Date.now();
  const claimed = await queue.claim({ names: ["note"], count: 5, now, leaseUntil: now + leaseMs, token });
  const ended = claimed.map(async ({ id }) => {
    await sleep(Math.random() * 20);
    await client.hIncrBy(`${prefix}runs`, id, 1);
    await sleep(Math.random() * 20);
    await queue.settle({ id, token }, { state: "done", now: Date.now() });
  });
  await Promise.all(ended);
  if (claimed.length === 0) await sleep(50);
  await queue.sweep({ now: Date.now(), doneBefore: 0, failedBefore: 0, rowsMax: 100 });
}
