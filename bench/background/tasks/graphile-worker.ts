import { Logger, makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";
import type { QueueSubject } from "./measure.ts";

/** graphile-worker with its defaults, and ten tasks at a time. */
export async function open(url: string): Promise<QueueSubject> {
  const logger = new Logger(() => () => undefined);
  const pgPool = new pg.Pool({ connectionString: url, max: 10 });
  pgPool.on("error", (error) => console.error(error));
  pgPool.on("connect", (client) => client.on("error", (error) => console.error(error)));
  const utils = await makeWorkerUtils({ pgPool, logger });
  await utils.migrate();
  return {
    enqueue: (number) => utils.addJob("nothing", { number }),
    async work(onRun) {
      const runner = await run({ pgPool, logger, concurrency: 10, noHandleSignals: true, taskList: { nothing: async () => onRun() } });
      return () => runner.stop();
    },
    async close() {
      await utils.release();
      await pgPool.end();
    },
  };
}
