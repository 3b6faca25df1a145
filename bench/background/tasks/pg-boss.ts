import { PgBoss } from "pg-boss";
import type { QueueSubject } from "./measure.ts";

/** pg-boss, which takes ten tasks with one statement and ends them with one, without a pause while there are more. */
export async function open(url: string): Promise<QueueSubject> {
  const boss = new PgBoss({ connectionString: url, max: 10, supervise: false, schedule: false });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  await boss.createQueue("nothing");
  return {
    enqueue: (number) => boss.send("nothing", { number }),
    async work(onRun) {
      await boss.work("nothing", { batchSize: 10, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }, async (jobs) => {
        for (const _ of jobs) onRun();
      });
      return () => boss.offWork("nothing", { wait: true });
    },
    close: () => boss.stop({ graceful: true }),
  };
}
